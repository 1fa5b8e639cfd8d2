"""From where to where there is groove: its turns side by side, and the single lines of lead-in and lead-out.

A line of a spiral comes through every radius at some angle, so that each ring, however narrow, holds some of it. A
circle (a rim, a label's edge) fills its own ring and leaves those beside it empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

RING_M = 0.25e-3
LEAST_RING_PX = 4
DENSE = 0.4
"""Of what the turns of the side's middle give."""
HIT = 0.25
"""Of a line's usual power."""
LEAST_HITS = 0.02
"""Of all spokes: a lead-out with 10 mm to the turn puts 1 in 40 of its own turn in a ring, and shows in two spokes."""
GAP_M = 1.0e-3


def rings(waves: NDArray[Any], step_m: float, dots_per_m: float) -> tuple[NDArray[Any], NDArray[Any], float]:
    """How much lines agree between neighbouring spokes, at most, in each ring, and how much they contradict.

    Parameters
    ----------
    waves : ndarray, complex64, (spokes, n)
        From `spokes.analytic`, at a geometry that stands.
    step_m : float
        From one sample to the next.
    dots_per_m : float

    Returns
    -------
    ndarray, ndarray, float
        Both float32, (spokes, rings), in power of the waves; a ring's width (m).
    """
    size = max(2, round(max(RING_M, LEAST_RING_PX / dots_per_m) / step_m))
    count = waves.shape[1] // size
    both = (waves * np.conj(np.roll(waves, -1, axis=0))).real[:, : count * size].reshape(len(waves), count, size)
    return both.max(2), (-both).max(2), size * step_m


def dense(agree: NDArray[Any], low: int, high: int) -> tuple[int, int]:
    """The rings, first and one past the last, in which turns lie side by side as between `low` and `high`."""
    lines = np.maximum(agree, 0).mean(0)
    lines = np.convolve(lines, np.full(3, 1 / 3), "same")
    usual = float(np.median(lines[low:high]))
    return _grown(lines > DENSE * usual, int((low + high) // 2), 3)


def all_of_it(agree: NDArray[Any], deny: NDArray[Any], low: int, high: int, ring_m: float) -> tuple[int, int]:
    """The same for all lines that join on to those between rings `low` and `high`."""
    usual = float(np.median(agree[:, low:high].max(1)))
    hits = (agree > HIT * usual).mean(0) - 2 * (deny > HIT * usual).mean(0)
    lines = hits > LEAST_HITS
    lines[low:high] = True
    return _grown(lines, (low + high) // 2, max(1, round(GAP_M / ring_m)))


def _grown(lines: NDArray[Any], at: int, gap: int) -> tuple[int, int]:
    """How far what begins `at` reaches either way, over gaps up to so many rings."""
    where = np.flatnonzero(lines)
    if not len(where):
        return at, at + 1
    start = int(np.abs(where - at).argmin())
    broken = np.flatnonzero(np.diff(where) > gap + 1)
    before, after = broken[broken < start], broken[broken >= start]
    first = where[before[-1] + 1] if len(before) else where[0]
    last = where[after[0]] if len(after) else where[-1]
    return int(first), int(last) + 1
