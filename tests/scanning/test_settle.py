"""The centre and the stretch told by the groove: known ones are found again, whatever the music."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning import settle
from bonemusic.scanning.track import Geometry

DOTS = 1200 / 0.0254
TRUE = Geometry(2003.37, 1998.81, DOTS * 1.002, DOTS * 0.998)
PER_TURN = 3001.7
STEP = 2 * math.pi / PER_TURN
PITCH_M = 130e-6


def _path(
    turns: float = 40.0,
    swing_m: float = 30e-6,
    at: Geometry = TRUE,
    lead: bool = False,
    skew: float = 0.0,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Columns and rows of a groove: a spiral, noise above 20 times a turn, and perhaps a lead-in that bends."""
    k = np.arange(int(turns * PER_TURN))
    radius = 60e-3 - PITCH_M * k / PER_TURN
    if lead:
        radius += 3e-3 * np.maximum(1 - k / (3 * PER_TURN), 0) ** 2
    rng = np.random.default_rng(3)
    spectrum = np.fft.rfft(rng.standard_normal(len(k)))
    f = np.fft.rfftfreq(len(k), 1 / PER_TURN)
    music = np.fft.irfft(spectrum * (f > 20) / np.maximum(f, 100), len(k))
    angle = 0.9 + STEP * k
    radius += swing_m * music / np.abs(music).max()
    radius *= 1 + skew / 2 * np.sin(2 * angle)
    return at.pixels(radius, angle)


def _as_seen(x: NDArray[Any], y: NDArray[Any], by: Geometry, seen: NDArray[Any] | None = None) -> settle.Means:
    """The path's means as who takes the disc to lie elsewhere would have them: at even steps about that centre."""
    radius, angle = by.polar(x, y)
    angle = np.unwrap(angle)
    steps = np.arange(angle[0], angle[-1], STEP)
    there = np.ones(len(steps), bool) if seen is None else np.interp(steps, angle, seen) > 0.5
    return settle.means(by, float(angle[0]), STEP, np.interp(steps, angle, radius), there)


def _off_px(found: Geometry) -> float:
    return math.hypot(found.x_px - TRUE.x_px, found.y_px - TRUE.y_px)


@pytest.mark.parametrize("off_px", [(0.0, 0.0), (0.8, -0.5), (-4.0, 3.0)])
@pytest.mark.parametrize("stretch", [0.0, 0.004, -0.008])
def test_centre_and_stretch_are_found_from_rough_ones(off_px: tuple[float, float], stretch: float) -> None:
    thought = Geometry(TRUE.x_px + off_px[0], TRUE.y_px + off_px[1], DOTS * (1 + stretch / 2), DOTS * (1 - stretch / 2))
    found = settle.settled(_as_seen(*_path(), thought), thought)
    assert _off_px(found) < 0.03  # 0.6 µm: of wow 0.001 %
    # means over a 64th of a turn show 0.16 % less of what swings twice a turn
    assert found.stretch == pytest.approx(TRUE.stretch, abs=1e-6 + 0.0017 * abs(stretch - TRUE.stretch))
    assert found.dots_per_m == pytest.approx(thought.dots_per_m, rel=1e-12)


def test_a_silent_spiral_tells_its_centre_to_a_thousandth_of_a_pixel() -> None:
    thought = Geometry(TRUE.x_px + 0.5, TRUE.y_px - 0.5, DOTS, DOTS)
    found = settle.settled(_as_seen(*_path(swing_m=0.0), thought), thought)
    assert _off_px(found) < 1e-3


def test_a_lead_in_that_bends_moves_nothing() -> None:
    thought = Geometry(TRUE.x_px + 0.8, TRUE.y_px - 0.5, DOTS, DOTS)
    found = settle.settled(_as_seen(*_path(lead=True), thought), thought)
    assert _off_px(found) < 0.03
    assert found.stretch == pytest.approx(TRUE.stretch, abs=1e-5)


@pytest.mark.parametrize("part", [(0.0, 0.5), (0.2, 0.9)])
def test_what_is_there_of_half_a_disc_is_enough(part: tuple[float, float]) -> None:
    x, y = _path()
    _, angle = TRUE.polar(x, y)
    turn = (angle / (2 * np.pi)) % 1
    thought = Geometry(TRUE.x_px + 0.4, TRUE.y_px - 0.3, DOTS * 1.0015, DOTS * 0.9985)
    found = settle.settled(_as_seen(x, y, thought, (turn >= part[0]) & (turn < part[1])), thought)
    assert _off_px(found) < 0.3
    assert found.stretch == pytest.approx(TRUE.stretch, abs=5e-5)


def test_a_sheared_picture_moves_no_centre() -> None:
    found = settle.settled(_as_seen(*_path(skew=1e-3), TRUE), TRUE)
    assert _off_px(found) < 0.03


def test_a_turn_followed_wrongly_does_not_count() -> None:
    x, y = _path()
    radius, angle = TRUE.polar(x, y)
    slipped = slice(int(11.2 * PER_TURN), int(11.6 * PER_TURN))
    radius[slipped] += PITCH_M
    found = settle.settled(_as_seen(*TRUE.pixels(radius, angle), TRUE), TRUE)
    assert _off_px(found) < 0.03


def test_a_mean_lies_where_what_was_seen_of_it_lies() -> None:
    """A straight fall, of each mean only one end: the means are on it all the same."""
    count = 10 * 64
    length = round(2 * math.pi / 64 / STEP)
    k = np.arange(count * length)
    seen = k % length < 0.6 * length
    part = settle.means(TRUE, 0.3, STEP, 60e-3 - 1e-8 * k, seen)
    radius, angle = TRUE.polar(part.x_px, part.y_px)
    assert len(radius) == count
    places = part.turns * PER_TURN + part.group * settle.TURNS * PER_TURN
    np.testing.assert_allclose(radius, 60e-3 - 1e-8 * places, rtol=1e-9)
    np.testing.assert_allclose(np.cos(angle - 0.3 - STEP * places), 1, atol=1e-9)
    assert (np.diff(part.group) >= 0).all()
    assert part.turns.max() < settle.TURNS


def test_means_of_which_less_than_half_was_seen_are_none() -> None:
    length = round(2 * math.pi / 64 / STEP)
    radius = np.full(8 * length, 0.05)
    seen = np.arange(len(radius)) // length % 2 == 0
    assert len(settle.means(TRUE, 0.0, STEP, radius, seen).x_px) == 4
    assert len(settle.means(TRUE, 0.0, STEP, radius, np.zeros(len(radius), bool)).x_px) == 0
