"""What a groove looks like across, and what is best told of it by a weighted sum of pixels.

A profile is read across the groove at whole steps of one pixel. It is taken to be

    land + slope·x + strength·shape(x - offset)

with noise that is alike in all pixels; for small offsets that is linear in offset·strength, and least squares give
each unknown as a weighted sum of the profile (the Cramér-Rao bound is reached; S. M. Kay, Fundamentals of Statistical
Signal Processing: Estimation Theory, 1993, ch. 4). The land's slope looks much like an offset, and to tell the two
apart in each profile costs 2 dB; but it is alike over many profiles. So offsets are told as if there were no slope,
and what its mean over a stretch makes of them is taken off (Frisch, Waugh and Lovell).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FINE = 16
"""Steps of a shape's table to the pixel."""
LEAST = 30
"""Profiles at each step, for a look to be learned."""
BEYOND_PX = 6
"""How far a table goes on beyond the window."""
LEAST_REACH_PX = 2
"""Land, slope, strength and offset are four unknowns: of five pixels one is left over to tell dust by."""
CLEAR = 1.5
"""Deviations of the blur by which a profile stays away from the next turn."""
BLUR_PX = 0.8
"""Of a flatbed's lens, until the groove's own look is learned (assumed)."""
OFFSET, STRENGTH, LIGHT, SLOPE, LAND = range(5)
"""Rows of a sight's weights."""
BASIS = 4
"""Rows of a sight that are its basis; the next is the light's."""


@dataclass(frozen=True)
class Sight:
    """A groove's shape across, and the weights that measure it.

    Attributes
    ----------
    reach_px : int
        Profiles go from -reach to reach, in pixels.
    shape : ndarray, float64, (m,)
        The groove over the land, 1 at its height, at steps of 1/`FINE` px; its middle is the groove's.
    rows : ndarray, float64, (5, 2·reach + 1)
        Four orthonormal ones, of which all that a groove and its land can look like is a sum: what a profile has
        besides is dust or noise. And one that gives strength·width (px; all light over the land).
    mix : ndarray, float64, (4, 4)
        What the first four give, turned into offset·strength (px) plus `tilt` times the land's slope, strength, the
        land's slope, and its height.
    tilt : float
        What a slope of 1 is mistaken for.
    width_px : float
    """

    reach_px: int
    shape: NDArray[Any]
    rows: NDArray[Any]
    mix: NDArray[Any]
    tilt: float
    width_px: float

    @property
    def weights(self) -> NDArray[Any]:
        """Rows of pixels' weights, (5, 2·reach + 1), in the order of `OFFSET`, `STRENGTH`, `LIGHT`, `SLOPE`, `LAND`."""
        offset, strength, slope, land = self.mix @ self.basis
        return np.stack([offset, strength, self.rows[BASIS], slope, land])

    @property
    def basis(self) -> NDArray[Any]:
        """The orthonormal rows, (4, 2·reach + 1)."""
        return self.rows[:BASIS]

    @property
    def noise_gain(self) -> float:
        """The deviation of the strength for pixels of deviation 1."""
        return float(np.sqrt((self.weights[STRENGTH] ** 2).sum()))


def seen_through(blur_px: float) -> float:
    """A lens' deviation with a pixel's own width, and what reading between two adds."""
    return math.sqrt(blur_px**2 + 1 / 12 + 1 / 6)


def box(width_px: float, blur_px: float, room_px: float = 0.0, apart_px: float = math.inf) -> Sight:
    """The sight of a groove of even brightness and sharp walls, seen through a lens.

    Parameters
    ----------
    width_px : float
        The groove's width.
    blur_px : float
        Deviation of the blur, a Gaussian; pixels and the reading between them are added here.
    room_px : float
        So much wider the groove may become.
    apart_px : float
        From one turn to the next: neighbours are left out of the profile, as far as five pixels allow.
    """
    sigma = seen_through(blur_px)
    half = (width_px + room_px) / 2
    reach = math.ceil(half + 3 * sigma)
    if reach > apart_px - half - CLEAR * sigma:
        reach = min(reach, max(LEAST_REACH_PX, math.floor(apart_px - half - CLEAR * sigma)))
    return of_shape(look(width_px, sigma, reach), reach, width_px)


def look(width_px: float, sigma_px: float, reach_px: int) -> NDArray[Any]:
    """The shape of a groove with sharp walls, blurred; the table of a `Sight`."""
    x = np.arange(-(reach_px + BEYOND_PX) * FINE, (reach_px + BEYOND_PX) * FINE + 1) / FINE
    return np.asarray(_step(x + width_px / 2, sigma_px) - _step(x - width_px / 2, sigma_px))


def of_shape(shape: NDArray[Any], reach_px: int, width_px: float) -> Sight:
    """The sight of a groove whose look is known.

    Parameters
    ----------
    shape : ndarray, (2·(reach + `BEYOND_PX`)·`FINE` + 1,)
    """
    slope = np.gradient(shape, 1 / FINE)
    middle = len(shape) // 2
    at = middle + FINE * np.arange(-reach_px, reach_px + 1)
    x = np.arange(-reach_px, reach_px + 1.0)
    columns = [-slope[at], shape[at], np.ones(len(x)), x]
    matrix = np.stack(columns, axis=1)
    basis = np.linalg.qr(matrix)[0].T
    light = np.ones(len(x))
    light[[0, 1, -2, -1]] -= len(x) / 4  # the land is what lies at both ends, whatever the groove's width
    offset = np.linalg.pinv(matrix[:, :-1])[0]
    _, strength, land, steep = np.linalg.pinv(matrix)
    mix = np.stack([offset, strength, steep, land]) @ basis.T
    return Sight(reach_px, np.ascontiguousarray(shape), np.stack([*basis, light]), mix, float(offset @ x), width_px)


def learned(seen: NDArray[Any], count: NDArray[Any], sight: Sight) -> Sight:
    """The sight of the groove as it was seen on average.

    Parameters
    ----------
    seen, count : ndarray, float64, (2·reach·`FINE` + 1,)
        Sums of the profiles less their land, over their strength, in steps of 1/`FINE` px about the groove's middle,
        and how many went into each.
    """
    near = sight.reach_px * FINE
    middle = len(sight.shape) // 2
    if (count < LEAST).any():
        return sight
    mean = _smoothed(seen / count)
    # the land is 0 at both ends and the strength 1, as before: what they are is told by the weights
    old = sight.shape[middle - near : middle + near + 1]
    x = np.linspace(-1, 1, len(mean))
    fit = np.linalg.lstsq(np.stack([mean, np.ones(len(x)), x], 1), old, rcond=None)[0]
    new = fit[0] * mean + fit[1] + fit[2] * x
    shape = sight.shape.copy()
    taper = np.clip((1 - np.abs(x)) * sight.reach_px, 0, 1)  # to the model's within the last pixel
    shape[middle - near : middle + near + 1] = taper * new + (1 - taper) * old
    return of_shape(shape, sight.reach_px, sight.width_px)


def _smoothed(values: NDArray[Any]) -> NDArray[Any]:
    """Averaged over a quarter of a pixel, which is less than any lens."""
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9
    return np.convolve(np.pad(values, 2, "edge"), kernel, "valid")


def _step(x: NDArray[Any], sigma: float) -> NDArray[Any]:
    """A blurred edge: 0 before, 1 after."""
    return np.array([0.5 * math.erfc(-each / (sigma * math.sqrt(2))) for each in x.tolist()])
