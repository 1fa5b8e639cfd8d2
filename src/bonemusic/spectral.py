"""Filtering by a frequency response, exact in magnitude and phase, over sound of any length.

The response is applied to blocks that overlap by far more than it rings (overlap-save), so that no block is heard,
memory stays small and two threads share the work. The blocks lie where the sound's own samples say, never where a
caller's stretch happens to begin: any stretch comes out as it does in one go, bit for bit. A change of rate comes for
free: the spectrum is cut or padded.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .progress import Progress, silent

Array = NDArray[Any]
Response = Callable[[Array], Array]
BLOCK_S = 6.0
RING_S = 0.6
"""Longest time over which a response may ring, to either side. A 20 Hz low-cut has fallen by 150 dB by then."""
THREADS = min(os.cpu_count() or 1, 8)


def _smooth(least: int) -> int:
    """The least 2ᵃ3ᵇ5ᶜ that is at least so large: lengths whose transforms are fast."""
    best = 1 << max(0, least - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            two = three << max(0, -(-least // three) - 1).bit_length()
            best = min(best, two)
            three *= 3
        five *= 5
    return best


def filtered(
    samples: Array,
    rate_hz: int,
    response: Response,
    rate_out_hz: int | None = None,
    pad_s: float = 0.0,
    progress: Progress = silent,
    step: str = "filtering",
) -> Array:
    """Apply a frequency response, and change the rate if asked.

    Parameters
    ----------
    samples : ndarray, float32 or float64, (n,)
        Silence is taken to surround them.
    rate_hz : int
        Their rate.
    response : callable
        Takes frequencies in Hz, (m,), from 0; gives the gain there, real (zero-phase) or complex. It must not ring
        longer than `RING_S`, and be negligible where the lower of the two rates ends.
    rate_out_hz : int, optional
        Rate of what comes out; the same if not given.
    pad_s : float
        How much of the response's ringing to keep before the first sample and after the last, seconds.

    Returns
    -------
    ndarray, float32, (round-up of (n / rate + 2·pad) · rate_out,)
        Its first sample is at -pad_s (rounded to whole output samples).
    """
    rate_out = rate_out_hz or rate_hz
    common = math.gcd(rate_hz, rate_out)
    unit_in, unit_out = rate_hz // common, rate_out // common
    size = _smooth(math.ceil(BLOCK_S * common))  # a block is `size` units, each whole samples at both rates
    ring = min(math.ceil(RING_S * common), size // 3)
    hop = size - 2 * ring
    n_in, n_out, hop_out = size * unit_in, size * unit_out, hop * unit_out
    bins = min(n_in, n_out) // 2 + 1
    gain = response(np.arange(bins) * (common / size)) * (n_out / n_in)
    pad = math.ceil(pad_s * rate_out)
    total = math.ceil(len(samples) * rate_out / rate_hz) + 2 * pad
    out = np.empty(total, np.float32)
    first_hop = -(-pad // hop_out)  # blocks before sample 0 that the padding reaches into
    hops = range(-first_hop, -(-(total - pad) // hop_out))

    def one(k: int) -> None:
        begin = (k * hop - ring) * unit_in
        piece = np.zeros(n_in)
        a, b = max(begin, 0), min(begin + n_in, len(samples))
        if a >= b:
            whole = np.zeros(n_out)
        else:
            piece[a - begin : b - begin] = samples[a:b]
            spectrum = np.fft.rfft(piece)[:bins]
            spectrum *= gain
            whole = np.fft.irfft(spectrum, n_out)
        keep = whole[ring * unit_out : ring * unit_out + hop_out]
        at = k * hop_out + pad
        lo, hi = max(at, 0), min(at + hop_out, total)
        out[lo:hi] = keep[lo - at : hi - at]

    with ThreadPoolExecutor(THREADS) as pool:
        for done, _ in enumerate(pool.map(one, hops), 1):
            progress(step, done / len(hops))
    return out


def low_cut(frequency_hz: Array, corner_hz: float, order: int = 4) -> Array:
    """Zero-phase Butterworth magnitude, 3 dB down at the corner: 1/sqrt(1 + (fc/f)^(2·order)); 0 at 0 Hz."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.sqrt(1 + (corner_hz / frequency_hz) ** (2 * order)))


def high_cut(frequency_hz: Array, pass_hz: float, stop_hz: float) -> Array:
    """Zero-phase high-cut: 1 up to `pass_hz`, 0 from `stop_hz`, a raised cosine between them."""
    fall = np.clip((frequency_hz - pass_hz) / (stop_hz - pass_hz), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * fall))
