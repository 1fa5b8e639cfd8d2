"""Find the disc in a picture: centre, stretch of the axes, and where its groove lies, from the groove alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..pictures.values import Values
from ..progress import Progress, silent
from . import normals, spokes
from .lines import Lines, lines_of
from .track import Geometry

LEAST_SIDE_PX = 400
LEAST_PITCH_PX = 2.2
"""Two dots to a turn are the least that tells turns apart at all (Nyquist), and lenses leave nothing of it."""
MOST_STRETCH = 0.02
MOST_OBLIQUE = 0.003
NOTED_OBLIQUE = 0.0006
STEP_PX = 1.5
ROUNDS = 2
SECTORS = 72
UNIT_PER_M = 47_244.0
"""Pixels to the metre until the scale is known: 1200 dpi."""


@dataclass(frozen=True)
class Found:
    """A disc in a picture.

    Attributes
    ----------
    geometry : Geometry
    inner_m, outer_m : float
        Radii between which there is groove, lead-in and lead-out too.
    pitch_m : float
        Typical.
    bright : bool
        Whether the groove is brighter than the land.
    width_m : float
        The groove's, at half its height.
    seed_m, seed_rad : float
        Radius and angle of a place in the middle of a groove, near the middle of the side, well seen all around.
    winding : int
        1: counter-clockwise inwards as seen, as it should be; -1: mirrored, or a disc that starts inside.
    lit : ndarray, bool, (72, bands)
        Which sectors, counter-clockwise from the right, show a groove in which bands of radii.
    lit_m : ndarray, float64, (bands,)
        The middles of the bands.
    hole : (float, float, float) or None
        Its middle (px) and radius (m).
    rim_m : float or None
        The disc's radius.
    notes : tuple of str
    """

    geometry: Geometry
    inner_m: float
    outer_m: float
    pitch_m: float
    bright: bool
    width_m: float
    seed_m: float
    seed_rad: float
    winding: int
    lit: NDArray[Any]
    lit_m: NDArray[Any]
    hole: tuple[float, float, float] | None
    rim_m: float | None
    notes: tuple[str, ...]


def find(values: Values, dots_per_m: tuple[float, float] | None, progress: Progress = silent) -> Found:
    """Find the disc.

    Parameters
    ----------
    values : Values
    dots_per_m : (float, float) or None
        Pixels to the metre, down and across; None where nobody knows.
    progress : Progress

    Raises
    ------
    FormatError
        No disc in it, too small, too coarse, seen obliquely, circles that are no spiral.
    """
    grey = values.grey
    if min(grey.shape) < LEAST_SIDE_PX:
        raise FormatError(
            f"{grey.shape[1]} × {grey.shape[0]} px are too few to show a disc's groove; scan it at 1200 dpi or more"
        )
    down, across = dots_per_m or (UNIT_PER_M, UNIT_PER_M)
    mean = (down + across) / 2
    met = _meeting(grey, across / down, progress)
    half = math.sqrt(met.ratio)
    geometry = Geometry(met.x_px, met.y_px, mean * half, mean / half)
    radius, _ = geometry.polar(met.tiles.x_px, met.tiles.y_px)
    low, high = (float(r) for r in np.percentile(radius, [3, 97]))
    progress("finding the disc", 0.5)
    geometry, solved, moved = _refined(grey, geometry, low, high, float(np.median(met.tiles.wave_px)) / mean)
    stretch = geometry.stretch - (across / down - 1)
    if abs(stretch) > MOST_STRETCH:
        raise FormatError(
            f"the disc is seen obliquely: its axes differ by {100 * abs(stretch):.1f} %; "
            "scan it flat, or try --perspective"
        )
    progress("finding the disc", 0.8)
    return _told(grey, geometry, solved, moved, (low, high))


def _meeting(grey: NDArray[Any], ratio: float, progress: Progress) -> normals.Meeting:
    """Where the groove's normals meet, at the finest scale at which they do."""
    best = None
    for done, scale in enumerate(normals.SCALES):
        progress("finding the disc", done / len(normals.SCALES) / 2)
        found = normals.meeting(normals.tiles_of(grey, scale), grey.shape, ratio)
        if found is not None and (best is None or len(found.tiles) * found.share > len(best.tiles) * best.share):
            best = found
        if best is not None and best.share > 0.6 and len(best.tiles) > 100:
            return best
    if best is None:
        raise FormatError(
            "no groove is seen in the picture: no lines that run around a centre; is it a scan of a disc?"
        )
    return best


