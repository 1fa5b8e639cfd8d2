"""The cartridge, which reads velocity, and the preamplifier's replay curve: displacement to sound in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import from_displacement
from ..presets import Curve, Turntable
from ..progress import Progress, silent
from ..spectral import filtered

Array = NDArray[Any]

_FALL = 1.15
"""`from_displacement`'s high-cut is complete 15 % above where it begins; there the lower rate's band must end."""


def amplified(
    displacement_m: tuple[Array, ...],
    rate_hz: int,
    curve: Curve,
    turntable: Turntable,
    rate_out_hz: int | None = None,
    progress: Progress = silent,
) -> Array:
    """Displacement to sound: velocity, replay curve, the player's low- and high-cut, and channels.

    Parameters
    ----------
    displacement_m : tuple of ndarray, float32, (n,)
        What the tip is given: lateral and vertical, or lateral alone, which gives mono.
    rate_hz, rate_out_hz : int
        Rate of the displacement, and of the sound if it is to be another.

    Returns
    -------
    ndarray, float32, (frames, 1) or (frames, 2)
        1 is 5 cm/s peak of lateral velocity at 1 kHz. In stereo left = lateral + vertical, right = lateral - vertical
        (displacements along the walls' normals, times √2): 1 in both is 5 cm/s lateral, 3.54 cm/s in each channel.
    """
    rate_out = rate_out_hz or rate_hz
    bandwidth_hz = min(rate_hz, rate_out) / 2 / _FALL
    if turntable.high_cut_hz is not None:
        bandwidth_hz = min(bandwidth_hz, turntable.high_cut_hz)
    if turntable.low_cut_hz:
        response = from_displacement(curve, bandwidth_hz, turntable.low_cut_hz)
    else:
        response = from_displacement(curve, bandwidth_hz)

    def sound(displacement: Array) -> Array:
        return filtered(displacement, rate_hz, response, rate_out, progress=progress, step="amplifying")

    across = sound(displacement_m[0])
    if len(displacement_m) == 1:
        return across[:, None]
    up = sound(displacement_m[1])
    out = np.empty((len(across), 2), np.float32)
    np.add(across, up, out=out[:, 0])
    np.subtract(across, up, out=out[:, 1])
    return out
