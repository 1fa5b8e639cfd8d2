"""Speed from hum and from the pitch tuned to, and wow: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.audio import excerpt
from bonemusic.scanning.speed import hum_speed, tuned_speed
from bonemusic.scanning.wow import wow

from ..signals import pink_noise, speech_like, sweeps

RATE_HZ = 8000


def hum(seconds, rate_hz, hz, level_db):
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return 10 ** (level_db / 20) * sum(a * np.sin(2 * np.pi * k * hz * t + k) for k, a in ((1, 1), (2, 0.7), (3, 0.5)))


@pytest.mark.parametrize("mains_hz", [50, 60])
@pytest.mark.parametrize("off", [0.937, 1.0, 1.0026, 1.071])
def test_hum_under_speech_tells_the_speed(mains_hz, off):
    sound = speech_like(40, RATE_HZ) + hum(40, RATE_HZ, mains_hz * off, -40)
    got = hum_speed(sound, RATE_HZ, mains_hz)
    assert got.factor * off == pytest.approx(1, abs=1e-4)
    assert got.certainty > 0.4


def test_hum_50_db_under_real_music_tells_the_speed(minstrels):
    song = excerpt(minstrels, 0, 60)
    sound = song.samples.mean(axis=1) + hum(60, song.rate_hz, 50 * 0.964, -50)
    got = hum_speed(sound, song.rate_hz, 50)
    assert got.factor * 0.964 == pytest.approx(1, abs=1e-4)
    assert got.certainty > 0.5


@pytest.mark.parametrize("sound", [pink_noise, speech_like, sweeps])
def test_where_there_is_no_hum_that_is_said(sound):
    assert hum_speed(sound(40, RATE_HZ * 2), RATE_HZ * 2, 50).certainty < 0.2


def test_too_little_sound_tells_no_hum():
    for sound in (np.zeros(0), hum(19, RATE_HZ, 50, 0), np.zeros(30 * RATE_HZ)):
        got = hum_speed(sound, RATE_HZ, 50)
        assert (got.factor, got.certainty) == (1.0, 0.0)


@pytest.mark.parametrize(("a_hz", "cents"), [(440, 0), (440, 31), (435, -24), (435, 45)])
def test_a_melody_tells_how_far_it_is_off_its_pitch(a_hz, cents):
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    notes = [a_hz * 2 ** ((k + cents / 100) / 12) for k in (0, 3, -5, 7, 2, -2)]
    sound = np.concatenate([sum(np.sin(2 * np.pi * f * n * t) / n for n in (1, 2, 4)) * np.exp(-t) for f in notes])
    got = tuned_speed(sound, RATE_HZ, a_hz)
    assert 1200 * np.log2(got.factor) == pytest.approx(-cents, abs=1)
    assert got.certainty > 0.9


def test_real_music_played_too_fast_is_so_much_off(knolls):
    song = excerpt(knolls, 40, 30).samples.mean(axis=1)
    fast = np.interp(np.arange(0, len(song) - 1, 1.012), np.arange(len(song)), song)
    right, got = tuned_speed(song, 44_100), tuned_speed(fast, 44_100)
    assert right.factor / got.factor == pytest.approx(1.012, abs=5e-4)
    assert got.certainty > 0.5


def test_noise_and_silence_have_no_pitch():
    assert tuned_speed(np.random.default_rng(1).standard_normal((200_000, 2)), 44_100).certainty < 0.1
    assert tuned_speed(pink_noise(10, 44_100), 44_100).certainty < 0.1
    for silence in (np.zeros(0), np.zeros(100_000), np.zeros((50, 2))):
        assert tuned_speed(silence, 44_100).factor == 1
        assert tuned_speed(silence, 44_100).certainty == 0


STEPS = 12_345.678


def spiral(count, pitch_m=100e-6):
    turns = np.arange(count) / STEPS
    return 0.1 - pitch_m * turns, 2 * np.pi * turns


@pytest.mark.parametrize("off_m", [2e-6, 0.2e-3, 1e-3])
def test_a_centre_that_is_off_swings_by_its_part_of_the_radius(off_m):
    radius, angle = spiral(200_000)
    got = wow(radius + off_m * np.cos(angle - 1.1), STEPS)
    assert got == pytest.approx(100 * off_m / radius[-1], rel=0.01)


def test_what_is_no_wow_is_none():
    radius, angle = spiral(200_000)
    music = 20e-6 * np.random.default_rng(1).standard_normal(len(radius))
    stretched = 200e-6 * np.cos(2 * angle)
    wider = 60e-6 * np.tanh((angle - 40) / 20)  # a pitch that grows and falls within some turns
    assert wow(radius + music + stretched + wider, STEPS) < 0.001


def test_a_lead_in_is_no_wow():
    radius, _ = spiral(200_000)
    turns = np.arange(len(radius)) / STEPS
    lead = 1.6e-3 * np.maximum(2 - turns, 0) ** 2 / 2
    assert wow(radius + lead, STEPS) < 0.001
    first = slice(int(8.5 * STEPS))
    assert wow((radius + lead)[first], STEPS) > 100 * wow(radius[first], STEPS)  # where nothing else is it is told


def test_too_little_groove_tells_no_wow():
    assert np.isnan(wow(np.full(100, 0.1), STEPS))
    assert wow(spiral(int(2.5 * STEPS))[0], STEPS) < 1e-6
