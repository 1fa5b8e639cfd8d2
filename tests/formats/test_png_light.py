"""The light box: what shines, where the film lies, what the cut layers leave, and each view."""

from __future__ import annotations

import dataclasses
import io
import math
import zlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bonemusic import presets
from bonemusic.coverage import add_edges
from bonemusic.formats.base import CutDisc
from bonemusic.formats.png import contact, light, packing, picture, render, shapes, soften, tones, under, walls
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.pictures.film import Laid
from bonemusic.progress import silent

IDEAL, LASER = presets.machine("ideal"), presets.machine("laser-1200")
DISC = presets.disc("7in-45")
SQUARE = np.array([[-0.05, -0.04], [0.07, -0.04], [0.07, 0.06], [-0.05, 0.06], [-0.05, -0.04]])


def groove_of(radius=0.06, width=1e-3, turns=1.0, pitch=0.0, lateral=0.0, vertical=None, rate=6000):
    count = round(rate / 0.75 * turns)
    swing = lateral * np.sin(np.arange(count) * 0.01)
    spiral = Knots(np.array([0.0, turns]), np.array([radius, radius - pitch * turns]), np.full(2, -pitch))
    profile = Profile(width, 6e-6, math.pi / 2)
    lifted = None if vertical is None else vertical * np.cos(np.arange(count) * 0.02)
    return Groove(spiral, constant(width / 2), Fraction(45), rate, swing, profile, lifted)


def cut_disc(dpi=100, **given_):
    rest = {"film": None, "view": "light-box", "layers": (), "machine": IDEAL, "groove": None, **given_}
    groove = rest.pop("groove") or groove_of()
    return CutDisc(groove, DISC, rest.pop("machine"), dpi / 25.4e-3, **rest)


def seen(cut):
    """Indices of the palette, the palette, and where pixels' middles lie in metres."""
    out = io.BytesIO()
    render.write(out, cut, silent)
    image = Image.open(out)
    pixels, palette = np.asarray(image), np.array(image.getpalette()).reshape(-1, 3)
    frame = picture.picture(cut).frame
    assert pixels.shape == (frame.height, frame.width)
    x = frame.left_m + (np.arange(frame.width) + 0.5) / frame.dots_per_m
    y = frame.top_m - (np.arange(frame.height) + 0.5) / frame.dots_per_m
    return pixels, palette, x, y


def at(cut, *places):
    """Colours at places of the disc, metres."""
    pixels, palette, x, y = seen(cut)
    return [palette[pixels[np.abs(y - b).argmin(), np.abs(x - a).argmin()]] for a, b in places]


def even(grey, size=400, across_m=0.2):
    return Laid(np.full((size, size), grey, np.uint8), size / across_m)


# Tones


def test_film_gets_brighter_with_its_grey_value_and_passes_what_its_density_says():
    look = tones.light_box()
    assert (np.diff(look.film) >= 0).all()
    assert look.film[0] == pytest.approx(10**-2.3)
    assert look.film[-1] == pytest.approx(10**-0.2)
    assert look.index[0] == 0
    assert look.index[-1] == 255
    assert (np.diff(look.palette.astype(int), axis=0).sum(axis=1) >= 0).all()


def test_a_groove_is_brighter_than_any_film():
    off = tones.GLINT_TOWARDS_RAD + math.pi / 2  # where nothing glints
    on, beside = [(r * math.cos(off), r * math.sin(off)) for r in (0.06, 0.065)]
    for grey in (0, 128, 200, 255):
        line, film = at(cut_disc(film=even(grey)), on, beside)
        assert line.sum() > film.sum() + 60


def test_two_opposed_beams_glint():
    turn = np.radians(np.arange(5, 360, 10))
    places = [(0.06 * math.cos(a), 0.06 * math.sin(a)) for a in turn]
    bright = np.array([colour.sum() for colour in at(cut_disc(film=even(0)), *places)])
    middle = math.degrees(tones.GLINT_TOWARDS_RAD)
    beam = np.abs((np.degrees(turn) - middle + 90) % 180 - 90)  # from the nearer beam's middle
    assert bright[beam < 15].min() > bright[beam > 45].max() + 60
    assert np.ptp(bright[beam > 70]) < 30
    np.testing.assert_allclose(bright[:18], bright[18:], atol=8)


