"""Tracing compensation: a groove cut so that one stylus, as it rolls along, goes where the sound means it to go.

A tip of radius R that rolls on a wall stands higher than the wall wherever it slopes; cut lower by the same circle
(erosion), the wall carries the tip where it should be. That suits one tip: a larger one still distorts, a smaller one
the other way round. Each edge of the groove moves outwards by up to R·slope²/√8 (1 µm at a slope of 0.4, 18 µm), and
its bottom down by as much: a plan made before must have that to spare.

Where sound curves tighter than the tip (radius of curvature below R on a wall, R/√2 for a lateral cut) no groove leads
it there, and what the tip cannot do is left: 8 kHz at 7 cm/s, 0.21 m/s, 18 µm (just too tight): THD -21 -> -45 dB;
12 kHz at 5 cm/s (8 % too tight): -20 -> -37 dB; fundamentals 1.1 and 1.3 dB weaker without, right with it to 0.1 dB.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..errors import FitError
from ..groove import Groove, Modulation
from ..presets import Stylus
from ..progress import Progress, silent
from ..stylus import ROUNDS, cut_nearer, erode_groove
from ..stylus import compensation_rate_hz as rate_hz_for
from ..threads import over_blocks
from ..units import shown

__all__ = ["compensated", "rate_hz_for"]


def compensated(groove: Groove, stylus: Stylus, progress: Progress = silent, *, lateral_only: bool = False) -> Groove:
    """The groove whose traced walls are the walls of `groove`, for one stylus.

    Parameters
    ----------
    groove : Groove
        As the sound means it, sampled at `rate_hz_for` of its bandwidth or more: 192 kHz for 8 to 12 kHz (at 96 kHz
        8 kHz at 5 cm/s gains 32 dB, at 192 kHz 45). A lateral one gets a vertical.
    stylus : Stylus
        Its `tracing_radius_m` rolls along the walls.
    lateral_only : bool
        For a machine that cannot move up and down: the lateral alone is mended, as far as that goes (18 µm, 0.21 m/s:
        3 kHz at 7 cm/s -36 -> -52 dB; 8 kHz at 2 cm/s -40 -> -65, at 5 cm/s -26 -> -28). A drawing loses what of it
        lies above its bandwidth, and with it the cure for harmonics up there; within 12 kHz a programme's error still
        falls by 14 to 20 dB (78 rpm, 47.5 mm, 10 and 20 cm/s).

    Returns
    -------
    Groove
        Of the same length and rate; `meta["compensated"]` names the stylus. Blocks equal one go, bit for bit.

    Raises
    ------
    FitError
        The groove is compensated already.
    ValueError
        A groove that moves up and down, for a machine that does not.
    """
    earlier = groove.meta.get("compensated")
    if earlier is not None:
        raise FitError(
            f"the groove is already compensated for {shown(earlier)}, and twice would distort it anew; "
            "compensate the groove as it was before that, or leave it as it is"
        )
    lateral, vertical = (
        _mended_sideways(groove, stylus.tracing_radius_m, progress)
        if lateral_only
        else _eroded(groove, stylus.tracing_radius_m, progress)
    )
    meta = {**groove.meta, "compensated": stylus.name}
    return dataclasses.replace(groove, lateral_m=lateral, vertical_m=vertical, meta=meta)


def _eroded(groove: Groove, radius_m: float, progress: Progress) -> tuple[Modulation, Modulation]:
    lateral, vertical = np.empty(len(groove), np.float32), np.empty(len(groove), np.float32)

    def work(first: int, last: int) -> None:
        lateral[first:last], vertical[first:last] = erode_groove(groove, radius_m, first, last)

    over_blocks(work, len(groove), "compensating for the stylus", progress)
    return lateral, vertical


def _mended_sideways(groove: Groove, radius_m: float, progress: Progress) -> tuple[Modulation, None]:
    if groove.vertical_m is not None:
        raise ValueError("a groove that moves up and down cannot be compensated sideways only")
    cut = groove
    for done in range(ROUNDS):

        def tell(step: str, share: float, done: int = done) -> None:
            progress(step, (done + share) / ROUNDS)

        cut = dataclasses.replace(groove, lateral_m=_one_round(groove, cut, radius_m, tell))
    return cut.lateral_m, None


def _one_round(meant: Groove, cut: Groove, radius_m: float, progress: Progress) -> Modulation:
    nearer = np.empty(len(meant), np.float32)

    def work(first: int, last: int) -> None:
        nearer[first:last] = cut_nearer(meant, cut, radius_m, first, last)

    over_blocks(work, len(meant), "compensating for the stylus", progress)
    return nearer
