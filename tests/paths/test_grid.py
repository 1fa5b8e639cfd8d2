"""Grid points: on the curve, ever onwards, alike in all pieces and by their plain twin, and hardly heard."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg

from bonemusic.errors import Cancelled
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid
from bonemusic.paths.line import Line

RATE = 48_000
RPM = Fraction(78)
PROFILE = Profile(56e-6, 6e-6, math.pi / 2)
# machine: step, points a second, bandwidth; the last has many points to a step
IDEAL, LASER, COARSE, DENSE = (
    (0.3e-6, 32_000, 12_000),
    (21.17e-6, 10_000, 4500),
    (42.3e-6, 8000, 3600),
    (42.3e-6, 32_000, 9000),
)
MACHINES = {"ideal": IDEAL, "laser": LASER, "coarse": COARSE, "dense": DENSE}


def groove_of(lateral, radius=0.1, pitch=2e-4, rpm=RPM, ramp=True):
    """A groove whose pitch grows as it runs, so that its radius bends."""
    turns = len(lateral) * float(rpm) / 60 / RATE
    steeper = 20 * pitch if ramp else pitch
    drop = turns * (pitch + steeper) / 2
    spiral = Knots(np.array([0, turns]), np.array([radius, radius - drop]), np.array([-pitch, -steeper]))
    return Groove(spiral, constant(28e-6), rpm, RATE, lateral, PROFILE)


def noise(seconds, high_hz, peak=50e-6, seed=1, low_hz=60.0):
    """Displacement of music's kind: 1/f up to an edge."""
    n = round(seconds * RATE)
    f = np.fft.rfftfreq(n, 1 / RATE)
    shape = np.where((f > low_hz) & (f < high_hz), 1 / np.maximum(f, 1), 0)
    wave = np.fft.irfft(shape * np.exp(2j * np.pi * np.random.default_rng(seed).random(len(f))), n)
    wave *= np.sin(np.linspace(0, np.pi, n)) ** 0.5
    return (peak * wave / np.abs(wave).max()).astype(np.float32)


def drawn_of(machine, seconds=1.0, **more):
    step, points_per_s, band = MACHINES[machine]
    groove = groove_of(noise(seconds, 0.8 * band), **more)
    return groove, grid.wave(groove, points_per_s, band), step


def all_points(drawn, step, piece=grid.PIECE):
    x, y = zip(*Line.of(drawn, step, piece=piece).pieces(lambda x, y: (x, y)), strict=True)
    return np.concatenate([x[0], *(p[1:] for p in x[1:])]), np.concatenate([y[0], *(p[1:] for p in y[1:])])


def true_points(drawn, step):
    """Where the points would lie without a grid, in steps."""
    turns = np.arange(len(drawn.lateral_m)) * drawn.turns_per_point
    radius = (drawn.spiral.at(turns) + drawn.lateral_m) / step
    return radius * np.cos(2 * np.pi * turns), radius * np.sin(2 * np.pi * turns)


def read(x, y, drawn, step, times):
    """Lateral along the straight lines between points, at times in seconds; every turn found by unwrapping."""
    z = x + 1j * y
    keep = np.append(True, np.diff(z) != 0)
    turns = np.unwrap(np.angle(z[keep])) / (2 * np.pi)
    at = times * drawn.points_per_s * drawn.turns_per_point
    i = np.clip(np.searchsorted(turns, at, "right") - 1, 0, len(turns) - 2)
    a, b = z[keep][i], z[keep][i + 1]
    # where the ray at that angle meets the line
    ray = np.exp(-2j * np.pi * at)
    a, line = a * ray, (b - a) * ray
    return np.real(a - line * a.imag / line.imag) * step - drawn.spiral.at(at)


def heard_db(lateral_error, meant, rate, low=100.0, high=4500.0):
    """Error against music, both as a cartridge and RIAA replay make them, within the band."""
    window = np.hanning(len(meant))
    f = np.fft.rfftfreq(len(meant), 1 / rate)
    s = 2j * np.pi * f
    weight = np.abs(s * (1 + s * 318e-6) / ((1 + s * 3180e-6) * (1 + s * 75e-6))) ** 2 * ((f >= low) & (f <= high))
    power = [np.sum(weight * np.abs(np.fft.rfft(window * v)) ** 2) for v in (lateral_error, meant)]
    return 10 * math.log10(power[0] / power[1])


# The kernel and its pieces


