"""What a disc is cut to, and lines as the areas that they leave: all of it closed polygons, metres, y up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...coverage import add_edges
from ...jit import kernel
from ...paths.drawing import Circle
from ...paths.layers import Layer
from ...presets import Disc
from ...presets.shape import rim

CIRCLE = 4096
"""Corners of a circle: no more than 0.004 pixels within it in the largest picture."""
SHARPEST = 2.5
"""How far a line's corner may reach out, in half line widths."""


@dataclass(frozen=True)
class Frame:
    """Where a picture's pixels lie: its left and upper edge in metres, pixels to the metre, its size in pixels."""

    left_m: float
    top_m: float
    dots_per_m: float
    width: int
    height: int

    def x(self, x_m: Any) -> Any:
        """Columns of places, 0 at the picture's left edge."""
        return (x_m - self.left_m) * self.dots_per_m

    def y(self, y_m: Any) -> Any:
        """Rows of places, 0 at the picture's upper edge."""
        return (self.top_m - y_m) * self.dots_per_m


@dataclass(frozen=True)
class Body:
    """What is left when all is cut: within the outline, without the holes; closed polygons (n, 2)."""

    outline: NDArray[Any]
    holes: tuple[NDArray[Any], ...]

    def frame(self, dots_per_m: float, margin_m: float = 0.0) -> Frame:
        """The picture that holds the outline, with a pixel to spare on each side."""
        (left, bottom), (right, top) = self.outline.min(0) - margin_m, self.outline.max(0) + margin_m
        width, height = (max(round((b - a) * dots_per_m), 0) + 2 for a, b in ((left, right), (bottom, top)))
        half_m = 0.5 / dots_per_m
        return Frame(
            float((left + right) / 2 - width * half_m), float((top + bottom) / 2 + height * half_m),
            dots_per_m, width, height,
        )  # fmt: skip


def body(disc: Disc, layers: Sequence[Layer]) -> Body:
    """What the layer named "cut" leaves: the largest closed line is the outline, others are holes.

    Without such a layer, or where it holds no closed line, the disc says what it is.
    """
    closed = [polygon for layer in layers if layer.name == "cut" for polygon in _closed(layer)]
    if not closed:
        around = rim(disc, disc.outline)
        if around is None:
            around = _circle(Circle(0.0, 0.0, disc.diameter_m / 2))
        return Body(around, (_circle(Circle(0.0, 0.0, disc.hole_diameter_m / 2)),))
    closed.sort(key=lambda polygon: -abs(_area(polygon)))
    return Body(closed[0], tuple(closed[1:]))


@dataclass(frozen=True)
class Areas:
    """Polygons in a picture's pixels, one behind another, with the rows that each of them touches."""

    x: NDArray[Any]
    y: NDArray[Any]
    starts: NDArray[Any]
    first_row: NDArray[Any]
    last_row: NDArray[Any]

    @classmethod
    def of(cls, polygons: Iterable[NDArray[Any]], frame: Frame) -> Areas:
        """Polygons in metres, laid into a picture."""
        found = [np.asarray(p, np.float64) for p in polygons if len(p) > 1]
        starts = np.cumsum([0, *map(len, found)])
        points = np.concatenate(found) if found else np.zeros((0, 2))
        x, y = np.ascontiguousarray(frame.x(points[:, 0])), np.ascontiguousarray(frame.y(points[:, 1]))
        least = np.minimum.reduceat(y, starts[:-1]) if found else np.zeros(0)
        most = np.maximum.reduceat(y, starts[:-1]) if found else np.zeros(0)
        return cls(x, y, starts, least, most)

    def add(self, cover: NDArray[Any], top: int) -> None:
        """Add them to the coverage of rows top …, as `coverage.add_edges` does."""
        which = np.flatnonzero((self.last_row > top) & (self.first_row < top + len(cover)))
        if len(which):
            _add(cover, top, self.x, self.y, self.starts, which)

    def touch(self, top: int, rows: int) -> bool:
        """Whether any of them reaches into those rows."""
        return bool(np.any((self.last_row > top) & (self.first_row < top + rows)))


