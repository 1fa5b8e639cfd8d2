"""Recording curves against the standards' tables, and the way between sound and displacement."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

from bonemusic import presets
from bonemusic.curves import from_displacement, recording, replay, to_displacement
from bonemusic.presets import Curve
from bonemusic.spectral import filtered

# IEC 60098 / RIAA, recording, dB re 1 kHz.
RIAA_DB = {
    20: -19.27, 30: -18.59, 40: -17.79, 50: -16.95, 60: -16.10, 80: -14.51, 100: -13.09, 150: -10.27, 200: -8.22,
    300: -5.48, 400: -3.78, 500: -2.65, 800: -0.75, 1000: 0.0, 1500: 1.40, 2000: 2.59, 3000: 4.74, 4000: 6.61,
    5000: 8.21, 6000: 9.60, 8000: 11.89, 10_000: 13.73, 12_000: 15.26, 14_000: 16.57, 16_000: 17.71, 18_000: 18.72,
    20_000: 19.62,
}  # fmt: skip
# IEC 60098:1987's replay amendment, 7950 µs: RIAA replay with it, dB re 1 kHz (without: 19.27, 18.59, ...).
IEC_REPLAY_DB = {2: -0.2, 4: 5.7, 8: 11.2, 16: 15.4, 20: 16.3, 31.5: 17.0, 40: 16.8, 50: 16.3, 80: 14.2, 100: 12.9}
# Shelf and turnover in Hz, and what the rolloff takes at 10 kHz, dB: as published (design §4; the rest IASA-TC 04
# §5.3.6, the charts that presets/curves.toml names). None: the curve has no such factor.
PUBLISHED = {
    "riaa": (50.05, 500.5, -13.7),
    "flat": (None, None, None),
    "acoustic": (None, None, None),
    "aes": (50, 400, -12),
    "columbia-lp": (100, 500, -16),
    "nab": (None, 500, -16),
    "ccir": (50, 500, -10.5),
    "ffrr-lp": (100, 450, -11),
    "ffrr-1951": (None, 300, -14),
    "orthophonic": (50, 500, -11),
    "629": (None, 629, None),
    "din-1957": (50.05, 500.5, -10.36),
    "decca-ffrr": (40, 250, -5),
    "bsi": (None, 353, -10.5),
    "iec-coarse": (50.05, 353.7, -10.36),
    "aes-s001-a": (50.05, 353.7, None),
    "brunswick": (None, 300, -16),
    "columbia-78": (None, 300, -16),
    "european-78": (None, 250, None),
    "blumlein": (None, 300, None),
}
AUDIO_HZ = np.geomspace(20, 20_000, 301)
NAMES = presets.names("curves")


def db(gain):
    return 20 * np.log10(np.abs(gain))


def corner_db(f, corner_hz):
    """Of one resistor and one capacitor: 10·lg(1 + (f/fc)²), 3 dB at the corner."""
    return 10 * np.log10(1 + (f / corner_hz) ** 2)


def published_db(name, f):
    """A curve's recording level, factor by factor and in decibels, from its three published figures; not normalised."""
    shelf, turnover, rolloff_db = PUBLISHED[name]
    total = np.zeros(np.shape(f))
    if turnover is not None:
        # below the turnover the level falls by 6 dB an octave, down to the shelf
        total = total - corner_db(turnover, f)
        if shelf is not None:
            total = total + corner_db(shelf, f)
    if rolloff_db is not None:
        # dB at 10 kHz against its low end give the corner: 10·lg(1 + (10 kHz/fc)²) = dB
        total = total + corner_db(f, 10_000 / math.sqrt(10 ** (-rolloff_db / 10) - 1))
    return total


def test_every_curve_is_here():
    assert set(NAMES) == set(PUBLISHED)


def test_riaa_is_the_standards_table():
    f = np.array(list(RIAA_DB), float)
    table = np.array(list(RIAA_DB.values()))
    riaa = presets.curve("riaa")
    np.testing.assert_allclose(db(recording(riaa, f)), table, atol=0.02)
    np.testing.assert_allclose(db(replay(riaa, f)), -table, atol=0.02)


