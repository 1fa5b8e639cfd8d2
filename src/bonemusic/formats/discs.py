"""A disc read from its file, or from several that hold it in parts, as a groove."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FormatError
from ..files import head_of
from ..pictures.read import is_picture
from ..progress import Progress
from ..units import rpm_text, shown
from .registry import HEAD, for_reading, sniffed

if TYPE_CHECKING:
    from ..groove import Groove
    from ..paths.drawing import Drawing

MOST_FILES = 1000
MOST_ENTRIES = 20_000
"""A folder of more than this is no disc's."""
RIM_M = 0.008
"""A groove that begins further inside the disc's edge is the rest of one: IEC 60098's first grooves lie 3.3 to 4.6 mm
inside, and 20 turns, which makers put into a file, are 4 mm and more."""
MOST_POINTS = 100_000_000
"""Of all files together; a whole LP side on the finest grid has half as many."""


def found(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files of a disc: those named, and for a folder all drawings of one format in it, as people count them.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders. What is named twice is read once.

    Returns
    -------
    files : tuple of Path
    notes : tuple of str
        What was passed over, and which part seems to be missing; a line each.

    Raises
    ------
    FormatError
        No file, too many, one that no format knows; a folder without drawings; files of several formats.
    """
    files: dict[str, Path] = {}
    notes: list[str] = []
    for path in paths:
        inside = [path]
        if _is_folder(path):
            inside, passed = _drawings_in(path)
            notes += passed
        for each in inside:
            files.setdefault(os.path.realpath(each), each)
    if not files:
        raise FormatError("there is no disc to read; name its file")
    if len(files) > MOST_FILES:
        raise FormatError(f"{len(files):,} files are no disc's; name the parts of one, {MOST_FILES:,} at most")
    formats = {_format_of(each): each for each in files.values()}
    if len(formats) > 1:
        listed = ", ".join(f"{shown(path.name)} is {name}" for name, path in sorted(formats.items()))
        raise FormatError(f"the parts of one disc are of one format, and {listed}; name the files of one disc")
    missing = _missing([each.name for each in files.values()])
    return tuple(files.values()), (*notes, *((missing,) if missing else ()))


def read(
    paths: Sequence[Path], rpm: Fraction | None, else_rpm: Fraction, progress: Progress
) -> tuple[Groove, tuple[str, ...]]:
    """The groove of a disc.

    Parameters
    ----------
    paths : sequence of Path
        One file, or several drawings (in any order) of which each is a part, all at their places on the disc.
    rpm : Fraction or None
        The speed asked for; None: what the files say of themselves, else `else_rpm`.

    Returns
    -------
    groove : Groove
    warnings : tuple of str

    Raises
    ------
    FormatError
    """
    if len(paths) == 1:
        spelling = for_reading(paths[0])
        if spelling.read is not None:
            return spelling.read(paths[0], rpm, else_rpm, progress)
    from ..paths.trace import groove_of

    drawing = _drawn(paths, progress)
    speed = rpm or _said_rpm(drawing.meta.get("rpm"))
    untold = () if speed else (_untold(len(paths), else_rpm),)
    groove, warnings = groove_of(drawing, speed or else_rpm, progress=progress)
    ends = _ends_missing([path.name for path in paths], drawing, float(groove.spiral.value.max()))
    return groove, (*untold, *drawing.notes, *warnings, *ends)


def _format_of(path: Path) -> str:
    """The name of a drawing's format; a scan among drawings is told as what it is."""
    if is_picture(head_of(path, HEAD, FormatError, "the file of a disc")):
        raise FormatError(f"{shown(path.name)} is a scan, and no part of a drawing; play scans by themselves")
    return for_reading(path).name


def _drawn(paths: Sequence[Path], progress: Progress) -> Drawing:
    """All files' lines and circles, in order, as one drawing."""
    from ..paths.drawing import Drawing

    drawings: list[Drawing] = []
    points = 0
    for done, path in enumerate(paths):
        progress("reading the disc", done / len(paths))
        spelling = for_reading(path)
        if spelling.draw is None:
            raise FormatError(
                f"{shown(path.name)} is no drawing in lines ({spelling.title}) and cannot be a part among others; "
                "play it by itself"
            )
        drawings.append(spelling.draw(path))
        points += sum(len(line) for line in drawings[-1].lines)
        if points > MOST_POINTS:
            most = f"{MOST_POINTS // 1_000_000} million points"
            raise FormatError(f"the files together hold more than {most}; name those of one disc")
    if len(drawings) == 1:
        return drawings[0]
    known = {drawing.scale_known: path for drawing, path in zip(drawings, paths, strict=True)}
    if len(known) > 1:
        raise FormatError(
            f"{shown(known[False].name)} names no unit and {shown(known[True].name)} does, so they cannot be put "
            "together; export all parts from one program in one way"
        )
    return Drawing(
        lines=tuple(line for drawing in drawings for line in drawing.lines),
        circles=tuple(dict.fromkeys(circle for drawing in drawings for circle in drawing.circles)),
        notes=tuple(dict.fromkeys(note for drawing in drawings for note in drawing.notes)),
        scale_known=drawings[0].scale_known,
        meta={key: value for drawing in reversed(drawings) for key, value in drawing.meta.items()},
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, a place that is closed: told when it is opened
        return False


def _drawings_in(folder: Path) -> tuple[list[Path], list[str]]:
    """A folder's drawings in order, and a line that tells what else was in it."""
    drawings: list[Path] = []
    others: list[str] = []
    formats: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_ENTRIES + 1) if not entry.name.startswith(".")]
    except OSError as why:
        raise FormatError(f"{folder}: cannot be looked into ({why.strerror}); check its permissions") from why
    if len(names) > MOST_ENTRIES:
        raise FormatError(f"{folder}: holds more than {MOST_ENTRIES:,} files; name those of the disc")
    for path in (folder / name for name in sorted(names, key=_counted)):
        if _is_folder(path):
            continue
        name = _drawing_format(path)
        if name is None:
            others.append(path.name)
        else:
            formats.add(name)
            drawings.append(path)
    if not drawings:
        raise FormatError(
            f"{folder}: holds no drawing of a disc; name a file (a scan, too), or the folder with its parts"
        )
    if len(formats) > 1:
        several = ", ".join(sorted(formats))
        raise FormatError(f"{folder}: holds drawings of several formats ({several}); name the files of one disc")
    if not others:
        return drawings, []
    few = ", ".join(shown(name) for name in others[:3])
    return drawings, [f"passed over in the folder, as no drawing: {few}{', …' if len(others) > 3 else ''}"]


