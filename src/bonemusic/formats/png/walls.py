"""The groove's walls as edges of an area, worked out for those rows of a picture that are being drawn, never stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...coverage import add_edges
from ...groove import Groove
from ...jit import kernel
from .shapes import Frame

PIECE = 64
"""Corners of a wall in one piece: radius and depth go straight within it, a millisecond or so."""
CORNER_PX = 0.6
"""How far apart corners are at least."""


@dataclass(frozen=True)
class Walls:
    """A groove laid into a picture, in pieces, with the rows that each of them may touch.

    Attributes
    ----------
    groove : Groove
    frame : Frame
    every : int
        Samples from one corner to the next.
    radius, half : ndarray, float64, (pieces + 1,)
        Unmodulated radius and half the width where pieces begin and end, pixels.
    flare : float
        Pixels by which half the width shrinks for a metre upwards.
    first_row, last_row : ndarray, float64, (pieces,)
    """

    groove: Groove
    frame: Frame
    every: int
    radius: NDArray[Any]
    half: NDArray[Any]
    flare: float
    first_row: NDArray[Any]
    last_row: NDArray[Any]

    @classmethod
    def of(cls, groove: Groove, frame: Frame, width_m: float | None = None) -> Walls:
        """A groove as wide as it is, or everywhere as wide as told."""
        dots = frame.dots_per_m
        fastest = float(groove.spiral.value.max()) * 2 * math.pi * groove.turns_per_sample
        every = max(1, int(CORNER_PX / dots / fastest))
        ends = np.arange(0, len(groove) - 1 + PIECE * every, PIECE * every)
        turns = ends * groove.turns_per_sample
        radius, slant = groove.spiral.at(turns) * dots, math.tan(groove.profile.angle_rad / 2)
        flare = slant * dots if width_m is None and groove.vertical_m is not None else 0.0
        half = groove.depth.at(turns) * slant * dots if width_m is None else np.full(len(ends), width_m / 2 * dots)
        y = frame.y(0.0) - radius * np.sin(2 * np.pi * turns)
        # an arc bulges by r(1 - cos) of half its angle, and everything moves and has a width
        beyond = radius[0] * (1 - math.cos(min(math.pi * PIECE * every * groove.turns_per_sample, math.pi)))
        beyond += _greatest(groove.lateral_m) * dots + flare * _greatest(groove.vertical_m) + float(half.max()) + 1
        low, high = np.minimum(y[:-1], y[1:]) - beyond, np.maximum(y[:-1], y[1:]) + beyond
        return cls(groove, frame, every, radius, half, flare, low, high)

    def __len__(self) -> int:
        """Corners of both walls."""
        return 2 * (math.ceil((len(self.groove) - 1) / self.every) + 1)

    def add(self, cover: NDArray[Any], top: int) -> None:
        """Add the groove to the coverage of rows top …, as `coverage.add_edges` does."""
        which = np.flatnonzero((self.last_row > top) & (self.first_row < top + len(cover)))
        vertical = self.groove.vertical_m if self.flare else None
        _add(
            cover, top, which, self.every, float(self.groove.turns_per_sample), self.radius, self.half,
            self.groove.lateral_m, np.zeros(0, np.float32) if vertical is None else vertical,
            self.frame.dots_per_m, self.flare, float(self.frame.x(0.0)), float(self.frame.y(0.0)),
        )  # fmt: skip


def _greatest(values: NDArray[Any] | None) -> float:
    return float(max(values.max(), -values.min())) if values is not None and len(values) else 0.0


@kernel
def _add(
    cover: NDArray[Any], top: int, which: NDArray[Any], every: int, turns_per_sample: float, radius: NDArray[Any],
    half: NDArray[Any], lateral: NDArray[Any], vertical: NDArray[Any], dots: float, flare: float, x0: float, y0: float,
) -> None:  # fmt: skip
    """Both walls of some pieces: the outer one forwards, the inner one back, so that the groove is run round."""
    x, y = np.empty((2, PIECE + 1)), np.empty((2, PIECE + 1))
    cap_x, cap_y = np.empty(2), np.empty(2)
    last = len(lateral) - 1
    step = 2 * math.pi * turns_per_sample * every
    turn_cos, turn_sin = math.cos(step), math.sin(step)
    for piece in which:
        first = piece * PIECE * every
        turns = first * turns_per_sample
        angle = 2 * math.pi * (turns - math.floor(turns))
        cos, sin = math.cos(angle), math.sin(angle)
        count = min(PIECE, (last - first + every - 1) // every)
        for k in range(count + 1):
            sample = first + k * every
            if sample > last:  # the very end, less than a corner's way further on
                angle += 2 * math.pi * turns_per_sample * (last - first)
                cos, sin = math.cos(angle), math.sin(angle)
                sample = last
            u = (sample - first) / (PIECE * every)
            middle = radius[piece] + u * (radius[piece + 1] - radius[piece]) + lateral[sample] * dots
            wide = half[piece] + u * (half[piece + 1] - half[piece])
            if flare > 0.0:
                wide = max(wide - flare * vertical[sample], 0.0)
            x[0, k], y[0, k] = x0 + (middle + wide) * cos, y0 - (middle + wide) * sin
            x[1, count - k], y[1, count - k] = x0 + (middle - wide) * cos, y0 - (middle - wide) * sin
            cos, sin = cos * turn_cos - sin * turn_sin, sin * turn_cos + cos * turn_sin
        add_edges(cover, top, x[0, : count + 1], y[0, : count + 1])
        add_edges(cover, top, x[1, : count + 1], y[1, : count + 1])
        if piece == 0:
            cap_x[0], cap_y[0], cap_x[1], cap_y[1] = x[1, count], y[1, count], x[0, 0], y[0, 0]
            add_edges(cover, top, cap_x, cap_y)
        if first + count * every >= last:
            cap_x[0], cap_y[0], cap_x[1], cap_y[1] = x[0, count], y[0, count], x[1, 0], y[1, 0]
            add_edges(cover, top, cap_x, cap_y)