@pytest.mark.parametrize("text", ["", "#12", "#zzzzzz", "red", "#1234567", "12345678"])
def test_a_colour_that_is_none_is_black(text):
    assert tones.rgb(text) == (0, 0, 0)
    assert tones.rgb("#0a80ff") == (10, 128, 255)


# The film under the disc


@pytest.mark.parametrize(
    ("x_m", "y_m", "angle"), [(0, 0, 0), (0.01, -0.02, 0), (0, 0, 90), (-0.013, 0.007, 33), (-0.02, -0.01, -140)]
)
@pytest.mark.parametrize("film_dpi", [50, 100, 270])
def test_a_spot_of_the_film_lands_where_it_should(x_m, y_m, angle, film_dpi):
    """A spot at a known place of the film, by the definition: a disc's point, turned clockwise and moved."""
    dots = film_dpi / 25.4e-3
    rows, columns = round(0.22 * dots), round(0.26 * dots)
    spot_m = np.array([0.031, 0.024])
    px = (np.arange(columns) + 0.5 - columns / 2) / dots
    py = (rows / 2 - np.arange(rows) - 0.5) / dots
    film = 250 * np.exp(-((px - spot_m[0]) ** 2 + (py[:, None] - spot_m[1]) ** 2) / (2 * 0.002**2))
    turn = math.radians(angle)
    cut = cut_disc(film=Laid(film.astype(np.uint8), dots, x_m, y_m, turn), groove=groove_of(radius=0.084))
    pixels, _, x, y = seen(cut)
    moved = spot_m - (x_m, y_m)
    known = [
        moved[0] * math.cos(turn) - moved[1] * math.sin(turn),
        moved[0] * math.sin(turn) + moved[1] * math.cos(turn),
    ]
    near = np.hypot(x - known[0], (y - known[1])[:, None]) < 0.006
    weight = np.where(near, np.maximum(pixels.astype(float) - pixels[near].min(), 0), 0) ** 2
    found = [(weight * x).sum() / weight.sum(), (weight * y[:, None]).sum() / weight.sum()]
    assert np.hypot(found[0] - known[0], found[1] - known[1]) < 0.5 / cut.dots_per_m


def test_a_gradient_stays_one():
    grey = np.repeat(np.linspace(40, 200, 161).astype(np.uint8)[None], 161, 0)
    frame = shapes.Frame(-0.05, 0.05, 10_000, 1000, 1000)
    out = under.under(Laid(grey, 161 / 0.16), frame)
    a, b, c, d, e, f = out.across
    for x, y in ((0.5, 0.5), (400, 100), (999, 999)):
        u, v = a * x + b * y + c, d * x + e * y + f
        known = 40 + (x / 10_000 - 0.05) * 1000 * 161 / 161 + 80
        assert out.grey[round(v), int(u)] + (u - int(u)) * 0 == pytest.approx(known, abs=1.5)


def test_a_coarse_film_shows_no_squares():
    """Sixteen pixels of the picture to one of the film: no two neighbours differ by more than a smooth curve does."""
    grey = (np.random.default_rng(2).random((90, 90)) < 0.5).astype(np.uint8) * 255
    dpi = 200
    cut = cut_disc(dpi, film=Laid(grey, dpi / 25.4e-3 / 16), groove=groove_of(radius=0.084))
    pixels, _, x, y = seen(cut)
    middle = pixels[np.abs(y) < 0.03][:, np.abs(x + 0.05) < 0.02].astype(int)
    assert np.ptp(middle) > 150
    assert np.abs(np.diff(middle, axis=0)).max() < 60
    assert np.abs(np.diff(middle, axis=1)).max() < 60


