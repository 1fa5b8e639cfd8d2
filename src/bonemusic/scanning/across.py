"""Profiles across a groove, read between the pixels and weighed; in kernels.

Frames are arrays (x_px, y_px, across, down, dots_per_m): a geometry whose scales are against the mean one, so that all
lengths here are in pixels of the mean scale.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel, soon
from .track import Geometry

ROUNDING_PX = 1e-6
"""What the steps along a profile may add up to too much: none may end beyond the last pixel."""

AHEAD = 16
"""So many profiles before it is read one is asked for: with 8 or 32 nothing is faster (measured)."""
NEXT_PX = 4
"""Pixels of a profile that are apart by so much are fetched: what lies between comes with them, or is nearly there."""


def frame_of(geometry: Geometry) -> NDArray[Any]:
    """A geometry as kernels take it, (5,)."""
    mean = geometry.dots_per_m
    return np.array([geometry.x_px, geometry.y_px, geometry.across_per_m / mean, geometry.down_per_m / mean, mean])


@kernel
def towards(frame: NDArray[Any], angle: float) -> tuple[float, float]:
    """How far across and down a picture one pixel of the mean scale outwards is."""
    return frame[2] * math.cos(angle), -frame[3] * math.sin(angle)


@kernel
def expect(
    grey: NDArray[Any], frame: NDArray[Any], across: float, down: float, angle: float, radius: float, reach: int
) -> None:
    """Let the pixels of a profile that is soon to be read be fetched: it lies further on by a small angle (rad)."""
    ahead_across, ahead_down = across + angle * down, down - angle * across
    for at in range(-reach, reach + 1, NEXT_PX):
        x, y = frame[0] + ahead_across * (radius + at), frame[1] + ahead_down * (radius + at)
        if 0.0 <= x < grey.shape[1] and 0.0 <= y < grey.shape[0]:
            soon(grey, int(y), int(x))


@kernel
def read(
    grey: NDArray[Any],
    frame: NDArray[Any],
    across: float,
    down: float,
    radius: float,
    reach: int,
    profile: NDArray[Any],
) -> bool:
    """Read a profile, (2·reach + 1,), whose middle is at a radius (px) `towards` somewhere; False where it leaves the
    picture."""
    x = frame[0] + across * (radius - reach)
    y = frame[1] + down * (radius - reach)
    far_x, far_y = x + 2 * reach * across, y + 2 * reach * down
    right, bottom = grey.shape[1] - 1 - ROUNDING_PX, grey.shape[0] - 1 - ROUNDING_PX
    # asked so that what is no number is not inside
    if not (0.0 <= x < right and 0.0 <= far_x < right and 0.0 <= y < bottom and 0.0 <= far_y < bottom):
        return False
    # unsigned, so that no place is asked whether it counts from the end
    for k in range(2 * reach + 1):
        column, row = np.uintp(x), np.uintp(y)
        u, v = x - column, y - row
        beside, below = column + np.uintp(1), row + np.uintp(1)
        upper = grey[row, column] * (1.0 - u) + grey[row, beside] * u
        lower = grey[below, column] * (1.0 - u) + grey[below, beside] * u
        profile[k] = upper * (1.0 - v) + lower * v
        x += across
        y += down
    return True


@kernel
def weigh(profile: NDArray[Any], rows: NDArray[Any], mix: NDArray[Any], out: NDArray[Any]) -> None:
    """What a profile tells, (5,): offset·strength, strength, strength·width, the land's slope, and what is left
    unexplained (rms); `rows` and `mix` are a `Sight`'s."""
    n = len(profile)
    first, second, third, fourth, light, whole = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(n):  # all at once: one sum alone would wait for each of its own additions
        value = profile[k]
        first += value * rows[0, k]
        second += value * rows[1, k]
        third += value * rows[2, k]
        fourth += value * rows[3, k]
        light += value * rows[4, k]
        whole += value * value
    out[0] = mix[0, 0] * first + mix[0, 1] * second + mix[0, 2] * third + mix[0, 3] * fourth
    out[1] = mix[1, 0] * first + mix[1, 1] * second + mix[1, 2] * third + mix[1, 3] * fourth
    out[2] = light
    out[3] = mix[2, 0] * first + mix[2, 1] * second + mix[2, 2] * third + mix[2, 3] * fourth
    whole -= first * first + second * second + third * third + fourth * fourth
    out[4] = math.sqrt(max(whole, 0.0) / (n - 4))
