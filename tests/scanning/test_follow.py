"""The groove followed step by step: kernels against plain twins, stretches against one go, dust, turns and ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.groove import Groove
from bonemusic.scanning import follow
from bonemusic.scanning.across import frame_of, towards
from bonemusic.scanning.follow import LOST, SECTORS, STATE, STREAK, X
from bonemusic.scanning.sight import STRENGTH

from . import maker
from .spirals import DOTS, DPI, PITCH_M, SIGHT, STEP, STEPS, even_groove, place_on

WAY = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], int]


@pytest.fixture(scope="module")
def groove() -> Groove:
    return even_groove()


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, turned_rad=0.7, noise=3)


def _followed(
    groove: Groove, made: maker.Scan, count: int, *, edges: tuple[int, ...] = (), twin: bool = False, grey: Any = None,
    back: bool = False, turn: float = 12.3,
) -> WAY:  # fmt: skip
    """Radius, strength, state, sectors, and where it stopped."""
    at = place_on(groove, made, turn)
    state = follow.start(at.radius_px, 3.0, at.spacing_px)
    radius, seen, sectors = np.empty(count), np.zeros(count, np.float32), np.full(SECTORS, 200.0)
    how: Any = follow.follow.py_func if twin else follow.follow  # type: ignore[attr-defined]
    done = 0
    for last in (*edges, count):
        reached = how(
            made.grey if grey is None else grey, frame_of(made.geometry), SIGHT.rows, SIGHT.mix, SIGHT.noise_gain,
            SIGHT.tilt, SIGHT.width_px, 1.0, at.angle_rad, -STEP if back else STEP, -1.0 if back else 1.0, done, last,
            state, sectors, radius, seen,
        )  # fmt: skip
        done = reached
        if reached < last:
            break
    return radius[:done], seen[:done], state, sectors, done


def _true(groove: Groove, way: WAY, back: bool = False, turn: float = 12.3) -> NDArray[Any]:
    turns = turn + (-1 if back else 1) * np.arange(way[4]) / STEPS
    swing = np.interp(turns / groove.turns_per_sample, np.arange(len(groove)), groove.lateral_m)
    return np.asarray((groove.spiral.at(turns) + swing) * DOTS)


def test_who_begins_stands_on_the_groove() -> None:
    state = follow.start(500.0, 3.0, 7.0)
    assert state.shape == (STATE,)
    assert state[X] == 500
    assert state[LOST] == 0


@pytest.mark.parametrize("back", [False, True])
def test_a_groove_is_followed_within_a_tenth_of_a_pixel(groove: Groove, made: maker.Scan, back: bool) -> None:
    way = _followed(groove, made, 30_000, back=back)
    error = way[0] - _true(groove, way, back)
    assert way[4] == 30_000
    assert error[20:].std() < 0.08
    assert np.abs(error[20:]).max() < 0.6
    assert np.median(way[1]) == pytest.approx(200, rel=0.1)


def test_stretches_are_equal_to_one_go(groove: Groove, made: maker.Scan) -> None:
    whole = _followed(groove, made, 30_000)
    parts = _followed(groove, made, 30_000, edges=(1, 7, 8001, 8002, 20_000))
    for a, b in zip(whole, parts, strict=True):
        assert np.array_equal(a, b)


def _blotted(groove: Groove, made: maker.Scan, radius_px: float, turn: float) -> NDArray[Any]:
    at = place_on(groove, made, turn, 0.0)
    x, y = made.geometry.pixels(np.array(at.radius_px / DOTS), np.array(at.angle_rad))
    row, column = np.mgrid[0 : made.grey.shape[0], 0 : made.grey.shape[1]]
    grey = made.grey.copy()
    grey[np.hypot(column - x, row - y) < radius_px] = 30
    return grey


def test_following_against_its_plain_twin_through_dust_too(groove: Groove, made: maker.Scan) -> None:
    grey = _blotted(groove, made, 12.0, 12.3 + 100 / STEPS)
    fast = _followed(groove, made, 260, grey=grey)
    plain = _followed(groove, made, 260, grey=grey, twin=True)
    assert (fast[1] == 0).sum() > STREAK
    for a, b in zip(fast, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("lost", [6, 30, 300])
def test_searching_against_its_plain_twin_finds_what_is_near(groove: Groove, made: maker.Scan, lost: int) -> None:
    at = place_on(groove, made, 12.3, 0.0)
    state = follow.start(at.radius_px, 3.0, at.spacing_px)
    state[LOST] = lost
    found, frame = [], frame_of(made.geometry)
    for off in (0.0, 1.0, -2.0):
        given = (
            made.grey, frame, SIGHT.weights[STRENGTH], 1.0, *towards(frame, at.angle_rad), at.radius_px + off,
            SIGHT.reach_px, 200.0, state,
        )  # fmt: skip
        one = follow._searched(*given)
        assert one == follow._searched.py_func(*given)  # type: ignore[attr-defined]
        found.append(abs(one - at.radius_px))
    assert max(found) <= 1.0  # whole pixels are tried, the nearer ones first


@pytest.mark.parametrize("radius_px", [3.0, 8.0, 20.0])
def test_a_blot_is_crossed_and_the_same_turn_taken_up_again(groove: Groove, made: maker.Scan, radius_px: float) -> None:
    way = _followed(groove, made, 3 * int(STEPS), grey=_blotted(groove, made, radius_px, 13.7))
    error = np.abs(way[0] - _true(groove, way))
    assert way[4] == 3 * int(STEPS)
    assert error[way[1] > 0].max() < 1.6
    after = slice(int(1.6 * STEPS), int(2.2 * STEPS))
    assert error[after].max() < 0.6


def test_a_groove_that_ends_is_given_up_within_little_more_than_a_turn(groove: Groove, made: maker.Scan) -> None:
    way = _followed(groove, made, 14 * int(STEPS), turn=20.3)
    assert way[4] < 14 * int(STEPS)
    last = int(np.flatnonzero(way[1] > 0)[-1])
    assert last == pytest.approx(3.7 * STEPS, abs=0.02 * STEPS)
    assert way[4] - last == pytest.approx(1.1 * STEPS, abs=0.05 * STEPS)


def test_what_moves_nobody_off_the_picture(groove: Groove, made: maker.Scan) -> None:
    """An empty picture, one of noise, and a place outside: coasts, and ends."""
    rng = np.random.default_rng(1)
    for grey in (np.zeros_like(made.grey), rng.integers(0, 256, made.grey.shape).astype(np.uint8)):
        way = _followed(groove, made, 5 * int(STEPS), grey=grey)
        assert np.isfinite(way[0]).all()
        assert (way[1] == 0).mean() > 0.9
    small = _followed(groove, made, 5 * int(STEPS), grey=made.grey[:40, :40].copy())
    assert small[4] == pytest.approx(1.1 * STEPS, abs=2)
    assert np.isfinite(small[0]).all()
    assert abs(small[0][-1] - small[0][0]) < 3 * PITCH_M * DOTS
    assert math.isfinite(small[2].sum())
