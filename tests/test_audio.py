"""Sound files in and out: nothing changed behind a caller's back, nothing missing passed over in silence."""

from __future__ import annotations

import io
import struct
import sys
import tempfile
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonemusic import audio, mixing, soundtrack
from bonemusic.audio import Audio
from bonemusic.errors import SoundError

RATE = 22_050


def tone(seconds: float = 0.5, channels: int = 1, rate: int = RATE) -> NDArray[Any]:
    t = np.arange(round(seconds * rate)) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * (300 + 50 * c) * t) for c in range(channels)], axis=1)


def written(path: Path, samples: NDArray[Any] | None = None, rate: int = RATE, **how: Any) -> Path:
    soundfile.write(path, tone() if samples is None else samples, rate, **how)
    return path


def encoded(path: Path, codec: str, samples: NDArray[Any], options: dict[str, str] | None = None, **track: Any) -> Path:
    """A file by PyAV, at 44.1 kHz."""
    av = pytest.importorskip("av")
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    with av.open(str(path), "w", options=options or {}) as out:
        stream = out.add_stream(codec, rate=44_100, layout=layout, **track)
        for a in range(0, len(samples), 1024):
            part = np.ascontiguousarray(samples[a : a + 1024].T, np.float32)
            frame = av.AudioFrame.from_ndarray(part, "fltp", layout)
            frame.sample_rate, frame.pts = 44_100, a
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def refusal(path: Path, *stretch: float) -> str:
    with pytest.raises(SoundError) as why:
        audio.read(path, *stretch)
    return check(why.value)


def check(refused: SoundError) -> str:
    line = str(refused)
    assert "\n" not in line
    assert len(line) < 300
    assert ";" in line
    return line


def test_audio_is_frames_by_channels_and_cannot_be_changed() -> None:
    mono = Audio(np.zeros(100), 48_000)  # type: ignore[arg-type]
    assert mono.samples.shape == (100, 1)
    assert mono.samples.dtype == np.float32
    assert (mono.channels, mono.seconds) == (1, 100 / 48_000)
    with pytest.raises(ValueError, match="read-only"):
        mono.samples[0] = 1
    with pytest.raises(SoundError, match="3 dimensions"):
        Audio(np.zeros((2, 2, 2), np.float32), 48_000)
    for rate in (0, 999, 768_001):
        with pytest.raises(SoundError, match="no rate"):
            Audio(np.zeros(10, np.float32), rate)


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize(("name", "how"), [
    ("a.wav", {"subtype": "FLOAT"}), ("a.wav", {"subtype": "PCM_24"}), ("a.flac", {"subtype": "PCM_24"}),
    ("a.aiff", {}), ("a.w64", {}), ("a.rf64", {}), ("a.caf", {}), ("a.au", {}), ("a.wav", {"endian": "BIG"}),
])  # fmt: skip
def test_what_is_read_is_what_the_file_holds(tmp_path: Path, name: str, how: dict[str, str], channels: int) -> None:
    samples = tone(channels=channels)
    path = written(tmp_path / name, samples, **how)
    expected, _ = soundfile.read(path, dtype="float32", always_2d=True)
    read = audio.read(path)
    assert read.rate_hz == RATE
    assert np.array_equal(read.samples, expected)
    part = audio.read(path, 0.1, 0.3)
    assert np.array_equal(part.samples, expected[2205:6615])
    assert np.array_equal(audio.read(path, 0.2).samples, expected[4410:])
    assert np.array_equal(audio.read(path, 0.0, 99.0).samples, expected)


@pytest.mark.parametrize("name", ["a.ogg", "a.mp3"])
def test_lossy_files_are_whole(tmp_path: Path, name: str) -> None:
    read = audio.read(written(tmp_path / name, tone(1, 2)))
    assert read.seconds == pytest.approx(1, abs=1e-6)
    assert np.sqrt(np.mean((read.samples - tone(1, 2)) ** 2)) < 0.02


