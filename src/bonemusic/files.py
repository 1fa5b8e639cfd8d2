"""The first look at a file that a person named."""

from __future__ import annotations

from pathlib import Path

from .errors import BonemusicError
from .units import shown


def head_of(path: Path, count: int, error: type[BonemusicError], wanted: str) -> bytes:
    """The first bytes of a file, at most `count`.

    Parameters
    ----------
    path : Path
    count : int
    error : type
        What is raised, in one line, where the file is missing, a directory, closed to us or empty.
    wanted : str
        What the file should be ("a sound file"), for that line.
    """
    try:
        with path.open("rb") as file:
            head = file.read(count)
    except FileNotFoundError as why:
        raise error(f"{path}: there is no such file; check the name") from why
    except IsADirectoryError as why:
        raise error(f"{path} is a directory; name {wanted} in it") from why
    except PermissionError as why:
        raise error(f"{path}: may not be opened ({why.strerror}); check its permissions") from why
    except OSError as why:
        raise error(f"{shown(str(path))}: cannot be opened ({why.strerror}); check the name") from why
    if not head:
        raise error(f"{path.name}: is empty (0 bytes); take a whole copy of the file")
    return head
