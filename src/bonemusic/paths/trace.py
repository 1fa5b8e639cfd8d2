"""Polylines to a groove: what a stylus meets on a disc that somebody drew.

Sample k lies at angle 2π·rpm/60·k/rate from the groove's first point, exactly, so speed is as true as the drawing. The
line is read at four times the rate (its corners then lie above the band and are not folded into it), the smooth spiral
is taken off before anything is filtered, and what remains is brought down to the rate.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..groove import Band, Groove, Knots, Profile, constant
from ..progress import Progress, silent
from ..spectral import filtered, high_cut
from . import centre, join, size
from .drawing import Drawing
from .join import Chain
from .polar import Polar, Remainder, turns_about, unwound
from .spiral import locked_from, smooth

MICROGROOVE = Profile(56e-6, 6e-6, math.pi / 2)
"""IEC 60098's microgroove: a drawing has no depth, so it is assumed."""
JOIN_M = 0.25e-3
JOIN_PART = 2e-3
"""The widest gap that is bridged; where no size is known, as a part of half the drawing."""
LEAST_TURNS = 2.0
RADII_M = (0.003, 0.26)
PITCH_M = (5e-6, 0.01)
LONGEST_S = 2 * 3600.0
MOST_SKIPPED = 0.5
ONE_WAY = 0.8
RATE_HZ = 48_000
DENSE_POINTS_PER_S = 60_000
FINER = 4
BAND = (0.45, 0.499)
"""Where the high-cut begins and is complete, against the rate."""
FADE_S = 0.02


def groove_of(
    drawing: Drawing,
    rpm: Fraction,
    rate_hz: int | None = None,
    profile: Profile | None = None,
    progress: Progress = silent,
) -> tuple[Groove, tuple[str, ...]]:
    """The groove of a drawn disc.

    Parameters
    ----------
    drawing : Drawing
        Its spiral may be in pieces, in any order and direction, anywhere on the page.
    rpm : Fraction
        Turns per minute at which it is meant to be played.
    rate_hz : int, optional
        Samples per second; 48000, or 96000 where the line has more than 60,000 points for each second.
    profile : Profile, optional
        The groove's cross-section, which a drawing does not show; microgroove if not given.

    Returns
    -------
    groove : Groove
        As a stylus meets it: counter-clockwise, from the outside in; from the inside out if the disc is mirrored.
    warnings : tuple of str
        A line each.

    Raises
    ------
    FormatError
        There is no spiral, or none that is a disc's.
    """
    warnings: list[str] = []
    progress("finding the groove", 0.0)
    line = _line(drawing, warnings)
    spiral = smooth(line)
    _refuse_nonsense(line, spiral, rpm)
    mirrored = bool(spiral.value[-2] > spiral.value[1])
    if mirrored:
        warnings.append("the disc is mirrored: a turntable plays it backwards, from the inside; flip the drawing")
    seconds = float(line.turns[-1] / (rpm / 60))
    rate = rate_hz or (2 * RATE_HZ if len(line.turns) > DENSE_POINTS_PER_S * seconds else RATE_HZ)
    lateral = _lateral(line, spiral, rpm, rate, progress)
    shape = profile or MICROGROOVE
    groove = Groove(
        spiral=spiral,
        depth=constant(shape.width_m / 2 / math.tan(shape.angle_rad / 2)),
        rpm=rpm,
        rate_hz=rate,
        lateral_m=lateral,
        profile=shape,
        bands=_bands(line, len(lateral), float(rpm / 60 / rate), mirrored),
        meta=drawing.meta,
    )
    return groove, tuple(warnings)


def _line(drawing: Drawing, warnings: list[str]) -> Polar:
    """The groove about its spindle, true to size."""
    chain, turns, others = _longest(drawing)
    backwards = turns < 0
    about, half_m = centre.middle(chain)
    circles = drawing.circles + centre.round_lines(others)
    hole = centre.hole(circles, about, half_m, drawing.scale_known)
    start = hole.point if hole else about
    line = unwound(chain, start, backwards)
    if line.turns[-1] < LEAST_TURNS or line.skipped > MOST_SKIPPED:
        raise _no_spiral(drawing, float(line.turns[-1]))
    first = (chain.pieces[-1][-1] if backwards else chain.pieces[0][0]) - start
    found = centre.fitted(line, start, math.atan2(first[1], first[0]))
    off_m = math.dist(found, start)
    scale = 1.0
    if not drawing.scale_known:
        scale, why = size.guess(float(line.radius_m.max()), hole.radius_m if hole else 0.0)
        warnings.append(why)
    if hole is None or scale * off_m > centre.ECCENTRIC_M:
        line = unwound(chain, found, backwards)
        spindle = hole if hole and centre.is_hole(scale * hole.radius_m) else None
        spindle = spindle or centre.hole_beside(circles, found, float(line.radius_m.min()), scale)
        if spindle is not None and scale * math.dist(spindle.point, found) > centre.ECCENTRIC_M:
            warnings.append(_beside(scale * math.dist(spindle.point, found), scale * line.radius_m))
    line.radius_m[:] *= scale
    left_out = sum(abs(turns_about(other, about)) >= LEAST_TURNS for other in others)
    if left_out:
        does, is_ = ("piece of spiral does", "is") if left_out == 1 else ("pieces of spiral do", "are")
        warnings.append(
            f"a part seems to be missing: {left_out} more {does} not meet the longest "
            f"(gaps over {JOIN_M * 1e3:g} mm) and {is_} left out"
        )
    return line


