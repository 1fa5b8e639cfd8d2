"""Several scans of a side laid over each other: turns known to parts of a sample, and what does not belong together."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.errors import FormatError
from bonemusic.groove import Knots
from bonemusic.scanning import merge
from bonemusic.scanning.track import Geometry, Track

PER_TURN = 4_800.0
TURNS = 30
PITCH_M = 130e-6
AT = Geometry(2000.3, 1999.8, 47_244.0, 47_244.0)
SPIRAL = Knots(np.array([0.0, TURNS]), 50e-3 - PITCH_M * np.array([0.0, TURNS]), np.full(2, -PITCH_M))


SIZE = 1 << 18


@pytest.fixture(autouse=True)
def _shorter_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a short side: half a minute of music is not needed to tell its turn."""
    monkeypatch.setattr(merge, "WINDOW", 1 << 14)


def _music(later: float, count: int, seed: int = 1) -> NDArray[Any]:
    """A groove's swings from any place on, whole or not: noise of 40 to 500 times a turn, 20 µm rms."""
    rng = np.random.default_rng(seed)
    f = np.fft.rfftfreq(SIZE, 1 / PER_TURN)
    inside = (f > 40) & (f < 500)
    spectrum = np.exp(2j * np.pi * rng.uniform(0, 1, len(f))) * inside
    spectrum *= 20e-6 * SIZE / math.sqrt(2 * inside.sum())
    return np.asarray(np.fft.irfft(spectrum * np.exp(2j * np.pi * f / PER_TURN * later), SIZE)[:count])


def _track(
    later: float = 0.0, turns: float = TURNS - 2, seed: int = 1, noise_m: float = 0.0,
    unlit: tuple[float, float] = (0, 0), turned_rad: float = 0.0, strength: float = 100.0, noise_seed: int = 0,
) -> tuple[Track, Knots]:  # fmt: skip
    """A track that begins so many samples after the groove's first, in a scan turned by an angle."""
    k = later + np.arange(int(turns * PER_TURN))
    radius = SPIRAL.at(k / PER_TURN) + _music(later, len(k), seed)
    radius += noise_m * np.random.default_rng(noise_seed).standard_normal(len(k))
    start = 0.3 + turned_rad + 2 * np.pi * later / PER_TURN
    seen_at = (start + 2 * np.pi * np.arange(len(k)) / PER_TURN) % (2 * np.pi)
    dark = (seen_at >= unlit[0]) & (seen_at < unlit[1])
    radius[dark] = SPIRAL.at(k[dark] / PER_TURN)
    told = np.where(dark, 0, strength).astype(np.float32)
    track = Track(AT, start, PER_TURN, radius, told, (~dark).astype(np.float32), 4 * told, 5.0)
    return track, Knots(SPIRAL.turns, SPIRAL.at(SPIRAL.turns + later / PER_TURN), SPIRAL.slope)


@pytest.fixture(scope="module")
def first() -> tuple[Track, Knots]:
    return _track(noise_m=1e-6)


@pytest.mark.parametrize("later", [0.0, 0.37, 3000.5, 2 * PER_TURN - 0.81, -1234.25])
def test_a_turn_is_told_to_a_fiftieth_of_a_sample(first: tuple[Track, Knots], later: float) -> None:
    other = _track(later, turns=TURNS - 4, noise_m=1e-6, noise_seed=7)
    shift = merge.turned(*first, *other)
    assert shift is not None
    assert shift == pytest.approx(later, abs=0.02)


def test_a_turn_is_told_where_a_third_of_each_is_unlit() -> None:
    one = _track(noise_m=1e-6, unlit=(0.5, 2.6))
    other = _track(700.3, noise_m=1e-6, unlit=(0.5, 2.6), turned_rad=3.0, noise_seed=3)
    shift = merge.turned(*one, *other)
    assert shift is not None
    assert shift == pytest.approx(700.3, abs=0.02)


def test_a_spiral_told_a_turn_wrong_is_put_right_by_the_music(first: tuple[Track, Knots]) -> None:
    track, spiral = _track(350.5)
    wrong = Knots(spiral.turns, spiral.value - 1.3 * PITCH_M, spiral.slope)
    assert merge.turned(*first, track, wrong) == pytest.approx(350.5, abs=0.02)


def test_another_side_does_not_fit(first: tuple[Track, Knots]) -> None:
    other = _track(100.0, seed=2)
    assert merge.turned(*first, *other) is None
    third = _track(40.0, noise_m=1e-6)
    with pytest.raises(FormatError, match=r"^scan 3 does not fit the first one.*same side") as refused:
        merge.merged([first[0], third[0], other[0]], [first[1], third[1], other[1]])
    assert "\n" not in str(refused.value)


def test_a_silent_side_fits_nothing() -> None:
    track, spiral = _track()
    flat = dataclasses.replace(track, radius_m=SPIRAL.at(np.arange(len(track.radius_m)) / PER_TURN))
    assert merge.turned(flat, spiral, flat, spiral) is None
    assert merge.turned(track, spiral, dataclasses.replace(track, confidence=0 * track.confidence), spiral) is None


