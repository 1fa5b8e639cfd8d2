"""A groove followed along its spiral, each step predicted from the last ones and from the turn before.

Where dust or a scratch lies over it, or no light falls, the path coasts: what the music was doing dies away, and the
spiral goes on. It is taken up again where a groove is seen for a few steps on end that is not a neighbour's. No
paper has the numbers: they are assumed, and were tried on made scans (dust, blots, unlit thirds, steep and loud music).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .across import AHEAD, expect, read, towards, weigh

SECTORS = 256
"""A groove's strength is remembered around the disc: lamps light walls from one side."""
POSITION, VELOCITY = 0.5, 0.12
"""Shares of an error by which place and direction are put right: an α-β filter that follows slopes of 45°."""
FARTHEST_PX = 1.5
"""No error counts for more at one step."""
NEAR_PX = 0.2
"""So near to the middle an offset is told well enough to go on from; each place is measured again."""
WEAKEST, STRONGEST = 0.35, 2.5
"""Of the strength that was seen there before: beyond, something lies over the groove."""
ROUGHEST = 4.0
"""Of the noise that was seen before."""
DYING_PX = 12.0
"""Along the groove, in which what the music did dies away where nothing is seen."""
STREAK = 5
"""Steps on end for which a groove must be seen before it is taken up again."""
SLOW = 40.0
"""Parts of a turn over which the unmodulated spiral is told from the music: 19 ms at 78 rpm."""
LOCKED_PART = 0.25
"""Turns nearer than this part of a groove's width are one and the same."""
STUCK_TURNS = 3
"""In which a groove moves on by its own width at least, or it is a circle: followed here and there, and never lost."""
X, V, BASE, NOISE, LOST, RUN, LAST, SPACING, CLOSED, STUCK = range(10)
STATE = 10


def start(radius_px: float, noise: float, spacing_px: float) -> NDArray[Any]:
    """The state of who stands on a groove: its middle, the noise of pixels, and the next turn's distance."""
    state = np.zeros(STATE)
    state[X] = state[BASE] = state[LAST] = radius_px
    state[NOISE], state[SPACING] = noise, spacing_px
    return state


