"""Letters of single strokes: where they stand, what they are made of, and how they follow a circle."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonemusic.sheets import lettering, shaping, thinning

from .reading import cropped, raster, read_letters

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"
GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω"
SIGNS = ".,:;!?&@#%()/+-=½⅓№§€£äöüßéñ'\""


def lines_of(letter: str) -> tuple[NDArray[Any], ...]:
    return lettering.text(letter, 1.0).lines


def box(letter: str) -> NDArray[Any]:
    points = np.concatenate(lines_of(letter))
    return np.array([points.min(axis=0), points.max(axis=0)])


@pytest.mark.parametrize("letter", "HIEFTLZXAN")
def test_capitals_stand_on_the_base_line_and_are_as_high_as_asked(letter: str) -> None:
    assert box(letter)[:, 1] == pytest.approx([0.0, 1.0], abs=0.035)


def test_height_is_in_metres() -> None:
    small, large = lettering.text("Hamburg", 2e-3), lettering.text("Hamburg", 4e-3)
    assert large.width_m == pytest.approx(2 * small.width_m)
    for one, other in zip(small.lines, large.lines, strict=True):
        assert np.allclose(2 * one, other)


@pytest.mark.parametrize(("letter", "strokes", "ends"), [
    ("I", 1, 2), ("L", 1, 2), ("O", 1, 0), ("T", 2, 4), ("X", 2, 4), ("H", 3, 6), ("E", 2, 4), ("C", 1, 2),
    ("V", 1, 2), ("Z", 1, 2), ("N", 1, 2), ("M", 1, 2), ("S", 1, 2), ("i", 2, 2), ("ö", 3, 0), ("Ф", 2, 2),
    ("Ш", 2, 4), ("Δ", 1, 0), ("0", 1, 0), ("1", 2, 4), ("4", 1, 2), ("7", 1, 2), (":", 2, 0), ("=", 2, 4),
    ("!", 2, 2), ("%", 3, 2),
])  # fmt: skip
def test_letters_have_the_strokes_of_a_hand(letter: str, strokes: int, ends: int) -> None:
    lines = lines_of(letter)
    open_ends = [line for line in lines if np.hypot(*(line[0] - line[-1])) > 1e-9]
    assert (len(lines), 2 * len(open_ends)) == (strokes, ends)


@pytest.mark.parametrize(("letter", "corners"), [("L", 1), ("Z", 2), ("V", 1), ("N", 2), ("M", 3), ("W", 3), ("Σ", 3)])
def test_corners_are_sharp(letter: str, corners: int) -> None:
    way = np.diff(lines_of(letter)[0], axis=0)
    turn = np.abs(np.diff(np.unwrap(np.arctan2(way[:, 1], way[:, 0]))))
    assert (turn > math.radians(42)).sum() == corners


@pytest.mark.parametrize("letters", [LATIN, CYRILLIC, GREEK, SIGNS], ids=["latin", "cyrillic", "greek", "signs"])
def test_strokes_run_within_the_letters_and_leave_no_crumbs(letters: str) -> None:
    half = lettering._stroke(shaping.face(None)) * lettering._CAP_PX
    for letter in letters:
        run = shaping.shape(letter)[0][0]
        (_, unit), *_ = lettering._touching(run)
        mask, scale, left, top = lettering._mask(unit)
        depth = thinning.distances(mask)
        drawn = lettering._strokes(unit)
        # every part of the letter is near a stroke, and no stroke leaves it
        fine = np.concatenate([lettering._divided(line, 0.004) for line in drawn]) * run.face.upem
        x = fine[:, 0] * scale - left - 0.5
        y = -(fine[:, 1] + half / scale) * scale - top - 0.5
        outside = thinning.distances(np.pad(~mask[1:-1, 1:-1], 1))
        assert outside[np.rint(y).astype(int), np.rint(x).astype(int)].max() < 0.25 * half, letter
        spots = np.argwhere(depth >= 0.85 * half)[::7]
        away = np.hypot(spots[:, :1] - y, spots[:, 1:] - x).min(axis=1)
        assert away.max() < 1.7 * half, letter
        # crumbs are neither dots nor strokes
        lengths = [np.hypot(*np.diff(line, axis=0).T).sum() * run.face.upem * scale for line in drawn]
        assert min(lengths) > 0.9 * half, letter


@pytest.mark.parametrize("seed", range(3))
def test_points_are_dropped_as_the_plain_twin_drops_them(seed: int) -> None:
    line = np.cumsum(np.random.default_rng(seed).normal(size=(300, 2)), axis=0)
    kept = lettering._kept(line, 1.5)
    assert np.array_equal(kept, lettering._kept.py_func(line, 1.5))  # type: ignore[attr-defined]
    assert 2 < kept.sum() < 200


def test_points_lie_as_far_off_as_is_allowed_at_most() -> None:
    angle = np.linspace(0, math.pi, 2000)
    arc = 100 * np.column_stack([np.cos(angle), np.sin(angle)])
    kept = arc[lettering._kept(arc, 0.5)]
    middles = np.hypot(*((kept[1:] + kept[:-1]) / 2).T)
    assert 0.3 < (100 - middles).max() < 0.51


def test_letters_keep_few_points() -> None:
    assert all(len(lines_of(letter)[0]) == 2 for letter in "Il-")
    assert 12 < len(lines_of("O")[0]) < 40


def test_joined_letters_are_one_line() -> None:
    """The stem of an alef, and the stroke that all of the word hangs on."""
    word = lettering.text("ﺑﺒﺐ", 1.0)
    assert len(word.letters) == 1
    apart = lettering.text("اب", 1.0)
    assert len(apart.letters) == 2


def test_arabic_dots_survive() -> None:
    rings = [line for line in lines_of("ث") if np.allclose(line[0], line[-1])]
    assert len(rings) == 3


def test_what_is_missing_is_named_and_left_out() -> None:
    found = lettering.text("A🎸", 1.0)
    assert found.missing == "🎸"
    assert len(found.lines) == len(lines_of("A"))
    assert lettering.missing("🎸A日") == "🎸日"


@pytest.mark.parametrize("words", ["", " \n\t", "\x00\ud800\u202e", "🎸🎶"])
def test_nothing_is_drawn_of_nothing(words: str) -> None:
    found = lettering.text(words, 1.0)
    assert found.lines == ()
    assert lettering.around(found, 10.0, 0.0) == ()


def test_the_same_words_give_the_same_lines() -> None:
    first = lettering.text("Ёлка Größe سلام", 1.0)
    lettering._strokes.cache_clear()
    again = lettering.text("Ёлка Größe سلام", 1.0)
    assert [line.tobytes() for line in first.lines] == [line.tobytes() for line in again.lines]


def test_words_stand_on_the_circle() -> None:
    words = lettering.text("HHHHHHHH", 1.0)
    points = np.concatenate(lettering.around(words, 20.0, math.pi / 2))
    away, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    assert away.min() == pytest.approx(20.0, abs=0.05)
    assert away.max() == pytest.approx(21.0, abs=0.05)
    middle = (angle.min() + angle.max()) / 2
    assert middle == pytest.approx(math.pi / 2, abs=0.02)
    assert np.ptp(angle) == pytest.approx(words.width_m / 20.0, rel=0.05)


def test_words_hang_into_the_circle_at_the_bottom() -> None:
    words = lettering.text("LLLL", 1.0)
    points = np.concatenate(lettering.around(words, 20.0, -math.pi / 2, feet_in=False))
    assert np.hypot(*points.T).min() == pytest.approx(19.0, abs=0.05)
    assert np.hypot(*points.T).max() < 20.05
    # the first letter's stem is the leftmost
    assert points[:, 0].argmin() < 8


@pytest.mark.parametrize("feet_in", [True, False])
def test_a_circle_without_end_is_a_straight_line(feet_in: bool) -> None:
    words = lettering.text("Rib سلام", 1.0)
    radius, middle = 1e6, math.pi / 2 if feet_in else -math.pi / 2
    bent = lettering.around(words, radius, middle, feet_in)
    for line, straight in zip(bent, words.lines, strict=True):
        ends = [words.width_m / 2, radius if feet_in else -radius]
        assert (line - ends + [words.width_m, 0.0])[[0, -1]] == pytest.approx(straight[[0, -1]], abs=1e-4)


def test_letters_on_a_circle_stay_straight_and_joined_ones_are_bent() -> None:
    letter = lettering.text("l", 1.0)
    assert len(lettering.around(letter, 3.0, 0.0)[0]) == 2
    word = lettering.text("سسسسسس", 1.0)
    bent = lettering.around(word, 8.0, math.pi / 2)
    points = np.concatenate(bent)
    assert np.hypot(*points.T).min() > 7.5
    assert np.hypot(*points.T).max() < 8 + np.concatenate(word.lines)[:, 1].max() + 0.1


@settings(max_examples=60)
@given(st.text(max_size=40), st.floats(1e-3, 5e-3))
def test_any_text_is_drawn(words: str, height: float) -> None:
    found = lettering.text(words, height)
    assert all(np.isfinite(line).all() and line.shape[1] == 2 and len(line) > 1 for line in found.lines)
    assert all(len(missing) == 1 for missing in found.missing)
    for line in (*found.lines, *lettering.around(found, 30e-3, 0.3)):
        assert np.abs(line).max() < 1.0


@pytest.mark.parametrize(("words", "language"), [
    ("The quick brown fox jumps", "eng"), ("Buckets of Rain and Zinc", "eng"), ("Оркестр из Ленинграда", "rus"),
])  # fmt: skip
def test_words_are_read_at_300_dpi(tmp_path: Path, words: str, language: str) -> None:
    found = lettering.text(words, 3e-3)
    moved = tuple(line - [found.width_m / 2, 0.0] for line in found.lines)
    picture = raster(moved, found.width_m / 2 + 3e-3, 0.2e-3)
    assert read_letters(cropped(picture, moved), tmp_path, language) == words
