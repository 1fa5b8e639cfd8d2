"""Where a ball goes in a groove, and the groove that makes it go where it should."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import stylus
from bonemusic.groove import Groove, Knots, Profile, constant

INNER_M_S = 2 * math.pi * 0.06 * 100 / 3 / 60  # LP, 60 mm, 33⅓ rpm
LP_M = 18e-6


def tone(frequency_hz, velocity_m_s, rate_hz, periods_of=0.1):
    """One wall of a lateral tone, three equal stretches of 0.1 s: the middle one knows no ends."""
    n = round(rate_hz * periods_of)
    amplitude = velocity_m_s / (2 * math.pi * frequency_hz) / math.sqrt(2)
    return amplitude * np.sin(2 * math.pi * frequency_hz * np.arange(3 * n) / rate_hz)


def middle(wall):
    return wall[len(wall) // 3 : 2 * len(wall) // 3]


def level_db(error, of):
    return 20 * math.log10(np.std(error) / np.std(of))


def groove_of(lateral_m, vertical_m=None, rate_hz=96_000, radius_m=0.06):
    spiral = Knots(np.array([0.0, 100.0]), np.array([radius_m, radius_m - 0.01]), np.array([-1e-4, -1e-4]))
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    return Groove(spiral, constant(28e-6), Fraction(100, 3), rate_hz, lateral_m, profile, vertical_m)


def test_radius_0_gives_the_grooves_own_bits():
    wall = np.random.default_rng(1).standard_normal(500)
    groove = groove_of(wall, wall[::-1])
    across, up = stylus.trace_groove(groove, 0.0, 10, 400)
    np.testing.assert_array_equal(across, groove.lateral_m[10:400])
    np.testing.assert_array_equal(up, groove.vertical_m[10:400])


def test_stretches_of_a_groove_are_one_go_bit_for_bit():
    n = 80_001
    wall = 1e-6 * np.convolve(np.random.default_rng(3).standard_normal(n), np.hanning(17), "same")
    groove = groove_of(wall, wall[::-1])
    across, up = stylus.trace_groove(groove, LP_M)
    for first, last in [(0, 100), (12_345, 70_000), (79_000, n)]:
        part_across, part_up = stylus.trace_groove(groove, LP_M, first, last)
        np.testing.assert_array_equal(part_across, across[first:last])
        np.testing.assert_array_equal(part_up, up[first:last])


def harmonics_db(sound, frequency_hz, rate_hz):
    power = np.abs(np.fft.rfft(middle(sound))) ** 2
    first = round(frequency_hz * (len(sound) // 3) / rate_hz)
    return [10 * math.log10(power[k * first] / power[first] + 1e-30) for k in range(1, 7)]


def test_a_lateral_tone_gets_odd_harmonics_and_a_pinch_of_even_ones():
    wall = math.sqrt(2) * tone(3000, 0.07, 96_000)
    groove = groove_of(wall, np.zeros_like(wall))
    across, up = stylus.trace_groove(groove, LP_M)
    levels = harmonics_db(across, 3000, 96_000)
    assert levels[2] > -45
    assert max(levels[1], levels[3], levels[5]) < -90  # float32, and a groove that slows down a little
    # the pinch is R·slope²/4 on each wall
    assert level_db(middle(up), across) == pytest.approx(-20.4, abs=0.5)
    power = np.abs(np.fft.rfft(middle(up))) ** 2
    assert power[300] < 1e-9 * power[600] > 1e3 * power[900]
    lateral_only, nothing = stylus.trace_groove(groove_of(wall), LP_M)
    np.testing.assert_array_equal(lateral_only, across)
    assert nothing is None


def test_the_right_channel_is_the_outer_wall():
    right = math.sqrt(2) * tone(3000, 0.03, 96_000)
    across, up = stylus.trace_groove(groove_of(right / math.sqrt(2), -right / math.sqrt(2)), LP_M)
    # only the outer wall moves, and against its own normal as the sound goes up
    np.testing.assert_allclose(across, -up, atol=1e-12)
    known = -stylus.traced(-right, INNER_M_S, 96_000, LP_M)
    assert level_db(middle((across - up) / math.sqrt(2) - known), right) < -60


def test_how_fast_the_groove_passes_is_that_of_the_spiral():
    wall = 1e-6 * np.sin(0.4 * np.arange(50_000))
    groove = groove_of(math.sqrt(2) * wall)
    speed = 2 * math.pi * groove.spiral.at(np.arange(len(wall)) * groove.turns_per_sample) * float(groove.rpm) / 60
    left = stylus.traced(wall, speed, 96_000, LP_M)
    right = stylus.traced(-wall, speed, 96_000, LP_M)
    np.testing.assert_allclose(stylus.trace_groove(groove, LP_M)[0], (left - right) / math.sqrt(2), atol=1e-12)


def test_an_eroded_groove_is_traced_as_it_was_meant_and_not_pinched_upwards():
    rate_hz = 192_000
    meant = groove_of(math.sqrt(2) * tone(3000, 0.07, rate_hz), rate_hz=rate_hz)
    cut_across, cut_up = stylus.erode_groove(meant, LP_M)
    cut = dataclasses.replace(meant, lateral_m=cut_across, vertical_m=cut_up)
    across, up = stylus.trace_groove(cut, LP_M)
    assert level_db(middle(across - meant.lateral_m), middle(meant.lateral_m)) < -95
    assert level_db(middle(up), middle(meant.lateral_m)) < -95
    slope = 0.07 / INNER_M_S
    # each wall is eroded by R·(slope²/2)/2, and by less in the fourth power of the slope
    assert cut_up.min() == pytest.approx(-LP_M * slope**2 / math.sqrt(8), rel=0.07)
    part_across, part_up = stylus.erode_groove(meant, LP_M, 1000, 40_000)
    np.testing.assert_array_equal(part_across, cut_across[1000:40_000])
    np.testing.assert_array_equal(part_up, cut_up[1000:40_000])


def test_rounds_bring_a_lateral_cut_nearer():
    meant = groove_of(math.sqrt(2) * tone(3000, 0.07, 96_000))
    cut, left_db = meant, []
    for _ in range(4):
        across, _ = stylus.trace_groove(cut, LP_M)
        left_db.append(level_db(middle(across - meant.lateral_m), middle(meant.lateral_m)))
        part = stylus.cut_nearer(meant, cut, LP_M, 500, 900)
        cut = dataclasses.replace(cut, lateral_m=stylus.cut_nearer(meant, cut, LP_M))
        np.testing.assert_array_equal(part, cut.lateral_m[500:900])
    assert left_db == pytest.approx([-32, -44, -49.5, -51.5], abs=0.7)


@pytest.mark.parametrize(
    ("bandwidth_hz", "rate_hz"), [(100, 48_000), (4500, 96_000), (8000, 192_000), (12_000, 192_000), (20_000, 384_000)]
)
def test_rate_that_compensation_needs(bandwidth_hz, rate_hz):
    assert stylus.compensation_rate_hz(bandwidth_hz) == rate_hz


def test_statements_of_what_fits():
    assert stylus.largest_ball_m(56e-6) == pytest.approx(56e-6 / math.sqrt(2))
    assert stylus.largest_ball_m(56e-6, math.radians(60)) == pytest.approx(56e-6 / math.sqrt(3))
    assert stylus.least_curvature_m(LP_M) == pytest.approx(LP_M / math.sqrt(2))
    assert stylus.greatest_velocity_m_s(0.21) == 0.21
