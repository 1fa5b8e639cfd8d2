"""How much of each pixel a shape covers, exactly.

Each edge adds, in every pixel that it crosses, the area to its right within that pixel, and its height to all pixels
further right; summed along a row the areas are the coverage. Edges that run down count positive, those that run up
negative, so a closed outline leaves what is inside it.
"""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from .jit import kernel


@kernel
def add_edges(cover: NDArray[Any], top: int, x: NDArray[Any], y: NDArray[Any]) -> None:
    """Add the edges of an open polyline to rows top … of a picture.

    Parameters
    ----------
    cover : ndarray, float32, (rows, columns + 2)
        Differences of coverage along each row; sum them along the rows at the end.
    top : int
        The picture's row that cover[0] is.
    x, y : ndarray, float32 or float64, (n,)
        Corners in pixels, y down.
    """
    rows, right = cover.shape[0], cover.shape[1] - 2
    for k in range(len(x) - 1):
        y0, y1 = y[k] - top, y[k + 1] - top
        if (y0 <= 0.0 and y1 <= 0.0) or (y0 >= rows and y1 >= rows) or y0 == y1:
            continue
        x0, x1 = x[k] * 1.0, x[k + 1] * 1.0
        sign = 1.0
        if y0 > y1:
            x0, y0, x1, y1, sign = x1, y1, x0, y0, -1.0
        run = (x1 - x0) / (y1 - y0)
        if y0 < 0.0:
            x0 -= run * y0
            y0 = 0.0
        y1 = min(y1, float(rows))
        row = int(y0)
        while y0 < y1:
            below = min(y1, row + 1.0)
            end = x0 + run * (below - y0)
            _add_in_row(cover[row], right, x0, end, (below - y0) * sign)
            x0, y0 = end, below
            row += 1


@kernel
def _add_in_row(line: NDArray[Any], right: int, x0: float, x1: float, height: float) -> None:
    """An edge within one row, from x0 to x1, of that height: cut at the pixels' borders."""
    if x0 > x1:
        x0, x1 = x1, x0
    if x1 <= 0.0:
        line[0] += height
        return
    if x0 >= right:
        return
    width = x1 - x0
    if width < 1e-9:
        column = min(max(math.floor(x0), 0), right)
        inside = min(max(x0 - column, 0.0), 1.0)
        line[column] += height * (1.0 - inside)
        line[column + 1] += height * inside
        return
    if x0 < 0.0:
        line[0] += height * (-x0 / width)
        height *= x1 / width
        x0, width = 0.0, x1
    column = int(x0)
    left = x0
    while left < x1 and column < right:
        border = min(x1, column + 1.0)
        part = height * (border - left) / width
        inside = 0.5 * (left + border) - column
        line[column] += part * (1.0 - inside)
        line[column + 1] += part * inside
        left = border
        column += 1
