"""What is told of a groove's profile: exactly where there is no noise, and as well as can be where there is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erf

from bonemusic.scanning import sight
from bonemusic.scanning.sight import FINE, LAND, LEAST, LIGHT, OFFSET, SLOPE, STRENGTH, Sight, box

WIDTH_PX, BLUR_PX = 5.3, 0.8
SIGMA = math.sqrt(BLUR_PX**2 + 1 / 12 + 1 / 6)


@pytest.fixture(scope="module")
def seen() -> Sight:
    return box(WIDTH_PX, BLUR_PX)


def _pixels(of: Sight) -> NDArray[Any]:
    return np.arange(-of.reach_px, of.reach_px + 1.0)


def _groove(x: NDArray[Any], off: float = 0.0, width: float = WIDTH_PX) -> NDArray[Any]:
    """A blurred box, by the error function."""
    a, b = (x - off + width / 2) / SIGMA, (x - off - width / 2) / SIGMA
    return np.asarray((erf(a / math.sqrt(2)) - erf(b / math.sqrt(2))) / 2)


def _derivative(x: NDArray[Any]) -> NDArray[Any]:
    """Of `_groove` by `off`: two Gaussians."""
    a, b = (x + WIDTH_PX / 2) / SIGMA, (x - WIDTH_PX / 2) / SIGMA
    return np.asarray(-(np.exp(-(a**2) / 2) - np.exp(-(b**2) / 2)) / (SIGMA * math.sqrt(2 * math.pi)))


def test_the_table_is_a_blurred_box_about_its_middle(seen: Sight) -> None:
    x = (np.arange(len(seen.shape)) - len(seen.shape) // 2) / FINE
    np.testing.assert_allclose(seen.shape, _groove(x), atol=1e-12)
    assert seen.reach_px == math.ceil(WIDTH_PX / 2 + 3 * SIGMA)
    assert seen.width_px == WIDTH_PX


@pytest.mark.parametrize("sign", [1, -1])
def test_land_slope_and_strength_are_told_exactly(seen: Sight, sign: int) -> None:
    x = _pixels(seen)
    told = seen.weights @ (40 + 1.5 * x + sign * 170 * _groove(x))
    assert told[STRENGTH] == pytest.approx(sign * 170, abs=1e-9)
    assert told[LAND] == pytest.approx(40, abs=1e-9)
    assert told[SLOPE] == pytest.approx(1.5, abs=1e-9)
    assert told[OFFSET] - seen.tilt * told[SLOPE] == pytest.approx(0, abs=1e-9)
    assert abs(seen.tilt) > 0.1  # a slope that nobody takes off is mistaken for an offset


@pytest.mark.parametrize("off", [-0.1, -0.03, 0.01, 0.1])
def test_a_small_offset_is_told_to_a_hundredth_of_itself(seen: Sight, off: float) -> None:
    x = _pixels(seen)
    told = seen.weights @ (40 + 1.5 * x + 170 * _groove(x, off))
    # the rows' own slope is no good here: it takes the offset for itself; on average over a stretch it is the land's
    assert (told[OFFSET] - seen.tilt * 1.5) / told[STRENGTH] == pytest.approx(off, rel=0.01)


def test_light_is_strength_times_width_whatever_land_and_slope_are(seen: Sight) -> None:
    for width in (4.0, WIDTH_PX, 6.0):
        room = box(WIDTH_PX, BLUR_PX, 2.0)
        x = _pixels(room)
        light = room.weights[LIGHT] @ (40 + 1.5 * x + 170 * _groove(x, 0.2, width))
        assert light == pytest.approx(170 * width, rel=0.01)
    assert seen.weights[LIGHT] @ (40 + 1.5 * _pixels(seen)) == pytest.approx(0, abs=1e-9)


def test_the_basis_holds_all_that_a_groove_can_look_like_and_no_more(seen: Sight) -> None:
    np.testing.assert_allclose(seen.basis @ seen.basis.T, np.eye(4), atol=1e-12)
    x = _pixels(seen)
    groove = 40 + 1.5 * x + 170 * _groove(x) + 8 * _derivative(x)
    left = groove - seen.basis.T @ (seen.basis @ groove)
    assert np.abs(left).max() < 0.02  # the table's own slope is by differences
    speck = np.where(np.abs(x - 1) < 0.5, 100.0, 0.0)
    assert np.abs(speck - seen.basis.T @ (seen.basis @ speck)).max() > 20


@pytest.mark.parametrize(("width", "blur"), [(2.6, 0.8), (WIDTH_PX, BLUR_PX), (11.0, 1.5)])
def test_offsets_scatter_by_no_more_than_the_cramer_rao_bound(width: float, blur: float) -> None:
    """With the land's height and the strength unknown, and its slope known."""
    of = box(width, blur)
    x = _pixels(of)
    sigma = math.sqrt(blur**2 + 1 / 4)
    a, b = (x + width / 2) / sigma, (x - width / 2) / sigma
    by_off = -(np.exp(-(a**2) / 2) - np.exp(-(b**2) / 2)) / (sigma * math.sqrt(2 * math.pi))
    groove = (erf(a / math.sqrt(2)) - erf(b / math.sqrt(2))) / 2
    known = np.stack([170 * by_off, groove, np.ones(len(x))])  # derivatives by offset, strength, land
    bound = 5.0 * math.sqrt(np.linalg.inv(known @ known.T)[0, 0])
    noise = 5.0 * np.random.default_rng(1).standard_normal((20_000, len(x)))
    off = (40 + 170 * groove + noise) @ of.weights[OFFSET] / 170
    assert off.mean() == pytest.approx(0, abs=4 * bound / math.sqrt(20_000))
    assert off.std() == pytest.approx(bound, rel=0.02)


