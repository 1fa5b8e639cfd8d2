"""What lies in the card's middle and along its edges: the mark for centring, rulers, and what the groove holds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .frame import EDGE_MM, HALF_MM, LABEL_MM, LETTER_M, MM
from .strokes import Lines, around, text, width_m

DIAL_MM = 15.0
ARMS_MM = (5, 20)
"""Where the cross's arms begin and end."""
RULER_MM = 100
TITLE_MM = 104.0
"""The widest that a title may be: it lies between the squares in the corners."""
CORNER_MM = 6.0


def label(top: str, bottom: str) -> Lines:
    """A cross with millimetres, a dial with degrees, and two lines of words around them."""
    lines: list[NDArray[np.float64]] = []
    for quarter in range(4):
        angle = quarter * math.pi / 2
        lines.append(_radial(angle, *ARMS_MM))
        for mm in range(ARMS_MM[0] + 1, ARMS_MM[1]):
            half = 1.0 if mm % 5 == 0 else 0.5
            lines.append(_polar([mm, mm], [angle - half / mm, angle + half / mm]))
    for degrees in range(0, 360, 10):
        if degrees % 90:
            long = 2.0 if degrees % 30 == 0 else 1.0
            lines.append(_radial(math.radians(degrees), DIAL_MM, DIAL_MM + long))
    lines.append(_polar(np.full(181, DIAL_MM), np.linspace(0, 2 * math.pi, 181)))
    lines += around(top, LETTER_M, (LABEL_MM - 5.5) * MM, math.pi / 2)
    lines += around(bottom, LETTER_M, (LABEL_MM - 3.5) * MM, -math.pi / 2, feet_out=True)
    return tuple(lines)


def edges(title: str, order: str) -> Lines:
    """The title above, rulers of 100 mm below and on the left, the order of the work on the right, corner marks."""
    low, high = EDGE_MM[0] * MM, EDGE_MM[1] * MM
    height_m = 1.7 * LETTER_M * min(1.0, TITLE_MM * MM / width_m(title, 1.7 * LETTER_M))
    lines = list(text(title, height_m, 0.0, low + 1.5 * MM, "middle"))
    lines += text(order, LETTER_M, low + 2.2 * MM, 0.0, "middle", -math.pi / 2)
    ruler = _ruler(high)
    lines += ruler
    lines += (line[:, ::-1] for line in ruler)
    lines += text("100 mm", LETTER_M, 0.0, -high + 3.4 * MM, "middle")
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        at = (HALF_MM - 1.5) * MM * np.array([x, y])
        lines.append(at - CORNER_MM * MM * np.array([[x, 0], [0, 0], [0, y]]))
    return tuple(lines)


def _ruler(edge_m: float) -> list[NDArray[np.float64]]:
    """A line of 100 mm along the lower edge, with a tick for each 5 mm."""
    half = RULER_MM / 2 * MM
    lines = [np.array([[-half, -edge_m], [half, -edge_m]])]
    for mm in range(0, RULER_MM + 1, 5):
        x, long = -half + mm * MM, (2.4 if mm % 50 == 0 else 1.6 if mm % 10 == 0 else 0.9) * MM
        lines.append(np.array([[x, -edge_m], [x, -edge_m + long]]))
    return lines


def _radial(angle_rad: float, from_mm: float, to_mm: float) -> NDArray[np.float64]:
    return _polar([from_mm, to_mm], [angle_rad, angle_rad])


def _polar(
    radius_mm: list[float] | NDArray[np.float64], angle_rad: list[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    radius, angle = MM * np.asarray(radius_mm), np.asarray(angle_rad)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
