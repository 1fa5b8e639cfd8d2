"""A path that was followed, measured place by place: the groove's own look is learned first."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from ..threads import THREADS, over_blocks
from . import refine, running
from .across import frame_of
from .confidence import ALLOWED, confidence
from .sight import FINE, Sight, learned
from .track import Geometry, Track
from .walk import Walk

SMOOTHED_M = 1e-3
"""So far along the groove the land's slope, and the groove's strength, are alike: further than the shortest waves of
music, which the slope's own noise would move, and no further than a picture behind is (tried on X-rays)."""
LEARNING_BLOCKS, LEARNING_SAMPLES = 24, 8192
SEEN = 0.5
SOME = 37
"""Every so many samples tell the noise as well."""
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
    """Some stretches all over the side: the sight as it was learned there, and what was told (stretches, 6, n).

    Parameters
    ----------
    looked : Looked
    sight : Sight
        As it is thought to be.

    Returns
    -------
    Sight, ndarray
        What is told is as of `refine.measure`, but for the first row: how far the groove is from where it is at the
        stretch's beginning (px).
    """
    firsts, length = stretches(looked)
    told = np.empty((len(firsts), 6, length), np.float32)
    sums = np.zeros((len(firsts), 2, 2 * sight.reach_px * FINE + 1))

    def one(k: int) -> None:
        first, last = firsts[k], firsts[k] + length
        _measure(looked, sight, looked.path.radius_px, first, last, False, told[k], sums[k])
        told[k, 0] += looked.path.radius_px[first:last] - looked.path.radius_px[first]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(len(firsts))))
    seen, count = sums.sum(0)
    return learned(seen, count, sight), told


def stretches(looked: Looked) -> tuple[list[int], int]:
    """First samples of those that `taste` looks at, and how many each has."""
    length = min(LEARNING_SAMPLES, looked.samples)
    return np.unique(np.linspace(0, looked.samples - length, LEARNING_BLOCKS).astype(int)).tolist(), length


def measured(
    looked: Looked, sight: Sight, held: bool = False, allowed: float = ALLOWED, progress: Progress = silent
) -> Track:
    """Every place of a path measured by itself.

    Parameters
    ----------
    held : bool
        The path is a smooth spiral, and what is wanted is its light: nothing is taken for dust because it is dark.
    allowed : float
        Part of its usual strength by which a groove may change and is no dust.
    """
    told = np.empty((6, looked.samples), np.float32)
    side, path = looked.path, looked.path.radius_px
    if held:
        path = running.mean(path, np.ones(len(path), bool), round(2 * math.pi / side.step_rad / HELD_PARTS) | 1)
    none = np.zeros((2, 0))
    over_blocks(
        lambda first, last: _measure(looked, sight, path, first, last, held, told[:, first:last], none),
        looked.samples, "measuring the groove", progress,
    )  # fmt: skip
    strength, rest, light = told[2], told[4], told[5]
    noise = max(0.3, float(np.median(rest[::SOME])))
    dots_per_m = looked.geometry.dots_per_m
    if held:
        radius, sure = path / dots_per_m, (rest > 0).astype(np.float32)
    else:
        sure = confidence(strength, rest, sight.noise_gain, allowed)
        there = sure > SEEN
        passing_px = side.step_rad * max(path[len(path) // 2], 1.0)
        alike = min(round(SMOOTHED_M * dots_per_m / passing_px), looked.samples) | 1
        radius = np.empty(looked.samples)
        over_blocks(
            lambda first, last: _placed(told, path, there, alike, sight.tilt, dots_per_m, first, last, radius),
            looked.samples, "placing the groove", silent,
        )  # fmt: skip
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
        looked.grey, frame_of(looked.geometry), sight.rows, sight.mix, sight.shape, sight.tilt,
        1.0 if looked.bright else -1.0, side.start_rad, side.step_rad, path, side.strength, first, last, held, told,
        seen,
    )  # fmt: skip


@kernel
def _placed(
    told: NDArray[Any],
    path: NDArray[Any],
    there: NDArray[Any],
    alike: int,
    tilt: float,
    dots_per_m: float,
    first: int,
    last: int,
    radius: NDArray[Any],
) -> None:
    """Radii (m) of samples `first` to `last`: the path, and how far from it the groove was told to be; slopes and
    strengths are those of `alike` samples around."""
    slope = running.mean_of(told[3], there, alike, first, last)
    steady = running.mean_of(told[2], there, alike, first, last)
    for k in range(first, last):
        off = 0.0
        if told[2, k] > 0.0:
            near = (told[1, k] - tilt * slope[k - first]) / max(steady[k - first], 0.5 * told[2, k], 1e-3)
            off = told[0, k] + min(max(near, -1.0), 1.0)
        radius[k] = (path[k] + off) / dots_per_m
