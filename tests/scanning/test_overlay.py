"""The track over the scan: where it was, in what colour, and the worst places enlarged."""

from __future__ import annotations

import io

import numpy as np
import pytest

from bonemusic.scanning import enlarged, overlay
from bonemusic.scanning.rings import Circle, Rings
from bonemusic.scanning.track import Geometry, Track

TONE = np.arange(256, dtype=np.uint8)
PER_TURN = 20_000.7
GREY = np.random.default_rng(2).integers(40, 60, (900, 1000)).astype(np.uint8)
RINGS = Rings(rim=Circle(503.0, 450.3, 0.043), hole=Circle(500.2, 452.0, 3.6e-3))


def track(turns: float = 9.5, bad: tuple[tuple[int, int], ...] = ()) -> Track:
    """Nine and a half turns from 40 to 21 mm, centred off the picture's middle."""
    count = int(turns * PER_TURN)
    sure = np.ones(count, np.float32)
    for a, b in bad:
        sure[a:b] = 0.1
    radius = 0.04 - 0.002 * np.arange(count) / PER_TURN
    geometry = Geometry(500.2, 450.3, 10_000.0, 9_980.0)
    return Track(
        geometry, 0.3, PER_TURN, radius, np.full(count, 100, np.float32), sure, np.full(count, 500, np.float32)
    )


def test_lightness_falls_with_confidence_so_that_grey_tells_the_same() -> None:
    luma = overlay.colour(np.linspace(0, 1, 101)) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luma) < 0).all()
    assert luma[0] > 2 * luma[-1]
    assert tuple(overlay.colour(np.array(1.0))) == overlay.COLOURS[-1]


def test_the_track_is_drawn_where_it_runs_and_nowhere_else() -> None:
    seen = overlay.overview(GREY, TONE, track(), Rings()).astype(int)
    assert seen.shape == (900, 1000, 3)
    blue = seen[:, :, 2] - seen[:, :, 0] > 60
    rows, columns = np.nonzero(blue)
    geometry = track().geometry
    radius, angle = geometry.polar(columns.astype(float), rows.astype(float))
    turns = ((angle - 0.3) / (2 * np.pi)) % 1
    off = (0.04 - radius) / 0.002 - turns
    assert np.abs(off - np.round(off)).max() * 0.002 < 0.8 / 9980
    assert blue.sum() > 6 * np.pi * 2 * 210 * 0.7


def test_a_pixel_of_a_large_picture_is_the_mean_of_its_square() -> None:
    grey = np.random.default_rng(1).integers(0, 65536, (41, 50)).astype(np.uint16)
    tone = (np.arange(65536) // 256).astype(np.uint8)
    out, plain = np.empty((8, 10), np.uint8), np.empty((8, 10), np.uint8)
    overlay.mean_squares(grey, tone, 5, out)
    overlay.mean_squares.py_func(grey, tone, 5, plain)
    means = tone[grey[:40]].reshape(8, 5, 10, 5).mean((1, 3))
    assert np.array_equal(out, np.floor(means))
    assert np.array_equal(out, plain)


def test_samples_fall_into_the_pixels_that_geometry_says() -> None:
    given = track(turns=0.5)
    at = given.geometry
    out = [(np.zeros((90, 100), np.float32), np.zeros((90, 100), np.float32)) for _ in range(2)]
    for run, (total, count) in zip((overlay.along, overlay.along.py_func), out, strict=True):
        run(
            given.radius_m, given.confidence, 0.3, 2 * np.pi / PER_TURN, (at.x_px + 0.5) / 10, (at.y_px + 0.5) / 10,
            at.across_per_m / 10, at.down_per_m / 10, total, count,
        )  # fmt: skip
    angle = 0.3 + 2 * np.pi * np.arange(len(given.radius_m)) / PER_TURN
    x, y = at.pixels(given.radius_m, angle)
    there = np.zeros((90, 100))
    np.add.at(there, (((y + 0.5) // 10).astype(int), ((x + 0.5) // 10).astype(int)), 1)
    for total, count in out:
        assert np.array_equal(count, there)
        assert np.array_equal(total, there)


def test_the_worst_places_are_found_in_their_order_and_a_long_gap_is_one() -> None:
    bad = ((100_000, 108_000), (50_000, 50_600), (150_000, 150_300))
    spots = overlay.worst(track(bad=bad), 3)
    assert [abs(spot.sample - (a + b) / 2) < overlay.WINDOW for spot, (a, b) in zip(spots, bad, strict=True)] == [
        True, True, True,
    ]  # fmt: skip
    assert spots[0].confidence == pytest.approx(0.1)
    x, y = track().geometry.pixels(
        np.array([0.04 - 0.002 * spots[0].sample / PER_TURN]), np.array([0.3 + 2 * np.pi * spots[0].sample / PER_TURN])
    )
    assert (spots[0].x_px, spots[0].y_px) == (pytest.approx(x[0]), pytest.approx(y[0]))
    assert overlay.worst(track(turns=0.01)) == ()


def test_what_is_unsure_is_seen_in_a_picture_of_the_whole() -> None:
    seen = overlay.overview(GREY, TONE, track(bad=((100_000, 100_120),)), Rings()).astype(int)
    light = seen.sum(2) > 500
    assert 3 <= light.sum() < 200
    spot = overlay.worst(track(bad=((100_000, 100_120),)), 1)[0]
    rows, columns = np.nonzero(light)
    assert np.hypot(columns.mean() - spot.x_px, rows.mean() - spot.y_px) < 20


@pytest.mark.parametrize("shape", [(900, 1000), (60, 5000), (5000, 60), (30, 30)])
def test_any_shape_of_picture_is_drawn_the_same_each_time_and_no_wider_than_3000(shape: tuple[int, int]) -> None:
    grey = np.zeros(shape, np.uint8)
    made = []
    for _ in range(2):
        held = io.BytesIO()
        given = track(bad=((100_000, 101_000),))
        page = enlarged.drawn(overlay.overview(grey, TONE, given, RINGS), grey, TONE, given, RINGS)
        enlarged.write(held, page)
        made.append(held.getvalue())
    assert made[0] == made[1]
    assert page.width <= 3000


def test_rings_are_dashed_where_they_lie() -> None:
    plain = overlay.overview(GREY, TONE, track(), Rings()).astype(int)
    seen = overlay.overview(GREY, TONE, track(), RINGS).astype(int)
    rows, columns = np.nonzero((seen != plain).any(2))
    assert {tuple(colour) for colour in seen[rows, columns].tolist()} == {overlay.RING}
    about = {}
    for name, ring in (("rim", RINGS.rim), ("hole", RINGS.hole)):
        assert ring is not None
        off = np.hypot((columns - ring.x_px) / 10_000, (rows - ring.y_px) / 9_980) - ring.radius_m
        about[name] = np.abs(off) < 1.8e-4
        # half of the line is there, and a line is two pixels wide
        assert about[name].sum() == pytest.approx(2 * np.pi * ring.radius_m * 9_990 * overlay.RING_PX / 2, rel=0.3)
    assert (about["rim"] ^ about["hole"]).all()
