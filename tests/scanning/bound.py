"""The least error that any reader can have: the Cramér-Rao bound of the groove's place, from the picture's model.

A pixel's grey is I(groove) + noise of variance σ² = noise² + 1/12 (rounding to whole greys; of 16 bits 1/12/257²).
Add a·cos(2πft) + b·sin(2πft) to the groove for T seconds. What pixels know of `a` is its Fisher information

    Σ (∂I/∂a)² / σ²  =  K(f)·T/2,    and of `b` as much, so that    K(f) = Σ [(∂I/∂a)² + (∂I/∂b)²] / (σ²·T),

every pixel counted once. No unbiased reader has a lesser variance of `a` and of `b` than 2/(K·T). Their power is
a²/2 + b²/2, and of such pairs there is one for each 1/T of bandwidth, so the error's power per hertz is at least

    D(f) = 2 / K(f)    (m²/Hz),    and in a band    ∫ D(f) df.

K falls with f: blur along the groove hides short waves, by exp(-(2πfσ/v)²) at speed v. The derivatives are taken from
pictures that the maker draws with and without the wave. All else (width, greys, centre) is taken to be known, which by
symmetry costs next to nothing (S. M. Kay, Fundamentals of Statistical Signal Processing I, 1993, ch. 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic import presets
from bonemusic.curves import from_displacement
from bonemusic.groove import Groove

from .maker import Picture, Scanner

BAND_HZ = (100.0, 4500.0)
FREQUENCIES = 6
WINDOWS = 24
WINDOW_PX = 120
SHIFT_PX = 0.05


@dataclass(frozen=True)
class Bound:
    """The least error, over frequency.

    Attributes
    ----------
    hz : ndarray, (n,)
    density_m2_hz : ndarray, (n,)
        D(f), the mean over the music's time.
    """

    hz: NDArray[Any]
    density_m2_hz: NDArray[Any]

    @property
    def error_m(self) -> float:
        """Root mean square in the band."""
        return math.sqrt(float(np.trapezoid(self.density_m2_hz, self.hz)))

    def noise(self, curve: str = "riaa") -> float:
        """Power of the noise in the band as it is heard: 1 is 5 cm/s at 1 kHz."""
        gain = np.abs(from_displacement(presets.curve(curve), 10_000)(self._fine)) ** 2
        density = np.exp(np.interp(self._fine, self.hz, np.log(self.density_m2_hz)))
        return float(np.trapezoid(gain * density, self._fine))

    @property
    def _fine(self) -> NDArray[Any]:
        return np.linspace(self.hz[0], self.hz[-1], 1001)


def bound(groove: Groove, see: Scanner, band_hz: tuple[float, float] = BAND_HZ, windows: int = WINDOWS) -> Bound:
    """The bound of a scan, from windows spread evenly over the music's time.

    Parameters
    ----------
    groove : Groove
    see : Scanner
        Its noise is more than 0.
    band_hz : (float, float)
    windows : int
        Of `WINDOW_PX` squared.
    """
    picture = Picture(groove, see)
    step_s = picture.step / groove.turns_per_sample / (2 * math.pi) / groove.rate_hz
    seconds = np.arange(len(picture.radius)) * step_s
    x, y = picture.geometry.pixels(picture.radius, see.turned_rad + picture.step * np.arange(len(picture.radius)))
    music = groove.music
    middles = (
        (music.first + (np.arange(windows) + 0.5) / windows * (music.last - music.first)) / groove.rate_hz / step_s
    )
    boxes = [(round(y[k]) - WINDOW_PX // 2, round(x[k]) - WINDOW_PX // 2) for k in middles.astype(int)]
    inside = [
        np.count_nonzero(
            (np.abs(y - a - WINDOW_PX / 2) < WINDOW_PX / 2) & (np.abs(x - b - WINDOW_PX / 2) < WINDOW_PX / 2)
        )
        for a, b in boxes
    ]
    del x, y
    variance = see.noise**2 + 1 / 12 / (1 if see.bits == 8 else 257**2)
    hz = np.linspace(*band_hz, FREQUENCIES)
    density = np.empty((FREQUENCIES, windows))
    for row, f in zip(density, hz, strict=True):
        known = _squared(picture, boxes, np.cos(2 * np.pi * f * seconds))
        known += _squared(picture, boxes, np.sin(2 * np.pi * f * seconds))
        row[:] = 2 * variance * np.array(inside) * step_s / known
    return Bound(hz, density.mean(axis=1))


def _squared(picture: Picture, boxes: list[tuple[int, int]], wave: NDArray[Any]) -> NDArray[Any]:
    """Sum over each window's pixels of the squared derivative by a wave's amplitude, per m²."""
    straight = picture.radius
    shift_m = SHIFT_PX / picture.geometry.dots_per_m
    made = []
    for sign in (-1, 1):
        picture.radius = straight + sign * shift_m * wave
        made.append([picture.window(a, b, WINDOW_PX, WINDOW_PX).astype(np.float64) for a, b in boxes])
    picture.radius = straight
    return np.array([np.sum((above - below) ** 2) for below, above in zip(*made, strict=True)]) / (2 * shift_m) ** 2
