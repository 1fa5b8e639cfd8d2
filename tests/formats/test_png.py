"""The picture of a disc: pixels covered exactly as much as shapes cover them, and everything where it belongs."""

from __future__ import annotations

import io
import math
import re
import struct
import zlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bonemusic import presets
from bonemusic.coverage import _add_in_row, add_edges
from bonemusic.errors import Cancelled, FormatError
from bonemusic.formats.base import CutDisc
from bonemusic.formats.png import picture, render, tones
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.pictures.film import Laid
from bonemusic.progress import silent

ROWS, COLUMNS = 9, 12
coordinate = st.floats(-4, 16, width=32)


def covered(x, y, rows=ROWS, columns=COLUMNS, top=0):
    cover = np.zeros((rows, columns + 2), np.float32)
    add_edges(cover, top, np.asarray(x), np.asarray(y))
    return np.cumsum(cover, axis=1)[:, :columns]


def clipped(polygon, axis, limit, keep_less):
    """A polygon cut off along a line (Sutherland and Hodgman)."""
    out = []
    for k, b in enumerate(polygon):
        a = polygon[k - 1]
        inside_a, inside_b = ((p[axis] <= limit) == keep_less or p[axis] == limit for p in (a, b))
        if inside_a != inside_b:
            u = (limit - a[axis]) / (b[axis] - a[axis])
            out.append([a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1])])
        if inside_b:
            out.append(b)
    return out


def area(polygon):
    if len(polygon) < 3:
        return 0.0
    x, y = np.array(polygon).T
    return 0.5 * float(np.sum(np.roll(x, 1) * y - x * np.roll(y, 1)))


def plainly(x, y, rows=ROWS, columns=COLUMNS):
    """The signed area of a closed polygon within each pixel, by cutting the polygon to the pixel."""
    out = np.zeros((rows, columns))
    polygon = [list(p) for p in zip(x[:-1], y[:-1], strict=True)]
    for row in range(rows):
        strip = clipped(clipped(polygon, 1, row, False), 1, row + 1, True)
        for column in range(columns):
            out[row, column] = area(clipped(clipped(strip, 0, column, False), 0, column + 1, True))
    return out


def closed(points):
    x, y = np.array([*points, points[0]], float).T
    return x, y


# Coverage


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=6))
def test_each_pixel_holds_the_area_of_the_shape_within_it(points):
    """Any polygon, also one that crosses itself or lies partly or wholly outside."""
    x, y = closed(points)
    np.testing.assert_allclose(-covered(x, y), plainly(x, y), atol=2e-5)


@pytest.mark.parametrize("seed", range(4))
def test_coverage_is_what_many_points_within_each_pixel_say(seed):
    """Brute force: 64 × 64 points to a pixel, in or out by counting the edges to their left."""
    x, y = closed(np.random.default_rng(seed).uniform(-2, 12, (3, 2)))
    fine = 64
    px, py = np.meshgrid((np.arange(COLUMNS * fine) + 0.5) / fine, (np.arange(ROWS * fine) + 0.5) / fine)
    inside = np.zeros(px.shape, bool)
    for (x0, y0), (x1, y1) in zip(zip(x, y, strict=True), list(zip(x, y, strict=True))[1:], strict=False):
        crosses = (y0 > py) != (y1 > py)
        inside ^= crosses & (px > x0 + (py - y0) / (y1 - y0) * (x1 - x0))
    known = inside.reshape(ROWS, fine, COLUMNS, fine).mean(axis=(1, 3))
    np.testing.assert_allclose(np.abs(covered(x, y)), known, atol=3e-3)


def test_rectangle_by_hand():
    got = np.abs(covered(*closed([(1.25, 2.5), (3.5, 2.5), (3.5, 4.0), (1.25, 4.0)])))
    known = np.zeros((ROWS, COLUMNS))
    known[2, 1:4] = [0.375, 0.5, 0.25]
    known[3, 1:4] = [0.75, 1, 0.5]
    np.testing.assert_allclose(got, known, atol=1e-7)


