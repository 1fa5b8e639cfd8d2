"""SVG: the groove as polylines, true to size, for laser cutters and plotters; and discs drawn by other tools."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...groove import Groove


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut, progress)


def _read(path: Path, rpm: Fraction | None, else_rpm: Fraction, progress: Progress) -> tuple[Groove, tuple[str, ...]]:
    from ...paths.trace import groove_of
    from .read import read

    drawing = read(path)
    speed = rpm or _said_rpm(drawing.meta.get("rpm")) or else_rpm
    groove, warnings = groove_of(drawing, speed, progress=progress)
    return groove, (*drawing.notes, *warnings)


def _said_rpm(text: str | None) -> Fraction | None:
    from ... import units
    from ...errors import UnitError

    try:
        return units.rpm(text) if text else None
    except UnitError:
        return None


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
    read=_read,
)
