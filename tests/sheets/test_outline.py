"""Outlines: as presets and drawings have them, and what no disc can be cut along."""

from __future__ import annotations

import math
import time
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets
from bonemusic.errors import FitError, FormatError
from bonemusic.paths.drawing import Circle
from bonemusic.sheets import crossing as crossings
from bonemusic.sheets.crossing import crossing
from bonemusic.sheets.outline import Outline, free, of, refuse

DISC = presets.disc("7in-78")
HOLE = Circle(0.0, 0.0, 3.62e-3)
GROOVE_M = 0.08415


def star(points, least_m=0.09, most_m=0.11, at=(0.0, 0.0)):
    """A closed line around a point that never crosses itself."""
    turn = np.arange(points) * 2 * math.pi / points
    radius = np.where(np.arange(points) % 2, least_m, most_m)
    line = np.stack([at[0] + radius * np.cos(turn), at[1] + radius * np.sin(turn)], 1)
    return np.concatenate([line, line[:1]])


def refused(line, groove_m=GROOVE_M, hole=HOLE, error=FitError):
    with pytest.raises(error) as why:
        refuse(line if isinstance(line, Outline) else Outline(line), groove_m, hole)
    assert str(why.value).isprintable()
    return str(why.value)


def test_outlines_of_presets():
    assert of(DISC) == Outline(radius_m=0.0875)
    square = of(DISC, "square").corners
    np.testing.assert_allclose(square, 0.0875 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]))
    card = of(presets.disc("cereal-7in-33"))
    assert card.box_m == pytest.approx((-0.0875, -0.12, 0.0875, 0.12), abs=1e-12)
    assert card.reach_m == pytest.approx(math.hypot(0.0825, 0.115) + 0.005, rel=1e-4)  # a corner 5 mm round
    assert card.corners[0].tolist() == card.corners[-1].tolist()
    x, y = card.corners.T
    assert np.dot(x[:-1], y[1:]) > np.dot(x[1:], y[:-1]), "counter-clockwise"
    assert of(DISC, "card").box_m == pytest.approx((-0.0875, -0.1225, 0.0875, 0.1225), abs=1e-12)
    assert of(presets.disc("flexi-8in-33-square")).box_m == (-0.1, -0.1, 0.1, 0.1)


@pytest.mark.parametrize("name", presets.names("discs"))
def test_every_discs_own_outline_can_be_cut(name):
    disc = presets.disc(name)
    for word in (None, "round", "square", "card"):
        hole = Circle(0.0, 0.0, disc.hole_diameter_m / 2)
        refuse(of(disc, word), disc.recorded_diameter_m / 2, hole)
    assert of(disc).reach_m < 0.151, "no further than an LP: clear of every arm"


def test_turned_as_it_lies_on_a_film():
    right = Outline(np.array([[0.0, 0], [0.2, 0], [0.2, 0.1], [0.0, 0]]))
    turned = right.turned(math.pi / 2)  # clockwise: what was right is below
    assert turned.corners[1] == pytest.approx([0, -0.2])
    assert turned.corners[2] == pytest.approx([0.1, -0.2])
    assert Outline(radius_m=0.1).turned(1.0) == Outline(radius_m=0.1)


# --- free outlines ---------------------------------------------------------------------------------------------------


def test_the_longest_closed_line_is_the_outline_and_its_boxs_middle_the_spindle():
    line = star(200, at=(0.3, -0.2))
    open_line = np.array([[0.0, 0], [5, 5], [9, 0]])
    found, hole_m = free([open_line, star(16, 0.02, 0.02, (0.3, -0.2)), line], [Circle(0.3, -0.2, 0.012)])
    assert hole_m is None
    left, bottom, right, top = found.box_m
    assert (left + right, bottom + top) == pytest.approx((0, 0), abs=1e-12)
    np.testing.assert_allclose(np.diff(found.corners, axis=0), np.diff(line, axis=0), atol=1e-12)


