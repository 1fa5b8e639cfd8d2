"""The shape of letters -> the strokes that a pen would have drawn them with.

The shape is thinned; the branches of what is left are cut back where they meet, because thinning bends them there, and
joined anew: straight on where two continue each other, in a corner where they do not. What a corner of the outline
alone has drawn out is dropped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import thinning

Line: TypeAlias = NDArray[Any]
Stretch: TypeAlias = tuple[Line, Line]

_STRAIGHT_ON = math.cos(math.radians(38))
_SOFT_PX = 3.0
"""How far smoothing reaches along a line."""


@dataclass(eq=False)
class Branch:
    """A line between two nodes; a node is a fork or an end."""

    points: Line
    nodes: list[int]


@dataclass(frozen=True)
class End:
    """The end of a branch: its beginning (0) or its last point (1)."""

    branch: Branch
    side: int

    @property
    def inwards(self) -> Line:
        """The branch's points from this end on."""
        return self.branch.points if self.side == 0 else self.branch.points[::-1]


@dataclass
class Join:
    """What follows after an end: another end, over a corner or straight; or nothing but one more point."""

    other: End | None = None
    corner: Line | None = None


def strokes(mask: NDArray[Any], half_px: float) -> list[Line]:
    """Centre lines of letters.

    Parameters
    ----------
    mask : ndarray, bool, (rows, columns)
        The letters; a margin of 2 pixels or more is outside.
    half_px : float
        Half the width of the font's strokes. What is thicker than two strokes is drawn around.

    Returns
    -------
    list of ndarray, float64, (n, 2)
        Polylines in pixels, y down.
    """
    dots, mask = _dots(mask, half_px)
    away = thinning.distances(mask)
    thick = away > 2.6 * half_px
    hollow = mask & ~thick
    lines = hollow.copy()
    thinning.thin(lines)
    pixels, starts = thinning.follow(lines)
    depth = thinning.distances(hollow) if thick.any() else away
    branches = [
        Branch(pixels[a:b].astype(np.float64), [_node(pixels[a], mask.shape), _node(pixels[b - 1], mask.shape)])
        for a, b in pairwise(starts)
    ]
    drawn = _Graph(branches, depth, hollow, half_px).drawn()
    return dots + drawn


def _node(pixel: NDArray[Any], shape: tuple[int, ...]) -> int:
    return int(pixel[1]) * shape[1] + int(pixel[0])


def _dots(mask: NDArray[Any], half_px: float) -> tuple[list[Line], NDArray[Any]]:
    """What is no longer than it is wide, as small circles; and the rest."""
    numbers = thinning.components(mask)
    dots: list[Line] = []
    rest = mask.copy()
    ys, xs = np.nonzero(mask)
    owner = numbers[ys, xs]
    for number in range(1, int(owner.max(initial=0)) + 1):
        own = owner == number
        x, y = xs[own], ys[own]
        if max(np.ptp(x), np.ptp(y)) + 1 > 3.2 * half_px:
            continue
        rest[y, x] = False
        radius = 0.6 * math.sqrt(len(x) / math.pi)
        if radius < 0.15 * half_px:
            continue
        angle = np.linspace(0, 2 * math.pi, 11)
        dots.append(np.column_stack([x.mean() + radius * np.cos(angle), y.mean() + radius * np.sin(angle)]))
    return dots, rest


