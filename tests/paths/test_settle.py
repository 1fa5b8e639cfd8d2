"""A line settled: heard less than before, its ends and its distances kept, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, linalg

from bonemusic.groove import Knots
from bonemusic.paths import search, settle, straight
from bonemusic.paths.grid import Wave

RATE = 48_000
LASER, APART = 0.0254 / 1200, 127e-6


def wave_of(count, seed, rpm=78.0, radius_m=0.1, peak_m=60e-6, high_hz=5000.0):
    turns = count * rpm / 60 / RATE
    spiral = Knots(np.array([0, turns]), np.array([radius_m, radius_m - 2e-4 * turns]), np.array([-2e-4, -2e-4]))
    f = np.fft.rfftfreq(2 * count, 1 / RATE)
    phase = np.exp(2j * np.pi * np.random.default_rng(seed).random(len(f)))
    lateral = np.fft.irfft(((f > 80) & (f < high_hz)) * phase)[:count]
    return Wave((peak_m * lateral / np.abs(lateral).max()).astype(np.float32), RATE, rpm / 60 / RATE, spiral, 5000.0)


def settled(drawn, monkeypatch, step_m=LASER, spacing_m=APART):
    """What `choose` hands to `settle`, the line before, and the line after."""
    seen = []
    real = settle.settle

    def spy(through, *rest):
        seen.append((through.copy(), rest))
        real(through, *rest)
        seen.append(through.copy())

    with monkeypatch.context() as patched:
        patched.setattr(settle, "settle", spy)
        search.choose(drawn, step_m, 0, len(drawn.lateral_m) - 1, spacing_m, 0.0)
    (before, rest), after = seen
    return before, after, rest


def faded(heard):
    return heard * (0.5 + 0.5 * np.cos(np.pi * np.arange(len(heard)) / len(heard)))


def heard_error(through, along, off, means, heard):
    """Weighted sum of products of the errors in all pairs of cells, the lines' areas by a fine primitive."""
    places = np.unique(np.concatenate([along[through], np.arange(len(means) + 1.0)]))
    values = np.interp(places, along[through], off[through])
    area = np.concatenate([[0.0], integrate.cumulative_trapezoid(values, places)])
    error = np.diff(np.interp(np.arange(len(means) + 1), places, area)) - means
    weights = np.zeros(len(means))
    count = min(len(heard), len(means))
    weights[:count] = faded(heard)[:count]
    return float(error @ linalg.matmul_toeplitz(weights, error))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("rpm", "radius_m", "step_m", "high_hz"),
    [(78.0, 0.1, LASER, 5000.0), (100 / 3, 0.05, LASER, 1500.0), (78.0, 0.1, 2 * LASER, 3000.0)],
)
def test_less_is_heard_than_before(seed, rpm, radius_m, step_m, high_hz, monkeypatch):
    before, after, rest = settled(wave_of(6000, seed, rpm, radius_m, high_hz=high_hz), monkeypatch, step_m)
    _, _, _, along, off, means, heard, _ = rest
    errors = [heard_error(line, along, off, means, heard) for line in (before, after)]
    assert 0 < errors[1] < 0.98 * errors[0]


def test_ends_stay_and_points_keep_their_order_and_distance(monkeypatch):
    before, after, (_, x, y, along, *_) = settled(wave_of(12_000, 3), monkeypatch)
    assert (after[0], after[-1]) == (before[0], before[-1])
    assert len(after) == len(before)
    assert (after != before).mean() > 0.3
    assert (np.diff(along[after]) > 0).all()
    assert np.hypot(np.diff(x[after]), np.diff(y[after])).min() * LASER >= APART - 1e-9


def test_the_same_line_every_time(monkeypatch):
    drawn = wave_of(6000, 4)
    first, second = (settled(drawn, monkeypatch)[1] for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("rounds", [(3, 2), (2, 1)])
def test_kernel_equals_its_plain_twin(rounds, monkeypatch):
    before, _, (start, x, y, along, off, means, heard, apart2) = settled(wave_of(400, 5), monkeypatch)
    by = straight.sums(faded(heard))
    lines = []
    for function in (settle._settle, settle._settle.py_func):
        line = before.copy()
        function(line, start, x, y, along, off, means, by, apart2, *rounds, settle.WARMTH, settle.SIDEWAYS)
        lines.append(line)
    np.testing.assert_array_equal(*lines)
    assert (lines[0] != before).any()


def test_without_warmth_nothing_moves_any_more_that_was_settled(monkeypatch):
    """Cold rounds go downhill only, so they come to an end, at which no single point has a better place."""
    _, line, (start, x, y, along, off, means, heard, apart2) = settled(wave_of(2000, 6), monkeypatch)
    by = straight.sums(faded(heard))
    settle._settle(line, start, x, y, along, off, means, by, apart2, 60, 1, 0.0, settle.SIDEWAYS)
    again = line.copy()
    settle._settle(again, start, x, y, along, off, means, by, apart2, 1, 1, 0.0, settle.SIDEWAYS)
    np.testing.assert_array_equal(line, again)


@pytest.mark.parametrize(
    ("begin", "end"), [((0.2, 1.0), (3.7, -2.0)), ((-0.4, 1.0), (2.5, 1.0)), ((1.1, 0.5), (1.9, 3.0))]
)
def test_area_of_a_line_is_shared_out_to_its_cells(begin, end):
    for add in (settle._add_area, settle._add_area.py_func):
        out = np.zeros(6)
        add(*begin, *end, -1, 2.0, out)
        edges = np.clip(np.arange(-1.0, 6.0), begin[0], end[0])
        level = np.interp(edges, [begin[0], end[0]], [begin[1], end[1]])
        np.testing.assert_allclose(out, 2 * np.diff(edges) * (level[1:] + level[:-1]) / 2, atol=1e-12)
        narrow = np.zeros(2)
        add(*begin, *end, 1, 2.0, narrow)
        np.testing.assert_allclose(narrow, out[2:4], atol=1e-12)


def test_a_line_of_two_points_is_left_as_it_is():
    through = np.array([0, 1])
    settle.settle(
        through, np.array([0, 1, 1, 2]), np.array([0, 9], np.int32), np.zeros(2, np.int32), np.array([0.0, 2.0]),
        np.zeros(2), np.ones(2), np.ones(settle.CELLS), 0.0,
    )  # fmt: skip
    np.testing.assert_array_equal(through, [0, 1])
