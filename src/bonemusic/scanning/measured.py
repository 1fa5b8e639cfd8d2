"""A path that was followed, measured place by place: the groove's own look is learned first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..progress import Progress, silent
from ..threads import over_blocks
from . import refine
from .across import frame_of
from .confidence import confidence
from .sight import FINE, Sight, learned
from .track import Geometry, Track
from .walk import Walk

SMOOTHED = 61
"""Profiles over which the land's slope, and the groove's strength, are alike."""
LEARNING_BLOCKS, LEARNING_SAMPLES = 24, 8192
SEEN = 0.5
HELD_PARTS = 64
"""Of a turn, over which a path that only carries light is smooth."""


@dataclass(frozen=True)
class Looked:
    """A picture, and how to look at it."""

    grey: NDArray[Any]
    geometry: Geometry
    bright: bool
    path: Walk

    @property
    def samples(self) -> int:
        """Of the path."""
        return len(self.path.radius_px)


def taste(looked: Looked, sight: Sight) -> tuple[Sight, NDArray[Any]]:
    """Some stretches all over the side: the sight as it was learned there, and what was told (stretches, n, 6).

    Parameters
    ----------
    looked : Looked
    sight : Sight
        As it is thought to be.
    """
    sums = np.zeros((2, 2 * sight.reach_px * FINE + 1))
    length = min(LEARNING_SAMPLES, looked.samples)
    told = np.zeros((looked.samples, 6), np.float32)
    path = bridged(looked.path.radius_px, looked.path.strength)
    firsts = np.unique(np.linspace(0, looked.samples - length, LEARNING_BLOCKS).astype(int)).tolist()
    for first in firsts:
        _measure(looked, sight, path, first, first + length, False, told, sums)
    return learned(sums[0], sums[1], sight), np.stack([told[first : first + length] for first in firsts])


def measured(looked: Looked, sight: Sight, held: bool = False, progress: Progress = silent) -> Track:
    """Every place of a path measured by itself.

    Parameters
    ----------
    held : bool
        The path is a smooth spiral, and what is wanted is its light: nothing is taken for dust because it is dark.
    """
    told = np.zeros((looked.samples, 6), np.float32)
    side = looked.path
    path = bridged(side.radius_px, side.strength)
    if held:
        path = _running(path, round(2 * math.pi / side.step_rad / HELD_PARTS))
    none = np.zeros((2, 0))
    over_blocks(
        lambda first, last: _measure(looked, sight, path, first, last, held, told, none),
        looked.samples, "measuring the groove", progress,
    )  # fmt: skip
    strength, rest, light = told[:, 2].copy(), told[:, 4], told[:, 5].copy()
    noise = max(0.3, float(np.median(rest)))
    if held:
        off, sure = np.zeros(looked.samples), (rest > 0).astype(np.float32)
    else:
        sure = confidence(strength, rest, sight.noise_gain)
        slope, steady = _mean(told[:, 3], sure), _mean(strength, sure)
        near = (told[:, 1] - np.float32(sight.tilt) * slope) / np.maximum(np.maximum(steady, strength / 2), 1e-3)
        off = np.where(strength > 0, told[:, 0] + np.clip(near, -1, 1), 0)
    radius = (path + off) / looked.geometry.dots_per_m
    return Track(looked.geometry, side.start_rad, 2 * math.pi / side.step_rad, radius, strength, sure, light, noise)


def _measure(
    looked: Looked,
    sight: Sight,
    path: NDArray[Any],
    first: int,
    last: int,
    held: bool,
    told: NDArray[Any],
    seen: NDArray[Any],
) -> None:
    side = looked.path
    refine.measure(
        looked.grey, frame_of(looked.geometry), sight.weights, sight.basis, sight.shape, sight.tilt,
        1.0 if looked.bright else -1.0, side.start_rad, side.step_rad, path, side.strength, first, last, held, told,
        seen,
    )  # fmt: skip


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
    many = _summed(there, SMOOTHED)
    return np.asarray(_summed(values * there, SMOOTHED) / np.maximum(many, 1), np.float32)


def _running(values: NDArray[Any], length: int) -> NDArray[Any]:
    """The running mean, shorter at the ends."""
    length |= 1
    return np.asarray(_summed(values, length) / _summed(np.ones(len(values)), length))


def _summed(values: NDArray[Any], length: int) -> NDArray[Any]:
    """Sums over `length` (odd) around each."""
    half = length // 2
    total = np.cumsum(np.pad(np.asarray(values, np.float64), (half + 1, half)))
    return np.asarray(total[length:] - total[:-length])
