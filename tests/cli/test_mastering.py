"""Mastering from the command line: off, auto or a number, which really limits; bad sound, and limits that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from .conftest import Run, refused

LATHE = ("--disc", "12in-33", "--machine", "lathe")
RATE_HZ = 44_100
STEPS = ("high-pass", "mono-below", "vertical", "swing", "velocity", "acceleration", "curvature")
G = 9.80665


def cut(run: Run, song: Path, out: str, *more: str) -> Any:
    """The report of a cut that went well."""
    result = run("cut", song, "-o", out, "--json", *more)
    assert result.code == 0, result
    return json.loads(result.out)


def written(place: Path, name: str, *walls: Any, rate_hz: int = RATE_HZ) -> Path:
    path = place.parent / name
    soundfile.write(path, np.stack(walls, axis=1), rate_hz, subtype="FLOAT")
    return path


def times(seconds: float = 3.0) -> Any:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def sine(hz: float, seconds: float = 3.0) -> Any:
    """At half of full scale, with soft ends."""
    t = times(seconds)
    return 0.5 * np.sin(2 * np.pi * hz * t) * np.clip(np.minimum(t, seconds - t) / 0.1, 0, 1)


def kept(report: Any) -> bool:
    """Whether every limit is."""
    return all(row["spare_db"] is None or row["spare_db"] >= -0.01 for row in report["limits"])


def walls_of(path: Path) -> tuple[Any, Any, int]:
    """Lateral and vertical velocity, m/s, as a lathe's tracks have them (full scale is 1 m/s), and their rate."""
    tracks, rate_hz = soundfile.read(path, dtype="float64")
    return (tracks[:, 0] + tracks[:, 1]) / 2, (tracks[:, 0] - tracks[:, 1]) / 2, rate_hz


def read_peak(velocity: Any, rate_hz: int) -> float:
    """Peak velocity as an instrument of 48 kHz reads it, which is what a level counts."""
    move, step = summed(velocity, rate_hz), rate_hz // 48_000
    return float(np.abs(move[2 * step :] - move[: -2 * step]).max()) * rate_hz / (2 * step)


def summed(velocity: Any, rate_hz: int) -> Any:
    """Displacement, m."""
    return np.cumsum(velocity) / rate_hz


@pytest.mark.parametrize("step", STEPS)
def test_nonsense_is_told_in_one_line(run: Run, untouched: Path, wav: Path, step: str) -> None:
    for bad in ("nonsense", "", "on", "-3", "nan", "inf", "1e99um", "5 parsec", "0", "0um", "0Hz", "0g", "0cm/s"):
        line = refused(run("cut", wav, "-o", "out.svg", f"--{step}", bad), step, codes=(2,))
        assert "off" in line
        assert "auto" in line
    refused(run("check", wav, f"--{step}", "nonsense"), step, codes=(2,))


def test_master_is_auto_or_off(run: Run, untouched: Path, wav: Path) -> None:
    for bad in ("on", "5um", "", "0"):
        refused(run("cut", wav, "-o", "out.svg", "--master", bad), "master", "auto", codes=(2,))


@pytest.mark.parametrize("step", STEPS)
def test_off_is_as_if_nothing_was_said(run: Run, place: Path, step: str) -> None:
    song = written(place, "song.wav", sine(300, 1), sine(700, 1))
    said = cut(run, song, "a.wav", *LATHE, "--level", "-3dB", f"--{step}", "OFF")
    assert said | {"files": ["b.wav"]} == cut(run, song, "b.wav", *LATHE, "--level", "-3dB")
    assert (place / "a.wav").read_bytes() == (place / "b.wav").read_bytes()


@pytest.mark.parametrize(("out", "more"), [("svg", ("--disc", "card-5in-78")), ("wav", LATHE)])
def test_figure_a_sine_below_every_limit_comes_out_bit_identical(
    run: Run, place: Path, out: str, more: tuple[str, ...]
) -> None:
    for name, walls in {"mono": (sine(1000),), "stereo": (sine(1000), 0.5 * sine(1000))}.items():
        song = written(place, f"{name}.wav", *walls)
        for result, master in (("a", "off"), ("b", "auto")):
            report = cut(run, song, f"{result}.{out}", *more, "--level", "-10dB", "--master", master)
            assert report["drive_db"] == report["touched_percent"] == 0
        assert (place / f"a.{out}").read_bytes() == (place / f"b.{out}").read_bytes()


def test_each_step_alone_leaves_what_is_below_its_limit(run: Run, place: Path) -> None:
    song = written(place, "song.wav", sine(1000), sine(1000))
    cut(run, song, "a.wav", *LATHE, "--level", "-10dB")
    for step in ("vertical", "swing", "velocity", "acceleration", "curvature"):
        cut(run, song, "b.wav", *LATHE, "--level", "-10dB", f"--{step}", "auto")
        assert (place / "a.wav").read_bytes() == (place / "b.wav").read_bytes(), step


