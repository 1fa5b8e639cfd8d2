"""Groove × stylus -> the displacement that a tip is given: a ball rolling on both walls, block by block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Groove
from ..presets import Stylus
from ..progress import Progress, silent
from ..stylus import trace_groove
from ..threads import THREADS, over_blocks

Array = NDArray[Any]


def picked_up(
    groove: Groove, stylus: Stylus | None, progress: Progress = silent, threads: int = THREADS
) -> tuple[Array, ...]:
    """Where the tip goes while it plays a groove.

    Parameters
    ----------
    groove : Groove
    stylus : Stylus or None
        Its `tracing_radius_m` rolls along the walls; None, or a radius of 0, gives the groove's own bits.
    threads : int
        How many blocks are worked on at a time; the result is the same.

    Returns
    -------
    (lateral, vertical), or (lateral,) where the cut is lateral : tuple of ndarray, float32, (n,)
        Metres.
    """
    if stylus is None or stylus.tracing_radius_m == 0:
        return (groove.lateral_m,) if groove.vertical_m is None else (groove.lateral_m, groove.vertical_m)
    radius_m = stylus.tracing_radius_m
    out = tuple(np.empty(len(groove), np.float32) for _ in range(1 if groove.vertical_m is None else 2))

    def work(first: int, last: int) -> None:
        for whole, part in zip(out, trace_groove(groove, radius_m, first, last), strict=False):
            whole[first:last] = part

    over_blocks(work, len(groove), "tracing the groove", progress, threads)
    return out
