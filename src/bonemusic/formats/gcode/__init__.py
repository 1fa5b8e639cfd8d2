"""G-code: the groove as moves for lasers, mills and turntable axes (GRBL, Marlin, LinuxCNC), and what others write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing

_WORDS = re.compile(rb"\s*/?\s*[gmntsfo]\s*\d[\sa-z0-9.+*-]*", re.IGNORECASE)
_COMMENT = re.compile(rb"\([^)\n]*\)?|;.*|\*\d+\s*$")
_ASIDE = re.compile(rb"\s*(?:%\s*\w*|\$.*)?\s*")
"""Lines before the first word: a tape's "%" with a name, GRBL's settings."""
_PLOTTER = re.compile(rb"\s*[;:]+\s*(?:IN|DF|SP|PU|PD|PA|EC|H|U|L)\b[\s\d;,]", re.IGNORECASE)


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut, progress)


def _draw(path: Path) -> Drawing:
    from .read import read

    return read(path)


def _sniff(head: bytes) -> bool:
    """Whether the first line that is no comment begins with a word of G-code; a head of comments only will do."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in text or _PLOTTER.match(text):
        return False
    lines = text.splitlines()
    for line in lines:
        bare = _COMMENT.sub(b"", line)
        if not _ASIDE.fullmatch(bare):
            return _WORDS.fullmatch(bare) is not None or (line is lines[-1] and len(head) >= 4096)
    return text.lstrip()[:1] in (b";", b"(")


FORMAT = Format(
    name="gcode",
    title="G-code for lasers, mills and turntable axes: GRBL, Marlin, LinuxCNC",
    suffixes=(".gcode", ".nc", ".ngc"),
    lines=True,
    sniff=_sniff,
    write=_write,
    draw=_draw,
    turning=True,
)
