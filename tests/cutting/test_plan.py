"""Sides laid out: inside the recorded area, without a kink, with the standard's lead-in and lead-out."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets
from bonemusic.cutting import plan
from bonemusic.errors import FitError
from bonemusic.groove import Band, Knots, spline, tracks_of

RATE = 48_000
DISCS = presets.names("discs")
SPEEDS = [Fraction(78), Fraction(45), Fraction(100, 3), Fraction(50, 3)]
SWING_M = 100e-6
SAMPLE_M = 1.3e-7  # what one sample of lead-in takes at most: 6.4 mm a turn, 78 rpm


def laid(disc, rpm, part, pitch_m=None, rate=RATE):
    """A side whose music takes a part of the longest that fits at the tightest pitch; it and the music's samples."""
    longest = plan.longest_s(disc, rpm, pitch_m or plan.least_pitch_m(disc), SWING_M)
    samples = int(part * longest * rate)
    pitch = pitch_m or filling_m(disc, rpm, samples / rate, SWING_M)
    return one_song(disc, rpm, rate, samples, pitch), samples


def one_song(disc, rpm, rate, samples, pitch_m):
    return plan.lay(disc, rpm, rate, [(0, samples)], plan.at_pitch(pitch_m, [(0.0, turn_of(samples, rpm, rate))]))


def filling_m(disc, rpm, seconds, swing_m):
    """The pitch at which music fills its room, but no wider than the lead-in's: by hand, and not as planned."""
    wide = plan.music_span(disc, swing_m, 0.0).room_m
    turns = seconds * float(rpm) / 60 + plan.lead_in_ramp(disc) / 2  # the ramp ends at the pitch
    return min(wide / turns, disc.lead_in_pitch_m)


def turn_of(sample, rpm, rate=RATE):
    return sample * float(rpm) / 60 / rate


def dense(side):
    turns = np.linspace(0, side.turns, 20_001)
    return turns, side.spiral.at(turns), -side.spiral.slope_at(turns)


@pytest.mark.parametrize("name", DISCS)
@pytest.mark.parametrize("rpm", SPEEDS)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.97])
def test_every_disc_at_every_speed(name, rpm, part):
    disc = presets.disc(name)
    side, samples = laid(disc, rpm, part)
    lead_in, music, lead_out, locked = side.bands
    turns, radius, pitch = dense(side)
    half = disc.groove_width_m / 2

    # one after another, the music exactly as long as it is
    assert [b.name for b in side.bands] == ["lead-in", "track 1", "lead-out", "locked groove"]
    assert (side.music.first, side.music.last) == (music.first, music.last)
    assert lead_in.first == 0
    assert [lead_in.last, music.last, lead_out.last] == [music.first, lead_out.first, locked.first]
    assert music.last - music.first == samples

    # within what may be recorded, always inwards
    assert radius.max() + half <= disc.recorded_diameter_m / 2 + 1e-12
    assert (pitch >= -1e-15).all()

    # lead-in: two turns at the standard's pitch, the last half of a turn towards the music's
    begin, end = turn_of(music.first, rpm), turn_of(music.last, rpm)
    assert begin == pytest.approx(disc.lead_in_turns, abs=2e-4)
    led = pitch[turns < begin - 0.51]
    assert 0.8e-3 <= led.min() <= led.max() <= 1.6e-3  # IEC 60098:2020, 1.2 ± 0.4 mm

    # music: its own pitch, within the recorded area with room to swing
    inside = (turns >= begin) & (turns <= end)
    np.testing.assert_allclose(pitch[inside], side.pitch_m, rtol=1e-9)
    assert side.pitch_m >= plan.least_pitch_m(disc)
    assert side.first_turn == pytest.approx(begin, rel=1e-12)
    inner = float(side.spiral.at(np.array(end)))
    least = disc.music_inner_diameter_m / 2 + half + SWING_M
    assert inner >= least - SAMPLE_M
    if side.pitch_m < disc.lead_in_pitch_m * (1 - 1e-9):
        assert inner == pytest.approx(least, abs=SAMPLE_M)  # fills the area
    else:
        assert side.pitch_m == pytest.approx(disc.lead_in_pitch_m, rel=1e-12)  # a wider one would trip automatic stops

    # lead-out: reaches the standard's pitch, never passes it
    last = turn_of(locked.first, rpm)
    out = pitch[(turns > end) & (turns < last)]
    assert 3.2e-3 <= out.max() <= 9.6e-3  # IEC 60098:2020, 6.4 ± 3.2 mm

    # locked groove: a whole turn at its own radius
    around = radius[turns >= last]
    np.testing.assert_allclose(around, disc.locked_diameter_m / 2, rtol=0, atol=1e-12)
    assert side.turns - last == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("name", DISCS)
