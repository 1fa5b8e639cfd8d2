"""The object that is cut out of the sheet: outline, hole, coin, and the room that a label has."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BonemusicError, FitError, FormatError
from ..files import head_of
from ..formats.registry import HEAD, sniffed
from ..paths import join
from ..paths.drawing import Circle, Drawing
from ..paths.size import UNITS
from ..presets import Disc
from ..sheets import outline as outlines
from ..sheets.outline import Outline
from ..units import length_text, name_shown
from .looks import OUTLINES, Hole
from .wish import Wish

MARGIN_M = 1e-3
"""Between the hole, what is written, and the locked groove. Assumed: a hole's edge tears and a stylus slips by less."""
SPINDLE_M = 7.05e-3
"""A hole narrower than this goes over few spindles: IEC 60098 has 7.24 mm for those of some 7.1."""
MOST_POINTS = 5_000_000
ARM_M = 0.155
"""What reaches no further than this clears all that an LP of 301 mm clears."""


@dataclass(frozen=True)
class Object:
    """What is cut out of the sheet.

    Attributes
    ----------
    outline : Outline
    hole : Circle
        Around the groove's centre, or beside it.
    coin : Circle or None
        Where a coin is laid.
    label_m : (float, float)
        Inner and outer radius of the ring around the spindle that may be written on; the coin lies in it.
    notes : tuple of str
    """

    outline: Outline
    hole: Circle
    coin: Circle | None
    label_m: tuple[float, float]
    notes: tuple[str, ...]

    @property
    def edge(self) -> Circle | NDArray[Any]:
        """The outline as layers take it."""
        return Circle(0.0, 0.0, self.outline.radius_m or 0.0) if self.outline.corners is None else self.outline.corners


def made(wish: Wish) -> Object:
    """The object that a wish asks for.

    Raises
    ------
    FormatError
        The outline's drawing cannot be read, or holds no closed line.
    FitError
        The outline crosses itself, the groove or the hole; the hole does not lie within the label.
    """
    disc, looks = wish.disc, wish.looks
    hole, notes = _hole(disc, looks.hole)
    drawn = looks.outline if looks.outline not in (None, *OUTLINES) else None
    if drawn is None:
        outline = outlines.of(disc, looks.outline)
    else:
        outline, told = _drawn(Path(drawn), disc.recorded_diameter_m / 2, hole)
        notes += told
    name = "" if drawn is None else f"{name_shown(Path(drawn).name)}: "
    try:
        outlines.refuse(outline, disc.recorded_diameter_m / 2, hole)
    except FitError as why:
        raise FitError(f"{name}{why}") from why
    if outline.reach_m > ARM_M:
        notes.append(
            f"the outline reaches {1e3 * outline.reach_m:.0f} mm from the spindle, and an LP 150: look whether it "
            "clears the arm's post"
        )
    inner_m = math.hypot(hole.x_m, hole.y_m) + hole.radius_m + MARGIN_M
    outer_m = _locked_m(disc) - MARGIN_M
    coin = _coin(disc, hole)
    if disc.coin_diameter_m is not None and coin is None:
        notes.append("the hole leaves no room for a coin's circle on the label; lay coins on where they hold")
    return Object(outline, hole, coin, (inner_m, max(inner_m, outer_m)), tuple(notes))


def _locked_m(disc: Disc) -> float:
    """How near to the spindle the locked groove comes."""
    return (disc.locked_diameter_m - disc.groove_width_m) / 2


def _hole(disc: Disc, asked: Hole | None) -> tuple[Circle, list[str]]:
    """The hole, and what a turntable makes of it."""
    hole = asked or Hole(disc.hole_diameter_m)
    off_m = math.hypot(hole.x_m, hole.y_m)
    most_m = _locked_m(disc) - MARGIN_M
    if off_m + hole.diameter_m / 2 > most_m:
        what = f"{length_text(off_m)} off the centre" if off_m > 0 else f"{length_text(hole.diameter_m)} wide"
        helps = "a hole nearer to the centre" if 0 < hole.diameter_m / 2 < most_m else "a smaller hole"
        raise FitError(
            f"a hole {what} reaches the locked groove of {disc.name} ({length_text(2 * most_m)} across are free); take "
            f"{helps}, or another disc"
        )
    notes = []
    if off_m > 0:
        rim, end = disc.recorded_diameter_m / 2, disc.music_inner_diameter_m / 2
        notes.append(
            f"the hole lies {1e3 * off_m:.3g} mm off the groove's centre: the pitch will waver by "
            f"{100 * off_m / rim:.2g} % at the rim and {100 * off_m / end:.2g} % where the music may end"
        )
    if hole.diameter_m < SPINDLE_M:
        notes.append(f"a hole of {length_text(hole.diameter_m)} goes over no spindle, for which 7.24 mm are usual")
    return Circle(hole.x_m, hole.y_m, hole.diameter_m / 2), notes