def test_iec_low_cut_is_the_amendments_table():
    f = np.array(list(IEC_REPLAY_DB), float)
    gain = replay(presets.curve("riaa"), f, iec_low_cut=True)
    np.testing.assert_allclose(db(gain), list(IEC_REPLAY_DB.values()), atol=0.1)
    b, a = [7950e-6, 0], [7950e-6, 1]
    _, low_cut = signal.freqs(b, a, 2 * np.pi * f)
    np.testing.assert_allclose(gain, replay(presets.curve("riaa"), f) * low_cut, rtol=1e-12)
    assert db(low_cut)[list(IEC_REPLAY_DB).index(20)] == pytest.approx(-3.01, abs=0.02)
    assert replay(presets.curve("riaa"), np.zeros(1), iec_low_cut=True)[0] == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_curve_is_its_published_figures(name):
    here = db(recording(presets.curve(name), AUDIO_HZ))
    known = published_db(name, AUDIO_HZ) - published_db(name, 1000.0)
    np.testing.assert_allclose(here, known, atol=0.1)
    assert db(recording(presets.curve(name), np.array([1000.0])))[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if PUBLISHED[n][1] is not None])
def test_turnover_and_shelf_are_3_db_points(name):
    """Against the curve's own asymptotes: constant velocity above the turnover, constant amplitude below, the shelf."""
    shelf, turnover, _ = PUBLISHED[name]
    curve = presets.curve(name)
    bass = Curve(name, name, curve.shelf_s, curve.turnover_s)

    def level(hz):
        return float(db(recording(bass, np.array([hz])))[0])

    high = level(1e7)
    shelf_helps = 0 if shelf is None else corner_db(shelf, turnover)
    assert level(turnover) - high == pytest.approx(-3.01 + shelf_helps, abs=0.03)
    if shelf is None:
        octave = level(turnover / 128) - level(turnover / 256)
        assert octave == pytest.approx(6.02, abs=0.01)
        assert level(turnover / 128) - high == pytest.approx(-20 * math.log10(128), abs=0.03)
    else:
        assert level(1e-3) - high == pytest.approx(20 * math.log10(shelf / turnover), abs=0.02)
        assert level(shelf) - level(1e-3) == pytest.approx(3.01 - corner_db(shelf, turnover), abs=0.03)


