"""A picture on a sheet, and where on it a disc lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class Film:
    """An X-ray as it looks on a light box: bright where bones are, dense where nothing stopped the rays.

    Attributes
    ----------
    grey : ndarray, uint8, (rows, columns)
        Row 0 is the top. Pixels are square.
    dots_per_m : float or None
        Pixels to the metre; None where the file does not tell its size.
    notes : tuple of str
        What was done to it and where to look, a line each. Nothing of what the file says is in them.
    """

    grey: NDArray[Any]
    dots_per_m: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Laid:
    """A film under a disc.

    A point of the disc (x right, y up, the groove's centre at 0) lies on the film, from its middle and not turned, at
    (x_m, y_m) plus that point turned clockwise by `angle_rad`: the film was turned counter-clockwise under the disc.

    Attributes
    ----------
    grey : ndarray, uint8, (rows, columns)
    dots_per_m : float
        Pixels of the film to the metre.
    x_m, y_m : float
        Where on the film the disc's centre lies: from the film's middle, right and up.
    angle_rad : float
    """

    grey: NDArray[Any]
    dots_per_m: float
    x_m: float = 0.0
    y_m: float = 0.0
    angle_rad: float = 0.0
