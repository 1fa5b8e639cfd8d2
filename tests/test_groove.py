"""Spiral and groove: smooth between knots, exact in angle, the same in blocks as in one go, and frozen."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline, CubicHermiteSpline

from bonemusic.groove import BLOCK, Band, Groove, Knots, Profile, constant, music_of, spline, tracks_of, turn_at

PROFILE = Profile(56e-6, 6e-6, math.pi / 2)
finite = st.floats(-1, 1)


@st.composite
def knots(draw, least=1):
    steps = draw(st.lists(st.floats(1e-3, 50), min_size=least, max_size=8))
    turns = np.cumsum(steps) - 3
    values, slopes = (draw(st.lists(finite, min_size=len(steps), max_size=len(steps))) for _ in "vs")
    return Knots(turns, np.array(values), np.array(slopes))


@st.composite
def spirals(draw):
    """A record's: never rising, each pitch a straight run to the next."""
    turns = np.concatenate(([0.0], np.cumsum(draw(st.lists(st.floats(0.5, 30), min_size=1, max_size=5)))))
    pitch = draw(st.lists(st.floats(0, 1e-3), min_size=len(turns), max_size=len(turns)))
    drop = np.diff(turns) * (np.array(pitch[1:]) + pitch[:-1]) / 2
    return Knots(turns, 0.15 - np.concatenate(([0.0], np.cumsum(drop))), -np.array(pitch))


def groove_of(samples=1000, rpm=Fraction(78), rate_hz=48_000, vertical=False, **more):
    wave = np.random.default_rng(samples).standard_normal((2, samples)).astype(np.float32) * 1e-5
    turns = samples * float(rpm) / 60 / rate_hz
    spiral = Knots(np.array([0, turns / 3, turns + 1]), np.array([0.12, 0.11, 0.1]), np.array([-1e-3, -2e-4, 0]))
    depth = Knots(np.array([0, turns + 1]), np.array([28e-6, 35e-6]), np.array([0, 1e-6]))
    return Groove(spiral, depth, rpm, rate_hz, wave[0], PROFILE, wave[1] if vertical else None, **more)


# Knots


