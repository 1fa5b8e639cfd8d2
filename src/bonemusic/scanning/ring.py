"""The ring of a disc's groove, exactly: its geometry, refined from a rough one, and from where to where it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from . import extent, moves, spokes
from .track import Geometry

STEP_PX, STEPS = 1.5, 8
"""From sample to sample along a spoke, and how many there need be to a wave."""
BEYOND = 1.3
"""Lead-ins are looked for as far as this beyond the turns that lie side by side."""
LAGS = (5, 24, 90)
"""Spokes; an arc of a quarter turn tells a centre far better than neighbours do."""
TERMS = (0, 1, 2, 3, 4, 5)
NO_TURNS = "there are lines around a centre, but no turns of a groove; is it a scan of a disc?"
LEAST_SAMPLES = 6 * moves.BANDS
"""Along the radius, of turns that lie side by side."""
LEAST_SEEN = 1 / 3
"""Of the full circle; less of an arc is as well an arc about another point."""
LEAST_BANDS = 0.15
"""Of a spoke's bands that must show a groove for it to count as seen."""
MOST_REST = 0.1
"""Of a wave; moves at random leave 0.2."""


class NoTurns(FormatError):  # noqa: N818  (it is a finding as much as an error)
    """There is no groove in a picture, or none that is seen from above."""


@dataclass(frozen=True)
class Ring:
    """A groove whose geometry stands.

    Attributes
    ----------
    geometry : Geometry
    wave_m : float
        Length of the wave along the radius by which it was found; the pitch, or a part of it.
    dense_m : (float, float)
        Radii between which turns lie side by side.
    reach_m : (float, float)
        Radii between which there is any groove.
    moved : Moves
        From each spoke to the next, in bands of the former.
    solved : Solved
        What of the last round's geometry was still wrong, and the spiral's advance.
    """

    geometry: Geometry
    wave_m: float
    dense_m: tuple[float, float]
    reach_m: tuple[float, float]
    moved: moves.Moves
    solved: moves.Solved


def refined(grey: NDArray[Any], geometry: Geometry, low_m: float, high_m: float, wave_m: float) -> Ring:
    """The geometry exactly.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
        Right to within some millimetres.
    low_m, high_m : float
        Radii between which there are turns.
    wave_m : float
        Typical distance of lines, or a part of it.

    Raises
    ------
    NoTurns
        What is there does not move as turns do.
    """
    least = STEP_PX / geometry.dots_per_m
    step = max(least, wave_m / STEPS)
    seen = spokes.sample(grey, geometry, low_m, high_m, step, 0.5)
    rough, wave_m = _rough(seen, max(wave_m, 2 * least))
    geometry = moves.corrected(geometry, rough.terms)
    step = max(least, wave_m / STEPS)
    # now all radii, and of these the ones where turns lie side by side
    seen = spokes.sample(grey, geometry, 0.3 * low_m, BEYOND * high_m, step)
    waves = spokes.analytic(seen, wave_m)
    agree, deny, ring_m = extent.rings(waves, step, geometry.dots_per_m)
    low, high = (round((r - seen.first_m) / ring_m) for r in (low_m, high_m))
    low, high = extent.dense(agree, low, high)
    dense_m = seen.first_m + ring_m * (low + 0.5), seen.first_m + ring_m * (high - 0.5)
    reach = extent.all_of_it(agree, deny, low, high, ring_m)
    reach_m = seen.first_m + ring_m * reach[0], seen.first_m + ring_m * reach[1]
    if dense_m[1] - dense_m[0] < LEAST_SAMPLES * least:
        raise NoTurns(NO_TURNS)
    part = slice(*(round((r - seen.first_m) / step) for r in dense_m))
    moved, solved = _exact(waves[:, part], seen.between(*dense_m))
    return Ring(moves.corrected(geometry, solved.terms), wave_m, dense_m, reach_m, moved, solved)


def _rough(seen: spokes.Spokes, wave_m: float) -> tuple[moves.Solved, float]:
    """The geometry's errors from neighbouring spokes, by the wave that agrees best."""
    best: tuple[moves.Solved, float] | None = None
    for times in (1, 2, 4):
        solved = moves.solve([moves.moves_of(spokes.analytic(seen, wave_m * times), seen)], (0, 1, 2))
        if solved and solved.rest_m < 0.15 * wave_m * times and (best is None or solved.rest_m < best[0].rest_m):
            best = solved, wave_m * times
    if best is None:
        raise NoTurns(NO_TURNS)
    return best


def _exact(waves: NDArray[Any], seen: spokes.Spokes) -> tuple[moves.Moves, moves.Solved]:
    """Moves of ever longer lags, each unwrapped by the ones before."""
    found = [moves.moves_of(waves, seen)]
    around = ((found[0].coherence > moves.COHERENT).mean(1) > LEAST_BANDS).mean()
    free = TERMS if around > 0.6 else TERMS[:3] if around > 0.4 else TERMS[:2]
    solved = moves.solve(found, free)
    for lag in LAGS:
        found.append(moves.moves_of(waves, seen, lag))
        solved = moves.solve(found, free, solved) if solved else None
    if solved is None or not _agree(solved, float(np.median(found[0].wave_m))):
        raise NoTurns(NO_TURNS)
    if around < LEAST_SEEN:
        raise FormatError(
            f"too little of the groove is seen to tell its centre, {360 * around:.0f} degrees around; "
            "scan more of the disc, half of it would do"
        )
    return found[0], solved


def _agree(solved: moves.Solved, wave_m: float) -> bool:
    """Whether the moves are those of turns: bones, wood and fur have lines around a point, but no common pitch."""
    typical = np.nanmedian(solved.advance_m)
    scatter = np.nanmedian(np.abs(solved.advance_m - typical))
    return bool(solved.rest_m < MOST_REST * wave_m and scatter < 0.3 * abs(typical) + MOST_REST * wave_m)
