"""Variable pitch: each turn as near its neighbour as land, widths and swings allow, without a kink.

Knowing the whole side, the way inwards D obeys D(x + 1) ≥ D(x) + needed(x), x in turns; the least such D that never
turns back is found in one pass, D(x + 1) = max(D(x + 1 - ε), D(x) + needed(x)). It jumps, and a lead screw cannot. So D
is made a cubic B-spline with a whole number of knots a turn, and the pass is done on its coefficients with the
greatest need of all places where a coefficient is felt: then the spline obeys the same law everywhere (see
`groove.spline`), it is C², and the fewer knots a turn the gentler it moves. The gentlest is taken that costs little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Knots, spline
from ..jit import kernel
from ..presets import Disc
from .plan import MARKER_M, Course, lead_in_ramp, least_pitch_m, marker_pitch_m, taken_m
from .spacing import CELLS, Cells

KNOTS = (8, 12, 16, 24, 32, 36, 48, 64, 72, 96, 144)
"""Knots a turn, all of them parts of `CELLS`, the gentlest first."""
NEAR = 1.037
"""How much wider than the least the music may be for the sake of gentleness, where room is short."""
SPARE_PART = 0.25
"""And which part of the room that is to spare it may take."""
EASING = 30
"""Sweeps that even out the pitch: more gain little."""
WIDE_EASING = 200
"""Where there is room: some turns lie as evenly as the land allows."""
ROUNDS = 3
"""How often what is to spare is shared out: evening out the pitch changes a little what the first turn takes."""
FIRST = -2
"""The first coefficient that is felt from turn 0 on stands before it, and one more for its knot."""
TAIL_PITCH = 4.0
"""To how many of the least pitches the pitch rises over the turn after the music: from there the lead-out's own rise
keeps the land. (The turn before an outer place must have moved in by the least pitch: half of 4 and more.)"""


def least_way_m(held: Cells, needed_m: NDArray[Any]) -> float:
    """The true least width of the music: the one pass, cell by cell, without any lead screw."""
    outside = _by_coefficient(needed_m, held, CELLS, 0)
    count = math.floor(held.music_turns * CELLS)
    return float(_pass(outside, np.full(CELLS, -np.inf), np.zeros(count + 1), CELLS)[count])


def tightest(
    held: Cells,
    needed_m: NDArray[Any],
    disc: Disc,
    songs_turns: Sequence[tuple[float, float]],
    room_m: float | None,
    screw_turns: float | None,
    depth: Knots | None,
) -> Course:
    """The gentlest course that is nearly as narrow as the least.

    Parameters
    ----------
    held : Cells
    needed_m : ndarray, (m,)
        What each cell needs (`spacing.needed_m`).
    disc : Disc
    songs_turns : sequence of (float, float)
    room_m : float or None
        How much radius it may take (`plan.taken_m`); None where the music is to be as narrow as can be. A course may
        take more still: whether it fits is for the caller to see.
    screw_turns : float or None
        Least part of a turn over which the lead screw changes the pitch; None where none limits it.
    depth : Knots or None
        Only handed on.
    """
    return _tight(held, needed_m, disc, songs_turns, room_m, screw_turns).course(held, depth)


def narrowest(
    held: Cells,
    needed_m: NDArray[Any],
    disc: Disc,
    songs_turns: Sequence[tuple[float, float]],
    screw_turns: float | None,
) -> Course:
    """The narrowest that the lead screw can do, not made any gentler: to see what fits, not to be cut."""
    return _way(held, needed_m, disc, songs_turns, _able(screw_turns)[-1], 0).course(held, None)


def filling(
    held: Cells,
    needed_m: NDArray[Any],
    disc: Disc,
    songs_turns: Sequence[tuple[float, float]],
    room_m: float,
    screw_turns: float | None,
    depth: Knots | None,
) -> Course:
    """A course that takes all the room, parameters as for `tightest`; none where even the tightest takes more.

    Of what is to spare every turn gets the same. Half of it is kept as land everywhere, half may go where it makes the
    pitch even. The mean pitch is at most the lead-in's: a wider one would trip automatic stops.
    """
    tight = _tight(held, needed_m, disc, songs_turns, room_m, screw_turns)
    found = tight.course(held, depth)
    ramp, more = lead_in_ramp(disc) / 2, 0.0
    for _ in range(ROUNDS):
        left_m = (room_m - taken_m(disc, found)) / (found.music_turns + ramp)
        more += min(left_m, disc.lead_in_pitch_m - found.music_m / found.music_turns)
        if more <= 0:
            break
        found = tight.wider(more).course(held, depth)
    return found


@dataclass(frozen=True)
class _Way:
    """A course as its spline's coefficients, and what each of them has to keep to."""

    coefficients: NDArray[Any]
    outside: NDArray[Any]
    beside: NDArray[Any]
    push: NDArray[Any]
    per_turn: int
    music: int
    """How many coefficients lie before all that are felt at the music's end."""

    def wider(self, more_m: float) -> _Way:
        """Every turn that much further from the next, and the pitch evened out with half of that."""
        turns = np.maximum(np.arange(len(self.coefficients)) + FIRST, 0) / self.per_turn
        outside = self.outside + more_m / 2
        c = self.coefficients + more_m * turns
        _ease(c[: self.music], c, outside, self.beside, self.push, self.per_turn, WIDE_EASING)
        return replace(self, coefficients=c)

    def course(self, held: Cells, depth: Knots | None) -> Course:
        """Through the coefficient of turn 0, so that the lead-in ends where it did when its land was asked for."""
        c = self.coefficients.copy()
        c[1] = 2 * c[2] - c[3]
        c[0] = 2 * c[1] - c[2]
        c -= c[2]
        end = math.ceil((held.music_turns + 1) * self.per_turn)
        way = spline(c, FIRST / self.per_turn, self.per_turn)
        return Course(way, depth, held.music_turns, end / self.per_turn)


