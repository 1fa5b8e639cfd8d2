"""Which ground of a label is still free, on a grid of small squares."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CELLS = 128
"""Squares from the middle to the label's rim."""


class Ground:
    """The free part of a ring.

    Attributes
    ----------
    inner_m, outer_m : float
        Radii between which lines may lie: a margin within the ring's own.
    cell_m : float
    taken : bool
        Whether something besides the ring's edges is in the way.
    """

    def __init__(
        self, inner_m: float, outer_m: float, taken: tuple[tuple[float, float, float], ...], line_m: float
    ) -> None:
        margin = max(0.8e-3, 0.04 * outer_m) + line_m / 2
        self.inner_m, self.outer_m = inner_m + margin, outer_m - margin
        self.cell_m = outer_m / _CELLS
        self.taken = bool(taken)
        at = (np.arange(2 * _CELLS) - _CELLS + 0.5) * self.cell_m
        x, y = at[None, :], at[:, None]
        # the outermost squares may reach over by half a diagonal, which the margin holds
        away = np.hypot(x, y)
        self.free = (away >= self.inner_m) & (away <= self.outer_m)
        for left, up, radius in taken:
            self.free &= np.hypot(x - left, y - up) >= radius + margin

    def copy(self) -> Ground:
        """The same ground, to try something on."""
        other = object.__new__(Ground)
        other.__dict__.update(self.__dict__)
        other.free = self.free.copy()
        return other

    def sector(self, low_m: float, high_m: float, middle_rad: float, half_rad: float) -> NDArray[Any]:
        """Squares (n, 2) of a piece of a ring."""
        step = 0.5 * self.cell_m
        radius = np.linspace(low_m, high_m, max(math.ceil((high_m - low_m) / step), 1) + 1)
        angle = np.linspace(-half_rad, half_rad, max(math.ceil(2 * half_rad * high_m / step), 1) + 1) + middle_rad
        x = np.outer(radius, np.cos(angle)).ravel()
        y = np.outer(radius, np.sin(angle)).ravel()
        inside = np.hypot(x, y) <= self.outer_m - 0.75 * self.cell_m  # beyond it only the gap lies
        return self._squares(x[inside], y[inside])

    def box(self, x_m: float, y_m: float, width_m: float, height_m: float) -> NDArray[Any]:
        """Squares (n, 2) of a rectangle about a point."""
        step = 0.5 * self.cell_m
        across = np.linspace(-width_m / 2, width_m / 2, math.ceil(width_m / step) + 1) + x_m
        up = np.linspace(-height_m / 2, height_m / 2, math.ceil(height_m / step) + 1) + y_m
        return self._squares(np.tile(across, len(up)), np.repeat(up, len(across)))

    def _squares(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        spots = np.floor(np.column_stack([y, x]) / self.cell_m).astype(np.int64) + _CELLS
        return np.clip(spots, 0, 2 * _CELLS - 1)

    def is_free(self, squares: NDArray[Any]) -> bool:
        """Whether nothing lies on any of the squares."""
        return bool(self.free[squares[:, 0], squares[:, 1]].all())

    def take(self, squares: NDArray[Any]) -> None:
        """Let nothing else be put there."""
        self.free[squares[:, 0], squares[:, 1]] = False

    def nearest(self, width_m: float, height_m: float, x_m: float, y_m: float) -> tuple[float, float] | None:
        """The middle of the free rectangle nearest to a point; to move aside counts more than up or down."""
        wide, high = math.ceil(width_m / self.cell_m) + 1, math.ceil(height_m / self.cell_m) + 1
        size = len(self.free)
        if wide > size or high > size:
            return None
        sums = np.zeros((size + 1, size + 1), np.int64)
        sums[1:, 1:] = np.cumsum(np.cumsum(~self.free, axis=0), axis=1)
        taken = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
        row, column = np.nonzero(taken == 0)
        if not len(row):
            return None
        x = (column + wide / 2 - _CELLS) * self.cell_m
        y = (row + high / 2 - _CELLS) * self.cell_m
        best = int(np.argmin((2 * (x - x_m)) ** 2 + (y - y_m) ** 2))
        # within half a square of the wish, the wish itself
        near = 0.5 * self.cell_m + 1e-12
        found_x = x_m if abs(x[best] - x_m) <= near else float(x[best])
        found_y = y_m if abs(y[best] - y_m) <= near else float(y[best])
        return found_x, found_y
