"""A disc as G-code: groove, then label, hole and outline; a beam's power, or a tool's depth in passes."""

from __future__ import annotations

import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...paths.drawing import Circle
from ...paths.layers import Layer
from ...paths.line import Line
from ...progress import Progress
from ..base import CutDisc
from . import arcs, dialect, rotary
from .depth import Z_DIGITS, depths, greatest_depth, heights, passes
from .program import Program
from .spell import turned, word

ZERO = ("X0 Y0 is the centre of the spindle hole, Z0 the top of the sheet",)


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as G-code to an open file; gives the number of points drawn.

    Coordinates are millimetres from the spindle hole's centre, absolute, with the decimals that the grid needs.

    Raises
    ------
    FormatError
        A turntable axis in a dialect that has none.
    """
    assert cut.line is not None
    spoken = dialect.of(cut.machine)
    if cut.machine.turn_steps is not None:
        return rotary.write(out, cut, spoken, progress)
    program = Program(out, cut, spoken, cut.line.step_m)
    program.head(cut, ZERO)
    for layer in cut.before:
        _layer(program, layer, greatest_depth(cut))
    program.announce_groove(cut)
    points = _groove(program, cut, progress)
    for layer in cut.layers:
        _layer(program, layer, greatest_depth(cut))
    program.end()
    return points


def _groove(program: Program, cut: CutDisc, progress: Progress) -> int:
    """The groove's pieces in one go where one pass does; else each piece in its passes, one after another."""
    assert cut.line is not None
    count = passes(greatest_depth(cut), cut.machine.pass_depth_m)
    step_mm = program.step_mm
    end = cut.line.first * cut.line.wave.turns_per_point
    silent = arcs.silences(cut.line) if program.dialect.arcs else []
    drawn = 0
    for x, y in cut.line.pieces(lambda x, y: (x, y), progress):
        begin, end = end, _end(x, y, end)
        for number in range(1, count + 1):
            z = heights(cut, begin, end, len(x), number / count)
            if number > 1 or count > 1 or not drawn:
                if drawn or number > 1:
                    program.stop()
                program.start(x[0] * step_mm, y[0] * step_mm, depth_m=-float(z[0]) * 1e-3 / 10**Z_DIGITS)
            program.points = 0
            here = [(a, b) for a, b in silent if a < end and b > begin]
            _piece(program, cut.line, (x, y, z), begin, here)
        drawn += program.points
    program.stop()
    return drawn + 1


def _piece(
    program: Program,
    line: Line,
    points: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    begin: float,
    silent: list[tuple[float, float]],
) -> None:
    """A piece's points, silence as arcs."""
    x, y, z = points
    done = 0
    angle = np.unwrap(np.arctan2(y, x)) / (2 * np.pi) if silent else np.zeros(len(x))
    turns = angle + (begin - angle[0])
    for a, b in arcs.within(silent, turns) if silent else ():
        ends = tuple(np.array([x[k], y[k]]) * line.step_m for k in (a, b))
        round_it = arcs.along(line.wave.spiral, turns[a], turns[b], (ends[0], ends[1]), b - a, line.step_m)
        if round_it:
            program.moves(x[done : a + 1], y[done : a + 1], z[done : a + 1], program.step_mm)
            program.arcs(round_it, int(z[b]))
            done = b
    program.moves(x[done:], y[done:], z[done:], program.step_mm)


def _end(x: NDArray[Any], y: NDArray[Any], begin: float) -> float:
    """The turn at which a piece ends that begins at `begin`."""
    first, last = (math.atan2(y[k], x[k]) / (2 * math.pi) % 1.0 for k in (0, -1))
    return round(begin - first) + turned(x, y) + last


def _layer(program: Program, layer: Layer, groove_depth_m: float) -> None:
    """Circles and lines, each in its passes: the hole is done before the outline lets the disc go."""
    program.announce(layer)
    for circle in layer.circles:
        for depth_m in depths(layer, program.machine, groove_depth_m):
            _circle(program, circle, layer, depth_m)
    for line in layer.lines:
        for depth_m in depths(layer, program.machine, groove_depth_m) if len(line) > 1 else ():
            _line(program, line * 1e3, layer, depth_m)


def _line(program: Program, line: NDArray[Any], layer: Layer, depth_m: float) -> None:
    """A polyline in mm."""
    program.start(line[0, 0], line[0, 1], layer.speed_m_s, layer.power, depth_m)
    x, y = (np.ascontiguousarray(line[:, k]) for k in (0, 1))
    program.moves(x, y, np.full(len(x), program.last[2], np.int32), 1.0)
    program.stop()


def _circle(program: Program, circle: Circle, layer: Layer, depth_m: float) -> None:
    """Two half arcs, counter-clockwise: some controllers take a full one for none."""
    x, y, r = (1e3 * length for length in (circle.x_m, circle.y_m, circle.radius_m))
    left, right, middle, d = (*(word(v, program.digits) for v in (x - r, x + r, y)), program.digits)
    program.start(x + r, y, layer.speed_m_s, layer.power, depth_m)
    program.line(f"G3 X{left} Y{middle} I{word(-r, d)} J0")
    program.line(f"G3 X{right} Y{middle} I{word(r, d)} J0")
    program.stop()
