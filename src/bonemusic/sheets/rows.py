"""Marks that follow each other like the letters of a line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .marks import AREA, BORDER, BOTTOM, CONTRAST, DEEPEST, EDGE, INK, LEFT, RIGHT, RUNS_ACROSS, RUNS_DOWN, TOP

LEAST_HEIGHT, MOST_HEIGHT = 5, 56
LEAST_DEPTH = 36
"""Of 255: grey letters on grey that stand out by less are hardly read."""
MOST_LETTERS = 20_000
"""What a page of a newspaper holds; of more, as in noise, those that stand out most."""
TURNED = [TOP, LEFT, BOTTOM, RIGHT, AREA, CONTRAST, INK, RUNS_DOWN, RUNS_ACROSS, EDGE, BORDER, DEEPEST]
"""The columns of marks for writing that runs down: the same as if the picture were turned."""


def rows_of(table: NDArray[Any]) -> list[NDArray[Any]]:
    """Letters that stand in one row: of like height and colour, with no wider gap between two than a letter is high.

    Parameters
    ----------
    table : ndarray, (marks, 12)

    Returns
    -------
    list of ndarray, (letters, 12)
        From left to right.
    """
    high = table[:, BOTTOM] - table[:, TOP]
    wide = table[:, RIGHT] - table[:, LEFT]
    full = table[:, AREA] / np.maximum(high * wide, 1)
    like = (high >= LEAST_HEIGHT) & (high <= MOST_HEIGHT) & (table[:, AREA] >= 6) & (table[:, DEEPEST] >= LEAST_DEPTH)
    like &= (wide < 2.5 * high) | ((full > 0.12) & (wide < 25 * high))
    letters = table[like]
    if len(letters) > MOST_LETTERS:
        letters = letters[np.argsort(-letters[:, DEEPEST], kind="stable")[:MOST_LETTERS]]
    letters = letters[np.argsort(letters[:, LEFT], kind="stable")]
    heads = _linked(letters)
    order = np.argsort(heads, kind="stable")
    cuts = np.flatnonzero(np.diff(heads[order])) + 1
    return [letters[each] for each in np.split(order, cuts)] if len(order) else []


@kernel
def _linked(letters: NDArray[Any]) -> NDArray[Any]:
    """Which letters are of one row: each one's first neighbour's number."""
    count = len(letters)
    parent = np.arange(count)
    for i in range(count):
        top, right, bottom = letters[i, 1], letters[i, 2], letters[i, 3]
        high = bottom - top
        for j in range(i + 1, count):
            other = letters[j, 3] - letters[j, 1]
            if letters[j, 0] > right + 120:
                break
            tall, low = max(high, other), min(high, other)
            if letters[j, 0] - right > 1.6 * tall or tall > 2.2 * low:
                continue
            if min(bottom, letters[j, 3]) - max(top, letters[j, 1]) < 0.55 * low:
                continue
            strong = max(letters[i, 11], letters[j, 11])
            if abs(letters[i, 6] - letters[j, 6]) > 0.25 * strong or min(letters[i, 11], letters[j, 11]) < 0.4 * strong:
                continue
            a, b = i, j
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            parent[max(a, b)] = min(a, b)
    for i in range(count):
        a = i
        while parent[a] != a:
            a = parent[a]
        parent[i] = a
    return parent


def looks_written(row: NDArray[Any]) -> float:
    """How much a row looks like writing rather than anatomy: above 0 it is, below -4 it is not.

    Ink stands out far and alike, its edges are sharp, and a line of it is many strokes. The weights are a logistic
    regression's over 250 lines of eight typefaces, 10 to 80 px high, blurred and packed as JPEG, on seven films,
    against all rows of marks that the films have without them.
    """
    weight = row[:, AREA] / row[:, AREA].sum()
    deep = float(weight @ row[:, DEEPEST])
    strokes = row[:, RUNS_ACROSS].sum() / (row[:, BOTTOM].max() - row[:, TOP].min())
    much = 0.6 * np.log(len(row)) + 3.1 * np.log(strokes) + 5.0 * np.log(deep / 100) - 6.1
    if much < -6.0:  # what is still to come adds 1.5 at most
        return float(much)
    edge = float(weight @ (row[:, EDGE] / row[:, DEEPEST]))
    uneven = min(_strays(row[:, TOP]), _strays(row[:, BOTTOM])) / height(row)
    return float(much + 1.5 * min(edge, 1) - 1.3 * uneven)


def height(row: NDArray[Any]) -> float:
    """How high its letters are, in pixels."""
    return float(np.median(row[:, BOTTOM] - row[:, TOP]))


def _strays(edge: NDArray[Any]) -> float:
    """How far tops or feet stray from one level: the median of what they are off."""
    return float(np.median(np.abs(edge - np.median(edge))))
