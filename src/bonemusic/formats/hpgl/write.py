"""A disc as HP-GL: a pen for each colour, 1 for the groove, which is cut by relative moves.

HP-GL counts in plotter units of 0.025 mm from the lower left, in whole numbers (HP 7475A Interfacing and Programming
Manual, chapters 2 and 3). A machine whose step is a multiple of that gets them and nothing else. Finer steps need user
units: IP and SC say that 1000 plotter units are so many steps, which plotters of HP-GL/2 take (HP-GL/2 and RTL
Reference Guide, "Scale"). The disc is shifted so that no number is negative.
"""

from __future__ import annotations

import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ...paths.layers import Layer
from ...progress import Progress
from ..base import CutDisc

UNIT_M = 25e-6
SCALED_UNITS = 1000
"""Plotter units between the two points by which user units are told."""
CHORD_DEG = 1
"""Circles are drawn as so many degrees a line; the plotter's own 5 would leave 0.1 mm at a disc's rim."""
_LONGEST = 12


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as HP-GL to an open file; gives the number of points drawn.

    The pen is lowered once, at the first point, and lifted after the last. One command holds at most as many moves as
    the machine takes in a path.
    """
    assert cut.line is not None
    step_m = cut.line.step_m
    factor, scale = _units(step_m)
    half = math.ceil(cut.reach_m / step_m)
    most = cut.machine.path_points
    points = 1
    pens = _pens(cut)
    unit_m = step_m / factor

    def spelt(layer: Layer) -> bytes:
        if not layer.lines and not layer.circles:
            return b""
        speed = _speed(layer.speed_m_s or cut.machine.groove_speed_m_s)
        return f"SP{pens[layer.colour]};{speed}{_spelt(layer, unit_m, factor * half, most)}".encode("ascii")

    out.write(f"IN;{scale}".encode("ascii"))
    out.write(b"".join(map(spelt, cut.before)))
    out.write(f"SP1;{_speed(cut.machine.groove_speed_m_s)}".encode("ascii"))

    def finish(x: NDArray[Any], y: NDArray[Any]) -> tuple[tuple[int, int], bytes, int]:
        return (int(x[0]), int(y[0])), *spell(x, y, factor, most or len(x))

    begun = False
    for (x, y), body, moves in cut.line.pieces(finish, progress):
        if not begun:
            out.write(f"PU{factor * (x + half)},{factor * (y + half)};PD;\n".encode("ascii"))
            begun = True
        points += moves
        out.write(body)
    out.write(b"PU;PA;\n")
    out.write(b"".join(map(spelt, cut.layers)))
    out.write(b"SP0;\n")
    return points


def _pens(cut: CutDisc) -> dict[str, int]:
    """The pen of each colour: 1 to 3 are the machine's groove, label and cut, so that all parts of a side agree."""
    machine = cut.machine
    colours = [machine.groove_colour, machine.label_colour, machine.cut_colour]
    colours += (layer.colour for layer in (*cut.before, *cut.layers))
    return {colour: pen for pen, colour in enumerate(dict.fromkeys(colours), 1)}


def _units(step_m: float) -> tuple[int, str]:
    """By what whole number steps are multiplied, and what the file says of its units."""
    factor = round(step_m / UNIT_M)
    if factor and abs(step_m - factor * UNIT_M) < 1e-9 * step_m:
        return factor, ""
    across = f"{SCALED_UNITS * UNIT_M / step_m:.12g}"
    return 1, f"IP0,0,{SCALED_UNITS},{SCALED_UNITS};SC0,{across},0,{across};"


def _speed(speed_m_s: float | None) -> str:
    """VS takes centimetres per second."""
    return f"VS{100 * speed_m_s:.3g};" if speed_m_s else ""


def spell(x: NDArray[Any], y: NDArray[Any], factor: int, most: int) -> tuple[bytes, int]:
    """Relative moves through grid points, and their number; points that are where the one before is are left out.

    Parameters
    ----------
    x, y : ndarray, int32, (n,)
        In steps, n >= 2.
    factor : int
        Units in a step.
    most : int
        Moves of one command.
    """
    out = np.empty((len(x) + 1) * (2 * _LONGEST + 6), np.uint8)
    used, moves = _spell(x, y, factor, most, out)
    return out[:used].tobytes(), moves


@kernel
def _whole(out: NDArray[Any], at: int, value: Any) -> int:
    """Write a whole number and a comma; where the next byte goes."""
    if value < 0:
        out[at] = 45
        at += 1
        value = -value
    digits = 1
    ten = 10
    while value >= ten:
        ten *= 10
        digits += 1
    for d in range(digits - 1, -1, -1):
        out[at + d] = 48 + value % 10
        value //= 10
    out[at + digits] = 44
    return at + digits + 1


@kernel
def _spell(x: NDArray[Any], y: NDArray[Any], factor: int, most: int, out: NDArray[Any]) -> tuple[int, int]:
    at, moves, held = 0, 0, 0
    for k in range(1, len(x)):
        dx, dy = np.int64(x[k]) - np.int64(x[k - 1]), np.int64(y[k]) - np.int64(y[k - 1])
        if dx == 0 and dy == 0:
            continue
        if held == most:
            out[at - 1], out[at] = 59, 10  # a semicolon for the last comma, and a new line
            at += 1
            held = 0
        if held == 0:
            out[at], out[at + 1] = 80, 82
            at += 2
        at = _whole(out, at, dx * factor)
        at = _whole(out, at, dy * factor)
        moves += 1
        held += 1
    if held > 0:
        out[at - 1], out[at] = 59, 10
        at += 1
    return at, moves


def _spelt(layer: Layer, unit_m: float, half: int, most: int | None) -> str:
    """The circles and lines of a layer, in units from the lower left."""

    def at(x_m: float, y_m: float) -> str:
        return f"{half + round(x_m / unit_m)},{half + round(y_m / unit_m)}"

    said = [f"PU{at(c.x_m, c.y_m)};CI{round(c.radius_m / unit_m)},{CHORD_DEG};\n" for c in layer.circles]
    for line in layer.lines:
        points = [at(x, y) for x, y in line.tolist()]
        step = most or len(points)
        moves = [",".join(points[a : a + step]) for a in range(1, len(points), step)]
        said.append(f"PU{points[0]};" + "".join(f"PD{each};\n" for each in moves) + "PU;\n")
    return "".join(said)
