"""Grooves whose two walls are seen: two lines of light with a dark bottom between, followed as one groove.

From 2400 dpi on a lamp's light tells a lacquer's walls apart, and what was found first is one of them. Either holds the
sound of its own channel, and noise of its own; their middle holds both channels, and has less noise than either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import spokes
from .find import Found
from .lines import Lines, lines_of
from .sight import BEYOND_PX, FINE, Sight, box, look, of_shape

TWO_LINES = "each turn shows as two lines"
"""How the note begins that tells of them."""
SPOKES = 72
LEAST_PX = 1.5
"""What is narrower is no wall that is seen by itself."""
NEAREST = 0.42
"""Of the pitch: walls lie nearer to each other than to the next turn's; two grooves side by side lie evenly."""
DEEPEST = 2.0
"""Of a wall's width: no bottom is so wide (assumed; a worn one of 20 µm is as wide as either wall beside it)."""
LEAST_SHARE = 0.3
"""Of the turns seen: where fewer are split into two lines, the lines' usual width is the whole groove's."""
MARGIN_M = 1e-3
SAMPLED_PX2 = 1 / 12 + 1 / 6
"""Variance that a pixel's own width adds to the blur, and reading between two."""


@dataclass(frozen=True)
class _Pairs:
    """Grooves by their walls: middle and width of each (m), the bottom's, and which spoke they were seen on."""

    spoke: NDArray[Any]
    middle_m: NDArray[Any]
    width_m: float
    bottom_m: float


def joined(grey: NDArray[Any], found: Found, blur_px: float) -> tuple[Found, Sight] | None:
    """The groove between two walls, in place of the one wall that was found; and what it looks like.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    found : Found
    blur_px : float
        The lens', as far as it is known.

    Returns
    -------
    (Found, Sight) or None
        None where a turn shows as one line, or as two that are no walls of one groove.
    """
    dots = found.geometry.dots_per_m
    if found.width_m * dots < LEAST_PX:
        return None
    low, high = float(found.lit_m[0]), float(found.lit_m[-1])
    first, last = low - MARGIN_M, high + MARGIN_M
    thin = spokes.sample(grey, found.geometry, first, last, 1 / dots, 0.03 * SPOKES / spokes.SPOKES, SPOKES, along=3)
    lines = lines_of(thin, 1.5 * found.pitch_m, (low, high))
    pairs = _paired(lines, found.pitch_m) if lines else None
    if lines is None or pairs is None or lines.bright != found.bright:
        return None
    apart = np.abs(thin.angle_rad[pairs.spoke] - found.seed_rad) / (2 * np.pi) * len(thin.angle_rad)
    best = int(np.argmin(np.abs(pairs.middle_m - found.seed_m) / found.pitch_m + apart))
    return replace(
        found,
        width_m=pairs.width_m,
        seed_m=float(pairs.middle_m[best]),
        seed_rad=float(thin.angle_rad[pairs.spoke[best]]),
        notes=tuple(note for note in found.notes if not note.startswith(TWO_LINES)),
    ), _sight(thin, pairs, dots, blur_px)


def _paired(lines: Lines, pitch_m: float) -> _Pairs | None:
    """Neighbouring lines that are the walls of one groove, if most are."""
    apart = np.diff(lines.radius_m)
    bottom = apart - (lines.widths_m[1:] + lines.widths_m[:-1]) / 2
    near = (np.diff(lines.spoke) == 0) & (apart > 0) & (apart < NEAREST * pitch_m) & (bottom < DEEPEST * lines.width_m)
    near &= ~(np.r_[False, near[:-1]] | np.r_[near[1:], False])  # of three lines on end nobody knows which belong
    first = np.flatnonzero(near)
    if len(first) < LEAST_SHARE * (len(lines.spoke) - len(first)):
        return None
    outer = lines.radius_m + lines.widths_m / 2
    inner = lines.radius_m - lines.widths_m / 2
    middle = (inner[first] + outer[first + 1]) / 2
    width = float(np.median(outer[first + 1] - inner[first]))
    return _Pairs(lines.spoke[first], middle, width, float(np.median(bottom[first])))


def _sight(thin: spokes.Spokes, pairs: _Pairs, dots_per_m: float, blur_px: float) -> Sight:
    """Two walls and a bottom that is darker by so much as the mean of all profiles tells."""
    even = box(pairs.width_m * dots_per_m, blur_px)
    sigma = math.sqrt(blur_px**2 + SAMPLED_PX2)
    bottom = look(pairs.bottom_m * dots_per_m, sigma, even.reach_px)
    x = np.arange(-even.reach_px, even.reach_px + 1.0)
    seen = slice(BEYOND_PX * FINE, -BEYOND_PX * FINE or None, FINE)
    columns = np.stack([even.shape[seen], bottom[seen], np.ones(len(x)), x], axis=1)
    groove, lost = np.linalg.lstsq(columns, _profile(thin, pairs, x), rcond=None)[0][:2].tolist()
    shape = even.shape + min(max(lost / groove, -1.0), 0.0) * bottom if groove else even.shape
    return of_shape(shape / shape.max(), even.reach_px, even.width_px)


def _profile(thin: spokes.Spokes, pairs: _Pairs, x_px: NDArray[Any]) -> NDArray[Any]:
    """The mean across all grooves that are seen whole."""
    at = (pairs.middle_m[:, None] - thin.first_m) / thin.step_m + x_px
    whole, part = at.astype(np.int64), at % 1.0
    held = (whole[:, 0] > 0) & (whole[:, -1] < thin.values.shape[1] - 1)
    rows, whole, part = pairs.spoke[held, None], whole[held], part[held]
    return np.asarray(np.nanmean(thin.values[rows, whole] * (1 - part) + thin.values[rows, whole + 1] * part, axis=0))
