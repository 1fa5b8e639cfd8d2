"""What a groove allows at each moment: slope, curvature, neighbours, and what a pickup can follow.

For a displacement y(t) of unit level the greatest factor g is found, exactly and in one pass, at which g·y keeps

- slope:      g·|y'| ≤ V = 2πr·rpm/60 (45°, design §3);
- curvature:  V²/(g·|y''|) ≥ R/√2, the least lateral radius of curvature that a ball of radius R follows (taken at the
              crests, where it is tightest and the slope is nil);
- land:       neighbouring walls, measured across the groove at the steeper of the two slopes s, apart by the land:
              a chisel keeps its radial width w:  (d + g·δ - w)·cos ≥ land,
              a round tool widens by 1/cos:        (d + g·δ)·cos ≥ w + land,
              d the distance of the unmodulated turns, δ = y(outer turn) - y(inner turn), cos = 1/√(1 + (g·s)²);
- swing, velocity: what the stylus preset says a good pickup tracks.

Slopes are taken from the eighth-order difference, true to 3 % at the edge of the band. A *peak velocity* that is
reported, or that a level asks for, is read as an instrument reads it that samples the groove at 48 kHz: half the
difference of the samples before and after (exact at 1 kHz, 3 % low at 3 kHz, 26 % at 10 kHz).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Knots
from ..jit import kernel
from ..presets import Disc, Machine, Stylus
from ..spectral import THREADS

BLOCK = 1 << 17
VELOCITY_RATE_HZ = 48_000
GRID = 64
"""The unmodulated radius is worked out at every so many samples and runs straight between them (error below 1 nm)."""
NAMES = ("slope", "curvature", "land", "swing", "velocity")
SLOPE, CURVATURE, LAND, SWING, VELOCITY = range(5)
MARGIN = 4


@dataclass(frozen=True)
class Room:
    """What limits a programme of unit level.

    Attributes
    ----------
    factor : ndarray, float64, (5,)
        For each limit of `NAMES` the greatest factor that keeps it; infinite where nothing moves.
    at_s : ndarray, float64, (5,)
        The time in the music where that is.
    peak_velocity_m_s, peak_swing_m : float
        Of the unit programme.
    """

    factor: NDArray[Any]
    at_s: NDArray[Any]
    peak_velocity_m_s: float
    peak_swing_m: float


@dataclass(frozen=True)
class Neighbours:
    """How near the turns of the music come to each other: centre to centre, and wall to wall across the groove."""

    closest_turns_m: float
    closest_land_m: float
    at_s: float


def room(
    unit_m: NDArray[Any],
    rate_hz: int,
    first: int,
    spiral: Knots,
    rpm: Fraction,
    disc: Disc,
    machine: Machine,
    stylus: Stylus,
    merges_at: float = math.inf,
) -> Room:
    """Find what limits a programme laid along a spiral.

    Parameters
    ----------
    unit_m : ndarray, float32, (n,)
        Displacement of the programme at unit level.
    rate_hz : int
    first : int
        Sample of the groove where the programme begins.
    spiral : Knots
        The unmodulated radius, metres over turns.
    rpm, disc, machine, stylus
        Give speed, width, land, tool, and what the pickup can follow.
    merges_at : float
        The turn from which on the spiral runs into its locked groove and no land is asked for.
    """
    per_turn = rate_hz * 60 / float(rpm)
    base, land = _land_terms(disc, machine)
    # the silent turn before the programme, against which its first turn swings outwards
    silent = math.ceil(per_turn)
    before = np.concatenate((np.zeros(silent, unit_m.dtype), unit_m[: silent + MARGIN]))
    jobs = [(before, -silent, a, min(a + BLOCK, silent)) for a in range(0, silent, BLOCK)]
    jobs += [(unit_m, 0, a, min(a + BLOCK, len(unit_m))) for a in range(0, len(unit_m), BLOCK)]

    def one(job: tuple[NDArray[Any], int, int, int]) -> tuple[NDArray[Any], NDArray[Any], float, float]:
        y, begin, a, b = job
        places = (first + begin + np.arange(a, b + GRID, GRID)) / per_turn
        grid, inner = spiral.at(places), spiral.at(places + 1)
        factor, at = np.full(5, np.inf), np.zeros(5, np.int64)
        peaks = np.zeros(2)
        _scan(
            y,
            a,
            b,
            min(merges_at * per_turn, 1e15) - first - begin,
            rate_hz,
            rate_hz // VELOCITY_RATE_HZ,
            per_turn,
            grid,
            inner,
            2 * np.pi / per_turn,
            base,
            land,
            factor,
            at,
            peaks,
        )
        return factor, np.maximum(at + begin, 0), peaks[0], peaks[1]

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(one, jobs))
    factors = np.array([p[0] for p in parts])
    which = factors.argmin(axis=0)
    at = np.array([parts[w][1][i] for i, w in enumerate(which)])
    best = factors.min(axis=0)
    swing, velocity = float(max(p[2] for p in parts)), float(max(p[3] for p in parts))
    best[CURVATURE] *= math.sqrt(2) / max(stylus.tracing_radius_m, 1e-12)
    best[SWING] *= stylus.swing_m
    best[VELOCITY] *= stylus.velocity_m_s
    return Room(best, at / rate_hz, velocity, swing)


def neighbours(
    lateral_m: NDArray[Any],
    rate_hz: int,
    first: int,
    spiral: Knots,
    rpm: Fraction,
    disc: Disc,
    machine: Machine,
) -> Neighbours:
    """How near the turns of a cut programme come; `lateral_m` is its displacement, the rest as for `room`."""
    per_turn = rate_hz * 60 / float(rpm)
    width = disc.groove_width_m
    widens = machine.tool == "round"

    def one(a: int) -> tuple[float, float, int]:
        b = min(a + BLOCK, len(lateral_m))
        places = (first + np.arange(a, b + GRID, GRID)) / per_turn
        grid, inner = spiral.at(places), spiral.at(places + 1)
        found = np.full(2, np.inf)
        at = _nearest(lateral_m, a, b, per_turn, grid, inner, 2 * np.pi / per_turn, width, widens, found)
        return found[0], found[1], at

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(one, range(0, len(lateral_m), BLOCK)))
    worst = min(parts, key=lambda p: p[1])
    return Neighbours(float(min(p[0] for p in parts)), float(worst[1]), worst[2] / rate_hz)


def peaks(unit_m: NDArray[Any], rate_hz: int) -> tuple[float, float]:
    """Peak swing and peak velocity of a programme, metres and metres per second, as `room` reads them."""
    stride = rate_hz // VELOCITY_RATE_HZ

    def one(a: int) -> tuple[float, float]:
        part = unit_m[a : a + BLOCK + 2 * stride]
        moved = np.abs(part[2 * stride :] - part[: -2 * stride]).max(initial=0.0)
        return float(np.abs(part).max()), float(moved) * rate_hz / (2 * stride)

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(one, range(0, len(unit_m), BLOCK)))
    return max(p[0] for p in parts), max(p[1] for p in parts)


def tightest_pitch_m(
    unit_m: NDArray[Any], factor: float, rate_hz: int, rpm: Fraction, disc: Disc, machine: Machine
) -> float:
    """A fixed pitch at which a programme, times the factor, surely keeps its land, before any side is laid.

    Turns a fixed pitch apart come nearer by the same amount whatever the pitch, so the least distance at one pitch
    tells the tightest. Slopes are taken where the radius is least: the tightest pitch is never too tight.
    """
    radius = disc.music_inner_diameter_m / 2
    per_turn = rate_hz * 60 / float(rpm)
    base, land = _land_terms(disc, machine)
    step = radius * 2 * np.pi / per_turn

    def one(a: int) -> float:
        return float(_tightest(unit_m, factor, a, min(a + BLOCK, len(unit_m)), per_turn, step, base, land))

    with ThreadPoolExecutor(THREADS) as pool:
        return max(pool.map(one, range(0, len(unit_m), BLOCK)))


def _land_terms(disc: Disc, machine: Machine) -> tuple[float, float]:
    """What is taken off the distance radially, and what must remain across the groove."""
    if machine.tool == "round":
        return 0.0, disc.groove_width_m + disc.land_m
    return disc.groove_width_m, disc.land_m


@kernel
def _moved(y: NDArray[Any], i: int) -> tuple[float, float]:
    """First and second difference of y at i per sample, eighth and fourth order; silence surrounds y."""
    n = len(y)
    if i < 4 or i >= n - 4:
        before = y[i - 1] if i >= 1 else 0.0
        after = y[i + 1] if i + 1 < n else 0.0
        return 0.5 * (after - before), after + before - 2.0 * y[i]
    first = (
        0.8 * (y[i + 1] - y[i - 1])
        - 0.2 * (y[i + 2] - y[i - 2])
        + 4.0 / 105.0 * (y[i + 3] - y[i - 3])
        - 1.0 / 280.0 * (y[i + 4] - y[i - 4])
    )
    second = (
        -205.0 / 72.0 * y[i]
        + 1.6 * (y[i + 1] + y[i - 1])
        - 0.2 * (y[i + 2] + y[i - 2])
        + 8.0 / 315.0 * (y[i + 3] + y[i - 3])
        - 1.0 / 560.0 * (y[i + 4] + y[i - 4])
    )
    return first, second


@kernel
def _later(y: NDArray[Any], place: float) -> tuple[float, float]:
    """y and its difference per sample between samples, 0 past the end."""
    i = int(place)
    if i + 1 >= len(y):
        return 0.0, 0.0
    u = place - i
    return y[i] + u * (y[i + 1] - y[i]), y[i + 1] - y[i]


@kernel
def _scan(
    y: NDArray[Any], a: int, b: int, merges: float, rate: float, stride: int, per_turn: float, grid: NDArray[Any],
    inner: NDArray[Any], angle: float, base: float, land: float, factor: NDArray[Any], at: NDArray[Any],
    peaks: NDArray[Any],
) -> None:  # fmt: skip
    """Least factor of each limit over y[a:b], of land up to `merges`.

    `grid`, `inner`: radius every 64 samples, here and a turn later.
    """
    for i in range(a, b):
        cell = (i - a) >> 6
        u = ((i - a) & 63) * (1.0 / 64.0)
        r = grid[cell] + u * (grid[cell + 1] - grid[cell])
        apart = r - (inner[cell] + u * (inner[cell + 1] - inner[cell]))
        d1, d2 = _moved(y, i)
        here, v, acc = abs(y[i]), abs(d1), abs(d2)
        step = r * angle  # metres along the groove from one sample to the next
        if v * factor[0] > step:
            factor[0], at[0] = step / v, i
        if acc * factor[1] > step * step:
            factor[1], at[1] = step * step / acc, i
        if here * factor[3] > 1.0:
            factor[3], at[3] = 1.0 / here, i
        read = 0.0
        if stride <= i < len(y) - stride:
            read = abs(y[i + stride] - y[i - stride]) * rate / (2 * stride)
        if read * factor[4] > 1.0:
            factor[4], at[4] = 1.0 / read, i
        peaks[0], peaks[1] = max(peaks[0], here), max(peaks[1], read)
        if i >= merges:
            continue
        then, slope_then = _later(y, i + per_turn)
        gap = apart - base
        toward = y[i] - then
        s = max(v, abs(slope_then)) / step
        # (gap + g·toward)² = land²·(1 + g²s²), least positive root, where it is less than what is known
        g = factor[2]
        slack = gap + (0.0 if g == np.inf else g * toward)
        if g == np.inf or slack < 0.0 or slack * slack < land * land * (1.0 + g * g * s * s):
            p, q, c = toward * toward - land * land * s * s, gap * toward, gap * gap - land * land
            if gap <= land:
                factor[2], at[2] = 0.0, i
                continue
            disc = q * q - p * c
            if disc >= 0.0:
                root = c / (-q + math.sqrt(disc)) if -q + math.sqrt(disc) > 0.0 else np.inf
                if root < factor[2]:
                    factor[2], at[2] = root, i


@kernel
def _nearest(
    y: NDArray[Any], a: int, b: int, per_turn: float, grid: NDArray[Any], inner: NDArray[Any], angle: float,
    width: float, widens: bool, found: NDArray[Any],
) -> int:  # fmt: skip
    """Least distance of y[a:b] from the next turn: centres, and walls across the groove; where the latter is."""
    at = a
    for i in range(a, b):
        place = i + per_turn
        if place + 1 >= len(y):
            break
        cell = (i - a) >> 6
        u = ((i - a) & 63) * (1.0 / 64.0)
        r = grid[cell] + u * (grid[cell + 1] - grid[cell])
        then, slope_then = _later(y, place)
        apart = r - (inner[cell] + u * (inner[cell + 1] - inner[cell])) + y[i] - then
        found[0] = min(found[0], apart)
        d1, _ = _moved(y, i)
        s = max(abs(d1), abs(slope_then)) / (r * angle)
        cos = 1.0 / math.sqrt(1.0 + s * s)
        wall = apart * cos - width if widens else (apart - width) * cos
        if wall < found[1]:
            found[1], at = wall, i
    return at


@kernel
def _tightest(
    y: NDArray[Any], factor: float, a: int, b: int, per_turn: float, step: float, base: float, land: float
) -> float:
    """Greatest pitch that any sample of factor·y[a:b] asks for, in the first turn also beside the silent lead-in."""
    most = base + land
    for i in range(a, b):
        then, slope_then = _later(y, i + per_turn)
        d1, _ = _moved(y, i)
        s = factor * max(abs(d1), abs(slope_then)) / step
        closer = then - y[i]
        if i < per_turn:
            closer = max(closer, y[i])
        most = max(most, base + land * math.sqrt(1.0 + s * s) + factor * closer)
    return most
