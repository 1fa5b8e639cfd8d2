"""Straight lines weighed whole: what two of them draw, cell by cell, against the sums made before."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from bonemusic.paths import settle, straight

REACH = 24
HEARD = np.random.default_rng(2).standard_normal(REACH) * np.exp(-np.arange(REACH) / 5)
WEIGHTS = linalg.toeplitz(HEARD)


def drawn(from_s, from_off, to_s, to_off, count):
    """What a straight line draws of each of the first cells."""
    out = np.zeros(count)
    settle._add_area.py_func(from_s, from_off, to_s, to_off, 0, 1.0, out)
    return out


def halves(first_s, cell, last_s, count):
    """Level and rise of both halves of a hat, over all cells but the place's own; rises away from the points."""
    left = [drawn(first_s, 1.0, cell, 1.0, count), drawn(first_s, 0.0, cell, cell - first_s, count)]
    right = [drawn(cell + 1.0, 1.0, last_s, 1.0, count), drawn(cell + 1.0, last_s - cell - 1.0, last_s, 0.0, count)]
    return left, right


@pytest.mark.parametrize(("first_s", "cell", "last_s"), [(0.3, 4, 7.9), (0.0, 1, 2.5), (0.7, 1, 9.2), (0.2, 9, 10.1)])
@pytest.mark.parametrize("plain", [False, True])
def test_sums_weigh_both_halves_of_a_hat_as_their_cells_do(first_s, cell, last_s, plain):
    count = int(last_s) + 1
    by = straight.sums(HEARD)
    heard = WEIGHTS[:count, :count]
    (one, rise), (two, fall) = halves(first_s, cell, last_s, count)
    place = np.arange(count) == cell
    r, q = 1.0 - first_s, last_s - int(last_s)
    ours = (r, 0.5 * r * r, cell + 0.5 - first_s, cell - 1)
    theirs = (q, 0.5 * q * q, last_s - cell - 0.5, count - 2 - cell)
    side, across = (f.py_func if plain else f for f in (straight.side, straight.across))
    for half, (level, up) in ((ours, (one, rise)), (theirs, (two, fall))):
        pairs = ((level, level), (level, up), (up, up), (level, place), (up, place))
        np.testing.assert_allclose(side(*half, by), [a @ heard @ b for a, b in pairs], atol=1e-11)
    pairs = ((one, two), (one, fall), (rise, two), (rise, fall))
    np.testing.assert_allclose(across(*ours, *theirs, by), [a @ heard @ b for a, b in pairs], atol=1e-11)
