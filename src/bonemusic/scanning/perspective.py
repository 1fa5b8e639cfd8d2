"""Photographs that were not taken straight from above, made so again: where the circles about one centre went.

A flat disc seen from anywhere is mapped by

    X = (x - cx)/w,   Y = (p·(x - cx) + q·(y - cy))/w,   w = 1 + h·(x - cx) + k·(y - cy)

to itself seen from above, turned and sized somehow. The groove's turns are circles there, so that everywhere in the
photograph the direction across them is that of the gradient of X² + Y²; six unknowns, and a thousand tiles that tell
them (R. Hartley and A. Zisserman, Multiple View Geometry in Computer Vision, 2003, ch. 2).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..jit import kernel
from ..pictures.values import Values
from ..progress import Progress, silent
from . import normals
from .normals import Tiles
from .ring import Ring, refined
from .track import Geometry

WIDE_RAD = 0.4
"""How far a direction may miss one centre where there is none; two thirds of all at the views that are mended."""
NEAR_RAD = 0.05
LEAST_TILES = 60
LEAST_SHARE = 0.4
STEEPEST = 2.0
"""How much larger what is near may be than what is far."""
BAND_ROWS = 64
ROUNDS = 40
AROUND = 1.2
"""The picture's half side against the outermost turns that were seen."""
MOST_SIDE = 1.5
"""Against the photograph's."""
UNIT_PER_M = 47_244.0
"""Pixels to the metre, for want of better; nothing depends on it but what counts as a line's width."""


