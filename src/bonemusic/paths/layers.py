"""What is drawn besides the groove: label, hole, outline, marks; each layer with one setting of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..presets import Disc, Machine
from .drawing import Circle


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


def of_disc(disc: Disc, machine: Machine, thickness_m: float) -> tuple[Layer, ...]:
    """The layers of every disc, in the order in which they are cut: an empty label, then hole and outline."""
    rim = disc.diameter_m / 2
    hole = Circle(0.0, 0.0, disc.hole_diameter_m / 2)
    circles: tuple[Circle, ...] = (hole, Circle(0.0, 0.0, rim))
    lines: tuple[NDArray[Any], ...] = ()
    if disc.outline == "square":
        circles, lines = (hole,), (rim * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]),)
    cut = Layer("cut", machine.cut_colour, lines, circles, machine.cut_power, machine.cut_speed_m_s, thickness_m)
    return Layer("label", machine.label_colour), cut
