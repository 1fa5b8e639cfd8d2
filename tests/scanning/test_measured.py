"""A path measured by the groove's own look: known places to a fiftieth of a pixel, in blocks as in one go."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from bonemusic import threads
from bonemusic.errors import Cancelled
from bonemusic.groove import Groove
from bonemusic.scanning.measured import Looked, measured, taste
from bonemusic.scanning.sight import OFFSET, Sight, box
from bonemusic.scanning.walk import Walk

from . import maker
from .spirals import DOTS, DPI, SIGHT, STEP, STEPS, WIDTH_M, even_groove, place_on, true_px, walked


@pytest.fixture(scope="module")
def groove() -> Groove:
    return even_groove()


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, turned_rad=0.7, noise=3)


@pytest.fixture(scope="module")
def looked(groove: Groove, made: maker.Scan) -> Looked:
    return Looked(made.grey, made.geometry, True, walked(groove, made))


def test_places_are_told_as_well_as_their_pixels_allow(groove: Groove) -> None:
    """A silent groove: of music, the blur takes some."""
    silent = dataclasses.replace(groove, lateral_m=np.zeros(len(groove), np.float32))
    made = maker.scan(silent, dpi=DPI, noise=3)
    looked = Looked(made.grey, made.geometry, True, walked(silent, made))
    track = measured(looked, taste(looked, SIGHT)[0])
    near = slice(200, -200)
    error_px = (track.radius_m * DOTS - true_px(silent, made, track))[near]
    bound = 0.7 * 3 * np.linalg.norm(SIGHT.weights[OFFSET]) / 200  # pixels are read between pixels
    assert error_px.std() < 1.2 * bound
    assert abs(error_px.mean()) < 0.005


def test_finer_steps_tell_music_no_worse(groove: Groove) -> None:
    """The noise of the land's slope is averaged over a length, not over so many samples: waves are spared it."""
    silent = dataclasses.replace(groove, lateral_m=np.zeros(len(groove), np.float32))
    made = maker.scan(silent, dpi=DPI, noise=5, width_m=120e-6)
    sight = box(120e-6 * DOTS, 0.8)
    errors = []
    for finer in (1, 8):
        looked = Looked(made.grey, made.geometry, True, walked(silent, made, sight, step_rad=STEP / finer))
        track = measured(looked, sight)
        off = (track.radius_m * DOTS - true_px(silent, made, track))[200:-200]
        waves = off[: len(off) // (40 * finer) * 40 * finer].reshape(-1, 40 * finer).mean(1)
        errors.append(waves.std())
    assert errors[1] < 1.03 * errors[0]


def test_places_strength_width_and_noise(groove: Groove, made: maker.Scan, looked: Looked) -> None:
    track = measured(looked, taste(looked, SIGHT)[0])
    near = slice(200, -200)
    error_px = (track.radius_m * DOTS - true_px(groove, made, track))[near]
    assert error_px.std() < 0.04
    assert abs(error_px.mean()) < 0.005
    assert np.median(track.strength) == pytest.approx(200, rel=0.06)
    assert np.median(track.light / track.strength) == pytest.approx(WIDTH_M * DOTS, rel=0.06)
    assert track.noise == pytest.approx(0.7 * 3, rel=0.25)
    assert track.confidence[near].mean() > 0.98
    assert track.steps_per_turn == pytest.approx(STEPS, rel=1e-12)
    assert track.start_rad == looked.path.start_rad


def test_blocks_are_equal_to_one_go(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measured(looked, SIGHT)
    for block in (1009, 1 << 20):
        monkeypatch.setattr(threads, "BLOCK", block)
        parts = measured(looked, SIGHT)
        for name in ("radius_m", "strength", "confidence", "light"):
            assert np.array_equal(getattr(whole, name), getattr(parts, name))


def _off(of: Sight, true: Sight) -> float:
    """How far a look is from another, land and strength aside, within 2.5 px of the middle."""
    near = 40
    a, b = (s.shape[len(s.shape) // 2 - near : len(s.shape) // 2 + near + 1] for s in (of, true))
    columns = np.stack([a, np.ones(len(a)), np.arange(len(a))], 1)
    return float(np.abs(columns @ np.linalg.lstsq(columns, b, rcond=None)[0] - b).max())


def test_the_look_is_learned(groove: Groove) -> None:
    """Of a lens that is worse than thought."""
    made = maker.scan(groove, dpi=DPI, blur_px=1.3, noise=3)
    looked = Looked(made.grey, made.geometry, True, walked(groove, made))
    thought, true = box(WIDTH_M * DOTS, 0.8), box(WIDTH_M * DOTS, 1.3)
    learned, told = taste(looked, thought)
    assert _off(learned, true) < 0.4 * _off(thought, true)
    assert told.shape == (24, 6, min(8192, looked.samples))
    assert (told[:, 2] > 0).mean() > 0.99


def test_dust_and_what_is_unlit_have_no_confidence(groove: Groove) -> None:
    made = maker.scan(groove, dpi=DPI, noise=3, unlit_rad=(3.0, 4.0))
    grey = made.grey.copy()
    at = place_on(groove, made, 10.3, 0.0)
    x, y = made.geometry.pixels(np.array(at.radius_px / DOTS), np.array(at.angle_rad))
    row, column = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    blot = np.hypot(column - x, row - y) < 5
    grey[blot] = 120
    dirty = dataclasses.replace(made, grey=grey)
    looked = Looked(grey, made.geometry, True, walked(groove, dirty))
    track = measured(looked, SIGHT)
    angle = track.start_rad + 2 * np.pi * np.arange(len(track.radius_m)) / track.steps_per_turn
    turn = angle % (2 * np.pi)
    columns, rows = made.geometry.pixels(track.radius_m, angle)
    under = np.hypot(columns - x, rows - y) < 3
    assert under.sum() > 3
    assert track.confidence[under].mean() < 0.3
    assert track.confidence[(turn > 3.15) & (turn < 3.85)].mean() < 0.02
    lit = ((turn < 2.8) | (turn > 4.2)) & (np.hypot(columns - x, rows - y) > 12)
    assert track.confidence[lit].mean() > 0.97
    assert np.isfinite(track.radius_m).all()


def test_a_held_path_tells_light_only(groove: Groove, made: maker.Scan, looked: Looked) -> None:
    track = measured(looked, SIGHT, held=True)
    spiral = groove.spiral.at(
        (track.start_rad - made.start_rad) / (2 * np.pi) + np.arange(len(track.radius_m)) / track.steps_per_turn
    )
    near = slice(1000, -1000)
    assert np.abs(track.radius_m - spiral)[near].max() < 8e-6  # the music, 20 µm, is smoothed away
    assert (track.confidence[near] == 1).all()


def test_measuring_stops_when_asked(looked: Looked) -> None:
    def stop(step: str, done: float) -> None:
        assert step == "measuring the groove"
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        measured(looked, SIGHT, progress=stop)


def test_a_short_path_is_measured(looked: Looked) -> None:
    path = looked.path
    short: Any = Walk(path.start_rad, path.step_rad, path.radius_px[:300], path.strength[:300], path.noise, False)
    few = dataclasses.replace(looked, path=short)
    sight, told = taste(few, SIGHT)
    assert sight is SIGHT  # too little to learn from
    assert told.shape == (1, 6, 300)
    track = measured(few, SIGHT)
    assert len(track.radius_m) == 300
    assert math.isfinite(float(track.radius_m.sum()))
