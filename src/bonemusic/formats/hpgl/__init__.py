"""HP-GL: the groove as pen moves, for plotters with pens or knives; and discs plotted by other tools."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing

_BEGIN = re.compile(
    rb"(?:[\s;]|\x1b%-?[0-9]*[A-Z]|\x1bE|\x1b\.[^:\x1b]{0,40}:|\x1b\.[A-Z(@]|@PJL[^\n]*\n)*"
    rb"(?:IN|DF|BP|PS|RO|IP|SC|SP|PA|PR|PU|PD|PE|LT|VS|FS|PW|WU|NP|PT)(?:[\s;,0-9+-]|[A-Z]{2})",
    re.IGNORECASE,
)
_DRAWS = re.compile(rb"P(?:[UDAR]\s*[;0-9+-]|E[7:<=>\x80-\xff])", re.IGNORECASE)


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut, progress)


def _draw(path: Path) -> Drawing:
    from .read import read

    return read(path)


def _sniff(head: bytes) -> bool:
    return _BEGIN.match(head) is not None and _DRAWS.search(head) is not None


FORMAT = Format(
    name="hpgl",
    title="pen moves for plotters and drag-knife cutters (HP-GL)",
    suffixes=(".plt", ".hpgl", ".hpg", ".hgl"),
    lines=True,
    sniff=_sniff,
    write=_write,
    draw=_draw,
)
