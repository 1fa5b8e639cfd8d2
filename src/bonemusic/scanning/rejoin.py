"""A path put in order: turns that it left out are read from between their neighbours, and none is on it twice."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from . import skips
from .across import frame_of
from .between import ASIDE, between
from .sight import STRENGTH, Sight
from .skips import PER_TURN, UNKNOWN
from .track import Geometry
from .walk import Walk

MOST_LEFT_OUT = 8
"""Turns on end that are read from between two others."""
SMOOTHED = 9
"""Places whose median distance is a turn's."""
BLANK, NEAR = 16, 3
"""A blank of so many samples is one by which a path may have strayed, so many places before and after it."""
HARD_BY = 64
"""And so many samples are long; so near to a blank that long nothing is believed without a neighbour."""
STRAYED = 0.45
"""Of the turns' distance: nearer to the middle between its neighbours a turn lies, loud or not (assumed)."""
ENOUGH = 0.5
"""Of a turn that was put in, so much must be seen, or it is doubtful."""


@dataclass(frozen=True)
class Look:
    """A picture, and what a groove looks like in it.

    Attributes
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
        About which the path runs.
    sight : Sight
    bright : bool
    falling : bool
        Whether the radius falls along the path.
    noise : float
        Of the pixels, rms.
    """

    grey: NDArray[Any]
    geometry: Geometry
    sight: Sight
    bright: bool
    falling: bool
    noise: float

    def between(
        self, angle_rad: NDArray[Any], from_px: NDArray[Any], to_px: NDArray[Any], known: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """How many grooves lie between two radii on rays; place and strength of the nearest to the first."""
        n = len(angle_rad)
        count, place, strength = np.zeros(n, np.int64), np.zeros(n), np.zeros(n)
        between(
            self.grey, frame_of(self.geometry), self.sight.weights[STRENGTH], self.sight.rows, self.sight.mix,
            self.sight.width_px, 1.0 if self.bright else -1.0, self.noise, angle_rad, from_px, to_px, known,
            count, place, strength,
        )  # fmt: skip
        return count, place, strength


@dataclass(frozen=True)
class Places:
    """A path at `PER_TURN` places of each turn; not a number where it was not seen.

    Attributes
    ----------
    sample, angle_rad, radius_px, strength : ndarray, float64, (n,)
    """

    sample: NDArray[Any]
    angle_rad: NDArray[Any]
    radius_px: NDArray[Any]
    strength: NDArray[Any]


def places_of(path: Walk) -> Places:
    """Of a path."""
    turn = 2 * math.pi / path.step_rad
    count = max(int((len(path.radius_px) - 2) / turn * PER_TURN) + 1, 1)
    sample = np.arange(count) * (turn / PER_TURN)
    radius, strength = _read_at(path.radius_px, path.strength, sample)
    seen = strength > 0
    return Places(
        sample,
        path.start_rad + path.step_rad * sample,
        np.where(seen, radius, np.nan),
        np.where(seen, strength, np.nan),
    )


def counted(look: Look, at: Places) -> tuple[NDArray[Any], NDArray[Any]]:
    """Grooves between each place and the turn before, as `skips.numbered` takes them; and the pitch (px a turn)."""
    count = np.full(len(at.sample), UNKNOWN, np.int64)
    pitch = np.full(len(at.sample), np.nan)
    if len(count) <= PER_TURN:
        return count, pitch
    outer, inner = at.radius_px[:-PER_TURN], at.radius_px[PER_TURN:]
    apart = (outer - inner) if look.falling else (inner - outer)
    known = np.fmin(at.strength[:-PER_TURN], at.strength[PER_TURN:])
    many, _, _ = look.between(at.angle_rad[PER_TURN:], outer, inner, known)
    sure = np.isfinite(apart) & (many >= 0)
    same = np.abs(apart) < ASIDE * look.sight.width_px
    count[PER_TURN:][sure] = np.where(same, -1, np.where(apart > 0, many, -2 - many))[sure]
    here = count >= 0
    pitch[here] = ((inner - outer)[here[PER_TURN:]]) / (count[here] + 1)
    return count, _steadied(pitch)


def in_order(look: Look, path: Walk) -> tuple[Walk, NDArray[Any]]:
    """A path with every turn on it once, and angles between which it is doubtful, (m, 2).

    The same path where nothing is wrong with it.
    """
    at = places_of(path)
    count, pitch = counted(look, at)
    missed = skips.numbered(count, at.radius_px, pitch, look.sight.width_px)
    if not missed.any():
        return path, np.zeros((0, 2))
    return _filled(look, _laid(path, at, missed))


def strayed(look: Look, path: Walk) -> tuple[Walk, NDArray[Any]]:
    """A path less what strayed beside a blank, and the angles between which that was, (m, 2).

    It lies nowhere near the middle between the turn before and the turn after, or hard by the blank where neither is
    seen: edges of letters look like grooves for some steps.
    """
    at = places_of(path)
    _, pitch = counted(look, at)
    strength = path.strength.copy()
    turn = 2 * math.pi / path.step_rad
    if np.isfinite(pitch).all():
        _stray(path.radius_px, path.strength, turn, np.abs(pitch), strength)
    lost = (strength == 0) & (path.strength > 0)
    if not lost.any():
        return path, np.zeros((0, 2))
    runs = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]).astype(np.int8))).reshape(-1, 2)
    return dataclasses.replace(path, strength=strength), path.start_rad + path.step_rad * runs


