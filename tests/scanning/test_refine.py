"""Grooves measured place by place: what lies beside them is taken off exactly."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning import refine
from bonemusic.scanning.sight import FINE, Sight, box, learned

SIGHT = box(4.2, 0.8)
PLAIN = box(4.2, math.sqrt(0.64 - 1 / 12 - 1 / 6))
"""Of this the shape has a σ of 0.8 px in all."""
CENTRE = (160.3, 155.8)
SIDE = 320
PER_TURN = 601.7
STEP = 2 * math.pi / PER_TURN
PITCH_PX = 7.0
STRENGTH, LAND = 150.0, 60.0


def _path(pitch_px: float = PITCH_PX, swing_px: float = 0.6) -> NDArray[Any]:
    """Ten turns that swing."""
    k = np.arange(int(10 * PER_TURN))
    return np.asarray(140.0 - pitch_px * k / PER_TURN + swing_px * np.sin(2 * np.pi * k / 41.7))


def _picture(path: NDArray[Any], sign: float = 1.0, start_rad: float = 0.4) -> NDArray[Any]:
    """Every pixel the sum of what each turn's shape gives there, straight across; 16 bits, 100 to the grey."""
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    x, y = column - CENTRE[0], CENTRE[1] - row
    radius, turn = np.hypot(x, y), ((np.arctan2(y, x) - start_rad) / (2 * np.pi)) % 1
    light = np.zeros((SIDE, SIDE))
    away = (np.arange(len(PLAIN.shape)) - len(PLAIN.shape) // 2) / FINE
    for whole in range(11):
        at = (whole + turn) * PER_TURN
        middle = np.interp(at, np.arange(len(path)), path, left=np.nan, right=np.nan)
        light += np.nan_to_num(np.interp(radius - middle, away, PLAIN.shape))
    return np.rint(100 * (LAND + sign * STRENGTH * light + (sign < 0) * 160)).astype(np.uint16)


def _frame() -> NDArray[Any]:
    frame = np.ones(5)
    frame[:2] = CENTRE
    return frame


def _measured(
    path: NDArray[Any], grey: NDArray[Any], *, sign: float = 1.0, strength: float = 100 * STRENGTH, held: bool = False,
    edges: tuple[int, ...] = (0, 6000), look: Sight = SIGHT, bins: int = 0, twin: bool = False,
) -> tuple[NDArray[Any], NDArray[Any]]:  # fmt: skip
    told, sums = np.zeros((6, len(path)), np.float32), np.zeros((2, bins))
    how: Any = refine.measure.py_func if twin else refine.measure  # type: ignore[attr-defined]
    for first, last in pairwise(edges):
        how(
            grey, _frame(), look.rows, look.mix, look.shape, look.tilt, sign, 0.4, STEP, path,
            np.full(len(path), strength, np.float32), first, last, held, told[:, first:last], sums,
        )  # fmt: skip
    return told, sums


@pytest.fixture(scope="module")
def grey() -> NDArray[Any]:
    return _picture(_path())


def _off(told: NDArray[Any]) -> NDArray[Any]:
    part = told[:, 700:5300]
    return np.asarray(part[0] + part[1] / part[2])


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("pitch_px", "off_px"), [(10.0, 0.7), (8.0, 0.1)])
def test_places_are_told_from_a_path_that_is_off(sign: float, pitch_px: float, off_px: float) -> None:
    path = _path(pitch_px)
    grey = _picture(path, sign)
    rough = path + off_px * np.sin(np.arange(len(path)) / 300)
    told, _ = _measured(rough, grey, sign=sign)
    error = _off(told) - (path - rough)[700:5300]
    assert error.std() < 0.01
    assert abs(error.mean()) < 2e-3
    assert np.median(told[2, 700:5300]) == pytest.approx(100 * STRENGTH, rel=0.02)
    assert np.median(told[5, 700:5300]) == pytest.approx(100 * STRENGTH * SIGHT.width_px, rel=0.03)


def test_what_lies_beside_a_groove_pulls_it_if_it_is_not_taken_off(grey: NDArray[Any]) -> None:
    """Turns that lie nearly side by side, and swing against each other."""
    path = _path()
    errors = [_off(_measured(path, grey, strength=s)[0]).std() for s in (100 * STRENGTH, 1e-3)]
    assert errors[0] < 0.015
    assert errors[1] > 0.2


def test_blocks_are_equal_to_one_go(grey: NDArray[Any]) -> None:
    path = _path()
    bins = 2 * SIGHT.reach_px * FINE + 1
    whole, sums = _measured(path, grey, bins=bins)
    parts, sums_of_parts = _measured(path, grey, edges=(0, 1, 601, 602, 3333, 6000), bins=bins)
    assert np.array_equal(whole, parts)
    assert np.array_equal(sums, sums_of_parts)


@pytest.mark.parametrize("held", [False, True])
def test_measuring_against_its_plain_twin(grey: NDArray[Any], held: bool) -> None:
    path = _path()
    bins = 2 * SIGHT.reach_px * FINE + 1
    fast = _measured(path + 0.4, grey, edges=(900, 960), bins=bins, held=held)
    plain = _measured(path + 0.4, grey, edges=(900, 960), bins=bins, held=held, twin=True)
    for a, b in zip(fast, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-3)
    assert fast[1][1].sum() > 0


def test_a_held_path_stays_where_it_is(grey: NDArray[Any]) -> None:
    path = _path()
    told, _ = _measured(path + 0.5, grey, held=True)
    assert not told[0].any()
    assert (told[2, :5900] > 0).all()


