"""Cells of a turn, and what neighbouring turns ask of each other in them, against plain NumPy."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.cutting import spacing
from bonemusic.cutting.compensate import compensated
from bonemusic.cutting.fit import fit
from bonemusic.cutting.programme import ring_samples
from bonemusic.cutting.spacing import CELLS, Cells, cells, needed_m
from bonemusic.moments import moments
from bonemusic.units import Level

from .sides import CHISEL, LATHE, ROUND, TINY, clip, groove_of, least_land, moved, noise, song, straight, task_of

RATE = 48_000
RING = ring_samples(RATE)
DISC = presets.disc("10in-78")
NAMES = ("toward_m", "slope_m_s", "up_m", "down_m")


def gathered(lateral, vertical=None, rpm=Fraction(78)):
    lateral = np.asarray(lateral, np.float32)
    vertical = None if vertical is None else np.asarray(vertical, np.float32)
    return cells(lateral, vertical, moments(lateral, vertical, RATE), RING, len(lateral) - 2 * RING, rpm)


def by_cell(values, held, per_turn, first, hair=1e-9):
    """The greatest of values at samples first, first + 1 … in each cell, 0 where there is none."""
    at = (first + np.arange(len(values)) - RING) / per_turn
    cell = np.floor((at - held.first_turn) * CELLS + hair).astype(int)
    out = np.full(len(held.toward_m), -np.inf)
    inside = (cell >= 0) & (cell < len(out))
    np.maximum.at(out, cell[inside], values[inside])
    return np.where(np.isfinite(out), out, 0.0)


@pytest.mark.parametrize("rpm", [Fraction(78), Fraction(100, 3), Fraction(6000, 77)])
@pytest.mark.parametrize("stereo", [False, True])
@pytest.mark.parametrize("seconds", [0.2, 3.3])
def test_cells_hold_the_greatest_of_their_samples(rpm, stereo, seconds):
    n = round(seconds * RATE) + 2 * RING
    lateral = noise(1, n, RATE, 5000).astype(np.float32)
    vertical = noise(2, n, RATE, 5000).astype(np.float32) if stereo else None
    held = gathered(lateral, vertical, rpm)
    per_turn = RATE * 60 / float(rpm)
    up = np.zeros(n) if vertical is None else vertical.astype(float)
    first = -math.ceil(per_turn) - 2
    last = n + 2
    inner, outer = lateral + up, lateral - up
    swing = straight(outer, first, last, per_turn) - straight(inner, first, last, 0.0)
    # a sample just on the border of two cells may count in either
    either = [by_cell(swing, held, per_turn, first, hair) for hair in (-1e-9, 1e-9)]
    off = np.min([abs(held.toward_m - one) for one in either], axis=0)
    assert off.max() <= 3e-11

    # slopes, ups and downs are gathered moment by moment: no less than in the cell's own samples, no more than beside
    steep = np.maximum(abs(moved(inner, 0, n, 0.0)[1]), abs(moved(outer, 0, n, 0.0)[1])) * RATE
    for found, values in ((held.slope_m_s, steep), (held.up_m, np.maximum(up, 0)), (held.down_m, np.maximum(-up, 0))):
        near = np.lib.stride_tricks.sliding_window_view(np.pad(values, 64), 129).max(axis=1)
        least, most = (by_cell(v, held, per_turn, 0) for v in (values, near))
        if found is held.slope_m_s:  # here and a turn later
            least[:-CELLS] = np.maximum(least[:-CELLS], least[CELLS:])
            most[:-CELLS] = np.maximum(most[:-CELLS], most[CELLS:])
        assert (found >= least * (1 - 1e-3) - 1e-12).all()
        inside = most > 0
        assert np.count_nonzero(found[inside] > most[inside] * (1 + 1e-3)) < 10


def test_cells_begin_a_turn_before_all_sound_and_end_a_turn_after():
    for seconds in (0.1, 2.0):
        n = round(seconds * RATE) + 2 * RING
        held = gathered(np.ones(n))
        assert held.turns[0] == held.first_turn <= -1 - RING * 78 / 60 / RATE
        assert held.music_turns == pytest.approx(seconds * 1.3, rel=1e-12)
        assert held.turns[-1] + 1 / CELLS >= (seconds + 0.25) * 1.3 + 1
        assert held.speed_per_m == pytest.approx(2 * np.pi * 1.3, rel=1e-12)
        assert len(held.turns) == len(held.slope_m_s) == len(held.up_m) == len(held.down_m)


def test_turns_that_swing_alike_need_no_more_than_widths_and_land():
    """A tone with a whole number of periods a turn: neighbours swing together."""
    t = np.arange(4 * RATE) / RATE
    held = gathered(1e-5 * np.sin(2 * np.pi * 130 * t))  # 100 periods a turn of 0.769 s
    inside = (held.turns > 0.1) & (held.turns < held.music_turns - 1.1)
    assert abs(held.toward_m[inside]).max() < 2e-8
    opposite = gathered(1e-5 * np.sin(2 * np.pi * 130.65 * t))  # 100.5 periods
    assert opposite.toward_m[inside].max() == pytest.approx(2e-5, rel=1e-3)


def test_blocks_change_nothing(monkeypatch):
    lateral, vertical = noise(1, 120_000, RATE, 3000), noise(2, 120_000, RATE, 3000)
    whole = gathered(lateral, vertical)
    monkeypatch.setattr(spacing, "BLOCK_CELLS", 7)
    parts = gathered(lateral, vertical)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


# What they need


def one_cell(toward=0.0, slope=0.0, count=2 * CELLS):
    """Cells that are alike."""
    rows = [np.full(count, v, np.float32) for v in (toward, slope, 0.0, 0.0)]
    return Cells(*rows, 0, 1.0, 2 * math.pi * 1.3)


def test_needs_by_hand():
    """At 100 mm the groove passes at 0.8168 m/s; 0.6126 m/s is a slope of 3/4, 5/4 of the way along."""
    disc = dataclasses.replace(DISC, land_m=20e-6)
    held = one_cell(12e-6, 0.75 * 2 * math.pi * 1.3 * 0.1)
    half = disc.groove_width_m / 2
    straight_on = one_cell(12e-6)
    assert needed_m(straight_on, 1.0, 0.1, half, disc, CHISEL) == pytest.approx((56 + 20 + 12) * 1e-6, rel=1e-6)
    assert needed_m(straight_on, 2.0, 0.1, half, disc, ROUND) == pytest.approx((56 + 20 + 24) * 1e-6, rel=1e-6)
    assert needed_m(held, 1.0, 0.1, half, disc, CHISEL) == pytest.approx((56 + 1.25 * 20 + 12) * 1e-6, rel=1e-6)
    assert needed_m(held, 1.0, 0.1, half, disc, ROUND) == pytest.approx((1.25 * 76 + 12) * 1e-6, rel=1e-6)
    # half the radius, twice the slope
    assert needed_m(held, 1.0, 0.05, half, disc, CHISEL) == pytest.approx(
        (56 + math.sqrt(1 + 1.5**2) * 20 + 12) * 1e-6, rel=1e-6
    )
    # a limiter that keeps every edge within 3 µm
    assert needed_m(held, 1.0, 0.1, half, disc, CHISEL, 3e-6) == pytest.approx((56 + 1.25 * 20 + 6) * 1e-6, rel=1e-6)
    # turns that swing alike come no nearer than that lets them
    assert needed_m(one_cell(-4e-6), 1.0, 0.1, half, disc, CHISEL) == pytest.approx((56 + 20 - 4) * 1e-6, rel=1e-6)


def test_each_turn_counts_half_its_own_width_and_half_the_next_ones():
    widths = np.repeat([28e-6, 40e-6], CELLS)
    found = needed_m(one_cell(), 1.0, 0.1, widths, DISC, CHISEL)
    np.testing.assert_allclose(found[:CELLS], 68e-6 + DISC.land_m, rtol=1e-6)
    np.testing.assert_allclose(found[CELLS:], 80e-6 + DISC.land_m, rtol=1e-6)


@pytest.mark.parametrize("factor", [0.0, 0.5, 3.0])
def test_more_level_never_needs_less(factor):
    held = gathered(noise(3, 120_000, RATE, 3000))
    held = dataclasses.replace(held, toward_m=np.maximum(held.toward_m, 0))
    less, more = (needed_m(held, f, 0.06, 28e-6, DISC, ROUND) for f in (factor, 1.1 * factor + 0.1))
    assert (more >= less).all()
    assert needed_m(held, 0.0, 0.06, 28e-6, DISC, ROUND) == pytest.approx(71e-6, rel=1e-12)


@pytest.mark.parametrize("machine", [CHISEL, LATHE])
@pytest.mark.parametrize("pitch", ["variable", "fixed"])
def test_a_groove_that_is_compensated_keeps_its_land(machine, pitch):
    """Compensation lowers the walls where they are steep; planned for, no turn comes nearer than land."""
    tip = presets.stylus("lp-18")
    sound = song(6.0, 3, rate_hz=16_000, low_hz=300, high_hz=6000)
    task = task_of(clip(sound, song(6.0, 4, rate_hz=16_000), rate_hz=16_000), TINY, machine)
    planned = dataclasses.replace(task, compensate_m=tip.radius_m)
    level = Level("db", fit(task, None, "auto").level_db - 4)
    bare, found = fit(task, level, pitch), fit(planned, level, pitch)
    assert found.side.course.music_m > bare.side.course.music_m
    cut = compensated(groove_of(planned, found), tip, lateral_only=not machine.stereo)
    assert least_land(cut, found.side.merges_at, machine.tool).land_m >= TINY.land_m - 2e-8


# Kernels against themselves, interpreted


@pytest.mark.parametrize("stereo", [False, True])
def test_toward_equals_its_plain_twin(stereo):
    y, v = noise(1, 3000, RATE, 5000), noise(2, 3000, RATE, 5000)
    up = v if stereo else np.empty(0)
    results = []
    for function in (spacing._toward, spacing._toward.py_func):
        out = np.zeros(3 * CELLS)
        function(y, up, 0, len(out), -1100.7, 1900.3, out)
        results.append(out)
    np.testing.assert_allclose(*results, rtol=1e-12, atol=1e-20)
    assert (results[0] != 0).mean() > 0.5


def test_greatest_equals_its_plain_twin():
    values = np.random.default_rng(3).random(100).astype(np.float32)
    results = []
    for function in (spacing._greatest, spacing._greatest.py_func):
        out = np.zeros(3 * CELLS, np.float32)
        function(values, 0, len(out), -1100.7, 1900.3, out)
        results.append(out)
    np.testing.assert_array_equal(*results)
    assert (results[0] != 0).mean() > 0.5
