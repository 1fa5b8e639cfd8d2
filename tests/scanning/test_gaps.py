"""Mending: only what was hidden changes, and what is filled in is near the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.audio import excerpt
from bonemusic.curves import to_displacement
from bonemusic.presets import curve
from bonemusic.scanning import filling, gaps, impulses
from bonemusic.scanning.gaps import mended
from bonemusic.spectral import filtered

from ..signals import pink_noise, speech_like, sweeps

RATE_HZ = 96_000
NOISE_M = 0.3e-6


def track_of(song, rate_hz):
    """A song as a groove of 60 µm peak, and as it is read from a picture."""
    true = filtered(np.asarray(song, np.float32), rate_hz, to_displacement(curve("riaa"), 6000), RATE_HZ)
    true *= 60e-6 / np.abs(true).max()
    return true, (true + np.random.default_rng(1).normal(0, NOISE_M, len(true))).astype(np.float32)


def speckled(seen, milliseconds, every_s=0.1):
    """Specks that hide the groove and lead astray who follows it."""
    length = round(milliseconds * 1e-3 * RATE_HZ)
    spoilt, sure = seen.copy(), np.ones(len(seen), np.float32)
    hidden = np.zeros(len(seen), bool)
    starts = np.arange(RATE_HZ // 5, len(seen) - RATE_HZ // 5, round(every_s * RATE_HZ))
    for first in starts:
        hidden[first : first + length] = True
    spoilt[hidden] += 30e-6
    sure[hidden] = 0.1
    return spoilt, sure, hidden, len(starts)


def db(true, wrong):
    return 10 * math.log10(np.square(true, dtype=float).sum() / np.square(wrong, dtype=float).sum())


def straight(seen, hidden):
    known = np.flatnonzero(~hidden)
    return np.interp(np.arange(len(seen)), known, seen[known])


def inside(found, n):
    out = np.zeros(n, bool)
    for first, last in found:
        out[first:last] = True
    return out


def better_than(true, seen, milliseconds):
    """dB in the gaps: as mended, and as bridged by straight lines."""
    spoilt, sure, hidden, count = speckled(seen, milliseconds)
    got = mended(spoilt, sure, RATE_HZ)
    touched = inside(got.invented, len(true))
    assert got.count == count
    assert not len(got.missing)
    assert touched[hidden].all()
    np.testing.assert_array_equal(got.lateral_m[~touched], spoilt[~touched])
    line = straight(spoilt, touched)
    return db(true[touched], (got.lateral_m - true)[touched]), db(true[touched], (line - true)[touched])


@pytest.mark.parametrize(("milliseconds", "least", "gain"), [(0.3, 24, 12), (1, 18, 12), (5, 8, 8)])
def test_music_in_gaps_is_foretold_far_better_than_by_lines(minstrels, milliseconds, least, gain):
    song = excerpt(minstrels, 10, 6)
    mend, line = better_than(*track_of(song.samples.mean(axis=1), song.rate_hz), milliseconds)
    assert mend > least
    assert mend > line + gain


@pytest.mark.parametrize(("sound", "least", "gain"), [(sweeps, 45, 30), (speech_like, 12, 8), (pink_noise, 9, -1.0)])
def test_sounds_made_by_code_in_gaps(sound, least, gain):
    mend, line = better_than(*track_of(sound(6, 44_100), 44_100), 0.4)
    assert mend > least
    assert mend > line + gain  # of noise nothing can be foretold: a line is as good


def test_what_is_hidden_for_long_is_not_invented_but_dies_away():
    true, seen = track_of(sweeps(3, 44_100), 44_100)
    sure = np.ones(len(seen), np.float32)
    sure[96_000:105_600] = 0
    got = mended(seen, sure, RATE_HZ)
    assert len(got.invented) == 0
    (first, last) = got.missing[0]
    assert first == pytest.approx(96_000, abs=10)
    assert last == pytest.approx(105_600, abs=10)
    assert got.missing_seconds == pytest.approx(0.1, abs=2e-4)
    dying = round(filling.DYING_S * RATE_HZ) + 60
    assert np.abs(got.lateral_m[first + dying : last - dying]).max() < 1e-9
    assert db(true[first : first + 30], (got.lateral_m - true)[first : first + 30]) > 25  # it begins as it was
    steps = np.abs(np.diff(got.lateral_m[first - 5 : last + 5]))
    assert steps.max() < 2 * np.abs(np.diff(true)).max() + 6 * NOISE_M


def test_what_jumps_as_no_music_does_is_found_though_the_picture_looked_fine():
    true, seen = track_of(speech_like(6, 44_100), 44_100)
    spoilt, _, hidden, count = speckled(seen, 0.1, 0.5)
    got = mended(spoilt, np.ones(len(seen), np.float32), RATE_HZ)
    assert got.count == count
    found = hidden & inside(got.invented, len(true))
    assert np.abs(got.lateral_m - true)[found].max() < 6e-6  # of 30


def test_nothing_to_mend_leaves_all_as_it_is(minstrels):
    song = excerpt(minstrels, 20, 20)
    _, seen = track_of(song.samples[:, 0], song.rate_hz)
    got = mended(seen, np.ones(len(seen), np.float32), RATE_HZ)
    np.testing.assert_array_equal(got.lateral_m, seen)
    assert (got.count, got.invented_seconds, got.missing_seconds) == (0, 0.0, 0.0)


def test_stretches_without_music_around_them_are_missing():
    seen = np.full(4000, 1e-6, np.float32)
    for sure in (np.zeros(4000), np.r_[np.zeros(50), np.ones(3950)], np.r_[np.ones(3950), np.zeros(50)]):
        got = mended(seen, sure.astype(np.float32), RATE_HZ)
        assert len(got.missing) == 1
        assert len(got.invented) == 0
    assert mended(seen[:0], seen[:0], RATE_HZ).count == 0


@pytest.mark.parametrize("rate_hz", [24_000, 48_000, 192_000])
def test_other_rates(rate_hz):
    t = np.arange(rate_hz) / rate_hz
    true = (20e-6 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    sure = np.ones(len(true), np.float32)
    first, last = rate_hz // 2, rate_hz // 2 + rate_hz // 1000
    sure[first:last] = 0
    got = mended(np.where(sure > 0, true, 0), sure, rate_hz)
    assert db(true[first:last], (got.lateral_m - true)[first:last]) > 50


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.3, 0.9]), st.integers(0, 5000))
def test_any_confidence_gives_finite_samples_and_touches_only_what_it_says(seed, share, count):
    rng = np.random.default_rng(seed)
    sure = np.repeat(rng.random(count // 20 + 1) > share, 20)[:count].astype(np.float32)
    sure[rng.random(count) < 0.01] = np.nan
    seen = (rng.standard_normal(count) * 10.0 ** rng.integers(-9, 3)).astype(np.float32)
    got = mended(seen, sure, RATE_HZ)
    touched = inside(np.concatenate([got.invented, got.missing]), count)
    assert np.isfinite(got.lateral_m).all()
    assert np.abs(got.lateral_m).max(initial=0) <= 100 * np.abs(seen).max(initial=0)
    np.testing.assert_array_equal(got.lateral_m[~touched], seen[~touched])


def test_kernels_do_as_their_plain_twins():
    rng = np.random.default_rng(5)
    sure = np.clip(np.convolve(rng.random(3000), np.ones(9) / 4, "same"), 0, 1).astype(np.float32)
    found = gaps._gaps(sure, 0.5, 0.8, 3, 40)
    np.testing.assert_array_equal(found, gaps._gaps.py_func(sure, 0.5, 0.8, 3, 40))
    assert [gaps._weaker.py_func(sure, k, 0.5) for k in range(50)] == [gaps._weaker(sure, k, 0.5) for k in range(50)]
    x = np.cumsum(rng.standard_normal(3000)).astype(np.float32)
    np.testing.assert_allclose(gaps._means(x, 4), gaps._means.py_func(x, 4), rtol=1e-6)
    stretch = np.array([[1000, 1040], [1100, 1110]])
    shape = np.array([4, 100, 20, 90, 30])
    for long in (False, True):
        one, other = x.copy(), x.copy()
        filling._mend(one, stretch, 0, 3000, long, shape, filling._reader(4))
        filling._mend.py_func(other, stretch, 0, 3000, long, shape, filling._reader(4))
        np.testing.assert_allclose(one, other, rtol=1e-5)
    assert impulses.united(np.array([[5, 9], [1, 3], [8, 12], [20, 21]])).tolist() == [[1, 3], [5, 12], [20, 21]]


def test_two_lengths_are_refused():
    with pytest.raises(ValueError, match="one for each"):
        mended(np.zeros(3, np.float32), np.zeros(4, np.float32), RATE_HZ)
    with pytest.raises(ValueError, match="too few"):
        mended(np.zeros(3, np.float32), np.zeros(3, np.float32), 4000)
