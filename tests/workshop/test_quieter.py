"""Treble of a scan's equalised sound is right, whether its noise is turned down or kept."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.playing.player import play
from bonemusic.progress import silent
from bonemusic.scanning.reader import Reading
from bonemusic.workshop.quieter import quieter

from ..scanning import maker, measure
from ..scanning.dolls import Side, read
from ..scanning.songs import DOLL, cut_groove
from ..signals import pink_noise

RATE = 48_000
CURVE = presets.curve("riaa")
BANDS_HZ = (500, 1000, 2000, 3000, 4000)
"""At 1200 dpi more than 6 dB are lost from 3.9 kHz on, inside; from 7.9 kHz on, outside."""


@pytest.fixture(scope="module")
def side() -> Side:
    return cut_groove(pink_noise(2.0, RATE), level_m=40e-6, disc=DOLL)


@pytest.fixture(scope="module")
def reading(side: Side) -> Reading:
    return read(maker.scan(side[0], dpi=1200, noise=2))


def _response_db(side: Side, reading: Reading, kept: bool | None) -> list[float]:
    """Of the sound against the song, in bands of a third of an octave, over that at 1 kHz; of what was read if None."""
    sound = play(reading.mended, presets.turntable("ideal"), None, CURVE, rate_hz=RATE).samples
    if kept is not None:
        assert reading.grain is not None
        strength = np.asarray(reading.track.strength)
        sound = quieter(sound, RATE, reading.mended, 0, reading.grain, strength, CURVE, silent, kept)
    song = side[1].samples.mean(axis=1).astype(np.float64)
    heard, ref, _ = measure.aligned(sound.mean(axis=1).astype(np.float64), song, RATE, (100.0, 9000.0))
    there, given = np.fft.rfft(heard), np.fft.rfft(ref)
    hz = np.fft.rfftfreq(len(heard), 1 / RATE)
    gains = []
    for middle in BANDS_HZ:
        band = np.abs(np.log2(np.maximum(hz, 1) / middle)) < 1 / 6
        gains.append(float(np.sum(there[band] * np.conj(given[band])).real / np.sum(np.abs(given[band]) ** 2)))
    return [float(each) for each in 20 * np.log10(np.array(gains) / gains[BANDS_HZ.index(1000)])]


def test_treble_is_right_where_the_noise_is_kept(side: Side, reading: Reading) -> None:
    assert _response_db(side, reading, None)[-1] < -1.5  # as it is read, and so flat
    np.testing.assert_allclose(_response_db(side, reading, True), 0, atol=0.5)


def test_treble_is_right_where_the_noise_is_turned_down(side: Side, reading: Reading) -> None:
    np.testing.assert_allclose(_response_db(side, reading, False), 0, atol=0.7)
