"""The line that a machine draws: a groove's points on its grid, found piece by piece where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..progress import Progress, silent
from ..spectral import THREADS
from . import grid
from .grid import PIECE, Wave

Points = tuple[NDArray[Any], NDArray[Any]]


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
    """

    wave: Wave
    step_m: float
    first: int
    last: int

    @staticmethod
    def of(wave: Wave, step_m: float) -> Line:
        """All of a wave."""
        return Line(wave, step_m, 0, len(wave.lateral_m) - 1)

    def pieces(self, finish: Callable[[NDArray[Any], NDArray[Any]], Any], progress: Progress = silent) -> Iterator[Any]:
        """Choose the points, piece by piece, each beginning exactly where the last ended.

        Parameters
        ----------
        finish : callable
            Called with a piece's points in steps, int32 (n,) each, n >= 2, in any thread: x and y from the disc's
            centre, y up. What it returns is yielded, in order.
        """
        count = self._count

        def one(number: int) -> Any:
            return finish(*self._piece(number))

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
        numbers = range((first - self.first) // PIECE, max(last - 1 - self.first, first - self.first) // PIECE + 1)
        for number in numbers:
            if number not in held:
                held[number] = self._piece(number)
        x, y = (np.concatenate([held[numbers[0]][i], *(held[n][i][1:] for n in numbers[1:])]) for i in range(2))
        return (x, y), self.first + numbers[0] * PIECE

    @property
    def _count(self) -> int:
        return -(-(self.last - self.first) // PIECE)

    def _piece(self, number: int) -> Points:
        """`PIECE` samples of the wave, and before them the last one of the piece before."""
        first = self.first + number * PIECE
        return grid.choose(self.wave, self.step_m, first, min(first + PIECE, self.last))
