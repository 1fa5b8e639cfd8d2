"""Branches of thinned letters, joined anew where they meet.

Straight on where two continue each other, in a corner where they do not. What a corner of the outline alone has drawn
out is dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import meeting
from .meeting import Stretch
from .smoothing import Shape

Line: TypeAlias = NDArray[Any]

_STRAIGHT_ON = math.cos(math.radians(48))
_BESIDE = math.cos(math.radians(36))
_UNBENT = 0.6
"""Of the reach of a fork, how near to it a line that ends on another one is still straight."""
_SPUR = 1.0
"""Half strokes that a branch reaches further than its fork, at least, if it is one."""


@dataclass(eq=False)
class Branch:
    """A line between two nodes; a node is a fork or an end."""

    points: Line
    nodes: list[int]
    whole: Line = field(init=False)
    """The points before any were taken off."""

    def __post_init__(self) -> None:
        self.whole = self.points


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


class Graph:
    """All branches of some letters, and what follows after each of their ends."""

    def __init__(self, branches: list[Branch], shape: Shape) -> None:
        self.branches = branches
        self.shape = shape
        self.joins: dict[tuple[int, int], Join] = {}

    def chains(self) -> list[tuple[list[Line], bool]]:
        """Branches strung together: each a list of pieces between corners, and whether it is a ring."""
        self._merge(lambda a, b: 2.9)
        self._prune()
        self._merge(lambda a, b: 0.9 * (self._depth(a) + self._depth(b)))
        meetings = [(ends, *self._cut_back(ends)) for ends in self._forks().values()]
        for branch in self.branches:
            branch.points = self.shape.centred(branch.points)
        for ends, middle, reach in meetings:
            self._settle(ends, middle, reach)
        return self._chains()

    def _at(self, node: int) -> Line:
        return np.array([node % self.shape.columns, node // self.shape.columns], np.float64)

    def _depth(self, node: int) -> float:
        return float(self.shape.depth[divmod(node, self.shape.columns)])

    def _forks(self) -> dict[int, list[End]]:
        found: dict[int, list[End]] = {}
        for branch in self.branches:
            for side in (0, 1):
                found.setdefault(branch.nodes[side], []).append(End(branch, side))
        return found

    def _merge(self, near: Callable[[int, int], float]) -> None:
        """Make one node of two forks that a branch no longer than `near` holds apart."""
        forks = self._forks()
        for branch in sorted(self.branches, key=_length):
            a, b = branch.nodes
            if len(forks.get(a, ())) < 3 or len(forks.get(b, ())) < 3 or _length(branch) > near(a, b):
                continue
            self.branches.remove(branch)
            for other in self.branches:
                other.nodes = [a if node == b else node for node in other.nodes]
            forks = self._forks()

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
                if protrudes < _SPUR * self.shape.half:
                    spurs.append((protrudes, branch))
            if not spurs:
                return
            self.branches.remove(min(spurs, key=lambda spur: spur[0])[1])

    def _cut_back(self, ends: list[End]) -> tuple[Line, float]:
        """Take off what thinning bends: near a fork, and before an end; the fork's middle, and how far it reaches."""
        starts = np.array([end.inwards[0] for end in ends])
        middle: Line = starts.mean(axis=0)
        if len(ends) == 1:
            _cut(ends[0], int(self.shape.half), 0.4)
        reach = float(np.hypot(*(starts - middle).T).max()) + 1.15 * float(self.shape.depths(starts).max())
        if len(ends) > 2 or (len(ends) == 2 and ends[0].branch is not ends[1].branch):
            for end in ends:
                beyond = np.flatnonzero(np.hypot(*(end.inwards - middle).T) > reach)
                _cut(end, int(beyond[0]) if len(beyond) else len(end.branch.points), 0.45)
        return middle, reach

    def _settle(self, ends: list[End], middle: Line, reach: float) -> None:
        """Join the branches that meet at a fork, or finish one that ends."""
        if len(ends) == 1:
            self._finish(ends[0])
            return
        if len(ends) == 2 and ends[0].branch is ends[1].branch:  # a ring
            self._join(ends[0], Join(ends[1]))
            return
        ways = [_direction(end, 2.0 * self.shape.half) for end in ends]
        free = list(range(len(ends)))
        through: list[Stretch] = []
        pairs = sorted((float(ways[i] @ ways[j]), i, j) for i in free for j in range(i))
        for turn, i, j in pairs:
            gap = ends[j].inwards[0] - ends[i].inwards[0]
            size = float(np.hypot(*gap)) or 1.0
            if turn > -_STRAIGHT_ON or i not in free or j not in free or float(gap @ ways[i]) > -_BESIDE * size:
                continue
            self._join(ends[i], Join(ends[j]))
            through.append((ends[i].inwards[0], ends[j].inwards[0]))
            free = [k for k in free if k not in (i, j)]
        self._meet([ends[k] for k in free], [ways[k] for k in free], through, middle, reach)

    def _meet(self, ends: list[End], ways: list[Line], through: list[Stretch], middle: Line, reach: float) -> None:
        """Draw branches that have no partner on to the lines that go through, else to one point."""
        if through:
            for end in ends:
                if _curves(end, self.shape.half):
                    _give_back(end, middle, _UNBENT * reach)
                way = _direction(end, (1.0 if _curves(end, self.shape.half) else 2.0) * self.shape.half)
                self._join(end, Join(None, meeting.on_line(end.inwards[0], way, through, middle)))
            return
        if len(ends) == 3 and self._along_one(ends, ways, middle, reach):
            return
        point = meeting.of_all([end.inwards[0] for end in ends], ways) if ends else None
        if point is None or float(np.hypot(*(point - middle))) > 1.6 * reach:
            point = middle
        point = self.shape.inside(point, middle)
        for end in ends:
            self._join(end, Join(None, point))
        if len(ends) == 2:
            self._join(ends[0], Join(ends[1], point))

    def _along_one(self, ends: list[End], ways: list[Line], middle: Line, reach: float) -> bool:
        """Of three branches draw one on, past where the next meets it, to a corner with the last; as in a Щ."""
        for base in range(3):
            start, way = ends[base].inwards[0], ways[base]
            met = []
            for other in {0, 1, 2} - {base}:
                cross = float(way[0] * ways[other][1] - way[1] * ways[other][0])
                if abs(cross) < 0.85:
                    break
                gap = ends[other].inwards[0] - start
                far = float(gap[0] * ways[other][1] - gap[1] * ways[other][0]) / cross
                met.append((-far, other, start + far * way))
            if len(met) < 2:
                continue
            met.sort(key=lambda meeting: meeting[0])
            (near, first, there), (far, last, corner) = met
            if near < 0 or far - near < 0.5 * self.shape.half or float(np.hypot(*(corner - middle))) > 1.6 * reach:
                continue
            self._join(ends[first], Join(None, there))
            self._join(ends[base], Join(ends[last], corner))
            return True
        return False

    def _join(self, end: End, join: Join) -> None:
        self.joins[id(end.branch), end.side] = join
        if join.other is not None:
            self.joins[id(join.other.branch), join.other.side] = Join(end, join.corner)

    def _finish(self, end: End) -> None:
        """Draw a line on to half a stroke before the outline, as a round pen would have ended."""
        start, way = end.inwards[0], -_direction(end, 1.6 * self.shape.half)
        steps = start + np.arange(0.5, 5 * self.shape.half, 0.5)[:, None] * way
        depth = self.shape.depths(steps)
        usual = float(np.median(self.shape.depths(end.inwards)))
        full = int(np.argmax(np.append(depth, 0.0) < 0.95 * usual))
        whole = int(np.argmax(np.append(depth, 0.0) < 0.5))
        # a tapering line is drawn on too, but stays that far from its tip
        far = full if full else whole - int(2 * self.shape.half)
        if far > 0:
            self._join(end, Join(None, steps[far - 1]))

    def _chains(self) -> list[tuple[list[Line], bool]]:
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


