"""What a drawing carries, as predicted, against a drawing that is read and played by other means."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, signal

from bonemusic import presets
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import fidelity, grid
from bonemusic.paths.line import Line, Search

RATE = 48_000
PROFILE = Profile(56e-6, 6e-6, math.pi / 2)
RIAA = presets.curve("riaa")


def groove_of(lateral, rpm=Fraction(78), pitch=2e-4):
    turns = len(lateral) * float(rpm) / 60 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.1, 0.1 - pitch * turns]), np.array([-pitch, -pitch]))
    return Groove(spiral, constant(28e-6), rpm, RATE, lateral.astype(np.float32), PROFILE)


def noise(seconds, high_hz, peak, seed=1):
    """1/f between 80 Hz and an edge, at its loudest all the time but for its ends."""
    n = round(seconds * RATE)
    f = np.fft.rfftfreq(n, 1 / RATE)
    shape = np.where((f > 80) & (f < high_hz), 1 / np.maximum(f, 1), 0)
    wave = np.fft.irfft(shape * np.exp(2j * np.pi * np.random.default_rng(seed).random(len(f))), n)
    wave *= np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / 4800, 0, 1)
    return peak * wave / np.abs(wave).max()


def joined(line):
    """All pieces as one line of complex points, in steps."""
    pieces = list(line.pieces(lambda x, y: x + 1j * y))
    return np.concatenate([pieces[0], *(z[1:] for z in pieces[1:])])


def played(z, step_m, groove):
    """Read at 8 times the groove's rate along straight lines between points: lateral, metres."""
    z = z[np.append(True, np.diff(z) != 0)]
    turns = np.unwrap(np.angle(z)) / (2 * np.pi)
    at = np.arange(len(groove) * 8) / 8 * groove.turns_per_sample
    i = np.clip(np.searchsorted(turns, at, "right") - 1, 0, len(turns) - 2)
    ray = np.exp(-2j * np.pi * at)
    a, line = z[i] * ray, (z[i + 1] - z[i]) * ray
    return np.real(a - line * a.imag / line.imag) * step_m - groove.spiral.at(at)


def heard_by_another(drawn, step_m, groove):
    """What a line without search is heard to be off."""
    return heard_along(joined(Line.of(drawn, step_m)), step_m, groove)


