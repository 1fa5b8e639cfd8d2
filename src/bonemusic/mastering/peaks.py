"""Peaks of a song as it flows by: of its samples, between them, and where it is cut off at full scale.

References
----------
.. [1] ITU-R BS.1770-4, Annex 2: true peak by oversampling, four times at 48 kHz; the filter there is an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

TAPS = 24
KAISER = 6.0
"""Of the window over the sinc: within 0.01 dB up to 0.42 of the rate (18.5 kHz at 44.1 kHz)."""
PIECE = 64
FULL_SCALE = 1 - 2.0**-15
"""The highest number of 16 bits, and all above it."""
LEAST_RUN = 3
KEPT_RUNS = 20


@dataclass(frozen=True)
class Clipped:
    """A moment that is cut off at full scale."""

    at_s: float
    seconds: float


class PeakMeter:
    """The highest sample, and the highest point between samples [1]_.

    Samples are interpolated four times below 88.2 kHz, twice below 176.4 kHz, and stand for themselves above.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        oversampling = 4 if rate_hz < 88_200 else 2 if rate_hz < 176_400 else 1
        self._phases = _interpolators(oversampling)
        self._tail = np.zeros((channels, TAPS - 1), np.float32)
        self._sample_peak = 0.0
        self._true_peak = 0.0

    def add(self, block: NDArray[np.float32]) -> float:
        """Look at what follows, (n, channels); gives the highest sample in it."""
        peak = float(np.abs(block).max(initial=0.0))
        self._sample_peak = max(self._sample_peak, peak)
        self._true_peak = max(self._true_peak, peak)
        if len(self._phases):
            sound = np.concatenate([self._tail, block.T], axis=1)
            self._true_peak = _between(sound, self._phases, self._true_peak)
            self._tail = sound[:, sound.shape[1] - TAPS + 1 :].copy()
        return peak

    def result(self) -> tuple[float, float]:
        """Sample peak and true peak, full scale 1."""
        if not len(self._phases):
            return self._sample_peak, self._true_peak
        sound = np.concatenate([self._tail, np.zeros_like(self._tail)], axis=1)
        return self._sample_peak, _between(sound, self._phases, self._true_peak)


class ClipMeter:
    """Where three frames or more in a row are cut off: at full scale and alike, or beyond it."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._last = np.zeros(channels, np.float32)
        self._count = 0
        self._state = np.zeros(2, np.int64)  # length of the run under way, number of runs
        self._runs = np.zeros((KEPT_RUNS, 2), np.int64)  # length, first frame

    def add(self, block: NDArray[np.float32], peak: float) -> None:
        """Look at what follows, (n, channels), whose highest sample is `peak`."""
        if len(block) == 0:
            return
        if peak >= FULL_SCALE or self._state[0]:
            _find_runs(block, self._last, self._count, self._state, self._runs)
        self._last = block[-1].copy()
        self._count += len(block)

    def result(self) -> tuple[int, tuple[Clipped, ...]]:
        """How many runs there were, and the longest, in order of time."""
        state, runs = self._state.copy(), self._runs.copy()
        _find_runs(np.zeros((1, len(self._last)), np.float32), self._last, self._count, state, runs)
        longest = sorted((first, length) for length, first in runs.tolist() if length)
        return int(state[1]), tuple(Clipped(first / self._rate_hz, length / self._rate_hz) for first, length in longest)


def _interpolators(oversampling: int) -> NDArray[Any]:
    """Windowed sincs that give the points between samples, (oversampling - 1, TAPS), each with sum 1."""
    shift = np.arange(1, oversampling)[:, None] / oversampling
    at = np.arange(TAPS) - (TAPS // 2 - 1) - shift
    window = np.i0(KAISER * np.sqrt(1 - (at / (TAPS / 2)) ** 2))
    sinc = np.sinc(at) * window
    return np.asarray(sinc / sinc.sum(axis=1, keepdims=True), np.float32)


def _between(sound: NDArray[np.float32], phases: NDArray[Any], peak: float) -> float:
    """The highest of `peak` and the points between samples, (channels, TAPS - 1 + n)."""
    highest = _highest(sound.view(np.int32))
    # no point is higher than the samples around it, times the sum of the filter's sizes (and some rounding)
    return _interpolated_peak(sound, phases, highest, 1.00001 * float(np.abs(phases).sum(axis=1).max()), peak)


@kernel
def _highest(bits: Any) -> Any:
    """The highest sample of each piece, and of what the last one's filters reach into, (channels, pieces + 1).

    The sizes of floating-point numbers order as their bits do, and whole numbers are compared many at a time.
    """
    rows, count = bits.shape
    out = np.zeros((rows, (count - TAPS) // PIECE + 2), np.int32)
    for row in range(rows):
        for piece in range(out.shape[1]):
            most = np.int32(0)
            for word in bits[row, piece * PIECE : min((piece + 1) * PIECE, count)]:
                most = max(most, word & np.int32(0x7FFFFFFF))
            out[row, piece] = most
    return out.view(np.float32)


@kernel
def _interpolated_peak(sound: Any, phases: Any, highest: Any, most: float, peak: float) -> float:
    points = np.empty(PIECE, np.float32)  # a peak is known well enough, and twice as fast
    count = sound.shape[1] - TAPS + 1
    for row in range(len(sound)):
        for piece in range(highest.shape[1] - 1):
            if max(highest[row, piece], highest[row, piece + 1]) * most <= peak:
                continue
            first = piece * PIECE
            size = min(PIECE, count - first)
            for phase in phases:
                points[:] = 0.0
                for k in range(TAPS):
                    near = sound[row, first + k : first + k + size]
                    for i in range(size):  # the inner loop, so that it runs on many numbers at a time
                        points[i] += phase[k] * near[i]
                for i in range(size):
                    peak = max(peak, float(abs(points[i])))
    return peak


@kernel
def _find_runs(block: Any, last: Any, count: int, state: Any, runs: Any) -> None:
    """Go on with the run under way, and keep the longest of those that end; `count` frames came before."""
    for i in range(len(block)):
        cut = False
        for c in range(block.shape[1]):
            before = last[c] if i == 0 else block[i - 1, c]
            x = block[i, c]
            if min(abs(x), abs(before)) >= FULL_SCALE and (x == before or min(abs(x), abs(before)) >= 1.0):
                cut = True
        if cut:
            state[0] += 1
            continue
        length = state[0] + 1
        state[0] = 0
        if length >= LEAST_RUN:
            state[1] += 1
            least = 0
            for k in range(1, len(runs)):
                if runs[k, 0] < runs[least, 0]:
                    least = k
            if length > runs[least, 0]:
                runs[least, 0], runs[least, 1] = length, count + i - length