def test_an_open_file_for_each_file_and_no_more(tmp_path: Path) -> None:
    good, bad = written(tmp_path / "a.wav"), tmp_path / "b.wav"
    bad.write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    audio.read(good)
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        audio.read(good)
        refusal(bad)
        refusal(tmp_path)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_an_mp3_that_does_not_tell_its_length_is_read_to_its_end(tmp_path: Path) -> None:
    # a variable bit rate that begins loud: guessed from its first frames, it would end after a fifth
    rng = np.random.default_rng(0)
    loud = rng.uniform(-0.5, 0.5, (44_100, 1))
    song = np.concatenate([loud, 0.001 * tone(9, 1, 44_100)])
    av = pytest.importorskip("av")
    path = tmp_path / "a.mp3"
    with av.open(str(path), "w", options={"write_xing": "0"}) as out:
        stream = out.add_stream("libmp3lame", rate=44_100, layout="mono")
        stream.codec_context.qscale = True
        stream.codec_context.global_quality = 2 * 118
        for a in range(0, len(song), 1152):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(song[a : a + 1152].T, np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44_100, a
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert audio.read(path).seconds == pytest.approx(10, abs=0.1)
    # and one that was joined of two, with a tag between them, as podcasts are
    path.write_bytes(path.read_bytes() * 2)
    assert audio.read(path).seconds == pytest.approx(20, abs=0.2)


def test_a_flac_that_was_piped_does_not_tell_its_length(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac")
    whole = audio.read(path)
    held = bytearray(path.read_bytes())
    held[21] &= 0xF0  # the 36 bits of the number of samples (RFC 9639 §8.2)
    held[22:26] = bytes(4)
    path.write_bytes(held)
    pytest.importorskip("av")
    assert np.array_equal(audio.read(path).samples, whole.samples)
    assert np.array_equal(audio.read(path, 0.1, 0.2).samples, whole.samples[2205:4410])


@pytest.mark.parametrize("length", [0xFFFFFFFF])
def test_a_wav_of_unknown_length_is_read_to_its_end(tmp_path: Path, length: int) -> None:
    path = written(tmp_path / "a.wav")
    held = bytearray(path.read_bytes())
    at = held.find(b"data") + 4
    held[at : at + 4] = struct.pack("<I", length)
    path.write_bytes(held)
    assert len(audio.read(path).samples) == len(tone())


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.aiff", "a.au", "a.w64", "a.rf64", "a.caf"])
def test_no_cut_goes_unseen(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, tone(2))
    held = path.read_bytes()
    for part in np.linspace(0.25 if name == "a.mp3" else 0, 0.85, 12):
        path.write_bytes(held[: int(part * len(held))])
        line = refusal(path)
        assert name in line


@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}])
def test_no_cut_of_an_m4a_goes_unseen(tmp_path: Path, options: dict[str, str]) -> None:
    path = encoded(tmp_path / "a.m4a", "aac", tone(3, 2, 44_100), options)
    whole = audio.read(path)
    assert (whole.channels, whole.rate_hz) == (2, 44_100)
    assert whole.seconds == pytest.approx(3, abs=0.05)
    assert np.array_equal(audio.read(path, 1, 1.5).samples, whole.samples[44_100:66_150])
    held = path.read_bytes()
    for part in np.linspace(0.01, 0.85, 12):
        path.write_bytes(held[: int(part * len(held))])
        refusal(path)