class _Graph:
    def __init__(self, branches: list[Branch], depth: NDArray[Any], mask: NDArray[Any], half_px: float) -> None:
        self.branches = branches
        self.depth = depth
        self.mask = mask
        self.half = half_px
        self.columns = mask.shape[1]
        self.joins: dict[tuple[int, int], Join] = {}

    def drawn(self) -> list[Line]:
        self._merge(2.9, any_depth=True)
        self._prune()
        self._merge(self.half, any_depth=False)
        for ends in self._forks().values():
            self._settle(ends)
        return [line for line in (_smooth_pieces(*chain) for chain in self._chains()) if len(line) > 1]

    def _at(self, node: int) -> Line:
        return np.array([node % self.columns, node // self.columns], np.float64)

    def _forks(self) -> dict[int, list[End]]:
        found: dict[int, list[End]] = {}
        for branch in self.branches:
            for side in (0, 1):
                found.setdefault(branch.nodes[side], []).append(End(branch, side))
        return found

    def _merge(self, short: float, any_depth: bool) -> None:
        """Make one node of two forks that only a short branch holds apart: `short` or the depth of the shape there."""
        forks = self._forks()
        for branch in sorted(self.branches, key=_length):
            a, b = branch.nodes
            if len(forks.get(a, ())) < 3 or len(forks.get(b, ())) < 3:
                continue
            length = _length(branch)
            near = short if any_depth else 0.75 * (self._depth(a) + self._depth(b))
            if length > near or (a == b and length > 4 * near):
                continue
            self.branches.remove(branch)
            if a != b:
                for other in self.branches:
                    other.nodes = [a if node == b else node for node in other.nodes]
            forks = self._forks()

    def _depth(self, node: int) -> float:
        return float(self.depth[node // self.columns, node % self.columns])

    def _prune(self) -> None:
        """Drop branches that end, the shortest first, if they reach hardly further than the shape where they fork."""
        while True:
            forks = self._forks()
            spurs = []
            for branch in self.branches:
                loose = [side for side in (0, 1) if len(forks[branch.nodes[side]]) == 1]
                if len(loose) != 1 or len(forks[branch.nodes[1 - loose[0]]]) < 3:
                    continue
                end, fork = branch.nodes[loose[0]], branch.nodes[1 - loose[0]]
                reach = float(np.hypot(*(self._at(end) - self._at(fork))))
                protrudes = reach + self._depth(end) - self._depth(fork)
                if protrudes < 0.8 * self.half:
                    spurs.append((protrudes, branch))
            if not spurs:
                return
            self.branches.remove(min(spurs, key=lambda spur: spur[0])[1])

    def _settle(self, ends: list[End]) -> None:
        """Join the branches that meet at a fork, or finish one that ends."""
        if len(ends) == 1:
            self._finish(ends[0])
            return
        if len(ends) == 2 and ends[0].branch is ends[1].branch:  # a ring
            self._join(ends[0], Join(ends[1]))
            return
        middle = np.mean([end.inwards[0] for end in ends], axis=0)
        spread = max(float(np.hypot(*(end.inwards[0] - middle))) for end in ends)
        deep = max(float(self.depth[int(p[1]), int(p[0])]) for p in (end.inwards[0] for end in ends))
        reach = spread + 1.15 * deep
        for end in ends:
            self._cut(end, middle, reach)
        ways = [_direction(end, 2.0 * self.half) for end in ends]
        free = list(range(len(ends)))
        through: list[Stretch] = []
        while len(free) > 1:
            turn, i, j = min((float(ways[i] @ ways[j]), i, j) for n, i in enumerate(free) for j in free[n + 1 :])
            gap = ends[j].inwards[0] - ends[i].inwards[0]
            size = float(np.hypot(*gap)) or 1.0
            if turn > -_STRAIGHT_ON or float(gap @ ways[i]) / size > -0.85:
                break
            self._join(ends[i], Join(ends[j]))
            through.append((ends[i].inwards[0], ends[j].inwards[0]))
            free = [k for k in free if k not in (i, j)]
        self._meet([ends[k] for k in free], [ways[k] for k in free], through, middle, reach)

    def _meet(self, ends: list[End], ways: list[Line], through: list[Stretch], middle: Line, reach: float) -> None:
        if not ends:
            return
        if through:
            for end, way in zip(ends, ways, strict=True):
                self._join(end, Join(None, _hit(end.inwards[0], way, through, middle)))
            return
        point = _nearest_to_all([end.inwards[0] for end in ends], ways)
        if point is None or float(np.hypot(*(point - middle))) > 1.6 * reach:
            point = middle
        self._join(ends[0], Join(ends[1], point) if len(ends) == 2 else Join(None, point))
        if len(ends) > 2:
            for end in ends[1:]:
                self._join(end, Join(None, point))

    def _join(self, end: End, join: Join) -> None:
        self.joins[id(end.branch), end.side] = join
        if join.other is not None:
            self.joins[id(join.other.branch), join.other.side] = Join(end, join.corner)

    def _cut(self, end: End, middle: Line, reach: float) -> None:
        """Take off what of a branch lies within reach of a fork, but never more than nearly half of it."""
        points = end.inwards
        beyond = np.nonzero(np.hypot(*(points - middle).T) > reach)[0]
        drop = min(int(beyond[0]) if len(beyond) else len(points), int(0.45 * len(points)), len(points) - 2)
        if drop > 0:
            end.branch.points = points[drop:] if end.side == 0 else points[drop:][::-1]

    def _finish(self, end: End) -> None:
        """Let a line end straight, half a stroke before the outline, as a round pen would."""
        points = end.inwards
        drop = max(min(int(self.half), int(0.4 * len(points)), len(points) - 2), 0)
        points = points[drop:]
        end.branch.points = points if end.side == 0 else points[::-1]
        way = -_direction(end, 1.6 * self.half)
        far = 0.0
        while far < 5 * self.half:
            x, y = points[0] + (far + 0.5) * way
            if not (0 <= y < self.mask.shape[0] and 0 <= x < self.columns and self.mask[round(y), round(x)]):
                break
            far += 0.5
        if far > self.half:
            self._join(end, Join(None, points[0] + (far - self.half) * way))

    def _chains(self) -> list[tuple[list[Line], bool]]:
        """Branches strung together as joined: each a list of pieces between corners, and whether it is a ring."""
        seen: set[int] = set()
        starts = [End(branch, side) for branch in self.branches for side in (0, 1)]
        starts.sort(key=lambda end: self._next(end.branch, end.side) is not None)  # loose ends first, then rings
        return [self._chain(start, seen) for start in starts if id(start.branch) not in seen]

    def _next(self, branch: Branch, side: int) -> End | None:
        join = self.joins.get((id(branch), side))
        return join.other if join else None

    def _chain(self, start: End, seen: set[int]) -> tuple[list[Line], bool]:
        pieces: list[list[Line]] = [[]]
        first = self.joins.get((id(start.branch), start.side))
        if first and first.corner is not None:
            pieces[0].append(first.corner[None])
        end: End | None = start
        while end is not None and id(end.branch) not in seen:
            seen.add(id(end.branch))
            pieces[-1].append(end.inwards)
            join = self.joins.get((id(end.branch), 1 - end.side))
            if join and join.corner is not None:
                pieces[-1].append(join.corner[None])
                if join.other is not None and id(join.other.branch) not in seen:
                    pieces.append([join.corner[None]])
            end = join.other if join else None
        whole = [np.concatenate(piece) for piece in pieces]
        return whole, end is not None and end.branch is start.branch


def _length(branch: Branch) -> float:
    return float(np.hypot(*np.diff(branch.points, axis=0).T).sum())


def _direction(end: End, over_px: float) -> Line:
    """The way from an end into its branch, from a stretch of that length."""
    points = end.inwards[: max(int(over_px), 2)]
    way = points[len(points) // 2 :].mean(axis=0) - points[: max(len(points) // 2, 1)].mean(axis=0)
    size = float(np.hypot(*way))
    return way / size if size else np.array([1.0, 0.0])


def _hit(point: Line, way: Line, through: list[Stretch], middle: Line) -> Line:
    """Where a line that is drawn on meets one that goes through; else the foot of the fork's middle on it."""
    best: Line | None = None
    least = math.inf
    for a, b in through:
        along = b - a
        cross = way[0] * along[1] - way[1] * along[0]
        if abs(cross) > 1e-6:
            gap = a - point
            back = (gap[0] * along[1] - gap[1] * along[0]) / cross
            share = (gap[0] * way[1] - gap[1] * way[0]) / cross
            if back <= 0 and -0.2 <= share <= 1.2 and -back < least:
                best, least = a + share * along, -back
    if best is not None:
        return best
    feet = [
        a + np.clip((middle - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-9), 0, 1) * (b - a) for a, b in through
    ]
    return min(feet, key=lambda foot: float(np.hypot(*(foot - point))))


def _nearest_to_all(points: list[Line], ways: list[Line]) -> Line | None:
    """The point that all lines drawn on pass by most closely; None where they are parallel."""
    normal = np.array([[-way[1], way[0]] for way in ways])
    if np.linalg.svd(normal, compute_uv=False)[-1] < 0.3:
        return None
    return np.asarray(np.linalg.lstsq(normal, np.sum(normal * np.array(points), axis=1), rcond=None)[0])


def _smooth_pieces(pieces: list[Line], ring: bool) -> Line:
    smooth = [_smoothed(piece, ring and len(pieces) == 1) for piece in pieces]
    return np.concatenate([smooth[0], *(piece[1:] for piece in smooth[1:])])


def _smoothed(line: Line, ring: bool) -> Line:
    """The line without the stairs of its pixels; its ends stay."""
    if ring and float(np.hypot(*(line[0] - line[-1]))) > 0:
        line = np.concatenate([line, line[:1]])
    step = np.hypot(*np.diff(line, axis=0).T)
    line = line[np.concatenate([[True], step > 1e-9])]
    at = np.concatenate([[0.0], np.cumsum(step[step > 1e-9])])
    count = max(round(at[-1]), 1) + 1
    even = np.linspace(0, at[-1], count)
    line = np.column_stack([np.interp(even, at, line[:, 0]), np.interp(even, at, line[:, 1])])
    if count < 5:
        return line
    reach = int(3 * _SOFT_PX)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SOFT_PX) ** 2)
    weights /= weights.sum()
    if ring:
        around = np.take(line[:-1], range(-reach, count - 1 + reach), axis=0, mode="wrap")
        soft = np.column_stack([np.convolve(around[:, k], weights, "valid") for k in (0, 1)])
        return np.concatenate([soft, soft[:1]])
    # mirrored through its ends, so that these stay where they are
    wide = min(reach, count - 1)
    before, after = 2 * line[0] - line[wide:0:-1], 2 * line[-1] - line[-2 : -wide - 2 : -1]
    long = np.concatenate(
        [np.repeat(before[:1], reach - wide, 0), before, line, after, np.repeat(after[-1:], reach - wide, 0)]
    )
    return np.column_stack([np.convolve(long[:, k], weights, "valid") for k in (0, 1)])


def half_stroke(mask: NDArray[Any]) -> float:
    """Half the width of the strokes of a plain letter, in pixels: the depth along its thinned lines, in the median."""
    away = thinning.distances(mask)
    lines = mask.copy()
    thinning.thin(lines)
    return float(np.median(away[lines])) if lines.any() else 0.0