def test_triangle_by_hand():
    """A right angle with legs of two pixels: its long side halves the pixels on the diagonal."""
    got = np.abs(covered(*closed([(3, 3), (5, 3), (3, 5)])))
    assert got[3:5, 3:5] == pytest.approx(np.array([[1, 0.5], [0.5, 0]]), abs=1e-7)
    assert got.sum() == pytest.approx(2, abs=1e-6)


@pytest.mark.parametrize("radius", [0.3, 2.0, 37.7, 99.99])
def test_circle_has_its_area(radius):
    turn = np.linspace(0, 2 * np.pi, 4097)
    size = 203
    got = np.abs(covered(101.3 + radius * np.cos(turn), 100.9 + radius * np.sin(turn), size, size))
    assert got.sum() == pytest.approx(math.pi * radius**2, rel=1e-4, abs=1e-4)
    assert got.max() == pytest.approx(min(1, got.max()), abs=1e-5)
    if radius > 3:
        assert got[100, 101] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("width", [0.01, 0.1, 0.7])
@pytest.mark.parametrize("slope", [0.0, 0.013, -0.4, 1.0, 30.0])
def test_thin_slanted_band_is_as_thick_as_it_is(width, slope):
    along = np.array([1.0, slope]) / math.hypot(1, slope) * 4
    across = np.array([-along[1], along[0]]) / 4 * width
    middle = np.array([6.07, 4.41])
    corners = [middle - along, middle + along, middle + along + across, middle - along + across]
    got = np.abs(covered(*closed(corners)))
    inside = [p for p in corners if 0 <= p[0] <= COLUMNS and 0 <= p[1] <= ROWS]
    if len(inside) == 4:
        assert got.sum() == pytest.approx(8 * width, rel=1e-4)
    assert got.max() <= min(1, width * math.hypot(1, min(abs(slope), 1))) + 1e-5


def test_what_lies_to_the_left_fills_the_row_and_to_the_right_nothing():
    assert np.abs(covered(*closed([(-9, 1), (30, 1), (30, 2), (-9, 2)])))[1] == pytest.approx(1, abs=1e-6)
    assert covered(*closed([(13, 1), (30, 1), (30, 8), (13, 8)])).any() == np.False_
    assert covered(*closed([(1, -5), (9, -5), (9, 0), (1, 0)])).any() == np.False_
    assert covered(*closed([(1, 9), (9, 9), (9, 12), (1, 12)])).any() == np.False_


def test_opposite_ways_round_leave_a_hole():
    ring = covered(*closed([(1, 1), (8, 1), (8, 8), (1, 8)])) + covered(*closed([(3, 3), (3, 6), (6, 6), (6, 3)]))
    assert np.abs(ring).sum() == pytest.approx(49 - 9, abs=1e-5)
    assert np.abs(ring)[4, 4] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("top", [0, 3, 8])
def test_rows_of_a_band_are_those_of_the_whole(top):
    x, y = closed(np.random.default_rng(9).uniform(-1, 14, (5, 2)))
    whole = covered(x, y, 20)
    np.testing.assert_allclose(covered(x, y, 5, top=top), whole[top : top + 5], atol=1e-6)


def test_kernels_equal_their_plain_twins():
    x, y = np.random.default_rng(3).uniform(-3, 14, (2, 40))
    got = np.zeros((2, ROWS, COLUMNS + 2))  # in float32 the two round their sums differently
    add_edges(got[0], 1, x, y)
    add_edges.py_func(got[1], 1, x, y)
    np.testing.assert_array_equal(got[0], got[1])
    lines = np.zeros((2, COLUMNS + 2))
    for x0, x1, height in [(1.2, 7.9, 0.5), (7.9, 1.2, -1.0), (-3, 20, 1.0), (4, 4, 0.3), (-2, -1, 1.0), (13, 15, 1.0)]:
        _add_in_row(lines[0], COLUMNS, x0, x1, height)
        _add_in_row.py_func(lines[1], COLUMNS, x0, x1, height)
    np.testing.assert_array_equal(lines[0], lines[1])