def _cut(end: End, drop: int, most: float) -> None:
    """Take points off the end of a branch, but never more than a share of them."""
    points = end.inwards
    drop = min(drop, int(most * len(points)), len(points) - 2)
    if drop > 0:
        end.branch.points = points[drop:] if end.side == 0 else points[drop:][::-1]


def _curves(end: End, half: float) -> bool:
    """Whether a branch leaves its end in a curve, as bowls do and bars do not."""
    points = end.inwards[: int(4 * half)]
    a, b, c = points[0], points[len(points) // 2], points[-1]
    off = abs(float((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0])) / max(float(np.hypot(*(c - a))), 1e-9)
    return off > 0.2 * half


def _give_back(end: End, middle: Line, reach: float) -> None:
    """Take back what was taken off a curve further than that from the fork: it is the lines through that are bent."""
    whole = end.branch.whole if end.side == 0 else end.branch.whole[::-1]
    points = end.inwards
    taken = int(np.argmin(np.hypot(*(whole - points[0]).T)))
    more = whole[:taken][np.hypot(*(whole[:taken] - middle).T) > reach]
    if len(more):
        points = np.concatenate([more, points])
        end.branch.points = points if end.side == 0 else points[::-1]


def _direction(end: End, over_px: float) -> Line:
    """The way from an end into its branch, from a stretch of that length, or from all of a branch that is shorter."""
    points = end.inwards[: max(int(over_px), 2)]
    if len(points) < 0.5 * over_px:
        points = end.branch.whole if end.side == 0 else end.branch.whole[::-1]
    way = points[len(points) // 2 :].mean(axis=0) - points[: max(len(points) // 2, 1)].mean(axis=0)
    size = float(np.hypot(*way))
    return way / size if size else np.array([1.0, 0.0])
