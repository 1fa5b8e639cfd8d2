"""Displacement at its rate, and its place on the side."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.curves import recording
from bonemusic.cutting import engrave, plan

DISC = presets.disc("7in-78")
RIAA = presets.curve("riaa")


@pytest.mark.parametrize(
    ("bandwidth", "rate"), [(3600, 48_000), (4500, 48_000), (12_000, 48_000), (12_001, 96_000), (24_000, 96_000),
                            (25_000, 192_000)],
)  # fmt: skip
def test_rate_is_four_times_the_bandwidth_at_least(bandwidth, rate):
    assert engrave.groove_rate_hz(bandwidth) == rate


@pytest.mark.parametrize(("song_hz", "most"), [(44_100, 12_000), (8000, 3478.26), (22_050, 9586.96), (384_000, 12_000)])
def test_nothing_is_cut_that_the_song_cannot_hold(song_hz, most):
    band = engrave.song_bandwidth_hz(song_hz, 12_000)
    assert band == pytest.approx(most, abs=0.01)
    assert 1.15 * band <= song_hz / 2 + 1e-9  # where the high-cut is complete


@pytest.mark.parametrize(("song_hz", "band"), [(44_100, 12_000.0), (8000, 3400.0), (96_000, 20_000.0)])
def test_tone_keeps_its_time_and_size(song_hz, band):
    """500 Hz: the displacement's rate, its ringing before and after, its phase to a hundredth of a degree."""
    hz = 500.0
    tone = np.sin(2 * np.pi * hz * np.arange(3 * song_hz) / song_hz).astype(np.float32)
    unit, rate = engrave.displacement(tone, song_hz, RIAA, band)
    ring = engrave.ring_samples(rate)
    assert rate == engrave.groove_rate_hz(band)
    assert ring == rate // 4
    assert len(unit) == 3 * rate + 2 * ring
    k = np.arange(rate, 2 * rate)
    found = 2j * np.mean(unit[ring + k] * np.exp(-2j * np.pi * hz * k / rate))
    gain = recording(RIAA, np.array([hz]))[0] * 0.05 / (2j * np.pi * hz)
    assert abs(found / gain) == pytest.approx(1, rel=1e-5)
    assert np.degrees(np.angle(found / gain)) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("seconds", [0.05, 3.0])
def test_song_lies_at_the_music_of_its_side(seconds):
    rate = 48_000
    ring = engrave.ring_samples(rate)
    samples = round(seconds * rate)
    unit = np.random.default_rng(4).standard_normal(samples + 2 * ring).astype(np.float32) * 1e-6
    side = plan.lay(DISC, DISC.rpm, rate, samples, 200e-6)
    groove = engrave.engrave(side, unit, 2.5, DISC, DISC.rpm, rate, {"title": "x"})
    music = groove.band("music")
    begin = music.first - ring
    assert music.last - music.first == samples
    np.testing.assert_array_equal(groove.lateral_m[begin : begin + len(unit)], unit * np.float32(2.5))
    assert not groove.lateral_m[:begin].any()
    assert not groove.lateral_m[begin + len(unit) :].any()
    assert len(groove) == side.bands[-1].last
    assert groove.vertical_m is None
    assert (groove.rate_hz, groove.rpm, groove.meta["title"]) == (rate, DISC.rpm, "x")
    assert groove.spiral is side.spiral
    assert groove.profile.width_m == DISC.groove_width_m
    (block,) = groove.blocks(len(groove))
    np.testing.assert_allclose(block.width_m, DISC.groove_width_m, rtol=1e-12)
    # the song begins two turns in, at the angle that the lead-in's length says, to a sample
    turns = music.first * groove.turns_per_sample
    assert turns == pytest.approx(2, abs=1.5 * groove.turns_per_sample)
    assert block.angle_rad[music.first] == pytest.approx(2 * math.pi * turns, rel=1e-15)


def test_ringing_that_has_no_room_before_the_first_sample_is_left_out():
    import dataclasses

    disc = dataclasses.replace(DISC, lead_in_turns=0.1)
    rate, samples = 48_000, 48_000
    side = plan.lay(disc, disc.rpm, rate, samples, 200e-6)
    unit = np.ones(samples + 2 * engrave.ring_samples(rate), np.float32)
    groove = engrave.engrave(side, unit, 1.0, disc, disc.rpm, rate, {})
    assert groove.lateral_m[0] == 1
    assert groove.lateral_m[groove.band("music").last + engrave.ring_samples(rate)] == 0