@kernel
def _stray(radius: NDArray[Any], seen: NDArray[Any], turn: float, pitch: NDArray[Any], strength: NDArray[Any]) -> None:
    """Set the strength to 0 where a path strayed."""
    n = len(radius)
    near = int(NEAR * turn / PER_TURN)
    for way in range(2):
        since, blank, long = near, 0, False  # samples since the last blank, how many it had, whether it was long
        for i in range(n):
            k = i if way == 0 else n - 1 - i
            if seen[k] <= 0.0:
                blank += 1
                if blank >= BLANK:
                    since, long = 0, blank >= HARD_BY
                continue
            blank = 0
            since += 1
            if since > near:
                continue
            expected = _expected(radius, seen, turn, k)
            most = STRAYED * pitch[min(int(k / turn * PER_TURN), len(pitch) - 1)]
            if abs(radius[k] - expected) > most or (math.isnan(expected) and long and since <= HARD_BY):
                strength[k] = 0.0


@kernel
def _expected(radius: NDArray[Any], seen: NDArray[Any], turn: float, k: int) -> float:
    """The middle between the nearest turns before and after that are seen and as far away; not a number if none are."""
    for turns in range(1, 4):
        before, after = round(k - turns * turn), round(k + turns * turn)
        if before >= 0 and after < len(radius) and seen[before] > 0.0 and seen[after] > 0.0:
            return float(0.5 * (radius[before] + radius[after]))
    return math.nan


