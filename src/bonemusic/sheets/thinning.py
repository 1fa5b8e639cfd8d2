"""Pictures of letters thinned to lines of single pixels, and these followed from end to end."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

# The eight neighbours in turn, clockwise from the one above, y down.
_DY = np.array([-1, -1, 0, 1, 1, 1, 0, -1])
_DX = np.array([0, 1, 1, 1, 0, -1, -1, -1])


@kernel
def distances(mask: NDArray[Any]) -> NDArray[Any]:
    """How far each pixel within a shape lies from the nearest one outside, centre to centre, in pixels, exactly.

    Parameters
    ----------
    mask : ndarray, bool, (rows, columns)
        The shape; its border is outside.

    Returns
    -------
    ndarray, float32, (rows, columns)
        0 outside.
    """
    rows, columns = mask.shape
    upright = np.zeros((rows, columns), np.int64)
    for x in range(columns):
        for y in range(1, rows):
            upright[y, x] = upright[y - 1, x] + 1 if mask[y, x] else 0
        for y in range(rows - 2, -1, -1):
            upright[y, x] = min(upright[y, x], upright[y + 1, x] + 1)
    found = np.zeros((rows, columns), np.float32)
    for y in range(rows):
        for x in range(columns):
            best, aside = upright[y, x] ** 2, 1
            while aside * aside < best:
                best = min(best, aside * aside + min(upright[y, x - aside] ** 2, upright[y, x + aside] ** 2))
                aside += 1
            found[y, x] = math.sqrt(best)
    return found


@kernel
def thin(mask: NDArray[Any]) -> None:
    """Peel a shape in place until its lines are one pixel wide.

    Pixels are taken off two sides and then off the other two, by the rules of [1]_, but never the last of a line; where
    one still turns over a corner, the corner is cut.

    Parameters
    ----------
    mask : ndarray, bool, (rows, columns)
        Its border is outside.

    References
    ----------
    .. [1] T. Y. Zhang, C. Y. Suen, "A fast parallel algorithm for thinning digital patterns", Comm. ACM 27 (1984).
    """
    alive_y, alive_x = np.nonzero(mask)
    around = np.zeros(8, np.bool_)
    gone = np.zeros(len(alive_y), np.bool_)
    changed = True
    while changed:
        changed = False
        for k in range(len(alive_y)):  # a slanting line that is left as stairs would be eaten up from its end
            if _corner(mask, alive_y[k], alive_x[k], around):
                mask[alive_y[k], alive_x[k]] = False
        for half in range(2):
            for k in range(len(alive_y)):
                gone[k] = mask[alive_y[k], alive_x[k]] and _peels(mask, alive_y[k], alive_x[k], half, around)
            for colour in range(2):  # like a chess board's, so that neighbours do not go one after the other
                for k in range(len(alive_y)):
                    y, x = alive_y[k], alive_x[k]
                    if gone[k] and (y + x) % 2 == colour:
                        gone[k] = _look(mask, y, x, around) == 1 and around.sum() >= 2
                        mask[y, x] = not gone[k]
            kept = 0
            for k in range(len(alive_y)):
                changed |= gone[k]
                if mask[alive_y[k], alive_x[k]]:
                    alive_y[kept], alive_x[kept] = alive_y[k], alive_x[k]
                    kept += 1
            alive_y, alive_x = alive_y[:kept], alive_x[:kept]


@kernel
def _look(mask: NDArray[Any], y: int, x: int, around: NDArray[Any]) -> int:
    """Fill in a pixel's neighbours; how often the ring of them goes from outside to inside."""
    for side in range(8):
        around[side] = mask[y + _DY[side], x + _DX[side]]
    entries = 0
    for side in range(8):
        if not around[side] and around[(side + 1) % 8]:
            entries += 1
    return entries


@kernel
def _peels(mask: NDArray[Any], y: int, x: int, half: int, around: NDArray[Any]) -> bool:
    if _look(mask, y, x, around) != 1 or not 2 <= around.sum() <= 6:
        return False
    north, east, south, west = around[0], around[2], around[4], around[6]
    if half == 0:
        return not (north and east and south) and not (east and south and west)
    return not (north and east and west) and not (north and south and west)


