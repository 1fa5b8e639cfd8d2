"""How sure each sample of a followed groove is: by its strength, and by what no groove explains, against what is usual.

Dust, scratches and crossings make a groove fainter or stronger than it is around, or leave a profile that is no
groove's; where no light falls there is nothing to be seen but noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 512
"""Samples whose medians tell what is usual: several times as long as any dust, shorter than lamps' shadows."""
BLOCKS = 9
LEAST_PART = 0.2
"""Of the whole side's median strength: what is fainter is not usual anywhere."""
UNLIKE = (3.0, 1.5)
ROUGH = (4.2, 2.8)
NOISY = (2.5, 6.0)
"""From no confidence to all of it: how far the strength is from the usual one, in parts of what is allowed; the rest
against the usual one; and strength over its deviation."""
ALLOWED, NOISE_ALLOWED = 0.12, 3.5
"""Of the usual strength: slopes make a groove look wider by that; and deviations of noise."""


def confidence(strength: NDArray[Any], rest: NDArray[Any], noise_gain: float, allowed: float = ALLOWED) -> NDArray[Any]:
    """Confidence of each sample.

    Parameters
    ----------
    strength : ndarray, float32, (n,)
        0 or less where nothing was seen.
    rest : ndarray, float32, (n,)
        What of the profile no groove explains, rms.
    noise_gain : float
        `Sight.noise_gain`.
    allowed : float
        Part of the usual strength by which it may change.

    Returns
    -------
    ndarray, float32, (n,)
    """
    usual = _usual(strength)
    usual = np.maximum(usual, LEAST_PART * np.median(usual))
    noise = np.maximum(_usual(rest), 0.3)
    out = np.empty(len(strength), np.float32)
    for block in range(len(usual)):
        part = slice(block * BLOCK, min((block + 1) * BLOCK, len(strength)))
        here = strength[part] / max(float(usual[block]), 1e-6)
        most = max(allowed, NOISE_ALLOWED * noise_gain * float(noise[block]) / max(float(usual[block]), 1e-6))
        sure = _ramp(np.abs(here - 1) / most, *UNLIKE) * _ramp(rest[part] / noise[block], *ROUGH)
        out[part] = sure * _ramp(strength[part] / (noise_gain * noise[block]), *NOISY)
    return out


def _ramp(values: NDArray[Any], none: float, all_: float) -> NDArray[Any]:
    return np.clip((values - none) / (all_ - none), 0, 1)


def _usual(values: NDArray[Any]) -> NDArray[Any]:
    """Medians of blocks, and of the blocks around each, (blocks,); samples where nothing was seen do not count."""
    count = -(-len(values) // BLOCK)
    padded = np.full(count * BLOCK, np.nan, np.float32)
    padded[: len(values)] = np.where(values > 0, values, np.nan)
    rows = padded.reshape(count, BLOCK)
    rows.sort(axis=1)  # what is not a number comes last
    there = np.isfinite(rows).sum(1)
    own = np.where(there > BLOCK // 8, rows[np.arange(count), np.maximum(there - 1, 0) // 2], np.nan)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(own, BLOCKS // 2, "edge"), BLOCKS)
    ordered = np.sort(around, axis=1)
    many = np.isfinite(ordered).sum(1)
    middle = ordered[np.arange(count), np.maximum(many - 1, 0) // 2]
    fallback = float(np.nanmedian(own)) if np.isfinite(own).any() else 0.0
    return np.where(many > 0, middle, fallback)
