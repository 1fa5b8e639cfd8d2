"""A scan of a disc to its groove: find the disc, settle its centre, follow, measure, mend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Band, Groove, Profile, constant
from ..paths.polar import Polar
from ..paths.spiral import locked_from, smooth
from ..pictures.values import Values
from ..progress import Progress, silent
from ..threads import over_blocks
from . import gaps, refine, settle, walk
from .across import frame_of
from .confidence import confidence
from .find import Found, find
from .sight import FINE, Sight, box, learned
from .track import Geometry, Track

BLUR_PX = 0.8
"""Of a flatbed's lens, until the groove's own look is learned (assumed)."""
RATES_HZ = (24_000, 48_000, 96_000, 192_000)
SMOOTHED = 61
"""Profiles over which the land's slope is alike."""
LEARNING_BLOCKS = 24
SEEN = 0.5


@dataclass(frozen=True)
class Reading:
    """What was read from a scan.

    Attributes
    ----------
    groove : Groove
        Flat: nothing is mended. Its confidence tells what was seen.
    mended : Groove
        Gaps filled.
    gaps : Mended
        What was filled, and what is missing.
    track : Track
    found : Found
        The disc as it was found first.
    centre_rough_m : float
        What the groove leaves of the spiral at its centre, rms.
    notes : tuple of str
    """

    groove: Groove
    mended: Groove
    gaps: gaps.Mended
    track: Track
    found: Found
    notes: tuple[str, ...]


def read(values: Values, rpm: Fraction, progress: Progress = silent) -> Reading:
    """Read a scan at a speed.

    Parameters
    ----------
    values : Values
        The picture; its resolution may be None.
    rpm : Fraction

    Raises
    ------
    FormatError
        No disc, too coarse, too faint.
    """
    grey = values.grey
    found = find(values, values.dots_per_m, progress)
    rate = _rate(found, rpm)
    step_rad = 2 * math.pi * float(rpm / 60) / rate
    sight = box(found.width_m * found.geometry.dots_per_m, BLUR_PX)
    seen = walk.along(
        grey, found.geometry, sight, found.bright, _place(found), step_rad, found.winding > 0,
        expected_turns=(found.outer_m - found.inner_m) / found.pitch_m, progress=progress,
    )  # fmt: skip
    settled = settle.settled(_means(found.geometry, seen), found.geometry)
    side = walk.moved(seen, found.geometry, settled.geometry)
    track = _measured(grey, settled.geometry, sight, found.bright, side, progress)
    groove = groove_of(track, rpm, rate, found, side.closed)
    fixed = gaps.mended(groove.lateral_m, track.confidence, rate, progress)
    return Reading(groove, _with(groove, fixed), fixed, track, found, found.notes)


def _rate(found: Found, rpm: Fraction) -> int:
    """The least rate at which no sample is further from the next than a pixel."""
    wanted = 2 * math.pi * found.outer_m * found.geometry.dots_per_m * float(rpm / 60)
    return next((rate for rate in RATES_HZ if rate >= 0.99 * wanted), RATES_HZ[-1])


def _place(found: Found) -> walk.Place:
    dots = found.geometry.dots_per_m
    return walk.Place(found.seed_m * dots, found.seed_rad, found.pitch_m * dots)


def _means(geometry: Geometry, path: walk.Walk) -> settle.Means:
    return settle.means(
        geometry, path.start_rad, path.step_rad, path.radius_px / geometry.dots_per_m, path.strength > 0
    )


def _measured(
    grey: NDArray[Any], geometry: Geometry, sight: Sight, bright: bool, side: walk.Walk, progress: Progress
) -> Track:
    """Every place of a path measured by itself, the groove's look being learned first."""
    frame = frame_of(geometry)
    sign = 1.0 if bright else -1.0
    count = len(side.radius_px)
    told = np.zeros((count, 6), np.float32)
    path = bridged(side.radius_px, side.strength)

    def measure(look: Sight, first: int, last: int, seen: NDArray[Any]) -> None:
        refine.measure(
            grey, frame, look.weights, look.basis, look.shape, look.tilt, sign, side.start_rad, side.step_rad,
            path, side.strength, first, last, told, seen,
        )  # fmt: skip

    sums = np.zeros((2, 2 * sight.reach_px * FINE + 1))
    length = 8192
    for first in np.linspace(0, max(0, count - length), LEARNING_BLOCKS).astype(int).tolist():
        measure(sight, first, min(first + length, count), sums)
    sight = learned(sums[0], sums[1], sight)
    none = np.zeros((2, 0))
    over_blocks(lambda first, last: measure(sight, first, last, none), count, "measuring the groove", progress)
    sure = confidence(told[:, 2], told[:, 4], sight.noise_gain)
    slope, strength = _mean(told[:, 3], sure), _mean(told[:, 2], sure)
    near = (told[:, 1] - np.float32(sight.tilt) * slope) / np.maximum(np.maximum(strength, told[:, 2] / 2), 1e-3)
    off = np.where(told[:, 2] > 0, told[:, 0] + np.clip(near, -1, 1), 0)
    return Track(
        geometry,
        side.start_rad,
        2 * math.pi / side.step_rad,
        (path + off) / geometry.dots_per_m,
        told[:, 2].copy(),
        sure,
    )