def _tight(
    held: Cells,
    needed_m: NDArray[Any],
    disc: Disc,
    songs_turns: Sequence[tuple[float, float]],
    room_m: float | None,
    screw_turns: float | None,
) -> _Way:
    """The gentlest way that is nearly as narrow as the least."""
    able = _able(screw_turns)
    narrow_way = _way(held, needed_m, disc, songs_turns, able[-1])
    narrow = narrow_way.course(held, None)
    if room_m is not None and taken_m(disc, narrow) >= room_m:
        return narrow_way
    least = narrow.music_m
    if screw_turns is None:
        least = min(least, least_way_m(held, needed_m) + MARKER_M * (len(songs_turns) - 1))
    enough = NEAR * least
    if room_m is not None:
        enough = max(enough, least + SPARE_PART * (room_m - least))
    for per_turn in able[:-1]:
        found = _way(held, needed_m, disc, songs_turns, per_turn)
        there = found.course(held, None)
        if there.music_m <= enough and (room_m is None or taken_m(disc, there) <= room_m):
            return found
    return narrow_way


def _able(screw_turns: float | None) -> list[int]:
    """Knots a turn that a lead screw can follow: a spline's pitch changes over four of them."""
    return [m for m in KNOTS if screw_turns is None or 4 / m >= screw_turns] or [KNOTS[0]]


def _way(
    held: Cells,
    needed_m: NDArray[Any],
    disc: Disc,
    songs_turns: Sequence[tuple[float, float]],
    per_turn: int,
    easing: int = EASING,
) -> _Way:
    """The tightest with so many knots a turn, its pitch evened out by so many sweeps."""
    end = math.ceil((held.music_turns + 1) * per_turn)
    x = np.arange(FIRST, end + 3) / per_turn
    outside = _by_coefficient(needed_m, held, per_turn, FIRST)
    before = needed_m[: -held.first_turn * CELLS] + _lead_in_way_m(held, disc)
    beside_lead_in = _by_coefficient(before, held, per_turn, FIRST - per_turn, to_turn=0)
    beside = np.full(len(x), -np.inf)
    count = min(len(x), len(beside_lead_in))
    beside[:count] = beside_lead_in[:count]
    push = _push(x, held.music_turns, songs_turns, disc) / per_turn
    c = _pass(outside, beside, push, per_turn)
    music = math.floor(held.music_turns * per_turn) - FIRST - 1  # what is felt at the music's end stays
    _ease(c[:music], c, outside, beside, push, per_turn, easing)
    return _Way(c, outside, beside, push, per_turn, music)