@settings(deadline=None)
@given(knots(least=2), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_knots_are_hermites(these, parts):
    known = CubicHermiteSpline(these.turns, these.value, these.slope)
    t = these.turns[0] + np.array(parts) * (these.turns[-1] - these.turns[0])
    scale = 1 + np.abs(these.slope).max() * np.diff(these.turns).max()
    np.testing.assert_allclose(these.at(t), known(t), rtol=0, atol=1e-12 * scale)
    steep = scale / np.diff(these.turns).min()
    np.testing.assert_allclose(these.slope_at(t), known(t, 1), rtol=0, atol=1e-11 * steep)


@settings(deadline=None)
@given(knots())
def test_value_and_slope_run_through_each_knot(these):
    """C¹: at the knots themselves, and just beside them on either side."""
    np.testing.assert_allclose(these.at(these.turns), these.value, rtol=0, atol=1e-14 * 100)
    np.testing.assert_allclose(these.slope_at(these.turns), these.slope, rtol=0, atol=1e-11)
    near = 1e-9
    bend = 20 * (1 + 1 / np.diff(these.turns).min(initial=1.0)) ** 2  # no cubic here bends more
    for side in (-near, near):
        np.testing.assert_allclose(these.at(these.turns + side), these.value, rtol=0, atol=1.1 * near * bend)
        np.testing.assert_allclose(these.slope_at(these.turns + side), these.slope, rtol=0, atol=2 * near * bend)


@settings(deadline=None)
@given(knots(), st.floats(0, 100))
def test_beyond_the_ends_they_go_on_straight(these, by):
    ends = np.array([these.turns[0] - by, these.turns[-1] + by])
    known = [these.value[0] - by * these.slope[0], these.value[-1] + by * these.slope[-1]]
    np.testing.assert_allclose(these.at(ends), known, rtol=0, atol=1e-11)
    np.testing.assert_allclose(these.slope_at(ends), [these.slope[0], these.slope[-1]], rtol=0, atol=1e-12)


def test_a_straight_run_of_pitch_is_a_parabola():
    """Between knots whose slopes agree with a linear pitch the radius is exactly its integral."""
    these = Knots(np.array([0.0, 4.0]), np.array([0.1, 0.1 - 4 * 3e-4]), np.array([-1e-4, -5e-4]))
    t = np.linspace(0, 4, 41)
    np.testing.assert_allclose(these.at(t), 0.1 - 1e-4 * t - 0.5e-4 * t * t, rtol=1e-14)
    np.testing.assert_allclose(these.slope_at(t), -1e-4 - 1e-4 * t, rtol=1e-12)


def test_knots_take_any_shape():
    these = Knots(np.array([0.0, 1, 3]), np.array([0.0, 2, 1]), np.zeros(3))
    grid = np.linspace(-1, 4, 12).reshape(3, 4)
    assert these.at(grid).shape == these.slope_at(grid).shape == (3, 4)
    np.testing.assert_array_equal(these.at(grid)[1], these.at(grid[1]))
    assert these.at(np.float64(0.5)).shape == ()
    level = constant(28e-6)
    np.testing.assert_array_equal(level.at(grid), np.full((3, 4), 28e-6))
    np.testing.assert_array_equal(level.slope_at(grid), np.zeros((3, 4)))


def test_knots_are_read_only_and_hold_no_integers():
    these = Knots(np.array([0, 1]), np.array([1, 0]), np.array([0, 0]))
    assert these.value.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        these.value[0] = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        these.value = np.zeros(2)


@pytest.mark.parametrize(
    ("turns", "value", "what"),
    [([], [], "at least one"), ([0, 1], [0], "one length"), ([[0]], [[0]], "one length"), ([0, 0], [0, 1], "increase"),
     ([1, 0], [0, 1], "increase"), ([0, np.nan], [0, 1], "increase")],
)  # fmt: skip
def test_knots_that_make_no_sense(turns, value, what):
    with pytest.raises(ValueError, match=what):
        Knots(np.array(turns, float), np.array(value, float), np.zeros_like(np.array(value, float)))


# Splines


COEFFICIENTS = st.lists(finite, min_size=5, max_size=40)


@settings(deadline=None)
@given(COEFFICIENTS, st.integers(1, 12), st.floats(-20, 20))
def test_splines_are_de_boors(coefficients, per_turn, first):
    c = np.array(coefficients)
    these = spline(c, first, per_turn)
    # knot j + 2 of de Boor's is where coefficient j stands
    known = BSpline(first + (np.arange(len(c) + 4) - 2) / per_turn, c, 3)
    t = np.linspace(these.turns[0], these.turns[-1], 200)
    np.testing.assert_allclose(these.at(t), known(t), rtol=0, atol=1e-9)
    np.testing.assert_allclose(these.slope_at(t), known(t, 1), rtol=0, atol=1e-7 * per_turn)


@settings(deadline=None)
@given(COEFFICIENTS, st.integers(1, 12))
def test_a_spline_lies_between_the_four_coefficients_that_are_felt(coefficients, per_turn):
    c = np.array(coefficients)
    these = spline(c, -3.0, per_turn)
    places = np.linspace(1, len(c) - 2, 50 * len(c))[:-1]  # in knots from the first coefficient
    found = these.at(-3.0 + places / per_turn)
    four = np.lib.stride_tricks.sliding_window_view(c, 4)[np.floor(places + 1e-9).astype(int) - 1]
    assert (found >= four.min(axis=1) - 1e-9).all()
    assert (found <= four.max(axis=1) + 1e-9).all()


@settings(deadline=None)
@given(COEFFICIENTS, st.integers(1, 4), st.integers(0, 3))
def test_a_spline_moved_by_turns_is_that_of_later_coefficients(coefficients, per_turn, turns):
    c = np.array([*coefficients, *np.zeros(turns * per_turn)])
    whole, later = spline(c, 0.0, per_turn), spline(c[turns * per_turn :], 0.0, per_turn)
    t = np.linspace(later.turns[0], later.turns[-1], 100)
    np.testing.assert_allclose(whole.at(t + turns), later.at(t), rtol=0, atol=1e-12)


@settings(deadline=None)
@given(COEFFICIENTS, st.integers(1, 12))
def test_a_spline_has_no_kink_in_its_slope(coefficients, per_turn):
    """C²: the second derivative of Hermite's cubic is the same on both sides of each knot, and what it should be."""
    c = np.array(coefficients)
    these = spline(c, 0.0, per_turn)
    h, y, m = 1 / per_turn, these.value, these.slope
    rise = np.diff(y) / h
    begins = (6 * rise - 4 * m[:-1] - 2 * m[1:]) / h
    ends = (-6 * rise + 2 * m[:-1] + 4 * m[1:]) / h
    bend = (c[:-2] - 2 * c[1:-1] + c[2:]) * per_turn**2
    np.testing.assert_allclose(begins, bend[:-1], rtol=0, atol=1e-11 * per_turn**2)
    np.testing.assert_allclose(ends, bend[1:], rtol=0, atol=1e-11 * per_turn**2)


def test_splines_of_straight_runs_are_straight():
    these = spline(3.0 + 0.5 * np.arange(20), 1.0, 4)  # half a metre a knot is two a turn
    t = np.linspace(these.turns[0] - 5, these.turns[-1] + 5, 100)
    np.testing.assert_allclose(these.at(t), 3 + 2 * (t - 1), rtol=1e-13)
    np.testing.assert_allclose(these.slope_at(t), 2, rtol=1e-12)
    np.testing.assert_allclose(these.turns, 1 + np.arange(1, 19) / 4, rtol=1e-15)


# The way back from a point


@settings(deadline=None, max_examples=60)
@given(spirals(), st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(-3, 3))
def test_points_of_the_spiral_are_found_again(spiral, parts, windings):
    length = float(spiral.turns[-1])
    turns = np.array(parts) * length
    radius = spiral.at(turns)
    found = turn_at(spiral, radius, 2 * np.pi * (turns + windings), length)
    # where the pitch is nil for a turn and more, several turns lie in one place: any of them will do
    assert (found >= -1e-9).all()
    assert (found <= length + 1e-9).all()
    np.testing.assert_allclose(np.sin(np.pi * (found - turns)), 0, atol=1e-9)
    np.testing.assert_allclose(spiral.at(found), radius, atol=1e-12)
    alone = np.abs(spiral.at(turns + 1) - radius) + np.abs(spiral.at(turns - 1) - radius) > 2e-9
    lone = alone & (spiral.at(turns - 1) - radius > 1e-9) & (radius - spiral.at(turns + 1) > 1e-9)
    np.testing.assert_allclose(found[lone], turns[lone], atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(spirals(), st.floats(-0.49, 0.49), st.floats(0.2, 0.8))
def test_a_swing_of_less_than_half_the_way_to_the_next_turn_changes_nothing(spiral, swing, part):
    length = float(spiral.turns[-1])
    turn = np.array(part * length)
    out, here, inwards = spiral.at(turn - 1), spiral.at(turn), spiral.at(turn + 1)
    gap = out - here if swing > 0 else here - inwards
    assume(min(out - here, here - inwards) > 1e-6)
    assume(1 <= turn <= length - 1)
    found = turn_at(spiral, here + swing * gap, 2 * np.pi * turn, length)
    assert float(found) == pytest.approx(float(turn), abs=1e-9)


def test_points_beside_the_groove_lie_on_the_nearest_turn():
    spiral = Knots(np.array([0.0, 100.0]), np.array([0.12, 0.11]), np.array([-1e-4, -1e-4]))
    angle = np.array([0.25, 0.25, 0.75, -0.25]) * 2 * np.pi
    radius = np.array([0.2, 0.01, 0.115, 0.115 - 0.3e-4])
    found = turn_at(spiral, radius, angle, 100.0)
    np.testing.assert_allclose(found, [0.25, 99.25, 49.75, 50.75], atol=1e-9)
    assert turn_at(spiral, np.full((2, 3), 0.115), np.zeros(3), 100.0).shape == (2, 3)


# Grooves


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("samples", [1, 7, 1000, BLOCK + 3])
def test_blocks_of_any_size_equal_one_go(samples, vertical):
    groove = groove_of(samples, vertical=vertical)
    (whole,) = groove.blocks(len(groove))
    fields = ["angle_rad", "radius_m", "lateral_m", "width_m"] + ["vertical_m"] * vertical
    for size in {1, 2, 3, 64, 1000, BLOCK} if samples < BLOCK else {4097, BLOCK}:
        blocks = list(groove.blocks(size))
        assert [b.first for b in blocks] == list(range(0, samples, size))
        for name in fields:
            joined = np.concatenate([getattr(b, name) for b in blocks])
            np.testing.assert_array_equal(joined, getattr(whole, name))
    assert (whole.vertical_m is not None) == vertical


def test_an_empty_groove_has_no_blocks():
    assert list(dataclasses.replace(groove_of(), lateral_m=np.zeros(0)).blocks()) == []


def test_a_block_is_the_geometry_of_its_samples():
    groove = groove_of(5000, vertical=True)
    block = list(groove.blocks(1000))[3]
    k = 3456
    turns = 78 / 60 * k / 48_000
    assert block.angle_rad[456] == pytest.approx(2 * math.pi * turns, rel=1e-15)
    assert block.radius_m[456] == groove.spiral.at(np.array([turns]))[0]
    assert block.lateral_m[456] == groove.lateral_m[k]
    # a V of 90° is twice as wide as deep; what goes up makes it shallower
    depth = groove.depth.at(np.array([turns]))[0] - groove.vertical_m[k]
    assert block.width_m[456] == pytest.approx(2 * depth, rel=1e-12)
    narrow = dataclasses.replace(groove, profile=Profile(56e-6, 6e-6, math.radians(60)), vertical_m=None)
    (whole,) = narrow.blocks(5000)
    assert whole.width_m[0] == pytest.approx(2 * 28e-6 * math.tan(math.radians(30)), rel=1e-12)


@pytest.mark.parametrize(
    "rpm", [Fraction(78), Fraction(100, 3), Fraction(45), Fraction(3600, 46), Fraction(6000, 77), Fraction(50, 3)]
)
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_angle_is_exact_after_an_hour(rpm, rate_hz):
    """Against fractions: a billionth of a turn would be a hundredth of a sample; it is a thousand times less."""
    per_sample = groove_of(10, rpm=rpm, rate_hz=rate_hz).turns_per_sample
    for k in (1, rate_hz, 3600 * rate_hz - 1, 3600 * rate_hz):
        exact = rpm / 60 * k / rate_hz
        drift = Fraction(k * per_sample) - exact
        assert abs(drift) < Fraction(1, 10**12)


def test_an_hour_long_groove_counts_its_turns_right():
    """Rounding a turn to whole samples would be off by 1,500 samples here."""
    rate, rpm = 1000, Fraction(6000, 77)
    groove = Groove(constant(0.1), constant(28e-6), rpm, rate, np.zeros(3600 * rate + 1, np.float32), PROFILE)
    last = list(groove.blocks())[-1].angle_rad[-1]
    assert last / (2 * math.pi) == pytest.approx(6000 / 77 * 60, abs=1e-9)
    assert groove.seconds == 3600.001
    assert len(groove) == 3_600_001


def test_grooves_are_frozen_and_read_only():
    mine = np.zeros(1000, np.float32)
    groove = dataclasses.replace(groove_of(vertical=True), lateral_m=mine, confidence=mine, meta={"title": "x"})
    for array in (groove.lateral_m, groove.vertical_m, groove.confidence):
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    mine[0] = 1  # the caller's own array stays the caller's
    with pytest.raises(dataclasses.FrozenInstanceError):
        groove.rate_hz = 1
    with pytest.raises(TypeError):
        groove.meta["title"] = "y"


def test_memory_maps_are_kept_as_they_are(tmp_path):
    path = tmp_path / "lateral"
    np.arange(100, dtype=np.float32).tofile(path)
    mapped = np.memmap(path, np.float32, "r")
    groove = Groove(constant(0.1), constant(28e-6), Fraction(78), 48_000, mapped, PROFILE)
    assert np.shares_memory(groove.lateral_m, mapped)
    (block,) = groove.blocks()
    np.testing.assert_array_equal(block.lateral_m, np.arange(100))


def test_bands_are_found_by_name():
    bands = (Band("lead-in", 0, 10), Band("track 1", 10, 20), Band("track 1", 20, 30))
    groove = groove_of(bands=bands)
    assert groove.band("track 1") == bands[1]
    assert groove.band("label") is None


SONGS = (Band("lead-in", 0, 10), Band("track 1", 10, 20), Band("marker 1", 20, 25), Band("track 2", 25, 40),
         Band("lead-out", 40, 90), Band("locked groove", 90, 100))  # fmt: skip


def test_music_is_all_songs_and_what_lies_between():
    assert tracks_of(SONGS) == (SONGS[1], SONGS[3])
    assert music_of(SONGS) == Band("music", 10, 40)
    assert groove_of(100, bands=SONGS).music == Band("music", 10, 40)
    assert music_of(SONGS[:2]) == Band("music", 10, 20)


def test_where_no_song_is_named_the_whole_groove_is_music():
    for bands in ((), (SONGS[0], SONGS[-1])):
        assert tracks_of(bands) == ()
        assert music_of(bands) is None
        assert groove_of(100, bands=bands).music == Band("music", 0, 100)


@pytest.mark.parametrize(
    "wrong",
    [{"vertical_m": np.zeros(999)}, {"confidence": np.zeros(1001)}, {"lateral_m": np.zeros((10, 2))},
     {"rate_hz": 0}, {"rpm": Fraction(0)}, {"rpm": Fraction(-78)}],
)  # fmt: skip
def test_grooves_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match=r"shape|more than zero"):
        dataclasses.replace(groove_of(), **wrong)
