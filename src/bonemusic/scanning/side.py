"""One side in one scan: its disc found, its groove followed, its centre settled, and each of its places measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from ..pictures.values import Values
from ..progress import Progress, silent
from . import closing, confidence, settle, walk, walls
from .find import Found, find, refuse_too_near
from .grain import Grain, grain_of
from .measured import Looked, measured, taste
from .rejoin import Look
from .sight import BLUR_PX, box
from .track import Track
from .ways import Way, way_of
from .whole import whole
from .widths import tasted, widened

COARSER = 2
"""The groove is followed in steps of so many samples, and then measured at each of them: no path bends sooner."""
RATES_HZ = (24_000, 48_000, 96_000, 192_000)
ROOM, WIDENING = 0.8, 0.5
"""Parts of its width and of its strength by which a groove cut hill and dale may change."""


@dataclass(frozen=True)
class Followed:
    """A side as it was followed in one scan.

    Attributes
    ----------
    track : Track
    found : Found
        The disc as it was found first.
    way : str
    closed : bool
        Whether it ends in a groove that runs in itself.
    grain : Grain or None
        The picture's noise; of what was not read from the groove's place, None.
    notes : tuple of str
        Of turns that could not be told apart.
    """

    track: Track
    found: Found
    way: Way
    closed: bool
    grain: Grain | None
    notes: tuple[str, ...] = ()


def follow(
    values: Values, rpm: Fraction, track: str = "auto", steps_per_turn: float | None = None, progress: Progress = silent
) -> Followed:
    """Follow the groove of one scan.

    Parameters
    ----------
    steps_per_turn : float or None
        Of the other scans of this side; None: so many that no sample is further from the next than a pixel.
    """
    grey = values.grey
    found = find(values, values.dots_per_m, progress)
    refuse_too_near(found)
    steps = steps_per_turn or _rate(found, rpm) / float(rpm / 60)
    dots = found.geometry.dots_per_m
    near = box(found.width_m * dots, BLUR_PX, apart_px=found.pitch_m * dots)
    found, sight = walls.joined(grey, found, BLUR_PX) or (found, near)
    seen = walk.along(
        grey, found.geometry, sight, found.bright,
        walk.Place(found.seed_m * dots, found.seed_rad, found.pitch_m * dots), COARSER * 2 * math.pi / steps,
        found.winding > 0,
        expected_turns=(found.outer_m - found.inner_m) / found.pitch_m, progress=progress,
    )  # fmt: skip
    looks = Look(grey, found.geometry, sight, found.bright, found.winding > 0, seen.noise)
    told_apart = whole(looks, seen, found.inner_m, found.outer_m)
    seen = told_apart.path
    means = settle.means(found.geometry, seen.start_rad, seen.step_rad, seen.radius_px / dots, seen.strength > 0)
    geometry = settle.settled(means, found.geometry)
    looked = Looked(grey, geometry, found.bright, walk.moved(seen, found.geometry, geometry, COARSER))
    learned, told = taste(looked, sight)
    roomy = box(found.width_m * dots, BLUR_PX, ROOM * found.width_m * dots, found.pitch_m * dots)
    way: Way = "density" if track == "density" else "lateral"
    if track == "auto":
        way = way_of(told, learned, *tasted(looked, roomy, told))
    if way == "vertical":
        learned = roomy
    grain = grain_of(looked, learned) if way == "lateral" else None
    one = measured(looked, learned, way == "density", WIDENING if way == "vertical" else confidence.ALLOWED, progress)
    if way == "vertical":
        one = widened(looked, learned, one, progress)
    _doubted(one, told_apart.doubtful_rad)
    one, closed = closing.once(one, found.width_m)
    return Followed(one, found, way, closed, grain, told_apart.notes)


def _doubted(track: Track, doubtful_rad: NDArray[Any]) -> None:
    """Take all confidence from what may be another turn."""
    for first, last in ((doubtful_rad - track.start_rad) * (track.steps_per_turn / (2 * math.pi))).tolist():
        track.confidence[max(0, math.floor(first)) : max(0, math.ceil(last))] = 0


def _rate(found: Found, rpm: Fraction) -> int:
    """The least rate at which no sample is further from the next than a pixel."""
    wanted = 2 * math.pi * found.outer_m * found.geometry.dots_per_m * float(rpm / 60)
    return next((rate for rate in RATES_HZ if rate >= 0.99 * wanted), RATES_HZ[-1])
