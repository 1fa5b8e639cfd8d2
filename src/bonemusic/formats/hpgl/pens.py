"""What HP-GL's commands do to the pen, by kernels. Positions are kept in the units that the file speaks in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ..dxf.gather import BENDS


def code(letters: str) -> int:
    """A command as a number, not 0."""
    return (ord(letters[0]) - 65) * 26 + ord(letters[1]) - 64


# The whole numbers that are kept between chunks.
(COMMAND, GIVEN, HALF, DOWN, RELATIVE, PEN, DRAWING, BENT, SCALED, CORNERS, GUESSED, SKIP, LABEL_END,
 LIFTED, ABSOLUTE, EXPECTED, FRACTION, SEVEN, INTS) = range(19)  # fmt: skip
# The other numbers: the pen's place in user units; those to plotter units; P1, P2; what SC said; what is given.
X, Y, GAIN_X, GAIN_Y, OFF_X, OFF_Y, P1X, P1Y, P2X, P2Y, SC, GIVEN_AT, FLOATS = *range(11), 17, 27
MOST_GIVEN = FLOATS - GIVEN_AT

PU, PD, PA, PR = code("PU"), code("PD"), code("PA"), code("PR")
_IN, _DF, _SP, _IP, _SC, _CI = code("IN"), code("DF"), code("SP"), code("IP"), code("SC"), code("CI")
_AA, _AR, _AT, _RT = code("AA"), code("AR"), code("AT"), code("RT")
CURVED = code("BZ")
"""What is counted for curves that are passed over."""
ALIKE = 1e-6
GUESS = 0.0254 / 96 / 25e-6
"""Plotter units in a user unit where only the plotter knows: a 96th of an inch."""
ETX = 3


def begun() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """What is kept between chunks: whole numbers, others, and how often each command came that is not carried out."""
    ints, floats = np.zeros(INTS, np.int64), np.zeros(FLOATS)
    ints[PEN], ints[LABEL_END] = 1, ETX
    floats[GAIN_X] = floats[GAIN_Y] = 1.0
    return ints, floats, np.zeros(26 * 26 + 1, np.int64)


@kernel
def _put(out: NDArray[Any], n: int, i: NDArray[Any], f: NDArray[Any], bulge: float) -> int:
    """The pen's place, as a point in plotter units."""
    out[n, 0], out[n, 1] = f[GAIN_X] * f[X] + f[OFF_X], f[GAIN_Y] * f[Y] + f[OFF_Y]
    out[n, 2] = bulge
    if bulge != 0.0:
        i[BENT] = BENDS
    return n + 1


@kernel
def move(x: float, y: float, bulge: float, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int) -> int:
    """Move the pen to a place, in user units, by a line or an arc; the number of points so far."""
    draws = i[DOWN] and i[PEN] != 0
    if draws:
        bulge = -bulge if f[GAIN_X] * f[GAIN_Y] < 0 else bulge
        if not i[DRAWING]:
            n = _put(out, n, i, f, bulge)
            i[DRAWING] = 1
        elif bulge != 0.0:
            out[n - 1, 2] = bulge
            i[BENT] = BENDS
    f[X], f[Y] = x, y
    if draws:
        n = _put(out, n, i, f, 0.0)
    return n


@kernel
def lift(i: NDArray[Any], ends: NDArray[Any], m: int, n: int) -> int:
    """End the line that is being drawn, if there is one; the number of lines so far."""
    if i[DRAWING]:
        ends[m, 0], ends[m, 1] = n, i[BENT]
        i[DRAWING] = i[BENT] = 0
        return m + 1
    return m


@kernel
def _rescale(i: NDArray[Any], f: NDArray[Any]) -> None:
    """Work out user units anew; the pen stays where it is."""
    x, y = f[GAIN_X] * f[X] + f[OFF_X], f[GAIN_Y] * f[Y] + f[OFF_Y]
    f[GAIN_X], f[GAIN_Y], f[OFF_X], f[OFF_Y] = 1.0, 1.0, 0.0, 0.0
    if i[SCALED]:
        low_x, high_x, low_y, high_y, kind = f[SC], f[SC + 1], f[SC + 2], f[SC + 3], f[SC + 4]
        wide, tall = f[P2X] - f[P1X], f[P2Y] - f[P1Y]
        if kind == 2.0:
            gain_x, gain_y = high_x, high_y
        elif i[CORNERS]:
            gain_x, gain_y = wide / (high_x - low_x), tall / (high_y - low_y)
        else:
            gain_x, gain_y = GUESS, GUESS
            i[GUESSED] = 1
        off_x, off_y = f[P1X] - gain_x * low_x, f[P1Y] - gain_y * low_y
        if kind == 1.0:  # of one scale, and in the middle
            least = min(abs(gain_x), abs(gain_y))
            gain_x, gain_y = math.copysign(least, gain_x), math.copysign(least, gain_y)
            off_x = f[P1X] - gain_x * low_x + 0.5 * (wide - gain_x * (high_x - low_x))
            off_y = f[P1Y] - gain_y * low_y + 0.5 * (tall - gain_y * (high_y - low_y))
        if 0.0 < abs(gain_x) < 1e9 and 0.0 < abs(gain_y) < 1e9:
            f[GAIN_X], f[GAIN_Y], f[OFF_X], f[OFF_Y] = gain_x, gain_y, off_x, off_y
    f[X], f[Y] = (x - f[OFF_X]) / f[GAIN_X], (y - f[OFF_Y]) / f[GAIN_Y]


