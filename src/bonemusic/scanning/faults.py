"""What is wrong with a scan and costs sound: clipped, stretched, packed as JPEG, too coarse, interpolated, rippled.

Some tiles of the groove's ring are looked at, never all of the picture. Grooves run in another direction in each of
them; what a scanner or a program did runs along rows and columns in all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .spectra import ENLARGED, enlarged, faint, noise_of, power_of, ripple
from .track import Geometry

TILE_PX = (256, 128, 64)
"""Sides of a tile, the first that fits into the ring."""
ANGLES, CIRCLES = 20, 3
LEAST_GROOVE_PX, LEAST_PITCH_PX = 2.0, 5.0
"""Assumed: narrower grooves are but one grey value across, and nearer turns blur into each other."""
MOST_STRETCH = 0.015
"""Scanners stretch an axis by up to 1.5 %."""
PILE = 0.005
"""Of all pixels in the last value, from which it is a pile: the edges of grooves are some tenths of them."""
BLOCKS = 1.15
"""Steps between JPEG's squares against those within: quality 92 has 1.01 beside noise of 5, 85 has 1.3."""
REPEATED = 1.4
"""Steps at one place of a period against those at another; enlarged pictures have more than 2."""


def faults(
    grey: NDArray[Any],
    geometry: Geometry,
    inner_m: float,
    outer_m: float,
    groove_px: float | None = None,
    pitch_px: float | None = None,
) -> tuple[str, ...]:
    """What costs sound, a line each: what it is, why, and what to do.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
    inner_m, outer_m : float
        Radii between which the groove lies.
    groove_px, pitch_px : float or None
        The groove's width, and from one turn to the next, where they are known.
    """
    found = _sizes(geometry, groove_px, pitch_px)
    tiles = [*_tiles(grey, geometry, inner_m, outer_m)]
    if not tiles:
        return tuple(found)
    held = np.stack([tile for _, tile in tiles])
    angles = np.array([angle for angle, _ in tiles])
    if _one_bit(held):
        return (
            *found,
            "it has black and white pixels only: between them a groove's place is lost; scan in grey, 8 or 16 bits",
        )
    found += _clipped(held) + _stretched(held)
    seen = held.astype(np.float32) / np.float32(1 if held.dtype == np.uint8 else 257)
    packed = _blocks(seen)
    if packed:
        found.append(packed)
    power = power_of(seen)
    found += faint(power, noise_of(power, angles))
    if not packed:
        found += _repeated(seen) or enlarged(power, angles)
    return tuple(found + ripple(power, seen))


def _sizes(geometry: Geometry, groove_px: float | None, pitch_px: float | None) -> list[str]:
    """Too few dots, or not as many either way."""
    found = []
    dpi = geometry.dots_per_m * 0.0254
    short = max(
        LEAST_GROOVE_PX / groove_px if groove_px else 0.0,
        LEAST_PITCH_PX / pitch_px if pitch_px else 0.0,
    )
    if short > 1:
        wanted = next((each for each in (600, 1200, 2400, 4800, 9600) if each >= dpi * short), 9600)
        what = f"grooves are {groove_px:.1f} pixels wide" if groove_px else "turns are near each other"
        turns = f", turns {pitch_px:.1f} pixels apart" if pitch_px else ""
        found.append(
            f"{dpi:.0f} dpi are too few: {what}{turns}, so that noise moves them; scan at {wanted} dpi or more"
        )
    if abs(geometry.stretch) > MOST_STRETCH:
        found.append(
            f"the disc is {100 * geometry.stretch:+.1f} % wider than high, more than scanners stretch: it may have "
            "been scaled, which blurs; take the picture as it was scanned, or the same dpi either way"
        )
    return found


def _tiles(grey: NDArray[Any], geometry: Geometry, inner_m: float, outer_m: float) -> Iterator[tuple[float, Any]]:
    """Squares of the ring, and the angle at which each lies; those that the picture does not hold are left out."""
    least = min(geometry.across_per_m, geometry.down_per_m)
    side = next((each for each in TILE_PX if 1.5 * each <= (outer_m - inner_m) * least), 0)
    if not side:
        return
    margin = 0.71 * side / least
    for circle in range(CIRCLES):
        radius = inner_m + margin + (outer_m - inner_m - 2 * margin) * (circle + 0.5) / CIRCLES
        for k in range(ANGLES):
            angle = 2 * math.pi * (k + circle / CIRCLES) / ANGLES
            x, y = geometry.pixels(np.array(radius), np.array(angle))
            left, top = round(float(x)) - side // 2, round(float(y)) - side // 2
            if left >= 0 and top >= 0 and left + side <= grey.shape[1] and top + side <= grey.shape[0]:
                yield angle, grey[top : top + side, left : left + side]