@pytest.mark.parametrize("machine", MACHINES)
def test_kernel_equals_its_plain_twin(machine):
    groove, drawn, step = drawn_of(machine, 0.2)
    rng = np.random.default_rng(3)
    near = np.convolve(rng.standard_normal(902), np.hanning(7), "same") * 3
    radius = 0.1 / step - 1e-3 / step * np.arange(17) / 16
    turns = float(groove.rpm / 60 / drawn.points_per_s)
    taps = grid.feedback_taps(drawn.points_per_s)
    results = []
    for function in (grid._choose, grid._choose.py_func):
        x, y = np.empty(900, np.int32), np.empty(900, np.int32)
        function(near, radius, 70_001, turns, taps, grid.AHEAD, x, y)
        results.append((x, y))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize("along", [0.4, 7.3, 31.2])
def test_kernel_of_turntables_equals_its_plain_twin(along):
    exact = 3000 + np.convolve(np.random.default_rng(5).standard_normal(708), np.hanning(7), "valid") * 9
    taps = grid.feedback_taps(12_000)
    results = []
    for function in (grid._choose_turning, grid._choose_turning.py_func):
        angle, radius = np.empty(700, np.int32), np.empty(700, np.int32)
        function(exact, 5001, along, taps, angle, radius)
        results.append((angle, radius))
    np.testing.assert_array_equal(*results)
    assert (np.diff(results[0][0]) >= 0).all()


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("size", [64, 997, 3001])
def test_pieces_share_their_end_points_and_leave_nothing_out(machine, size):
    _, drawn, step = drawn_of(machine, 0.5)
    count = len(drawn.lateral_m)
    line = Line.of(drawn, step, piece=size)
    found = list(line.pieces(lambda x, y: (x, y)))
    assert len(found) == math.ceil((count - 1) / size)
    assert sum(len(x) - 1 for x, _ in found) + 1 == count
    for (x, y), (next_x, next_y) in pairwise(found):
        assert (x[-1], y[-1]) == (next_x[0], next_y[0])
    for number, (x, y) in enumerate(found):
        assert x.dtype == y.dtype == np.int32
        again = line._piece(number * size, min((number + 1) * size, count - 1))
        np.testing.assert_array_equal(again[0], x)
        np.testing.assert_array_equal(again[1], y)
    # any stretch of them, also across their joints
    x, y = all_points(drawn, step, size)
    held = {}
    for first, last in ((0, count - 1), (size - 3, size + 3), (size, size + 1), (0, size), (size, 2 * size), (5, 5)):
        last = min(last, count - 1)
        some, begun = line.covering(first, last, held)
        assert begun <= first
        assert begun + len(some[0]) > last
        np.testing.assert_array_equal(some[0], x[begun : begun + len(some[0])])
        np.testing.assert_array_equal(some[1], y[begun : begun + len(some[0])])


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20_000), st.integers(1, 300), st.floats(0.03, 0.15), st.sampled_from([1e-8, 3.085e-7, 21.17e-6]))
def test_a_common_point_is_rounded_alike_whatever_piece_it_ends(at, before, radius, step):
    """Also where the radius bends: a piece that ends there and one that begins there agree, always."""
    turns = 3.0
    spiral = Knots(np.array([0, turns]), np.array([radius, radius - turns * 3e-3]), np.array([0, -6e-3]))
    lateral = np.float32(1e-5) * np.sin(np.arange(20_301) * 0.3, dtype=np.float32)
    drawn = grid.Wave(lateral, 10_000, turns / 20_301, spiral, 4500.0)
    x, y = grid.choose(drawn, step, max(0, at - before), at)
    next_x, next_y = grid.choose(drawn, step, at, at + 5)
    assert (x[-1], y[-1]) == (next_x[0], next_y[0])


