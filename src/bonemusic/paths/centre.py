"""Where the spindle is: a drawn hole, or else the point about which the spiral is smoothest.

About a point that is off by (a, b) every turn swings by a·cos θ + b·sin θ. So the radius is fitted by a smooth function
of turns (straight lines between knots two turns apart, which cannot follow such a swing) and by that swing, and the
centre is moved until none is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .drawing import Circle
from .join import Chain
from .polar import TURN, Polar
from .spiral import mean_radius, tridiagonal

HOLES_M = ((7.24e-3, 0.6e-3), (38.2e-3, 1.0e-3))
"""Holes of records (IEC 60098; JIS S8502) and how far a drawn one may differ: some cut it wider, some for a peg."""
NEAR = 0.02
"""A hole lies within this part of the outer radius of the spiral's middle."""
LARGEST_HOLE = 0.33
"""A hole's radius against the groove's outer one: 38.2 mm in a 5 inch card is 0.32; a label's edge is 0.34 or more."""
ECCENTRIC_M = 0.2e-3
"""IEC 60098: the hole is not further than this from the centre of the grooves; a nearer one is where the spindle is."""
PER_TURN = 64
TURNS_PER_KNOT = 2.0
MOST_TURNS = 400
ROUNDS = 5


@dataclass(frozen=True)
class Spindle:
    """A spindle hole, or a centre without one (`radius_m` 0); in the drawing's coordinates."""

    x_m: float
    y_m: float
    radius_m: float = 0.0

    @property
    def point(self) -> tuple[float, float]:
        """Its x and y."""
        return self.x_m, self.y_m


def middle(chain: Chain) -> tuple[tuple[float, float], float]:
    """The middle of a chain's bounding box, and half its larger side."""
    spans = []
    for axis in (0, 1):  # numpy is 20 times slower at both columns in one call
        columns = [piece[:, axis] for piece in chain.pieces]
        spans.append((float(min(c.min() for c in columns)), float(max(c.max() for c in columns))))
    (left, right), (bottom, top) = spans
    return ((left + right) / 2, (bottom + top) / 2), max(right - left, top - bottom) / 2


def round_lines(chains: list[Chain]) -> tuple[Circle, ...]:
    """Closed lines that are circles: how tools without circles draw a hole."""
    found = []
    for chain in chains:
        if not 8 < chain.points < 100_000:
            continue
        xy = np.concatenate(chain.pieces)
        centre = (xy.min(0) + xy.max(0)) / 2
        radius = np.hypot(*(xy - centre).T)
        step = np.hypot(*np.diff(xy, axis=0).T)
        closed = math.hypot(*(xy[0] - xy[-1])) <= step.max()
        if closed and np.ptp(radius) < 0.02 * radius.max() and step.max() < radius.max():
            found.append(Circle(float(centre[0]), float(centre[1]), float(radius.mean())))
    return tuple(found)


def hole(circles: tuple[Circle, ...], about: tuple[float, float], outer_m: float, to_size: bool) -> Spindle | None:
    """The circle that is the spindle hole: of a record's hole's size if sizes are known, else the smallest one."""
    near = [
        circle
        for circle in circles
        if math.hypot(circle.x_m - about[0], circle.y_m - about[1]) < NEAR * outer_m
        and 0 < circle.radius_m < LARGEST_HOLE * outer_m
    ]
    near.sort(key=lambda circle: circle.radius_m)
    if to_size:
        near = [circle for circle in near if is_hole(circle.radius_m)] + near
    return Spindle(near[0].x_m, near[0].y_m, near[0].radius_m) if near else None


def hole_beside(
    circles: tuple[Circle, ...], about: tuple[float, float], inner_m: float, scale: float
) -> Spindle | None:
    """The circle of a record's hole's size, where numbers are enlarged so, that is nearest to the groove's centre.

    It lies within the groove, whose inner radius is given as drawn.
    """
    found = [
        (math.dist((circle.x_m, circle.y_m), about), circle)
        for circle in circles
        if is_hole(scale * circle.radius_m) and math.dist((circle.x_m, circle.y_m), about) + circle.radius_m < inner_m
    ]
    if not found:
        return None
    circle = min(found, key=lambda each: each[0])[1]
    return Spindle(circle.x_m, circle.y_m, circle.radius_m)


def is_hole(radius_m: float) -> bool:
    """Whether a circle has the size of a record's hole."""
    return any(abs(2 * radius_m - size) <= slack for size, slack in HOLES_M)


def fitted(line: Polar, about: tuple[float, float], start_rad: float) -> tuple[float, float]:
    """The point about which a spiral is smoothest.

    Parameters
    ----------
    line : Polar
        The spiral about a point not far off.
    about : (x, y)
        That point.
    start_rad : float
        Angle of the line's first point about it.
    """
    last = min(float(line.turns[-1]), MOST_TURNS)
    edges = np.linspace(0, last, int(last * PER_TURN) + 1)
    radius = mean_radius(line)(edges)  # means, not points: music whose cycles fit the turn would look like a swing
    turns = (edges[1:] + edges[:-1]) / 2
    x, y = radius * np.cos(start_rad + TURN * turns), radius * np.sin(start_rad + TURN * turns)
    centre_x = centre_y = 0.0
    keep = np.ones(len(turns), bool)
    for _ in range(ROUNDS):
        angle = np.unwrap(np.arctan2(y - centre_y, x - centre_x))
        swing, error = _swing(angle, np.hypot(x - centre_x, y - centre_y), keep)
        centre_x, centre_y = centre_x + float(swing[0]), centre_y + float(swing[1])
        typical = 1.5 * float(np.median(np.abs(error)))  # lead-in and lead-out bend too sharply: leave them out
        keep = np.abs(error) <= 4 * typical + 1e-9
        if keep.mean() < 0.5:
            keep[:] = True
    return about[0] + centre_x, about[1] + centre_y


def _swing(angle: NDArray[Any], radius: NDArray[Any], keep: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Least squares of radius = straight lines between knots + a·cos + b·sin: (a, b), and what is left, (n,).

    The straight lines are taken out of all three, and the swing is fitted to the rest (Frisch, Waugh and Lovell). It
    is done without BLAS, whose threads make 30 ms a second and a half when the machine is busy.
    """
    place = (angle - angle.min()) / (TURN * TURNS_PER_KNOT)
    cell = place.astype(int)
    late = place - cell
    early = 1 - late
    knots = int(cell.max()) + 2
    left, right = np.where(keep, early, 0.0), np.where(keep, late, 0.0)

    def gathered(at_left: NDArray[Any], at_right: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(cell, at_left * left, knots) + np.bincount(cell + 1, at_right * right, knots)

    columns = np.stack([radius, np.cos(angle), np.sin(angle)])
    diagonal, beside = gathered(early, late), np.bincount(cell, early * right, knots)[:-1]
    solved = tridiagonal(diagonal + 1e-9, beside, np.stack([gathered(column, column) for column in columns]))
    r, x, y = columns - early * solved[:, cell] - late * solved[:, cell + 1]
    xx, xy, yy, xr, yr = (float((a * b * keep).sum()) for a, b in ((x, x), (x, y), (y, y), (x, r), (y, r)))
    determinant = xx * yy - xy * xy
    if determinant <= 0:
        return np.zeros(2), r
    swing = np.array([xr * yy - yr * xy, yr * xx - xr * xy]) / determinant
    return swing, r - swing[0] * x - swing[1] * y
