"""Profiles read between pixels: exact where the picture is a plane, and refused where there is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.across import frame_of, read, towards, weigh
from bonemusic.scanning.sight import LIGHT, OFFSET, SLOPE, STRENGTH, box
from bonemusic.scanning.track import Geometry

REACH = 4
AT = Geometry(61.3, 48.8, 40_300.0, 39_700.0)
ROWS, COLUMNS = np.mgrid[0:100, 0:120]


def _read(grey: NDArray[Any], angle: float, radius: float, at: Geometry = AT, plain: bool = False) -> Any:
    profile = np.full(2 * REACH + 1, np.nan)
    how = read.py_func if plain else read
    return profile if how(grey, frame_of(at), *towards(frame_of(at), angle), radius, REACH, profile) else None


@pytest.mark.parametrize("angle", [0.0, 0.7, math.pi / 2, 2.5, 4.0, -1.1])
def test_a_plane_is_read_exactly_where_the_geometry_says(angle: float) -> None:
    plane = (11 * COLUMNS + 7 * ROWS).astype(np.uint16)
    radius = 30.0 + np.arange(-REACH, REACH + 1)
    x, y = AT.pixels(radius / AT.dots_per_m, np.full(len(radius), angle))
    np.testing.assert_allclose(_read(plane, angle, 30.0), 11 * x + 7 * y, rtol=1e-12)


def test_rows_go_down_and_a_pixels_middle_is_the_pixel() -> None:
    grey = np.random.default_rng(1).integers(0, 256, (100, 120)).astype(np.uint8)
    at = Geometry(60.0, 50.0, 40_000.0, 40_000.0)
    np.testing.assert_allclose(_read(grey, 0.0, 20.0, at), grey[50, 76:85])
    np.testing.assert_allclose(_read(grey, math.pi / 2, 20.0, at), grey[34:25:-1, 60], atol=1e-9)
    np.testing.assert_allclose(_read(grey, math.pi, 20.0, at), grey[50, 44:35:-1], atol=1e-9)


@pytest.mark.parametrize(
    ("angle", "last"), [(0.0, 119 - 60.5), (math.pi / 2, 50.25), (math.pi, 60.5), (-math.pi / 2, 99 - 50.25)]
)
def test_what_leaves_the_picture_is_not_read(angle: float, last: float) -> None:
    grey = np.ones((100, 120), np.uint8)
    at = Geometry(60.5, 50.25, 40_000.0, 40_000.0)
    assert _read(grey, angle, last - REACH - 0.01, at) is not None
    assert _read(grey, angle, last - REACH + 0.01, at) is None
    assert _read(grey, angle, 1e9, at) is None
    assert _read(grey, angle, math.nan, at) is None


def test_reading_against_its_plain_twin() -> None:
    grey = np.random.default_rng(2).integers(0, 65536, (100, 120)).astype(np.uint16)
    for angle in np.linspace(0, 6, 50).tolist():
        for radius in (3.0, 22.7, 50.1):
            fast, plain = _read(grey, angle, radius), _read(grey, angle, radius, plain=True)
            assert (fast is None) == (plain is None)
            if fast is not None:
                np.testing.assert_allclose(fast, plain, rtol=1e-12)


@pytest.mark.parametrize("twin", [False, True])
def test_weighing_is_a_product_of_matrices(twin: bool) -> None:
    sight = box(3.3, 0.8)
    profile = np.random.default_rng(3).normal(100, 30, 2 * sight.reach_px + 1)
    out = np.empty(5)
    (weigh.py_func if twin else weigh)(profile, sight.rows, sight.mix, out)  # type: ignore[attr-defined]
    np.testing.assert_allclose(out[:4], sight.weights[[OFFSET, STRENGTH, LIGHT, SLOPE]] @ profile, atol=1e-9)
    left = profile - sight.basis.T @ (sight.basis @ profile)
    assert out[4] == pytest.approx(math.sqrt((left**2).sum() / (len(profile) - 4)), rel=1e-9)


def test_what_is_unexplained_is_the_noise() -> None:
    sight = box(3.3, 0.8)
    rng = np.random.default_rng(4)
    rest = []
    for _ in range(3000):
        profile = 50 + 100 * sight.shape[len(sight.shape) // 2 - sight.reach_px * 16 :: 16][: 2 * sight.reach_px + 1]
        out = np.empty(5)
        weigh(profile + rng.normal(0, 4, len(profile)), sight.rows, sight.mix, out)
        rest.append(out[4])
    assert math.sqrt(np.mean(np.square(rest))) == pytest.approx(4, rel=0.02)
    weigh(profile, sight.rows, sight.mix, out)
    assert out[4] < 1e-5  # a difference of large sums: nothing but rounding
