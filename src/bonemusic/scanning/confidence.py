"""How sure each sample of a followed groove is: by its strength, and by what no groove explains, against what is usual.

Dust, scratches and crossings make a groove fainter or stronger than it is around, or leave a profile that is no
groove's; where no light falls there is nothing to be seen but noise. The
limits are assumed: they were set on made scans, where it is known which samples dust lies over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import silent
from ..threads import over_blocks

BLOCK = 256
"""Samples whose medians tell what is usual: several times as long as any dust, shorter than lamps' shadows."""
SOME = 3
"""One sample of so many is looked at."""
BLOCKS = 5
"""Whose medians tell what is usual in the middle one."""
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
    usual = np.maximum(usual, 1e-6)
    over_blocks(
        lambda first, last: judged(strength, rest, usual, noise, noise_gain, allowed, first, last, out),
        len(out), "judging the groove", silent,
    )  # fmt: skip
    return out


@kernel
def judged(
    strength: NDArray[Any],
    rest: NDArray[Any],
    usual: NDArray[Any],
    noise: NDArray[Any],
    noise_gain: float,
    allowed: float,
    first: int,
    last: int,
    out: NDArray[Any],
) -> None:
    """Confidence of samples `first` to `last` against what is usual in their blocks."""
    for block in range(first // BLOCK, -(-last // BLOCK)):
        level = noise_gain * noise[block]
        more = 1.0 / max(allowed * usual[block], NOISE_ALLOWED * level)
        smoothness, clearness = 1.0 / noise[block], 1.0 / level
        for k in range(max(first, block * BLOCK), min(last, (block + 1) * BLOCK)):
            unlike = _ramp(abs(strength[k] - usual[block]) * more, UNLIKE[0], UNLIKE[1])
            rough = _ramp(rest[k] * smoothness, ROUGH[0], ROUGH[1])
            out[k] = unlike * rough * _ramp(strength[k] * clearness, NOISY[0], NOISY[1])


@kernel
def _ramp(value: float, none: float, all_: float) -> float:
    return min(max((value - none) * (1.0 / (all_ - none)), 0.0), 1.0)


def _usual(values: NDArray[Any]) -> NDArray[Any]:
    """Medians of blocks, and of the blocks around each, (blocks,); samples where nothing was seen do not count."""
    count = -(-len(values) // BLOCK)
    own = np.empty(count, np.float32)

    def some(first: int, last: int) -> None:
        begin, end = -(-first // BLOCK), -(-last // BLOCK)  # of blocks that begin here
        own[begin:end] = _medians(values[begin * BLOCK : end * BLOCK])

    over_blocks(some, len(values), "judging the groove", silent)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(own, BLOCKS // 2, "edge"), BLOCKS)
    ordered = np.sort(around, axis=1)
    many = np.isfinite(ordered).sum(1)
    middle = ordered[np.arange(count), np.maximum(many - 1, 0) // 2]
    fallback = float(np.nanmedian(own)) if np.isfinite(own).any() else 0.0
    return np.where(many > 0, middle, fallback)


def _medians(values: NDArray[Any]) -> NDArray[Any]:
    """Of each block of some samples, the median of what was seen; not a number where hardly anything was."""
    count = -(-len(values) // BLOCK)
    padded = np.full(count * BLOCK, np.nan, np.float32)
    padded[: len(values)] = values
    rows = padded.reshape(count, BLOCK)[:, ::SOME].copy()  # neighbours share their pixels, and say the same
    rows[~(rows > 0)] = np.nan
    rows.sort(axis=1)  # what is not a number comes last
    there = np.isfinite(rows).sum(1)
    return np.where(there > rows.shape[1] // 8, rows[np.arange(count), np.maximum(there - 1, 0) // 2], np.nan)