def test_one_track_stays_as_it_is(first: tuple[Track, Knots]) -> None:
    one = merge.merged([first[0]], [first[1]])
    np.testing.assert_allclose(one.radius_m, first[0].radius_m, rtol=1e-14)
    assert np.array_equal(one.confidence, first[0].confidence)


def _rms_error(track: Track, part: slice = slice(2000, -2000)) -> float:
    k = np.arange(len(track.radius_m))
    return float(np.sqrt(np.mean((track.radius_m - SPIRAL.at(k / PER_TURN) - _music(0.0, len(k)))[part] ** 2)))


def test_two_scans_halve_the_noises_power(first: tuple[Track, Knots]) -> None:
    other = _track(417.43, noise_m=1e-6, turned_rad=1.0, noise_seed=4)
    one = merge.merged([first[0], other[0]], [first[1], other[1]])
    assert _rms_error(first[0]) == pytest.approx(1e-6, rel=0.02)
    # and a little less: the cubic between samples takes some of the noise
    assert 0.55e-6 < _rms_error(one) < 0.73e-6
    assert one.start_rad == first[0].start_rad
    assert len(one.radius_m) == len(first[0].radius_m)


def test_the_clearer_counts_by_the_square_of_its_contrast(first: tuple[Track, Knots]) -> None:
    other = _track(0.0, noise_m=4e-6, strength=25.0, noise_seed=4)
    one = merge.merged([first[0], other[0]], [first[1], other[1]])
    assert _rms_error(one) == pytest.approx(1e-6 * math.sqrt(16 / 17), rel=0.03)
    assert float(np.median(one.strength)) == pytest.approx(math.hypot(100, 25))  # as clear as both are together


def test_what_one_does_not_show_the_other_does() -> None:
    one = _track(noise_m=1e-6, unlit=(0.5, 2.6))
    other = _track(417.43, noise_m=1e-6, unlit=(0.5, 2.6), turned_rad=3.0, noise_seed=5)
    both = merge.merged([one[0], other[0]], [one[1], other[1]])
    assert _rms_error(one[0]) > 8e-6
    assert _rms_error(both) < 1e-6
    near = slice(2000, -2000)
    assert (both.confidence[near] == 1).all()
    of_both = (one[0].strength > 0)[near] & (_shown(other[0], 417, both.strength) > 0)[near]
    np.testing.assert_allclose(both.strength[near][of_both], 100 * math.sqrt(2), rtol=1e-6)
    assert both.strength[near].min() == 100
    np.testing.assert_allclose(both.light[near] / both.strength[near], 4, rtol=1e-6)  # and a groove is as wide in both


def _shown(track: Track, later: int, like: NDArray[Any]) -> NDArray[Any]:
    """A track's strength at the first one's samples, nearly."""
    out = np.zeros(len(like))
    out[later:] = track.strength[: len(like) - later]
    return np.asarray(np.minimum.reduce([out, np.roll(out, 1), np.roll(out, -1)]))


@pytest.mark.parametrize("how", ["scale", "centre", "stretch"])
def test_scans_whose_scale_centre_or_stretch_differ_a_little_are_laid_over_each_other(
    first: tuple[Track, Knots], how: str
) -> None:
    track, spiral = _track(0.0, noise_m=1e-6, noise_seed=4)
    angle = track.start_rad + 2 * np.pi * np.arange(len(track.radius_m)) / PER_TURN
    off = {
        "scale": 3e-4 * track.radius_m,
        "centre": 8e-6 * np.cos(angle - 1),
        "stretch": 1e-4 * track.radius_m * np.sin(2 * angle),
    }[how]
    moved = dataclasses.replace(track, radius_m=track.radius_m + off)
    one = merge.merged([first[0], moved], [first[1], spiral])
    assert _rms_error(one) < 0.75e-6


def test_beyond_its_ends_a_scan_adds_nothing(first: tuple[Track, Knots]) -> None:
    other = _track(3 * PER_TURN + 0.5, turns=10, noise_m=1e-6, noise_seed=4)
    spiral = Knots(SPIRAL.turns, SPIRAL.at(SPIRAL.turns + 3), SPIRAL.slope)
    one = merge.merged([first[0], other[0]], [first[1], spiral])
    outside = slice(int(14 * PER_TURN), None)
    np.testing.assert_allclose(one.radius_m[outside], first[0].radius_m[outside], rtol=1e-14)
    assert _rms_error(one, slice(int(4 * PER_TURN), int(12 * PER_TURN))) < 0.73e-6


@pytest.mark.parametrize("twin", [False, True])
def test_a_cubic_is_read_exactly_between_its_samples(twin: bool) -> None:
    def cubic(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(2 + 0.3 * x - 0.05 * x**2 + 0.002 * x**3)

    out = np.full(60, np.nan)
    out[:] = 0
    how: Any = merge._read_at.py_func if twin else merge._read_at  # type: ignore[attr-defined]
    how(cubic(np.arange(40.0)), 7.31, out)
    k = np.arange(60)
    inside = (k >= 9) & (k <= 45)
    np.testing.assert_allclose(out[inside], cubic(k[inside] - 7.31), rtol=1e-12)
    assert not out[(k < 9) | (k > 45)].any()
