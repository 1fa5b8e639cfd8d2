"""The pairs of a DXF file, read by one kernel over its bytes, a chunk at a time.

A DXF file is pairs of lines: a number that says what the value is, and the value (DXF Reference, "About the DXF
Format"). Pair 0 begins an entity, and its name decides what the other numbers mean. What lies between chunks is held in
two small arrays, so that nothing but what is drawn is ever kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ..svg.pathdata import LARGEST, number
from .entities import (
    BULGE,
    FLAGS,
    GOT,
    HEADER,
    HIDDEN_COUNT,
    KIND,
    LAYER_ROW,
    MASK,
    MOST_HIDDEN,
    OPEN,
    OTHER,
    PAIRS,
    SECTION,
    UNITS,
    VARIABLE,
    VERTEX,
    begin,
    finish,
    tag,
    take_name,
    word,
)

_EOF = word("EOF")

# What is found out, and why reading stops.
MORE, ENDED, NO_PAIR, NO_NUMBER, HUGE, MANY_LAYERS = range(6)


@kernel
def _word_at(text: NDArray[Any], at: int, end: int) -> int:
    value: Any = np.int64(0)
    for k in range(at, end):
        c: Any = np.int64(text[k])
        if 97 <= c <= 122:
            c -= 32
        value = (value * 257 + c) & MASK
    return int(value)


@kernel
def _numbered(code: Any, kind: Any) -> Any:
    """Whether a pair's value is a number that matters."""
    if kind == VERTEX:
        return code == 10 or code == 20 or code == 42 or code == 70
    if kind == OTHER:
        return False
    if kind == LAYER_ROW:
        return code == 62 or code == 70
    return 10 <= code <= 51 or code == 60 or code == 67 or code == 70 or 210 <= code <= 230


@kernel
def _same(text: NDArray[Any], at: int, first: int, last: int) -> bool:
    """Whether the bytes at `at` are those from `first` to `last`, which lie before them."""
    if at + last - first > len(text):
        return False
    for k in range(last - first):  # noqa: SIM110 (kernels know no generators)
        if text[at + k] != text[first + k]:
            return False
    return True


@kernel
def _vertices(
    text: NDArray[Any], at: int, known: int, x: int, x_end: int, y: int, y_end: int, out: NDArray[Any], n: int
) -> tuple[int, int]:
    """Vertices that are spelt as the last one but for their x and y: most of any file. Where they end, and points.

    The last one lies from `known` to `at`, and its numbers where the other four say.
    """
    size = at
    zero = known
    while text[zero] != 10:
        zero += 1
    while True:
        here = at + x - known
        if not _same(text, at, known, x):
            break
        this_x, end = number(text, here)
        if end == here or not _same(text, end, x_end, y):
            break
        here = end + y - x_end
        this_y, end = number(text, here)
        if end == here or not _same(text, end, y_end, size) or abs(this_x) > LARGEST or abs(this_y) > LARGEST:
            break
        end += size - y_end
        if not _same(text, end, known, zero + 1):  # it has more to say
            break
        out[n, 0], out[n, 1], out[n, 2] = this_x, this_y, 0.0
        n += 1
        at = end
    return at, n


@kernel
def scan(
    text: NDArray[Any], i: NDArray[Any], f: NDArray[Any], hidden: NDArray[Any], tally: NDArray[Any],
    out: NDArray[Any], ends: NDArray[Any], circles: NDArray[Any],
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Read all whole pairs of a chunk.

    Parameters
    ----------
    text : ndarray, uint8, (bytes,)
    i, f, hidden, tally : ndarray
        What is kept from one chunk to the next; of `entities.begun`.
    out : ndarray, float64, (points, 3)
        Gets x, y and bulge of what is drawn.
    ends : ndarray, int64, (lines, 2)
        For each line that ends: how many points of `out` there are by then, and what it is.
    circles : ndarray, float64, (circles, 3)
        Get x, y and radius.

    Returns
    -------
    at, points, lines, circles : int
        How many bytes were read, and what was found in them.
    code : int
        Whether there is to be more, or what is wrong with the pair at `at`.
    """
    size = len(text)
    at, n, m, c = 0, 0, 0, 0
    begun, x, x_end, y, y_end, pairs = -1, 0, 0, 0, 0, 0  # the last vertex, if it is one like others
    while True:
        k = at
        while k < size and (text[k] == 32 or text[k] == 9):
            k += 1
        code: Any = 0
        digits = 0
        minus = k < size and text[k] == 45
        k += 1 if minus else 0
        while k < size and 48 <= text[k] <= 57 and digits < 5:
            code = code * 10 + (np.int64(text[k]) - 48)
            digits += 1
            k += 1
        while k < size and (text[k] == 32 or text[k] == 9 or text[k] == 13):
            k += 1
        if k >= size:
            return at, n, m, c, MORE
        if text[k] != 10 or digits == 0:
            return at, n, m, c, NO_PAIR
        first = k + 1
        last = first
        while last < size and text[last] != 10:
            last += 1
        if last >= size:
            return at, n, m, c, MORE
        after = last + 1
        while first < last and text[first] <= 32:
            first += 1
        if minus:
            pass
        elif code == 0 or code == 2 or code == 8 or code == 9:
            if code != 8 or i[KIND] != VERTEX:
                while last > first and text[last - 1] <= 32:
                    last -= 1
                name = _word_at(text, first, last)
                if code == 0:
                    n, m, c = finish(i, f, hidden, tally, out, n, ends, m, circles, c)
                    if i[HIDDEN_COUNT] > MOST_HIDDEN:
                        return at, n, m, c, MANY_LAYERS
                    plain = i[KIND] == VERTEX and i[OPEN] == 1 and i[GOT] == 3 and not i[FLAGS] & 16 and f[BULGE] == 0.0
                    if plain and 0 <= begun < x and x_end < y:
                        known = n
                        reached, n = _vertices(text, at, begun, x, x_end, y, y_end, out, n)
                        i[PAIRS] += (n - known) * (i[PAIRS] - pairs)
                        if n > known:
                            i[KIND], at, begun = OTHER, reached, -1
                            continue
                    begun, pairs = at, i[PAIRS]
                    m = begin(name, i, f, ends, m, n)
                    if name == _EOF:
                        return after, n, m, c, ENDED
                else:
                    take_name(code, name, i, hidden)
        elif _numbered(code, i[KIND]) or (code == 70 and i[VARIABLE] == 1):
            value, end = number(text, first)
            if end == first:
                return at, n, m, c, NO_NUMBER
            if abs(value) > LARGEST:
                return at, n, m, c, HUGE
            if code == 10:
                x, x_end = first, end
            elif code == 20:
                y, y_end = first, end
            if i[SECTION] == HEADER:
                i[UNITS] = int(value)
            else:
                n = tag(code, value, i, f, out, n)
        i[PAIRS] += 1
        at = after
