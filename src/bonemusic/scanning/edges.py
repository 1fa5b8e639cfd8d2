"""The hole and the rim of a disc, and what they tell of the picture's scale where its file is silent.

Both are looked for about the groove's centre: on each spoke the steepest edge within reach, and the circle through most
of these. Holes are burnt by hand, off-centre and not quite round.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import spokes
from .track import Geometry

HOLES_M = (3.62e-3, 19.1e-3)
"""Radii of spindle holes (IEC 60098; JIS S8502)."""
RIMS_M = (150.5e-3, 125.5e-3, 100.0e-3, 87.5e-3)
"""Radii of discs of 12, 10, 8 and 7 inches (IEC 60098)."""
HOLE_REACH = (0.6, 1.5)
"""Radii looked for, of the standard's; and the hole may lie as far off as that leaves room."""
ROUND = 0.03
"""How far an edge may lie from the circle, of its radius."""
MOST_OFF = 0.12
"""The same, of the stretch of radii that is searched: else chance would fill the circle."""
LEAST_SHARE = 0.55
"""Of the spokes; by chance are 0.1."""
DPI = (300, 400, 600, 800, 1200, 1600, 2400, 3200, 4800, 6400, 9600)
NEAR_DPI = 0.02
AGREE = 0.04
"""Scales by the hole and by the rim; holes are cut wide."""
SMALL_HOLE = 0.2
"""Of the groove's outer radius; larger holes are the wide ones."""
SMOOTH_PX = 5
SMOOTH = 0.1
"""Of the radii that are searched: so far to either side of an edge it is dark or bright."""
CLEAR = 4.0
"""An edge against the differences of neighbouring values."""


def hole(grey: NDArray[Any], geometry: Geometry, inner_m: float) -> tuple[float, float, float] | None:
    """The spindle hole: its middle (px) and radius (m).

    Parameters
    ----------
    grey : ndarray, (rows, columns)
    geometry : Geometry
        Of the groove, in metres.
    inner_m : float
        No hole reaches the groove.
    """
    best = None
    for usual in HOLES_M:
        low, high = HOLE_REACH[0] * usual, min(HOLE_REACH[1] * usual, 0.98 * inner_m)
        found = circle(grey, geometry, low, high)
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return None if best is None else _placed(geometry, best[0])


def any_hole(grey: NDArray[Any], geometry: Geometry, inner: float, outer: float) -> tuple[float, float, float] | None:
    """The same where the scale is not known: from 1/50 of the groove's outer radius to the inner one."""
    best = None
    for low in 0.02 * outer * 1.3 ** np.arange(10):
        found = circle(grey, geometry, low, min(1.7 * low, 0.9 * inner)) if 1.2 * low < 0.9 * inner else None
        if found is not None and (best is None or found[1] > best[1] + 0.02):
            best = found
    return None if best is None else _placed(geometry, best[0])


def rim(grey: NDArray[Any], geometry: Geometry, outer_m: float) -> float | None:
    """The disc's radius (m): the first round edge beyond the groove."""
    for low in outer_m * np.array([1.003, 1.05, 1.12, 1.2]):
        found = circle(grey, geometry, low, low * 1.09)
        if found is not None:
            return float(found[0][2])
    return None


