"""Where a side's parts lie: lead-in, songs along their course, marker bands, lead-out, locked groove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import units
from ..errors import FitError
from ..groove import TRACK, Band, Knots, music_of
from ..presets import Disc

RAMP_TURNS = 0.5
"""Over how much of a turn the pitch changes from one stretch to the next."""
CLOSING_S = 5e-4
"""How far the locked groove runs over its own beginning: also 2000 points a second close the circle."""
MARKER_S = 2.0
"""Silence between two songs. Assumed: the pause that listeners know from albums."""
MARKER_M = 0.5e-3
"""How much wider a marker band is than its turns need. Assumed: wide enough to set a needle down by eye."""


class TooLong(FitError):  # noqa: N818  (said as it is)
    """A song that is too long for the disc."""


@dataclass(frozen=True)
class Span:
    """The radii between which the music's centre line may lie, in metres."""

    outer_m: float
    inner_m: float

    @property
    def room_m(self) -> float:
        """How much of the radius that is; negative where there is none."""
        return self.outer_m - self.inner_m


@dataclass(frozen=True)
class Course:
    """How the turns of a side's music lie.

    Attributes
    ----------
    way : Knots
        How far in the groove has come, metres over turns since the music's first sample; 0 at 0, never falling.
    depth : Knots or None
        Planned depth over the same turns; None where it is the disc's own all along.
    music_turns : float
        Where the music ends.
    end_turns : float
        Where the lead-out begins: there, or where the music's last turn has a neighbour.
    """

    way: Knots
    depth: Knots | None
    music_turns: float
    end_turns: float

    @property
    def first_pitch_m(self) -> float:
        """Pitch at the music's first sample."""
        return float(self.way.slope_at(np.zeros(1))[0])

    @property
    def music_m(self) -> float:
        """Width of the music: how far in its last sample lies from its first."""
        return float(self.way.at(np.array([self.music_turns]))[0])


@dataclass(frozen=True)
class Side:
    """A side laid out.

    Attributes
    ----------
    spiral : Knots
        Radius over turns, from the first sample of the lead-in to the last of the locked groove.
    bands : tuple of Band
        lead-in, track 1, marker 1, track 2 …, lead-out, locked groove, in samples.
    course : Course
    turns : float
        All turns that are cut.
    first_turn : float
        Where the music begins.
    """

    spiral: Knots
    bands: tuple[Band, ...]
    course: Course
    turns: float
    first_turn: float

    @property
    def music(self) -> Band:
        """From the first song's first sample to the last one's last."""
        found = music_of(self.bands)
        assert found is not None
        return found

    @property
    def merges_at(self) -> float:
        """The turn from which on the lead-out's pitch falls to none, into the locked groove."""
        return float(self.spiral.turns[-3])

    @property
    def pitch_m(self) -> float:
        """Mean pitch of the music."""
        return self.course.music_m / max(self.course.music_turns, 1e-12)

    def depth(self, disc: Disc) -> Knots:
        """Planned depth over the side's turns."""
        if self.course.depth is None:
            return Knots(np.zeros(1), np.array([disc.depth_m]), np.zeros(1))
        own = self.course.depth
        return Knots(own.turns + self.first_turn, own.value, own.slope)


def music_span(disc: Disc, swing_m: float, pitch_m: float) -> Span:
    """Where music that begins at that pitch may lie, with room for half a groove and a swing at its inner end."""
    half, ramp = disc.groove_width_m / 2, lead_in_ramp(disc)
    lead_in_m = (disc.lead_in_turns - ramp) * disc.lead_in_pitch_m + ramp * (disc.lead_in_pitch_m + pitch_m) / 2
    outer = disc.recorded_diameter_m / 2 - half - lead_in_m
    return Span(outer, disc.music_inner_diameter_m / 2 + half + swing_m)


def taken_m(disc: Disc, course: Course) -> float:
    """Radius that a course takes: the music, and what its first pitch adds to the lead-in's ramp."""
    return course.music_m + lead_in_ramp(disc) / 2 * course.first_pitch_m


