"""How long a machine's controller takes for a line: its acceleration, its corners, its lines per second.

A controller knows the lines that are to come, and is never faster at the end of one than lets it slow down for all
that follow. The planner here is that of Grbl: speed changes at one constant rate, and a corner is passed at the speed
at which that rate would just carry a circle round it that stays within δ, the junction deviation, of the corner.

References
----------
.. [1] S. K. Jeon, "Improving Grbl: Cornering Algorithm", 2011; the corner's speed.
.. [2] Grbl 1.1, planner.c, "Planner speed definition"; the two passes over the speeds between lines.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..presets import Machine


def seconds(x: NDArray[Any], y: NDArray[Any], step_m: float, machine: Machine) -> float:
    """Time that a machine takes to draw a polyline, from rest to rest.

    Speed is `groove_speed_m_s`, else `speed_m_s`; a limit that the machine does not name is none at all. A corner
    between two lines at the angle θ (π: straight on) is passed at most at v² = a·δ·s/(1 - s) with s = sin(θ/2), a the
    acceleration and δ `corner_m` [1]_. Between corners speed changes by a, at most [2]_. No line takes less than
    1/`lines_per_s`.

    What comes is known for all of the line: real planners look some 16 lines ahead and, on lines that are short for
    their speed, slow down for an end that never comes. Nor are modelled: axes that together do more than one alone (up
    to √2 in diagonals), limits of a turntable's axis, moves of the tool up and down, and waiting for a slow sender.

    Parameters
    ----------
    x, y : ndarray, (n,), n >= 1
        In steps, as `Line.pieces` gives them; with a turntable axis the angle in steps of a turn, and the radius.
        Points that are equal to the one before are left out, as writers do.
    step_m : float
    machine : Machine

    Returns
    -------
    float
        In seconds; 0 for a machine without any limit.
    """
    along_m, across_m = _moves_m(x, y, step_m, machine.turn_steps)
    length_m = np.hypot(along_m, across_m)
    moves = length_m > 0
    speed_m_s = _limit(machine.groove_speed_m_s or machine.speed_m_s)
    line_s = 1 / machine.lines_per_s if machine.lines_per_s else 0.0
    if machine.acceleration_m_s2 is None:
        return float(np.maximum(length_m[moves] / speed_m_s, line_s).sum())
    return _planned(
        along_m[moves], across_m[moves], length_m[moves], speed_m_s, machine.acceleration_m_s2,
        _limit(machine.corner_m), line_s,
    )  # fmt: skip


def _limit(value: float | None) -> float:
    return math.inf if value is None else value


def _moves_m(
    x: NDArray[Any], y: NDArray[Any], step_m: float, turn_steps: int | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The way from each point to the next. On a turntable the groove runs straight under the tool, so its way is taken
    along the groove and across it."""
    if turn_steps is None:
        return np.diff(x) * step_m, np.diff(y) * step_m
    halfway_m = 0.5 * (y[1:] + y[:-1]) * step_m
    return np.diff(x) * (2 * math.pi / turn_steps) * halfway_m, np.diff(y) * step_m


@kernel
def _planned(
    dx: NDArray[Any], dy: NDArray[Any], length: NDArray[Any],
    speed: float, acceleration: float, corner: float, line_s: float,
) -> float:  # fmt: skip
    """Time for moves of those lengths, all more than 0, in SI."""
    count = len(length)
    entry = np.zeros(count + 1)  # squares of the speeds at which lines begin; at rest before the first, after the last
    for k in range(1, count):
        ux, uy = dx[k - 1] / length[k - 1], dy[k - 1] / length[k - 1]
        wx, wy = dx[k] / length[k], dy[k] / length[k]
        half_sine = math.sqrt(max(0.0, 0.5 * (1.0 + ux * wx + uy * wy)))
        # 1 - s from the difference of directions, which stays exact for corners of a thousandth of a degree
        less = 0.25 * ((wx - ux) ** 2 + (wy - uy) ** 2) / (1.0 + half_sine)
        limit = speed * speed
        if half_sine < 1e-6:
            limit = 0.0
        elif less > 0.0:
            limit = min(limit, acceleration * corner * half_sine / less)
        entry[k] = limit
    for k in range(count - 1, 0, -1):
        entry[k] = min(entry[k], entry[k + 1] + 2.0 * acceleration * length[k])
    total = 0.0
    for k in range(count):
        entry[k + 1] = min(entry[k + 1], entry[k] + 2.0 * acceleration * length[k])
        top = min(speed * speed, 0.5 * (entry[k] + entry[k + 1]) + acceleration * length[k])
        fastest = math.sqrt(top)
        changing = (2.0 * fastest - math.sqrt(entry[k]) - math.sqrt(entry[k + 1])) / acceleration
        even = length[k] - (2.0 * top - entry[k] - entry[k + 1]) / (2.0 * acceleration)
        total += max(changing + max(even, 0.0) / fastest, line_s)
    return total
