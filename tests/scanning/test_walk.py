"""A side followed both ways from one place: to its ends, the same in stretches as in one go."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.errors import Cancelled, FormatError
from bonemusic.groove import Groove
from bonemusic.scanning import walk
from bonemusic.scanning.across import frame_of
from bonemusic.scanning.track import Geometry
from bonemusic.scanning.walk import Place, Walk

from . import maker
from .spirals import DOTS, DPI, PITCH_M, STEP, STEPS, TURNS, even_groove, true_px, walked


@pytest.fixture(scope="module")
def groove() -> Groove:
    return even_groove()


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, turned_rad=0.7, noise=3)


def test_a_side_is_followed_from_its_middle_to_both_ends(groove: Groove, made: maker.Scan) -> None:
    path = walked(groove, made)
    assert len(path.radius_px) == pytest.approx(TURNS * STEPS, abs=0.02 * STEPS)
    begins = (path.start_rad - made.start_rad) / (2 * np.pi)
    assert begins == pytest.approx(0, abs=0.01)  # turns are counted from the place's angle
    error = (path.radius_px - true_px(groove, made, path))[50:-50]
    assert error.std() < 0.08  # a first look: measuring comes later
    assert np.abs(error).max() < 0.6
    assert (path.strength > 0).mean() > 0.999
    assert 2 < path.noise < 5  # the first profiles do not swing with the groove: they leave some of it unexplained
    assert not path.closed


def test_stretches_are_equal_to_one_go(groove: Groove, made: maker.Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = walked(groove, made)
    for stretch in (997, 65_536):
        monkeypatch.setattr(walk, "STRETCH", stretch)
        parts = walked(groove, made)
        assert np.array_equal(whole.radius_px, parts.radius_px)
        assert np.array_equal(whole.strength, parts.strength)
        assert whole.start_rad == parts.start_rad


def test_so_many_turns_either_way(groove: Groove, made: maker.Scan) -> None:
    path = walked(groove, made, turns=3.0)
    assert len(path.radius_px) == pytest.approx(6 * STEPS, abs=2)
    whole = walked(groove, made)
    first = round((path.start_rad - whole.start_rad) / STEP)
    assert np.array_equal(path.radius_px, whole.radius_px[first:][: len(path.radius_px)])


def test_dark_grooves_are_followed_as_bright_ones(groove: Groove, made: maker.Scan) -> None:
    dark = maker.Scan(255 - made.grey, made.geometry, made.start_rad, made.damaged)
    one, other = walked(groove, made), walked(groove, dark, bright=False)
    np.testing.assert_allclose(one.radius_px, other.radius_px, atol=1e-9)
    np.testing.assert_allclose(one.strength, other.strength, rtol=1e-4)


def test_16_bits_are_followed_as_8(groove: Groove, made: maker.Scan) -> None:
    deep = maker.Scan(made.grey.astype(np.uint16) * 257, made.geometry, made.start_rad, made.damaged)
    one, other = walked(groove, made), walked(groove, deep)
    np.testing.assert_allclose(one.radius_px, other.radius_px, atol=1e-6)


def test_a_disc_that_starts_inside_is_followed_outwards() -> None:
    groove = even_groove(rising=True)
    made = maker.scan(groove, dpi=DPI, noise=3)
    path = walked(groove, made, falling=False)
    assert len(path.radius_px) == pytest.approx(TURNS * STEPS, abs=0.02 * STEPS)
    assert path.radius_px[-1] - path.radius_px[0] == pytest.approx(TURNS * PITCH_M * DOTS, abs=2)


def test_a_locked_groove_is_told_and_ends_the_way() -> None:
    groove = even_groove(locked=True)
    made = maker.scan(groove, dpi=DPI, noise=3)
    path = walked(groove, made)
    assert path.closed
    assert (TURNS - 2.5) * STEPS < len(path.radius_px) < TURNS * STEPS


def test_a_gap_is_crossed_on_the_same_turn(groove: Groove, made: maker.Scan) -> None:
    """A blot as wide as three turns."""
    grey = made.grey.copy()
    x, y = made.geometry.pixels(np.array(10.2e-3), np.array(2.0))
    row, column = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    grey[np.hypot(column - x, row - y) < 1.5 * PITCH_M * DOTS] = 30
    blotted = maker.Scan(grey, made.geometry, made.start_rad, made.damaged)
    path = walked(groove, blotted)
    seen = path.strength > 0
    assert 50 < (~seen).sum() < 600
    walk._bridge(path.radius_px, path.strength)
    error = path.radius_px - true_px(groove, made, path)
    assert np.abs(error[seen]).max() < 1.5
    assert np.abs(error[~seen]).max() < 2.5  # the music that is missing, and what begins and ends it


@pytest.mark.parametrize("what", ["blank", "noise"])
def test_where_there_is_no_groove_nothing_is_followed(groove: Groove, made: maker.Scan, what: str) -> None:
    noise = np.random.default_rng(1).normal(90, 0 if what == "blank" else 20, made.grey.shape)
    blank = maker.Scan(noise.clip(0, 255).astype(np.uint8), made.geometry, made.start_rad, made.damaged)
    with pytest.raises(FormatError, match="too faint") as refused:
        walked(groove, blank)
    assert "\n" not in str(refused.value)


def test_a_place_beyond_the_picture_is_refused(groove: Groove, made: maker.Scan) -> None:
    for radius in (1e6, math.nan):
        with pytest.raises(FormatError):
            walked(groove, made, place=Place(radius, 0.3, 7.0), turns=2.0)


def test_following_is_stopped_by_whoever_asks(
    groove: Groove, made: maker.Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways: a stretch is followed to its end, no further."""
    done: list[int] = []

    def slow(*given: Any) -> int:
        time.sleep(0.02)
        done.append(1)
        return int(given[12])

    def stop(step: str, part: float) -> None:
        assert step == "following the groove"
        assert 0 <= part <= 1
        raise Cancelled("stopped")

    monkeypatch.setattr(walk, "follow", slow)
    monkeypatch.setattr(walk, "STRETCH", 1)
    with pytest.raises(Cancelled):
        walked(groove, made, progress=stop)
    assert 2 <= len(done) < 40
    count = len(done)
    time.sleep(0.1)
    assert len(done) == count