@pytest.mark.parametrize("name", [n for n in NAMES if PUBLISHED[n][2] is not None])
def test_rolloff_is_its_level_at_10_khz(name):
    curve = presets.curve(name)
    treble = Curve(name, name, rolloff_s=curve.rolloff_s)
    low, high = db(replay(treble, np.array([1.0, 10_000.0])))
    assert high - low == pytest.approx(PUBLISHED[name][2], abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_phase_is_that_of_the_analog_network(name):
    """Magnitude and phase of H(s) as polynomials, by scipy: zeros and poles all in the left half, so minimum phase."""
    curve = presets.curve(name)
    b, a = np.ones(1), np.ones(1)
    if curve.turnover_s is not None:
        b = np.array([1.0, 0.0] if curve.shelf_s is None else [curve.shelf_s, 1.0])
        a = np.array([curve.turnover_s, 1.0])
    if curve.rolloff_s is not None:
        b = np.polymul(b, [curve.rolloff_s, 1.0])
    f = np.append(AUDIO_HZ, 1000.0)
    _, known = signal.freqs(b, a, 2 * np.pi * f)
    here = recording(curve, f)
    np.testing.assert_allclose(here, known / abs(known[-1]), rtol=1e-12)
    assert all(np.real(np.roots(b)) <= 0)
    assert all(np.real(np.roots(a)) < 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("iec", [False, True])
def test_recording_times_replay_is_one(name, iec):
    curve = presets.curve(name)
    f = np.append(AUDIO_HZ, [1e-3, 1e6])
    through = recording(curve, f) * replay(curve, f, iec)
    s_t = 2j * np.pi * f * 7950e-6
    np.testing.assert_allclose(through, s_t / (1 + s_t) if iec else 1, rtol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_at_0_hz_nothing_is_undefined(name):
    curve, dc = presets.curve(name), np.zeros(1)
    for response in (to_displacement(curve, 12_000), from_displacement(curve, 12_000)):
        assert response(dc)[0] == 0
    assert np.isfinite(recording(curve, dc)).all()
    assert np.isfinite(replay(curve, dc)).all()


# Sound and displacement


def rotating(sound, hz, rate):
    """Amplitude and phase of a tone against a sine, over whole periods in the middle."""
    first, count = 2 * rate, 2 * rate
    t = (first + np.arange(count)) / rate
    return 2j * np.mean(sound[first : first + count] * np.exp(-2j * np.pi * hz * t))


@pytest.mark.parametrize("name", NAMES)
def test_full_scale_at_1_khz_swings_8_um(name):
    """5 cm/s peak / (2π · 1 kHz) = 7.958 µm, 90° behind the recorded velocity."""
    rate = 48_000
    tone = np.sin(2 * np.pi * 1000 * np.arange(6 * rate) / rate)
    curve = presets.curve(name)
    lateral = filtered(tone, rate, to_displacement(curve, 12_000))
    found = rotating(lateral, 1000, rate)
    assert abs(found) == pytest.approx(0.05 / (2 * np.pi * 1000), rel=1e-5)
    lag = np.angle(found / recording(curve, np.array([1000.0]))[0])
    assert np.degrees(lag) == pytest.approx(-90, abs=1e-3)
    velocity = np.gradient(lateral.astype(float), 1 / rate)[2 * rate : 4 * rate]
    known = 0.05 * np.sin(2 * np.pi / 48) / (2 * np.pi / 48)  # read by differences over two samples
    assert math.sqrt(2) * velocity.std() == pytest.approx(known, rel=1e-5)


@pytest.mark.parametrize(("name", "hz", "db_1k"), [("riaa", 100, -13.09), ("riaa", 10_000, 13.73), ("nab", 60, None)])
def test_other_tones_follow_the_curve(name, hz, db_1k):
    rate = 48_000
    tone = np.sin(2 * np.pi * hz * np.arange(6 * rate) / rate)
    found = rotating(filtered(tone, rate, to_displacement(presets.curve(name), 12_000)), hz, rate)
    if db_1k is None:
        db_1k = published_db(name, float(hz)) - published_db(name, 1000.0)
    known = 0.05 / (2 * np.pi * hz) * 10 ** (db_1k / 20)
    assert 20 * math.log10(abs(found) / known) == pytest.approx(0, abs=0.01)


def test_a_push_on_the_air_pushes_the_groove_outwards():
    """Polarity: displacement grows while the sound is positive."""
    rate = 48_000
    sound = np.zeros(rate)
    sound[rate // 2 : rate // 2 + 48] = np.hanning(48)
    lateral = filtered(sound, rate, to_displacement(presets.curve("flat"), 12_000))
    assert lateral[rate // 2 + 44] - lateral[rate // 2 + 4] > 0.9 * 0.05 * sound.sum() / rate


def test_what_is_not_recorded():
    """3 dB at 20 Hz; nothing from 15 % above the bandwidth on."""
    riaa = presets.curve("riaa")
    f = np.array([20.0, 5.0, 12_000, 13_800, 20_000])
    through = to_displacement(riaa, 12_000)(f) * 2j * np.pi * f / 0.05 / recording(riaa, f)
    np.testing.assert_allclose(np.abs(through), [10 ** (-3.0103 / 20), 0.25**4, 1, 0, 0], atol=2e-5)
    np.testing.assert_allclose(np.angle(through[:3]), 0, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back_is_flat(name):
    """Song to displacement to sound: 0.01 dB and 0.1° from 60 Hz to the bandwidth."""
    rate, band_hz = 44_100, 12_000.0
    song = np.zeros(3 * rate)
    song[rate : 2 * rate] = np.random.default_rng(5).standard_normal(rate) * np.hanning(rate)
    curve = presets.curve(name)
    lateral = filtered(song, rate, to_displacement(curve, band_hz), 96_000, 0.25)
    heard = filtered(lateral, 96_000, from_displacement(curve, 14_000.0), rate)
    late = rate // 4
    spectra = np.fft.rfft(song), np.fft.rfft(heard[late : late + len(song)])
    f = np.fft.rfftfreq(len(song), 1 / rate)
    band = (f >= 60) & (f <= band_hz) & (np.abs(spectra[0]) > 0.1 * np.abs(spectra[0]).max())
    assert band.sum() > 3000
    through = spectra[1][band] / spectra[0][band]
    assert np.abs(db(through)).max() < 0.01
    assert np.abs(np.degrees(np.angle(through))).max() < 0.1
