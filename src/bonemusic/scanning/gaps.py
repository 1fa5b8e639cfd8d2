"""Mending a groove that was followed in a picture: only what dust, scratches and crossings hid is invented.

Where the picture shows nothing (low confidence), the samples are taken as unknown and filled from the music on both
sides; and so are those, few, where what was seen jumps as music does not. What is hidden for too long is not invented:
from both ends the music dies away, and between them runs the unmodulated spiral.

Nothing else is changed, to the bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from .filling import MEANS_HZ, filled
from .impulses import impulses, united

WEAK, SURE = 0.5, 0.9
"""A gap is where the confidence is below `WEAK`; it reaches as far as the confidence is below `SURE`."""
MARGIN_S, FARTHEST_S = 60e-6, 0.5e-3
"""A gap is wider than the samples of low confidence by so much at once, and by no more while it is below `SURE`."""
JUMP = 5.0
"""Deviations of the innovation. Of music, noise, speech and sweeps none is mended; at 8 a scan of 400 specks a side
keeps 8 clicks a minute of those that look like a groove, at 6 two, at 5 none."""
LEAST_M = 0.05e-6
"""No innovation less than this is a jump: a hundredth of a pixel at 4800 dpi."""


@dataclass(frozen=True)
class Mended:
    """A groove with its gaps filled.

    Attributes
    ----------
    lateral_m : ndarray, float32, (n,)
    invented : ndarray, int64, (k, 2)
        First sample, and one past the last, of each stretch that was foretold from its surroundings; in order.
    missing : ndarray, int64, (m, 2)
        The same of what was too long, or had nothing around it: there is silence.
    rate_hz : float
    """

    lateral_m: NDArray[Any]
    invented: NDArray[Any]
    missing: NDArray[Any]
    rate_hz: float

    @property
    def count(self) -> int:
        """Gaps, of either kind."""
        return len(self.invented) + len(self.missing)

    @property
    def invented_seconds(self) -> float:
        """How much sound was made up."""
        return float(np.diff(self.invented, axis=1).sum() / self.rate_hz)

    @property
    def missing_seconds(self) -> float:
        """How much sound is lost."""
        return float(np.diff(self.missing, axis=1).sum() / self.rate_hz)


def mended(lateral_m: NDArray[Any], confidence: NDArray[Any], rate_hz: float, progress: Progress = silent) -> Mended:
    """Fill the gaps of a groove, and leave all else as it is.

    Parameters
    ----------
    lateral_m : ndarray, float32, (n,)
        Displacement about the smooth spiral; in gaps it counts for nothing.
    confidence : ndarray, float32, (n,)
        0 (hidden) to 1 (seen).
    rate_hz : float
        Samples per second, 8 kHz or more.
    progress : callable

    Raises
    ------
    ValueError
        The two differ in length, or the rate is too low.
    """
    if np.shape(lateral_m) != np.shape(confidence) or np.ndim(lateral_m) != 1:
        raise ValueError(
            f"{np.shape(lateral_m)} samples and {np.shape(confidence)} confidences: one for each is needed"
        )
    if not rate_hz >= 8_000:
        raise ValueError(f"{rate_hz:g} samples per second are too few to mend")
    lateral = np.asarray(lateral_m, np.float32)
    margin, farthest = math.ceil(MARGIN_S * rate_hz), int(FARTHEST_S * rate_hz)
    gaps = _gaps(np.asarray(confidence, np.float32), WEAK, SURE, margin, farthest)
    out = lateral.copy()
    gone = filled(out, gaps, rate_hz, progress)
    jumps = _jumps(out, rate_hz, margin, progress)
    if len(jumps):
        gaps = united(np.concatenate([gaps, jumps]))
        out = lateral.copy()
        gone = filled(out, gaps, rate_hz, progress)
    return Mended(out, gaps[~gone], gaps[gone], float(rate_hz))


def _jumps(x: NDArray[Any], rate_hz: float, margin: int, progress: Progress) -> NDArray[Any]:
    """Where a mended groove still jumps as music does not."""
    every = max(1, round(rate_hz / MEANS_HZ))
    means = _means(x, every)
    runs = impulses(means, rate_hz / every, LEAST_M, JUMP, progress, "looking for jumps")
    beside = every + margin  # the mean next to those that stand out may be spoilt in part
    return np.asarray(np.clip(every * runs + beside * np.array([-1, 1]), 0, len(x)))


@kernel
def _means(x: NDArray[Any], every: int) -> NDArray[Any]:
    """Means of so many samples each; what is left at the end is left out."""
    out = np.empty(len(x) // every, np.float32)
    for k in range(len(out)):
        total = 0.0
        for i in range(k * every, (k + 1) * every):
            total += x[i]
        out[k] = total / every
    return out


@kernel
def _gaps(confidence: NDArray[Any], weak: float, sure: float, margin: int, farthest: int) -> NDArray[Any]:
    """Stretches of low confidence and what is doubtful beside them, apart from each other, (k, 2)."""
    n = len(confidence)
    found = np.empty((16, 2), np.int64)
    count, k = 0, _weaker(confidence, 0, weak)
    while k < n:
        first = k
        while first > 0 and k - first < farthest and not confidence[first - 1] >= sure:
            first -= 1
        while k < n and not confidence[k] >= weak:
            k += 1
        last = k
        while last < n and last - k < farthest and not confidence[last] >= sure:
            last += 1
        first, last = max(0, first - margin), min(n, last + margin)
        if count and first <= found[count - 1, 1] + 2 * margin:
            found[count - 1, 1] = last
        else:
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = first, last
            count += 1
        k = _weaker(confidence, max(k, last), weak)
    return found[:count].copy()


@kernel
def _weaker(confidence: NDArray[Any], k: int, weak: float) -> int:
    """The first from `k` on that is not that sure; a loop of its own, for nearly all are."""
    while k < len(confidence) and confidence[k] >= weak:
        k += 1
    return k