def solid(shape: Body) -> list[NDArray[Any]]:
    """The outline run round one way and the holes the other, so that holes are left out."""
    return [_turned(shape.outline, 1.0), *(_turned(hole, -1.0) for hole in shape.holes)]


def edges(shape: Body, width_m: float) -> list[NDArray[Any]]:
    """Lines along outline and holes."""
    return [area for line in (shape.outline, *shape.holes) for area in stroke(line, width_m)]


def drawn(layer: Layer, width_m: float) -> list[NDArray[Any]]:
    """What the lines of a layer leave, drawn with that width."""
    lines = [*(_circle(circle) for circle in layer.circles), *layer.lines]
    return [area for line in lines for area in stroke(line, width_m)]


def stroke(line: NDArray[Any], width_m: float) -> list[NDArray[Any]]:
    """The area of a line of some width, with mitred corners and square ends: one polygon, two where it is closed.

    All run round one way, so that where lines cross nothing is left out.
    """
    points = np.asarray(line, np.float64)
    if len(points):
        points = points[np.append(True, np.any(np.diff(points, axis=0) != 0, axis=1))]
    if not len(points):
        return []
    half = width_m / 2
    if len(points) == 1:
        return [_turned(points + half * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]), 1.0)]
    along = np.diff(points, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    closed = len(points) > 3 and bool(np.all(points[0] == points[-1]))
    before = np.vstack((along[-1:] if closed else along[:1], along))
    after = np.vstack((along, along[:1] if closed else along[-1:]))
    normal = np.stack((-(before[:, 1] + after[:, 1]), before[:, 0] + after[:, 0]), 1)
    size = np.maximum(np.hypot(normal[:, 0], normal[:, 1]), 2 / SHARPEST)  # twice the cosine of half the bend
    offset = normal * (2 * half / size**2)[:, None]
    if closed:
        return _band(points + offset, points - offset)
    points = points.copy()
    points[0] -= half * along[0]
    points[-1] += half * along[-1]
    left, right = points + offset, points - offset
    return [np.vstack((right, left[::-1], right[:1]))]


def _band(left: NDArray[Any], right: NDArray[Any]) -> list[NDArray[Any]]:
    """What lies between the two sides of a closed line."""
    outer, inner = (left, right) if abs(_area(left)) > abs(_area(right)) else (right, left)
    return [_turned(outer, 1.0), _turned(inner, -1.0)]


@kernel
def _add(
    cover: NDArray[Any], top: int, x: NDArray[Any], y: NDArray[Any], starts: NDArray[Any], which: NDArray[Any]
) -> None:
    for n in which:
        add_edges(cover, top, x[starts[n] : starts[n + 1]], y[starts[n] : starts[n + 1]])


def _closed(layer: Layer) -> list[NDArray[Any]]:
    lines = [line for line in layer.lines if len(line) > 3 and np.allclose(line[0], line[-1], rtol=0, atol=1e-7)]
    return [*(_circle(circle) for circle in layer.circles), *(np.vstack((line[:-1], line[:1])) for line in lines)]


def _circle(circle: Circle) -> NDArray[Any]:
    turn = np.linspace(0, 2 * np.pi, CIRCLE + 1)
    points = np.stack((circle.x_m + circle.radius_m * np.cos(turn), circle.y_m + circle.radius_m * np.sin(turn)), 1)
    points[-1] = points[0]
    return points


def _turned(polygon: NDArray[Any], sign: float) -> NDArray[Any]:
    """The polygon run counter-clockwise (y up) for a positive sign, else clockwise."""
    return polygon if _area(polygon) * sign >= 0 else polygon[::-1]


def _area(polygon: NDArray[Any]) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
