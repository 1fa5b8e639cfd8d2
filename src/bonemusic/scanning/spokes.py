"""A picture along spokes: grey values along the radius, averaged over the short arc up to the next one."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .track import Geometry

SPOKES = 360
ALONG = 2
"""Samples along the arc of a spoke: with 4 or 8 no centre is told better."""


@dataclass(frozen=True)
class Spokes:
    """Grey values along radii.

    Attributes
    ----------
    values : ndarray, float32, (spokes, n)
        NaN beyond the picture.
    first_m, step_m : float
        Radius of the first sample, and from one to the next.
    angle_rad : ndarray, float64, (spokes,)
        The middles of their arcs, counter-clockwise as seen.
    """

    values: NDArray[Any]
    first_m: float
    step_m: float
    angle_rad: NDArray[Any]

    @property
    def radius_m(self) -> NDArray[Any]:
        """Of each sample."""
        return self.first_m + self.step_m * np.arange(self.values.shape[1])

    def between(self, low_m: float, high_m: float) -> Spokes:
        """A part of the radii."""
        first, last = (round((r - self.first_m) / self.step_m) for r in (low_m, high_m))
        first = min(max(first, 0), self.values.shape[1] - 2)
        kept = self.values[:, first : max(last, first + 2)]
        return Spokes(kept, self.first_m + first * self.step_m, self.step_m, self.angle_rad)


def sample(
    grey: NDArray[Any], geometry: Geometry, first_m: float, last_m: float, step_m: float, arc: float = 1.0,
    spokes: int = SPOKES, along: int = ALONG,
) -> Spokes:  # fmt: skip
    """Read spokes all around.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
    first_m, last_m, step_m : float
    arc : float
        How much of the way to the next spoke is averaged, 0 to 1.
    spokes, along : int
        How many there are, and samples along the arc.
    """
    count = max(2, int((last_m - first_m) / step_m))
    count = count // 64 * 64 or count  # lengths that Fourier transforms like
    angle = 2 * np.pi * np.arange(spokes) / spokes
    turned = angle[:, None] + 2 * np.pi / spokes * arc * ((np.arange(along) + 0.5) / along - 0.5)
    dx, dy = geometry.across_per_m * np.cos(turned), -geometry.down_per_m * np.sin(turned)
    out = np.empty((spokes, count), np.float32)

    def one(part: slice) -> None:
        walk(grey, geometry.x_px, geometry.y_px, dx[part], dy[part], first_m, step_m, out[part])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, (slice(k, k + 15) for k in range(0, spokes, 15))))
    return Spokes(out, first_m, step_m, angle)


@kernel
def walk(
    grey: NDArray[Any], x: float, y: float, dx: NDArray[Any], dy: NDArray[Any], first: float, step: float,
    out: NDArray[Any],
) -> None:  # fmt: skip
    """Means over bundles of straight lines from one point, read between pixels linearly; NaN beyond the picture.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    x, y : float
        Where the lines begin.
    dx, dy : ndarray, float64, (bundles, lines)
        Pixels for each unit along a line.
    first, step : float
        Units.
    out : ndarray, float32, (bundles, n)
    """
    right, bottom = grey.shape[1] - 1.0, grey.shape[0] - 1.0
    one = np.uint32(1)  # numbers without a sign spare the kernel asking whether they count from the end
    lines = dx.shape[1]
    for bundle in range(dx.shape[0]):
        for k in range(out.shape[1]):
            along = first + step * k
            total = 0.0
            for line in range(lines):
                px, py = x + dx[bundle, line] * along, y + dy[bundle, line] * along
                if not (0.0 <= px < right and 0.0 <= py < bottom):
                    total = math.nan
                    break
                i, j = np.uint32(px), np.uint32(py)
                u, v = px - i, py - j
                above = grey[j, i] * (1.0 - u) + grey[j, i + one] * u
                below = grey[j + one, i] * (1.0 - u) + grey[j + one, i + one] * u
                total += above * (1.0 - v) + below * v
            out[bundle, k] = total / lines


def analytic(spokes: Spokes, wave_m: float) -> NDArray[Any]:
    """Complex waves along the spokes, of lengths around `wave_m`: pitch varies by up to twice."""
    values = _flat(spokes.values)
    size = values.shape[1]
    spectrum = np.fft.rfft(values)
    octave = np.log2(np.maximum(np.fft.rfftfreq(size, spokes.step_m) * wave_m, 1e-6))
    gain = np.cos(np.clip(octave / 1.1, -1, 1) * np.pi / 2).astype(np.float32) * 2
    full = np.zeros((len(values), size), np.complex64)
    full[:, : spectrum.shape[1]] = spectrum * gain
    return np.asarray(np.fft.ifft(full), np.complex64)


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    """Spokes without their mean; nothing beyond the picture."""
    seen = np.isfinite(values)
    mean = np.where(seen, values, 0).sum(1, keepdims=True) / np.maximum(seen.sum(1, keepdims=True), 1)
    return np.asarray(np.where(seen, values - mean, 0), np.float32)
