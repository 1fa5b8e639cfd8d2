"""A groove on a turntable: everything between the stylus and the socket, in the order in which sound meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ..groove import Groove
from ..presets import Curve, Stylus, Turntable
from ..progress import Progress, silent
from .noise import add_noise
from .pickup import picked_up
from .platter import warped
from .preamplifier import amplified


@dataclass(frozen=True)
class Played:
    """Sound as it comes off a disc, and what happened on the way.

    Attributes
    ----------
    samples : ndarray, float32, (frames, channels)
        1 is 5 cm/s peak of lateral velocity at 1 kHz; nothing is normalised or clipped. Read-only.
    rate_hz : int
    clicks : int
        How many clicks the record made.
    wow_percent : float
        Greatest deviation of the speed from its mean.
    """

    samples: NDArray[Any]
    rate_hz: int
    clicks: int
    wow_percent: float

    def __post_init__(self) -> None:
        view = self.samples.view()
        view.flags.writeable = False
        object.__setattr__(self, "samples", view)


def play(
    groove: Groove,
    turntable: Turntable,
    stylus: Stylus | None,
    curve: Curve,
    *,
    rate_hz: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Played:
    """Play a groove.

    Parameters
    ----------
    groove : Groove
        Played at its own speed, but for the turntable's faults.
    turntable : Turntable
        One without faults adds nothing: what comes out is displacement -> velocity -> replay curve.
    stylus : Stylus or None
        None is a tip of radius 0, which reads the groove exactly.
    curve : Curve
        The recording curve to undo.
    rate_hz : int, optional
        Rate of the sound; the groove's if not given.
    seed : int
        0 or more; the same seed makes the same noise and clicks.

    Returns
    -------
    Played
        Its first frame is the groove's sample 0; it lasts as long as the platter takes to turn the groove through.
    """
    rate_out = rate_hz or groove.rate_hz
    displacement, wow = warped(picked_up(groove, stylus, progress), groove, turntable, progress)
    samples = amplified(displacement, groove.rate_hz, curve, turntable, rate_out, progress)
    clicks = add_noise(samples, rate_out, turntable, seed, progress)
    return Played(samples, rate_out, clicks, 100 * wow)
