"""Where grooves come from, before anything of the disc is known: the directions across the lines of many small tiles.

A groove's turns are lines that lie side by side. A tile of a few millimetres sees them as one wave, whose spectrum
tells the direction across them, free of the errors that differences of neighbouring pixels make, and neither dust nor
bones (which are smooth) nor noise (which has no direction) hide it. All these directions meet in one point, the disc's
centre, once the picture's axes are scaled alike: a point (x, y) of an ellipse about (cx, cy) with the normal (nx, ny)
has

    ny·(x - cx) = g·nx·(y - cy),        g = (scale across / scale down)²

which is linear in cx, g and g·cy. The hole tells nothing: it was burnt where the cigarette happened to be.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

TILE = 64
"""Pixels, or means of pixels, along a tile's side: some turns, and straight enough at a disc's radii."""
TILES = 1296
SCALES = (1, 2, 4, 8)
"""How many pixels are averaged along either axis: fine grooves first."""
MOST_READ_PX = 160_000_000
LOWEST = 3.5
"""Waves longer than a tile by this are bones, light that falls off, and the window's own skirt."""
COHERENT = 0.35
"""Power along the tile's direction against all of it: 0 for noise, 1 for one wave. Noise alone stays under 0.25."""
NEAR_RAD = 0.06
"""A groove's own swings tilt it by some hundredths of a radian, stretched axes by less."""
FAR = 3.0
"""Times as much: what a disc's own groove never misses its centre by."""
LEAST_TILES = 16
LEAST_SHARE = 0.1
"""Of coherent tiles that must point to one centre; by chance are 0.04."""
LEAST_DIRECTIONS = 14
"""Of 24 around the centre; what is seen in fewer of them may be lines of any kind."""
PAIRS = 600
CHUNK = 128


@dataclass(frozen=True)
class Tiles:
    """Tiles that show lines side by side.

    Attributes
    ----------
    x_px, y_px : ndarray, float64, (n,)
        Their middles.
    across, down : ndarray, float64, (n,)
        The unit vector across the lines; its sign means nothing.
    coherence : ndarray, float64, (n,)
        0 to 1.
    wave_px : ndarray, float64, (n,)
        The strongest wave's length.
    """

    x_px: NDArray[Any]
    y_px: NDArray[Any]
    across: NDArray[Any]
    down: NDArray[Any]
    coherence: NDArray[Any]
    wave_px: NDArray[Any]

    def __len__(self) -> int:
        return len(self.x_px)

    def where(self, chosen: NDArray[Any]) -> Tiles:
        """Some of them."""
        return Tiles(*(part[chosen] for part in vars(self).values()))


@dataclass(frozen=True)
class Meeting:
    """Where the directions meet.

    Attributes
    ----------
    x_px, y_px : float
    ratio : float
        Pixels to the metre across against down.
    tiles : Tiles
        Those that point there.
    share : float
        They against all coherent tiles.
    others : Tiles
        Those that miss it by far.
    """

    x_px: float
    y_px: float
    ratio: float
    tiles: Tiles
    share: float
    others: Tiles