def test_where_the_film_ends_the_table_shows():
    across_m = 0.1
    cut = cut_disc(film=even(0, 200, across_m), groove=groove_of(radius=0.08))
    pixels, _, x, y = seen(cut)
    away = (np.abs(x)[None] > across_m / 2 + 3e-4) | (np.abs(y)[:, None] > across_m / 2 + 3e-4)
    assert (pixels[away] == 255).all()
    inside = ~away & (np.hypot(x, y[:, None]) > 0.021)
    assert pixels[inside].mean() < 60
    assert (seen(cut_disc(film=Laid(np.zeros((20, 20), np.uint8), 1e3, 5.0, 0.0)))[0] == 255).all()


@pytest.mark.parametrize("dots_per_m", [1e-3, 1.0, 1e3, 1e7])
def test_films_of_any_scale_are_laid(dots_per_m):
    for size in (1, 2, 5):
        cut = cut_disc(40, film=Laid(np.full((size, size), 128, np.uint8), dots_per_m, 1e-4, 0, 0.3))
        assert seen(cut)[0].max() == 255


def test_a_fine_film_is_averaged_and_not_picked_from():
    """A chequerboard far finer than the picture is an even grey."""
    fine = (np.indices((2000, 2000)).sum(0) % 2 * 255).astype(np.uint8)
    pixels, _, x, y = seen(cut_disc(50, film=Laid(fine, 2000 / 0.2), groove=groove_of(radius=0.084)))
    part = pixels[np.abs(y - 0.05) < 0.01][:, np.abs(x) < 0.01]
    assert np.ptp(part.astype(int)) <= 8


# What is cut out


def cut_layers(*circles, lines=(), more=()):
    return (*more, Layer("cut", "#ff0000", tuple(lines), tuple(circles)))


def test_outline_and_holes_are_those_of_the_cut_layer():
    cut = cut_disc(film=even(0), layers=cut_layers(Circle(0.02, 0.01, 0.01), lines=(SQUARE,)), groove=groove_of(0.03))
    pixels, palette, x, y = seen(cut)
    dots = cut.dots_per_m
    assert pixels.shape == (round(0.10 * dots) + 2, round(0.12 * dots) + 2)
    assert x[0] == pytest.approx(-0.05, abs=1.01 / dots)
    assert y[0] == pytest.approx(0.06, abs=1.01 / dots)
    hole, film, old_hole = at(cut, (0.02, 0.01), (0.06, 0.05), (-0.01, -0.02))
    assert tuple(hole) == tuple(palette[255])
    assert film.sum() < 120
    assert old_hole.sum() < 120
    table = (pixels[2:-2, 2:-2] == 255).sum() / dots**2
    assert table == pytest.approx(math.pi * 0.01**2, rel=0.06)


@pytest.mark.parametrize("order", [1, -1])
def test_the_largest_closed_line_is_the_outline_whichever_way_it_runs(order):
    holes = (Circle(0, 0, 0.004), Circle(0.03, 0, 0.002))
    shape = shapes.body(DISC, cut_layers(*holes, lines=(SQUARE[::order], np.array([[0.0, 0], [1, 1]]))))
    np.testing.assert_allclose(shape.outline, SQUARE[::order])
    assert len(shape.holes) == 2
    cover = np.zeros((60, 62), np.float32)
    frame = shapes.Frame(-0.06, 0.07, 400, 60, 60)
    shapes.Areas.of(shapes.solid(shape), frame).add(cover, 0)
    area = cover.cumsum(axis=1)[:, :60].sum() / 400**2
    assert area == pytest.approx(0.12 * 0.10 - math.pi * (0.004**2 + 0.002**2), rel=1e-3)


@pytest.mark.parametrize("name", presets.names("discs"))
def test_without_layers_the_disc_says_what_it_is(name):
    disc = presets.disc(name)
    shape = shapes.body(disc, ())
    assert np.ptp(shape.outline[:, 0]) == pytest.approx(disc.diameter_m, rel=1e-6)
    assert np.ptp(shape.holes[0][:, 1]) == pytest.approx(disc.hole_diameter_m, rel=1e-5)


