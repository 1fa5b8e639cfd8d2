"""Scans of a doll's record read whole: any angle, stretch, side and light, and what of them is not there."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.audio import Audio
from bonemusic.errors import Cancelled, FormatError
from bonemusic.groove import Groove
from bonemusic.scanning import reader
from bonemusic.scanning.reader import Reading
from bonemusic.scanning.track import Track
from tests.signals import pink_noise

from . import maker, measure
from .dolls import DPI, RPM, UNLIT, Side, read, snr_db, values
from .songs import DOLL, cut_groove


@pytest.fixture(scope="module")
def side() -> Side:
    return cut_groove(pink_noise(2.0, 48_000), level_m=40e-6, disc=DOLL)


@pytest.fixture(scope="module")
def lit(side: Side) -> Reading:
    return read(maker.scan(side[0], dpi=DPI))


@pytest.fixture(scope="module")
def lit_db(side: Side, lit: Reading) -> float:
    return snr_db(lit.groove, side[1])


def test_a_scan_becomes_its_groove(side: Side, lit: Reading, lit_db: float) -> None:
    groove = lit.groove
    assert lit_db > 16
    assert snr_db(lit.mended, side[1]) > lit_db - 0.5
    assert (lit.way, lit.found.winding) == ("lateral", 1)
    assert groove.rpm == RPM
    assert groove.rate_hz == 48_000
    assert lit.track.steps_per_turn == pytest.approx(9600, rel=1e-12)
    assert abs(len(groove) - len(side[0])) < 1.1 * 9600  # a locked groove may be followed twice
    assert groove.confidence is not None
    assert groove.confidence.mean() > 0.97
    assert lit.gaps.missing_seconds < 0.06  # where the lead-out meets the locked groove
    assert measure.position_error_m(groove, side[0]) < 1.4e-6


def test_the_centre_is_told_to_a_micrometre(side: Side) -> None:
    made = maker.scan(side[0], dpi=DPI, hole_m=3.6e-3, hole_off_m=(0.6e-3, 0.0), stretch=0.004, turned_rad=2.0)
    got = read(made)
    once, twice = measure.wow_percent(got.track.geometry, made.geometry, 20e-3)
    assert once < 0.005
    assert twice < 0.005


@pytest.mark.parametrize(
    "wish",
    [
        {"film": 230.0, "ink": 30.0, "turned_rad": 1.0, "stretch": 0.004},
        {"bits": 16, "turned_rad": 4.0, "stretch": -0.015},
    ],
    ids=["dark, turned, stretched", "16 bits, turned, stretched the other way"],
)
def test_neither_polarity_angle_stretch_nor_depth_matter(side: Side, lit_db: float, wish: dict[str, Any]) -> None:
    got = read(maker.scan(side[0], dpi=DPI, **wish))
    assert snr_db(got.groove, side[1]) == pytest.approx(lit_db, abs=1)
    assert got.found.winding == 1
    assert got.found.bright == (wish.get("ink") is None)


def test_a_mirrored_scan_is_told_and_plays_backwards(side: Side) -> None:
    got = read(maker.scan(side[0], dpi=DPI, mirrored=True))
    assert got.found.winding == -1
    assert [note for note in got.notes if "--mirror" in note]
    backwards = dataclasses.replace(side[1], samples=side[1].samples[::-1])
    # the curve is not the same backwards: phases turn, so only far more alike than forwards
    assert _alike(got.groove, backwards) > 5 * _alike(got.groove, side[1])


def _alike(groove: Groove, song: Audio) -> float:
    """The greatest correlation, at any lag."""
    taken, given = measure.played(groove).samples.mean(axis=1), song.samples.mean(axis=1)
    size = 1 << math.ceil(math.log2(len(taken) + len(given)))
    both = np.fft.irfft(np.fft.rfft(taken, size) * np.conj(np.fft.rfft(given, size)), size)
    return float(np.abs(both).max() / np.linalg.norm(taken) / np.linalg.norm(given))


@pytest.fixture(scope="module")
def unlit(side: Side) -> tuple[Reading, maker.Scan]:
    made = maker.scan(side[0], dpi=DPI, unlit_rad=UNLIT)
    return read(made), made


def test_an_unlit_third_is_missing_and_no_turn_is_lost(side: Side, unlit: tuple[Reading, maker.Scan]) -> None:
    got, made = unlit
    assert got.groove.confidence is not None
    # the light fades over some degrees, in which the groove is seen still
    assert 0.26 < got.gaps.missing_seconds / got.groove.seconds < 0.35
    assert got.groove.confidence.mean() == pytest.approx(2 / 3, abs=0.04)
    # at the angles that are lit, each turn is the groove's own: not a neighbour
    n = side[0].music.last - side[0].music.first
    at = np.arange(n) + side[0].music.first
    angle = made.start_rad + 2 * np.pi * at * side[0].turns_per_sample
    true = side[0].spiral.at(at * side[0].turns_per_sample) + side[0].lateral_m[at]
    steps = (angle - got.track.start_rad) * got.track.steps_per_turn / (2 * np.pi)
    steps -= got.track.steps_per_turn * _turns_apart(steps, got, true)
    seen = np.interp(steps, np.arange(len(got.track.radius_m)), got.track.confidence) > 0.99
    error = np.interp(steps, np.arange(len(got.track.radius_m)), got.track.radius_m) - true
    assert seen.mean() > 0.55
    assert np.abs(error[seen]).max() < 15e-6  # a turn is 130 µm away


TURNS = 30


def _turns_apart(steps: NDArray[Any], got: Reading, true: NDArray[Any]) -> int:
    """By how many turns the samples are counted too late."""
    fits = []
    for turns in range(-TURNS, TURNS + 1):
        there = np.interp(
            steps - turns * got.track.steps_per_turn, np.arange(len(got.track.radius_m)), got.track.radius_m
        )
        fits.append(float(np.median(np.abs(there - true))))
    return int(np.argmin(fits)) - TURNS


@pytest.mark.parametrize("cut", ["top", "left"])
def test_what_is_there_of_half_a_disc_is_read(side: Side, cut: str) -> None:
    grey = maker.scan(side[0], dpi=DPI).grey
    middle = len(grey) // 2 + 40
    got = read(np.ascontiguousarray(grey[:middle] if cut == "top" else grey[:, :middle]))
    assert [note for note in got.notes if "edge cuts the disc off" in note]
    assert got.groove.confidence is not None
    assert got.groove.confidence.mean() == pytest.approx(0.5, abs=0.04)
    assert 0.4 * got.groove.seconds < got.gaps.missing_seconds < 0.6 * got.groove.seconds


def test_a_locked_groove_is_named(lit: Reading) -> None:
    """A track that falls for ten turns, the last two of which run in themselves."""
    n = 12 * 9600
    turns = np.arange(n) / 9600
    radius = 27e-3 - 0.3e-3 * np.minimum(turns, 10)
    ones = np.ones(n, np.float32)
    track = Track(lit.track.geometry, 0.0, 9600.0, radius, 100 * ones, ones, 300 * ones)
    side: Any = SimpleNamespace(way="lateral", closed=True, found=lit.found)
    groove = reader.groove_of(track, RPM, 48_000, side)
    assert [band.name for band in groove.bands] == ["groove", "locked groove"]
    assert groove.bands[0].last == groove.bands[1].first == pytest.approx(10 * 9600, abs=0.5 * 9600)
    assert groove.bands[1].last == n
    assert np.abs(groove.lateral_m[: 9 * 9600]).max() < 1e-6
    side.closed = False
    going = reader.groove_of(track, RPM, 48_000, side)
    assert [band.name for band in going.bands] == ["groove"]


def test_nothing_is_no_scan(lit: Reading) -> None:
    with pytest.raises(FormatError, match="no scan"):
        reader.read_all([], RPM)


def test_reading_stops_when_asked(side: Side) -> None:
    made = values(maker.scan(side[0], dpi=600).grey, 600)
    steps: list[str] = []

    def count(step: str, done: float) -> None:
        assert 0 <= done <= 1
        steps.append(step)

    reader.read(made, RPM, progress=count)
    names = list(dict.fromkeys(steps))
    assert len(names) >= 2

    def stop(step: str, done: float) -> None:
        if step == names[-1]:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        reader.read(made, RPM, progress=stop)


def test_twice_read_is_the_same(lit: Reading, side: Side) -> None:
    again = read(maker.scan(side[0], dpi=DPI))
    assert np.array_equal(again.groove.lateral_m, lit.groove.lateral_m)
    assert np.array_equal(again.mended.lateral_m, lit.mended.lateral_m)
    assert np.array_equal(again.track.confidence, lit.track.confidence)
