"""The shape of letters -> the strokes that a pen would have drawn them with."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import thinning
from .branches import Branch, Graph
from .smoothing import Shape, smoothed

Line: TypeAlias = NDArray[Any]

_MOST_BRANCHES = 500
"""Of a letter; what has more is no letter, and is drawn as it was thinned."""


def strokes(mask: NDArray[Any], half_px: float) -> list[Line]:
    """Centre lines of letters.

    The shape is thinned; branches are cut back where they meet, because thinning bends them there, and joined anew.

    Parameters
    ----------
    mask : ndarray, bool, (rows, columns)
        The letters; a margin of 2 pixels or more is outside.
    half_px : float
        Half the width of the font's strokes. What is thicker than two strokes is drawn around.

    Returns
    -------
    list of ndarray, float64, (n, 2)
        Polylines in pixels, y down.
    """
    dots, rest = _dots(mask, half_px)
    depth = thinning.distances(rest)
    thick = depth > 2.6 * half_px
    if thick.any():
        rest &= ~thick
        depth = thinning.distances(rest)
    lines = rest.copy()
    thinning.thin(lines)
    pixels, starts = thinning.follow(lines)
    branches = [Branch(pixels[a:b].astype(np.float64), _nodes(pixels[[a, b - 1]], mask)) for a, b in pairwise(starts)]
    if len(branches) > _MOST_BRANCHES:
        return dots + [branch.points for branch in branches]
    shape = Shape(rest, depth, half_px)
    return dots + [smoothed(pieces, ring, shape) for pieces, ring in Graph(branches, shape).chains()]


def half_stroke(mask: NDArray[Any]) -> float:
    """Half the width of the strokes of a plain letter, in pixels: the depth along its thinned lines, in the median."""
    away = thinning.distances(mask)
    lines = mask.copy()
    thinning.thin(lines)
    return float(np.median(away[lines])) if lines.any() else 0.0


def _dots(mask: NDArray[Any], half_px: float) -> tuple[list[Line], NDArray[Any]]:
    """What is no longer than it is wide, as small circles; and the rest."""
    numbers = thinning.components(mask)
    dots: list[Line] = []
    rest = mask.copy()
    ys, xs = np.nonzero(mask)
    owner = numbers[ys, xs]
    for number in range(1, int(owner.max(initial=0)) + 1):
        own = owner == number
        x, y = xs[own], ys[own]
        if max(np.ptp(x), np.ptp(y)) + 1 > 3.2 * half_px:
            continue
        rest[y, x] = False
        radius = 0.6 * math.sqrt(len(x) / math.pi)
        if radius < 0.15 * half_px:
            continue
        angle = np.linspace(0, 2 * math.pi, 11)
        dots.append(np.column_stack([x.mean() + radius * np.cos(angle), y.mean() + radius * np.sin(angle)]))
    return dots, rest


def _nodes(pixels: NDArray[Any], mask: NDArray[Any]) -> list[int]:
    return [int(y) * mask.shape[1] + int(x) for x, y in pixels]
