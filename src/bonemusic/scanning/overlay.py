"""A scan with the track that was followed laid over it, in colours of its confidence, and where it is least sure.

Colours run from blue (sure) to pale yellow (nothing seen): the lighter, the worse, so that grey says the same, and the
scan is dimmed under them. Rim, label and hole are dashed lines, where they were found.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .rings import Circle, Rings
from .track import Track

WIDEST_PX = 2060
"""Of the whole disc."""
PAGE_PX = 1030
MOST_PLACES = 8
WINDOW = 256
"""Samples over which confidence is averaged where the worst places are looked for."""
APART_M = 6e-3
AT_LEAST, CLEAN = 2, 0.98
"""Where nothing is unsure, so many places are shown, to see that the track lies in the groove."""
UNSURE = 0.5
"""Below it the track is drawn as dots."""
STOPS = (0.0, 0.25, 0.5, 0.75, 1.0)
COLOURS = ((255, 246, 190), (250, 206, 90), (236, 150, 92), (120, 128, 170), (38, 112, 178))
"""At these confidences; lightness falls from each to the next (L* 96, 85, 70, 55, 46)."""
TINT, DIM = 0.85, 0.4
RING = (112, 214, 150)
DASH_PX, RING_PX = 14, 2


@dataclass(frozen=True)
class Spot:
    """A place that is shown enlarged: where in the picture, which sample, and how sure the track is around it."""

    x_px: float
    y_px: float
    sample: int
    confidence: float


def colour(confidence: NDArray[Any]) -> NDArray[Any]:
    """Red, green and blue, uint8, (…, 3), of confidences from 0 to 1."""
    given = np.asarray(confidence, np.float64)
    return np.stack([np.rint(np.interp(given, STOPS, each)) for each in np.array(COLOURS).T], -1).astype(np.uint8)


def worst(track: Track, count: int = MOST_PLACES) -> tuple[Spot, ...]:
    """The places where the most of the track is unsure, worst first, none nearer to another than 6 mm.

    What is unsure in one piece is one place, shown in its middle.
    """
    whole = len(track.confidence) // WINDOW * WINDOW
    if not whole:
        return ()
    means = track.confidence[:whole].reshape(-1, WINDOW).mean(1, dtype=np.float64)
    low = means < UNSURE
    begins = np.flatnonzero(~(low & np.r_[False, low[:-1]]))
    ends = np.r_[begins[1:], len(means)]
    order = np.argsort(-np.add.reduceat(1 - means, begins), kind="stable")[: 400 * count]
    samples = (begins[order] + ends[order]) * WINDOW // 2
    angle = track.start_rad + 2 * np.pi * samples / track.steps_per_turn
    radius = np.asarray(track.radius_m, np.float64)[samples]
    across, up = radius * np.cos(angle), radius * np.sin(angle)
    x, y = track.geometry.pixels(radius, angle)
    taken: list[int] = []
    sure = means[samples // WINDOW]
    for k in range(len(order)):
        if len(taken) == count or (len(taken) >= AT_LEAST and sure[k] > CLEAN):
            break
        if all(np.hypot(across[k] - across[j], up[k] - up[j]) >= APART_M for j in taken):
            taken.append(k)
    return tuple(Spot(float(x[k]), float(y[k]), int(samples[k]), float(sure[k])) for k in taken)


def as_jpeg(disc: NDArray[Any]) -> bytes:
    """An `overview` as a page may hold it: no side longer than 1,030 px."""
    from PIL import Image

    every = max(1, -(-max(disc.shape) // PAGE_PX))
    rows, columns = len(disc) // every, disc.shape[1] // every
    # the lightest of each square: a mean would hide the track, and what was not seen of it
    small = disc[: rows * every, : columns * every].reshape(rows, every, columns, every, 3).max((1, 3))
    held = io.BytesIO()
    Image.fromarray(small).save(held, "JPEG", quality=82)
    return held.getvalue()


def overview(grey: NDArray[Any], tone: NDArray[Any], track: Track, rings: Rings) -> NDArray[Any]:
    """The whole picture with the track and rings laid over it: uint8, (rows, columns, 3), no side longer than 2,060."""
    factor = factor_of(grey)
    small = np.empty((len(grey) // factor, grey.shape[1] // factor), np.uint8)
    mean_squares(grey, tone, factor, small)
    total, count = np.zeros(small.shape, np.float32), np.zeros(small.shape, np.float32)
    at = track.geometry
    along(
        track.radius_m, track.confidence, track.start_rad, 2 * np.pi / track.steps_per_turn,
        (at.x_px + 0.5) / factor, (at.y_px + 0.5) / factor, at.across_per_m / factor, at.down_per_m / factor,
        total, count,
    )  # fmt: skip
    sure = np.divide(total, count, out=np.full(total.shape, np.inf, np.float32), where=count > 0)
    _widen(sure)
    seen = np.repeat((small * DIM).astype(np.uint8)[:, :, None], 3, 2)
    there = np.isfinite(sure)
    seen[there] = np.rint(TINT * colour(sure[there]) + (1 - TINT) * seen[there]).astype(np.uint8)
    for ring in rings.seen:
        _dashed(seen, ring, track.geometry.across_per_m / factor, track.geometry.down_per_m / factor, factor)
    return seen


def _dashed(seen: NDArray[Any], ring: Circle, across_per_m: float, down_per_m: float, factor: int) -> None:
    """A ring as a dashed line, in place."""
    length = 2 * np.pi * ring.radius_m * max(across_per_m, down_per_m)
    dashes = max(8, round(length / (2 * DASH_PX)))
    part = np.arange(int(2 * length)) / int(2 * length)
    angle = 2 * np.pi * part[part * dashes % 1 < 0.5]
    column = (ring.x_px + 0.5) / factor + across_per_m * ring.radius_m * np.cos(angle)
    row = (ring.y_px + 0.5) / factor - down_per_m * ring.radius_m * np.sin(angle)
    for right in range(RING_PX):
        for down in range(RING_PX):
            x, y = (np.floor(at - RING_PX / 2 + 0.5 + off).astype(int) for at, off in ((column, right), (row, down)))
            there = (x >= 0) & (y >= 0) & (x < seen.shape[1]) & (y < len(seen))
            seen[y[there], x[there]] = RING


def _widen(sure: NDArray[Any]) -> None:
    """Let what is unsure take the pixels around it too: a speck of dust is smaller than a pixel of the whole disc."""
    low = np.where(sure < UNSURE, sure, np.inf).astype(np.float32)
    for axis in (0, 1):
        for step in (1, -1):
            np.minimum(sure, np.roll(low, step, axis), out=sure)


@kernel
def mean_squares(grey: NDArray[Any], tone: NDArray[Any], factor: int, out: NDArray[Any]) -> None:
    """The mean look of each square of `factor` pixels; pixels beyond the last whole square are left out."""
    rows, columns = out.shape
    sums = np.zeros(columns, np.int64)
    for row in range(rows):
        sums[:] = 0
        for y in range(row * factor, (row + 1) * factor):
            for column in range(columns):
                part = 0
                for x in range(column * factor, (column + 1) * factor):
                    part += int(tone[grey[y, x]])
                sums[column] += part
        for column in range(columns):
            out[row, column] = sums[column] // (factor * factor)


@kernel
def along(
    radius_m: NDArray[Any],
    confidence: NDArray[Any],
    start_rad: float,
    step_rad: float,
    x: float,
    y: float,
    across_per_m: float,
    down_per_m: float,
    total: NDArray[Any],
    count: NDArray[Any],
) -> None:
    """Add each sample's confidence to the pixel it lies in, and count it; corners of pixels are at whole numbers."""
    rows, columns = total.shape
    for k in range(len(radius_m)):
        angle = start_rad + k * step_rad
        across = x + across_per_m * radius_m[k] * np.cos(angle)
        down = y - down_per_m * radius_m[k] * np.sin(angle)
        if 0 <= across < columns and 0 <= down < rows:
            total[int(down), int(across)] += confidence[k]
            count[int(down), int(across)] += 1


def factor_of(grey: NDArray[Any]) -> int:
    """How many pixels of the scan make one of its overview, along either side."""
    return max(1, -(-int(max(grey.shape)) // WIDEST_PX))
