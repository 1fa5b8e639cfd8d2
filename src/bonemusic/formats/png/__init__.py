"""PNG: a picture of the disc, the groove over the sheet."""

from __future__ import annotations

from typing import IO

from ...progress import Progress
from ..base import CutDisc, Format


def _write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    from .render import write

    return write(file, cut, progress)


FORMAT = Format(
    name="png",
    title="picture of the disc, groove over the sheet, at --dpi",
    suffixes=(".png",),
    lines=False,
    pictures=True,
    sniff=lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    write=_write,
)
