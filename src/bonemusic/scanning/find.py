"""Find the disc in a picture: centre, stretch of the axes, and where its groove lies, from the groove alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..pictures.values import Values
from ..progress import Progress, silent
from . import edges, moves, normals, oblique, spokes
from .lines import Lines, lines_of, sharpened
from .ring import NO_TURNS, NoTurns, Ring, refined
from .track import Geometry

LEAST_SIDE_PX = 400
LEAST_PITCH_PX = 2.2
"""Two dots to a turn are the least that tells turns apart at all (Nyquist), and lenses leave nothing of it."""
FOLLOWED_PITCH_PX = 3.7
"""Nearer turns are not told apart one by one: of those 3.5 px apart every fifth sample was another turn's."""
SEEN_WELL = 0.85
"""Of the groove's directions."""
OTHER_SHARE, OTHER_TILES = 0.6, 40
"""Of the tiles that do not belong to the disc, so many, and as a part, belong to another one."""
SECTORS = 72
THIN = 180
"""Spokes across which lines are looked at one by one."""
THICK_M = 0.1e-3
"""What is averaged along the groove: at the middle of a 10 inch side half a wave of 4 kHz."""
SMALLEST_M, LARGEST_M = 10e-3, 0.2
"""Outer radii of discs that were ever made: 3 to 16 inches across, and some room."""
CIRCLES = 0.3
"""Of the lines' distance; a spiral advances by one in a turn."""
MARGIN_M = 2e-3
UNIT_PER_M = 47_244.0
"""Pixels to the metre until the scale is known: 1200 dpi."""
CLOCKWISE = "the groove runs clockwise inwards: a mirrored scan (try --mirror), or a disc that starts inside"


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
        Pixels to the metre, down and across; None where nobody knows: then the hole or the rim tells.
    progress : Progress

    Raises
    ------
    FormatError
        No disc in it, too small, too coarse, seen obliquely, circles that are no spiral, of unknown size.
    """
    grey = values.grey
    if min(grey.shape) < LEAST_SIDE_PX:
        raise FormatError(
            f"{grey.shape[1]} × {grey.shape[0]} px are too few to show a disc's groove; scan it at 1200 dpi or more"
        )
    try:
        found = _found(grey, dots_per_m, progress)
    except NoTurns as why:
        raise oblique.at_last(grey, why) from why
    progress("finding the disc", 0.9)
    found = _with_edges(grey, found) if dots_per_m is not None else _scaled(grey, found)
    progress("finding the disc", 1.0)
    return found


def refuse_too_near(found: Found) -> None:
    """Refuse turns that can be seen, but not followed one by one.

    Raises
    ------
    FormatError
    """
    dots = found.geometry.dots_per_m
    apart = found.pitch_m * dots
    if apart < FOLLOWED_PITCH_PX:
        raise FormatError(
            f"the picture has too few dots to follow the groove: its turns lie {apart:.1f} px apart; "
            f"scan it at {_enough_dpi(apart, dots)} dpi or more"
        )


def _found(grey: NDArray[Any], dots_per_m: tuple[float, float] | None, progress: Progress) -> Found:
    """All but the hole and the rim."""
    down, across = dots_per_m or (UNIT_PER_M, UNIT_PER_M)
    mean = (down + across) / 2
    met = _meeting(grey, across / down, progress)
    half = math.sqrt(met.ratio)
    geometry = Geometry(met.x_px, met.y_px, mean * half, mean / half)
    radius, _ = geometry.polar(met.tiles.x_px, met.tiles.y_px)
    low, high = (float(r) for r in np.percentile(radius, [3, 97]))
    if dots_per_m is not None and not SMALLEST_M < high < LARGEST_M:
        raise FormatError(
            f"by its {mean * 25.4e-3:.0f} dpi the disc would be {2e3 * high:.4g} mm wide; give the right one with "
            "--dpi, or cut one disc out, if there are several in the picture"
        )
    finest = float(np.percentile(met.tiles.wave_px, 20))
    if finest < LEAST_PITCH_PX:
        times = f"{5 / finest:.2g} times as many dpi"
        more = f"{_enough_dpi(finest, mean)} dpi" if dots_per_m else times
        raise FormatError(
            f"the picture has too few dots: the groove's turns lie {finest:.1f} px apart; scan it at {more} or more"
        )
    progress("finding the disc", 0.5)
    ring = refined(grey, geometry, low, high, float(np.median(met.tiles.wave_px)) / mean)
    aslant = oblique.told(ring, across / down - 1)
    progress("finding the disc", 0.8)
    told = _told(grey, ring)
    # what is unlit or cut off leaves room for wrong guesses of an angle
    added = (aslant if told.lit.mean() > SEEN_WELL else "", _another(met, grey.shape, across / down))
    return replace(told, notes=(*told.notes, *filter(None, added)))


def _another(met: normals.Meeting, shape: tuple[int, int], ratio: float) -> str:
    """A note where much of what does not belong to the disc belongs to one more."""
    other = normals.meeting(met.others, shape, ratio)
    if other is None or len(other.tiles) < OTHER_TILES or other.share < OTHER_SHARE:
        return ""
    if normals.turned(other.tiles.x_px - other.x_px, other.tiles.y_px - other.y_px) < normals.LEAST_DIRECTIONS:
        return ""
    return (
        f"there is more than one disc in the picture: the one about column {met.x_px:.0f}, row {met.y_px:.0f} is read; "
        "cut the others out to read them"
    )


def _with_edges(grey: NDArray[Any], found: Found) -> Found:
    """What was found, with hole and rim."""
    hole = edges.hole(grey, found.geometry, found.inner_m)
    return replace(found, hole=hole, rim_m=edges.rim(grey, found.geometry, found.outer_m))


def _scaled(grey: NDArray[Any], found: Found) -> Found:
    """What was found in pixels of a made-up size, in metres by the hole or the rim.

    Raises
    ------
    FormatError
        Neither tells.
    """
    unit = found.geometry.dots_per_m
    hole = edges.any_hole(grey, found.geometry, found.inner_m, found.outer_m)
    rim = edges.rim(grey, found.geometry, found.outer_m)
    known = edges.scale(hole[2] * unit if hole else None, rim * unit if rim else None, found.outer_m * unit)
    if known is None:
        raise FormatError("how large the disc is cannot be told: neither its file nor a hole says so; give --dpi")
    per_m, words = known
    k = unit / per_m
    at = found.geometry
    return replace(
        found,
        geometry=Geometry(at.x_px, at.y_px, at.across_per_m / k, at.down_per_m / k),
        inner_m=found.inner_m * k, outer_m=found.outer_m * k, pitch_m=found.pitch_m * k, width_m=found.width_m * k,
        seed_m=found.seed_m * k, lit_m=found.lit_m * k, hole=hole and (hole[0], hole[1], hole[2] * k),
        rim_m=rim and rim * k, notes=(*found.notes, f"the picture does not say how large it is: {words}"),
    )  # fmt: skip


def _enough_dpi(pitch_px: float, dots_per_m: float) -> int:
    """The next multiple of 600 dpi that gives a turn five dots."""
    return math.ceil(5 / pitch_px * dots_per_m * 25.4e-3 / 600) * 600


def _meeting(grey: NDArray[Any], ratio: float, progress: Progress) -> normals.Meeting:
    """Where the groove's normals meet, at the finest scale at which they do."""
    best = None
    for done, scale in enumerate(normals.SCALES):
        progress("finding the disc", done / len(normals.SCALES) / 2)
        found = normals.meeting(normals.tiles_of(grey, scale), grey.shape, ratio)
        if found is not None and (best is None or len(found.tiles) * found.share > len(best.tiles) * best.share):
            best = found
        if best is not None and best.share > 0.6 and len(best.tiles) > 60:
            return best
    if best is None:
        raise FormatError(
            "no groove is seen in the picture: no lines that run around a centre; is it a scan of a disc?"
        )
    return best


