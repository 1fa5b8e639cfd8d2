"""Scans to a side: read, followed, mended, and its faults named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..pictures.scan import scan
from ..pictures.values import BAND_ROWS, Values, straight
from ..progress import Progress, silent
from ..scanning import perspective
from ..scanning.faults import faults
from ..scanning.reader import Reading, read_all
from ..scanning.wow import wow
from . import speed
from .recipe import Recipe
from .transferred import Scanned

WINDINGS = {1: "counter-clockwise inwards, as records run", -1: "clockwise inwards: mirrored, or begun inside"}


def read_scans(sources: Sequence[Path], recipe: Recipe, progress: Progress = silent) -> Scanned:
    """Read a side from its scan, or from several, each turned another way under the lamp.

    Raises
    ------
    FormatError
        No picture, no disc, scans of different sides.
    """
    values = _values(sources[0], recipe, progress)
    others = (_values(source, recipe, progress) for source in sources[1:])
    rpm = recipe.rpm or presets.disc(recipe.disc).rpm
    return of_reading(read_all(chain((values,), others), rpm, recipe.scan.track, progress), values, recipe)


def _values(source: Path, recipe: Recipe, progress: Progress) -> Values:
    """A scan's picture, as it is to be read."""
    wish = recipe.scan
    picture = scan(source, progress)
    grey = mirrored(picture.grey) if wish.mirror else picture.grey
    density = (wish.dots_per_m, wish.dots_per_m) if wish.dots_per_m is not None else picture.dots_per_m
    values = Values(grey, straight(grey[:: max(1, len(grey) // 1000)]), density, notes=picture.notes)
    return perspective.mended(values, progress) if wish.perspective else values


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
    factor, speed_from, notes = speed.told(reading.groove, recipe.scan) if recipe.rpm is None else (1.0, "--rpm", ())
    if not speed_from:
        notes = (*notes, f"nothing tells the speed: it is taken as {recipe.disc}'s; give --rpm, --seconds, --hum or "
                 "--tuned if it sounds wrong")  # fmt: skip
    return Scanned(
        grey=values.grey,
        flat=speed.at_speed(reading.groove, factor) if factor != 1 else reading.groove,
        mended=speed.at_speed(reading.mended, factor) if factor != 1 else reading.mended,
        track=reading.track,
        invented=reading.gaps.invented,
        missing=reading.gaps.missing,
        speed_from=speed_from or f"assumed as of {recipe.disc}",
        hole=found.hole,
        direction=WINDINGS[found.winding],
        mirrored=recipe.scan.mirror,
        way=reading.way,
        wow_before_percent=_wow_about_the_hole(reading),
        wow_after_percent=_number(wow(reading.track.radius_m, reading.track.steps_per_turn)),
        grain=reading.grain,
        faults=faults(
            values.grey, at, found.inner_m, found.outer_m, found.width_m * at.dots_per_m, found.pitch_m * at.dots_per_m
        ),
        notes=(*values.notes, *reading.notes, *notes),
    )


def _wow_about_the_hole(reading: Reading) -> float | None:
    """Once a turn, percent peak, where the disc is worst: e/r at the innermost turn, were it played by its hole."""
    if reading.found.hole is None:
        return None
    x, y, _ = reading.found.hole
    off_m, _ = reading.track.geometry.polar(np.array(x), np.array(y))
    return 100 * float(off_m) / float(reading.groove.spiral.value.min())


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
