"""Clicks that the picture did not show, taken out of the equalised sound; never out of a flat transfer.

What stands out of the music around it for less than a few milliseconds is taken as unknown and filled from both sides,
channel by channel; all else stays to the bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..progress import Progress, silent
from .filling import filled
from .impulses import impulses, united

FLOOR = 2.0**-15
"""No innovation below a dozen of these is a click: a step of 16 bits."""
MARGIN_S = 50e-6
"""What is filled on either side of what was heard."""


def declicked(samples: NDArray[Any], rate_hz: float, progress: Progress = silent) -> tuple[NDArray[Any], int]:
    """The sound without its clicks, and how many there were; those in several channels at once count once.

    Parameters
    ----------
    samples : ndarray, float32, (frames, channels)
        Full scale 1.
    rate_hz : float

    Returns
    -------
    ndarray, float32, (frames, channels)
    int
    """
    out = np.array(samples, np.float32)
    found = []
    for channel in range(out.shape[1]):
        sound = np.ascontiguousarray(out[:, channel])
        runs = _found(sound, rate_hz, progress)
        found.append(runs)
        if len(runs):
            before = sound.copy()
            gone = filled(sound, runs, rate_hz)
            for first, last in runs[gone]:  # nothing is known around it: it stays
                sound[first:last] = before[first:last]
            out[:, channel] = sound
    return out, len(united(np.concatenate(found))) if found else 0


def clicks(samples: NDArray[Any], rate_hz: float, progress: Progress = silent) -> int:
    """How many clicks are heard in (frames, channels); those in several channels at once count once."""
    found = [
        _found(np.ascontiguousarray(samples[:, channel], np.float32), rate_hz, progress)
        for channel in range(samples.shape[1])
    ]
    return len(united(np.concatenate(found))) if found else 0


def _found(sound: NDArray[Any], rate_hz: float, progress: Progress) -> NDArray[Any]:
    margin = np.ceil(MARGIN_S * rate_hz).astype(np.int64) * np.array([-1, 1])
    return united(np.clip(impulses(sound, rate_hz, FLOOR, progress=progress) + margin, 0, len(sound)))
