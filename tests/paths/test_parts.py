"""Where a line is split, and where it goes on after a stall."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.errors import FitError
from bonemusic.groove import Knots
from bonemusic.paths.grid import Wave
from bonemusic.paths.line import Line
from bonemusic.paths.parts import going_on, sample_at, split_by_turns, stretch, turns_of


def line_of(points=10_001, turns_per_point=0.001, step_m=1e-6):
    turns = points * turns_per_point
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    lateral = 2e-5 * np.sin(np.arange(points) * 0.3).astype(np.float32)
    return Line.of(Wave(lateral, 1000, turns_per_point, spiral, 400.0), step_m)


def points_of(line):
    pieces = list(line.pieces(lambda x, y: np.stack([x, y], 1)))
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def test_files_end_at_whole_multiples_of_their_turns():
    assert split_by_turns(line_of(), 4.0) == [0, 4000, 8000, 10_000]
    assert split_by_turns(line_of(), 5.0) == [0, 5000, 10_000]
    assert split_by_turns(line_of(), 10.0) == [0, 10_000]
    assert split_by_turns(line_of(), 99.0) == [0, 10_000]
    assert split_by_turns(line_of(), None) == [0, 10_000]
    assert split_by_turns(line_of(turns_per_point=0.0013), 4.0) == [0, 3077, 6154, 9231, 10_000]


def test_they_lie_the_same_whatever_part_of_the_line_is_drawn():
    assert split_by_turns(going_on(line_of(), 5.5), 4.0) == [0, 4000, 8000, 10_000]


@given(st.integers(2, 20_000), st.floats(1e-4, 0.3), st.floats(0.01, 50))
def test_no_part_is_empty_and_none_has_more_turns(points, turns_per_point, file_turns):
    edges = split_by_turns(line_of(points, turns_per_point), file_turns)
    assert (edges[0], edges[-1]) == (0, points - 1)
    assert (np.diff(edges) > 0).all()
    assert (np.diff(edges) * turns_per_point <= max(file_turns, 0) + turns_per_point).all()


def test_the_rest_begins_at_the_nearest_sample():
    line = line_of()
    assert turns_of(line) == pytest.approx(10.0)
    rest = going_on(line, 4.0004)
    assert (rest.first, rest.last) == (4000, 10_000)
    assert going_on(line, 0.0) == line
    assert sample_at(line, 4.0006) == 4001
    np.testing.assert_array_equal(points_of(rest), points_of(stretch(line, 4000, 10_000)))


def test_the_rest_meets_what_was_drawn_before():
    """A part that ends there shares the point; a line that ran on passes within the way that its points may slide."""
    line = line_of()
    rest, head, whole = (points_of(each) for each in (going_on(line, 4.0), stretch(line, 0, 4000), line))
    assert rest[0].tolist() == head[-1].tolist()
    across = np.hypot(*rest[0]) - np.hypot(*whole[3990:4011].T)
    assert np.abs(rest[0] - whole[4000]).max() <= 8
    assert np.abs(across).min() <= 1.5


@pytest.mark.parametrize("turn", [10.0, 10.1, 99_999.0, -1.0])
def test_beyond_the_end_there_is_nothing_left(turn):
    with pytest.raises(FitError, match=r"the drawing has 10\.00 turns; give a lower --from-turn"):
        going_on(line_of(), turn)


def test_a_rest_of_a_rest():
    line = dataclasses.replace(line_of(), first=3000)
    assert going_on(line, 2.0).first == 3000
    assert going_on(line, 5.0).first == 5000
