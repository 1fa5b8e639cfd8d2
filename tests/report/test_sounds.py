"""Sounds of hot spots as MP3 within an address."""

from __future__ import annotations

import base64
import dataclasses
import io

import numpy as np
import pytest
import soundfile

from bonemusic.report.sounds import addresses

from .sides import sound


def heard(address):
    kind, data = address.split(",")
    assert kind == "data:audio/mpeg;base64"
    return soundfile.read(io.BytesIO(base64.b64decode(data)), always_2d=True)


@pytest.mark.parametrize(("rate", "made"), [(48000, 48000), (44100, 44100), (96000, 44100), (11025, 44100)])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_tone_keeps_its_pitch_level_and_channels(rate, made, channels):
    for address, peak in zip(addresses(sound(rate_hz=rate, channels=channels, seconds=1)), (0.5, 0.25), strict=True):
        samples, found = heard(address)
        assert (found, samples.shape[1]) == (made, channels)
        middle = samples[made // 4 : 3 * made // 4, 0]
        assert np.std(middle) * 2**0.5 == pytest.approx(peak, rel=0.02)
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
        assert np.argmax(spectrum) * made / len(middle) == pytest.approx(440, abs=2)


def test_beyond_full_scale_both_are_turned_down_alike():
    (before, _), (after, _) = (heard(each) for each in addresses(sound(peak=4.0)))
    assert np.abs(before[20000:100000]).max() == pytest.approx(1, rel=0.03)
    assert np.abs(after[20000:100000]).max() == pytest.approx(0.5, rel=0.03)


def test_of_many_channels_the_first_two_are_heard_and_of_nothing_nothing():
    samples, _ = heard(addresses(sound(channels=4, seconds=0.2))[0])
    assert samples.shape[1] == 2
    assert addresses(sound(seconds=0)) is None


def test_three_seconds_take_about_50_kb():
    noise = np.random.default_rng(1).uniform(-1, 1, (132300, 2)).astype(np.float32)
    for address in addresses(dataclasses.replace(sound(), before=noise, after=noise)):
        assert len(address) * 3 / 4 < 60_000
