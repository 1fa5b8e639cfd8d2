"""How well drawn points carry the groove: the error that replay would hear, found by playing stretches of the drawing.

Not a formula: the very points that are written are turned back into radius over time, along the straight lines between
them, and held against the groove.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from ..curves import REFERENCE_VELOCITY_M_S, replay
from ..groove import Groove
from ..presets import Curve
from ..spectral import THREADS
from .line import Line, Points

BAND_HZ = (100.0, 4500.0)
"""The band of the figure: where speech and most of music lie."""
WINDOW_S = 0.5
VELOCITY_RATE_HZ = 48_000
CELL, EVERYWHERE_CELL, MARGIN = 256, 1 << 16, 128
CELLS, NEARLY = 48, 0.9
"""Stretches of `CELL` samples at 48 kHz are looked at, at most so many: those whose velocity comes within 10 % of the
greatest, as rounding may change their order."""
FINE = 4
"""How many times the groove's rate the lines are read at, so that their corners stay above the band."""


def windows(first_s: float, last_s: float, count: int) -> list[float]:
    """Beginnings of `count` stretches of `WINDOW_S` spread over a time; fewer where it is short."""
    room = last_s - first_s - WINDOW_S
    if room <= 0:
        return []
    return [float(t) for t in first_s + room * (np.arange(count) + 0.5) / count]


def heard_error(line: Line, groove: Groove, curve: Curve, starts_s: Sequence[float]) -> float:
    """Mean square of the drawing's error within `BAND_HZ` as replay hears it.

    Parameters
    ----------
    line : Line
        All of the groove.
    groove : Groove
    curve : Curve
        The replay curve.
    starts_s : sequence of float
        Beginnings of the stretches to play, seconds since sample 0.

    Returns
    -------
    float
        In units of (5 cm/s)² after the replay curve, peak amplitudes.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        errors = list(pool.map(lambda s: _one(line, groove, curve, s), starts_s))
    return float(np.mean(errors)) if errors else 0.0


def _read(points: Points, first: int, line: Line, groove: Groove, sample: int, count: int) -> NDArray[Any]:
    """Lateral along the drawn lines at `FINE` times the groove's rate, from `sample` on.

    The points begin at the wave's sample `first`.
    """
    turns = (sample + np.arange(count * FINE) / FINE) * groove.turns_per_sample
    x, y = points
    if line.turn_steps is not None:
        angle, radius_m = x / line.turn_steps, y * line.step_m
    else:
        angle, radius_m = np.unwrap(np.arctan2(y, x)) / (2 * np.pi), np.hypot(x, y) * line.step_m
        angle += np.round(first * line.wave.turns_per_point - angle[0])
    out: NDArray[Any] = np.interp(turns, angle, radius_m) - groove.spiral.at(turns)
    return out


def peak_velocity_m_s(line: Line, groove: Groove, first: int, last: int, everywhere: bool = False) -> float:
    """Peak lateral velocity over samples first … last as it is drawn, not as it was meant.

    Read as an instrument reads it that samples at 48 kHz: half the difference of the samples before and after. The
    strongest stretches are looked up in the pieces that are written; or all of them (`everywhere`), where rounding is
    so coarse that it, not the music, decides where the peak is.
    """
    stride = groove.rate_hz // VELOCITY_RATE_HZ
    cell = (EVERYWHERE_CELL if everywhere else CELL) * stride
    starts = np.arange(first, last, cell)
    if not everywhere:
        meant = groove.lateral_m[first:last]
        velocity = np.abs(meant[2 * stride :] - meant[: -2 * stride])
        if not velocity.any():
            return 0.0
        strongest = np.maximum.reduceat(velocity, np.minimum(starts - first, len(velocity) - 1))
        order = np.argsort(-strongest, kind="stable")[:CELLS]
        starts = starts[order][strongest[order] >= NEARLY * velocity.max()]
    held: dict[int, Points] = {}

    def within(a: int) -> float:
        return _peak_within(line, groove, a, min(a + cell, last), stride, held)

    with ThreadPoolExecutor(THREADS) as pool:
        return max(pool.map(within, np.sort(starts).tolist()))


def _peak_within(line: Line, groove: Groove, first: int, last: int, stride: int, held: dict[int, Points]) -> float:
    """Peak velocity over samples first … last, along the drawn points."""
    margin = MARGIN * stride
    begin, count = first - margin, last - first + 2 * margin
    points, begun = line.covering(*_samples(line, groove, begin, count), held)
    read = _read(points, begun, line, groove, begin, count)
    ends = np.hanning(2 * margin * FINE)
    read[: len(ends) // 2] *= ends[: len(ends) // 2]
    read[-(len(ends) // 2) :] *= ends[len(ends) // 2 :]
    fine = soxr.resample(read, FINE * groove.rate_hz, VELOCITY_RATE_HZ, quality="VHQ")[MARGIN - 1 : 1 - MARGIN]
    return float(np.abs(fine[2:] - fine[:-2]).max()) * VELOCITY_RATE_HZ / 2


def _samples(line: Line, groove: Groove, sample: int, count: int) -> tuple[int, int]:
    """The wave's samples around so many of the groove's."""
    per_sample = line.wave.points_per_s / groove.rate_hz
    return max(int(sample * per_sample) - 2, line.first), min(int((sample + count) * per_sample) + 2, line.last)


def _one(line: Line, groove: Groove, curve: Curve, start_s: float) -> float:
    rate, count = groove.rate_hz, round(WINDOW_S * groove.rate_hz)
    sample = round(start_s * rate)
    first, last = _samples(line, groove, sample, count)
    # what is searched for takes long, and pieces are held for those who write them
    points, begun = (line.points(first, last), first) if line.search is None else line.covering(first, last, {})
    read = _read(points, begun, line, groove, sample, count)
    meant = groove.lateral_m[sample : sample + count].astype(np.float64)
    bins = int(1.5 * BAND_HZ[1] * WINDOW_S) + 1
    # Hann's window at both rates: the spectra agree within the band, whatever lies above it
    difference = np.fft.rfft(read * np.hanning(len(read)))[:bins] / FINE
    difference -= np.fft.rfft(meant * np.hanning(count))[:bins]
    f = np.arange(bins) / WINDOW_S
    edge = 1 / (1 + (f / BAND_HZ[1]) ** 12)  # a sixth-order Butterworth's, there and back: coarse grids hiss just above
    gain = replay(curve, f) * (2j * np.pi * f) * (f >= BAND_HZ[0]) * edge / REFERENCE_VELOCITY_M_S
    return float(2 * np.sum(np.abs(difference * gain) ** 2) / count / np.sum(np.hanning(count) ** 2))