def area_of(polygons, size=64, scale=4.0):
    cover = np.zeros((size, size + 2))
    frame = shapes.Frame(-size / 2 / scale, size / 2 / scale, scale, size, size)
    shapes.Areas.of(polygons, frame).add(cover, 0)
    filled = cover.cumsum(axis=1)[:, :size]
    assert filled.min() > -1e-6
    return np.clip(filled, 0, 1).sum() / scale**2


def test_lines_leave_areas_as_wide_as_they_are():
    assert area_of(shapes.stroke(np.array([[-3.0, 1], [2, 1]]), 0.5)) == pytest.approx(5.5 * 0.5, rel=1e-6)
    assert area_of(shapes.stroke(np.array([[1.0, 1]]), 0.5)) == pytest.approx(0.25, rel=1e-6)
    corner = np.array([[-3.0, 0], [2, 0], [2, 3]])
    assert area_of(shapes.stroke(corner, 0.5)) == pytest.approx(5.5 * 0.5 + 3 * 0.5, rel=1e-6)
    square = np.array([[-3.0, -3], [3, -3], [3, 3], [-3, 3], [-3, -3]])
    for line in (square, square[::-1]):
        assert area_of(shapes.stroke(line, 1.0)) == pytest.approx(49 - 25, rel=1e-6)
    ring = shapes.drawn(Layer("x", "#000000", (), (Circle(0, 0, 4.0),)), 0.5)
    assert area_of(ring) == pytest.approx(math.pi * (4.25**2 - 3.75**2), rel=1e-4)
    cross = [*shapes.stroke(np.array([[-2.0, 0], [2, 0]]), 1.0), *shapes.stroke(np.array([[0.0, 2], [0, -2]]), 1.0)]
    assert area_of(cross) == pytest.approx(9.0, rel=1e-6)
    assert shapes.stroke(np.zeros((0, 2)), 1.0) == []


def test_doubled_points_and_hairpins_make_no_spikes():
    line = np.array([[-3.0, 0], [-3, 0], [2, 0], [2, 0], [-3, 0.001]])
    points = np.concatenate(shapes.stroke(line, 0.5))
    assert np.isfinite(points).all()
    assert np.abs(points).max() < 3 + 0.25 * shapes.SHARPEST + 0.01


@pytest.mark.parametrize("view", ["light-box", "plain"])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_labels_are_brighter_than_any_film_all_around_the_hole(view, grey):
    lines = tuple(
        0.04 * np.array([[math.cos(a), math.sin(a)], [math.cos(a + 0.7), math.sin(a + 0.7)]]) for a in range(6)
    )
    label = Layer("label", "#0000ff", lines)
    cut = cut_disc(film=even(grey), view=view, layers=(label, *cut_layers(Circle(0, 0, 0.004), Circle(0, 0, 0.0875))))
    places = [place for line in lines for place in (line.mean(axis=0), line.mean(axis=0) * 0.9)]
    colours = np.array([colour.sum() for colour in at(cut, *places)])
    assert (colours[::2] - colours[1::2]).min() > 100
    assert np.ptp(colours[::2]) < 5


# Views


def test_plain_is_white_paper_and_lines_of_even_contrast():
    grey = np.repeat(np.array([20, 90, 160, 245], np.uint8), 50)[None].repeat(200, 0)
    cut = cut_disc(view="plain", film=Laid(grey, 200 / 0.2), groove=groove_of(radius=0.06, width=2e-3))
    pixels, palette, x, y = seen(cut)
    assert tuple(palette[pixels[0, 0]]) == (255, 255, 255)
    assert (palette[:, 0] == palette[:, 1]).all()
    for a, brighter in ((-0.058, True), (-0.035, True), (0.035, True), (0.058, False)):
        b = math.sqrt(0.06**2 - a**2)
        row, column = np.abs(y - b).argmin(), np.abs(x - a).argmin()
        line = int(pixels[row, column])
        film = int(pixels[np.abs(y - b + 0.006 * b / 0.06).argmin(), np.abs(x - a + 0.006 * a / 0.06).argmin()])
        assert (line > film) == brighter
        assert abs(line - film) == pytest.approx(255 * tones.PAPER_STEP, abs=14)


