"""What lies along thin spokes: light and dark runs, and which of them is the groove.

The groove keeps its width while the land between its turns gets what the swings leave of the pitch. So the groove is
whichever of light and dark has the steadier runs; where both are steady (silence), the narrower.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .sight import BLUR_PX, seen_through
from .spokes import Spokes

SURE = 0.2
"""Of the local contrast on either side of the middle grey: what does not go so far is no crossing but noise."""
SURE_SCORE = 0.2
LAND = 1.5
"""What the land around the turns weighs: nothing is surer, where it can be seen."""
INSIDE_M = 1.0e-3
BEYOND_M = 1.5e-3
LEAST_RUNS = 40
LEAST_WIDTH_PX = 1.0
"""Narrower lines look the same, only fainter."""
USUAL = 0.3
"""Of the pitch (assumed: tried on 40 to 90 µm at 600 dpi; wider ones reach into the next turn)."""
GUESSES = 24
TOLD = 0.25
"""Of what a width changes, so much must be seen for it to be told."""


@dataclass(frozen=True)
class Runs:
    """Bright runs along spokes, crossed at the middle between local light and dark.

    Attributes
    ----------
    spoke : ndarray, int64, (n,)
    start, stop : ndarray, float64, (n,)
        In samples along the spoke, between samples too.
    peak, dip : ndarray, float64, (n,)
        The brightest value in each, and the darkest since the one before; NaN where that is not known.
    """

    spoke: NDArray[Any]
    start: NDArray[Any]
    stop: NDArray[Any]
    peak: NDArray[Any]
    dip: NDArray[Any]

    def other(self) -> Runs:
        """The dark runs between them."""
        same = self.spoke[1:] == self.spoke[:-1]
        between = (self.spoke[1:], self.stop[:-1], self.start[1:], self.dip[1:], self.peak[1:])
        return Runs(*(part[same] for part in between))


@dataclass(frozen=True)
class Lines:
    """The groove's lines as thin spokes see them.

    Attributes
    ----------
    bright : bool
        Whether the groove is brighter than the land.
    sure : bool
        False where light and dark are alike.
    width_m : float
    spacing_m : float
        Mean distance of neighbouring lines.
    spoke : ndarray, int64, (n,)
    radius_m, widths_m : ndarray, float64, (n,)
        Middles and widths of all lines seen.
    """

    bright: bool
    sure: bool
    width_m: float
    spacing_m: float
    spoke: NDArray[Any]
    radius_m: NDArray[Any]
    widths_m: NDArray[Any]


def lines_of(spokes: Spokes, block_m: float, dense_m: tuple[float, float]) -> Lines | None:
    """Find the groove's lines.

    Parameters
    ----------
    spokes : Spokes
        Thin: averaged over some pixels along the arc.
    block_m : float
        Light and dark are looked for in stretches of this length: a pitch or more.
    dense_m : (float, float)
        Between these radii turns lie side by side; around them there is mostly land.

    Returns
    -------
    Lines or None
        None where there are next to none.
    """
    side = spokes.between(*dense_m)
    bright = runs_of(side.values, max(4, round(block_m / side.step_m)))
    dark = bright.other()
    if len(dark.spoke) < LEAST_RUNS:
        return None
    light, shade = (each.stop - each.start for each in (bright, dark))
    score = _score(light, shade) + _score_of_extremes(bright) + LAND * _land_is_dark(spokes, dense_m, bright)
    is_bright = score > 0
    groove, width = (bright, light) if is_bright else (dark, shade)
    middle = (groove.start + groove.stop) / 2
    apart = np.diff(middle)[np.diff(groove.spoke) == 0]
    spacing = float(apart[apart < 2.5 * np.median(apart)].mean()) * side.step_m
    return Lines(
        is_bright, abs(score) > SURE_SCORE, float(np.median(width)) * side.step_m, spacing, groove.spoke,
        side.first_m + middle * side.step_m, width * side.step_m,
    )  # fmt: skip


def sharpened(width_px: float, apart_px: float) -> float:
    """How wide lines are before a lens has blurred them.

    Narrow lines are seen no narrower than the blur, and lines near each other as wide as the gaps between them; then
    their own width cannot be told, and is taken to be `USUAL` of what lies between them.

    Parameters
    ----------
    width_px : float
        At half the height between their own light and the dark beside them.
    apart_px : float
        From each to the next.
    """
    sigma = seen_through(BLUR_PX)
    widest = min(width_px, 0.9 * apart_px)
    if widest <= LEAST_WIDTH_PX:
        return widest
    # each guess against what would be seen of it: the widest that is not seen wider
    guesses = np.linspace(LEAST_WIDTH_PX, widest, GUESSES)
    seen = np.array([_seen_width(each, apart_px, sigma) for each in guesses.tolist()])
    if np.ptp(seen) < TOLD * (widest - LEAST_WIDTH_PX):
        return min(max(USUAL * apart_px, LEAST_WIDTH_PX), widest)
    return float(np.interp(width_px, np.maximum.accumulate(seen), guesses))


def _seen_width(width_px: float, apart_px: float, sigma_px: float) -> float:
    """At half the height between a line's middle and the middle between it and the next."""
    x = np.linspace(0, apart_px / 2, 40)
    level = np.array([_blurred(each, width_px, apart_px, sigma_px) for each in x.tolist()])
    return 2 * float(np.interp(-(level[0] + level[-1]) / 2, -level, x))


