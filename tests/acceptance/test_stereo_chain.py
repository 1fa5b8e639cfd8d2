"""Stereo and tracing compensation through the whole chain, from the command line: a song cut to a lathe's tracks, and
those played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from .outsider import bonemusic

RATE_HZ = 48_000
LP = ("--disc", "12in-33", "--machine", "lathe")
Sound = NDArray[Any]


def tone(hz: float, seconds: float = 1.0, rate_hz: int = RATE_HZ) -> Sound:
    """With soft ends, so that what is heard in the middle has rung out."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    ends = np.clip(np.minimum(t, seconds - t) / 0.1, 0, 1)
    return np.asarray(0.5 * np.sin(2 * np.pi * hz * t) * np.sin(np.pi / 2 * ends) ** 2)


def song_of(folder: Path, left: Sound, right: Sound | None = None, rate_hz: int = RATE_HZ) -> Path:
    path = folder / "song.wav"
    soundfile.write(path, left if right is None else np.stack((left, right), axis=1), rate_hz, subtype="FLOAT")
    return path


def through(folder: Path, song: Path, *wish: str, stylus: str | None = None) -> tuple[dict[str, Any], Sound, int]:
    """What the cut claims, what is heard of its tracks, and at which rate."""
    claimed = bonemusic("cut", song, "-o", folder / "side.wav", *LP, *wish)
    bonemusic("play", folder / "side.wav", "-o", folder / "heard.wav", *(("--stylus", stylus) if stylus else ()))
    heard, rate_hz = soundfile.read(folder / "heard.wav", always_2d=True)
    return claimed, heard, rate_hz


def aligned(heard: Sound, given: Sound) -> Sound:
    """The stretch of what was heard that holds what was given, found by correlation of all channels at once."""
    size = 1 << int(np.ceil(np.log2(len(heard) + len(given))))
    product = sum(
        np.fft.irfft(np.fft.rfft(heard[:, c], size) * np.conj(np.fft.rfft(given[:, c], size)), size)
        for c in range(given.shape[1])
    )
    at = int(np.argmax(product[: len(heard)]))  # not of its size: polarity must be kept
    return heard[at : at + len(given)]


def snr_db(heard: Sound, given: Sound, rate_hz: int) -> float:
    """Of what is heard in the band that a cut keeps, any gain, any delay of part of a sample."""
    spectra = [np.fft.rfft(x * np.hanning(len(x))) for x in (heard, given)]
    f = np.fft.rfftfreq(len(given), 1 / rate_hz)
    band = (f > 60) & (f < 10_000)
    h, g = (s[band] for s in spectra)
    w = 2 * np.pi * f[band]
    cross = h * np.conj(g)
    # delay: slope of the phase, from what lies near a sample of it
    grid = np.linspace(-1, 1, 401) / rate_hz
    delay = grid[int(np.argmax([np.sum(cross * np.exp(1j * w * d)).real for d in grid]))]
    turned = g * np.exp(-1j * w * delay)
    gain = max(np.vdot(turned, h).real / np.vdot(turned, turned).real, 1e-12)
    return float(10 * np.log10(np.sum(np.abs(gain * turned) ** 2) / np.sum(np.abs(h - gain * turned) ** 2)))


def at_tone(sound: Sound, hz: float, rate_hz: int) -> complex:
    """Its amplitude at a frequency, in a window of low side lobes."""
    n = np.arange(len(sound))
    window = np.blackman(len(sound))
    return complex(2 * np.sum(sound * window * np.exp(-2j * np.pi * hz * n / rate_hz)) / window.sum())