def _refined(
    grey: NDArray[Any], geometry: Geometry, low_m: float, high_m: float, wave_m: float
) -> tuple[Geometry, spokes.Solved, spokes.Moves]:
    """The geometry exactly, and the moves that are left in it."""
    step = STEP_PX / geometry.dots_per_m
    wave_m = max(wave_m, 2 * step)
    for round_ in range(ROUNDS):
        seen = spokes.sample(grey, geometry, low_m, high_m, step, 0.5 if round_ == 0 else 1.0)
        free = (0, 1, 2) if round_ == 0 else (0, 1, 2, 3, 4, 5)
        best: tuple[spokes.Solved, spokes.Moves, float] | None = None
        for times in (1, 2, 4) if round_ == 0 else (1,):
            moved = spokes.moves(seen, wave_m * times)
            solved = spokes.solve(moved, free)
            if solved is not None and (best is None or solved.rest_m < best[0].rest_m):
                best = solved, moved, wave_m * times
        if best is None or best[0].rest_m > 0.15 * best[2]:
            raise FormatError("there are lines around a centre, but no turns of a groove; is it a scan of a disc?")
        solved, moved, wave_m = best
        geometry = spokes.corrected(geometry, solved.terms)
    return geometry, solved, moved


def _told(
    grey: NDArray[Any], geometry: Geometry, solved: spokes.Solved, moved: spokes.Moves, reach: tuple[float, float]
) -> Found:
    """All that is to be told, of a geometry that stands."""
    step = 1 / geometry.dots_per_m
    advance = float(np.nanmedian(solved.advance_m))
    thin = spokes.sample(grey, geometry, *reach, step, 0.03, along=3)
    lines = lines_of(thin, 1.5 * max(abs(advance), float(np.median(moved.wave_m))))
    if lines is None:
        raise FormatError("there are lines around a centre, but no turns of a groove; is it a scan of a disc?")
    if abs(advance) < 0.3 * lines.spacing_m:
        raise FormatError("there are circles in the picture, but no spiral: a groove's turns would lead inwards")
    pitch = abs(advance)
    if pitch / step < LEAST_PITCH_PX:
        raise FormatError(
            f"the picture has too few dots: the groove's turns lie {pitch / step:.1f} px apart; "
            f"scan it at {math.ceil(5 * step / pitch * geometry.dots_per_m * 25.4e-3 / 600) * 600} dpi or more"
        )
    seed_m, seed_rad = _seed(lines, moved, thin)
    lit = moved.coherence > spokes.COHERENT
    sectors = lit.reshape(SECTORS, -1, lit.shape[1]).mean(1) > 0.5
    notes = [] if lines.sure else ["light and dark lines are alike; which of them is the groove is a guess"]
    return Found(
        geometry, *reach, pitch, lines.bright, lines.width_m, seed_m, seed_rad, 1 if advance < 0 else -1,
        sectors, moved.radius_m, None, None, tuple(notes),
    )  # fmt: skip


def _seed(lines: Lines, moved: spokes.Moves, thin: spokes.Spokes) -> tuple[float, float]:
    """A line of the usual width, near the middle of the side, in a band that is well seen all around."""
    bands = len(moved.radius_m)
    middle = 1 - 0.5 * np.abs(np.arange(bands) / (bands - 1) - 0.5)
    seen = (moved.coherence > spokes.COHERENT).mean(0) * moved.coherence.mean(0) * middle
    band = int(seen.argmax())
    around = moved.coherence[:, band]
    good = around[lines.spoke] * np.roll(around, 1)[lines.spoke]
    good -= np.abs(lines.radius_m - moved.radius_m[band]) / np.ptp(moved.radius_m)
    good -= np.abs(lines.widths_m / lines.width_m - 1)
    best = int(good.argmax())
    return float(lines.radius_m[best]), float(thin.angle_rad[lines.spoke[best]])
