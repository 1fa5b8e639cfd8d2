"""Finds a format: by suffix when writing, by content when reading. Formats join by being packages in this folder."""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

from ..errors import FormatError
from ..files import head_of
from ..units import shown
from .base import Format

HEAD = 4096
UNMARKED = ("gcode", "hpgl")
"""Formats that are plain words with no mark of their own: what any other format knows is not taken for one of these."""


@cache
def known() -> tuple[Format, ...]:
    """All formats, by name."""
    folder = [str(Path(__file__).parent)]
    names = sorted(found.name for found in pkgutil.iter_modules(folder) if found.ispkg)
    return tuple(import_module(f"{__package__}.{name}").FORMAT for name in names)


def for_writing(path: Path, name: str | None) -> Format:
    """The format to write: the one named, or the one whose suffix the path has.

    Raises
    ------
    FormatError
        No such format; the line names those that there are.
    """
    writing = [f for f in known() if f.write is not None]
    listed = ", ".join(f"{f.name} ({f.suffixes[0]})" for f in writing)
    if name is not None:
        for each in writing:
            if name.lower().lstrip(".") == each.name:
                return each
        near = get_close_matches(name.lower(), [f.name for f in writing], 1)
        raise FormatError(
            f"there is no format {shown(name)}; " + (f"did you mean {near[0]}?" if near else f"known are {listed}")
        )
    if str(path) == "-":
        raise FormatError(f"standard output has no suffix that tells the format; add --format, one of: {listed}")
    for each in writing:
        if path.suffix.lower() in each.suffixes:
            return each
    raise FormatError(f"{suffix_of(path)}, which would tell the format; use one of {listed}, or add --format")


def suffix_of(path: Path) -> str:
    """What is wrong with a name whose suffix says nothing."""
    name = shown(path.name[-60:], 60)
    return f"{name} has the unknown suffix {shown(path.suffix, 20)}" if path.suffix else f"{name} has no suffix"


def for_reading(path: Path) -> Format:
    """The format of a file that holds a disc, found by its content.

    Raises
    ------
    FormatError
        Missing, a directory, empty, or nothing that any format knows.
    """
    head = head_of(path, HEAD, FormatError, "the file of a disc")
    found = sniffed(head)
    if found is not None:
        return found
    listed = ", ".join(f.name for f in known() if _is_read(f))
    raise FormatError(
        f"{path.name}: is no drawing of a disc; known are {listed} (of scans PNG, JPEG, TIFF, BMP, WebP, DICOM), and "
        "'bonemusic cut' makes one of a song"
    )


def sniffed(head: bytes) -> Format | None:
    """The format that can be read of a file that begins with these bytes; None where no format knows it."""
    reading = sorted((f for f in known() if _is_read(f)), key=lambda f: f.name in UNMARKED)
    return next((f for f in reading if f.sniff(head)), None)


def _is_read(each: Format) -> bool:
    return each.draw is not None or each.read is not None
