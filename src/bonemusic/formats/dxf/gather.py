"""Lines and circles gathered from what a kernel finds chunk by chunk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...paths.drawing import Circle
from .arcs import flattened

MAX_POINTS = 100_000_000
MAX_CIRCLES = 1_000_000
CLOSES, MIRRORS, BENDS = 1, 2, 4
"""What the end of a line says of it: it goes back to where it began; x runs the other way; there are arcs in it."""


class Gathered:
    """What has been drawn so far, in metres."""

    def __init__(self) -> None:
        self.lines: list[NDArray[Any]] = []
        self.circles: list[Circle] = []
        self._waiting: list[NDArray[Any]] = []  # the points of a line that goes on in the next chunk
        self._points = 0
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)

    @property
    def size_m(self) -> float:
        """The larger side of what the lines take up, before any is mirrored; 0 where there are none."""
        return max(0.0, float((self._high - self._low).max()))

    def rescale(self, factor: float) -> None:
        """Make everything so many times as large."""
        for line in self.lines:
            line *= factor
        self.circles = [Circle(factor * c.x_m, factor * c.y_m, factor * c.radius_m) for c in self.circles]

    def take(
        self, points: NDArray[Any], ends: NDArray[Any], circles: NDArray[Any], unit_m: float, sagitta_m: float
    ) -> None:
        """Take up what a chunk holds, which is copied.

        Parameters
        ----------
        points : ndarray, float64, (n, 3)
            x, y and the bulge of what leads to the next (see `arcs`), in the file's units. What follows the last end
            belongs to a line that goes on.
        ends : ndarray, int64, (m, 2)
            How many of the points there are when a line ends, and what it is (`CLOSES` …).
        circles : ndarray, float64, (k, 3)
            x, y and radius.
        unit_m : float
            The file's unit.
        sagitta_m : float
            How far the lines that stand for an arc may lie from it.

        Raises
        ------
        FormatError
            It becomes too much.
        """
        self._count(len(points))
        if len(self.circles) + len(circles) > MAX_CIRCLES:
            raise FormatError(f"has more than {MAX_CIRCLES // 1_000_000} million circles, which no disc has")
        self.circles += [Circle(x, y, r) for x, y, r in (unit_m * circles).tolist() if r > 0]
        straight = points[:, :2] * unit_m
        for axis in range(2 if len(straight) else 0):  # numpy is 20 times slower at both columns in one call
            self._low[axis] = min(self._low[axis], straight[:, axis].min())
            self._high[axis] = max(self._high[axis], straight[:, axis].max())
        begin = 0
        for end, flags in zip(ends[:, 0].tolist(), ends[:, 1].tolist(), strict=True):
            if self._waiting or flags:
                parts, self._waiting = [*self._waiting, points[begin:end]], []
                self._draw(parts, flags, unit_m, sagitta_m)
            elif end - begin > 1:
                self.lines.append(straight[begin:end])
            begin = end
        if begin < len(points):
            self._waiting.append(points[begin:].copy())

    def _draw(self, parts: list[NDArray[Any]], flags: int, unit_m: float, sagitta_m: float) -> None:
        """Take up a line that lay in several chunks, or is not merely straight."""
        bends = flags & BENDS
        line = np.concatenate(parts if bends else [part[:, :2] for part in parts])
        if flags & CLOSES and len(line):
            line = np.concatenate([line, line[:1]])
        if flags & MIRRORS:
            line[:, 0] *= -1
            line[:, 2:] *= -1
        if len(line) < 2:
            return
        if bends:
            given = len(line)
            line = flattened(line, sagitta_m / unit_m, MAX_POINTS - self._points + given)
            self._count(len(line) - given)
        line *= unit_m
        self.lines.append(line)

    def _count(self, points: int) -> None:
        self._points += points
        if self._points > MAX_POINTS:
            raise FormatError(f"has more than {MAX_POINTS // 1_000_000} million points; split the drawing")
