"""Grooves closer together than a picture's pixels can show: made even instead of a moiré.

Exact coverage alone is a mean over each pixel, which leaves 14 % of turns 1.1 pixels apart to come back as false broad
rings. Here coverage is worked out on pixels a third as wide, and taken together under a triangle two pixels wide each
way: 2 % are left, its response being the square of that of a mean (A. Oppenheim and R. Schafer, Discrete-Time Signal
Processing, 3rd ed., 4.6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...groove import Groove
from ...jit import kernel
from .shapes import Frame
from .walls import Walls

CLOSE_PX = 3.5
"""Turns nearer to each other are softened. Assumed: from there on the second overtone of a thin line comes back."""
FINER = 3


@dataclass(frozen=True)
class Softened:
    """A groove laid into a picture like `walls.Walls`, without moiré."""

    walls: Walls

    def __len__(self) -> int:
        """Corners of both walls."""
        return len(self.walls)

    def add(self, cover: NDArray[Any], top: int) -> None:
        """Add the groove to the coverage of rows top …, as `coverage.add_edges` does."""
        fine = np.zeros((FINER * len(cover) + 2, FINER * (cover.shape[1] - 2) + 2), np.float32)
        self.walls.add(fine, FINER * top - 1)
        _gather(fine, cover)


def groove_in(groove: Groove, frame: Frame) -> Walls | Softened:
    """A groove laid into a picture."""
    turns = len(groove) * groove.turns_per_sample
    first, last = groove.spiral.at(np.array([0.0, turns]))
    if turns < 2 or (first - last) / turns * frame.dots_per_m >= CLOSE_PX:
        return Walls.of(groove, frame)
    finer = replace(frame, dots_per_m=FINER * frame.dots_per_m, width=FINER * frame.width, height=FINER * frame.height)
    return Softened(Walls.of(groove, finer))


@kernel
def _gather(fine: NDArray[Any], cover: NDArray[Any]) -> None:
    """Means of fine coverage, weighted 1 2 3 2 1 each way, added as differences along each row.

    Fine row 0 and column -1 are those before the first pixel's own.
    """
    rows, columns = cover.shape[0], cover.shape[1] - 2
    width = fine.shape[1] - 2
    for row in range(len(fine)):  # differences become coverage
        covered = 0.0
        for column in range(width):
            covered += fine[row, column]
            fine[row, column] = min(max(covered, 0.0), 1.0)
    line = np.empty(width)
    for row in range(rows):
        first = 3 * row
        for column in range(width):
            line[column] = (
                fine[first, column] + 2.0 * fine[first + 1, column] + 3.0 * fine[first + 2, column]
                + 2.0 * fine[first + 3, column] + fine[first + 4, column]
            )  # fmt: skip
        before = 0.0
        for column in range(columns):
            middle = 3 * column + 1
            total = 2.0 * line[middle - 1] + 3.0 * line[middle] + 2.0 * line[middle + 1]
            if column > 0:
                total += line[middle - 2]
            if column < columns - 1:
                total += line[middle + 2]
            cover[row, column] += (total - before) / 81.0
            before = total
