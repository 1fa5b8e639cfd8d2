"""A groove over a machine's grid: which of its own points to go through, so that the rounding is heard least.

Where a step is no small part of the way from point to point, no rounding of evenly spaced points is good; and where it
is one, even spacing takes more points than the sound is worth. What is heard is not the points but the straight lines
between them, so lines are chosen: from each point the next may be any grid point near the groove, some cells ahead. A
line's error is taken as the area between it and the groove in each of the small cells that it passes; errors are
weighed as the replay hears them, by the filter that makes heard noise white (`taps`), and the sum of their squares is
what is least. A beam search goes along the groove: in each cell it keeps the best few lines that end there. A point
costs something, too: so there are points only where they earn their keep.

It is what converters do by trellis noise shaping (H. Kato, "Trellis noise-shaping converters and 1-bit digital audio",
AES 112th Convention, 2002, paper 5615), with steps that are uneven in time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import grid, settle
from .beam import search
from .candidates import candidates
from .grid import Wave

CELLS_PER_S, CELLS_PER_PERIOD = 30_000, 6
"""Cells are a step long, but no more in a second than this, or in a period of the highest frequency."""
FINEST = 12
"""A grid of more steps to a cell is not searched: it loses little by rounding."""
NEAREST, NEAR, ENOUGH = 0.6, 1.2, 3
"""How far from the groove a point may lie, in steps, least and most: with 1.0 on a grid as long as its cells noise is
some 2 dB louder, with 1.6 no less as played; with 0.5 there is always a point. Between these, so far that a cell holds
about twice `ENOUGH` points."""
OVERSHOOT = 0.19
"""How far outside a bend corners are looked for, against the bend over two cells to either side: straight lines that
are h long fit a curve best with their corners h²/12 of its second derivative outside it; h is taken as three cells."""
POINTS_PER_PERIOD = 3
"""Points that must lie so far apart that there are fewer of them in a period of the highest frequency are too few for
any shaping of noise, and are searched for in another way."""
WORTH = 0.1
"""What a point must save at least to be drawn, where it need not keep a distance that makes points few: with less there
are more points, and none of it is heard."""
MISSED = 0.25
"""What a point that must keep its distance is given, against the mean square of what lines of that length miss: where
that is much, more points than the search would take give settling more to move. Noise gains a tenth of a decibel."""
FALL_HZ = 500.0
"""The slope between both, a decade."""
TAPS = 4


@dataclass(frozen=True)
class Care:
    """How a kind of grid is searched.

    Attributes
    ----------
    beam : int
        How many lines are kept in each cell.
    above : float
        What an error above the band weighs against one at 1 kHz: low enough to put the noise there, high enough for
        lines not to zigzag so that no stylus, and no machine, follows.
    reach : int
        How far ahead the next point may lie, in cells, beyond twice the least spacing.
    even : float
        What errors weigh besides, alike at all frequencies, against what replay makes of one at 1 kHz.
    """

    beam: int
    above: float
    reach: int
    even: float = 0.0


COARSE = Care(6, 0.003, 5)
"""Twice the beam gains half a decibel, half of it loses one."""
FINE = Care(3, 0.01, 4)
"""Cells of more than four steps: what is left of the noise there is little enough. With a beam of 4 there is 0.4 dB
less of it, and a third more to do; a reach of 5 gains nothing but a tenth of the points."""
SPACED = Care(3, 0.4, 5, 0.45)
"""Points that keep their distance hardly have anything above the band; what they lose by a narrow beam, they gain by
being settled. So few can have the treble only at the bass's cost: with 0.7 noise has 0.05 dB more of signal to error in
displacement and as much less as played; weighed as replayed alone, 0.6 dB less, and nothing more as played."""


def cell_length_m(step_m: float, spacing_m: float, speed_m_s: float, bandwidth_hz: float) -> float:
    """How long a cell is where the groove passes with a speed."""
    return max(step_m, spacing_m / 3, speed_m_s / max(CELLS_PER_S, CELLS_PER_PERIOD * bandwidth_hz))


def is_searchable(step_m: float, spacing_m: float, speed_m_s: float, bandwidth_hz: float) -> bool:
    """Whether a grid is so coarse, where the groove passes with that speed, that a search is worth its while."""
    return cell_length_m(step_m, spacing_m, speed_m_s, bandwidth_hz) <= FINEST * step_m


def strays(step_m: float, cell_m: float) -> float:
    """How far from the groove points may lie, in steps."""
    return min(max(ENOUGH * step_m / cell_m, NEAREST), NEAR)


@lru_cache(32)
def heard_correlation(rate_hz: float, bandwidth_hz: float, above: float, even: float, count: int) -> NDArray[Any]:
    """What errors in cells weigh, alone and so many cells apart: the autocorrelation of the heard power, (count,).

    Parameters
    ----------
    rate_hz : float
        Cells per second. Errors are means over cells, so what is heard of them is weighed by 1/sinc².
    bandwidth_hz : float
        Up to where errors are heard in full.
    above : float
        What errors far above that weigh against those at 1 kHz.
    even : float
        What errors weigh besides, alike at all frequencies, against those at 1 kHz.
    """
    f = np.linspace(0, rate_hz / 2, 4097)
    s = 2j * np.pi * f
    # cartridge (s) and RIAA replay: what most discs are heard through; other curves differ little in shape here
    heard = np.abs(s * (1 + s * 318e-6) / ((1 + s * 3180e-6) * (1 + s * 75e-6))) ** 2
    heard = (heard / np.interp(1000.0, f, heard) + even) / (1 + even) / np.sinc(f / rate_hz) ** 2
    fading = np.interp(bandwidth_hz, f, heard) * 10 ** (-np.maximum(f - bandwidth_hz, 0.0) / FALL_HZ)
    heard = np.maximum(np.where(f > bandwidth_hz, fading, heard), above)
    heard[f < 50] = heard[f >= 50][0]
    return np.asarray(np.fft.irfft(heard)[:count])


def taps(correlation: NDArray[Any]) -> NDArray[Any]:
    """Taps h, (n - 1,), of the filter u[k] = e[k] - Σ h[i]·u[k-1-i] that makes heard noise white.

    It is the best linear predictor (the normal equations) of a signal with that autocorrelation, (n,), turned round:
    where u is white, e = u + Σ h[i]·u[k-1-i] is shaped to be heard least.
    """
    count = len(correlation) - 1
    matrix = correlation[np.abs(np.subtract.outer(np.arange(count), np.arange(count)))]
    return np.asarray(np.linalg.solve(matrix, -correlation[1:]))


def choose(
    drawn: Wave, step_m: float, first: int, last: int, spacing_m: float, worth: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Grid points along samples first … last of a wave: x and y, int32 (n,), in steps, y up.

    Parameters
    ----------
    drawn : Wave
    step_m : float
    first, last : int
        The line begins and ends at the grid points nearest to these.
    spacing_m : float
        Least distance from point to point; 0 for none.
    worth : float
        What a point costs, in squared steps of error in a cell.
    """
    cells, turns, cell_m = _cells(drawn, step_m, first, last, spacing_m)
    begin = first * drawn.turns_per_point
    base = drawn.spiral.at(begin + np.arange(cells + 1) * turns) / step_m
    near = _around(drawn.lateral_m, first, last) / step_m
    per_cell = (last - first) / cells
    ends = np.array([grid.plain(drawn, step_m, sample) for sample in (first, last)], np.int32)
    per_s = drawn.points_per_s * cells / (last - first)
    apart = spacing_m * POINTS_PER_PERIOD * drawn.bandwidth_hz > cell_m * per_s
    care = SPACED if apart else FINE if cell_m > 4 * step_m else COARSE
    corners = near - OVERSHOOT * _bend(near, per_cell) if care is FINE else near
    start, x, y, along, off = candidates(corners, base, per_cell, begin, turns, ends, strays(step_m, cell_m))
    means = cell_means(near, per_cell, cells)
    if apart:  # points are few enough
        worth = max(worth - WORTH, 0.0) - MISSED * _missed(means, max(round(spacing_m / cell_m), 1))
    heard = heard_correlation(per_s, drawn.bandwidth_hz, care.above, care.even, settle.CELLS)
    ahead = care.reach + math.ceil(2 * spacing_m / cell_m)
    apart2 = (spacing_m / step_m) ** 2 * (1 - 1e-6)  # a spacing is often a whole number of steps, rounded
    through = search(start, x, y, along, off, means, taps(heard[: TAPS + 1]), care.beam, ahead, apart2, worth)
    if not len(through):
        if spacing_m and cells <= ahead:  # the end is nearer than the spacing: one move
            return ends[:, 0], ends[:, 1]
        return grid.choose(drawn, step_m, first, last)
    if apart:  # few points, so each is worth a second look; where noise is well shaped this would only warm it up
        settle.settle(through, start, x, y, along, off, means, heard, apart2)
    return x[through], y[through]


