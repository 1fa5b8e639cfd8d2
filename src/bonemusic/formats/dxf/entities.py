"""What DXF's entities are drawn as: each takes up its numbers pair by pair, and is drawn when the next one begins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from .gather import BENDS, MIRRORS

MASK = (1 << 53) - 1


def word(text: str) -> int:
    """A name as one number, capitals or not: exact up to six letters, and hardly ever shared beyond."""
    value = 0
    for c in text.upper().encode():
        value = (value * 257 + c) & MASK
    return value


MOST_HIDDEN = 256
"""Layers that are frozen or off; of more, files are not drawings of discs."""

# The whole numbers that are kept: where reading is; what the entity says; the line that is open.
(SECTION, KIND, PAIRS, UNITS, VARIABLE, FLAGS, UNSEEN, GOT, HELD, OPEN, MIRRORED, CLOSED, BENT, CHAIN, LAYER,
 HIDDEN_COUNT, INTS) = range(17)  # fmt: skip
# The other numbers.
X, Y, X2, Y2, RADIUS, FROM, TO, BULGE, FIRST, TILT_X, TILT_Y, TILT_Z, LAST_X, LAST_Y, FLOATS = range(15)

AWAITED, HEADER, TABLES, ENTITIES, ELSEWHERE = range(1, 6)
SPLINES, ELLIPSES, INSERTS, TILTED, TALLIES = range(5)

OTHER, LINE, POLYLINE, VERTEX, LWPOLYLINE, ARC, CIRCLE, SPLINE, ELLIPSE, INSERT, LAYER_ROW = range(11)
_SECTION, _ENDSEC = word("SECTION"), word("ENDSEC")
_HEADER, _TABLES, _ENTITIES, _INSUNITS = word("HEADER"), word("TABLES"), word("ENTITIES"), word("$INSUNITS")
_LAYER = word("LAYER")
_LINE, _POLYLINE, _VERTEX, _LWPOLYLINE = word("LINE"), word("POLYLINE"), word("VERTEX"), word("LWPOLYLINE")
_ARC, _CIRCLE, _SPLINE, _ELLIPSE = word("ARC"), word("CIRCLE"), word("SPLINE"), word("ELLIPSE")
_INSERT = word("INSERT")
_ALL_OF_XY, _ALL_OF_LINE = 3, 15


def begun() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """What `tags.scan` keeps between chunks: whole and other numbers, hidden layers, and how much was passed over."""
    return np.zeros(INTS, np.int64), np.zeros(FLOATS), np.zeros(MOST_HIDDEN, np.int64), np.zeros(TALLIES, np.int64)


@kernel
def _kind(name: int, section: int) -> int:
    """What an entity is by its name."""
    kind = OTHER
    if section == TABLES:
        kind = LAYER_ROW if name == _LAYER else OTHER
    elif section == ENTITIES:
        if name == _VERTEX:
            kind = VERTEX
        elif name == _LINE:
            kind = LINE
        elif name == _POLYLINE:
            kind = POLYLINE
        elif name == _LWPOLYLINE:
            kind = LWPOLYLINE
        elif name == _ARC:
            kind = ARC
        elif name == _CIRCLE:
            kind = CIRCLE
        elif name == _SPLINE:
            kind = SPLINE
        elif name == _ELLIPSE:
            kind = ELLIPSE
        elif name == _INSERT:
            kind = INSERT
    return kind


@kernel
def tag(code: int, value: float, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int) -> int:
    """Take up a number of an entity; the number of points so far."""
    if code == 10:
        if i[KIND] == LWPOLYLINE:
            if i[HELD]:
                n = _point(out, n, f[X], f[Y], f[BULGE], i)
            i[HELD], f[BULGE], f[Y] = 1, 0.0, 0.0
        f[X] = value
        i[GOT] |= 1
    elif code == 20:
        f[Y] = value
        i[GOT] |= 2
    elif code == 11:
        f[X2] = value
        i[GOT] |= 4
    elif code == 21:
        f[Y2] = value
        i[GOT] |= 8
    elif code == 40:
        f[RADIUS] = value
    elif code == 41:
        f[FIRST] = value
    elif code == 42:
        f[BULGE] = value
    elif code == 50:
        f[FROM] = value
    elif code == 51:
        f[TO] = value
    elif code == 60:
        i[UNSEEN] |= value != 0
    elif code == 67:
        i[UNSEEN] |= value == 1  # on the sheet of paper, not in the model
    elif code == 62:
        i[CLOSED] = value < 0  # of a layer: it is off
    elif code == 70:
        i[FLAGS] = int(value)
    elif code == 210:
        f[TILT_X] = value
    elif code == 220:
        f[TILT_Y] = value
    elif code == 230:
        f[TILT_Z] = value
    return n


@kernel
def _point(out: NDArray[Any], n: int, x: float, y: float, bulge: float, i: NDArray[Any]) -> int:
    if i[UNSEEN]:
        return n
    out[n, 0], out[n, 1], out[n, 2] = x, y, bulge
    if bulge != 0.0:
        i[BENT] = BENDS
    return n + 1


@kernel
def _end(ends: NDArray[Any], m: int, n: int, flags: int, i: NDArray[Any]) -> int:
    ends[m, 0], ends[m, 1] = n, flags | i[BENT]
    i[BENT] = 0
    return m + 1


@kernel
def finish(
    i: NDArray[Any], f: NDArray[Any], hidden: NDArray[Any], tally: NDArray[Any], out: NDArray[Any], n: int,
    ends: NDArray[Any], m: int, circles: NDArray[Any], c: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Draw the entity that has come to its end; points, lines and circles so far."""
    kind = i[KIND]
    if kind == VERTEX:
        if i[OPEN] == 1 and not i[FLAGS] & 16 and i[GOT] == _ALL_OF_XY:  # 16: a spline's frame
            i[UNSEEN] = 0
            n = _point(out, n, f[X], f[Y], f[BULGE], i)
        return n, m, c
    if kind == LAYER_ROW:
        if (i[FLAGS] & 1 or i[CLOSED]) and i[HIDDEN_COUNT] < MOST_HIDDEN:
            hidden[i[HIDDEN_COUNT]] = i[LAYER]
        i[HIDDEN_COUNT] += i[FLAGS] & 1 or i[CLOSED]
        return n, m, c
    flat = abs(f[TILT_X]) < 1e-6 and abs(f[TILT_Y]) < 1e-6
    side = -1.0 if f[TILT_Z] < 0 else 1.0  # seen from below: x runs the other way
    if kind == POLYLINE:
        i[OPEN] = 2 if i[UNSEEN] or i[FLAGS] & 80 or not flat else 1  # 16, 64: nets
        i[CLOSED] = i[FLAGS] & 1
        i[MIRRORED] = MIRRORS if side < 0 and not i[FLAGS] & 8 else 0
        tally[TILTED] += not flat and not i[UNSEEN]
    elif kind == LWPOLYLINE:
        if i[HELD]:
            n = _point(out, n, f[X], f[Y], f[BULGE], i)
            if not i[UNSEEN]:
                m = _end(ends, m, n, (i[FLAGS] & 1) | (MIRRORS if side < 0 else 0), i)
    elif i[UNSEEN]:
        return n, m, c
    elif kind == LINE:
        if i[GOT] == _ALL_OF_LINE:
            if not i[CHAIN] or f[X] != f[LAST_X] or f[Y] != f[LAST_Y]:
                if i[CHAIN]:
                    m = _end(ends, m, n, 0, i)
                n = _point(out, n, f[X], f[Y], 0.0, i)
            n = _point(out, n, f[X2], f[Y2], 0.0, i)
            i[CHAIN], f[LAST_X], f[LAST_Y] = 1, f[X2], f[Y2]
    elif kind == SPLINE:
        tally[SPLINES] += 1
    elif kind == INSERT:
        tally[INSERTS] += 1
    elif kind == ELLIPSE:  # some programs write circles so
        whole = abs(abs(f[BULGE] - f[FIRST]) - 2.0 * math.pi) < 1e-4
        if whole and abs(f[RADIUS] - 1.0) < 1e-3:
            circles[c, 0], circles[c, 1], circles[c, 2] = f[X], f[Y], math.hypot(f[X2], f[Y2])
            c += 1
        else:
            tally[ELLIPSES] += 1
    elif kind == ARC or kind == CIRCLE:  # noqa: SIM109 (kernels know no tuples)
        if not flat:
            tally[TILTED] += 1
        elif kind == CIRCLE:
            circles[c, 0], circles[c, 1], circles[c, 2] = side * f[X], f[Y], abs(f[RADIUS])
            c += 1
        elif f[RADIUS] > 0:  # two halves: the bulge of a whole circle has no bounds
            sweep = math.radians((f[TO] - f[FROM]) % 360.0)
            sweep = sweep if sweep > 0 else 2.0 * math.pi
            for half in range(3):
                angle = math.radians(f[FROM] % 360.0) + 0.5 * half * sweep
                x, y = f[X] + f[RADIUS] * math.cos(angle), f[Y] + f[RADIUS] * math.sin(angle)
                n = _point(out, n, side * x, y, side * math.tan(sweep / 8.0) if half < 2 else 0.0, i)
            m = _end(ends, m, n, 0, i)
    return n, m, c