@dataclass(frozen=True)
class View:
    """How a disc is seen: the module's six numbers, in pixels.

    Attributes
    ----------
    x_px, y_px : float
        Where the disc's centre is seen.
    p, q : float
    h, k : float
        1/px.
    """

    x_px: float
    y_px: float
    p: float
    q: float
    h: float
    k: float

    def onto(self, x_px: NDArray[Any], y_px: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Points of the picture on the disc, in pixels from its centre."""
        dx, dy = x_px - self.x_px, y_px - self.y_px
        w = 1 + self.h * dx + self.k * dy
        return dx / w, (self.p * dx + self.q * dy) / w

    def oblique(self, radius_px: float) -> float:
        """How much what is so far from the centre is larger, smaller or askew against what is near it, as a part."""
        return max(math.hypot(self.h, self.k) * radius_px, abs(self.p), abs(self.q - 1))

    @property
    def back(self) -> NDArray[Any]:
        """The matrix from points of the disc to the picture."""
        straight = np.array([[1, 0, 0], [self.p, self.q, 0], [self.h, self.k, 1]])
        return np.asarray(_moved(self.x_px, self.y_px) @ np.linalg.inv(straight))


def mended(values: Values, progress: Progress = silent) -> Values:
    """The disc as from straight above; its scale is no longer known.

    Parameters
    ----------
    values : Values
    progress : Progress

    Returns
    -------
    Values
        Square, around the disc.

    Raises
    ------
    FormatError
        No disc is seen, or it is seen too steeply.
    """
    view, tiles = view_of(values.grey)
    x, y = view.onto(tiles.x_px, tiles.y_px)
    radius = np.hypot(x, y)
    side = 2 * math.ceil(min(AROUND * float(radius.max()), max(values.grey.shape) * MOST_SIDE / 2)) + 1
    middle = (side - 1) / 2
    back = view.back @ _moved(-middle, -middle)
    progress("mending the perspective", 0.2)
    seen = warped(values.grey, back, side)
    progress("mending the perspective", 0.6)
    low, high = (float(each) / UNIT_PER_M for each in np.percentile(radius, [3, 97]))
    waves = tiles.wave_px * np.sqrt(radius / np.maximum(np.hypot(tiles.x_px - view.x_px, tiles.y_px - view.y_px), 1))
    rough = Geometry(middle, middle, UNIT_PER_M, UNIT_PER_M)
    found = refined(seen, rough, low, high, float(np.median(waves)) / UNIT_PER_M)
    seen = warped(values.grey, back @ _left(found), side)
    progress("mending the perspective", 1.0)
    return replace(values, grey=seen, dots_per_m=None)


def _moved(x: float, y: float) -> NDArray[Any]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def _left(found: Ring) -> NDArray[Any]:
    """What is still wrong with a picture that was mended: the matrix from where pixels belong to where they are."""
    at = found.geometry
    f, c, d = (float(each) for each in found.solved.terms[3:])
    oblique = np.array([[1, f / 2, 0], [f / 2, 1, 0], [-c, -d, 1]])
    mean = at.dots_per_m
    there = _moved(at.x_px, at.y_px)
    return np.asarray(
        there @ np.diag([at.across_per_m, -at.down_per_m, 1]) @ oblique @ np.diag([1 / mean, -1 / mean, 1])
        @ np.linalg.inv(there)
    )  # fmt: skip


def view_of(grey: NDArray[Any]) -> tuple[View, Tiles]:
    """How the disc in a picture is seen, from the directions across its groove, and the tiles that told."""
    for scale in normals.SCALES:
        tiles = normals.tiles_of(grey, scale)
        met = normals.meeting(tiles, grey.shape, 1.0, WIDE_RAD)
        if met is None or len(met.tiles) < LEAST_TILES or met.share < LEAST_SHARE:
            continue
        view, missed = _fit(met)
        if np.mean(missed < NEAR_RAD) > 0.6:
            chosen = met.tiles.where(missed < NEAR_RAD)
            _refuse_steep(view, chosen)
            return view, chosen
    raise FormatError("no groove is seen in the picture, not even obliquely; is it a photograph of a disc?")


def _refuse_steep(view: View, tiles: Tiles) -> None:
    w = 1 + view.h * (tiles.x_px - view.x_px) + view.k * (tiles.y_px - view.y_px)
    if w.min() <= 0 or w.max() / w.min() > STEEPEST:
        raise FormatError("the disc is seen too steeply to be mended; photograph it from above")


def _fit(met: normals.Meeting) -> tuple[View, NDArray[Any]]:
    """The view that explains the directions best, and by how much (rad) each misses; Levenberg-Marquardt, robust."""
    tiles = met.tiles
    size = float(np.hypot(tiles.x_px - met.x_px, tiles.y_px - met.y_px).max())
    x, y = (tiles.x_px - met.x_px) / size, (tiles.y_px - met.y_px) / size
    at = np.array([0.0, 0.0, 0.0, met.ratio, 0.0, 0.0])
    damp = 1e-3
    rest = _misses(at, x, y, tiles)
    for turn in range(ROUNDS):
        spread = max(2 * float(np.median(np.abs(rest))), 0.01 if turn > 10 else 0.1)
        weight = tiles.coherence / (1 + (rest / spread) ** 2)
        slope = np.stack([(_misses(at + step, x, y, tiles) - rest) / 1e-6 for step in 1e-6 * np.eye(6)], 1)
        normal, down = (slope.T * weight) @ slope, (slope.T * weight) @ rest
        # least squares, for some numbers may tell nothing at all of a part of a disc
        trial = at - np.linalg.lstsq(normal + damp * np.diag(np.diag(normal) + 1e-9), down, rcond=1e-14)[0]
        tried = _misses(trial, x, y, tiles)
        if (weight * tried**2).sum() < (weight * rest**2).sum():
            at, rest, damp = trial, tried, damp / 4
        else:
            damp *= 8
    view = View(
        met.x_px + size * at[0], met.y_px + size * at[1], *(float(each) for each in at[2:4]), *(at[4:] / size).tolist()
    )
    return view, np.abs(rest)


def _misses(at: NDArray[Any], x: NDArray[Any], y: NDArray[Any], tiles: Tiles) -> NDArray[Any]:
    """Sines of the angles between seen and expected directions."""
    cx, cy, p, q, h, k = at
    dx, dy = x - cx, y - cy
    w = 1 + h * dx + k * dy
    a, b = dx / w, (p * dx + q * dy) / w
    along_x = a * (1 - a * h) + b * (p - b * h)
    along_y = -a * a * k + b * (q - b * k)
    long = np.maximum(np.hypot(along_x, along_y), 1e-9)
    return np.asarray((tiles.across * along_y - tiles.down * along_x) / long)


def warped(grey: NDArray[Any], matrix: NDArray[Any], side: int) -> NDArray[Any]:
    """A square picture, each pixel (x, y) of which is read at matrix·(x, y, 1), by cubic convolution.

    Beyond it is its usual grey: black would be counted as clipped.

    R. G. Keys, Cubic convolution interpolation for digital image processing, IEEE Trans. ASSP 29 (1981), 1153.
    """
    out = np.empty((side, side), grey.dtype)
    most = int(np.iinfo(grey.dtype).max)
    beyond = int(np.median(grey[:: max(1, len(grey) // 500), :: max(1, grey.shape[1] // 500)]))

    def band(top: int) -> None:
        cubic(grey, np.asarray(matrix, np.float64), top, most, beyond, out[top : top + BAND_ROWS])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(band, range(0, side, BAND_ROWS)))
    return out


@kernel
def cubic(grey: NDArray[Any], matrix: NDArray[Any], top: int, most: int, beyond: int, out: NDArray[Any]) -> None:
    """Rows `top` … of a resampled picture.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    matrix : ndarray, float64, (3, 3)
    top, most, beyond : int
        The first row, the largest value, and what lies outside.
    out : ndarray, as grey, (n, columns)
    """
    rows, columns = grey.shape
    for i in range(out.shape[0]):
        y = float(top + i)
        for j in range(out.shape[1]):
            w = matrix[2, 0] * j + matrix[2, 1] * y + matrix[2, 2]
            px = (matrix[0, 0] * j + matrix[0, 1] * y + matrix[0, 2]) / w
            py = (matrix[1, 0] * j + matrix[1, 1] * y + matrix[1, 2]) / w
            if not (w > 0.0 and 1.0 <= px < columns - 2.0 and 1.0 <= py < rows - 2.0):
                out[i, j] = beyond
                continue
            a, b = int(px), int(py)
            u, v = px - a, py - b
            total = 0.0
            for m in range(-1, 3):
                line = 0.0
                for n in range(-1, 3):
                    line += _keys(n - u) * grey[b + m, a + n]
                total += _keys(m - v) * line
            out[i, j] = int(min(max(total + 0.5, 0.0), most))


@kernel
def _keys(x: float) -> float:
    """The kernel of cubic convolution, a = -1/2."""
    x = abs(x)
    if x < 1.0:
        return (1.5 * x - 2.5) * x * x + 1.0
    return ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0
