"""Scans to a side: read, followed, mended, and its faults named."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..errors import FormatError
from ..files import head_of
from ..formats.registry import HEAD, sniffed
from ..pictures.read import is_picture
from ..pictures.scan import scan
from ..pictures.values import BAND_ROWS, Values, straight
from ..progress import Progress, silent
from ..scanning import perspective
from ..scanning.faults import faults
from ..scanning.find import CLOCKWISE
from ..scanning.reader import Reading, read_all
from ..scanning.rings import rings_of
from ..scanning.wow import wow
from ..units import name_shown
from . import speed
from .recipe import Recipe
from .transferred import Scanned

LEAST_SURE, WELL_SURE = 0.1, 0.9
"""The track's mean confidence, and against how much of the groove was seen when the disc was found."""
AS_MIRRORED = "with --mirror the groove runs clockwise inwards: leave --mirror out, unless the disc starts inside"
WINDINGS = {1: "counter-clockwise inwards, as records run", -1: "clockwise inwards: mirrored, or begun inside"}


def read_scans(sources: Sequence[Path], recipe: Recipe, progress: Progress = silent) -> Scanned:
    """Read a side from its scan, or from several, each turned another way under the lamp.

    Raises
    ------
    FormatError
        No picture, no disc, scans of different sides.
    """
    for source in sources:  # what is not there, or no scan, is told before the others are read
        _refuse_drawing(source, len(sources))
    values = _values(sources[0], recipe, progress)
    at: list[str] = []

    def each() -> Iterator[Values]:
        for number, source in enumerate(sources):
            picture = _values(source, recipe, progress) if number else values
            at[:] = [name_shown(source.name)]
            yield picture
            at.clear()
            del picture

    rpm = recipe.rpm or presets.disc(recipe.disc).rpm
    try:
        reading = read_all(each(), rpm, recipe.scan.track, progress)
    except FormatError as why:
        if len(sources) == 1 or not at:
            raise
        raise FormatError(f"{at[0]}: {why}") from why
    return of_reading(reading, values, recipe)


def _refuse_drawing(source: Path, many: int) -> None:
    """Refuse what is no picture, but a disc all the same."""
    head = head_of(source, HEAD, FormatError, "a scan")
    drawn = None if is_picture(head) else sniffed(head)
    if drawn is None:
        return
    name = name_shown(source.name)
    if many > 1:
        raise FormatError(f"{name}: is a drawing ({drawn.name}), and no scan of the same side; play it by itself")
    raise FormatError(f"{name}: is a drawing ({drawn.name}), and no scan; 'bonemusic play' makes sound of it")


def _values(source: Path, recipe: Recipe, progress: Progress) -> Values:
    """A scan's picture, as it is to be read."""
    wish = recipe.scan
    picture = scan(source, progress)
    grey = mirrored(picture.grey) if wish.mirror else picture.grey
    density = (wish.dots_per_m, wish.dots_per_m) if wish.dots_per_m is not None else picture.dots_per_m
    values = Values(grey, straight(grey[:: max(1, len(grey) // 1000)]), density, notes=picture.notes)
    if not wish.perspective:
        return values
    # what a camera's file says of its dots tells nothing of a disc; what a person says does, of the disc's middle
    return replace(perspective.mended(values, progress), dots_per_m=density if wish.dots_per_m is not None else None)


def mirrored(grey: NDArray[Any]) -> NDArray[Any]:
    """The picture with left and right swapped, in place where that can be."""
    out = grey if grey.flags.writeable else grey.copy()
    for top in range(0, len(out), BAND_ROWS):
        band = out[top : top + BAND_ROWS]
        band[:] = band[:, ::-1].copy()
    return out


def of_reading(reading: Reading, values: Values, recipe: Recipe) -> Scanned:
    """What a transfer needs of a reading: at its right speed, with its faults and its wow."""
    found, at = reading.found, reading.track.geometry
    factor, speed_from, notes = _speed(reading, recipe)
    innermost_m = float(reading.groove.spiral.value.min())
    rings = rings_of(values.grey, at, found, innermost_m)
    return Scanned(
        grey=values.grey,
        flat=speed.at_speed(reading.groove, factor) if factor != 1 else reading.groove,
        mended=speed.at_speed(reading.mended, factor) if factor != 1 else reading.mended,
        track=reading.track,
        invented=reading.gaps.invented,
        missing=reading.gaps.missing,
        speed_from=speed_from or f"assumed as of {recipe.disc}",
        rings=rings,
        direction=WINDINGS[found.winding],
        locked=reading.groove.bands[-1].name == "locked groove",
        mirrored=recipe.scan.mirror,
        way=reading.way,
        # once a turn, where the disc is worst: e/r at the innermost turn, were it played by its hole
        wow_before_percent=None if rings.hole is None else 100 * rings.hole.off_m(at) / innermost_m,
        wow_after_percent=_number(wow(reading.track.radius_m, reading.track.steps_per_turn)),
        grain=reading.grain,
        faults=faults(
            values.grey, at, found.inner_m, found.outer_m, found.width_m * at.dots_per_m, found.pitch_m * at.dots_per_m
        ),
        notes=(*values.notes, *_of_side(reading.notes, recipe), *_doubts(reading), *notes),
    )


def _of_side(notes: Sequence[str], recipe: Recipe) -> Iterator[str]:
    """What was seen of a groove, told to somebody who may have mirrored it."""
    for note in notes:
        yield AS_MIRRORED if recipe.scan.mirror and note == CLOCKWISE else note


def _speed(reading: Reading, recipe: Recipe) -> tuple[float, str, tuple[str, ...]]:
    """How much faster the groove is to turn than it was read, what says so, and what is to be noted."""
    wish = recipe.scan
    if recipe.rpm is not None:
        given = {"--seconds": wish.seconds, "--hum": wish.hum_hz, "--tuned": wish.tuned_hz}
        idle = [name for name, value in given.items() if value is not None]
        return 1.0, "--rpm", (f"--rpm tells the speed: nothing is made of {' and '.join(idle)}",) if idle else ()
    factor, speed_from, notes = speed.told(reading.groove, wish)
    if not speed_from and not notes:
        notes = (
            f"nothing tells the speed: it is taken as {recipe.disc}'s; give --rpm, --seconds, --hum or --tuned if it "
            "sounds wrong",
        )
    return factor, speed_from, notes


def _doubts(reading: Reading) -> tuple[str, ...]:
    """What is to be said where much of a track is not seen.

    Raises
    ------
    FormatError
        Next to nothing of it is.
    """
    sure = float(np.mean(reading.track.confidence, dtype=np.float64))
    if sure < LEAST_SURE:
        raise FormatError(
            "no groove can be followed where its turns are; scan it in grey, finer, or with more contrast, and try "
            "--track density if it varies in brightness"
        )
    if sure < WELL_SURE * float(reading.found.lit.mean()):  # what is unlit or cut off is told already
        return (
            f"the groove is followed on {100 * sure:.0f} % of its way only; the rest is dim or hidden, its sound "
            "is guessed or silent",
        )
    return ()


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
