"""The limiter's five stages: what each heeds, what it turns down, and how far it looks ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .split import SPARE, TOLERANCE, bass_need, sibilant_need, treble_need

BASS_HZ = 300.0
TREBLE_HZ = 2000.0
"""Corners measured: of 2 to 5 kHz the lowest touched least and changed least of noise, speech, sweeps and music alike;
150 to 600 Hz are within 0.4 dB of each other."""


@dataclass(frozen=True)
class Sound:
    """What is worked on, float32, (n,); an empty vertical is none."""

    lateral: NDArray[Any]
    vertical: NDArray[Any]
    rate_hz: int


@dataclass(frozen=True)
class Asked:
    """What is asked and allowed in the moments between two samples.

    Attributes
    ----------
    first, last : int
        The samples; the first is a moment's first.
    hot : ndarray, bool, (k,)
        Moments where a limit that the stage heeds is passed.
    measured, allowed : ndarray, (6, k) and (7, k)
        In the order of `Moments`; last what is allowed of the treble alone.
    need : ndarray, float32, (k,)
        The gain each moment needs: lowered here.
    """

    first: int
    last: int
    hot: NDArray[Any]
    measured: NDArray[Any]
    allowed: NDArray[Any]
    need: NDArray[Any]


@dataclass(frozen=True)
class Kind:
    """A stage.

    Attributes
    ----------
    heeds : tuple of int
        Rows of `Moments` whose limits it keeps; `TREBLE` for the treble's own.
    lateral : bool
        Whether it turns the lateral down too, or the vertical alone.
    look_ahead_s : float
        Assumed: half the longest wave that must be held still for a gain not to follow it: 33 Hz for bass and
        vertical, 100 Hz for the whole, 250 Hz for treble.
    ask : callable
        Lowers the need.
    corner_hz : float or None
        Between the band that is turned down and the other; None turns all down.
    upper : bool
        Whether it is the upper band.
    """

    name: str
    heeds: tuple[int, ...]
    lateral: bool
    look_ahead_s: float
    ask: Callable[[Kind, Sound, Asked, NDArray[Any]], None]
    corner_hz: float | None = None
    upper: bool = False


def exceeded(measured: NDArray[Any], allowed: NDArray[Any]) -> NDArray[Any]:
    """Where more is asked than allowed, beyond what float32 rounds."""
    return np.asarray(measured > allowed * (1 + TOLERANCE))


def _whole(kind: Kind, sound: Sound, asked: Asked, taps: NDArray[Any]) -> None:
    for row in kind.heeds:
        at = exceeded(asked.measured[row], asked.allowed[row])
        enough = (1 - SPARE) * asked.allowed[row][at] / asked.measured[row][at]
        asked.need[at] = np.minimum(asked.need[at], enough)


def _bass(kind: Kind, sound: Sound, asked: Asked, taps: NDArray[Any]) -> None:
    bass_need(sound.lateral, sound.vertical, asked.first, asked.last, taps, asked.hot, asked.allowed, asked.need)


def _treble(kind: Kind, sound: Sound, asked: Asked, taps: NDArray[Any]) -> None:
    y, z, rate = sound.lateral, sound.vertical, sound.rate_hz
    treble_need(y, z, asked.first, asked.last, rate, taps, asked.hot, asked.allowed, asked.need)


def _sibilance(kind: Kind, sound: Sound, asked: Asked, taps: NDArray[Any]) -> None:
    y, z, rate = sound.lateral, sound.vertical, sound.rate_hz
    sibilant_need(y, z, asked.first, asked.last, rate, taps, asked.hot, asked.allowed[TREBLE], asked.need)


TREBLE = 6
KINDS = (
    Kind("vertical", (4, 5), False, 0.015, _whole),
    Kind("de-esser", (TREBLE,), True, 0.002, _sibilance, TREBLE_HZ, upper=True),
    Kind("bass", (0,), True, 0.015, _bass, BASS_HZ),
    Kind("treble", (1, 2, 3), True, 0.002, _treble, TREBLE_HZ, upper=True),
    Kind("level", (0, 1, 2, 3, 4, 5), True, 0.005, _whole),
)