@pytest.mark.parametrize("drawn_as", ["circle", "polygon"])
def test_a_drawn_hole_is_the_spindle(drawn_as):
    line, at = star(200, at=(0.3, -0.2)), (0.301, -0.203)
    circles, lines = [Circle(*at, 0.0191)], [line]
    if drawn_as == "polygon":
        circles, lines = [], [star(90, 0.0191, 0.0191, at), line]
    found, hole_m = free(lines, [*circles, Circle(0.35, -0.2, 0.012)])
    assert hole_m == pytest.approx(0.0382, abs=1e-5)
    np.testing.assert_allclose(found.corners, line - at, atol=2e-6)


def test_circles_are_circles_and_those_beside_the_hole_are_lines():
    assert free([], [Circle(0.1, 0.1, 0.0875), Circle(0.1, 0.1, 3.62e-3)]) == (Outline(radius_m=0.0875), 7.24e-3)
    found, hole_m = free([star(360, 0.0875, 0.0875, (0.1, 0.1))], [])
    assert hole_m is None
    assert found.corners is None
    assert found.radius_m == pytest.approx(0.0875, abs=1e-6)
    found, _ = free([], [Circle(0.0, 0.0, 0.1), Circle(0.005, 0.0, 3.62e-3)])
    assert np.hypot(*(found.corners + np.array([0.005, 0])).T) == pytest.approx(0.1)
    assert found.corners[0].tolist() == found.corners[-1].tolist()


def test_ends_that_nearly_meet_are_closed():
    line = star(100)
    line[-1] += 1e-4
    found, _ = free([line], [])
    assert found.corners[0].tolist() == found.corners[-1].tolist()
    assert len(found.corners) == 101


@pytest.mark.parametrize(
    ("lines", "circles"),
    [
        ([], []),
        ([star(100)[:-3]], []),
        ([np.zeros((50, 2))], []),
        ([np.full((50, 2), np.nan)], [Circle(math.nan, 0.0, 1.0)]),
        ([np.zeros((0, 2)), np.zeros((1, 2)), np.array([[0.0, 0], [1, 1], [0, 0]])], [Circle(0.0, 0.0, 0.0)]),
    ],
)
def test_a_drawing_without_a_closed_line(lines, circles):
    with pytest.raises(FormatError, match="no closed line"):
        free(lines, circles)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_good_outlines_pass():
    refuse(Outline(star(400)), GROOVE_M, HOLE)
    refuse(Outline(star(400)), GROOVE_M, Circle(0.01, 0.02, 3.62e-3))
    refuse(Outline(radius_m=GROOVE_M + 1e-3), GROOVE_M, HOLE)


def test_outlines_at_the_groove():
    line = star(400)
    line[3] *= (GROOVE_M + 0.5e-3) / np.hypot(*line[3])
    assert "comes nearer than 1 mm to the groove" in refused(line)
    line[3] *= 0.5
    said = refused(line)
    assert "crosses the groove, which reaches 84.15 mm from the spindle: it passes" in said
    assert "right of and" in said
    assert "comes nearer" in refused(Outline(radius_m=GROOVE_M + 0.9e-3))
    assert "crosses the groove" in refused(Outline(radius_m=GROOVE_M - 1e-6))
    # an edge crosses where no corner lies
    assert "crosses the groove" in refused(0.09 * np.array([[1.0, 1], [-1, 1], [-1, -1], [0.2, -1], [1, 1]]))


def test_outlines_of_absurd_size_or_beside_the_spindle():
    for scale in (1e-6, 1e-3, 1e3, 1e30):
        assert "which no disc is" in refused(star(50) * scale)
    assert "does not go around the spindle" in refused(star(50, 0.05, 0.06) + 0.1)
    assert "corners; simplify" in refused(star(2_000_002))


def test_outlines_that_cut_the_hole():
    assert "cuts the hole" in refused(star(100), hole=Circle(0.089, 0.0, 0.0191))
    assert "cuts the hole" in refused(star(100), hole=Circle(0.2, 0.0, 3.62e-3))
    assert "cuts the hole" in refused(Outline(radius_m=0.09), hole=Circle(0.088, 0.0, 3.62e-3))


