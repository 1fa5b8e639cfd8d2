"""Machine time: against formulas for lines that have one, and against a planner written otherwise."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonemusic import presets
from bonemusic.paths import timing
from bonemusic.presets import Machine

STEP = 1e-5
SPEED, ACCELERATION, CORNER = 0.1, 2.0, 1e-5
FREE = presets.machine("lathe")  # names no limit at all
PLAIN = dataclasses.replace(FREE, speed_m_s=SPEED, acceleration_m_s2=ACCELERATION, corner_m=CORNER)


def took(points: Any, machine: Machine = PLAIN) -> float:
    """Seconds for points in steps."""
    x, y = np.asarray(points, np.int32).T
    return timing.seconds(x, y, STEP, machine)


def rest_to_rest(length: float, speed: float = SPEED) -> float:
    if length < speed**2 / ACCELERATION:
        return 2 * math.sqrt(length / ACCELERATION)
    return length / speed + speed / ACCELERATION


@pytest.mark.parametrize("steps", [1, 100, 499, 500, 501, 10_000])
def test_a_straight_line(steps: int) -> None:
    assert took([(0, 0), (steps, 0)]) == pytest.approx(rest_to_rest(steps * STEP), rel=1e-12)


def test_points_on_a_straight_line_cost_nothing() -> None:
    line = np.arange(0, 3001, 3)
    assert took(np.stack([line, line // 3 * 4], 1)) == pytest.approx(rest_to_rest(5000 * STEP), rel=1e-9)


def test_a_repeated_point_is_no_line() -> None:
    machine = dataclasses.replace(PLAIN, lines_per_s=10.0)
    once, again = [(0, 0), (900, 0), (900, 900)], [(0, 0), (0, 0), (900, 0), (900, 0), (900, 900), (900, 900)]
    assert took(again, machine) == took(once, machine)
    assert took([(5, 5)]) == took([(5, 5), (5, 5)]) == 0


def test_a_right_angle() -> None:
    s = math.sin(math.pi / 4)
    through = math.sqrt(ACCELERATION * CORNER * s / (1 - s))
    leg = 1000 * STEP
    # up to full speed, and down again to what the corner allows; the other leg is the same backwards
    changing = SPEED / ACCELERATION + (SPEED - through) / ACCELERATION
    even = leg - (2 * SPEED**2 - through**2) / (2 * ACCELERATION)
    assert took([(0, 0), (1000, 0), (1000, 1000)]) == pytest.approx(2 * (changing + even / SPEED), rel=1e-12)


def test_turning_back_is_a_stop() -> None:
    assert took([(0, 0), (700, 0), (0, 0)]) == pytest.approx(2 * rest_to_rest(700 * STEP), rel=1e-12)


@pytest.mark.parametrize("corner", [1e-6, 1e-5, 1e-4])
def test_a_circle_of_chords(corner: float) -> None:
    radius, count = 0.02, 400
    machine = dataclasses.replace(PLAIN, corner_m=corner, speed_m_s=1.0)
    angle = 2 * math.pi * np.arange(count + 1) / count
    time_s = timing.seconds(radius / 1e-9 * np.cos(angle), radius / 1e-9 * np.sin(angle), 1e-9, machine)
    s = math.cos(math.pi / count)
    chord = 2 * radius * math.sin(math.pi / count)
    through = math.sqrt(ACCELERATION * corner * s / (1 - s))
    # between corners there is room for a little more; nowhere near what the machine could do straight on
    fastest = math.sqrt(through**2 + ACCELERATION * chord)
    around = count * chord
    assert around / fastest < time_s < around / through + 2 * through / ACCELERATION
    # where the deviation is the chord's own sagitta, that is the circle's centripetal acceleration
    sagitta = radius * (1 - s)
    assert ACCELERATION * sagitta * s / (1 - s) == pytest.approx(ACCELERATION * radius, rel=1e-3)


def test_no_line_is_faster_than_the_controller() -> None:
    machine = dataclasses.replace(PLAIN, lines_per_s=450.0)
    line = np.arange(4501)
    # the first line, from rest, takes longer than the controller asks, and so does the last
    slow = math.sqrt(2 * STEP / ACCELERATION)
    assert took(np.stack([line, 0 * line], 1), machine) == pytest.approx(4498 / 450 + 2 * slow, rel=1e-9)
    assert took([(0, 0), (10_000, 0)], machine) == took([(0, 0), (10_000, 0)])


def test_a_machine_without_acceleration_keeps_its_speed() -> None:
    machine = dataclasses.replace(FREE, speed_m_s=SPEED)
    points = [(0, 0), (300, 0), (300, 400)]
    assert took(points, machine) == pytest.approx(700 * STEP / SPEED)
    assert took(points, dataclasses.replace(machine, groove_speed_m_s=SPEED / 2)) == pytest.approx(1400 * STEP / SPEED)
    assert took(points, dataclasses.replace(machine, lines_per_s=2.0)) == pytest.approx(1.0)
    assert took(points, dataclasses.replace(FREE, lines_per_s=2.0)) == pytest.approx(1.0)
    assert took(points, FREE) == 0


def test_limits_that_are_not_named_are_none() -> None:
    points = [(0, 0), (1000, 0), (1000, 1000)]
    corners = dataclasses.replace(PLAIN, corner_m=None)
    assert took(points, corners) == pytest.approx(rest_to_rest(2000 * STEP), rel=1e-12)
    free = dataclasses.replace(PLAIN, speed_m_s=None)
    assert took([(0, 0), (3000, 0), (10_000, 0)], free) == pytest.approx(2 * math.sqrt(0.1 / ACCELERATION), rel=1e-12)


def test_a_groove_runs_straight_over_a_turntable() -> None:
    rotary = dataclasses.replace(PLAIN, turn_steps=36_000)
    radius = 8000
    whole = np.arange(0, 36_001, 10)
    time_s = timing.seconds(whole, np.full_like(whole, radius), STEP, rotary)
    assert time_s == pytest.approx(rest_to_rest(2 * math.pi * radius * STEP), rel=1e-9)
    # a move of the radius alone, and one along and across
    assert timing.seconds(np.array([7, 7]), np.array([100, 600]), STEP, rotary) == pytest.approx(rest_to_rest(5e-3))
    along = 2 * math.pi / 36_000 * 300 * 1100 * STEP
    slanted = timing.seconds(np.array([0, 300]), np.array([1000, 1200]), STEP, rotary)
    assert slanted == pytest.approx(rest_to_rest(math.hypot(along, 200 * STEP)))


# --- any line --------------------------------------------------------------------------------------------------------

moves = st.lists(
    st.tuples(st.integers(-300, 300), st.integers(-300, 300)).filter(any), min_size=1, max_size=30
)  # fmt: skip


def otherwise(points: NDArray[Any], machine: Machine) -> float:
    """The same without passes: speed at a point is the least that any corner leaves there, over the way to it."""
    assert machine.acceleration_m_s2 is not None
    assert machine.speed_m_s is not None
    assert machine.corner_m is not None
    a, top = machine.acceleration_m_s2, machine.speed_m_s
    way = np.diff(points, axis=0) * STEP
    length = np.hypot(*way.T)
    cap = np.zeros(len(points))
    for k in range(1, len(length)):
        cosine = np.dot(way[k - 1], way[k]) / length[k - 1] / length[k]
        theta = math.pi - math.acos(min(1.0, max(-1.0, cosine)))
        s = math.sin(theta / 2)
        cap[k] = min(top**2, a * machine.corner_m * s / (1 - s)) if s < 1 else top**2
    at = np.concatenate([[0.0], np.cumsum(length)])
    square = (cap[None, :] + 2 * a * np.abs(at[:, None] - at[None, :])).min(1)
    total = 0.0
    for k, far in enumerate(length):
        begin, end = math.sqrt(square[k]), math.sqrt(square[k + 1])
        t = np.linspace(0, far, 20_001)
        speed = np.sqrt(np.minimum(np.minimum(begin**2 + 2 * a * t, end**2 + 2 * a * (far - t)), top**2))
        # a stretch at even acceleration takes its length over the mean of its two speeds
        pairs = 0.5 * (speed[1:] + speed[:-1])
        total += max(float((far / 20_000 / pairs).sum()), 1 / machine.lines_per_s if machine.lines_per_s else 0.0)
    return total


@settings(max_examples=60, deadline=None)
@given(moves, st.sampled_from([None, 30.0]), st.sampled_from([1e-7, 1e-5, 1e-3]))
def test_any_line_takes_what_another_planner_says(
    ways: list[tuple[int, int]], lines_per_s: float | None, corner: float
) -> None:
    machine = dataclasses.replace(PLAIN, lines_per_s=lines_per_s, corner_m=corner)
    points = np.cumsum([(0, 0), *ways], axis=0)
    assert took(points, machine) == pytest.approx(otherwise(points, machine), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(moves)
def test_the_way_back_takes_as_long(ways: list[tuple[int, int]]) -> None:
    points = np.cumsum([(0, 0), *ways], axis=0)
    assert took(points) == pytest.approx(took(points[::-1]), rel=1e-9)


def test_the_kernel_is_its_plain_twin() -> None:
    rng = np.random.default_rng(4)
    dx, dy = rng.normal(0, 1e-4, (2, 500))
    given_to_both = (dx, dy, np.hypot(dx, dy), SPEED, ACCELERATION, CORNER, 1e-3)
    plain = timing._planned.py_func(*given_to_both)  # type: ignore[attr-defined]
    assert timing._planned(*given_to_both) == pytest.approx(plain, rel=1e-12)
