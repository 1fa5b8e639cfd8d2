"""Where lines that are drawn on meet."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Line: TypeAlias = NDArray[Any]
Stretch: TypeAlias = tuple[Line, Line]
"""A straight piece, from one point to another."""


def on_line(point: Line, way: Line, through: list[Stretch], middle: Line) -> Line:
    """Where a line that is drawn on meets one that goes through; else the foot of the fork's middle on it."""
    best: Line | None = None
    least = math.inf
    for a, b in through:
        along = b - a
        cross = way[0] * along[1] - way[1] * along[0]
        if abs(cross) > 1e-6:
            gap = a - point
            back = (gap[0] * along[1] - gap[1] * along[0]) / cross
            share = (gap[0] * way[1] - gap[1] * way[0]) / cross
            if back <= 0 and -0.2 <= share <= 1.2 and -back < least:
                best, least = a + share * along, -back
    if best is not None:
        return best
    feet = [
        a + np.clip((middle - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-9), 0, 1) * (b - a) for a, b in through
    ]
    return min(feet, key=lambda foot: float(np.hypot(*(foot - point))))


def of_all(points: list[Line], ways: list[Line]) -> Line | None:
    """The point that all lines drawn on pass by most closely; None where they are parallel.

    Of three, one that comes between the two others is kept straight: the point lies on it.
    """
    normal = np.array([[-way[1], way[0]] for way in ways])
    if len(ways) == 3:
        base = min(range(3), key=lambda k: float(ways[k] @ (ways[k - 1] + ways[k - 2])))
        normal[base] *= 10.0
    if np.linalg.svd(normal, compute_uv=False)[-1] < 0.3:
        return None
    return np.asarray(np.linalg.lstsq(normal, np.sum(normal * np.array(points), axis=1), rcond=None)[0])