def _told(grey: NDArray[Any], ring: Ring) -> Found:
    """All that is to be told, of a geometry that stands."""
    geometry = ring.geometry
    step = 1 / geometry.dots_per_m
    advance = float(np.nanmedian(ring.solved.advance_m))
    low, high = ring.dense_m[0] - MARGIN_M, ring.dense_m[1] + MARGIN_M
    arc = THICK_M / (math.pi / THIN * (low + high))
    thin = spokes.sample(grey, geometry, low, high, step, arc, THIN, along=3)
    lines = lines_of(thin, 1.5 * max(abs(advance), ring.wave_m), ring.dense_m)
    if lines is None:
        raise NoTurns(NO_TURNS)
    if abs(advance) < CIRCLES * lines.spacing_m:
        if np.nanmax(np.abs(ring.solved.advance_m)) > CIRCLES * lines.spacing_m:
            raise NoTurns(NO_TURNS)
        raise FormatError("there are circles in the picture, but no spiral: a groove's turns would lead inwards")
    seed_m, seed_rad = _seed(lines, ring.moved, thin)
    width_m = step * sharpened(lines.width_m / step, lines.spacing_m / step)
    lit = ring.moved.coherence > moves.COHERENT
    sectors = lit.reshape(SECTORS, -1, lit.shape[1]).mean(1) > 0.5
    notes = _notes(lines, thin.between(*ring.dense_m), lit, advance)
    return Found(
        geometry, *ring.reach_m, abs(advance), lines.bright, width_m, seed_m, seed_rad, 1 if advance < 0 else -1,
        sectors, ring.moved.radius_m, None, None, notes,
    )  # fmt: skip


