"""Lines of pixels -> smooth lines, with corners where a pen turns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Line: TypeAlias = NDArray[Any]

_SOFT_PX = 3.5
"""How far smoothing reaches along a line."""
_TURN_RAD = math.radians(40)
"""The least turn that is a corner."""
_BACK_RAD = math.radians(115)
"""What turns back that far within a stroke's width is a corner in any case."""
_DEEP = 1.09
"""How much deeper the shape is at a corner than along its lines: in an L of even strokes 1.17 times, in an arc 1."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Letters as pixels.

    Attributes
    ----------
    mask : ndarray, bool, (rows, columns)
    depth : ndarray, float32, (rows, columns)
        How far each pixel is from the outside.
    half : float
        Half the width of a stroke, in pixels.
    """

    mask: NDArray[Any]
    depth: NDArray[Any]
    half: float

    @property
    def columns(self) -> int:
        """Pixels in a row."""
        return int(self.mask.shape[1])

    def depths(self, points: Line) -> Line:
        """The depth at points (n, 2); 0 outside of the picture, whose border is outside of the shape."""
        x = np.rint(points[:, 0]).astype(np.int64).clip(0, self.columns - 1)
        y = np.rint(points[:, 1]).astype(np.int64).clip(0, self.depth.shape[0] - 1)
        return np.asarray(self.depth[y, x])

    def inside(self, point: Line, near: Line) -> Line:
        """The point, or where on the way to `near` the shape is deep enough for a pen."""
        way = point + np.linspace(0, 1, 25)[:, None] * (near - point)
        deep = self.depths(way) > 0.7 * self.half
        return np.asarray(way[int(deep.argmax())] if deep.any() else near)

    def centred(self, line: Line) -> Line:
        """The line moved aside, by 3 pixels at most, to the middle between the shape's edges; not a very short one."""
        if len(line) < max(self.half, 4):
            return line
        reach = min(5, len(line) // 3)
        at = np.arange(len(line))
        along = line[np.minimum(at + reach, len(line) - 1)] - line[np.maximum(at - reach, 0)]
        size = np.hypot(*along.T)
        across = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(size, 1e-9)[:, None]
        far = np.arange(0.5, 2.0 * self.half, 0.5)
        sides = [self._free(line, across * sign, far) for sign in (1.0, -1.0)]
        known = (sides[0] < len(far)) & (sides[1] < len(far)) & (size > 0)
        shift = np.where(known, 0.25 * (sides[0] - sides[1]), 0.0)
        return np.asarray(line + np.clip(shift, -3.0, 3.0)[:, None] * across)

    def _free(self, line: Line, way: Line, far: Line) -> Line:
        """How many steps of `far` lead along `way` before the shape's edge, from each point."""
        spots = np.rint(line[:, None] + way[:, None] * far[:, None]).astype(np.int64)
        x, y = np.clip(spots[..., 0], 0, self.columns - 1), np.clip(spots[..., 1], 0, self.mask.shape[0] - 1)
        outside = ~self.mask[y, x]
        return np.where(outside.any(axis=1), outside.argmax(axis=1), len(far))


def smoothed(pieces: list[Line], ring: bool, shape: Shape) -> Line:
    """A line, given in pieces between corners, without the stairs of its pixels and with the corners it had."""
    if ring and len(pieces) == 1:
        return _ring(_even(np.concatenate([pieces[0], pieces[0][:1]])), shape)
    if ring and float(np.hypot(*(pieces[0][0] - pieces[-1][-1]))) > 0:  # let it begin and end at a corner
        pieces = [np.concatenate([pieces[-1], pieces[0]]), *pieces[1:-1]]
    found: list[Line] = []
    for piece in pieces:
        found += _split(_even(piece), shape)
    return _strung(found)


def _ring(line: Line, shape: Shape) -> Line:
    corners = _corners(line[:-1], shape, ring=True)
    if not corners:
        reach = int(3 * _SOFT_PX)
        soft = _softened(np.take(line[:-1], range(-reach, len(line) - 1 + reach), axis=0, mode="wrap"))
        return np.concatenate([soft, soft[:1]])
    turned = np.roll(line[:-1], -corners[0][0], axis=0)
    shifted = [((k - corners[0][0]) % len(turned), wide, point) for k, wide, point in corners]
    whole = np.concatenate([turned, turned[:1]])
    first = shifted[0]
    return _strung(_pieces(whole, [*sorted(shifted, key=lambda c: c[0]), (len(turned), first[1], first[2])]))


def _split(line: Line, shape: Shape) -> list[Line]:
    return _pieces(line, _corners(line, shape, ring=False))


def _pieces(line: Line, corners: list[tuple[int, int, Line]]) -> list[Line]:
    """The stretches between corners: of each, what lies near is replaced by the corner's point."""
    found = []
    start, lead = 0, line[:0]
    for k, wide, point in corners:
        if k > 0:
            found.append(np.concatenate([lead, line[start : max(k - wide, start)], point[None]]))
        start, lead = k + wide, point[None]
    if start < len(line):
        found.append(np.concatenate([lead, line[start:]]))
    return [piece for piece in found if len(piece) > 1]


def _corners(line: Line, shape: Shape, ring: bool) -> list[tuple[int, int, Line]]:
    """Where a line turns sharply: the index, how many points to each side the turn takes, and its corner.

    A corner turns within a stroke's width and no further; and the shape is deeper there than along the line, which
    tells it from a tight arc, unless it turns back so far that no arc of a pen would.
    """
    wide, count = int(1.4 * shape.half), len(line)
    if count < 2 * wide + 10:
        return []
    heading = _heading(line, ring)

    def headed(by: int) -> Line:
        """The heading so many points further on; of a ring, also past its beginning."""
        k = np.arange(count) + by
        if ring:
            return np.asarray(heading[k % count] + (k // count) * (heading[-1] - heading[0]))
        return np.asarray(heading[k.clip(0, count - 1)])

    near = np.abs(headed(wide) - headed(-wide))
    far = np.abs(headed(2 * wide) - headed(-2 * wide))
    depth = shape.depths(line)
    at = np.arange(count)
    before, after = (depth[(at + by) % count if ring else (at + by).clip(0, count - 1)] for by in (-2 * wide, 2 * wide))
    deeper = (depth > _DEEP * 0.5 * (before + after)) & (depth > 1.05 * np.maximum(before, after))
    if not ring:  # too near an end to tell
        deeper[: 2 * wide] = deeper[count - 2 * wide :] = False
    sharp = (near > _TURN_RAD) & (far < 1.3 * near) & (deeper | (near > _BACK_RAD))
    if not ring:
        sharp[: wide + 4] = sharp[count - wide - 4 :] = False
    score = np.where(sharp, near, 0.0)
    found = []
    while score.any():
        k = int(np.argmax(score))
        one, other = line[(k - wide) % count], line[(k + wide) % count]
        ways = [np.array([math.cos(turn), math.sin(turn)]) for turn in (headed(-wide)[k], headed(wide)[k])]
        point = _crossing(one, ways[0], other, ways[1])
        found.append((k, wide, line[k] if point is None else shape.inside(point, line[k])))
        off = np.abs(at - k)
        score[(np.minimum(off, count - off) if ring else off) < 2 * wide] = 0.0
    return sorted(found, key=lambda corner: corner[0])


def _heading(line: Line, ring: bool) -> Line:
    """Which way a line goes at each of its points, over 9 pixels, in radians, without jumps."""
    count, at = len(line), np.arange(len(line))
    if ring:
        along = line[(at + 4) % count] - line[at - 4]
    else:
        along = line[(at + 4).clip(0, count - 1)] - line[(at - 4).clip(0, count - 1)]
    return np.asarray(np.unwrap(np.arctan2(along[:, 1], along[:, 0])))


def _crossing(one: Line, way: Line, other: Line, back: Line) -> Line | None:
    cross = float(way[0] * back[1] - way[1] * back[0])
    if abs(cross) < 0.1 * float(np.hypot(*way) * np.hypot(*back)):
        return None
    gap = other - one
    return np.asarray(one + (gap[0] * back[1] - gap[1] * back[0]) / cross * way)


def _strung(pieces: list[Line]) -> Line:
    soft = [_open(piece) for piece in pieces]
    return np.concatenate([soft[0], *(piece[1:] for piece in soft[1:])])


def _even(line: Line) -> Line:
    """The line with points a pixel apart."""
    step = np.hypot(*np.diff(line, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(step)])
    even = np.linspace(0, at[-1], max(round(float(at[-1])), 1) + 1)
    return np.column_stack([np.interp(even, at, line[:, 0]), np.interp(even, at, line[:, 1])])


def _open(line: Line) -> Line:
    """The line smoothed; mirrored through its ends, so that these stay where they are."""
    line = _even(line)
    if len(line) < 5:
        return line
    reach = int(3 * _SOFT_PX)
    wide = min(reach, len(line) - 1)
    more = reach - wide
    before, after = 2 * line[0] - line[wide:0:-1], 2 * line[-1] - line[-2 : -wide - 2 : -1]
    return _softened(
        np.concatenate([np.repeat(before[:1], more, 0), before, line, after, np.repeat(after[-1:], more, 0)])
    )


def _softened(line: Line) -> Line:
    """Means over neighbours, weighted by a bell; shorter by its reach on both sides."""
    reach = int(3 * _SOFT_PX)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SOFT_PX) ** 2)
    weights /= weights.sum()
    return np.column_stack([np.convolve(line[:, k], weights, "valid") for k in (0, 1)])