def test_radius_and_pitch_run_on_without_a_step(name):
    """C¹: on both sides of every knot."""
    side, _ = laid(presets.disc(name), presets.disc(name).rpm, 0.6)
    knots = side.spiral.turns
    for t in knots:
        before, after = np.array([t - 1e-9, t + 1e-9])[:, None]
        assert abs(side.spiral.at(before) - side.spiral.at(after))[0] < 2e-11
        assert abs(side.spiral.slope_at(before) - side.spiral.slope_at(after))[0] < 1e-9
    # and in between the pitch runs straight: the radius is its integral
    turns = np.sort(np.append(np.linspace(0, side.turns, 5001), knots))
    pitch = -side.spiral.slope_at(turns)
    steps = np.diff(turns) * (pitch[1:] + pitch[:-1]) / 2
    np.testing.assert_allclose(-np.diff(side.spiral.at(turns)), steps, atol=1e-14)


@pytest.mark.parametrize("rpm", SPEEDS)
@pytest.mark.parametrize("points_per_s", [2000, 8000, 10_000, 32_000, RATE])
def test_locked_groove_is_closed_at_any_number_of_points(rpm, points_per_s):
    """The last point that is drawn lies on or past the first of the circle; a gap would be a wall."""
    disc = presets.disc("12in-33")
    side, _ = laid(disc, rpm, 0.1)
    points = math.ceil(side.bands[-1].last * points_per_s / RATE)  # as `filtered` gives them
    last_turn = (points - 1) / points_per_s * float(rpm) / 60
    assert last_turn >= side.turns
    assert last_turn - side.turns < 1e-3


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(DISCS), st.sampled_from(SPEEDS), st.floats(0.001, 1), st.floats(1.0, 100.0),
    st.sampled_from([48_000, 96_000, 192_000]),
)  # fmt: skip
def test_any_length_at_any_pitch_that_is_not_refused_stays_inside(name, rpm, part, wider, rate):
    """Also at pitches far wider than the lead-in's."""
    disc = presets.disc(name)
    pitch = plan.least_pitch_m(disc) * wider
    side, samples = laid(disc, rpm, part, pitch, rate)
    plan.refuse_if_too_long(disc, rpm, samples / rate, pitch, SWING_M)
    _, radius, slope = dense(side)
    assert (slope >= -1e-15).all()
    end = turn_of(side.bands[1].last, rpm, rate)
    least = disc.music_inner_diameter_m / 2 + disc.groove_width_m / 2 + SWING_M
    assert side.spiral.at(np.array(end)) >= least - 2 * SAMPLE_M
    assert radius[-1] == pytest.approx(disc.locked_diameter_m / 2, abs=1e-12)
    assert all(b.last >= b.first for b in side.bands)


@pytest.mark.parametrize("left_mm", [0.02, 0.1, 0.3, 1.0, 3.0, 3.3, 20.0])
def test_lead_out_takes_what_room_there_is(left_mm):
    """A locked groove close to the music or far inside it: still no kink, and exactly there."""
    disc = presets.disc("10in-78")
    disc = dataclasses.replace(disc, locked_diameter_m=disc.music_inner_diameter_m - 2e-3 * left_mm)
    side, _ = laid(disc, disc.rpm, 0.97)
    _, radius, pitch = dense(side)
    assert radius[-1] == pytest.approx(disc.locked_diameter_m / 2, abs=1e-12)
    assert np.abs(np.diff(pitch)).max() < 60 * disc.lead_out_pitch_m / 20_000 * side.turns  # no step
    assert pitch.max() <= max(disc.lead_out_pitch_m, disc.lead_in_pitch_m) + 1e-12
    if left_mm > 3.3:
        assert pitch.max() == pytest.approx(disc.lead_out_pitch_m, rel=0.01)


