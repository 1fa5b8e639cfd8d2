"""What a side is planned from: a programme that has been measured, the disc, and the machine; and its layouts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..groove import Knots
from ..moments import MOMENT, Moments, moments
from ..presets import Disc, Machine, Sheet, Stylus
from ..units import Pitch
from . import course, depth, plan, room, spacing
from .heat import Heat, heat
from .programme import Programme, ring_samples

SILENT_M = 2e-11
"""110 dB below full scale at 1 kHz: less is what rounding leaves of a constant offset, or of nothing at all."""
ROUNDS = 3
"""How often a course is laid anew until it leaves what it must."""


@dataclass(frozen=True)
class Task:
    """All that stays the same while level and pitch are sought.

    Attributes
    ----------
    programme : Programme
    measured : Moments
    held : spacing.Cells
    disc, rpm, machine, stylus, sheet
    room_s : float or None
        For how long a side room is wanted: the music takes no more than its part of that. None: all there is.
    swing_m : float
        Where a limiter will keep every edge of the groove; infinite where none is at work.
    compensate_m : float
        Radius of the tip that the groove will be compensated for, which lowers its walls; 0 for none.
    head : Heat or None
        How hot a cutter head gets at unit level, its time counted from the music's beginning; None without a head.
    """

    programme: Programme
    measured: Moments
    held: spacing.Cells
    disc: Disc
    rpm: Fraction
    machine: Machine
    stylus: Stylus
    sheet: Sheet
    room_s: float | None = None
    swing_m: float = math.inf
    compensate_m: float = 0.0
    head: Heat | None = None

    @property
    def silent(self) -> bool:
        """Whether nothing moves the groove."""
        return self.swing_peak_m < SILENT_M

    @property
    def swing_peak_m(self) -> float:
        """How far an edge swings at unit level."""
        return float(self.measured.swing_m.max(initial=0.0))

    @property
    def velocity_peak_m_s(self) -> float:
        """Peak velocity at unit level."""
        return float(self.measured.read_m_s.max(initial=0.0))

    @property
    def music_s(self) -> float:
        """How long the music is."""
        return self.programme.music_s

    @property
    def songs_turns(self) -> list[tuple[float, float]]:
        """Where songs begin and end, in turns of the music."""
        per_turn = self.programme.rate_hz * 60 / float(self.rpm)
        return [(a / per_turn, b / per_turn) for a, b in self.programme.songs]

    def on(self, disc: Disc) -> Task:
        """The same on another disc, with that disc's speed, stylus and sheet where this one has its disc's own."""
        stylus = presets.stylus(disc.stylus) if self.stylus.name == self.disc.stylus else self.stylus
        sheet = presets.sheet(disc.sheet) if self.sheet.name == self.disc.sheet else self.sheet
        other = dataclasses.replace(self, disc=disc, stylus=stylus, sheet=sheet)
        return other.at(disc.rpm) if self.rpm == self.disc.rpm else other

    def at(self, rpm: Fraction) -> Task:
        """The same at another speed."""
        if rpm == self.rpm:
            return self
        return dataclasses.replace(self, rpm=rpm, held=_gathered(self.programme, self.measured, rpm))

    def cut_off(self, music_s: float) -> Task:
        """The first seconds of the music, faded out over what would be its ringing."""
        whole = self.programme
        ring, last = ring_samples(whole.rate_hz), round(music_s * whole.rate_hz)
        parts = []
        for channel in (whole.lateral_m, whole.vertical_m):
            if channel is not None:
                channel = channel[: last + 2 * ring].copy()
                channel[-ring:] *= np.linspace(1, 0, ring, dtype=np.float32)
            parts.append(channel)
        songs = tuple((a, min(b, last)) for a, b in whole.songs if a < last)
        assert parts[0] is not None
        return self.with_programme(Programme(parts[0], parts[1], whole.rate_hz, songs))

    def with_programme(self, programme: Programme) -> Task:
        """The same with another programme, or with its own measured anew after it was changed in place."""
        new = task_of(programme, self.disc, self.rpm, self.machine, self.stylus, self.sheet, self.room_s)
        return dataclasses.replace(new, compensate_m=self.compensate_m)

    def span(self, factor: float) -> plan.Span:
        """Where the music may lie at that factor, if it begins at no pitch to speak of."""
        swing = min(factor * self.swing_peak_m, self.swing_m)
        whole = plan.music_span(self.disc, swing, 0.0)
        # the turn after the music and the lead-out must find room before the locked groove
        tail = self.disc.locked_diameter_m / 2 + (course.TAIL_PITCH / 2 + 1) * plan.least_pitch_m(self.disc)
        inner = max(whole.inner_m, tail)
        if self.room_s is not None and self.room_s > self.music_s:
            inner = whole.outer_m - (whole.outer_m - inner) * self.music_s / self.room_s
        return plan.Span(whole.outer_m, inner)

    def planned_depth(self, factor: float) -> Knots | None:
        """As deep as the vertical needs at that factor, and no deeper than the sheet: more is refused, not cut."""
        most, _ = depth.greatest_factor(self.held, self.disc, self.stylus, self.sheet)
        return depth.planned(self.held, min(factor, max(most, 0.0)), self.disc, self.stylus)

    def spare_m(self, factor: float, found: plan.Course) -> float:
        """Radius that a course at that factor leaves: before the music's least radius, and before the locked groove."""
        after = plan.left_after_m(self.disc, found) - plan.least_pitch_m(self.disc) / 4
        return min(self.span(factor).room_m - plan.taken_m(self.disc, found), after)

    def needed_m(
        self, factor: float, radius_m: NDArray[Any] | float | None = None
    ) -> tuple[NDArray[Any], Knots | None]:
        """How far apart the turns must lie (`spacing.needed_m`), and the planned depth."""
        deep = self.planned_depth(factor)
        half = depth.half_widths_m(deep, self.held, self.disc)
        radius = self.span(factor).inner_m if radius_m is None else radius_m
        needed = spacing.needed_m(
            self.held, factor, radius, half, self.disc, self.machine, self.swing_m, self.compensate_m
        )
        return needed, deep

    def lay(self, way: plan.Course) -> plan.Side:
        """The side with that course."""
        return plan.lay(self.disc, self.rpm, self.programme.rate_hz, self.programme.songs, way)

    def allowed(self, side: plan.Side) -> room.Allowed:
        """What the side allows the programme, moment by moment."""
        first = side.music.first - self.programme.ring
        return room.allowed(len(self.measured), self.programme.rate_hz, first, side.spiral, self.rpm, self.stylus)

    def music_time_s(self, moment: int) -> float:
        """When in the music a moment is."""
        return max(0.0, (moment * MOMENT - self.programme.ring) / self.programme.rate_hz)

    def turn_time_s(self, turn: float) -> float:
        """When in the music a turn is."""
        return min(max(0.0, turn * 60 / float(self.rpm)), self.music_s)


