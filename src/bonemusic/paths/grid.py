"""A groove as points of a machine's grid, so chosen that the rounding is heard least.

Two freedoms beat plain rounding. Along the groove a point may lie a few steps sooner or later: it stays on the curve,
and of several near grid points one is far nearer to the curve than half a step. And what error remains is fed back
(noise shaping): the next point leans so that the sum of errors, weighted by how loud the replay makes them, is least.
The straight line between points droops by sinc²(f/F); the curve through the points is raised by as much beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Groove, Knots
from ..jit import kernel
from ..progress import Progress, silent
from ..spectral import filtered, high_cut

GRID = 64
"""The unmodulated radius is worked out at every so many points and runs straight between them."""
MARGIN = 1
AHEAD = 5
"""How many steps along the groove a point may lie sooner or later."""
SHIFT, BENT = 0.002, 0.3
"""What moving a point by the way from one to the next costs against an error of one step squared: something anywhere,
and more where the curve bends, by the square of the second difference. Found with music on laser grids."""
TAPS = 4
PIECE = 60_000
"""New points in each piece: spelt out with eight digits a move they still make less than 1 MB."""
AUDIBLE_HZ = 12_000.0
"""Up to where the heard error is weighed in full; the rest of the band takes the noise that is pushed out of it."""


@dataclass(frozen=True)
class Wave:
    """A groove's lateral, made ready to be drawn at some number of points per second.

    Attributes
    ----------
    lateral_m : ndarray, float32, (points,)
        Raised against the droop of straight lines, where each sample becomes a point.
    points_per_s : int
        Its samples per second; each becomes a point, but where points are searched for.
    turns_per_point : float
    spiral : Knots
    bandwidth_hz : float
    """

    lateral_m: NDArray[Any]
    points_per_s: int
    turns_per_point: float
    spiral: Knots
    bandwidth_hz: float


def wave(
    groove: Groove, points_per_s: int, bandwidth_hz: float, progress: Progress = silent, raised: bool = True
) -> Wave:
    """The groove's lateral at the machine's points, raised by 1/sinc²(f/F) against the droop of the lines between; not
    raised it is for those who choose points by what the lines do."""
    stop = min(1.15 * bandwidth_hz, points_per_s / 2)
    begin = min(bandwidth_hz, 0.97 * stop)

    def response(f: NDArray[Any]) -> NDArray[Any]:
        keep = high_cut(f, begin, stop)
        return keep / np.sinc(f / points_per_s) ** 2 if raised else keep

    lateral = filtered(groove.lateral_m, groove.rate_hz, response, points_per_s, 0.0, progress, "placing points")
    return Wave(lateral, points_per_s, float(groove.rpm / 60 / points_per_s), groove.spiral, bandwidth_hz)


def plain(drawn: Wave, step_m: float, sample: int) -> tuple[int, int]:
    """The grid point nearest to a sample of the wave: x and y in steps."""
    turn = sample * drawn.turns_per_point
    radius = (float(drawn.spiral.at(np.array(turn))) + float(drawn.lateral_m[sample])) / step_m
    angle = 2 * math.pi * (turn - math.floor(turn))
    return math.floor(radius * math.cos(angle) + 0.5), math.floor(radius * math.sin(angle) + 0.5)


def choose(drawn: Wave, step_m: float, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Grid points first … last (inclusive) of the wave: x and y, int32, in steps, y up."""
    count = last - first + 1
    taps = feedback_taps(drawn.points_per_s)
    begin = first // GRID * GRID  # cells lie alike in every piece, so that both pieces round their common point alike
    places = np.arange(begin, last + 1 + GRID, GRID) * drawn.turns_per_point
    radius = drawn.spiral.at(places) / step_m
    near = np.zeros(count + 2 * MARGIN)  # the wave in steps, with its neighbours to both sides
    a, b = max(first - MARGIN, 0), min(last + 1 + MARGIN, len(drawn.lateral_m))
    near[a - first + MARGIN : b - first + MARGIN] = drawn.lateral_m[a:b]
    near /= step_m
    x, y = np.empty(count, np.int32), np.empty(count, np.int32)
    _choose(near, radius, first, drawn.turns_per_point, taps, AHEAD, x, y)
    return x, y


