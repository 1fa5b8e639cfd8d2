"""The least error that any reader can have: the Cramér-Rao bound of the groove's place, from the picture's model.

A pixel's grey is I(groove) + noise of variance σ² = noise² + 1/12 (rounding to whole greys; of 16 bits 1/12/257²).
Add a·cos(2πft) + b·sin(2πft) to the groove for T seconds. What pixels know of `a` is its Fisher information

    Σ (∂I/∂a)² / σ²  =  K(f)·T/2,    and of `b` as much, so that    K(f) = Σ [(∂I/∂a)² + (∂I/∂b)²] / (σ²·T),

every pixel counted once. A window's wave is faded in and out, so that all pixels that know of it are in the window
and none knows of another turn's; T is its time times the fade's mean square. (Waves cut at a window's edge instead are
miscounted where a turn runs along it: at 4800 dpi by a quarter of the error, where all windows were at two angles.)

No unbiased reader has a lesser variance of `a` and of `b` than 2/(K·T). Their power is a²/2 + b²/2, and of such pairs
there is one for each 1/T of bandwidth, so the error's power per hertz is at least

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
FADED_PX = 50.0
"""From a window's middle along the groove: there the wave is gone, and still inside, however the groove runs."""
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
    per_sample = picture.step / (2 * math.pi * groove.turns_per_sample)
    step_s = per_sample / groove.rate_hz
    music = groove.music
    middles = (music.first + (np.arange(windows) + 0.5) / windows * (music.last - music.first)) / per_sample
    variance = see.noise**2 + 1 / 12 / (1 if see.bits == 8 else 257**2)
    hz = np.linspace(*band_hz, FREQUENCIES)
    known = np.array([_known(picture, round(middle), hz * step_s) for middle in middles.tolist()])
    density = 2 * variance * step_s / known
    return Bound(hz, density.mean(axis=0))


def _known(picture: Picture, middle: int, cycles: NDArray[Any]) -> NDArray[Any]:
    """What a window's pixels know of waves of so many cycles per step: sums of squared derivatives, per m² and step."""
    passing_px = picture.step * picture.radius[middle] * picture.geometry.dots_per_m
    half = round(FADED_PX / passing_px)
    steps = np.arange(-half, half + 1)
    fade = np.cos(steps * (math.pi / 2 / half)) ** 2
    x, y = picture.geometry.pixels(picture.radius[middle], picture.see.turned_rad + picture.step * middle)
    box = (round(float(y)) - WINDOW_PX // 2, round(float(x)) - WINDOW_PX // 2, WINDOW_PX, WINDOW_PX)
    part = slice(middle - half, middle + half + 1)
    turned = 2 * np.pi * cycles[:, None] * steps
    waves = fade * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    squared = np.array([[_squared(picture, box, part, wave) for wave in pair] for pair in waves])
    return np.asarray(squared.sum(axis=1) / (fade**2).sum())


def _squared(picture: Picture, box: tuple[int, int, int, int], part: slice, wave: NDArray[Any]) -> float:
    """Sum over a window's pixels of the squared derivative by a wave's amplitude, per m²."""
    straight = picture.radius[part].copy()
    shift_m = SHIFT_PX / picture.geometry.dots_per_m
    made = []
    for sign in (-1, 1):
        picture.radius[part] = straight + sign * shift_m * wave
        made.append(picture.window(*box).astype(np.float64))
    picture.radius[part] = straight
    return float(np.sum((made[1] - made[0]) ** 2)) / (2 * shift_m) ** 2
