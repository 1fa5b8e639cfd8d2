"""A cut disc into one file, or into several where its machine takes no larger ones."""

from __future__ import annotations

import dataclasses
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import FitError, OutputError
from ..formats import CutDisc, Format
from ..paths.parts import split_by_turns, stretch, turns_of
from ..presets import Machine
from ..progress import Progress
from ..units import shown
from .output import Drafts, is_stream, together, whole

MOST_FILES = 1000
LEAST = 16
"""A file of fewer of the wave's samples than this is none: what fills it is no groove."""
PROBE = 20_000
"""Samples by which it is found how many fill a file."""
NAMED = 3
"""So many files of a former cut are told by name."""
FULL = 0.97
"""How full a file shall be: what comes next may need a little more for each point."""


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    files : tuple of Path
        In the order in which they are cut.
    points, size : int
        Points drawn and bytes, of all of them.
    notes : tuple of str
        What a person should know of the files, a line each.
    """

    files: tuple[Path, ...]
    points: int
    size: int
    notes: tuple[str, ...] = ()


def written(work: CutDisc, spelling: Format, out: Path, progress: Progress) -> Written:
    """Write a cut disc as one file, or as numbered ones where the machine's turns, points or bytes ask for it.

    Each part is a complete file that begins exactly where the last one ended. What is drawn before the groove is in the
    first, the layers after it are in the last. Where parts begin is always found from the drawing's beginning: a line
    that begins later (`paths.parts.going_on`) gets the files from there on, numbered as those of the whole side are.
    Where it begins within a part, the rest of that part never takes the place of the part: two files with the same
    turns, side by side, would be no disc that can be played, so it has to go to another folder.

    Parameters
    ----------
    work : CutDisc
    spelling : Format
    out : Path
        One file keeps this name; several are called `name-01.svg`, `name-02.svg` and so on. "-" is standard output,
        which takes one.
    progress : Progress

    Raises
    ------
    FitError
        More than `MOST_FILES` files, or one that is too small for anything.
    OutputError
        Several files for one pipe; the rest of a part where the part lies; or what `output` tells. All files get their
        names together or none does.
    """
    assert spelling.write is not None
    limited = _Limits.of(work.machine)
    if work.line is None or limited is None:
        with whole(out) as file:
            points = spelling.write(file, work, progress)
            size = file.tell()
            if work.line is not None and work.line.first > 0:
                _refuse_loss(out, out, size)
        return Written((out,), points, size, () if work.line is None else _left_over(out, (out,), 1))
    with together(out) as drafts:
        side = _Side(work, spelling, limited, drafts, progress, is_stream(out))
        side.write()
        drafts.names = files = _names(out, side.numbers, side.number)
        if side.within:
            _refuse_loss(files[0], out, drafts.held[0].stat().st_size)
    return Written(files, side.points, side.size, _left_over(out, files, side.numbers[0]))


@dataclass(frozen=True)
class _Limits:
    """What one file may hold."""

    turns: float | None
    points: int | None
    size: int | None

    @staticmethod
    def of(machine: Machine) -> _Limits | None:
        held = _Limits(machine.file_turns, machine.file_points, machine.file_bytes)
        return None if held == _Limits(None, None, None) else held

    def used(self, points: int, size: int) -> float:
        """How full a file is, 1 is full; 0 if no number of points or bytes fills it."""
        return max(points / (self.points or math.inf), size / (self.size or math.inf))

    @property
    def measured(self) -> bool:
        return self.points is not None or self.size is not None

    def __str__(self) -> str:
        said = [
            f"{self.turns:g} turn{'' if self.turns == 1 else 's'}" if self.turns is not None else "",
            f"{self.points:,} point{'' if self.points == 1 else 's'}" if self.points is not None else "",
            f"{self.size / 1e6:g} MB" if self.size is not None else "",
        ]
        return " or ".join(text for text in said if text)


@dataclass
class _Side:
    """The files of a side as they are made."""

    work: CutDisc
    spelling: Format
    limits: _Limits
    drafts: Drafts
    progress: Progress
    alone: bool
    """Whether there is room for one file only."""
    number: int = 0
    """Files so far, those before the line's beginning among them."""
    points: int = 0
    size: int = 0
    room: int | None = None
    """How many samples will fill a file, once that is known."""
    within: bool = False
    """Whether the first file is the rest of a part that begins before the line does."""

    def __post_init__(self) -> None:
        assert self.work.line is not None
        self.line = self.work.line
        self.numbers: list[int] = []

    def write(self) -> None:
        if self.limits.turns is not None and turns_of(self.line) > MOST_FILES * self.limits.turns:
            raise self._too_many()
        first, *stops = split_by_turns(self.line, self.limits.turns)
        for stop in stops:
            while first < stop:
                self.number += 1
                if self.number > MOST_FILES:
                    raise self._too_many()
                first = self._part(first, stop)

    def _part(self, first: int, stop: int) -> int:
        """Make the file that begins at a sample, and ends at `stop` at the latest; where it ends."""
        begin = self.line.first
        if not self.limits.measured:
            if stop > begin:
                self.within |= first < begin
                self._keep(max(first, begin), stop)
            return stop
        last, points, size = self._fitted(first, stop)
        if begin <= first:
            self._kept(last, points, size)
            return last
        self.drafts.drop()
        if begin < last:
            self.within = True
            self._keep(begin, last)
        return last

    def _fitted(self, first: int, stop: int) -> tuple[int, int, int]:
        """Make the largest file that holds no more than it may: its last sample, its points and its bytes."""
        if self.room is None and stop - first > PROBE:
            # one sample on, as what is drawn before the groove is in no other file
            used = self.limits.used(*self._made(first + 1, first + 1 + PROBE))
            self.room = max(LEAST, int(PROBE * FULL / used))
            self.drafts.drop()
        count = min(self.room or stop, stop - first)
        shrink = 1.0
        while True:
            points, size = self._made(first, first + count)
            used = self.limits.used(points, size)
            if used <= 1:
                if first or not self.work.before:  # no other file holds that
                    self.room = max(LEAST, int(count * FULL / used))
                return first + count, points, size
            self.drafts.drop()
            count = int(count * min(FULL / used, shrink))
            shrink = 0.5  # after a first try in proportion, a few at most: what does not shrink with it is in the way
            if count < LEAST:
                raise FitError(
                    f"{self.work.machine.name} takes files of {self.limits}, which hold no groove beside what every "
                    "file must say; take another format, or a machine that takes larger files"
                )

    def _keep(self, first: int, last: int) -> None:
        self._kept(last, *self._made(first, last))

    def _kept(self, last: int, points: int, size: int) -> None:
        if self.alone and last < self.line.last:
            raise OutputError(
                f"{self.work.machine.name} takes files of {self.limits}, so this drawing is several, which do not go "
                "through one pipe; name a file to write to"
            )
        self.numbers.append(self.number)
        self.points += points
        self.size += size

    def _made(self, first: int, last: int) -> tuple[int, int]:
        """Write a part: its points and its bytes."""
        write = self.spelling.write
        assert write is not None
        part = _part_of(self.work, first, last)
        whole_line = max(self.line.last, 1)

        def tell(step: str, done: float) -> None:
            self.progress(step, (first + done * (last - first)) / whole_line)

        def make(file: IO[bytes]) -> tuple[int, int]:
            return write(file, part, tell), file.tell()

        return self.drafts.add(make)

    def _too_many(self) -> FitError:
        return FitError(
            f"{self.work.machine.name} takes files of {self.limits}: this drawing would be more than {MOST_FILES:,} of "
            "them; take a machine that takes larger files, or a shorter song"
        )


