"""A track as a groove: its smooth spiral, and what moves it from there."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..groove import Band, Groove, Knots, Profile, constant
from ..paths.polar import Polar
from ..paths.spiral import locked_from, smooth
from ..progress import silent
from ..threads import over_blocks
from . import running, settle
from .side import Followed
from .track import Track
from .ways import displaced


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
