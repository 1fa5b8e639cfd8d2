"""Grooves that lie between two places on one ray: how many, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .across import read, towards, weigh

LONGEST_PX = 8192
"""Further than this no two turns lie apart: 20 mm at 9600 dpi."""
LIKE, UNLIKE = 0.5, 2.5
"""Parts of a neighbour's strength between which a line is taken for a groove (assumed: as `follow`, but stricter)."""
ROUGHEST, ROUGH_PART = 4.0, 0.12
"""Of the noise and of a neighbour's strength: what no groove explains, as `follow` has it."""
ASIDE = 0.6
"""Of a groove's width: two turns lie further apart than this, or they would be one."""


@kernel
def between(
    grey: NDArray[Any],
    frame: NDArray[Any],
    weights: NDArray[Any],
    rows: NDArray[Any],
    mix: NDArray[Any],
    width_px: float,
    sign: float,
    noise: float,
    angle_rad: NDArray[Any],
    from_px: NDArray[Any],
    to_px: NDArray[Any],
    known: NDArray[Any],
    count: NDArray[Any],
    place_px: NDArray[Any],
    strength: NDArray[Any],
) -> None:
    """Count the grooves strictly between two radii on each of some rays, and tell the one nearest to the first.

    Parameters
    ----------
    grey, frame, sign
        As `follow.follow` takes them.
    weights, rows, mix : ndarray
        Of a `Sight`; of the weights the strength's row.
    noise : float
        Of the pixels, rms.
    angle_rad, from_px, to_px : ndarray, float64, (n,)
        The rays, and on each the radii of two grooves, either of which may be the outer one.
    known : ndarray, float, (n,)
        How strong a groove is there.
    count : ndarray, int, (n,)
        Filled; -1 where the picture ends.
    place_px, strength : ndarray, float, (n,)
        Filled where there is one: of the groove nearest to `from_px`, to about a fifth of a pixel.
    """
    reach = (len(weights) - 1) // 2
    longest = LONGEST_PX // 2 + 1
    profile = np.empty(2 * (longest + reach) + 1)
    light = np.empty(2 * longest + 1)
    told = np.empty(5)
    for i in range(len(angle_rad)):
        count[i] = 0
        strength[i] = 0.0
        way = 1.0 if to_px[i] > from_px[i] else -1.0
        apart = abs(to_px[i] - from_px[i])
        if not 2.0 * ASIDE * width_px < apart < LONGEST_PX:  # asked so that what is no number is not inside
            continue
        far = int(apart / 2.0) + 1
        middle = 0.5 * (from_px[i] + to_px[i])
        across, down = towards(frame, angle_rad[i])
        if not read(grey, frame, across, down, middle, far + reach, profile[: 2 * (far + reach) + 1]):
            count[i] = -1
            continue
        for at in range(2 * far + 1):
            here = 0.0
            for k in range(2 * reach + 1):
                here += profile[at + k] * weights[k]
            light[at] = sign * here
        best = np.inf
        for at in range(1, 2 * far):
            here = light[at]
            if here <= light[at - 1] or here < light[at + 1] or abs(at - far) > 0.5 * apart - ASIDE * width_px:
                continue
            if not LIKE * known[i] < here < UNLIKE * known[i]:
                continue
            weigh(profile[at : at + 2 * reach + 1], rows, mix, told)
            if told[4] < ROUGHEST * noise + ROUGH_PART * known[i]:
                count[i] += 1
                bend = light[at - 1] - 2.0 * here + light[at + 1]
                place = middle + (at - far) + 0.5 * (light[at - 1] - light[at + 1]) / bend
                if way * (place - from_px[i]) < best:
                    best = way * (place - from_px[i])
                    place_px[i] = place
                    strength[i] = here