def _cells(drawn: Wave, step_m: float, first: int, last: int, spacing_m: float) -> tuple[int, float, float]:
    """Into how many cells a stretch is cut; turns in each, and its length."""
    turns = (last - first) * drawn.turns_per_point
    around_m = 2 * math.pi * float(drawn.spiral.at(np.array(first * drawn.turns_per_point + turns / 2)))
    speed_m_s = around_m * drawn.turns_per_point * drawn.points_per_s
    cells = max(round(around_m * turns / cell_length_m(step_m, spacing_m, speed_m_s, drawn.bandwidth_hz)), 2)
    return cells, turns / cells, around_m * turns / cells


def _around(lateral: NDArray[Any], first: int, last: int) -> NDArray[Any]:
    """Samples first … last with two more on each side; beyond the ends as they are there."""
    a, b = max(first - 2, 0), min(last + 3, len(lateral))
    return np.pad(lateral[a:b].astype(np.float64), (a - first + 2, last + 3 - b), "edge")


def _bend(near: NDArray[Any], per_cell: float) -> NDArray[Any]:
    """Second difference over two cells to either side, taken at the nearest samples; (n,) as `near`."""
    apart = max(round(2 * per_cell), 1)
    wide = np.pad(near, apart, "edge")
    bend = wide[2 * apart :] - 2 * near + wide[: -2 * apart]
    return np.asarray(bend * (2 * per_cell / apart) ** 2)


