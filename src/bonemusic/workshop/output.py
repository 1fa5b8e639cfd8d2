"""An output is written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from ..errors import OutputError
from ..units import shown

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PARTS: set[Path] = set()
"""What is being written at this moment."""
T = TypeVar("T")


class _Naming(NamedTuple):
    """A finished file about to take a name, and where the file that had it is kept until all have theirs."""

    part: Path
    target: Path
    kept: Path | None


_NAMING: list[_Naming] = []
"""What is to be undone if an interrupt comes while several files take their names."""


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
    if is_stream(path):
        with _told(_temporary()), tempfile.TemporaryFile() as held:
            yield held
            held.flush()
            held.seek(0)
            _pour(held, path)
        return
    target = Path(os.path.realpath(path))  # a link stays one, and what it points to is replaced
    part = _hidden(target)
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


class Drafts:
    """Files that are finished one after another and have no names yet; see `together`."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self.held: list[Path] = []
        """Where they lie, in the order in which they were made."""
        self.names: Sequence[Path] = ()
        """What they shall be called, set when all are made."""

    def add(self, write: Callable[[IO[bytes]], T]) -> T:
        """Make another file; gives what the writing of it gave."""
        part = _hidden(self._beside)
        _PARTS.add(part)
        self.held.append(part)
        with part.open("xb") as out:
            return write(out)

    def drop(self) -> None:
        """Take the latest one away: it is not wanted."""
        self.held[-1].unlink(missing_ok=True)
        _PARTS.discard(self.held.pop())


@contextmanager
def together(path: Path) -> Iterator[Drafts]:
    """Make several files that take their names all together, when the last one is finished, or not at all.

    What had these names before stays as it was until then. Standard output and devices take one file.

    Parameters
    ----------
    path : Path
        What the output is called; the files come to lie beside it.

    Raises
    ------
    OutputError
        The folder is missing, may not be written, or is full; or one of the names cannot be taken.
    """
    refuse(path)
    with ExitStack() as stack:
        stream = is_stream(path)
        stack.enter_context(_told(_temporary() if stream else path))
        beside = Path(os.path.realpath(path))
        if stream:
            beside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bonemusic-"))) / "out"
        drafts = Drafts(beside)
        try:
            yield drafts
            if stream:
                (only,) = drafts.held
                with only.open("rb") as held:
                    _pour(held, path)
            else:
                _take_names(drafts.held, drafts.names)
        finally:
            for part in drafts.held:
                with suppress(OSError):
                    part.unlink()
                _PARTS.discard(part)


def is_stream(path: Path) -> bool:
    """Whether what is written flows on: standard output, a pipe, or a device such as /dev/null."""
    return str(path) == "-" or (path.exists() and not path.is_file())


def refuse(path: Path) -> None:
    """`OutputError` where it is plain before any work that the path cannot be written."""
    if str(path) == "-":
        return
    with _told(path):
        there = path.exists()
        if path.is_dir():
            raise OutputError(f"{path} is a directory; name a file in it")
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
    _unname()
    for part in list(_PARTS):
        with suppress(OSError):
            part.unlink()


def _hidden(path: Path) -> Path:
    """A name beside it for what is not yet finished."""
    return path.with_name(f".bonemusic-{secrets.token_hex(8)}.part")


def _take_names(parts: Sequence[Path], names: Sequence[Path]) -> None:
    """Give finished files their names; if one cannot be had, all that had them before have them again."""
    for name in names:
        refuse(name)
    targets = [Path(os.path.realpath(name)) for name in names]
    for part, target in zip(parts, targets, strict=True):
        with suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(target.stat().st_mode))
    if len(targets) == 1:
        parts[0].replace(targets[0])
        return
    steps = [
        _Naming(part, target, _hidden(target) if target.exists() else None)
        for part, target in zip(parts, targets, strict=True)
    ]
    _NAMING.extend(steps)
    try:
        for part, target, kept in steps:
            if kept is not None:
                target.replace(kept)
            part.replace(target)
        _PARTS.update(step.kept for step in steps if step.kept is not None)
        _NAMING.clear()  # from here on they stay
    except BaseException:
        _unname()
        raise
    for step in steps:
        if step.kept is not None:
            with suppress(OSError):
                step.kept.unlink()
            _PARTS.discard(step.kept)


def _unname() -> None:
    """Undo what `_take_names` has begun; what is undone already is left alone."""
    for part, target, kept in _NAMING:
        with suppress(OSError):
            if kept is not None:
                if kept.exists():
                    kept.replace(target)
            elif not part.exists():
                target.unlink(missing_ok=True)
    _NAMING.clear()


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
