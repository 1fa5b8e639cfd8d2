"""What lies along thin spokes: light and dark runs, and which of them is the groove.

The groove keeps its width while the land between its turns gets what the swings leave of the pitch. So the groove is
whichever of light and dark has the steadier runs; where both are steady (silence), the narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .spokes import Spokes

SURE = 0.2
"""Of the local contrast on either side of the middle grey: what does not go so far is no crossing but noise."""
STEADIER = 1.6
NARROWER = 1.15
LEAST_RUNS = 40


@dataclass(frozen=True)
class Runs:
    """Bright runs along spokes, crossed at the middle between local light and dark.

    Attributes
    ----------
    spoke : ndarray, int64, (n,)
    start, stop : ndarray, float64, (n,)
        In samples along the spoke, between samples too.
    """

    spoke: NDArray[Any]
    start: NDArray[Any]
    stop: NDArray[Any]

    def other(self) -> Runs:
        """The dark runs between them."""
        same = self.spoke[1:] == self.spoke[:-1]
        return Runs(self.spoke[1:][same], self.stop[:-1][same], self.start[1:][same])


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


def lines_of(spokes: Spokes, block_m: float) -> Lines | None:
    """Find the groove's lines.

    Parameters
    ----------
    spokes : Spokes
        Thin: averaged over some pixels along the arc.
    block_m : float
        Light and dark are looked for in stretches of this length: a pitch or more.

    Returns
    -------
    Lines or None
        None where there are next to none.
    """
    bright = runs_of(spokes.values, max(4, round(block_m / spokes.step_m)))
    dark = bright.other()
    if len(dark.spoke) < LEAST_RUNS:
        return None
    light, shade = (each.stop - each.start for each in (bright, dark))
    steady = _spread(shade) / _spread(light)
    narrow = float(np.median(shade) / np.median(light))
    is_bright = steady > 1 if max(steady, 1 / steady) > STEADIER else narrow > 1
    sure = max(steady, 1 / steady) > STEADIER or max(narrow, 1 / narrow) > NARROWER
    groove, width = (bright, light) if is_bright else (dark, shade)
    middle = (groove.start + groove.stop) / 2
    apart = np.diff(middle)[np.diff(groove.spoke) == 0]
    usual = float(np.median(apart))
    spacing = float(apart[apart < 2.5 * usual].mean()) * spokes.step_m
    return Lines(
        is_bright, sure, float(np.median(width)) * spokes.step_m, spacing, groove.spoke,
        spokes.first_m + middle * spokes.step_m, width * spokes.step_m,
    )  # fmt: skip


def _spread(values: NDArray[Any]) -> float:
    """Half of all lie this closely together; never nothing, for whole samples may all be alike."""
    low, high = np.percentile(values, [25, 75])
    return float(max(high - low, 0.05))


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
        return Runs(np.empty(0, np.int64), np.empty(0), np.empty(0))
    parts = values[:, : count * block].reshape(len(values), count, block)
    low, high = parts.min(2), parts.max(2)  # NaN anywhere spoils the block, as it should
    contrast = high - low
    usual = np.nanmedian(contrast) if np.isfinite(contrast).any() else np.float32(0)
    contrast[~(contrast > 0.35 * usual)] = np.nan
    spoke, start, stop = (np.empty(values.size // 4 + 8, kind) for kind in (np.int64, np.float64, np.float64))
    n = crossings(values, (low + high) / 2, contrast * SURE, block, spoke, start, stop)
    return Runs(spoke[:n], start[:n], stop[:n])


@kernel
def crossings(
    values: NDArray[Any], middle: NDArray[Any], sure: NDArray[Any], block: int,
    spoke: NDArray[Any], start: NDArray[Any], stop: NDArray[Any],
) -> int:  # fmt: skip
    """Where values rise over the middle and fall back, how many such runs there are.

    Parameters
    ----------
    values : ndarray, float32, (spokes, n)
    middle, sure : ndarray, float32, (spokes, blocks)
        The level to cross in each block, and how far beyond it values must go; NaN: no lines there.
    block : int
    spoke, start, stop : ndarray, (most,)
        Filled.
    """
    n = 0
    for row in range(values.shape[0]):
        state = 0  # 1 above, -1 below, 0 not known
        up = -1.0
        last_up, last_down = -1.0, -1.0
        for k in range(1, middle.shape[1] * block):
            b = k // block
            s = sure[row, b]
            if not s > 0.0:
                state, up = 0, -1.0
                continue
            a, c = values[row, k - 1] - middle[row, b], values[row, k] - middle[row, b]
            if a < 0.0 <= c:
                last_up = k - 1 + a / (a - c)
            elif a >= 0.0 > c:
                last_down = k - 1 + a / (a - c)
            if c > s and state != 1:
                up = last_up if state == -1 else -1.0
                state = 1
            elif c < -s and state != -1:
                if state == 1 and up >= 0.0 and last_down > up and n < len(spoke):
                    spoke[n], start[n], stop[n] = row, up, last_down
                    n += 1
                state = -1
    return n