def _read_at(radius: NDArray[Any], strength: NDArray[Any], sample: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """A path between its samples; strength 0 where either was not seen."""
    low = np.clip(np.floor(sample).astype(np.int64), 0, len(radius) - 2)
    part = sample - low
    both = np.minimum(strength[low], strength[low + 1])
    return radius[low] + part * (radius[low + 1] - radius[low]), both


def _steadied(pitch: NDArray[Any]) -> NDArray[Any]:
    """Running medians, held over what is not known."""
    known = np.flatnonzero(np.isfinite(pitch))
    if not len(known):
        return np.full(len(pitch), np.nan)
    held = pitch[known]
    held = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(held, SMOOTHED // 2, "edge"), SMOOTHED), axis=1)
    last = np.clip(np.searchsorted(known, np.arange(len(pitch)), "right") - 1, 0, None)
    return np.asarray(held[last])


def _laid(path: Walk, at: Places, missed: NDArray[Any]) -> Walk:
    """Pieces of the path moved to the turns that they are; where none lies the strength is -1."""
    turn = 2 * math.pi / path.step_rad
    edges = [0, *(_break(path, at, int(i)) for i in np.flatnonzero(np.diff(missed)) + 1), len(path.radius_px)]
    moves = [int(missed[0]), *(int(m) for m in missed[1:][np.diff(missed) != 0])]
    pieces = [(a, b, turn * m) for a, b, m in zip(edges[:-1], edges[1:], moves, strict=True) if b - a > 1]
    begin = min(math.ceil(a + shift) for a, _, shift in pieces)
    end = max(math.floor(b - 1 + shift) for _, b, shift in pieces) + 1
    radius, strength = np.full(end - begin, np.nan), np.full(end - begin, -1, np.float32)
    # of what was followed twice the longer piece is right, but where it saw nothing
    for a, b, shift in sorted(pieces, key=lambda piece: piece[0] - piece[1]):
        first, last = math.ceil(a + shift), math.floor(b - 1 + shift) + 1
        if last <= first:
            continue
        mine, seen = _read_at(path.radius_px, path.strength, np.arange(first, last) - shift)
        part = slice(first - begin, last - begin)
        better = (strength[part] < 0) | ((strength[part] == 0) & (seen > 0))
        radius[part][better], strength[part][better] = mine[better], seen[better]
    closed = path.closed and not np.diff(missed[-2 * PER_TURN :]).any()
    return Walk(path.start_rad + path.step_rad * begin, path.step_rad, radius, strength, path.noise, closed)


def _break(path: Walk, at: Places, place: int) -> int:
    """The sample at which a path that is astray by the given place went astray: after the longest blank before it."""
    last = int(at.sample[min(place + 1, len(at.sample) - 1)])
    first = int(at.sample[max(place - 2, 0)])
    before = place - 1
    while before > 0 and not np.isfinite(at.radius_px[before]):
        before -= 1
    first = min(first, int(at.sample[before]))
    blank = np.concatenate([[0], (path.strength[first:last] <= 0).astype(np.int8), [0]])
    begins, ends = np.flatnonzero(np.diff(blank) == 1), np.flatnonzero(np.diff(blank) == -1)
    if not len(begins):
        return int(at.sample[place])
    return first + int(ends[(ends - begins).argmax()])


def _filled(look: Look, path: Walk) -> tuple[Walk, NDArray[Any]]:
    """What is not there read from between its neighbours, a turn at a time, from the outside or the inside on."""
    turn = 2 * math.pi / path.step_rad
    radius, strength = path.radius_px.copy(), path.strength.copy()
    doubtful = []
    for first, last in _stretches(strength < 0, int(turn)):
        sample = np.arange(first, last)
        ahead, more = sample + turn, np.zeros(last - first)
        for _ in range(MOST_LEFT_OUT):
            there = np.clip(np.ceil(ahead).astype(np.int64), 0, len(radius) - 1)
            absent = (strength[there] < 0) | (strength[np.maximum(there - 1, 0)] < 0)
            more += absent
            ahead += turn * absent
        inside = (sample - turn >= 0) & (ahead <= len(radius) - 1) & ~absent
        before, known = _read_at(radius, strength, np.maximum(sample - turn, 0))
        after, beside = _read_at(radius, strength, np.minimum(ahead, len(radius) - 1))
        known = np.where(known > 0, known, beside)
        count, place, seen = look.between(
            path.start_rad + path.step_rad * sample, np.where(inside, before, np.nan), after, known
        )
        right = inside & (count == more + 1) & (known > 0)
        between_them = before + (after - before) / (more + 2)
        radius[first:last] = np.where(right, place, between_them)
        strength[first:last] = np.where(right, seen, 0)
        if right.mean() < ENOUGH:
            doubtful.append((first, last))
    unknown = ~np.isfinite(radius)
    radius[unknown] = np.interp(np.flatnonzero(unknown), np.flatnonzero(~unknown), radius[~unknown])
    angles = path.start_rad + path.step_rad * np.array(doubtful, np.float64).reshape(-1, 2)
    return dataclasses.replace(path, radius_px=radius, strength=strength), angles


def _stretches(absent: NDArray[Any], longest: int) -> list[tuple[int, int]]:
    """Where something is absent, in order, none longer than a turn."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], absent, [False]]).astype(np.int8)))
    out = []
    for first, last in edges.reshape(-1, 2).tolist():
        out += [(at, min(at + longest, last)) for at in range(first, last, longest)]
    return out
