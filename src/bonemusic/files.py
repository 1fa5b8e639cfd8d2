"""The first look at a file that a person named, and what is said where it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BonemusicError
from .units import name_shown, shown


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


@contextmanager
def named(path: Path, error: type[BonemusicError]) -> Iterator[None]:
    """Let every error of reading a file begin with its name, in one line of the given kind."""
    name = name_shown(path.name or str(path))
    try:
        yield
    except error as why:
        raise error(f"{name}: {why}") from why.__cause__
    except FileNotFoundError as why:
        raise error(f"{name}: there is no such file; check the name") from why
    except IsADirectoryError as why:
        raise error(f"{name}: is a directory; name a file in it") from why
    except OSError as why:
        raise error(f"{name}: cannot be read ({why.strerror}); check its permissions") from why
