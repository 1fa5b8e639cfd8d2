"""A programme laid along its side: each sample in its place, in its own memory where there is room."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.cutting import plan, programme
from bonemusic.cutting.engrave import engrave
from bonemusic.groove import Knots

from .sides import programme_of

DISC = presets.disc("7in-78")
RATE = 48_000
RING = programme.ring_samples(RATE)


def held(samples, reserve=(0, 0), stereo=False, seed=4):
    """Noise with ringing, within room that is held ready."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(2 if stereo else 1):
        base = np.zeros(sum(reserve) + samples + 2 * RING, np.float32)
        base[reserve[0] : len(base) - reserve[1]] = rng.standard_normal(samples + 2 * RING) * 1e-6
        rows.append(base[reserve[0] : len(base) - reserve[1]])
    return programme.Programme(rows[0], rows[1] if stereo else None, RATE, ((0, samples),), reserve)


def side_of(samples, disc=DISC, pitch_m=200e-6):
    course = plan.at_pitch(pitch_m, [(0.0, samples / RATE * float(disc.rpm) / 60)])
    return plan.lay(disc, disc.rpm, RATE, [(0, samples)], course)


@pytest.mark.parametrize("seconds", [0.05, 3.0])
@pytest.mark.parametrize("stereo", [False, True])
def test_song_lies_at_the_music_of_its_side(seconds, stereo):
    samples = round(seconds * RATE)
    made = held(samples, stereo=stereo)
    unit = [None if row is None else row.copy() for row in (made.lateral_m, made.vertical_m)]
    side = side_of(samples)
    groove = engrave(side, made, 2.5, DISC, DISC.rpm, {"title": "x"})
    music = groove.music
    begin = music.first - RING
    assert music.last - music.first == samples
    assert (groove.vertical_m is not None) == stereo
    for laid, row in zip((groove.lateral_m, groove.vertical_m), unit, strict=True):
        if row is None:
            continue
        np.testing.assert_array_equal(laid[begin : begin + len(row)], row * np.float32(2.5))
        assert not laid[:begin].any()
        assert not laid[begin + len(row) :].any()
    assert len(groove) == side.bands[-1].last
    assert (groove.rate_hz, groove.rpm, groove.meta["title"]) == (RATE, DISC.rpm, "x")
    assert groove.spiral is side.spiral
    assert groove.bands == side.bands
    assert groove.profile.width_m == DISC.groove_width_m
    (block,) = groove.blocks(len(groove))
    if not stereo:
        np.testing.assert_allclose(block.width_m, DISC.groove_width_m, rtol=1e-12)
    # the song begins two turns in, at the angle that the lead-in's length says, to a sample
    turns = music.first * groove.turns_per_sample
    assert turns == pytest.approx(2, abs=1.5 * groove.turns_per_sample)
    assert block.angle_rad[music.first] == pytest.approx(2 * math.pi * turns, rel=1e-15)


@pytest.mark.parametrize("stereo", [False, True])
@pytest.mark.parametrize("factor", [1.0, 0.3])
def test_in_its_own_memory_it_is_the_same_as_copied(stereo, factor):
    """What was held ready becomes lead-in and lead-out: no copy, and the same groove."""
    samples = 2 * RATE
    before = plan.lead_in_samples(DISC, DISC.rpm, RATE)
    reserve = (before, plan.most_tail_samples(DISC, DISC.rpm, RATE))
    ready, plain = held(samples, reserve, stereo), held(samples, (0, 0), stereo)
    memory = ready.lateral_m.base
    side = side_of(samples)
    one, other = (engrave(side, made, factor, DISC, DISC.rpm, {}) for made in (ready, plain))
    assert np.shares_memory(one.lateral_m, memory)
    np.testing.assert_array_equal(one.lateral_m, other.lateral_m)
    if stereo:
        np.testing.assert_array_equal(one.vertical_m, other.vertical_m)


@pytest.mark.parametrize("reserve", [(10, 10**6), (10**5, 10), (0, 0)])
def test_where_too_little_is_held_ready_it_is_copied(reserve):
    samples = RATE
    made, plain = held(samples, reserve), held(samples)
    side = side_of(samples)
    one, other = (engrave(side, p, 0.5, DISC, DISC.rpm, {}) for p in (made, plain))
    assert not np.shares_memory(one.lateral_m, made.lateral_m)
    np.testing.assert_array_equal(one.lateral_m, other.lateral_m)


def test_the_programme_is_used_up():
    made = held(RATE)
    before = made.lateral_m.copy()
    engrave(side_of(RATE), made, 0.5, DISC, DISC.rpm, {})
    np.testing.assert_array_equal(made.lateral_m, before * np.float32(0.5))


def test_depth_is_laid_with_the_course():
    samples = 2 * RATE
    side = side_of(samples)
    depth = Knots(np.array([-1.0, 1.0, 3.0]), np.array([28e-6, 40e-6, 28e-6]), np.zeros(3))
    side = dataclasses.replace(side, course=dataclasses.replace(side.course, depth=depth))
    groove = engrave(side, held(samples), 1.0, DISC, DISC.rpm, {})
    assert float(groove.depth.at(np.array(side.first_turn + 1))) == pytest.approx(40e-6, rel=1e-12)
    assert float(groove.depth.at(np.array(0.0))) == pytest.approx(28e-6, rel=1e-12)


def test_ringing_that_has_no_room_before_the_first_sample_is_left_out():
    disc = dataclasses.replace(DISC, lead_in_turns=0.1)
    side = side_of(RATE, disc)
    groove = engrave(side, programme_of(np.ones(RATE + 2 * RING)), 1.0, disc, disc.rpm, {})
    assert groove.lateral_m[0] == 1
    assert groove.lateral_m[groove.music.last + RING] == 0
