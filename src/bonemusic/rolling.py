"""A ball rolling on one wall of a groove: where it touches, and how high it stands.

The centre of a ball that rolls on a wall w follows the dilation of the wall by a circle,

    traced(x) = max over |u| ≤ R of  w(x + u) + sqrt(R² - u²) - R,

w being the displacement along the wall's normal, towards the inside of the groove. Contact is found between samples:
at samples only, a ball on a 96 kHz polyline makes distortion of its own. So each wall is interpolated to twice its
rate, the best of these points is found for every sample, and from there two Newton steps go up a polynomial through
the seven points around it, on the exact circle.

Everything is worked out in blocks that lie where the wall's own samples say: any stretch comes out as in one go, bit
for bit. Sources of the geometry: J. A. Pierce, F. V. Hunt, JASA 10 (1938) 14; W. D. Lewis, F. V. Hunt, JASA 12 (1941)
348.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Array = NDArray[Any]

BLOCK = 256
"""Samples that share one search. The groove's speed is taken at each block's edges and is linear between them."""
_STRETCH = 1 << 15
"""Samples worked on at a time, a multiple of BLOCK: what a processor's cache holds."""
_HALF = 24
# Halfway between two samples, the weights of the nearest, next … on either side: least squares over 0 to 0.435 of the
# rate, weighted by 1/(f + 0.01) as large displacements are slow. Errs by less than -95 dB up to 0.4 of the rate.
HALFWAY_TAPS: Array = np.array([
    0.635285650278644, -0.208234241537505, 0.120802120217562, -0.082017835369705,
    0.059593599618534, -0.044750576581736, 0.034127300378660, -0.026160686585180,
    0.020021730209793, -0.015223724799652, 0.011455220817645, -0.008500930628225,
    0.006201716067086, -0.004433167178278, 0.003094038763061, -0.002099687642731,
    0.001378569737882, -0.000870059740803, 0.000523312327039, -0.000296219291717,
    0.000154786510647, -0.000072148871514, 0.000027937449441, -0.000006704150162,
])  # fmt: skip


def traced(
    wall_m: Array, speed_m_s: Array | float, rate_hz: float, radius_m: float, first: int = 0, last: int | None = None
) -> Array:
    """The height of a ball rolling on one wall: max over u of wall(x+u) + sqrt(R² - u²) - R.

    Parameters
    ----------
    wall_m : ndarray, (n,)
        Displacement along the wall's normal, positive towards the inside of the groove; its ends go on level.
    speed_m_s : float or ndarray, (n,)
        How fast the groove passes, more than 0; it varies slowly.
    rate_hz : float
        Samples per second. The wall holds nothing above 0.4 of it that matters.
    radius_m : float
        Radius of the ball; 0 returns the wall itself.
    first, last : int
        The stretch to give, the whole wall if not said; the same bits as in one go.

    Returns
    -------
    ndarray, (last - first,)
        float32 if the wall is, else float64.
    """
    wall = np.asarray(wall_m)
    last = len(wall) if last is None else last
    if radius_m == 0:
        return wall[first:last]
    speed = np.asarray(speed_m_s, np.float64)
    out = np.empty(last - first, np.float32 if wall.dtype == np.float32 else np.float64)

    def steps(samples: Array) -> Array:
        return (np.full(len(samples), float(speed)) if speed.ndim == 0 else speed[samples]) / rate_hz

    for begin, lo, hi, steps_m in stretches(first, last, len(wall), steps):
        margin = margin_for(steps_m, radius_m)
        around = held(wall, begin - margin, begin + (len(steps_m) - 1) * BLOCK + margin)
        out[lo - first : hi - first] = rolled(around, margin, steps_m, radius_m)[lo - begin : hi - begin]
    return out


def eroded(
    wall_m: Array, speed_m_s: Array | float, rate_hz: float, radius_m: float, first: int = 0, last: int | None = None
) -> Array:
    """The wall to cut so that a ball traces `wall_m` wherever that curves no tighter than the ball: -traced(-wall).

    Parameters and result are those of `traced`; `stylus.compensation_rate_hz` says which rate the wall needs.
    """
    return -traced(-np.asarray(wall_m), speed_m_s, rate_hz, radius_m, first, last)


