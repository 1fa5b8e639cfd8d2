"""The locked groove: found wherever the path was lost in it, kept once, and never seen in a spiral."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning import closing
from bonemusic.scanning.track import Geometry, Track
from tests.signals import pink_noise

from . import maker
from .dolls import DPI, read
from .songs import DOLL, cut_groove

PER_TURN = 4801.3
WIDTH_M = 60e-6


def track(radius_m: NDArray[np.float64]) -> Track:
    """A track of these radii, at rest, all of it sure."""
    ones = np.ones(len(radius_m), np.float32)
    return Track(Geometry(0, 0, 1e5, 1e5), 0.3, PER_TURN, radius_m, ones, ones, ones)


def radii(turns: float, locked_at: float, pitch_m: float = 0.3e-3) -> NDArray[np.float64]:
    """A lead-out that falls by `pitch_m` a turn until it stands still."""
    at = np.arange(round(turns * PER_TURN)) / PER_TURN
    return np.asarray(20e-3 - pitch_m * np.minimum(at, locked_at))


@pytest.mark.parametrize("round_for", [1.2, 1.5, 2.0, 2.9, 4.0])
@pytest.mark.parametrize("pitch_m", [0.1e-3, 3.7e-3])
def test_what_goes_round_more_than_once_is_kept_once(round_for: float, pitch_m: float) -> None:
    whole = track(radii(5.3 + round_for, 5.3, pitch_m))
    kept, closed = closing.once(whole, WIDTH_M)
    assert closed
    # turns within a quarter of the groove's width are one, so it may begin a little early
    assert len(kept.radius_m) / PER_TURN == pytest.approx(6.3, abs=0.02 + 0.25 * WIDTH_M / pitch_m)
    assert np.array_equal(kept.radius_m, whole.radius_m[: len(kept.radius_m)])
    assert {len(kept.strength), len(kept.confidence), len(kept.light)} == {len(kept.radius_m)}


@pytest.mark.parametrize("round_for", [0.96, 1.0, 1.05])
def test_what_goes_round_once_is_a_locked_groove_too(round_for: float) -> None:
    whole = track(radii(5.3 + round_for, 5.3, 3.7e-3))
    kept, closed = closing.once(whole, WIDTH_M)
    assert closed
    assert len(kept.radius_m) == len(whole.radius_m)


def test_a_joint_that_is_not_seen_breaks_nothing() -> None:
    radius = radii(8.1, 5.0)
    for turn in (5.0, 6.0, 7.0):
        radius[round(turn * PER_TURN) : round((turn + 0.1) * PER_TURN)] += 40e-6 * (turn - 4)
    kept, closed = closing.once(track(radius), WIDTH_M)
    assert closed
    assert len(kept.radius_m) / PER_TURN == pytest.approx(6.0, abs=0.15)


@pytest.mark.parametrize("turns", [0.5, 1.0, 1.03, 1.1, 7.7])
def test_a_spiral_is_none(turns: float) -> None:
    whole = track(radii(turns, 99, WIDTH_M))
    assert closing.once(whole, WIDTH_M) == (whole, False)


def test_a_turn_that_was_skipped_back_in_the_middle_is_none() -> None:
    radius = radii(9, 99)
    radius[round(4 * PER_TURN) :] += 0.3e-3
    whole = track(radius)
    assert closing.once(whole, WIDTH_M) == (whole, False)


@pytest.mark.parametrize("turned_rad", [0.0, 1.0])
def test_a_cut_disc_ends_where_it_was_cut(turned_rad: float) -> None:
    groove, _ = cut_groove(pink_noise(2.0, 48_000), level_m=40e-6, disc=DOLL)
    got = read(maker.scan(groove, dpi=DPI, turned_rad=turned_rad))
    assert [band.name for band in got.groove.bands] == ["groove", "locked groove"]
    assert len(got.groove) == pytest.approx(len(groove), abs=0.2 * 9600)
    cut = next(band for band in groove.bands if band.name == "locked groove")
    assert got.groove.bands[1].first == pytest.approx(cut.first, abs=0.2 * 9600)
