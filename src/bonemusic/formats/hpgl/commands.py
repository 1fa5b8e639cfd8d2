"""HP-GL's text, read by one kernel over its bytes, a chunk at a time.

Commands are two letters and numbers, parted by commas, blanks or signs, ended by a semicolon or the next command
(HP-GL/2 and RTL Reference Guide, "HP-GL/2 syntax"). PU, PD, PA and PR take any number of places; PE holds them as
digits of base 64. Beside them there are labels (text up to a mark), escape sequences and lines of PJL: they are
skipped.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ..svg.pathdata import LARGEST, number
from .encoded import encoded
from .pens import (
    ABSOLUTE,
    COMMAND,
    DOWN,
    DRAWING,
    ETX,
    EXPECTED,
    FRACTION,
    GAIN_X,
    GAIN_Y,
    GIVEN,
    GIVEN_AT,
    HALF,
    LABEL_END,
    LIFTED,
    MOST_GIVEN,
    OFF_X,
    OFF_Y,
    PA,
    PD,
    PR,
    PU,
    RELATIVE,
    SEVEN,
    SKIP,
    X,
    Y,
    code,
    execute,
    lift,
    move,
)

MORE, UNKNOWN, HUGE = range(3)
_PE, _LB, _DT, _CO = code("PE"), code("LB"), code("DT"), code("CO")
LABEL, QUOTED, WHOLE_LINE = 1, 2, 3
"""What is skipped: text up to its mark, up to a quotation mark, up to the end of a line."""


@kernel
def _letter(c: Any) -> Any:
    """A letter's place in the alphabet, capital or not; -1 for anything else."""
    c = c - 32 if c >= 97 else c
    return c - 65 if 65 <= c <= 90 else -1


@kernel
def _skipped(text: NDArray[Any], at: int, i: NDArray[Any]) -> int:
    """Where to go on after what is skipped."""
    last = 10 if i[SKIP] == WHOLE_LINE else 34 if i[SKIP] == QUOTED else i[LABEL_END]
    while at < len(text):
        at += 1
        if text[at - 1] == last:
            i[SKIP] = 0
            break
    return at


@kernel
def _escaped(text: NDArray[Any], at: int) -> int:
    """Where an escape sequence ends: ESC E, ESC % number letter, ESC . letter [numbers :]; -1 if that is not there."""
    size = len(text)
    k = at + 1
    if k >= size:
        return -1
    if text[k] == 37:  # %
        k += 1
        while k < size and (text[k] == 45 or 48 <= text[k] <= 57):
            k += 1
    elif text[k] == 46:  # .
        k += 1
        if k + 1 >= size:
            return -1
        if 48 <= text[k + 1] <= 57 or text[k + 1] == 59:
            while k < size and text[k] != 58:
                k += 1
    return k + 1 if k < size else -1


@kernel
def _moves_pen(command: Any) -> bool:
    return bool(command == PU or command == PD or command == PA or command == PR)  # noqa: SIM109


@kernel
def _numbered(
    value: float, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int, ends: NDArray[Any], m: int
) -> tuple[int, int]:
    """Take up a number of a command; points and lines so far."""
    command = i[COMMAND]
    if not _moves_pen(command):
        if i[GIVEN] < MOST_GIVEN:
            f[GIVEN_AT + i[GIVEN]] = value
            i[GIVEN] += 1
    elif not i[HALF]:
        f[GIVEN_AT] = value
        i[HALF] = 1
    else:
        i[HALF] = 0
        x, y = f[GIVEN_AT], value
        n = move(f[X] + x, f[Y] + y, 0.0, i, f, out, n) if i[RELATIVE] else move(x, y, 0.0, i, f, out, n)
    return n, m


@kernel
def _parts(c: Any) -> bool:
    """Whether it only parts numbers."""
    return bool(c == 44 or (c <= 32 and c != 27))


@kernel
def _moves(text: NDArray[Any], at: int, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int) -> tuple[int, int]:
    """Draw as many pairs of plain whole numbers as there are: most of any file. Where they end, and points so far."""
    x, y = f[X], f[Y]
    gain_x, gain_y, off_x, off_y = f[GAIN_X], f[GAIN_Y], f[OFF_X], f[OFF_Y]
    relative = i[RELATIVE] != 0
    first, size = 0, len(text)
    k, half = at, False
    while True:
        negative = k < size and text[k] == 45
        k += 1 if negative else 0
        value: Any = np.int64(0)
        begin = k
        while k < size and 48 <= text[k] <= 57 and k - begin < 9:
            value = value * 10 + (np.int64(text[k]) - 48)
            k += 1
        if k == begin or k >= size or not (_parts(text[k]) or text[k] == 45 or (half and text[k] == 59)):
            break
        value = -value if negative else value
        while k < size and _parts(text[k]):
            k += 1
        if not half:
            first, half = value, True
            continue
        x, y = (x + first, y + value) if relative else (float(first), float(value))
        out[n, 0], out[n, 1], out[n, 2] = gain_x * x + off_x, gain_y * y + off_y, 0.0
        n += 1
        at, half = k, False
    f[X], f[Y] = x, y
    return at, n


