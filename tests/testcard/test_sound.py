"""The card's 30 seconds: each section is what it is called, and none is faster than the reference."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.audio import Audio
from bonemusic.curves import recording
from bonemusic.testcard import sound as card_sound
from bonemusic.testcard.sound import RATE_HZ, SECONDS, SECTIONS, SWEEP_HZ, TONES_HZ, TUNE_S, sound

RIAA = presets.curve("riaa")


@pytest.fixture(scope="module")
def heard():
    noise = np.random.default_rng(1).standard_normal((round(TUNE_S * RATE_HZ), 2)) / 5
    return sound(Audio(noise.astype(np.float32), RATE_HZ), RIAA).samples[:, 0].astype(float)


def part(heard, name):
    found = next(s for s in SECTIONS if s.name == name)
    return heard[round(found.start_s * RATE_HZ) : round(found.end_s * RATE_HZ)]


def strength(samples, hz):
    """Amplitude of a tone."""
    t = np.arange(len(samples)) / RATE_HZ
    return 2 * abs(np.mean(samples * np.exp(-2j * math.pi * hz * t)))


def test_sections_follow_each_other_without_a_gap() -> None:
    assert SECTIONS[0].start_s == 0
    assert SECTIONS[-1].end_s == SECONDS == 30
    for one, next_ in itertools.pairwise(SECTIONS):
        assert one.end_s == next_.start_s


def test_tones_are_what_they_are_called(heard) -> None:
    assert len(heard) == 30 * RATE_HZ
    whole_s = part(heard, "1 kHz")[RATE_HZ : 4 * RATE_HZ]
    assert strength(whole_s, 1000) == pytest.approx(0.5, rel=1e-4)
    for hz in TONES_HZ:
        name = f"{hz:g} Hz"
        tone = part(heard, name)[RATE_HZ // 10 : RATE_HZ // 10 + RATE_HZ]
        assert strength(tone, hz) == pytest.approx(0.5 * 10 ** (-8 / 20), rel=1e-3), name
        assert strength(tone, hz * 2) < 1e-3


def test_sweep_climbs_from_end_to_end_by_octaves(heard) -> None:
    swept = part(heard, "sweep")
    rises = np.flatnonzero((swept[:-1] < 0) & (swept[1:] >= 0)) / RATE_HZ
    seconds = 6 - card_sound.GAP_S
    for at_s in (0.5, 2.0, 4.0, 5.5):
        near = np.searchsorted(rises, at_s)
        hz = 1 / np.diff(rises[near - 2 : near + 2]).mean()
        expected = SWEEP_HZ[0] * (SWEEP_HZ[1] / SWEEP_HZ[0]) ** (at_s / seconds)
        assert hz == pytest.approx(expected, rel=0.03)


def test_silence_is_silent_and_nothing_is_faster_than_the_reference(heard) -> None:
    assert np.abs(part(heard, "silence")).max() == 0
    hz = np.fft.rfftfreq(len(heard), 1 / RATE_HZ)
    velocity = np.abs(np.fft.irfft(np.fft.rfft(heard) * np.abs(recording(RIAA, hz)), len(heard)))
    first = velocity[: 5 * RATE_HZ].max()
    assert first == pytest.approx(0.5, rel=0.02)
    assert velocity[5 * RATE_HZ :].max() < 0.97 * first
    assert velocity[17 * RATE_HZ : 25 * RATE_HZ].max() > 0.6 * first  # and the tune is not lost


def test_same_sound_at_every_call() -> None:
    tune = Audio(
        np.ones((RATE_HZ, 1), np.float32) * np.linspace(-0.5, 0.5, RATE_HZ, dtype=np.float32)[:, None], RATE_HZ
    )
    assert np.array_equal(sound(tune, RIAA).samples, sound(tune, RIAA).samples)