# The disc


def cut_disc(
    name="7in-45", dpi=200, film=None, lateral=0.0, radius=0.06, width=1e-3, view="light-box", layers=(),
    machine="ideal",
):  # fmt: skip
    """One turn of a very wide groove, so that it can be seen."""
    rate = 6000
    samples = round(rate / 0.75)
    modulation = lateral * np.sin(np.arange(samples) / samples * 2 * np.pi * 5)
    depth = constant(width / 2)
    spiral = Knots(np.zeros(1), np.array([radius]), np.zeros(1))
    groove = Groove(spiral, depth, Fraction(45), rate, modulation, Profile(width, 6e-6, math.pi / 2))
    dots = dpi / 25.4e-3
    return CutDisc(groove, presets.disc(name), presets.machine(machine), dots, film, layers=layers, view=view)


def picture_of(cut):
    out = io.BytesIO()
    corners = render.write(out, cut, silent)
    image = Image.open(io.BytesIO(out.getvalue()))
    image.load()
    assert corners > 100
    return np.asarray(image), image, out.getvalue()


def light_of(cut):
    """The luminance that each pixel shows, the table's being 1."""
    seen, _, _ = picture_of(cut)
    return (seen / 255.0) ** tones.GAMMA


def parts(cut):
    """How much of each pixel of a bare sheet is groove and hole, where nothing glints and no edge shows."""
    film = light(tones.BARE)
    return (light_of(cut) - film) / (1 - film)


def light(grey):
    """How much light a film lets through, by the formula."""
    dark, clear = (1 - grey / 255) ** 1.8, (grey / 255) ** 1.8 * (1 - 0.41) / 0.41
    return 10 ** -(0.2 + 2.1 * dark / (dark + clear))


@pytest.fixture
def still(monkeypatch):
    """No glint, no edge: areas can be summed."""
    monkeypatch.setattr(tones, "GLINT", 0.0)
    monkeypatch.setattr(tones, "RIM", 1.0)


def polar(size, dots_per_m):
    x = np.arange(size) + 0.5 - size / 2
    return np.hypot(x, x[:, None]) / dots_per_m, np.arctan2(-x[:, None], x)


GROOVE = (tones.light_box().groove[tones.BARE * tones.FINE] - light(tones.BARE)) / (1 - light(tones.BARE))
"""What `parts` shows of a groove."""


@pytest.mark.usefixtures("still")
def test_hole_rim_and_groove_are_where_they_should_be():
    cut = cut_disc()
    light = parts(cut)
    size = len(light)
    pixel = 1 / cut.dots_per_m
    assert size == round(0.175 * cut.dots_per_m) + 2
    radius, angle = polar(size, cut.dots_per_m)
    ends = np.abs(angle) < 0.01  # the groove's one turn ends a sample short of its beginning
    np.testing.assert_allclose(light[radius < 0.0191 - pixel], 1, atol=0.01)
    np.testing.assert_allclose(light[radius > 0.0875 + pixel], 1, atol=0.01)
    np.testing.assert_allclose(light[(np.abs(radius - 0.06) < 0.5e-3 - pixel) & ~ends], GROOVE, atol=0.01)
    bare = (radius > 0.0191 + pixel) & (radius < 0.0875 - pixel) & (np.abs(radius - 0.06) > 0.5e-3 + pixel)
    np.testing.assert_allclose(light[bare], 0, atol=0.01)
    # areas, by summing what each pixel shows
    inner, faint = radius < 0.05, np.median(light[bare])  # what rounding to 256 colours leaves everywhere
    light = (light - faint) / (1 - faint)
    assert light[inner].sum() * pixel**2 == pytest.approx(math.pi * 0.0191**2, rel=2e-3)
    ring = (radius > 0.05) & (radius < 0.07)
    assert light[ring].sum() * pixel**2 / GROOVE == pytest.approx(2 * math.pi * 0.06 * 1e-3, rel=6e-3)


