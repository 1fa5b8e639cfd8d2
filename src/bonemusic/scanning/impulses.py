"""Where a sound jumps as music does not: innovations far beyond those around, seen forwards and backwards.

A click of some samples is an innovation when it begins, foretold from what came before, and when it ends, foretold from
what comes after. The lesser of the two magnitudes stands out in the click and nowhere else [1]_; the beginning of a
note is one forwards only, and all that follows it is louder too. So each sample is held against the median magnitude
of its own few milliseconds, of those before and of those after, whichever is most.

References
----------
.. [1] S. J. Godsill, P. J. W. Rayner: Digital Audio Restoration, 1998, ch. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from ..threads import over_blocks
from .autoregressive import levinson

FRAME = 4096
"""Samples for which one model serves."""
NEAR = 64
"""Samples of which a median is taken."""
ORDER = 32
HIGH, LOW = 12.0, 3.0
"""A click rises above `HIGH` deviations of the innovation around it, and lasts while it is above `LOW`. At 10 one beat
in 30 of a bass drum is a click, at 12 one in 100."""
FINEST_HZ, COARSEST_HZ = 50_000.0, 10_000.0
"""Rates between which is listened, an octave apart."""
MEDIAN = 0.6745
"""Of the magnitude of Gaussian noise, against its deviation."""


def impulses(
    x: NDArray[Any],
    rate_hz: float,
    floor: float,
    high: float = HIGH,
    progress: Progress = silent,
    step: str = "listening for clicks",
) -> NDArray[Any]:
    """Stretches of a sound that stand out of it, looked for at several rates: dull clicks are clicks at a lower one.

    Parameters
    ----------
    x : ndarray, float32, (n,)
    rate_hz : float
    floor : float
        The least deviation of the innovation that is taken, in units of x.
    high : float
        How many deviations of the innovation around a click must rise to.

    Returns
    -------
    ndarray, int64, (k, 2)
        First sample, and one past the last; in order, apart from each other.
    """
    found, factor = [], 1
    while True:
        if rate_hz / factor <= FINEST_HZ:
            near = NEAR if rate_hz / factor >= 2 * COARSEST_HZ else NEAR // 2
            runs = _at_this_rate(x, near, floor, high, progress, step)
            found.append(factor * (runs + np.array([-1, 1]) * (factor > 1)))
        if rate_hz / factor < 2 * COARSEST_HZ:
            return united(np.clip(np.concatenate(found), 0, factor * len(x)))
        x, factor = _halved(np.asarray(x, np.float32), HALF_BAND), 2 * factor


def _at_this_rate(x: NDArray[Any], near: int, floor: float, high: float, progress: Progress, step: str) -> NDArray[Any]:
    n = len(x)
    stands = np.zeros(n, np.float32)
    medians = np.zeros(-(-n // near), np.float32)
    over_blocks(lambda first, last: _innovations(x, near, first, last, stands, medians), n, step, progress)
    runs: NDArray[Any] = _runs(stands, medians, near, high / MEDIAN, LOW / MEDIAN, floor * MEDIAN)
    return runs


def united(runs: NDArray[Any]) -> NDArray[Any]:
    """Stretches in any order, (k, 2), as stretches in order that do not touch."""
    if not len(runs):
        return np.zeros((0, 2), np.int64)
    runs = runs[np.argsort(runs[:, 0], kind="stable")]
    reach = np.maximum.accumulate(runs[:, 1])
    begins = np.flatnonzero(np.r_[True, runs[1:, 0] > reach[:-1]])
    return np.stack([runs[begins, 0], reach[np.r_[begins[1:] - 1, len(runs) - 1]]], axis=1)


def _half_band() -> NDArray[Any]:
    """Weights of the low-pass before every second sample is left out: sinc within a Kaiser window, sum 1."""
    at = np.arange(-15, 16)
    weights = np.sinc(at / 2) * np.kaiser(31, 7.0)
    return np.asarray((weights / weights.sum()).astype(np.float32))


HALF_BAND = _half_band()


@kernel
def _halved(x: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """The sound at half its rate; sample k stands where 2k stood."""
    n, reach = len(x), len(weights) // 2
    padded = np.zeros(n + 2 * reach + 1, np.float32)
    padded[reach : reach + n] = x
    out = np.zeros((n + 1) // 2, np.float32)
    for i in range(len(weights)):
        if weights[i] != 0.0:
            for k in range(len(out)):
                out[k] += weights[i] * padded[2 * k + i]
    return out


@kernel
def _innovations(
    x: NDArray[Any], near: int, first: int, last: int, stands: NDArray[Any], medians: NDArray[Any]
) -> None:
    """The lesser innovation of each sample first … last, and its medians; `first` is a multiple of `FRAME`."""
    n = len(x)
    window = np.empty(2 * FRAME)
    for k in range(2 * FRAME):
        window[k] = 0.5 - 0.5 * np.cos(np.pi * (k + 0.5) / FRAME)
    part, ahead, back = np.empty(2 * FRAME), np.empty(FRAME), np.empty(FRAME)
    alike = np.empty(ORDER + 1)
    for start in range(first, last, FRAME):
        count = min(FRAME, last - start)
        for k in range(2 * FRAME):
            at = start - FRAME // 2 + k
            part[k] = x[at] * window[k] if 0 <= at < n else 0.0
        alike[:] = 0.0
        for k in range(2 * FRAME - ORDER):
            for lag in range(ORDER + 1):
                alike[lag] += part[k] * part[k + lag]
        a = levinson(alike)
        for k in range(2 * FRAME):
            at = start - FRAME // 2 + k
            part[k] = x[at] if 0 <= at < n else 0.0
        middle = FRAME // 2
        ahead[:] = 0.0
        back[:] = 0.0
        for lag in range(ORDER + 1):
            before, after = part[middle - lag :], part[middle + lag :]
            for k in range(count):
                ahead[k] += a[lag] * before[k]
            for k in range(count):
                back[k] += a[lag] * after[k]
        for k in range(count):
            ahead[k], back[k] = abs(ahead[k]), abs(back[k])
            if ORDER <= start + k < n - ORDER:  # nearer to the ends one of them is foretold from nothing
                stands[start + k] = min(ahead[k], back[k])
        for k in range(0, count, near):
            medians[(start + k) // near] = _median(ahead[k : min(k + near, count)])


@kernel
def _median(values: NDArray[Any]) -> float:
    """The middle one, the upper of two, by Hoare's selection; the values are left in another order."""
    first, last, middle = 0, len(values) - 1, len(values) // 2
    while first < last:
        pivot = values[(first + last) // 2]
        i, j = first, last
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if middle <= j:
            last = j
        elif middle >= i:
            first = i
        else:
            break
    return float(values[middle])


@kernel
def _runs(
    stands: NDArray[Any], medians: NDArray[Any], near: int, high: float, low: float, floor: float
) -> NDArray[Any]:
    """Stretches above `low` that rise above `high` somewhere, (k, 2)."""
    n, blocks = len(stands), len(medians)
    found = np.empty((16, 2), np.int64)
    count, done = 0, 0
    for block in range(blocks):
        usual = floor
        for beside in range(max(0, block - 2), min(blocks, block + 3)):
            usual = max(usual, medians[beside])
        for k in range(max(done, block * near), min(n, (block + 1) * near)):
            if k < done or stands[k] <= high * usual:
                continue
            first, last = k, k + 1
            for at in range(k - 1, max(done, k - near) - 1, -1):
                if stands[at] > low * usual:
                    first = at
                elif first - at > 3:
                    break
            at = k + 1
            while at < n and at - last <= 3 and at - first < 2 * near:
                if stands[at] > low * usual:
                    last = at + 1
                at += 1
            done = last
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = first, last
            count += 1
    return found[:count].copy()