def _beside(off_m: float, radius_m: NDArray[Any]) -> str:
    """What a turntable makes of a hole that is not at the groove's centre."""
    rim, end = (100 * off_m / float(radius) for radius in (radius_m.max(), radius_m.min()))
    return (
        f"the hole lies {1e3 * off_m:.2f} mm off the groove's centre: on a turntable the pitch wavers by {rim:.2g} % "
        f"at the rim and {end:.2g} % at the end; here the disc turns about the groove's centre"
    )


def _longest(drawing: Drawing) -> tuple[Chain, int, list[Chain]]:
    """The chain of most turns, its turns counter-clockwise, and all other chains."""
    if not drawing.lines:
        raise _no_spiral(drawing, 0.0)
    runs = join.runs(drawing.lines)
    _, half_m = centre.middle(Chain(tuple(piece for run in runs for piece in run.pieces)))
    tolerance = JOIN_M if drawing.scale_known else min(JOIN_M, JOIN_PART * half_m)
    if not 0 < half_m < 1e6:
        raise FormatError(f"the drawing is {2 * half_m:.3g} m wide, which is no disc; give its size in mm")
    chains = join.join(runs, tolerance, 2 * half_m)
    turns = [turns_about(chain, centre.middle(chain)[0]) for chain in chains]
    best = int(np.argmax(np.abs(turns)))
    if abs(turns[best]) < 1:
        raise _no_spiral(drawing, 0.0)
    return chains[best], turns[best], chains[:best] + chains[best + 1 :]


def _no_spiral(drawing: Drawing, turns: float) -> FormatError:
    curves = next((f" ({note})" for note in drawing.notes if "curve" in note), "")
    what = "convert curves to polylines first" if curves else "draw the groove as one spiral polyline"
    return FormatError(f"there is no groove: no line makes {LEAST_TURNS:g} turns inwards or outwards{curves}; {what}")


def _refuse_nonsense(line: Polar, spiral: Knots, rpm: Fraction) -> None:
    inner, outer = float(line.radius_m.min()), float(line.radius_m.max())
    turns = float(line.turns[-1])
    if inner < RADII_M[0] or outer > RADII_M[1]:
        raise FormatError(
            f"the spiral's radius goes from {1e3 * inner:.4g} to {1e3 * outer:.4g} mm, which is no disc's size; "
            "give the drawing's width and height in mm"
        )
    steps = np.diff(spiral.value[1:-1])  # whole turns: the ends swing as an eccentric disc does
    pitch = abs(float(steps.sum())) / float(spiral.turns[-2] - spiral.turns[1])
    if not PITCH_M[0] <= pitch <= PITCH_M[1]:
        raise FormatError(
            f"the spiral's turns lie {1e3 * pitch:.3g} mm apart, which is no record's; check the drawing's size"
        )
    if abs(steps.sum()) < ONE_WAY * np.abs(steps).sum():
        raise FormatError("the longest line goes in and out and is no spiral; draw the groove as one spiral polyline")
    seconds = turns / float(rpm / 60)
    if seconds > LONGEST_S:
        raise FormatError(
            f"{turns:.0f} turns last {seconds / 60:.0f} minutes at {float(rpm):g} rpm, which no disc does; check --rpm"
        )


def _lateral(line: Polar, spiral: Knots, rpm: Fraction, rate_hz: int, progress: Progress) -> NDArray[Any]:
    """What moves the line off its spiral, float32 (n,)."""
    turns_per_sample = float(rpm / 60 / rate_hz)
    count = int(line.turns[-1] / turns_per_sample) + 1
    fade = math.ceil(FADE_S * rate_hz)
    remainder = Remainder(line, spiral, turns_per_sample / FINER, FINER * count, FINER * fade)

    def response(frequency_hz: NDArray[Any]) -> NDArray[Any]:
        return high_cut(frequency_hz, BAND[0] * rate_hz, BAND[1] * rate_hz)

    # it is only ever sliced, block by block: as an array it would be the largest thing in memory
    whole = filtered(cast(Any, remainder), FINER * rate_hz, response, rate_hz, 0.0, progress, "following the groove")
    return whole[fade : fade + count]


def _bands(line: Polar, count: int, turns_per_sample: float, mirrored: bool) -> tuple[Band, ...]:
    locked = None if mirrored else locked_from(line)
    if locked is None:
        return (Band("groove", 0, count),)
    first = min(count, math.ceil(locked / turns_per_sample))
    return (Band("groove", 0, first), Band("locked groove", first, count))