def _part_of(work: CutDisc, first: int, last: int) -> CutDisc:
    """A stretch of a disc's line; layers only with the ends of it, on a page that is the whole disc's."""
    assert work.line is not None
    line = stretch(work.line, first, last)
    before = work.before if first == 0 else ()
    after = work.layers if last == work.line.last else ()
    # what marks a page's corners may be among the layers, and all parts must lie alike on the machine's bed
    disc = work.disc
    if work.reach_m > disc.diameter_m / 2:
        disc = dataclasses.replace(disc, diameter_m=2 * work.reach_m)
    return dataclasses.replace(work, line=line, before=before, layers=after, disc=disc)


def _names(out: Path, numbers: list[int], of: int) -> tuple[Path, ...]:
    """What files of these numbers are called, of so many that the whole side has."""
    if of == 1:
        return (out,)
    digits = max(2, len(str(of)))
    return tuple(out.with_name(f"{out.stem}-{number:0{digits}}{out.suffix}") for number in numbers)


def _refuse_loss(target: Path, out: Path, size: int) -> None:
    """`OutputError` where the rest of a part, of so many bytes, would take the place of a file that holds more."""
    try:
        if not target.is_file() or target.stat().st_size <= size:
            return
    except OSError:  # told when the name is taken
        return
    first = "" if target == out else ", or go on from that file's first turn"
    raise OutputError(
        f"{target}: is there and holds more than this rest, which begins within it; make another folder for it "
        f"(-o {out.parent / 'rest' / out.name}){first}"
    )


def _left_over(out: Path, files: tuple[Path, ...], first: int) -> tuple[str, ...]:
    """Tell of files beside ours that look like parts of this side and are not: whoever plays all would hear them.

    `first` is the number of our first file: parts before it belong to a side that is gone on with.
    """
    if is_stream(out):
        return ()
    ours = {file.name for file in files}
    part = re.compile(rf"{re.escape(out.stem)}-([0-9]{{2,4}}){re.escape(out.suffix)}")
    digits = len(files[0].stem) - len(out.stem) - 1
    found = []
    with suppress(OSError):
        for name in sorted(each.name for each in out.parent.iterdir()):
            match = part.fullmatch(name)
            before = match is not None and len(match[1]) == digits and int(match[1]) < first
            if name not in ours and (name == out.name or match) and not before:
                found.append(name)
    if not found:
        return ()
    named = ", ".join(shown(name, 60) for name in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return (
        f"{named}{more} beside it {'are' if len(found) > 1 else 'is'} from a former cut: move what is no part of "
        "this disc away before you cut or play them together",
    )