def test_the_strengths_deviation(seen: Sight) -> None:
    noise = 5.0 * np.random.default_rng(2).standard_normal((20_000, 2 * seen.reach_px + 1))
    assert (noise @ seen.weights[STRENGTH]).std() == pytest.approx(5 * seen.noise_gain, rel=0.02)


def _sums(shape: NDArray[Any], count: int = 100) -> tuple[NDArray[Any], NDArray[Any]]:
    counts = np.full(len(shape), float(count))
    return shape * counts, counts


def test_a_look_is_learned_whatever_was_taken_for_land_and_strength(seen: Sight) -> None:
    x = np.linspace(-1, 1, 2 * seen.reach_px * FINE + 1)
    px = x * seen.reach_px
    true = _groove(px) - 0.6 * _groove(px, 0.3, 1.5)  # two lit walls, and a dark bottom off the middle
    same = sight.learned(*_sums(0.9 * true + 0.03 - 0.05 * x), seen)
    learned = sight.learned(*_sums(true), seen)
    np.testing.assert_allclose(same.shape, learned.shape, atol=1e-4)  # smoothing bends lines at their very ends
    middle, near = len(seen.shape) // 2, seen.reach_px * FINE
    got = learned.shape[middle - near + FINE : middle + near + 1 - FINE]  # towards the ends the old one is faded in
    columns = np.stack([true, np.ones(len(x)), x], 1)[FINE:-FINE]
    fit = np.linalg.lstsq(columns, got, rcond=None)[0]
    assert np.abs(columns @ fit - got).max() < 0.01
    assert learned.reach_px == seen.reach_px
    np.testing.assert_array_equal(learned.shape[: middle - near], seen.shape[: middle - near])
    # and what it is for: of such a groove it tells the strength alike at both sides of a pixel, without an offset
    px = _pixels(seen)
    look = _groove(px) - 0.6 * _groove(px, 0.3, 1.5)
    assert abs(learned.weights[OFFSET] @ look - learned.tilt * (learned.weights[SLOPE] @ look)) < 0.015
    assert abs(seen.weights[OFFSET] @ look - seen.tilt * (seen.weights[SLOPE] @ look)) > 0.05


def test_a_known_look_learned_again_stays(seen: Sight) -> None:
    middle, near = len(seen.shape) // 2, seen.reach_px * FINE
    again = sight.learned(*_sums(seen.shape[middle - near : middle + near + 1]), seen)
    np.testing.assert_allclose(again.shape, seen.shape, atol=2e-3)


def test_too_few_profiles_teach_nothing(seen: Sight) -> None:
    sums, counts = _sums(np.zeros(2 * seen.reach_px * FINE + 1))
    counts[7] = LEAST - 1
    assert sight.learned(sums, counts, seen) is seen


@pytest.mark.parametrize(("apart", "reach"), [(math.inf, 6), (10.0, 5), (8.0, 3), (3.0, 2)])
def test_profiles_keep_clear_of_the_next_turn(apart: float, reach: int) -> None:
    assert box(WIDTH_PX, BLUR_PX, apart_px=apart).reach_px == reach
