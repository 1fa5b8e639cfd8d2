"""From the gain that each moment needs to a smooth gain that is nowhere above it.

What is needed is held over the look-ahead to either side (the least of a window), then smoothed by a positive kernel no
wider than that window: a mean of values none of which is above the need. Between moments the gain runs along a cubic
B-spline, which is again a mean of its neighbours: it passes no value, and leaves no image of the moments' own rate. All
is done on the *reduction*, 1 - gain: where nothing is needed it is 0 exactly, and the sound there stays bit for bit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..moments import MOMENT

SPLINE = 2
"""Moments to either side that the spline looks at."""


def reach(look_ahead_s: float, rate_hz: int) -> int:
    """A look-ahead in moments, at least 1."""
    return max(1, round(look_ahead_s * rate_hz / MOMENT))


def held(most: NDArray[Any], moments: int) -> NDArray[Any]:
    """The greatest of each value and its neighbours, up to `moments` to either side; by doubling windows."""
    out = np.pad(most, moments)
    width, whole = 1, 2 * moments + 1
    while width < whole:
        step = min(width, whole - width)
        np.maximum(out[:-step], out[step:], out=out[:-step])
        width += step
    return out[: len(most)]


def reduction(need: NDArray[Any], moments: int) -> NDArray[Any]:
    """Smooth reduction from the gain needed.

    Parameters
    ----------
    need : ndarray, float32, (m,)
        The greatest gain that will do in each moment, 0 to 1.
    moments : int
        Look-ahead, `reach`; the gain is back at 1 within twice as much and a little.

    Returns
    -------
    ndarray, float32, (m,)
        1 - gain at the middle of each moment: the spline's coefficients. 0 exactly where nothing is near.
    """
    least = held(1 - need, moments + SPLINE)
    taps = np.hanning(2 * moments + 3)[1:-1]
    out = np.zeros(len(need), np.float32)
    _smooth(least, taps / taps.sum(), out)
    return out


@kernel
def _smooth(x: NDArray[Any], taps: NDArray[Any], out: NDArray[Any]) -> None:
    """Weighted mean of each value's neighbours; the ends stand for what lies beyond them."""
    half, last = len(taps) // 2, len(x) - 1
    quiet = 0  # how many values up to i + half were 0
    for i in range(-half, len(x)):
        quiet = quiet + 1 if x[max(0, min(i + half, last))] == 0.0 else 0
        if i < 0 or quiet >= len(taps):
            continue
        mean = 0.0
        for k in range(len(taps)):
            mean += taps[k] * x[max(0, min(i + k - half, last))]
        out[i] = min(mean, 1.0)


@kernel
def spread(reduction: NDArray[Any], first: int, out: NDArray[Any]) -> None:
    """The reduction at each sample from `first` (a moment's first) on, along the spline."""
    last = len(reduction) - 1
    for i in range(len(out)):
        place = (first + i + 0.5) / MOMENT - 0.5
        cell = math.floor(place)
        t = place - cell
        u = 1.0 - t
        before = reduction[max(0, min(cell - 1, last))]
        here = reduction[max(0, min(cell, last))]
        then = reduction[max(0, min(cell + 1, last))]
        after = reduction[max(0, min(cell + 2, last))]
        out[i] = (
            u * u * u * before
            + (4.0 - 6.0 * t * t + 3.0 * t * t * t) * here
            + (4.0 - 6.0 * u * u + 3.0 * u * u * u) * then
            + t * t * t * after
        ) / 6.0