def _one_bit(held: NDArray[Any]) -> bool:
    values, counts = np.unique(held, return_counts=True)
    return len(values) > 1 and bool(np.sort(counts)[-2:].sum() > 0.998 * held.size) and values[-1] - values[0] > 2


def _counts(held: NDArray[Any]) -> NDArray[Any]:
    """How often each value is there; of 16 bits that are 8 in truth, each of these."""
    if held.dtype == np.uint8:
        return np.bincount(held.ravel(), minlength=256)
    counts = np.bincount(held.ravel(), minlength=65536)
    return counts.reshape(256, 256).sum(axis=1) if np.count_nonzero(counts) <= 256 else counts


def _clipped(held: NDArray[Any]) -> list[str]:
    """A pile in the last value, at an end of the scale."""
    found = []
    counts = _counts(held)
    size = len(counts)
    for name, line, told in (("black", counts, "raise"), ("white", counts[::-1], "lower")):
        last = int(np.flatnonzero(line)[0])
        beside = line[last + 1 : last + 1 + max(3, size // 256)].mean()
        if last <= size // 100 and line[last] > PILE * held.size and line[last] > 3 * beside:
            share = 100 * line[last] / held.size
            found.append(
                f"{share:.0f} % of the grooves' pixels are clipped {name}: what lay beyond is lost, and edges move; "
                f"scan with the {name} point set wider ({told} the exposure), or without automatic levels"
            )
    return found


def _stretched(held: NDArray[Any]) -> list[str]:
    """Values that are nowhere, among those that are common: a comb."""
    counts = _counts(held)
    if len(counts) > 256:
        return []
    total = np.cumsum(counts)
    low, high = np.searchsorted(total, total[-1] * np.array([0.01, 0.99]))
    inside = counts[low : high + 1]
    if len(inside) < 12:
        return []
    near = np.convolve(inside, np.ones(9), "same") / 9
    empty = int(np.count_nonzero((inside < 0.05 * near) & (near > 30)))
    if empty < max(3, 0.04 * len(inside)):
        return []
    return [
        f"{empty} of {len(inside)} grey values are empty: contrast was stretched after scanning, and edges are "
        "coarser; scan with 16 bits, and stretch nothing, or in 16 bits"
    ]


def _blocks(seen: NDArray[Any]) -> str:
    """Squares of eight pixels, whichever the first is."""
    worst = 1.0
    for axis in (1, 2):
        each = _places(_odd(np.diff(np.moveaxis(seen, axis, 2), axis=2)), 8)
        # what comes back every second or fourth pixel was enlarged
        worst = max(worst, float(np.median(each[:, 0] / each[:, [2, 4, 6]].max(axis=1))))
    if worst < BLOCKS:
        return ""
    return (
        "it was packed as JPEG, whose squares of 8 pixels are seen and whose rounding hides fine edges; save the scan "
        "as TIFF or PNG, or as JPEG of the highest quality"
    )


def _repeated(seen: NDArray[Any]) -> list[str]:
    """Pixels set in by a program, every second, third or fourth: they follow from those beside them."""
    for name, axis in (("down", 1), ("across", 2)):
        steps = np.diff(np.moveaxis(seen, axis, 2), axis=2)
        for times in (2, 3, 4):
            for each in (_places(np.abs(steps), times), _places(_odd(steps), times)):
                if float(np.median(each[:, 0] / each.min(axis=1))) > REPEATED:
                    return [ENLARGED.format(name)]
    return []


def _odd(steps: NDArray[Any]) -> NDArray[Any]:
    """By how much steps differ from those beside them."""
    return np.asarray(np.abs(steps[..., 1:-1] - (steps[..., :-2] + steps[..., 2:]) / 2))


def _places(steps: NDArray[Any], period: int) -> NDArray[Any]:
    """The mean of steps at each place of a period, (tiles, period); the largest is first, as tiles begin anywhere."""
    line = steps.mean(axis=1)[:, : steps.shape[-1] // period * period]
    each = line.reshape(len(line), -1, period).mean(axis=1) + 1e-6
    return np.take_along_axis(each, (each.argmax(axis=1)[:, None] + np.arange(period)) % period, axis=1)