def test_no_cut_of_a_sound_track_in_matroska_goes_unseen(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.mka", "aac", tone(3, 1, 44_100))
    assert audio.read(path).seconds == pytest.approx(3, abs=0.05)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut short" in refusal(path)


@pytest.mark.parametrize("inside", ["a.wav", "/etc/hostname", "http://127.0.0.1:9/a.ts"])
def test_a_song_opens_no_other_file(tmp_path: Path, inside: str) -> None:
    pytest.importorskip("av")
    encoded(tmp_path / "a.ts", "aac", tone(1, 1, 44_100))
    for name, held in {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{tmp_path}/a.ts\n{inside}\n#EXT-X-ENDLIST\n",
        "a.ffconcat": f"ffconcat version 1.0\nfile a.ts\nfile {inside}\n",
    }.items():
        (tmp_path / name).write_text(held)
        assert "no sound file" in refusal(tmp_path / name)


def test_without_pyav_the_line_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    assert "pip install 'bonemusic[video]'" in refusal(tmp_path / "a.m4a")


def test_refusals_say_what_is_wrong(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "missing.wav")
    assert "is a directory" in refusal(tmp_path)
    (tmp_path / "empty.wav").touch()
    assert "is empty (0 bytes)" in refusal(tmp_path / "empty.wav")
    assert "name" in refusal(tmp_path / ("x" * 300))
    assert "cannot be opened" in refusal(tmp_path / "empty.wav" / "x")
    assert "0 samples" in refusal(written(tmp_path / "zero.wav", np.zeros((0, 1))))
    for bad in (np.nan, np.inf, -np.inf):
        holes = np.where(np.arange(100)[:, None] == 50, bad, tone()[:100]).astype(np.float32)
        assert "not numbers" in refusal(written(tmp_path / "holes.wav", holes, subtype="FLOAT"))
    song = written(tmp_path / "a.wav")
    assert "cannot start at 0.5 s" in refusal(song, 0.5)
    assert "--end must lie after" in refusal(song, 0.3, 0.2)
    assert "700000 minutes" not in refusal(song, 1e99)
    many = written(tmp_path / "many.wav", tone(channels=3))
    with pytest.raises(SoundError, match="3 channels"):
        mixing.mono(audio.read(many).samples)


def test_hours_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_SECONDS", 0.3)
    path = written(tmp_path / "a.wav")
    assert "--start and --end" in refusal(path)
    assert len(audio.read(path, 0.2, 0.3).samples) == 2205
    if soundtrack.installed():
        long = encoded(tmp_path / "a.m4a", "aac", tone(3, 1, 44_100))
        assert "--start and --end" in refusal(long)
        assert audio.read(long, 2.0, 2.2).seconds == pytest.approx(0.2)


def test_mixed_is_the_mean(tmp_path: Path) -> None:
    stereo = Audio(tone(channels=2), RATE)  # type: ignore[arg-type]
    assert np.allclose(mixing.mono(stereo.samples)[0], stereo.samples.mean(axis=1), atol=1e-7)
    mono = Audio(tone(), RATE)  # type: ignore[arg-type]
    assert np.array_equal(mixing.mono(mono.samples)[0], mono.samples[:, 0])


def test_resample_keeps_the_tone_and_the_length() -> None:
    song = Audio(tone(1), RATE)  # type: ignore[arg-type]
    assert audio.resample(song, RATE) is song
    other = audio.resample(song, 48_000)
    assert other.rate_hz == 48_000
    assert other.seconds == pytest.approx(1, abs=1e-3)
    middle = slice(12_000, 36_000)
    assert np.allclose(other.samples[middle], tone(1, 1, 48_000)[middle], atol=1e-3)


def test_write_is_read_back() -> None:
    song = Audio(tone(channels=2), RATE)  # type: ignore[arg-type]
    held = io.BytesIO()
    audio.write(held, song)
    held.seek(0)
    samples, rate = soundfile.read(held)
    assert rate == RATE
    assert np.allclose(samples, song.samples, atol=2**-22)


def test_what_cannot_be_written_is_told_with_what_can() -> None:
    with pytest.raises(SoundError, match=r"MP3 .*; write \.wav instead"):
        audio.write(io.BytesIO(), Audio(tone(), 384_000), "MPEG_LAYER_III", "MP3")  # type: ignore[arg-type]


# Streams


KINDS = [
    ("a.wav", {"subtype": "FLOAT"}), ("a.flac", {}), ("a.ogg", {}), ("a.mp3", {}), ("a.aiff", {}), ("a.m4a", {}),
    ("a.mka", {}), ("a.ts", {}),
]  # fmt: skip


def any_kind(path: Path, samples: NDArray[Any], how: dict[str, str]) -> Path:
    if path.suffix in (".m4a", ".mka", ".ts"):
        return encoded(path, "aac", samples)
    return written(path, samples, 44_100, **how)


@pytest.mark.parametrize(("name", "how"), KINDS)
def test_a_stream_is_what_is_read(tmp_path: Path, name: str, how: dict[str, str]) -> None:
    path = any_kind(tmp_path / name, tone(9, 2, 44_100), how)
    for start_s, end_s in ((0.0, None), (1.234, None), (0.0, 3.3), (2.5, 7.125), (8.0, 99.0)):
        whole = audio.read(path, start_s, end_s)
        with audio.open_song(path, start_s, end_s) as stream:
            assert (stream.name, stream.rate_hz, stream.channels) == (name, whole.rate_hz, whole.channels)
            blocks = list(stream.blocks())
        assert all(0 < block.size <= audio.BLOCK + 4096 for block in blocks)
        assert all(block.dtype == np.float32 for block in blocks)
        assert np.array_equal(np.concatenate(blocks), whole.samples)
        assert stream.frames == (len(whole.samples) if name in ("a.wav", "a.flac", "a.ogg", "a.aiff") else None)
        if name != "a.ts":  # it does not tell
            assert stream.seconds == pytest.approx(whole.seconds, abs=0.1)
        else:
            assert stream.seconds is None


def interrupted(path: Path) -> None:
    with audio.open_song(path) as stream:
        for _ in stream.blocks():
            raise KeyboardInterrupt


def test_a_stream_that_is_left_early_leaves_nothing(tmp_path: Path) -> None:
    paths = [any_kind(tmp_path / name, tone(20, 2, 44_100), {}) for name in ("a.wav", "a.flac", "a.m4a")]
    audio.read(paths[0], 0, 0.1)
    files, threads = len(list(Path("/dev/fd").iterdir())), threading.active_count()
    for path in paths:
        with audio.open_song(path) as stream:
            next(stream.blocks())
        with audio.open_song(path):
            pass
        with pytest.raises(KeyboardInterrupt):
            interrupted(path)
    assert len(list(Path("/dev/fd").iterdir())) == files
    assert threading.active_count() == threads


def test_what_only_reading_shows_comes_with_the_blocks(tmp_path: Path) -> None:
    song = tone(9, 1, 44_100).astype(np.float32)
    song[300_000] = np.nan
    path = written(tmp_path / "a.wav", song, 44_100, subtype="FLOAT")
    with audio.open_song(path) as stream:
        assert len(next(stream.blocks())) <= 300_000
        with pytest.raises(SoundError, match="not numbers") as why:
            list(stream.blocks())
    check(why.value)
    path = encoded(tmp_path / "a.mka", "aac", tone(30, 1, 44_100))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with audio.open_song(path) as stream, pytest.raises(SoundError, match="cut short"):
        list(stream.blocks())


def test_what_can_be_known_at_once_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_bytes(b"It was a dark and stormy night." * 9)
    song = encoded(tmp_path / "a.m4a", "aac", tone(3, 1, 44_100))
    for path, stretch, said in (
        (tmp_path / "no.wav", (0.0, None), "no such file"), (tmp_path / "text.wav", (0.0, None), "no sound file"),
        (song, (9.0, None), "cannot start"), (song, (2.0, 1.0), "--end must lie"),
    ):  # fmt: skip
        with pytest.raises(SoundError, match=said) as why, audio.open_song(path, *stretch):
            pytest.fail("it was opened")
        check(why.value)


@pytest.mark.parametrize(("name", "how"), KINDS)
def test_an_excerpt_is_that_part_of_the_song(tmp_path: Path, name: str, how: dict[str, str]) -> None:
    noise = 0.3 * np.random.default_rng(8).standard_normal((44_100 * 20, 1))
    song = np.stack([np.convolve(noise[:, 0], np.ones(9) / 3, "same")] * 2, axis=1).clip(-1, 1)
    path = any_kind(tmp_path / name, song, how)
    for at_s, seconds in ((0.0, 3.0), (11.3, 3.0), (18.5, 3.0)):
        whole, part = audio.read(path, at_s, at_s + seconds), audio.excerpt(path, at_s, seconds)
        assert part.rate_hz == 44_100
        slack = 45 if name == "a.mka" else 0  # its clock counts milliseconds
        assert abs(len(part.samples) - len(whole.samples)) <= slack
        size = 1 << 19
        alike = np.fft.irfft(np.fft.rfft(part.samples[:, 0], size) * np.fft.rfft(whole.samples[:, 0], size).conj())
        late = (int(alike.argmax()) + size // 2) % size - size // 2
        assert abs(late) <= slack
        both = min(len(part.samples), len(whole.samples)) - 100
        error = part.samples[50 + late : 50 + late + both] - whole.samples[50 : 50 + both]
        # AAC's decoders fill in noise of their own
        assert np.sqrt(np.mean(error**2)) < (0.02 if path.suffix in (".m4a", ".mka", ".ts") else 1e-5)


# Fuzz: headers with bytes changed, cut or grown. Either it is read, or refused in one line.

_SMALL = {"wav": {}, "flac": {}, "ogg": {}, "aiff": {}, "au": {}, "mp3": {}}
_HELD: dict[str, bytes] = {}


def valid(kind: str) -> bytes:
    if kind not in _HELD:
        out = io.BytesIO()
        if kind == "m4a":
            with tempfile.TemporaryDirectory() as folder:
                out.write(encoded(Path(folder) / "a.m4a", "aac", tone(0.1, 1, 44_100)).read_bytes())
        else:
            soundfile.write(out, tone(0.1), RATE, format=kind.upper(), **_SMALL[kind])
        _HELD[kind] = out.getvalue()
    return _HELD[kind]


@st.composite
def mutations(draw: st.DrawFn, kind: str) -> bytes:
    held = bytearray(valid(kind))
    for _ in range(draw(st.integers(1, 6))):
        near = draw(st.sampled_from([64, 256, len(held)]))
        at = draw(st.integers(0, min(near, len(held) - 1)))
        change = draw(st.sampled_from(["byte", "word", "cut", "grow"]))
        if change == "byte":
            held[at] = draw(st.integers(0, 255))
        elif change == "word":
            word = draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]))
            held[at : at + 4] = struct.pack(draw(st.sampled_from("<>")) + "I", word)
        elif change == "cut":
            del held[at : at + draw(st.integers(1, 40))]
        else:
            held[at:at] = draw(st.binary(min_size=1, max_size=40))
    return bytes(held)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "aiff", "au", "mp3", "m4a"])