def task_of(
    programme: Programme,
    disc: Disc,
    rpm: Fraction,
    machine: Machine,
    stylus: Stylus,
    sheet: Sheet,
    room_s: float | None = None,
) -> Task:
    """Measure a programme, once for all that will be asked of it."""
    measured = moments(programme.lateral_m, programme.vertical_m, programme.rate_hz)
    held = _gathered(programme, measured, rpm)
    head = None
    if machine.coil_limit_m_s2 is not None:
        head = heat(programme.lateral_m, programme.vertical_m, programme.rate_hz, machine.coil_limit_m_s2)
        head = dataclasses.replace(head, at_s=max(head.at_s - programme.ring / programme.rate_hz, 0.0))
    return Task(programme, measured, held, disc, rpm, machine, stylus, sheet, room_s, head=head)


def _gathered(programme: Programme, measured: Moments, rpm: Fraction) -> spacing.Cells:
    return spacing.cells(
        programme.lateral_m, programme.vertical_m, measured, programme.ring, programme.music_samples, rpm
    )


Layout = Callable[[Task, float], plan.Side]
"""The side at a factor; `TooLong` where it does not fit."""


def layout(pitch: Pitch) -> Layout:
    """How a pitch that is wished for lays out a side at a factor."""
    if isinstance(pitch, float):
        return lambda task, factor: _at_pitch(task, pitch, factor)
    return {"fixed": _fixed, "variable": _variable, "auto": _filling}[pitch]


