"""What neighbouring turns ask of each other: how far apart they must lie, all around the side.

A turn and the next one inwards keep their land where, everywhere,

    distance ≥ half widths of both + land·√(1 + s²) + what they swing towards each other

(a chisel keeps its radial width, and the land is measured across the groove, at the steeper of both slopes s; a round
tool widens with the slope too). In stereo each edge swings by itself: the outer turn's inner edge by lateral +
vertical, the inner turn's outer edge by lateral - vertical, and half a width is the planned depth's (at 90°).

Of all samples in a cell, a small part of a turn, the greatest swing and slope are kept. So a side of a hundred million
samples is planned on a table, for any level, without touching the sound again.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..moments import MOMENT, Moments
from ..presets import Disc, Machine
from ..spectral import THREADS

CELLS = 1152
"""Cells of a turn: 2⁷·3², so that many numbers of knots a turn divide it."""
PIECE = 12
"""Cells that share one radius and one planned width, which change slowly."""
BLOCK_CELLS = CELLS * 2


@dataclass(frozen=True)
class Cells:
    """A programme of unit level, cell by cell along its turns; all float32 (m,).

    Attributes
    ----------
    toward_m : ndarray
        Greatest swing of this turn and the next one inwards towards each other; negative where they swing alike.
    slope_m_s : ndarray
        Greatest velocity of an edge, here or a turn later.
    up_m, down_m : ndarray
        Greatest vertical, and greatest of its opposite, not less than 0.
    first_turn : int
        Where cell 0 begins, whole turns since the music's first sample: -1, or less where the ringing reaches further.
    music_turns : float
        Length of the music.
    speed_per_m : float
        Groove speed over radius: 2π·rpm/60.
    """

    toward_m: NDArray[Any]
    slope_m_s: NDArray[Any]
    up_m: NDArray[Any]
    down_m: NDArray[Any]
    first_turn: int
    music_turns: float
    speed_per_m: float

    @property
    def turns(self) -> NDArray[Any]:
        """Where the cells begin, in turns since the music's first sample."""
        return self.first_turn + np.arange(len(self.toward_m)) / CELLS


def cells(
    lateral_m: NDArray[Any],
    vertical_m: NDArray[Any] | None,
    measured: Moments,
    before: int,
    music_samples: int,
    rpm: Fraction,
) -> Cells:
    """Gather a programme into cells.

    Parameters
    ----------
    lateral_m, vertical_m : ndarray, float32, (n,)
        With ringing before the music's first sample and after its last.
    measured : Moments
        Of the same.
    before : int
        Samples before the music's first.
    music_samples : int
    rpm : Fraction
    """
    per_turn = measured.rate_hz * 60 / float(rpm)
    first_turn = -1 - math.ceil(before / per_turn)
    last_turn = math.ceil((len(lateral_m) - before) / per_turn) + 1
    count = (last_turn - first_turn) * CELLS
    vertical = np.empty(0, np.float32) if vertical_m is None else vertical_m
    toward, slope = np.zeros(count, np.float32), np.zeros(count, np.float32)
    up, down = np.zeros(count, np.float32), np.zeros(count, np.float32)
    origin = before + first_turn * per_turn  # the place of cell 0 among the samples

    def one(a: int) -> None:
        b = min(a + BLOCK_CELLS, count)
        _toward(lateral_m, vertical, a, b, origin, per_turn, toward)
        _greatest(measured.slope_m_s, a, b, origin, per_turn, slope)
        if vertical_m is not None:
            _greatest(measured.up_m, a, b, origin, per_turn, up)
            _greatest(measured.down_m, a, b, origin, per_turn, down)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(0, count, BLOCK_CELLS)))
    slope[:-CELLS] = np.maximum(slope[:-CELLS], slope[CELLS:])
    speed = 2 * math.pi * float(rpm) / 60
    return Cells(toward, slope, up, down, first_turn, music_samples / per_turn, speed)


