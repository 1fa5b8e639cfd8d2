"""The whole player, from a groove to sound."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.curves import from_displacement, to_displacement
from bonemusic.errors import Cancelled
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing import play
from bonemusic.presets import Curve, Stylus, Turntable
from bonemusic.spectral import filtered

RATE_HZ = 96_000
RIAA = Curve("riaa", "RIAA", 3180e-6, 318e-6, 75e-6)
IDEAL = Turntable("ideal", "Ideal", None, 0.0, 0.0, 0.5, 0.0, 10.0, 0.0, None, None, None, None, 0.0, -20.0)
WORN = Turntable("worn", "Worn", "lp", 0.008, 0.0025, 0.8, 0.0015, 25.0, 2e-4, 20.0, 15e3, -45.0, -40.0, 300.0, -12.0)
BALL = Stylus("lp", "LP", 18e-6, None, 60e-6, 0.2)


def groove_of(lateral_m, vertical_m=None):
    spiral = Knots(np.array([0.0, 100.0]), np.array([0.06, 0.05]), np.array([-1e-4, -1e-4]))
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    return Groove(spiral, constant(28e-6), Fraction(100, 3), RATE_HZ, lateral_m, profile, vertical_m)


def tone(frequency_hz, velocity_m_s, seconds=1.0):
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return -velocity_m_s / (2 * math.pi * frequency_hz) * np.cos(2 * math.pi * frequency_hz * t)


def test_ideal_is_displacement_velocity_replay_and_nothing_else():
    groove = groove_of(tone(1000, 0.05))
    heard = play(groove, IDEAL, None, RIAA)
    known = filtered(groove.lateral_m, RATE_HZ, from_displacement(RIAA, RATE_HZ / 2.3))
    np.testing.assert_array_equal(heard.samples[:, 0], known)
    assert heard.samples.shape == (RATE_HZ, 1)
    assert (heard.rate_hz, heard.clicks, heard.wow_percent) == (RATE_HZ, 0, 0.0)
    assert math.sqrt(2) * heard.samples[30_000:60_000].std() == pytest.approx(1, rel=1e-3)


def test_what_is_cut_by_the_curve_comes_back_as_the_song():
    song = 0.5 * np.convolve(np.random.default_rng(8).standard_normal(RATE_HZ), np.hanning(31) / 4, "same")
    song *= np.hanning(RATE_HZ)
    groove = groove_of(filtered(song, RATE_HZ, to_displacement(RIAA, 20_000.0)))
    heard = play(groove, IDEAL, None, RIAA).samples[:, 0]
    band = filtered(heard - song, RATE_HZ, lambda f: np.asarray(((f > 100) & (f < 15_000)) * 1.0))
    assert 20 * math.log10(band.std() / song.std()) < -45  # the low-cuts' feet at 100 Hz


def test_the_right_channel_of_the_outer_wall_comes_out_right_through_a_ball():
    normal = tone(3000, 0.03)
    heard = play(groove_of(normal / math.sqrt(2), -normal / math.sqrt(2)), IDEAL, BALL, RIAA).samples
    left, right = heard[30_000:60_000].std(axis=0)
    assert right > 0.2
    assert left < 1e-5 * right


def test_sound_in_phase_is_lateral_and_alike_in_both_channels():
    lateral = tone(1000, 0.05)
    heard = play(groove_of(lateral, np.zeros_like(lateral)), IDEAL, None, RIAA).samples
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])


def test_a_worn_player_tells_what_happened_and_does_it_again():
    groove = groove_of(tone(1000, 0.05, 4.0), tone(400, 0.01, 4.0))
    one = play(groove, WORN, BALL, RIAA, rate_hz=44_100, seed=3)
    two = play(groove, WORN, BALL, RIAA, rate_hz=44_100, seed=3)
    other = play(groove, WORN, BALL, RIAA, rate_hz=44_100, seed=4)
    np.testing.assert_array_equal(one.samples, two.samples)
    assert one.clicks == two.clicks > 5
    assert not np.array_equal(one.samples, other.samples)
    assert one.samples.shape[1] == 2
    assert len(one.samples) / 44_100 == pytest.approx(4 / 1.008, rel=5e-4)
    assert one.wow_percent == pytest.approx(100 * (0.0025 + 0.0015 + 2e-4 / 0.06), rel=0.15)


def test_the_sound_begins_at_sample_0_whatever_the_platter_does():
    pulse = np.zeros(RATE_HZ)
    pulse[480] = 1e-6
    pulse = np.convolve(pulse, np.hanning(21), "same")
    uneven = replace(IDEAL, speed_error=0.01, wow=0.01, eccentricity_m=1e-3)
    ideal, heard = (play(groove_of(pulse), t, None, Curve("flat", "Flat")).samples.argmax() for t in (IDEAL, uneven))
    assert ideal == pytest.approx(480, abs=10)
    assert heard == pytest.approx(ideal / 1.01 / (1 + 1e-3 / 0.06), abs=1.5)


def test_the_result_is_frozen_and_work_can_be_cancelled():
    heard = play(groove_of(tone(1000, 0.05, 0.1)), IDEAL, None, RIAA)
    with pytest.raises(ValueError, match="read-only"):
        heard.samples[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        heard.clicks = 1

    def stop(step, done):
        raise Cancelled

    with pytest.raises(Cancelled):
        play(groove_of(tone(1000, 0.05, 0.1)), IDEAL, BALL, RIAA, progress=stop)


def test_an_empty_groove_gives_no_sound():
    assert play(groove_of(np.zeros(0)), IDEAL, BALL, RIAA).samples.shape == (0, 1)
