"""A groove that was followed measured once more, every place by itself: from a smooth path, its neighbours taken off.

The light of the turns beside it falls into a groove's profile where they lie near; where they are is known by now.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .across import AHEAD, expect, read, towards, weigh
from .sight import FINE

NEAR_PX = 0.1
"""So near to the middle an offset is told right to a thousandth of a pixel."""
USUAL = 0.3
"""What differs by more from the strength around is no look of a groove."""
SAME_PX = 1.0
"""What lies nearer than this a turn on is the same groove: a locked one."""
GOLDEN = 0.6180339887498949
LOST_PX = 2.0
"""Further from its path no groove is looked for."""


@kernel
def measure(
    grey: NDArray[Any],
    frame: NDArray[Any],
    rows: NDArray[Any],
    mix: NDArray[Any],
    shape: NDArray[Any],
    tilt: float,
    sign: float,
    start_rad: float,
    step_rad: float,
    path: NDArray[Any],
    strength: NDArray[Any],
    first: int,
    last: int,
    held: bool,
    told: NDArray[Any],
    seen: NDArray[Any],
) -> None:
    """Measure samples `first` to `last`.

    Parameters
    ----------
    path : ndarray, float64, (n,)
        Where the groove's middle is thought to be, px; of all samples, since neighbours are a turn away.
    strength : ndarray, float32, (n,)
        The groove's strength, for its neighbours' sake; 0 where it was not seen.
    held : bool
        Whether the path is right as it is, and only the light is wanted.
    told : ndarray, float32, (6, last - first)
        Filled: where it was measured, from the path (px); there, offset·strength as `across.weigh` tells it, the
        strength, the land's slope, what is left unexplained, and strength·width. All 0 where nothing was seen.
    seen : ndarray, float64, (2, bins) or (2, 0)
        Added to: what the groove looks like, as `sight.learned` takes it.
    """
    reach = (rows.shape[1] - 1) // 2
    profile = np.empty(2 * reach + 1)
    out = np.empty(5)
    turn = 2.0 * math.pi / step_rad
    whole = int(turn)
    part = turn - whole
    bins = seen.shape[1]
    far = (len(shape) - 1) / 2 / FINE + reach + 2 * LOST_PX  # from sample to sample, and from place to place
    for k in range(first, last):
        across, down = towards(frame, start_rad + k * step_rad)
        middle = path[k]
        expect(grey, frame, across, down, AHEAD * step_rad, path[min(k + AHEAD, last - 1)], reach)
        alone = (k < whole or abs(path[k - whole] - middle) > far) and (
            k + whole >= len(path) or abs(path[k + whole] - middle) > far
        )
        steady = max(strength[k], 1e-3)
        here = 0.0
        for again in range(2):
            if not read(grey, frame, across, down, middle, reach, profile):
                here = 0.0
                break
            if not alone:
                cleared(profile, shape, sign, path, strength, k, whole, part, middle)
            weigh(profile, rows, mix, out)
            here = sign * out[1]
            off = sign * (out[0] - tilt * out[3]) / max(steady, here)
            if held or again == 1 or abs(off) < NEAR_PX:
                break
            middle += max(-1.0, min(1.0, off))
        if (here <= 0.0 and not held) or abs(middle - path[k]) > LOST_PX:
            told[:, k - first] = 0.0
            continue
        told[0, k - first] = middle - path[k]
        told[1, k - first] = sign * out[0]
        told[2, k - first] = here
        told[3, k - first] = sign * out[3]
        told[4, k - first] = out[4]
        told[5, k - first] = sign * out[2]
        if bins and abs(here / steady - 1.0) < USUAL:
            # the path follows the groove: only where it is missed on purpose, all of its look comes by
            aside = (k * GOLDEN) % 1.0 - 0.5
            land = 0.0
            for i in range(len(profile)):
                for row in range(4):
                    land += profile[i] * mix[3, row] * rows[row, i]
            if read(grey, frame, across, down, middle + aside, reach, profile):
                cleared(profile, shape, sign, path, strength, k, whole, part, middle + aside)
                _add(profile, land + out[3] * aside, out[3], sign * here, off - aside, seen)


@kernel
def cleared(
    profile: NDArray[Any],
    shape: NDArray[Any],
    sign: float,
    path: NDArray[Any],
    strength: NDArray[Any],
    k: int,
    whole: int,
    part: float,
    middle: float,
) -> None:
    """Take both neighbours' light off a profile."""
    if k - whole - 1 >= 0:
        beside = path[k - whole] * (1.0 - part) + path[k - whole - 1] * part
        _take_off(profile, shape, sign * strength[k - whole], beside - middle)
    if k + whole + 1 < len(path):
        beside = path[k + whole] * (1.0 - part) + path[k + whole + 1] * part
        _take_off(profile, shape, sign * strength[k + whole], beside - middle)


@kernel
def _take_off(profile: NDArray[Any], shape: NDArray[Any], strength: float, away: float) -> None:
    """Take a neighbour's light off a profile; `away` is where its middle lies, px from the profile's."""
    reach = (len(profile) - 1) // 2
    half = (len(shape) - 1) // 2
    if strength == 0.0 or abs(away) * FINE >= half + reach * FINE or abs(away) < SAME_PX:
        return
    for k in range(len(profile)):
        at = (k - reach - away) * FINE + half
        if at <= 0.0 or at >= 2 * half - 1:
            continue
        low = int(at)
        profile[k] -= strength * (shape[low] + (at - low) * (shape[low + 1] - shape[low]))


@kernel
def _add(profile: NDArray[Any], land: float, slope: float, strength: float, off: float, seen: NDArray[Any]) -> None:
    """Add what is seen, against its strength, to sums over the distance from the groove's middle."""
    reach = (len(profile) - 1) // 2
    middle = (seen.shape[1] - 1) // 2
    for k in range(len(profile)):
        at = math.floor((k - reach - off) * FINE + 0.5) + middle
        if 0 <= at < seen.shape[1]:
            seen[0, at] += (profile[k] - land - slope * (k - reach)) / strength
            seen[1, at] += 1.0