def test_an_outline_that_crosses_itself_says_where():
    line = star(40, 0.1, 0.1)
    line[10], line[11] = line[11].copy(), line[10].copy()
    said = refused(line)
    assert said.startswith("the outline crosses itself")
    assert "100.0 mm above the spindle" in said or "9" in said
    eight = np.array([[-1.0, -1], [1, -1], [1.5, 0], [1, 1], [-1, 1], [-1.2, 0.3], [-1.2, -0.3], [-1, -1]]) * 0.1
    refuse(Outline(eight), GROOVE_M, HOLE)
    loop = np.insert(eight, 3, np.array([[1.9, 0.5], [1.9, -0.5], [1.6, 0.4]]) * 0.1, axis=0)
    assert "crosses itself" in refused(loop)
    assert crossing(loop) is not None


# --- where lines cross -----------------------------------------------------------------------------------------------


def meets(a, b, c, d):
    """Whether two edges meet, in whole numbers."""

    def side(p, q, r):
        return np.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    boxes = all(max(a[k], b[k]) >= min(c[k], d[k]) and max(c[k], d[k]) >= min(a[k], b[k]) for k in (0, 1))
    return bool(boxes and side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0)


def plainly_crosses(line):
    moved = [line[0], *(q for p, q in pairwise(line) if tuple(p) != tuple(q))]
    edges = list(pairwise(moved))
    return any(
        meets(*edges[i], *edges[j])
        for i, j in combinations(range(len(edges)), 2)
        if j - i > 1 and not (i == 0 and j == len(edges) - 1)
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=12))
def test_crossings_are_those_that_comparing_all_edges_finds(corners):
    line = np.array([*corners, corners[0]], float)
    if np.ptp(line, axis=0).max() == 0:
        return
    where = crossing(line)
    assert (where is not None) == plainly_crosses(line.astype(int).tolist())
    if where is not None:
        assert (line.min(0) - 1e-9 <= where).all()
        assert (where <= line.max(0) + 1e-9).all()


@pytest.mark.parametrize("points", [1000, 20_000])
def test_one_swapped_pair_among_many_is_found(points):
    rng = np.random.default_rng(points)
    turn = np.sort(rng.uniform(0, 2 * math.pi, points))
    radius = 0.1 + 0.002 * np.sin(3 * turn)  # bulging everywhere: crossed chords do cross
    line = np.stack([radius * np.cos(turn), radius * np.sin(turn)], 1)
    line = np.concatenate([line, line[:1]])
    assert crossing(line) is None
    k = points // 3
    line[[k, k + 1]] = line[[k + 1, k]]
    assert crossing(line) == pytest.approx(line[k], abs=1e-3)


def test_kernels_are_their_plain_twins():
    line = star(60)
    line[20] = 1.2 * line[50]
    low, cell = line.min(0), 0.02
    shape = ((np.ptp(line, axis=0) / cell).astype(int) + 1).tolist()
    tallies = []
    for laid in (crossings._laid, crossings._laid.py_func):
        counts = np.zeros(shape[0] * shape[1], np.int64)
        laid(line, low, cell, *shape, counts, np.zeros(0, np.int32))
        begins = np.cumsum(counts) - counts
        held = np.empty(int(counts.sum()), np.int32)
        laid(line, low, cell, *shape, begins.copy(), held)
        tallies.append((counts.tolist(), held.tolist()))
    assert tallies[0] == tallies[1]
    counts, held = (np.array(each) for each in tallies[0])
    ends = np.cumsum(counts)
    both = [each(line, ends - counts, ends, held, 10**6) for each in (crossings._compared, crossings._compared.py_func)]
    assert both[0] == both[1]
    assert both[0][0] > 0


def test_a_hundred_thousand_corners_are_compared_at_once():
    line = star(100_000, 0.09, 0.0901)
    crossing(line[:1000])  # compiled
    begun = time.process_time()
    assert crossing(line) is None
    assert time.process_time() - begun < 2, "comparing all pairs takes minutes"


def test_corners_that_crowd_beyond_all_measure_are_refused():
    turn = np.linspace(0, 2 * math.pi, 60_000, endpoint=False)
    dense = np.stack([1e-6 * np.cos(turn) + 0.1, 1e-6 * np.sin(turn)], 1)
    line = np.concatenate([dense, [[-0.1, -0.1], [-0.1, 0.1]], dense[:1]])
    with pytest.raises(FitError, match="crowd"):
        crossing(line)
