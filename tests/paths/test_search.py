"""Points searched for on coarse grids: by plain geometry and brute force the best line; ever onwards; apart."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, signal

from bonemusic.groove import Knots
from bonemusic.paths import grid, search
from bonemusic.paths.grid import Wave

RATE = 48_000
LASER, LASER_600, FINE = 0.0254 / 1200, 0.0254 / 600, 12.5e-6
APART = 127e-6


def wave_of(lateral, radius_m=0.1, rpm=78.0, pitch_m=2e-4, band_hz=5000.0):
    turns = len(lateral) * rpm / 60 / RATE
    spiral = Knots(np.array([0, turns]), np.array([radius_m, radius_m - pitch_m * turns]), np.array([-pitch_m] * 2))
    return Wave(np.asarray(lateral, np.float32), RATE, rpm / 60 / RATE, spiral, band_hz)


def noise(count, peak_m=60e-6, high_hz=5000.0, seed=1):
    """Displacement that is white between 80 Hz and an edge."""
    f = np.fft.rfftfreq(2 * count, 1 / RATE)
    shape = (f > 80) & (f < high_hz)
    out = np.fft.irfft(shape * np.exp(2j * np.pi * np.random.default_rng(seed).random(len(f))))[:count]
    return peak_m * out / np.abs(out).max()


def turns_of(x, y, near_turn):
    """Turn of each point, by plain geometry; the first is near a known turn."""
    turn = np.unwrap(np.arctan2(y.astype(float), x)) / (2 * np.pi)
    return turn + np.round(near_turn - turn[0])


def read(x, y, drawn, step_m, samples):
    """Lateral where the ray at each sample's angle meets the straight lines between points."""
    z = x + 1j * y
    turn = turns_of(x, y, samples[0] * drawn.turns_per_point)
    at = samples * drawn.turns_per_point
    i = np.clip(np.searchsorted(turn, at, "right") - 1, 0, len(turn) - 2)
    ray = np.exp(-2j * np.pi * at)
    a, line = z[i] * ray, (z[i + 1] - z[i]) * ray
    return np.real(a - line * a.imag / line.imag) * step_m - drawn.spiral.at(at)


def snr_db(points, drawn, step_m, high_hz=5000.0):
    """Of lines between points, in displacement from 80 Hz to an edge, all but their ends."""
    fine = 8
    count = len(drawn.lateral_m)
    samples = np.arange(2000, fine * (count - 1) - 2000) / fine
    meant = signal.resample(np.pad(drawn.lateral_m.astype(float), (0, count)), 2 * count * fine)[2000:][: len(samples)]
    error = read(*points, drawn, step_m, samples) - meant
    f = np.fft.rfftfreq(len(samples), 1 / RATE / fine)
    band = (f > 80) & (f < high_hz)
    power = [np.sum(np.abs(np.fft.rfft(np.hanning(len(v)) * v)[band]) ** 2) for v in (meant, error)]
    return 10 * math.log10(power[0] / power[1])


def rounded(drawn, step_m, apart_m):
    """The nearest grid points to points evenly along the groove."""
    way = 2 * math.pi * float(drawn.spiral.at(np.array(0.0))) * drawn.turns_per_point
    at = np.arange(0, len(drawn.lateral_m) - 1, apart_m / way)
    radius = drawn.spiral.at(at * drawn.turns_per_point)
    radius = (radius + np.interp(at, np.arange(len(drawn.lateral_m)), drawn.lateral_m)) / step_m
    angle = 2 * np.pi * drawn.turns_per_point * at
    x, y = np.round(radius * np.cos(angle)), np.round(radius * np.sin(angle))
    keep = np.append(True, (np.diff(x) != 0) | (np.diff(y) != 0))
    return x[keep], y[keep]


def is_onwards(x, y):
    """Each point lies ahead of the last as seen from the spindle; in whole numbers."""
    x, y = x.astype(np.int64), y.astype(np.int64)
    return bool((x[:-1] * y[1:] - y[:-1] * x[1:] > 0).all())


