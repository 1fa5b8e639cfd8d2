"""A TIFF's strips and tiles, unpacked and made grey where they belong, on two threads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..progress import Progress
from .limits import DAMAGED, hushed
from .png import inflated
from .room import let_go, room
from .tiff import DEFLATE, JPEG, LZW, NONE, OLD_DEFLATE, Directory
from .unpacking import undo_differences, unpack_bits, unpack_lzw

THREADS = 2
BATCH_BYTES = 4_000_000
READ_BYTES = 1 << 20
LARGE_BYTES = 64_000_000
"""Unpacked strips larger than that are taken in bands, or laid down in `room`."""
MOST_RATIO = {NONE: 1, LZW: 4096, DEFLATE: 1032, OLD_DEFLATE: 1032, JPEG: 100_000}
"""To how many bytes one can unpack; JPEG has no such bound. The rest: 64 (PackBits)."""


def decoded(path: Path, held: Directory, progress: Progress) -> tuple[NDArray[Any], float]:
    """The grey picture, and how coloured it was (of 255).

    Raises
    ------
    FormatError
        Damaged or truncated.
    """
    size = path.stat().st_size
    raw_bytes = held.samples.row_bytes(held.width) * held.height
    ends = held.offsets[: held.pieces] + held.sizes[: held.pieces]
    beyond = held.offsets.min() < 0 or held.sizes.min() < 0 or ends.max() > size
    if beyond or raw_bytes > MOST_RATIO.get(held.packed, 64) * held.sizes.sum():
        raise FormatError(DAMAGED)
    grey = room((held.height, held.width), held.samples.depth)
    held = _joined(held)
    batches = list(_batches(held))
    colours: list[float] = []
    pool = ThreadPoolExecutor(THREADS)

    def work(batch: range) -> float:
        with path.open("rb") as file:
            return max(_piece(file, held, number, grey) for number in batch)

    try:
        with hushed():
            for done, each in enumerate(pool.map(work, batches), 1):
                colours.append(each)
                let_go(grey)
                progress("reading the picture", done / len(batches))
    finally:
        pool.shutdown(cancel_futures=True)
    return grey, float(np.mean(colours))


def _joined(held: Directory) -> Directory:
    """Strips that are not packed and follow each other are one: some writers make one of each row."""
    offsets, sizes = held.offsets[: held.pieces], held.sizes[: held.pieces]
    each = held.samples.row_bytes(held.width) * held.piece_height
    step = BATCH_BYTES // each
    apart = (sizes[:-1] != each).any() or (offsets[:-1] + each != offsets[1:]).any()
    if held.packed != NONE or held.tiled or step < 2 or apart:
        return held
    sums = np.add.reduceat(sizes, np.arange(0, len(sizes), step))
    return replace(held, piece_height=held.piece_height * step, offsets=offsets[::step], sizes=sums)


def _batches(held: Directory) -> Iterator[range]:
    """Pieces that are unpacked one after another."""
    each = held.samples.row_bytes(held.piece_width) * held.piece_height
    step = max(1, BATCH_BYTES // each)
    for first in range(0, held.pieces, step):
        yield range(first, min(first + step, held.pieces))


def _piece(file: IO[bytes], held: Directory, number: int, grey: NDArray[Any]) -> float:
    """Put one piece into its place."""
    down, across = divmod(number, held.across)
    top, left = down * held.piece_height, across * held.piece_width
    out = grey[top : top + held.piece_height, left : left + held.piece_width]
    rows = held.piece_height if held.tiled else len(out)
    file.seek(int(held.offsets[number]))
    size = int(held.sizes[number])
    if held.packed == JPEG:
        return _jpeg(file.read(size), held, out)
    stride = held.samples.row_bytes(held.piece_width)
    if held.packed in (NONE, DEFLATE, OLD_DEFLATE):
        return _in_bands(file, held, size, rows, stride, out)
    unpacked = np.empty((rows, stride), np.uint8) if rows * stride <= LARGE_BYTES else room((rows, stride), np.uint8)
    packed = np.frombuffer(file.read(size), np.uint8)
    if held.packed == LZW and len(packed) > 1 and packed[0] == 0 and packed[1] & 1:
        raise FormatError("is packed in the LZW of before 1990; save it again, as PNG or TIFF")
    if (unpack_lzw if held.packed == LZW else unpack_bits)(packed, unpacked.reshape(-1)) < rows * stride:
        raise FormatError(DAMAGED)
    step = max(1, BATCH_BYTES // stride)
    return max(_made_grey(unpacked[n : n + step], held, out[n : n + step]) for n in range(0, len(out), step))


def _in_bands(file: IO[bytes], held: Directory, size: int, rows: int, stride: int, out: NDArray[Any]) -> float:
    """A piece that is read from its beginning to its end, however large."""
    if held.packed == NONE and held.samples.bits >= 8 and _plain(held) and out.flags.c_contiguous:
        whole = out.reshape(-1).view(np.uint8)
        if size < whole.size or file.readinto(whole) < whole.size:  # type: ignore[attr-defined]
            raise FormatError(DAMAGED)
        if held.samples.bits == 16 and not np.dtype(held.order + "u2").isnative:
            out.byteswap(inplace=True)
        return 0.0
    step = max(1, BATCH_BYTES // stride)
    sizes = [stride * min(step, rows - top) for top in range(0, rows, step)]
    bands = _cut(file, size, sizes) if held.packed == NONE else inflated(_parts(file, size), sizes)
    colour = 0.0
    for top, band in zip(range(0, rows, step), bands, strict=True):
        raw = np.frombuffer(band, np.uint8).reshape(-1, stride)
        colour = max(colour, _made_grey(raw, held, out[top : top + step]))
        let_go(out)
    return colour


def _plain(held: Directory) -> bool:
    return (
        held.samples.kind == "grey" and held.samples.count == 1 and not held.samples.negative and not held.differences
    )


def _parts(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        part = file.read(min(size, READ_BYTES))
        if not part:
            return
        size -= len(part)
        yield part


def _cut(file: IO[bytes], size: int, sizes: list[int]) -> Iterator[bytearray]:
    """Rows that are not packed."""
    if size < sum(sizes):
        raise FormatError(DAMAGED)
    for each in sizes:
        held = bytearray(each)
        if file.readinto(held) < each:  # type: ignore[attr-defined]
            raise FormatError(DAMAGED)
        yield held


def _made_grey(raw: NDArray[Any], held: Directory, out: NDArray[Any]) -> float:
    """Rows as they were unpacked (uint8, rows × bytes) into their place."""
    if not out.size:  # the rest of a tile at the edge
        return 0.0
    raw = raw[: len(out)]
    if held.samples.bits == 16:
        raw = raw.view(held.order + "u2").astype(np.uint16, copy=False)
    if held.differences:
        undo_differences(raw, held.samples.count)
    return held.samples.grey(raw, out)


def _jpeg(packed: bytes, held: Directory, out: NDArray[Any]) -> float:
    """A piece that is a JPEG of its own, but for the tables (TIFF Technical Note 2)."""
    from PIL import Image

    if packed[:2] != b"\xff\xd8" or b"\xff\xc2" in packed[:4096]:  # progressive ones are none of TIFF's
        raise FormatError(DAMAGED)
    # the tag says which colours these are; a JPEG says so in Adobe's segment
    adobe = b"\xff\xee\0\x0eAdobe\0d\0\0\0\0" + (b"\1" if held.ycc else b"\0") if held.samples.count == 3 else b""
    tables = held.tables[2:-2] if len(held.tables) > 4 else b""
    colour = 0.0
    with Image.open(io.BytesIO(b"\xff\xd8" + adobe + tables + packed[2:]), formats=("JPEG",)) as picture:
        large = picture.width >= out.shape[1] and picture.height >= out.shape[0]
        if not large or picture.width > held.piece_width or picture.height > held.piece_height:
            raise FormatError(DAMAGED)
        if picture.mode == "RGB":
            picture.draft("L", picture.size)
        elif picture.mode not in ("L", "CMYK"):
            raise FormatError(DAMAGED)
        picture.load()
        seen = picture if picture.mode == "L" else picture.convert("L")
        out[:] = np.asarray(seen)[: out.shape[0], : out.shape[1]]
    return colour