@pytest.mark.parametrize("turns", [0.0, 0.2, 0.5, 0.500001, 1.0, 7.0])
def test_lead_in_of_any_length(turns):
    disc = dataclasses.replace(presets.disc("7in-45"), lead_in_turns=turns)
    side, _ = laid(disc, disc.rpm, 0.9)
    _, radius, pitch = dense(side)
    assert radius[0] == pytest.approx(disc.recorded_diameter_m / 2 - disc.groove_width_m / 2, abs=1e-12)
    assert (pitch >= -1e-15).all()
    begin, end = (np.array(turn_of(side.bands[1].first, disc.rpm)), np.array(turn_of(side.bands[1].last, disc.rpm)))
    span = plan.music_span(disc, SWING_M, side.pitch_m)
    assert side.spiral.at(begin) == pytest.approx(span.outer_m, abs=SAMPLE_M)
    assert side.spiral.at(end) == pytest.approx(span.inner_m, abs=SAMPLE_M)
    assert -side.spiral.slope_at(begin) == pytest.approx(side.pitch_m, rel=1e-6)


def test_numbers_of_the_standard_disc_by_hand():
    """12 inch, 33⅓: 20 minutes between 146.3 mm less the lead-in and 57.6 mm."""
    disc = presets.disc("12in-33")
    pitch = filling_m(disc, disc.rpm, 1200.0, 0.0)
    turns = 1200 * 100 / 3 / 60
    # 1.5 turns of 1.2 mm, half a turn down to the pitch, the music; from groove's middle to groove's middle
    assert 1.5 * 1.2e-3 + 0.5 * (1.2e-3 + pitch) / 2 + turns * pitch == pytest.approx(
        146.3e-3 - 57.6e-3 - 56e-6, rel=1e-12
    )
    assert plan.longest_s(disc, disc.rpm, pitch, 0.0) == pytest.approx(1200, rel=1e-12)
    side = one_song(disc, disc.rpm, RATE, 1200 * RATE, pitch)
    assert float(side.spiral.at(np.array(2 + turns))) == pytest.approx(57.6e-3 + 28e-6, abs=1e-9)
    assert side.course.music_m == pytest.approx(turns * pitch, rel=1e-12)
    assert plan.taken_m(disc, side.course) == pytest.approx((turns + 0.25) * pitch, rel=1e-12)
    assert plan.least_pitch_m(disc) == pytest.approx(71e-6, rel=1e-12)


def test_too_long_by_a_hair_is_refused_and_by_none_is_not():
    disc = presets.disc("7in-45")
    longest = plan.longest_s(disc, disc.rpm, 150e-6, SWING_M)
    plan.refuse_if_too_long(disc, disc.rpm, longest, 150e-6, SWING_M)
    with pytest.raises(FitError, match=r"too long by 0\.1 s"):
        plan.refuse_if_too_long(disc, disc.rpm, longest + 0.1, 150e-6, SWING_M)
    plan.refuse_if_too_long(disc, disc.rpm, longest + 0.1, None, SWING_M)  # at the least pitch there is room
    with pytest.raises(FitError, match="no room for music that swings 40 mm"):
        plan.refuse_if_too_long(disc, disc.rpm, 1.0, 150e-6, 40e-3)


# Several songs, and courses that are given


SONGS = st.lists(st.floats(0.3, 30), min_size=2, max_size=5)


def several(disc, seconds, pitch_m, rate=RATE):
    songs, first = [], 0
    for length in seconds:
        songs.append((first, first + round(length * rate)))
        first = songs[-1][1] + round(plan.MARKER_S * rate)
    turns = [(turn_of(a, disc.rpm, rate), turn_of(b, disc.rpm, rate)) for a, b in songs]
    return plan.lay(disc, disc.rpm, rate, songs, plan.at_pitch(pitch_m, turns)), songs


