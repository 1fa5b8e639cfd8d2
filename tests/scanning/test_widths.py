"""A groove's width, told from its walls: right to a hundredth of a pixel, with little noise, whatever the lamp does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning import widths
from bonemusic.scanning.across import frame_of
from bonemusic.scanning.measured import Looked
from bonemusic.scanning.sight import BEYOND_PX, BLUR_PX, FINE, LIGHT, box, look, seen_through
from bonemusic.scanning.track import Geometry, Track
from bonemusic.scanning.walk import Walk
from bonemusic.scanning.widths import LAND, LEAST_PX, REST, STEP_PX, STRENGTH, WIDTH, looks_of, tasted, tell, widened

USUAL = 4.2
SIGHT = box(USUAL, BLUR_PX, 0.8 * USUAL)
SIDE, CENTRE, PER_TURN, PITCH_PX = 320, (160.3, 155.8), 1201.7, 14.0
N = int(8 * PER_TURN)
GREY, GROUND = 150.0, 60.0
DOTS_PER_M = 94_488.0
K = np.arange(N)
RADIUS = 145.0 - PITCH_PX * K / PER_TURN
WIDE = USUAL + 0.8 * np.sin(2 * np.pi * K / 83.0)


def _picture(noise: float = 0.0, lit: float = 0.0, sign: float = 1.0, wide: NDArray[Any] = WIDE) -> NDArray[Any]:
    """Each pixel what a groove of that width gives there through a lens, 16 bits, 100 to the grey."""
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    x, y = column - CENTRE[0], CENTRE[1] - row
    radius, turn = np.hypot(x, y), (np.arctan2(y, x) / (2 * np.pi)) % 1
    sigma = math.hypot(BLUR_PX, 1 / math.sqrt(12))
    step = look(1e3, sigma, 600)[: 1200 * FINE]  # from far outside: an edge at -500 px
    light = np.zeros((SIDE, SIDE))
    away = np.arange(len(step)) / FINE - (600 + BEYOND_PX) + 500
    for whole in range(9):
        at = (whole + turn) * PER_TURN
        middle, width = (np.interp(at, K, each, left=np.nan, right=np.nan) for each in (RADIUS, wide))
        off = radius - middle
        light += np.nan_to_num(np.interp(off + width / 2, away, step) - np.interp(off - width / 2, away, step))
    lamp = 1 + lit * np.sin(2 * np.pi * turn)
    grey = GROUND + (sign < 0) * 160 + sign * GREY * light * lamp
    grey += noise * np.random.default_rng(4).standard_normal(grey.shape)
    return np.rint(100 * grey).astype(np.uint16)


GEOMETRY = Geometry(*CENTRE, DOTS_PER_M, DOTS_PER_M)


def _looked(grey: NDArray[Any], bright: bool = True) -> Looked:
    strength = np.full(N, 100 * GREY, np.float32)
    return Looked(grey, GEOMETRY, bright, Walk(0.0, 2 * math.pi / PER_TURN, RADIUS.copy(), strength, 100.0, False))


def _track(noise: float) -> Track:
    each = np.full(N, 100 * GREY, np.float32)
    return Track(GEOMETRY, 0.0, PER_TURN, RADIUS / DOTS_PER_M, each, np.ones(N, np.float32), each, 100 * noise)


def _width(track: Track) -> NDArray[Any]:
    return np.asarray(track.light / track.strength, np.float64)


NEAR = slice(1300, -1300)
"""Not the outermost and the innermost turn."""


def _moved(width: NDArray[Any], wide: NDArray[Any] = WIDE) -> NDArray[Any]:
    """How far widths are from what they should be, without what is the same for all."""
    off = (width - wide)[NEAR]
    return np.asarray(off - off.mean())


@pytest.mark.parametrize("bright", [True, False])
def test_a_width_is_told(bright: bool) -> None:
    grey = _picture(sign=1.0 if bright else -1.0)
    made = widened(_looked(grey, bright), SIGHT, _track(1.0))
    assert np.abs(_width(made)[NEAR].mean() - USUAL) < 0.05
    assert _moved(_width(made)).std() < 0.04
    assert np.median(made.strength[NEAR]) == pytest.approx(100 * GREY, rel=0.02)
    assert (made.confidence[NEAR] > 0.5).all()  # of any width


def test_it_lets_in_less_than_half_of_the_noise_that_all_light_does() -> None:
    clean, noisy = (_width(widened(_looked(_picture(noise)), SIGHT, _track(5.0))) for noise in (0.0, 5.0))
    noise = (noisy - clean)[NEAR].std()
    light = 5.0 * float(np.linalg.norm(SIGHT.weights[LIGHT])) / GREY
    assert noise < 0.45 * light
    assert noise < 1.1 * 5.0 * looks_of(SIGHT.reach_px, 30.0).gain(WIDTH, USUAL) / GREY


def test_a_lamp_makes_no_groove_wider() -> None:
    even = np.full(N, USUAL)
    width = _width(widened(_looked(_picture(lit=0.1, wide=even)), SIGHT, _track(1.0)))
    assert _moved(width, even).std() < 0.04


def test_dust_is_no_sound() -> None:
    grey = _picture(noise=2.0)
    spot = (
        np.hypot(*(np.mgrid[0:SIDE, 0:SIDE] - np.array([CENTRE[1], CENTRE[0] + RADIUS[int(PER_TURN)]])[:, None, None]))
        < 3
    )
    grey[spot] = 0
    made = widened(_looked(grey), SIGHT, _track(2.0))
    x, y = GEOMETRY.pixels(made.radius_m, 2 * np.pi * K / PER_TURN)
    assert (made.confidence[spot[np.rint(y).astype(int), np.rint(x).astype(int)]] < 0.5).any()


def test_what_was_not_seen_anywhere_stays_so() -> None:
    track = _track(1.0)
    track.strength[:] = 0
    assert widened(_looked(_picture()), SIGHT, track) is track
    nothing, unsure = tasted(_looked(_picture()), SIGHT, np.zeros((1, 6, N)))
    assert not nothing.any()
    assert not unsure.any()


def test_stretches_tell_width_strength_and_land() -> None:
    grey = _picture()
    looked = _looked(grey)
    firsts, length = widths.stretches(looked)
    told = np.zeros((len(firsts), 6, length))
    for each, first in zip(told, firsts, strict=True):
        each[0] = RADIUS[first : first + length] - RADIUS[first]
        each[2], each[4] = 100 * GREY, 100.0
    wide, unsure = tasted(looked, SIGHT, told)
    first = firsts[len(firsts) // 2]
    there = slice(first, first + wide.shape[2])
    assert np.abs(wide[len(firsts) // 2, WIDTH] - WIDE[there]).mean() < 0.1
    assert np.median(wide[:, STRENGTH]) == pytest.approx(100 * GREY, rel=0.02)
    assert np.median(wide[:, LAND]) == pytest.approx(100 * GROUND, rel=0.02)
    assert np.median(wide[:, REST]) < 100 * 0.02 * GREY
    assert unsure[WIDTH] == pytest.approx(looks_of(SIGHT.reach_px, GREY).gain(WIDTH, USUAL) / GREY)


def test_weights_know_their_own_looks() -> None:
    looks = looks_of(SIGHT.reach_px, 30.0)
    inside = slice(BEYOND_PX * FINE, -BEYOND_PX * FINE, FINE)
    for k in (2, 12, 20):
        shape = look(LEAST_PX + k * STEP_PX + 0.02, seen_through(BLUR_PX), SIGHT.reach_px)[inside]
        profile = 100.0 + 70.0 * shape
        assert looks.weights[k, 0] @ profile / 70 - looks.own[k] == pytest.approx(0.02, abs=1e-3)
        assert looks.weights[k, 1] @ profile == pytest.approx(70, rel=1e-3)
        assert looks.weights[k, 2] @ profile == pytest.approx(100, rel=1e-3)
        np.testing.assert_allclose(looks.basis[k] @ looks.basis[k].T, np.eye(5), atol=1e-9)


def test_five_pixels_are_enough() -> None:
    looks = looks_of(2, 30.0)
    assert np.isfinite(looks.weights).all()
    assert looks.weights.shape[2] == 5


@pytest.mark.parametrize("twin", [False, True])
def test_the_kernel_and_its_twin_tell_the_same_and_stay_in_the_picture(twin: bool) -> None:
    looked, looks = _looked(_picture()), looks_of(SIGHT.reach_px, 30.0)
    path = RADIUS.copy()
    path[50:60], path[60:70], path[70] = 1e9, np.nan, -3.0
    steady = np.full(N, 100 * GREY, np.float32)
    steady[80:90] = 0
    told = np.full((4, 100), 7, np.float32)
    how: Any = tell.py_func if twin else tell  # type: ignore[attr-defined]
    how(
        looked.grey, frame_of(GEOMETRY), looks.weights, looks.own, looks.basis, SIGHT.shape, 1.0, 0.0,
        looked.path.step_rad, path, steady, USUAL, 0, 100, told,
    )  # fmt: skip
    assert not told[:, 50:70].any()
    assert not told[:, 80:90].any()
    np.testing.assert_allclose(told[WIDTH, 2:50], WIDE[2:50], atol=0.15)
    np.testing.assert_allclose(told[STRENGTH, 2:50], 100 * GREY, rtol=0.1)
