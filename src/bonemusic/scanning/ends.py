"""Where a path really begins and ends: where there is groove, and not at a blank that it could not cross."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from .rejoin import Look, Places, places_of
from .skips import AGREED, ASKED, PER_TURN
from .walk import Place, Walk, along

GHOSTS = 0.1
"""Who sees no more than so much of a turn follows specks of dust."""
BENT = 1.5
"""Of the groove's width: by so much a line may bend from place to place."""
LEAST_TURNS, LEAST_SEEN = 0.25, 0.6
"""What goes on beyond an end is so long at least, and seen so well."""


def trimmed(path: Walk, inner_px: float, outer_px: float) -> Walk:
    """A path without what lies beyond two radii, or beyond a turn of which nothing is seen but specks."""
    at = places_of(path)
    seen = np.isfinite(at.radius_px)
    if len(seen) <= 2 * PER_TURN:
        return path
    total = np.concatenate([[0], np.cumsum(seen)])
    share = (total[PER_TURN:] - total[:-PER_TURN]) / PER_TURN
    best = int(share.argmax()) + PER_TURN // 2
    below = np.concatenate([np.flatnonzero(share[: max(best - PER_TURN, 0)] < GHOSTS), _beyond(at, inner_px, outer_px)])
    above = np.concatenate([np.flatnonzero(share < GHOSTS) + PER_TURN, _beyond(at, inner_px, outer_px)])
    below, above = below[below < best], above[above > best]
    first, last = int(below.max(initial=0)), int(above.min(initial=len(seen)))
    steady = np.flatnonzero(total[first + ASKED : last + 1] - total[first : last + 1 - ASKED] >= AGREED) + first
    if not len(steady) or (steady[0] == 0 and steady[-1] + ASKED == len(seen)):
        return path
    begin = int(at.sample[steady[0]]) if steady[0] > 0 else 0
    end = int(at.sample[steady[-1] + ASKED]) if steady[-1] + ASKED < len(seen) else len(path.radius_px)
    return cut(path, begin, end)


def _beyond(at: Places, inner_px: float, outer_px: float) -> NDArray[Any]:
    return np.flatnonzero((at.radius_px < inner_px) | (at.radius_px > outer_px))


def cut(path: Walk, begin: int, end: int) -> Walk:
    """Samples `begin` to `end` of a path, from the first to the last that is seen."""
    near = np.flatnonzero(path.strength[begin:end] > 0)
    if not len(near):
        return path
    first, last = begin + int(near[0]), begin + int(near[-1]) + 1
    closed = path.closed and last > len(path.radius_px) - 2 * math.pi / path.step_rad
    return Walk(
        path.start_rad + path.step_rad * first, path.step_rad, path.radius_px[first:last], path.strength[first:last],
        path.noise, closed,
    )  # fmt: skip


def further(look: Look, path: Walk, ahead: bool, limit_px: float) -> Walk | None:
    """A path that goes on beyond an end of it, on the next groove beside its last turn; None: there is none.

    Parameters
    ----------
    ahead : bool
        Whether beyond its end.
    limit_px : float
        The radius beyond which there is no groove.
    """
    at = places_of(path)
    if len(at.sample) <= PER_TURN:
        return None
    turn = 2 * math.pi / path.step_rad
    beside = slice(-PER_TURN, None) if ahead else slice(None, PER_TURN)
    sample = at.sample[beside] + (turn if ahead else -turn)
    known = at.radius_px[beside]
    limit = np.where((known - limit_px) * (known[np.isfinite(known)] - limit_px).mean() > 0, limit_px, np.nan)
    count, place, _ = look.between(path.start_rad + path.step_rad * sample, known, limit, at.strength[beside])
    run = _line(np.where(count > 0, place, np.nan), look.sight.width_px)
    if run is None:
        return None
    middle = sum(run) // 2
    seed = Place(
        float(place[middle]), path.start_rad + path.step_rad * float(sample[middle]),
        float(abs(place[middle] - known[middle])),
    )  # fmt: skip
    turns = abs(seed.radius_px - limit_px) / look.sight.width_px + 2
    try:
        more = along(look.grey, look.geometry, look.sight, look.bright, seed, path.step_rad, look.falling, turns=turns)
    except FormatError:
        return None
    more = _joined_part(path, more, float(sample[run[0] if ahead else run[1]]), ahead)
    if len(more.radius_px) < LEAST_TURNS * turn or (more.strength > 0).mean() < LEAST_SEEN:
        return None
    return _appended(path, more) if ahead else _appended(more, path)


def _line(place: NDArray[Any], width_px: float) -> tuple[int, int] | None:
    """The longest run of places that lie on one line: its first and last; None where all are short."""
    bent = np.abs(np.diff(place, 2)) < BENT * width_px
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bent, [False]]).astype(np.int8))).reshape(-1, 2)
    if not len(edges):
        return None
    first, last = edges[np.diff(edges).ravel().argmax()].tolist()
    return (first, last + 1) if last - first >= ASKED else None


def _joined_part(path: Walk, more: Walk, sample: float, ahead: bool) -> Walk:
    """What of another path lies beyond a sample of this one."""
    at = round((path.start_rad - more.start_rad) / path.step_rad + sample)
    at = min(max(at, 0), len(more.radius_px))
    return _part(more, at, len(more.radius_px)) if ahead else _part(more, 0, at)


def _part(path: Walk, first: int, last: int) -> Walk:
    return dataclasses.replace(
        path, start_rad=path.start_rad + path.step_rad * first, radius_px=path.radius_px[first:last],
        strength=path.strength[first:last],
    )  # fmt: skip


def _appended(path: Walk, more: Walk) -> Walk:
    """Two paths, one after the other, straight between; the second one's samples fall on those of the first."""
    off = (more.start_rad - path.start_rad) / path.step_rad
    first = max(math.ceil(off), len(path.radius_px))
    last = math.floor(off + len(more.radius_px) - 1)
    if last <= first:
        return path
    own = np.arange(len(more.radius_px)) + off
    added = np.interp(np.arange(first, last + 1), own, more.radius_px)
    seen = more.strength[np.clip(np.rint(np.arange(first, last + 1) - off).astype(np.int64), 0, len(own) - 1)]
    gap = first - len(path.radius_px)
    between = np.linspace(path.radius_px[-1], added[0], gap + 2)[1:-1]
    return Walk(
        path.start_rad, path.step_rad, np.concatenate([path.radius_px, between, added]),
        np.concatenate([path.strength, np.zeros(gap, np.float32), seen]), path.noise, more.closed,
    )  # fmt: skip
