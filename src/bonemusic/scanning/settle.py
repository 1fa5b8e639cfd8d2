"""The disc's centre and the stretch of the picture, told by the groove itself.

About a point that is off by (a, b) every turn swings by a·cos θ + b·sin θ; in a picture whose pixels are s wider to the
metre across than thought, and as much narrower down, a circle of radius r swings by (s/2)·r·cos 2θ. Music holds nothing
at once or twice a turn. So short runs of turns, each a smooth spiral of its own, are fitted together with both swings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import running
from .track import Geometry

PER_TURN = 64
"""Means of the path that are kept of each turn."""
TURNS = 2.0
"""Turns that share one smooth spiral, straight but for a bend."""
FEW = 4
AGREED = 4.0
"""Of so few groups all count; of more, those not further from most than so many times the usual."""
ROUNDS = 4


@dataclass(frozen=True)
class Means:
    """A path in short means; groups of turns lie apart.

    Attributes
    ----------
    x_px, y_px : ndarray, float64, (n,)
        In the picture.
    turns : ndarray, float64, (n,)
        Since the group's beginning.
    group : ndarray, int, (n,)
        Rising.
    """

    x_px: NDArray[Any]
    y_px: NDArray[Any]
    turns: NDArray[Any]
    group: NDArray[Any]


def means(geometry: Geometry, start_rad: float, step_rad: float, radius_m: NDArray[Any], seen: NDArray[Any]) -> Means:
    """A path's means, each from where at least half was seen.

    Parameters
    ----------
    radius_m : ndarray, float64, (n,)
    seen : ndarray, bool, (n,)
    """
    length = max(1, round(2 * math.pi / PER_TURN / abs(step_rad)))
    there, radius, place = running.stretches(radius_m, seen, length)
    enough = there > length // 2
    mean = radius[enough] / there[enough]
    # what was seen of a mean may lie to one side of its middle
    places = place[enough] / there[enough] + np.flatnonzero(enough) * length
    x, y = geometry.pixels(mean, start_rad + step_rad * places)
    turns = places * abs(step_rad) / (2 * math.pi)
    return Means(x, y, turns % TURNS, (turns // TURNS).astype(int))


def settled(path: Means, geometry: Geometry) -> Geometry:
    """The geometry about which the path is smoothest."""
    dots = geometry.dots_per_m
    keep = np.ones(len(path.x_px), bool)
    for _ in range(ROUNDS):
        radius, angle = geometry.polar(path.x_px, path.y_px)
        twice = radius / 2
        swings = np.stack([np.cos(angle), np.sin(angle), twice * np.cos(2 * angle), twice * np.sin(2 * angle)])
        left = _less_spirals(np.concatenate([radius[None], swings]), path, keep)
        used = keep & _agreed(left, path.group)
        found = _fitted(left[:, used])
        error = left[0] - found @ left[1:]
        keep = np.abs(error) < 6 * float(np.median(np.abs(error[used]))) + 1e-9
        across, down = geometry.across_per_m * (1 + found[2] / 2), geometry.down_per_m * (1 - found[2] / 2)
        mean = dots / ((across + down) / 2)
        geometry = Geometry(
            geometry.x_px + float(found[0]) * geometry.across_per_m,
            geometry.y_px - float(found[1]) * geometry.down_per_m,
            float(across * mean),
            float(down * mean),
        )
    return geometry


def _fitted(left: NDArray[Any]) -> NDArray[Any]:
    """Least squares of the first row by the others."""
    normal = left[1:] @ left[1:].T
    normal += 1e-9 * np.trace(normal) * np.diag([1.0, 1.0, 1e-2, 1e-2])
    return np.asarray(np.linalg.lstsq(normal, left[1:] @ left[0], rcond=None)[0])


def _agreed(left: NDArray[Any], group: NDArray[Any]) -> NDArray[Any]:
    """Which means belong to groups that, each by itself, swing as most do: not lead-in and lead-out, which bend."""
    groups = np.unique(group[(left[1] != 0) | (left[2] != 0)])
    if len(groups) < FEW:
        return np.ones(len(group), bool)
    own = np.array([_fitted(left[:, group == each])[:2] for each in groups.tolist()])
    away = np.hypot(*(own - np.median(own, axis=0)).T)
    return np.isin(group, groups[away <= AGREED * np.median(away) + 1e-8])


def _less_spirals(columns: NDArray[Any], path: Means, keep: NDArray[Any]) -> NDArray[Any]:
    """Take each group's own spiral (constant, slope, bend) out of all columns, (m, n)."""
    out = np.array(columns)
    edges = np.flatnonzero(np.diff(path.group, prepend=-1, append=path.group.max(initial=0) + 1))
    for first, last in pairwise(edges.tolist()):
        part = slice(first, last)
        t = path.turns[part] / TURNS - 0.5
        spiral = np.stack([np.ones(len(t)), t, t * t]) * keep[part]
        if keep[part].sum() < PER_TURN:  # less than a turn tells no spiral from a swing
            out[:, part] = 0.0
            continue
        whole = np.stack([np.ones(len(t)), t, t * t])
        fit = np.linalg.lstsq(spiral.T, (columns[:, part] * keep[part]).T, rcond=None)[0]
        out[:, part] = columns[:, part] - fit.T @ whole
    return out