@kernel
def follow(
    grey: NDArray[Any],
    frame: NDArray[Any],
    rows: NDArray[Any],
    mix: NDArray[Any],
    gain: float,
    tilt: float,
    width_px: float,
    sign: float,
    start_rad: float,
    step_rad: float,
    inwards: float,
    first: int,
    last: int,
    state: NDArray[Any],
    sectors: NDArray[Any],
    radius: NDArray[Any],
    strength: NDArray[Any],
) -> int:
    """Follow from sample `first` up to `last`, or until nothing is left to follow.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    frame, rows, mix : ndarray
        Of `across` and `sight`.
    gain : float
        The strength's deviation for pixels of deviation 1.
    tilt : float
        Of the sight.
    sign : float
        1 for bright grooves, -1 for dark ones.
    start_rad, step_rad : float
        Angle of sample 0, and from each to the next; a negative step goes back in time.
    inwards : float
        1 where the radius falls along the way, else -1.
    state : ndarray, (STATE,)
        Changed in place, so that a side can be followed in stretches.
    sectors : ndarray, (SECTORS,)
        Strengths around the disc.
    radius : ndarray, float64, (n,)
        Pixels; filled.
    strength : ndarray, float32, (n,)
        Filled; 0 where the path coasted.

    Returns
    -------
    int
        Where it stopped: one past the last sample filled. Below `last` if the groove ended (it was lost for more than
        a turn), closed on itself for a turn, or does not get on.
    """
    reach = (rows.shape[1] - 1) // 2
    profile, weights = np.empty(2 * reach + 1), np.empty(2 * reach + 1)
    for k in range(2 * reach + 1):
        weights[k] = mix[1, 0] * rows[0, k] + mix[1, 1] * rows[1, k] + mix[1, 2] * rows[2, k] + mix[1, 3] * rows[3, k]
    told = np.empty(5)
    turn = 2.0 * math.pi / abs(step_rad)
    whole = int(turn)
    part = turn - whole
    for k in range(first, last):
        angle = start_rad + k * step_rad
        across, down = towards(frame, angle)
        expect(grey, frame, across, down, AHEAD * step_rad, state[X] + AHEAD * state[V], reach)
        arc = abs(step_rad) * state[X]
        drift = -inwards * state[SPACING] / turn
        lost = state[LOST]
        expected = state[X] + state[V]
        at = int(((angle / (2.0 * math.pi)) % 1.0) * SECTORS) % SECTORS
        known = sectors[at]
        before = math.nan
        if k - whole - 1 >= 0:
            before = radius[k - whole] * (1.0 - part) + radius[k - whole - 1] * part
        middle = expected
        seen = False
        if lost > STREAK:
            middle = _searched(grey, frame, weights, sign, across, down, expected, reach, known, state)
        for _ in range(4):
            if not read(grey, frame, across, down, middle, reach, profile):
                break
            weigh(profile, rows, mix, told)
            here = sign * told[1]
            seen = (
                here > WEAKEST * known
                and here < STRONGEST * known
                and here > 3.0 * gain * state[NOISE]
                and told[4] < ROUGHEST * state[NOISE] + 0.12 * known
            )
            if not seen:
                break
            off = sign * (told[0] - tilt * told[3]) / here
            middle += max(-1.0, min(1.0, off))
            if abs(off) < NEAR_PX:
                break
        if k >= STUCK_TURNS * (whole + 1):
            moved = inwards * (radius[k - STUCK_TURNS * whole] - state[X])
            state[STUCK] = state[STUCK] + 1.0 if moved < width_px else 0.0
            if state[STUCK] >= turn:
                state[CLOSED] = turn
                return k
        if seen and lost > STREAK and not math.isnan(before):
            apart = inwards * (before - middle)
            same = abs(apart) < LOCKED_PART * width_px and state[SPACING] < width_px
            seen = same or (apart > 0.6 * width_px and apart < 1.7 * state[SPACING] + width_px)
        if seen and lost > STREAK:  # no neighbour of where the spiral goes on
            seen = abs(middle - state[BASE]) < max(0.5 * state[SPACING], width_px)
        if seen and abs(middle - expected) > 2.0 * FARTHEST_PX and lost <= STREAK:
            seen = False
        if seen and lost > STREAK:
            near = abs(middle - state[LAST]) < 1.5
            state[RUN] = state[RUN] + 1.0 if near else 1.0
            state[LAST] = middle
            if state[RUN] < STREAK:
                seen = False
            else:
                expected = middle
                state[V] = drift
                state[LOST] = 0.0
        elif lost > STREAK:
            state[RUN] = 0.0
        if seen:
            error = max(-FARTHEST_PX, min(FARTHEST_PX, middle - expected))
            state[X] = expected + POSITION * error
            state[V] += VELOCITY * error
            state[LOST] = 0.0
            sectors[at] += 0.02 * (sign * told[1] - known)
            state[NOISE] += 1e-4 * (told[4] - state[NOISE])
            radius[k] = middle
            strength[k] = sign * told[1]
            state[BASE] += drift + (SLOW / turn) * (middle - state[BASE])
            if not math.isnan(before):
                apart = inwards * (before - middle)
                if apart < 3.0 * state[SPACING] + width_px:
                    state[SPACING] += (4.0 / turn) * (apart - state[SPACING])
                state[CLOSED] = state[CLOSED] + 1.0 if apart < LOCKED_PART * width_px else 0.0
                if state[CLOSED] >= turn:
                    return k + 1
        else:
            state[LOST] += 1.0
            state[BASE] += drift
            fade = min(1.0, arc / DYING_PX)
            state[X] += state[V]
            state[V] += fade * (drift - state[V])
            state[X] += (0.1 * fade) * (state[BASE] - state[X])
            radius[k] = state[X]
            strength[k] = 0.0
            if state[LOST] > 1.1 * turn:
                return k + 1
    return last


@kernel
def _searched(
    grey: NDArray[Any],
    frame: NDArray[Any],
    weights: NDArray[Any],
    sign: float,
    across: float,
    down: float,
    expected: float,
    reach: int,
    known: float,
    state: NDArray[Any],
) -> float:
    """Where near the expected place a groove is strongest, the nearer the better."""
    far = int(min(0.45 * state[SPACING], 2.0 + 0.1 * state[LOST]))
    if far < 1:
        return expected
    profile = np.empty(2 * (reach + far) + 1)
    if not read(grey, frame, across, down, expected, reach + far, profile):
        return expected
    best, found = -math.inf, expected
    for off in range(-far, far + 1):
        here = 0.0
        for k in range(2 * reach + 1):
            here += profile[k + off + far] * weights[k]
        worth = min(sign * here, known) * (1.0 - 0.5 * abs(off) / (far + 1.0))
        if worth > best:
            best, found = worth, expected + off
    return found
