"""Pieces of a line, in any order and direction, joined where their ends meet.

Neighbouring turns may lie nearer to each other than the gaps between pieces, and files that are split once a turn have
all their ends along one radius. So the nearest ends are joined first, and a gap along the line counts less than one
across it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 1 << 18
CROWD = 16
"""At most so many ends of one place are weighed against each other; more are no groove's."""
TOUCHING = 1e-9
"""Ends that are nearer than this part of the drawing's size are one point."""
SMALL = 1000
"""Pieces of fewer points are put together where they follow each other: some tools draw each segment by itself."""
SIDEWAYS = 2.0
TURNING_BACK = 0.1


@dataclass(frozen=True)
class Chain:
    """A line of one or more pieces, each (n, 2), in order and in its direction (reversed pieces are views)."""

    pieces: tuple[NDArray[Any], ...]

    def batches(self, backwards: bool = False) -> Iterator[NDArray[Any]]:
        """The points in order, contiguous float64 (at most `BATCH`, 2); small pieces come together."""
        waiting: list[NDArray[Any]] = []
        held = 0
        for piece in reversed(self.pieces) if backwards else self.pieces:
            way = piece[::-1] if backwards else piece
            for a in range(0, len(way), BATCH):
                part = way[a : a + BATCH]
                if held + len(part) > BATCH:
                    yield np.concatenate(waiting)
                    waiting, held = [], 0
                waiting.append(part)
                held += len(part)
        if waiting:
            yield np.concatenate(waiting)

    @property
    def points(self) -> int:
        """Number of points, those where pieces meet counted twice."""
        return sum(len(piece) for piece in self.pieces)


def runs(lines: tuple[NDArray[Any], ...]) -> list[Chain]:
    """Lines that follow each other, each beginning exactly where the last ended: the usual case, found at once.

    Parameters
    ----------
    lines : tuple of ndarray, float64, (n, 2)
        In the order of the file.

    Returns
    -------
    list of Chain
        Every line is in exactly one of them.
    """
    heads = np.array([line[0] for line in lines])
    tails = np.array([line[-1] for line in lines])
    touching_m = TOUCHING * max(float(np.abs(heads).max()), float(np.abs(tails).max()))
    apart = np.abs(tails[:-1] - heads[1:]).max(1, initial=0.0) > touching_m
    cuts = [0, *(np.flatnonzero(apart) + 1).tolist(), len(lines)]
    return [_run(lines[a:b]) for a, b in pairwise(cuts)]


def _run(lines: tuple[NDArray[Any], ...]) -> Chain:
    if len(lines) == 1 or sum(len(line) for line in lines) > SMALL * len(lines):
        return Chain(lines)
    return Chain((np.concatenate([lines[0], *(line[1:] for line in lines[1:])]),))


def join(chains: list[Chain], tolerance_m: float, size_m: float) -> list[Chain]:
    """Join chains whose ends meet, in whatever order and direction.

    Parameters
    ----------
    chains : list of Chain
    tolerance_m : float
        The widest gap that is bridged.
    size_m : float
        The drawing's size: what is a billionth of it is nothing.

    Returns
    -------
    list of Chain
        Every one given is in exactly one of them.
    """
    if len(chains) == 1:
        return chains
    return _walk(chains, _links(chains, tolerance_m, size_m * TOUCHING))


@dataclass(frozen=True)
class _End:
    x: float
    y: float
    out_x: float  # the unit vector in which the line leaves its piece here
    out_y: float


def _end(line: NDArray[Any], backwards: bool) -> _End:
    way = line[:4] if backwards else line[-4:][::-1]  # a few points: on a coarse grid one step says little
    (x, y), (back_x, back_y) = way[0].tolist(), way[-1].tolist()
    length = math.hypot(x - back_x, y - back_y) or 1.0
    return _End(x, y, (x - back_x) / length, (y - back_y) / length)


def _links(chains: list[Chain], tolerance_m: float, touching_m: float) -> dict[int, int]:
    """Which end is joined to which: end 2k is chain k's beginning, 2k+1 its end."""
    ends = [end for chain in chains for end in (_end(chain.pieces[0], True), _end(chain.pieces[-1], False))]
    closed = [math.hypot(a.x - b.x, a.y - b.y) <= touching_m for a, b in zip(ends[::2], ends[1::2], strict=True)]
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, end in enumerate(ends):
        cell = cells[math.floor(end.x / tolerance_m), math.floor(end.y / tolerance_m)]
        if not closed[k // 2] and len(cell) < CROWD:
            cell.append(k)
    pairs = []
    for (i, j), here in cells.items():
        near = [k for di, dj in product((-1, 0, 1), repeat=2) for k in cells.get((i + di, j + dj), ())]
        for a, b in product(here, near):
            if a < b and a // 2 != b // 2:
                cost = _cost(ends[a], ends[b], tolerance_m, touching_m)
                if cost is not None:
                    pairs.append((cost, a, b))
    return _matched(sorted(pairs), len(chains))


def _cost(a: _End, b: _End, tolerance_m: float, touching_m: float) -> float | None:
    """How ill two ends fit; None if they are too far apart."""
    x, y = b.x - a.x, b.y - a.y
    gap = math.hypot(x, y)
    if gap > tolerance_m:
        return None
    turning = TURNING_BACK * tolerance_m * (1 + a.out_x * b.out_x + a.out_y * b.out_y)
    if gap <= touching_m:
        return turning
    onward = ((a.out_x - b.out_x) * x + (a.out_y - b.out_y) * y) / gap  # 2 if both lead straight into the gap
    return gap * (1 + SIDEWAYS * (2 - onward)) + turning


def _matched(pairs: list[tuple[float, int, int]], chains: int) -> dict[int, int]:
    """The best pairs first, each end once, no rings."""
    group = list(range(chains))

    def root(k: int) -> int:
        while group[k] != k:
            group[k] = group[group[k]]
            k = group[k]
        return k

    links: dict[int, int] = {}
    for _, a, b in pairs:
        if a not in links and b not in links and root(a // 2) != root(b // 2):
            links[a], links[b] = b, a
            group[root(a // 2)] = root(b // 2)
    return links


def _walk(chains: list[Chain], links: dict[int, int]) -> list[Chain]:
    found: list[Chain] = []
    done = [False] * len(chains)
    for begin in range(2 * len(chains)):
        if begin in links or done[begin // 2]:
            continue
        pieces: list[NDArray[Any]] = []
        end: int | None = begin
        while end is not None:
            parts = chains[end // 2].pieces
            pieces += parts if end % 2 == 0 else [piece[::-1] for piece in reversed(parts)]
            done[end // 2] = True
            end = links.get(end ^ 1)
        found.append(Chain(tuple(pieces)))
    return found
