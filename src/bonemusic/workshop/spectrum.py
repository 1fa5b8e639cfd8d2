"""What a recording holds of each third of an octave: over all of it, and in its quietest moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = 1 << 14
MOST_FRAMES = 3000
"""Spread evenly over a recording of any length: what is asked is its average."""
QUIET_PERCENT = 10.0
LOWEST_HZ, HIGHEST_HZ = 40.0, 20_000.0
"""Below 40 Hz a third of an octave holds too few lines of a frame's spectrum to tell a level."""
FLOOR_DB = -200.0
MOST_SILENT = 0.05
"""Of a frame: what is more of a gap than that tells nothing of the noise."""


@dataclass(frozen=True)
class Spectrum:
    """Levels in thirds of an octave.

    Attributes
    ----------
    centre_hz : ndarray, float64, (bands,)
        Exact centres, 1000·10^(k/10) (IEC 61260-1).
    mean_db : ndarray, float64, (bands,)
        Power over the whole recording; 0 dB is a mean square of 1.
    quiet_db : ndarray, float64, (bands,)
        The level that a tenth of all moments lies below: noise and what never falls silent, so noise is at most that.
    """

    centre_hz: NDArray[Any]
    mean_db: NDArray[Any]
    quiet_db: NDArray[Any]

    def __len__(self) -> int:
        return len(self.centre_hz)


def spectrum(samples: NDArray[Any], rate_hz: int, silent_s: NDArray[Any] | None = None) -> Spectrum:
    """The spectrum of one channel.

    Parameters
    ----------
    samples : ndarray, float32, (n,)
    rate_hz : int
    silent_s : ndarray, float64, (k, 2) or None
        Seconds between which there is nothing, in order: no quiet moments of the recording.

    Returns
    -------
    Spectrum
        Without bands where the recording is shorter than four frames of 16,384 samples.
    """
    frames = len(samples) // FRAME
    bands = _bands(min(HIGHEST_HZ, 0.45 * rate_hz))
    if frames < 4 or not len(bands):
        return Spectrum(np.zeros(0), np.zeros(0), np.zeros(0))
    window = np.hanning(FRAME + 1)[:-1]
    # one-sided power whose sum over all lines is the mean square
    scale = 2 / (FRAME * float(window @ window))
    edges = np.outer(bands, 10.0 ** np.array([-0.05, 0.05])) * FRAME / rate_hz + 0.5
    lines = np.arange(FRAME // 2 + 2)
    firsts = np.linspace(0, frames - 1, min(frames, MOST_FRAMES)).astype(np.int64) * FRAME
    power = np.empty((len(firsts), len(bands)))
    for row, first in zip(power, firsts, strict=True):
        heard = np.fft.rfft(samples[first : first + FRAME] * window)
        total = np.concatenate([[0.0], np.cumsum(np.abs(heard) ** 2)])
        row[:] = np.diff(np.interp(edges, lines, total), axis=1)[:, 0] * scale
    quiet = np.percentile(power[_there(firsts, rate_hz, silent_s)], QUIET_PERCENT, axis=0)
    return Spectrum(bands, _decibels(power.mean(0)), _decibels(quiet))


def _there(firsts: NDArray[Any], rate_hz: int, silent_s: NDArray[Any] | None) -> NDArray[Any]:
    """Which frames hold sound; all, where none does."""
    if silent_s is None or not len(silent_s):
        return np.ones(len(firsts), np.bool_)
    silent = np.stack([np.zeros(len(silent_s)), np.cumsum(silent_s[:, 1] - silent_s[:, 0])], 1)
    silent[1:, 0] = silent[:-1, 1]
    until = [np.interp(at / rate_hz, silent_s.ravel(), silent.ravel()) for at in (firsts, firsts + FRAME)]
    there = np.asarray((until[1] - until[0]) * rate_hz <= MOST_SILENT * FRAME)
    return there if there.any() else ~there


def _bands(highest_hz: float) -> NDArray[Any]:
    k = np.arange(-20, 14)
    centres = 1000 * 10.0 ** (k / 10)
    return np.asarray(centres[(centres >= LOWEST_HZ * 0.99) & (centres * 10**0.05 <= highest_hz)])


def _decibels(power: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))))
