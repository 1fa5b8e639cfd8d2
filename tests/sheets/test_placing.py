"""Films laid under discs: sizes, places given and found, and what is said where a disc does not fit."""

from __future__ import annotations

import math
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets
from bonemusic.errors import FitError
from bonemusic.pictures.film import Film, Laid
from bonemusic.sheets.outline import Outline, of
from bonemusic.sheets.placing import dots_per_m_of, lay, several, spelt
from bonemusic.workshop.looks import PARSERS

DISC = presets.disc("7in-78")
ROUND, CARD = of(DISC), of(DISC, "card")
RING = (DISC.music_inner_diameter_m / 2, DISC.recorded_diameter_m / 2)
PER_M = 2000.0


def film(width_m=0.36, height_m=0.43, ground=40, per_m=PER_M):
    return Film(np.full((round(height_m * per_m), round(width_m * per_m)), ground, np.uint8), per_m)


def speckled(picture, x_m, y_m, radius_m, seed=1):
    """Ribs and vessels, as far as a sum of contrasts is concerned, in a circle around a point."""
    rows, columns = picture.grey.shape
    y, x = np.ogrid[:rows, :columns]
    far = np.hypot(x - columns / 2 - x_m * PER_M, rows / 2 - y - y_m * PER_M)
    coarse = np.random.default_rng(seed).integers(60, 200, (rows // 4 + 1, columns // 4 + 1)).astype(np.uint8)
    picture.grey[far < radius_m * PER_M] = np.kron(coarse, np.ones((4, 4), np.uint8))[:rows, :columns][
        far < radius_m * PER_M
    ]
    return picture


def refused(*args):
    with pytest.raises(FitError) as why:
        lay(*args)
    assert str(why.value).isprintable()
    return str(why.value)


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_the_size_is_what_is_said_else_what_the_file_says():
    assert dots_per_m_of(film(), 0.18, ROUND) == (4000, None)
    assert dots_per_m_of(film(), None, ROUND) == (PER_M, None)


@pytest.mark.parametrize(("outline", "width_m"), [(ROUND, 0.175), (CARD, 0.245)])
def test_a_film_of_unknown_size_just_holds_the_disc(outline, width_m):
    unknown = Film(np.zeros((800, 1200), np.uint8))  # across: a card is turned
    dots_per_m, note = dots_per_m_of(unknown, None, outline)
    assert note is not None
    assert "just holds" in note
    assert "--sheet-width" in note
    if outline is ROUND:
        assert 800 / dots_per_m == pytest.approx(width_m)
    else:
        assert 1200 / dots_per_m == pytest.approx(max(width_m, 0.175 * 1.5))
    laid, _ = lay(unknown, dots_per_m, None, outline, RING)
    assert laid.dots_per_m == dots_per_m
    assert laid.angle_rad == (0 if outline is ROUND else math.pi / 2)


@pytest.mark.parametrize("lie", [1e-9, 1.0, 1e6, 1e300, math.inf, math.nan, -5.0, 0.0])
def test_a_file_that_lies_about_its_size_is_not_believed(lie):
    dots_per_m, note = dots_per_m_of(Film(np.zeros((700, 700), np.uint8), lie), None, ROUND)
    assert dots_per_m == pytest.approx(4000)
    assert note is not None
    assert "that no sheet has" in note


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 15)])
def test_a_picture_of_a_few_pixels_is_no_film(shape):
    for width_m in (None, 0.3):
        with pytest.raises(FitError, match=f"{shape[1]} × {shape[0]} pixels, which is no film's"):
            dots_per_m_of(Film(np.zeros(shape, np.uint8), 1000.0), width_m, ROUND)


# --- places that are given -------------------------------------------------------------------------------------------


def test_a_given_place_is_kept_to_the_bit():
    sheet = film()
    laid, note = lay(sheet, PER_M, (0.0123, -0.045, 0.7), ROUND, RING)
    assert note is None
    assert (laid.x_m, laid.y_m, laid.angle_rad, laid.dots_per_m) == (0.0123, -0.045, 0.7, PER_M)
    assert laid.grey is sheet.grey


def test_a_disc_off_the_film_is_told_by_how_much_and_what_fits():
    said = refused(film(), PER_M, (0.1, -0.2, 0.0), ROUND, RING)
    assert "(360 × 430 mm)" in said
    assert "7.5 mm over its right edge and 72.5 mm over its lower edge" in said
    assert "from -92.5 to 92.5 mm across and from -127.5 to 127.5 mm up" in said
    lay(film(), PER_M, (0.0925, -0.1275, 0.0), ROUND, RING)
    assert "left edge" in refused(film(), PER_M, (-0.0926, 0.0, 0.0), ROUND, RING)


