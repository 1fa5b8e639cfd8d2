"""DXF R12: the groove as polylines in millimetres, for CAD and CAM programs; and discs drawn by them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing

BINARY = b"AutoCAD Binary DXF"
DWG = re.compile(rb"AC10[0-9]{2}\0")
"""How AutoCAD's own files begin, which people take for DXF."""
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:999[ \t]*\r?\n[^\n]*\n\s*)*0[ \t]*\r?\n[ \t]*SECTION\b")


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut, progress)


def _draw(path: Path) -> Drawing:
    from .read import read

    return read(path)


def _sniff(head: bytes) -> bool:
    return head.startswith(BINARY) or DWG.match(head) is not None or _BEGIN.match(head) is not None


FORMAT = Format(
    name="dxf",
    title="drawing in millimetres for CAD and CAM programs (R12)",
    suffixes=(".dxf",),
    lines=True,
    sniff=_sniff,
    write=_write,
    draw=_draw,
)
