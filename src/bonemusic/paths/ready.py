"""A groove made ready for a machine: on which grid, whether points are searched for, how many are worth it."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np

from ..groove import Groove
from ..presets import Disc, Machine
from ..progress import Progress, silent
from . import grid, search
from .line import Line, Search

DIGITS = 100
"""A move of fewer steps than this takes two digits."""
SEARCH_RATE_HZ = 48_000
"""Where points are searched for, the wave is sampled so often, whatever points are then drawn."""
MOST_WORTH = 30.0
ROUNDS = 5
GLANCES, GLANCE_S = 5, 0.1
"""How often, and how long each time, it is looked how many points a side takes."""


def is_searched(machine: Machine, disc: Disc, rpm: Fraction) -> bool:
    """Whether points are searched for on a machine's grid, on that disc: not where it may go finer than is searched."""
    speed_m_s = math.pi * disc.recorded_diameter_m * float(rpm) / 60
    finest_m = _searched_step_m(machine) if machine.spacing_m else min(machine.step_m, machine.finest_step_m)
    return search.is_searchable(finest_m, machine.spacing_m, speed_m_s, machine.bandwidth_hz)


def _searched_step_m(machine: Machine) -> float:
    """The grid's step; where points must keep a distance of very many steps, a multiple of it that can be searched."""
    return machine.step_m * max(math.ceil(machine.spacing_m / (3 * search.FINEST * machine.step_m) - 1e-9), 1)


def strays_m(machine: Machine, disc: Disc, rpm: Fraction) -> float:
    """How far the drawn line lies from the groove at most, to either side.

    Rounding moves it by half a step, and feeding errors back by a little more now and then, which is left out; as is
    how far corners lie outside the bends that lines cut.
    """
    if not is_searched(machine, disc, rpm):
        return 0.5 * machine.step_m
    slowest_m_s = math.pi * disc.locked_diameter_m * float(rpm) / 60
    step_m = _searched_step_m(machine)
    cell_m = search.cell_length_m(step_m, machine.spacing_m, slowest_m_s, machine.bandwidth_hz)
    return search.strays(step_m, cell_m) * step_m


def ready(
    groove: Groove,
    disc: Disc,
    machine: Machine,
    bandwidth_hz: float,
    progress: Progress = silent,
    turning: bool = False,
) -> Line:
    """All of a groove as the line that a machine draws.

    Parameters
    ----------
    groove : Groove
    disc : Disc
    machine : Machine
    bandwidth_hz : float
        Highest frequency that is drawn.
    progress : Progress
    turning : bool
        Whether its turntable axis turns the disc, where it has one; else the line is one in x and y.
    """
    whole = machine.path_points or grid.PIECE
    turn_steps = machine.turn_steps if turning else None
    if turn_steps is not None or not is_searched(machine, disc, groove.rpm):
        drawn = grid.wave(groove, int(machine.points_per_s), bandwidth_hz, progress)
        step_m = _first_step_m(drawn, machine)
        return Line.of(drawn, step_m, turn_steps, piece=max(min(grid.PIECE, whole - 1), 2))
    drawn = grid.wave(groove, SEARCH_RATE_HZ, bandwidth_hz, progress, raised=False)
    # a sample is more than half a cell, and not nearly all cells hold a point
    piece: float = max(min(grid.PIECE, whole // 2), 2)
    if machine.file_turns:  # so many pieces to a file, whose points are then searched for once
        in_file = machine.file_turns / drawn.turns_per_point
        piece = max(in_file / math.ceil(in_file / piece), 2.0)
    sought = Search(machine.spacing_m, search.WORTH)
    line = Line.of(drawn, _searched_step_m(machine), search=sought, piece=piece)
    return _thinned(line, groove, machine.points_per_s, machine.spacing_m)


def _first_step_m(drawn: grid.Wave, machine: Machine) -> float:
    """The machine's grid; where it has none, the step at which the longest move takes two digits: files stay small."""
    longest_m = float(drawn.spiral.value.max()) * 2 * math.pi * drawn.turns_per_point
    return max(machine.finest_step_m, min(machine.step_m, longest_m / DIGITS))


def _thinned(line: Line, groove: Groove, points_per_s: float, spacing_m: float) -> Line:
    """The line with points so dear that there are no more than so many in a second; as it is if there are no more."""
    music = groove.music
    span = line.wave.points_per_s / groove.rate_hz
    glance = round(GLANCE_S * line.wave.points_per_s)
    starts = np.linspace(music.first * span, max(music.last * span - glance, music.first * span), GLANCES).astype(int)

    def count(tried: Line) -> float:
        taken = [len(tried.points(int(a), min(int(a) + glance, line.last))[0]) - 1 for a in starts if a + 2 < line.last]
        return sum(taken) / max(len(taken) * GLANCE_S, 1e-9)

    def dear(worth: float) -> Line:
        return dataclasses.replace(line, search=Search(spacing_m, worth), held={})

    low, high = search.WORTH, MOST_WORTH
    if count(line) <= points_per_s:
        return line
    for _ in range(ROUNDS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if count(dear(middle)) > points_per_s else (low, middle)
    return dear(high)
