"""An output is written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import OutputError
from ..units import shown

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PARTS: set[Path] = set()
"""What is being written at this moment."""


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only when all is written; "-" is standard output.

    Whatever happens in between (an error, an interrupt, a full disk), nothing half-written is left and a file that was
    there stays as it was.

    Raises
    ------
    OutputError
        The folder is missing, may not be written, or is full.
    """
    refuse(path)
    if str(path) == "-" or (path.exists() and not path.is_file()):  # a pipe, or a device such as /dev/null
        with _told(_temporary()), tempfile.TemporaryFile() as held:
            yield held
            held.flush()
            held.seek(0)
            _pour(held, path)
        return
    target = Path(os.path.realpath(path))  # a link stays one, and what it points to is replaced
    part = target.with_name(f".bonemusic-{secrets.token_hex(8)}.part")
    try:
        _PARTS.add(part)
        with _told(path):
            with part.open("xb") as out:
                yield out
            with suppress(FileNotFoundError):
                part.chmod(stat.S_IMODE(target.stat().st_mode))
            part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink()
        _PARTS.discard(part)


def refuse(path: Path) -> None:
    """`OutputError` where it is plain before any work that the path cannot be written."""
    if str(path) == "-":
        return
    with _told(path):
        there = path.exists()
        if path.is_dir():
            raise OutputError(f"{path} is a directory; name a file in it, such as {path / 'disc.svg'}")
        if not there and not path.parent.exists():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        if not there and not path.parent.is_dir():
            raise OutputError(f"{path}: {path.parent} is a file, no folder; choose another place")
        if not os.access(path if there else path.parent, os.W_OK):
            what = "the file there is write-protected" if there else f"the folder {path.parent} is write-protected"
            raise OutputError(f"{path}: {what}; choose another place")


def refuse_inputs(path: Path, inputs: Iterable[Path]) -> None:
    """`OutputError` where the output is one of the files that the work is made from: a slip would destroy it."""
    for each in inputs:
        try:
            same = path.samefile(each)
        except (OSError, ValueError):  # one of them is not there
            continue
        if same and path.is_file():
            raise OutputError(f"{path}: is what the work is made from and would be lost; name another file")


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError as why:
        raise OutputError("no folder for temporary files can be written; name one in TMPDIR") from why


def tidy() -> None:
    """Take away what an interrupt has left: it may come between any two steps, even those that clean up."""
    for part in list(_PARTS):
        with suppress(OSError):
            part.unlink()


def _pour(held: IO[bytes], path: Path) -> None:
    """Copy what is finished to standard output or a device."""
    if str(path) != "-":
        with _told(path), path.open("wb") as out:
            shutil.copyfileobj(held, out)
        return
    with _told(Path("standard output")):
        if sys.stdout is None:
            raise OutputError("standard output is closed; write to a file")
        shutil.copyfileobj(held, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """System errors in one line that says what to do."""
    try:
        yield
    except OutputError:
        raise
    except BrokenPipeError as why:
        raise OutputError(f"{path}: its reader stopped before the end; write to a file instead") from why
    except OSError as why:
        if why.errno in FULL:
            raise OutputError(f"{path}: the disk is full; free some space or write elsewhere") from why
        if isinstance(why, PermissionError):
            raise OutputError(f"{path}: may not be written there; choose another place") from why
        if why.errno == errno.ENAMETOOLONG:
            raise OutputError(f"{shown(path.name)}: the name is too long; choose a shorter one") from why
        raise OutputError(f"{path}: cannot be written there ({why.strerror or why}); choose another place") from why