def left_after_m(disc: Disc, course: Course) -> float:
    """Radius between where a course ends, the turn after the music included, and the locked groove."""
    outer = music_span(disc, 0.0, course.first_pitch_m).outer_m
    return outer - float(course.way.at(np.array(course.end_turns))) - disc.locked_diameter_m / 2


def longest_s(disc: Disc, rpm: Fraction, pitch_m: float, swing_m: float) -> float:
    """How much music of that pitch the disc holds; nothing or less where there is no room at all."""
    return music_span(disc, swing_m, pitch_m).room_m / pitch_m / float(rpm) * 60


def least_pitch_m(disc: Disc) -> float:
    """Pitch of silent grooves that touch the land: width + land."""
    return disc.groove_width_m + disc.land_m


def lead_in_ramp(disc: Disc) -> float:
    """Over how much of a turn the lead-in's pitch comes down to the music's."""
    return min(RAMP_TURNS, disc.lead_in_turns)


def lead_in_samples(disc: Disc, rpm: Fraction, rate_hz: int) -> int:
    """Length of the lead-in."""
    return int(np.ceil(disc.lead_in_turns * 60 / float(rpm) * rate_hz))


def most_tail_samples(disc: Disc, rpm: Fraction, rate_hz: int) -> int:
    """No lead-out and locked groove of this disc is longer."""
    wide = disc.recorded_diameter_m / 2 - disc.locked_diameter_m / 2
    turns = wide / disc.lead_out_pitch_m + 6 * RAMP_TURNS + 3
    return int((turns * 60 / float(rpm) + CLOSING_S) * rate_hz) + 64


def at_pitch(pitch_m: float, songs_turns: Sequence[tuple[float, float]]) -> Course:
    """The course of songs at one pitch, wider in the marker bands between them.

    Parameters
    ----------
    pitch_m : float
    songs_turns : sequence of (float, float)
        Where each song begins and ends, turns since the first one's beginning.
    """
    turns, pitches = [0.0], [pitch_m]
    for (_, begin), (end, _) in pairwise(songs_turns):
        turns += [begin, (begin + end) / 2, end]
        pitches += [pitch_m, pitch_m + marker_pitch_m(begin, end), pitch_m]
    last = songs_turns[-1][1]
    turns.append(last)
    pitches.append(pitch_m)
    held = _integrated(0.0, np.array(turns), np.array(pitches))
    return Course(Knots(held.turns, -held.value, -held.slope), None, last, last)


def marker_pitch_m(begin: float, end: float) -> float:
    """How much wider the pitch is in the middle of a marker band, to which it rises and from which it falls evenly."""
    return 2 * MARKER_M / (end - begin)


def lay(disc: Disc, rpm: Fraction, rate_hz: int, songs: Sequence[tuple[int, int]], course: Course) -> Side:
    """Lay out a side.

    Parameters
    ----------
    disc : Disc
    rpm : Fraction
    rate_hz : int
        Samples of the groove per second.
    songs : sequence of (int, int)
        First sample of each song and one past its last, from the first one's first.
    course : Course
    """
    per_s = float(rpm) / 60
    lead_in = lead_in_samples(disc, rpm, rate_hz)
    begin = lead_in / rate_hz * per_s
    way = course.way
    inside = (way.turns > 0) & (way.turns < course.end_turns)
    marks = np.concatenate(([0.0], way.turns[inside], [course.end_turns]))
    led = np.array([0.0, begin - lead_in_ramp(disc), begin])
    pitches = np.array([disc.lead_in_pitch_m, disc.lead_in_pitch_m, course.first_pitch_m])
    outer = disc.recorded_diameter_m / 2 - disc.groove_width_m / 2
    head_m = _radius_m(outer, led, pitches)
    music_m = head_m[-1] - way.at(marks)
    slopes = way.slope_at(marks)
    last_pitch = float(slopes[-1])
    out, drop = [begin + course.end_turns], [last_pitch]
    for more, pitch in _lead_out(disc, last_pitch, float(music_m[-1]) - disc.locked_diameter_m / 2):
        out.append(out[-1] + more)
        drop.append(pitch)
    locked = out[-1]
    out.append(locked + 1)
    drop.append(0.0)
    tail_m = _radius_m(float(music_m[-1]), np.array(out), np.array(drop))
    turns = np.concatenate((led[:-1], begin + marks, out[1:]))
    value = np.concatenate((head_m[:-1], music_m, tail_m[1:]))
    pitch_m = np.concatenate((pitches[:-1], slopes, drop[1:]))
    keep = np.append(np.diff(turns) > 1e-9, True)
    spiral = Knots(turns[keep], value[keep], -pitch_m[keep])
    last = int(np.ceil(((locked + 1) / per_s + CLOSING_S) * rate_hz)) + 1
    bands = (
        Band("lead-in", 0, lead_in),
        *_named(songs, lead_in),
        Band("lead-out", lead_in + songs[-1][1], int(np.ceil(locked / per_s * rate_hz))),
        Band("locked groove", int(np.ceil(locked / per_s * rate_hz)), last),
    )
    return Side(spiral, bands, course, locked + 1, begin)


