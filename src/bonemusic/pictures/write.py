"""A picture as PNG, TIFF, JPEG or DICOM that holds grey values and their size, and nothing else."""

from __future__ import annotations

import struct
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from . import secondary

SUFFIXES = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".jpeg": "JPEG", ".dcm": "DICOM"}
Dots = tuple[float, float] | None
BAND_ROWS = 64


def kind_of(suffix: str) -> str:
    """What a suffix asks for.

    Raises
    ------
    FormatError
        None of these.
    """
    kind = SUFFIXES.get(suffix.lower())
    if kind is None:
        raise FormatError("a clean picture is written as .png, .tif, .jpg or .dcm; end the output's name with one")
    return kind


def write(file: IO[bytes], kind: str, grey: NDArray[Any], tone: NDArray[Any], dots_per_m: Dots) -> None:
    """Write one.

    Parameters
    ----------
    file : binary file
    kind : str
        As `kind_of` names it.
    grey : ndarray, uint8 or uint16, (rows, columns)
        PNG, TIFF and DICOM keep its depth.
    tone : ndarray, uint8
        How JPEG, which has 8 bits, shows each value.
    dots_per_m : (float, float) or None
        Down and across.

    Raises
    ------
    FormatError
        More pixels than the format holds.
    """
    most = {"PNG": 2**31 - 1, "TIFF": 2**31 - 1}.get(kind, 65_535 if kind == "DICOM" else 65_500)
    if max(grey.shape) > most:
        raise FormatError(f"{kind} holds at most {most} pixels each way; write .png or .tif")
    if kind == "PNG":
        _png(file, grey, dots_per_m)
    elif kind == "TIFF":
        _tiff(file, grey, dots_per_m)
    elif kind == "JPEG":
        _jpeg(file, tone[grey], dots_per_m)
    else:
        secondary.write(file, grey, dots_per_m)


def _png(file: IO[bytes], grey: NDArray[Any], dots_per_m: Dots) -> None:
    """PNG (ISO/IEC 15948), row by row; each row as its differences to the one above (filter 2), which suits films."""

    def chunk(kind: bytes, held: bytes) -> None:
        file.write(struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held)))

    rows, columns = grey.shape
    depth = 8 * grey.dtype.itemsize
    file.write(b"\x89PNG\r\n\x1a\n")
    chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, 0, 0, 0, 0))
    if dots_per_m is not None:
        chunk(b"pHYs", struct.pack(">IIB", round(dots_per_m[1]), round(dots_per_m[0]), 1))
    packer = zlib.compressobj(6)
    above = np.zeros(columns * grey.dtype.itemsize, np.uint8)
    for first in range(0, rows, BAND_ROWS):
        band = np.ascontiguousarray(grey[first : first + BAND_ROWS], grey.dtype.newbyteorder(">")).view(np.uint8)
        lines = np.full((len(band), band.shape[1] + 1), 2, np.uint8)
        lines[0, 1:] = band[0] - above
        lines[1:, 1:] = np.diff(band, axis=0)
        above = band[-1]
        packed = packer.compress(lines.tobytes())
        if packed:
            chunk(b"IDAT", packed)
    chunk(b"IDAT", packer.flush())
    chunk(b"IEND", b"")


def _tiff(file: IO[bytes], grey: NDArray[Any], dots_per_m: Dots) -> None:
    """Baseline TIFF 6.0, one strip of plain values: twelve tags that are all of what there is.

    Raises
    ------
    FormatError
        4 GB or more, which its offsets cannot reach.
    """
    rows, columns = grey.shape
    size = grey.nbytes
    if size > 2**32 - 4096:
        raise FormatError("TIFF holds less than 4 GB; write .png")
    tags: list[tuple[int, int, int, int]] = [
        (256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, 8 * grey.dtype.itemsize), (259, 3, 1, 1),
        (262, 3, 1, 1), (273, 4, 1, 0), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, 1, size),
    ]  # fmt: skip
    fractions = b""
    count = len(tags) + (3 if dots_per_m is not None else 0)
    after = 8 + 2 + 12 * count + 4
    if dots_per_m is not None:
        tags += [(282, 5, 1, after), (283, 5, 1, after + 8), (296, 3, 1, 3)]  # to the centimetre
        fractions = b"".join(struct.pack("<II", round(each * 1000), 100_000) for each in dots_per_m[::-1])
    start = after + len(fractions)
    file.write(b"II*\0" + struct.pack("<IH", 8, count))
    for tag, kind, number, value in tags:
        file.write(struct.pack("<HHI", tag, kind, number))
        held = start if tag == 273 else value
        file.write(struct.pack("<HH", held, 0) if kind == 3 else struct.pack("<I", held))
    file.write(struct.pack("<I", 0) + fractions)
    for first in range(0, rows, BAND_ROWS):
        file.write(np.ascontiguousarray(grey[first : first + BAND_ROWS], grey.dtype.newbyteorder("<")).data)


def _jpeg(file: IO[bytes], seen: NDArray[Any], dots_per_m: Dots) -> None:
    """JFIF of high quality; its size is told in whole dots per inch."""
    from PIL import Image

    how: dict[str, Any] = {}
    if dots_per_m is not None:
        down, across = (each * 0.0254 for each in dots_per_m)
        if max(down, across) <= 65_535:
            how["dpi"] = (round(across), round(down))
    Image.fromarray(seen).save(file, "JPEG", quality=95, optimize=False, **how)
