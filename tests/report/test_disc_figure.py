"""The disc in the report is true to proportion: turns, songs and hot spots stand where the groove has them."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest

from bonemusic.report.disc_figure import disc, rings_told

from .sides import OUTER_MM, PICTURES, SIDE, SPOTS, UNPLACED, UNPLACED_PICTURES, radius_mm


def circles(kind, side=SIDE, shown=PICTURES):
    return [
        {name: float(value) for name, value in re.findall(r"\b([a-z-]+)=\"(-?[\d.]+)\"", one)}
        for one in re.findall(rf'<circle class="{kind}"[^>]*>', disc(side, shown))
    ]


def test_radii_are_the_discs_in_millimetres():
    assert circles("film")[0]["r"] == 150.5
    assert circles("hole")[0]["r"] == 3.62
    assert circles("end")[0]["r"] == 57.6
    assert circles("locked")[0]["r"] == 53.2
    assert [one["r"] for one in circles("border")] == [130.0]


def test_each_line_is_a_turn_of_the_groove_and_stands_where_that_turn_lies():
    radii = [one["r"] for one in circles("ring")]
    assert rings_told(SIDE) == "one line for every 3 turns"
    assert radii == pytest.approx(radius_mm(np.arange(0, 200, 3)), abs=0.01)


def test_a_short_side_shows_every_turn():
    short = dataclasses.replace(SIDE, music_turns=20.0)
    assert rings_told(short) == "one line for each turn"
    assert len(circles("ring", short)) == 20


def test_the_tighter_the_turns_the_fuller_the_colour():
    by_radius = {one["r"]: one["stroke-opacity"] for one in circles("shade")}
    tight = [fill for r, fill in by_radius.items() if r > 130.5]
    wide = [fill for r, fill in by_radius.items() if r < 129.5]
    assert tight == pytest.approx([0.5] * len(tight), abs=0.01)
    assert wide == pytest.approx([0.05 + 0.45 / 9] * len(wide), abs=0.01)
    widths = {one["stroke-width"] for one in circles("shade")}
    assert widths == {round(40 / 96 * 1.06, 2)}


def test_hot_spots_stand_at_their_turn_counter_clockwise_from_the_right():
    dots = circles("dot")
    where = {(one["cx"], one["cy"]) for one in dots}
    # turn 150¼ of the music is a quarter round: straight up; turn 25 is straight to the right
    up, right = (0.0, -radius_mm(150.25)), (float(radius_mm(25.0)), 0.0)
    for x, y in (up, right):
        assert min(math.hypot(x - a, y - b) for a, b in where) < 0.02


def test_numbers_keep_apart_outside_the_rim_whichever_way_they_are_crowded():
    crowd = tuple(dataclasses.replace(SPOTS[0], side_s=1.8 * (turn + 0.5 + nudge)) for turn in (0, 20, 40, 60)
                  for nudge in (-0.004, 0.004))  # fmt: skip
    badges = circles("badge", dataclasses.replace(SIDE, spots=crowd))
    assert len(badges) == 8
    for index, one in enumerate(badges):
        assert math.hypot(one["cx"], one["cy"]) - one["r"] > 150.5
        for other in badges[:index]:
            assert math.hypot(one["cx"] - other["cx"], one["cy"] - other["cy"]) > 2 * one["r"]
    middle = sum(one["cx"] for one in badges)
    assert middle < 0  # half a turn from the right is the left


def test_lead_in_and_lead_out_run_counter_clockwise_inwards():
    for path, start, end in zip(
        re.findall(r'class="lead" d="M([^"]*)"', disc(SIDE, PICTURES)),
        (OUTER_MM + 2.4, 100.0),
        (OUTER_MM, 100 - 2.75 * 6.4),
        strict=True,
    ):
        points = np.array([[float(n) for n in point.split()] for point in path.split("L")])
        assert np.hypot(*points[0]) == pytest.approx(start, abs=0.02)
        assert np.hypot(*points[-1]) == pytest.approx(end, abs=0.2)
        angle = np.unwrap(np.arctan2(-points[:, 1], points[:, 0]))
        assert (np.diff(angle) > 0).all()
        assert (np.diff(np.hypot(*points.T)) < 0.011).all()


@pytest.mark.parametrize(("count", "named"), [(1, ["A1"]), (3, ["A1", "A2", "A3"]), (40, ["A1", "A11", "A21", "A31"])])
def test_songs_are_named_as_far_as_there_is_room(count, named):
    width = 40.0 / count
    songs = tuple(
        dataclasses.replace(SIDE.songs[0], outer_radius_mm=140 - n * width, inner_radius_mm=140 - (n + 1) * width)
        for n in range(count)
    )
    drawn = re.findall(
        r'class="name" y="([^"]*)" font-size="([^"]*)">(A\d+)', disc(dataclasses.replace(SIDE, songs=songs), PICTURES)
    )
    assert [name for _, _, name in drawn] == named
    size = float(drawn[0][1])
    middles = [-140 + width * (int(name[1:]) - 0.5) + 0.35 * size for name in named]
    assert [float(y) for y, _, _ in drawn] == pytest.approx(middles, abs=0.02)


def test_an_outline_that_is_not_round_is_drawn_as_it_is_and_the_page_holds_it():
    card = np.array([[-100.0, -160], [100, -160], [100, 170], [-100, 160], [-100, -160]]) / 1e3
    drawn = disc(SIDE, dataclasses.replace(PICTURES, outline_m=card, hole_at_m=(6e-4, -2e-3)))
    assert '<path class="film" d="M-100 160L100 160L100 -170L-100 -160L-100 160z"/>' in drawn
    assert '<circle class="hole" cx="0.6" cy="2" r="3.62"/>' in drawn
    left, top, width, height = map(float, re.search(r'viewBox="([^"]*)"', drawn)[1].split())
    assert left == top <= -172
    assert width == height == -2 * left


def test_nothing_placed_is_nothing_drawn():
    assert disc(UNPLACED, UNPLACED_PICTURES) == ""