def outside(x, y, drawn, step_m, first):
    """How far outside the groove points lie, in steps, along their rays."""
    turn = turns_of(x, y, first * drawn.turns_per_point)
    groove = drawn.spiral.at(turn) + np.interp(
        turn / drawn.turns_per_point, np.arange(len(drawn.lateral_m)), drawn.lateral_m
    )
    return np.hypot(x, y) - groove / step_m


# What is heard


@pytest.mark.parametrize(("above", "even"), [(0.003, 0.0), (0.4, 0.7)])
def test_correlation_is_that_of_the_heard_power(above, even):
    rate, band = 38_000.0, 5000.0
    f = np.linspace(0, rate / 2, 40_001)
    w = 2 * np.pi * f
    power = w**2 * (1 + (w * 318e-6) ** 2) / (1 + (w * 3180e-6) ** 2) / (1 + (w * 75e-6) ** 2)
    power = (power / np.interp(1000, f, power) + even) / (1 + even)
    edge = np.interp(band, f, power) / np.sinc(band / rate) ** 2
    power /= np.sinc(f / rate) ** 2
    power = np.where(f > band, edge * 10 ** (-(f - band) / 500), power)
    power = np.maximum(power, above)
    power[f < 50] = np.interp(50, f, power)
    lags = [integrate.trapezoid(power * np.cos(2 * np.pi * f * k / rate), f) / (rate / 2) for k in range(30)]
    found = search.heard_correlation(rate, band, above, even, 30)
    np.testing.assert_allclose(found, lags, atol=2e-3 * lags[0])


def test_taps_are_the_predictor_and_push_white_noise_to_where_it_is_heard_least():
    found = search.heard_correlation(38_000.0, 5000.0, 0.003, 0.0, 200)
    taps = search.taps(found[:5])
    np.testing.assert_allclose(taps, linalg.solve_toeplitz(found[:4], -found[1:5]), rtol=1e-9)
    white = np.random.default_rng(4).standard_normal(100_000)

    def heard(h):
        shaped = signal.lfilter(np.append(1.0, h), 1, white)
        own = signal.correlate(shaped, shaped, method="fft")[len(white) - 1 :][:200] / len(white)
        return own[0] * found[0] + 2 * np.dot(own[1:], found[1:])

    least = heard(taps)
    assert least < 0.3 * heard(np.zeros(4))
    for i, more in itertools.product(range(4), (-0.05, 0.05)):
        assert heard(taps + more * (np.arange(4) == i)) > least


# Cells


@pytest.mark.parametrize(("samples", "cells"), [(400, 317), (400, 59), (7, 3), (2, 2), (5, 9)])
def test_means_over_cells_are_exact_for_parabolas(samples, cells):
    curve = np.polynomial.Polynomial([3.0, -0.7, 0.02])
    near = curve(np.arange(samples + 5) - 2.0)
    edges = np.arange(cells + 1) * (samples / cells)
    found = search.cell_means(near, samples / cells, cells)
    np.testing.assert_allclose(found, np.diff(curve.integ()(edges)) / (samples / cells), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("samples", "cells"), [(400, 100), (60, 60), (6, 2)])
