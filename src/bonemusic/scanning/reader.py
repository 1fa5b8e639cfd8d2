"""A scan of a disc to its groove: find the disc, follow, settle its centre, measure, mend; several scans as one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..groove import Band, Groove, Knots, Profile, constant
from ..paths.polar import Polar
from ..paths.spiral import locked_from, smooth
from ..pictures.values import Values
from ..progress import Progress, silent
from ..threads import over_blocks
from . import closing, confidence, gaps, merge, running, settle, walk, walls
from .find import Found, find, refuse_too_near
from .grain import Grain, grain_of
from .measured import Looked, measured, taste
from .rejoin import Look
from .sight import BLUR_PX, box
from .track import Track
from .ways import Way, displaced, way_of
from .whole import whole

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
    settled = settle.settled(means, found.geometry)
    looked = Looked(grey, settled.geometry, found.bright, walk.moved(seen, found.geometry, settled.geometry, COARSER))
    learned, told = taste(looked, sight)
    way: Way = "density" if track == "density" else "lateral" if track == "lateral" else way_of(told, learned)
    if way == "vertical":
        learned = box(found.width_m * dots, BLUR_PX, ROOM * found.width_m * dots, found.pitch_m * dots)
    grain = grain_of(looked, learned) if way == "lateral" else None
    one = measured(looked, learned, way == "density", WIDENING if way == "vertical" else confidence.ALLOWED, progress)
    _doubted(one, told_apart.doubtful_rad)
    one, closed = closing.once(one, found.width_m)
    return Followed(one, found, way, closed, grain, told_apart.notes)


def _doubted(track: Track, doubtful_rad: NDArray[Any]) -> None:
    """Take all confidence from what may be another turn."""
    for first, last in ((doubtful_rad - track.start_rad) * (track.steps_per_turn / (2 * math.pi))).tolist():
        track.confidence[max(0, math.floor(first)) : max(0, math.ceil(last))] = 0


def _steps_per_turn(sides: list[Followed]) -> float | None:
    return sides[0].track.steps_per_turn if sides else None


def _rate(found: Found, rpm: Fraction) -> int:
    """The least rate at which no sample is further from the next than a pixel."""
    wanted = 2 * math.pi * found.outer_m * found.geometry.dots_per_m * float(rpm / 60)
    return next((rate for rate in RATES_HZ if rate >= 0.99 * wanted), RATES_HZ[-1])


def spiral_of(track: Track) -> Knots:
    """The smooth spiral under a track."""
    return smooth(_coarse(track))


def groove_of(track: Track, rpm: Fraction, rate_hz: int, side: Followed) -> Groove:
    """The groove of a track: its smooth spiral, and what moves it."""
    line = _coarse(track)
    spiral = smooth(line)
    whole = len(track.radius_m)
    if side.way == "lateral":
        lateral = np.empty(whole, np.float32)

        def less_its_spiral(first: int, last: int) -> None:
            turns = np.arange(first, last) / track.steps_per_turn
            lateral[first:last] = track.radius_m[first:last] - spiral.at(turns)

        over_blocks(less_its_spiral, whole, "taking the spiral off", silent)
    else:
        lateral = displaced(track, side.way, rate_hz)
    locked = locked_from(line) if side.closed else None
    if side.closed and locked is None:  # the joint, where it would come round, is not seen
        locked = float(line.turns[-1]) - 1
    cut = whole if locked is None else min(whole, math.ceil(locked * track.steps_per_turn))
    profile = Profile(side.found.width_m, 6e-6, math.pi / 2)
    return Groove(
        spiral=spiral,
        depth=constant(profile.width_m / 2 / math.tan(profile.angle_rad / 2)),
        rpm=rpm,
        rate_hz=rate_hz,
        lateral_m=lateral,
        profile=profile,
        bands=(Band("groove", 0, cut), *((Band("locked groove", cut, whole),) if cut < whole else ())),
        confidence=track.confidence,
        meta={"curve": "flat"} if side.way == "density" else {},
    )


def _coarse(track: Track) -> Polar:
    """A track's means, 64 and more to the turn, as a line."""
    length = max(1, int(track.steps_per_turn / settle.PER_TURN))
    sure, total, _ = running.stretches(track.radius_m, np.maximum(track.confidence, np.float32(1e-3)), length)
    radius = total / sure
    turns = (np.arange(len(radius)) + 0.5 - 0.5 / length) * length / track.steps_per_turn
    last = (len(track.radius_m) - 1) / track.steps_per_turn
    return Polar(np.r_[0.0, turns, last], np.r_[radius[0], radius, radius[-1]], 0.0)


def _with(groove: Groove, fixed: gaps.Mended) -> Groove:
    """The groove with its gaps filled; what is invented has no confidence."""
    sure: Any = np.array(groove.confidence)
    for first, last in (*fixed.invented.tolist(), *fixed.missing.tolist()):
        sure[first:last] = 0
    return dataclasses.replace(groove, lateral_m=fixed.lateral_m, confidence=sure)
