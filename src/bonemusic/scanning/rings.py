"""The rings of a disc besides its groove: its rim, its label's edge and its hole, each where it lies.

Between the last groove and a paper label nothing is cut, and the label's edge is the first step of the light from
there inwards that goes all around. Each ring has a middle of its own: labels are pressed, and holes burnt, off-centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import edges, spokes
from .find import Found
from .track import Geometry

STEP_M = 0.1e-3
SPOKES = 120
BESIDE_M = 1.0e-3
"""So far to either side of a step it is dark or bright; so far off-centre a label may lie without being lost."""
REACH_M = 2.5e-3
"""Within which the edge's circle is looked for, once it is known roughly."""
CLEAR_M = 0.3e-3
"""From the last groove, whose own light is no label's."""
ABOUT_HOLE_M = 2.0e-3
LEAST_STEP = 0.02
"""Of full scale: paper differs from shellac by a tenth and more (assumed)."""
ALL_AROUND = 0.75
"""Of the spokes; letters and stickers hide some of it."""


@dataclass(frozen=True)
class Circle:
    """A ring in the picture: its middle (px) and radius (m)."""

    x_px: float
    y_px: float
    radius_m: float

    def off_m(self, geometry: Geometry) -> float:
        """How far its middle lies from the groove's."""
        off, _ = geometry.polar(np.array(self.x_px), np.array(self.y_px))
        return float(off)


@dataclass(frozen=True)
class Rings:
    """What of a disc's rings is seen; None: not seen."""

    rim: Circle | None = None
    label: Circle | None = None
    hole: Circle | None = None

    @property
    def seen(self) -> tuple[Circle, ...]:
        """From the outside to the inside."""
        return tuple(each for each in (self.rim, self.label, self.hole) if each is not None)


def rings_of(grey: NDArray[Any], geometry: Geometry, found: Found, innermost_m: float) -> Rings:
    """The rings of a disc.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
        Of the groove.
    found : Found
        With rim and hole as they were found first.
    innermost_m : float
        Radius of the groove's innermost turn.
    """
    hole = None if found.hole is None else Circle(*found.hole)
    rim = None if found.rim_m is None else _circle(grey, geometry, 0.97 * found.rim_m, 1.04 * found.rim_m)
    return Rings(rim, _label(grey, geometry, innermost_m, 0.0 if hole is None else hole.radius_m), hole)


def _label(grey: NDArray[Any], geometry: Geometry, innermost_m: float, hole_m: float) -> Circle | None:
    """The outermost step all around within the groove."""
    low, high = hole_m + ABOUT_HOLE_M, innermost_m - CLEAR_M
    step = max(STEP_M, 1 / geometry.dots_per_m)
    beside = round(BESIDE_M / step)
    if beside < 2 or high - low < 4 * BESIDE_M:
        return None
    values = spokes.sample(grey, geometry, low, high + 64 * step, step, spokes=SPOKES).between(low, high).values
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    steps = (total[:, 2 * beside :] - 2 * total[:, beside:-beside] + total[:, : -2 * beside]) / beside
    seen = np.isfinite(steps).any(0)  # less than half a disc shows nothing of some radii
    middle = np.zeros(steps.shape[1])
    middle[seen] = np.nanmedian(steps[:, seen], axis=0)
    around = (np.sign(middle) * steps > np.abs(middle) / 2).mean(0)
    full = 255 if grey.dtype == np.uint8 else 65535
    height = np.where((around > ALL_AROUND) & (np.abs(middle) > LEAST_STEP * full), np.abs(middle), 0)
    for at in np.flatnonzero(height)[::-1].tolist():
        if height[at] == height[max(at - beside, 0) : at + beside + 1].max():
            radius = low + step * (at + beside)
            found = _circle(grey, geometry, max(radius - REACH_M, low), min(radius + REACH_M, high))
            if found is not None:
                return found
    return None


def _circle(grey: NDArray[Any], geometry: Geometry, low_m: float, high_m: float) -> Circle | None:
    found = edges.circle(grey, geometry, low_m, high_m)
    if found is None:
        return None
    across, up, radius = found[0].tolist()
    return Circle(geometry.x_px + geometry.across_per_m * across, geometry.y_px - geometry.down_per_m * up, radius)
