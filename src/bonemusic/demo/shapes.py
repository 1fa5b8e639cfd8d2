"""Shapes for drawing what X-rays pass through: smooth lines, soft edges and tubes with a hard shell.

A picture spans -1 to 1 in x (to the right) and y (down); its pixels are numbered from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Layer = NDArray[np.float32]
Floats = NDArray[np.float64]
COARSE_PX = 8  # a tube's coordinates are smooth: they are found on every eighth pixel and spread from there


@dataclass(frozen=True)
class Tube:
    """A bone like a pipe, lying along a line.

    Attributes
    ----------
    line : ndarray, (points, 2)
        Its middle, x and y.
    half_width : ndarray, (points,)
        Half its width.
    weight : ndarray, (points,)
        How much of it the rays meet, 1 for a round pipe seen from the side; 0 where it fades out.
    shell : float
        The hard wall's share of the half width.
    marrow : float
        What the inside holds back, against the wall's 1.
    round_ends : bool
        Whether it ends in half circles; else it is cut straight, so that two tubes end to end add up to one.
    """

    line: Floats
    half_width: Floats
    weight: Floats
    shell: float = 0.2
    marrow: float = 0.35
    round_ends: bool = False


def pixels(count: int) -> Layer:
    """Where a picture's rows or columns lie, (count,), from -1 to 1."""
    return ((np.arange(count, dtype=np.float32) + 0.5) * 2 / count - 1).astype(np.float32)


def soft_step(x: ArrayLike) -> Layer:
    """0 below -1, 1 above 1, smooth between."""
    t = np.clip(0.5 * np.asarray(x, np.float32) + np.float32(0.5), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def smooth_line(knots: ArrayLike, at: ArrayLike) -> Floats:
    """Values `at` places on a smooth curve through knots, (2, knots) of places and values; straight on beyond them."""
    place, value = np.asarray(knots, float)
    slope = np.gradient(value, place)
    x = np.asarray(at, float)
    k = np.clip(np.searchsorted(place, x) - 1, 0, len(place) - 2)
    step = place[k + 1] - place[k]
    t = np.clip((x - place[k]) / step, 0, 1)
    cubic = (
        (1 + 2 * t) * (1 - t) ** 2 * value[k]
        + t * (1 - t) ** 2 * step * slope[k]
        + t * t * (3 - 2 * t) * value[k + 1]
        + t * t * (t - 1) * step * slope[k + 1]
    )
    out = np.where(x < place[0], (x - place[0]) * slope[0], 0) + np.where(x > place[-1], (x - place[-1]) * slope[-1], 0)
    return np.asarray(cubic + out)


def smooth_path(points: ArrayLike, count: int) -> Floats:
    """A smooth path through points, (points, 2), as evenly spaced ones, (count, 2)."""
    p = np.asarray(points, float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])
    at = np.linspace(0, along[-1], count)
    return np.stack([smooth_line((along, p[:, k]), at) for k in (0, 1)], axis=1)