@pytest.mark.usefixtures("still")
def test_modulation_shows_where_it_is():
    """Five swings to the turn, the first of them outwards, counter-clockwise from the right."""
    light = parts(cut_disc(lateral=4e-3))
    radius, angle = polar(len(light), 200 / 25.4e-3)
    for at in np.radians([18, 54, 90, 126, 162, 198, 270, 342]):
        swing = 4e-3 * math.sin(5 * at)
        near = (np.abs(np.angle(np.exp(1j * (angle - at)))) < 0.01) & (radius > 0.052) & (radius < 0.068)
        weight = np.where(light[near] > 0.02, light[near], 0)
        middle = float(np.sum(radius[near] * weight) / np.sum(weight))
        assert middle == pytest.approx(0.06 + swing, abs=1.5e-4)


def test_a_square_card_is_square():
    light = parts(cut_disc("card-5in-78", radius=0.05))
    size = len(light)
    edge = round(0.127 / 2 * 200 / 25.4e-3)
    middle = size // 2
    assert light[middle - edge + 3, middle - edge + 3] == pytest.approx(0, abs=0.02)
    assert light[0, 0] == pytest.approx(1, abs=0.02)


def test_film_lies_under_the_groove_the_right_way_up():
    film = np.zeros((400, 400), np.uint8)
    film[:200, :200] = 255  # bright at the upper left
    seen = light_of(cut_disc(film=Laid(film, 400 / 0.18)))
    size = len(seen)
    quarter = round(size * 0.35)
    assert seen[quarter, quarter] == pytest.approx(light(255), abs=0.01)
    for row, column in ((quarter, size - quarter), (size - quarter, quarter), (size - quarter, size - quarter)):
        assert seen[row, column] == pytest.approx(light(0), abs=0.002)


def test_file_says_its_resolution_and_nothing_else():
    cut = cut_disc(dpi=150)
    _, image, data = picture_of(cut)
    assert image.format == "PNG"
    assert image.info["dpi"] == pytest.approx((150, 150), abs=0.02)
    at, names = 8, []
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        assert zlib.crc32(data[at + 4 : at + 8 + size]) == int.from_bytes(data[at + 8 + size : at + 12 + size], "big")
        names.append(name)
        at += size + 12
    assert list(dict.fromkeys(names)) == [b"IHDR", b"pHYs", b"PLTE", b"IDAT", b"IEND"]


@pytest.mark.parametrize("view", ["light-box", "plain", "machine"])
def test_bands_and_threads_do_not_show(monkeypatch, view):
    cut = cut_disc(dpi=150, view=view)
    seen, _, data = picture_of(cut)
    monkeypatch.setattr(picture, "THREADS", 1)
    assert picture_of(cut)[2] == data
    monkeypatch.setattr(picture, "BAND_PIXELS", 1 << 30)
    np.testing.assert_array_equal(picture_of(cut)[0], seen)
    monkeypatch.setattr(picture, "BAND_PIXELS", 1)
    np.testing.assert_array_equal(picture_of(cut)[0], seen)


def test_too_many_dots_are_refused_with_a_number_that_is_not(monkeypatch):
    monkeypatch.setattr(picture, "MAX_PIXELS", 250_000)
    for name in presets.names("discs"):
        with pytest.raises(FormatError, match="pixels large is too large") as caught:
            render.write(io.BytesIO(), cut_disc(name, dpi=600, radius=0.05), silent)
        most = int(re.search(r"--dpi ([0-9]+) or less", str(caught.value))[1])
        render.write(io.BytesIO(), cut_disc(name, dpi=most, radius=0.05), silent)
        with pytest.raises(FormatError):
            render.write(io.BytesIO(), cut_disc(name, dpi=most + 2, radius=0.05), silent)


def test_an_absurd_resolution_is_refused_at_once():
    with pytest.raises(FormatError, match="give --dpi"):
        render.write(io.BytesIO(), cut_disc(dpi=1e9), silent)


def test_work_is_told_of_and_can_be_stopped():
    def stop(step, done):
        raise Cancelled

    with pytest.raises(Cancelled):
        render.write(io.BytesIO(), cut_disc(dpi=50), stop)