def _coin(disc: Disc, hole: Circle) -> Circle | None:
    """Where a coin is laid: to the right, midway between hole and locked groove; None where it has no room."""
    if disc.coin_diameter_m is None:
        return None
    left, right = hole.x_m + hole.radius_m, _locked_m(disc)
    if right - left < disc.coin_diameter_m + 2 * MARGIN_M:
        return None
    return Circle((left + right) / 2, 0.0, disc.coin_diameter_m / 2)


def _drawn(path: Path, groove_outer_m: float, hole: Circle) -> tuple[Outline, list[str]]:
    """An outline as a drawing gives it, in true size."""
    name = name_shown(path.name)
    if not path.exists():
        raise FormatError(f"{path}: there is no such file; give {', '.join(OUTLINES)}, or a drawing's path")
    spelling = sniffed(head_of(path, HEAD, FormatError, "a drawing"))
    if spelling is None or spelling.draw is None:
        raise FormatError(f"{name}: is no drawing of lines, of which an outline is one; draw it as SVG or DXF")
    drawing = spelling.draw(path)
    if sum(map(len, (*drawing.lines, *drawing.shapes))) > MOST_POINTS:
        raise FormatError(f"{name}: holds more than {MOST_POINTS:,} points, which no outline does; simplify it")
    notes = [f"outline: {note}" for note in drawing.notes]
    try:
        if drawing.scale_known:
            outline, hole_m, others = _outline(drawing, 1.0)
        else:
            (outline, hole_m, others), unit = _sized(drawing, groove_outer_m, hole)
            notes.append(f"outline: the file names no unit; taken as {unit} it is {_size(outline)} large")
    except BonemusicError as why:
        raise FormatError(f"{name}: {why}") from why
    if others:
        notes.append(
            f"outline: {others} more closed line{'s' * (others > 1)} in the drawing, shorter than the outline, "
            f"{'are' if others > 1 else 'is'} left out"
        )
    if hole_m is not None and abs(hole_m / 2 - hole.radius_m) > 0.1e-3:
        notes.append(
            f"outline: the drawn hole is {length_text(hole_m)} wide, {length_text(2 * hole.radius_m)} are cut; --hole "
            "takes another"
        )
    return outline, notes


def _sized(drawing: Drawing, groove_outer_m: float, hole: Circle) -> tuple[tuple[Outline, float | None, int], str]:
    """The outline of a drawing that names no unit: in the first unit in which it suits the disc, else in the first."""
    for unit, factor in UNITS.items():
        found = _outline(drawing, factor)
        with suppress(FitError):
            outlines.refuse(found[0], groove_outer_m, hole)
            return found, unit
    unit = next(iter(UNITS))
    found = _outline(drawing, 1.0)
    try:
        outlines.refuse(found[0], groove_outer_m, hole)
    except FitError as why:
        raise FitError(f"the file names no unit; taken as {unit}, {why}") from why
    return found, unit


def _size(outline: Outline) -> str:
    left, bottom, right, top = outline.box_m
    return f"{1e3 * (right - left):.4g} × {1e3 * (top - bottom):.4g} mm"


def _outline(drawing: Drawing, factor: float) -> tuple[Outline, float | None, int]:
    """The outline of an enlarged drawing, the drawn hole's width, and how many closed lines are neither."""
    joined = [factor * line for line in (*_joined(drawing, factor), *drawing.shapes)]
    circles = [Circle(factor * c.x_m, factor * c.y_m, factor * c.radius_m) for c in drawing.circles]
    outline, hole_m = outlines.free(joined, circles)
    closed = sum(len(line) > 3 and math.dist(line[0], line[-1]) <= outlines.CLOSED_M for line in joined)
    return outline, hole_m, max(closed + len(circles) - 1 - (hole_m is not None), 0)


def _joined(drawing: Drawing, factor: float) -> list[NDArray[Any]]:
    """The drawing's lines, those in pieces put together where their ends, enlarged, meet."""
    near_m = outlines.CLOSED_M / factor
    lines = [line for line in drawing.lines if len(line) > 1 and np.isfinite(line).all()]
    whole = [line for line in lines if math.dist(line[0], line[-1]) <= near_m]
    pieces = tuple(line for line in lines if math.dist(line[0], line[-1]) > near_m)
    if not pieces:
        return whole
    reach_m = float(max(np.abs(line).max() for line in pieces))
    chains = join.join(join.runs(pieces), near_m, 2 * reach_m)
    return [*whole, *(np.concatenate(chain.pieces) for chain in chains)]
