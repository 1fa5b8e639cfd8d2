"""A cutter head's heat: how hard its coils are driven, for how long.

Above its resonance a head is a mass: the current that moves a wall goes with its acceleration, and the coil's heat with
the square. What a head stands for minutes is given as the RMS acceleration along a wall's normal,
a = (lateral'' ± vertical'')/√2, of the channel that is driven harder (`Machine.coil_limit_m_s2`). Over less time it
stands more. Assumed: a coil loses its heat with a time constant τ of some 6 s, and is already at half of what it may
bear; over a time t it then takes the power

    P/P_limit = (1 - ½·exp(-t/τ)) / (1 - exp(-t/τ)),    1.1 for 10 s, 3.8 for 1 s,

so the mean square over any 10 s may be that of the limit, and over any 1 s four times as much: `WINDOWS`.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..moments import MARGIN, bend, lay
from ..spectral import THREADS

Array = NDArray[Any]

FRAME_S = 0.1
"""Windows slide by this much."""
FRAMES = 8
"""Frames that are worked on at a time."""
WINDOWS = ((100, 1.0), (10, 2.0))
"""Frames of a window (10 s, 1 s), and how many times the limit's RMS is borne over it."""


@dataclass(frozen=True)
class Heat:
    """The moment at which a head is nearest to its limit, or furthest over it.

    Attributes
    ----------
    rms_m_s2, limit_m_s2 : float
        RMS acceleration over the window that is worst, and what is borne over one of that length.
    spare_db : float or None
        How much louder it could be cut; None where nothing moves.
    at_s : float
        When that window begins, or 0 where it begins before the sound does.
    window_s : float
        Its length.
    """

    rms_m_s2: float
    limit_m_s2: float
    spare_db: float | None
    at_s: float
    window_s: float


def heat(lateral_m: Array, vertical_m: Array | None, rate_hz: int, limit_m_s2: float) -> Heat:
    """Measure a cut programme; silence surrounds it.

    Parameters
    ----------
    lateral_m : ndarray, float32, (n,)
    vertical_m : ndarray, float32, (n,), or None
    rate_hz : int
        At least 10.
    limit_m_s2 : float
        What the head stands for minutes.

    Returns
    -------
    Heat
        Times are from the first sample. Cost is linear in n.
    """
    size = round(FRAME_S * rate_hz)
    energy = frame_energy(lateral_m, vertical_m, rate_hz, size)
    found = []
    for frames, bears in WINDOWS:
        around = np.concatenate((np.zeros((frames - 1, 2)), energy, np.zeros((frames - 1, 2))))
        run = np.concatenate((np.zeros((1, 2)), np.cumsum(around, axis=0)))
        power = ((run[frames:] - run[:-frames]) / (frames * size)).max(axis=1)
        at = int(np.argmax(power))
        rms = math.sqrt(max(float(power[at]), 0.0))
        found.append((rms / bears, rms, bears * limit_m_s2, (at - frames + 1) * size / rate_hz, frames * FRAME_S))
    worst = max(found)
    spare_db = 20 * math.log10(worst[2] / worst[1]) if worst[1] > 0 else None
    return Heat(worst[1], worst[2], spare_db, max(0.0, worst[3]), worst[4])


def frame_energy(lateral_m: Array, vertical_m: Array | None, rate_hz: int, size: int) -> Array:
    """Squared acceleration along each wall's normal, left and right, summed in frames of `size` samples.

    Float64, (frames, 2), in (m/s²)²; the last frame is filled up with silence.
    """
    out = np.zeros((-(-len(lateral_m) // size), 2))

    def some(first: int) -> None:
        part = out[first : first + FRAMES]
        across = _bent(lateral_m, first * size, len(part), size)
        power = _power(across, across)
        if vertical_m is None:
            part[:] = power[:, None] / 2
            return
        up = _bent(vertical_m, first * size, len(part), size)
        power += _power(up, up)
        cross = 2 * _power(across, up)
        part[:, 0], part[:, 1] = (power + cross) / 2, (power - cross) / 2

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(some, range(0, len(out), FRAMES)))
    return out * float(rate_hz) ** 4


def _bent(wall: Array, first: int, frames: int, size: int) -> Array:
    """Second differences of a wall from sample `first` on, (frames, size)."""
    around = np.empty(frames * size + 2 * MARGIN)
    lay(wall, first - MARGIN, around)
    bent = np.empty(frames * size)
    bend(around, bent)
    return bent.reshape(frames, size)


def _power(one: Array, other: Array) -> Array:
    """Their products summed up frame by frame, without BLAS, whose threads would stand in each other's way."""
    return np.asarray(np.einsum("ij,ij->i", one, other))
