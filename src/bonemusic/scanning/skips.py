"""Turns that a path has left out, or has followed twice, told by what lies between each turn and the one before.

Where writing, dust or a blank stretch lies over a disc, a path may be taken up again on another turn; nothing of what
it follows then looks wrong. But a disc's turns follow one another: between a turn and the next there is land. So at
many places of each turn the grooves between it and the turn before are counted in the picture, N (none is right; -1
where the two are one and the same), and a path's own count of turns is wrong by

    O(k) = N(k) + O(k - a turn),

whose steps tell where it went astray, and by how many turns. How far turns lie apart tells nothing: lead-ins, loud
music and the land between songs are wide, and have nothing in them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

PER_TURN = 96
"""Places of a turn at which is counted."""
UNKNOWN = -128
"""What could not be counted."""
ASKED, AGREED = 8, 6
"""Of so many counts on end so many must agree (assumed: dust and scratches lie between turns too)."""
LEAST_ASKED = 4
LEAP_PLACES = 4
STEP_PART = 0.5
"""Within so many places a path leaps where it goes astray; and of the turns' distance, by so much less or more."""


def numbered(count: NDArray[Any], radius_px: NDArray[Any], pitch_px: NDArray[Any], width_px: float) -> NDArray[Any]:
    """By how many turns a path's own count falls short at each place, (n,); it is 0 on the turn that is seen best.

    Parameters
    ----------
    count : ndarray, int, (n,)
        Grooves between each place and the one a turn (`PER_TURN` places) before; -1 where both are the same place,
        -2 and less where it lies on the other side, `UNKNOWN` where nobody knows.
    radius_px : ndarray, float64, (n,)
        Of the path; not a number where it was not seen.
    pitch_px : ndarray, float64, (n,)
        By how much it should move on in a turn there, signed.
    width_px : float
        The groove's: turns lie further apart. Where a side ends in a locked groove they run into one.

    Returns
    -------
    ndarray, int, (n,)
    """
    n = len(count)
    out = np.zeros(n, np.int64)
    if n <= PER_TURN:
        return out
    base = _base(count)
    _onwards(count, radius_px, pitch_px, width_px, out, min(base + PER_TURN, n))
    # and backwards: counts are the same, but all else is turned round
    turned = np.full(n, UNKNOWN, np.int64)
    turned[PER_TURN:] = count[PER_TURN:][::-1]
    back = np.zeros(n, np.int64)
    _onwards(turned, radius_px[::-1].copy(), -pitch_px[::-1], width_px, back, n - base)
    out[:base] = -back[::-1][:base]
    return out


def _base(count: NDArray[Any]) -> int:
    """The beginning of the turn in which most is as it should be; of equals, the one nearest to the middle."""
    right = np.concatenate([[0], np.cumsum(count == 0)])
    many = right[PER_TURN:] - right[:-PER_TURN]
    best = np.flatnonzero(many[: max(len(count) - PER_TURN, 1)] >= many.max())
    return int(best[np.abs(best - len(count) // 2).argmin()]) if len(best) else 0


@kernel
def _onwards(
    count: NDArray[Any], radius: NDArray[Any], pitch: NDArray[Any], width: float, out: NDArray[Any], first: int
) -> None:
    """Go on from place `first`; what lies before it is known."""
    now = out[first - 1] if first > 0 else 0
    for i in range(first, len(count)):
        if count[i] != UNKNOWN:
            told = count[i] + out[i - PER_TURN]
            if told != now and _many(count, out, i, told) and _leaps(count, radius, pitch, width, i, told - now):
                now = told
        out[i] = now


@kernel
def _many(count: NDArray[Any], out: NDArray[Any], first: int, told: int) -> bool:
    """Whether enough of the next places say the same."""
    asked, agreed = 0, 0
    for i in range(first, min(first + PER_TURN, len(count))):
        if count[i] == UNKNOWN:
            continue
        asked += 1
        agreed += count[i] + out[i - PER_TURN] == told
        if asked == ASKED:
            break
    return asked >= LEAST_ASKED and agreed * ASKED >= AGREED * asked


@kernel
def _leaps(count: NDArray[Any], radius: NDArray[Any], pitch: NDArray[Any], width: float, at: int, turns: int) -> bool:
    """Whether the path leaps by so many turns before a place: what lies between two turns may also be a scratch."""
    known = 0
    for last in range(at - 1, -1, -1):
        if not np.isfinite(radius[last]):
            continue
        leap = radius[at] - radius[last] - pitch[at] * (at - last) / PER_TURN
        if abs(leap / pitch[at] - turns) < STEP_PART * abs(turns) and abs(leap) > width * abs(turns):
            return True
        known += count[last] != UNKNOWN  # beside a blank the turn before may be hidden yet
        if known == LEAP_PLACES:
            break
    return False