def _by_coefficient(
    values: NDArray[Any], held: Cells, per_turn: int, first: int, to_turn: float | None = None
) -> NDArray[Any]:
    """Greatest value in all cells where coefficient first, first + 1, … of a spline is felt; before turn 0 only, or
    (`to_turn` None) from turn 0 on only. Beyond the cells there is none."""
    each = CELLS // per_turn
    zero = -held.first_turn * CELLS
    inside = values[zero:] if to_turn is None else values[:zero]
    begin = 0 if to_turn is None else held.first_turn * per_turn  # which knot the first of them follows
    pad = -len(inside) % each
    by_knot = np.concatenate((inside, np.full(pad, -np.inf))).reshape(-1, each).max(axis=1)
    around = 2 if each > 1 else 0  # the raw pass has cells for coefficients
    last = begin + len(by_knot) + around
    out = np.full(max(last - first, 0), -np.inf)
    for shift in range(-around, max(around, 1)):
        # coefficient j is felt from knot j - 2 up to knot j + 2
        lo = begin - shift
        a, b = max(lo, first), min(lo + len(by_knot), first + len(out))
        if a < b:
            np.maximum(out[a - first : b - first], by_knot[a - lo : b - lo], out=out[a - first : b - first])
    return out


def _lead_in_way_m(held: Cells, disc: Disc) -> NDArray[Any]:
    """Where the lead-in's turns lie, the music's beginning being 0, in the cells before turn 0."""
    before = np.arange(-held.first_turn * CELLS - 1, -1, -1) / CELLS
    ramp = lead_in_ramp(disc)
    pitch = disc.lead_in_pitch_m
    way = np.where(before < ramp, pitch / max(2 * ramp, 1e-9) * before**2, pitch * ramp / 2 + pitch * (before - ramp))
    return np.where(before > disc.lead_in_turns, -np.inf, -way)


def _push(x: NDArray[Any], music_turns: float, songs_turns: Sequence[tuple[float, float]], disc: Disc) -> NDArray[Any]:
    """Least pitch that is asked for besides: in marker bands, and over the turn after the music."""
    least = np.zeros(len(x))
    for (_, begin), (end, _) in pairwise(songs_turns):
        away = np.abs(x - (begin + end) / 2) / ((end - begin) / 2)
        least = np.maximum(least, marker_pitch_m(begin, end) * np.maximum(1 - away, 0))
    return np.maximum(least, TAIL_PITCH * least_pitch_m(disc) * np.clip(x - music_turns, 0.0, 1.0))


@kernel
def _ease(
    moved: NDArray[Any], c: NDArray[Any], outside: NDArray[Any], beside: NDArray[Any], push: NDArray[Any],
    per_turn: int, sweeps: int,
) -> None:  # fmt: skip
    """Even out the pitch of the first coefficients, in place, as far as every need allows; all but those that tell
    where the course begins and at what pitch.

    The one pass moves in as late as it can, all at once; here each coefficient moves towards the middle of its two
    neighbours, and no further than the turns outside and inside it leave room. Each step lessens the sum of the squared
    pitches, so that many small steps of the lead screw do what a few large ones did.
    """
    n, last = len(c), len(moved)
    for sweep in range(sweeps):
        for i in range(4, last):
            j = i if sweep & 1 == 0 else last + 3 - i
            low, high = c[j - 1] + push[j], c[j + 1] - push[j + 1]
            if j >= per_turn and j - per_turn < len(outside):
                low = max(low, c[j - per_turn] + outside[j - per_turn])
            if j < len(beside):
                low = max(low, beside[j])
            if j + per_turn < n and j < len(outside):
                high = min(high, c[j + per_turn] - outside[j])
            c[j] = max(low, min(high, 0.5 * (c[j - 1] + c[j + 1])))


@kernel
def _pass(outside: NDArray[Any], beside: NDArray[Any], push: NDArray[Any], per_turn: int) -> NDArray[Any]:
    """The one pass: c[j] = max(c[j-1] + push[j], c[j-turn] + needed outside, what the lead-in asks for)."""
    c = np.zeros(len(push))
    for j in range(1, len(c)):
        least = c[j - 1] + push[j]
        if j >= per_turn and j - per_turn < len(outside):
            least = max(least, c[j - per_turn] + outside[j - per_turn])
        if j < len(beside):
            least = max(least, beside[j])
        c[j] = least
    return c
