"""The bound and the measures are right where the answer is known."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.audio import Audio
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.scanning.track import Geometry

from .. import signals
from .bound import bound
from .maker import Scanner
from .measure import aligned, heard, played, position_error_m, wow_percent
from .songs import DOLL, cut_groove

RATE = 48_000


def ring(turns=5.0, pitch_m=0.3e-3):
    """An unmodulated groove 10 mm from its centre, 20 turns a second, 1.2 m/s."""
    spiral = Knots(np.array([0.0, turns]), np.array([10e-3, 10e-3 - pitch_m * turns]), np.full(2, -pitch_m))
    n = round(turns * RATE / 20)
    return Groove(spiral, constant(28e-6), Fraction(1200), RATE, np.zeros(n), Profile(56e-6, 6e-6, math.pi / 2))


def box_information(width_px, sigma_px):
    """∫ (d/dx of a blurred box)² dx, a pixel: two Gaussians of opposite sign, a width apart."""
    s = math.sqrt(sigma_px**2 + 1 / 12)
    return (1 - math.exp(-(width_px**2) / (4 * s * s))) / (s * math.sqrt(math.pi))


@pytest.mark.parametrize(
    ("dpi", "turns", "pitch_m"), [(1200, 5.0, 0.3e-3), (2400, 5.0, 0.3e-3), (4800, 6.0, 0.3e-3), (4800, 6.0, 0.33e-3)]
)
def test_bound_of_a_still_groove_is_the_textbooks(dpi, turns, pitch_m):
    """Of a straight bar with walls blurred by σ the information per length is known in closed form. Twelve windows on
    six turns lie at two angles, and with 0.3 and 0.33 mm the turns beside them lie across the windows' edges."""
    see = Scanner(dpi, film=30, ink=230, noise=5, blur_px=1.0)
    found = bound(ring(turns, pitch_m), see, (100, 500), windows=12)
    per_m = dpi / 0.0254
    per_pixel = 200**2 * box_information(56e-6 * per_m, 1.0) / (25 + 1 / 12)
    speed = 2 * np.pi * (10e-3 - turns / 2 * pitch_m) * 20
    known = per_pixel * per_m**2 * per_m * speed  # per m² and second
    assert found.density_m2_hz == pytest.approx(2 / known, rel=0.04)
    assert found.error_m == pytest.approx(math.sqrt(800 / known), rel=0.02)


def test_short_waves_are_hidden_by_blur_along_the_groove():
    found = bound(ring(), Scanner(600, blur_px=1.0), (100, 5000), windows=8)
    sigma_m = math.sqrt(1 + 1 / 12) * 0.0254 / 600
    expected = np.exp((2 * np.pi * 5000 * sigma_m / (2 * np.pi * 9.25e-3 * 20)) ** 2)
    assert found.density_m2_hz[-1] / found.density_m2_hz[0] == pytest.approx(expected, rel=0.1)


def test_bound_goes_with_noise_and_contrast():
    one, other = (
        bound(ring(), s, windows=4) for s in (Scanner(1200, bits=16), Scanner(1200, noise=10, film=130, bits=16))
    )
    assert other.error_m / one.error_m == pytest.approx(4, rel=1e-3)


