"""Thin bright or dark marks in a picture, each with what tells ink from anatomy: kernels over pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

WIDEST = 9
"""Strokes are thinner than that; bones and vessels are wider, or their edges are soft."""
NEIGHBOURHOOD = 25
BLOCK = 64
GRAIN, FINE = 3.0, 2.0
"""Tops of noise over its median, and a median that is no grain yet; tried on six films, with noise of sigma 5 to 60."""
LEFT, TOP, RIGHT, BOTTOM, AREA, CONTRAST, INK, RUNS_ACROSS, RUNS_DOWN, EDGE, BORDER, DEEPEST = range(12)
"""Columns of a mark: its box, pixels, mean height above what lies around, its brightest value, strokes met by its rows
and columns all together, the sum of steps at its border and how many there are, its greatest height."""


def standing_out(grey: NDArray[Any]) -> NDArray[Any]:
    """How far each pixel is brighter than what is left when all that is thinner than `WIDEST` is taken away.

    An opening by a square (P. Soille, Morphological Image Analysis, 4.2), subtracted: the white top-hat.

    Parameters
    ----------
    grey : ndarray, uint8, (rows, columns)

    Returns
    -------
    ndarray, uint8, (rows, columns)
    """
    reach = WIDEST // 2
    worn = _least(_least(grey, reach).T, reach)
    under = _most(_most(worn, reach).T, reach)
    return np.asarray(grey - np.minimum(under, grey))


def above_grain(out: NDArray[Any]) -> NDArray[Any]:
    """The same, less what the film's grain and a scanner's noise make stand out all around.

    Writing covers less than half of any neighbourhood: the median there tells of grain alone. Noise's highest tops,
    many to a letter's size, are `GRAIN` times as high. Films without any stay as they are.

    Parameters
    ----------
    out : ndarray, uint8, (rows, columns)
        As `standing_out` gives it.
    """
    rows, columns = -(-out.shape[0] // BLOCK), -(-out.shape[1] // BLOCK)
    some = np.pad(out, ((0, rows * BLOCK - out.shape[0]), (0, columns * BLOCK - out.shape[1])), "edge")[::2, ::2]
    blocks = some.reshape(rows, BLOCK // 2, columns, BLOCK // 2).swapaxes(1, 2).reshape(rows, columns, -1)
    middle = np.median(blocks, axis=2)
    padded = np.pad(middle, 1, "edge")
    middle = np.max([padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0)
    tops = np.clip(GRAIN * np.maximum(middle - FINE, 0), 0, 255).astype(np.uint8)
    if not tops.any():
        return out
    for y in range(rows):
        part = out[y * BLOCK : (y + 1) * BLOCK]
        high = np.repeat(tops[y], BLOCK)[: out.shape[1]]
        part -= np.minimum(part, high)
    return out


def ink(out: NDArray[Any], least: int) -> NDArray[Any]:
    """Which pixels stand out by at least so much, and by near half as much as the most around them.

    Returns
    -------
    ndarray, uint8, (rows, columns)
        0 or 1.
    """
    reach = NEIGHBOURHOOD // 2
    around = _most(_most(out, reach).T, reach).T
    return np.asarray((out >= least) & (out >= around * np.float32(0.45)), np.uint8)


def marks(grey: NDArray[Any], out: NDArray[Any], inked: NDArray[Any]) -> NDArray[Any]:
    """All connected marks.

    Returns
    -------
    ndarray, float32, (marks, 12)
        Columns as named above.
    """
    labels, count = _labelled(inked)
    return _measured(grey, out, labels, count)


@kernel
def _least(grey: NDArray[Any], reach: int) -> NDArray[Any]:
    """The least of each row's neighbours (van Herk's blocks: two passes whatever the reach)."""
    rows, columns = grey.shape
    size = 2 * reach + 1
    result = np.empty((rows, columns), np.uint8)
    padded = columns + 2 * reach
    padded += (-padded) % size
    line, ahead = np.empty(padded, np.uint8), np.empty(padded, np.uint8)
    for row in range(rows):
        line[:] = 255
        line[reach : reach + columns] = grey[row]
        for i in range(padded):
            ahead[i] = line[i] if i % size == 0 else min(ahead[i - 1], line[i])
        for i in range(padded - 2, -1, -1):
            if (i + 1) % size:
                line[i] = min(line[i + 1], line[i])
        for i in range(columns):
            result[row, i] = min(line[i], ahead[i + 2 * reach])
    return result


@kernel
def _most(grey: NDArray[Any], reach: int) -> NDArray[Any]:
    """The greatest of each row's neighbours."""
    rows, columns = grey.shape
    size = 2 * reach + 1
    result = np.empty((rows, columns), np.uint8)
    padded = columns + 2 * reach
    padded += (-padded) % size
    line, ahead = np.empty(padded, np.uint8), np.empty(padded, np.uint8)
    for row in range(rows):
        line[:] = 0
        line[reach : reach + columns] = grey[row]
        for i in range(padded):
            ahead[i] = line[i] if i % size == 0 else max(ahead[i - 1], line[i])
        for i in range(padded - 2, -1, -1):
            if (i + 1) % size:
                line[i] = max(line[i + 1], line[i])
        for i in range(columns):
            result[row, i] = max(line[i], ahead[i + 2 * reach])
    return result