def test_nothing_is_told_off_the_picture_or_where_there_is_no_groove(grey: NDArray[Any]) -> None:
    path = _path() + 105  # the outermost turns leave the picture on every side
    told, _ = _measured(path, grey, strength=1e-3)
    assert not told[:, :600].any()
    dark, _ = _measured(_path(), np.full_like(grey, 6000), strength=1e-3)
    assert np.abs(dark[2]).max() < 1e-2


def test_what_is_further_than_two_pixels_is_not_the_groove(grey: NDArray[Any]) -> None:
    told, _ = _measured(_path() + 1.9, grey)
    near = told[2, 700:5300] > 0
    assert np.abs(told[0, 700:5300][near]).max() <= refine.LOST_PX


def test_the_look_is_learned_from_what_is_seen(grey: NDArray[Any]) -> None:
    """Thought of as wider and sharper than it is."""
    path = _path()
    wrong = box(4.9, 0.5)
    _, sums = _measured(path, grey, look=wrong, bins=2 * wrong.reach_px * FINE + 1)
    assert sums[1].min() > 300
    near = slice(len(wrong.shape) // 2 - 4 * FINE, len(wrong.shape) // 2 + 4 * FINE + 1)

    def off(of: Sight) -> float:
        true = SIGHT.shape[len(SIGHT.shape) // 2 - 4 * FINE :][: 8 * FINE + 1]
        columns = np.stack([of.shape[near], np.ones(len(true)), np.linspace(-1, 1, len(true))], 1)
        fit = np.linalg.lstsq(columns, true, rcond=None)[0]
        return float(np.abs(columns @ fit - true).max())

    assert off(learned(sums[0], sums[1], wrong)) < 0.3 * off(wrong)


def _alone_reference(path: NDArray[Any], strength: NDArray[Any], k: int, middle: float, sign: float) -> NDArray[Any]:
    """What both neighbours give to a profile, by interpolation of arrays."""
    x = np.arange(-SIGHT.reach_px, SIGHT.reach_px + 1.0)
    table = (np.arange(len(SIGHT.shape)) - len(SIGHT.shape) // 2) / FINE
    out = np.zeros(len(x))
    for turn in (-1, 1):
        at = k + turn * PER_TURN
        if 0 <= at <= len(path) - 1:
            beside = np.interp(at, np.arange(len(path)), path)
            out += sign * strength[k + turn * int(PER_TURN)] * np.interp(x + middle - beside, table, SIGHT.shape)
    return out


@pytest.mark.parametrize("twin", [False, True])
@pytest.mark.parametrize("k", [0, 5, 1000, 3000, 6000])
def test_both_neighbours_are_taken_off_exactly(k: int, twin: bool) -> None:
    path = _path()
    strength = np.random.default_rng(1).uniform(50, 150, len(path)).astype(np.float32)
    alone = np.random.default_rng(2).uniform(0, 255, 2 * SIGHT.reach_px + 1)
    profile = alone + _alone_reference(path, strength, k, path[k] + 0.3, -1.0)
    how: Any = refine.cleared.py_func if twin else refine.cleared  # type: ignore[attr-defined]
    whole = int(PER_TURN)
    how(profile, SIGHT.shape, -1.0, path, strength, k, whole, PER_TURN - whole, path[k] + 0.3)
    np.testing.assert_allclose(profile, alone, atol=0.02)  # the tables end at a thousandth of their height


@pytest.mark.parametrize("away", [-12.0, -6.3, -1.0, 0.5, 2.7, 9.0, 40.0])
def test_one_neighbour_against_the_plain_twin(away: float) -> None:
    fast, plain = np.zeros(2 * SIGHT.reach_px + 1), np.zeros(2 * SIGHT.reach_px + 1)
    refine._take_off(fast, SIGHT.shape, 100.0, away)
    refine._take_off.py_func(plain, SIGHT.shape, 100.0, away)  # type: ignore[attr-defined]
    np.testing.assert_allclose(fast, plain, atol=1e-9)
    x = np.arange(-SIGHT.reach_px, SIGHT.reach_px + 1.0)
    table = (np.arange(len(SIGHT.shape)) - len(SIGHT.shape) // 2) / FINE
    wanted = 0 * x if abs(away) < refine.SAME_PX else -100 * np.interp(x - away, table, SIGHT.shape, left=0, right=0)
    np.testing.assert_allclose(fast, wanted, atol=0.02)


def test_a_locked_groove_is_no_neighbour_of_itself() -> None:
    profile = np.full(2 * SIGHT.reach_px + 1, 100.0)
    refine._take_off(profile, SIGHT.shape, 100.0, 0.9)
    refine._take_off(profile, SIGHT.shape, 0.0, 4.0)
    assert (profile == 100).all()


@pytest.mark.parametrize("twin", [False, True])
def test_what_is_seen_is_added_where_it_lies(twin: bool) -> None:
    x = np.arange(-SIGHT.reach_px, SIGHT.reach_px + 1.0)
    bins = 2 * SIGHT.reach_px * FINE + 1
    seen = np.zeros((2, bins))
    how: Any = refine._add.py_func if twin else refine._add  # type: ignore[attr-defined]
    off = 5 / FINE  # the groove lies so far outwards: what is seen in the middle belongs there, inwards of it
    how(40 + 1.5 * x - 120 * np.exp(-((x - off) ** 2)), 40.0, 1.5, -120.0, off, seen)
    at = (np.arange(bins) - bins // 2) / FINE
    there = seen[1] > 0
    assert there.sum() == len(x) - 1  # the innermost pixel falls off the table
    np.testing.assert_allclose(seen[0][there], np.exp(-(at[there] ** 2)), atol=1e-12)
