"""Rim, label and hole: where they lie, off-centre too; and none where there is none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.rings import Circle, Rings, rings_of
from bonemusic.scanning.track import Geometry

DPI, SIDE = 600, 1700
AT = Geometry(851.3, 843.8, DPI / 0.0254 * 1.003, DPI / 0.0254 * 0.997)
HOLE, LABEL, LAST, RIM = 3.6e-3, 18e-3, 26e-3, 33e-3
Y, X = np.mgrid[:SIDE, :SIDE].astype(np.float32)


def within(radius_m: float, x_m: float = 0.0, y_m: float = 0.0) -> NDArray[Any]:
    """How much of each pixel a circle covers, about a point beside the groove's centre."""
    off = np.hypot((X - AT.x_px) / AT.across_per_m - x_m, (AT.y_px - Y) / AT.down_per_m - y_m)
    return np.asarray(np.clip((radius_m - off) * AT.dots_per_m + 0.5, 0, 1))


def disc(label: float | None = 170.0, off_m: tuple[float, float] = (0.5e-3, -0.3e-3), noise: float = 6.0) -> Any:
    """A disc on a bright table, its groove a haze between `LAST` and the rim; its label pressed off-centre."""
    made = np.full((SIDE, SIDE), 240, np.float32)
    made += within(RIM) * (40 - made)
    made += (within(RIM - 2e-3) - within(LAST)) * 40
    if label is not None:
        made += within(LABEL, *off_m) * (label - made)
    made += within(HOLE, 0.2e-3, 0.4e-3) * (240 - made)
    return made + noise * np.random.default_rng(1).standard_normal(made.shape).astype(np.float32)


def told(made: NDArray[Any], rim_m: float | None = RIM) -> Rings:
    """The rings of a picture whose hole is known."""
    x, y = AT.pixels(np.hypot(0.2e-3, 0.4e-3), np.arctan2(0.4e-3, 0.2e-3))
    found: Any = SimpleNamespace(rim_m=rim_m, hole=(float(x), float(y), HOLE))
    full, kind = (65535, np.uint16) if made.max() > 300 else (255, np.uint8)
    return rings_of(np.clip(np.rint(made), 0, full).astype(kind), AT, found, LAST)


def assert_near(ring: Circle | None, x_m: float, y_m: float, radius_m: float) -> None:
    assert ring is not None
    assert ring.radius_m == pytest.approx(radius_m, abs=20e-6)
    assert (ring.x_px - AT.x_px) / AT.across_per_m == pytest.approx(x_m, abs=20e-6)
    assert (AT.y_px - ring.y_px) / AT.down_per_m == pytest.approx(y_m, abs=20e-6)


@pytest.mark.parametrize("label", [170.0, 12.0, 60.0])
def test_each_ring_has_a_middle_of_its_own(label: float) -> None:
    rings = told(disc(label))
    assert_near(rings.rim, 0, 0, RIM)
    assert_near(rings.label, 0.5e-3, -0.3e-3, LABEL)
    assert rings.hole is not None
    assert rings.seen == (rings.rim, rings.label, rings.hole)


def test_sixteen_bits_tell_the_same() -> None:
    assert_near(told(257 * disc()).label, 0.5e-3, -0.3e-3, LABEL)


def test_what_is_printed_on_a_label_is_not_its_edge() -> None:
    made = disc()
    made += (within(12e-3) - within(11e-3)) * (20 - made)  # a printed ring
    for row in range(500, 760, 24):
        made[row : row + 12, 640:1040:3] = 20  # and text
    assert_near(told(made).label, 0.5e-3, -0.3e-3, LABEL)


def test_a_sticker_over_a_part_of_the_edge_hides_no_label() -> None:
    made = disc()
    made[560:800, 380:640] = 220
    assert_near(told(made).label, 0.5e-3, -0.3e-3, LABEL)


@pytest.mark.parametrize("noise", [0.0, 6.0, 25.0])
def test_where_no_label_is_none_is_seen(noise: float) -> None:
    assert told(disc(None, noise=noise)).label is None


def test_bones_are_no_label() -> None:
    made = disc(None)
    made += 90 * (np.abs(X - 700) < 160) * within(RIM)  # a bone across the disc
    made += 60 * within(9e-3, 12e-3, 6e-3)  # and a knee
    assert told(made).label is None


def test_lines_of_a_lead_out_are_no_label() -> None:
    made = disc(None)
    made += (within(LABEL) - within(LABEL - 60e-6)) * 190
    assert told(made).label is None


def test_a_rim_that_is_not_there_is_not_seen() -> None:
    assert told(disc(), rim_m=None).rim is None


def test_rings_of_which_nothing_is_in_the_picture_are_not_seen() -> None:
    """A third of a disc: the middle lies below the picture, and no pixel of the innermost radii is left."""
    made = np.ascontiguousarray(disc()[: int(AT.y_px - 12e-3 * AT.down_per_m)])
    found: Any = SimpleNamespace(rim_m=None, hole=None)
    rings = rings_of(np.clip(made, 0, 255).astype(np.uint8), AT, found, LAST)
    assert rings.seen == ()
