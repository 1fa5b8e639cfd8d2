"""A cutter head's heat: sines whose acceleration is known, windows that slide, and what may be borne for how long."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.cutting import heat as heat_module
from bonemusic.cutting.heat import frame_energy, heat

RATE = 96_000
LIMIT = presets.machine("lathe").coil_limit_m_s2


def sine(frequency_hz, velocity_m_s, seconds):
    t = np.arange(round(seconds * RATE)) / RATE
    return (velocity_m_s / (2 * np.pi * frequency_hz) * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


@pytest.mark.parametrize("frequency_hz", [500, 5000, 16_000])
def test_a_lateral_sine_heats_both_coils_with_half_its_power(frequency_hz):
    """Peak acceleration 2πf·v; RMS 1/√2 of it, and each wall's share along its normal 1/√2 of that."""
    found = heat(sine(frequency_hz, 0.05, 12), None, RATE, LIMIT)
    assert found.rms_m_s2 == pytest.approx(2 * math.pi * frequency_hz * 0.05 / 2, rel=2e-3)
    assert (found.limit_m_s2, found.window_s) == (LIMIT, 10)
    assert found.spare_db == pytest.approx(20 * math.log10(LIMIT / found.rms_m_s2), abs=1e-9)


def test_one_channel_alone_heats_one_coil():
    """Left only: lateral = vertical, all of it on the left wall's normal, which moves by √2 of either."""
    half = sine(3000, 0.05, 11)
    left, right = (np.sqrt(frame_energy(half, sign * half, RATE, 9600).sum(axis=0) / len(half)) for sign in (1, -1))
    assert left[0] == pytest.approx(2 * math.pi * 3000 * 0.05, rel=1e-3)
    assert left[1] < 1e-3 * left[0]
    assert right[1] == pytest.approx(left[0], rel=1e-6)
    assert right[0] < 1e-3 * left[0]
    assert heat(half, half, RATE, LIMIT).rms_m_s2 == pytest.approx(2 * math.pi * 3000 * 0.05, rel=1e-3)


def test_a_lateral_cut_is_a_stereo_one_without_vertical():
    wave = sine(2000, 0.1, 3)
    assert heat(wave, None, RATE, LIMIT) == heat(wave, np.zeros_like(wave), RATE, LIMIT)


def test_a_short_burst_is_found_where_it_is_and_bears_more():
    """One second at 30 s, in music 20 dB below: the short window tells, whose limit is twice that for minutes."""
    wave = np.tile(sine(1000, 0.01, 1), 60)
    wave[30 * RATE : 31 * RATE] *= 100
    found = heat(wave, None, RATE, LIMIT)
    assert (found.window_s, found.limit_m_s2) == (1, 2 * LIMIT)
    assert found.at_s == pytest.approx(30, abs=0.101)
    assert found.rms_m_s2 == pytest.approx(math.pi * 1000, rel=5e-3)


def test_ten_seconds_of_it_bear_the_limit_itself():
    wave = np.tile(sine(1000, 0.01, 1), 60)
    wave[30 * RATE : 42 * RATE] *= 100
    found = heat(wave, None, RATE, LIMIT)
    assert (found.window_s, found.limit_m_s2) == (10, LIMIT)
    assert 30 - 0.101 <= found.at_s <= 32
    assert found.rms_m_s2 == pytest.approx(math.pi * 1000, rel=5e-3)


def test_a_sound_shorter_than_a_window_has_silence_around_it():
    found = heat(sine(1000, 1.0, 0.5), None, RATE, LIMIT)
    assert found.window_s == 1
    assert found.rms_m_s2 == pytest.approx(math.pi * 1000 * math.sqrt(0.5), rel=1e-2)
    assert found.at_s == 0


def test_twice_as_loud_has_6_db_less_to_spare():
    wave = sine(4000, 0.03, 5)
    one, two = heat(wave, None, RATE, LIMIT), heat(2 * wave, None, RATE, LIMIT)
    assert one.spare_db - two.spare_db == pytest.approx(20 * math.log10(2), abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 100, 96_000])
def test_silence_spares_all(samples):
    found = heat(np.zeros(samples, np.float32), None, RATE, LIMIT)
    assert (found.rms_m_s2, found.spare_db, found.at_s) == (0, None, 0)


def test_blocks_equal_one_go(monkeypatch):
    noise = np.random.default_rng(3).normal(0, 1e-7, (2, 300_001)).astype(np.float32)
    whole = frame_energy(noise[0], noise[1], RATE, 9600)
    monkeypatch.setattr(heat_module, "FRAMES", 1)
    np.testing.assert_allclose(frame_energy(noise[0], noise[1], RATE, 9600), whole, rtol=1e-12)
    plain = [np.pad(y, 10).astype(np.float64) for y in (noise[0] + 0.0, noise[1] + 0.0)]
    weights = np.array([-1 / 560, 8 / 315, -0.2, 1.6, -205 / 72, 1.6, -0.2, 8 / 315, -1 / 560])
    bent = [np.convolve(y, weights, "same")[10:] * RATE**2 for y in plain]
    total = [np.sum((bent[0] + bent[1]) ** 2) / 2, np.sum((bent[0] - bent[1]) ** 2) / 2]
    np.testing.assert_allclose(whole.sum(axis=0), total, rtol=1e-9)


def test_what_windows_bear_follows_from_the_time_constant():
    """P/P_limit = (1 - ½e)/(1 - e), e = exp(-t/6 s), as the module says."""
    for frames, bears in heat_module.WINDOWS:
        e = math.exp(-frames * heat_module.FRAME_S / 6)
        assert bears == pytest.approx(math.sqrt((1 - e / 2) / (1 - e)), rel=0.06)