def bridged(radius_px: NDArray[Any], strength: NDArray[Any]) -> NDArray[Any]:
    """A path whose coasted stretches run straight from where it was seen last to where it was seen again."""
    seen = np.flatnonzero(strength > 0)
    edges = np.flatnonzero(np.diff(seen) > 1)
    path = radius_px.copy()
    for first, last in zip(seen[edges].tolist(), seen[edges + 1].tolist(), strict=True):
        path[first : last + 1] = np.linspace(path[first], path[last], last - first + 1)
    return path


def _mean(values: NDArray[Any], sure: NDArray[Any]) -> NDArray[Any]:
    """The running mean of what is sure, float32 (n,)."""
    there = (sure > SEEN).astype(np.float64)
    half = SMOOTHED // 2
    total = np.cumsum(np.pad(values * there, (half + 1, half)))
    count = np.cumsum(np.pad(there, (half + 1, half)))
    many = count[SMOOTHED:] - count[:-SMOOTHED]
    return ((total[SMOOTHED:] - total[:-SMOOTHED]) / np.maximum(many, 1)).astype(np.float32)


def groove_of(track: Track, rpm: Fraction, rate_hz: int, found: Found, closed: bool) -> Groove:
    """The groove of a track: its smooth spiral, and what moves it."""
    per_sample = 1 / track.steps_per_turn
    line = _coarse(track)
    spiral = smooth(line)
    lateral = np.empty(len(track.radius_m), np.float32)
    for first in range(0, len(lateral), 1 << 18):
        part = slice(first, first + (1 << 18))
        turns = np.arange(first, min(part.stop, len(lateral))) * per_sample
        lateral[part] = track.radius_m[part] - spiral.at(turns)
    profile = Profile(found.width_m, 6e-6, math.pi / 2)
    locked = locked_from(line) if closed else None
    whole = len(lateral)
    cut = whole if locked is None else min(whole, math.ceil(locked * track.steps_per_turn))
    bands = (Band("groove", 0, cut), *((Band("locked groove", cut, whole),) if cut < whole else ()))
    depth = constant(profile.width_m / 2 / math.tan(profile.angle_rad / 2))
    return Groove(spiral, depth, rpm, rate_hz, lateral, profile, bands=bands, confidence=track.confidence)


def _coarse(track: Track) -> Polar:
    """A track's means, 64 and more to the turn, as a line."""
    length = max(1, int(track.steps_per_turn / settle.PER_TURN))
    count = len(track.radius_m) // length
    sure = np.maximum(track.confidence[: count * length].reshape(count, length), 1e-3)
    radius = (track.radius_m[: count * length].reshape(count, length) * sure).sum(1) / sure.sum(1)
    turns = (np.arange(count) + 0.5 - 0.5 / length) * length / track.steps_per_turn
    return Polar(
        np.r_[0.0, turns, (len(track.radius_m) - 1) / track.steps_per_turn], np.r_[radius[0], radius, radius[-1]], 0.0
    )


def _with(groove: Groove, fixed: gaps.Mended) -> Groove:
    """The groove with its gaps filled; what is invented has no confidence."""
    assert groove.confidence is not None
    sure = groove.confidence.copy()
    for first, last in (*fixed.invented.tolist(), *fixed.missing.tolist()):
        sure[first:last] = 0
    return Groove(
        groove.spiral, groove.depth, groove.rpm, groove.rate_hz, fixed.lateral_m, groove.profile, groove.vertical_m,
        groove.bands, sure, groove.meta,
    )  # fmt: skip
