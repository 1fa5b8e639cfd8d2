"""An output is written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import OutputError


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
    if str(path) == "-":
        with tempfile.TemporaryFile() as held:  # whole or not at all holds for a pipe too
            yield held
            held.seek(0)
            shutil.copyfileobj(held, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    if path.is_dir():
        raise OutputError(f"{path} is a directory; name a file in it")
    if path.exists() and not path.is_file():  # a device such as /dev/null
        with _told(path), path.open("wb") as out:
            yield out
        return
    with _told(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with _told(path), os.fdopen(handle, "wb") as out:
            yield out
        with _told(path):
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)
            part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """System errors in one line that says what to do."""
    try:
        yield
    except OutputError:
        raise
    except OSError as why:
        if why.errno == errno.ENOSPC or why.errno == errno.EDQUOT:
            raise OutputError(f"{path}: the disk is full; free some space or write elsewhere") from why
        if isinstance(why, FileNotFoundError):
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first") from why
        if isinstance(why, PermissionError):
            raise OutputError(f"{path}: may not be written there; choose another folder") from why
        raise OutputError(f"{path}: cannot be written ({why.strerror})") from why
