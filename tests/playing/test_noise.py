"""Noise of known level, from a seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic.playing import noise
from bonemusic.presets import Turntable


def turntable(surface_db=None, rumble_db=None, clicks=0.0, click_db=-20.0):
    return Turntable(
        "worn", "Worn", None, 0.0, 0.0, 0.5, 0.0, 10.0, 0.0, None, None, surface_db, rumble_db, clicks, click_db
    )


def band_db(sound, rate_hz, low_hz, high_hz):
    """RMS in a band."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    f = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    return 10 * math.log10(2 * power[(f >= low_hz) & (f <= high_hz)].sum() / len(sound) ** 2)


def made(seconds, rate_hz, shape, level_db, seed, channel=0):
    return noise.steady_noise(seconds * rate_hz, rate_hz, [shape(rate_hz, level_db)], seed, channel)


def test_surface_and_rumble_in_one_pass_keep_their_levels():
    sound = np.zeros((30 * 48_000, 1), np.float32)
    noise.add_noise(sound, 48_000, turntable(-58.0, -40.0), seed=10)
    assert band_db(sound[:, 0], 48_000, 0, 60) == pytest.approx(-40, abs=0.5)
    assert band_db(sound[:, 0], 48_000, 300, 20_000) == pytest.approx(-58, abs=1)


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 96_000])
def test_surface_noise_has_its_level_from_20_hz_to_20_khz(rate_hz):
    sound = made(8, rate_hz, noise.surface, -58.0, seed=1)
    assert band_db(sound, rate_hz, 20, 20_000) == pytest.approx(-58, abs=0.3)


def test_surface_noise_is_pink_below_and_white_above():
    sound = made(20, 48_000, noise.surface, 0.0, seed=2)
    density = [band_db(sound, 48_000, f / 1.2, f * 1.2) - 10 * math.log10(f) for f in (62.5, 125, 4000, 16_000)]
    assert density[0] - density[1] == pytest.approx(10 * math.log10(17 / 9), abs=1)
    assert density[2] - density[3] == pytest.approx(10 * math.log10(1.25 / 1.0625), abs=0.5)


def test_rumble_has_its_level_and_lies_below_50_hz():
    sound = made(60, 8000, noise.rumble, -40.0, seed=3)
    assert band_db(sound, 8000, 0, 4000) == pytest.approx(-40, abs=0.5)
    assert band_db(sound, 8000, 50, 4000) < -55


def test_a_seed_gives_the_same_noise_and_another_seed_other_noise():
    loud = turntable(-40.0, -40.0, 300.0)
    first, again, other = np.zeros((3, 96_000, 2), np.float32)
    counts = [noise.add_noise(s, 48_000, loud, seed) for s, seed in ((first, 7), (again, 7), (other, 8))]
    assert counts[0] == counts[1]
    np.testing.assert_array_equal(first, again)
    for one, two in [(first[:, 0], first[:, 1]), (first[:, 0], other[:, 0])]:
        assert abs(np.corrcoef(one, two)[0, 1]) < 0.5  # clicks are in both channels


def test_channels_of_surface_noise_are_independent():
    left, right = (made(1, 48_000, noise.surface, 0.0, 9, channel) for channel in (0, 1))
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.05


def test_a_longer_side_begins_with_the_same_noise():
    short = made(10, 8000, noise.surface, -30.0, seed=4)
    long = made(20, 8000, noise.surface, -30.0, seed=4)
    np.testing.assert_allclose(short[: 9 * 8000], long[: 9 * 8000], atol=1e-6)  # one transform, two neighbours


def test_clicks_are_as_many_as_said_and_of_the_size_said():
    sound = np.zeros((60 * 48_000, 1), np.float32)
    count = noise.add_clicks(sound, 48_000, 400.0, -20.0, seed=5)
    assert count == pytest.approx(400, abs=4 * math.sqrt(400))
    gaps = np.diff(np.flatnonzero(np.abs(sound[:, 0]) > 0))
    assert np.count_nonzero(gaps > 1) + 1 == pytest.approx(count, rel=0.04)  # few fall onto each other
    begins = np.flatnonzero(np.diff(np.concatenate(([0], np.abs(sound[:, 0]) > 0))) > 0)
    peaks = [np.abs(sound[b : b + 144]).max() for b in begins]
    assert 20 * math.log10(np.median(peaks)) == pytest.approx(-20, abs=1.5)
    assert np.std(20 * np.log10(peaks)) == pytest.approx(6, abs=1)


def test_times_between_clicks_are_those_of_a_poisson_process():
    sound = np.zeros((600 * 4000, 1), np.float32)
    noise.add_clicks(sound, 4000, 120.0, 0.0, seed=6)
    begins = np.flatnonzero(np.diff(np.concatenate(([0], np.abs(sound[:, 0]) > 0))) > 0)
    gaps_s = np.diff(begins) / 4000
    assert gaps_s.mean() == pytest.approx(0.5, rel=0.12)
    assert gaps_s.std() == pytest.approx(gaps_s.mean(), rel=0.12)


def test_a_click_is_in_both_channels_and_the_stronger_has_its_peak():
    sound = np.zeros((30 * 48_000, 2), np.float32)
    noise.add_clicks(sound, 48_000, 60.0, -20.0, seed=7)
    mono = np.zeros((30 * 48_000, 1), np.float32)
    noise.add_clicks(mono, 48_000, 60.0, -20.0, seed=7)
    np.testing.assert_allclose(np.abs(sound).max(axis=1), np.abs(mono[:, 0]), atol=1e-7)
    assert (np.abs(sound).min(axis=1) >= 0.5 * np.abs(mono[:, 0])).all()


def test_a_click_has_a_peak_of_1():
    t = np.linspace(0, 3e-3, 30_001)
    for frequency_hz in (1500, 3000, 6000):
        assert np.abs(noise.click(t, frequency_hz)).max() == pytest.approx(1, abs=1e-4)
        assert abs(noise.click(t, frequency_hz)[-1]) < 1e-7


def test_a_turntable_without_noise_adds_none():
    sound = np.zeros((1000, 2), np.float32)
    assert noise.add_noise(sound, 48_000, turntable(), seed=1) == 0
    assert not sound.any()
