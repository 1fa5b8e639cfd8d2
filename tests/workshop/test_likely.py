"""Which curve a spectrum speaks for; and that it is honest about how little that is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic import presets
from bonemusic.curves import recording
from bonemusic.spectral import filtered
from bonemusic.workshop import likely
from bonemusic.workshop.spectrum import Spectrum, spectrum

F = 1000 * 10 ** (np.arange(-14, 14) / 10)


def cut(curve: str, slope_db: float = 0.0, noise_db: float = -60.0) -> Spectrum:
    """Music in general, but for a slope of its own to the octave, as a curve writes it."""
    level = likely.typical_db(F) + slope_db * np.log2(F / 1000)
    level += 20 * np.log10(np.abs(recording(presets.curve(curve), F)))
    return Spectrum(F, level - 30, level - 30 + noise_db)


@pytest.mark.parametrize(("curve", "rpm"), [("riaa", 78), ("blumlein", 78), ("acoustic", 78), ("columbia-lp", 100 / 3)])
def test_music_in_general_speaks_for_the_curve_it_was_cut_with(curve: str, rpm: float) -> None:
    found = likely.suggested(cut(curve), rpm)
    assert curve in (found.name, *found.others)
    assert str(found.name) in found.why


def test_what_differs_by_a_song_is_not_told_apart() -> None:
    found = likely.suggested(cut("riaa"), 100 / 3)
    assert {"aes", "nab"} <= {found.name, *found.others}
    assert "would do nearly as well" in found.why


def test_what_no_song_is_like_is_ruled_out() -> None:
    found = likely.suggested(cut("riaa", 1.0), 78)  # without a curve it would be shriller than any
    assert "acoustic" not in (found.name, *found.others)
    found = likely.suggested(cut("acoustic", -1.0), 78)  # with RIAA's there would be no treble at all
    assert "riaa" not in (found.name, *found.others)


def test_the_speed_tells_the_time() -> None:
    at_78, at_33 = (likely.suggested(cut("riaa"), rpm) for rpm in (78, 100 / 3))
    assert not set(likely.FINE) & {at_78.name, *at_78.others}
    assert not set(likely.COARSE) & {at_33.name, *at_33.others}
    assert set(likely.FINE) | set(likely.COARSE) | set(likely.NOT_MUSIC) | {"riaa"} == set(presets.names("curves"))


def test_noise_tells_nothing() -> None:
    found = likely.suggested(cut("riaa", noise_db=-3.0), 78)
    assert (found.name, found.others) == (None, ())
    assert "let the ear decide" in found.why
    assert likely.suggested(Spectrum(np.zeros(0), np.zeros(0), np.zeros(0)), 78).name is None


def test_real_music_does_not_rule_its_own_curve_out(minstrels: Path) -> None:
    samples, rate_hz = soundfile.read(minstrels, dtype="float32", always_2d=True)
    flat = filtered(samples.mean(1), rate_hz, lambda f: np.abs(recording(presets.curve("riaa"), f)))
    found = likely.suggested(spectrum(flat, rate_hz), 78)
    assert "riaa" in (found.name, *found.others)
