"""SVG: the groove as polylines, true to size, for laser cutters and plotters; and discs drawn by other tools."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut, progress)


def _draw(path: Path) -> Drawing:
    from .read import read

    return read(path)


def _sniff(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return b"<svg" in head or text.startswith((b"<?xml", b"<!DOCTYPE svg", b"\x1f\x8b"))


FORMAT = Format(
    name="svg",
    title="drawing, true to size, for laser cutters and plotters",
    suffixes=(".svg",),
    lines=True,
    sniff=_sniff,
    write=_write,
    draw=_draw,
)
