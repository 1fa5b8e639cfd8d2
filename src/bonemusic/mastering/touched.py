"""What a limiter did, for people: how often, how deep, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..moments import MOMENT

TOUCHED = 1 - 10 ** (-0.1 / 20)
"""Reduction from which sound counts as touched: a gain below -0.1 dB."""
APART_S = 0.05
"""Stretches nearer to each other than this are one (assumed: what is heard as one event)."""
MOST = 200
FLOOR_DB = -120.0
"""How deep a gain of nothing is said to be."""


@dataclass(frozen=True)
class Stage:
    """One stage of the limiter: the share of the time it touched, 0 to 1, and its deepest gain in dB, 0 or less."""

    name: str
    touched_share: float
    deepest_db: float


@dataclass(frozen=True)
class Stretch:
    """A stretch of time that one stage touched, seconds from the first sample, and its deepest gain in dB."""

    start_s: float
    end_s: float
    deepest_db: float
    stage: str


def stage(name: str, reduction: NDArray[Any]) -> Stage:
    """Sum up a stage from its reduction at each moment, (m,)."""
    share = float(np.count_nonzero(reduction > TOUCHED) / max(len(reduction), 1))
    return Stage(name, share, _db(float(reduction.max(initial=0.0))))


def stretches(name: str, reduction: NDArray[Any], rate_hz: int) -> list[Stretch]:
    """Where a stage touched, at most the `MOST` deepest, in order of time."""
    at = np.flatnonzero(reduction > TOUCHED)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) * (MOMENT / rate_hz) > APART_S)
    firsts, lasts = at[np.r_[0, breaks + 1]], at[np.r_[breaks, len(at) - 1]]
    most = np.maximum.reduceat(reduction, np.c_[firsts, lasts + 1].ravel()[:-1])[::2]
    found = [
        Stretch(float(a * MOMENT / rate_hz), float((b + 1) * MOMENT / rate_hz), _db(float(r)), name)
        for a, b, r in zip(firsts, lasts, most, strict=True)
    ]
    return deepest(found)


def deepest(found: list[Stretch]) -> list[Stretch]:
    """The `MOST` deepest of some stretches, in order of time."""
    kept = sorted(found, key=lambda s: (s.deepest_db, s.start_s))[:MOST]
    return sorted(kept, key=lambda s: (s.start_s, s.stage))


def _db(reduction: float) -> float:
    return max(20 * math.log10(max(1 - reduction, 1e-9)), FLOOR_DB)