def needed_m(
    held: Cells,
    factor: float,
    radius_m: NDArray[Any] | float,
    half_m: NDArray[Any] | float,
    disc: Disc,
    machine: Machine,
    swing_m: float = math.inf,
    compensate_m: float = 0.0,
) -> NDArray[Any]:
    """How far the next turn must lie from each cell, centre to centre: float64, (m,), metres.

    Parameters
    ----------
    held : Cells
    factor : float
        What the unit programme is multiplied by.
    radius_m : ndarray, (m,), or float
        No more than the radius there: at a smaller one slopes are steeper.
    half_m : ndarray, (m,), or float
        Half the planned width, no less than in the cell.
    swing_m : float
        Where a limiter will keep every edge within this, no pair swings more than twice that towards each other.
    compensate_m : float
        Radius R of the tip that the groove will be compensated for. It lowers a wall of slope s/√2 by up to
        R·(√(1 + s²/2) - 1) along its normal, and the edge at the sheet's surface by √2 times that.
    """
    slope = factor * held.slope_m_s.astype(np.float64)
    slope /= held.speed_per_m * np.asarray(radius_m)
    lengthened = np.sqrt(1 + slope * slope)
    widths = np.asarray(half_m, np.float64)
    both = widths + (np.append(widths[CELLS:], np.full(CELLS, widths[-1])) if widths.ndim else widths)
    toward = np.minimum(factor * held.toward_m, 2 * swing_m)
    if compensate_m:
        toward = toward + 2 * math.sqrt(2) * compensate_m * (np.sqrt(1 + slope * slope / 2) - 1)
    if machine.tool == "round":
        return np.asarray((both + disc.land_m) * lengthened + toward)
    return np.asarray(both + disc.land_m * lengthened + toward)


@kernel
def _toward(
    lateral: NDArray[Any], vertical: NDArray[Any], a: int, b: int, origin: float, per_turn: float, out: NDArray[Any]
) -> None:
    """Greatest swing of samples towards those a turn later, in cells a … b of a turn each CELLS-th."""
    n, whole = len(lateral), int(per_turn)
    part = per_turn - whole
    stereo = len(vertical) > 0
    for c in range(a, b):
        first = math.ceil(origin + c * per_turn / 1152.0)
        last = math.ceil(origin + (c + 1) * per_turn / 1152.0)
        if last <= -whole - 1 or first >= n:
            continue
        most = -np.inf
        if first < 0 or last + whole + 1 >= n:
            for i in range(first, last):
                here, then = 0.0, 0.0
                if 0 <= i < n:
                    here = lateral[i] + (vertical[i] if stereo else 0.0)
                for k in range(2):
                    j = i + whole + k
                    if 0 <= j < n:
                        then += (part if k else 1 - part) * (lateral[j] - (vertical[j] if stereo else 0.0))
                most = max(most, then - here)
        else:
            now, soon, next_ = lateral[first:last], lateral[first + whole :], lateral[first + whole + 1 :]
            if stereo:
                v_now, v_soon = vertical[first:last], vertical[first + whole :]
                v_next = vertical[first + whole + 1 :]
                for i in range(last - first):
                    then = (1 - part) * (soon[i] - v_soon[i]) + part * (next_[i] - v_next[i])
                    most = max(most, then - now[i] - v_now[i])
            else:
                for i in range(last - first):
                    most = max(most, (1 - part) * soon[i] + part * next_[i] - now[i])
        if last > first:
            out[c] = most


@kernel
def _greatest(values: NDArray[Any], a: int, b: int, origin: float, per_turn: float, out: NDArray[Any]) -> None:
    """Greatest of the moments that a cell meets."""
    for c in range(a, b):
        first = math.floor((origin + c * per_turn / 1152.0) / 32.0)
        last = math.floor((origin + (c + 1) * per_turn / 1152.0) / 32.0)
        most = np.float32(0.0)
        for m in range(max(first, 0), min(last + 1, len(values))):
            most = max(most, values[m])
        out[c] = most


assert (CELLS, MOMENT) == (1152, 32)  # as the kernels know them