@kernel
def _begin(command: int, i: NDArray[Any], ends: NDArray[Any], m: int, n: int) -> int:
    """Begin a command; the number of lines so far."""
    i[COMMAND] = command
    if command == PU:
        m = lift(i, ends, m, n)
        i[DOWN] = 0
    elif command == PD:
        i[DOWN] = 1
    elif command == PR or command == PA:  # noqa: SIM109 (kernels know no tuples)
        i[RELATIVE] = command == PR
    elif command == _LB:
        i[SKIP] = LABEL
    elif command == _PE:
        i[LIFTED] = i[ABSOLUTE] = i[EXPECTED] = i[FRACTION] = i[SEVEN] = 0
    return m


@kernel
def scan(
    text: NDArray[Any], i: NDArray[Any], f: NDArray[Any], tally: NDArray[Any], out: NDArray[Any],
    ends: NDArray[Any], circles: NDArray[Any],
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Read a chunk as far as it holds whole commands and numbers.

    Parameters
    ----------
    text : ndarray, uint8, (bytes,)
    i, f, tally : ndarray
        What is kept from one chunk to the next; of `pens.begun`.
    out : ndarray, float64, (points, 3)
        Gets x, y (in plotter units) and bulge of what is drawn.
    ends : ndarray, int64, (lines, 2)
        For each line that ends: how many points of `out` there are by then, and what it is.
    circles : ndarray, float64, (circles, 3)
        Get x, y and radius.

    Returns
    -------
    at, points, lines, circles : int
        How many bytes were read, and what was found in them.
    code : int
        MORE, or what is wrong at `at`.
    """
    size = len(text)
    at, n, m, c = 0, 0, 0, 0
    while at < size:
        if i[SKIP]:
            at = _skipped(text, at, i)
            continue
        seen: Any = np.int64(text[at])
        if i[COMMAND] == _PE and seen != 59 and seen > 32:
            after, n, m = encoded(text, at, i, f, out, n, ends, m)
            if after < 0:
                return at, n, m, c, UNKNOWN
            if after == at:
                break
            if abs(f[X]) > LARGEST or abs(f[Y]) > LARGEST:
                return at, n, m, c, HUGE
            at = after
        elif _parts(seen):
            at += 1
        elif 48 <= seen <= 57 or seen == 45 or seen == 46 or seen == 43:
            if i[DRAWING] and not i[HALF] and _moves_pen(i[COMMAND]):
                after, n = _moves(text, at, i, f, out, n)
                if after > at:
                    at = after
                    continue
            value, after = number(text, at)
            if after >= size or (after == at and at + 2 >= size):  # the rest comes with the next chunk
                break
            if after == at or i[COMMAND] == 0:
                return at, n, m, c, UNKNOWN
            if abs(value) > LARGEST or abs(f[X]) > LARGEST or abs(f[Y]) > LARGEST:
                return at, n, m, c, HUGE
            n, m = _numbered(value, i, f, out, n, ends, m)
            at = after
        elif seen == 34 and i[COMMAND] != 0:
            i[SKIP] = QUOTED
            at += 1
        else:
            if i[COMMAND]:
                n, m, c = execute(i, f, tally, out, n, ends, m, circles, c)
            if seen == 59:
                at += 1
            elif seen == 27:
                after = _escaped(text, at)
                if after < 0:
                    break
                at = after
            elif seen == 64:  # @PJL
                i[SKIP] = WHOLE_LINE
            else:
                if at + 2 >= size:
                    break
                one, two = _letter(seen), _letter(np.int64(text[at + 1]))
                if one < 0 or two < 0:
                    return at, n, m, c, UNKNOWN
                command = one * 26 + two + 1
                m = _begin(command, i, ends, m, n)
                at += 2
                if command == _DT:
                    i[LABEL_END] = text[at] if text[at] != 59 else ETX
                    at += 1
    m = lift(i, ends, m, n)  # the line goes on in the next chunk, from where the pen is
    return at, n, m, c, MORE
