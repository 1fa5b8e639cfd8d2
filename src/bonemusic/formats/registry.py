"""Finds a format: by suffix when writing, by content when reading. Formats join by being packages in this folder."""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

from ..errors import FormatError
from .base import Format

HEAD = 4096


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
            if each.name == name.lower():
                return each
        near = get_close_matches(name.lower(), [f.name for f in writing], 1)
        raise FormatError(
            f"there is no format {name[:40]!r}; " + (f"did you mean {near[0]}?" if near else f"known are {listed}")
        )
    if str(path) == "-":
        raise FormatError(f"standard output has no suffix that tells the format; add --format, one of: {listed}")
    for each in writing:
        if path.suffix.lower() in each.suffixes:
            return each
    said = path.suffix[:20] or "no suffix"
    raise FormatError(f"{path.name[-80:]}: {said} is no format that discs are written in; known are {listed}")


def for_reading(path: Path) -> Format:
    """The format of a file that holds a disc, found by its content.

    Raises
    ------
    FormatError
        Missing, a directory, empty, or nothing that any format knows.
    """
    if not path.exists():
        raise FormatError(f"{path}: there is no such file; check the name")
    if path.is_dir():
        raise FormatError(f"{path} is a directory; name the file of a disc in it")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as why:
        raise FormatError(f"{path}: cannot be opened ({why.strerror}); check its permissions") from why
    if not head:
        raise FormatError(f"{path.name}: is empty (0 bytes); take a whole copy of the file")
    reading = [f for f in known() if f.read is not None]
    for each in reading:
        if each.sniff(head):
            return each
    listed = ", ".join(f.name for f in reading)
    raise FormatError(f"{path.name}: is no drawing of a disc that can be read; known are {listed}")
