"""A beam search along a groove: of all lines through its candidates those few that are heard least.

A line that goes on from a point rises by some slope, and what is heard of it in each cell, filtered, is a level and a
tilt times that slope: so what it has cost up to a cell is of the second degree in the slope. These three terms are kept
for each line under way, and each candidate of the cell is weighed by them, for all lines at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

HISTORY = 4
"""How many filtered errors a line keeps, as many as the filter has taps."""


@kernel
def search(
    start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any], off: NDArray[Any], means: NDArray[Any],
    h: NDArray[Any], beam: int, ahead: int, spacing2: float, worth: float,
) -> NDArray[Any]:  # fmt: skip
    """The best line through the candidates, from the first to the last: their numbers, (n,); none if there is no way.

    A line that ends in cell k has paid for the cells before it. It keeps the last four filtered errors, and the area
    that it has drawn already of its own cell. From each cell the best `beam` lines go on for `ahead` cells at most;
    with their points the distances are held against `spacing2`.
    """
    cells, size = len(means), ahead * beam
    from_s, from_off, points = np.zeros(size), np.zeros(size), np.full((2, size), -1)
    level, tilt = np.zeros(size), np.zeros(size)  # what a line draws of the next cell, flat and for each slope
    fixed, cross, leaned = np.full(size, np.inf), np.zeros(size), np.ones(size)  # what it has cost, by slope
    e0, e1, e2, e3, e4 = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    t0, t1, t2, t3, t4 = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    total = np.zeros((np.max(start[1:] - start[:-1]), size))
    cost, drawn, past = np.zeros(beam), np.zeros(beam), np.zeros((beam, HISTORY))
    ends = np.zeros((3, beam), np.int64)  # of the lines that end in a cell: which line, which candidate, its last node
    nodes = np.empty((2, cells * beam + 1), np.int32)  # a point, and the node before
    ends[2, 0], drawn[0] = -1, along[0] * off[0]
    made, count, young = 0, 1, 0
    for to in range(1, cells + 1):
        young = young + beam if young + beam < size else 0
        for j in range(beam):
            i, p = young + j, ends[1, j]
            fixed[i] = cost[j] + worth if j < count else np.inf
            if j >= count:
                continue
            nodes[0, made], nodes[1, made] = p, ends[2, j]
            points[0, i], points[1, i] = p, made
            made += 1
            rest = to - along[p]  # of its cell
            from_s[i], from_off[i] = along[p], off[p]
            level[i], tilt[i], cross[i], leaned[i] = rest * off[p] + drawn[j], 0.5 * rest * rest, 0.0, 0.0
            e0[i], e1[i], e2[i], e3[i] = past[j, 0], past[j, 1], past[j, 2], past[j, 3]
            t0[i], t1[i], t2[i], t3[i] = 0.0, 0.0, 0.0, 0.0
        _filter(level, means[to - 1], e0, e1, e2, e3, h, e4)
        _filter(tilt, 0.0, t0, t1, t2, t3, h, t4)
        e0, e1, e2, e3, e4 = e4, e0, e1, e2, e3
        t0, t1, t2, t3, t4 = t4, t0, t1, t2, t3
        _add(e0, e0, fixed)
        _add(e0, t0, cross)
        _add(t0, t0, leaned)
        level[:] = from_off
        for i in range(size):
            tilt[i] = to + 0.5 - from_s[i]
        _weigh(start[to], start[to + 1], along, off, from_s, from_off, fixed, cross, leaned, total)
        count = _keep(start[to], start[to + 1], x, y, along, from_s, points, total, young, beam, spacing2, cost, ends)
        for j in range(count):
            i, c = ends[0, j], ends[1, j]
            slope = (off[c] - from_off[i]) / (along[c] - from_s[i])
            drawn[j] = 0.5 * (from_off[i] + slope * (to - from_s[i]) + off[c]) * (along[c] - to)
            past[j, 0], past[j, 1] = e0[i] + slope * t0[i], e1[i] + slope * t1[i]
            past[j, 2], past[j, 3] = e2[i] + slope * t2[i], e3[i] + slope * t3[i]
            ends[2, j] = points[1, i]
    return _way(cost[:count], ends, nodes)


@kernel
def _filter(
    new: NDArray[Any], less: float, e0: NDArray[Any], e1: NDArray[Any], e2: NDArray[Any], e3: NDArray[Any],
    h: NDArray[Any], out: NDArray[Any],
) -> None:  # fmt: skip
    """The next filtered errors of all lines, the last ones being e0, e1 …; one plain loop is done for many abreast."""
    h0, h1, h2, h3 = h[0], h[1], h[2], h[3]
    for i in range(len(out)):
        out[i] = new[i] - less - h3 * e3[i] - h2 * e2[i] - h1 * e1[i] - h0 * e0[i]


@kernel
def _add(a: NDArray[Any], b: NDArray[Any], out: NDArray[Any]) -> None:
    for i in range(len(out)):
        out[i] += a[i] * b[i]


@kernel
def _weigh(
    first: int, last: int, along: NDArray[Any], off: NDArray[Any], from_s: NDArray[Any], from_off: NDArray[Any],
    fixed: NDArray[Any], cross: NDArray[Any], leaned: NDArray[Any], total: NDArray[Any],
) -> None:  # fmt: skip
    """What each line costs that ends in each of a cell's candidates."""
    for c in range(first, last):
        s, o, row = along[c], off[c], total[c - first]
        for i in range(len(row)):
            slope = (o - from_off[i]) / (s - from_s[i])
            row[i] = fixed[i] + slope * (2.0 * cross[i] + slope * leaned[i])


@kernel
def _keep(
    first: int, last: int, x: NDArray[Any], y: NDArray[Any], along: NDArray[Any], from_s: NDArray[Any],
    points: NDArray[Any], total: NDArray[Any], young: int, beam: int, spacing2: float, cost: NDArray[Any],
    ends: NDArray[Any],
) -> int:  # fmt: skip
    """Put down the cheapest lines that end in a cell, those with the youngest points being looked at first; how many.

    `ends` holds which of the lines under way and which candidate."""
    count, dearest, which = 0, np.inf, 0
    group = young + beam  # of lines from one cell
    for _ in range(0, len(from_s), beam):
        group = group - beam if group >= beam else len(from_s) - beam
        for c in range(first, last):
            for i in range(group, group + beam):
                if not total[c - first, i] < dearest or along[c] <= from_s[i]:
                    continue
                if spacing2 > 0.0:
                    dx, dy = float(x[c] - x[points[0, i]]), float(y[c] - y[points[0, i]])
                    if dx * dx + dy * dy < spacing2:
                        continue
                slot = count if count < beam else which
                count = min(count + 1, beam)
                cost[slot], ends[0, slot], ends[1, slot] = total[c - first, i], i, c
                if count == beam:
                    dearest = -np.inf
                    for j in range(beam):
                        if cost[j] > dearest:
                            dearest, which = cost[j], j
    return count


@kernel
def _way(cost: NDArray[Any], ends: NDArray[Any], nodes: NDArray[Any]) -> NDArray[Any]:
    """The candidates along the cheapest of the lines that have come to the end."""
    if not len(cost):
        return np.empty(0, np.int64)
    best = np.argmin(cost)
    n, node = 1, ends[2, best]
    while node >= 0:
        n, node = n + 1, nodes[1, node]
    through = np.empty(n, np.int64)
    through[n - 1] = ends[1, best]
    node = ends[2, best]
    for k in range(n - 2, -1, -1):
        through[k], node = nodes[0, node], nodes[1, node]
    return through
