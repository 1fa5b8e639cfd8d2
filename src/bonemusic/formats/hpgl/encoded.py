"""PE, a line as digits of base 64 or 32 (HP-GL/2 and RTL Reference Guide, "PE, Polyline Encoded").

A number is written from its lowest digit on; its last digit is of another range of characters, and its lowest bit is
its sign. Places are relative and drawn; flags before them say otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from .pens import ABSOLUTE, DOWN, EXPECTED, FRACTION, GIVEN_AT, HALF, LIFTED, SEVEN, X, Y, lift, move

_PLACE, _PEN, _FRACTION = 0, 1, 2
"""What the next number is."""


@kernel
def encoded(
    text: NDArray[Any], at: int, i: NDArray[Any], f: NDArray[Any], out: NDArray[Any], n: int, ends: NDArray[Any], m: int
) -> tuple[int, int, int]:
    """Take up one number or flag of PE; where the next begins (`at` itself if it is not all there), points, lines."""
    flag: Any = np.int64(text[at]) & 127
    if (i[SEVEN] and flag >= 63) or (not i[SEVEN] and (63 <= text[at] <= 126 or text[at] >= 191)):
        base = 32 if i[SEVEN] else 64
        final = 95 if i[SEVEN] else 191
        value, place = 0.0, 1.0
        k = at
        while k < len(text):
            c: Any = np.int64(text[k]) & 127 if i[SEVEN] else np.int64(text[k])
            if c < 63 or (c > 126 and c < final) or place > 1e18:
                return -1, n, m
            value += place * ((c - final) if c >= final else (c - 63))
            place *= base
            k += 1
            if c >= final:
                break
        else:
            return at, n, m
        negative = value % 2.0 == 1.0
        value = (value - 1.0) / -2.0 if negative else value / 2.0
        if i[EXPECTED] == _PLACE:
            value /= 2.0 ** i[FRACTION]
            if not i[HALF]:
                f[GIVEN_AT] = value
                i[HALF] = 1
                return k, n, m
            i[HALF] = 0
            i[DOWN] = 1 - i[LIFTED]
            if i[LIFTED]:
                m = lift(i, ends, m, n)
            from_x, from_y = (0.0, 0.0) if i[ABSOLUTE] else (f[X], f[Y])
            n = move(from_x + f[GIVEN_AT], from_y + value, 0.0, i, f, out, n)
            i[LIFTED] = i[ABSOLUTE] = 0
            i[DOWN] = 1
        elif i[EXPECTED] == _FRACTION:
            i[FRACTION] = int(max(-26.0, min(26.0, value)))
        i[EXPECTED] = _PLACE
        return k, n, m
    if flag == 60:
        i[LIFTED] = 1
    elif flag == 61:
        i[ABSOLUTE] = 1
    elif flag == 62:
        i[EXPECTED] = _FRACTION
    elif flag == 58:
        i[EXPECTED] = _PEN
    elif flag == 55:
        i[SEVEN] = 1
    elif flag > 32:
        return -1, n, m
    return at + 1, n, m
