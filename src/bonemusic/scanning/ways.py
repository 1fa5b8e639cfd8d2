"""How a track holds its sound: as it swings, as it widens (hill-and-dale), or as it darkens; and that sound."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import running
from .sight import LIGHT, Sight
from .track import Track

Way = Literal["lateral", "vertical", "density"]
PIXELS = 16
APART = 2.5
"""Neighbouring profiles share their pixels: noise is new after about so many (assumed)."""
SLOW = 512
"""What moves within so many profiles, and not within `PIXELS`, is sound; what is slower is light and spiral."""
LEAST_PART = 0.03
"""No sound moves a groove's width, or its light, by less than this part of it as a whole."""
LEAST_DENSITY = 0.04
"""Brightness that moves less is an X-ray's, or a lamp's; sound that is so faint is read if it is asked for."""
MORE, CLEAR = 3.0, 1.7
"""By so much a sound's way stands out of what else moves, and of noise."""
ALIKE = 0.75
"""Light that changes by as much as strength, or almost, is brightness; a wider groove is not as much brighter."""
FULL_M_S = 0.05
"""Full modulation of a track of varying density sounds as loud as 5 cm/s: 0 dB."""


def way_of(told: NDArray[Any], sight: Sight) -> Way:
    """How the sound was written.

    Parameters
    ----------
    told : ndarray, (stretches, 6, n)
        As `measured.taste` gives it.
    sight : Sight
        With which it was told.
    """
    seen = told[:, 2] > 0
    if seen.mean() < 0.5:
        return "lateral"
    usual = float(np.median(told[:, 2][seen]))
    light = float(np.median(told[:, 5][seen]))
    swing = _moving(told[:, 0] + told[:, 1] / max(usual, 1e-3)) / max(sight.width_px, 1.0)
    bright = _moving(told[:, 2] / max(usual, 1e-3))
    lit = _moving(told[:, 5] / max(light, 1e-3))
    noise = float(np.median(told[:, 4][seen])) * float(np.linalg.norm(sight.weights[LIGHT])) / max(light, 1e-3)
    if lit < max(LEAST_PART, MORE * swing, CLEAR * noise / math.sqrt(PIXELS / APART)):
        return "lateral"
    if bright > ALIKE * lit:
        return "density" if bright > LEAST_DENSITY else "lateral"
    return "vertical"


def _moving(values: NDArray[Any]) -> float:
    """Deviation of what moves as sound does, robust."""
    smooth, slow = _blocks(values, PIXELS), _blocks(values, SLOW)
    if slow.shape[1] < 2:
        return 0.0
    # straight from mean to mean: else a lamp's edge were sound
    at = (np.arange(smooth.shape[1]) + 0.5) * PIXELS / SLOW - 0.5
    whole = np.clip(at.astype(int), 0, slow.shape[1] - 2)
    line = slow[:, whole] + (slow[:, whole + 1] - slow[:, whole]) * (at - whole)
    return 1.4826 * float(np.median(np.abs(smooth - line)))


def _blocks(values: NDArray[Any], length: int) -> NDArray[Any]:
    count = values.shape[1] // length
    return np.asarray(values[:, : count * length].reshape(len(values), count, length).mean(axis=2))


def displaced(track: Track, way: Way, rate_hz: float) -> NDArray[Any]:
    """What a track that does not swing says, as if it did: displacement, m, float32 (n,).

    A groove cut hill and dale at 45° a side widens by twice what it deepens; up is out. A track of varying density
    is read as transmission, and becomes a groove of that velocity: it is played without a curve.
    """
    sure = track.confidence > 0.5
    if way == "vertical":
        strength = _slow(track.strength, sure, track.steps_per_turn)
        width_m = np.where(sure, track.light, 0.0) / np.maximum(strength, 1e-3) / track.geometry.dots_per_m
        lifted = (_slow(width_m, sure, track.steps_per_turn) - width_m) / 2
        return np.asarray(np.where(sure, lifted, 0), dtype=np.float32)
    usual = _slow(track.strength, sure, track.steps_per_turn)
    sound = np.where(sure, track.strength / np.maximum(usual, 1e-3) - 1, 0)
    moved = np.cumsum(sound, dtype=np.float64) * (FULL_M_S / rate_hz)
    return np.asarray(moved - _slow(moved, np.ones(len(moved), bool), track.steps_per_turn), dtype=np.float32)


def _slow(values: NDArray[Any], sure: NDArray[Any], steps_per_turn: float) -> NDArray[Any]:
    """The mean over a tenth of a turn of what is sure: light and wear, below all sound."""
    return np.asarray(running.mean(values, sure, 2 * max(1, round(steps_per_turn / 20)) + 1))