def test_a_path_seen_from_another_centre_is_the_same_path() -> None:
    k = np.arange(40_000)
    path = Walk(0.4, STEP, 500 - 7 * k / STEPS + 0.5 * np.sin(k / 30), np.ones(len(k), np.float32), 3.0, False)
    path.strength[20_000:20_100] = 0
    old, new = Geometry(600.0, 590.0, DOTS, DOTS), Geometry(602.3, 588.9, DOTS * 1.003, DOTS * 0.997)
    moved = walk.moved(path, old, new)
    x, y = old.pixels(path.radius_px / DOTS, path.start_rad + STEP * k)
    x2, y2 = new.pixels(moved.radius_px / new.dots_per_m, moved.start_rad + STEP * np.arange(len(moved.radius_px)))
    # the path between its points, where the moved ones lie
    turned = np.interp(np.arange(len(x2)) + (moved.start_rad - path.start_rad) / STEP, _angles(x, y, new, path), k)
    seen = moved.strength > 0
    np.testing.assert_allclose(x2[seen], np.interp(turned, k, x)[seen], atol=0.02)
    np.testing.assert_allclose(y2[seen], np.interp(turned, k, y)[seen], atol=0.02)
    assert abs((~seen).sum() - 100) <= 2
    coasted = moved.radius_px[np.flatnonzero(~seen)[0] - 1 : np.flatnonzero(~seen)[-1] + 2]
    np.testing.assert_allclose(np.diff(coasted, 2), 0, atol=1e-9)  # straight across
    back = walk.moved(moved, new, old)
    first = round((back.start_rad - path.start_rad) / STEP)
    there = back.strength > 0
    np.testing.assert_allclose(back.radius_px[there], path.radius_px[first:][: len(there)][there], atol=5e-3)


def _angles(x: NDArray[Any], y: NDArray[Any], new: Geometry, path: Walk) -> NDArray[Any]:
    """Where points lie about a centre, in steps since the path's beginning."""
    angle = np.unwrap(new.polar(x, y)[1])
    angle += 2 * np.pi * np.round((path.start_rad - angle[0]) / (2 * np.pi))
    return np.asarray((angle - path.start_rad) / STEP)


