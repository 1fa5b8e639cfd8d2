"""Where a closed line crosses itself: its edges are laid into a grid, and those that share a cell are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..jit import kernel

MOST_CELLS = 2048
"""Along each side of the grid."""
MOST_PAIRS = 400_000_000
"""Some two seconds of comparing; only edges that crowd far below the size of a beam need more."""


def crossing(corners: NDArray[Any]) -> tuple[float, float] | None:
    """A point at which a closed line crosses or touches itself.

    Parameters
    ----------
    corners : ndarray, float64, (n, 2)
        Metres, the last corner the first again.

    Returns
    -------
    (x_m, y_m) or None
        None where it does not. Neighbouring edges that lie on one another are no crossing.

    Raises
    ------
    FitError
        Edges crowd so much that comparing them would take minutes.
    """
    moved = np.append(True, (np.diff(corners, axis=0) != 0).any(1))
    line = np.ascontiguousarray(corners[moved])
    edges = len(line) - 1
    low = line.min(0)
    span_m = float(np.ptp(line, axis=0).max())
    length_m = float(np.hypot(*np.diff(line, axis=0).T).sum())
    cell_m = max(span_m / MOST_CELLS, length_m / edges, 1e-12)
    columns, rows = ((np.ptp(line, axis=0) / cell_m).astype(np.int64) + 1).tolist()
    counts = np.zeros(columns * rows, np.int64)
    _laid(line, low, cell_m, columns, rows, counts, np.zeros(0, np.int32))
    ends = np.cumsum(counts)
    begins = ends - counts
    held = np.empty(int(ends[-1]), np.int32)
    _laid(line, low, cell_m, columns, rows, begins.copy(), held)
    found, at = _compared(line, begins, ends, held, MOST_PAIRS)
    if found < 0:
        raise FitError("the outline's corners crowd in one place, too many to be judged; simplify the drawing")
    return _meeting(line, int(found) - 1, int(at)) if found else None


@kernel
def _laid(
    line: NDArray[Any], low: NDArray[Any], cell_m: float, columns: int, rows: int, at: NDArray[Any], held: NDArray[Any]
) -> None:
    """Lay each edge into the cells that it passes: count it there (`held` empty), or write it down from there on."""
    writes = len(held) > 0
    for k in range(len(line) - 1):
        x0, y0 = (line[k, 0] - low[0]) / cell_m, (line[k, 1] - low[1]) / cell_m
        x1, y1 = (line[k + 1, 0] - low[0]) / cell_m, (line[k + 1, 1] - low[1]) / cell_m
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        # a little more than it passes, so that rounding loses none
        first_row, last_row = max(int(y0 - 1e-6), 0), min(int(y1 + 1e-6), rows - 1)
        run = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
        for row in range(first_row, last_row + 1):
            a, b = x0, x1
            if y1 > y0 and first_row < last_row:
                a = x0 + run * (max(row - 1e-6, y0) - y0)
                b = x0 + run * (min(row + 1 + 1e-6, y1) - y0)
            if a > b:
                a, b = b, a
            for column in range(max(int(a - 1e-6), 0), min(int(b + 1e-6), columns - 1) + 1):
                cell = row * columns + column
                if writes:
                    held[at[cell]] = k
                at[cell] += 1


@kernel
def _compared(
    line: NDArray[Any], begins: NDArray[Any], ends: NDArray[Any], held: NDArray[Any], most: int
) -> tuple[int, int]:
    """The first two edges that meet, the first one plus one; (0, 0) if none do, -1 where there are too many pairs."""
    edges = len(line) - 1
    pairs = 0
    for cell in range(len(begins)):
        for m in range(begins[cell], ends[cell]):
            i = held[m]
            ax, ay, bx, by = line[i, 0], line[i, 1], line[i + 1, 0], line[i + 1, 1]
            left, right, bottom, top = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            pairs += ends[cell] - m - 1
            if pairs > most:
                return -1, 0
            for n in range(m + 1, ends[cell]):
                j = held[n]
                apart = abs(i - j)
                if apart <= 1 or apart == edges - 1:
                    continue
                cx, cy, dx, dy = line[j, 0], line[j, 1], line[j + 1, 0], line[j + 1, 1]
                if max(cx, dx) < left or min(cx, dx) > right or max(cy, dy) < bottom or min(cy, dy) > top:
                    continue
                if _side(ax, ay, bx, by, cx, cy) * _side(ax, ay, bx, by, dx, dy) > 0:
                    continue
                if _side(cx, cy, dx, dy, ax, ay) * _side(cx, cy, dx, dy, bx, by) > 0:
                    continue
                return i + 1, j
    return 0, 0


@kernel
def _side(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> int:
    """On which side of the way from a to b point c lies: 1 left, -1 right, 0 on it."""
    turn = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if turn > 0.0:
        return 1
    return -1 if turn < 0.0 else 0


def _meeting(line: NDArray[Any], i: int, j: int) -> tuple[float, float]:
    """Where two edges that meet do so."""
    a, along, c, other = line[i], line[i + 1] - line[i], line[j], line[j + 1] - line[j]
    turn = along[0] * other[1] - along[1] * other[0]
    if turn == 0:  # on one line: where one begins, or the other
        share = 0.0 if min(c[0], line[j + 1][0]) <= a[0] <= max(c[0], line[j + 1][0]) else 1.0
    else:
        share = ((c[0] - a[0]) * other[1] - (c[1] - a[1]) * other[0]) / turn
    point = a + np.clip(share, 0.0, 1.0) * along
    return float(point[0]), float(point[1])
