"""Two bands that add up to the sound: one is turned down, the other stays.

The lower band is the sound through a Gaussian of zero phase, |H(f)| = 2^(-f²/2fc²), 3 dB down at its corner; the upper
is what is left. Both responses lie between 0 and 1, so a band that is turned down by any gain leaves a response without
a dip or a turn of phase, and the kernel neither rings nor overshoots. It is cut off at four standard deviations: half a
thousandth of a per cent of its area.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..moments import CHUNK, MARGIN, MOMENT, bend, lay

TOLERANCE = 2e-6
"""A limit is passed where more is asked than float32 can blame on rounding."""
SPARE = 5e-4
"""What is turned down is aimed 0.004 dB below its limit, so that few passes do."""


def gaussian(corner_hz: float, rate_hz: int) -> NDArray[Any]:
    """The lower band's kernel from its middle outwards, float64: its sum, both halves counted, is 1."""
    deviation = math.sqrt(math.log(2)) / (2 * math.pi * corner_hz) * rate_hz
    taps = np.exp(-0.5 * (np.arange(max(2, math.ceil(4 * deviation) + 1)) / deviation) ** 2)
    return np.asarray(taps / (2 * taps.sum() - taps[0]))


@kernel
def lower(y: NDArray[Any], taps: NDArray[Any], out: NDArray[Any]) -> None:
    """The lower band: out[i] at y[i + ring], ring = len(taps) - 1."""
    ring, count = len(taps) - 1, len(out)
    middle = y[ring : ring + count]
    for i in range(count):
        out[i] = taps[0] * middle[i]
    for k in range(1, ring + 1):
        before, after, tap = y[ring - k : ring - k + count], y[ring + k : ring + k + count], taps[k]
        for i in range(count):
            out[i] += tap * (before[i] + after[i])


@kernel
def enough(whole: float, part: float, allowed: float) -> float:
    """The greatest gain of a part at which the whole is allowed.

    1 where it is anyway, and where the part is less than half of it: other stages are nearer the cause. Never more than
    twice the decibels by which the whole passes what is allowed.
    """
    asked = abs(whole)
    if asked <= allowed * (1.0 + TOLERANCE):
        return 1.0
    mine = part if whole > 0.0 else -part
    if mine < 0.5 * asked:
        return 1.0
    aim = allowed * (1.0 - SPARE)
    ratio = aim / asked
    return max(1.0 - (asked - aim) / mine, ratio * ratio)


@kernel
def bass_need(
    lateral: NDArray[Any], first: int, last: int, taps: NDArray[Any], allowed_m: NDArray[Any], need: NDArray[Any]
) -> None:
    """Lower `need` (a value per moment from `first`) to the gain of the lower band that keeps the swing allowed."""
    ring = len(taps) - 1
    y, low = np.empty(CHUNK + 2 * ring), np.empty(CHUNK)
    for a in range(first, last, CHUNK):
        count = min(CHUNK, last - a)
        lay(lateral, a - ring, y)
        lower(y, taps, low)
        for i in range(count):
            k = (a - first + i) // MOMENT
            need[k] = min(need[k], enough(y[ring + i], low[i], allowed_m[k]))


@kernel
def treble_need(
    lateral: NDArray[Any], vertical: NDArray[Any], first: int, last: int, rate: float, taps: NDArray[Any],
    allowed_m_s2: NDArray[Any], need: NDArray[Any],
) -> None:  # fmt: skip
    """Lower `need` to the gain of the upper band that keeps the bend of both edges allowed; vertical may be empty."""
    ring = len(taps) - 1
    around = ring + MARGIN
    lat, vert = np.empty(CHUNK + 2 * around), np.zeros(CHUNK + 2 * around)
    high, whole, part = np.empty(CHUNK + 2 * MARGIN), np.empty(CHUNK), np.empty(CHUNK)
    for a in range(first, last, CHUNK):
        count = min(CHUNK, last - a)
        lay(lateral, a - around, lat)
        if len(vertical):
            lay(vertical, a - around, vert)
        for sign in range(-1, 2 if len(vertical) else 0, 2):
            for i in range(len(lat)):
                lat[i] += sign * vert[i] * (1.0 if sign < 0 else 2.0)  # first lateral - vertical, then their sum
            lower(lat, taps, high)
            for i in range(len(high)):
                high[i] = lat[ring + i] - high[i]
            bend(lat[ring:], whole)
            bend(high, part)
            for i in range(count):
                k = (a - first + i) // MOMENT
                need[k] = min(need[k], enough(whole[i], part[i], allowed_m_s2[k] / (rate * rate)))


@kernel
def turn_down(y: NDArray[Any], taps: NDArray[Any], upper: bool, reduction: NDArray[Any], out: NDArray[Any]) -> None:
    """Take `reduction` of the upper or lower band off y, which has the kernel's ring around it; out is y's own place.

    Where the reduction is 0 nothing changes, bit for bit.
    """
    ring = len(taps) - 1
    part = np.empty(CHUNK)
    for a in range(0, len(out), CHUNK):
        count = min(CHUNK, len(out) - a)
        lower(y[a : a + count + 2 * ring], taps, part[:count])
        for i in range(count):
            here = y[ring + a + i]
            band = here - part[i] if upper else part[i]
            out[a + i] = here - reduction[a + i] * band