@pytest.mark.parametrize("machine", MACHINES)
def test_points_lie_on_the_curve(machine):
    """A few steps sooner or later, and off the curve by no more than the shaped error needs."""
    _, drawn, step = drawn_of(machine)
    x, y = all_points(drawn, step)
    true_x, true_y = true_points(drawn, step)
    turns = np.arange(len(x)) * drawn.turns_per_point
    cos, sin = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
    dx, dy = x - true_x, y - true_y
    outwards, along = dx * cos + dy * sin, dy * cos - dx * sin
    slope = np.gradient(np.hypot(true_x, true_y)) / np.hypot(true_x, true_y) / (2 * np.pi * drawn.turns_per_point)
    way = 2 * np.pi * drawn.turns_per_point * np.hypot(true_x, true_y)
    assert along.max() < (grid.AHEAD + 1) * math.sqrt(2)
    assert (along > -(grid.AHEAD + 1) * math.sqrt(2) - 11 * way).all()  # where a point stays, the groove goes on
    assert np.abs(outwards - slope * along).max() < 3
    assert np.std(outwards - slope * along) < 1
    if machine == "ideal":  # its moves keep within 45° of the groove's way; a coarse grid knows eight directions only
        assert (np.abs(np.diff(np.hypot(x, y))) < np.hypot(np.diff(x), np.diff(y)) * math.sqrt(0.5)).all()
    # the angle of sample 0 is 0, and the groove runs counter-clockwise, y up
    assert (x[0], y[0]) == (round(true_x[0]), 0)
    assert y[len(y) // 20] > 0


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("peak", [0.0, 5e-6, 100e-6])
def test_the_line_never_turns_back(machine, peak):
    """Seen from the centre each point lies ahead of the last, or is the same: exactly, in whole numbers."""
    step, points_per_s, band = MACHINES[machine]
    groove = groove_of(noise(1.5, 0.8 * band, peak or 1.0) * (peak > 0), radius=0.06)
    x, y = (v.astype(np.int64) for v in all_points(grid.wave(groove, points_per_s, band), step, 2000))
    ahead = x[:-1] * y[1:] - y[:-1] * x[1:]
    same = (x[:-1] == x[1:]) & (y[:-1] == y[1:])
    back = (ahead <= 0) & ~same
    assert not back.any()
    if machine == "ideal":
        assert not same.any()


def test_a_curve_without_a_bend_costs_the_line_nothing():
    """A circle: every chosen point within an eighth of a step of it, where plain rounding is off by up to 0.7."""
    drawn = grid.Wave(np.zeros(20_000, np.float32), 32_000, 1.3 / 32_000, constant(0.05), 12_000.0)
    x, y = grid.choose(drawn, 0.3e-6, 0, 19_999)
    off = np.hypot(x, y)[1:-1] - 0.05 / 0.3e-6
    assert np.std(off) < 0.125
    assert np.std(np.hypot(*np.round(true_points(drawn, 0.3e-6))) - 0.05 / 0.3e-6) > 0.25


# How it sounds


@pytest.mark.parametrize(("machine", "gain_db"), [("ideal", 10), ("laser", 8), ("coarse", 8)])
def test_rounding_is_heard_far_less_than_plain_rounding(machine, gain_db):
    _, drawn, step = drawn_of(machine, 2.0, pitch=1e-5, ramp=False)
    points_per_s, seconds = drawn.points_per_s, 2.0
    fine = 8 * RATE
    times = np.arange(round(0.2 * fine), round((seconds - 0.2) * fine)) / fine
    x, y = all_points(drawn, step)
    true_x, true_y = true_points(drawn, step)
    meant = read(true_x, true_y, drawn, step, times)
    chosen = heard_db(read(x, y, drawn, step, times) - meant, meant, fine)
    plain = heard_db(read(np.round(true_x), np.round(true_y), drawn, step, times) - meant, meant, fine)
    assert plain - chosen > gain_db
    assert points_per_s * seconds == pytest.approx(len(x), abs=2)


def test_feedback_pushes_the_rounding_out_of_the_band_that_it_is_told(monkeypatch):
    """Against no feedback: 1 dB less up to 12 kHz as it is set, 8 dB less up to 4.5 kHz if asked."""
    _, drawn, step = drawn_of("ideal", 1.0, pitch=1e-5, ramp=False)
    fine = 8 * RATE
    times = np.arange(round(0.1 * fine), round(0.9 * fine)) / fine
    meant = read(*true_points(drawn, step), drawn, step, times)
    taps = grid.feedback_taps

    def heard(audible_hz, high_hz):
        feedback = np.zeros(4) if audible_hz is None else taps(32_000, audible_hz)
        monkeypatch.setattr(grid, "feedback_taps", lambda _: feedback)
        return heard_db(read(*all_points(drawn, step), drawn, step, times) - meant, meant, fine, 100, high_hz)

    assert heard(None, 12_000) - heard(grid.AUDIBLE_HZ, 12_000) > 1
    assert heard(None, 4500) - heard(6000.0, 4500) > 8


@pytest.mark.parametrize(
    ("machine", "band_hz"), [("ideal", 9000), ("ideal", 12_000), ("laser", 4500), ("coarse", 3600)]
)
def test_read_back_along_straight_lines_the_response_is_flat(machine, band_hz):
    """Tones up to the edge, drawn on so fine a grid that only the lines' droop is left: 0.05 dB."""
    _, points_per_s, band = MACHINES[machine]
    tones = np.round(np.geomspace(100, band_hz * 0.999, 14) / 2) * 2
    t = np.arange(2 * RATE) / RATE
    lateral = sum(2e-7 * np.sin(2 * np.pi * hz * t + k * k) for k, hz in enumerate(tones))
    groove = groove_of(lateral.astype(np.float32), pitch=1e-5, ramp=False)
    drawn = grid.wave(groove, points_per_s, band)
    fine = 16 * points_per_s
    times = np.arange(fine // 2, 3 * fine // 2) / fine
    true_x, true_y = true_points(drawn, 1e-10)
    heard = read(true_x, true_y, drawn, 1e-10, times)
    for k, hz in enumerate(tones):
        found = 2j * np.mean(heard * np.exp(-1j * (2 * np.pi * hz * times + k * k)))
        assert abs(20 * math.log10(abs(found) / 2e-7)) < 0.05, hz
        assert abs(np.degrees(np.angle(found))) < 0.1, hz


def test_the_finest_grid_there_is_draws_the_curve_itself():
    """int32 holds a disc in steps of a tenth of a nanometre."""
    _, drawn, _ = drawn_of("ideal", 0.3, ramp=False)
    x, y = all_points(drawn, 1e-10)
    true_x, true_y = true_points(drawn, 1e-10)
    assert np.hypot(x - true_x, y - true_y).max() < 10


@pytest.mark.parametrize("points_per_s", [8000, 10_000, 32_000, 48_000])
def test_feedback_is_the_filter_that_leaves_the_least_of_the_heard_error(points_per_s):
    taps = grid.feedback_taps(points_per_s)
    f = np.linspace(0, points_per_s / 2, 20_001)
    s = 2j * np.pi * f
    heard = np.abs(s * (1 + s * 318e-6) / ((1 + s * 3180e-6) * (1 + s * 75e-6))) ** 2
    heard *= np.where(f < grid.AUDIBLE_HZ, 1.0, np.maximum(0.003, 10 ** (-(f - grid.AUDIBLE_HZ) / 1200)))
    heard[f < 50] = heard[f >= 50][0]
    z = np.exp(-2j * np.pi * f / points_per_s)

    def left(h):
        return integrate.trapezoid(heard * np.abs(1 + sum(c * z ** (i + 1) for i, c in enumerate(h))) ** 2, f)

    least = left(taps)
    assert least < 0.85 * left(np.zeros(4))
    for i in range(4):
        for more in (-0.02, 0.02):
            assert left(taps + more * (np.arange(4) == i)) > least
    lags = [integrate.trapezoid(heard * np.cos(2 * np.pi * f * k / points_per_s), f) for k in range(5)]
    np.testing.assert_allclose(linalg.solve_toeplitz(lags[:4], -np.array(lags[1:])), taps, atol=2e-3)


# The wave


@pytest.mark.parametrize("machine", MACHINES)
def test_wave_has_a_point_at_time_0_and_past_the_last_sample_but_one(machine):
    _, points_per_s, band = MACHINES[machine]
    for samples in (2, 1001, 48_001):
        drawn = grid.wave(groove_of(np.zeros(samples, np.float32)), points_per_s, band)
        assert len(drawn.lateral_m) == math.ceil(samples * points_per_s / RATE)
        assert drawn.turns_per_point == float(Fraction(78, 60 * points_per_s))
        assert not drawn.lateral_m.any()


def test_work_is_told_of_and_can_be_stopped():
    _, drawn, step = drawn_of("laser", 0.5)
    line = Line.of(drawn, step, piece=500)
    told = []
    list(line.pieces(lambda x, y: None, lambda step, done: told.append(done)))
    assert len(told) == 10
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(step, done):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(line.pieces(lambda x, y: None, stop))


def test_a_groove_of_one_point_has_no_pieces():
    drawn = grid.wave(groove_of(np.zeros(1, np.float32)), 10_000, 4500)
    assert list(Line.of(drawn, 1e-6).pieces(lambda x, y: None)) == []