def _fixed(task: Task, factor: float) -> plan.Side:
    """The tightest single pitch."""
    return _at_pitch(task, fixed_pitch_m(task, factor), factor)


def _at_pitch(task: Task, pitch_m: float, factor: float) -> plan.Side:
    """One pitch, and as deep as the vertical needs."""
    deep = task.planned_depth(factor)
    return task.lay(dataclasses.replace(plan.at_pitch(pitch_m, task.songs_turns), depth=deep))


def fixed_pitch_m(task: Task, factor: float) -> float:
    """The tightest single pitch at a factor; slopes are taken where the radius is least, so it is never too tight."""
    needed, _ = task.needed_m(factor, _radii(task, None, factor))
    return float(needed.max(initial=plan.least_pitch_m(task.disc)))


def _variable(task: Task, factor: float) -> plan.Side:
    """The tightest course, gentle where there is room for that."""
    found = tightest(task, factor, None)
    if task.spare_m(factor, found) < 0:
        found = tightest(task, factor, 0.0)
    return task.lay(found)


def _filling(task: Task, factor: float) -> plan.Side:
    """The tightest course, spread to fill the room there is."""
    room_m = task.span(factor).room_m
    found = tightest(task, factor, room_m)
    needed, deep = task.needed_m(factor, _radii(task, found, factor))
    for _ in range(ROUNDS):
        found = course.filling(task.held, needed, task.disc, task.songs_turns, room_m, task.machine.screw_turns, deep)
        # a pitch spread wide is wide in the turn after the music too, and may lead into the locked groove
        over_m = -task.spare_m(factor, found)
        if over_m <= 1e-9:
            break
        room_m -= over_m
    else:
        found = tightest(task, factor, 0.0)
    return task.lay(found)


def tightest(task: Task, factor: float, room_m: float | None) -> plan.Course:
    """The narrowest course that moves gently (`course.tightest`)."""
    found: plan.Course | None = None
    for _ in range(2):  # where a turn lies tells how steep it is, and that how near the next may lie
        needed, deep = task.needed_m(factor, _radii(task, found, factor))
        found = course.tightest(task.held, needed, task.disc, task.songs_turns, room_m, task.machine.screw_turns, deep)
    assert found is not None
    return found


def narrowest(task: Task, factor: float) -> plan.Course:
    """The narrowest course of all, to see what fits (`course.narrowest`)."""
    found: plan.Course | None = None
    for _ in range(2):
        needed, _deep = task.needed_m(factor, _radii(task, found, factor))
        found = course.narrowest(task.held, needed, task.disc, task.songs_turns, task.machine.screw_turns)
    assert found is not None
    return found


def _radii(task: Task, found: plan.Course | None, factor: float) -> NDArray[Any]:
    """A little less than the radius in each cell: the course's, else as if the music filled its room evenly."""
    span, held = task.span(factor), task.held
    ends = held.first_turn + np.arange(1, len(held.toward_m) // spacing.PIECE + 1) * (spacing.PIECE / spacing.CELLS)
    if found is None:
        share = np.clip(ends / max(held.music_turns, 1e-9), 0, 1)
        least = span.outer_m - share * max(span.room_m, 0.0)
    else:
        least = np.maximum(span.outer_m - found.way.at(ends), span.inner_m) * 0.998
    return np.repeat(least, spacing.PIECE)
