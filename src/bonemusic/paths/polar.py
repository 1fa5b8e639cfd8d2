"""A line as radius over turns: unwound about a centre, and read between its points where it really runs, on chords."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Knots
from ..jit import kernel
from .join import Chain

TURN = 2 * math.pi


@dataclass(frozen=True)
class Polar:
    """A line about a centre.

    Attributes
    ----------
    turns : ndarray, float64, (n,)
        Angle in turns since the first point, counter-clockwise, rising from each point to the next.
    radius_m : ndarray, float64, (n,)
    skipped : float
        The part of the line's points that went backwards, and were left out.
    """

    turns: NDArray[Any]
    radius_m: NDArray[Any]
    skipped: float


def unwound(chain: Chain, centre: tuple[float, float], backwards: bool, scale: float = 1.0) -> Polar:
    """Angle and radius of a chain's points about `centre`, walked backwards if that is counter-clockwise."""
    turns, radius = np.empty(chain.points), np.empty(chain.points)
    state = np.array([0.0, 0.0, 0.0, -1.0])
    count = 0
    for batch in chain.batches(backwards):
        count = unwind(batch, centre[0], centre[1], scale, state, turns, radius, count)
    skipped = 1 - (count + len(chain.pieces) - 1) / chain.points  # where pieces meet, a point is drawn twice
    return Polar(turns[:count], radius[:count], max(0.0, skipped))


@kernel
def unwind(
    xy: NDArray[Any],
    centre_x: float,
    centre_y: float,
    scale: float,
    state: NDArray[Any],
    turns: NDArray[Any],
    radius: NDArray[Any],
    count: int,
) -> int:
    """Append a batch of points; how many there are then.

    `state`: first angle, last angle, whole turns so far, and the furthest angle yet (before any point: below 0).
    """
    first, last, whole, reach = state[0], state[1], state[2], state[3]
    for k in range(len(xy)):
        x = xy[k, 0] - centre_x
        y = xy[k, 1] - centre_y
        angle = math.atan2(y, x) / (2.0 * math.pi)
        if count == 0:
            first = last = angle
        if angle - last > 0.5:
            whole -= 1.0
        elif angle - last < -0.5:
            whole += 1.0
        last = angle
        turn = whole + (angle - first)
        if turn > reach:
            turns[count] = turn
            radius[count] = scale * math.sqrt(x * x + y * y)
            count += 1
            reach = turn
    state[0], state[1], state[2], state[3] = first, last, whole, reach
    return count


def turns_about(chain: Chain, centre: tuple[float, float]) -> int:
    """How often a chain winds round a point, counter-clockwise; whole turns, counted where it crosses one radius."""
    total = 0
    above = None
    for batch in chain.batches():
        upper = batch[:, 1] > centre[1]
        if above is not None and upper[0] != above and batch[0, 0] > centre[0]:
            total += 1 if upper[0] else -1
        crossings = np.flatnonzero(upper[1:] != upper[:-1]) + 1
        crossings = crossings[batch[crossings, 0] > centre[0]]
        total += int(np.where(upper[crossings], 1, -1).sum())
        above = upper[-1]
    return total


class Remainder:
    """What of a line is left above its spiral, at even steps, worked out where a slice asks for it.

    It stands for an array, (count + 2·pad,), of which at no time more than a slice exists. Beyond the line's ends its
    last value fades out over `pad` samples, so that no filter rings on an edge.
    """

    def __init__(self, line: Polar, spiral: Knots, turns_per_sample: float, count: int, pad: int) -> None:
        self._line, self._spiral, self._step = line, spiral, turns_per_sample
        self._count, self._pad = count, pad
        self._fade = 0.5 + 0.5 * np.cos(np.pi * (np.arange(pad) + 1) / (pad + 1))

    def __len__(self) -> int:
        return self._count + 2 * self._pad

    def __getitem__(self, part: slice) -> NDArray[Any]:
        a, b, _ = part.indices(len(self))
        first, last = a - self._pad, b - self._pad
        out = np.empty(b - a)
        within = out[max(0, -first) : max(0, self._count - first)]
        self._sample(max(0, first), within)
        if first < 0:
            lead = self._fade[::-1][a : min(b, self._pad)]
            out[: len(lead)] = lead * self._one(0)
        if last > self._count:
            tail = self._fade[max(0, first - self._count) : last - self._count]
            out[len(out) - len(tail) :] = tail * self._one(self._count - 1)
        return out

    def _one(self, index: int) -> float:
        out = np.empty(1)
        self._sample(index, out)
        return float(out[0])

    def _sample(self, first: int, out: NDArray[Any]) -> None:
        if len(out):
            line, spiral = self._line, self._spiral
            sample(line.turns, line.radius_m, first, self._step, spiral.turns, spiral.value, spiral.slope, out)


@kernel
def sample(
    turns: NDArray[Any],
    radius: NDArray[Any],
    first: int,
    step: float,
    knots: NDArray[Any],
    value: NDArray[Any],
    slope: NDArray[Any],
    out: NDArray[Any],
) -> None:
    """The line less its spiral (cubic Hermite), at turns (first + k)·step.

    Between two points the line is straight, and there 1/r is a combination of sine and cosine:
    1/r(θ) = [sin(δ-θ)/r₀ + sin(θ)/r₁] / sin(δ), θ from the first point, δ between the two.
    """
    begin = first * step
    i, high = 0, len(turns) - 1  # turns[i] <= begin
    while high - i > 1:
        middle = (i + high) // 2
        if turns[middle] <= begin:
            i = middle
        else:
            high = middle
    knot, high = 0, len(knots) - 1
    while high - knot > 1:
        middle = (knot + high) // 2
        if knots[middle] <= begin:
            knot = middle
        else:
            high = middle
    last, last_knot = len(turns) - 2, len(knots) - 2
    left, left_knot = -1, -1
    delta, over0, over1, sine = 0.0, 0.0, 0.0, 0.0
    width, c0, c1, c2, c3 = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(len(out)):
        turn = (first + k) * step
        while i < last and turns[i + 1] <= turn:
            i += 1
        if i != left:
            left = i
            delta = 2.0 * math.pi * (turns[i + 1] - turns[i])
            sine = math.sin(delta)
            over0, over1 = 1.0 / radius[i], 1.0 / radius[i + 1]
        theta = min(2.0 * math.pi * (turn - turns[i]), delta)
        rest = delta - theta
        if delta < 0.2:  # Taylor's series, right to 1e-12
            a, b = rest * rest, theta * theta
            sin_rest = rest * (1 - a / 6 * (1 - a / 20 * (1 - a / 42)))
            sin_theta = theta * (1 - b / 6 * (1 - b / 20 * (1 - b / 42)))
            r = sine / (over0 * sin_rest + over1 * sin_theta)
        elif delta < 2.5:
            r = sine / (over0 * math.sin(rest) + over1 * math.sin(theta))
        else:  # all but through the centre: no groove, but no division by zero either
            r = radius[i] + (radius[i + 1] - radius[i]) * (theta / delta)
        while knot < last_knot and knots[knot + 1] <= turn:
            knot += 1
        if knot != left_knot:
            left_knot = knot
            width = 1.0 / (knots[knot + 1] - knots[knot])
            c0, c1, m1 = value[knot], slope[knot] / width, slope[knot + 1] / width
            rise = value[knot + 1] - c0
            c2, c3 = 3 * rise - 2 * c1 - m1, c1 + m1 - 2 * rise
        u = (turn - knots[knot]) * width
        out[k] = r - (c0 + u * (c1 + u * (c2 + u * c3)))