@kernel
def begin(name: int, i: NDArray[Any], f: NDArray[Any], ends: NDArray[Any], m: int, n: int) -> int:
    """Begin what pair 0 names; the number of lines so far."""
    kind = _kind(name, i[SECTION])
    if i[CHAIN] and kind != LINE:
        m = _end(ends, m, n, 0, i)
        i[CHAIN] = 0
    if i[OPEN] and kind != VERTEX:
        if i[OPEN] == 1:
            m = _end(ends, m, n, i[CLOSED] | i[MIRRORED], i)
        i[OPEN] = 0
    if name == _SECTION:
        i[SECTION] = AWAITED
    elif name == _ENDSEC:
        i[SECTION] = 0
    i[KIND] = kind
    i[FLAGS] = i[UNSEEN] = i[GOT] = i[HELD] = i[VARIABLE] = i[LAYER] = 0
    if kind != VERTEX:
        i[CLOSED] = 0
        f[TILT_X], f[TILT_Y], f[TILT_Z] = 0.0, 0.0, 1.0
    f[BULGE] = f[FIRST] = f[RADIUS] = f[FROM] = f[TO] = f[X] = f[Y] = f[X2] = f[Y2] = 0.0
    return m


@kernel
def take_name(code: int, name: int, i: NDArray[Any], hidden: NDArray[Any]) -> None:
    """Take up a text: the name of a section, a variable, a layer."""
    if code == 2:
        if i[SECTION] == AWAITED:
            i[SECTION] = ELSEWHERE
            if name == _HEADER:
                i[SECTION] = HEADER
            elif name == _TABLES:
                i[SECTION] = TABLES
            elif name == _ENTITIES:
                i[SECTION] = ENTITIES
        elif i[KIND] == LAYER_ROW:
            i[LAYER] = name
    elif code == 9:
        i[VARIABLE] = name == _INSUNITS
    elif code == 8:
        for k in range(i[HIDDEN_COUNT]):
            if hidden[k] == name:
                i[UNSEEN] = 1
