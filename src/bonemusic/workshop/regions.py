"""Some turns of a side, heard one stretch after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..groove import Groove, Knots

FADE_S = 5e-3
PAUSE_S = 0.25


def firsts(groove: Groove, regions: tuple[tuple[float, float], ...]) -> tuple[int, ...]:
    """The first sample of each stretch."""
    return tuple(round(first / groove.turns_per_sample) for first, _ in regions) or (0,)


def cut_out(groove: Groove, regions: tuple[tuple[float, float], ...]) -> tuple[Groove, ...]:
    """The stretches between these turns, each as a groove of its own; the whole groove where there are none.

    Raises
    ------
    FormatError
        A region lies beyond the groove's end.
    """
    if not regions:
        return (groove,)
    turns = (len(groove) - 1) * groove.turns_per_sample
    parts = []
    for (first, last), begin in zip(regions, firsts(groove, regions), strict=True):
        if first >= turns:
            raise FormatError(f"there is no turn {first:g} to hear; the side has {turns:.1f}: choose others")
        part = slice(begin, round(last / groove.turns_per_sample) + 1)
        moved = Knots(groove.spiral.turns - part.start * groove.turns_per_sample, groove.spiral.value,
                      groove.spiral.slope)  # fmt: skip
        deep = Knots(groove.depth.turns - part.start * groove.turns_per_sample, groove.depth.value, groove.depth.slope)
        parts.append(
            dataclasses.replace(
                groove,
                spiral=moved,
                depth=deep,
                lateral_m=groove.lateral_m[part],
                vertical_m=None if groove.vertical_m is None else groove.vertical_m[part],
                confidence=None if groove.confidence is None else groove.confidence[part],
                bands=(),
            )
        )
    return tuple(parts)


def silences(groove: Groove, regions: tuple[tuple[float, float], ...], missing: NDArray[Any]) -> NDArray[Any]:
    """Where nothing is heard, (k, 2) in seconds: what is `missing` of the groove's samples, and the pauses."""
    runs = np.asarray(missing, np.float64).reshape(-1, 2)
    heard: list[NDArray[Any]] = []
    begin_s = 0.0
    for part, first in zip(cut_out(groove, regions), firsts(groove, regions), strict=True):
        inside = np.clip(runs - first, 0, len(part))
        end_s = begin_s + len(part) / groove.rate_hz
        heard += [begin_s + inside[inside[:, 1] > inside[:, 0]] / groove.rate_hz, np.array([[end_s, end_s + PAUSE_S]])]
        begin_s = end_s + PAUSE_S
    return np.concatenate(heard[:-1])


def one_after_another(heard: Sequence[NDArray[Any]], rate_hz: int) -> NDArray[Any]:
    """The sounds, each (frames, channels), with a quarter of a second between; one alone is left as it is."""
    if len(heard) == 1:
        return heard[0]
    joined: list[NDArray[Any]] = []
    for samples in heard:
        count = min(round(FADE_S * rate_hz), len(samples) // 2)
        fade = np.ones((len(samples), 1), np.float32)
        fade[:count, 0] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1))
        fade[len(fade) - count :] = fade[:count][::-1]
        joined += [samples * fade, np.zeros((round(PAUSE_S * rate_hz), samples.shape[1]), np.float32)]
    return np.concatenate(joined[:-1])