def _notes(lines: Lines, side: spokes.Spokes, lit: NDArray[Any], advance_m: float) -> tuple[str, ...]:
    """What is out of the ordinary."""
    notes = []
    shown = float(np.isfinite(side.values).mean())
    if shown < 0.98:
        notes.append(f"the picture's edge cuts the disc off: {100 * shown:.0f} % of its groove are in the picture")
    seen = float(lit.mean()) / max(shown, 1e-3)
    if seen < 0.9:
        notes.append(f"the groove is seen on {100 * min(seen, 1):.0f} % of what is in the picture; the rest is unlit")
    if advance_m > 0:
        notes.append(CLOCKWISE)
    if abs(advance_m) > 1.5 * lines.spacing_m:
        notes.append("each turn shows as two lines: the walls of one groove, or two grooves side by side")
    if not lines.sure:
        notes.append("light and dark lines are alike; which of them is the groove is a guess")
    return tuple(notes)


def _seed(lines: Lines, moved: moves.Moves, thin: spokes.Spokes) -> tuple[float, float]:
    """A line of the usual width, no nearer to the next than usual, near the middle of the side, in a band that is well
    seen all around."""
    bands = len(moved.radius_m)
    middle = 1 - 0.5 * np.abs(np.arange(bands) / (bands - 1) - 0.5)
    seen = (moved.coherence > moves.COHERENT).mean(0) * moved.coherence.mean(0) * middle
    band = int(seen.argmax())
    around = moved.coherence[:: spokes.SPOKES // THIN, band]
    good = around[lines.spoke] * np.roll(around, 1)[lines.spoke]
    good -= np.abs(lines.radius_m - moved.radius_m[band]) / np.ptp(moved.radius_m)
    good -= np.abs(lines.widths_m / lines.width_m - 1)
    good -= np.maximum(1 - _room(lines) / lines.spacing_m, 0)
    best = int(good.argmax())
    return float(lines.radius_m[best]), float(thin.angle_rad[lines.spoke[best]])


def _room(lines: Lines) -> NDArray[Any]:
    """From each line to the nearer of those beside it on its spoke."""
    apart = np.where(np.diff(lines.spoke) == 0, np.diff(lines.radius_m), np.inf)
    return np.asarray(np.minimum(np.append(apart, np.inf), np.append(np.inf, apart)))
