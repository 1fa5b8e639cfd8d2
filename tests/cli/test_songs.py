"""Songs that cannot be cut, each refused in one line, and songs that can."""

from __future__ import annotations

import itertools
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from .conftest import Run, refused, song


def mutilated(place: Path, name: str, keep: float = 0.5, **how: Any) -> Path:
    """A song whose file ends somewhere in its middle."""
    path = song(place.parent / name, seconds=2, **how)
    held = path.read_bytes()
    path.write_bytes(held[: int(len(held) * keep)])
    return path


def m4a(path: Path, seconds: float = 0.5, **options: str) -> Path:
    """A song in AAC, by PyAV."""
    av = pytest.importorskip("av")
    t = np.arange(round(seconds * 44100)) / 44100
    wave = np.tile(0.4 * np.sin(2 * np.pi * 440 * t), (2, 1)).astype(np.float32)
    with av.open(str(path), "w", options=options) as out:
        track = out.add_stream("aac", rate=44100, layout="stereo")
        for a in range(0, len(t), 1024):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave[:, a : a + 1024]), "fltp", "stereo")
            frame.sample_rate, frame.pts = 44100, a
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.aiff", "a.au", "a.w64", "a.rf64", "a.caf"])
def test_a_song_cut_in_the_middle(run: Run, untouched: Path, name: str) -> None:
    for keep in (0.3, 0.5, 0.8):
        song_file = mutilated(untouched, name, keep)
        refused(run("cut", song_file, "-o", "out.svg"), name, "whole copy", codes=(1,))


@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}], ids=["index last", "index first"])
def test_an_m4a_cut_in_the_middle(run: Run, untouched: Path, options: dict[str, str]) -> None:
    path = m4a(untouched.parent / "a.m4a", 2, **options)
    held = path.read_bytes()
    for keep in (0.02, 0.5, 0.8):
        path.write_bytes(held[: int(len(held) * keep)])
        refused(run("cut", path, "-o", "out.svg"), "a.m4a", codes=(1,))


def test_no_song(run: Run, untouched: Path, disc: Path) -> None:
    (untouched.parent / "folder.wav").mkdir()
    rng = np.random.default_rng(0)
    files: dict[str, bytes] = {
        "empty.wav": b"",
        "random.wav": rng.bytes(5000),
        "random.raw": rng.bytes(5000),
        "random": rng.bytes(5000),
        "text.mp3": b"It was a dark and stormy night.\n" * 50,
        "short.wav": song(untouched.parent / "x.wav").read_bytes()[:20],
        "disc.svg": disc.read_bytes(),
        "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsong.wav\n#EXT-X-ENDLIST\n",
        "list.ffconcat": b"ffconcat version 1.0\nfile song.wav\n",
    }
    for name, held in files.items():
        (untouched.parent / name).write_bytes(held)
    for name in ("missing.wav", "folder.wav", *files):
        refused(run("cut", untouched.parent / name, "-o", "out.svg"), name, codes=(1,))
    refused(run("cut", "x" * 300, "-o", "out.svg"), "name", codes=(1,))
    refused(run("cut", "", "-o", "out.svg"), "empty", codes=(2,))
    refused(run("cut", disc / "song.wav", "-o", "out.svg"), codes=(1,))


def test_a_picture_is_no_song(run: Run, untouched: Path) -> None:
    from PIL import Image

    for name in ("x.png", "x.jpg", "x.tif"):
        path = untouched.parent / name
        Image.fromarray(np.arange(10_000, dtype=np.uint16).astype(np.uint8).reshape(100, 100)).save(path)
        refused(run("cut", path, "-o", "out.svg"), name, "name a", codes=(1,))


def test_libraries_say_nothing_of_their_own(execute: Run, untouched: Path) -> None:
    # libmpg123 writes its remarks to standard error by itself
    path = mutilated(untouched, "a.mp3")
    refused(execute("cut", path, "-o", "out.svg"), "a.mp3", codes=(1,))
    path.write_bytes(np.random.default_rng(3).bytes(20_000))
    refused(execute("cut", path, "-o", "out.svg"), "a.mp3", codes=(1,))