def test_means_over_cells_that_begin_on_samples_are_exact_for_cubics(samples, cells):
    curve = np.polynomial.Polynomial([3.0, -0.7, 0.02, -1e-4])
    found = search.cell_means(curve(np.arange(samples + 5) - 2.0), samples / cells, cells)
    edges = np.arange(cells + 1) * (samples // cells)
    np.testing.assert_allclose(found, np.diff(curve.integ()(edges)) / (samples / cells), rtol=1e-9, atol=1e-9)


def prepared(drawn, step_m, first, last, spacing_m=0.0):
    """What `choose` hands to `candidates`."""
    cells, turns, cell_m = search._cells(drawn, step_m, first, last, spacing_m)
    begin = first * drawn.turns_per_point
    base = drawn.spiral.at(begin + np.arange(cells + 1) * turns) / step_m
    near = search._around(drawn.lateral_m, first, last) / step_m
    ends = np.array([grid.plain(drawn, step_m, sample) for sample in (first, last)], np.int32)
    return near, base, (last - first) / cells, begin, turns, ends, search.strays(step_m, cell_m)


HARD = {
    "noise": (noise(3000), 0.1, 78.0, LASER, 0.0),
    "steep": (3e-4 * np.sin(np.arange(3000) * 0.05), 0.1, 78.0, LASER, 0.0),
    "slow and coarse": (noise(3000), 0.05, 100 / 3, LASER_600, 0.0),
    "apart": (noise(3000), 0.1, 78.0, LASER, APART),
    "a fine grid": (noise(3000), 0.1, 78.0, 3e-6, 0.0),
    "a fine grid, apart": (noise(3000), 0.1, 78.0, 4e-6, APART),
    "silence": (np.zeros(3000), 0.1, 78.0, LASER, 0.0),
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize(("first", "last"), [(0, 100), (1003, 1100), (2300, 2305)])
def test_candidates_are_all_points_near_the_groove_each_in_its_cell(name, first, last):
    """Against every grid point around, placed by arc tangent and hypotenuse."""
    lateral, radius_m, rpm, step_m, spacing_m = HARD[name]
    drawn = wave_of(lateral, radius_m, rpm)
    near, base, per_cell, begin, turns, ends, reach = prepared(drawn, step_m, first, last, spacing_m)
    start, x, y, along, off = search.candidates(near, base, per_cell, begin, turns, ends, reach)
    cells = len(base) - 1
    assert len(start) == cells + 2
    assert (start[0], start[1], start[-2], start[-1]) == (0, 1, len(x) - 1, len(x))
    assert [(x[0], y[0]), (x[-1], y[-1])] == [tuple(e) for e in ends]

    along_it = np.linspace(0, cells, 400)
    angle = 2 * np.pi * (begin + along_it * turns)
    radius = np.interp(along_it, np.arange(cells + 1), base)
    radius += np.interp(along_it * per_cell + 2, np.arange(len(near)), near)
    px, py = radius * np.cos(angle), radius * np.sin(angle)
    gx, gy = np.meshgrid(
        np.arange(math.floor(px.min()) - 4, px.max() + 5), np.arange(math.floor(py.min()) - 4, py.max() + 5)
    )
    gx, gy = gx.ravel(), gy.ravel()
    turn = np.arctan2(gy, gx) / (2 * np.pi)
    s = (turn + np.round(begin + cells * turns / 2 - turn) - begin) / turns
    away = np.hypot(gx, gy) - np.interp(s, np.arange(cells + 1), base)
    distance = np.abs(away - np.interp(s * per_cell + 2, np.arange(len(near)), near))
    inside = (s >= 1) & (s < cells) & (distance <= reach)
    unsure = (np.abs(s - np.round(s)) < 1e-5) | (np.abs(distance - reach) < 1e-3)  # on a border, to rounding
    table = {(int(a), int(b)): i for i, (a, b) in enumerate(zip(gx, gy, strict=True))}
    found = [table[int(a), int(b)] for a, b in zip(x[1:-1], y[1:-1], strict=True)]
    assert len(set(found)) == len(found)
    assert set(np.flatnonzero(inside & ~unsure)) <= set(found) <= set(np.flatnonzero(inside | unsure))
    cell = np.repeat(np.arange(cells + 1), np.diff(start))[1:-1]
    assert ((along[1:-1] >= cell - 1e-6) & (along[1:-1] <= cell + 1 + 1e-6)).all()
    np.testing.assert_allclose(along[1:-1], s[found], atol=1e-5)
    np.testing.assert_allclose(off[1:-1], away[found], atol=1e-4)


@pytest.mark.parametrize("name", HARD)
def test_kernels_equal_their_plain_twins(name):
    lateral, radius_m, rpm, step_m, spacing_m = HARD[name]
    given = prepared(wave_of(lateral, radius_m, rpm), step_m, 500, 540, spacing_m)
    near, base, per_cell, *_ = given
    fast, plain = (f(*given) for f in (search.candidates, search.candidates.py_func))
    for a, b in zip(fast, plain, strict=True):
        np.testing.assert_array_equal(a, b)
    means = search.cell_means(near, per_cell, len(base) - 1)
    h = search.taps(search.heard_correlation(38_000.0, 5000.0, 0.003, 0.0, 5))
    ahead, apart2 = 5, 4.0
    lines = [f(*fast, means, h, 3, ahead, apart2, 0.1) for f in (search.search, search.search.py_func)]
    np.testing.assert_array_equal(*lines)
    assert len(lines[0]) >= 2


# The search


def area_error(path, along, off, means):
    """Mean error in each cell of straight lines through points, by a fine primitive."""
    places = np.unique(np.concatenate([along[path], np.arange(len(means) + 1.0)]))
    values = np.interp(places, along[path], off[path])
    area = np.concatenate([[0.0], integrate.cumulative_trapezoid(values, places)])
    return np.diff(np.interp(np.arange(len(means) + 1), places, area)) - means


def cost_of(path, along, off, means, h, worth):
    """What a line costs, as its description says."""
    whitened = signal.lfilter([1.0], np.append(1.0, h), area_error(path, along, off, means))
    return float(np.sum(whitened**2) + worth * (len(path) - 1))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("apart", "worth"), [(0.0, 0.0), (0.0, 0.3), (2.5, 0.0)])
def test_a_wide_search_finds_the_very_best_line(seed, apart, worth):
    """Against all lines that there are, with a beam so wide that none is dropped."""
    rng = np.random.default_rng(seed)
    cells, each = 6, 2
    start = np.array([0, 1, *(1 + each * np.arange(1, cells)), 2 + each * (cells - 1)])
    along = np.concatenate([[0.0], (np.arange(1, cells)[:, None] + rng.random((cells - 1, each))).ravel(), [cells]])
    off = rng.standard_normal(len(along))
    x, y = np.round(2 * along).astype(np.int32), np.round(2 * off).astype(np.int32)
    means, h = rng.standard_normal(cells), search.taps(search.heard_correlation(38_000.0, 5000.0, 0.003, 0.0, 5))
    best, least = None, np.inf
    for choice in itertools.product([None, *range(each)], repeat=cells - 1):
        path = [0, *(1 + each * k + c for k, c in enumerate(choice) if c is not None), len(along) - 1]
        if apart and np.hypot(np.diff(x[path]), np.diff(y[path])).min() < apart:
            continue
        cost = cost_of(path, along, off, means, h, worth)
        if cost < least:
            best, least = path, cost
    found = search.search(start, x, y, along, off, means, h, 3**cells, cells, apart**2, worth)
    np.testing.assert_array_equal(found, best)
    # a narrow one finds a line that is no better, nor far worse than all
    narrow = search.search(start, x, y, along, off, means, h, 3, cells, apart**2, worth)
    assert least <= cost_of(narrow, along, off, means, h, worth) <= 3 * least + 1


def test_where_there_is_no_way_nothing_is_found():
    start, along = np.array([0, 1, 2, 3]), np.array([0.0, 1.5, 2.0])
    x, y = np.arange(3, dtype=np.int32), np.zeros(3, np.int32)
    given = (start, x, y, along, np.zeros(3), np.zeros(2), np.zeros(4), 4, 5)
    assert len(search.search(*given, 0.0, 0.0)) in (2, 3)
    assert len(search.search(*given, 9.0, 0.0)) == 0


# Lines


SPEEDS = pytest.mark.parametrize(
    ("radius_m", "rpm", "step_m"),
    [(0.1, 78.0, LASER), (0.1, 78.0, LASER_600), (0.05, 100 / 3, LASER), (0.05, 100 / 3, LASER_600), (0.12, 78.0, FINE),
     (0.1, 78.0, 4e-6)],
)  # fmt: skip


@SPEEDS
@pytest.mark.parametrize("spacing_m", [0.0, APART])
def test_a_line_goes_ever_onwards_near_the_groove_and_keeps_its_distance(radius_m, rpm, step_m, spacing_m):
    """From the plain rounding of its first sample to that of its last; never out of the groove's own swing."""
    drawn = wave_of(noise(9000, 40e-6, 3000.0), radius_m, rpm)
    first, last = 1200, 8300
    x, y = search.choose(drawn, step_m, first, last, spacing_m, 0.0 if spacing_m else 0.1)
    assert x.dtype == y.dtype == np.int32
    assert [(x[0], y[0]), (x[-1], y[-1])] == [grid.plain(drawn, step_m, s) for s in (first, last)]
    assert is_onwards(x, y)
    near, _, per_cell, *_, reach = prepared(drawn, step_m, first, last, spacing_m)
    overshoot = 0.0  # on fine grids corners lie outside the bends that lines cut
    if not spacing_m and step_m < LASER / 4:
        overshoot = search.OVERSHOOT * np.abs(search._bend(near, per_cell)).max()
    reach += overshoot
    assert np.abs(outside(x, y, drawn, step_m, first))[1:-1].max() <= reach + 1e-3
    apart = np.hypot(np.diff(x), np.diff(y)) * step_m
    assert apart.min() >= spacing_m - 1e-9
    # the lines between points cut corners, but do not swing further than the groove does around
    samples = np.arange(4 * first + 8, 4 * last - 8) / 4
    line = read(x, y, drawn, step_m, samples)
    wide = math.ceil(2 * apart.max() / (2 * math.pi * radius_m * drawn.turns_per_point))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(drawn.lateral_m, wide, "edge"), 2 * wide + 1)
    at = np.round(samples).astype(int)
    most = (search.NEAR + overshoot) * step_m * 1.01
    assert (line <= around.max(1)[at] + most).all()
    assert (line >= around.min(1)[at] - most).all()


