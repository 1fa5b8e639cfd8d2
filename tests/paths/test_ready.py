"""Grooves made ready for machines: on their grids, with as many points as they take, no further off than is said."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import search
from bonemusic.paths.ready import SEARCH_RATE_HZ, is_searched, ready, strays_m
from bonemusic.paths.search import WORTH

RATE = 48_000
DISC = presets.disc("10in-78")
RPM = Fraction(78)


def groove_of(lateral, radius_m=0.1, rpm=RPM):
    turns = len(lateral) * float(rpm) / 60 / RATE
    spiral = Knots(np.array([0, turns]), np.array([radius_m, radius_m - 2e-4 * turns]), np.array([-2e-4, -2e-4]))
    return Groove(spiral, constant(28e-6), rpm, RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2))


def noise(seconds, peak_m=60e-6, high_hz=5000.0):
    count = round(seconds * RATE)
    f = np.fft.rfftfreq(count, 1 / RATE)
    phase = np.exp(2j * np.pi * np.random.default_rng(1).random(len(f)))
    lateral = np.fft.irfft(((f > 80) & (f < high_hz)) * phase, count)
    return (peak_m * lateral / np.abs(lateral).max()).astype(np.float32)


def drawn(line):
    x, y = zip(*line.pieces(lambda x, y: (x, y)), strict=True)
    return tuple(np.concatenate([v[0], *(p[1:] for p in v[1:])]) for v in (x, y))


GROOVE = groove_of(noise(2.0))


@pytest.mark.parametrize(
    ("machine", "disc", "expected"),
    [
        ("laser-1200", "10in-78", True), ("laser-1200", "7in-33", True), ("laser-600", "12in-33", True),
        ("laser-1200-stall", "10in-78", True), ("plotter", "10in-78", True), ("ideal", "10in-78", False),
        ("ideal", "7in-33", False), ("lathe", "12in-33", False),
    ],
)  # fmt: skip
def test_coarse_grids_are_searched_and_fine_ones_are_not(machine, disc, expected):
    made, sheet = presets.machine(machine), presets.disc(disc)
    assert is_searched(made, sheet, sheet.rpm) is expected
    line = ready(groove_of(noise(0.2), sheet.recorded_diameter_m / 2, sheet.rpm), sheet, made, made.bandwidth_hz)
    assert (line.search is not None) is expected
    assert line.turn_steps is None
    if expected:
        assert line.step_m == made.step_m
        assert line.wave.points_per_s == SEARCH_RATE_HZ
    else:
        assert line.wave.points_per_s == made.points_per_s
        assert made.finest_step_m <= line.step_m <= made.step_m


@pytest.mark.parametrize("machine", ["laser-1200", "laser-1200-stall", "laser-600", "grbl-laser", "plotter"])
@pytest.mark.parametrize("radius_m", [0.11, 0.05])
def test_no_more_points_in_a_second_than_the_machine_takes(machine, radius_m):
    made = presets.machine(machine)
    x, y = drawn(ready(groove_of(noise(2.0), radius_m), DISC, made, made.bandwidth_hz))
    assert len(x) - 1 <= 1.03 * 2 * made.points_per_s
    assert np.hypot(np.diff(x), np.diff(y)).min() * made.step_m >= made.spacing_m - 1e-9


def test_points_are_dear_only_where_there_would_be_too_many():
    laser = presets.machine("laser-1200")
    plenty = dataclasses.replace(laser, points_per_s=40_000.0)
    few = dataclasses.replace(laser, points_per_s=10_000.0)
    lines = [ready(GROOVE, DISC, machine, 5000.0) for machine in (plenty, laser, few)]
    worths = [line.search.worth for line in lines]
    counts = [len(drawn(line)[0]) / 2 for line in lines]
    assert worths[0] == WORTH
    assert worths == sorted(worths)
    assert worths[2] > 3 * worths[0]
    assert 0.85 * 10_000 < counts[2] < 1.03 * 10_000
    assert counts[0] > counts[1] > counts[2]


def test_where_points_must_keep_their_distance_they_cost_nothing_else():
    line = ready(GROOVE, DISC, presets.machine("laser-1200-stall"), 5000.0)
    assert line.search.worth == WORTH
    first, last = 4800, 14_400
    dear, free = (len(search.choose(line.wave, line.step_m, first, last, 127e-6, worth)[0]) for worth in (WORTH, 0.0))
    assert dear == free
    assert line.search.spacing_m == pytest.approx(127e-6)


@pytest.mark.parametrize("machine", ["ideal", "laser-1200", "laser-600", "grbl-laser", "plotter", "laser-1200-stall"])
def test_points_stray_no_further_from_the_groove_than_is_said(machine):
    """Those of rounding more than half a step now and then, where errors are fed back; so that is given a step."""
    made = presets.machine(machine)
    line = ready(groove_of(noise(1.0, 40e-6, 3000.0)), DISC, made, made.bandwidth_hz)
    x, y = drawn(line)
    turn = np.unwrap(np.arctan2(y.astype(float), x)) / (2 * np.pi)
    wave = line.wave
    groove = wave.spiral.at(turn) + np.interp(
        turn / wave.turns_per_point, np.arange(len(wave.lateral_m)), wave.lateral_m
    )
    off_m = np.abs(np.hypot(x, y) * line.step_m - groove)[1:-1]
    said = strays_m(made, DISC, RPM)
    more = 1.0 if line.search is None else 0.01
    if machine == "grbl-laser":  # on fine grids corners lie outside the bends that lines cut
        more += search.OVERSHOOT * np.abs(search._bend(wave.lateral_m, 48_000 / 30_000)).max() / line.step_m
    assert off_m.max() <= said + more * line.step_m
    assert off_m.max() > 0.3 * said


def test_straying_is_told_in_steps_of_the_grid():
    laser = presets.machine("laser-1200")
    assert strays_m(laser, DISC, RPM) == pytest.approx(search.NEAR * laser.step_m)
    ideal = presets.machine("ideal")
    assert strays_m(ideal, DISC, RPM) == 0.5 * ideal.step_m


def test_paths_are_no_longer_than_the_machine_takes():
    machine = dataclasses.replace(presets.machine("laser-1200"), path_points=900)
    sizes = list(ready(GROOVE, DISC, machine, 5000.0).pieces(lambda x, y: len(x)))
    assert max(sizes) <= 900
    assert len(sizes) >= 31_000 / 900
    fine = dataclasses.replace(presets.machine("ideal"), path_points=900)
    assert max(ready(GROOVE, DISC, fine, 5000.0).pieces(lambda x, y: len(x))) <= 900


def test_the_turntable_axis_turns_only_if_it_is_asked_to():
    rotary = presets.machine("cnc-rotary")
    turning = ready(GROOVE, DISC, rotary, 5000.0, turning=True)
    assert turning.turn_steps == rotary.turn_steps
    assert turning.search is None
    assert turning.wave.points_per_s == rotary.points_per_s
    angle, radius = drawn(turning)
    assert (np.diff(angle) > 0).all()
    assert abs(radius[0] * turning.step_m - 0.1) < 1e-4
    assert ready(GROOVE, DISC, rotary, 5000.0).turn_steps is None
    # a machine without one draws in x and y whatever is asked
    assert ready(GROOVE, DISC, presets.machine("ideal"), 5000.0, turning=True).turn_steps is None


@pytest.mark.parametrize("machine", ["laser-1200", "laser-1200-stall", "ideal"])
@pytest.mark.parametrize("samples", [2, 3, 40, 500])
def test_grooves_of_next_to_nothing(machine, samples):
    made = presets.machine(machine)
    x, y = drawn(ready(groove_of(np.zeros(samples, np.float32)), DISC, made, 5000.0))
    assert len(x) == len(y) >= 2


def test_silence_is_drawn_with_no_more_points_than_sound():
    laser = presets.machine("laser-1200")
    silent = drawn(ready(groove_of(np.zeros(RATE, np.float32)), DISC, laser, 5000.0))
    loud = drawn(ready(groove_of(noise(1.0)), DISC, laser, 5000.0))
    assert len(silent[0]) <= len(loud[0]) * 1.01
