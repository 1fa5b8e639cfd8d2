"""Levels in thirds of an octave: of tones, of noise, of what falls silent."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.workshop.spectrum import FLOOR_DB, FRAME, MOST_FRAMES, spectrum

RATE_HZ = 48_000


def test_white_noise_rises_by_a_decibel_to_the_band_and_keeps_its_power() -> None:
    noise = np.random.default_rng(1).standard_normal(40 * RATE_HZ).astype(np.float32)
    told = spectrum(noise, RATE_HZ)
    width_hz = told.centre_hz * (10**0.05 - 10**-0.05)
    assert told.mean_db == pytest.approx(10 * np.log10(width_hz / (RATE_HZ / 2)), abs=0.7)
    assert told.centre_hz[0] == pytest.approx(39.8, abs=0.1)
    assert np.diff(np.log10(told.centre_hz)) == pytest.approx(0.1)


def test_a_tone_lies_in_its_band_alone() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(10 * RATE_HZ) / RATE_HZ)
    told = spectrum(tone, RATE_HZ)
    band = int(np.argmax(told.mean_db))
    assert told.centre_hz[band] == pytest.approx(1000)
    assert told.mean_db[band] == pytest.approx(10 * np.log10(0.125), abs=0.01)
    assert np.delete(told.mean_db, band).max() < -80


def test_the_quiet_is_what_is_left_where_music_falls_silent() -> None:
    rng = np.random.default_rng(2)
    noise = 1e-3 * rng.standard_normal(60 * RATE_HZ)
    loud = noise + rng.standard_normal(len(noise)) * (np.arange(len(noise)) % (10 * RATE_HZ) < 7 * RATE_HZ)
    told, alone = spectrum(loud, RATE_HZ), spectrum(noise, RATE_HZ)
    high = told.centre_hz > 300
    assert np.abs(told.quiet_db - alone.mean_db)[high].max() < 3
    assert (told.mean_db - told.quiet_db)[high].min() > 50


def test_what_is_missing_is_no_quiet_moment() -> None:
    """Half a disc: every turn is silent for half of its time."""
    noise = np.random.default_rng(4).standard_normal(60 * RATE_HZ)
    begins = np.arange(0.0, 60.0, 2.0)
    silent_s = np.stack([begins, begins + 1.0], 1)
    gone = (np.arange(len(noise)) / RATE_HZ) % 2 < 1
    told, alone = spectrum(np.where(gone, 0, noise), RATE_HZ, silent_s), spectrum(noise, RATE_HZ)
    assert np.abs(told.quiet_db - alone.quiet_db)[told.centre_hz > 300].max() < 1
    assert spectrum(np.where(gone, 0, noise), RATE_HZ).quiet_db.max() == FLOOR_DB  # the twin that must fail
    specks_s = np.stack([begins, begins + 0.001], 1)  # too short to matter
    np.testing.assert_array_equal(spectrum(noise, RATE_HZ, specks_s).quiet_db, alone.quiet_db)
    everything = np.array([[0.0, 60.0]])
    np.testing.assert_array_equal(spectrum(noise, RATE_HZ, everything).quiet_db, alone.quiet_db)


def test_silence_has_a_floor_and_what_is_too_short_has_no_bands() -> None:
    assert (spectrum(np.zeros(10 * FRAME, np.float32), RATE_HZ).mean_db == FLOOR_DB).all()
    assert len(spectrum(np.zeros(3 * FRAME, np.float32), RATE_HZ)) == 0
    assert spectrum(np.ones(10 * FRAME, np.float32), 8000).centre_hz.max() * 10**0.05 <= 3600


def test_a_long_recording_is_looked_at_all_over() -> None:
    noise = np.random.default_rng(3).standard_normal((MOST_FRAMES + 500) * 1024).astype(np.float32)
    told = spectrum(noise, 4000)
    width_hz = told.centre_hz * (10**0.05 - 10**-0.05)
    assert told.mean_db == pytest.approx(10 * np.log10(width_hz / 2000), abs=1)
