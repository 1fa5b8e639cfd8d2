"""Some turns of a side: what they hold, and how they sound one after another."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.errors import FormatError
from bonemusic.workshop.regions import PAUSE_S, cut_out, one_after_another, silences

from .scanned import PER_TURN, scanned


def test_a_region_is_the_groove_s_own_samples_and_radius() -> None:
    whole = scanned().flat
    one, two = cut_out(whole, ((1.0, 2.0), (9.5, 12.0)))
    first = round(PER_TURN)
    assert np.array_equal(one.lateral_m, whole.lateral_m[first : round(2 * PER_TURN) + 1])
    assert one.confidence is not None
    assert len(one.confidence) == len(one)
    there = np.array([0.3, 0.9])
    assert one.spiral.at(there) == pytest.approx(whole.spiral.at(there + first / PER_TURN), abs=1e-12)
    assert len(two) == len(whole) - round(9.5 * PER_TURN)  # to the end
    assert cut_out(whole, ()) == (whole,)


def test_a_turn_beyond_the_end_is_refused() -> None:
    with pytest.raises(FormatError, match="choose others"):
        cut_out(scanned().flat, ((0.0, 1.0), (10.5, 11.0)))


def test_stretches_fade_and_are_a_quarter_of_a_second_apart() -> None:
    parts = cut_out(scanned().flat, ((0.0, 1.0), (2.0, 3.0)))
    heard = one_after_another([np.ones((len(part), 1), np.float32) for part in parts], 48_000)
    length = len(parts[0])
    assert len(heard) == 2 * length + 12_000
    assert not heard[length : length + 12_000].any()
    assert heard[0, 0] < 1e-4
    assert heard[length - 1, 0] < 1e-4
    assert (heard[240 : length - 240] == 1).all()
    alone = one_after_another([np.ones((len(parts[0]), 1), np.float32)], 48_000)
    assert (alone == 1).all()


def test_where_nothing_is_heard_is_told_in_seconds_of_what_is_heard() -> None:
    groove = scanned().flat
    rate_hz = groove.rate_hz
    missing = np.array([[100, 200], [round(2.5 * PER_TURN), round(2.5 * PER_TURN) + 50]])
    assert np.array_equal(silences(groove, (), missing), missing / rate_hz)
    got = silences(groove, ((0.0, 1.0), (2.0, 3.0)), missing)
    first_s = len(cut_out(groove, ((0.0, 1.0),))[0]) / rate_hz
    inside_s = first_s + PAUSE_S + (missing[1] - round(2 * PER_TURN)) / rate_hz
    assert got == pytest.approx(np.array([missing[0] / rate_hz, [first_s, first_s + PAUSE_S], inside_s]))
    assert not len(silences(groove, ((4.0, 5.0),), missing))