def test_heard_noise_is_what_playing_makes_of_the_bound():
    """White error of the bound's density, played, has the power that the bound tells."""
    found = bound(ring(), Scanner(2400), windows=4)
    flat = dataclasses.replace(found, density_m2_hz=np.full(len(found.hz), 1e-17))
    n = 10 * RATE
    error = np.random.default_rng(5).normal(0, math.sqrt(1e-17 * RATE / 2), n)
    groove = dataclasses.replace(ring(200.0), lateral_m=error)
    sound = played(groove).samples[:, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    f = np.fft.rfftfreq(n, 1 / RATE)
    power = 2 * spectrum[(f >= 100) & (f <= 4500)].sum() / n**2
    assert power == pytest.approx(flat.noise(), rel=0.03)


# Measures


@pytest.mark.parametrize("song", [signals.pink_noise(6, RATE), signals.speech_like(6, RATE), signals.sweeps(6, RATE)])
def test_the_cut_groove_itself_holds_the_song(song):
    groove, given = cut_groove(song, disc=DOLL)
    assert np.abs(groove.lateral_m).max() == pytest.approx(60e-6, rel=1e-3)
    held = heard(played(groove), given)
    assert held.snr_db > 45
    assert held.clicks_per_minute == 0
    assert held.lag_s == pytest.approx(groove.music.first / groove.rate_hz, abs=1e-4)
    assert position_error_m(groove, groove) < 2e-9


def test_snr_gain_lag_and_clicks_are_what_was_put_in():
    rng = np.random.default_rng(2)
    song = signals.pink_noise(10, RATE).astype(np.float64)
    f = np.fft.rfftfreq(len(song), 1 / RATE)
    band = (f >= 100) & (f <= 4500)
    inside = np.fft.irfft(np.fft.rfft(song) * band)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(len(song))) * band)
    noise *= math.sqrt(np.mean(inside**2) / np.mean(noise**2)) * 10 ** (-20 / 20)
    moved = np.fft.irfft(
        np.fft.rfft(song + noise, 2 * len(song))
        * np.exp(-2j * np.pi * np.arange(len(song) + 1) * 1234.4 / (2 * len(song)))
    )
    found = heard(Audio(0.3 * moved, RATE), Audio(song, RATE))
    assert found.snr_db == pytest.approx(20, abs=0.15)
    assert found.gain == pytest.approx(0.3, rel=0.01)
    assert found.lag_s * RATE == pytest.approx(1234.4, abs=0.02)
    assert (found.clicks_per_minute, found.seconds) == (0, 10)
    moved[1234 + RATE // 2 :: 2 * RATE] += 1.0
    assert heard(Audio(0.3 * moved, RATE), Audio(song, RATE)).clicks_per_minute == pytest.approx(30, abs=6)
    assert heard(Audio(-0.3 * moved, RATE), Audio(song, RATE)).snr_db < 0


def test_position_error_allows_for_a_lag_and_a_rate_and_no_gain():
    groove, _ = cut_groove(signals.pink_noise(3, RATE), disc=DOLL)
    rng = np.random.default_rng(3)
    n = len(groove)
    f = np.fft.rfftfreq(n, 1 / RATE)
    error = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * ((f > 100) & (f < 4500)), n)
    error *= 0.2e-6 / error.std()
    read = dataclasses.replace(groove, lateral_m=np.roll(groove.lateral_m + error, 77))
    assert position_error_m(read, groove) == pytest.approx(0.2e-6, rel=0.03)
    louder = dataclasses.replace(groove, lateral_m=1.01 * groove.lateral_m)
    y, ref, _ = aligned(groove.lateral_m.astype(float), groove.lateral_m.astype(float), RATE, (100, 4500))
    assert position_error_m(louder, groove) == pytest.approx(
        0.01 * ref[groove.music.first : groove.music.last].std(), rel=0.02
    )
    assert np.abs(y - ref).max() < 1e-10


def test_wow_of_a_wrong_centre_and_of_a_wrong_stretch():
    true = Geometry(1000.3, 999.8, 94488.0, 94488.0)
    off = dataclasses.replace(true, x_px=true.x_px + 0.5)
    once, twice = wow_percent(off, true, 0.1)
    assert once == pytest.approx(100 * 0.5 / 94488.0 / 0.1, rel=1e-3)
    assert twice < 1e-5
    once, twice = wow_percent(dataclasses.replace(true, across_per_m=1.001 * true.across_per_m), true, 0.1)
    assert twice == pytest.approx(0.1, rel=2e-3)
    assert once < 1e-9
