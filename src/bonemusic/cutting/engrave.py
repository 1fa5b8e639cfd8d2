"""Sound to displacement, and displacement onto a side."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import to_displacement
from ..groove import Groove, Profile, constant
from ..presets import Curve, Disc
from ..progress import Progress, silent
from ..spectral import filtered
from .plan import Side

RING_S = 0.25
"""How much of the low-cut's ringing is kept before the music and after it, inside lead-in and lead-out."""
OVERSAMPLING = 4
"""Least ratio of the groove's rate to its bandwidth: differences between samples then tell slopes to 3 %."""
LEAST_RATE_HZ = 48_000
"""Peak velocities are read off differences at this rate, as a player's converter would (see `room`)."""


def groove_rate_hz(bandwidth_hz: float) -> int:
    """48 kHz times the power of two that makes it at least four times the bandwidth."""
    rate = LEAST_RATE_HZ
    while rate < OVERSAMPLING * bandwidth_hz:
        rate *= 2
    return rate


def song_bandwidth_hz(song_rate_hz: int, machine_bandwidth_hz: float) -> float:
    """What is cut of a song: up to the machine's bandwidth, or as far as the song's own rate carries."""
    return min(machine_bandwidth_hz, song_rate_hz / 2 / 1.15)


def displacement(
    song: NDArray[Any],
    rate_hz: int,
    curve: Curve,
    bandwidth_hz: float,
    progress: Progress = silent,
) -> tuple[NDArray[Any], int]:
    """Displacement of a song at unit level: full scale at 1 kHz is 5 cm/s peak.

    Parameters
    ----------
    song : ndarray, float32, (n,)
    rate_hz : int
    curve : Curve
    bandwidth_hz : float

    Returns
    -------
    displacement_m : ndarray, float32
        With `RING_S` of ringing before the song's first sample and after its last.
    rate_hz : int
        Its rate, `groove_rate_hz`.
    """
    rate_out = groove_rate_hz(bandwidth_hz)
    response = to_displacement(curve, bandwidth_hz)
    return filtered(song, rate_hz, response, rate_out, RING_S, progress, "shaping the sound"), rate_out


def ring_samples(rate_hz: int) -> int:
    """How many samples of ringing `displacement` puts before the song."""
    return int(np.ceil(RING_S * rate_hz))


def engrave(
    side: Side,
    unit_m: NDArray[Any],
    factor: float,
    disc: Disc,
    rpm: Fraction,
    rate_hz: int,
    meta: Mapping[str, str],
) -> Groove:
    """Lay the displacement, times a factor, along the side, its song at the side's music."""
    music = next(b for b in side.bands if b.name == "music")
    lateral = np.zeros(side.bands[-1].last, np.float32)
    begin = music.first - ring_samples(rate_hz)
    a, b = max(begin, 0), min(begin + len(unit_m), len(lateral))
    np.multiply(unit_m[a - begin : b - begin], np.float32(factor), out=lateral[a:b])
    profile = Profile(disc.groove_width_m, disc.bottom_radius_m, disc.angle_rad)
    return Groove(
        spiral=side.spiral,
        depth=constant(disc.depth_m),
        rpm=rpm,
        rate_hz=rate_hz,
        lateral_m=lateral,
        profile=profile,
        bands=side.bands,
        meta=meta,
    )
