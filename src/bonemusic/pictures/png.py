"""PNG, read in bands: neither the picture's colours nor a second copy of it are ever held (ISO/IEC 15948).

The picture's bytes are unpacked by one thread while another undoes the filters and makes the rows before grey.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..ahead import ahead
from ..errors import FormatError
from ..jit import kernel
from ..progress import Progress
from .limits import DAMAGED
from .room import let_go, room
from .samples import Samples

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BAND_BYTES = 4_000_000
READ_BYTES = 1 << 18
MOST_EXIF_BYTES = 1_000_000
MOST_RATIO = 1032
"""Deflate packs at most 258 bytes into two bits (RFC 1951)."""
_COUNT = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True)
class Header:
    """What is said before the picture.

    `begin` is where its first chunk lies; dots are to the metre, down and across, whatever the file says.
    """

    width: int
    height: int
    samples: Samples
    interlaced: bool
    begin: int
    dots_per_m: tuple[float, float] | None
    orientation: int


def header(file: IO[bytes]) -> Header:
    """Read what precedes the picture.

    Raises
    ------
    FormatError
        No PNG, or one that is like none.
    """
    if file.read(8) != SIGNATURE:
        raise FormatError(DAMAGED)
    size, kind = _chunk(file)
    if kind != b"IHDR" or size != 13:
        raise FormatError(DAMAGED)
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", _held(file, kind, size))
    palette, dots, orientation = None, None, 1
    while True:
        begin = file.tell()
        size, kind = _chunk(file)
        if kind == b"IDAT":
            break
        if kind == b"PLTE":
            if size % 3 or not 3 <= size <= 768:
                raise FormatError(DAMAGED)
            palette = np.frombuffer(_held(file, kind, size), np.uint8).reshape(-1, 3)
        elif kind == b"pHYs" and size == 9:
            across, down, unit = struct.unpack(">IIB", _held(file, kind, size))
            dots = (float(down), float(across)) if unit == 1 else None
        elif kind == b"eXIf" and size <= MOST_EXIF_BYTES:
            orientation = _orientation(_held(file, kind, size))
        else:
            file.seek(size + 4, 1)
    samples = Samples(
        "palette" if colour == 3 else "rgb" if colour in (2, 6) else "grey", _COUNT.get(colour, 0), bits, False, palette
    )
    if not samples.known() or not (width and height):
        raise FormatError(DAMAGED)
    return Header(width, height, samples, bool(interlaced), begin, dots, orientation)


def _orientation(exif: bytes) -> int:
    from PIL import Image

    try:
        held = Image.Exif()
        held.load(exif)
        return int(held.get(274, 1))
    except Exception:  # damaged tags turn nothing
        return 1


def decoded(path: Path, head: Header, progress: Progress) -> tuple[NDArray[Any], float]:
    """The grey picture of a PNG that is not interlaced, and how coloured it was (of 255).

    Raises
    ------
    FormatError
        Damaged or truncated.
    """
    samples, width, height = head.samples, head.width, head.height
    stride = 1 + samples.row_bytes(width)
    if stride * height > MOST_RATIO * path.stat().st_size:
        raise FormatError(DAMAGED)
    grey = room((height, width), samples.depth)
    rows = max(1, BAND_BYTES // stride)
    before = np.zeros(stride - 1, np.uint8)
    pixel = max(1, samples.count * samples.bits // 8)
    colours = []
    with path.open("rb") as file:
        file.seek(head.begin)
        bands = inflated(_stream(file), [stride * min(rows, height - top) for top in range(0, height, rows)])
        with closing(ahead(bands, 3)) as ready:
            for top, held in zip(range(0, height, rows), ready, strict=True):
                band = np.frombuffer(held, np.uint8).reshape(-1, stride)
                if not unfiltered(band, before, pixel):
                    raise FormatError(DAMAGED)
                before = band[-1, 1:].copy()
                raw = np.ascontiguousarray(band[:, 1:])
                if samples.bits == 16:
                    raw = raw.view(">u2").astype(np.uint16)
                colours.append(samples.grey(raw, grey[top : top + rows]))
                let_go(grey)
                progress("reading the picture", min(1.0, (top + rows) / height))
    return grey, float(np.mean(colours))


def inflated(packed: Iterator[bytes], sizes: list[int]) -> Iterator[bytearray]:
    """A stream of zlib's in pieces of these sizes; whatever follows them is left.

    Raises
    ------
    FormatError
        Damaged, or it ends before.
    """
    stream = zlib.decompressobj()
    rest = b""
    for size in sizes:
        held, at = bytearray(size), 0
        while at < size:
            if not rest:
                rest = next(packed, b"")
            if not rest or stream.eof:
                raise FormatError(DAMAGED)
            try:
                part = stream.decompress(rest, min(size - at, READ_BYTES))
            except zlib.error as why:
                raise FormatError(DAMAGED) from why
            held[at : at + len(part)] = part
            at += len(part)
            rest = stream.unconsumed_tail
        yield held


def _stream(file: IO[bytes]) -> Iterator[bytes]:
    """What the picture's chunks hold, checked by their sums."""
    while True:
        size, kind = _chunk(file)
        if kind != b"IDAT":
            return
        total = zlib.crc32(kind)
        while size:
            part = file.read(min(size, READ_BYTES))
            if not part:
                raise FormatError(DAMAGED)
            total = zlib.crc32(part, total)
            size -= len(part)
            yield part
        if file.read(4) != struct.pack(">I", total):
            raise FormatError(DAMAGED)


