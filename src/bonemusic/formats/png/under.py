"""The film under a picture: the part of it that is seen, smoothed, and how pixels of the picture lie on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...pictures.film import Laid
from .shapes import Frame
from .tones import BARE

FINER, FINEST = 3.0, 32.0
"""A coarse film is first made so much finer by a smooth curve, at least and at most; straight between those points
shows no squares."""
COARSEST = 0.25
"""Between the two it is made so fine, in its pixels to one of the picture."""
MOST_PIXELS = 150_000_000
"""Of the film as it is prepared."""
AROUND_M = 5e-3
"""What is around a pixel: a mean over about this, so that lines do not turn from bright to dark with the film's grain.
Assumed: some letters' height."""
SPARE = 4
"""Pixels of the film beyond what is seen, so that smoothing meets no border."""


@dataclass(frozen=True)
class Under:
    """A film as pictures are drawn over it.

    Attributes
    ----------
    grey : ndarray, uint8, (rows, columns)
        At least 2 × 2.
    around : ndarray, uint8, (rows, columns)
        What it is over some millimetres, or the same where that is not asked for.
    across : ndarray, float64, (6,)
        Place on it, from the middle of its first pixel: column a·x + b·y + c, row d·x + e·y + f for x, y in pixels of
        the picture.
    ends : bool
        Whether it ends where its pixels end; a bare sheet does not.
    """

    grey: NDArray[Any]
    around: NDArray[Any]
    across: NDArray[Any]
    ends: bool


def under(film: Laid | None, frame: Frame, calm: bool = False) -> Under:
    """What lies under a picture; `calm` asks for what is around each pixel, too."""
    if film is None:
        bare = np.full((2, 2), BARE, np.uint8)
        return Under(bare, bare, np.zeros(6), False)
    rows, columns = film.grey.shape
    a, b, c, d, e, f = _onto_film(film, frame)
    corners = np.array([(x, y) for x in (0, frame.width) for y in (0, frame.height)], np.float64)
    u, v = a * corners[:, 0] + b * corners[:, 1] + c, d * corners[:, 0] + e * corners[:, 1] + f
    left, right = _part(u, columns)
    upper, lower = _part(v, rows)
    ratio = frame.dots_per_m / film.dots_per_m
    scale = min(ratio, max(ratio * COARSEST, FINER), FINEST)
    scale = min(scale, math.sqrt(MOST_PIXELS / ((right - left) * (lower - upper))))
    wide, high = (max(2, round(scale * n)) for n in (right - left, lower - upper))
    grey = _resized(film.grey, (left, upper, right, lower), wide, high)
    sx, sy = wide / (right - left), high / (lower - upper)
    across = np.array(
        [a * sx, b * sx, (c + 0.5 - left) * sx - 0.5, d * sy, e * sy, (f + 0.5 - upper) * sy - 0.5], np.float64
    )
    return Under(grey, _calmed(grey, frame.dots_per_m / ratio * sx) if calm else grey, across, True)


def _onto_film(film: Laid, frame: Frame) -> tuple[float, float, float, float, float, float]:
    """Where pixels of the picture lie in pixels of the film: see `Under`. x and y are places, not indices: 0.5 is the
    middle of the first pixel."""
    rows, columns = film.grey.shape
    scale = film.dots_per_m / frame.dots_per_m
    cos, sin = math.cos(film.angle_rad), math.sin(film.angle_rad)
    # a disc's point is turned clockwise: (x cos + y sin, y cos - x sin), y up; rows go down
    middle_x = (film.x_m + frame.left_m * cos + frame.top_m * sin) * film.dots_per_m
    middle_y = (film.y_m + frame.top_m * cos - frame.left_m * sin) * film.dots_per_m
    return (
        scale * cos, -scale * sin, columns / 2 + middle_x - 0.5,
        scale * sin, scale * cos, rows / 2 - middle_y - 0.5,
    )  # fmt: skip


def _part(places: NDArray[Any], size: int) -> tuple[int, int]:
    """First and last of those of the film's rows or columns that are seen; at least one."""
    first = min(max(math.floor(min(float(places.min()), 1e9)) - SPARE, 0), size - 1)
    last = max(min(math.ceil(max(float(places.max()), -1e9)) + SPARE + 1, size), first + 1)
    return first, last


def _calmed(grey: NDArray[Any], dots_per_m: float) -> NDArray[Any]:
    from PIL import Image

    high, wide = grey.shape
    columns, rows = (max(1, round(size / (AROUND_M * dots_per_m))) for size in (wide, high))
    coarse = Image.fromarray(grey).resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(coarse.resize((wide, high), Image.Resampling.BICUBIC))


def _resized(grey: NDArray[Any], box: tuple[int, int, int, int], wide: int, high: int) -> NDArray[Any]:
    from PIL import Image

    left, upper, right, lower = box
    if (wide, high) == (right - left, lower - upper):
        return np.ascontiguousarray(grey[upper:lower, left:right])
    return np.asarray(Image.fromarray(grey).resize((wide, high), Image.Resampling.BICUBIC, box))