def add_tube(layer: Layer, tube: Tube) -> None:
    """Add what a tube holds back to a layer, (pixels, pixels), in place."""
    count = len(layer)
    reach = 1.3 * float(tube.half_width.max()) + 4 * COARSE_PX / count
    low = np.floor((tube.line.min(axis=0) - reach + 1) * count / 2).astype(int)
    high = np.ceil((tube.line.max(axis=0) + reach + 1) * count / 2).astype(int)
    (x0, y0), (x1, y1) = np.clip(low, 0, count), np.clip(high, 0, count)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    rows, columns = pixels(count)[y0:y1], pixels(count)[x0:x1]
    coarse_y = np.linspace(rows[0], rows[-1], max(2, len(rows) // COARSE_PX))
    coarse_x = np.linspace(columns[0], columns[-1], max(2, len(columns) // COARSE_PX))
    coarse = _tube_coordinates(tube, coarse_x, coarse_y)
    square, weight, inside = stretched(coarse, (len(rows), len(columns)))
    weight *= np.clip(0.5 + inside * np.float32(count / 2 / COARSE_PX), 0, 1)
    layer[y0:y1, x0:x1] += _profile(square, tube) * weight


def _tube_coordinates(tube: Tube, x: Floats, y: Floats) -> Layer:
    """For each place, (3, rows, columns): how far across the tube, squared; weight times half width; how far inside.

    Across, 1 is the edge, and the square is smooth across the middle and around a round end, where the distance itself
    has a kink. Inside is the way along the tube to its nearer end, below 0 beyond it.
    """
    a, step = tube.line[:-1], np.diff(tube.line, axis=0)
    length = np.hypot(*step.T)
    first, last = np.zeros(len(step)), np.ones(len(step))
    if not tube.round_ends:  # a little straight on beyond the ends, so that a cut is straight too
        first[0] -= tube.half_width[0] / length[0]
        last[-1] += tube.half_width[-1] / length[-1]
    dx = x[None, :, None] - a[:, 0]
    dy = y[:, None, None] - a[:, 1]
    share = np.clip((dx * step[:, 0] + dy * step[:, 1]) / length**2, first, last)
    away = (dx - share * step[:, 0]) ** 2 + (dy - share * step[:, 1]) ** 2
    nearest = away.argmin(axis=2)[..., None]
    at = (nearest + np.take_along_axis(share, nearest, axis=2))[..., 0]
    points = np.arange(len(tube.line))
    half_width = np.interp(at, points, tube.half_width)
    # where two parts of a line are equally near the square may jump; it does so far outside only
    reach = 4 * float(x[1] - x[0])
    far = max(6.0, reach / float(tube.half_width.min())) ** 2
    square = np.minimum(np.take_along_axis(away, nearest, axis=2)[..., 0] / half_width**2, far)
    weight = np.interp(at, points, tube.weight) * half_width
    inside = np.full_like(at, reach)
    if not tube.round_ends:
        inside = np.minimum(np.minimum(at * length[0], (len(step) - at) * length[-1]), reach)
    return np.stack([square, weight, inside]).astype(np.float32)


def _profile(square: Layer, tube: Tube) -> Layer:
    """The way through a pipe's wall and marrow, (rows, columns), for a half width of 1."""
    whole = np.sqrt(np.clip(1 - square, 0, None))
    inside = np.sqrt(np.clip((1 - tube.shell) ** 2 - square, 0, None))
    return np.asarray(whole - np.float32(1 - tube.marrow) * inside, np.float32)


def stretched(layer: Layer, shape: tuple[int, int]) -> Layer:
    """Layers, (..., rows, columns), spread over more pixels by cubic splines; their corners become the corners."""
    down = _spreading(layer.shape[-2], shape[0])
    across = _spreading(layer.shape[-1], shape[1])
    return np.asarray((down @ layer) @ across.T, np.float32)


def _spreading(old: int, new: int) -> Layer:
    """Weights (new, old) of each old sample in each new one, Catmull and Rom's spline."""
    at = np.linspace(0, old - 1, new)
    out = np.zeros((new, old), np.float32)
    first = np.floor(at).astype(int)
    for k in range(-1, 3):
        t = np.abs(at - first - k)
        weight = np.where(t < 1, 1.5 * t**3 - 2.5 * t**2 + 1, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2)
        np.add.at(out, (np.arange(new), np.clip(first + k, 0, old - 1)), weight.astype(np.float32))
    return out


def blurred(layer: Layer, radius_px: float) -> Layer:
    """A layer out of focus: a Gaussian of that standard deviation, edges held."""
    reach = max(1, int(np.ceil(3 * radius_px)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius_px) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    for axis in (0, 1):
        wide = np.pad(layer, [(reach, reach) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        n = layer.shape[axis]
        parts = (wide[k : k + n] if axis == 0 else wide[:, k : k + n] for k in range(2 * reach + 1))
        total = np.zeros_like(layer)
        for weight, part in zip(kernel, parts, strict=True):
            total += weight * part
        layer = total
    return layer
