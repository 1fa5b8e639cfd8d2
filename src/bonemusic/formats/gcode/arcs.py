"""Silence as arcs: where nothing moves the groove off its spiral, one G3 stands for many points.

Only where the wave itself is silent: what a grid carries below half a step, by shaping its error, is sound as well. The
arcs follow the spiral, not the grid's points, so they are truer than what they replace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...groove import Knots
from ...paths.line import Line

SILENT = 1e-3
"""A wave is silent where it stays within this part of a step."""
LEAST_SAMPLES = 64
LEAST_POINTS = 16
"""Fewer points than this are no longer than the arc that would stand for them."""
TOLERANCE, END_TOLERANCE = 0.02, 0.5
"""How far an arc may lie beside the spiral, in steps; and one that begins or ends at a point of the grid, which may
itself be a step beside it."""
WIDEST_TURN = 0.25
BETWEEN = (0.25, 0.75)
"""Where an arc through both ends and the middle is furthest off."""


@dataclass(frozen=True)
class Arc:
    """An arc, counter-clockwise: where it ends and where its centre lies, metres."""

    end: tuple[float, float]
    centre: tuple[float, float]


def silences(line: Line) -> list[tuple[float, float]]:
    """Where nothing moves a line off its spiral: first and last turn of each stretch."""
    wave = line.wave
    loud = np.abs(wave.lateral_m[line.first : line.last + 1]) > SILENT * line.step_m
    edges = np.flatnonzero(np.diff(np.concatenate([[True], loud, [True]]).astype(np.int8)))
    return [
        ((line.first + a) * wave.turns_per_point, (line.first + b - 1) * wave.turns_per_point)
        for a, b in edges.reshape(-1, 2).tolist()
        if b - a >= LEAST_SAMPLES
    ]


def within(stretches: list[tuple[float, float]], turns: NDArray[Any]) -> list[tuple[int, int]]:
    """The points, by their turns, that lie in stretches: first and last of each, where they are enough."""
    found = []
    for begin, end in stretches:
        a, b = int(np.searchsorted(turns, begin)), int(np.searchsorted(turns, end, "right")) - 1
        if b - a >= LEAST_POINTS:
            found.append((a, b))
    return found


def along(
    spiral: Knots, begin: float, end: float, ends: tuple[NDArray[Any], NDArray[Any]], points: int, step_m: float
) -> list[Arc]:
    """Arcs that follow a spiral from one turn to another, within TOLERANCE; none where points are as good.

    Parameters
    ----------
    ends : two ndarrays, (2,)
        The drawn points at both ends, metres, on a grid and so a little beside the spiral.
    points : int
        How many points the arcs are to stand for.
    """
    count = max(1, math.ceil((end - begin) / WIDEST_TURN))
    while count * LEAST_POINTS <= points:
        places = np.linspace(begin, end, count + 1)
        corner = _point(spiral, places)
        _, off = _fitted(spiral, places, corner)
        if off.max() <= TOLERANCE * step_m:
            corner[0], corner[-1] = ends
            centre, off = _fitted(spiral, places, corner)
            if off.max() > END_TOLERANCE * step_m:
                return []
            return [
                Arc((x, y), (cx, cy)) for (x, y), (cx, cy) in zip(corner[1:].tolist(), centre.tolist(), strict=True)
            ]
        count *= 2
    return []


def _fitted(spiral: Knots, places: NDArray[Any], corner: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Centres of the arcs from corner to corner through the spiral midway, and how far they lie beside it."""
    width = places[1] - places[0]
    centre = _centre(corner[:-1], _point(spiral, places[:-1] + width / 2), corner[1:])
    radius = np.hypot(*(corner[:-1] - centre).T)
    off = [np.abs(np.hypot(*(_point(spiral, places[:-1] + u * width) - centre).T) - radius) for u in BETWEEN]
    return centre, np.array(off)


def _point(spiral: Knots, turns: NDArray[Any]) -> NDArray[Any]:
    angle = 2 * np.pi * turns
    radius = spiral.at(turns)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)


def _centre(a: NDArray[Any], b: NDArray[Any], c: NDArray[Any]) -> NDArray[Any]:
    """Centres of the circles through three points each."""
    p, q = b - a, c - a
    twice = 2 * (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])
    pp, qq = (p**2).sum(axis=1), (q**2).sum(axis=1)
    x, y = (q[:, 1] * pp - p[:, 1] * qq) / twice, (p[:, 0] * qq - q[:, 0] * pp) / twice
    return np.asarray(a + np.stack([x, y], 1))
