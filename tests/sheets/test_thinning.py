"""Shapes thinned to single pixels, and lines followed from fork to fork."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.sheets import thinning


def shape(*rows: str) -> NDArray[Any]:
    return np.array([[letter == "#" for letter in row] for row in rows])


def blot(seed: int) -> NDArray[Any]:
    """Something with holes, forks, and single pixels."""
    mask = np.zeros((40, 50), bool)
    mask[2:-2, 2:-2] = np.random.default_rng(seed).random((36, 46)) < 0.62
    return mask


def test_distances_are_those_to_the_nearest_pixel_outside() -> None:
    mask = blot(1)
    outside = np.argwhere(~mask)
    for y, x in np.argwhere(mask):
        nearest = np.hypot(*(outside - [y, x]).T).min()
        assert thinning.distances(mask)[y, x] == pytest.approx(nearest, rel=1e-6)


def test_the_middle_of_a_square_is_as_deep_as_its_half() -> None:
    mask = np.zeros((13, 13), bool)
    mask[2:11, 2:11] = True
    assert thinning.distances(mask)[6, 6] == 5


def test_a_bar_is_thinned_to_its_middle() -> None:
    mask = np.zeros((15, 60), bool)
    mask[4:11, 5:55] = True
    thinning.thin(mask)
    rows, columns = np.nonzero(mask)
    assert set(rows[(columns > 10) & (columns < 49)]) == {7}
    assert len(columns) == len(set(columns))


def test_thinning_keeps_parts_together_and_holes_open() -> None:
    from scipy.ndimage import binary_dilation, label

    mask = binary_dilation(blot(2) & (np.arange(50) % 7 < 2), iterations=2)
    mask[[0, 1, -2, -1]] = mask[:, [0, 1, -2, -1]] = False
    thin = mask.copy()
    thinning.thin(thin)
    eight = np.ones((3, 3))
    assert label(thin, eight)[1] == label(mask, eight)[1]
    assert label(~thin)[1] == label(~mask)[1]
    assert thin.sum() < mask.sum() / 2


@pytest.mark.parametrize("seed", [3, 4])
def test_kernels_do_what_their_plain_twins_do(seed: int) -> None:
    mask = blot(seed)
    assert np.array_equal(thinning.distances(mask), thinning.distances.py_func(mask))  # type: ignore[attr-defined]
    assert np.array_equal(thinning.components(mask), thinning.components.py_func(mask))  # type: ignore[attr-defined]
    fast, plain = mask.copy(), mask.copy()
    thinning.thin(fast)
    thinning.thin.py_func(plain)  # type: ignore[attr-defined]
    assert np.array_equal(fast, plain)
    for one, other in zip(thinning.follow(fast), thinning.follow.py_func(fast), strict=True):  # type: ignore[attr-defined]
        assert np.array_equal(one, other)


def test_parts_are_numbered() -> None:
    from scipy.ndimage import label

    mask = blot(5) & blot(6)
    numbers, count = label(mask, np.ones((3, 3)))
    own = thinning.components(mask)
    assert own.max() == count
    assert len(set(zip(numbers[mask], own[mask], strict=True))) == count


def test_every_line_is_followed_once() -> None:
    thin = blot(7)
    thinning.thin(thin)
    points, starts = thinning.follow(thin)
    assert {(y, x) for x, y in points} <= set(map(tuple, np.argwhere(thin)))
    steps = [frozenset((tuple(a), tuple(b))) for k, m in pairwise(starts) for a, b in pairwise(points[k:m])]
    assert len(steps) == len(set(steps))
    pairs = set()
    for y, x in np.argwhere(thin):
        for dy, dx in ((0, 1), (1, -1), (1, 0), (1, 1)):
            if thin[y + dy, x + dx]:
                pairs.add(frozenset(((x, y), (x + dx, y + dy))))
    assert set(steps) == pairs


def test_a_ring_ends_where_it_begins() -> None:
    ring = shape(".......", "..###..", ".#...#.", ".#...#.", "..###..", ".......")
    points, starts = thinning.follow(ring)
    assert list(starts) == [0, 11]
    assert tuple(points[0]) == tuple(points[-1])


def test_nothing_is_followed_in_nothing() -> None:
    points, starts = thinning.follow(np.zeros((4, 4), bool))
    assert points.shape == (0, 2)
    assert list(starts) == [0]
