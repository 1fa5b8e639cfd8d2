"""What TIFF files pack their rows with: LZW, runs of bytes, and differences of neighbours (TIFF 6.0)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

CLEAR, END, FIRST, MOST_CODES = 256, 257, 258, 4096


@kernel
def unpack_lzw(packed: NDArray[Any], out: NDArray[Any]) -> int:
    """Unpack LZW (section 13): codes of 9 to 12 bits, high bits first, longer ones one code early.

    A code's string lies in what has been unpacked already, so the table holds where it begins and how long it is.

    Parameters
    ----------
    packed, out : ndarray, uint8

    Returns
    -------
    int
        Bytes unpacked: fewer than `out` has where the packed ones end or make no sense.
    """
    begins = np.empty(MOST_CODES + 1, np.int64)
    lengths = np.empty(MOST_CODES + 1, np.int64)
    size, at = len(out), 0
    bits, held, n = 0, 0, 0
    width, following = 9, FIRST
    begin, length = 0, 0  # the string before; none after a clear
    while at < size:
        while bits < width and n < len(packed):
            held = ((held << 8) | int(np.int64(packed[n]))) & 0xFFFFFFFF
            bits += 8
            n += 1
        if bits < width:
            break
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == CLEAR:
            width, following, length = 9, FIRST, 0
            continue
        if code == END:
            break
        now = at
        if code < 256:
            out[at] = code
            at += 1
        else:
            # the string before and its own first byte: what the new code stands for, where it is met at once
            if code < following:
                source, count = begins[code], lengths[code]
            elif code == following and length:
                source, count = begin, length + 1
            else:
                break
            count = min(count, size - at)
            for k in range(count):
                out[at + k] = out[source + k]
            at += count
        if length and following < MOST_CODES:
            begins[following], lengths[following] = begin, length + 1
            following += 1
            if following + 1 >= 1 << width and width < 12:
                width += 1
        begin, length = now, at - now
    return at


@kernel
def unpack_bits(packed: NDArray[Any], out: NDArray[Any]) -> int:
    """Unpack PackBits (section 9): n + 1 bytes as they are, or one byte 1 - n times.

    Parameters
    ----------
    packed, out : ndarray, uint8

    Returns
    -------
    int
        Bytes unpacked.
    """
    at, n = 0, 0
    while at < len(out) and n + 1 < len(packed):
        count = int(np.int64(packed[n]))
        n += 1
        if count < 128:
            count = min(count + 1, len(out) - at, len(packed) - n)
            out[at : at + count] = packed[n : n + count]
            n += count
            at += count
        elif count > 128:
            count = min(257 - count, len(out) - at)
            out[at : at + count] = packed[n]
            n += 1
            at += count
    return at


@kernel
def undo_differences(rows: NDArray[Any], count: int) -> None:
    """Undo the predictor of section 14, in place: each sample was stored less the same sample of the pixel before.

    Parameters
    ----------
    rows : ndarray, uint8 or uint16, (rows, samples)
    count : int
        Samples to a pixel.
    """
    for row in range(rows.shape[0]):
        for first in range(min(count, rows.shape[1])):
            before = rows[row, first]  # kept at hand: read back from the row it would be waited for
            for k in range(first + count, rows.shape[1], count):
                rows[row, k] += before
                before = rows[row, k]
