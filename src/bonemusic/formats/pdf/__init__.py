"""PDF: the groove as hairlines, true to size, for laser drivers and proofs; the picture of a disc, to be printed; and
discs drawn by other tools."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    if cut.view != "machine":
        from . import printed

        return printed.write(file, cut, progress)
    from .write import write

    return write(file, cut, progress)


def _draw(path: Path) -> Drawing:
    from .read import read

    return read(path)


def _sniff(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]  # readers have always taken what comes before for a wrapper


FORMAT = Format(
    name="pdf",
    title="drawing, true to size, in hairlines, with layers; or the disc's picture, to be printed",
    suffixes=(".pdf",),
    lines=True,
    pictures=True,
    sniff=_sniff,
    write=_write,
    draw=_draw,
)
