"""Profiles across a groove, read between the pixels and weighed; in kernels.

Frames are arrays (x_px, y_px, across, down, dots_per_m): a geometry whose scales are against the mean one, so that all
lengths here are in pixels of the mean scale.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .track import Geometry

ROUNDING_PX = 1e-6
"""What the steps along a profile may add up to too much: none may end beyond the last pixel."""


def frame_of(geometry: Geometry) -> NDArray[Any]:
    """A geometry as kernels take it, (5,)."""
    mean = geometry.dots_per_m
    return np.array([geometry.x_px, geometry.y_px, geometry.across_per_m / mean, geometry.down_per_m / mean, mean])


@kernel
def read(
    grey: NDArray[Any], frame: NDArray[Any], angle: float, radius: float, reach: int, profile: NDArray[Any]
) -> bool:
    """Read a profile, (2·reach + 1,), whose middle is at a radius (px); False where it leaves the picture."""
    across = frame[2] * math.cos(angle)
    down = -frame[3] * math.sin(angle)
    x = frame[0] + across * (radius - reach)
    y = frame[1] + down * (radius - reach)
    far_x, far_y = x + 2 * reach * across, y + 2 * reach * down
    right, bottom = grey.shape[1] - 1 - ROUNDING_PX, grey.shape[0] - 1 - ROUNDING_PX
    # asked so that what is no number is not inside
    if not (0.0 <= x < right and 0.0 <= far_x < right and 0.0 <= y < bottom and 0.0 <= far_y < bottom):
        return False
    for k in range(2 * reach + 1):
        column, row = int(x), int(y)
        u, v = x - column, y - row
        upper = grey[row, column] * (1.0 - u) + grey[row, column + 1] * u
        lower = grey[row + 1, column] * (1.0 - u) + grey[row + 1, column + 1] * u
        profile[k] = upper * (1.0 - v) + lower * v
        x += across
        y += down
    return True


@kernel
def weigh(profile: NDArray[Any], weights: NDArray[Any], basis: NDArray[Any], out: NDArray[Any]) -> None:
    """What a profile tells, (5,): offset·strength, strength, strength·width, the land's slope, and what is left
    unexplained (rms)."""
    n = len(profile)
    first, second, third, slope, whole = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(n):
        value = profile[k]
        first += value * weights[0, k]
        second += value * weights[1, k]
        third += value * weights[2, k]
        slope += value * weights[4, k]
        whole += value * value
    for row in range(len(basis)):
        part = 0.0
        for k in range(n):
            part += profile[k] * basis[row, k]
        whole -= part * part
    out[0], out[1], out[2], out[3] = first, second, third, slope
    out[4] = math.sqrt(max(whole, 0.0) / (n - len(basis)))
