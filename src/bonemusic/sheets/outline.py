"""The rim along which a disc is cut out: round, square, a card, or any closed line around the spindle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError, FormatError
from ..presets import Disc
from ..presets.shape import rim
from ..units import length_text
from .crossing import crossing

CLEAR_M = 1e-3
"""Between an outline and the outermost groove. Assumed: a sheet's edge frays and curls for some tenths of this."""
SPAN_M = (0.02, 0.6)
"""What an outline may measure across: a disc smaller than a large hole, or twice an LP, is a drawing in other units."""
MOST_CORNERS = 2_000_000
CLOSED_M = 0.25e-3
"""Ends that are nearer meet."""
HOLES_M = ((7.24e-3, 0.6e-3), (38.2e-3, 1.0e-3))
"""Holes of records (IEC 60098; JIS S8502) and how far a drawn one may differ."""
ROUND_M = 20e-6
"""A closed line that keeps so near to a circle is one: thinner than any beam is wide."""


class Round(Protocol):
    """A circle, wherever it is from."""

    @property
    def x_m(self) -> float:
        """Its middle."""

    @property
    def y_m(self) -> float:
        """Its middle."""

    @property
    def radius_m(self) -> float:
        """More than 0."""


@dataclass(frozen=True)
class Outline:
    """A closed line around the spindle at (0, 0), y up.

    Attributes
    ----------
    corners : ndarray, float64, (n, 2), or None
        Metres, the last corner the first again; None for a circle around the spindle.
    radius_m : float or None
        Of that circle.
    """

    corners: NDArray[Any] | None = None
    radius_m: float | None = None

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top."""
        if self.corners is None:
            reach = self.radius_m or 0.0
            return -reach, -reach, reach, reach
        (left, bottom), (right, top) = self.corners.min(0).tolist(), self.corners.max(0).tolist()
        return left, bottom, right, top

    @property
    def reach_m(self) -> float:
        """The greatest distance from the spindle."""
        return (self.radius_m or 0.0) if self.corners is None else float(np.hypot(*self.corners.T).max())

    def turned(self, angle_rad: float) -> Outline:
        """The outline turned clockwise around the spindle, as it lies on a film that was turned the other way."""
        if self.corners is None or angle_rad == 0:
            return self
        cos, sin = math.cos(angle_rad), math.sin(angle_rad)
        return Outline(self.corners @ np.array([[cos, -sin], [sin, cos]]))


def of(disc: Disc, word: str | None = None) -> Outline:
    """The outline of a disc: round, square or card; None: its own. Of the disc's width, which is its diameter."""
    corners = rim(disc, word or disc.outline)
    return Outline(corners) if corners is not None else Outline(radius_m=disc.diameter_m / 2)


def free(lines: Sequence[NDArray[Any]], circles: Sequence[Round]) -> tuple[Outline, float | None]:
    """The outline that a drawing holds: its longest closed line or circle.

    Parameters
    ----------
    lines : sequence of ndarray, float64, (n, 2)
        Metres, y up; lines in pieces are joined before.
    circles : sequence of Round

    Returns
    -------
    outline : Outline
        Around the middle of the hole that is drawn within it (a circle of a record's hole's size); without such a hole
        around the middle of the box that just holds it.
    hole_m : float or None
        How wide the drawn hole is.

    Raises
    ------
    FitError
        Nothing in the drawing is closed.
    """
    closed = [line for line in map(_closed, lines) if line is not None]
    rounds = [(c.x_m, c.y_m, c.radius_m) for c in circles if math.isfinite(c.x_m + c.y_m + c.radius_m)]
    rounds += [found for found in map(_as_circle, closed) if found is not None]
    lengths = [float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in closed]
    longest = int(np.argmax(lengths)) if closed else 0
    x, y, radius = max(rounds, key=lambda each: each[2], default=(0.0, 0.0, 0.0))
    if not closed and not radius > 0:
        raise FormatError(
            "the drawing holds no closed line, which an outline is; join its ends (within 0.25 mm), and draw it around "
            "the disc"
        )
    if 2 * math.pi * radius * (1 + 1e-3) >= max(lengths, default=0.0):
        hole = _hole(rounds, (x, y), radius)
        if hole is None or math.dist(hole[:2], (x, y)) < ROUND_M:
            return Outline(radius_m=radius), hole and 2 * hole[2]
        turn = np.linspace(0, 2 * math.pi, 721)
        rim_ = np.stack([x - hole[0] + radius * np.cos(turn), y - hole[1] + radius * np.sin(turn)], axis=1)
        rim_[-1] = rim_[0]
        return Outline(rim_), 2 * hole[2]
    corners = closed[longest]
    middle = (corners.min(0) + corners.max(0)) / 2
    hole = _hole(rounds, tuple(middle.tolist()), float(np.ptp(corners, axis=0).max() / 2))
    return Outline(corners - (middle if hole is None else np.array(hole[:2]))), hole and 2 * hole[2]


