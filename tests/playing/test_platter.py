"""The platter: faults of known size are measured in the sound, by demodulating a 3150 Hz tone."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.signal import hilbert

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing import platter
from bonemusic.presets import Turntable

RATE_HZ = 32_000
TONE_HZ = 3150.0
EVEN = Turntable("even", "Even", None, 0.0, 0.0, 0.5, 0.0, 10.0, 0.0, None, None, None, None, 0.0, -20.0)


def groove_of(samples, rpm=Fraction(100, 3), radius_m=0.1, rate_hz=RATE_HZ, shrinks_m=1e-4):
    spiral = Knots(np.array([0.0, 100.0]), np.array([radius_m, radius_m - 100 * shrinks_m]), np.full(2, -shrinks_m))
    return Groove(spiral, constant(28e-6), rpm, rate_hz, samples, Profile(56e-6, 6e-6, math.pi / 2))


def tone(seconds=8.0):
    return groove_of(1e-6 * np.sin(2 * math.pi * TONE_HZ * np.arange(round(seconds * RATE_HZ)) / RATE_HZ))


def played(turntable, groove):
    (sound,), wow = platter.warped((groove.lateral_m,), groove, turntable)
    return sound, wow


def speed_of(sound):
    """The tone's frequency against 3150 Hz, without the ends where the demodulator rings."""
    phase = np.unwrap(np.angle(hilbert(sound.astype(float))))
    return (np.diff(phase) * RATE_HZ / (2 * math.pi) / TONE_HZ)[2000:-2000]


def part_at(speed, frequency_hz):
    """Amplitude of the speed's variation at a frequency, fitted with its mean."""
    t = np.arange(len(speed)) / RATE_HZ
    turning = 2 * math.pi * frequency_hz * t
    columns = np.stack([np.ones_like(t), np.cos(turning), np.sin(turning)], axis=1)
    mean, cosine, sine = np.linalg.lstsq(columns, speed, rcond=None)[0]
    return mean, math.hypot(cosine, sine)


def test_an_even_platter_returns_the_same_bits():
    groove = tone(0.1)
    (sound,), wow = platter.warped((groove.lateral_m,), groove, EVEN)
    assert sound is groove.lateral_m
    assert wow == 0
    assert platter.is_even(EVEN)


@pytest.mark.parametrize("error", [0.01, -0.008])
def test_speed_error_is_heard_as_pitch_and_length(error):
    groove = tone(2.0)
    sound, wow = played(replace(EVEN, speed_error=error), groove)
    assert speed_of(sound).mean() == pytest.approx(1 + error, abs=1e-6)
    assert len(sound) == math.ceil(len(groove) / (1 + error))
    assert wow == pytest.approx(0, abs=1e-6)


def test_wow_and_flutter_of_known_size():
    sound, wow = played(replace(EVEN, wow=0.003, wow_hz=0.55, flutter=0.001, flutter_hz=12.0), tone())
    speed = speed_of(sound)
    assert part_at(speed, 0.55)[1] == pytest.approx(0.003, rel=0.02)
    assert part_at(speed, 12.0)[1] == pytest.approx(0.001, rel=0.02)
    assert wow == pytest.approx(0.004, rel=0.03)
    assert np.abs(speed - 1).max() == pytest.approx(wow, rel=0.03)


@pytest.mark.parametrize(("rpm", "radius_m"), [(Fraction(100, 3), 0.1), (Fraction(78), 0.05)])
def test_a_hole_out_of_centre_varies_the_speed_by_e_over_r_once_a_turn(rpm, radius_m):
    groove = groove_of(tone().lateral_m, rpm, radius_m, shrinks_m=0.0)
    sound, wow = played(replace(EVEN, eccentricity_m=0.2e-3), groove)
    speed = speed_of(sound)
    assert part_at(speed, float(rpm) / 60)[1] == pytest.approx(0.2e-3 / radius_m, rel=0.01)
    assert wow == pytest.approx(0.2e-3 / radius_m, rel=0.01)


def test_eccentricity_counts_for_more_further_in():
    groove = groove_of(tone().lateral_m, Fraction(78), 0.1, shrinks_m=5e-3)  # halves the radius in ten turns
    sound, wow = played(replace(EVEN, eccentricity_m=0.2e-3), groove)
    speed = np.abs(speed_of(sound) - 1)
    assert speed[: RATE_HZ // 2].max() == pytest.approx(0.2e-3 / 0.099, rel=0.03)
    assert wow == pytest.approx(speed.max(), rel=0.02) == pytest.approx(0.2e-3 / 0.05, rel=0.06)


def test_groove_time_follows_the_geometry_of_three_points():
    groove = groove_of(np.zeros(10), Fraction(78), 0.05, shrinks_m=0.0)
    t = np.linspace(0, 1, 2000)
    off_m = 1e-3
    tau = platter.groove_time_s(replace(EVEN, eccentricity_m=off_m), groove, t)
    groove_angle, platter_angle = 2 * math.pi * 1.3 * tau, 2 * math.pi * 1.3 * t
    # the stylus, seen from the spindle, lies where the platter has turned to
    x, y = 0.05 * np.cos(groove_angle) + off_m, 0.05 * np.sin(groove_angle)
    np.testing.assert_allclose(np.sin(np.arctan2(y, x) - platter_angle), 0, atol=1e-12)
    assert tau[0] == 0


@pytest.mark.parametrize("of_rate", [0.01, 0.1, 0.25, 0.35])
def test_interpolation_errs_by_less_than_90_db(of_rate):
    n = 100_000
    omega = 2 * math.pi * of_rate
    groove = groove_of(np.sin(omega * np.arange(n)))
    worn = replace(EVEN, speed_error=0.004, wow=0.01, wow_hz=3.0)
    sound, _ = played(worn, groove)
    at = platter.groove_time_s(worn, groove, np.arange(len(sound)) / RATE_HZ) * RATE_HZ
    error = (sound - np.sin(omega * at))[50:-50]
    assert 20 * math.log10(error.std() / math.sqrt(0.5)) < -95
    assert at[-1] < n <= platter.groove_time_s(worn, groove, np.array([len(sound) / RATE_HZ]))[0] * RATE_HZ + 1e-6


def test_kernel_against_its_twin():
    random = np.random.default_rng(6)
    samples, at, table = random.standard_normal(400), 20 + 350 * random.random(300), platter.sinc_table()
    out, again = np.empty(300), np.empty(300)
    platter.interpolate(samples, at, table, out)
    platter.interpolate.py_func(samples, at, table, again)
    np.testing.assert_allclose(out, again, rtol=1e-12, atol=1e-14)
    distance = np.arange(400) - at[:, None]
    inside = np.clip(1 - (distance / 16) ** 2, 0, None)
    weights = np.where(np.abs(distance) < 16, np.sinc(distance) * np.i0(10 * np.sqrt(inside)), 0)
    plain = (weights / weights.sum(1, keepdims=True)) @ samples
    np.testing.assert_allclose(out, plain, atol=2e-5)


def test_channels_are_warped_alike_and_empty_grooves_stay_empty():
    groove = tone(0.2)
    worn = replace(EVEN, wow=0.002)
    (a, b), _ = platter.warped((groove.lateral_m, -groove.lateral_m), groove, worn)
    np.testing.assert_array_equal(a, -b)
    (none,), wow = platter.warped((np.zeros(0, np.float32),), groove_of(np.zeros(0)), worn)
    assert len(none) == 0
    assert wow == 0


def test_a_platter_that_would_turn_backwards_is_refused():
    with pytest.raises(ValueError, match="backwards"):
        played(replace(EVEN, speed_error=-1.0), tone(0.1))
