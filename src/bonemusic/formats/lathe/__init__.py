"""Lathe: four tracks that cut a lacquer: left and right for the head, pitch for the lead screw, and depth."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...progress import Progress
from ..base import CutDisc, Format

if TYPE_CHECKING:
    from ...groove import Groove

TRACKS = 4


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .write import write

    return write(file, cut.groove, progress)


def _read(path: Path, rpm: Fraction | None, else_rpm: Fraction, progress: Progress) -> tuple[Groove, tuple[str, ...]]:
    from .read import read

    return read(path, rpm, else_rpm, progress)


def _sniff(head: bytes) -> bool:
    """A WAV file of four channels; whether they move a lathe is seen when they are read."""
    at = head.find(b"fmt ")
    four = head[at + 10 : at + 12] == TRACKS.to_bytes(2, "little")
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE" and at >= 0 and four


FORMAT = Format(
    name="lathe",
    title="four tracks for a record lathe: left, right, pitch, depth; WAV, 24 bit",
    suffixes=(".wav",),
    lines=False,
    sniff=_sniff,
    write=_write,
    read=_read,
    vertical=True,
)
