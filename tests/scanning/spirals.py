"""An even spiral with two tones on it, its picture, and its path: what tests of following share."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.scanning.sight import Sight, box
from bonemusic.scanning.track import Track
from bonemusic.scanning.walk import Place, Walk, along

from . import maker

DPI, RATE_HZ, RPM = 1200, 16_000, 300
DOTS = DPI / 0.0254
PER_TURN = RATE_HZ * 60 / RPM
WIDTH_M, PITCH_M, TURNS = 56e-6, 220e-6, 24
OUTER_M = 12e-3
STEPS = 2.5 * PER_TURN
STEP = 2 * math.pi / STEPS


def even_groove(rising: bool = False, locked: bool = False) -> Groove:
    """Two tones on an even spiral."""
    n = int(TURNS * PER_TURN) + 1
    k = np.arange(n)
    song = 12e-6 * np.sin(2 * np.pi * 300 * k / RATE_HZ) + 8e-6 * np.sin(2 * np.pi * 1100 * k / RATE_HZ)
    turns, radius = np.array([0.0, TURNS]), OUTER_M - PITCH_M * np.array([0.0, TURNS])
    if rising:
        radius = radius[::-1].copy()
    spiral = Knots(turns, radius, np.full(2, (radius[1] - radius[0]) / TURNS))
    if locked:
        at = np.array([0.0, TURNS - 4.0, TURNS - 3.0, TURNS])
        spiral = Knots(at, OUTER_M - PITCH_M * np.minimum(at, TURNS - 3.5), -PITCH_M * (at < TURNS - 3.5))
        song[int((TURNS - 4) * PER_TURN) :] = 0
    return Groove(
        spiral, constant(WIDTH_M / 2), Fraction(RPM), RATE_HZ, song.astype(np.float32),
        Profile(WIDTH_M, 6e-6, math.pi / 2),
    )  # fmt: skip


def true_px(groove: Groove, made: maker.Scan, path: Walk | Track) -> NDArray[Any]:
    """Where the groove's middle is at a path's angles, on the turn nearest to it; px."""
    if isinstance(path, Walk):
        radius, step = path.radius_px, path.step_rad
    else:
        radius, step = path.radius_m * DOTS, 2 * np.pi / path.steps_per_turn
    angle = path.start_rad + step * np.arange(len(radius))
    turns = (angle - made.start_rad) / (2 * np.pi)
    middle = groove.spiral.value.max() * DOTS - radius
    turns += np.round((middle / PITCH_M / DOTS - turns).mean())
    true = groove.spiral.at(turns)
    true += np.interp(turns / groove.turns_per_sample, np.arange(len(groove)), groove.lateral_m)
    return np.asarray(true * DOTS)


def place_on(groove: Groove, made: maker.Scan, turn: float = 12.3, off_px: float = 0.3) -> Place:
    at = turn / groove.turns_per_sample
    radius = float(groove.spiral.at(np.array(turn))) + float(np.interp(at, np.arange(len(groove)), groove.lateral_m))
    return Place(radius * DOTS + off_px, made.start_rad + 2 * np.pi * turn, PITCH_M * DOTS)


SIGHT = box(WIDTH_M * DOTS, 0.8)


def walked(groove: Groove, made: maker.Scan, sight: Sight = SIGHT, **wish: Any) -> Walk:
    """The groove followed."""
    given = {"bright": True, "place": place_on(groove, made), "step_rad": STEP, "falling": True, **wish}
    return along(made.grey, made.geometry, sight, **given)