def test_sound_that_cannot_be_cut(run: Run, untouched: Path) -> None:
    folder = untouched.parent

    def written(name: str, samples: Any, rate: int = 22050, **how: Any) -> Path:
        soundfile.write(folder / name, samples, rate, **how)
        return folder / name

    tone = np.sin(np.arange(8000) / 9).astype(np.float32)
    holes = [np.where(np.arange(8000) == 500, bad, tone).astype(np.float32) for bad in (np.nan, np.inf)]
    many = np.tile(tone[:, None], (1, 8))
    refused(run("cut", written("zero.wav", np.zeros(0)), "-o", "out.svg"), "zero.wav", "0 samples")
    refused(run("cut", written("one.wav", tone[:1]), "-o", "out.svg"), "one.wav", "too short")
    refused(run("cut", written("nan.wav", holes[0], subtype="FLOAT"), "-o", "out.svg"), "nan.wav", "not numbers")
    refused(run("cut", written("inf.wav", holes[1], subtype="FLOAT"), "-o", "out.svg"), "inf.wav", "not numbers")
    refused(run("cut", written("many.wav", many), "-o", "out.svg"), "8 channels", "mix it down")
    slow = written("slow.wav", tone, 500)
    refused(run("cut", slow, "-o", "out.svg"), "slow.wav", "500 Hz")


def test_a_header_that_promises_four_gigabytes(run: Run, untouched: Path, wav: Path) -> None:
    held = bytearray(wav.read_bytes())
    at = held.find(b"data") + 4
    held[at : at + 4] = struct.pack("<I", 0xFFFFFF00)
    path = untouched.parent / "huge.wav"
    path.write_bytes(held)
    refused(run("cut", path, "-o", "out.svg"), "huge.wav", "cut short")


def test_a_stretch_that_is_not_there(run: Run, untouched: Path, wav: Path) -> None:
    line = refused(run("cut", wav, "-o", "out.svg", "--start", "5"), "0.5 s long", "5 s", "--start")
    assert "1e" not in line
    refused(run("cut", wav, "-o", "out.svg", "--start", "0.5"), "--start")
    refused(run("cut", wav, "-o", "out.svg", "--start", "0.3", "--end", "0.2"), "0.3 s", "0.2 s", "--end")
    refused(run("cut", wav, "-o", "out.svg", "--start", "0.3", "--end", "0.3"), "--end")
    refused(run("cut", wav, "-o", "out.svg", "--end", "0"), "--end")
    refused(run("cut", wav, "-o", "out.svg", "--end", "0.01"), "too short")


def test_what_does_not_fit_is_told_with_what_would(run: Run, untouched: Path, wav: Path) -> None:
    refused(run("cut", wav, "-o", "out.svg", "--pitch", "60um"), "60 µm", "larger --pitch", "auto")
    refused(run("cut", wav, "-o", "out.svg", "--level", "60dB"), "does not fit", "--level", "slope")
    refused(run("cut", wav, "-o", "out.svg", "--level", "5mm"), "does not fit", "--level")
    long = song(untouched.parent / "long.wav", 40, 8000)
    line = refused(run("cut", long, "-o", "out.svg", "--pitch", "1.5mm"), "does not fit", "--pitch", "too long by")
    assert "--end" in line
    assert "--disc" in line
    refused(run("cut", long, "-o", "out.svg", "--disc", "card-5in-78", "--rpm", "1000"), "does not fit", "--rpm")


def test_the_level_that_is_offered_fits(run: Run, place: Path, wav: Path) -> None:
    line = run("cut", wav, "-o", "a.svg", "--disc", "card-5in-78", "--level", "40dB").line
    offered = line.split("--level ")[1].split(" ")[0]
    assert run("cut", wav, "-o", "a.svg", "--disc", "card-5in-78", "--level", offered).code == 0


SOUND = itertools.product((44_100, 48_000, 96_000), (1, 2))


def cut(run: Run, path: Path | str, *more: str) -> dict[str, Any]:
    """Cut what can be cut, and give the report."""
    result = run("cut", "-o", "ok.svg", "--disc", "card-5in-78", "--json", *more, "--", path)
    assert result.code == 0, result
    assert Path("ok.svg").stat().st_size > 10_000
    report: dict[str, Any] = json.loads(result.out)
    assert report["song"] == Path(path).name
    return report