@pytest.mark.parametrize("channel", [0, 1], ids=["left", "right"])
def test_figure_separation_is_60_db_from_100_hz_to_10_khz_through_files(tmp_path: Path, channel: int) -> None:
    tones = (100.0, 315.0, 1000.0, 3150.0, 10_000.0)
    sound = np.concatenate([tone(hz) / (1 + hz / 1000) for hz in tones])
    walls = [sound, 0 * sound]
    song = song_of(tmp_path, *(walls if channel == 0 else walls[::-1]))
    claimed, heard, rate_hz = through(tmp_path, song, "--level", "-20dB")
    assert claimed["stereo"]
    assert claimed["level_db"] == pytest.approx(-20, abs=0.01)
    sound = soxr.resample(sound, RATE_HZ, rate_hz, quality="VHQ")
    given = np.zeros((len(sound), 2))
    given[:, channel] = sound
    found = aligned(heard, given)
    for number, hz in enumerate(tones):
        middle = slice(round((number + 0.2) * rate_hz), round((number + 0.8) * rate_hz))
        loud, leak = (at_tone(found[middle, c], hz, rate_hz) for c in (channel, 1 - channel))
        assert abs(leak) < 1e-3 * abs(loud), hz
        # the right way round: in phase with what was given
        assert abs(np.angle(loud / at_tone(sound[middle], hz, rate_hz))) < 0.2, hz


def test_an_in_phase_song_has_no_vertical_and_both_tracks_alike(tmp_path: Path) -> None:
    sound = tone(440, 2)
    _, heard, _ = through(tmp_path, song_of(tmp_path, sound, sound), "--level", "-3dB")
    tracks, _ = soundfile.read(tmp_path / "side.wav", dtype="int32")
    assert tracks.shape[1] == 4
    assert tracks[:, 0].any()
    np.testing.assert_array_equal(tracks[:, 0], tracks[:, 1])
    if heard.shape[1] == 2:
        np.testing.assert_array_equal(heard[:, 0], heard[:, 1])


def test_a_mono_song_on_the_lathe_is_the_in_phase_one(tmp_path: Path) -> None:
    sound = tone(440, 2)
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, walls in ((one, (sound,)), (two, (sound, sound))):
        folder.mkdir()
        bonemusic("cut", song_of(folder, *walls), "-o", folder / "side.wav", *LP, "--level", "-3dB")
    mono, stereo = (soundfile.read(folder / "side.wav", dtype="int32")[0] for folder in (one, two))
    np.testing.assert_array_equal(mono[:, 0], mono[:, 1])
    assert np.abs(mono[:, :2] - stereo[: len(mono), :2]).max() <= 2 << 8


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_different_noise_left_and_right_comes_back_with_40_db_each(tmp_path: Path, rate_hz: int) -> None:
    rng = np.random.default_rng(5)
    f = np.fft.rfftfreq(4 * rate_hz, 1 / rate_hz)
    shape = np.where((f > 80) & (f < 9000), 1 / np.sqrt(np.maximum(f, 1)), 0)
    walls = [np.fft.irfft(np.fft.rfft(rng.standard_normal(4 * rate_hz)) * shape) for _ in range(2)]
    peak = max(np.abs(w).max() for w in walls)
    ends = np.clip(np.minimum(np.arange(4 * rate_hz), np.arange(4 * rate_hz)[::-1]) / 4000, 0, 1)
    given = np.stack([0.8 / peak * w * ends for w in walls], axis=1)
    _, heard, played_hz = through(tmp_path, song_of(tmp_path, given[:, 0], given[:, 1], rate_hz), "--level", "-6dB")
    if rate_hz != played_hz:
        given = soxr.resample(given, rate_hz, played_hz, quality="VHQ")
    found = aligned(heard, given)
    for channel in (0, 1):
        assert snr_db(found[:, channel], given[:, channel], played_hz) > 40, channel
        assert snr_db(found[:, channel], given[:, 1 - channel], played_hz) < 0