def test_grain_does_not_turn_lines_on_paper():
    """Noise around the grey at which lines change sides: along some millimetres they are all of one side."""
    change = round(np.argmax(tones.light_box().film > tones.GROOVE) / tones.FINE)
    noise = np.random.default_rng(1).integers(-40, 40, (600, 600))
    film = np.clip(change - 12 + noise, 0, 255).astype(np.uint8)
    film[:, :300] = np.clip(film[:, :300].astype(int) - 60, 0, 255)
    cut = cut_disc(view="plain", film=Laid(film, 600 / 0.2), groove=groove_of(radius=0.06, width=2e-3))
    pixels, _, x, y = seen(cut)
    radius = np.hypot(x, y[:, None])
    left = (np.abs(radius - 0.06) < 5e-4) & (x < -0.01)[None]
    assert pixels[left].min() > 255 * (tones.PAPER_INK + tones.PAPER_STEP)


def test_machine_view_is_what_the_machine_draws_in_its_colours():
    label = Layer("label", "#00ff00", (np.array([[-0.03, 0.04], [0.03, 0.04]]),))
    mark = Layer("mark", "#808000", (np.array([[-0.03, -0.04], [0.03, -0.04]]),))
    layers = (label, Layer("cut", "#ff0000", (), (Circle(0, 0, 0.004), Circle(0, 0, 0.0875))))
    wide = dataclasses.replace(LASER, kerf_m=1e-3, groove_colour="#0000ff")
    cut = cut_disc(200, view="machine", machine=wide, layers=layers, before=(mark,), film=even(0))
    pixels, palette, x, y = seen(cut)
    places = [(0.0, 0.04), (0.0, -0.04), (0.06, -1e-3), (0.004, 0), (0.0875, 0), (0.03, 0.0), (-0.0874, 0.0874)]
    known = [(0, 255, 0), (128, 128, 0), (0, 0, 255), (255, 0, 0), (255, 0, 0), (255, 255, 255), (255, 255, 255)]
    assert [tuple(int(c) for c in colour) for colour in at(cut, *places)] == known
    ink = (255 - palette[pixels][..., 0].astype(float)) / 255  # red is missing from the groove and the label
    ring = np.abs(np.hypot(x, y[:, None]) - 0.06) < 3e-3
    assert ink[ring].sum() / cut.dots_per_m**2 == pytest.approx(2 * math.pi * 0.06 * 1e-3, rel=2e-3)


def test_machine_view_without_layers_cuts_the_disc():
    pixels, palette, x, y = seen(cut_disc(150, view="machine"))
    rim = np.abs(np.hypot(x, y[:, None]) - 0.0875) < 2e-4
    assert (palette[pixels[rim]] == (255, 0, 0)).all(axis=1).mean() > 0.9
    assert tuple(palette[0]) == (255, 255, 255)


# The groove's walls


def all_walls(groove, frame):
    """Both walls of a groove as one polygon, the whole of it."""
    turns = np.arange(len(groove)) * groove.turns_per_sample
    middle, half = groove.spiral.at(turns) + groove.lateral_m, groove.depth.at(turns).astype(float)
    if groove.vertical_m is not None:
        half = half - groove.vertical_m
    angle = 2 * np.pi * turns
    sides = [np.stack(((middle + s * half) * np.cos(angle), (middle + s * half) * np.sin(angle)), 1) for s in (1, -1)]
    points = np.vstack((sides[0], sides[1][::-1], sides[0][:1]))
    return frame.x(points[:, 0]), frame.y(points[:, 1])


