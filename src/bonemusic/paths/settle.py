"""A line over a coarse grid settled: each point moved to where, all others standing, the error is heard least.

A beam search forgets what it did some cells ago; this looks again, at both sides of each point. First it takes a worse
place now and then (simulated annealing: Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), less and less, then none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

CELLS = 48
"""How many cells away an error is still felt."""
ROUNDS, WARM = 16, 13
"""How often each point is looked at, and how often of these with some warmth."""
WARMTH = 0.4
"""By how much worse, in squared steps of heard error, a place may be that is taken at first."""
SIDEWAYS = 3
"""How many cells a point moves at most along the groove."""


def settle(
    through: NDArray[Any], start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any],
    off: NDArray[Any], means: NDArray[Any], heard: NDArray[Any], apart2: float,
) -> None:  # fmt: skip
    """Move the points of a line, in place, to candidates where its error is heard less.

    Parameters
    ----------
    through : ndarray, int64, (n,)
        The line's candidates; the first and the last stay.
    start, x, y, along, off, means
        As in `search`.
    heard : ndarray, float64, (CELLS,)
        What errors weigh, alone and so many cells apart.
    apart2 : float
        Least distance between points, in steps, squared.
    """
    # beyond the last cell felt the weights end softly, so that no sum of squares becomes negative
    fade = 0.5 + 0.5 * np.cos(np.pi * np.arange(len(heard)) / len(heard))
    _settle(
        through, start, x, y, along, off, means, *sums(heard * fade), apart2, ROUNDS, WARM, WARMTH, SIDEWAYS
    )  # fmt: skip


def sums(heard: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """What is needed of the weights of errors so many cells apart, (reach,), to weigh straight lines at once.

    Returns
    -------
    heard : ndarray, (2, reach)
        The weights, and how they sum up from 1 on: Σ h[u].
    first : ndarray, (reach,)
        Σ u·h[u], from 1 on.
    own : ndarray, (3, reach)
        ΣΣ h[u - v], ΣΣ u·h[u - v] and ΣΣ u·v·h[u - v] for u and v from 1 up to as many.
    pairs : ndarray, (4, reach, reach)
        ΣΣ h[u + v], u·h[u + v], v·h[u + v] and u·v·h[u + v] for u from 1 up to the row, v up to the column; 0 beyond
        what is felt.
    """
    reach = len(heard)
    u = np.arange(reach)
    beyond = np.concatenate([heard, np.zeros(reach)])
    apart, together = heard[np.abs(u[:, None] - u)], beyond[u[:, None] + u]
    for square in (apart, together):
        square[0], square[:, 0] = 0.0, 0.0
    one = np.ones(reach)
    own = [np.diag(_summed(apart * np.outer(a, b))) for a, b in ((one, one), (u, one), (u, u))]
    pairs = [_summed(together * np.outer(a, b)) for a, b in ((one, one), (u, one), (one, u), (u, u))]
    after = np.where(u > 0, heard, 0.0)
    return np.array([heard, np.cumsum(after)]), np.cumsum(u * after), np.array(own), np.array(pairs)


def _summed(square: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(square.cumsum(0).cumsum(1))


@kernel
def _add_area(
    from_s: float, from_off: float, to_s: float, to_off: float, first: int, sign: float, out: NDArray[Any]
) -> None:
    """Add, times a sign, what a straight line draws of each cell; out[0] is cell `first`. What lies outside is lost."""
    slope = (to_off - from_off) / (to_s - from_s)
    k = math.floor(from_s)
    a = from_s
    while a < to_s:
        b = min(k + 1.0, to_s)
        if 0 <= k - first < len(out):
            out[k - first] += sign * (from_off + slope * (0.5 * (a + b) - from_s)) * (b - a)
        a = b
        k += 1


@kernel
def _side(
    r: float, lever: float, way: float, n: int, heard: NDArray[Any], first: NDArray[Any], own: NDArray[Any]
) -> tuple[float, float, float, float, float]:
    """A line from a point to a place n + 1 cells on, weighed as two: level (1), and rising by 1 a cell from 0.

    Of the point's own cell they draw r and `lever`, of the next n all; `way` is how far the middle of the place's cell
    lies from the point. Gives level with itself, with rising, rising with itself, level and rising with that cell.
    """
    sum0, sum1 = heard[1, n], first[n]
    edge, edge1 = sum0, way * sum0 - ((n + 1) * sum0 - sum1)  # the point's cell with the next n
    weight, far = heard[0, 0], heard[0, n + 1]
    level = r * (r * weight + 2.0 * edge) + own[0, n]
    both = r * (lever * weight + edge1) + lever * edge + way * own[0, n] - own[1, n]
    rising = lever * (lever * weight + 2.0 * edge1) + way * (way * own[0, n] - 2.0 * own[1, n]) + own[2, n]
    return level, both, rising, r * far + sum0, lever * far + way * sum0 - sum1


@kernel
def _settle(
    through: NDArray[Any], start: NDArray[Any], x: NDArray[Any], y: NDArray[Any], along: NDArray[Any],
    off: NDArray[Any], means: NDArray[Any], heard: NDArray[Any], first: NDArray[Any], own: NDArray[Any],
    pairs: NDArray[Any], apart2: float, rounds: int, warm: int, warmth: float, sideways: int,
) -> None:  # fmt: skip
    cells, reach = len(means), heard.shape[1]
    around = np.concatenate((heard[0, ::-1], heard[0, 1:]))
    error = -means
    for i in range(1, len(through)):
        a, b = through[i - 1], through[i]
        _add_area(along[a], off[a], along[b], off[b], 0, 1.0, error)
    felt = np.zeros(cells)  # of each cell's error, with all that are near
    _feel(error, 0, around, felt, 0)
    drawn, without = np.zeros(reach), np.zeros(reach)
    upto, lever_upto = np.zeros(reach + 1), np.zeros(reach + 1)
    dice = np.uint64(88172645463325252)  # any but 0: the same line each time
    for turn in range(rounds):
        heat = warmth * max(0.0, 1.0 - (turn + 1.0) / warm)
        for i in range(1, len(through) - 1):
            a, here, b = through[i - 1], through[i], through[i + 1]
            sa, sb, oa, ob = along[a], along[b], off[a], off[b]
            low, high = max(math.floor(sa), 0), min(math.floor(sb), cells - 1)
            count = high + 1 - low
            if count > reach:
                continue
            drawn[:count] = 0.0
            _add_area(sa, oa, along[here], off[here], low, -1.0, drawn[:count])
            _add_area(along[here], off[here], sb, ob, low, -1.0, drawn[:count])
            without[:count] = felt[low : high + 1]
            _feel(drawn[:count], 0, around, without[:count], 0)
            for j in range(count):
                upto[j + 1] = upto[j] + without[j]
                lever_upto[j + 1] = lever_upto[j] + j * without[j]
            ra, rb = low + 1.0 - max(sa, float(low)), min(sb, high + 1.0) - high
            la, lb = ra * (low + 1.0 - 0.5 * ra - sa), rb * (sb - high - 0.5 * rb)
            best, least, stays = here, math.inf, 0.0
            middle = math.floor(along[here])
            for t in range(max(low + 1, middle - sideways), min(high - 1, middle + sideways) + 1):
                n, m = t - low - 1, high - t - 1
                wa, wb = t + 0.5 - sa, sb - t - 0.5
                aa, az, zz, at, zt = _side(ra, la, wa, n, heard, first, own)
                bb, bz, yy, bt, yt = _side(rb, lb, wb, m, heard, first, own)
                # each side's first cell with the other's ramp, and both ramps
                far = heard[0, n + m + 2]
                a0, a1 = heard[1, n + m + 1] - heard[1, n + 1], first[n + m + 1] - first[n + 1]
                b0, b1 = heard[1, n + m + 1] - heard[1, m + 1], first[n + m + 1] - first[m + 1]
                a1, b1 = wb * a0 - (a1 - (n + 1) * a0), wa * b0 - (b1 - (m + 1) * b0)
                p0, pu, pv, puv = pairs[0, n, m], pairs[1, n, m], pairs[2, n, m], pairs[3, n, m]
                ab = ra * (rb * far + a0) + rb * b0 + p0
                ay = ra * (lb * far + a1) + lb * b0 + wb * p0 - pv
                zb = la * (rb * far + a0) + rb * b1 + wa * p0 - pu
                zy = la * (lb * far + a1) + lb * b1 + wb * (wa * p0 - pu) - wa * pv + puv
                # with what all other lines leave
                k = t - low
                g0, g1 = upto[k] - upto[1], lever_upto[k] - lever_upto[1]
                f0, f1 = upto[count - 1] - upto[k + 1], lever_upto[count - 1] - lever_upto[k + 1]
                ag, zg = ra * without[0] + g0, la * without[0] + wa * g0 - (k * g0 - g1)
                bg, yg = rb * without[count - 1] + f0, lb * without[count - 1] + wb * f0 - (f1 - k * f0)
                c = oa * (oa * aa + 2.0 * (ob * ab + ag)) + ob * (ob * bb + 2.0 * bg)
                cz, cy = 2.0 * (oa * az + ob * zb + zg), 2.0 * (ob * bz + oa * ay + yg)
                ct = 2.0 * (oa * at + ob * bt + without[k])
                for to in range(start[t], start[t + 1]):
                    s, o = along[to], off[to]
                    z, yb, f = (o - oa) / (s - sa), (o - ob) / (sb - s), s - t
                    w = o - 0.5 * (z * f * f + yb * (1.0 - f) * (1.0 - f))
                    more = c + z * (cz + z * zz + 2.0 * yb * zy) + yb * (cy + yb * yy)
                    more += w * (ct + 2.0 * (z * zt + yb * yt) + w * heard[0, 0])
                    if to == here:
                        stays = more
                        continue
                    ax, ay_, bx, by = x[to] - x[a], y[to] - y[a], x[to] - x[b], y[to] - y[b]
                    if min(ax * ax + ay_ * ay_, bx * bx + by * by) < apart2:
                        continue
                    if heat > 0.0:
                        dice ^= dice << np.uint64(13)
                        dice ^= dice >> np.uint64(7)
                        dice ^= dice << np.uint64(17)
                        more += heat * math.log((float(dice >> np.uint64(11)) + 1.0) / 9007199254740993.0)
                    if more < least:
                        best, least = to, more
            if least < stays - 1e-9:
                through[i] = best
                _add_area(sa, oa, along[best], off[best], low, 1.0, drawn[:count])
                _add_area(along[best], off[best], sb, ob, low, 1.0, drawn[:count])
                _feel(drawn[:count], low, around, felt, 0)


@kernel
def _feel(change: NDArray[Any], first: int, around: NDArray[Any], felt: NDArray[Any], at: int) -> None:
    """Add to what is felt, from cell `at` on, what a change of errors from cell `first` on does."""
    reach = (len(around) + 1) // 2
    for j in range(len(change)):
        by, k = change[j], first + j - at
        begin, end = max(0, k - reach + 1), min(len(felt), k + reach)
        near, weight = felt[begin:end], around[begin - k + reach - 1 :]
        for i in range(len(near)):
            near[i] += weight[i] * by
