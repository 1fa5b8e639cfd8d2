"""A side that was followed made whole: every turn in the picture once, in order, and what is not sure is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import skips
from .ends import further, trimmed
from .rejoin import Look, counted, in_order, places_of, strayed
from .skips import PER_TURN, UNKNOWN
from .walk import Walk

LEAST_TOLD, APART = 0.1, 5.0
"""Turns: what is shorter is not told, and what lies further apart is told twice."""
MARGIN_M = 1e-3
"""Beyond where a groove is thought to end."""
ROUNDS = 6
"""Each may go on beyond one blank at either end."""


@dataclass(frozen=True)
class Whole:
    """A path in order.

    Attributes
    ----------
    path : Walk
    doubtful_rad : ndarray, float64, (m, 2)
        Angles, counted on as the path's, between which nobody can say that it follows the right turn.
    notes : tuple of str
    """

    path: Walk
    doubtful_rad: NDArray[Any]
    notes: tuple[str, ...]


def whole(look: Look, path: Walk, inner_m: float, outer_m: float) -> Whole:
    """Put a path in order, and go on where it ends too early.

    Parameters
    ----------
    look : Look
    path : Walk
        The same is handed back where nothing is wrong with it.
    inner_m, outer_m : float
        Radii between which there is groove.
    """
    dots = look.geometry.dots_per_m
    limits = (inner_m * dots, outer_m * dots)
    wide = ((inner_m - MARGIN_M) * dots, (outer_m + MARGIN_M) * dots)
    path, doubtful = in_order(look, trimmed(path, *wide))
    for ahead in (True, False):
        for _ in range(ROUNDS):
            longer = further(look, path, ahead, limits[0] if ahead == look.falling else limits[1])
            if longer is None:
                break
            path, more = in_order(look, trimmed(longer, *wide))
            doubtful = np.concatenate([doubtful, more])
    path, lost = strayed(look, path)
    doubtful = np.concatenate([doubtful, lost, _astray(look, path)])
    return Whole(path, doubtful, _notes(path, doubtful, dots))


def _astray(look: Look, path: Walk) -> NDArray[Any]:
    """Angles, (m, 2), between which a path lies on a turn that it has followed already, or still leaves one out."""
    at = places_of(path)
    count, pitch = counted(look, at)
    twice = (count < 0) & (count != UNKNOWN)
    runs = np.flatnonzero(np.diff(np.concatenate([[False], twice, [False]]).astype(np.int8))).reshape(-1, 2)
    # where a side ends in a locked groove it lies on itself, but for where the joint hides it
    alone = np.flatnonzero(count >= 0)
    end = int(alone[-1]) if len(alone) else 0
    found = [(first - 1, last) for first, last in runs.tolist() if first < end]
    missed = skips.numbered(count, at.radius_px, pitch, look.sight.width_px)
    found += [(int(k) - 1, int(k) + PER_TURN) for k in np.flatnonzero(np.diff(missed)) + 1]
    return np.asarray(at.angle_rad[0] + (2 * math.pi / PER_TURN) * np.array(found, np.float64).reshape(-1, 2))


def _notes(path: Walk, doubtful_rad: NDArray[Any], dots_per_m: float) -> tuple[str, ...]:
    """How much is doubtful, and where: of what lies near to another in one line."""
    notes = []
    turns = np.sort((doubtful_rad - path.start_rad) / (2 * math.pi), axis=0)
    turns = turns[np.diff(turns, axis=1).ravel() > LEAST_TOLD] if len(turns) else turns
    for group in np.split(turns, np.flatnonzero(np.diff(turns[:, 0]) > APART) + 1) if len(turns) else []:
        middle = int(np.clip(group.mean() * 2 * math.pi / path.step_rad, 0, len(path.radius_px) - 1))
        many = max(1, math.ceil(float(np.diff(group, axis=1).sum())))
        turn = "1 turn" if many == 1 else f"{many} turns"
        notes.append(
            f"about {turn} at {1e3 * path.radius_px[middle] / dots_per_m:.0f} mm could not be told apart: something "
            "lies over the groove; they are left out of the sound: clean the disc there and scan it again"
        )
    return tuple(notes)