def test_the_others_outrank_master(run: Run, place: Path) -> None:
    song = written(place, "song.wav", np.sign(np.sin(2 * np.pi * 50 * times())))
    said = cut(run, song, "a.svg", "--disc", "card-5in-78", "--master", "auto", "--swing", "20um")
    assert said["peak_displacement_um"] <= 20 * 1.01


def bursts() -> Any:
    """Soft, with a loud stretch in the middle, bass and treble both."""
    t = times()
    loud = np.where((t > 1.2) & (t < 1.5), np.sin(np.pi * (t - 1.2) / 0.3) ** 2, 0)
    return 0.05 * np.sin(2 * np.pi * 500 * t) + 0.3 * loud * (np.sin(2 * np.pi * 80 * t) + np.sin(2 * np.pi * 4000 * t))


@pytest.mark.parametrize(
    ("step", "number", "most"),
    [("swing", "15um", 15e-6), ("velocity", "2cm/s", 0.02), ("acceleration", "60g", 60 * G), ("vertical", "5um", 5e-6),
     ("curvature", "200um", None)],
)  # fmt: skip
def test_a_number_really_limits(run: Run, place: Path, step: str, number: str, most: float | None) -> None:
    one, level = bursts(), "6dB" if step == "curvature" else "30um" if step == "swing" else "0dB"
    song = written(place, "song.wav", one, -0.8 * one if step == "vertical" else one)

    def peak(name: str) -> float:
        lateral, vertical, rate_hz = walls_of(place / name)
        if step in ("vertical", "swing"):
            move = summed(vertical if step == "vertical" else lateral, rate_hz)
            return float(np.abs(move - np.median(move)).max())
        if step == "velocity":
            return read_peak(lateral, rate_hz)
        return float(np.abs(np.diff(lateral)).max() * rate_hz)

    plain = cut(run, song, "a.wav", *LATHE, "--level", level)
    said = cut(run, song, "b.wav", *LATHE, "--level", level, f"--{step}", number)
    assert plain["touched_percent"] == 0
    assert 0 < said["touched_percent"] < 30
    assert any(row["share_percent"] > 0 and row["deepest_db"] < -0.1 for row in said["touched"])
    if most is None:
        # a curve of radius R at speed v: a = v²/R along each wall, √2 of that across
        speed = said["music_outer_radius_mm"] * 1e-3 * 2 * np.pi * 100 / 3 / 60
        most = np.sqrt(2) * speed**2 / 200e-6
    assert peak("a.wav") > 1.2 * most
    assert peak("b.wav") <= 1.01 * most
    assert kept(said)


def test_a_high_pass_takes_what_is_below_it(run: Run, place: Path) -> None:
    song = written(place, "song.wav", sine(20) + sine(1000))
    report = cut(run, song, "a.wav", *LATHE, "--level", "5um", "--high-pass", "80Hz")
    assert report["high_pass_hz"] == 80
    lateral, _, rate_hz = walls_of(place / "a.wav")
    spectrum = np.abs(np.fft.rfft(summed(lateral, rate_hz) * np.hanning(len(lateral))))
    f = np.fft.rfftfreq(len(lateral), 1 / rate_hz)
    low, high = (spectrum[(f > hz - 2) & (f < hz + 2)].max() for hz in (20, 1000))
    cut(run, song, "b.wav", *LATHE, "--level", "5um")
    lateral, _, rate_hz = walls_of(place / "b.wav")
    spectrum = np.abs(np.fft.rfft(summed(lateral, rate_hz) * np.hanning(len(lateral))))
    f = np.fft.rfftfreq(len(lateral), 1 / rate_hz)
    given = [spectrum[(f > hz - 2) & (f < hz + 2)].max() for hz in (20, 1000)]
    assert low / high < 0.1 * given[0] / given[1]


def test_bass_to_mono_leaves_the_treble_wide(run: Run, place: Path) -> None:
    song = written(place, "song.wav", sine(60) + sine(3000), -sine(60) - sine(3000))
    report = cut(run, song, "a.wav", *LATHE, "--level", "-20dB", "--mono-below", "300Hz")
    assert report["mono_below_hz"] == 300
    _, vertical, rate_hz = walls_of(place / "a.wav")
    spectrum = np.abs(np.fft.rfft(vertical * np.hanning(len(vertical))))
    f = np.fft.rfftfreq(len(vertical), 1 / rate_hz)
    low, high = (spectrum[(f > hz - 2) & (f < hz + 2)].max() for hz in (60, 3000))
    assert low < 0.02 * high  # recorded with 10 dB less at 60 Hz than at 3 kHz anyway