@pytest.mark.parametrize(
    ("radius_m", "rpm", "step_m", "gain_db"),
    [
        (0.1, 78.0, LASER, 12), (0.1, 78.0, LASER_600, 5), (0.05, 100 / 3, LASER, 7), (0.05, 100 / 3, LASER_600, 1),
        (0.12, 78.0, FINE, 12),
    ],
)  # fmt: skip
def test_a_line_is_far_better_than_rounding_with_no_more_points(radius_m, rpm, step_m, gain_db):
    band = 5000.0 if rpm == 78.0 else 1500.0
    drawn = wave_of(noise(12_000, 60e-6, band), radius_m, rpm, band_hz=band)
    points = search.choose(drawn, step_m, 0, len(drawn.lateral_m) - 1, 0.0, 0.1)
    every_step = rounded(drawn, step_m, step_m)
    assert len(points[0]) < len(every_step[0])
    assert snr_db(points, drawn, step_m, band) - snr_db(every_step, drawn, step_m, band) > gain_db


def test_apart_it_is_better_than_rounding_at_that_spacing():
    drawn = wave_of(noise(48_000))
    points = search.choose(drawn, LASER, 0, len(drawn.lateral_m) - 1, APART, 0.0)
    assert len(points[0]) < len(rounded(drawn, LASER, APART)[0])
    assert snr_db(points, drawn, LASER) - snr_db(rounded(drawn, LASER, APART), drawn, LASER) > 2


