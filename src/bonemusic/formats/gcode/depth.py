"""How deep a tool goes, and in how many passes. A beam goes nowhere, but it too may need several."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...paths.layers import Layer
from ...presets import Machine
from ..base import CutDisc

Z_DIGITS = 3
"""Decimals of heights in mm: finer than any mill's steps."""


def greatest_depth(cut: CutDisc) -> float:
    """How deep the groove is planned at its deepest, metres."""
    return float(cut.groove.depth.value.max())


def passes(depth_m: float, pass_depth_m: float | None) -> int:
    """How often a tool goes over the same line."""
    return max(1, math.ceil(depth_m / pass_depth_m - 1e-9)) if pass_depth_m else 1


def depths(layer: Layer, machine: Machine, groove_depth_m: float) -> list[float]:
    """How deep each pass over a layer's lines goes."""
    depth_m = groove_depth_m if layer.depth_m is None else layer.depth_m
    count = passes(depth_m, machine.pass_depth_m)
    return [depth_m * number / count for number in range(1, count + 1)]


def heights(cut: CutDisc, begin: float, end: float, count: int, share: float) -> NDArray[Any]:
    """Z of points between two turns, in last decimals; all 0 for a beam, which stays in focus."""
    if cut.machine.groove_power is not None:
        return np.zeros(count, np.int32)
    depth = cut.groove.depth.at(np.linspace(begin, end, count))
    return np.asarray(np.rint(depth * (-1e3 * 10**Z_DIGITS * share)), np.int32)
