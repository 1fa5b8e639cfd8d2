"""The maker of test pictures is exact: coverage, position, noise, and what is laid over the groove."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.groove import Groove, Knots, Profile, constant

from .maker import Picture, Scanner, _draw, scan

RATE = 48_000
SWING, TONE = 40e-6, 700.0
PITCH = 0.3e-3
TINY = {"dpi": 1200.0, "film": 0.0, "ink": 255.0}


def lateral_m(turns):
    """The tiny disc's tone, exactly, at any place."""
    return SWING * np.sin(2 * np.pi * TONE / 20 * turns)


def tiny(turns=6.5, vertical=None):
    """A groove 5 mm from its centre, 20 turns a second, 0.3 mm from turn to turn."""
    n = round(turns * RATE / 20)
    place = np.arange(n) * 20 / RATE
    spiral = Knots(np.array([0.0, turns]), np.array([5e-3, 5e-3 - PITCH * turns]), np.full(2, -PITCH))
    return Groove(
        spiral, constant(28e-6), Fraction(1200), RATE, lateral_m(place), Profile(56e-6, 6e-6, math.pi / 2), vertical
    )


def expected(picture, top, left, rows, columns, fine=16):
    """Coverage from fine × fine points in each pixel, each asked whether it lies in the groove."""
    at = (np.arange(fine) + 0.5) / fine - 0.5
    y, x = np.meshgrid(
        (np.arange(rows)[:, None] + top + at).ravel(), (np.arange(columns)[:, None] + left + at).ravel(), indexing="ij"
    )
    r, a = picture.geometry.polar(x, y)
    part = (a - picture.see.turned_rad) / (2 * np.pi)
    turns = np.rint((5e-3 - r) / PITCH - part) + part
    inside = np.abs(r - 5e-3 + PITCH * turns - lateral_m(turns)) < 28e-6
    return inside.reshape(rows, fine, columns, fine).mean(axis=(1, 3))


@pytest.mark.parametrize("angle_deg", [0, 45, 77, 90, 190, 301])
def test_coverage_is_that_of_a_16_times_finer_raster(angle_deg):
    groove = tiny()
    picture = Picture(groove, Scanner(**TINY, blur_px=0, turned_rad=0.7, stretch=0.012))
    x, y = (float(c) for c in picture.geometry.pixels(np.array(4.3e-3), np.radians(angle_deg)))
    box = (round(y) - 25, round(x) - 25, 50, 50)
    made = picture.window(*box) / 255
    true = expected(picture, *box)
    assert 0.1 < true.mean() < 0.3  # there is a groove, and land
    error = made - true
    assert abs(error.mean()) < 2e-4
    assert error.std() < 0.006  # a raster of 16 × 16 is itself wrong by so much along the edges
    assert np.abs(error).max() < 0.05


def test_position_of_a_known_tone_is_true_to_2_thousandths_of_a_pixel():
    """Where walls stand nearly upright, a pixel's coverage is their position: each row's width and middle are exact."""
    groove = tiny()
    picture = Picture(groove, Scanner(**TINY, blur_px=0))
    turns = 2 + np.linspace(-0.02, 0.02, 400_001)
    r = groove.spiral.at(turns) + lateral_m(turns)
    sides = [picture.geometry.pixels(r + half, 2 * np.pi * turns) for half in (28e-6, -28e-6)]
    left, top = round(sides[0][0].mean()) - 8, round(picture.geometry.y_px) - 15
    made = picture.window(top, left, 30, 16) / 255
    fine = 400
    y = top + (np.arange(30 * fine) + 0.5) / fine - 0.5
    outer, inner = (np.interp(y, yy[::-1], xx[::-1])[:, None] for xx, yy in sides)
    edge = left + np.arange(16) - 0.5
    true = np.clip(np.minimum(outer, edge + 1) - np.maximum(inner, edge), 0, 1).reshape(30, fine, 16).mean(axis=1)
    assert np.abs(made - true).max() < 0.002
    assert np.ptp(outer) > 1  # the tone is there


