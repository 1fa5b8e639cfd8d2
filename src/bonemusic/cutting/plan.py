"""Where the turns of a side lie: lead-in, music at its pitch, lead-out, locked groove."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets, units
from ..errors import FitError
from ..groove import Band, Knots
from ..presets import Disc

RAMP_TURNS = 0.5
"""Over how much of a turn the pitch changes from one stretch to the next."""
WIDEST_LEAD_OUT_M = 9.6e-3
"""IEC 60098:2020: lead-out pitch 6.4 ± 3.2 mm."""


@dataclass(frozen=True)
class Span:
    """The radii between which the music's centre line may lie, in metres."""

    outer_m: float
    inner_m: float


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


def music_span(disc: Disc, swing_m: float) -> Span:
    """Where the music may lie, with room for half a groove and a swing of `swing_m` at its inner end."""
    half = disc.groove_width_m / 2
    outer = disc.recorded_diameter_m / 2 - half - _lead_in_drop_m(disc, disc.lead_in_pitch_m)
    return Span(outer, disc.music_inner_diameter_m / 2 + half + swing_m)


def filling_pitch_m(disc: Disc, rpm: Fraction, music_s: float, swing_m: float) -> float:
    """The pitch at which the music fills the recorded area; at most the lead-in's, or automatic stops would trip."""
    span = music_span(disc, swing_m)
    return min((span.outer_m - span.inner_m) / (music_s * float(rpm) / 60), disc.lead_in_pitch_m)


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
    turns = [0.0, lead_in / rate_hz * per_s - RAMP_TURNS, lead_in / rate_hz * per_s]
    pitches = [disc.lead_in_pitch_m, disc.lead_in_pitch_m, pitch_m]
    end = turns[-1] + music_samples / rate_hz * per_s
    turns.append(end)
    pitches.append(pitch_m)
    outer = disc.recorded_diameter_m / 2 - disc.groove_width_m / 2
    left = outer - _drop_m(turns, pitches) - disc.locked_diameter_m / 2
    for more, pitch in _lead_out(disc, pitch_m, left):
        turns.append(turns[-1] + more)
        pitches.append(pitch)
    locked = turns[-1]
    turns.append(locked + 1)
    pitches.append(0.0)
    spiral = _integrated(outer, np.array(turns), np.array(pitches))
    # the last sample lies at or just past the place where the locked groove began: the circle is closed
    last = int(np.ceil((locked + 1) / per_s * rate_hz)) + 1
    marks = [0, lead_in, lead_in + music_samples, int(np.ceil(locked / per_s * rate_hz)), last]
    names = ("lead-in", "music", "lead-out", "locked groove")
    bands = tuple(Band(name, a, b) for name, a, b in zip(names, marks, marks[1:], strict=False))
    return Side(spiral, bands, pitch_m, locked + 1)


def _integrated(outer_m: float, turns: NDArray[Any], pitch_m: NDArray[Any]) -> Knots:
    """The spiral whose pitch runs straight from one (turn, pitch) to the next."""
    radius = outer_m - np.concatenate(([0.0], np.cumsum(np.diff(turns) * (pitch_m[1:] + pitch_m[:-1]) / 2)))
    keep = np.concatenate(([True], np.diff(turns) > 0))
    return Knots(turns[keep], radius[keep], -pitch_m[keep])


def _drop_m(turns: list[float], pitch_m: list[float]) -> float:
    return float(np.trapezoid(pitch_m, turns))


def _lead_in_drop_m(disc: Disc, pitch_m: float) -> float:
    """What the lead-in takes of the radius when it ends at `pitch_m`."""
    steady = disc.lead_in_turns - RAMP_TURNS
    return steady * disc.lead_in_pitch_m + RAMP_TURNS * (disc.lead_in_pitch_m + pitch_m) / 2


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
    """`FitError` where the music does not fit at that pitch (None: at the least that silence allows).

    The line says by how much, and which remedies there are: shorter, smaller pitch, bigger disc, slower speed.
    """
    least = least_pitch_m(disc) if pitch_m is None else pitch_m
    span = music_span(disc, swing_m)
    room = span.outer_m - span.inner_m
    need = music_s * float(rpm) / 60 * least
    if need <= room * (1 + 1e-9):
        return
    fits_s = room / least / float(rpm) * 60
    remedies = [f"cut at most {units.time_text(fits_s)} of it (--end)"]
    smaller = room / music_s / float(rpm) * 60
    if pitch_m is not None and smaller > least_pitch_m(disc):
        remedies.append(f"--pitch {smaller * 1e6:.0f}um or less")
    remedies += _bigger(disc, rpm, music_s, swing_m)
    slower = _slower(disc, rpm, music_s, pitch_m, swing_m)
    if slower:
        remedies.append(f"--rpm {slower}")
    raise FitError(
        f"the song does not fit: {units.time_text(music_s)} at {units.rpm_text(rpm)} rpm and a pitch of "
        f"{units.length_text(least)} take {units.length_text(need)} of radius, {disc.name} has "
        f"{units.length_text(room)} (too long by {units.time_text(music_s - fits_s)}); " + ", or ".join(remedies)
    )


def _fits(disc: Disc, rpm: Fraction, music_s: float, pitch_m: float | None, swing_m: float) -> bool:
    span = music_span(disc, swing_m)
    least = least_pitch_m(disc) if pitch_m is None else pitch_m
    return music_s * float(rpm) / 60 * least <= span.outer_m - span.inner_m


def _bigger(disc: Disc, rpm: Fraction, music_s: float, swing_m: float) -> list[str]:
    others = (presets.disc(name) for name in presets.names("discs"))
    fitting = [
        d
        for d in others
        if d.diameter_m > disc.diameter_m
        and d.groove_width_m <= disc.groove_width_m
        and _fits(d, d.rpm, music_s, None, swing_m)
    ]
    fitting.sort(key=lambda d: (d.diameter_m, d.rpm != rpm))
    return [f"--disc {fitting[0].name}"] if fitting else []


def _slower(disc: Disc, rpm: Fraction, music_s: float, pitch_m: float | None, swing_m: float) -> str | None:
    for spelt in ("45", "33", "16"):
        slower = units.SPEEDS[spelt]
        if slower < rpm and _fits(disc, slower, music_s, pitch_m, swing_m):
            return spelt
    return None
