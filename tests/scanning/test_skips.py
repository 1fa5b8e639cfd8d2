"""What counts between turns tell of a path: where it went astray, and that scratches, gaps and circles do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning import skips
from bonemusic.scanning.skips import PER_TURN, UNKNOWN

TURNS, PITCH, WIDTH = 12, -10.0, 3.0


def _path(missed: NDArray[Any], pitch: float = PITCH) -> tuple[NDArray[Any], NDArray[Any]]:
    """Counts and radii of a path that is short of so many turns at each place."""
    turn = np.arange(len(missed)) / PER_TURN + missed
    count = np.full(len(missed), UNKNOWN)
    count[PER_TURN:] = missed[PER_TURN:] - missed[:-PER_TURN]
    return count, 900 + pitch * turn


def _numbered(count: NDArray[Any], radius: NDArray[Any], pitch: float = PITCH) -> NDArray[Any]:
    return skips.numbered(count, radius, np.full(len(count), pitch), WIDTH)


@pytest.mark.parametrize("falling", [True, False])
@pytest.mark.parametrize(
    "steps", [{700: 1}, {300: 1}, {700: 2}, {650: 1, 700: 1}, {650: 1, 746: 1, 842: 1}, {700: -1}, {800: 1, 1000: -1}]
)
def test_where_a_path_went_astray_is_told(steps: dict[int, int], falling: bool) -> None:
    missed = np.zeros(TURNS * PER_TURN, np.int64)
    for at, many in steps.items():
        missed[at:] += many
    pitch = PITCH if falling else -PITCH
    count, radius = _path(missed, pitch)
    told = _numbered(count, radius, pitch)
    assert np.array_equal(told - told[0], missed)


def test_what_is_not_known_hides_nothing() -> None:
    missed = np.zeros(TURNS * PER_TURN, np.int64)
    missed[700:] = 1
    count, radius = _path(missed)
    count[np.random.default_rng(1).random(len(count)) < 0.5] = UNKNOWN
    count[690:720] = UNKNOWN
    radius[698:700] = np.nan
    told = _numbered(count, radius)
    at = np.flatnonzero(np.diff(told))
    assert told[-1] - told[0] == 1
    assert len(at) == 1
    assert 695 < at[0] < 740


def test_a_scratch_between_two_turns_is_no_turn() -> None:
    count, radius = _path(np.zeros(TURNS * PER_TURN, np.int64))
    count[700:760] = 1
    assert not _numbered(count, radius).any()


def test_dust_between_turns_is_no_turn_even_where_the_path_leaps() -> None:
    count, radius = _path(np.zeros(TURNS * PER_TURN, np.int64))
    count[700:703] = 1
    radius[700:703] += PITCH
    assert not _numbered(count, radius).any()


def test_two_lines_to_the_turn_are_as_they_should_be() -> None:
    """Both walls of one groove, or two grooves side by side: there always is one between."""
    count, radius = _path(np.zeros(TURNS * PER_TURN, np.int64))
    count[PER_TURN:] = 1
    assert not _numbered(count, radius).any()


def test_a_side_that_ends_in_a_locked_groove_is_in_order() -> None:
    count, radius = _path(np.zeros(TURNS * PER_TURN, np.int64))
    radius[-2 * PER_TURN :] = radius[-2 * PER_TURN]
    count[-PER_TURN:] = -1
    assert not _numbered(count, radius).any()


@pytest.mark.parametrize("n", [0, 1, PER_TURN, PER_TURN + 1])
def test_less_than_two_turns_tell_nothing(n: int) -> None:
    assert not _numbered(np.zeros(n, np.int64), np.zeros(n)).any()


def test_the_kernel_is_its_plain_twin() -> None:
    missed = np.zeros(5 * PER_TURN, np.int64)
    missed[250:] = 1
    missed[400:] = -1
    count, radius = _path(missed)
    radius[240:250] = np.nan
    pitch = np.full(len(count), PITCH)
    out = [np.zeros(len(count), np.int64) for _ in range(2)]
    skips._onwards(count, radius, pitch, WIDTH, out[0], PER_TURN)
    skips._onwards.py_func(count, radius, pitch, WIDTH, out[1], PER_TURN)  # type: ignore[attr-defined]
    assert np.array_equal(out[0], out[1])
    assert np.array_equal(out[0], missed)
