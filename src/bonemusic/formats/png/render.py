"""The disc as PNG: a palette of 256 colours, a byte a pixel, its resolution, and nothing else (PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import IO

from ...progress import Progress
from ..base import CutDisc
from .packing import Packed, stream
from .picture import bands, picture
from .shapes import Frame

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Render a disc and write it as PNG; gives the number of corners that its walls are drawn with."""
    drawn = picture(cut)
    save(file, drawn.frame, drawn.palette.tobytes(), bands(drawn, progress))
    return drawn.corners


def save(file: IO[bytes], frame: Frame, palette: bytes, parts: Iterable[Packed]) -> None:
    """Write packed rows as PNG."""
    file.write(SIGNATURE)
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", frame.width, frame.height, 8, 3, 0, 0, 0))
    _chunk(file, b"pHYs", struct.pack(">IIB", round(frame.dots_per_m), round(frame.dots_per_m), 1))
    _chunk(file, b"PLTE", palette)
    for body in stream(parts):
        _chunk(file, b"IDAT", body)
    _chunk(file, b"IEND", b"")


def _chunk(file: IO[bytes], name: bytes, body: bytes) -> None:
    file.write(struct.pack(">I", len(body)) + name)
    file.write(body)
    file.write(struct.pack(">I", zlib.crc32(body, zlib.crc32(name))))