@kernel
def _corner(mask: NDArray[Any], y: int, x: int, around: NDArray[Any]) -> bool:
    """Whether a pixel only leads around a corner that its neighbours cut: joined above or below, and at a side."""
    if not mask[y, x]:
        return False
    _look(mask, y, x, around)
    for side in range(0, 8, 2):
        ahead, beside, across = around[side], around[(side + 2) % 8], around[(side + 5) % 8] or around[(side + 1) % 8]
        behind, other = around[(side + 4) % 8], around[(side + 6) % 8]
        if ahead and beside and not across and not behind and not other:
            return True
    return False


@kernel
def follow(lines: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Follow lines of single pixels from fork to fork and from end to end.

    Parameters
    ----------
    lines : ndarray, bool, (rows, columns)
        As `thin` leaves them.

    Returns
    -------
    ndarray, int64, (n, 2)
        The pixels of one branch after the other, as x and y; forks are in every branch that meets there.
    ndarray, int64, (branches + 1,)
        Where each begins, and the end of the last. A ring without forks ends where it begins.
    """
    rows, columns = lines.shape
    ys, xs = np.nonzero(lines)
    count = np.zeros((rows, columns), np.int64)
    for k in range(len(ys)):
        for side in range(8):
            count[ys[k], xs[k]] += lines[ys[k] + _DY[side], xs[k] + _DX[side]]
    seen = np.zeros((rows, columns), np.bool_)
    points = np.empty((8 * len(ys) + 16, 2), np.int64)
    starts = [0]
    used = 0
    for k in range(2 * len(ys)):  # first from forks and ends, then the rings that are left
        y, x = ys[k % len(ys)], xs[k % len(ys)]
        rings = k >= len(ys)
        if (count[y, x] == 2) != rings or seen[y, x]:
            continue
        for side in range(8):
            ny, nx = y + _DY[side], x + _DX[side]
            if not lines[ny, nx] or seen[ny, nx]:
                continue
            if count[ny, nx] != 2 and (ny, nx) < (y, x):
                continue
            points[used, 0], points[used, 1] = x, y
            used = _walk(lines, count, seen, points, used + 1, ny, nx)
            starts.append(used)
            if rings:
                break
    return points[:used].copy(), np.array(starts)


@kernel
def _walk(
    lines: NDArray[Any], count: NDArray[Any], seen: NDArray[Any], points: NDArray[Any], used: int, y: int, x: int
) -> int:
    """Go on from the pixel before along pixels with two neighbours, to a fork, an end, or the ring's beginning."""
    start_x, start_y = points[used - 1]
    last_x, last_y = start_x, start_y
    while True:
        points[used, 0], points[used, 1] = x, y
        used += 1
        if count[y, x] != 2 or (x == start_x and y == start_y):
            return used
        seen[y, x] = True
        next_x, next_y = -1, -1
        for side in range(8):
            ny, nx = y + _DY[side], x + _DX[side]
            if lines[ny, nx] and not (nx == last_x and ny == last_y):
                next_x, next_y = nx, ny
        if next_x < 0:
            return used
        last_x, last_y, x, y = x, y, next_x, next_y


@kernel
def components(mask: NDArray[Any]) -> NDArray[Any]:
    """Number the parts of a shape that hang together, over corners too, from 1; 0 outside.

    Returns
    -------
    ndarray, int64, (rows, columns)
    """
    number = np.zeros(mask.shape, np.int64)
    ys, xs = np.nonzero(mask)
    stack = np.empty((len(ys) + 1, 2), np.int64)
    last = 0
    for k in range(len(ys)):
        if number[ys[k], xs[k]]:
            continue
        last += 1
        number[ys[k], xs[k]] = last
        stack[0, 0], stack[0, 1] = ys[k], xs[k]
        depth = 1
        while depth:
            depth -= 1
            y, x = stack[depth]
            for side in range(8):
                ny, nx = y + _DY[side], x + _DX[side]
                if mask[ny, nx] and not number[ny, nx]:
                    number[ny, nx] = last
                    stack[depth, 0], stack[depth, 1] = ny, nx
                    depth += 1
    return number