@settings(deadline=None, max_examples=30)
@given(SONGS, st.sampled_from(["12in-33", "10in-78"]), st.floats(80e-6, 300e-6))
def test_songs_lie_one_after_another_with_marker_bands_between(seconds, name, pitch):
    disc = presets.disc(name)
    side, songs = several(disc, seconds, pitch)
    names = ["lead-in", "track 1"]
    for n in range(2, len(songs) + 1):
        names += [f"marker {n - 1}", f"track {n}"]
    assert [b.name for b in side.bands] == [*names, "lead-out", "locked groove"]
    for one, next_ in pairwise(side.bands):
        assert one.last == next_.first
    lead_in = side.bands[0].last
    assert [(b.first - lead_in, b.last - lead_in) for b in tracks_of(side.bands)] == songs
    assert side.music == Band("music", lead_in, lead_in + songs[-1][1])
    # the pitch is what was asked for in songs, and half a millimetre wider in each marker, without a step
    turns, radius, pitches = dense(side)
    for band in tracks_of(side.bands):
        inside = (turns > turn_of(band.first, disc.rpm)) & (turns < turn_of(band.last, disc.rpm))
        np.testing.assert_allclose(pitches[inside], pitch, rtol=1e-9)
    for band in side.bands[2:-2:2]:
        a, b = (turn_of(k, disc.rpm) for k in (band.first, band.last))
        wide = float(side.spiral.at(np.array(a)) - side.spiral.at(np.array(b)))
        assert wide == pytest.approx(plan.MARKER_M + (b - a) * pitch, rel=1e-9)
        middle = -float(side.spiral.slope_at(np.array((a + b) / 2)))
        assert middle == pytest.approx(pitch + 2 * plan.MARKER_M / (b - a), rel=1e-9)
    assert (np.diff(radius) <= 1e-15).all()
    assert radius[-1] == pytest.approx(disc.locked_diameter_m / 2, abs=1e-12)


def test_a_given_course_is_laid_as_it_is():
    """Any course, C¹ with what lies before and after it, and its depth at its own turns."""
    disc = presets.disc("10in-78")
    c = np.cumsum(np.random.default_rng(3).uniform(0, 60e-6, 90))
    way = spline(c, -0.25, 8)
    way = Knots(way.turns, way.value - way.at(np.zeros(1))[0], way.slope)
    depth = Knots(np.array([-1.0, 5.0, 9.0]), np.array([28e-6, 40e-6, 28e-6]), np.zeros(3))
    course = plan.Course(way, depth, 8.7, 9.5)
    samples = round(8.7 * 60 / 78 * RATE)
    side = plan.lay(disc, disc.rpm, RATE, [(0, samples)], course)
    t = np.linspace(0, 9.5, 500)
    outer = float(side.spiral.at(np.array(side.first_turn)))
    assert outer == pytest.approx(plan.music_span(disc, 0.0, course.first_pitch_m).outer_m, abs=SAMPLE_M)
    np.testing.assert_allclose(side.spiral.at(side.first_turn + t), outer - way.at(t), atol=1e-14)
    np.testing.assert_allclose(side.depth(disc).at(side.first_turn + t), depth.at(t), atol=1e-18)
    for knot in side.spiral.turns[1:-1]:
        before, after = (float(side.spiral.slope_at(np.array(knot + s))) for s in (-1e-9, 1e-9))
        assert before == pytest.approx(after, abs=1e-9)
    assert course.music_m == way.at(np.array([8.7]))[0]
    assert side.merges_at == pytest.approx(side.turns - 1.5, abs=1e-9)
    bare = dataclasses.replace(side, course=dataclasses.replace(course, depth=None))
    assert bare.depth(disc).at(np.array(3.0)) == disc.depth_m


@pytest.mark.parametrize("name", DISCS)
@pytest.mark.parametrize("rpm", SPEEDS)
def test_no_lead_out_is_longer_than_the_longest(name, rpm):
    disc = presets.disc(name)
    for part in (0.001, 0.3, 1.0):
        for pitch in (plan.least_pitch_m(disc), 1e-3):
            side, _ = laid(disc, rpm, part, pitch)
            assert side.bands[-1].last - side.music.last <= plan.most_tail_samples(disc, rpm, RATE)
            assert side.music.first == plan.lead_in_samples(disc, rpm, RATE)
