"""Letters of single strokes: known points, where words lie, which way up they stand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bonemusic.testcard.strokes import GLYPHS, around, text, width_m

UNIT = 1e-3
HEIGHT = 6 * UNIT


def in_units(lines):
    return [[(round(x / UNIT, 9) + 0.0, round(y / UNIT, 9) + 0.0) for x, y in line.tolist()] for line in lines]


def everything(lines):
    return np.concatenate(lines)


def test_a_word_is_known_points() -> None:
    assert in_units(text("T7 µ", HEIGHT, 0.0, 0.0)) == [
        [(0, 6), (4, 6)],
        [(2, 6), (2, 0)],
        [(6, 6), (9, 6), (7, 0)],
        [(15.5, -2), (15.5, 4)],
        [(15.5, 1), (16.5, 0), (17.5, 0), (18.5, 1)],
        [(18.5, 4), (18.5, 0)],
    ]


def test_every_letter_is_another_and_has_room() -> None:
    drawn = {letter: tuple(map(tuple, in_units(text(letter, HEIGHT, 0.0, 0.0)))) for letter in GLYPHS}
    same = {frozenset(pair) for pair in itertools.combinations(drawn, 2) if drawn[pair[0]] == drawn[pair[1]]}
    assert same == set()
    assert set(GLYPHS) >= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-%/µ")
    for lines in drawn.values():
        for line in lines:
            assert len(line) >= 2
            assert all(0 <= x <= 4 and -2 <= y <= 6 for x, y in line)


def test_small_letters_are_capitals_but_for_units_and_the_unknown_is_a_question() -> None:
    assert in_units(text("ab", HEIGHT, 0, 0)) == in_units(text("AB", HEIGHT, 0, 0))
    assert in_units(text("mm", HEIGHT, 0, 0)) != in_units(text("MM", HEIGHT, 0, 0))
    assert in_units(text("Ж", HEIGHT, 0, 0)) == in_units(text("?", HEIGHT, 0, 0))
    assert text("  ", HEIGHT, 0, 0) == ()
    assert width_m("", HEIGHT) == 0


@pytest.mark.parametrize(("anchor", "left"), [("left", 0.0), ("middle", -0.5), ("right", -1.0)])
def test_words_begin_where_they_are_anchored(anchor, left) -> None:
    wide = width_m("HAT", HEIGHT)
    assert wide == pytest.approx((4 + 2 + 4 + 2 + 4) * UNIT)
    at = everything(text("HAT", HEIGHT, 0.03, 0.01, anchor))
    assert at[:, 0].min() == pytest.approx(0.03 + left * wide)
    assert at[:, 0].max() == pytest.approx(0.03 + (left + 1) * wide)
    assert at[:, 1].min() == pytest.approx(0.01)
    assert at[:, 1].max() == pytest.approx(0.01 + HEIGHT)


def test_words_turn_about_their_anchor() -> None:
    down = everything(text("HAT", HEIGHT, 0.03, 0.01, "left", -math.pi / 2))
    assert down[:, 1].max() == pytest.approx(0.01)
    assert down[:, 1].min() == pytest.approx(0.01 - width_m("HAT", HEIGHT))
    assert down[:, 0].min() == pytest.approx(0.03)  # read from above, capitals point to the right
    assert down[:, 0].max() == pytest.approx(0.03 + HEIGHT)


@pytest.mark.parametrize(("feet_out", "middle"), [(False, math.pi / 2), (True, -math.pi / 2)])
def test_words_around_the_spindle_are_upright_above_and_below(feet_out, middle) -> None:
    lines = around("LLL", HEIGHT, 0.05, middle, feet_out)
    corners = [line[1] for line in lines]  # an L's corner is its left foot
    tops = [line[0] for line in lines]
    assert [c[0] for c in corners] == sorted(c[0] for c in corners)  # read from left to right
    assert all(top[1] > corner[1] for top, corner in zip(tops, corners, strict=True))
    radius = np.hypot(*everything(lines).T)
    low, high = (0.05, 0.05 + HEIGHT) if not feet_out else (0.05 - HEIGHT, 0.05)
    assert radius.min() == pytest.approx(low, abs=1e-4)
    assert radius.max() == pytest.approx(high, abs=1e-4)
    middle_foot = (lines[1][1] + lines[1][2]) / 2
    assert middle_foot == pytest.approx([0.0, 0.05 * math.sin(middle)], abs=1e-9)
