"""How a track holds its sound: as it swings, as it widens (hill-and-dale), or as it darkens; and that sound."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import running
from .sight import Sight
from .track import Track
from .widths import LAND, STRENGTH, WIDTH

Way = Literal["lateral", "vertical", "density"]
PIXELS = 16
APART = 2.5
"""Neighbouring profiles share their pixels: noise is new after about so many (assumed)."""
SLOW = 512
"""What moves within so many profiles, and not within `PIXELS`, is sound; what is slower is light and spiral."""
LOUD, LOUDER = 64, 85
"""Means of `PIXELS` profiles to a short time, and the percentile of these times that is loud."""
SEEN_PART, MOSTLY = 0.5, 0.9
"""Of the usual strength, and of a short time: where less is seen no sound is looked for."""
LEAST_PART = 0.012
"""No sound moves a groove's width by less than this part of it."""
LEAST_DENSITY = 0.04
"""Brightness that moves less may be a lamp's; sound that is so faint is read if it is asked for."""
MORE, CLEAR = 3.0, 2.0
"""By so much a sound's way stands out of what else moves, and of noise (tried on made scans: noise's loud places reach
1.5 times its deviation, quiet speech cut hill and dale twice and more)."""
FAIR = 4.0
"""So many times the median a picture behind may move."""
FULL_M_S = 0.05
"""Full modulation of a track of varying density sounds as loud as 5 cm/s: 0 dB."""


def way_of(told: NDArray[Any], sight: Sight, wide: NDArray[Any], unsure: NDArray[Any]) -> Way:
    """How the sound was written.

    Parameters
    ----------
    told : ndarray, (stretches, 6, n)
        As `measured.taste` gives it.
    sight : Sight
        With which it was told.
    wide : ndarray, (stretches, 4, m)
        Width, strength, rest and land, as `widths.tasted` gives them.
    unsure : ndarray, (4,)
        Their deviations by noise.
    """
    seen = told[:, 2] > 0
    if seen.mean() < 0.5:
        return "lateral"
    usual = float(np.median(told[:, 2][seen]))
    there = wide[:, 0] > 0
    if there.mean() < 0.5:
        return "lateral"
    width, strength = (max(float(np.median(wide[:, row][there])), 1e-3) for row in (WIDTH, STRENGTH))
    swing = _loud(_moving(told[:, 0] + told[:, 1] / max(usual, 1e-3)), told[:, 2]) / max(sight.width_px, 1.0)
    behind = _moving(wide[:, LAND])
    wider = _loud(_less(_moving(wide[:, WIDTH]), behind), wide[:, STRENGTH]) / width
    bright = _loud(_less(_moving(wide[:, STRENGTH]), behind), wide[:, STRENGTH]) / strength
    alike = math.sqrt(PIXELS / APART)
    noise, grey = CLEAR * unsure[WIDTH] / width / alike, CLEAR * unsure[STRENGTH] / strength / alike
    if bright > max(LEAST_DENSITY, MORE * swing, grey, wider):
        return "density"
    if wider > max(LEAST_PART, MORE * swing, noise) and bright < max(grey, wider):
        return "vertical"
    return "lateral"


def _moving(values: NDArray[Any]) -> NDArray[Any]:
    """What moves as sound does, (stretches, blocks)."""
    smooth, slow = _blocks(values, PIXELS), _blocks(values, SLOW)
    if slow.shape[1] < 2:
        return np.zeros_like(smooth)
    # straight from mean to mean: else a lamp's edge were sound
    at = (np.arange(smooth.shape[1]) + 0.5) * PIXELS / SLOW - 0.5
    whole = np.clip(at.astype(int), 0, slow.shape[1] - 2)
    return np.asarray(smooth - (slow[:, whole] + (slow[:, whole + 1] - slow[:, whole]) * (at - whole)))


def _loud(moving: NDArray[Any], strength: NDArray[Any]) -> float:
    """Deviation in the louder places, robust: of speech most is silence, and dust is nowhere for long. Where hardly any
    groove is seen it does not count."""
    seen = _blocks(strength, PIXELS)
    count = moving.shape[1] // LOUD
    short, there = (
        each[:, : count * LOUD].reshape(len(moving) * count, LOUD)
        for each in (moving, seen > SEEN_PART * np.median(seen))
    )
    short = short[there.mean(axis=1) > MOSTLY]
    return 1.4826 * float(np.percentile(np.median(np.abs(short), axis=1), LOUDER)) if len(short) else 0.0


def _less(moving: NDArray[Any], behind: NDArray[Any]) -> NDArray[Any]:
    """Without what moves with the land: a picture behind is no sound."""
    fair = np.abs(behind) < FAIR * np.median(np.abs(behind))  # and not dust
    part = np.sum(moving[fair] * behind[fair]) / max(float(np.sum(behind[fair] ** 2)), 1e-9)
    return np.asarray(moving - part * behind)


def _blocks(values: NDArray[Any], length: int) -> NDArray[Any]:
    count = values.shape[1] // length
    return np.asarray(values[:, : count * length].reshape(len(values), count, length).mean(axis=2))


def displaced(track: Track, way: Way, rate_hz: float) -> NDArray[Any]:
    """What a track that does not swing says, as if it did: displacement, m, float32 (n,).

    A groove cut hill and dale at 45° a side widens by twice what it deepens; up is out, and the width is light over
    strength, as `widths.widened` gives them. A track of varying density
    is read as transmission, and becomes a groove of that velocity: it is played without a curve.
    """
    sure = track.confidence > 0.5
    if way == "vertical":
        width_m = np.where(sure, track.light, 0.0) / np.maximum(track.strength, 1e-3) / track.geometry.dots_per_m
        lifted = (_slow(width_m, sure, track.steps_per_turn) - width_m) / 2
        return np.asarray(np.where(sure, lifted, 0), dtype=np.float32)
    usual = _slow(track.strength, sure, track.steps_per_turn)
    sound = np.where(sure, track.strength / np.maximum(usual, 1e-3) - 1, 0)
    moved = np.cumsum(sound, dtype=np.float64) * (FULL_M_S / rate_hz)
    return np.asarray(moved - _slow(moved, np.ones(len(moved), bool), track.steps_per_turn), dtype=np.float32)


def _slow(values: NDArray[Any], sure: NDArray[Any], steps_per_turn: float) -> NDArray[Any]:
    """The mean over a tenth of a turn of what is sure: light and wear, below all sound."""
    return np.asarray(running.mean(values, sure, 2 * max(1, round(steps_per_turn / 20)) + 1))
