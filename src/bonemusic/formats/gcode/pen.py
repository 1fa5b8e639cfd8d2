"""Which moves draw, and the lines that they make.

A beam draws while it is on. A mill's spindle is on all the time; a tool draws where it is lower than it travels. Where
neither beam nor height tells, every feed (G1, G2, G3) draws.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...jit import kernel
from .motion import BURNING, FEED

MOST_LINES = 1_000_000
LEVEL_MM = 1e-4
"""Heights that differ by less are one."""
SAME_MM = 1e-6


def lines(xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any], unit_m: float) -> tuple[NDArray[Any], ...]:
    """The lines that moves draw, in metres, each once, however many passes go over it.

    Parameters
    ----------
    xy : ndarray, float64, (n, 2)
        Where each move ends; the lines take its place.
    height : ndarray, float32, (n,)
    flag : ndarray, uint8, (n,)
        FEED and BURNING.
    unit_m : float

    Raises
    ------
    FormatError
        So many pieces that they are no disc.
    """
    needed, level = pen(*_facts(xy, height, flag))
    starts = np.empty(len(xy) // 2 + 1, np.int64)
    count, pieces = _collect(xy, height, flag, needed, level, unit_m, starts)
    if pieces > MOST_LINES:
        raise FormatError(f"lifts its tool more than {MOST_LINES:,} times; export the groove as one line")
    found = [xy[a:b] for a, b in pairwise([*starts[:pieces].tolist(), count])]
    once = _once(found, SAME_MM * 1e-3)
    return tuple(line.copy() for line in once) if len(once) < len(found) else tuple(found)


def pen(lit: int, dark_feeds: int, burning_feeds: int, low: float, top: float) -> tuple[int, float]:
    """What a drawing move must have in its flag, and the height below which it must end.

    Parameters
    ----------
    lit : int
        How often the beam came on between moves.
    dark_feeds, burning_feeds : int
        Feeds without and with beam.
    low, top : float
        The lowest feed (that burns, if any does), and the highest move of all.
    """
    needed = FEED | (BURNING if burning_feeds else 0)
    told_by_beam = burning_feeds and (dark_feeds or lit > 1)
    if told_by_beam or top <= low + LEVEL_MM:
        return needed, math.inf
    return needed, (min(0.0, top) if low < -LEVEL_MM else top) - LEVEL_MM / 2


@kernel
def _facts(xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any]) -> tuple[int, int, int, float, float]:
    lit, dark, burning = 0, 0, 0
    low, low_burning, top = 1e30, 1e30, -1e30
    for k in range(1, len(xy)):
        on = flag[k] & BURNING
        if on and not flag[k - 1] & BURNING:
            lit += 1
        if xy[k, 0] == xy[k - 1, 0] and xy[k, 1] == xy[k - 1, 1]:
            continue
        z = float(height[k])
        top = max(top, z)
        if flag[k] & FEED:
            low = min(low, z)
            if on:
                burning += 1
                low_burning = min(low_burning, z)
            else:
                dark += 1
    return lit, dark, burning, low_burning if burning else low, top


@kernel
def _collect(
    xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any], needed: int, level: float, unit: float,
    starts: NDArray[Any],
) -> tuple[int, int]:  # fmt: skip
    """Points of all lines, one after another, and where each line begins. Moves that go nowhere are left out.

    The points take the place of the moves in `xy`: between two lines lies a move at least, so they never overtake them.
    """
    count, pieces = 0, 0
    down = False
    x, y = xy[0, 0], xy[0, 1]
    for k in range(1, len(xy)):
        x0, y0 = x, y
        x, y = xy[k, 0], xy[k, 1]
        if flag[k] & needed != needed or not height[k] < level:
            down = False
            continue
        if x == x0 and y == y0:
            continue
        if not down:
            starts[pieces] = count
            pieces += 1
            xy[count, 0], xy[count, 1] = x0 * unit, y0 * unit
            count += 1
            down = True
        xy[count, 0], xy[count, 1] = x * unit, y * unit
        count += 1
    return count, pieces


def _once(found: list[NDArray[Any]], grain_m: float) -> list[NDArray[Any]]:
    """Each line once: passes go over the same points again, or back over them."""
    often = Counter(len(line) for line in found)
    seen = set()
    kept = []
    for line in found:
        if often[len(line)] > 1:
            whole = np.rint(line / grain_m).astype(np.int64)
            mark = (len(line), min(whole.tobytes(), whole[::-1].tobytes()))
            if mark in seen:
                continue
            seen.add(mark)
        kept.append(line)
    return kept
