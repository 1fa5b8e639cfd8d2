"""Content streams to polylines: one kernel over bytes finds numbers and operators (ISO 32000-1, 7.2, 7.8.2, 8.9.7).

Colours, widths, text, clips and pictures are recognised and passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ..svg.pathdata import LARGEST, number
from .operators import (
    CURVED,
    DEPTH,
    DONE,
    DRAWN,
    FULL,
    HUGE,
    LAYER,
    LINES,
    MOST_OPERANDS,
    NAME,
    NAME_END,
    OPEN_END,
    POINTS,
    ROOM,
    ROOM_LINES,
    X,
    Y,
    carry_out,
)

_LINE, _PICTURE = ord("l"), ord("I") | ord("D") << 8


@kernel
def parse(
    text: NDArray[Any], i: int, out: NDArray[Any], starts: NDArray[Any], kinds: NDArray[Any], state: NDArray[Any],
    at: NDArray[Any], matrices: NDArray[Any], fine: float,
) -> tuple[int, int]:  # fmt: skip
    """Read operators from `i` on.

    Parameters
    ----------
    text : ndarray, uint8, (bytes,)
    out : ndarray, float64, (points, 2)
        Gets the points, on the page.
    starts, kinds : ndarray, int64 and uint8, (lines,)
        Get each line's first point and what is known of it.
    state, at, matrices : ndarray, int64 (STATES,), float64 (4,), float64 (DEEPEST, 6)
        Where reading stands, between one call and the next.
    fine : float
        How far from a curve its straight lines may be.

    Returns
    -------
    code : int
        DONE; FULL: there must be more room to go on; FORM: what is named at NAME … NAME_END is drawn here; LAYER: what
        follows is of the layer of that name; or a fault.
    at : int
        Where to go on, or the place of the fault.
    """
    size = len(text)
    v = np.zeros(MOST_OPERANDS)
    count = 0
    mark = i  # behind the last operator
    while True:
        while i < size and (_is_blank(text[i]) or text[i] == 91 or text[i] == 93 or text[i] == 123 or text[i] == 125):
            i += 1
        if i >= size:
            return DONE, i
        c: Any = np.int64(text[i])
        if 48 <= c <= 57 or c == 43 or c == 45 or c == 46:
            value, end = _whole(text, i)
            if end == i:
                value, end = number(text, i)
            if end > i and (end == size or not _is_regular(text[end])):
                if not abs(value) <= LARGEST:
                    return HUGE, i
                if count == MOST_OPERANDS:
                    v[:-1] = v[1:].copy()
                    count -= 1
                v[count] = value
                count += 1
                i = end
                continue
        begun = i
        if c == 40:  # (string)
            i = _string_end(text, i)
            if i < 0:
                return OPEN_END, begun
            continue
        if c == 37:  # % comment
            while i < size and text[i] != 10 and text[i] != 13:
                i += 1
            continue
        if c == 60 and i + 1 < size and text[i + 1] != 60:  # <hexadecimal>
            while i < size and text[i] != 62:
                i += 1
            if i == size:
                return OPEN_END, begun
            i += 1
            continue
        if c == 60 or c == 62 or c == 41:  # << >> of dictionaries; a stray parenthesis
            i += 2 if c == 60 else 1
            continue
        i += 1
        operator: Any = c
        while i < size and _is_regular(text[i]):
            operator = operator | np.int64(text[i]) << 8 * (i - begun) if i < begun + 3 else 0
            i += 1
        if c == 47:  # /Name
            state[NAME], state[NAME_END] = begun, i
            continue
        if state[POINTS] + ROOM > len(out) or state[LINES] + ROOM_LINES > len(starts):
            return FULL, mark
        # nearly all of a groove is lines that follow lines: no further asking
        if operator == _LINE and count >= 2 and state[DRAWN] == 1 and state[CURVED] == 0:
            m = matrices[state[DEPTH]]
            x, y = v[count - 2], v[count - 1]
            x, y = m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]
            if abs(x) <= LARGEST and abs(y) <= LARGEST:
                n = state[POINTS]
                out[n, 0], out[n, 1] = x, y
                at[X], at[Y] = x, y
                state[POINTS] = n + 1
                count, mark = 0, i
                continue
        code = carry_out(operator, v, count, out, starts, kinds, state, at, matrices, fine)
        if code > LAYER:
            return code, begun
        if operator == _PICTURE:
            i = _picture_end(text, i)
            if i < 0:
                return OPEN_END, begun
        count = 0
        mark = i
        if code != DONE:
            return code, i


@kernel
def _whole(text: NDArray[Any], i: int) -> tuple[float, int]:
    """A whole number with a blank behind it, and where it ends; the end is `i` itself where it is anything else."""
    at = i
    negative: Any = text[i] == 45
    if negative:
        at += 1
    value = np.int64(0)
    while at < len(text) and at < i + 16:
        c: Any = np.int64(text[at])
        if c < 48 or c > 57:
            if (c != 32 and c != 10) or value == 0:
                break
            return float(-value if negative else value), at
        value = value * 10 + (c - 48)
        at += 1
    return 0.0, i


@kernel
def _is_blank(c: int) -> bool:
    return c == 32 or c == 10 or c == 13 or c == 9 or c == 12 or c == 0


@kernel
def _is_regular(c: int) -> bool:
    """Whether a character goes on with a number, name or operator: neither blank nor one of ( ) < > [ ] { } / %."""
    if c == 40 or c == 41 or c == 60 or c == 62 or c == 91 or c == 93 or c == 123 or c == 125 or c == 47 or c == 37:
        return False
    return not _is_blank(c)


@kernel
def _string_end(text: NDArray[Any], i: int) -> int:
    """Where a string that begins at `i` with a parenthesis ends; -1 if it does not."""
    deep = 0
    while i < len(text):
        c = text[i]
        if c == 92:
            i += 1
        elif c == 40:
            deep += 1
        elif c == 41:
            deep -= 1
            if deep == 0:
                return i + 1
        i += 1
    return -1


@kernel
def _picture_end(text: NDArray[Any], i: int) -> int:
    """Where a picture's bytes that begin at `i` end: behind an EI between blanks with plain text after it; or -1."""
    while i + 2 < len(text):
        if text[i + 1] == 69 and text[i + 2] == 73 and _is_blank(text[i]):
            plain = i + 3 == len(text) or _is_blank(text[i + 3])
            for k in range(i + 3, min(i + 14, len(text))):
                if text[k] > 126 or (text[k] < 32 and not _is_blank(text[k])):
                    plain = False
            if plain:
                return i + 3
        i += 1
    return -1