def circle(grey: NDArray[Any], geometry: Geometry, low: float, high: float) -> tuple[NDArray[Any], float] | None:
    """The circle on which the steepest edges between two radii lie, and on which part of the spokes.

    The circle is a·cos θ + b·sin θ + radius; the three, (3,), come first.
    """
    step = 1 / geometry.dots_per_m
    if high - low < 3 * SMOOTH_PX * step:
        return None
    # spokes are of whole 64 samples: here their last ones count
    seen = spokes.sample(grey, geometry, low, high + 64 * step, step, 0.3).between(low, high)
    k = max(SMOOTH_PX, round(SMOOTH * (high - low) / step))
    if seen.values.shape[1] < 4 * k:
        return None
    known = np.isfinite(seen.values).all(1)
    if known.mean() < LEAST_SHARE:
        return None
    values, angle = seen.values[known], seen.angle_rad[known]
    total = np.cumsum(values, axis=1, dtype=np.float64)
    steep = (total[:, 2 * k :] - 2 * total[:, k:-k] + total[:, : -2 * k]) / k  # what follows against what was before
    best = None
    for sign in (1, -1):
        index = np.argmax(sign * steep, axis=1) + k
        within = (index > k) & (index < k + steep.shape[1] - 1)  # what is steepest at an end goes on beyond it
        fitted, near = _through(angle, seen.first_m + (index + 0.5) * step, step, high - low)
        near = None if near is None else near & within
        if near is None or not near.any() or not _plateaus(values[near], index[near], k, (sign * steep[near]).max(1)):
            continue
        share = float(near.sum() / len(seen.angle_rad))
        if share > LEAST_SHARE and (best is None or share > best[1]):
            best = fitted, share
    return best


def _through(
    angle: NDArray[Any], at: NDArray[Any], step: float, reach: float
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The circle through most edges, and which these are; None where they are few."""
    rows = np.stack([np.cos(angle), np.sin(angle), np.ones(len(angle))], 1)
    fitted = np.array([0.0, 0.0, np.median(at)])
    wide = max(min(ROUND * fitted[2], MOST_OFF * reach), 3 * step)
    for times in (6, 4, 2, 1, 1):
        near = np.abs(at - rows @ fitted) < times * wide
        if near.sum() < 0.3 * len(at):
            return fitted, None
        fitted = np.linalg.lstsq(rows[near], at[near], rcond=None)[0]
    return fitted, np.abs(at - rows @ fitted) < wide


def _plateaus(values: NDArray[Any], index: NDArray[Any], k: int, steep: NDArray[Any]) -> bool:
    """Whether it is an edge and not a line: medians do not see a line."""
    along = np.arange(k)
    rows = np.arange(len(values))[:, None]
    before = np.median(values[rows, np.maximum(index[:, None] - along, 0)], axis=1)
    after = np.median(values[rows, np.minimum(index[:, None] + 1 + along, values.shape[1] - 1)], axis=1)
    height = float(np.median(np.abs(after - before)))
    return height > max(0.5 * float(np.median(steep)), CLEAR * float(np.median(np.abs(np.diff(values)))))


def _placed(geometry: Geometry, fitted: NDArray[Any]) -> tuple[float, float, float]:
    x = geometry.x_px + geometry.across_per_m * float(fitted[0])
    return x, geometry.y_px - geometry.down_per_m * float(fitted[1]), float(fitted[2])


def scale(hole_px: float | None, rim_px: float | None, outer_px: float) -> tuple[float, str] | None:
    """Pixels to the metre, and how they are known, from sizes in pixels.

    Parameters
    ----------
    hole_px, rim_px : float or None
        Radii.
    outer_px : float
        The groove's outer radius: it tells wide holes from small ones.
    """
    by_hole, by_rim = [], []
    if hole_px:
        wide = hole_px > SMALL_HOLE * outer_px
        by_hole = [(hole_px / HOLES_M[wide], f"its hole is taken to be {2e3 * HOLES_M[wide]:.4g} mm wide")]
    if rim_px:
        by_rim = [(rim_px / each, f"the disc is taken to be {2e3 * each:.4g} mm wide") for each in RIMS_M]
    if by_hole:  # the rim is larger, and so tells more, where it is one of those that are made
        by_rim = [each for each in by_rim if abs(each[0] / by_hole[0][0] - 1) < AGREE]
    guesses = by_rim + by_hole
    near = [(abs(per_m * 25.4e-3 / dpi - 1), dpi, words) for per_m, words in guesses for dpi in DPI]
    off, dpi, words = min(near, default=(1.0, 0, ""))
    if off < NEAR_DPI:
        return dpi / 25.4e-3, f"{words}, which makes {dpi} dpi"
    return guesses[0] if by_hole else None