def _chunk(file: IO[bytes]) -> tuple[int, bytes]:
    held = file.read(8)
    if len(held) < 8:
        raise FormatError(DAMAGED)
    size, kind = struct.unpack(">I4s", held)
    return size, kind


def _held(file: IO[bytes], kind: bytes, size: int) -> bytes:
    held = file.read(size)
    if len(held) < size or file.read(4) != struct.pack(">I", zlib.crc32(kind + held)):
        raise FormatError(DAMAGED)
    return held


@kernel
def unfiltered(band: NDArray[Any], before: NDArray[Any], pixel: int) -> bool:
    """Undo the filter of each row (9.2), in place; false where one is unknown.

    Parameters
    ----------
    band : ndarray, uint8, (rows, 1 + bytes)
        Each row begins with the number of its filter.
    before : ndarray, uint8, (bytes,)
        The row above the first.
    pixel : int
        From a byte to the one that it is predicted by.
    """
    above = before
    for row in range(band.shape[0]):
        line = band[row, 1:]
        kind = band[row, 0]
        if kind == 1:
            for k in range(pixel, len(line)):
                line[k] += line[k - pixel]
        elif kind == 2:
            for k in range(len(line)):
                line[k] += above[k]
        elif kind == 3:
            for k in range(min(pixel, len(line))):
                line[k] += above[k] >> 1
            for k in range(pixel, len(line)):
                line[k] += (np.int64(line[k - pixel]) + np.int64(above[k])) >> 1
        elif kind == 4:
            _paeth(line, above, pixel)
        elif kind != 0:
            return False
        above = line
    return True


@kernel
def _paeth(line: NDArray[Any], above: NDArray[Any], pixel: int) -> None:
    """The nearest to left + above - corner of these three (9.4)."""
    for k in range(min(pixel, len(line))):
        line[k] += above[k]
    for k in range(pixel, len(line)):
        left, up, corner = np.int64(line[k - pixel]), np.int64(above[k]), np.int64(above[k - pixel])
        to_left, to_up = abs(up - corner), abs(left - corner)
        to_corner = abs(left + up - 2 * corner)
        nearest = corner
        if to_up <= to_corner:
            nearest = up
        if to_left <= to_up and to_left <= to_corner:
            nearest = left
        line[k] += nearest
