"""Scans of a side to its groove: each followed by itself, merged, unrolled, and its gaps mended."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import FormatError
from ..groove import Groove
from ..pictures.values import Values
from ..progress import Progress, silent
from . import gaps, merge
from .find import Found
from .grain import Grain
from .side import Followed, follow
from .track import Track
from .unrolled import groove_of, spiral_of
from .ways import Way


@dataclass(frozen=True)
class Reading:
    """What was read of a side.

    Attributes
    ----------
    groove : Groove
        Flat: nothing is mended. Its confidence tells what was seen.
    mended : Groove
        Gaps filled.
    gaps : Mended
        What was filled, and what is missing.
    track : Track
        In the first scan.
    found : Found
        The disc as it was found first.
    way : str
        lateral, vertical or density.
    grain : Grain or None
        The picture's noise.
    notes : tuple of str
    """

    groove: Groove
    mended: Groove
    gaps: gaps.Mended
    track: Track
    found: Found
    way: Way
    grain: Grain | None
    notes: tuple[str, ...]


def read(values: Values, rpm: Fraction, track: str = "auto", progress: Progress = silent) -> Reading:
    """Read one scan at a speed; as `read_all`."""
    return read_all([values], rpm, track, progress)


def read_all(scans: Iterable[Values], rpm: Fraction, track: str = "auto", progress: Progress = silent) -> Reading:
    """Read a side from its scans, one after the other.

    Parameters
    ----------
    scans : iterable of Values
        The pictures, and their resolution or None. Only one is held at a time.
    rpm : Fraction
    track : str
        lateral, density, or auto: as it seems to be.

    Raises
    ------
    FormatError
        No disc, too coarse, too faint; scans of different sides.
    """
    sides: list[Followed] = []
    for values in scans:
        sides.append(follow(values, rpm, track, _steps_per_turn(sides), progress))
    if not sides:
        raise FormatError("there is no scan to read; name one")
    first = sides[0]
    rate = round(first.track.steps_per_turn * float(rpm / 60))
    one = first.track
    if len(sides) > 1:
        one = merge.merged([side.track for side in sides], [spiral_of(side.track) for side in sides])
    groove = groove_of(one, rpm, rate, first)
    assert groove.confidence is not None
    fixed = gaps.mended(groove.lateral_m, groove.confidence, rate, progress)
    notes = tuple(dict.fromkeys(note for side in sides for note in (*side.found.notes, *side.notes)))
    return Reading(groove, _with(groove, fixed), fixed, one, first.found, first.way, first.grain, notes)


def _steps_per_turn(sides: list[Followed]) -> float | None:
    return sides[0].track.steps_per_turn if sides else None


def _with(groove: Groove, fixed: gaps.Mended) -> Groove:
    """The groove with its gaps filled; what is invented has no confidence."""
    sure: Any = np.array(groove.confidence)
    for first, last in (*fixed.invented.tolist(), *fixed.missing.tolist()):
        sure[first:last] = 0
    return dataclasses.replace(groove, lateral_m=fixed.lateral_m, confidence=sure)
