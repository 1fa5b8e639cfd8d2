"""What a drawing of a disc holds, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class Circle:
    """A drawn circle, in metres, y up."""

    x_m: float
    y_m: float
    radius_m: float


@dataclass(frozen=True)
class Drawing:
    """Polylines and circles as a file gives them, true to size.

    Attributes
    ----------
    lines : tuple of ndarray, float64, (n, 2)
        Polylines in the order of the file, metres, y up.
    circles : tuple of Circle
    notes : tuple of str
        What had to be guessed, a line each ("no size given: taken as 96 dots per inch").
    scale_known : bool
        False where the file names no unit, so that the size is a guess that a known hole or rim may mend.
    meta : mapping
        What the file says of itself (rpm, curve, title); never needed.
    shapes : tuple of ndarray, float64, (n, 2)
        Closed lines of which no groove is drawn, but an outline may be: rectangles and ellipses.
    """

    lines: tuple[NDArray[Any], ...]
    circles: tuple[Circle, ...] = ()
    notes: tuple[str, ...] = ()
    scale_known: bool = True
    meta: Mapping[str, str] = field(default_factory=dict)
    shapes: tuple[NDArray[Any], ...] = ()
