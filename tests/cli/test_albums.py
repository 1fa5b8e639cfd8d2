"""Several songs: on one side with marker bands, over sides in order and evenly, and albums that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from .conftest import Run, refused, snapshot, song

LP = ("--disc", "12in-33", "--machine", "lathe")
SMALL = ("--disc", "card-5in-78")


def said(result: Any) -> Any:
    """The one JSON object of a run that went well."""
    assert result.code == 0, result
    return json.loads(result.out)


def noise(path: Path, seconds: float, rate_hz: int, channels: int, seed: int) -> np.ndarray[Any, Any]:
    """A song that is like no other, in the band that everything here holds; gives its first channel."""
    rng, count = np.random.default_rng(seed), round(seconds * rate_hz)
    f = np.fft.rfftfreq(count, 1 / rate_hz)
    shape = np.where((f > 150) & (f < 3000), 1 / np.maximum(f, 1), 0)
    out = np.fft.irfft(np.fft.rfft(rng.standard_normal((channels, count)), axis=1) * shape, count, axis=1).T
    out *= 0.5 / np.abs(out).max()
    soundfile.write(path, out, rate_hz, subtype="PCM_24")
    return np.asarray(out)


def found_at_s(heard: np.ndarray[Any, Any], given: np.ndarray[Any, Any]) -> float:
    """When in what is heard a sound begins, both at 48 kHz, by correlation."""
    size = 1 << int(np.ceil(np.log2(len(heard) + len(given))))
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(given, size)), size)[: len(heard)]
    return int(np.argmax(product)) / 48_000


@pytest.fixture
def album(tmp_path: Path) -> list[Path]:
    """Songs of three rates, mono and stereo."""
    paths = [tmp_path / name for name in ("one.wav", "two.flac", "three.wav")]
    for path, seconds, rate_hz, channels, seed in zip(
        paths, (2.0, 3.0, 2.5), (44_100, 48_000, 96_000), (1, 2, 2), (1, 2, 3), strict=True
    ):
        noise(path, seconds, rate_hz, channels, seed)
    return paths


@pytest.mark.parametrize("out", ["side.wav", "side.svg"])
def test_songs_of_three_rates_lie_where_the_report_says(run: Run, place: Path, album: list[Path], out: str) -> None:
    soxr = pytest.importorskip("soxr")
    machine = ("--machine", "lathe") if out.endswith("wav") else ()
    report = said(run("cut", *album, "-o", out, "--disc", "10in-78", *machine, "--level", "-3dB", "--json"))
    assert report["song"] == "one.wav, two.flac, three.wav"
    assert [s["seconds"] for s in report["songs"]] == pytest.approx([2.0, 3.0, 2.5], abs=1e-3)
    assert [s["side_s"] for s in report["songs"]] == pytest.approx([0, 4.0, 9.0], abs=1e-3)  # 2 s between them
    assert report["music_seconds"] == pytest.approx(11.5, abs=1e-3)
    radii = [s["radius_mm"] for s in report["songs"]]
    assert radii == sorted(radii, reverse=True)
    assert run("play", out, "-o", "heard.wav").code == 0
    heard, rate_hz = soundfile.read(place / "heard.wav", always_2d=True)
    mono = soxr.resample(heard.mean(axis=1), rate_hz, 48_000)
    begins = []
    for path in album:
        given, given_hz = soundfile.read(path, always_2d=True)
        begins.append(found_at_s(mono, soxr.resample(given.mean(axis=1), given_hz, 48_000)))
    lead_in_s = 2 * 60 / 78
    told = [lead_in_s + s["side_s"] for s in report["songs"]]
    assert begins == pytest.approx(told, abs=1e-3)


def test_a_marker_band_is_wider_than_the_music_around_it(run: Run, place: Path, album: list[Path]) -> None:
    wide = said(run("cut", *album[:2], "-o", "a.svg", *SMALL, "--pitch", "fixed", "--level", "-6dB", "--json"))
    alone = said(run("cut", album[0], "-o", "b.svg", *SMALL, "--pitch", "fixed", "--level", "-6dB", "--json"))
    assert wide["greatest_pitch_um"] > 1.5 * wide["least_pitch_um"]
    assert alone["greatest_pitch_um"] == pytest.approx(alone["least_pitch_um"], rel=1e-3)


def test_silence_between_two_songs(run: Run, place: Path, album: list[Path]) -> None:
    silence = place.parent / "silence.wav"
    soundfile.write(silence, np.zeros((96_000, 2)), 48_000)
    for out, machine in (("a.wav", LP), ("a.svg", SMALL)):
        report = said(run("cut", album[0], silence, album[1], "-o", out, *machine, "--json"))
        assert [s["side_s"] for s in report["songs"]] == pytest.approx([0, 4, 8], abs=1e-3)
        assert report["level_db"] is not None
        assert all(row["spare_db"] is None or row["spare_db"] >= -0.01 for row in report["limits"])
    tracks, rate_hz = soundfile.read(place / "a.wav", dtype="int32")
    lead_in_s = 2 * 60 / (100 / 3)
    quiet = tracks[round((lead_in_s + 4.3) * rate_hz) : round((lead_in_s + 5.7) * rate_hz), :2]
    assert np.abs(quiet).max() <= 1 << 8  # a step of 24 bit
    checked = run("check", album[0], silence, album[1], *LP, "--json")
    (side,) = said(checked)["sides"]
    assert side["fits"]
    assert side["songs"][1]["loudness_lufs"] is None
    assert side["songs"][1]["true_peak_db"] is None


def test_an_album_over_two_sides_in_order_and_evenly(run: Run, place: Path, album: list[Path]) -> None:
    more = [*album, song(place.parent / "four.wav", 2.0)]
    told = said(run("cut", *more, "-o", "disc.svg", *SMALL, "--sides", "2", "--json"))
    assert list(told) == ["sides"]
    assert [side["side"] for side in told["sides"]] == ["A", "B"]
    assert [[s["name"] for s in side["songs"]] for side in told["sides"]] == [
        ["one.wav", "two.flac"], ["three.wav", "four.wav"],
    ]  # fmt: skip
    assert list(snapshot(place)) == ["disc-A.svg", "disc-B.svg"]
    for side, name in zip(told["sides"], ("disc-A.svg", "disc-B.svg"), strict=True):
        assert side["bytes"] == (place / name).stat().st_size
    words = run("cut", *more, "-o", "side.svg", *SMALL, "--sides", "2")
    assert [line[:7] for line in words.said if line.startswith("side ")] == ["side A:", "side B:"]


def test_sides_auto_takes_one_where_one_holds_all(run: Run, place: Path, album: list[Path]) -> None:
    report = said(run("cut", *album, "-o", "disc.svg", "--disc", "10in-78", "--sides", "auto", "--json"))
    assert len(report["songs"]) == 3
    assert list(snapshot(place)) == ["disc.svg"]


def test_sides_auto_takes_as_many_as_hold_them(run: Run, place: Path) -> None:
    # a card holds four minutes of silence at 78 rpm, and less of sound
    songs = [song(place.parent / f"{n}.wav", 100, 8000) for n in range(3)]
    told = said(run("check", *songs, *SMALL, "--sides", "auto", "--json"))["sides"]
    assert 1 < len(told) <= 3
    names = [s["name"] for side in told for s in side["songs"]]
    assert names == ["0.wav", "1.wav", "2.wav"]
    assert all(side["fits"] and side["seconds"] <= side["holds_s"] + 0.1 for side in told)
    lengths = [side["seconds"] for side in told]
    assert max(lengths) - min(lengths) <= 102 + 1e-3


def test_albums_that_are_refused(run: Run, untouched: Path, album: list[Path]) -> None:
    one, two, _ = album
    refused(run("cut", one, two, "-o", "out.svg", "--sides", "3"), "2 songs", "--sides 2")
    refused(run("cut", one, "-o", "out.svg", "--sides", "2"), "1 song does", "--sides 1")
    refused(run("cut", one, two, "-o", "out.svg", "--start", "1"), "--start", "single song")
    refused(run("cut", one, two, "-o", "out.svg", "--end", "1"), "--end", "single song")
    refused(run("check", one, two, "--end", "1"), "--end", "single song")
    refused(run("cut", one, two, "-o", "-", "--format", "svg", "--sides", "2"), "pipe", "--sides 1")
    refused(run("cut", "-", "-", "-o", "out.svg"), "standard input", codes=(2,))
    for bad in ("0", "-1", "27", "1.5", "many", ""):
        refused(run("cut", one, two, "-o", "out.svg", "--sides", bad), "sides", codes=(2,))


@pytest.mark.parametrize("sides", ["1", "2", "auto"])
def test_one_song_missing_and_nothing_is_written(run: Run, untouched: Path, album: list[Path], sides: str) -> None:
    one, two, three = album
    refused(
        run("cut", one, two, three.with_name("gone.wav"), "-o", "out.svg", *SMALL, "--sides", sides),
        "gone.wav",
        codes=(1,),
    )


def test_one_song_damaged_on_the_second_side_and_nothing_is_written(
    run: Run, untouched: Path, album: list[Path]
) -> None:
    one, two, three = album
    held = three.read_bytes()
    three.write_bytes(held[: len(held) // 2])
    refused(run("cut", one, two, three, "-o", "out.svg", *SMALL, "--sides", "2"), "three.wav", codes=(1,))


def test_the_same_song_twice(run: Run, place: Path, album: list[Path]) -> None:
    report = said(run("cut", album[0], album[0], "-o", "a.svg", *SMALL, "--json"))
    assert [s["side_s"] for s in report["songs"]] == pytest.approx([0, 4], abs=1e-3)


def test_a_song_is_never_written_over_by_a_side(run: Run, place: Path, album: list[Path]) -> None:
    other = song(place / "disc-B.wav", 1)
    before = snapshot(place)
    refused(run("cut", album[0], other, "-o", "disc.wav", *LP, "--sides", "2"), "disc-B.wav")
    assert snapshot(place) == before


def test_room_keeps_songs_to_their_share(run: Run, place: Path, album: list[Path]) -> None:
    lp = ("--disc", "12in-33")

    def cut(*more: str) -> Any:
        return said(run("cut", album[1], "-o", "a.svg", *lp, "--json", *more))

    free = cut("--pitch", "auto")
    # an LP's music may be 292.6/2 - 2.4 … 57.6 mm: 86 mm for an hour leave 72 µm for 3 s, a turn and two thirds
    shared = cut("--room", "20min")
    width = shared["music_outer_radius_mm"] - shared["music_inner_radius_mm"]
    assert width <= 86.5 * 3 / 1200 + 2 * shared["peak_displacement_um"] / 1e3
    assert shared["level_db"] <= free["level_db"]
    shorter = cut("--room", "1s")
    assert (place / "a.svg").read_bytes()
    assert "the music is longer than the 1.0 s that room was asked for" in shorter["warnings"].pop(0)
    assert shorter == free
    refused(run("cut", album[1], "-o", "b.svg", "--room", "0"), "room", codes=(2,))
    refused(run("cut", album[1], "-o", "b.svg", "--room", "soon"), "room", codes=(2,))
    refused(run("cut", album[1], "-o", "b.svg", *lp, "--room", "10000min"))
