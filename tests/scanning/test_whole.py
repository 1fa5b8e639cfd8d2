"""Sides made whole: no turn left out and none twice, whatever lies over them; what is right is left as it is."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.groove import Groove, Knots
from bonemusic.scanning import walk
from bonemusic.scanning import whole as module
from bonemusic.scanning.ends import trimmed
from bonemusic.scanning.rejoin import Look, in_order, places_of
from bonemusic.scanning.skips import UNKNOWN
from bonemusic.scanning.walk import Place, Walk
from bonemusic.scanning.whole import Whole, whole
from tests.signals import pink_noise

from . import maker
from .songs import DOLL, cut_groove
from .spirals import DOTS, DPI, OUTER_M, PITCH_M, SIGHT, STEP, STEPS, TURNS, even_groove, true_px, walked

INNER_M = OUTER_M - TURNS * PITCH_M
TURN = round(STEPS)
BLANK = 40


@pytest.fixture(scope="module")
def groove() -> Groove:
    return even_groove()


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, noise=3, turned_rad=0.7)


@pytest.fixture(scope="module")
def path(groove: Groove, made: maker.Scan) -> Walk:
    return walked(groove, made)


def look(made: maker.Scan, path: Walk, **wish: Any) -> Look:
    return Look(**{
        "grey": made.grey, "geometry": made.geometry, "sight": SIGHT, "bright": True, "falling": True,
        "noise": path.noise, **wish,
    })  # fmt: skip


def made_whole(made: maker.Scan, path: Walk, inner_m: float = INNER_M, outer_m: float = OUTER_M) -> Whole:
    return whole(look(made, path), path, inner_m, outer_m)


def spliced(path: Walk, *parts: tuple[int, int]) -> Walk:
    """Stretches of a path one after the other, as if it had leapt from one to the next at a blank."""
    radius = np.concatenate([path.radius_px[a:b] for a, b in parts])
    strength = np.concatenate([path.strength[a:b] for a, b in parts])
    for at in np.cumsum([b - a for a, b in parts[:-1]]).tolist():
        strength[at - BLANK : at] = 0
    return Walk(path.start_rad + STEP * parts[0][0], STEP, radius, strength, path.noise, path.closed)


def is_whole(groove: Groove, made: maker.Scan, path: Walk) -> bool:
    """Whether every turn is on the path, once and in order: it then is the groove all along."""
    seen = path.strength > 0
    right = np.abs(path.radius_px - true_px(groove, made, path)) < 2
    return bool(right[seen].mean() > 0.995) and abs(len(seen) / STEPS - TURNS) < 0.25


def test_a_path_in_order_is_left_as_it_is(groove: Groove, made: maker.Scan, path: Walk) -> None:
    got = made_whole(made, path)
    assert got.path is path
    assert not len(got.doubtful_rad)
    assert not got.notes
    assert is_whole(groove, made, path)


AT = 5 * TURN + 2345
ASTRAY = {
    "a turn left out": ((0, AT), (AT + TURN, 24 * TURN)),
    "two at once": ((0, AT), (AT + 2 * TURN, 24 * TURN)),
    "one after the other": ((0, AT), (AT + TURN, AT + 2 * TURN), (AT + 3 * TURN, 24 * TURN)),
    "within a turn": ((0, AT), (AT + TURN, AT + TURN + 3000), (AT + 2 * TURN + 3000, 24 * TURN)),
    "far from one another": ((0, AT), (AT + TURN, 18 * TURN), (19 * TURN, 24 * TURN)),
    "followed twice": ((0, AT), (AT - TURN, 24 * TURN)),
    "one twice and one left out": ((0, AT), (AT - TURN, 16 * TURN), (17 * TURN, 24 * TURN)),
    "followed again and again": ((0, AT), (AT - TURN, AT), (AT - TURN, AT)),
    "ends too early": ((0, 15 * TURN),),
    "begins too late": ((8 * TURN, 24 * TURN),),
}


@pytest.mark.parametrize("what", list(ASTRAY))
def test_a_path_that_went_astray_is_put_in_order(groove: Groove, made: maker.Scan, path: Walk, what: str) -> None:
    astray = spliced(path, *((a, min(b, len(path.radius_px))) for a, b in ASTRAY[what]))
    assert not is_whole(groove, made, astray)  # the twin that must fail
    got = made_whole(made, astray)
    assert is_whole(groove, made, got.path)
    assert not got.notes
    assert np.isfinite(got.path.radius_px).all()
    again = made_whole(made, got.path)
    assert again.path is got.path


def test_turns_are_put_in_where_they_are_seen(groove: Groove, made: maker.Scan, path: Walk) -> None:
    astray = spliced(path, (0, AT), (AT + TURN, len(path.radius_px)))
    got, _ = in_order(look(made, astray), astray)
    put = slice(AT, AT + TURN)
    error = (got.radius_px - true_px(groove, made, got))[put]
    assert (got.strength[put] > 0).mean() > 0.98
    assert np.abs(error[got.strength[put] > 0]).max() < 0.6


def test_what_is_not_seen_of_a_turn_is_told(groove: Groove, made: maker.Scan, path: Walk) -> None:
    """A turn left out, most of which is painted over."""
    grey = made.grey.copy()
    hidden = slice(AT, AT + 7 * TURN // 10)
    angle = path.start_rad + STEP * np.arange(hidden.start, hidden.stop)
    for off in np.arange(-4, 4.5, 0.5):
        x, y = made.geometry.pixels((path.radius_px[hidden] + off) / DOTS, angle)
        grey[np.rint(y).astype(int), np.rint(x).astype(int)] = 30
    blotted = dataclasses.replace(made, grey=grey)
    astray = spliced(path, (0, AT), (AT + TURN, len(path.radius_px)))
    got = made_whole(blotted, astray)
    assert len(got.path.radius_px) == pytest.approx(len(path.radius_px), abs=10)
    assert [note for note in got.notes if note.startswith("about 1 turn at 11 mm could not be told apart")]
    turns = (got.doubtful_rad - path.start_rad) / STEP / TURN
    assert turns.min() > AT / TURN - 1.1  # it may be this turn or the one before
    assert turns.max() < AT / TURN + 1.1


@pytest.mark.parametrize(("hidden", "goes_on", "told"), [(0, 0, 0), (9, 0, 0), (0, 40, 1), (9, 40, 2)])
def test_a_locked_groove_lies_on_itself_even_where_its_joint_is_not_seen(
    monkeypatch: pytest.MonkeyPatch, made: maker.Scan, path: Walk, hidden: int, goes_on: int, told: int
) -> None:
    """Twice the same to the end is no doubt; twice, and on with another turn is one."""
    count = np.zeros(len(places_of(path).sample), np.int64)
    end = len(count) - goes_on
    count[end - 200 : end] = -1
    count[end - 120 : end - 120 + hidden] = UNKNOWN
    monkeypatch.setattr(module, "counted", lambda look, at: (count, np.full(len(count), 10.0)))
    assert len(module._astray(look(made, path), path)) == told


def test_specks_beyond_the_ends_are_not_followed(groove: Groove, made: maker.Scan, path: Walk) -> None:
    n = 3 * TURN
    ghosts = np.where(np.arange(n) % 4000 < 200, np.float32(200), np.float32(0)).astype(np.float32)
    radius = np.concatenate([path.radius_px, path.radius_px[-1] - 10 * np.arange(n) / STEPS])
    longer = dataclasses.replace(path, radius_px=radius, strength=np.concatenate([path.strength, ghosts]))
    got = trimmed(longer, 0.0, math.inf)
    assert abs(len(got.radius_px) - len(path.radius_px)) < 0.1 * TURN
    beyond = trimmed(longer, path.radius_px[-1] - 3, math.inf)
    assert abs(len(beyond.radius_px) - len(path.radius_px)) < 0.4 * TURN
    assert trimmed(path, 0.0, math.inf) is path


def test_a_scratch_along_the_land_is_no_turn(made: maker.Scan, path: Walk) -> None:
    part = slice(9 * TURN, 9 * TURN + TURN // 2)
    middle = (path.radius_px[part] + path.radius_px[part.start + TURN : part.stop + TURN]) / 2
    grey = made.grey.copy()
    for off in (-1, -0.5, 0, 0.5, 1):
        x, y = made.geometry.pixels((middle + off) / DOTS, path.start_rad + STEP * np.arange(part.start, part.stop))
        grey[np.rint(y).astype(int), np.rint(x).astype(int)] = 230
    got = made_whole(dataclasses.replace(made, grey=grey), path)
    assert got.path is path
    assert not got.notes


def _of(radius_m: list[float], groove: Groove) -> Groove:
    """The same sound on another spiral: a radius for each turn."""
    turns, radius = np.arange(len(radius_m), dtype=float), np.array(radius_m)
    n = min(len(groove), int(turns[-1] / groove.turns_per_sample) + 1)
    quiet = groove.lateral_m[:n] * (turns[-1] > 0)
    return dataclasses.replace(groove, spiral=Knots(turns, radius, np.gradient(radius)), lateral_m=quiet)


PITCHES = {
    "variable": [1e-6 * (150 + 120 * (1 + math.sin(k / 2.0))) for k in range(20)],
    "two songs with a gap": [*[160e-6] * 8, 300e-6, 500e-6, 500e-6, 300e-6, *[160e-6] * 6],
    "lead-in and lead-out": [1.2e-3, 400e-6, *[160e-6] * 12, 300e-6, 600e-6, 1e-3],
}


@pytest.mark.parametrize("what", list(PITCHES))
def test_wide_turns_are_no_fault(groove: Groove, what: str) -> None:
    radius = (OUTER_M - np.concatenate([[0], np.cumsum(PITCHES[what])])).tolist()
    wide = _of(radius, groove)
    made = maker.scan(wide, dpi=DPI, noise=3)
    turn = 6.3
    at = float(wide.spiral.at(np.array(turn)))
    at += float(np.interp(turn / wide.turns_per_sample, np.arange(len(wide)), wide.lateral_m))
    place = Place(at * DOTS, 2 * np.pi * turn, 160e-6 * DOTS)
    path = walk.along(made.grey, made.geometry, SIGHT, True, place, STEP, True)
    assert len(path.radius_px) == pytest.approx((len(radius) - 1) * STEPS, abs=0.1 * STEPS)
    got = made_whole(made, path, radius[-1], radius[0])
    assert got.path is path
    assert not got.notes


def test_a_locked_groove_is_no_fault() -> None:
    groove = even_groove(locked=True)
    made = maker.scan(groove, dpi=DPI, noise=3)
    path = walked(groove, made)
    assert path.closed
    got = made_whole(made, path, float(groove.spiral.value.min()), OUTER_M)
    assert got.path is path
    assert got.path.closed
    assert not got.notes


@pytest.mark.parametrize(
    "hurt", ["1 mm of rows", "3 mm of rows", "6 mm of rows", "bright rows", "an unlit wedge", "writing"]
)
def test_damage_loses_no_turn(groove: Groove, made: maker.Scan, hurt: str) -> None:
    made = dataclasses.replace(made, grey=_hurt(groove, made, hurt))
    path = walked(groove, made)
    if hurt == "writing":  # the twin that must fail: alone, the path falls back by two turns
        assert not is_whole(groove, made, path)
    got = made_whole(made, path)
    assert is_whole(groove, made, got.path)


def _hurt(groove: Groove, made: maker.Scan, hurt: str) -> NDArray[Any]:
    grey, middle = made.grey.copy(), len(made.grey) // 2
    if hurt == "an unlit wedge":
        return maker.scan(groove, dpi=DPI, noise=3, turned_rad=0.7, unlit_rad=(0.2, 1.6)).grey
    if hurt == "writing":
        for row, column in ((-420, -300), (-420, -180), (-410, -60), (-420, 60), (-420, 180)):  # strokes 0.6 mm wide
            grey[middle + row : middle + row + 236, middle + column : middle + column + 28] = 255
            grey[middle + row + 100 : middle + row + 128, middle + column : middle + column + 90] = 255
        return grey
    mm = 2.0 if hurt == "bright rows" else float(hurt.split()[0])
    row = middle + round(3e-3 * DOTS)
    grey[row : row + round(mm * 1e-3 * DOTS)] = 250 if hurt == "bright rows" else 30
    return grey


@pytest.mark.slow
def test_a_dusty_doll_is_followed_turn_by_turn() -> None:
    """Seven times the dust of 10,000 specks on a whole side; the path alone skips a turn, and goes round and round."""
    groove, _ = cut_groove(pink_noise(10.0, 48_000), level_m=40e-6, disc=DOLL)
    made = maker.scan(groove, dpi=DPI, dust=3000, scratches=60)
    step, turn = 2 * math.pi / 9600, 20.0
    place = _near(groove, made, turn)
    path = walk.along(made.grey, made.geometry, SIGHT, True, place, step, True)
    alone = _turns_of(groove, made, path)
    got = made_whole(made, path, 13.8e-3, 29.3e-3)
    right = _turns_of(groove, made, got.path)
    assert len(np.unique(alone[1])) > 1 or alone[0] < 40
    assert right[0] > 47.5
    assert np.mean(right[1] == np.median(right[1])) > 0.995


def _near(groove: Groove, made: maker.Scan, turn: float) -> Place:
    at = float(groove.spiral.at(np.array(turn)))
    at += float(np.interp(turn / groove.turns_per_sample, np.arange(len(groove)), groove.lateral_m))
    return Place(at * DOTS, made.start_rad + 2 * np.pi * turn, 0.2e-3 * DOTS)


def _turns_of(groove: Groove, made: maker.Scan, path: Walk) -> tuple[float, NDArray[Any]]:
    """How many turns of the music are on a path, and by how many each seen sample is miscounted."""
    turn = 2 * math.pi / path.step_rad
    k = np.flatnonzero(path.strength > 0)[::7]
    own = (path.start_rad - made.start_rad) / (2 * math.pi) + k / turn
    music = np.arange(groove.music.first, groove.music.last, 50) * groove.turns_per_sample
    there = np.interp(-path.radius_px[k] / DOTS, -groove.spiral.at(music), music)
    inside = (there > music[0] + 1) & (there < music[-1] - 1)
    off = np.round(there - own)[inside]
    return float(np.ptp(own[inside])), off
