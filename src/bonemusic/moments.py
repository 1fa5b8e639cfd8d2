"""What a programme asks of a groove at each moment: how far, how fast and how sharply it moves.

A moment is a stretch of `MOMENT` samples (a third of a millisecond at 96 kHz), of which the greatest is kept: a side
of 115 million samples becomes tables of 3.6 million, on which whatever depends on level, radius or tip is worked out
without touching the sound again.

Derivatives are eighth-order differences (Fornberg, Math. Comp. 51 (1988) 699: the central coefficients of order 8).
The first is 0.6 % low at a fifth of the rate and 3 % at a quarter of it, the second 0.1 % and 0.7 %. Seen from above
the edges of a stereo groove at the sheet's surface move lateral ∓ vertical, so slope and bend are the greater of both
edges'.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import kernel
from .spectral import THREADS

MOMENT = 32
"""Samples of one moment."""
MARGIN = 4
"""Samples to either side that a difference looks at."""
READ_RATE_HZ = 48_000
"""A peak velocity is read as an instrument does that samples the groove at this rate."""
BLOCK = 1 << 17
CHUNK = 1 << 12
"""Samples worked on at once: what is worked out of them stays in the processor's nearest memory."""


@dataclass(frozen=True)
class Moments:
    """The greatest of each measure in each moment of a programme, float32, (m,), m = round-up of n / `MOMENT`.

    Attributes
    ----------
    swing_m : ndarray
        How far the edge that moves more is from its place: max(|lat + vert|, |lat - vert|), |lateral| of a lateral cut.
    slope_m_s : ndarray
        Velocity of the faster edge, as the groove is: max(|lat' + vert'|, |lat' - vert'|).
    read_m_s : ndarray
        Velocity of the faster edge as an instrument reads it: |y[i+s] - y[i-s]|·rate/2s, s = rate // 48 kHz (exact at
        1 kHz, 3 % low at 3 kHz, 26 % at 10 kHz). Samples nearer than s to the ends count 0. 5 cm/s is level 0 dB,
        whether both channels are at full scale or one.
    bend_m_s2 : ndarray
        Acceleration of the edge that is bent more: max(|lat'' + vert''|, |lat'' - vert''|).
    up_m, down_m : ndarray
        Greatest vertical, and greatest of its opposite, not less than 0.
    rate_hz : int
        Of the samples, not of the moments.
    """

    swing_m: NDArray[Any]
    slope_m_s: NDArray[Any]
    read_m_s: NDArray[Any]
    bend_m_s2: NDArray[Any]
    up_m: NDArray[Any]
    down_m: NDArray[Any]
    rate_hz: int

    def __len__(self) -> int:
        return len(self.swing_m)

    @property
    def times_s(self) -> NDArray[Any]:
        """When each moment begins, seconds, float64, (m,)."""
        return np.asarray(np.arange(len(self)) * (MOMENT / self.rate_hz))


