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
from ..moments import CHUNK, MARGIN, MOMENT, READ_RATE_HZ, bend, lay, slope

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
    lateral: NDArray[Any], vertical: NDArray[Any], first: int, last: int, taps: NDArray[Any], hot: NDArray[Any],
    rows: NDArray[Any], need: NDArray[Any],
) -> None:  # fmt: skip
    """Lower `need` to the gain of the lower band that keeps the swing of both edges allowed.

    `rows`: what is allowed, in the order of `Moments`, (6, k); `hot`: (k,), whether more than that is asked;
    `need`: (k,), from the moment of `first` on.
    """
    ring = len(taps) - 1
    edges, low = np.empty((2, CHUNK + 2 * ring)), np.empty(CHUNK)
    for a in range(first, last, CHUNK):
        count, k = min(CHUNK, last - a), (a - first) // MOMENT
        if not hot[k : k + CHUNK // MOMENT].any():
            continue
        for e in range(_edges(lateral, vertical, a - ring, edges)):
            lower(edges[e], taps, low)
            _lower_need(edges[e, ring : ring + count], low, rows[0], k, need)


@kernel
def treble_need(
    lateral: NDArray[Any], vertical: NDArray[Any], first: int, last: int, rate: float, taps: NDArray[Any],
    hot: NDArray[Any], rows: NDArray[Any], need: NDArray[Any],
) -> None:  # fmt: skip
    """Lower `need` to the gain of the upper band that keeps slope, velocity and bend of both edges allowed."""
    stride = max(1, int(rate) // READ_RATE_HZ)
    margin = max(MARGIN, stride)
    ring = len(taps) - 1
    edges, high = np.empty((2, CHUNK + 2 * (ring + margin))), np.empty(CHUNK + 2 * margin)
    whole, part = np.empty(CHUNK), np.empty(CHUNK)
    near, wide = margin - MARGIN, margin - stride
    for a in range(first, last, CHUNK):
        count, k = min(CHUNK, last - a), (a - first) // MOMENT
        if not hot[k : k + CHUNK // MOMENT].any():
            continue
        for e in range(_edges(lateral, vertical, a - ring - margin, edges)):
            edge = edges[e, ring : ring + len(high)]
            lower(edges[e], taps, high)
            for i in range(len(high)):
                high[i] = edge[i] - high[i]
            slope(edge[near:], whole)
            slope(high[near:], part)
            _lower_need(whole[:count], part, rows[1] / rate, k, need)
            for i in range(count):
                whole[i] = edge[wide + i + 2 * stride] - edge[wide + i]
                part[i] = high[wide + i + 2 * stride] - high[wide + i]
            _lower_need(whole[:count], part, rows[2] * (2 * stride / rate), k, need)
            bend(edge[near:], whole)
            bend(high[near:], part)
            _lower_need(whole[:count], part, rows[3] / (rate * rate), k, need)


@kernel
def sibilant_need(
    lateral: NDArray[Any], vertical: NDArray[Any], first: int, last: int, rate: float, taps: NDArray[Any],
    hot: NDArray[Any], most: NDArray[Any], need: NDArray[Any],
) -> None:  # fmt: skip
    """Lower `need` to the gain at which the upper band alone moves neither edge faster than `most`, (k,), m/s."""
    ring = len(taps) - 1
    edges, high = np.empty((2, CHUNK + 2 * (ring + MARGIN))), np.empty(CHUNK + 2 * MARGIN)
    part = np.empty(CHUNK)
    for a in range(first, last, CHUNK):
        count, k = min(CHUNK, last - a), (a - first) // MOMENT
        if not hot[k : k + CHUNK // MOMENT].any():
            continue
        for e in range(_edges(lateral, vertical, a - ring - MARGIN, edges)):
            edge = edges[e, ring : ring + len(high)]
            lower(edges[e], taps, high)
            for i in range(len(high)):
                high[i] = edge[i] - high[i]
            slope(high, part)
            _lower_need(part[:count], part, most / rate, k, need)


@kernel
def _edges(lateral: NDArray[Any], vertical: NDArray[Any], first: int, edges: NDArray[Any]) -> int:
    """The groove's two edges from a sample on, (2, …), and how many there are: one where vertical is empty."""
    lay(lateral, first, edges[0])
    if len(vertical) == 0:
        return 1
    lay(vertical, first, edges[1])
    for i in range(edges.shape[1]):
        lat, vert = edges[0, i], edges[1, i]
        edges[0, i], edges[1, i] = lat - vert, lat + vert
    return 2


@kernel
def _lower_need(whole: NDArray[Any], part: NDArray[Any], allowed: NDArray[Any], first: int, need: NDArray[Any]) -> None:
    """Lower `need`, from its moment `first` on, to what is `enough` at each sample."""
    for i in range(len(whole)):
        k = first + i // MOMENT
        if abs(whole[i]) > allowed[k]:
            need[k] = min(need[k], enough(whole[i], part[i], allowed[k]))


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
