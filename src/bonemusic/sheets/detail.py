"""How much of a picture lies where on a film, and under a ring around each place.

It is the local contrast: half a millimetre of film against its neighbourhood. It is capped, so that one sharp edge is
no more than a rib, and what is all of one grey, as the borders of films are, counts nothing, nor does its edge. The sum
of it under a ring at each place is its correlation with the ring, found for all places at once in the frequency domain.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOOKED_AT = 512
"""The film is judged on a copy that has at most so many pixels along its longer side."""
WINDOW = 5
"""Pixels of that copy, along a side, that are one neighbourhood: 2 to 4 mm of a chest film."""
BLANK = 1.5
"""Levels of 255 by which a neighbourhood must vary to be more than noise and dust. Assumed: a film's averaged grain."""
CAP = 12.0
"""Beyond so many levels more contrast is no more picture. Assumed: bone against flesh varies by so much."""
EVEN = 9
"""A patch of so many pixels along a side that nowhere varies is border."""


def of(grey: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """How much picture is in each pixel of a small copy of a film.

    Parameters
    ----------
    grey : ndarray, uint8, (rows, columns)

    Returns
    -------
    detail : ndarray, float64, (rows, columns)
        0 to `CAP`; at most `LOOKED_AT` along its longer side.
    dots : float
        Pixels of the copy for each of the film's, along a side.
    """
    small, dots = _reduced(grey)
    mean = _mean(small, WINDOW)
    varies = np.sqrt(np.maximum(_mean(small * small, WINDOW) - mean * mean, 0.0))
    # border: evenly grey patches, and as far around them as the neighbourhood of their edge reaches
    patch = _mean((varies < BLANK).astype(np.float64), EVEN) > 1 - 1e-6
    border = _mean(patch.astype(np.float64), EVEN + 2 * WINDOW) > 1e-9
    return np.where(border, 0.0, np.clip(varies - BLANK, 0.0, CAP)), dots


def under(detail: NDArray[Any], per_m: float, ring_m: tuple[float, float]) -> NDArray[Any]:
    """The sum of detail under a ring around each pixel; nothing lies beyond the film.

    Parameters
    ----------
    detail : ndarray, float64, (rows, columns)
    per_m : float
        Its pixels to the metre.
    ring_m : (float, float)
        Inner and outer radius.
    """
    rows, columns = detail.shape
    inner, outer = ring_m[0] * per_m, ring_m[1] * per_m
    height, width = (_fast(side + 2 * min(math.ceil(outer) + 1, side)) for side in (rows, columns))
    y = np.abs(np.fft.fftfreq(height, 1 / height))[:, None]
    x = np.abs(np.fft.fftfreq(width, 1 / width))[None, :]
    far = np.hypot(x, y)
    ring = np.clip(outer - far + 0.5, 0, 1) * np.clip(far - inner + 0.5, 0, 1)
    both = np.fft.rfft2(detail, (height, width)) * np.fft.rfft2(ring).real
    summed: NDArray[Any] = np.fft.irfft2(both, (height, width))[:rows, :columns]
    return summed


def _fast(least: int) -> int:
    """A length no less that the transform likes: 2, 3 and 5 are all its factors."""
    sizes: list[int] = [2**a * 3**b * 5**c for a, b, c in product(range(13), range(5), range(4))]
    return min(size for size in sizes if size >= least)


def _reduced(grey: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """The means of squares of pixels, float64, and 1 over a square's side. Of a very large film, of some pixels."""
    longest = max(grey.shape)
    skip = max(longest // (4 * LOOKED_AT), 1)
    thin = grey[::skip, ::skip]
    square = max(math.ceil(max(thin.shape) / LOOKED_AT), 1)
    rows, columns = (max(side // square, 1) for side in thin.shape)
    held = thin[: rows * square, : columns * square].astype(np.float64)
    high, wide = held.shape[0] // rows, held.shape[1] // columns
    return held.reshape(rows, high, columns, wide).mean((1, 3)), 1 / (skip * square)


def _mean(values: NDArray[Any], size: int) -> NDArray[Any]:
    """The mean of the square of that many pixels around each, by running sums; the edge is repeated outwards."""
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (size // 2 + 1, size // 2)
        sums = np.cumsum(np.pad(values, pad, mode="edge"), axis=axis)
        ends = np.take(sums, range(size, sums.shape[axis]), axis), np.take(sums, range(sums.shape[axis] - size), axis)
        values = (ends[0] - ends[1]) / size
    return values