def test_angles_count_where_outlines_are_not_round():
    narrow = film(0.2, 0.26)
    lay(narrow, PER_M, (0.0, 0.0, 0.0), CARD, RING)
    said = refused(narrow, PER_M, (0.0, 0.0, math.pi / 2), CARD, RING)
    assert said.startswith("turned by 90° the disc does not lie on the sheet (200 × 260 mm)")
    lay(film(0.26, 0.2), PER_M, (0.0, 0.0, math.pi / 2), CARD, RING)


def test_which_side_an_outline_that_is_not_symmetrical_reaches_over():
    """Turned counter-clockwise under the disc, the film's right lies below what was the disc's right."""
    wide = Outline(np.array([[0.15, 0], [0, 0.09], [-0.09, 0], [0, -0.09], [0.15, 0.0]]))
    sheet = film(0.3, 0.2)
    lay(sheet, PER_M, (-0.05, 0.0, 0.0), wide, RING)
    assert "right edge" in refused(sheet, PER_M, (0.05, 0.0, 0.0), wide, RING)
    lay(sheet, PER_M, (0.05, 0.0, math.pi), wide, RING)
    tall = film(0.2, 0.3)
    lay(tall, PER_M, (0.0, 0.05, math.pi / 2), wide, RING)  # the disc's right is the film's bottom
    assert "lower edge" in refused(tall, PER_M, (0.0, -0.05, math.pi / 2), wide, RING)


@pytest.mark.parametrize("place", [None, (0.0, 0.0, 0.0)])
def test_a_sheet_smaller_than_the_disc_names_discs_that_fit(place):
    ten = of(presets.disc("10in-78"))
    said = refused(film(0.18, 0.24), PER_M, place, ten, RING)
    assert said.startswith("the sheet is 180 × 240 mm and the disc 251 mm: take a smaller disc (")
    named = said.partition("(")[2].partition(")")[0].split(", ")
    assert 0 < len(named) <= 3
    for name in named:
        left, bottom, right, top = of(presets.disc(name)).box_m
        assert sorted([right - left, top - bottom]) <= [0.18, 0.24]
    assert "take a larger sheet" in refused(film(0.05, 0.05), PER_M, place, ten, RING)
    assert "251 × 351.4 mm" in refused(film(0.18, 0.24), PER_M, place, of(presets.disc("10in-78"), "card"), RING)


# --- the best place --------------------------------------------------------------------------------------------------


def test_best_is_where_the_picture_is():
    for x_m, y_m in ((-0.08, 0.1), (0.05, -0.11), (0.0, 0.0)):
        laid, note = lay(speckled(film(), x_m, y_m, 0.085), PER_M, None, ROUND, RING)
        assert note is None
        assert math.hypot(laid.x_m - x_m, laid.y_m - y_m) < 3e-3
        assert laid.angle_rad == 0


def test_what_is_under_the_label_counts_nothing():
    sheet = speckled(speckled(film(), -0.08, 0.12, 0.045), 0.06, -0.1, 0.06, 2)
    sheet.grey[:] = np.where(np.hypot(*np.mgrid[:860, :720] - np.array([[[630]], [[480]]])) < 60, 40, sheet.grey)
    laid, _ = lay(sheet, PER_M, None, ROUND, RING)
    under = np.hypot(laid.x_m - 0.06, laid.y_m + 0.1)
    assert 0.02 < under < 0.05, "the patch lies in the ring, beside the label"


