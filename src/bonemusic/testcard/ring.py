"""The ring of patches around the groove: a sector for each setting, its figures beside it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..paths.layers import Layer
from ..presets import Machine
from . import palette
from .frame import LETTER_M, MM, Drawn
from .strokes import around
from .trials import Trial

GAPS_MM = (1.3, 0.95, 0.7, 0.5, 0.36, 0.26, 0.19)
"""Between a patch's lines from the outside in: by where they run together the least pitch is found."""
FILLED = 0.86
"""Part of its sector that a patch fills."""
OUTER_MM = 68.6
"""Of the outermost line of a patch; the innermost lies at 64.3, outside the groove's 60."""
FIGURES_MM = (70.6, 74.2)
"""On which radii speed and strength stand."""
WAVE_HZ = 1000.0
POINTS_PER_WAVE = 8
"""Fewer where the machine wants points further apart (assumed: it is to look and cut like a groove, not to sound)."""
TURN_S = 60 / 78
"""The card turns at 78 rpm."""


def patches(machine: Machine, trials: tuple[Trial, ...], swing_m: float) -> Drawn:
    """One patch for each trial, clockwise from the top.

    Parameters
    ----------
    machine : Machine
    trials : tuple of Trial
        At most 20.
    swing_m : float
        Peak swing of the lines, which wave as a groove does that holds a tone of `WAVE_HZ`.

    Returns
    -------
    Drawn
        A layer for each patch, `patch-01` … in the order of the trials, each of its own colour.
    """
    layers: list[Layer] = []
    marks: list[NDArray[np.float64]] = []
    sector = 2 * math.pi / len(trials)
    for number, (trial, colour) in enumerate(zip(trials, palette.hues(machine), strict=False), 1):
        middle = middle_rad(number, len(trials))
        lines = tuple(
            arc(radius, middle - FILLED * sector / 2, middle + FILLED * sector / 2, swing_m, machine.spacing_m)
            for radius in MM * (OUTER_MM - np.cumsum((0.0, *GAPS_MM)))
        )
        layers.append(Layer(f"patch-{number:02}", colour, lines, (), trial.power, trial.speed_m_s, trial.depth_m))
        strength, speed = trial.words
        marks += around(speed, LETTER_M, FIGURES_MM[0] * MM, middle)
        marks += around(strength, 1.2 * LETTER_M, FIGURES_MM[1] * MM, middle)
    return Drawn(tuple(layers), tuple(marks))


def middle_rad(number: int, count: int) -> float:
    """The angle at which the middle of patch `number` lies, counted from 1."""
    return math.pi / 2 - (number - 0.5) * 2 * math.pi / count


def arc(radius_m: float, from_rad: float, to_rad: float, swing_m: float, spacing_m: float = 0.0) -> NDArray[np.float64]:
    """A stretch of groove that holds a tone, (n, 2), counter-clockwise, its points at least `spacing_m` apart."""
    cycles_per_rad = TURN_S * WAVE_HZ / (2 * math.pi)
    apart_rad = max(1 / (POINTS_PER_WAVE * cycles_per_rad), spacing_m / (radius_m - swing_m))
    angle = np.linspace(from_rad, to_rad, max(math.floor((to_rad - from_rad) / apart_rad), 1) + 1)
    radius = radius_m + swing_m * np.sin(2 * math.pi * cycles_per_rad * (angle - from_rad))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
