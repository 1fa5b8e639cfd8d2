"""The swing of the pitch, once per turn, that a centre makes which is not the groove's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PER_TURN = 256
"""Parts of a turn that are averaged: what music lies near a multiple of so many per turn is mean-free within each."""
TURNS = 8
"""Over which a swing is fitted. The spiral is told from it by its own curve, music by its not keeping step."""
BENT = 1.5
"""Of the usual distance of turns: where they lie further apart (lead-in, lead-out) no cubic is the spiral."""


def wow(radius_m: NDArray[Any], steps_per_turn: float) -> float:
    """The once-per-turn swing of a followed groove's speed, percent peak: the worst of the side.

    A groove whose radius about the centre it is played by is r + e·cos(θ - φ) passes the needle by e/r too fast and too
    slow. e and φ are fitted by least squares to `TURNS` turns under a Hann window, with a cubic for the spiral and the
    swing twice per turn, which a stretched axis makes, beside them. Where the spiral itself bends (lead-in, lead-out)
    counts only if it does so everywhere.

    Parameters
    ----------
    radius_m : ndarray, float64, (n,)
        About the centre in question; two turns at least, or the answer is nan.
    steps_per_turn : float
        Samples in one turn.
    """
    edges = np.arange(int(len(radius_m) / steps_per_turn * PER_TURN) + 1) / PER_TURN * steps_per_turn
    if len(edges) <= 2 * PER_TURN:
        return float("nan")
    whole = np.minimum(np.round(edges).astype(np.int64), len(radius_m))
    means = np.add.reduceat(radius_m, whole[:-1])[: len(edges) - 1] / np.diff(whole)
    turns = ((whole[:-1] + whole[1:] - 1) / 2) / steps_per_turn
    span = min(TURNS * PER_TURN, len(means))
    apart = np.abs(means[PER_TURN:] - means[:-PER_TURN])
    swings_of: dict[bool, list[float]] = {}  # by whether the spiral bends there
    for first in range(0, len(means) - span + 1, span // 2):
        part = slice(first, first + span)
        x = (turns[part] - turns[first]) / (span / PER_TURN) * 2 - 1
        angle = 2 * np.pi * turns[part]
        swings = [f(k * angle) for k in (1, 2) for f in (np.cos, np.sin)]
        window = np.hanning(span + 2)[1:-1, None]
        matrix = np.stack([*swings, np.ones(span), x, x**2, x**3], axis=1)
        fit = np.linalg.lstsq(matrix * window, means[part] * window[:, 0], rcond=None)[0]
        near = apart[first : first + span - PER_TURN]
        bends = bool(near.max() > BENT * np.median(near))
        swings_of.setdefault(bends, []).append(float(np.hypot(fit[0], fit[1]) / fit[4]))
    return 100 * max(swings_of.get(False) or swings_of[True])
