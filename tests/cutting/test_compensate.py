"""Tracing compensation, measured by playing what is cut."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import curves, presets, spectral
from bonemusic.cutting.compensate import compensated, rate_hz_for
from bonemusic.errors import BonemusicError, Cancelled, FitError
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing import play
from bonemusic.playing.pickup import picked_up

from .. import signals

RATE_HZ = 192_000
MARGIN = 9600  # what the player's filters ring and the ends disturb
INNER_M = 0.0603
LP = presets.stylus("lp-18")
MONO_LP = presets.stylus("lp-mono-25")
ELLIPSE = presets.stylus("elliptical-8")
RIAA = presets.curve("riaa")
IDEAL = presets.turntable("ideal")


def groove_of(lateral_m, vertical_m=None, radius_m=INNER_M, rpm=Fraction(100, 3)):
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    return Groove(constant(radius_m), constant(28e-6), rpm, RATE_HZ, lateral_m, profile, vertical_m)


def tone(frequency_hz, velocity_m_s):
    """A lateral tone, 20 ms of it (whole periods) between margins."""
    k = np.arange(-MARGIN, RATE_HZ // 50 + MARGIN)
    return groove_of(velocity_m_s / (2 * math.pi * frequency_hz) * np.sin(2 * math.pi * frequency_hz * k / RATE_HZ))


def harmonics_db(sound, frequency_hz):
    """The fundamental's level, and harmonics 2 to 7 against it."""
    power = np.abs(np.fft.rfft(sound[MARGIN:-MARGIN])) ** 2
    bins = np.arange(1, 8) * (frequency_hz // 50)
    bins = bins[bins < len(power)]
    return 10 * math.log10(power[bins[0]]), 10 * math.log10(power[bins[1:]].sum() / power[bins[0]])


def thd_db(groove, stylus, frequency_hz):
    """As the ideal turntable plays it, in mono: displacement, velocity, RIAA."""
    return harmonics_db(play(groove, IDEAL, stylus, RIAA).samples.mean(axis=1), frequency_hz)[1]


@pytest.mark.parametrize(("frequency_hz", "velocity_m_s", "least_db"), [(8000, 0.05, 35), (3000, 0.07, 45)])
def test_figure_thd_falls_by_35_db_at_8_khz_and_by_45_db_at_3_khz(frequency_hz, velocity_m_s, least_db):
    plain = tone(frequency_hz, velocity_m_s)
    cut = compensated(plain, LP)
    assert thd_db(plain, LP, frequency_hz) - thd_db(cut, LP, frequency_hz) > least_db
    # displacement, before any preamplifier
    before = harmonics_db(picked_up(plain, LP)[0], frequency_hz)[1]
    after = harmonics_db(picked_up(cut, LP)[0], frequency_hz)[1]
    assert before - after > least_db


@pytest.mark.parametrize(("frequency_hz", "velocity_m_s", "least_db"), [(8000, 0.05, 45), (3000, 0.07, 100)])
def test_figure_each_stereo_channel_is_rid_of_the_pinch_too(frequency_hz, velocity_m_s, least_db):
    plain = tone(frequency_hz, velocity_m_s)
    flat = groove_of(plain.lateral_m, np.zeros(len(plain)))
    before, after = (play(groove, IDEAL, LP, RIAA).samples for groove in (flat, compensated(flat, LP)))
    for channel in (0, 1):
        gain_db = harmonics_db(before[:, channel], frequency_hz)[1] - harmonics_db(after[:, channel], frequency_hz)[1]
        assert gain_db > least_db


@pytest.mark.parametrize(
    ("stylus", "frequency_hz", "velocity_m_s", "plain_db", "left_db"),
    [
        (MONO_LP, 8000, 0.05, -21.3, -40),
        (MONO_LP, 3000, 0.07, -29.1, -50),
        (ELLIPSE, 8000, 0.05, -38.1, -34.4),  # a finer tip distorts the other way round, a little more than before
        (ELLIPSE, 3000, 0.07, -48.0, -44.2),
    ],
)
def test_figure_what_is_left_with_another_tip(stylus, frequency_hz, velocity_m_s, plain_db, left_db):
    plain = tone(frequency_hz, velocity_m_s)
    assert thd_db(plain, stylus, frequency_hz) == pytest.approx(plain_db, abs=1)
    assert thd_db(compensated(plain, LP), stylus, frequency_hz) == pytest.approx(left_db, abs=1)


@pytest.mark.parametrize(
    ("frequency_hz", "velocity_m_s", "lost_db", "left_db"), [(8000, 0.07, -1.1, -44.5), (12_000, 0.05, -1.23, -37)]
)
def test_figure_what_is_left_where_sound_curves_tighter_than_the_tip(frequency_hz, velocity_m_s, lost_db, left_db):
    plain = tone(frequency_hz, velocity_m_s)
    meant_db, _ = harmonics_db(plain.lateral_m.astype(float), frequency_hz)
    level_db, _ = harmonics_db(picked_up(plain, LP)[0], frequency_hz)
    assert level_db - meant_db == pytest.approx(lost_db, abs=0.05)
    level_db, after_db = harmonics_db(picked_up(compensated(plain, LP), LP)[0], frequency_hz)
    assert level_db == pytest.approx(meant_db, abs=0.1)
    assert after_db == pytest.approx(left_db, abs=1)


@pytest.mark.parametrize(
    ("frequency_hz", "velocity_m_s", "plain_db", "left_db"),
    [(3000, 0.07, -34.3, -50.8), (8000, 0.02, -40, -64.3), (8000, 0.05, -25.5, -27.6)],
)
def test_figure_what_a_lateral_cut_alone_can_mend(frequency_hz, velocity_m_s, plain_db, left_db):
    plain = tone(frequency_hz, velocity_m_s)
    cut = compensated(plain, LP, lateral_only=True)
    assert cut.vertical_m is None
    assert thd_db(plain, LP, frequency_hz) == pytest.approx(plain_db, abs=1)
    assert thd_db(cut, LP, frequency_hz) == pytest.approx(left_db, abs=1)


def programme(kind):
    """A second of sound with 12 kHz of bandwidth at 5 cm/s peak, curving nowhere tighter than the tip."""
    unit = spectral.filtered(kind(1, 48_000), 48_000, curves.to_displacement(RIAA, 12_000), RATE_HZ)
    return groove_of(unit * (0.05 / (np.abs(np.diff(unit)).max() * RATE_HZ)))


@pytest.mark.parametrize(
    ("kind", "before_db", "after_db", "sideways_db"),
    [(signals.pink_noise, -41, -95, -53), (signals.speech_like, -48, -85, -58)],
)
def test_figure_error_of_a_traced_programme_before_and_after(kind, before_db, after_db, sideways_db):
    plain = programme(kind)
    meant = play(plain, IDEAL, None, RIAA).samples[:, 0]

    def error_db(groove):
        heard = play(groove, IDEAL, LP, RIAA).samples.mean(axis=1)
        return 20 * math.log10(np.std(heard - meant) / np.std(meant))

    assert error_db(plain) == pytest.approx(before_db, abs=1)
    assert error_db(compensated(plain, LP)) < after_db
    assert error_db(compensated(plain, LP, lateral_only=True)) < sideways_db


@pytest.mark.parametrize(("kind", "gain_db"), [(signals.pink_noise, 16), (signals.speech_like, 18)])
def test_figure_what_a_drawing_that_holds_12_khz_gains_within_them(kind, gain_db):
    unit = spectral.filtered(kind(1, 48_000), 48_000, curves.to_displacement(RIAA, 12_000), RATE_HZ)
    plain = groove_of(unit * (0.1 / (np.abs(np.diff(unit)).max() * RATE_HZ)), radius_m=0.0475, rpm=Fraction(78))
    mended = compensated(plain, LP, lateral_only=True)
    drawn = spectral.filtered(mended.lateral_m, RATE_HZ, lambda f: spectral.high_cut(f, 12_000, 13_800))

    def heard(groove, stylus):
        sound = play(groove, IDEAL, stylus, RIAA).samples[:, 0]
        return spectral.filtered(sound, RATE_HZ, lambda f: spectral.high_cut(f, 10_800, 12_000))

    meant = heard(plain, None)
    before, after = (np.std(heard(g, LP) - meant) for g in (plain, dataclasses.replace(plain, lateral_m=drawn)))
    assert 20 * math.log10(before / after) > gain_db


def test_a_second_compensation_is_refused_in_one_line():
    once = compensated(tone(3000, 0.01), LP)
    assert once.meta["compensated"] == "lp-18"
    for stylus in (LP, MONO_LP):
        with pytest.raises(FitError, match="already compensated for 'lp-18'") as refused:
            compensated(once, stylus, lateral_only=True)
        assert isinstance(refused.value, BonemusicError)
        assert "\n" not in str(refused.value)


def test_all_but_what_moves_stays():
    groove = tone(3000, 0.05)
    cut = compensated(groove, LP)
    assert (cut.spiral, cut.depth, cut.rpm, cut.rate_hz, cut.profile, cut.bands) == (
        groove.spiral, groove.depth, groove.rpm, groove.rate_hz, groove.profile, groove.bands,
    )  # fmt: skip
    assert cut.lateral_m.dtype == cut.vertical_m.dtype == np.float32
    assert "compensated" not in groove.meta


def test_silence_stays_silent():
    silence = groove_of(np.zeros(1000), np.zeros(1000))
    cut = compensated(silence, LP)
    np.testing.assert_array_equal(cut.lateral_m, 0)
    np.testing.assert_allclose(cut.vertical_m, 0, atol=1e-15)
    assert len(compensated(groove_of(np.zeros(0)), LP)) == 0


@pytest.mark.parametrize("lateral_only", [False, True])
def test_blocks_equal_one_go_whatever_moves_around_them(lateral_only):
    random = np.random.default_rng(7)
    n = 3 * (1 << 16) + 1234
    wall = 1e-6 * np.convolve(random.standard_normal(n), np.hanning(65) / 8, "same")
    spiral = Knots(np.array([0.0, 10.0]), np.array([0.1, 0.09]), np.array([-1e-3, -1e-3]))
    profile = Profile(56e-6, 6e-6, math.pi / 2)

    def cut(wall):
        whole = Groove(spiral, constant(28e-6), Fraction(78), RATE_HZ, wall, profile)
        return compensated(whole, LP, lateral_only=lateral_only)

    whole, again = cut(wall), cut(wall)
    np.testing.assert_array_equal(whole.lateral_m, again.lateral_m)
    # the ball reaches but some samples: cut off in the middle of a block, all before is as it was
    part = cut(wall[: (1 << 16) + 5000])
    np.testing.assert_array_equal(part.lateral_m[: (1 << 16) + 4000], whole.lateral_m[: (1 << 16) + 4000])
    if not lateral_only:
        np.testing.assert_array_equal(part.vertical_m[: (1 << 16) + 4000], whole.vertical_m[: (1 << 16) + 4000])


@pytest.mark.parametrize("lateral_only", [False, True])
def test_progress_rises_to_one_and_may_stop_the_work(lateral_only):
    told = []
    groove = groove_of(np.zeros(150_000))
    compensated(groove, LP, lambda step, done: told.append((step, done)), lateral_only=lateral_only)
    assert told == sorted(told, key=lambda t: t[1])
    assert told[-1] == ("compensating for the stylus", 1.0)

    def stop(step, done):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        compensated(groove, LP, stop, lateral_only=lateral_only)


def test_a_groove_that_moves_up_and_down_is_not_mended_sideways():
    with pytest.raises(ValueError, match="up and down"):
        compensated(groove_of(np.zeros(10), np.zeros(10)), LP, lateral_only=True)


def test_rate_that_a_bandwidth_needs():
    assert [rate_hz_for(hz) for hz in (4500, 8000, 12_000, 20_000)] == [96_000, 192_000, 192_000, 384_000]
