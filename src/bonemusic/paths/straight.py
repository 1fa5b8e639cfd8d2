"""Straight lines weighed whole: what errors are heard as that a line draws over many cells, by sums made before.

What is heard of errors e is ΣΣ h[j - k]·e[j]·e[k], h being what they weigh so many cells apart. Two straight lines that
meet in a place draw a level and a rise on either side of it, so that all places in one cell share a form of second
degree in two slopes. Its terms are sums over h, u·h and u·v·h, which do not depend on where it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel


class Sums(NamedTuple):
    """Sums over weights h that fade to 0 within `reach` cells.

    Attributes
    ----------
    alone, level, rise : ndarray, (reach,)
        h itself; Σ h[u] and Σ u·h[u] for u from 1 up to an index.
    own : ndarray, (3, reach)
        ΣΣ h[u - v], ΣΣ u·h[u - v] and ΣΣ u·v·h[u - v] for u and v from 1 up to an index.
    pairs : ndarray, (4, reach, reach)
        ΣΣ h[u + v], u·h[u + v], v·h[u + v] and u·v·h[u + v] for u from 1 up to the row, v up to the column.
    """

    alone: NDArray[Any]
    level: NDArray[Any]
    rise: NDArray[Any]
    own: NDArray[Any]
    pairs: NDArray[Any]


def sums(heard: NDArray[Any]) -> Sums:
    """Sums over weights, (reach,), of which the first is that of an error alone."""
    reach = len(heard)
    u, one = np.arange(float(reach)), np.ones(reach)
    index = np.arange(reach)
    beyond = np.concatenate([heard, np.zeros(reach)])
    after = np.where(index > 0, heard, 0.0)
    apart, together = heard[np.abs(index[:, None] - index)], beyond[index[:, None] + index]
    own = [np.diag(_summed(apart, a, b)) for a, b in ((one, one), (u, one), (u, u))]
    pairs = [_summed(together, a, b) for a, b in ((one, one), (u, one), (one, u), (u, u))]
    return Sums(heard.copy(), np.cumsum(after), np.cumsum(u * after), np.array(own), np.array(pairs))


def _summed(square: NDArray[Any], by_row: NDArray[Any], by_column: NDArray[Any]) -> NDArray[Any]:
    """Sums from row and column 1 on."""
    weighed = square * np.outer(by_row, by_column)
    weighed[0], weighed[:, 0] = 0.0, 0.0
    return np.asarray(weighed.cumsum(0).cumsum(1))


@kernel
def side(r: float, lever: float, way: float, n: int, by: Sums) -> tuple[float, float, float, float, float]:
    """Half of a hat, from a point to a place n + 1 cells on: a level of 1, and a rise of 1 a cell from the point on.

    Parameters
    ----------
    r, lever : float
        What level and rise draw of the point's own cell.
    way : float
        From the point to the middle of the place's cell, in cells.
    n : int
        Cells between both.
    by : Sums

    Returns
    -------
    tuple of float
        What is heard of the level, of level with rise, of the rise; and of each with the place's cell.
    """
    level, rise, alone, far = by.level[n], by.rise[n], by.alone[0], by.alone[n + 1]
    risen = way * level - ((n + 1) * level - rise)  # the rise over the cells between, with the point's cell
    one = r * (r * alone + 2.0 * level) + by.own[0, n]
    both = r * (lever * alone + risen) + lever * level + way * by.own[0, n] - by.own[1, n]
    two = lever * (lever * alone + 2.0 * risen) + way * (way * by.own[0, n] - 2.0 * by.own[1, n]) + by.own[2, n]
    return one, both, two, r * far + level, lever * far + way * level - rise


@kernel
def across(
    r: float, lever: float, way: float, n: int, other_r: float, other_lever: float, other_way: float, m: int, by: Sums
) -> tuple[float, float, float, float]:
    """Both halves of a hat with each other: level and level, level and rise, rise and level, rise and rise."""
    far = by.alone[n + m + 2]
    # the point's cell with the other half's cells between, and the other way round
    a, a_rise = by.level[n + m + 1] - by.level[n + 1], by.rise[n + m + 1] - by.rise[n + 1]
    b, b_rise = by.level[n + m + 1] - by.level[m + 1], by.rise[n + m + 1] - by.rise[m + 1]
    a_risen, b_risen = other_way * a - (a_rise - (n + 1) * a), way * b - (b_rise - (m + 1) * b)
    p, pu, pv, puv = by.pairs[0, n, m], by.pairs[1, n, m], by.pairs[2, n, m], by.pairs[3, n, m]
    return (
        r * (other_r * far + a) + other_r * b + p,
        r * (other_lever * far + a_risen) + other_lever * b + other_way * p - pv,
        lever * (other_r * far + a) + other_r * b_risen + way * p - pu,
        lever * (other_lever * far + a_risen) + other_lever * b_risen + other_way * (way * p - pu) - way * pv + puv,
    )
