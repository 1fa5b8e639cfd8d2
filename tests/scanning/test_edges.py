"""Holes are found as far off the centre as they may lie, also where nobody knows the picture's scale."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.scanning import edges
from bonemusic.scanning.track import Geometry

DOTS = 47_244.0


@pytest.mark.parametrize("radius_m", [3.0e-3, 3.62e-3, 4.6e-3, 5.5e-3])
@pytest.mark.parametrize("off", [0.0, 0.17])
def test_any_hole_is_found(radius_m: float, off: float) -> None:
    """Most windows in which holes are looked for are but some dozens of pixels deep, and none may lose its end."""
    at = Geometry(800.0, 790.0, DOTS, DOTS)
    y, x = np.mgrid[0:1600, 0:1600]
    inside = np.hypot(x - at.x_px - off * radius_m * DOTS, y - at.y_px) < radius_m * DOTS
    grey = np.where(inside, 240, 90) + np.random.default_rng(0).normal(0, 3, x.shape)
    found = edges.any_hole(grey.astype(np.uint8), at, 14e-3, 31e-3)
    assert found is not None
    assert found[2] == pytest.approx(radius_m, rel=0.02)
    assert found[0] - at.x_px == pytest.approx(off * radius_m * DOTS, abs=2)


def test_an_edge_at_the_end_of_a_window_is_left_to_the_next() -> None:
    at = Geometry(800.0, 790.0, DOTS, DOTS)
    y, x = np.mgrid[0:1600, 0:1600]
    grey = np.where(np.hypot(x - at.x_px, y - at.y_px) < 12e-3 * DOTS, 40, 240).astype(np.uint8)
    assert edges.circle(grey, at, 11e-3, 12.02e-3) is None
    assert edges.rim(grey, at, 11.04e-3) == pytest.approx(12e-3, abs=20e-6)