def stretches(
    first: int, last: int, samples: int, steps: Callable[[Array], Array]
) -> Iterator[tuple[int, int, int, Array]]:
    """Whole blocks that cover first … last: where they begin, which samples to keep, the steps at their edges."""
    for begin in range(first // BLOCK * BLOCK, last, _STRETCH):
        hi = min(begin + _STRETCH, last)
        edges = np.arange(begin, begin + -(-(hi - begin) // BLOCK) * BLOCK + 1, BLOCK)
        steps_m = steps(np.minimum(edges, samples - 1))
        if not (steps_m > 0).all():
            raise ValueError("the groove must pass the stylus at more than 0 m/s")
        yield begin, max(begin, first), hi, steps_m


def margin_for(steps_m: Array, radius_m: float) -> int:
    """Samples beyond a stretch that the ball or the interpolation reaches."""
    return math.ceil(radius_m / float(steps_m.min())) + _HALF + 4


def held(values: Array, begin: int, end: int) -> Array:
    """values[begin:end] in float64, with the first and last value going on beyond the ends."""
    out = np.empty(end - begin)
    lo, hi = max(begin, 0), min(end, len(values))
    out[lo - begin : hi - begin] = values[lo:hi]
    out[: lo - begin] = values[0]
    out[hi - begin :] = values[-1]
    return out


def rolled(wall_m: Array, margin: int, steps_m: Array, radius_m: float) -> Array:
    """The ball's height over the blocks of one stretch; `wall_m` is float64 and has a margin at either side."""
    between, both = np.zeros(len(wall_m)), np.zeros(2 * len(wall_m))
    at, out = np.zeros((2, (len(steps_m) - 1) * BLOCK))
    halfway(wall_m, HALFWAY_TAPS, between, both)
    nearest(wall_m, between, both, margin, steps_m, radius_m, at)
    contact(both, margin, steps_m, radius_m, at, out)
    return out


@kernel
def halfway(wall: Array, taps: Array, between: Array, both: Array) -> None:
    """Interpolate a wall (n,) to twice its rate, all but the first and last len(taps) samples.

    `between[i]` (n,) lies between i and i+1; `both` (2n,) holds the two in turn. The number of taps is a multiple of 4:
    four at a time spare memory, slices spare numba's care for negative indices; both let it use vectors.
    """
    half = len(taps)
    for first in range(half - 1, len(wall) - half, 1024):
        size = min(1024, len(wall) - half - first)
        odd = between[first : first + size]
        odd[:] = 0.0
        for k in range(0, half, 4):
            c0, c1, c2, c3 = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
            a0, a1, a2, a3 = wall[first - k :], wall[first - k - 1 :], wall[first - k - 2 :], wall[first - k - 3 :]
            b0, b1, b2, b3 = wall[first + k + 1 :], wall[first + k + 2 :], wall[first + k + 3 :], wall[first + k + 4 :]
            for i in range(size):
                odd[i] += c0 * (a0[i] + b0[i]) + c1 * (a1[i] + b1[i]) + c2 * (a2[i] + b2[i]) + c3 * (a3[i] + b3[i])
        even, pair = wall[first : first + size], both[2 * first : 2 * (first + size)]
        for i in range(size):
            pair[2 * i], pair[2 * i + 1] = even[i], odd[i]


@kernel
def nearest(wall: Array, between: Array, both: Array, margin: int, steps_m: Array, radius_m: float, at: Array) -> None:
    """The half sample where the ball touches, by trying all that can be: `at` (blocks·BLOCK,), in half samples from x.

    `steps_m` (blocks + 1,) is the way from sample to sample at the edges of the blocks; `margin` samples stand before
    the first block and after the last. The circle falls ever faster from its top: where it falls by more than the wall
    ever rises in half a sample, contact cannot lie, so most of the circle need not be tried.
    """
    square = radius_m * radius_m
    top = np.empty(BLOCK)
    circle = np.zeros(2 * margin + 2)
    for b in range(len(steps_m) - 1):
        start = margin + b * BLOCK
        half_m = 0.25 * (steps_m[b] + steps_m[b + 1])
        whole = int(radius_m / half_m)
        around = both[2 * start - whole - 1 : 2 * (start + BLOCK) + whole + 2]
        steepest = 0.0
        for i in range(len(around) - 1):
            steepest = max(steepest, abs(around[i + 1] - around[i]))
        reach = 0
        while reach < whole:
            reach += 1
            circle[reach] = math.sqrt(max(square - (reach * half_m) ** 2, 0.0)) - radius_m
            if circle[reach - 1] - circle[reach] > steepest:
                break
        where = at[b * BLOCK : (b + 1) * BLOCK]
        top[:] = -np.inf
        for u in range(-reach, reach + 1):
            height, offset = circle[abs(u)], float(u)
            first = start + (u >> 1)
            points = (between if u & 1 else wall)[first : first + BLOCK]
            for i in range(BLOCK):
                value = points[i] + height
                higher = value > top[i]
                top[i] = value if higher else top[i]
                where[i] = offset if higher else where[i]


@kernel
def contact(both: Array, margin: int, steps_m: Array, radius_m: float, at: Array, out: Array) -> None:
    """From the best half sample to the true contact, and the ball's height there: `out` (blocks·BLOCK,), metres.

    The wall is y(t) = Σ c_k t^k through seven points, t in half samples from the best one (|error| of 24 kHz at 96 kHz:
    -67 dB of itself, of 8 kHz: -133 dB). Contact is where its slope is the circle's, u/sqrt(R² - u²).
    """
    square = radius_m * radius_m
    least = 1e-4 * square  # where the circle stands upright, Newton's steps need a finite slope
    near = np.empty((7, BLOCK))
    p3, p2, p1, p0, n1, n2, n3 = near[0], near[1], near[2], near[3], near[4], near[5], near[6]
    for b in range(len(steps_m) - 1):
        start = margin + b * BLOCK
        begin_m, more_m = 0.5 * steps_m[b], 0.5 * (steps_m[b + 1] - steps_m[b]) / BLOCK
        where = at[b * BLOCK : (b + 1) * BLOCK]
        height = out[b * BLOCK : (b + 1) * BLOCK]
        for i in range(BLOCK):  # gathered first, so that the arithmetic below goes in vectors
            m = 2 * (start + i) + int(where[i])
            p3[i], p2[i], p1[i], p0[i] = both[m - 3], both[m - 2], both[m - 1], both[m]
            n1[i], n2[i], n3[i] = both[m + 1], both[m + 2], both[m + 3]
        for i in range(BLOCK):
            half_m = begin_m + more_m * i
            y = p0[i]
            s1, s2, s3 = n1[i] + p1[i], n2[i] + p2[i], n3[i] + p3[i]
            d1, d2, d3 = n1[i] - p1[i], n2[i] - p2[i], n3[i] - p3[i]
            c1 = (45 * d1 - 9 * d2 + d3) * (1 / 60)
            c2 = (270 * s1 - 27 * s2 + 2 * s3 - 490 * y) * (1 / 360)
            c3 = (8 * d2 - 13 * d1 - d3) * (1 / 48)
            c4 = (12 * s2 - 39 * s1 - s3 + 56 * y) * (1 / 144)
            c5 = (5 * d1 - 4 * d2 + d3) * (1 / 240)
            c6 = (15 * s1 - 6 * s2 + s3 - 20 * y) * (1 / 720)
            u = where[i] * half_m
            coarse = y + math.sqrt(max(square - u * u, 0.0))
            t = 0.0
            for _ in range(2):
                u = (where[i] + t) * half_m
                upright = 1 / math.sqrt(max(square - u * u, least))
                slope = c1 + t * (2 * c2 + t * (3 * c3 + t * (4 * c4 + t * (5 * c5 + t * (6 * c6)))))
                bend = 2 * c2 + t * (6 * c3 + t * (12 * c4 + t * (20 * c5 + t * (30 * c6))))
                slope -= u * half_m * upright
                bend -= half_m * half_m * square * upright * upright * upright
                t -= slope / min(bend, -1e-30)  # a maximum bends down; elsewhere the bound below takes over
                t = min(max(t, -1.0), 1.0)
            u = (where[i] + t) * half_m
            fine = (
                y + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * (c5 + t * c6))))) + math.sqrt(max(square - u * u, 0.0))
            )
            height[i] = max(fine, coarse) - radius_m