def _drawing_format(path: Path) -> str | None:
    """The name of the format of a file in lines; None for every other file, and for one that cannot be opened."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return None
        with path.open("rb") as file:
            format_ = sniffed(file.read(HEAD))
    except OSError:
        return None
    return format_.name if format_ is not None and format_.draw is not None else None


def _counted(name: str) -> tuple[tuple[str, int], ...]:
    """By which names are put in order as people count them: part 2 before part 10."""
    pieces = re.findall(r"([^0-9]*)([0-9]*)", name)
    return tuple((text.lower(), int(digits[:18] or -1)) for text, digits in pieces)


def _missing(names: Sequence[str]) -> str | None:
    """Which of numbered parts are not there, where all names are alike but for one number; None if none seems so."""
    numbers = _numbered(names)
    gone = sorted(set(range(min(1, *numbers), max(numbers))) - set(numbers)) if len(numbers) > 1 else []
    if not gone:
        return None
    like = next(iter(numbers.values()))
    name = f"{like[1]}{gone[0]:0{len(like[2])}}{like[3]}"
    return f"a part seems to be missing: {shown(name, 60)}" + (f" and {len(gone) - 1} more" if len(gone) > 1 else "")


def _ends_missing(names: Sequence[str], drawing: Drawing, outer_m: float) -> tuple[str, ...]:
    """Tell of a first or last part that is not there, which the numbers in the names alone do not show.

    Layers are drawn with the last part, so without it there is neither a hole nor any other circle. A file by itself
    is the rest of a disc if its groove, of outer radius `outer_m`, begins far inside the disc's edge.
    """
    from ..paths.centre import round_lines
    from ..paths.join import Chain

    numbers = _numbered(names)
    if not numbers:
        return ()
    circles = (*drawing.circles, *round_lines([Chain((line,)) for line in drawing.lines]))
    told = [] if circles else ["the last part seems to be missing: there is no hole"]
    if len(numbers) == 1 and min(numbers) > 1 and drawing.scale_known:
        inside_m = max((circle.radius_m for circle in circles), default=math.inf) - outer_m
        if inside_m > RIM_M:
            begins = f": the groove begins {1e3 * inside_m:.0f} mm inside the edge" if circles else ""
            told.insert(0, f"what comes before {shown(names[0], 60)} seems to be missing{begins}")
    return tuple(told)


def _numbered(names: Sequence[str]) -> dict[int, re.Match[str]]:
    """The numbers of parts, where all names are alike but for one number; none where they are no parts.

    33 and 45 are no parts of 45. A name by itself is a part's only if its number has a nought in front, as ours have.
    """
    parts = [re.fullmatch(r"(.*?)([0-9]{1,6})(\D*)", name) for name in names]
    found = [part for part in parts if part]
    if not parts or len(found) < len(parts) or len({(part[1], part[3]) for part in found}) > 1:
        return {}
    numbers = {int(part[2]): part for part in found}
    if len(names) == 1:
        return numbers if found[0][2].startswith("0") else {}
    return numbers if max(numbers) - len(numbers) <= len(names) else {}


def _untold(files: int, rpm: Fraction) -> str:
    """That a speed is taken which nobody named; in the words of the lathe's files."""
    who = "the file does not tell its speed" if files == 1 else "the files do not tell their speed"
    return f"{who}; {rpm_text(rpm)} rpm is taken, --rpm names another"


def _said_rpm(text: str | None) -> Fraction | None:
    from .. import units
    from ..errors import UnitError

    try:
        return units.rpm(text) if text else None
    except UnitError:
        return None
