"""A groove whose walls are told apart is followed in the middle of both, whatever each of them holds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.scanning import reader, walls
from bonemusic.scanning.find import Found, find
from bonemusic.scanning.lines import Lines
from bonemusic.scanning.sight import box
from tests.signals import pink_noise

from . import maker, measure
from .dolls import RPM, values

DPI, WIDTH_M, TURNS, PITCH_M = 3200, 80e-6, 10, 0.3e-3


@pytest.fixture(scope="module")
def groove() -> Groove:
    """Lateral noise of 20 µm, and other noise up and down: each wall holds a channel of its own."""
    n = 9600 * TURNS
    spiral = Knots(np.array([0.0, TURNS]), np.array([13e-3, 13e-3 - PITCH_M * TURNS]), np.full(2, -PITCH_M))
    held = np.stack([pink_noise(n / 48_000, 48_000, seed=seed)[:n] for seed in (1, 2)])
    spectrum = np.fft.rfft(held)
    spectrum[:, np.fft.rfftfreq(n, 1 / 48_000) > 3000] = 0
    held = np.fft.irfft(spectrum, n)
    lateral, vertical = held * np.array([[20e-6], [8e-6]]) / np.abs(held).max(1, keepdims=True)
    profile = Profile(WIDTH_M, 6e-6, np.pi / 2)
    return Groove(
        spiral, constant(WIDTH_M / 2), RPM, 48_000, lateral.astype(np.float32), profile,
        vertical_m=vertical.astype(np.float32),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, walls=True)


@pytest.fixture(scope="module")
def found(made: maker.Scan) -> Found:
    scan = values(made.grey, DPI)
    return find(scan, scan.dots_per_m)


def lines(inner_m: float, outer_m: float, swing_m: float = 0.0) -> Lines:
    """Twenty turns of two lines each, so far before and after each turn's middle, on 72 spokes."""
    rng = np.random.default_rng(2)
    turns = 10e-3 + PITCH_M * np.arange(20)
    radius = np.stack([turns - inner_m, turns + outer_m], 1).ravel()[None] + swing_m * rng.standard_normal((72, 40))
    spoke = np.repeat(np.arange(72), 40)
    return Lines(True, True, 20e-6, PITCH_M / 2, spoke, radius.ravel(), np.full(radius.size, 20e-6))


def test_the_middle_is_followed_and_not_a_wall(groove: Groove, made: maker.Scan) -> None:
    got = reader.read(values(made.grey, DPI), RPM)
    assert got.way == "lateral"
    assert got.found.width_m == pytest.approx(WIDTH_M, rel=0.08)
    # one wall alone is 1.3 µm off, by what moves the groove up and down
    assert measure.position_error_m(got.groove, groove) < 0.2e-6
    assert got.groove.confidence is not None
    assert got.groove.confidence.mean() > 0.97
    assert not got.notes


def test_the_bottom_is_part_of_the_look(groove: Groove, made: maker.Scan, found: Found) -> None:
    told = walls.joined(made.grey, found, 0.8)
    assert told is not None
    new, sight = told
    even = box(new.width_m * new.geometry.dots_per_m, 0.8)
    middle = len(sight.shape) // 2
    assert sight.reach_px == even.reach_px
    assert sight.shape.max() == pytest.approx(1)
    assert 0.15 < sight.shape[middle] < 0.45
    assert even.shape[middle] > 0.99
    # the seed lies between the walls, of whichever turn
    turns = ((new.seed_rad - made.start_rad) / (2 * np.pi)) % 1 + np.arange(TURNS - 1)
    middles = groove.spiral.at(turns) + np.interp(turns * 9600, np.arange(len(groove)), groove.lateral_m)
    assert np.abs(middles - new.seed_m).min() < 8e-6


def test_a_groove_without_a_bottom_is_left_as_it_is(groove: Groove) -> None:
    plain = values(maker.scan(dataclasses.replace(groove, vertical_m=None), dpi=1200).grey, 1200)
    assert walls.joined(plain.grey, find(plain, plain.dots_per_m), 0.8) is None


@pytest.mark.parametrize("swing_m", [0.0, 1e-6])
def test_two_lines_near_each_other_are_walls(swing_m: float) -> None:
    pairs = walls._paired(lines(18e-6, 18e-6, swing_m), PITCH_M)
    assert pairs is not None
    assert pairs.width_m == pytest.approx(56e-6, abs=1e-6)
    assert pairs.bottom_m == pytest.approx(16e-6, abs=1e-6)
    assert len(pairs.middle_m) == 72 * 20
    assert np.abs((pairs.middle_m - 10e-3) / PITCH_M % 1.0 - 0.5).min() > 0.48


@pytest.mark.parametrize(("inner_m", "outer_m"), [(0.0, 0.5 * PITCH_M), (0.0, 0.3 * PITCH_M), (0.0, PITCH_M)])
def test_two_grooves_side_by_side_are_not(inner_m: float, outer_m: float) -> None:
    assert walls._paired(lines(inner_m, outer_m), PITCH_M) is None