def test_a_path_moved_nowhere_stays_and_stretches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    k = np.arange(10_000)
    path = Walk(0.4, STEP, 500 - 7 * k / STEPS, np.ones(len(k), np.float32), 3.0, True)
    at, new = Geometry(600.0, 590.0, DOTS, DOTS), Geometry(601.0, 590.5, DOTS, DOTS)
    same = walk.moved(path, at, at)
    np.testing.assert_allclose(same.radius_px, path.radius_px[: len(same.radius_px)], rtol=1e-9)
    assert len(k) - len(same.radius_px) <= 2
    assert same.closed
    whole = walk.moved(path, at, new)
    monkeypatch.setattr("bonemusic.threads.BLOCK", 777)
    parts = walk.moved(path, at, new)
    assert np.array_equal(whole.radius_px, parts.radius_px)


def test_the_kernels_of_moving_are_their_plain_twins() -> None:
    k = np.arange(3000)
    path, strength = 500 - 7 * k / STEPS, np.arange(3000, dtype=np.float32)
    frames = [frame_of(Geometry(600.0, 590.0, DOTS, DOTS)), frame_of(Geometry(602.3, 588.9, 1.003 * DOTS, DOTS))]
    seen = [np.zeros((2, 3000)) for _ in range(2)]
    for kernel, out in zip((walk._seen_from, walk._seen_from.py_func), seen, strict=True):  # type: ignore[attr-defined]
        kernel(path, 0.4, STEP, *frames, 100, 2900, out[0], out[1])
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-13)
    radius, turned = seen[0][:, 100:2900]
    even = [(np.zeros(5400), np.zeros(5400, np.float32)) for _ in range(2)]
    for kernel, to in zip((walk._at_even_steps, walk._at_even_steps.py_func), even, strict=True):  # type: ignore[attr-defined]
        for first, last in ((0, 2000), (2000, 5400)):
            kernel(radius, turned, strength[100:2900], 150, 2, first, last, *to)
    places = np.arange(150, 2850, 0.5)
    for mine in even:
        np.testing.assert_allclose(mine[0], np.interp(places, turned, radius), rtol=1e-9)
        assert np.abs(mine[1] - np.interp(places, turned, strength[100:2900])).max() <= 0.501


def test_a_path_at_finer_steps_goes_on_between_as_the_music_does() -> None:
    k = np.arange(10_000)
    music = 3 * np.sin(2 * np.pi * k / 17.3)
    path = Walk(0.4, STEP, 500 - 7 * k / STEPS + music, np.ones(len(k), np.float32), 3.0, False)
    at = Geometry(600.0, 590.0, DOTS, DOTS)
    finer = walk.moved(path, at, at, 2)
    assert finer.step_rad == STEP / 2
    fine = (finer.start_rad - 0.4) / STEP + np.arange(len(finer.radius_px)) / 2
    wanted = 500 - 7 * fine / STEPS + 3 * np.sin(2 * np.pi * fine / 17.3)
    error = (finer.radius_px - wanted)[2:-4]
    assert np.abs(error).max() < 0.02  # a tenth of what straight lines between would be off by
    np.testing.assert_allclose(finer.radius_px[2:-4:2], wanted[2:-4:2], atol=1e-9)


@pytest.mark.parametrize("twin", [False, True])
def test_a_path_is_bridged_straight(twin: bool) -> None:
    bridge = walk._bridge.py_func if twin else walk._bridge  # type: ignore[attr-defined]
    radius = np.array([9.0, 1.0, 9.0, 9.0, 4.0, 4.0, 9.0, 6.0, 9.0])
    path = radius.copy()
    bridge(path, np.array([0, 1, 0, 0, 1, 1, 0, 1, 0], np.float32))
    np.testing.assert_allclose(path, [9, 1, 2, 3, 4, 4, 5, 6, 9])
    for strength in (np.zeros(9, np.float32), np.ones(9, np.float32)):
        path = radius.copy()
        bridge(path, strength)
        np.testing.assert_array_equal(path, radius)
