"""From displacement to sound: levels, channels, curve and band."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic.curves import recording
from bonemusic.playing.preamplifier import amplified
from bonemusic.presets import Curve, Turntable

RATE_HZ = 48_000
IDEAL = Turntable("ideal", "Ideal", None, 0.0, 0.0, 0.5, 0.0, 10.0, 0.0, None, None, None, None, 0.0, -20.0)
RIAA = Curve("riaa", "RIAA", 3180e-6, 318e-6, 75e-6)


def displaced(frequency_hz, velocity_m_s=0.05, seconds=1.0):
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    # of a velocity v·sin(ωt): -v/ω·cos(ωt)
    return -velocity_m_s / (2 * math.pi * frequency_hz) * np.cos(2 * math.pi * frequency_hz * t)


def peak(sound):
    steady = sound[len(sound) // 3 : -len(sound) // 3]
    return np.sqrt(2) * np.std(steady, axis=0)


def test_5_cm_per_s_at_1_khz_is_1_in_mono():
    sound = amplified((displaced(1000),), RATE_HZ, RIAA, IDEAL)
    assert sound.shape == (RATE_HZ, 1)
    assert sound.dtype == np.float32
    assert peak(sound) == pytest.approx(1, rel=1e-3)


def test_without_a_curve_velocity_comes_out_as_it_is_with_its_phase():
    sound = amplified((displaced(1000),), RATE_HZ, Curve("flat", "Flat"), IDEAL)[:, 0]
    steady = slice(RATE_HZ // 3, RATE_HZ // 3 * 2)
    np.testing.assert_allclose(
        sound[steady], np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)[steady], atol=1e-3
    )


def test_a_lateral_tone_sounds_alike_from_a_mono_and_a_stereo_groove():
    across = displaced(1000)
    stereo = amplified((across, np.zeros_like(across)), RATE_HZ, RIAA, IDEAL)
    np.testing.assert_array_equal(stereo[:, 0], stereo[:, 1])
    np.testing.assert_array_equal(stereo[:, :1], amplified((across,), RATE_HZ, RIAA, IDEAL))


def test_the_outer_wall_is_the_right_channel():
    along_normal = displaced(1000, 0.05 / math.sqrt(2))  # 3.54 cm/s in one channel
    lateral, vertical = along_normal / math.sqrt(2), -along_normal / math.sqrt(2)
    left, right = peak(amplified((lateral, vertical), RATE_HZ, RIAA, IDEAL))
    assert right == pytest.approx(1, rel=1e-3)
    assert left < 1e-6


@pytest.mark.parametrize("frequency_hz", [100, 3000, 10_000])
def test_the_curve_is_undone(frequency_hz):
    gain = abs(recording(RIAA, np.array([frequency_hz]))[0])
    sound = amplified((displaced(frequency_hz, 0.05 * gain),), RATE_HZ, RIAA, IDEAL)
    assert peak(sound) == pytest.approx(1, rel=2e-3)


def test_the_players_own_band():
    small = Turntable("small", "Small", None, 0.0, 0.0, 0.5, 0.0, 10.0, 0.0, 150.0, 7000.0, None, None, 0.0, -20.0)
    flat = Curve("flat", "Flat")
    levels = [peak(amplified((displaced(f),), RATE_HZ, flat, small))[0] for f in (150, 1000, 6900, 8100)]
    np.testing.assert_allclose(levels, [math.sqrt(0.5), 1, 1, 0], atol=2e-3)


def test_another_rate_keeps_the_sound_and_its_length():
    sound = amplified((displaced(1000, seconds=0.5),), RATE_HZ, RIAA, IDEAL, 44_100)
    assert sound.shape == (22_050, 1)
    assert peak(sound) == pytest.approx(1, rel=2e-3)