def _missed(means: NDArray[Any], lag: int) -> float:
    """What straight lines over so many cells to either side miss of the cells between them, mean square."""
    if len(means) <= 2 * lag:
        return 0.0
    return float(np.mean((means[lag:-lag] - 0.5 * (means[2 * lag :] + means[: -2 * lag])) ** 2))


def cell_means(near: NDArray[Any], per_cell: float, cells: int) -> NDArray[Any]:
    """Means over cells of `per_cell` samples each, the first beginning at near[2]; exact for parabolas.

    The integral from sample to sample is that of the cubic through four, between samples Hermite's.
    """
    whole = np.zeros(len(near) - 3)
    np.cumsum((13 * (near[1:-2] + near[2:-1]) - near[:-3] - near[3:]) / 24, out=whole)
    whole = np.concatenate([[0.0], whole])  # from near[1] to near[1], near[2] …
    at = np.arange(cells + 1) * per_cell + 1
    i = np.minimum(at.astype(int), len(whole) - 2)
    u = at - i
    c0, c1, m0, m1 = whole[i], whole[i + 1], near[i + 1], near[i + 2]
    area = c0 + u * (m0 + u * (3 * (c1 - c0) - 2 * m0 - m1 + u * (2 * (c0 - c1) + m0 + m1)))
    return np.asarray(np.diff(area) / per_cell)