def test_the_dearer_points_are_the_fewer_there_are_and_never_better():
    drawn = wave_of(noise(12_000))
    lines = [search.choose(drawn, LASER, 0, 11_999, 0.0, worth) for worth in (0.1, 0.3, 1.0, 5.0, 30.0)]
    counts = [len(x) for x, _ in lines]
    heard = [snr_db(points, drawn, LASER) for points in lines]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < 0.45 * counts[0]
    assert (np.diff(heard) < 0.3).all()
    assert heard[0] > heard[-1] + 10


def test_silence_takes_fewer_points():
    drawn = wave_of(np.zeros(9000))
    x, y = search.choose(drawn, LASER, 0, 8999, 0.0, 0.1)
    loud, _ = search.choose(wave_of(noise(9000)), LASER, 0, 8999, 0.0, 0.1)
    assert is_onwards(x, y)
    assert len(x) < 0.92 * len(loud)
    assert np.std(read(x, y, drawn, LASER, np.arange(40.0, 8900.0, 0.25))) < 0.5 * LASER


@pytest.mark.parametrize("spacing_m", [0.0, APART])
@pytest.mark.parametrize("samples", [1, 2, 3, 4, 5, 9, 17])
@SPEEDS
def test_tiny_stretches_begin_and_end_where_they_should(radius_m, rpm, step_m, spacing_m, samples):
    """Also shorter than a step, or than the spacing: then there is one move from end to end."""
    drawn = wave_of(noise(2000, 30e-6, 3000.0), radius_m, rpm)
    for first in range(0, 1900, 190):
        x, y = search.choose(drawn, step_m, first, first + samples, spacing_m, 0.1)
        assert len(x) == len(y) >= 2
        assert [(x[0], y[0]), (x[-1], y[-1])] == [grid.plain(drawn, step_m, s) for s in (first, first + samples)]
        if spacing_m and len(x) > 2:
            assert np.hypot(np.diff(x), np.diff(y)).min() * step_m >= spacing_m - 1e-9