@kernel
def _arc(x: float, y: float, sweep: float, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int) -> int:
    """Move along an arc about (x, y), by degrees, counter-clockwise where they are positive."""
    sweep = math.copysign(min(abs(sweep), 360.0), sweep)
    pieces = 2 if abs(sweep) > 180.0 else 1
    angle = math.radians(sweep / pieces)
    cos, sin = math.cos(angle), math.sin(angle)
    for _ in range(pieces):
        dx, dy = f[X] - x, f[Y] - y
        n = move(x + dx * cos - dy * sin, y + dx * sin + dy * cos, math.tan(0.25 * angle), i, f, out, n)
    return n


@kernel
def _bulge(x: float, y: float, mid_x: float, mid_y: float, end_x: float, end_y: float) -> float:
    """The bulge of an arc through three points: the angle at the middle one is what is left of half of it."""
    ax, ay, bx, by = x - mid_x, y - mid_y, end_x - mid_x, end_y - mid_y
    cross, dot = ax * by - ay * bx, ax * bx + ay * by
    if cross == 0.0:
        return 0.0
    return math.copysign(math.tan(0.5 * (math.pi - math.atan2(abs(cross), dot))), -cross)


@kernel
def _even(f: NDArray[Any]) -> bool:
    """Whether a circle stays one."""
    return bool(abs(abs(f[GAIN_X]) - abs(f[GAIN_Y])) <= ALIKE * abs(f[GAIN_X]))


@kernel
def execute(
    i: NDArray[Any], f: NDArray[Any], tally: NDArray[Any], out: NDArray[Any], n: int, ends: NDArray[Any], m: int,
    circles: NDArray[Any], c: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Carry out a command whose numbers have all come; points, lines and circles so far. Pen moves are already made."""
    command, given = i[COMMAND], i[GIVEN]
    i[COMMAND] = i[GIVEN] = i[HALF] = 0
    g = GIVEN_AT
    if command == _IN or command == _DF:  # noqa: SIM109 (kernels know no tuples)
        m = lift(i, ends, m, n)
        i[RELATIVE] = i[SCALED] = i[CORNERS] = 0
        i[LABEL_END] = ETX
        f[P1X] = f[P1Y] = f[P2X] = f[P2Y] = 0.0
        _rescale(i, f)
        if command == _IN:
            i[DOWN] = 0
            f[X] = f[Y] = 0.0
    elif command == _SP:
        m = lift(i, ends, m, n)
        i[PEN] = int(f[g]) if given else 0
    elif command == _IP:
        i[CORNERS] = given >= 2
        if given >= 4:
            f[P1X], f[P1Y], f[P2X], f[P2Y] = f[g], f[g + 1], f[g + 2], f[g + 3]
        elif given >= 2:  # the other corner goes along
            f[P2X], f[P2Y] = f[P2X] + f[g] - f[P1X], f[P2Y] + f[g + 1] - f[P1Y]
            f[P1X], f[P1Y] = f[g], f[g + 1]
        _rescale(i, f)
    elif command == _SC:
        i[SCALED] = given >= 4
        for k in range(5):
            f[SC + k] = f[g + k] if k < given else 0.0
        _rescale(i, f)
    elif command == _CI and given:
        if not _even(f):
            tally[CURVED] += 1
        elif i[PEN]:
            circles[c, 0], circles[c, 1] = f[GAIN_X] * f[X] + f[OFF_X], f[GAIN_Y] * f[Y] + f[OFF_Y]
            circles[c, 2] = abs(f[GAIN_X] * f[g])
            c += 1
    elif (command == _AA or command == _AR) and given >= 3:  # noqa: SIM109
        from_x, from_y = (f[X], f[Y]) if command == _AR else (0.0, 0.0)
        tally[CURVED] += not _even(f)
        n = _arc(from_x + f[g], from_y + f[g + 1], f[g + 2], i, f, out, n)
    elif (command == _AT or command == _RT) and given >= 4:  # noqa: SIM109
        from_x, from_y = (f[X], f[Y]) if command == _RT else (0.0, 0.0)
        tally[CURVED] += not _even(f)
        mid_x, mid_y, x, y = from_x + f[g], from_y + f[g + 1], from_x + f[g + 2], from_y + f[g + 3]
        n = move(x, y, _bulge(f[X], f[Y], mid_x, mid_y, x, y), i, f, out, n)
    elif command == PU:
        m = lift(i, ends, m, n)
    elif command != PD and command != PA and command != PR:
        tally[command] += 1
    return n, m, c