@pytest.mark.parametrize(("rate", "channels"), list(SOUND))
def test_usual_songs(run: Run, place: Path, rate: int, channels: int) -> None:
    report = cut(run, song(place / "a.wav", 1, rate, channels))
    assert report["music_seconds"] == 1
    assert [w for w in report["warnings"] if "stereo" in w] if channels == 2 else not report["warnings"]


def test_unusual_rates(run: Run, place: Path) -> None:
    low = cut(run, song(place / "low.wav", 0.5, 8000))
    assert len([w for w in low["warnings"] if "8000 Hz" in w]) == 1
    assert low["bandwidth_hz"] < 4000
    assert cut(run, song(place / "high.wav", 0.5, 384_000))["warnings"] == []


@pytest.mark.parametrize("name", ["song.wav", "stereo.flac", "stereo.ogg", "stereo.mp3"])
def test_formats(run: Run, place: Path, songs: Path, name: str) -> None:
    assert cut(run, songs / name)["music_seconds"] == pytest.approx(0.5, abs=0.03)


def test_m4a(run: Run, place: Path) -> None:
    assert cut(run, m4a(place / "a.m4a"))["music_seconds"] == pytest.approx(0.5, abs=0.03)


def test_a_song_is_what_is_in_it(run: Run, place: Path, wav: Path) -> None:
    for name in ("a.raw", "a.mp3", "a.txt", "a"):
        (place / name).write_bytes(wav.read_bytes())
        assert cut(run, place / name)["music_seconds"] == 0.5


def test_silence_is_cut_with_a_warning(run: Run, place: Path) -> None:
    soundfile.write(place / "silence.wav", np.zeros(11025), 22050)
    report = cut(run, place / "silence.wav")
    assert report["level_db"] is None
    assert len([w for w in report["warnings"] if "silent" in w]) == 1
    spoken = run("cut", "silence.wav", "-o", "ok.svg", "--disc", "card-5in-78")
    assert spoken.code == 0
    assert len([line for line in spoken.said if "silent" in line]) == 1
    assert not [line for line in spoken.said if "nan" in line or "inf" in line]


NAMES = [
    "with two  spaces.wav",
    "Ümläut – ñ 日本語.wav",
    "two\nlines.wav",
    "-song.wav",
    "--level",
    "x" * 246 + ".wav",
    "a\x01b\x1b[31m.wav",
    "<&\">]]>'.wav",
    "%s{0}.wav",
    ".wav",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_odd_names(run: Run, place: Path, wav: Path, name: str) -> None:
    from xml.etree import ElementTree

    (place / name).write_bytes(wav.read_bytes())
    cut(run, name)
    ElementTree.parse("ok.svg")
    spoken = run("cut", "-o", "ok.svg", "--disc", "card-5in-78", "--end", "0.1", "--", name)
    assert spoken.code == 0
    assert 3 <= len(spoken.said) <= 4
    assert all(line.isprintable() for line in spoken.said)


def test_a_name_in_no_encoding(execute: Run, place: Path, wav: Path) -> None:
    name = b"\xff\xfe.wav"
    (place / "x").write_bytes(wav.read_bytes())
    (place / "x").rename(place / name.decode("utf-8", "surrogateescape"))
    result = execute("cut", name, "-o", b"\xfd.svg", "--disc", "card-5in-78", "--json")
    assert result.code == 0, result
    assert json.loads(result.out)["song"].endswith(".wav")


def test_a_leading_dash_is_explained(run: Run, place: Path, wav: Path) -> None:
    (place / "-song.wav").write_bytes(wav.read_bytes())
    refused(run("cut", "-song.wav", "-o", "a.svg"), "./-name", codes=(2,))
    cut(run, "./-song.wav")


def test_a_song_from_a_pipe(execute: Run, place: Path, songs: Path) -> None:
    for name in ("song.wav", "stereo.mp3"):
        with (songs / name).open("rb") as held:
            result = execute("cut", "-", "-o", "a.svg", "--disc", "card-5in-78", "--json", stdin=held)
        assert result.code == 0, result
        assert json.loads(result.out)["music_seconds"] == pytest.approx(0.5, abs=0.03)
    refused(execute("cut", "-", "-o", "b.svg", stdin=-3), "empty")
    assert not (place / "b.svg").exists()
