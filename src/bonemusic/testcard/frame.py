"""The card's sheet, and where on it things lie. Millimetres here only: a layout is read and mended in them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ..errors import FitError
from ..paths.layers import Layer
from ..presets import Disc, Machine
from ..units import length_text
from .strokes import Lines

MM = 1e-3
SIDE_M = 0.18
"""Of the square sheet: small beds (300 by 180 mm) hold it, and its corners stay within a 12 inch platter."""
HALF_MM = 90.0
CELL_MM = (56.5, 86.0)
"""Between these distances from the middle, in x and y, lie the squares in the corners."""
LABEL_MM = 31.0
"""Within that radius, inside the locked groove, is room for marks and words."""
EDGE_MM = (81.0, 88.0)
"""Between these distances from the middle lie what runs along the four edges, between the corners."""
LETTER_M = 2 * MM


@dataclass(frozen=True)
class Drawn:
    """A part of the card: layers of its own, and the words and marks that all parts draw in one."""

    layers: tuple[Layer, ...]
    marks: Lines


def card_of(disc: Disc) -> Disc:
    """The card as a disc: a small square one's groove, a larger square around it."""
    return dataclasses.replace(disc, name="testcard", title="Test card", outline="square", diameter_m=SIDE_M)


def refuse_small(machine: Machine) -> None:
    """`FitError` where the bed does not hold the sheet."""
    width, height = machine.bed_width_m, machine.bed_height_m
    if min(width or SIDE_M, height or SIDE_M) < SIDE_M:
        raise FitError(
            f"the bed of {machine.name} ({length_text(width or 0.0)} by {length_text(height or 0.0)}) is too small for "
            f"the test card, {length_text(SIDE_M)} square; take a machine that holds a 7 inch disc"
        )
