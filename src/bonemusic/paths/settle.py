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
from . import straight
from .straight import Sums

CELLS = 48
"""How many cells away an error is still felt."""
ROUNDS, WARM = 24, 22
"""How often each point is looked at, and how often of these with some warmth."""
WARMTH = 2.5
"""By how much worse a place may be that is taken at first, against what is heard of a cell's error. Noise gains some
tenths of a decibel by twice as much, as music does by half."""
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
    by = straight.sums(heard * fade)
    _settle(through, start, x, y, along, off, means, by, apart2, ROUNDS, WARM, WARMTH, SIDEWAYS)


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
def _feel(change: NDArray[Any], first: int, around: NDArray[Any], felt: NDArray[Any]) -> None:
    """Add to what is felt what a change of the errors from cell `first` on does."""
    reach = (len(around) + 1) // 2
    for j in range(len(change)):
        by, k = change[j], first + j
        begin, end = max(0, k - reach + 1), min(len(felt), k + reach)
        near, weight = felt[begin:end], around[begin - k + reach - 1 :]
        for i in range(len(near)):
            near[i] += weight[i] * by


@kernel
def _settle(
    through: NDArray[Any], start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any],
    off: NDArray[Any], means: NDArray[Any], by: Sums, apart2: float, rounds: int, warm: int, warmth: float,
    sideways: int,
) -> None:  # fmt: skip
    cells, reach = len(means), len(by.alone)
    around = np.concatenate((by.alone[::-1], by.alone[1:]))
    error = -means
    for i in range(1, len(through)):
        a, b = through[i - 1], through[i]
        _add_area(along[a], off[a], along[b], off[b], 0, 1.0, error)
    felt = np.zeros(cells)  # of each cell's error, with all that are near
    _feel(error, 0, around, felt)
    warmth *= max(np.dot(error, felt) / cells, 0.0)
    room, rest = np.zeros(reach), np.zeros(reach)
    places = np.empty(max(np.max(start[1:] - start[:-1]), 1), np.int64)
    luck = np.log((np.arange(4096) + 0.5) / 4096)
    dice = np.array([88172645463325252], np.uint64)  # any but 0: the same line each time
    for turn in range(rounds):
        heat = warmth * max(0.0, 1.0 - (turn + 1.0) / warm)
        for i in range(1, len(through) - 1):
            a, here, b = through[i - 1], through[i], through[i + 1]
            low, high = max(math.floor(along[a]), 0), min(math.floor(along[b]), cells - 1)
            count = high + 1 - low
            if count > reach:
                continue
            change, without = room[:count], rest[:count]
            change[:] = 0.0
            _add_area(along[a], off[a], along[here], off[here], low, -1.0, change)
            _add_area(along[here], off[here], along[b], off[b], low, -1.0, change)
            without[:] = felt[low : high + 1]
            _feel(change, 0, around, without)
            best = _best(
                a, here, b, low, high, start, x, y, along, off, without, by, apart2, heat, sideways, luck, dice, places
            )  # fmt: skip
            if best != here:
                through[i] = best
                _add_area(along[a], off[a], along[best], off[best], low, 1.0, change)
                _add_area(along[best], off[best], along[b], off[b], low, 1.0, change)
                _feel(change, low, around, felt)


@kernel
def _best(
    a: int, here: int, b: int, low: int, high: int, start: NDArray[Any], x: NDArray[Any], y: NDArray[Any],
    along: NDArray[Any], off: NDArray[Any], without: NDArray[Any], by: Sums, apart2: float, heat: float, sideways: int,
    luck: NDArray[Any], dice: NDArray[Any], places: NDArray[Any],
) -> int:  # fmt: skip
    """The place between the points a and b, `here` or near it, at which lines to both are heard least, give or take
    what the heat does. `without` is what is felt of all other errors in cells low … high."""
    from_s, from_off, to_s, to_off = along[a], off[a], along[b], off[b]
    # what the lines draw of both points' cells, for each level and each rise away from the point
    r, q = low + 1.0 - max(from_s, float(low)), min(to_s, high + 1.0) - high
    lever, lift = r * (low + 1.0 - 0.5 * r - from_s), q * (to_s - high - 0.5 * q)
    roll, count = dice[0], len(without)
    best, least, stays = here, math.inf, 0.0
    middle = math.floor(along[here])
    felt_a, felt_a_rise, summed = r * without[0], lever * without[0], 1
    for cell in range(low + 1, min(high - 1, middle + sideways) + 1):
        k = cell - low
        while summed < k:  # what is felt between the first point's cell and this one
            felt_a += without[summed]
            felt_a_rise += without[summed] * (low + summed + 0.5 - from_s)
            summed += 1
        free = 0 if cell < middle - sideways else _free(start, cell, a, here, b, x, y, apart2, places)
        if free == 0:
            continue
        felt_b, felt_b_rise = q * without[count - 1], lift * without[count - 1]
        for j in range(k + 1, count - 1):
            felt_b += without[j]
            felt_b_rise += without[j] * (to_s - low - j - 0.5)
        n, m, way, back = k - 1, high - cell - 1, cell + 0.5 - from_s, to_s - cell - 0.5
        aa, ar, rr, at, rt = straight.side(r, lever, way, n, by)
        bb, bl, ll, bt, lt = straight.side(q, lift, back, m, by)
        ab, al, rb, rl = straight.across(r, lever, way, n, q, lift, back, m, by)
        level = from_off * (from_off * aa + 2.0 * (to_off * ab + felt_a)) + to_off * (to_off * bb + 2.0 * felt_b)
        by_rise = 2.0 * (from_off * ar + to_off * rb + felt_a_rise)
        by_lift = 2.0 * (to_off * bl + from_off * al + felt_b_rise)
        by_top = 2.0 * (from_off * at + to_off * bt + without[k])
        for i in range(free):
            to = places[i]
            s, o = along[to], off[to]
            rise, fall, f = (o - from_off) / (s - from_s), (o - to_off) / (to_s - s), s - cell
            top = o - 0.5 * (rise * f * f + fall * (1.0 - f) * (1.0 - f))  # what is drawn of this cell
            more = level + rise * (by_rise + rise * rr + 2.0 * fall * rl) + fall * (by_lift + fall * ll)
            more += top * (by_top + 2.0 * (rise * rt + fall * lt) + top * by.alone[0])
            if to == here:
                stays = more
                continue
            if heat > 0.0:
                roll ^= roll << np.uint64(13)
                roll ^= roll >> np.uint64(7)
                roll ^= roll << np.uint64(17)
                more += heat * luck[roll >> np.uint64(52)]
            if more < least:
                best, least = to, more
    dice[0] = roll
    return best if least < stays - 1e-9 else here


@kernel
def _free(
    start: NDArray[Any], cell: int, a: int, here: int, b: int, x: NDArray[Any], y: NDArray[Any], apart2: float,
    places: NDArray[Any],
) -> int:  # fmt: skip
    """Put down the candidates of a cell that keep their distance to both points, `here` among them; how many."""
    free = 0
    for to in range(start[cell], start[cell + 1]):
        ax, ay, bx, by = x[to] - x[a], y[to] - y[a], x[to] - x[b], y[to] - y[b]
        if min(ax * ax + ay * ay, bx * bx + by * by) >= apart2 or to == here:
            places[free] = to
            free += 1
    return free