def choose_turning(
    drawn: Wave, step_m: float, turn_steps: int, first: int, last: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points first … last (inclusive) on a turntable: angle and radius, int32, in steps; the angle grows.

    As in x and y a point may lie some steps of angle sooner or later where that leaves the radius nearer to a step, and
    what rounding leaves is fed back to the next points, so that it is heard least. Both ends are rounded plainly.
    """
    turns = np.arange(first - 1, last + 2) * drawn.turns_per_point
    inside = np.clip(np.arange(first - 1, last + 2), 0, len(drawn.lateral_m) - 1)
    exact = (drawn.spiral.at(turns) + drawn.lateral_m[inside]) / step_m
    angle, radius = np.empty(last - first + 1, np.int32), np.empty(last - first + 1, np.int32)
    _choose_turning(exact, first, drawn.turns_per_point * turn_steps, feedback_taps(drawn.points_per_s), angle, radius)
    return angle, radius


@kernel
def _choose_turning(
    exact: NDArray[Any], first: int, along: float, taps: NDArray[Any], out_angle: NDArray[Any], out: NDArray[Any]
) -> None:
    """Choose angle and radius; `exact` is the radius in steps, from one point before the first; `along` how many steps
    of angle lie between points. As in `_choose`, points slide along the line between their neighbours."""
    past = np.zeros(len(taps))
    count = len(out)
    way = min(int(0.4 * along), 8)  # so that no point passes the next
    for k in range(count):
        middle = math.floor((first + k) * along + 0.5)
        late = middle - (first + k) * along
        slope = 0.5 * (exact[k + 2] - exact[k]) / along
        here = exact[k + 1] + late * slope
        if k == 0 or k == count - 1:
            out_angle[k], out[k] = int(middle), math.floor(here + 0.5)
            past[:] = 0.0
            continue
        for j in range(len(taps)):
            here += taps[j] * past[j]
        bent = exact[k + 2] - 2.0 * exact[k + 1] + exact[k]
        shift = (SHIFT + BENT * bent * bent) / (along * along)
        least, best = 1e300, 0
        for j in range(-way, way + 1):
            off = math.floor(here + j * slope + 0.5) - here - j * slope
            cost = off * off + shift * (late + j) * (late + j)
            if cost < least:
                least, best = cost, j
        aim = here + best * slope
        nearest = math.floor(aim + 0.5)
        out_angle[k], out[k] = int(middle) + best, int(nearest)
        for j in range(len(taps) - 1, 0, -1):
            past[j] = past[j - 1]
        past[0] = nearest - aim


@lru_cache(8)
def feedback_taps(points_per_s: int, audible_hz: float = AUDIBLE_HZ, count: int = TAPS) -> NDArray[Any]:
    """Taps h of the error feedback e[k] = u[k] + Σ h[i]·u[k-1-i] that makes the heard error least.

    The heard error is the displacement's error through cartridge and replay curve. Its weight over frequency, cut
    above `audible_hz` by a decade every 1200 Hz, is taken as a power spectrum; the best linear predictor of such a
    signal (the normal equations of its autocorrelation) is the filter of that length that leaves the least of it.
    """
    f = np.linspace(0, points_per_s / 2, 4097)
    s = 2j * np.pi * f
    # cartridge (s) and RIAA replay: what most discs are heard through; other curves differ little in shape here
    heard = np.abs(s * (1 + s * 318e-6) / ((1 + s * 3180e-6) * (1 + s * 75e-6))) ** 2
    heard *= np.where(f < audible_hz, 1.0, np.maximum(0.003, 10 ** (-(f - audible_hz) / 1200.0)))
    heard[f < 50] = heard[f >= 50][0]
    correlation = np.fft.irfft(heard)[: count + 1]
    matrix = correlation[np.abs(np.subtract.outer(np.arange(count), np.arange(count)))]
    return np.asarray(np.linalg.solve(matrix, -correlation[1:]))


@kernel
def _choose(
    near: NDArray[Any], radius: NDArray[Any], first: int, turns_per_point: float, taps: NDArray[Any], ahead: int,
    out_x: NDArray[Any], out_y: NDArray[Any],
) -> None:  # fmt: skip
    """Choose grid points; lengths in steps. `near` begins MARGIN points before the first, `radius` is every 64th.

    The line never turns back: a point lies ahead of the one before or, where the grid is coarse, is the same again.
    """
    count, order = len(out_x), len(taps)
    past = np.zeros(order)
    begun = first & 63
    before_x, before_y = 0.0, 0.0
    for k in range(count):
        u = ((begun + k) & 63) * (1.0 / 64.0)
        cell = (begun + k) >> 6
        base = radius[cell] + u * (radius[cell + 1] - radius[cell])
        here = near[k + 1]
        r = base + here
        turn = (first + k) * turns_per_point
        angle = 2.0 * math.pi * (turn - math.floor(turn))
        cos, sin = math.cos(angle), math.sin(angle)
        px, py = r * cos, r * sin
        bx, by = math.floor(px + 0.5), math.floor(py + 0.5)
        if k == 0 or k == count - 1:  # where pieces meet, both round alike
            out_x[k], out_y[k] = int(bx), int(by)
            before_x, before_y = bx, by
            for j in range(order):
                past[j] = 0.0
            continue
        along = 2.0 * math.pi * turns_per_point * r  # steps from one point to the next
        # A corner moved along the line between its neighbours leaves the area under the drawn line, which is what is
        # heard of it, as it was; so this is the slope to slide along, not the curve's own.
        slope = (0.5 * (near[k + 2] - near[k]) + (radius[cell + 1] - radius[cell]) * (1.0 / 64.0)) / along
        want = 0.0
        for j in range(order):
            want += taps[j] * past[j]
        # The radial error of a grid point at (dx, dy) from the curve's point is dx·a + dy·b. Run along the axis that
        # the groove follows more nearly; on the other one a single grid point is nearest to the wanted error.
        a, b = cos + slope * sin, sin - slope * cos
        steep = abs(a) > abs(b)
        if steep:
            run, across, run_base, run_gain, across_gain, run_way, across_way = py, px, by, b, a, cos, -sin
            run_before, across_before = before_y - by, before_x
        else:
            run, across, run_base, run_gain, across_gain, run_way, across_way = px, py, bx, a, b, -sin, cos
            run_before, across_before = before_x - bx, before_y
        lean = run_gain / across_gain
        aim = across + want / across_gain - (run_base - run) * lean
        coarse = along < 3 * ahead + 3  # else points cannot pass each other
        behind = (before_y - py) * cos - (before_x - px) * sin
        end = (count - 1 - k) * along - 0.75  # the last point is rounded plainly, wherever this leaves it
        bent = near[k + 2] - 2.0 * here + near[k]
        shift = (SHIFT + BENT * bent * bent) / (along * along)
        stay = 1e300
        if coarse:
            off = (across_before - (aim - run_before * lean)) * across_gain
            stay = off * off + shift * behind * behind
        least, best = stay, run_before
        for j in range(-ahead, ahead + 1):
            exact = aim - j * lean
            nearest = math.floor(exact + 0.5)
            off = (nearest - exact) * across_gain
            way = (run_base + j - run) * run_way + (nearest - across) * across_way
            cost = off * off + shift * way * way
            if coarse:
                cost = cost if way > behind + 0.02 and way < end else 1e300
            best = j if cost < least else best
            least = min(least, cost)
        exact = aim - best * lean
        nearest = across_before if coarse and least == stay else math.floor(exact + 0.5)
        out_x[k] = int(nearest if steep else run_base + best)
        out_y[k] = int(run_base + best if steep else nearest)
        before_x, before_y = float(out_x[k]), float(out_y[k])
        for j in range(order - 1, 0, -1):
            past[j] = past[j - 1]
        past[0] = (nearest - exact) * across_gain