def tiles_of(grey: NDArray[Any], scale: int) -> Tiles:
    """Look at tiles all over a picture.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    scale : int
        Pixels averaged along either axis.

    Returns
    -------
    Tiles
        Those that are coherent, at most `TILES`.
    """
    size = TILE * scale
    rows, columns = grey.shape
    if min(rows, columns) < size:
        return Tiles(*(np.empty(0) for _ in range(6)))
    count = min(TILES, MOST_READ_PX // size**2)
    down = max(2, min(round(math.sqrt(count * rows / columns)), rows // size * 2))
    across = max(2, min(count // down, columns // size * 2))
    tops = np.repeat(np.linspace(0, rows - size, down).astype(np.int64), across)
    lefts = np.tile(np.linspace(0, columns - size, across).astype(np.int64), down)
    window = np.hanning(TILE + 2)[1:-1].astype(np.float32)

    def one(first: int) -> NDArray[Any]:
        part = slice(first, first + CHUNK)
        seen = np.empty((len(tops[part]), TILE, TILE), np.float32)
        gather(grey, tops[part], lefts[part], scale, seen)
        seen -= seen.mean((1, 2), keepdims=True)
        seen *= window * window[:, None]
        return _directions(np.fft.rfft2(seen))

    with ThreadPoolExecutor(2) as pool:
        angle, coherence, wave = np.concatenate(list(pool.map(one, range(0, len(tops), CHUNK))), axis=1)
    middle = (size - 1) / 2
    every = Tiles(lefts + middle, tops + middle, np.cos(angle), np.sin(angle), coherence, wave * scale)
    return every.where(coherence > COHERENT)


@kernel
def gather(grey: NDArray[Any], tops: NDArray[Any], lefts: NDArray[Any], scale: int, out: NDArray[Any]) -> None:
    """Tiles of means of scale × scale pixels.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    tops, lefts : ndarray, int64, (n,)
    scale : int
    out : ndarray, float32, (n, side, side)
    """
    side = out.shape[1]
    part = 1.0 / (scale * scale)
    for k in range(len(tops)):
        for i in range(side):
            for j in range(side):
                total = 0
                for a in range(scale):
                    row = tops[k] + i * scale + a
                    for b in range(scale):
                        total += grey[row, lefts[k] + j * scale + b]
                out[k, i, j] = total * part


def _directions(waves: NDArray[Any]) -> NDArray[Any]:
    """Angle of the direction across the lines (from x, towards rows below), coherence, wave length; (3, n).

    The directions of all waves are averaged as double angles, weighted with their power above that of noise.
    """
    shown, radius, double = _plane()
    seen = waves[:, shown]
    each = seen.real**2 + seen.imag**2
    middle = each.shape[1] // 2
    floor = np.partition(each, middle, axis=1)[:, middle, None] * 3  # the median, in a third of its time
    each = np.maximum(each - floor, 0)
    total = each.sum(1) + 1e-9 + 0.02 * floor[:, 0] * each.shape[1]
    across, down = (each @ double).T
    return np.stack([np.arctan2(down, across) / 2, np.hypot(across, down) / total, 1 / radius[each.argmax(1)]])


@cache
def _plane() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Which of a tile's waves count, (side, side/2 + 1); these, the frequency and twice the angle as a unit vector."""
    fy = np.fft.fftfreq(TILE)[:, None]
    fx = np.fft.rfftfreq(TILE)[None, :]
    radius = np.hypot(fx, fy)
    shown = radius >= LOWEST / TILE
    shown &= (np.abs(fy) < 0.5) & ~((fx == 0) & (fy <= 0))  # half of the plane, each wave once
    twice = 2 * np.arctan2(fy, fx)[shown]
    return shown, radius[shown], np.stack([np.cos(twice), np.sin(twice)], 1).astype(np.float32)


def meeting(tiles: Tiles, shape: tuple[int, int], ratio: float, near_rad: float = NEAR_RAD) -> Meeting | None:
    """The point to which most tiles' directions lead, and the axes' ratio that makes them meet best.

    Parameters
    ----------
    tiles : Tiles
    shape : (int, int)
        Rows and columns of the picture; centres are looked for within it and half its size around.
    ratio : float
        Pixels to the metre across against down, as the file says.
    near_rad : float
        How far a direction may miss the centre.

    Returns
    -------
    Meeting or None
        None where too few agree, or where they only do because they are parallel.
    """
    if len(tiles) < LEAST_TILES:
        return None
    v, ny = tiles.y_px * ratio, tiles.down / ratio
    length = np.hypot(tiles.across, ny)
    nx, ny = tiles.across / length, ny / length
    guess = _vote(tiles.x_px, v, nx, ny, tiles.coherence, shape[1], shape[0] * ratio, near_rad)
    if guess is None:
        return None
    cx, cv, squared = *guess, 1.0
    missed = _missed(tiles.x_px - cx, v - cv, nx, ny)
    for turn in range(12):
        spread = max(1.5 * float(np.median(missed[missed < 2 * near_rad])), 0.004)
        weight = np.where(missed < min(near_rad, 4 * spread), 1 / (1 + (missed / spread) ** 2), 0) * tiles.coherence
        fitted = _fit(tiles.x_px, v, nx, ny, weight, (cx, cv, squared), free=turn > 2)
        if fitted is None:
            return None
        cx, cv, squared = fitted
        missed = _missed(tiles.x_px - cx, squared * (v - cv), nx, ny)
    chosen = missed < near_rad
    share = chosen.sum() / len(tiles)
    if chosen.sum() < LEAST_TILES or share < LEAST_SHARE:
        return None
    if turned(tiles.x_px[chosen] - cx, v[chosen] - cv) < 4:
        return None
    others = tiles.where(missed > FAR * near_rad)
    return Meeting(cx, cv / ratio, ratio * math.sqrt(squared), tiles.where(chosen), float(share), others)


def _vote(
    u: NDArray[Any], v: NDArray[Any], nx: NDArray[Any], ny: NDArray[Any], weight: NDArray[Any],
    width: float, height: float, near_rad: float,
) -> tuple[float, float] | None:  # fmt: skip
    """The crossing of two tiles' directions with which most of the others agree."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, len(u), (2, PAIRS * 3))
    cross = nx[a] * ny[b] - ny[a] * nx[b]
    apart = np.abs(cross) > 0.2
    a, b, cross = a[apart], b[apart], cross[apart]
    along = ((u[b] - u[a]) * ny[b] - (v[b] - v[a]) * nx[b]) / cross
    x, y = u[a] + along * nx[a], v[a] + along * ny[a]
    inside = (x > -width / 2) & (x < 1.5 * width) & (y > -height / 2) & (y < 1.5 * height)
    x, y = x[inside][:PAIRS], y[inside][:PAIRS]
    if not len(x):
        return None
    missed = _missed(u - x[:, None], v - y[:, None], nx, ny)
    best = int(((missed < near_rad) * weight).sum(1).argmax())
    return float(x[best]), float(y[best])


def _missed(du: NDArray[Any], dv: NDArray[Any], nx: NDArray[Any], ny: NDArray[Any]) -> NDArray[Any]:
    """The angles (rad, as sines) by which directions miss a point that lies (-du, -dv) from them."""
    return np.asarray(np.abs(nx * dv - ny * du) / np.maximum(np.hypot(du, dv), 1.0))


def _fit(
    u: NDArray[Any], v: NDArray[Any], nx: NDArray[Any], ny: NDArray[Any], weight: NDArray[Any],
    last: tuple[float, float, float], free: bool,
) -> tuple[float, float, float] | None:  # fmt: skip
    """One round of least squares of angles: centre, and the square of the axes' ratio if `free`."""
    cx, cv, squared = last
    root = np.sqrt(weight) / np.maximum(np.hypot(u - cx, squared * (v - cv)), TILE)
    if not free:
        rows, right = np.stack([ny, -nx * squared], 1), ny * u - squared * nx * v
    else:
        rows, right = np.stack([ny, -nx, nx * v], 1), ny * u
    scale = np.array([1.0, 1.0, max(float(np.abs(v).max()), 1.0)])[: rows.shape[1]]
    solved, _, rank, _ = np.linalg.lstsq(rows / scale * root[:, None], right * root, rcond=1e-9)
    if rank < rows.shape[1]:
        return None
    solved = solved / scale
    if not free:
        return float(solved[0]), float(solved[1]), squared
    if not 0.25 < solved[2] < 4:
        return None
    return float(solved[0]), float(solved[1] / solved[2]), float(solved[2])


def turned(du: NDArray[Any], dv: NDArray[Any]) -> int:
    """In how many of 24 directions from the centre tiles lie, of which each has at least two."""
    sector = np.floor((np.arctan2(dv, du) / (2 * np.pi) + 0.5) * 24).astype(int) % 24
    return int((np.bincount(sector, minlength=24) >= 2).sum())