@pytest.mark.parametrize("vertical", [None, 2e-4])
@pytest.mark.parametrize("turns", [0.3, 1.0, 2.7])
def test_walls_in_bands_are_the_groove_as_one_polygon(turns, vertical):
    groove = groove_of(0.05, 1e-3, turns, 3e-3, 5e-4, vertical, rate=1000)
    frame = shapes.Frame(-0.06, 0.06, 1500, 180, 180)
    known = np.zeros((180, 182))
    add_edges(known, 0, *all_walls(groove, frame))
    laid = walls.Walls.of(groove, frame)
    assert laid.every == 1
    assert len(laid) == 2 * len(groove)
    got = np.zeros((180, 182))
    for top in range(0, 180, 7):
        laid.add(got[top : top + 7], top)
    np.testing.assert_allclose(got.cumsum(1), known.cumsum(1), atol=2e-3)
    assert known.sum(axis=1) == pytest.approx(np.zeros(180), abs=1e-9)


def test_few_corners_do_for_small_pictures():
    groove = groove_of(0.05, 1e-3, 2.7, 3e-3, rate=96_000)
    frame = shapes.Frame(-0.06, 0.06, 1500, 180, 180)
    laid = walls.Walls.of(groove, frame)
    assert laid.every > 20
    known, got = np.zeros((2, 180, 182))
    add_edges(known, 0, *all_walls(groove, frame))
    laid.add(got, 0)
    np.testing.assert_allclose(got.cumsum(1), known.cumsum(1), atol=6e-3)