def moments(lateral_m: NDArray[Any], vertical_m: NDArray[Any] | None, rate_hz: int) -> Moments:
    """Measure a programme, moment by moment; silence surrounds it.

    Parameters
    ----------
    lateral_m : ndarray, float32, (n,)
        Displacement away from the spindle, finite.
    vertical_m : ndarray, float32, (n,), optional
        Displacement upwards; None is a lateral cut, whose slope and bend are |lat'| and |lat''|.
    rate_hz : int
        At least 1.

    Returns
    -------
    Moments
    """
    if vertical_m is not None and np.shape(vertical_m) != np.shape(lateral_m):
        raise ValueError(f"lateral has {np.shape(lateral_m)} samples, vertical {np.shape(vertical_m)}")
    lateral = np.ascontiguousarray(lateral_m, np.float32)
    vertical = lateral[:0] if vertical_m is None else np.ascontiguousarray(vertical_m, np.float32)
    table = np.zeros((6, -(-len(lateral) // MOMENT)), np.float32)

    def one(first: int) -> None:
        last = min(first + BLOCK, len(lateral))
        measure(lateral, vertical, first, last, rate_hz, table[:, first // MOMENT : -(-last // MOMENT)])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(0, len(lateral), BLOCK)))
    swing, slopes, read, bends, up, down = table
    return Moments(swing, slopes, read, bends, up, down, rate_hz)


@kernel
def slope(y: NDArray[Any], out: NDArray[Any]) -> None:
    """First difference per sample, eighth order: out[i] at y[i + MARGIN]."""
    for i in range(len(out)):
        out[i] = (
            0.8 * (y[i + 5] - y[i + 3])
            - 0.2 * (y[i + 6] - y[i + 2])
            + 4.0 / 105.0 * (y[i + 7] - y[i + 1])
            - 1.0 / 280.0 * (y[i + 8] - y[i])
        )


@kernel
def bend(y: NDArray[Any], out: NDArray[Any]) -> None:
    """Second difference per sample squared, eighth order: out[i] at y[i + MARGIN]."""
    for i in range(len(out)):
        out[i] = (
            -205.0 / 72.0 * y[i + 4]
            + 1.6 * (y[i + 5] + y[i + 3])
            - 0.2 * (y[i + 6] + y[i + 2])
            + 8.0 / 315.0 * (y[i + 7] + y[i + 1])
            - 1.0 / 560.0 * (y[i + 8] + y[i])
        )


@kernel
def _greatest(x: NDArray[Any], out: NDArray[Any], scale: float) -> None:
    """Greatest of every `MOMENT` values of x, times the scale: halves against halves, which is fast."""
    half = np.empty(16)
    for k in range(len(out)):
        part = x[32 * k : 32 * k + 32]
        for j in range(16):
            half[j] = part[j] if part[j] > part[j + 16] else part[j + 16]
        for j in range(8):
            half[j] = half[j] if half[j] > half[j + 8] else half[j + 8]
        for j in range(4):
            half[j] = half[j] if half[j] > half[j + 4] else half[j + 4]
        most = max(max(half[0], half[1]), max(half[2], half[3]))
        out[k] = most * scale


@kernel
def _larger(x: NDArray[Any], y: NDArray[Any], out: NDArray[Any]) -> None:
    """The larger of |x| and |y| at each place."""
    for i in range(len(x)):
        one, other = abs(x[i]), abs(y[i])
        out[i] = one if one > other else other


@kernel
def lay(y: NDArray[Any], first: int, out: NDArray[Any]) -> None:
    """Copy y from `first` on, which may lie before it or end after it; silence surrounds y."""
    begin, end = max(0, -first), min(len(out), len(y) - first)
    out[:] = 0.0
    for i in range(begin, end):
        out[i] = y[first + i]


@kernel
def _apart(y: NDArray[Any], apart: int, out: NDArray[Any]) -> None:
    """|y[i + apart] - y[i]|."""
    for i in range(len(out)):
        out[i] = abs(y[i + apart] - y[i])


@kernel
def _moves(outer: NDArray[Any], inner: NDArray[Any], most: NDArray[Any], rate: float, table: NDArray[Any]) -> None:
    """Slope and bend of the two edges, with `MARGIN` samples around them, into rows 1 and 3; `most` is as long."""
    count = len(outer) - 2 * MARGIN
    one, other = np.empty(count), np.empty(count)
    slope(outer, one)
    slope(inner, other)
    _larger(one, other, most[:count])
    _greatest(most, table[1], rate)
    bend(outer, one)
    bend(inner, other)
    _larger(one, other, most[:count])
    _greatest(most, table[3], rate * rate)


@kernel
def _halves(v: NDArray[Any], most: NDArray[Any], table: NDArray[Any]) -> None:
    """How far v goes up and down, into rows 4 and 5."""
    for i in range(len(v)):
        most[i] = v[i] if v[i] > 0.0 else 0.0
    _greatest(most, table[4], 1.0)
    for i in range(len(v)):
        most[i] = -v[i] if v[i] < 0.0 else 0.0
    _greatest(most, table[5], 1.0)


@kernel
def measure(
    lateral: NDArray[Any], vertical: NDArray[Any], first: int, last: int, rate: float, table: NDArray[Any]
) -> None:
    """The six measures, in the order of `Moments`, of the samples from `first` (a moment's first) to `last`.

    An empty `vertical` is none. `table`: float32, (6, round-up of (last - first) / MOMENT).
    """
    stride = max(1, int(rate) // READ_RATE_HZ)
    margin = max(MARGIN, stride)
    lat, vert = np.empty(CHUNK + 2 * margin), np.empty(CHUNK + 2 * margin)
    most, other = np.empty(CHUNK), np.empty(CHUNK)
    for a in range(first, last, CHUNK):
        count = min(CHUNK, last - a)
        row = (a - first) // MOMENT
        out = table[:, row : row + (count + MOMENT - 1) // MOMENT]
        most[count:] = 0.0
        lay(lateral, a - margin, lat)
        if len(vertical) > 0:
            lay(vertical, a - margin, vert)
            _halves(vert[margin : margin + count], most, out)
            for i in range(len(lat)):
                lat[i], vert[i] = lat[i] - vert[i], lat[i] + vert[i]
        inner = vert if len(vertical) > 0 else lat
        _larger(lat[margin : margin + count], inner[margin : margin + count], most[:count])
        _greatest(most, out[0], 1.0)
        _apart(lat[margin - stride :], 2 * stride, most[:count])
        _apart(inner[margin - stride :], 2 * stride, other[:count])
        _larger(most[:count], other[:count], most[:count])
        for i in range(a, min(a + count, stride)):
            most[i - a] = 0.0
        for i in range(max(a, len(lateral) - stride), a + count):
            most[i - a] = 0.0
        _greatest(most, out[2], rate / (2 * stride))
        near = slice(margin - MARGIN, margin + count + MARGIN)
        _moves(lat[near], inner[near], most, rate, out)