def test_where_no_line_keeps_its_distance_it_is_rounded_as_on_fine_grids(monkeypatch):
    drawn = wave_of(noise(2000))
    monkeypatch.setattr(search, "search", lambda *_: np.empty(0, np.int64))
    x, y = search.choose(drawn, LASER, 100, 1900, APART, 0.0)
    np.testing.assert_array_equal((x, y), grid.choose(drawn, LASER, 100, 1900))


def test_both_sides_of_a_joint_see_the_same_point():
    drawn = wave_of(noise(6000))
    for spacing_m in (0.0, APART):
        for at in range(1000, 1040):
            x, y = search.choose(drawn, LASER, at - 300, at, spacing_m, 0.1)
            next_x, next_y = search.choose(drawn, LASER, at, at + 300, spacing_m, 0.1)
            assert (x[-1], y[-1]) == (next_x[0], next_y[0])
            assert is_onwards(np.append(x, next_x[1:]), np.append(y, next_y[1:]))


@settings(max_examples=60)
@given(
    st.floats(0.04, 0.15), st.sampled_from([100 / 3, 45.0, 78.0]), st.floats(10e-6, 60e-6),
    st.floats(0, 1.2e-4), st.floats(500, 6000), st.sampled_from([0.0, 0.0, 60e-6, APART, 3e-4]), st.integers(0, 5000),
    st.integers(1, 700),
)  # fmt: skip
def test_whatever_is_asked_for_the_line_keeps_to_its_rules(
    radius_m, rpm, step_m, peak_m, high_hz, spacing_m, at, count
):
    speed_m_s = 2 * math.pi * radius_m * rpm / 60
    peak_m = min(peak_m, 0.7 * speed_m_s / (2 * math.pi * high_hz))  # grooves keep within 45°
    drawn = wave_of(noise(6000, peak_m, high_hz), radius_m, rpm, band_hz=high_hz)
    last = min(at + count, 5999)
    x, y = search.choose(drawn, step_m, at, last, spacing_m, 0.1)
    assert [(x[0], y[0]), (x[-1], y[-1])] == [grid.plain(drawn, step_m, s) for s in (at, last)]
    if len(x) > 2:
        assert is_onwards(x, y)
        assert np.abs(outside(x, y, drawn, step_m, at))[1:-1].max() <= search.NEAR + 1e-3
        assert np.hypot(np.diff(x), np.diff(y)).min() * step_m >= spacing_m * (1 - 1e-6)


def test_a_grid_is_searched_unless_its_cells_hold_too_many_steps():
    speed_m_s = 2 * math.pi * 0.1 * 1.3
    assert search.cell_length_m(LASER_600, 0.0, speed_m_s, 5000.0) == LASER_600
    assert search.cell_length_m(4e-6, 0.0, speed_m_s, 5000.0) == pytest.approx(speed_m_s / 30_000)
    assert search.cell_length_m(4e-6, 0.0, speed_m_s, 8000.0) == pytest.approx(speed_m_s / 48_000)
    assert search.cell_length_m(4e-6, APART, speed_m_s, 5000.0) == pytest.approx(APART / 3)
    assert search.is_searchable(LASER, 0.0, speed_m_s, 5000.0)
    assert search.is_searchable(4e-6, 0.0, speed_m_s, 5000.0)
    assert search.is_searchable(4e-6, APART, speed_m_s, 5000.0)
    assert not search.is_searchable(2e-6, 0.0, speed_m_s, 5000.0)
    assert search.is_searchable(2e-6, 0.0, speed_m_s / 2, 5000.0)
