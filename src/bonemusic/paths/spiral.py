"""The smooth spiral under a line, and the locked groove at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Knots
from .polar import Polar

LOCKED_M = 20e-6
"""Turns nearer than this are one and the same groove."""
PER_TURN = 32
END_TURNS = 0.25
STEEPEST = 3.0
"""A cubic that rises no faster than this times the straight line does not overshoot (Fritsch and Carlson, 1980)."""


def mean_radius(line: Polar) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The line's radius as means: a function that takes edges in turns, (n,), and gives the n-1 means between them."""
    steps = np.diff(line.turns)
    area = np.empty(len(line.turns))
    area[0] = 0.0
    np.add(line.radius_m[1:], line.radius_m[:-1], out=area[1:])
    area[1:] *= 0.5
    area[1:] *= steps
    del steps
    np.cumsum(area, out=area)

    def means(edges: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.diff(np.interp(edges, line.turns, area)) / np.diff(edges))

    return means


def smooth(line: Polar) -> Knots:
    """The spiral without its music: a knot each turn at the mean of that turn, and one at either end.

    The mean over a whole turn holds no music, and no eccentricity either. What it leaves (a lead-in's bend) stays in
    the remainder, far below what is heard.
    """
    means = mean_radius(line)
    last = float(line.turns[-1])
    inner = np.arange(1, int(last - 0.5) + 1)
    edges = np.arange(len(inner) + 1) + 0.5
    outer = means(np.array([0, 1, 2]) * END_TURNS)
    final = means(last - np.array([2, 1, 0]) * END_TURNS)
    turns = np.r_[0.0, inner, last]
    value = np.r_[1.5 * outer[0] - 0.5 * outer[1], means(edges), 1.5 * final[1] - 0.5 * final[0]]
    rises = np.diff(value) / np.diff(turns)
    slope = np.r_[np.diff(outer) / END_TURNS, 0.5 * (rises[1:] + rises[:-1]), np.diff(final) / END_TURNS]
    least = STEEPEST * np.minimum(np.abs(np.r_[rises[:1], rises]), np.abs(np.r_[rises, rises[-1:]]))
    turning = np.r_[slope[0] * rises[0], rises[1:] * rises[:-1], slope[-1] * rises[-1]] <= 0
    return Knots(turns, value, np.where(turning, 0.0, np.clip(slope, -least, least)))


def locked_from(line: Polar) -> float | None:
    """Where the locked groove begins, in turns: the last turn, or more, that runs in its own track. None: no such."""
    last = float(line.turns[-1])
    places = last - np.arange(int((last - 1) * PER_TURN) + 1) / PER_TURN  # backwards from the end
    apart = np.abs(np.interp(places, line.turns, line.radius_m) - np.interp(places - 1, line.turns, line.radius_m))
    open_at = np.flatnonzero(apart > LOCKED_M)
    if len(open_at) and open_at[0] == 0:
        return None
    return float(places[open_at[0] - 1] if len(open_at) else places[-1]) - 1
