"""What is to be expected of a side, against what must be so."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import pytest

from bonemusic import presets
from bonemusic.playing.predict import THIRD_OCTAVES_HZ, predicted, remaining

LP = presets.stylus("lp-18")
RIAA = presets.curve("riaa")
DISC = presets.disc("12in-33")
LATHE = presets.machine("lathe")
LASER = presets.machine("laser-1200")
INNER_M, RIM_M = 0.0603, 0.146


def at(radius_m=INNER_M, machine=LATHE, stylus=LP, level_m_s=0.07, curve=RIAA, compensated_for=None, **noise):
    return predicted(radius_m, DISC.rpm, machine, stylus, curve, DISC, level_m_s, compensated_for, **noise)


def test_third_octaves_are_the_nominal_ones():
    assert THIRD_OCTAVES_HZ[:6] == (40, 50, 63, 80, 100, 125)
    for hz in THIRD_OCTAVES_HZ:
        n = round(10 * math.log10(hz / 1000))
        assert hz == pytest.approx(1000 * 10 ** (n / 10), rel=0.013)


@pytest.mark.parametrize("curve", ["riaa", "nab", "acoustic"])
def test_an_ideal_tip_hears_the_machine_alone(curve):
    place = at(stylus=None, curve=presets.curve(curve))
    assert place.radius_m == INNER_M
    assert place.speed_m_s == pytest.approx(0.2105, abs=1e-4)
    assert [hz for hz, _ in place.response] == [hz for hz in THIRD_OCTAVES_HZ if hz <= 16_000]
    assert all(abs(db) < 0.02 for _, db in place.response)
    # the raised cosine from 16 to 18.4 kHz is 3 dB down where it has come this far
    fall = math.acos(2 * 10 ** (-3 / 20) - 1) / math.pi
    assert place.bandwidth_hz == pytest.approx(16_000 * (1 + 0.15 * fall), rel=1e-3)
    assert all(percent < 1e-3 for _, percent in place.distortion)
    assert place.snr_db is None


def test_a_machine_that_draws_has_its_own_bandwidth_and_no_tones_above_it():
    place = at(machine=LASER)
    assert place.response[-1][0] == 5000
    assert 5000 < place.bandwidth_hz < 5600
    assert [hz for hz, _ in place.distortion] == [hz for hz, _ in place.velocity] == [300, 1000, 3000]


def test_treble_falls_and_distortion_rises_towards_the_label():
    rim, middle, label = (at(radius_m, level_m_s=0.1) for radius_m in (RIM_M, 0.1, INNER_M))
    for outer, inner in [(rim, middle), (middle, label)]:
        assert outer.bandwidth_hz > inner.bandwidth_hz
        assert dict(outer.response)[12_500] > dict(inner.response)[12_500]
        for (_, less), (_, more) in zip(outer.distortion, inner.distortion, strict=True):
            assert less < more


def test_figures_of_an_lp():
    assert dict(at().distortion)[3000] == pytest.approx(10.6, abs=0.2)  # one channel: mostly the pinch
    assert dict(at(machine=dataclasses.replace(LATHE, stereo=False)).distortion)[3000] == pytest.approx(1.92, abs=0.05)
    assert dict(at().response)[16_000] == pytest.approx(-1.1, abs=0.1)
    assert dict(at(RIM_M).response)[16_000] == pytest.approx(-0.08, abs=0.02)


def test_compensation_for_the_tip_that_plays_takes_its_distortion_and_its_loss_away():
    plain, mended = at(level_m_s=0.05), at(level_m_s=0.05, compensated_for=LP)
    for (hz, before), (_, after) in zip(plain.distortion, mended.distortion, strict=True):
        assert after < before / 100, hz
    assert dict(plain.response)[12_500] < -0.5
    assert abs(dict(mended.response)[12_500]) < 0.02


def test_a_tone_that_the_groove_cannot_hold_is_cut_as_loud_as_it_can():
    velocity = dict(at(level_m_s=0.3).velocity)
    place = at(level_m_s=0.01)
    assert dict(place.velocity) == dict.fromkeys((300.0, 1000.0, 3000.0, 8000.0), 0.01)
    assert velocity[300] == velocity[1000] == place.speed_m_s
    assert velocity[8000] == pytest.approx(place.speed_m_s**2 * math.sqrt(2) / (18e-6 * 2 * math.pi * 8000))


def test_signal_to_noise_is_that_of_a_tone_of_the_sides_level():
    assert at(level_m_s=0.05, noise_db=-58).snr_db == pytest.approx(58 - 3.01, abs=0.01)
    assert at(level_m_s=0.1, noise_db=-58).snr_db == pytest.approx(64 - 3, abs=0.05)
    assert at(drawn_snr_db=19.5).snr_db == pytest.approx(19.5)
    # two noises of one power are 3 dB worse than each
    assert at(level_m_s=0.05, noise_db=-33.01, drawn_snr_db=30).snr_db == pytest.approx(26.99, abs=0.01)


def rows(machine=LATHE, tips=("lp-18", "lp-mono-25", "elliptical-8", "78-65"), level_m_s=0.05):
    styli = [presets.stylus(name) for name in tips]
    return {
        (row.stylus, row.frequency_hz): row
        for row in remaining(styli, INNER_M, DISC.rpm, machine, RIAA, DISC, level_m_s, LP)
    }


def test_figure_what_remains_for_other_styli():
    found = rows()
    assert list(found) == [(n, hz) for n in ("lp-18", "lp-mono-25", "elliptical-8") for hz in (3000, 8000)]
    assert found["lp-18", 8000].plain_db - found["lp-18", 8000].compensated_db > 35
    assert found["lp-18", 3000].compensated_db < -100
    larger, finer = found["lp-mono-25", 8000], found["elliptical-8", 8000]
    assert (larger.plain_db, larger.compensated_db) == pytest.approx((-12.8, -23), abs=0.3)
    assert (finer.plain_db, finer.compensated_db) == pytest.approx((-21.8, -19.9), abs=0.3)


def test_a_tip_that_the_groove_does_not_carry_is_left_out():
    assert rows(tips=("78-65", "78-76")) == {}
    coarse = presets.disc("10in-78-coarse")
    found = remaining([presets.stylus("78-65")], 0.06, Fraction(78), LATHE, RIAA, coarse, 0.1, presets.stylus("78-65"))
    assert [(row.stylus, row.frequency_hz) for row in found] == [("78-65", 3000), ("78-65", 8000)]


def test_what_remains_holds_only_tones_that_the_machine_carries():
    found = rows(machine=LASER, tips=("lp-18",))
    assert list(found) == [("lp-18", 3000)]
    # the compensation of 3 kHz lies at 9 kHz, which a laser's drawing does not hold
    assert found["lp-18", 3000].compensated_db == pytest.approx(found["lp-18", 3000].plain_db, abs=1)