def _named(songs: Sequence[tuple[int, int]], first: int) -> list[Band]:
    """Songs and the markers between them."""
    bands: list[Band] = []
    for n, (a, b) in enumerate(songs, 1):
        if n > 1:
            bands.append(Band(f"marker {n - 1}", bands[-1].last, first + a))
        bands.append(Band(f"{TRACK}{n}", first + a, first + b))
    return bands


def _integrated(outer_m: float, turns: NDArray[Any], pitch_m: NDArray[Any]) -> Knots:
    """The spiral whose pitch runs straight from one (turn, pitch) to the next."""
    keep = np.append(np.diff(turns) > 0, True)
    return Knots(turns[keep], _radius_m(outer_m, turns, pitch_m)[keep], -pitch_m[keep])


def _radius_m(outer_m: float, turns: NDArray[Any], pitch_m: NDArray[Any]) -> NDArray[Any]:
    drop: NDArray[Any] = np.cumsum(np.diff(turns) * (pitch_m[1:] + pitch_m[:-1]) / 2)
    return outer_m - np.concatenate(([0.0], drop))


def _lead_out(disc: Disc, pitch_m: float, left_m: float) -> list[tuple[float, float]]:
    """Turns and end pitch of each stretch from the music's end to the locked groove, `left_m` further in.

    Up to the lead-out pitch, along it, and down to none. Where there is less room than the two ramps take at that
    pitch, the pitch is lower; where the ramps at the music's own pitch are too long, they shorten.
    """
    ramp = RAMP_TURNS
    steepest = disc.lead_out_pitch_m
    ramps = ramp * ((pitch_m + steepest) / 2 + steepest / 2)
    if left_m >= ramps:
        return [(ramp, steepest), ((left_m - ramps) / steepest, steepest), (ramp, 0.0)]
    peak = left_m / ramp - pitch_m / 2
    if peak >= pitch_m:
        return [(ramp, peak), (ramp, 0.0)]
    return [(2 * left_m / pitch_m, 0.0)]


def refuse_if_too_long(disc: Disc, rpm: Fraction, music_s: float, pitch_m: float | None, swing_m: float) -> None:
    """`TooLong` where the music does not fit at that pitch (None: at the least that silence allows); says by how much.

    What would help is `remedies`' to say.
    """
    least = least_pitch_m(disc) if pitch_m is None else pitch_m
    fits_s = longest_s(disc, rpm, least, swing_m)
    if music_s <= fits_s * (1 + 1e-9):
        return
    if fits_s <= 0:
        raise TooLong(f"{disc.name} has no room for music that swings {units.length_text(swing_m)} to either side")
    need, room = music_s * float(rpm) / 60 * least, music_span(disc, swing_m, least).room_m
    raise TooLong(
        f"the song does not fit: {units.time_text(music_s)} at {units.rpm_text(rpm)} rpm and a pitch of "
        f"{units.length_text(least)} take {units.length_text(need)} of radius, {disc.name} has "
        f"{units.length_text(room)} (too long by {units.time_text(music_s - fits_s)})"
    )
