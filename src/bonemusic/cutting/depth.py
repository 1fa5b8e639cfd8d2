"""How deep a stereo groove is planned: never narrower than a tip needs, never through the sheet.

Depth follows the vertical signal's peaks, not its waves: a cubic B-spline (see `groove.spline`) whose every coefficient
is deep enough for all that moves up where it is felt.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Knots, spline
from ..presets import Disc, Sheet, Stylus
from .spacing import CELLS, PIECE, Cells

KNOTS = 8
"""Knots a turn of the planned depth: it changes over half a turn, below anything heard."""
LEAST_STEREO_WIDTH_M = 25e-6
"""IEC 60098:1987: a stereo groove is nowhere narrower."""


def least_depth_m(disc: Disc, stylus: Stylus) -> float:
    """Depth at which the groove just carries the tip on its walls, and no less than the standard's width.

    A ball touches the walls of a V at a width of 2·R·cos(angle/2), √2·R at 90°.
    """
    half = disc.angle_rad / 2
    width = max(LEAST_STEREO_WIDTH_M, 2 * stylus.radius_m * math.cos(half))
    return min(width / 2 / math.tan(half), disc.depth_m)


def planned(held: Cells, factor: float, disc: Disc, stylus: Stylus) -> Knots | None:
    """Planned depth over turns since the music's beginning; None where nothing moves up or down."""
    if not held.up_m.any():
        return None
    coefficients = np.maximum(disc.depth_m, least_depth_m(disc, stylus) + factor * _felt(held.up_m))
    ends = np.full(3, disc.depth_m)  # silence before and after: the knots go on level
    return spline(np.concatenate((ends, coefficients, ends)), held.first_turn - 4 / KNOTS, KNOTS)


def greatest_factor(held: Cells, disc: Disc, stylus: Stylus, sheet: Sheet) -> tuple[float, float]:
    """The factor at which the groove just stays within the sheet, and the turn of the music where that is."""
    up, down = _felt(held.up_m), _felt(held.down_m)
    floor = least_depth_m(disc, stylus)
    with np.errstate(divide="ignore"):
        allowed = np.minimum((sheet.base_m - disc.depth_m) / down, (sheet.base_m - floor) / (up + down))
    at = int(np.argmin(allowed))
    return float(allowed[at]), held.first_turn + (at - 1) / KNOTS


def half_widths_m(depth: Knots | None, held: Cells, disc: Disc) -> NDArray[Any] | float:
    """Half the planned width in each cell, no less than anywhere in it."""
    if depth is None:
        return disc.groove_width_m / 2
    edges = depth.at(held.first_turn + np.arange(len(held.up_m) // PIECE + 1) * (PIECE / CELLS))
    bulge = np.zeros(
        len(edges)
    )  # how far a curve may stand above the ends of a piece: a quarter of its second difference
    bulge[1:-1] = np.abs(np.diff(edges, 2)) / 4
    edges = edges + bulge
    return np.repeat(np.maximum(edges[:-1], edges[1:]) * math.tan(disc.angle_rad / 2), PIECE)


def _felt(values: NDArray[Any]) -> NDArray[Any]:
    """Greatest value where each coefficient is felt, two knots to either side; the first one stands at knot -1."""
    by_knot = values.reshape(-1, CELLS // KNOTS).max(axis=1).astype(np.float64)
    padded = np.concatenate((np.zeros(3), by_knot, np.zeros(3)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 4)
    return np.asarray(windows.max(axis=1))
