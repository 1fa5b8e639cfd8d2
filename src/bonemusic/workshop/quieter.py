"""Sound that was played from a scan, the picture's own noise turned down, and its blur undone."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import from_displacement
from ..groove import Groove
from ..presets import Curve
from ..progress import Progress
from ..scanning.grain import Grain
from ..scanning.hiss import FLOOR, reduced

FALL = 1.15
"""What is heard ends so far below half the lower rate, as the preamplifier's does."""


def quieter(
    samples: NDArray[Any],
    rate_hz: int,
    groove: Groove,
    first: int,
    grain: Grain,
    strength: NDArray[Any],
    curve: Curve,
    progress: Progress,
    kept: bool = False,
) -> NDArray[Any]:
    """The sound of a groove from sample `first` on, without the picture's noise, its treble right.

    Parameters
    ----------
    samples : ndarray, float32, (frames, channels)
        As `playing.player.play` gives it, with this curve.
    strength : ndarray, float32, (n,)
        Of the track.
    kept : bool
        Whether the noise stays as it is: treble is put right all the same, and the noise with it.
    """
    replay = partial(_gain, from_displacement(curve, min(groove.rate_hz, rate_hz) / 2 / FALL))
    return reduced(samples, rate_hz, grain, strength, groove.rate_hz, first, replay, 1.0 if kept else FLOOR, progress)


def _gain(response: Any, frequency_hz: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(response(frequency_hz))
