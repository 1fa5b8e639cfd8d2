"""Variable pitch: no two turns nearer than land, nearly as narrow as can be, gently, and always the same."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import audio, presets, units
from bonemusic.cutting import course, plan, programme
from bonemusic.cutting.fit import fit
from bonemusic.errors import FitError
from bonemusic.spectral import high_cut

from .. import signals
from .sides import (
    CHISEL,
    LATHE,
    RIAA,
    ROUND,
    TINY,
    clip,
    groove_of,
    least_land,
    moved,
    programme_of,
    song,
    steep_m,
    task_of,
)


def slow(value):
    """For `make bench`."""
    return pytest.param(value, marks=pytest.mark.slow)


TOOLS = {"chisel": CHISEL, "round": ROUND}
SAMPLES_M = 1e-10
"""What sums of floats may take from the land where what lies between samples is straight, as the planner has it."""
BANDED_M = 2e-8
"""What may be missing where it is band-limited."""


def kept(task, found, banded_m=BANDED_M):
    """The least land, which is no less than asked for, at every sample and between them."""
    groove = groove_of(task, found)
    merges, tool = found.side.merges_at, task.machine.tool
    near = least_land(groove, merges, tool)
    assert near.straight_m >= task.disc.land_m - SAMPLES_M
    assert near.land_m >= task.disc.land_m - banded_m
    return near


# The check itself


@pytest.mark.parametrize("hz", [30.0, 1000.0, 12_000.0, 13_800.0])
def test_the_check_knows_a_tone_between_samples(hz):
    w = 2 * np.pi * hz / 48_000
    wave = np.sin(w * np.arange(3000))
    value, slope = moved(wave, 500, 2000, 100.3)
    at = np.arange(500, 2000) + 100.3
    np.testing.assert_allclose(value, np.sin(w * at), atol=2e-4)
    np.testing.assert_allclose(slope, w * np.cos(w * at), atol=1e-3)


def test_the_check_finds_land_that_is_missing():
    task = task_of(song(6.0))
    found = fit(task, units.level("20um"), "variable")
    groove = groove_of(task, found)
    spiral = groove.spiral
    middle = found.side.first_turn + 3.0
    nearer = dataclasses.replace(spiral, value=spiral.value - 1e-6 * (spiral.turns < middle))
    near = least_land(dataclasses.replace(groove, spiral=nearer), found.side.merges_at, "chisel")
    assert near.land_m < task.disc.land_m - 0.5e-6
    assert middle - 1.1 <= near.turn <= middle


# Land, at every sample


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("pitch", ["fixed", "variable", slow("auto"), slow(140e-6)])
@pytest.mark.parametrize("kind", [signals.pink_noise, signals.speech_like, signals.sweeps, song])
def test_no_two_turns_are_nearer_than_land(kind, pitch, tool):
    sound = kind(6.0, 44_100) if kind is not song else song(6.0, rate_hz=44_100, high_hz=10_000)
    task = task_of(clip(sound, rate_hz=44_100), machine=TOOLS[tool])
    for wish in (None, units.level("25um")) if pitch == "variable" else (None,):
        try:
            found = fit(task, wish, pitch)
        except FitError:
            assert wish is not None  # that much of this sound does not go at that pitch
            continue
        near = kept(task, found)
        if pitch == "variable":
            assert near.land_m <= task.disc.land_m + steep_m(task, found)


@pytest.mark.parametrize("pitch", [slow("fixed"), "variable", slow("auto"), 140e-6])
@pytest.mark.parametrize("side_by_side", ["alike", "unlike", "left", "opposite"])
def test_no_two_turns_of_a_stereo_groove_are_nearer_than_land(pitch, side_by_side):
    rate = 32_000
    left, right = (song(7.0, seed, rate_hz=rate, high_hz=9000) for seed in (1, 2))
    right = {"alike": left, "unlike": right, "left": 0 * left, "opposite": -left}[side_by_side]
    task = task_of(clip(left, right, rate_hz=rate), machine=LATHE)
    found = fit(task, None, pitch)
    groove = groove_of(task, found)
    assert groove.vertical_m is not None
    assert (side_by_side == "alike") == (not groove.vertical_m.any())
    near = kept(task, found)
    if pitch == "variable":
        assert near.land_m <= task.disc.land_m + steep_m(task, found)


@pytest.mark.parametrize("machine", [CHISEL, LATHE])
@pytest.mark.parametrize("pitch", ["fixed", "variable", "auto", 150e-6])
def test_no_two_turns_are_nearer_than_land_where_several_songs_lie(pitch, machine):
    disc = dataclasses.replace(TINY, music_inner_diameter_m=0.087)
    sounds = [clip(song(3.3, 1)), clip(song(4.1, 2), song(4.1, 3)), clip(song(2.0, 4, low_hz=30, high_hz=120))]
    task = task_of(sounds, disc, machine)
    found = fit(task, units.level("20um"), pitch)
    kept(task, found)
    # each marker band is its half millimetre wider than its turns need, and has no step
    spiral, per_turn = found.side.spiral, 1 / groove_of(task, found).turns_per_sample
    for name in ("marker 1", "marker 2"):
        band = next(b for b in found.side.bands if b.name == name)
        a, b = band.first / per_turn, band.last / per_turn
        wide = float(spiral.at(np.array(a)) - spiral.at(np.array(b)))
        if isinstance(pitch, float) or pitch == "fixed":
            assert wide == pytest.approx(plan.MARKER_M + (b - a) * (pitch_outside(found, a)), rel=1e-3)
        else:
            assert wide >= plan.MARKER_M
        assert (-spiral.slope_at(np.linspace(a - 1, b + 1, 500)) >= -1e-12).all()


def pitch_outside(found, turn):
    return -float(found.side.spiral.slope_at(np.array(turn - 0.5)))


@pytest.mark.parametrize("pitch", ["fixed", "variable", "auto"])
@pytest.mark.parametrize(("at_turn", "outwards"), [(0.02, True), (0.3, True), (0.97, True), (-0.1, True), (5.9, False),
                                                   (6.2, False), (6.3, True)])  # fmt: skip
def test_beside_lead_in_and_lead_out_too(pitch, at_turn, outwards):
    """One bump of 60 µm, in the first turn or the last, or in the ringing around them."""
    turn = 48_000 * 60 / 78
    unit = np.zeros(round(6.15 * turn) + 24_000)
    at = 12_000 + round(at_turn * turn)
    bump = np.hanning(1500) * (6e-5 if outwards else -6e-5)
    unit[at - 750 : at + 750] += bump
    task = task_of(programme_of(unit))
    found = fit(task, units.level("60um"), pitch)
    kept(task, found)


def test_a_bump_far_from_everything_moves_only_its_neighbours():
    """30 turns of silence at the least pitch, but for one bump: the music is as wide as one bump more."""
    turn = 48_000 * 60 / 78
    unit = np.zeros(round(20 * turn) + 24_000)
    unit[12_000 + round(10 * turn) : 12_000 + round(10 * turn) + 1500] = np.hanning(1500) * 1e-4
    disc = dataclasses.replace(TINY, music_inner_diameter_m=0.092)
    task = task_of(programme_of(unit), disc)
    found = fit(task, units.level("100um"), "variable")
    kept(task, found)
    assert found.side.course.music_m == pytest.approx(20 * plan.least_pitch_m(disc) + 1e-4, rel=0.037)


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10**6), tool=st.sampled_from(["chisel", "round", "lathe"]), low=st.floats(20, 300),
    seconds=st.floats(0.5, 8), wide=st.floats(1.5, 20), um=st.floats(1, 45), land_um=st.floats(1, 60),
    pitch=st.sampled_from(["fixed", "variable", "auto"]), screw=st.sampled_from([None, 0.06, 0.25, 0.5]),
)  # fmt: skip
def test_whatever_the_sound_land_is_kept(seed, tool, low, seconds, wide, um, land_um, pitch, screw):
    machine = dataclasses.replace(LATHE if tool == "lathe" else TOOLS[tool], screw_turns=screw, bandwidth_hz=4000.0)
    disc = dataclasses.replace(TINY, land_m=land_um * 1e-6, music_inner_diameter_m=0.09)
    sound = clip(song(seconds, seed, low, low * wide), song(seconds, seed + 1, low, low * wide))
    task = task_of(sound, disc, machine)
    try:
        found = fit(task, units.Level("displacement", um * 1e-6), pitch)
    except FitError:
        found = fit(task, None, pitch)
    kept(task, found)


def test_a_limiter_that_keeps_swings_small_is_counted_on():
    """What is wished for swings 40 µm, a limiter will keep each edge within 8: then land is kept, on less room."""
    task = dataclasses.replace(task_of(song(8.0)), swing_m=8e-6)
    free = fit(dataclasses.replace(task, swing_m=math.inf), units.level("40um"), "variable")
    found = fit(task, units.level("40um"), "variable")
    assert found.side.course.music_m < 0.95 * free.side.course.music_m
    groove = groove_of(task, found)
    limited = dataclasses.replace(groove, lateral_m=np.clip(groove.lateral_m, -8e-6, 8e-6))
    slack = 1e-6  # clipping makes corners, which no limiter does
    assert least_land(limited, found.side.merges_at, "chisel").straight_m >= TINY.land_m - slack
    assert least_land(groove, found.side.merges_at, "chisel").land_m < 0


# How narrow


def least_way_m(task, factor, first_radius_m, course_):
    """Design §3, written anew and sample by sample: D(x + 1) = max(D(x + 1 - ε), D(x) + needed(x)).

    Land is kept across the groove at the slope that each sample has, at the radius where the course found lays it.
    """
    made = task.programme
    per_turn = made.rate_hz * 60 / float(task.rpm)
    ring, count = made.ring, made.music_samples
    need = np.empty(count + math.ceil(per_turn))
    chunk = 1 << 19
    for a in range(0, len(need), chunk):
        b = min(a + chunk, len(need))
        y, dy = moved(made.lateral_m, ring + a, ring + b, 0.0)
        z, dz = moved(made.lateral_m, ring + a, ring + b, per_turn)
        radius = first_radius_m - course_.way.at(np.arange(a, b) / per_turn)
        slope = factor * np.maximum(abs(dy), abs(dz)) / (2 * np.pi * radius / per_turn)
        land = task.disc.land_m * np.sqrt(1 + slope**2)
        need[a:b] = task.disc.groove_width_m + land + factor * (z - y)
    # a turn is no whole number of samples: the place a turn before sample k lies between two, of which the greater
    # need may be met a sample late
    whole = math.floor(per_turn)
    way = np.zeros(count + 1)
    for a in range(whole, count + 1, whole - 1):
        b = min(a + whole - 1, count + 1)
        asked = way[a - whole : b - whole] + need[a - whole : b - whole]
        way[a:b] = np.maximum.accumulate(np.maximum(asked, way[a - 1]))
    return way[count]


@pytest.fixture(scope="module")
def music(shared):
    """Tasks of real music, each made once."""
    made = {}

    def of(name, disc, machine="ideal"):
        if (name, disc, machine) not in made:
            tool, record = presets.machine(machine), presets.disc(disc)
            with audio.open_song(shared / "data" / "music" / name) as stream:
                sounds = programme.programme([stream], RIAA, tool.bandwidth_hz, stereo=tool.stereo)
            made[name, disc, machine] = task_of(sounds, record, tool)
        return made[name, disc, machine]

    return of


KNOLLS, MINSTRELS = "knolls-190s.ogg", "minstrels-60s.flac"


def against_fixed(task, wish):
    level = units.level(wish)
    fixed, variable = fit(task, level, "fixed"), fit(task, level, "variable")
    assert fixed.factor == variable.factor
    return fixed.side.course.music_m / variable.side.course.music_m


def test_variable_pitch_knolls_10in_78_at_60um_holds_1_50_times_the_music(music):
    assert against_fixed(music(KNOLLS, "10in-78"), "60um") >= 1.50


def test_variable_pitch_minstrels_10in_78_at_60um_holds_1_28_times_the_music(music):
    assert against_fixed(music(MINSTRELS, "10in-78"), "60um") >= 1.28


def within_5_percent_of_the_least(task, wish):
    found = fit(task, units.level(wish), "variable")
    side = found.side
    outer = float(side.spiral.at(np.array(side.first_turn)))
    least = least_way_m(task, found.factor, outer, side.course)
    assert least <= side.course.music_m <= 1.05 * least


def test_variable_pitch_knolls_10in_78_at_60um_is_within_5_percent_of_the_least(music):
    within_5_percent_of_the_least(music(KNOLLS, "10in-78"), "60um")


def test_variable_pitch_knolls_12in_33_at_60um_is_within_5_percent_of_the_least(music):
    within_5_percent_of_the_least(music(KNOLLS, "12in-33"), "60um")


def test_variable_pitch_minstrels_10in_78_at_60um_is_within_5_percent_of_the_least(music):
    within_5_percent_of_the_least(music(MINSTRELS, "10in-78"), "60um")


def test_variable_pitch_minstrels_12in_33_at_40um_is_within_5_percent_of_the_least(music):
    """At 60 µm its treble would curve tighter than the tip."""
    within_5_percent_of_the_least(music(MINSTRELS, "12in-33"), "40um")


@pytest.mark.parametrize("seed", [1, 2])
def test_variable_pitch_of_noise_is_within_5_percent_of_the_least(seed):
    disc = dataclasses.replace(TINY, music_inner_diameter_m=0.09)
    within_5_percent_of_the_least(task_of(song(11.0, seed, low_hz=30, high_hz=1000), disc), "45um")


@pytest.mark.parametrize(("name", "disc", "wish"), [(MINSTRELS, "10in-78", "60um"), (MINSTRELS, "12in-33", "40um")])
@pytest.mark.parametrize("pitch", [slow("fixed"), "variable"])
def test_land_of_music_at_every_sample(music, name, disc, wish, pitch):
    task = music(name, disc)
    kept(task, fit(task, units.level(wish), pitch))


@pytest.mark.slow
@pytest.mark.parametrize("pitch", ["fixed", "variable", "auto", 200e-6])
@pytest.mark.parametrize("machine", ["ideal", "laser-1200", "lathe"])
@pytest.mark.parametrize(("name", "disc"), [(KNOLLS, "10in-78"), (KNOLLS, "12in-33"), (MINSTRELS, "10in-78"),
                                            (MINSTRELS, "12in-33")])  # fmt: skip
def test_land_of_music_on_every_machine(music, name, disc, machine, pitch):
    task = music(name, disc, machine)
    for wish in (None, units.level("25um")):
        kept(task, fit(task, wish, pitch))


# How gently


def knots_a_turn(found):
    way = found.side.course.way.turns
    return round(1 / float(np.diff(way).min()))


@pytest.mark.parametrize(("screw_turns", "most"), [(None, 144), (0.5, 8), (0.25, 16), (0.1, 36), (2.0, 8)])
def test_a_lead_screw_changes_the_pitch_no_faster_than_it_can(screw_turns, most):
    """A cubic B-spline goes from one pitch to another over four knots."""
    machine = dataclasses.replace(CHISEL, screw_turns=screw_turns)
    task = task_of(song(11.0, low_hz=40, high_hz=200), machine=machine)
    for pitch in ("variable", "auto"):
        found = fit(task, None, pitch)
        assert 8 <= knots_a_turn(found) <= most
        kept(task, found)


@pytest.mark.parametrize("pitch", ["variable", "auto"])
def test_the_pitch_has_no_kink_and_never_turns_back(pitch):
    """C² along the course, C¹ at the lead-in and lead-out; a step of the pitch would be heard."""
    task = task_of([clip(song(3.0, 1)), clip(song(4.0, 2))], dataclasses.replace(TINY, music_inner_diameter_m=0.09))
    found = fit(task, units.level("20um"), pitch)
    spiral, way = found.side.spiral, found.side.course.way
    near = 1e-7
    for t in spiral.turns[1:-1]:
        before, after = (float(spiral.slope_at(np.array(t + s))) for s in (-near, near))
        assert after - before == pytest.approx(0, abs=4 * near * 0.05)  # no pitch changes by 50 mm a turn each turn
    inside = way.turns[1:-1]
    bends = [(way.slope_at(inside + s) - way.slope_at(inside)) / s for s in (-near, near)]
    np.testing.assert_allclose(*bends, atol=1e-6 * np.abs(np.diff(way.slope)).max() / np.diff(way.turns).min() + 1e-8)
    turns = np.linspace(0, found.side.turns, 50_001)
    assert (spiral.slope_at(turns) <= 1e-12).all()


def test_a_gentler_course_is_no_narrower():
    task = task_of(song(11.0, low_hz=40, high_hz=200))
    factor = 30e-6 / task.swing_peak_m
    needed, _ = task.needed_m(factor)
    least = course.least_way_m(task.held, needed)
    fine, gentle = (
        course.tightest(task.held, needed, task.disc, task.songs_turns, None, screw, None).music_m
        for screw in (4 / 144, 0.5)
    )
    assert least <= fine <= gentle


def test_auto_spreads_the_turns_to_fill_the_side():
    task = task_of(song(6.0))
    tight, wide = fit(task, units.level("20um"), "variable"), fit(task, units.level("20um"), "auto")
    assert wide.side.course.music_m > tight.side.course.music_m
    end = float(wide.side.spiral.at(np.array(wide.side.first_turn + wide.side.course.music_turns)))
    assert end == pytest.approx(task.span(wide.factor).inner_m, abs=1e-6)


def test_auto_of_a_short_song_is_no_wider_than_the_lead_in():
    found = fit(task_of(song(0.5)), units.level("10um"), "auto")
    assert found.side.pitch_m == pytest.approx(TINY.lead_in_pitch_m, rel=1e-9)


@pytest.mark.parametrize("pitch", ["variable", "auto"])
def test_the_same_twice(pitch):
    one, two = (fit(task_of(song(5.0)), None, pitch) for _ in range(2))
    assert one.factor == two.factor
    for name in ("turns", "value", "slope"):
        np.testing.assert_array_equal(getattr(one.side.spiral, name), getattr(two.side.spiral, name))


@pytest.mark.parametrize("kernel", ["_pass", "_ease"])
def test_kernels_equal_their_plain_twins(kernel):
    rng = np.random.default_rng(6)
    outside, beside = rng.uniform(71e-6, 130e-6, 200), np.full(40, -np.inf)
    beside[10:30] = rng.uniform(0, 2e-4, 20)
    push = rng.uniform(0, 1e-6, 220)
    compiled = getattr(course, kernel)
    if kernel == "_pass":
        results = [run(outside, beside, push, 16) for run in (compiled, compiled.py_func)]
    else:
        results = []
        for run in (compiled, compiled.py_func):
            c = course._pass(outside, beside, push, 16)
            run(c[:180], c, outside, beside, push, 16, 5)
            results.append(c)
    np.testing.assert_array_equal(*results)
    c = results[0]
    assert (np.diff(c) >= push[1:] - 1e-18).all()
    assert (c[16:216] - c[:200] >= outside - 1e-18).all()
    assert (c[:40] >= beside - 1e-18).all()


def test_the_work_grows_with_the_side_alone():
    """Twice the music is twice the table and twice the knots: nothing is done for each pair of places."""
    short, long = (task_of(song(s)) for s in (4.0, 8.0))
    cells = [len(t.held.toward_m) for t in (short, long)]
    assert cells[1] - cells[0] == pytest.approx(4.0 * 1.3 * 1152, abs=1152)
    counts = []
    for task in (short, long):
        found = fit(task, units.level("15um"), "variable")
        counts.append(len(found.side.course.way.turns) / knots_a_turn(found))
    assert counts[1] - counts[0] == pytest.approx(4.0 * 1.3, abs=1.1)


def test_high_cut_is_what_the_check_stands_on():
    """Nothing above 1.15 of the bandwidth is cut: the interpolation of this file is true up to there."""
    assert not high_cut(np.array([13_800.0, 20_000.0]), 12_000, 13_800).any()
