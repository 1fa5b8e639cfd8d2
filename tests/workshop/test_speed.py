"""A side set right by what is known of its speed: exactly, and only where enough is known."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.errors import FitError
from bonemusic.groove import Groove
from bonemusic.workshop import speed
from bonemusic.workshop.scanwish import ScanWish

from .scanned import scanned


def groove(lateral: np.ndarray | None = None) -> Groove:
    given = scanned().flat
    return given if lateral is None else dataclasses.replace(given, lateral_m=lateral, confidence=None)


@pytest.mark.parametrize("factor", [1.0, 0.9, 1.00337, 80 / 78, 0.7351, 2.5])
def test_samples_stay_at_their_angles_and_the_speed_is_right_to_a_tenth_of_a_thousandth(factor: float) -> None:
    made = speed.at_speed(groove(), factor)
    assert Fraction(made.rpm, made.rate_hz) == Fraction(groove().rpm, groove().rate_hz)
    assert float(made.rpm) == pytest.approx(78 * factor, rel=2.5e-4 if factor < 1 else 1.7e-4)
    assert made.lateral_m is not None
    assert np.array_equal(made.lateral_m, groove().lateral_m)
    assert speed._largest_factor(made.rate_hz) < 400


def test_largest_factors() -> None:
    assert [speed._largest_factor(n) for n in (1, 2, 12, 97, 48_000, 96_331)] == [1, 2, 3, 97, 5, 96_331]


def test_the_time_a_side_plays_tells_its_speed() -> None:
    factor, source, notes = speed.told(groove(), ScanWish(seconds=7.5))
    assert (factor, source, notes) == (pytest.approx(8 / 7.5), "--seconds", ())
    assert speed.at_speed(groove(), factor).seconds == pytest.approx(7.5, rel=2e-4)
    with pytest.raises(FitError, match="which no record has"):
        speed.told(groove(), ScanWish(seconds=100.0))


def test_hum_tells_the_speed_and_what_has_none_says_so() -> None:
    rng = np.random.default_rng(4)
    t = np.arange(40 * 48_000) / 48_000
    hum = sum(np.sin(2 * np.pi * 52 * k * t) / k for k in (1, 2, 3)) * 1e-6
    noise = 2e-6 * rng.standard_normal(len(t))
    factor, source, notes = speed.told(groove((hum + noise).astype(np.float32)), ScanWish(hum_hz=50.0))
    assert factor == pytest.approx(50 / 52, abs=2e-4)
    assert source.startswith("--hum, ")
    assert notes == ()
    factor, source, notes = speed.told(groove(noise.astype(np.float32)), ScanWish(hum_hz=50.0))
    assert (factor, source) == (1.0, "")
    assert "give --rpm" in notes[0]


def test_tuning_tells_the_speed() -> None:
    t = np.arange(12 * 48_000) / 48_000
    steps = np.random.default_rng(6).integers(0, 24, 24)
    pitch = 1.01 * 220 * 2 ** (np.repeat(steps, len(t) // 24) / 12)
    tune = np.sin(2 * np.pi * np.cumsum(pitch) / 48_000) / pitch * 1e-3
    factor, source, _ = speed.told(groove(tune.astype(np.float32)), ScanWish(tuned_hz=440.0))
    assert factor == pytest.approx(1 / 1.01, abs=1e-3)
    assert source.startswith("--tuned, ")


def test_nothing_known_changes_nothing() -> None:
    assert speed.told(groove(), ScanWish()) == (1.0, "", ())
