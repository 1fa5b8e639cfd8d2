"""SVG path data to polylines: M L H V Z and their relative kin, read by one kernel over bytes.

Grammar: https://www.w3.org/TR/SVG2/paths.html#PathDataBNF. Curves (C S Q T A) are recognised and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...jit import kernel

LARGEST = 1e12
"""Numbers beyond this are no drawing's, whatever its unit."""
TENS = 10.0 ** np.arange(23)
"""The powers of ten that float64 holds exactly."""

FINE, CURVE, UNKNOWN, MISSING, HUGE, UNMOVED = range(6)
FAULTS = {
    UNKNOWN: "is neither a command nor a number",
    MISSING: "stands where a number is due",
    HUGE: "is an absurd number",
    UNMOVED: "comes before the first move (M)",
}


@dataclass(frozen=True)
class PathData:
    """What a path holds.

    Attributes
    ----------
    lines : tuple of ndarray, float64, (n, 2)
        Its subpaths, at least two points each, in the path's own units and axes. Empty if there is a curve in it.
    curve : str
        The first curve command in it ("C"), or "".
    """

    lines: tuple[NDArray[Any], ...]
    curve: str = ""


def polylines(text: bytes, points: bool = False) -> PathData:
    """Read path data.

    Parameters
    ----------
    text : bytes
        The `d` of a path; with `points`, the `points` of a polyline, which are those of an implied M.

    Raises
    ------
    FormatError
        With what is wrong and at which character, in one line.
    """
    data = np.frombuffer(text, np.uint8)
    # never more points than bytes: a number is one point at most, so is a "z", and a letter before it may bring back
    # the subpath's start. Pages that are not written cost nothing
    out = np.empty((len(data) + 2, 2))
    starts = np.empty(len(data) // 2 + 2, np.int64)
    count, subpaths, code, at = parse(data, 77 if points else 0, out, starts)
    if code == CURVE:
        return PathData((), chr(text[at]).upper())
    if code != FINE:
        seen = ascii(text[at : at + 16].decode("ascii", "replace")) if at < len(text) else "the end"
        raise FormatError(f"{seen} at character {at + 1} of a path {FAULTS[code]}; export it again")
    return PathData(tuple(out[a:b].copy() for a, b in pairwise([*starts[:subpaths].tolist(), count])))


@kernel
def number(text: NDArray[Any], at: int) -> tuple[float, int]:
    """A number and where it ends; the end is `at` itself if there is none.

    Right to the last bit up to 15 digits and 22 places, to a few units of the last place beyond.
    """
    size = len(text)
    i = at
    negative: Any = False
    if i < size and (text[i] == 45 or text[i] == 43):
        negative = text[i] == 45
        i += 1
    mantissa = np.int64(0)
    power: Any = 0
    digits = 0
    point = False
    while i < size:
        c: Any = np.int64(text[i])
        if 48 <= c <= 57:
            digits += 1
            if mantissa < 100_000_000_000_000_000:
                mantissa = mantissa * 10 + (c - 48)
                if point:
                    power -= 1
            elif not point:
                power += 1
        elif c == 46 and not point:
            point = True
        else:
            break
        i += 1
    if digits == 0:
        return 0.0, at
    if i < size and (text[i] | 32) == 101:
        j = i + 1
        down: Any = False
        if j < size and (text[j] == 45 or text[j] == 43):
            down = text[j] == 45
            j += 1
        exponent: Any = 0
        any_digit = False
        while j < size and 48 <= text[j] <= 57:
            if exponent < 100_000:
                exponent = exponent * 10 + (np.int64(text[j]) - 48)
            any_digit = True
            j += 1
        if any_digit:  # "2em" is a 2, and the rest is someone else's matter
            power += -exponent if down else exponent
            i = j
    value = float(mantissa)
    if power < 0:
        value = value / TENS[-power] if power >= -22 else value * 10.0 ** max(power, -300)
    elif power > 0:
        value = value * TENS[power] if power <= 22 else value * 10.0 ** min(power, 300)
    return (-value if negative else value), i


@kernel
def parse(text: NDArray[Any], command: int, out: NDArray[Any], starts: NDArray[Any]) -> tuple[int, int, int, int]:
    """Read path data into `out`, (points, 2); `starts` gets the first point of each subpath.

    `command` is the command that holds before the first letter (0 for none). Returns points, subpaths, one of the
    codes above, and the character where reading stopped.
    """
    size = len(text)
    n, subpaths = 0, 0
    x, y, start_x, start_y, first = 0.0, 0.0, 0.0, 0.0, 0.0
    relative, half, due, drawn, moved = False, False, False, False, False
    i = 0
    while True:
        while i < size and (text[i] <= 32 or text[i] == 44):
            i += 1
        if i >= size:
            return n, subpaths, MISSING if half or due else FINE, i
        c: Any = np.int64(text[i])
        if c >= 65:
            if half or due:
                return n, subpaths, MISSING, i
            relative = c >= 97
            command = c & 95 if c < 128 else 0
            if not moved and command != 77:
                return n, subpaths, UNMOVED, i
            if command == 90:  # Z
                if drawn:
                    out[n, 0], out[n, 1] = start_x, start_y
                    n += 1
                x, y, drawn = start_x, start_y, False
            elif command == 77 or command == 76 or command == 72 or command == 86:  # M L H V
                due = moved = True
            elif command == 67 or command == 83 or command == 81 or command == 84 or command == 65:  # C S Q T A
                return n, subpaths, CURVE, i
            else:
                return n, subpaths, UNKNOWN, i
            i += 1
            continue
        value, end = number(text, i)
        if end == i or command == 0 or command == 90:
            return n, subpaths, UNKNOWN, i
        if abs(value) > LARGEST:
            return n, subpaths, HUGE, i
        i = end
        if command == 72:
            x = x + value if relative else value
        elif command == 86:
            y = y + value if relative else value
        elif not half:
            first, half = value, True
            continue
        else:
            x, y = (x + first, y + value) if relative else (first, value)
            half = False
        due = False
        if command == 77:
            start_x, start_y, drawn, moved = x, y, False, True
            command = 76
            continue
        if not drawn:
            starts[subpaths] = n
            subpaths += 1
            out[n, 0], out[n, 1] = start_x, start_y
            n += 1
            drawn = True
        out[n, 0], out[n, 1] = x, y
        n += 1