def heard_along(z, step_m, groove):
    """Mean square after replay from 100 to 4500 Hz, by Welch's method and RIAA's own formula."""
    meant = signal.resample(groove.lateral_m.astype(float), len(groove) * 8)
    error = played(z, step_m, groove) - meant
    f, density = signal.welch(error[8 * 4800 : -8 * 4800], 8 * RATE, "hann", 8 * RATE // 4, detrend=False)
    w = 2 * np.pi * f
    replay = (1 + (w * 318e-6) ** 2) / (1 + (w * 3180e-6) ** 2) / (1 + (w * 75e-6) ** 2)
    at_1k = 2 * np.pi * 1000
    replay /= (1 + (at_1k * 318e-6) ** 2) / (1 + (at_1k * 3180e-6) ** 2) / (1 + (at_1k * 75e-6) ** 2)
    band = (f >= 100) & (f <= 4500)
    return integrate.trapezoid((density * (w / 0.05) ** 2 * replay)[band], f[band])


@pytest.mark.parametrize(
    ("step_um", "points_per_s", "band_hz", "peak_um"),
    [(0.3, 32_000, 12_000, 50), (1.0, 32_000, 12_000, 20), (5.0, 20_000, 8000, 60), (21.17, 10_000, 4500, 80),
     (42.3, 8000, 3600, 100)],
)  # fmt: skip
def test_predicted_error_is_what_another_player_hears(step_um, points_per_s, band_hz, peak_um):
    """Within 1 dB, from a proof's grid to a laser's."""
    groove = groove_of(noise(4.2, 0.7 * band_hz, peak_um * 1e-6))
    drawn = grid.wave(groove, points_per_s, band_hz)
    starts = fidelity.windows(0.1, 4.1, 8)
    predicted = fidelity.heard_error(Line.of(drawn, step_um * 1e-6), groove, RIAA, starts)
    heard = heard_by_another(drawn, step_um * 1e-6, groove)
    assert 10 * math.log10(predicted / heard) == pytest.approx(0, abs=1)


def test_a_finer_grid_is_heard_less_in_proportion():
    """Half the step, 6 dB; to a fifth of a dB or so, as rounding is random."""
    groove = groove_of(noise(2.2, 8000, 30e-6))
    drawn = grid.wave(groove, 32_000, 12_000)
    starts = fidelity.windows(0.1, 2.1, 4)
    levels = [
        10 * math.log10(fidelity.heard_error(Line.of(drawn, s), groove, RIAA, starts)) for s in (2e-6, 1e-6, 0.5e-6)
    ]
    np.testing.assert_allclose(np.diff(levels), -6.02, atol=1)


def test_without_a_grid_nothing_is_left_to_hear():
    groove = groove_of(noise(1.2, 4000, 30e-6))
    drawn = grid.wave(groove, 32_000, 12_000)
    error = fidelity.heard_error(Line.of(drawn, 1e-10), groove, RIAA, [0.3])
    signal_power = np.mean((np.diff(groove.lateral_m) * RATE / 0.05) ** 2)
    assert 10 * math.log10(error / signal_power) < -60


def test_any_replay_curve_may_listen():
    """Flat replay hears the treble of the error 13.7 dB louder at 10 kHz, and less of its bass."""
    groove = groove_of(noise(1.2, 4000, 30e-6))
    drawn = grid.wave(groove, 32_000, 12_000)
    riaa, flat = (fidelity.heard_error(Line.of(drawn, 1e-6), groove, presets.curve(c), [0.3]) for c in ("riaa", "flat"))
    assert 1 < 10 * math.log10(flat / riaa) < 9


def test_windows_lie_within_the_time_and_spread_over_it():
    starts = fidelity.windows(2.0, 12.0, 4)
    assert starts == pytest.approx([2 + 9.5 * part for part in (1 / 8, 3 / 8, 5 / 8, 7 / 8)])
    assert fidelity.windows(2.0, 2.5, 4) == []
    assert len(fidelity.windows(2.0, 2.5001, 4)) == 4
    groove = groove_of(np.zeros(48_000))
    assert fidelity.heard_error(Line.of(grid.wave(groove, 8000, 3600), 1e-6), groove, RIAA, []) == 0.0


# The greatest velocity


def burst(at_s, seconds=4.0, hz=1000.0, velocity=0.05, length_s=0.02):
    t = np.arange(round(seconds * RATE)) / RATE
    window = np.where(np.abs(t - at_s) < length_s, np.cos((t - at_s) / length_s * np.pi / 2) ** 2, 0)
    return velocity / (2 * np.pi * hz) * np.sin(2 * np.pi * hz * (t - at_s)) * window


@pytest.mark.parametrize("hz", [300.0, 1000.0, 3000.0])
def test_peak_velocity_is_read_off_the_drawing(hz):
    groove = groove_of(burst(2.0, hz=hz, length_s=0.1))
    drawn = grid.wave(groove, 32_000, 12_000)
    found = fidelity.peak_velocity_m_s(Line.of(drawn, 0.1e-6), groove, 0, len(groove))
    seen = np.sin(2 * np.pi * hz / RATE) / (2 * np.pi * hz / RATE)  # half the difference of two samples at 48 kHz
    assert found == pytest.approx(0.05 * seen, rel=0.01)


def test_peak_velocity_is_found_wherever_it_is():
    """Also where two pieces meet, and in the first and last moments of the music."""
    joint = grid.PIECE / 32_000
    for at in (0.03, joint - 0.004, joint, joint + 0.004, 2 * joint, 3.97):
        groove = groove_of(burst(at))
        drawn = grid.wave(groove, 32_000, 12_000)
        found = fidelity.peak_velocity_m_s(Line.of(drawn, 0.02e-6), groove, round(0.005 * RATE), round(3.995 * RATE))
        assert found == pytest.approx(0.05 * 0.99715, rel=0.015), at


def test_peak_velocity_of_a_coarse_drawing_holds_the_rounding_too():
    groove = groove_of(noise(2.0, 3000, 60e-6))
    drawn = grid.wave(groove, 10_000, 4500)
    meant = np.abs(groove.lateral_m[2:] - groove.lateral_m[:-2]).max() * RATE / 2
    found = fidelity.peak_velocity_m_s(Line.of(drawn, 21.17e-6), groove, 0, len(groove))
    assert found > 1.02 * meant
    silent = groove_of(np.zeros(RATE))
    assert fidelity.peak_velocity_m_s(Line.of(grid.wave(silent, 32_000, 12_000), 0.3e-6), silent, 0, RATE) == 0


# Searched lines, and turntable axes


@pytest.mark.parametrize("spacing_m", [0.0, 127e-6])
def test_predicted_error_of_a_searched_line_is_what_another_player_hears(spacing_m):
    """Also from a part of it, and from pieces of any length."""
    groove = groove_of(noise(3.2, 4000, 60e-6))
    drawn = grid.wave(groove, RATE, 5000, raised=False)
    line = Line.of(drawn, 21.17e-6, search=Search(spacing_m, 0.0 if spacing_m else 0.1), piece=20_000)
    predicted = fidelity.heard_error(line, groove, RIAA, fidelity.windows(0.1, 3.1, 6))
    assert 10 * math.log10(predicted / heard_along(joined(line), line.step_m, groove)) == pytest.approx(0, abs=1)
    part = Line(drawn, 21.17e-6, 40_000, 130_000, search=line.search, piece=17_000)
    of_part = fidelity.heard_error(part, groove, RIAA, fidelity.windows(1.0, 2.5, 3))
    assert 10 * math.log10(of_part / predicted) == pytest.approx(0, abs=2)


def test_predicted_error_on_a_turntable_axis_is_what_another_player_hears():
    groove = groove_of(noise(3.2, 4000, 60e-6))
    line = Line.of(grid.wave(groove, 12_000, 5000), 3.125e-6, 288_000)
    a, r = (
        np.concatenate([v[0], *(p[1:] for p in v[1:])]) for v in zip(*line.pieces(lambda a, r: (a, r)), strict=True)
    )
    z = r * np.exp(2j * np.pi * a / 288_000)
    predicted = fidelity.heard_error(line, groove, RIAA, fidelity.windows(0.1, 3.1, 6))
    assert 10 * math.log10(predicted / heard_along(z, line.step_m, groove)) == pytest.approx(0, abs=1)
    # a part that begins turns later is read where it lies
    part = Line(line.wave, 3.125e-6, 20_000, 36_000, 288_000)
    of_part = fidelity.heard_error(part, groove, RIAA, fidelity.windows(1.8, 2.9, 3))
    assert 10 * math.log10(of_part / predicted) == pytest.approx(0, abs=2)


def test_peak_velocity_is_read_off_a_turntable_axis_too():
    groove = groove_of(burst(2.0, length_s=0.1))
    line = Line.of(grid.wave(groove, 32_000, 12_000), 0.1e-6, 10_000_000)
    assert fidelity.peak_velocity_m_s(line, groove, 0, len(groove)) == pytest.approx(0.05 * 0.99715, rel=0.01)
