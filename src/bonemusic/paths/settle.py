"""A line over a coarse grid settled: each point moved to where, all others standing, the error is heard least.

A beam search forgets what it did some cells ago; this looks again, at both sides of each point. First it takes a worse
place now and then (simulated annealing: Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), less and less, then none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

CELLS = 48
"""How many cells away an error is still felt."""
ROUNDS, WARM = 16, 13
"""How often each point is looked at, and how often of these with some warmth."""
WARMTH = 0.4
"""By how much worse, in squared steps of heard error, a place may be that is taken at first."""
SIDEWAYS = 3
"""How many cells a point moves at most along the groove."""


def settle(
    through: NDArray[Any], start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any],
    off: NDArray[Any], means: NDArray[Any], heard: NDArray[Any], apart2: float,
) -> None:  # fmt: skip
    """Move the points of a line, in place, to candidates where its error is heard less.

    Parameters
    ----------
    through : ndarray, int64, (n,)
        The line's candidates; the first and the last stay.
    start, x, y, along, off, means
        As in `search`.
    heard : ndarray, float64, (CELLS,)
        What errors weigh, alone and so many cells apart.
    apart2 : float
        Least distance between points, in steps, squared.
    """
    # beyond the last cell felt the weights end softly, so that no sum of squares becomes negative
    fade = 0.5 + 0.5 * np.cos(np.pi * np.arange(len(heard)) / len(heard))
    _settle(through, start, x, y, along, off, means, heard * fade, apart2, ROUNDS, WARM, WARMTH, SIDEWAYS)


@kernel
def _add_area(
    from_s: float, from_off: float, to_s: float, to_off: float, first: int, sign: float, out: NDArray[Any]
) -> None:
    """Add, times a sign, what a straight line draws of each cell; out[0] is cell `first`. What lies outside is lost."""
    slope = (to_off - from_off) / (to_s - from_s)
    k = math.floor(from_s)
    a = from_s
    while a < to_s:
        b = min(k + 1.0, to_s)
        if 0 <= k - first < len(out):
            out[k - first] += sign * (from_off + slope * (0.5 * (a + b) - from_s)) * (b - a)
        a = b
        k += 1


@kernel
def _settle(
    through: NDArray[Any], start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any],
    off: NDArray[Any], means: NDArray[Any], heard: NDArray[Any], apart2: float, rounds: int, warm: int, warmth: float,
    sideways: int,
) -> None:  # fmt: skip
    cells, reach = len(means), len(heard)
    error = -means
    for i in range(1, len(through)):
        a, b = through[i - 1], through[i]
        _add_area(along[a], off[a], along[b], off[b], 0, 1.0, error)
    felt = np.zeros(cells)  # of each cell's error, with all that are near
    for k in range(cells):
        for j in range(max(0, k - reach + 1), min(cells, k + reach)):
            felt[k] += heard[abs(j - k)] * error[j]
    without, change, best_change = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    dice = np.uint64(88172645463325252)  # any but 0: the same line each time
    for turn in range(rounds):
        heat = warmth * max(0.0, 1.0 - (turn + 1.0) / warm)
        for i in range(1, len(through) - 1):
            a, here, b = through[i - 1], through[i], through[i + 1]
            first, last = max(math.floor(along[a]), 0), min(math.floor(along[b]), cells - 1)
            count = last + 1 - first
            without[:count] = 0.0
            _add_area(along[a], off[a], along[here], off[here], first, -1.0, without[:count])
            _add_area(along[here], off[here], along[b], off[b], first, -1.0, without[:count])
            best, least = -1, -1e-9
            middle = math.floor(along[here])
            for to in range(start[max(first, middle - sideways)], start[min(last, middle + sideways) + 1]):
                if to == here or along[to] <= along[a] or along[to] >= along[b]:
                    continue
                ax, ay, bx, by = x[to] - x[a], y[to] - y[a], x[to] - x[b], y[to] - y[b]
                if min(ax * ax + ay * ay, bx * bx + by * by) < apart2:
                    continue
                span = change[:count]
                span[:] = without[:count]
                _add_area(along[a], off[a], along[to], off[to], first, 1.0, span)
                _add_area(along[to], off[to], along[b], off[b], first, 1.0, span)
                more = 0.0
                for j in range(count):
                    cross = felt[first + j] + 0.5 * heard[0] * span[j]
                    for m in range(max(0, j - reach + 1), j):
                        cross += heard[j - m] * span[m]
                    more += 2.0 * span[j] * cross
                if heat > 0.0:
                    dice ^= dice << np.uint64(13)
                    dice ^= dice >> np.uint64(7)
                    dice ^= dice << np.uint64(17)
                    more += heat * math.log((float(dice >> np.uint64(11)) + 1.0) / 9007199254740993.0)
                if more < least:
                    best, least = to, more
                    best_change[:count] = span
            if best >= 0:
                through[i] = best
                for j in range(count):
                    for k in range(max(0, first + j - reach + 1), min(cells, first + j + reach)):
                        felt[k] += heard[abs(k - first - j)] * best_change[j]
