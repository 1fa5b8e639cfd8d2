"""Stereo by playing: 45/45, the left channel on the inner wall, the right one on the outer, in-phase sound lateral."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.groove import Groove, Profile, constant
from bonemusic.playing import play
from bonemusic.playing.pickup import picked_up

RATE_HZ = 96_000
MARGIN = 9600
LOW_M_S = 0.005
"""20 dB under 5 cm/s."""
RIAA = presets.curve("riaa")
FLAT = presets.curve("flat")
IDEAL = presets.turntable("ideal")
LP = presets.stylus("lp-18")
THIRD_OCTAVES_HZ = [100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000,
                    6300, 8000, 10_000]  # fmt: skip


def tone(frequency_hz, velocity_m_s):
    k = np.arange(-MARGIN, RATE_HZ // 10 + MARGIN)
    return velocity_m_s / (2 * math.pi * frequency_hz) * np.sin(2 * math.pi * frequency_hz * k / RATE_HZ)


def groove_of(left_m, right_m):
    """Of displacements as sound: lateral is half their sum, vertical half their difference."""
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    lateral, vertical = (left_m + right_m) / 2, (left_m - right_m) / 2
    return Groove(constant(0.0603), constant(28e-6), Fraction(100, 3), RATE_HZ, lateral, profile, vertical)


def one_channel(channel, frequency_hz, velocity_m_s=LOW_M_S):
    sound = tone(frequency_hz, velocity_m_s)
    return groove_of(*((sound, 0 * sound) if channel == 0 else (0 * sound, sound)))


def heard(groove, stylus=None, curve=RIAA):
    return play(groove, IDEAL, stylus, curve).samples[MARGIN:-MARGIN].astype(np.float64)


def power_db(sound):
    return 20 * math.log10(np.sqrt(np.mean(sound**2)) + 1e-12)


@pytest.mark.parametrize("stylus", [None, LP], ids=["ideal", "lp-18"])
@pytest.mark.parametrize("channel", [0, 1], ids=["left", "right"])
def test_figure_separation_is_60_db_from_100_hz_to_10_khz(channel, stylus):
    each = [np.hanning(RATE_HZ // 10 + 2 * MARGIN) * tone(hz, LOW_M_S) for hz in THIRD_OCTAVES_HZ]
    sound = np.concatenate(each)
    groove = groove_of(*((sound, 0 * sound) if channel == 0 else (0 * sound, sound)))
    parts = np.split(play(groove, IDEAL, stylus, RIAA).samples.astype(np.float64), len(each))
    for hz, part in zip(THIRD_OCTAVES_HZ, parts, strict=True):
        assert power_db(part[:, channel]) - power_db(part[:, 1 - channel]) > 100, hz  # 60 are asked for


@pytest.mark.parametrize("stylus", [None, LP], ids=["ideal", "lp-18"])
def test_a_channel_comes_back_at_its_own_level_and_polarity(stylus):
    cosine = np.cos(2 * math.pi * 1000 * np.arange(RATE_HZ // 10) / RATE_HZ)  # velocity leads displacement
    for channel in (0, 1):
        sound = heard(one_channel(channel, 1000, 0.05), stylus, FLAT)[:, channel]
        assert 2 * np.mean(sound * cosine) == pytest.approx(1, abs=0.005)


def test_left_is_the_inner_wall_and_right_the_outer():
    # seen from above, the edges at the surface: outer (right) lateral - vertical, inner (left) lateral + vertical
    left, right = one_channel(0, 1000), one_channel(1, 1000)
    np.testing.assert_array_equal(left.lateral_m - left.vertical_m, 0)
    np.testing.assert_array_equal(right.lateral_m + right.vertical_m, 0)
    assert np.abs(left.lateral_m + left.vertical_m).max() == pytest.approx(LOW_M_S / 2 / math.pi / 1000)
    # and a tip on one wall that moves outwards along its normal goes to that side, and up where the wall does
    across, up = picked_up(left, LP)
    np.testing.assert_allclose(across, up, atol=1e-12)
    across, up = picked_up(right, LP)
    np.testing.assert_allclose(across, -up, atol=1e-12)


@pytest.mark.parametrize("frequency_hz", [100, 1000, 10_000])
def test_an_in_phase_sound_has_no_vertical_and_is_the_mono_cut(frequency_hz):
    sound = tone(frequency_hz, LOW_M_S)
    groove = groove_of(sound, sound)
    assert not groove.vertical_m.any()
    both = heard(groove)
    np.testing.assert_array_equal(both[:, 0], both[:, 1])
    mono = heard(dataclasses.replace(groove, vertical_m=None))
    np.testing.assert_array_equal(both[:, :1], mono)


def test_an_out_of_phase_sound_moves_up_and_down_alone_and_vanishes_in_mono():
    sound = tone(1000, LOW_M_S)
    groove = groove_of(sound, -sound)
    assert not groove.lateral_m.any()
    both = heard(groove)
    np.testing.assert_array_equal(both[:, 0], -both[:, 1])
    assert power_db(both.mean(axis=1)) < power_db(both[:, 0]) - 140


def test_the_pinch_of_an_18_um_tip_is_the_difference_of_an_in_phase_sounds_channels():
    sound = tone(3000, LOW_M_S)
    groove = groove_of(sound, sound)
    pinched, ideal = heard(groove, LP, FLAT), heard(groove, None, FLAT)
    # up by √2·R·slope²/8 at twice the tone (see test_bench), and so 4 times that in the difference of the velocities
    slope = LOW_M_S / (2 * math.pi * 0.0603 / 1.8)
    known = 4 * math.sqrt(2) * 18e-6 * slope**2 / 8 / (LOW_M_S / 2 / math.pi / 3000)
    apart_db = power_db(pinched[:, 0] - pinched[:, 1]) - power_db(ideal[:, 0])
    assert apart_db == pytest.approx(20 * math.log10(known), abs=0.02)
    assert power_db(pinched.mean(axis=1)) == pytest.approx(power_db(ideal[:, 0]), abs=0.01)


@pytest.mark.parametrize("stylus", [None, LP], ids=["ideal", "lp-18"])
def test_two_programmes_stay_apart(stylus):
    sound = groove_of(tone(700, LOW_M_S), tone(3000, LOW_M_S))
    power = np.abs(np.fft.rfft(heard(sound, stylus), axis=0)) ** 2
    tones = power[[70, 300]]
    assert tones[0, 0] > 1e10 * tones[0, 1]
    assert tones[1, 1] > 1e10 * tones[1, 0]