def _blurred(x: float, width_px: float, apart_px: float, sigma_px: float) -> float:
    """The light at x of lines side by side, each a box through a Gaussian."""
    total = 0.0
    for line in (-2, -1, 0, 1, 2):
        for end in (1, -1):
            total += end * math.erf((x - line * apart_px + end * width_px / 2) / (sigma_px * math.sqrt(2)))
    return total / 2


def _score(light: NDArray[Any], shade: NDArray[Any]) -> float:
    """More than 0 where light runs are steadier in width than dark ones, or narrower; in logarithms."""
    seen = min(1.0, max(0.0, min(np.median(light), np.median(shade)) / 2 - 1))  # widths of 2 px tell nothing
    steady = math.log(_spread(shade) / _spread(light))
    return float(seen * steady + 0.5 * math.log(float(np.median(shade) / np.median(light))))


def _score_of_extremes(bright: Runs) -> float:
    """More than 0 where the light runs' peaks are alike and the dark ones' are not: what is narrow and varies in width
    does so in depth, too, once it is blurred."""
    same = np.diff(bright.spoke) == 0
    peaks, dips = np.diff(bright.peak)[same], np.diff(bright.dip)[same]
    peaks, dips = peaks[np.isfinite(peaks)], dips[np.isfinite(dips)]
    scale = 0.02 * float(np.nanmedian(bright.peak - bright.dip)) + 1e-6
    return math.log(_spread(dips, scale) / _spread(peaks, scale))


def _land_is_dark(spokes: Spokes, dense_m: tuple[float, float], bright: Runs) -> float:
    """1 where what lies around the turns is as dark as the dark runs, -1 where it is as bright as the bright ones."""
    votes = []
    for edge_m, way in ((dense_m[0], -1), (dense_m[1], 1)):
        inside = spokes.between(*sorted((edge_m, edge_m - way * INSIDE_M))).values
        beyond = spokes.between(*sorted((edge_m + way * 0.3e-3, edge_m + way * BEYOND_M))).values
        known = np.isfinite(inside).all(1) & np.isfinite(beyond).all(1)
        if known.sum() < 20:
            continue
        low, high = np.percentile(inside[known], [10, 90], axis=1)
        at = (np.median(beyond[known], axis=1) - low) / np.maximum(high - low, 1e-6)
        votes.append(((at > -0.5) & (at < 0.35)).mean() - ((at > 0.65) & (at < 1.5)).mean())
    return float(np.mean(votes)) if votes else 0.0


def _spread(values: NDArray[Any], least: float = 0.1) -> float:
    """Half of all lie this closely together; never nothing, for whole samples may all be alike."""
    low, high = np.percentile(values, [25, 75])
    return float(max(high - low, least))


def runs_of(values: NDArray[Any], block: int) -> Runs:
    """Bright runs along each spoke.

    Parameters
    ----------
    values : ndarray, float32, (spokes, n)
        NaN where nothing is known.
    block : int
        Samples within which there is both groove and land.
    """
    count = values.shape[1] // block
    if count < 2:
        return Runs(np.empty(0, np.int64), *(np.empty(0) for _ in range(4)))
    parts = values[:, : count * block].reshape(len(values), count, block)
    low, high = parts.min(2), parts.max(2)  # NaN anywhere spoils the block, as it should
    contrast = high - low
    usual = np.nanmedian(contrast) if np.isfinite(contrast).any() else np.float32(0)
    contrast[~(contrast > 0.35 * usual)] = np.nan
    most = values.size // 2 + 8
    spoke, told = np.empty(most, np.int64), np.empty((4, most))
    n = crossings(values, (low + high) / 2, contrast * SURE, block, spoke, told)
    return Runs(spoke[:n], *told[:, :n])


@kernel
def crossings(
    values: NDArray[Any], middle: NDArray[Any], sure: NDArray[Any], block: int, spoke: NDArray[Any], told: NDArray[Any]
) -> int:
    """Where values rise over the middle and fall back, how many such runs there are.

    Parameters
    ----------
    values : ndarray, float32, (spokes, n)
    middle, sure : ndarray, float32, (spokes, blocks)
        The level to cross in each block, and how far beyond it values must go; NaN: no lines there.
    block : int
    spoke, told : ndarray, int64 (most,) and float64 (4, most)
        Filled: start, stop, peak and dip of `Runs`.
    """
    n = 0
    for row in range(values.shape[0]):
        state = 0  # 1 above, -1 below, 0 not known
        up, last_up, last_down = -1.0, -1.0, -1.0
        peak, dip, known = -math.inf, math.inf, False
        for k in range(1, middle.shape[1] * block):
            b = k // block
            s = sure[row, b]
            if not s > 0.0:
                state, up, known = 0, -1.0, False
                continue
            a, c = values[row, k - 1] - middle[row, b], values[row, k] - middle[row, b]
            if a < 0.0 <= c:
                last_up = k - 1 + a / (a - c)
            elif a >= 0.0 > c:
                last_down = k - 1 + a / (a - c)
            if c > s and state != 1:
                up = last_up if state == -1 else -1.0
                state, peak = 1, -math.inf
            elif c < -s and state != -1:
                if state == 1 and up >= 0.0 and last_down > up and n < len(spoke):
                    spoke[n] = row
                    told[0, n], told[1, n], told[2, n] = up, last_down, peak
                    told[3, n] = dip if known else math.nan
                    n += 1
                state, dip, known = -1, math.inf, True
            if state == 1:
                peak = max(peak, values[row, k])
            elif state == -1:
                dip = min(dip, values[row, k])
    return n
