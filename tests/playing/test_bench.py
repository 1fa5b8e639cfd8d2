"""Test tones that repeat, against long ones that are played whole, and against formulas for small slopes."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.groove import Groove, Profile, constant
from bonemusic.playing import play
from bonemusic.playing.bench import Bench
from bonemusic.stylus import cut_nearer, erode_groove

RATE_HZ = 192_000
MARGIN = 9600
LP_M = 18e-6
RIAA = presets.curve("riaa")
DISC = presets.disc("12in-33")
LATHE = presets.machine("lathe")
SIDEWAYS = dataclasses.replace(LATHE, stereo=False, bandwidth_hz=80_000.0, points_per_s=190_000.0)  # of no other limit


def bench(machine=LATHE, radius_m=0.0603, curve=RIAA):
    return Bench(radius_m, Fraction(100, 3), machine, curve, DISC)


def played_thd(frequency_hz, velocity_m_s, tip, cut_for_m, stereo):
    """The same of a tone of 120 ms, by the ideal turntable."""
    k = np.arange(-MARGIN, RATE_HZ // 50 + MARGIN)
    tone = velocity_m_s / (2 * math.pi * frequency_hz) * np.sin(2 * math.pi * frequency_hz * k / RATE_HZ)
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    meant = cut = Groove(
        constant(0.0603), constant(28e-6), Fraction(100, 3), RATE_HZ, tone, profile, 0 * tone if stereo else None
    )
    if cut_for_m and stereo:
        lateral, vertical = erode_groove(meant, cut_for_m)
        cut = dataclasses.replace(meant, lateral_m=lateral, vertical_m=vertical)
    for _ in range(3 if cut_for_m and not stereo else 0):
        cut = dataclasses.replace(cut, lateral_m=cut_nearer(meant, cut, cut_for_m))
    heard = play(cut, presets.turntable("ideal"), tip, RIAA).samples[MARGIN:-MARGIN, 0]
    power = np.abs(np.fft.rfft(heard)) ** 2
    bins = np.arange(1, 8) * (frequency_hz // 50)
    return math.sqrt(power[bins[1:]].sum() / power[bins[0]])


@pytest.mark.parametrize("stereo", [True, False])
@pytest.mark.parametrize("cut_for_m", [0.0, LP_M])
@pytest.mark.parametrize(
    ("frequency_hz", "velocity_m_s", "tip"), [(3000, 0.07, "lp-18"), (8000, 0.03, "lp-mono-25"), (1000, 0.1, "78-65")]
)
def test_distortion_is_that_of_a_long_tone_played_whole(frequency_hz, velocity_m_s, tip, cut_for_m, stereo):
    stylus = presets.stylus(tip)
    whole = played_thd(frequency_hz, velocity_m_s, stylus, cut_for_m, stereo)
    machine = LATHE if stereo else SIDEWAYS
    thd = bench(machine).thd(frequency_hz, velocity_m_s, stylus.tracing_radius_m, cut_for_m)
    assert thd == pytest.approx(whole, rel=0.02, abs=2e-5)


def test_small_slopes_give_the_third_harmonic_of_the_textbooks():
    # lateral: R²·w'²·w''/2 on each wall, so R²·A²·k⁴/16 of the tone, three times that in velocity (Lewis and Hunt 1941)
    place = bench(SIDEWAYS, curve=presets.Curve("none", "None"))
    swing_m, per_m = 0.05 / (2 * math.pi * 1000), 2 * math.pi * 1000 / place.speed_m_s
    known = 3 * (LP_M * swing_m * per_m**2) ** 2 / 16
    assert place.thd(1000, 0.05, LP_M, 0.0) == pytest.approx(known, rel=0.03)


def test_small_slopes_give_one_channel_the_second_harmonic_of_the_textbooks():
    # each wall is lifted by R·w'²/2, half of which goes up and down at twice the tone (Pierce and Hunt 1938)
    place = bench(curve=presets.Curve("none", "None"))
    slope = 0.01 / place.speed_m_s
    swing_m = 0.01 / (2 * math.pi * 1000)
    known = 2 * math.sqrt(2) * LP_M * (slope / math.sqrt(2)) ** 2 / 4 / swing_m
    assert place.thd(1000, 0.01, LP_M, 0.0) == pytest.approx(known, rel=0.01)


@pytest.mark.parametrize("machine", [LATHE, SIDEWAYS])
@pytest.mark.parametrize("frequency_hz", [40, 997, 12_500])
def test_a_tip_of_radius_0_follows_everything(machine, frequency_hz):
    assert bench(machine).followed(frequency_hz, 0.1, 0.0, 0.0) == pytest.approx(1, abs=1e-6)
    assert bench(machine).thd(frequency_hz, 0.1, 0.0, 0.0) < 1e-5


def test_a_drawing_holds_nothing_above_its_machines_bandwidth():
    drawn = bench(dataclasses.replace(SIDEWAYS, bandwidth_hz=5000.0))
    assert drawn.followed(4990, 0.01, 0.0, 0.0) == pytest.approx(1, abs=1e-4)
    assert drawn.followed(5375, 0.01, 0.0, 0.0) == pytest.approx(0.5, abs=0.01)  # halfway down the high-cut
    assert drawn.followed(5800, 0.01, 0.0, 0.0) < 1e-6
    # and so nothing of a compensation that lies at three times the tone
    plain, mended = (drawn.thd(3000, 0.07, LP_M, cut_for_m) for cut_for_m in (0.0, LP_M))
    assert mended == pytest.approx(plain, rel=0.1)
    assert bench(SIDEWAYS).thd(3000, 0.07, LP_M, LP_M) < 0.2 * plain


def test_the_loudest_tone_that_a_groove_and_a_tip_allow():
    place = bench()
    assert place.held_m_s(100, LP_M) == place.speed_m_s == pytest.approx(2 * math.pi * 0.0603 / 1.8)
    assert place.held_m_s(8000, 0.0) == place.speed_m_s
    limit = place.held_m_s(8000, LP_M)
    # at its crest the tone curves like 1/(ωv/V²), and the tip as R/√2
    assert place.speed_m_s**2 / (2 * math.pi * 8000 * limit) == pytest.approx(LP_M / math.sqrt(2))
    assert place.followed(8000, 0.6 * limit, LP_M, LP_M) == pytest.approx(1, abs=1e-3)
    assert place.followed(8000, 2 * limit, LP_M, LP_M) < 0.99


def test_a_tone_that_does_not_move_is_refused():
    for nothing in (0.0, math.nan):
        with pytest.raises(ValueError, match="must move"):
            bench().thd(1000, nothing, LP_M, 0.0)
