"""Clicks are found and filled; music, drums, castanets, speech and noise are left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic.audio import excerpt
from bonemusic.scanning import impulses
from bonemusic.scanning.declick import clicks, declicked

from ..signals import pink_noise, speech_like, sweeps

RATE_HZ = 44_100


def castanets(seconds, rate_hz):
    """Two dozen wooden clacks in each three seconds, each with its own resonances."""
    rng, t = np.random.default_rng(3), np.arange(int(0.06 * rate_hz)) / rate_hz
    out = np.zeros(int(seconds * rate_hz))
    for at in np.arange(0.1, seconds - 0.2, 0.12):
        first = int((at + rng.uniform(0, 0.05)) * rate_hz)
        wood = 0.7 * rng.standard_normal(len(t)) * np.exp(-t / 0.003)
        for frequency_hz in rng.uniform(900, 9000, 6):
            wood += np.exp(-t / rng.uniform(0.002, 0.012)) * np.sin(2 * np.pi * frequency_hz * t)
        out[first : first + len(t)] += wood * rng.uniform(0.2, 1)
    return 0.9 * out / np.abs(out).max()


def drums(seconds, rate_hz):
    """A snare and a bass drum by turns."""
    rng, t = np.random.default_rng(4), np.arange(int(0.3 * rate_hz)) / rate_hz
    out = np.zeros(int(seconds * rate_hz))
    for k, at in enumerate(np.arange(0.1, seconds - 0.5, 0.25)):
        first = int(at * rate_hz)
        snare = rng.standard_normal(len(t)) * np.exp(-t / 0.05)
        bass = np.sin(2 * np.pi * 60 * t) * np.exp(-t / 0.1) + 0.5 * rng.standard_normal(len(t)) * np.exp(-t / 0.0015)
        out[first : first + len(t)] += snare if k % 2 else bass
    return 0.9 * out / np.abs(out).max()


def plosives(seconds, rate_hz):
    rng, t = np.random.default_rng(6), np.arange(int(0.02 * rate_hz)) / rate_hz
    out = 0.7 * speech_like(seconds, rate_hz)
    for at in np.arange(0.2, seconds - 0.3, 0.3):
        first = int(at * rate_hz)
        out[first : first + len(t)] += 0.3 * rng.standard_normal(len(t)) * np.exp(-t / 0.004)
    return out


def white(seconds, rate_hz):
    return 0.2 * np.random.default_rng(5).standard_normal(int(seconds * rate_hz))


@pytest.mark.parametrize("sound", [castanets, plosives, speech_like, pink_noise, sweeps, white])
def test_what_is_no_click_stays_to_the_bit(sound):
    song = sound(30, RATE_HZ).astype(np.float32)[:, None]
    out, count = declicked(song, RATE_HZ)
    assert count == 0
    np.testing.assert_array_equal(out, song)


def test_drums_are_as_good_as_left_alone():
    song = drums(30, RATE_HZ)
    out, count = declicked(song[:, None], RATE_HZ)
    assert count <= 2
    assert np.square(out[:, 0] - song).sum() < 3e-4 * np.square(song).sum()


def test_real_music_has_no_clicks(minstrels, knolls):
    for path in (minstrels, knolls):
        song = excerpt(path, 5, 40)
        assert clicks(song.samples, song.rate_hz) == 0


def with_clicks(song, count, seed=2):
    """Sharp clicks and dull ones, 1 to 16 samples, each a fifth of full scale."""
    rng, out = np.random.default_rng(seed), song.copy()
    for at in np.linspace(5000, len(song) - 5000, count).astype(int):
        length = rng.choice([1, 2, 4, 8, 16])
        out[at : at + length] += 0.2 * rng.choice([-1, 1]) * np.hanning(length + 2)[1:-1]
    return out.astype(np.float32)


def test_clicks_in_real_music_are_found_and_filled(knolls):
    song = excerpt(knolls, 40, 20).samples[:, :1]
    spoilt = with_clicks(song[:, 0], 100)[:, None]
    out, count = declicked(spoilt, RATE_HZ)
    assert 90 <= count <= 100
    assert clicks(out, RATE_HZ) <= 2
    touched = (out != spoilt)[:, 0]
    before, after = np.square(spoilt - song)[touched].sum(), np.square(out - song)[touched].sum()
    assert 10 * math.log10(before / after) > 18


def test_channels_are_mended_by_themselves_and_counted_together():
    left = speech_like(5, RATE_HZ).astype(np.float32)
    both = np.stack([left, left], axis=1)
    both[100_000, 0] += 0.3
    both[150_000] -= 0.3
    out, count = declicked(both, RATE_HZ)
    assert count == clicks(both, RATE_HZ) == 2
    np.testing.assert_array_equal(out[90_000:110_000, 1], both[90_000:110_000, 1])
    assert np.abs(out - left[:, None]).max() < 0.1
    assert both[100_000, 0] == np.float32(left[100_000] + np.float32(0.3))  # what was given is not changed


@pytest.mark.parametrize("frames", [0, 1, 100, 5000])
def test_short_and_silent_sounds(frames):
    silence = np.zeros((frames, 2), np.float32)
    out, count = declicked(silence, RATE_HZ)
    assert (out.shape, count, clicks(silence, RATE_HZ)) == ((frames, 2), 0, 0)


def test_kernels_do_as_their_plain_twins():
    rng = np.random.default_rng(7)
    x = np.convolve(rng.standard_normal(5000), np.ones(5), "same").astype(np.float32)
    x[2222] += 60
    weights = impulses.HALF_BAND
    np.testing.assert_allclose(impulses._halved(x, weights), impulses._halved.py_func(x, weights), atol=1e-4)
    one, other = (
        (np.zeros(5000, np.float32), np.zeros(79, np.float32)),
        (np.zeros(5000, np.float32), np.zeros(79, np.float32)),
    )
    impulses._innovations(x, 64, 0, 5000, *one)
    impulses._innovations.py_func(x, 64, 0, 5000, *other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
    runs = impulses._runs(*one, 64, 15.0, 4.0, 0.1)
    np.testing.assert_array_equal(runs, impulses._runs.py_func(*one, 64, 15.0, 4.0, 0.1))
    assert len(runs) == 1
    assert runs[0, 0] <= 2222 < runs[0, 1]


def test_half_the_rate_keeps_the_music_and_drops_what_would_fold():
    t = np.arange(8000)
    low, high = np.sin(0.1 * 2 * np.pi * t), np.sin(0.4 * 2 * np.pi * t)
    halved = impulses._halved(low.astype(np.float32), impulses.HALF_BAND)
    np.testing.assert_allclose(halved[20:-20], low[::2][20:-20], atol=2e-3)
    assert np.abs(impulses._halved(high.astype(np.float32), impulses.HALF_BAND)[20:-20]).max() < 2e-3


def test_the_median_is_the_sorted_middle_whatever_comes():
    rng = np.random.default_rng(8)
    for length in (1, 2, 3, 32, 63, 64):
        for values in (rng.standard_normal(length), rng.integers(0, 3, length).astype(float), np.arange(length) * 1.0):
            for median in (impulses._median, impulses._median.py_func):
                assert median(values.copy()) == np.sort(values)[length // 2]
    impulses._median.py_func(np.where(rng.random(64) < 0.3, np.nan, rng.standard_normal(64)))  # ends, within bounds
