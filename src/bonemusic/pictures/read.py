"""A picture file as a film: grey values and size. Names, dates and whatever else it holds are left behind."""

from __future__ import annotations

from pathlib import Path

from ..errors import FormatError
from ..files import head_of, named
from ..progress import Progress, silent
from . import raster, xray
from .film import Film
from .limits import MAX_PIXELS
from .values import MOST_KEPT_PX, Values

DICOM_SUFFIXES = (".dcm", ".dicom", ".dic")


HEAD = 132


def is_picture(head: bytes) -> bool:
    """Whether a file that begins with these bytes (`HEAD` of them tell all) is a picture."""
    return (
        head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[128:132] == b"DICM"
    )


def read(path: Path, progress: Progress = silent) -> Film:
    """Read an X-ray or any picture as a film on a light box.

    PNG, JPEG, TIFF, BMP, WebP, and DICOM (with the extra `xray`). At most 80 million pixels are kept; larger
    pictures are averaged.

    Raises
    ------
    FormatError
        Missing, no picture, damaged, declared larger than 1.2 thousand million pixels, a series of pictures.
    """
    return full(path, progress, MOST_KEPT_PX).film


def full(path: Path, progress: Progress = silent, most_px: int = MAX_PIXELS) -> Values:
    """Read all of a picture's depth, and all of its pixels or so many.

    Raises
    ------
    FormatError
        As above.
    """
    head = head_of(path, HEAD, FormatError, "a picture")
    with named(path, FormatError):
        if head[128:132] == b"DICM" or path.suffix.lower() in DICOM_SUFFIXES:
            return xray.load(path, most_px, progress)
        return raster.load(path, most_px, progress)
