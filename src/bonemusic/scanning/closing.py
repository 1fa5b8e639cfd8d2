"""A side's last groove, which runs in itself: found in the track once it was followed, and kept once.

A path that comes round to where it was a turn ago goes on around until it is stopped, up to three turns later. No other
groove can do so: a turn that lies in the one before would have cut it away.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .follow import LOCKED_PART
from .track import Track

PER_TURN = 64
"""Means of the track by which turns are compared."""
LAST = 4
"""Means at the end that tell whether it is closed: dust on one of them is not heeded."""
JOINT = 8
"""So many means, an eighth of a turn, are not known where the lead-out runs in, and the walls of both are one."""


def once(track: Track, width_m: float) -> tuple[Track, bool]:
    """The track up to where its locked groove has been gone round once, and whether there is one.

    Parameters
    ----------
    track : Track
    width_m : float
        The groove's. Turns within a quarter of it are one and the same.

    Returns
    -------
    Track, bool
        Where it is closed its last turn is the locked groove.
    """
    length = track.steps_per_turn / PER_TURN
    count = int(len(track.radius_m) / length)
    if count < PER_TURN + LAST:
        return track, False
    edges = np.rint(len(track.radius_m) - length * np.arange(count, -1, -1)).astype(np.int64)
    means = np.add.reduceat(track.radius_m[: edges[-1]], edges[:-1]) / np.diff(edges)
    near_m = LOCKED_PART * width_m
    same = np.abs(means[PER_TURN:] - means[:-PER_TURN]) < near_m
    if not (np.count_nonzero(same[-LAST:]) > LAST // 2 or _level(means[-PER_TURN:], near_m)):
        return track, False
    where = np.flatnonzero(same)
    if not len(where) or where[-1] < len(same) - JOINT:  # it is lost before it comes round
        return track, True
    breaks = np.flatnonzero(np.diff(where) > JOINT)
    again = int(where[breaks[-1] + 1] if len(breaks) else where[0]) + PER_TURN
    return _until(track, int(edges[again]) if again < count - JOINT else len(track.radius_m)), True


def _level(turn: NDArray[Any], near_m: float) -> bool:
    """Whether a turn is a circle: those of a spiral move on by the groove's width at least."""
    return float(np.ptp(np.median(turn.reshape(4, -1), axis=1))) < near_m


def _until(track: Track, last: int) -> Track:
    """The samples before `last`."""
    return dataclasses.replace(
        track,
        radius_m=track.radius_m[:last],
        strength=track.strength[:last],
        confidence=track.confidence[:last],
        light=track.light[:last],
    )
