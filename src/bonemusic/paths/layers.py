"""What is drawn besides the groove: label, hole, outline, marks; each layer with one setting of the machine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..presets import Disc, Machine
from ..presets.shape import rim
from .drawing import Circle

SAGITTA_M = 2e-6
"""How far a circle drawn as a polyline may be flattened: the finest machine's steps are no finer."""


@dataclass(frozen=True)
class Layer:
    """Lines of one kind, drawn one after another, circles first: a hole is cut before an outline lets the disc go.

    Attributes
    ----------
    name : str
        What it is called in files that have layers: letters, digits, blanks and hyphens.
    colour : str
        "#rrggbb"; drivers of lasers and plotters tell settings by it.
    lines : tuple of ndarray, float64, (n, 2)
        Polylines in metres, y up, the spindle at (0, 0). A closed one ends where it begins.
    circles : tuple of Circle
        In the same frame; drawn counter-clockwise.
    power : float or None
        Share of the machine's full power; None: that for grooves.
    speed_m_s : float or None
        None: that for grooves.
    depth_m : float or None
        How deep it is cut; None: as deep as the groove.
    pause : str
        What to do by hand before it is drawn, for which a program stops; "": it goes on.
    """

    name: str
    colour: str
    lines: tuple[NDArray[Any], ...] = ()
    circles: tuple[Circle, ...] = ()
    power: float | None = None
    speed_m_s: float | None = None
    depth_m: float | None = None
    pause: str = ""

    @property
    def reach_m(self) -> float:
        """The greatest distance from the spindle along x or y."""
        ends = [float(np.abs(line).max()) for line in self.lines if len(line)]
        ends += [max(abs(c.x_m), abs(c.y_m)) + c.radius_m for c in self.circles]
        return max(ends, default=0.0)


def of_disc(
    disc: Disc,
    machine: Machine,
    thickness_m: float,
    outline: Circle | NDArray[Any] | None = None,
    hole: Circle | None = None,
    label_lines: tuple[NDArray[Any], ...] = (),
    coin: Circle | None = None,
) -> tuple[Layer, Layer]:
    """The layers of every disc, in the order in which they are cut: the label; then the hole, and the outline last.

    Parameters
    ----------
    disc : Disc
    machine : Machine
    thickness_m : float
        Of the sheet, which hole and outline go through.
    outline : Circle, or ndarray, float64, (n, 2), or None
        A closed polyline ends where it begins; None: the disc's own.
    hole : Circle or None
        None: the disc's own.
    label_lines : tuple of ndarray
        Polylines.
    coin : Circle or None
        Where a coin is laid: drawn on the label as a polyline, for whoever takes the smallest circle for the hole.
    """
    if outline is None:
        corners = rim(disc, disc.outline)
        outline = Circle(0.0, 0.0, disc.diameter_m / 2) if corners is None else corners
    circles: tuple[Circle, ...] = (hole or Circle(0.0, 0.0, disc.hole_diameter_m / 2),)
    lines: tuple[NDArray[Any], ...] = ()
    if isinstance(outline, Circle):
        circles += (outline,)
    else:
        lines = (outline,)
    if coin is not None:
        label_lines = (*label_lines, polygon(coin))
    cut = Layer("cut", machine.cut_colour, lines, circles, machine.cut_power, machine.cut_speed_m_s, thickness_m)
    return Layer("label", machine.label_colour, label_lines), cut


def polygon(circle: Circle) -> NDArray[Any]:
    """A circle as a closed polyline, counter-clockwise from the right, nowhere further than `SAGITTA_M` inside it."""
    corners = max(math.ceil(math.pi / math.sqrt(2 * SAGITTA_M / circle.radius_m)), 16)
    turn = np.arange(corners + 1) % corners * (2 * math.pi / corners)
    x, y = circle.x_m + circle.radius_m * np.cos(turn), circle.y_m + circle.radius_m * np.sin(turn)
    return np.stack([x, y], axis=1)
