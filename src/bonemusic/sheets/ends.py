"""Where a line of writing goes on faintly: black letters that run into a black margin, white ones into bone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .marks import WIDEST, standing_out

FAINT = 6
"""What the eye still tells from a flat background, of 255."""
ALIKE = 12
"""How far the same ink's values lie apart at most, after blur and JPEG."""
FARTHEST = 14.0
"""How many heights of a letter a line is followed."""
GAP = 1.3


def reach(look: NDArray[Any], first: int, last: int, top: int, bottom: int, ink: float) -> tuple[int, int]:
    """Follow a line to both sides over everything that has its ink.

    Parameters
    ----------
    look : ndarray, uint8, (rows, columns)
        With bright letters.
    first, last : int
        The columns from and up to which the line is known.
    top, bottom : int
        Its rows.
    ink : float
        How bright its letters are.

    Returns
    -------
    (int, int)
        The columns that it takes.
    """
    tall = bottom - top
    left, right = max(0, first - round(FARTHEST * tall)), min(look.shape[1], last + round(FARTHEST * tall))
    above, below = max(0, top - WIDEST), min(len(look), bottom + WIDEST)
    strip = np.ascontiguousarray(look[above:below, left:right])
    out = standing_out(strip)
    inked = ((out >= FAINT) & (strip >= ink - ALIKE))[top - above : bottom - above]
    columns = np.flatnonzero(inked.sum(axis=0) >= max(2, tall // 10)) + left
    after, before = columns[columns >= last], columns[columns < first][::-1]
    return first - _run(first - before, GAP * tall), last + _run(after - last + 1, GAP * tall)


def _run(steps: NDArray[Any], gap: float) -> int:
    """How far one gets by steps that are nowhere wider than the gap."""
    held = np.concatenate([[0], steps])
    wide = np.flatnonzero(np.diff(held) > gap)
    return int(held[wide[0]] if len(wide) else held[-1])