@kernel
def _labelled(inked: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Number what hangs together, corners too, from 1 on: one pass with merging of numbers, one to make them plain."""
    rows, columns = inked.shape
    labels = np.zeros((rows, columns), np.int32)
    parent = np.zeros(rows * ((columns + 1) // 2) + 2, np.int32)
    used = 0
    for y in range(rows):
        for x in range(columns):
            if inked[y, x] == 0:
                continue
            best = 0
            for k in range(4):
                yy = y if k == 0 else y - 1
                xx = x - 1 if k == 0 else x - 2 + k
                if yy < 0 or xx < 0 or xx >= columns or labels[yy, xx] == 0:
                    continue
                other = labels[yy, xx]
                while parent[other] != other:
                    parent[other] = parent[parent[other]]
                    other = parent[other]
                if best == 0:
                    best = other
                elif other < best:
                    parent[best] = other
                    best = other
                else:
                    parent[other] = best
            if best == 0:
                used += 1
                parent[used] = used
                best = used
            labels[y, x] = best
    count = 0
    plain = np.zeros(used + 1, np.int32)
    for n in range(1, used + 1):
        root = n
        while parent[root] != root:
            root = parent[root]
        if root == n:
            count += 1
            plain[n] = count
        else:
            plain[n] = plain[root]
    for y in range(rows):
        for x in range(columns):
            labels[y, x] = plain[labels[y, x]]
    return labels, count


@kernel
def _measured(grey: NDArray[Any], out: NDArray[Any], labels: NDArray[Any], count: int) -> NDArray[Any]:
    """The table of `marks`."""
    rows, columns = labels.shape
    table = np.zeros((count + 1, 12), np.float32)
    table[:, 0] = columns
    table[:, 1] = rows
    for y in range(rows):
        for x in range(columns):
            n = labels[y, x]
            if n == 0:
                continue
            mark = table[n]
            mark[0] = min(mark[0], x)
            mark[1] = min(mark[1], y)
            mark[2] = max(mark[2], x + 1)
            mark[3] = max(mark[3], y + 1)
            mark[4] += 1
            mark[5] += out[y, x]
            mark[6] = max(mark[6], grey[y, x])
            mark[11] = max(mark[11], out[y, x])
            if x == 0 or labels[y, x - 1] != n:
                mark[7] += 1
                if x > 1:
                    mark[9] += abs(np.float32(grey[y, x]) - np.float32(grey[y, x - 2]))
                    mark[10] += 1
            if y == 0 or labels[y - 1, x] != n:
                mark[8] += 1
                if y > 1:
                    mark[9] += abs(np.float32(grey[y, x]) - np.float32(grey[y - 2, x]))
                    mark[10] += 1
    for n in range(1, count + 1):
        table[n, 5] /= table[n, 4]
        table[n, 9] /= max(table[n, 10], 1)
    return table[1:]