def refuse(outline: Outline, groove_outer_m: float, hole: Round) -> None:
    """`FitError` where an outline cannot be that of a disc.

    Parameters
    ----------
    outline : Outline
    groove_outer_m : float
        The outermost radius of any groove.
    hole : Round
        Around the spindle, or beside it.

    Raises
    ------
    FitError
        It is far too large or small, is not around the spindle, cuts the groove or the hole, comes nearer to the groove
        than `CLEAR_M`, or crosses itself.
    """
    left, bottom, right, top = outline.box_m
    width, height = right - left, top - bottom
    if not (SPAN_M[0] <= min(width, height) and max(width, height) <= SPAN_M[1]):
        raise FitError(
            f"the outline is {1e3 * width:.4g} × {1e3 * height:.4g} mm large, which no disc is; give the drawing's "
            "size in millimetres"
        )
    corners = outline.corners
    if corners is None:
        _refuse_near(outline.radius_m or 0.0, (outline.radius_m or 0.0, 0.0), groove_outer_m)
        if math.hypot(hole.x_m, hole.y_m) + hole.radius_m >= (outline.radius_m or 0.0):
            raise _cuts_hole()
        return
    if len(corners) > MOST_CORNERS:
        raise FitError(f"the outline has {len(corners):,} corners; simplify it to {MOST_CORNERS:,} at most")
    where = crossing(corners)
    if where is not None:
        raise FitError(f"the outline crosses itself {_place(where)}; part it there, or simplify it")
    if not _around(corners, 0.0, 0.0):
        raise FitError(
            "the outline does not go around the spindle, which is at the drawn hole or the drawing's middle; draw a "
            "hole of 7.24 mm where the spindle is"
        )
    if _nearest(corners, hole.x_m, hole.y_m)[0] <= hole.radius_m or not _around(corners, hole.x_m, hole.y_m):
        raise _cuts_hole()
    _refuse_near(*_nearest(corners, 0.0, 0.0), groove_outer_m)


def _refuse_near(nearest_m: float, point: tuple[float, float], groove_outer_m: float) -> None:
    if nearest_m >= groove_outer_m + CLEAR_M - 1e-9:
        return
    what = "crosses the groove" if nearest_m < groove_outer_m else "comes nearer than 1 mm to the groove"
    raise FitError(
        f"the outline {what}, which reaches {length_text(groove_outer_m)} from the spindle: it "
        f"passes {length_text(nearest_m)} from it ({_place(point)}); make the outline larger, or take a smaller disc"
    )


def _cuts_hole() -> FitError:
    return FitError("the outline cuts the hole; make the outline larger, or move the hole")


def _place(point: tuple[float, float]) -> str:
    """Where a point is, as a person finds it on the sheet."""
    x, y = (1e3 * value for value in point)
    sideways = f"{abs(x):.1f} mm {'right' if x >= 0 else 'left'} of"
    return f"{sideways} and {abs(y):.1f} mm {'above' if y >= 0 else 'below'} the spindle"


def _closed(line: NDArray[Any]) -> NDArray[Any] | None:
    """A line whose ends meet, its corners once each and the first again; None if they do not."""
    line = np.asarray(line, np.float64)
    if len(line) < 4 or not np.isfinite(line).all() or math.dist(line[0], line[-1]) > CLOSED_M:
        return None
    moved = np.append(True, (np.diff(line, axis=0) != 0).any(1))
    corners = line[moved]
    corners[-1] = corners[0]  # ends that nearly meet become one
    return corners if len(corners) >= 4 else None


def _as_circle(corners: NDArray[Any]) -> tuple[float, float, float] | None:
    """The circle that a closed line is, if it is one."""
    if len(corners) < 17:
        return None
    middle = (corners.min(0) + corners.max(0)) / 2
    radius = np.hypot(*(corners - middle).T)
    chord = np.hypot(*np.diff(corners, axis=0).T)
    within = np.ptp(radius) <= 2 * ROUND_M and chord.max() < radius.max() / 2
    return (float(middle[0]), float(middle[1]), float(radius.mean())) if within else None


def _hole(
    rounds: Sequence[tuple[float, float, float]], about: tuple[float, ...], within_m: float
) -> tuple[float, float, float] | None:
    """The drawn circle of a record's hole's size that is nearest to the middle."""
    sized = [
        each
        for each in rounds
        if any(abs(2 * each[2] - size) <= slack for size, slack in HOLES_M)
        and math.dist(each[:2], about) + each[2] < within_m
    ]
    return min(sized, key=lambda each: math.dist(each[:2], about), default=None)


def _around(corners: NDArray[Any], x_m: float, y_m: float) -> bool:
    """Whether a closed line goes around a point (by the crossings of a ray to the right)."""
    x, y = corners[:, 0] - x_m, corners[:, 1] - y_m
    up = (y[:-1] <= 0) != (y[1:] <= 0)
    x0, x1, y0, y1 = x[:-1][up], x[1:][up], y[:-1][up], y[1:][up]
    return bool(np.count_nonzero(x0 - y0 * (x1 - x0) / (y1 - y0) > 0) % 2)


def _nearest(corners: NDArray[Any], x_m: float, y_m: float) -> tuple[float, tuple[float, float]]:
    """How near a line comes to a point, and where."""
    begins, ways = corners[:-1] - (x_m, y_m), np.diff(corners, axis=0)
    squared = np.maximum((ways**2).sum(1), 1e-300)
    along = np.clip(-(begins * ways).sum(1) / squared, 0.0, 1.0)
    feet = begins + along[:, None] * ways
    far = np.hypot(feet[:, 0], feet[:, 1])
    k = int(np.argmin(far))
    return float(far[k]), (float(feet[k, 0] + x_m), float(feet[k, 1] + y_m))