BAD = {
    "square": lambda: (np.sign(np.sin(2 * np.pi * 200 * times())),),
    "square-stereo": lambda: (np.sign(np.sin(2 * np.pi * 200 * times())), np.sign(np.sin(2 * np.pi * 307 * times()))),
    "20-hz": lambda: (np.sin(2 * np.pi * 20 * times()),),
    "20-hz-stereo": lambda: (np.sin(2 * np.pi * 20 * times()), np.sin(2 * np.pi * 20 * times())),
    "out-of-phase": lambda: (sine(300), -sine(300)),
    "out-of-phase-20-hz": lambda: (np.sin(2 * np.pi * 20 * times()), -np.sin(2 * np.pi * 20 * times())),
    "left-alone": lambda: (sine(300), 0 * times()),
    "offset": lambda: (0.4 + sine(300),),
    "offset-alone": lambda: (0 * times() + 0.9,),
    "one-click": lambda: (np.where(np.arange(3 * RATE_HZ) == RATE_HZ, 1.0, 0.0),),
    "full-noise": lambda: tuple(np.random.default_rng(1).choice([-1.0, 1.0], (2, 3 * RATE_HZ))),
    "silence": lambda: (0 * times(), 0 * times()),
    "nearly-silence": lambda: (1e-7 * sine(300), 1e-7 * sine(500)),
}


@pytest.mark.parametrize(("master", "pitch"), [("off", "auto"), ("auto", "fixed")])
@pytest.mark.parametrize("name", BAD)
def test_bad_sound_onto_a_lathe_keeps_every_limit(run: Run, place: Path, name: str, master: str, pitch: str) -> None:
    song = written(place, f"{name}.wav", *BAD[name]())
    report = cut(run, song, "a.wav", *LATHE, "--master", master, "--pitch", pitch)
    assert kept(report)
    assert report["closest_land_um"] is None or report["closest_land_um"] >= 15
    lateral, vertical, rate_hz = walls_of(place / "a.wav")
    assert np.isfinite(lateral).all()
    assert max(np.abs(lateral).max(), np.abs(vertical).max()) < 1
    if name == "silence":
        assert report["level_db"] is None
        assert not lateral.any()
    elif report["level_db"] is None:
        assert name in ("offset-alone", "nearly-silence")
        assert np.abs(lateral).max() < 3 / 2**23  # steps of 24 bit
    elif "out-of-phase" in name:
        assert np.abs(lateral).max() < 1e-3 * np.abs(vertical).max()
    elif name != "offset-alone":  # of which nothing but rounding is left
        # the peaks of the tracks are the level that is claimed; a plain sum is up to 4 % high at 16 kHz
        peak = max(read_peak(lateral - vertical, rate_hz), read_peak(lateral + vertical, rate_hz))
        assert 20 * np.log10(peak / 0.05) == pytest.approx(report["level_db"], abs=0.3)
    if name.startswith("offset"):
        assert any("a constant offset of" in w for w in report["warnings"])


@pytest.mark.parametrize("name", BAD)
def test_bad_sound_onto_a_drawing(run: Run, place: Path, name: str) -> None:
    song = written(place, f"{name}.wav", *BAD[name]())
    wish = ("--disc", "card-5in-78", "--master", "auto")
    if name.startswith("out-of-phase"):
        refused(run("cut", song, "-o", "a.svg", *wish), "cancel", codes=(1,))
        return
    report = cut(run, song, "a.svg", *wish)
    assert kept(report)
    assert report["closest_land_um"] is None or report["closest_land_um"] >= 15


@pytest.mark.parametrize("name", BAD)
def test_bad_sound_checked(run: Run, place: Path, name: str) -> None:
    song = written(place, f"{name}.wav", *BAD[name]())
    result = run("check", song, *LATHE, "--master", "auto", "--json")
    assert result.code == 0, result
    (side,) = json.loads(result.out, parse_constant=pytest.fail)["sides"]
    assert side["fits"]
    assert kept(side)
    if name.startswith("square"):
        assert any(spot["kind"] == "clipping" for spot in side["spots"])
    if name == "out-of-phase":
        assert any(spot["kind"] == "out-of-phase bass" for spot in side["spots"])


def test_a_level_no_groove_can_hold_is_told_with_one_that_fits(run: Run, untouched: Path) -> None:
    song = written(untouched, "song.wav", sine(300), sine(500))
    for more in (("--level", "60dB"), ("--level", "60dB", "--pitch", "fixed"), ("--level", "9mm")):
        refused(run("cut", song, "-o", "out.wav", *LATHE, *more), "does not fit", "--level", codes=(1,))


@pytest.mark.parametrize("out", ["a.svg", "a.wav"])
def test_limited_to_a_level_that_limiting_cannot_reach(run: Run, place: Path, out: str) -> None:
    song = written(place, "song.wav", sine(300), sine(500))
    for level in ("25dB", "60dB", "5mm"):
        result = run("cut", song, "-o", out, *LATHE, "--level", level, "--master", "auto", "--json")
        if result.code:
            refused(result, "level", codes=(1,))
        else:
            assert kept(json.loads(result.out))


def test_a_stylus_larger_than_the_groove(run: Run, place: Path, wav: Path) -> None:
    refused(
        run("cut", wav, "-o", "a.wav", *LATHE, "--compensate", "78-65"), "78-65", "larger than the groove", codes=(1,)
    )
    result = run("check", wav, *LATHE, "--compensate", "78-65", "--json")
    assert result.code in (1, 2)
    assert not list(place.iterdir())
    report = cut(run, wav, "a.wav", *LATHE, "--stylus", "78-65")
    assert any("larger than the groove" in w for w in report["warnings"])