def test_kernel_equals_its_plain_twin():
    rng = np.random.default_rng(1)
    radius = 30 + np.cumsum(rng.normal(0, 0.05, 200))
    weight = rng.random(25).astype(np.float32)
    covers = np.zeros((2, 50, 42), np.float32)
    for draw, cover in zip((_draw, _draw.py_func), covers, strict=True):
        draw(cover, radius, np.array([2.5]), weight, np.arange(24), 8, 0.3, 0.02, (12.3, 40.1, 1.01, 1.0))
    np.testing.assert_allclose(covers[0], covers[1], atol=1e-6)
    assert covers[0].any()


def test_a_window_is_a_part_of_the_whole():
    picture = Picture(tiny(), Scanner(**TINY, noise=0, uneven=0.3))
    whole = picture.window(0, 0, picture.side, picture.side)
    np.testing.assert_allclose(picture.window(100, 333, 60, 40), whole[100:160, 333:373], atol=2e-3)
    np.testing.assert_array_equal(picture.grey(), np.rint(whole).clip(0, 255))


def test_noise_is_as_strong_as_asked_for_and_white():
    quiet, noisy, other = (
        scan(tiny(), dpi=1200, noise=n, bits=16, seed=seed).grey / 257.0 for n, seed in ((0, 0), (5, 0), (5, 1))
    )
    noise = noisy - quiet
    assert noise.std() == pytest.approx(5, rel=0.01)
    assert abs(np.mean(noise[:, 1:] * noise[:, :-1])) < 0.2
    assert abs(np.mean(noise[1:] * noise[:-1])) < 0.2
    assert abs(np.mean(noise * (other - quiet))) < 0.2
    rough = scan(tiny(), dpi=1200).grey
    assert rough.dtype == np.uint8
    assert (rough.astype(float) - quiet).std() == pytest.approx(math.sqrt(25 + 1 / 12), rel=0.01)


