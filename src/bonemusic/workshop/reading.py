"""Scans to a side: read, followed, mended, and its faults named."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from .. import presets
from ..errors import FormatError
from ..pictures.scan import scan
from ..pictures.values import Values, straight
from ..progress import Progress, silent
from ..scanning.faults import faults
from ..scanning.reader import Reading, read
from .recipe import Recipe
from .transferred import Scanned

WINDINGS = {1: "counter-clockwise inwards, as records run", -1: "clockwise inwards: mirrored, or begun inside"}


def read_scans(sources: Sequence[Path], recipe: Recipe, progress: Progress = silent) -> Scanned:
    """Read a side from its scan.

    Raises
    ------
    FormatError
        No picture, no disc, several scans.
    """
    if len(sources) != 1:
        raise FormatError(f"{len(sources)} scans of a side cannot be joined yet; give one")
    picture = scan(sources[0], progress)
    dots = recipe.scan.dots_per_m
    density = (dots, dots) if dots is not None else picture.dots_per_m
    rpm = recipe.rpm or presets.disc(recipe.disc).rpm
    sampled = picture.grey[:: max(1, len(picture.grey) // 1000)]
    reading = read(Values(picture.grey, straight(sampled), density), rpm, progress)
    notes = (*picture.notes, *reading.notes)
    return of_reading(reading, Values(picture.grey, straight(sampled)), rpm, recipe.rpm is not None, notes)


def of_reading(reading: Reading, values: Values, rpm: Fraction, told: bool, notes: tuple[str, ...]) -> Scanned:
    """What a transfer needs of a reading."""
    found, at = reading.found, reading.track.geometry
    return Scanned(
        grey=values.grey,
        flat=reading.groove,
        mended=reading.mended,
        track=reading.track,
        invented=reading.gaps.invented,
        missing=reading.gaps.missing,
        speed_from="--rpm" if told else "assumed",
        hole=found.hole,
        direction=WINDINGS[found.winding],
        mirrored=found.winding < 0,
        way="lateral",
        wow_before_percent=None,
        wow_after_percent=None,
        faults=faults(
            values.grey, at, found.inner_m, found.outer_m, found.width_m * at.dots_per_m, found.pitch_m * at.dots_per_m
        ),
        notes=notes,
    )
