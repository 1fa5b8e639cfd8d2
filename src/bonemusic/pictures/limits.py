"""What a picture's file may ask of the machine, judged before anything is decoded; and decoders that talk, hushed."""

from __future__ import annotations

import logging
import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import FormatError

MAX_PIXELS = 1_200_000_000
"""A film of 14 by 17 inches has 1,371 million dots at 2400 dpi, which no film's grain needs."""
MAX_SIDE = 200_000
"""Two metres at 2400 dpi. Decoders spend hundreds of bytes on a row, and files of some kB can claim 10⁹ rows."""
MAX_PROGRESSIVE_BYTES = 5_000_000_000
"""Of coefficients, which a decoder holds all at once, two bytes each (ITU-T T.81, annex G): what else a picture of
1.2·10⁹ pixels in colours takes."""
MAX_SCANNED = 200_000_000_000
"""Pixels times scans. Each scan passes over all of the picture, some 10¹⁰ pixels a second, even where it is empty."""

DAMAGED = "is damaged, or not all of it; take a whole copy of the file, or export it again"
"""What is said of a picture that ends before it should, or whose parts contradict each other."""

logging.getLogger("PIL").addHandler(logging.NullHandler())  # or it speaks on stderr, where one line is ours


def refuse(path: Path, picture: Any, most_px: int = MAX_PIXELS) -> None:
    """Refuse an opened picture that asks for too much.

    Raises
    ------
    FormatError
        More than `most_px` or `MAX_SIDE`; a progressive JPEG that takes too much memory or time.
    """
    width, height = picture.size
    if not 0 < width * height <= most_px:
        most = most_px // 1_000_000
        raise FormatError(f"{width} × {height} pixels are too many ({most} million are the most); scale it down")
    if max(width, height) > MAX_SIDE:
        raise FormatError(f"{width} × {height} pixels are too many (200,000 each way are the most); cut it to pieces")
    if picture.format == "JPEG" and picture.info.get("progressive"):
        if 2 * width * height * _samples(picture) > MAX_PROGRESSIVE_BYTES:
            raise FormatError(f"a progressive JPEG of {width} × {height} takes too much memory; save it as PNG or TIFF")
        scans = _scans(path)
        if width * height * scans > MAX_SCANNED:
            raise FormatError(f"is a progressive JPEG of {scans} scans, which nobody needs; save it as PNG or TIFF")


def _samples(picture: Any) -> float:
    """Samples to a pixel: colours may be held at half the resolution (T.81, A.1.1)."""
    try:
        areas = [across * down for _, across, down, _ in picture.layer]
        return float(sum(areas) / max(areas))
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        return len(picture.getbands())


def _scans(path: Path) -> int:
    """How many scans a JPEG has: their marker cannot be within compressed data (ITU-T T.81, B.1.1.5)."""
    count = at = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        while (at := held.find(b"\xff\xda", at) + 2) > 1:
            count += 1
    return count


@contextmanager
def hushed() -> Iterator[None]:
    """Let nothing come through to stderr that C code says there, such as libtiff of a damaged file."""
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed: nobody listens anyway
        yield
        return
    try:
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        with open(os.devnull, "wb") as nobody:  # noqa: PTH123  (a device, not a path)
            os.dup2(nobody.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
