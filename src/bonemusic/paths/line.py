"""The line that a machine draws: a groove's points on its grid, found piece by piece where they are asked for."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..progress import Progress, silent
from ..spectral import THREADS
from . import grid
from .grid import PIECE, Wave
from .search import choose

Points = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True)
class Search:
    """How points are searched for on a coarse grid.

    Attributes
    ----------
    spacing_m : float
        Least distance from one to the next; 0 for none.
    worth : float
        What a point must save to be drawn, in squared steps of heard error in a cell.
    """

    spacing_m: float
    worth: float


@dataclass(frozen=True)
class Line:
    """A groove, or a part of it, as points on a machine's grid.

    Attributes
    ----------
    wave : Wave
    step_m : float
        The grid's step; on a machine with a turntable axis, that of the radius.
    first, last : int
        Which of the wave's samples are drawn, both included. Both ends are points that only their place on the wave
        decides: a line that ends where another begins shares that point with it.
    turn_steps : int or None
        Steps in a turn of the turntable axis; None where the machine moves in x and y.
    search : Search or None
        How points are searched for; None where the grid is so fine that each sample becomes a point.
    piece : float
        How many of the wave's samples lie in one piece, more than 1; pieces end at its multiples, rounded, and at the
        line's ends, so that parts of a line share them.
    held : dict
        Pieces that were searched for, by their first and last sample: that takes long, and they are small. Lines that
        differ in `first` and `last` only may share them.
    """

    wave: Wave
    step_m: float
    first: int
    last: int
    turn_steps: int | None = None
    search: Search | None = None
    piece: float = PIECE
    held: dict[tuple[int, int], Points] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(
        wave: Wave, step_m: float, turn_steps: int | None = None, search: Search | None = None, piece: float = PIECE
    ) -> Line:
        """All of a wave."""
        return Line(wave, step_m, 0, len(wave.lateral_m) - 1, turn_steps, search, piece)

    def points(self, first: int, last: int) -> Points:
        """The points of a line from sample `first` to sample `last`, int32 (n,) each, in steps: x and y, y up; with a
        turntable axis the angle, counter-clockwise in the disc's frame, and the radius."""
        if self.turn_steps is not None:
            return grid.choose_turning(self.wave, self.step_m, self.turn_steps, first, last)
        if self.search is not None:
            return choose(self.wave, self.step_m, first, last, self.search.spacing_m, self.search.worth)
        return grid.choose(self.wave, self.step_m, first, last)

    def pieces(self, finish: Callable[[NDArray[Any], NDArray[Any]], Any], progress: Progress = silent) -> Iterator[Any]:
        """Choose the points, piece by piece, each beginning exactly where the last ended.

        Parameters
        ----------
        finish : callable
            Called with a piece's points, as `points` gives them, at least two, in any thread. What it returns is
            yielded, in order.
        """
        edges = self._edges()
        count = len(edges) - 1

        def one(number: int) -> Any:
            return finish(*self._piece(edges[number], edges[number + 1]))

        with ThreadPoolExecutor(THREADS) as pool:
            waiting = [pool.submit(one, n) for n in range(min(2 * THREADS, count))]
            for done in range(count):
                result = waiting.pop(0).result()
                if done + 2 * THREADS < count:
                    waiting.append(pool.submit(one, done + 2 * THREADS))
                progress("drawing", (done + 1) / count)
                yield result

    def covering(self, first: int, last: int, held: dict[int, Points]) -> tuple[Points, int]:
        """The points of all pieces that hold the wave's samples first … last, and the sample at which they begin.

        `held` keeps pieces for later.
        """
        edges = self._edges()
        begin = min(max(bisect_right(edges, first) - 1, 0), len(edges) - 2)
        end = max(bisect_left(edges, last), begin + 1)
        for number in range(begin, end):
            if number not in held:
                held[number] = self._piece(edges[number], edges[number + 1])
        rest = range(begin + 1, end)
        x, y = (np.concatenate([held[begin][i], *(held[n][i][1:] for n in rest)]) for i in range(2))
        return (x, y), edges[begin]

    def _edges(self) -> list[int]:
        """Where pieces begin and end; none where there is nothing to draw."""
        if self.last <= self.first:
            return [self.first]
        multiples = range(math.floor(self.first / self.piece), math.ceil(self.last / self.piece) + 1)
        inner = (round(number * self.piece) for number in multiples)
        return [self.first, *(edge for edge in inner if self.first < edge < self.last), self.last]

    def _piece(self, first: int, last: int) -> Points:
        """The points of one piece, both ends included."""
        if self.search is None:
            return self.points(first, last)
        if (first, last) not in self.held:
            self.held[first, last] = self.points(first, last)
        return self.held[first, last]
