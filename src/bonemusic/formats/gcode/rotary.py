"""A disc as G-code for a turntable axis: X is the radius, A the angle in degrees.

A counts up all along the groove. By ISO 841 a positive turn of A moves the tool counter-clockwise against the work,
seen from above, which is how a groove runs; so it is the table that turns clockwise, as a record does.

F cannot be the speed along the groove: where X moves as well, controllers take F as X's alone (LinuxCNC manual, Feed
Rate; Marlin follows it), and X barely moves while the table turns. So LinuxCNC is given each move's time (G93), and
Marlin, which has no G93, the F that its rule makes the right speed of.
"""

from __future__ import annotations

import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...paths.drawing import Circle
from ...paths.layers import Layer
from ...progress import Progress
from ..base import CutDisc
from .depth import Z_DIGITS, depths, greatest_depth, heights, passes
from .dialect import Dialect
from .program import Program, groove_speed
from .spell import INVERSE_TIME, LONGEST_AXIS, decimals, spell_turning, word

ZERO = (
    "X is the radius: X0 is the table's axis; Z0 is the top of the sheet",
    "A is the angle in degrees; counting up, the table turns clockwise",
)
CHORD_M = 0.1e-3
"""Straight lines are cut so short that they bend less than 1 µm towards the spindle hole."""


def write(out: IO[bytes], cut: CutDisc, spoken: Dialect, progress: Progress) -> int:
    """Write a groove whose points are (angle, radius); gives the number of points drawn."""
    assert cut.line is not None
    assert cut.machine.turn_steps is not None
    program = Turning(out, cut, spoken, cut.line.step_m, 360 / cut.machine.turn_steps)
    program.head(cut, ZERO)
    deepest = greatest_depth(cut)
    count = passes(deepest, cut.machine.pass_depth_m)
    for layer in cut.before:
        _layer(program, layer, deepest)
    program.announce_groove(cut)
    drawn = 0
    for a, r in cut.line.pieces(lambda a, r: (a, r), progress):
        begin, end = int(a[0]) / cut.machine.turn_steps, int(a[-1]) / cut.machine.turn_steps
        for number in range(1, count + 1):
            z = heights(cut, begin, end, len(a), number / count)
            if count > 1 or not drawn:
                if drawn or number > 1:
                    program.leave()
                depth_m = -float(z[0]) * 1e-3 / 10**Z_DIGITS
                program.reach(a[0] * program.step_deg, r[0] * program.step_mm, depth_m=depth_m)
            program.points = 0
            program.turn(a, r, z, (program.step_deg, program.step_mm), groove_speed(cut.machine))
        drawn += program.points
    program.leave()
    for layer in cut.layers:
        _layer(program, layer, deepest)
    program.end()
    return drawn + 1


class Turning(Program):
    """The lines of a file for a turntable axis. `last` holds A, X and Z."""

    def __init__(self, out: IO[bytes], cut: CutDisc, dialect: Dialect, step_m: float, step_deg: float) -> None:
        super().__init__(out, cut, dialect, step_m)
        self.step_deg = step_deg
        self.a_digits = decimals(step_deg)
        self.timed = dialect.inverse_time

    def reach(
        self, a: float, r: float, speed_m_s: float | None = None, power: float | None = None, depth_m: float = 0.0
    ) -> None:
        """Get ready to draw from an angle (degrees) and a radius (mm)."""
        words = (f"X{word(r, self.digits)}", f"A{word(a, self.a_digits)}")
        self.begin(words, self.feed(speed_m_s), power, depth_m)
        self.line("G93 G1 F1000" if self.timed else "G1 F1000")
        self.last[:2] = round(a * 10**self.a_digits), round(r * 10**self.digits)

    def leave(self) -> None:
        """The end of what `reach` began."""
        if self.timed:
            self.line("G94")
        self.stop()

    def turn(
        self, a: NDArray[Any], r: NDArray[Any], z: NDArray[Any], units: tuple[float, float], speed_m_s: float
    ) -> None:
        """Draw through angles and radii, given in units (degrees, mm); z in last decimals."""
        room = self.room(len(a))
        digits = (self.a_digits, self.digits, Z_DIGITS)
        scales = (units[0] * 10**self.a_digits, units[1] * 10**self.digits)
        feed = INVERSE_TIME if self.timed else LONGEST_AXIS
        used, count = spell_turning(
            a, r, z, scales, digits, 60e3 * speed_m_s, feed, not self.dialect.modal, self.last, room
        )
        self.out.write(room[:used].data)
        self.points += count


def _layer(program: Turning, layer: Layer, groove_depth_m: float) -> None:
    """Each line and circle in its passes. The table goes on from where it is: a full circle adds a turn to A."""
    program.announce(layer)
    paths = [
        (np.array([0.0, 360.0]), np.full(2, 1e3 * circle.radius_m))
        if math.hypot(circle.x_m, circle.y_m) < program.step_mm * 1e-3
        else _polar(_around(circle))
        for circle in layer.circles
    ]
    paths += [_polar(line) for line in layer.lines if len(line) > 1]
    speed_m_s = layer.speed_m_s or groove_speed(program.machine)
    for angle, radius in paths:
        for depth_m in depths(layer, program.machine, groove_depth_m):
            here = float(program.last[0]) / 10**program.a_digits
            a = angle + 360.0 * round((here - angle[0]) / 360.0)
            program.reach(a[0], radius[0], speed_m_s, layer.power, depth_m)
            z = np.full(len(a), program.last[2], np.int32)
            program.turn(a, radius, z, (1.0, 1.0), speed_m_s)
            program.leave()


def _around(circle: Circle) -> NDArray[Any]:
    """A circle that does not lie about the spindle, as a polyline in metres."""
    count = max(64, math.ceil(2 * math.pi * circle.radius_m / CHORD_M))
    angle = np.linspace(0, 2 * np.pi, count + 1)
    return np.stack([circle.x_m + circle.radius_m * np.cos(angle), circle.y_m + circle.radius_m * np.sin(angle)], 1)


def _polar(line: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Degrees, unwound, and mm of a polyline in metres, cut into short chords."""
    way = np.append(0.0, np.hypot(*np.diff(line, axis=0).T).cumsum())
    places = np.unique(np.concatenate([way, np.linspace(0, way[-1], math.ceil(way[-1] / CHORD_M) + 1)]))
    x, y = (np.interp(places, way, line[:, k]) for k in (0, 1))
    return np.degrees(np.unwrap(np.arctan2(y, x))), 1e3 * np.hypot(x, y)
