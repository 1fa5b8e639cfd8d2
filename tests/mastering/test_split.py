"""The two bands against plain NumPy, and the gain that is enough."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.mastering.split import SPARE, enough, gaussian, lower, turn_down


@pytest.mark.parametrize("corner", [300.0, 2000.0])
def test_the_lower_band_is_a_gaussian_3_db_down_at_its_corner(corner):
    taps = gaussian(corner, 96_000)
    both = np.concatenate((taps[:0:-1], taps))
    f = np.array([0.0, corner, 2 * corner, 3 * corner])
    n = np.arange(len(both)) - len(taps) + 1
    response = np.cos(2 * np.pi * np.outer(f, n) / 96_000) @ both
    np.testing.assert_allclose(response, 2.0 ** (-((f / corner) ** 2) / 2), atol=3e-4)


def test_lower_equals_convolution():
    y = np.random.default_rng(1).normal(size=3000)
    taps = gaussian(800.0, 96_000)
    ring = len(taps) - 1
    out = np.empty(3000 - 2 * ring)
    lower(y, taps, out)
    np.testing.assert_allclose(out, np.convolve(y, np.concatenate((taps[:0:-1], taps)), mode="valid"), atol=1e-14)


@pytest.mark.parametrize("upper", [True, False])
def test_turning_down_takes_its_share_of_one_band(upper):
    y = np.random.default_rng(2).normal(size=9000).astype(np.float32)
    taps = gaussian(800.0, 96_000)
    ring = len(taps) - 1
    less = np.linspace(0, 1, 9000 - 2 * ring)
    out = y[ring:-ring].copy()
    turn_down(y, taps, upper, less, out)
    low = np.convolve(y.astype(float), np.concatenate((taps[:0:-1], taps)), mode="valid")
    middle = y[ring:-ring]
    np.testing.assert_allclose(out, middle - less * (middle - low if upper else low), atol=1e-6)
    assert out[0] == middle[0]


@pytest.mark.parametrize(
    ("whole", "part", "want"),
    [
        (0.9, 0.9, 1.0),  # allowed anyway
        (2.0, 2.0, 0.5),  # all of it is to blame
        (-2.0, -2.0, 0.5),
        (2.0, 0.9, 1.0),  # less than half of it is
        (2.0, -1.0, 1.0),  # it even helps
        (2.0, 1.6, 1 - 1 / 1.6),  # the rest stays
        (2.0, 1.1, 0.25),  # twice the decibels, and no more
        (2.0, 3.0, 1 - 1 / 3),  # more of it than of the whole
    ],
)
def test_enough(whole, part, want):
    assert enough(whole, part, 1.0) == pytest.approx(want, abs=3 * SPARE)
    assert enough.py_func(whole, part, 1.0) == enough(whole, part, 1.0)
