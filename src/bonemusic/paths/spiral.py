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
    """The spiral without its music: a knot every half turn, and one at either end.

    A knot is the mean of the turn around it: a whole turn holds neither music nor eccentricity. Between knots runs the
    cubic spline, whose curvature has no steps that could be heard; only where it would turn outwards (lead-out into
    locked groove) is it held back. What the spiral leaves of a sharp bend stays in the remainder, below 20 Hz.
    """
    means = mean_radius(line)
    last = float(line.turns[-1])
    halves = means(np.arange(int(2 * last) + 1) / 2)
    outer = means(np.array([0, 1, 2]) * END_TURNS)
    final = means(last - np.array([2, 1, 0]) * END_TURNS)
    turns = np.r_[0.0, np.arange(1, len(halves)) / 2, last]
    value = np.r_[1.5 * outer[0] - 0.5 * outer[1], (halves[1:] + halves[:-1]) / 2, 1.5 * final[1] - 0.5 * final[0]]
    widths = np.diff(turns)
    rises = np.diff(value) / widths
    slope = _slopes(widths, rises, np.diff(outer)[0] / END_TURNS, np.diff(final)[0] / END_TURNS)
    before, after = np.r_[rises[:1], rises], np.r_[rises, rises[-1:]]
    least = STEEPEST * np.minimum(np.abs(before), np.abs(after))
    turning = (before * after <= 0) | (slope * after <= 0)
    return Knots(turns, value, np.where(turning, 0.0, np.clip(slope, -least, least)))


def _slopes(widths: NDArray[Any], rises: NDArray[Any], first: float, last: float) -> NDArray[Any]:
    """Slopes at the knots for which the second derivative has no steps, (knots,), those at the ends being given."""
    over = 1 / widths
    wanted = 3 * (rises[1:] * over[1:] + rises[:-1] * over[:-1])
    wanted[0] -= over[0] * first
    wanted[-1] -= over[-1] * last
    inner = tridiagonal(2 * (over[1:] + over[:-1]), over[1:-1], wanted[None])[0]
    return np.concatenate([[first], inner, [last]])


def tridiagonal(diagonal: NDArray[Any], beside: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """Solve a symmetric tridiagonal system, (n,) and (n-1,), for each row of `wanted`, (rows, n)."""
    pivot, out = diagonal.copy(), wanted.copy()
    for k in range(len(beside)):
        part = beside[k] / pivot[k]
        pivot[k + 1] -= part * beside[k]
        out[:, k + 1] -= part * out[:, k]
    out[:, -1] /= pivot[-1]
    for k in range(len(beside) - 1, -1, -1):
        out[:, k] = (out[:, k] - beside[k] * out[:, k + 1]) / pivot[k]
    return out


def locked_from(line: Polar) -> float | None:
    """Where the locked groove begins, in turns: the last turn, or more, that runs in its own track. None: no such."""
    last = float(line.turns[-1])
    places = last - np.arange(int((last - 1) * PER_TURN) + 1) / PER_TURN  # backwards from the end
    apart = np.abs(np.interp(places, line.turns, line.radius_m) - np.interp(places - 1, line.turns, line.radius_m))
    open_at = np.flatnonzero(apart > LOCKED_M)
    if len(open_at) and open_at[0] == 0:
        return None
    return float(places[open_at[0] - 1] if len(open_at) else places[-1]) - 1