def test_stereo_on_a_drawing_is_mixed_and_said(tmp_path: Path) -> None:
    song = song_of(tmp_path, tone(300), tone(700))
    claimed = bonemusic("cut", song, "-o", tmp_path / "a.svg", "--disc", "card-5in-78")
    assert not claimed["stereo"]
    assert any("mixed to mono, (L+R)/2" in w for w in claimed["warnings"])
    bonemusic("play", tmp_path / "a.svg", "-o", tmp_path / "heard.wav")
    heard, rate_hz = soundfile.read(tmp_path / "heard.wav", always_2d=True)
    assert heard.shape[1] == 1
    both = [abs(at_tone(heard[len(heard) // 4 : -len(heard) // 4, 0], hz, rate_hz)) for hz in (300, 700)]
    assert min(both) > 0.3 * max(both)


INNER = """
[inner]
like = "12in-33"
title = "Music of a test, from where an LP's ends"
recorded_diameter_mm = 125.4
music_inner_diameter_mm = 115.2
[inner.source]
recorded_diameter_mm = "assumed: 120.6 mm and two turns of lead-in"
"""


def thd_db(sound: Sound, hz: float, rate_hz: int) -> float:
    powers = [abs(at_tone(sound, n * hz, rate_hz)) ** 2 for n in range(1, int(rate_hz / 2 / hz) + 1)]
    return float(10 * np.log10(sum(powers[1:]) / powers[0]))


@pytest.mark.parametrize(
    ("hz", "level", "least_db"), [(8000.0, "5cm/s", 35), pytest.param(3000.0, "7cm/s", 45, marks=pytest.mark.slow)]
)
def test_figure_compensation_lowers_distortion_by_playing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hz: float, level: str, least_db: float
) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "discs.toml").write_text(INNER)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path / "presets"))
    song = song_of(tmp_path, tone(hz, 1.5))
    wish = ("--disc", "inner", "--machine", "lathe", "--level", level)
    found = {}
    for name, more in (("plain", ()), ("compensated", ("--compensate", "lp-18"))):
        claimed = bonemusic("cut", song, "-o", tmp_path / "side.wav", *wish, *more)
        assert claimed["compensated"] == ("lp-18" if more else None)
        assert claimed["songs"][0]["radius_mm"] == pytest.approx(60.3, abs=0.3)
        for stylus in ("lp-18", "lp-mono-25"):
            bonemusic("play", tmp_path / "side.wav", "-o", tmp_path / "heard.wav", "--stylus", stylus)
            heard, rate_hz = soundfile.read(tmp_path / "heard.wav", always_2d=True)
            loud = np.flatnonzero(np.abs(heard[:, 0]) > 0.5 * np.abs(heard[:, 0]).max())
            middle = (loud[0] + loud[-1]) // 2
            part = heard[middle - rate_hz // 4 : middle + rate_hz // 4].mean(axis=1)
            found[name, stylus] = thd_db(part, hz, rate_hz)
    assert found["compensated", "lp-18"] <= found["plain", "lp-18"] - least_db
    # another tip hears less of the good, and the report tells how much
    assert found["compensated", "lp-mono-25"] > found["compensated", "lp-18"] + 6


def test_what_is_left_for_other_styli_is_in_the_report(tmp_path: Path) -> None:
    song = song_of(tmp_path, tone(3000))
    (side,) = bonemusic("check", song, *LP, "--level", "7cm/s", "--compensate", "lp-18")["sides"]
    rows = {(row["stylus"], row["frequency_hz"]): row for row in side["remains"]}
    assert {stylus for stylus, _ in rows} >= {"lp-18", "lp-mono-25", "elliptical-8"}
    own = [row for (stylus, _), row in rows.items() if stylus == "lp-18"]
    assert all(row["compensated_db"] < row["plain_db"] - 20 for row in own)
    for (stylus, hz), row in rows.items():
        if stylus == "lp-mono-25":
            assert row["compensated_db"] > rows["lp-18", hz]["compensated_db"]
    (plain,) = bonemusic("check", song, *LP, "--level", "7cm/s")["sides"]
    assert plain["remains"] == []
