"""Which points of a grid lie near a groove, cell by cell: what a line may go through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel


@kernel
def candidates(
    near: NDArray[Any], base: NDArray[Any], per_cell: float, begin: float, turns: float, ends: NDArray[Any],
    reach: float,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:  # fmt: skip
    """Grid points no further than `reach` steps from the groove, cell by cell.

    Cell 0 holds nothing but the beginning, the one after the last nothing but the end (`ends`, x and y in rows).
    Gives where each cell's points start, (cells + 2,), and x, y, where along it lies, in cells, and how far outside the
    spiral, in steps, of each point.
    """
    cells = len(base) - 1
    length = 2.0 * math.pi * turns * (base.max() + reach)  # of a cell, in steps
    most = int((2.0 * reach + 1.5) * (length + 1.0)) + 4  # what its area holds, half its edge and something
    start = np.zeros(cells + 2, np.int64)
    x, y = np.empty(cells * most + 2, np.int32), np.empty(cells * most + 2, np.int32)
    along, off = np.empty(cells * most + 2), np.empty(cells * most + 2)
    n = 0
    for k in range(cells + 1):
        start[k] = n
        end = k == 0 or k == cells
        middle = float(k) if end else k + 0.5
        turn = begin + middle * turns
        angle = 2.0 * math.pi * (turn - math.floor(turn))
        cos, sin = math.cos(angle), math.sin(angle)
        cell = min(k, cells - 1)
        at = middle * per_cell + 2.0
        i = min(int(at), len(near) - 2)
        r = base[cell] + (middle - cell) * (base[cell + 1] - base[cell]) + near[i] + (at - i) * (near[i + 1] - near[i])
        px, py = r * cos, r * sin
        # points are found column by column in a box about the cell that leans as the groove does
        half, aside, tilt = _box(near, at, per_cell, length, r, reach + abs(base[cell + 1] - base[cell]))
        wide = math.sqrt(half * half + (aside + abs(tilt) * half) ** 2)
        by_along, by_aside = _over(cos), _over(sin - tilt * cos)
        left, right = math.ceil(px - wide), math.floor(px + wide)
        if end:
            left = right = ends[0 if k == 0 else 1, 0]
        for gx in range(left, right + 1):
            dx = gx - px
            level, leant = dx * sin * by_along, -dx * (cos + tilt * sin) * by_aside
            low = max(level - half * abs(by_along), leant - aside * abs(by_aside))
            high = min(level + half * abs(by_along), leant + aside * abs(by_aside))
            first, last = math.ceil(py + low), math.floor(py + high)
            if end:
                first = last = ends[0 if k == 0 else 1, 1]
            for gy in range(first, last + 1):
                dy = gy - py
                ahead, out = dy * cos - dx * sin, dx * cos + dy * sin
                late = ahead / (r + out) / (2.0 * math.pi * turns)
                if not end and not -0.5 <= late < 0.5:
                    continue
                s = middle + late
                here = min(max(s * per_cell + 2.0, 0.0), len(near) - 1.001)
                j = int(here)
                where = base[cell] + (s - cell) * (base[cell + 1] - base[cell])
                away = r + out + ahead * ahead / (2.0 * r) - where
                if not end and abs(away - near[j] - (here - j) * (near[j + 1] - near[j])) > reach:
                    continue
                if n - start[k] < most:
                    x[n], y[n], along[n], off[n] = gx, gy, s, away
                    n += 1
    start[cells + 1] = n
    return start, x[:n], y[:n], along[:n], off[:n]


@kernel
def _over(part: float) -> float:
    """One over it; where it is almost nothing, very much."""
    return 1.0 / part if abs(part) > 1e-6 else 1e6


@kernel
def _box(
    near: NDArray[Any], at: float, per_cell: float, length: float, r: float, reach: float
) -> tuple[float, float, float]:
    """A box that holds all places of a cell, `length` steps long, no further than `reach` from the groove.

    It lies about sample `at`, r steps from the spindle. Gives half of its length and of its width, both a little too
    large, and how much it leans outwards, for each step along.
    """
    i = min(int(at), len(near) - 2)
    middle = near[i] + (at - i) * (near[i + 1] - near[i])
    before, after = max(int(at - 0.5 * per_cell), 0), min(int(at + 0.5 * per_cell) + 1, len(near) - 1)
    rise = (near[after] - near[before]) / max(after - before, 1)  # from sample to sample
    bent = 0.0
    for j in range(before, after + 1):
        bent = max(bent, abs(near[j] - middle - (j - at) * rise))
    aside = reach + bent + length * length / r + 1e-2
    half = 0.5 * length * (1.0 + (aside + per_cell * abs(rise) + abs(middle)) / r) + 1e-3
    return half, aside, rise * per_cell / length