def test_borders_and_their_edges_count_nothing():
    """A white border, black where the collimator stopped the rays, and a faint picture on the other side."""
    sheet = film(ground=110)
    sheet.grey[:, :60] = 255
    sheet.grey[:200, 60:] = 3
    sheet.grey[200:300, 60:400] = 250
    faint = speckled(film(ground=110), 0.08, -0.12, 0.06)
    picture = np.where(faint.grey != 110, 100 + faint.grey // 12, sheet.grey).astype(np.uint8)
    laid, _ = lay(Film(picture), PER_M, None, ROUND, RING)
    assert math.hypot(laid.x_m - 0.08, laid.y_m + 0.12) < 0.06
    assert laid.y_m < -0.09


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_film_is_taken_in_its_middle_and_said(grey):
    laid, note = lay(film(ground=grey), PER_M, None, ROUND, RING)
    assert (laid.x_m, laid.y_m, laid.angle_rad) == (0, 0, 0)
    assert note == "the film is blank: the disc was laid on its middle"


def test_grain_alone_is_blank():
    noise = np.random.default_rng(3).normal(120, 3, (3440, 2880))
    _, note = lay(Film(np.clip(noise, 0, 255).astype(np.uint8)), 4 * PER_M * 2, None, ROUND, RING)
    assert note is not None


def test_a_film_that_just_holds_the_disc_has_one_place():
    sheet = speckled(film(0.175, 0.175), 0.05, 0.05, 0.03)
    laid, _ = lay(sheet, PER_M, None, ROUND, RING)
    assert (laid.x_m, laid.y_m) == (0, 0)


def test_a_card_is_turned_where_it_finds_more():
    wide = speckled(film(0.5, 0.26), 0.1, 0.0, 0.12)
    laid, _ = lay(wide, PER_M, None, CARD, RING)
    assert laid.angle_rad in (0, math.pi / 2)
    assert lay(film(0.26, 0.2), PER_M, None, CARD, RING)[0].angle_rad == math.pi / 2
    assert lay(film(0.2, 0.26), PER_M, None, CARD, RING)[0].angle_rad == 0


def test_several_places_look_different_and_the_best_is_first():
    sheet = speckled(speckled(film(), -0.07, 0.1, 0.09), 0.06, -0.1, 0.05, 2)
    found = several(sheet, PER_M, ROUND, RING)
    assert len(found) == 6
    assert found[0] == lay(sheet, PER_M, None, ROUND, RING)[0]
    for one, other in combinations(found, 2):
        assert math.hypot(one.x_m - other.x_m, one.y_m - other.y_m) >= 0.2 * 0.175
    for each in found:
        lay(sheet, PER_M, (each.x_m, each.y_m, each.angle_rad), ROUND, RING)


def test_several_places_on_a_film_that_just_holds_the_disc_are_turned():
    found = several(speckled(film(0.175, 0.175), 0.05, 0.05, 0.03), PER_M, ROUND, RING)
    assert [round(math.degrees(each.angle_rad)) for each in found] == [0, 90, 180, 270]
    assert len(several(film(0.175, 0.245), PER_M, CARD, RING)) == 2, "a card lies upright or upside down"
    with pytest.raises(FitError):
        several(film(0.17, 0.24), PER_M, ROUND, RING)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1751, 0.5), st.floats(0.1751, 0.5), st.integers(16, 300), st.integers(0, 99), st.booleans())
def test_places_are_on_the_film_and_are_spelt_as_they_are_read(width_m, height_m, columns, seed, card):
    rows = max(round(columns * height_m / width_m), 16)
    grey = np.random.default_rng(seed).integers(0, 256, (rows, columns)).astype(np.uint8)
    outline = CARD if card else ROUND
    dots_per_m = columns / width_m
    try:
        found = several(Film(grey), dots_per_m, outline, RING)
    except FitError:  # a little less than the disc, or far less high than wide
        assert min(rows, columns) / dots_per_m < (0.245 if card else 0.175 + 1e-6)
        return
    for each in found:
        _, read = PARSERS["place"]
        place = read(spelt(each))
        again, _ = lay(Film(grey), dots_per_m, (place.x_m, place.y_m, place.angle_rad), outline, RING)
        assert math.dist((again.x_m, again.y_m), (each.x_m, each.y_m)) < 1e-7
        assert again.angle_rad == pytest.approx(each.angle_rad, abs=1e-9)


def test_places_are_spelt_as_people_write_them():
    def at(*place):
        return spelt(Laid(np.zeros((1, 1), np.uint8), 1.0, *place))

    assert at(0.0125, -0.03, math.pi / 2) == "12.5mm,-30mm,90"
    assert at(-0.0, 0.0, -0.0) == "0mm,0mm,0"


def test_a_large_film_is_judged_quickly():
    large = Film(np.random.default_rng(7).integers(0, 256, (1000, 1000), np.uint8).repeat(9, 0).repeat(9, 1))
    lay(large, 9000 / 0.36, None, ROUND, RING)
    begun = time.process_time()
    lay(large, 9000 / 0.36, None, ROUND, RING)
    assert time.process_time() - begun < 1.5


@pytest.mark.parametrize("width_m", [0.127, 0.18, 0.1853, 0.2, 0.3333333, 0.4, 4.9])
@pytest.mark.parametrize("word", ["round", "card"])
def test_places_are_found_as_finely_as_they_are_spelt(width_m, word):
    picture = Film(np.random.default_rng(3).integers(0, 255, (307, 211), np.uint8))
    rim = of(presets.disc("card-5in-78"), word)
    for laid in several(picture, 211 / width_m, rim, RING):
        place = PARSERS["place"][1](spelt(laid))
        assert (place.x_m, place.y_m, place.angle_rad) == (laid.x_m, laid.y_m, laid.angle_rad)
        lay(picture, 211 / width_m, (place.x_m, place.y_m, place.angle_rad), rim, RING)