def rings(laid, size):
    """What a groove's picture holds of rings far broader than its turns are apart."""
    cover = np.zeros((size, size + 2), np.float32)
    laid.add(cover, 0)
    seen = cover.cumsum(axis=1)[:, :size]
    radius = np.hypot(*(np.indices((size, size)) + 0.5 - size / 2)) / size
    part = seen[size // 2 - 20 : size // 2 + 20]
    inside = (np.abs(radius - 0.32) < 0.1)[size // 2 - 20 : size // 2 + 20]
    broad = part.mean(axis=0)[inside.all(axis=0)]
    smooth = np.convolve(broad, np.ones(3) / 3, "valid")
    return np.ptp(smooth), seen


def test_turns_closer_than_pixels_make_no_broad_rings():
    """1.13 pixels apart: exact coverage makes false rings some 9 pixels wide, softened coverage hardly any."""
    size, dots = 300, 3000.0
    frame = shapes.Frame(-size / 2 / dots, size / 2 / dots, dots, size, size)
    groove = groove_of(0.045, 8e-5, 80, 1.13 / dots, rate=500)
    laid = soften.groove_in(groove, frame)
    assert isinstance(laid, soften.Softened)
    plain, exact = rings(walls.Walls.of(groove, frame), size)
    soft, softened = rings(laid, size)
    assert soft < 0.3 * plain
    assert softened.sum() == pytest.approx(exact.sum(), rel=2e-3)
    banded = np.zeros((size, size + 2), np.float32)
    for top in range(0, size, 37):
        laid.add(banded[top : top + 37], top)
    np.testing.assert_allclose(banded.cumsum(axis=1)[:, :size], softened, atol=1e-4)
    assert isinstance(soften.groove_in(groove_of(turns=2.5, pitch=4 / dots), frame), walls.Walls)


# Twins


def plain_add_edges(cover, top, x, y):
    add_edges.py_func(cover, top, x, y)


def test_kernels_equal_their_plain_twins(monkeypatch):
    groove = groove_of(0.05, 1e-3, 1.2, 3e-3, 5e-4, 2e-4, rate=300)
    frame = shapes.Frame(-0.06, 0.06, 300, 36, 36)
    laid, square = walls.Walls.of(groove, frame), shapes.Areas.of([SQUARE], frame)
    covers = np.zeros((2, 4, 20, 38))
    film = under.under(
        Laid(np.random.default_rng(3).integers(0, 255, (50, 50), np.uint8), 500.0, 0, 0, 0.4), frame, True
    )
    look = tones.light_box()
    out, lines, inked = np.zeros((3, 2, 20, 36), np.uint8)
    framed, gathered = np.zeros((2, 20, 37), np.uint8), np.zeros((2, 6, 9))
    for n in range(2):
        if n:
            for module, name in (
                (walls, "_add"),
                (shapes, "_add"),
                (light, "shine"),
                (light, "ink"),
                (soften, "_gather"),
            ):
                monkeypatch.setattr(module, name, getattr(module, name).py_func)
        square.add(covers[n, 0], 9)
        laid.add(covers[n, 1], 9)
        covers[n, 2], covers[n, 3] = covers[n, 1, ::-1] * 0.2, covers[n, 1] * 0.5
        light.shine(
            out[n], 9, *covers[n], True, film.grey, film.around, film.across, film.ends, look.film, look.groove,
            look.index, look.glint, 1.0, 18.0, 18.0, look.label, look.rim,
        )  # fmt: skip
        soften._gather(np.random.default_rng(4).random((20, 23)), gathered[n])
        light.ink(inked[n], covers[n, 1], 7, 20)
        rows = np.random.default_rng(1).integers(0, 256, (20, 36), np.uint8)
        (packing._filter.py_func if n else packing._filter)(rows, framed[n])
    np.testing.assert_allclose(covers[0], covers[1], atol=1e-8)  # float32 times float is float32 to numpy alone
    np.testing.assert_array_equal(out[0], out[1])
    np.testing.assert_array_equal(inked[0], inked[1])
    np.testing.assert_array_equal(framed[0], framed[1])
    np.testing.assert_allclose(gathered[0], gathered[1], atol=1e-12)
    assert np.ptp(out[0]) > 100
    assert inked.max() > 12
    assert not lines.any()


# Packing


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_sums_are_joined(first, second):
    assert packing.joined(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)


def test_parts_are_one_stream_that_any_reader_undoes():
    rows = [np.random.default_rng(n).integers(0, 9, (n, 33), np.uint8) for n in (1, 4, 3)]
    plain = zlib.decompress(b"".join(packing.stream([packing.packed(part) for part in rows])))
    assert len(plain) == 8 * 34
    assert [plain[n * 34] for n in range(8)] == [0, 0, 2, 2, 2, 0, 2, 2]


# Contact sheet


def sheet_of(count, words="--place 12mm,-30mm,0"):
    out = io.BytesIO()
    places = [(even(min(255, 50 * n)), f"{words} {n}") for n in range(count)]
    contact.write(out, cut_disc(film=None), places, silent)
    return np.asarray(Image.open(out))


def test_a_contact_sheet_shows_each_place_with_its_words():
    sheet = sheet_of(6)
    side, gap = contact.SIDE_PX, contact.GAP_PX
    assert sheet.shape[1] == 2 * (side + gap) + gap
    cell = side + gap + 2 * contact.WORDS_PX
    greys = []
    for n in range(6):
        top, left = gap + n // 2 * cell, gap + n % 2 * (side + gap)
        greys.append(int(sheet[top + side // 2, left + side // 4 - 60]))
        words = sheet[top + side + 4 : top + cell - 4, left : left + side]
        assert 0.002 < (words < 128).mean() < 0.2
    assert greys == sorted(greys)
    assert greys[0] < greys[-1]


def test_a_contact_sheet_is_one_light_box_picture_for_each_place(monkeypatch):
    calls = []
    add = walls.Walls.add
    monkeypatch.setattr(walls.Walls, "add", lambda *given_: (calls.append(1), add(*given_))[1])
    sheet = sheet_of(4)
    assert len(calls) == 1
    one = cut_disc((contact.SIDE_PX - 2) / DISC.diameter_m * 25.4e-3, film=even(100))
    pixels, *_ = seen(one)
    top = contact.GAP_PX + pixels.shape[0] + contact.GAP_PX + 2 * contact.WORDS_PX
    np.testing.assert_array_equal(sheet[top : top + pixels.shape[0], contact.GAP_PX :][:, : pixels.shape[1]], pixels)


def test_long_words_are_set_smaller():
    sheet = sheet_of(1, "--place " + "1234567.89mm," * 20)
    assert (sheet[:, -contact.GAP_PX // 2 :] == 255).all()
