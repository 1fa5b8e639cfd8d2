"""How evenly the disc turns: speed error, wow, flutter and a hole out of centre, as a warp of time.

With s(t) the angle that the platter has turned, in seconds at nominal speed, and τ the place in the groove under the
stylus, in seconds of the groove,

    s(t) = ∫ (1 + error)·(1 + wow·sin(2π·wow_hz·t) + flutter·sin(2π·flutter_hz·t)) dt
    τ(t) = s(t) + asin(e/r · sin(Ω·s(t))) / Ω,   Ω = 2π·rpm/60

The second line is the law of sines in the triangle of spindle, spiral's centre and stylus: the speed varies by the
fraction e/r, once per turn, r being the local radius. Everything is in closed form, so any moment can be asked for by
itself, and τ(0) = 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Groove
from ..jit import kernel
from ..presets import Turntable
from ..progress import Progress, silent
from ..threads import BLOCK, over_blocks

Array = NDArray[Any]

TAPS = 32
_PHASES = 512
_KAISER = 10.0
_RADIUS_EVERY = 1024
"""Samples between which the radius, which changes by less than a hundredth in a turn, is taken as linear."""


def is_even(turntable: Turntable) -> bool:
    """Whether the platter turns at the very speed of the groove, all the time."""
    return not any((turntable.speed_error, turntable.wow, turntable.flutter, turntable.eccentricity_m))


def groove_time_s(turntable: Turntable, groove: Groove, time_s: Array) -> Array:
    """The place in the groove under the stylus: τ(t) as above.

    Parameters
    ----------
    time_s : ndarray, float64, (n,)
        Seconds since sample 0 of the groove was under the stylus, increasing evenly.

    Returns
    -------
    ndarray, float64, (n,)
        Seconds of the groove; the sample there is τ · rate.
    """
    turned = time_s + _swing(turntable.wow, turntable.wow_hz, time_s)
    turned = (1 + turntable.speed_error) * (turned + _swing(turntable.flutter, turntable.flutter_hz, time_s))
    if not turntable.eccentricity_m:
        return np.asarray(turned)
    turns_per_s = float(groove.rpm / 60)
    some = np.append(turned[::_RADIUS_EVERY], turned[-1:])
    radius_m = np.interp(turned, some, groove.spiral.at(some * turns_per_s))
    omega = 2 * math.pi * turns_per_s
    off = turntable.eccentricity_m / np.maximum(radius_m, turntable.eccentricity_m)
    return np.asarray(turned + np.arcsin(off * np.sin(omega * turned)) / omega)


def _swing(fraction: float, frequency_hz: float, time_s: Array) -> Array | float:
    """∫ fraction·sin(2πft) dt from 0."""
    if not fraction or not frequency_hz:
        return 0.0
    omega = 2 * math.pi * frequency_hz
    return np.asarray(fraction / omega * (1 - np.cos(omega * time_s)))


def warped_length(turntable: Turntable, groove: Groove) -> int:
    """Samples that come out: all moments k/rate at which the stylus has not passed the groove's end."""
    if is_even(turntable):
        return len(groove)

    if turntable.speed_error <= -1 or turntable.wow + turntable.flutter >= 1:
        raise ValueError(f"the platter of {turntable.name} would turn backwards; lower its speed error, wow or flutter")

    def samples(count: int) -> float:
        return float(groove_time_s(turntable, groove, np.array([count / groove.rate_hz]))[0]) * groove.rate_hz

    low, high = 0, 1
    while samples(high) < len(groove):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if samples(middle) < len(groove) else (low, middle)
    return high if len(groove) else 0


def warped(
    channels: tuple[Array, ...], groove: Groove, turntable: Turntable, progress: Progress = silent
) -> tuple[tuple[Array, ...], float]:
    """What the stylus is given at even moments, while the disc turns unevenly.

    Parameters
    ----------
    channels : tuple of ndarray, float32, (n,)
        Displacement at the groove's samples.

    Returns
    -------
    channels : tuple of ndarray, float32, (m,)
        The same bits where the platter is even; else better than -90 dB up to 0.38 of the rate.
    wow : float
        Greatest deviation of the speed from its own mean 1 + error, as a fraction.
    """
    if is_even(turntable):
        return channels, 0.0
    count = warped_length(turntable, groove)
    out = tuple(np.empty(count, np.float32) for _ in channels)
    table = sinc_table()
    peaks = np.zeros(-(-count // BLOCK))

    def work(first: int, last: int) -> None:
        at = groove_time_s(turntable, groove, np.arange(first, last + 1) / groove.rate_hz) * groove.rate_hz
        peaks[first // BLOCK] = np.abs(np.diff(at) / (1 + turntable.speed_error) - 1).max()
        begin = math.floor(at[0]) - TAPS // 2 + 1
        for samples, result in zip(channels, out, strict=True):
            around = _between_silence(samples, begin, math.floor(at[-1]) + TAPS // 2 + 1)
            interpolate(around, at[:-1] - begin, table, result[first:last])

    over_blocks(work, count, "turning the disc", progress)
    return out, float(peaks.max(initial=0.0))


def _between_silence(samples: Array, begin: int, end: int) -> Array:
    """samples[begin:end], with zeros where there are none."""
    out = np.zeros(end - begin, np.float32)
    lo, hi = max(begin, 0), min(end, len(samples))
    if lo < hi:
        out[lo - begin : hi - begin] = samples[lo:hi]
    return out


def sinc_table() -> Array:
    """Windowed sinc (Kaiser 10, 32 taps) for 512 phases between two samples: (513, 32), each row's sum 1."""
    distance = np.arange(TAPS) - (TAPS // 2 - 1) - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(_KAISER * np.sqrt(np.maximum(1 - (distance / (TAPS / 2)) ** 2, 0)))
    rows = np.sinc(distance) * window
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


@kernel
def interpolate(samples: Array, at: Array, table: Array, out: Array) -> None:
    """Samples (n,) at positions `at` (m,), each TAPS/2-1 or more from the beginning and TAPS/2 from the end.

    Between two phases of the table the weights are linear, which errs by -116 dB. Four sums, as each waits for itself.
    """
    phases, taps = len(table) - 1, table.shape[1]
    for i in range(len(at)):
        whole = math.floor(at[i])
        phase = (at[i] - whole) * phases
        row = int(phase)
        part = phase - row
        first = int(whole) - taps // 2 + 1
        x, a, b = samples[first : first + taps], table[row], table[row + 1]
        w = y = z = v = 0.0
        for k in range(0, taps, 4):
            w += (a[k] + part * (b[k] - a[k])) * x[k]
            y += (a[k + 1] + part * (b[k + 1] - a[k + 1])) * x[k + 1]
            z += (a[k + 2] + part * (b[k + 2] - a[k + 2])) * x[k + 2]
            v += (a[k + 3] + part * (b[k + 3] - a[k + 3])) * x[k + 3]
        out[i] = (w + y) + (z + v)
