"""How far a sound's speed is off, told by what was recorded with it: the mains, or the pitch that was tuned to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FARTHEST = 0.08
"""Hum is looked for so far to either side: 78 for 80 or 76, and a worn motor, are within."""
HARMONICS = 10
HUM_WINDOW_S = 8.0
LEAST_S = 20.0
STEADY = 0.1
"""Part of the time at which a line is measured: its quietest. Notes end, hum does not."""
AROUND_HZ = 4.0
CLIPPED_DB = 15.0
"""No harmonic counts for more than this above what lies around it."""
CLEAR_DB = 10.0
"""From which a harmonic's frequency is told."""
STEP = 5e-5
APART, CLEAR = 0.006, 0.5
"""A speed further away than this that fits as well makes the best worth nothing; one half as good, no matter."""
LEAST_DB, SURE_DB = 18.0, 30.0
"""Of all harmonics together: noise reaches the one in half a minute, hum 60 dB below music exceeds the other."""
TUNED_WINDOW_S = 0.37
LOWEST_HZ, HIGHEST_HZ = 130.0, 2000.0
"""Notes whose pitch is told: below, a window is too short; above, strings are stiff and voices waver."""
PROMINENT = 30.0
"""A note's magnitude against the median within its octaves."""


@dataclass(frozen=True)
class Speed:
    """What the speed must be multiplied by to be right, and how sure that is.

    Attributes
    ----------
    factor : float
        1 where nothing is known.
    certainty : float
        0 (nothing was found) to 1.
    """

    factor: float
    certainty: float


def hum_speed(sound: NDArray[Any], rate_hz: float, mains_hz: float) -> Speed:
    """The speed at which mains hum has its right frequency.

    Spectra of some seconds each; of each frequency the quietest tenth over time counts, against what lies around it.
    The factor is that whose harmonics stand out most, each by `CLIPPED_DB` at most.

    Parameters
    ----------
    sound : ndarray, (n,)
        One channel: displacement, velocity or sound, in any unit. Less than `LEAST_S` tells nothing.
    rate_hz : float
    mains_hz : float
        50 or 60.
    """
    size = round(HUM_WINDOW_S * rate_hz)
    highest_hz = mains_hz * HARMONICS * (1 + FARTHEST) + 2 * AROUND_HZ
    if len(sound) < LEAST_S * rate_hz or highest_hz > rate_hz / 2:
        return Speed(1.0, 0.0)
    bins = math.ceil(highest_hz * HUM_WINDOW_S)
    starts = range(0, len(sound) - size + 1, size // 2)
    window = np.hanning(size)
    power = np.stack([np.abs(np.fft.rfft(sound[k : k + size] * window)[:bins]) ** 2 for k in starts])
    level_db = 10 * np.log10(np.quantile(power, STEADY, axis=0) + 1e-30 + 1e-12 * power.max())
    stands_db = np.maximum(level_db - _around(level_db, round(AROUND_HZ * HUM_WINDOW_S)), 0)
    speeds = np.arange(1 - FARTHEST, 1 + FARTHEST, STEP)
    harmonics = np.arange(1, HARMONICS + 1)
    lines = mains_hz * HUM_WINDOW_S * speeds[:, None] * harmonics
    score = np.interp(lines, np.arange(bins), np.minimum(stands_db, CLIPPED_DB)) @ (1 / np.sqrt(harmonics))
    best = int(np.argmax(score))
    other = score[np.abs(speeds - speeds[best]) > APART].max()
    if score[best] < LEAST_DB or other >= score[best]:
        return Speed(1.0, 0.0)
    certainty = min((score[best] - other) / (CLEAR * score[best]), (score[best] - LEAST_DB) / (SURE_DB - LEAST_DB), 1.0)
    found = _told_by(level_db, stands_db, lines[best], harmonics) / (mains_hz * HUM_WINDOW_S)
    return Speed(float(1 / found), float(certainty))


def _told_by(level_db: NDArray[Any], stands_db: NDArray[Any], lines: NDArray[Any], harmonics: NDArray[Any]) -> float:
    """The first harmonic's bin, by the tops of all of them (of a parabola through three bins), where they stand out."""
    above, below = 0.0, 0.0
    for line, harmonic in zip(np.round(lines).astype(int).tolist(), harmonics.tolist(), strict=True):
        top = line - 1 + int(np.argmax(level_db[line - 1 : line + 2]))
        left, middle, right = level_db[top - 1 : top + 2]
        if middle < max(left, right) or stands_db[top] < CLEAR_DB:
            continue
        place = top + 0.5 * (left - right) / (left - 2 * middle + right - 1e-12)
        above += stands_db[top] ** 2 * harmonic * place
        below += stands_db[top] ** 2 * harmonic**2
    return above / below if below > 0 else float(lines[0])


def _around(level_db: NDArray[Any], reach: int) -> NDArray[Any]:
    """The median of what lies within so many bins of each."""
    padded = np.pad(level_db, reach, "reflect")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1))


def tuned_speed(samples: NDArray[Any], rate_hz: float, pitch_hz: float = 440.0) -> Speed:
    """The speed at which music lies on the semitones of a pitch, the nearest: at most 50 cents (2.9 %) away.

    Each prominent partial is a direction on a circle of 100 cents; their mean's direction is how far the music is off,
    and its length, 0 to 1, the certainty (noise has less than 0.1, an orchestra some 0.3).

    Parameters
    ----------
    samples : ndarray, (frames,) or (frames, channels)
    rate_hz : float
    pitch_hz : float
        The A above middle C.
    """
    sound = np.asarray(samples, np.float64)
    sound = sound.mean(axis=1) if sound.ndim == 2 else sound
    size = round(TUNED_WINDOW_S * rate_hz)
    window, bin_hz = np.hanning(size), rate_hz / size
    low, high = int(LOWEST_HZ / bin_hz), int(min(HIGHEST_HZ, 0.45 * rate_hz) / bin_hz)
    total, weights = 0j, 1e-30
    for first in range(0, len(sound) - size + 1, size // 2):
        magnitude = np.abs(np.fft.rfft(sound[first : first + size] * window))[low - 1 : high + 1]
        middle = magnitude[1:-1]
        peak = (middle > magnitude[:-2]) & (middle >= magnitude[2:]) & (middle > PROMINENT * np.median(magnitude))
        at = np.flatnonzero(peak) + 1
        if not len(at):
            continue
        left, top, right = np.log(np.stack([magnitude[at - 1], magnitude[at], magnitude[at + 1]]) + 1e-30)
        hz = (low - 1 + at + 0.5 * (left - right) / (left - 2 * top + right)) * bin_hz  # of a parabola through three
        weight = np.sqrt(magnitude[at] / magnitude.max())
        total += np.sum(weight * np.exp(2j * np.pi * 12 * np.log2(hz / pitch_hz)))
        weights += float(weight.sum())
    cents = float(np.angle(total)) / (2 * np.pi) * 100
    return Speed(float(2 ** (-cents / 1200)), float(abs(total) / weights))
