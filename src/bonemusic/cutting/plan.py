"""Where the turns of a side lie: lead-in, music at its pitch, lead-out, locked groove."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import units
from ..errors import FitError
from ..groove import Band, Knots
from ..presets import Disc

RAMP_TURNS = 0.5
"""Over how much of a turn the pitch changes from one stretch to the next."""
CLOSING_S = 5e-4
"""How far the locked groove runs over its own beginning: also 2000 points a second close the circle."""


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
class Side:
    """A side laid out.

    Attributes
    ----------
    spiral : Knots
        Radius over turns, from the first sample of the lead-in to the last of the locked groove.
    bands : tuple of Band
        lead-in, music, lead-out, locked groove, in samples.
    pitch_m : float
        Pitch of the music.
    turns : float
        All turns that are cut.
    """

    spiral: Knots
    bands: tuple[Band, ...]
    pitch_m: float
    turns: float

    @property
    def merges_at(self) -> float:
        """The turn from which on the lead-out's pitch falls to none, into the locked groove."""
        return float(self.spiral.turns[-3])


def music_span(disc: Disc, swing_m: float, pitch_m: float) -> Span:
    """Where music of that pitch may lie, with room for half a groove and a swing of `swing_m` at its inner end."""
    half, ramp = disc.groove_width_m / 2, _lead_in_ramp(disc)
    lead_in_m = (disc.lead_in_turns - ramp) * disc.lead_in_pitch_m + ramp * (disc.lead_in_pitch_m + pitch_m) / 2
    outer = disc.recorded_diameter_m / 2 - half - lead_in_m
    return Span(outer, disc.music_inner_diameter_m / 2 + half + swing_m)


def widest_pitch_m(disc: Disc, rpm: Fraction, music_s: float, swing_m: float) -> float:
    """The pitch at which the music fills the recorded area, however short it is."""
    turns = music_s * float(rpm) / 60 + _lead_in_ramp(disc) / 2  # half the ramp to a pitch counts as turns of it
    return music_span(disc, swing_m, 0.0).room_m / turns


def filling_pitch_m(disc: Disc, rpm: Fraction, music_s: float, swing_m: float) -> float:
    """The pitch at which the music fills the recorded area; at most the lead-in's, or automatic stops would trip."""
    return min(widest_pitch_m(disc, rpm, music_s, swing_m), disc.lead_in_pitch_m)


def longest_s(disc: Disc, rpm: Fraction, pitch_m: float, swing_m: float) -> float:
    """How much music of that pitch the disc holds; nothing or less where there is no room at all."""
    return music_span(disc, swing_m, pitch_m).room_m / pitch_m / float(rpm) * 60


def least_pitch_m(disc: Disc) -> float:
    """Pitch of silent grooves that touch the land: width + land."""
    return disc.groove_width_m + disc.land_m


def lay(disc: Disc, rpm: Fraction, rate_hz: int, music_samples: int, pitch_m: float) -> Side:
    """Lay out a side with music at a fixed pitch.

    Parameters
    ----------
    disc : Disc
    rpm : Fraction
    rate_hz : int
        Samples of the groove per second.
    music_samples : int
        Length of the music at that rate.
    pitch_m : float
        Pitch of the music, metres per turn.
    """
    per_s = float(rpm) / 60
    lead_in = int(np.ceil(disc.lead_in_turns / per_s * rate_hz))
    begin = lead_in / rate_hz * per_s
    turns = [0.0, begin - _lead_in_ramp(disc), begin, begin + music_samples / rate_hz * per_s]
    pitches = [disc.lead_in_pitch_m, disc.lead_in_pitch_m, pitch_m, pitch_m]
    outer = disc.recorded_diameter_m / 2 - disc.groove_width_m / 2
    left = float(_radius_m(outer, np.array(turns), np.array(pitches))[-1]) - disc.locked_diameter_m / 2
    for more, pitch in _lead_out(disc, pitch_m, left):
        turns.append(turns[-1] + more)
        pitches.append(pitch)
    locked = turns[-1]
    turns.append(locked + 1)
    pitches.append(0.0)
    spiral = _integrated(outer, np.array(turns), np.array(pitches))
    last = int(np.ceil(((locked + 1) / per_s + CLOSING_S) * rate_hz)) + 1
    marks = [0, lead_in, lead_in + music_samples, int(np.ceil(locked / per_s * rate_hz)), last]
    names = ("lead-in", "music", "lead-out", "locked groove")
    bands = tuple(Band(name, a, b) for name, a, b in zip(names, marks, marks[1:], strict=False))
    return Side(spiral, bands, pitch_m, locked + 1)


def _integrated(outer_m: float, turns: NDArray[Any], pitch_m: NDArray[Any]) -> Knots:
    """The spiral whose pitch runs straight from one (turn, pitch) to the next."""
    keep = np.append(np.diff(turns) > 0, True)
    return Knots(turns[keep], _radius_m(outer_m, turns, pitch_m)[keep], -pitch_m[keep])


def _radius_m(outer_m: float, turns: NDArray[Any], pitch_m: NDArray[Any]) -> NDArray[Any]:
    drop: NDArray[Any] = np.cumsum(np.diff(turns) * (pitch_m[1:] + pitch_m[:-1]) / 2)
    return outer_m - np.concatenate(([0.0], drop))


def _lead_in_ramp(disc: Disc) -> float:
    return min(RAMP_TURNS, disc.lead_in_turns)


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

    What would help is `fit`'s to say.
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
