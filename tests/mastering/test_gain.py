"""Gains against plain NumPy: never above the need, smooth, and exactly 1 where nothing is needed."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.mastering.gain import held, reach, reduction, spread
from bonemusic.moments import MOMENT


def needs(seed, count=700):
    rng = np.random.default_rng(seed)
    need = np.ones(count, np.float32)
    at = rng.integers(0, count, 12)
    need[at] = rng.uniform(0, 1, 12)
    need[0] = 0.3  # the ends are held too
    need[-1] = 0.6
    return need


@pytest.mark.parametrize("moments", [1, 4, 17])
def test_held_is_the_greatest_of_its_window(moments):
    values = np.random.default_rng(1).random(200).astype(np.float32)
    plain = [values[max(0, i - moments) : i + moments + 1].max() for i in range(200)]
    np.testing.assert_array_equal(held(values, moments), plain)


@pytest.mark.parametrize("moments", [1, 6, 45])
def test_reduction_is_the_plain_smooth_of_what_is_held(moments):
    need = needs(2)
    wide = np.pad(held(1 - need, moments + 2), moments, mode="edge").astype(float)
    taps = np.hanning(2 * moments + 3)[1:-1]
    plain = np.convolve(wide, taps / taps.sum(), mode="valid")
    np.testing.assert_allclose(reduction(need, moments), plain, atol=1e-6)


@pytest.mark.parametrize("moments", [1, 6, 45])
@pytest.mark.parametrize("seed", range(5))
def test_gain_is_never_above_the_need(moments, seed):
    need = needs(seed)
    along = np.empty(len(need) * MOMENT)
    spread(reduction(need, moments), 0, along)
    gain = 1 - along.reshape(-1, MOMENT).min(axis=1)
    assert (gain <= need + 1e-6).all()
    assert along.min() >= 0
    assert along.max() <= 1


def test_gain_is_one_exactly_beyond_its_reach():
    need = np.ones(500, np.float32)
    need[250] = 0.5
    less = reduction(need, 10)
    assert not less[: 250 - 10 - 2 - 10].any()
    assert not less[250 + 10 + 2 + 10 + 1 :].any()
    assert less[250] == pytest.approx(0.5)


def test_spread_is_a_cubic_spline_and_stretches_equal_one_go():
    coefficients = np.random.default_rng(4).random(60).astype(np.float32)
    whole = np.empty(60 * MOMENT)
    spread(coefficients, 0, whole)
    padded = np.pad(coefficients.astype(float), 3, mode="edge")
    place = (np.arange(len(whole)) + 0.5) / MOMENT - 0.5
    apart = abs(place[:, None] - np.arange(-3, 63))
    basis = np.where(
        apart < 1, 2 / 3 - apart**2 + apart**3 / 2, np.where(apart < 2, (2 - np.minimum(apart, 2)) ** 3 / 6, 0)
    )
    np.testing.assert_allclose(whole, basis @ padded, atol=1e-7)
    part = np.empty(7 * MOMENT)
    spread(coefficients, 20 * MOMENT, part)
    np.testing.assert_array_equal(part, whole[20 * MOMENT : 27 * MOMENT])


def test_reach_is_at_least_a_moment():
    assert reach(0.002, 48_000) == 3
    assert reach(1e-9, 48_000) == 1
