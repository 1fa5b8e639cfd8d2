"""What a groove allows at each moment: slope, curvature, and what a pickup can follow.

At radius r the groove passes at V = 2πr·rpm/60. There

- slope:      no edge moves sideways faster than the groove passes: V (45°, design §3);
- curvature:  no wall curves tighter than the tip: an edge's acceleration is at most √2·V²/R, which for a lateral cut is
              a radius of curvature of R/√2 (taken at the crests, where it is tightest and the slope is nil);
- swing, velocity: what the stylus preset says a good pickup tracks;
- depth:      what moves up and down stays within the sheet, and leaves the groove wide enough (`depth`).

Land is `spacing`'s. A *peak velocity* that is reported, or that a level asks for, is read as an instrument reads it
that samples the groove at 48 kHz (see `moments`).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Groove, Knots
from ..jit import kernel
from ..moments import MARGIN, MOMENT, Moments
from ..presets import Machine, Stylus
from ..spectral import THREADS

BLOCK = 1 << 17
GRID = 64
"""Radius and width are worked out at every so many samples and run straight between them (error below 1 nm)."""
COARSE = 16
"""The radius is worked out at every so many moments and runs straight between them."""
NAMES = ("slope", "curvature", "swing", "velocity")
SLOPE, CURVATURE, SWING, VELOCITY = range(4)


@dataclass(frozen=True)
class Allowed:
    """What each moment of a programme may be, where it lies on the side; arrays float64, (m,), or one number for all.

    `slope_m_s`, `bend_m_s2`, `swing_m` and `read_m_s` are those of `moments.Moments`.
    """

    slope_m_s: NDArray[Any]
    bend_m_s2: NDArray[Any]
    swing_m: float
    read_m_s: float


@dataclass(frozen=True)
class Neighbours:
    """How near the turns of the music come to each other: centre to centre, and wall to wall across the groove."""

    closest_turns_m: float
    closest_land_m: float
    at_s: float


def allowed(moments: int, rate_hz: int, first: int, spiral: Knots, rpm: Fraction, stylus: Stylus) -> Allowed:
    """What a side allows.

    Parameters
    ----------
    moments : int
        How many.
    rate_hz : int
    first : int
        Sample of the side where the programme's first moment begins.
    spiral : Knots
        The unmodulated radius, metres over turns, never rising.
    rpm : Fraction
    stylus : Stylus
    """
    per_turn = rate_hz * 60 / float(rpm)
    marks = np.arange(0, moments + COARSE, COARSE)
    speed_there = 2 * np.pi * float(rpm) / 60 * spiral.at((first + MOMENT * marks) / per_turn)
    speed = np.interp(np.arange(1, moments + 1), marks, speed_there)  # at each moment's end, where it is slowest
    bend = math.sqrt(2) / max(stylus.tracing_radius_m, 1e-12) * speed * speed
    return Allowed(speed, bend, stylus.swing_m, stylus.velocity_m_s)


def greatest_factors(measured: Moments, may: Allowed) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each limit of `NAMES` the greatest factor that keeps it, infinite where nothing moves, and the moment."""
    asked = (measured.slope_m_s, measured.bend_m_s2, measured.swing_m, measured.read_m_s)
    granted: tuple[Any, ...] = (may.slope_m_s, may.bend_m_s2, may.swing_m, may.read_m_s)
    factor, at = np.full(4, np.inf), np.zeros(4, np.int64)
    for i, (most, there) in enumerate(zip(granted, asked, strict=True)):
        share = there / most if np.ndim(most) else there
        at[i] = np.argmax(share) if len(share) else 0
        worst = float(there[at[i]] / (most[at[i]] if np.ndim(most) else most)) if len(share) else 0.0
        factor[i] = 1 / worst if worst > 0 else np.inf
    return factor, at


def neighbours(groove: Groove, first: int, last: int, machine: Machine) -> Neighbours:
    """How near the turns of a cut groove come to each other, sample by sample from `first` to `last`."""
    per_turn = 1 / groove.turns_per_sample
    widens = machine.tool == "round"
    begin = max(first - MARGIN, 0)  # slopes are taken across the ends
    lateral = groove.lateral_m[begin : last + MARGIN]
    vertical = np.empty(0, np.float32) if groove.vertical_m is None else groove.vertical_m[begin : last + MARGIN]
    count = last - begin - int(per_turn) - 1
    flare = math.tan(groove.profile.angle_rad / 2)

    def one(a: int) -> tuple[float, float, int]:
        b = min(a + BLOCK, count)
        places = (begin + np.arange(a, b + GRID, GRID)) / per_turn
        apart = groove.spiral.at(places) - groove.spiral.at(places + 1)
        widths = flare * (groove.depth.at(places) + groove.depth.at(places + 1))
        found = np.full(2, np.inf)
        step = 2 * np.pi / per_turn * groove.spiral.at(places)
        at = _nearest(lateral, vertical, a, b, per_turn, apart, widths, step, widens, found)
        return found[0], found[1], at

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(one, range(first - begin, count, BLOCK)))
    worst = min(parts, key=lambda p: p[1], default=(math.inf, math.inf, first - begin))
    return Neighbours(
        float(min((p[0] for p in parts), default=math.inf)),
        float(worst[1]),
        (worst[2] - first + begin) / groove.rate_hz,
    )


@kernel
def _slope(y: NDArray[Any], v: NDArray[Any], sign: float, i: int) -> float:
    """Difference per sample of y + sign·v at i, of eighth order; silence surrounds them."""
    n = len(y)
    out = 0.0
    for k in range(1, 5):
        weight = (0.8, -0.2, 4.0 / 105.0, -1.0 / 280.0)[k - 1]
        after, before = 0.0, 0.0
        if i + k < n:
            after = y[i + k] + (sign * v[i + k] if len(v) > 0 else 0.0)
        if i - k >= 0:
            before = y[i - k] + (sign * v[i - k] if len(v) > 0 else 0.0)
        out += weight * (after - before)
    return out


@kernel
def _nearest(
    y: NDArray[Any], v: NDArray[Any], a: int, b: int, per_turn: float, apart: NDArray[Any], widths: NDArray[Any],
    step: NDArray[Any], widens: bool, found: NDArray[Any],
) -> int:  # fmt: skip
    """Least distance of samples a … b from the next turn: centres, and walls across the groove; where the latter is.

    `apart`, `widths` (both half widths) and `step` (way from sample to sample) are given every 64 samples.
    """
    at = a
    n, whole = len(y), int(per_turn)
    part = per_turn - whole
    stereo = len(v) > 0
    for i in range(a, b):
        j = i + whole
        if j + 1 >= n:
            break
        cell = (i - a) >> 6
        u = ((i - a) & 63) * (1.0 / 64.0)
        away = apart[cell] + u * (apart[cell + 1] - apart[cell])
        width = widths[cell] + u * (widths[cell + 1] - widths[cell])
        centres = away + y[i] - (1.0 - part) * y[j] - part * y[j + 1]
        found[0] = min(found[0], centres)
        edges = centres
        if stereo:
            edges += v[i] + (1.0 - part) * v[j] + part * v[j + 1]
        if (0.5 * edges - width if widens else 0.5 * (edges - width)) > found[1]:
            continue  # so far apart that no slope that a groove may have matters
        s = max(abs(_slope(y, v, 1.0, i)), abs(_slope(y, v, -1.0, j))) / (
            step[cell] + u * (step[cell + 1] - step[cell])
        )
        cos = 1.0 / math.sqrt(1.0 + s * s)
        wall = edges * cos - width if widens else (edges - width) * cos
        if wall < found[1]:
            found[1], at = wall, i
    return at
