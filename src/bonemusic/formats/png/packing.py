"""Rows of a picture as parts of one deflate stream, as PNG's IDAT and PDF's images hold them (PNG, third edition, 9,
10; RFC 1950)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel

LEVEL = 1
HEAD = b"\x78\x01"
_BASE = 65521


@dataclass(frozen=True)
class Packed:
    """Rows, each behind the number of its filter, deflated up to a whole byte; their length and Adler-32 before."""

    body: bytes
    length: int
    adler: int


def packed(rows: NDArray[Any]) -> Packed:
    """Pack rows, uint8, (rows, columns); the first as it is, the others as differences from the row above."""
    lines: NDArray[Any] = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    _filter(rows, lines)
    plain = lines.tobytes()
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    return Packed(packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH), len(plain), zlib.adler32(plain))


def stream(parts: Iterable[Packed]) -> Iterator[bytes]:
    """The whole zlib stream of such parts, piece by piece."""
    before, adler = HEAD, 1
    for part in parts:
        adler = joined(adler, part.adler, part.length)
        yield before + part.body
        before = b""
    yield before + b"\x03\x00" + adler.to_bytes(4, "big")  # an empty last block


def joined(first: int, second: int, length: int) -> int:
    """Adler-32 of two stretches of bytes, one behind the other; `length` is that of the second (RFC 1950, 8.2)."""
    a, b = first & 0xFFFF, first >> 16
    return (a + (second & 0xFFFF) - 1) % _BASE | (b + (second >> 16) + length * (a - 1)) % _BASE << 16


@kernel
def _filter(rows: NDArray[Any], lines: NDArray[Any]) -> None:
    """PNG's filter "up", the first row without any, so that bands need not know of each other."""
    columns = rows.shape[1]
    lines[0, 0] = 0
    for column in range(columns):
        lines[0, column + 1] = rows[0, column]
    for row in range(1, len(rows)):
        lines[row, 0] = 2
        for column in range(columns):
            lines[row, column + 1] = (int(rows[row, column]) - int(rows[row - 1, column])) & 255