@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzz_of_headers(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    if kind == "m4a":
        pytest.importorskip("av")
    path = tmp_path / f"fuzz.{kind}"
    path.write_bytes(data.draw(mutations(kind)))
    tracemalloc.start()
    try:
        read = audio.read(path)
        assert np.isfinite(read.samples).all()
        assert len(read.samples)
    except SoundError as refused:
        check(refused)
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 50e6  # a header's word is not taken for how much there is


@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.binary(min_size=1, max_size=300), begin=st.sampled_from([
    b"", b"RIFF", b"fLaC", b"OggS", b"ID3\3", b"\xff\xfb\x90", b"FORM", b".snd", b"caff", b"RF64", b"riff",
    b"\0\0\0\x1cftyp",
]))  # fmt: skip
def test_fuzz_of_anything(tmp_path: Path, held: bytes, begin: bytes) -> None:
    path = tmp_path / "fuzz"
    path.write_bytes(begin + held)
    try:
        audio.read(path)
    except SoundError as refused:
        check(refused)


@pytest.mark.parametrize(("suffix", "form"), [(".flac", "FLAC"), (".ogg", "OGG"), (".wav", "WAV")])
def test_title_and_artist_are_told(tmp_path, suffix, form):
    path = tmp_path / f"song{suffix}"
    with soundfile.SoundFile(path, "w", 8000, 1, format=form) as file:
        file.title, file.artist = "Ёлка", "Bill Haley"
        file.write(np.zeros(8000))
    with audio.open_song(path) as stream:
        assert (stream.title, stream.artist) == ("Ёлка", "Bill Haley")
    soundfile.write(path, np.zeros(8000), 8000)
    with audio.open_song(path) as stream:
        assert (stream.title, stream.artist) == ("", "")
