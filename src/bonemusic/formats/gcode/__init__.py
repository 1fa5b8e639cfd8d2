"""G-code: the groove as moves for lasers, mills and turntable axes (GRBL, Marlin, LinuxCNC), and what others write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...paths.drawing import Drawing

_WORDS = re.compile(
    rb"/?\s*(?:(?:m\s*11[78]|o\s*\d+\s*(?:sub|call|do|while|if|repeat))\b.*"
    rb"|[gmntsfo]\s*\d[\s\d.]*(?:[a-z](?![a-z])[\s\d.+-]*)*(?:\*\d*)?)",
    re.IGNORECASE,
)
"""A word that may come first, then others: letters, mostly with numbers (not so G28 X Y). M117 takes text.

All of these match stripped lines: blanks that may be either of two patterns' are tried in every way."""
HEAD = 4096
"""Longer files are looked at no further, so the last line of their beginning may be a part of one."""
_BEGUN = re.compile(rb"/?\s*[gmntsfo]?", re.IGNORECASE)
_COMMENT = re.compile(rb"\((?:[^()\n]|\([^()\n]*\))*\)?|;.*|\*\d+\s*$")
"""Also with another one in it, which is no G-code, but meant to be."""
_ASIDE = re.compile(rb"(?:%\s*\w*|\$.*)?")
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
    for number, line in enumerate(lines, 1):
        bare = _COMMENT.sub(b"", line).strip()
        if not _ASIDE.fullmatch(bare):
            cut_off = number == len(lines) and len(head) >= HEAD
            return bool(_WORDS.fullmatch(bare) or (cut_off and _BEGUN.fullmatch(bare)))
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