def test_the_same_wish_makes_the_same_picture():
    one, two = (scan(tiny(), dpi=600, dust=9, scratches=2, seed=4).grey for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_blur_is_a_gaussian():
    """Of a straight edge, the hole's: it rises as the error function, pixel and blur together."""
    picture = Picture(tiny(), Scanner(1200, film=0, ink=0, lid=200, hole_m=3e-3, blur_px=1.5))
    at = picture.geometry
    row = picture.window(round(at.y_px), 0, 1, picture.side)[0]
    rising = np.abs(np.diff(row))[round(at.x_px) :]
    place = np.arange(len(rising))
    middle = (rising * place).sum() / rising.sum()
    spread = (rising * (place - middle) ** 2).sum() / rising.sum()
    assert 1.5**2 - 0.01 < spread < 1.5**2 + 0.25 + 0.01  # an edge is in one pixel, or anywhere between two


def test_a_mirrored_scan_is_the_picture_swapped():
    plain, swapped = (scan(tiny(), dpi=600, mirrored=m) for m in (False, True))
    # noise is of the picture before it is swapped: the sensor is the same
    np.testing.assert_array_equal(swapped.grey, plain.grey[:, ::-1])
    assert swapped.geometry == plain.geometry


def test_hole_rim_and_label_cover_what_they_should():
    wish = {"dpi": 1200, "noise": 0, "blur_px": 0, "film": 10, "lid": 240, "label": 100, "stretch": 0.01}
    held = scan(tiny(), **wish, rim_m=6e-3, label_m=2.8e-3, hole_m=1e-3, hole_off_m=(0.6e-3, 0.2e-3), turned_rad=0.5)
    at = held.geometry
    per_m2 = at.across_per_m * at.down_per_m
    grey = held.grey.astype(float)
    y, x = np.mgrid[: len(grey), : len(grey)]
    r, _ = at.polar(x, y)
    hole = (grey > 239) & (r < 2.5e-3)
    assert hole.sum() == pytest.approx(math.pi * 1e-6 * per_m2, rel=0.03)
    away, angle = at.polar(x[hole].mean(), y[hole].mean())
    assert away == pytest.approx(math.hypot(0.6e-3, 0.2e-3), rel=1e-2)
    assert angle == pytest.approx(math.atan2(0.2, 0.6) + 0.5, abs=1e-2)
    assert (grey[r > 6.05e-3] == 240).all()
    assert (grey[(r > 5.2e-3) & (r < 5.95e-3)] == 10).all()
    assert (grey[(r < 2.75e-3) & (r > 1.9e-3)] == 100).all()
    assert scan(tiny(), **wish, turned_rad=0.5).start_rad == 0.5


def test_an_x_ray_lies_behind_the_groove():
    ray = np.add.outer(np.linspace(20, 60, 7), np.linspace(0, 30, 5))
    picture = Picture(tiny(), Scanner(600, background=ray))
    made = picture.window(0, 0, picture.side, picture.side)
    assert made[0, 0] == pytest.approx(20, abs=0.1)
    assert made[-1, -1] == pytest.approx(90, abs=0.1)
    assert made[picture.side // 2, picture.side // 2] == pytest.approx(55, abs=0.3)
    assert (made - made.min() > 90).any()


def test_light_fails_where_the_walls_are_unlit_and_at_the_corners():
    plain, dark = (Picture(tiny(), Scanner(1200, unlit_rad=u)) for u in (None, (1.0, 3.0)))
    a, b = (p.window(0, 0, p.side, p.side) - 30 for p in (plain, dark))
    y, x = np.mgrid[: plain.side, : plain.side]
    _, angle = plain.geometry.polar(x, y)
    lost, kept = (angle > 1.2) & (angle < 2.8), (angle < 0.8) | (angle > 3.2)
    assert np.abs(b[lost]).max() < 1e-3
    np.testing.assert_allclose(b[kept], a[kept], atol=2e-3)
    uneven = Picture(tiny(), Scanner(1200, uneven=0.4)).window(0, 0, plain.side, plain.side)
    assert uneven[0, 0] == pytest.approx(30 * 0.6, rel=1e-3)
    assert uneven[plain.side // 2, 0] == pytest.approx(30 * 0.8, rel=1e-2)


def test_hill_and_dale_is_seen_as_width_and_density_as_grey():
    n = len(tiny())
    still = dataclasses.replace(tiny(), lateral_m=np.zeros(n))
    low = dataclasses.replace(still, vertical_m=np.full(n, -10e-6))
    wide = [Picture(g, Scanner(1200, film=0, ink=1)).window(0, 0, 620, 620).sum() for g in (still, low)]
    assert wide[1] / wide[0] == pytest.approx(76 / 56, rel=1e-3)
    half = [
        Picture(still, Scanner(1200, film=0, ink=1, brightness=b)).window(0, 0, 620, 620)
        for b in (None, np.full(n, 0.5))
    ]
    np.testing.assert_allclose(half[1], half[0] / 2, atol=1e-4)
    ramp = Picture(still, Scanner(1200, film=0, ink=1, brightness=np.linspace(0, 1, n))).window(0, 0, 620, 620)
    assert ramp.sum() / half[0].sum() == pytest.approx(0.475, abs=0.02)  # the first turns are the longest


def test_lacquer_shows_two_walls():
    picture = Picture(
        dataclasses.replace(tiny(), lateral_m=np.zeros(len(tiny()))), Scanner(4800, walls=True, blur_px=0.8)
    )
    at = picture.geometry
    row = picture.window(round(at.y_px), round(at.x_px + 3.7e-3 * at.across_per_m), 1, 200)[0]
    peaks = np.flatnonzero((row[1:-1] > row[:-2]) & (row[1:-1] >= row[2:]) & (row[1:-1] > 120))
    assert len(peaks) >= 8
    assert len(peaks) % 2 == 0
    assert np.diff(peaks)[::2].max() < 12


def test_dirt_is_where_it_is_said_to_be():
    groove = tiny()
    wish = {"dpi": 1200, "noise": 0, "blur_px": 0}
    clean, dirty = scan(groove, **wish), scan(groove, dust=40, scratches=3, dirt_seed=3, **wish)
    assert not clean.damaged.any()
    turns = np.arange(len(groove)) * groove.turns_per_sample
    changed = np.zeros(len(groove), bool)
    for off in np.linspace(-27e-6, 27e-6, 7):
        x, y = clean.geometry.pixels(groove.spiral.at(turns) + groove.lateral_m + off, 2 * np.pi * turns)
        at = np.rint(y).astype(int), np.rint(x).astype(int)
        changed |= np.abs(clean.grey[at].astype(float) - dirty.grey[at]) > 20
    assert 0.01 < changed.mean() < 0.2
    assert (changed & ~dirty.damaged).sum() < 0.05 * changed.sum()  # half a pixel to the side of it
    assert dirty.damaged.mean() < 2 * changed.mean()
    assert np.count_nonzero(clean.grey != dirty.grey) > 500
