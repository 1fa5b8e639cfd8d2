"""Where a disc lies in a picture, and the groove as it was followed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Geometry:
    """A disc in a picture: its centre and the picture's scale along either axis.

    Attributes
    ----------
    x_px, y_px : float
        The groove's centre, to the right and down. The middle of the first pixel is at (0, 0).
    across_per_m, down_per_m : float
        Pixels to the metre along x and along y; scanners stretch one of them by up to 1.5 %.
    """

    x_px: float
    y_px: float
    across_per_m: float
    down_per_m: float

    def pixels(self, radius_m: NDArray[Any], angle_rad: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Columns and rows of points of the disc; the angle is counter-clockwise as seen, from the right."""
        x = self.x_px + self.across_per_m * radius_m * np.cos(angle_rad)
        y = self.y_px - self.down_per_m * radius_m * np.sin(angle_rad)
        return x, y

    def polar(self, x_px: NDArray[Any], y_px: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The way back: radius (m) and angle (rad, -π to π) of columns and rows."""
        x, y = (x_px - self.x_px) / self.across_per_m, (self.y_px - y_px) / self.down_per_m
        return np.hypot(x, y), np.arctan2(y, x)

    @property
    def stretch(self) -> float:
        """How much more pixels lie to the metre across than down: 0.004 is 0.4 %."""
        return self.across_per_m / self.down_per_m - 1

    @property
    def dots_per_m(self) -> float:
        """The mean of both scales."""
        return (self.across_per_m + self.down_per_m) / 2


@dataclass(frozen=True)
class Track:
    """A groove as it was followed in a picture, nothing mended.

    Sample k lies at the angle start_rad + 2π·k/steps_per_turn, counter-clockwise as seen, exactly.

    Attributes
    ----------
    geometry : Geometry
    start_rad : float
    steps_per_turn : float
    radius_m : ndarray, float64, (n,)
        The middle of the groove. Where nothing was seen, what was expected there.
    strength : ndarray, float32, (n,)
        How much the groove differs from the land, in the picture's grey values; more than 0 also for dark grooves.
    confidence : ndarray, float32, (n,)
        0 (nothing, or dust, or a scratch) to 1 (a groove as it is all around).
    light : ndarray, float32, (n,)
        The groove's strength times its width (grey values × px): all of its light over the land.
    noise : float
        Of the picture's pixels, rms, in grey values.
    """

    geometry: Geometry
    start_rad: float
    steps_per_turn: float
    radius_m: NDArray[Any]
    strength: NDArray[Any]
    confidence: NDArray[Any]
    light: NDArray[Any]
    noise: float = 1.0
