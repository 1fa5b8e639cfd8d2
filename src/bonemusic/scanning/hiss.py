"""A picture's noise turned down in the sound that was read from it, and the high tones that its blur took put back.

Neither is guessed from the sound: `grain` has measured both in the picture. In short overlapping frames each frequency
is turned down by Wiener's rule, ξ/(1 + ξ), with the ratio ξ of music to noise carried over from frame to frame, which
keeps what is left from tinkling (Y. Ephraim and D. Malah, IEEE Trans. ASSP 32, 1984, p. 1109; O. Cappé, IEEE Trans. SAP
2, 1994, p. 345).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from .grain import FRAME, Grain

FRAME_S = 0.043
OVERLAP = 4
CARRIED = 0.85
"""Of the ratio from frame to frame: less follows attacks faster, more tinkles less (assumed; tried on music)."""
LEAST_RATIO = 10**-2.5
FLOOR = 0.1
"""What is noise alone is turned down by 20 dB and no more: silence between notes would be heard."""
MOST = 2.0
"""What was blurred is raised by 6 dB at most."""
CHUNK = 256
SLOW_S = 0.2


def reduced(
    samples: NDArray[Any],
    rate_hz: int,
    grain: Grain,
    strength: NDArray[Any],
    groove_rate_hz: float,
    first: int,
    replay: Callable[[NDArray[Any]], NDArray[Any]],
    floor: float = FLOOR,
    progress: Progress = silent,
) -> NDArray[Any]:
    """Sound with the picture's noise turned down and its blur undone.

    Parameters
    ----------
    samples : ndarray, float32, (frames, channels)
        Played from a track's samples from `first` on.
    rate_hz : int
    grain : Grain
    strength : ndarray, float32, (n,)
        The track's.
    groove_rate_hz : float
        Samples of the track to the second.
    first : int
    replay : callable
        The complex gain from displacement (m) to sound, of frequencies in Hz.
    floor : float
        Nothing is turned down by more; at 1 the noise stays, and the blur alone is undone.

    Returns
    -------
    ndarray, float32, (frames, channels)
    """
    size = 1 << round(math.log2(FRAME_S * rate_hz))
    hop = size // OVERLAP
    window = np.hanning(size + 1)[:-1]
    hz = np.arange(size // 2 + 1) * (rate_hz / size)
    weight = np.abs(replay(hz)) ** 2 * (rate_hz / 2 * float((window**2).sum()) / groove_rate_hz)
    cycles = hz / groove_rate_hz
    spectra = _at(grain, cycles) * weight
    raised = np.exp(np.minimum(2 * np.pi**2 * (grain.smear[:, None] * cycles) ** 2, math.log(MOST)))
    padded = np.pad(samples.astype(np.float32), ((size, size), (0, 0)))
    frames = (len(padded) - size) // hop + 1
    middles = first + (np.arange(frames) * hop - size / 2) * (groove_rate_hz / rate_hz)
    over = 1 / _clear(strength, middles, groove_rate_hz) ** 2
    place = np.clip(np.interp(middles, grain.samples, np.arange(len(grain.samples))), 0, len(grain.samples) - 1)
    out = np.zeros(padded.shape)
    carried = np.ones((samples.shape[1], len(hz)))
    for begin in range(0, frames, CHUNK):
        progress("undoing the picture's blur", begin / frames)
        some = np.arange(begin, min(begin + CHUNK, frames))
        parts = some[:, None] * hop + np.arange(size)
        for channel in range(samples.shape[1]):
            seen = np.fft.rfft(padded[parts, channel] * window, axis=1)
            turn_down(seen, spectra, raised, place[some], over[some], floor, carried[channel])
            back = np.fft.irfft(seen, size, axis=1) * window
            for k, each in enumerate(some.tolist()):
                out[each * hop : each * hop + size, channel] += back[k]
    total = float((window**2).sum()) / hop
    return np.asarray(out[size : size + len(samples)] / total, np.float32)


@kernel
def turn_down(
    seen: NDArray[Any],
    spectra: NDArray[Any],
    raised: NDArray[Any],
    place: NDArray[Any],
    over: NDArray[Any],
    floor: float,
    carried: NDArray[Any],
) -> None:
    """Turn frames down, and up, in place, (frames, bins); `carried`: the last frame's power over its noise, after."""
    last = len(spectra) - 1
    for k in range(len(seen)):
        low = min(int(place[k]), last)
        high = min(low + 1, last)
        part = place[k] - low
        for f in range(seen.shape[1]):
            noise = over[k] * (spectra[low, f] * (1.0 - part) + spectra[high, f] * part) + 1e-30
            power = (seen[k, f].real ** 2 + seen[k, f].imag ** 2) / noise
            ratio = max(CARRIED * carried[f] + (1.0 - CARRIED) * max(power - 1.0, 0.0), LEAST_RATIO)
            gain = ratio / (1.0 + ratio)
            carried[f] = gain * gain * power
            seen[k, f] *= max(gain, floor) * (raised[low, f] * (1.0 - part) + raised[high, f] * part)


def _at(grain: Grain, cycles: NDArray[Any]) -> NDArray[Any]:
    """Densities at other frequencies (cycles per sample), a little smoothed; none beyond half a cycle."""
    own = np.arange(FRAME // 2 + 1) / FRAME
    smooth = np.ones(9) / 9
    rows = [
        np.interp(cycles, own, np.convolve(np.pad(row, 4, "reflect"), smooth, "valid"), right=0.0)
        for row in grain.density
    ]
    return np.array(rows)


def _clear(strength: NDArray[Any], middles: NDArray[Any], rate_hz: float) -> NDArray[Any]:
    """The groove's strength around some places, where it was seen."""
    half = max(1, round(SLOW_S * rate_hz / 2))
    usual = float(np.median(strength[strength > 0])) if (strength > 0).any() else 1.0
    seen = strength > 1e-3 * usual  # rounding leaves some 1e-18 where a picture is all of one grey
    total = np.cumsum(np.r_[0.0, np.where(seen, strength, 0)])
    many = np.cumsum(np.r_[0, seen])
    low = np.clip(np.rint(middles - half), 0, len(strength)).astype(np.int64)
    high = np.clip(np.rint(middles + half), 0, len(strength)).astype(np.int64)
    count = many[high] - many[low]
    return np.where(count > 0, (total[high] - total[low]) / np.maximum(count, 1), usual)
