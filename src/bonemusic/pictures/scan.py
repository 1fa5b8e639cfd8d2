"""A scan of a disc as grey values: all of its pixels and all of its depth, however large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..files import head_of, named
from ..progress import Progress, silent
from . import pieces, png, raster, tiff, xray
from .limits import MAX_PIXELS, MAX_SIDE
from .read import DICOM_SUFFIXES
from .room import let_go, room
from .values import BAND_ROWS, sensible

MOST_PX = 4_000_000_000
"""A disc of 12 inches has 3.3·10⁹ at 4800 dpi."""
MOST_BYTES = 12_000_000_000
"""Of all samples, unpacked: what 40,000 × 40,000 pixels take in colours of 16 bits, and what a minute decodes."""


@dataclass(frozen=True)
class Scan:
    """What was read.

    Attributes
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
        More is brighter; row 0 is the top. A large one is a file mapped into memory (`room`).
    dots_per_m : (float, float) or None
        Pixels to the metre, down and across, as the file says.
    notes : tuple of str
        What was done to it, a line each. Nothing of what the file says is in them.
    """

    grey: NDArray[Any]
    dots_per_m: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


def scan(path: Path, progress: Progress = silent) -> Scan:
    """Read a scan.

    PNG, TIFF and BigTIFF (in strips or tiles; plain, LZW, deflate, PackBits, JPEG), with 8 or 16 bits, grey, colours,
    palettes, inks, are read in bands: at most some 100 MB beside the grey values are held. JPEG, WebP, BMP and other
    TIFFs by Pillow, which holds the picture once more; DICOM with the extra `xray`.

    Raises
    ------
    FormatError
        Missing, no picture, damaged, truncated, more than 4·10⁹ pixels (1.2·10⁹ where Pillow reads
        colours; of DICOM 0.6·10⁹, 0.4·10⁹ where it is compressed).
    """
    head = head_of(path, 132, FormatError, "a scan")
    with named(path, FormatError):
        if head[128:132] == b"DICM" or path.suffix.lower() in DICOM_SUFFIXES:
            return _of_values(xray.load(path, MAX_PIXELS, progress))
        found = None
        if head.startswith(png.SIGNATURE):
            found = _png(path, progress)
        elif head[:4] in tiff.HEADS:
            found = _tiff(path, progress)
        return found or _of_values(raster.load(path, MOST_PX, progress))


def _of_values(values: Any) -> Scan:
    return Scan(values.grey, values.dots_per_m, values.notes)


def _png(path: Path, progress: Progress) -> Scan | None:
    """None of one that is interlaced: Pillow reads it."""
    with path.open("rb") as file:
        head = png.header(file)
    _refuse(head.width, head.height, head.samples.row_bytes(head.width))
    if head.interlaced:
        return None
    grey, colour = png.decoded(path, head, progress)
    return _upright(grey, head.dots_per_m, head.orientation, _notes(colour, 1))


def _tiff(path: Path, progress: Progress) -> Scan | None:
    with path.open("rb") as file:
        held = tiff.directory(file, path.stat().st_size)
    if held is None:
        return None
    _refuse(held.width, held.height, held.samples.row_bytes(held.width))
    grey, colour = pieces.decoded(path, held, progress)
    return _upright(grey, held.dots_per_m, held.orientation, _notes(colour, held.pages))


def _refuse(width: int, height: int, row_bytes: int) -> None:
    """Refuse what asks for too much, before anything is decoded."""
    if width * height > MOST_PX or max(width, height) > MAX_SIDE:
        raise FormatError(
            f"{width} × {height} pixels are too many (4000 million are the most, 200,000 each way); scale it down"
        )
    if row_bytes * height > MOST_BYTES:
        raise FormatError(
            f"{width} × {height} pixels are too many with so many colours and bits; save it as grey, or scale it down"
        )


def _notes(colour: float, pages: int) -> tuple[str, ...]:
    notes = (f"it holds {pages} pages; the first is taken",) if pages > 1 else ()
    return (*notes, raster.COLOURS) if colour > raster.COLOURED else notes


def _upright(grey: NDArray[Any], dots: tuple[float, float] | None, orientation: int, notes: tuple[str, ...]) -> Scan:
    """Turned as its file wants it."""
    turns, mirrored = raster.TURNED.get(orientation, (0, False))
    if turns or mirrored:
        seen = np.rot90(grey, turns)
        seen = seen[:, ::-1] if mirrored else seen
        grey = room(seen.shape, seen.dtype)
        for top in range(0, len(grey), BAND_ROWS):
            grey[top : top + BAND_ROWS] = seen[top : top + BAND_ROWS]
            let_go(grey)
            let_go(seen)
    dots = dots if dots is not None and sensible(*dots) else None
    return Scan(grey, dots[::-1] if dots is not None and turns % 2 else dots, notes)
