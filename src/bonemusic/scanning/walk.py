"""A side followed whole: from one place on its groove both ways, each in its own thread, to where the groove ends."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..jit import kernel
from ..progress import Progress, silent
from ..threads import over_blocks
from .across import frame_of, read, towards, weigh
from .follow import CLOSED, SECTORS, follow, start
from .sight import STRENGTH, Sight
from .track import Geometry

STRETCH = 1 << 19
"""Samples that are followed before anybody is asked whether to go on."""
MOST_SAMPLES = 400_000_000
PROBED = 64
SURE, WINDOW = 0.6, 1024
"""A groove begins and ends where so much of so many samples is seen."""


@dataclass(frozen=True)
class Place:
    """Where a groove's middle is: radius (px of the mean scale) and angle; and how far the next turn is."""

    radius_px: float
    angle_rad: float
    spacing_px: float


@dataclass(frozen=True)
class Walk:
    """A path that was followed.

    Attributes
    ----------
    start_rad : float
        Angle of sample 0.
    step_rad : float
    radius_px : ndarray, float64, (n,)
    strength : ndarray, float32, (n,)
        0 where nothing was seen.
    noise : float
        Of the pixels, rms.
    closed : bool
        Whether it ends in a groove that runs in itself.
    """

    start_rad: float
    step_rad: float
    radius_px: NDArray[Any]
    strength: NDArray[Any]
    noise: float
    closed: bool


def along(
    grey: NDArray[Any],
    geometry: Geometry,
    sight: Sight,
    bright: bool,
    place: Place,
    step_rad: float,
    falling: bool,
    turns: float = math.inf,
    expected_turns: float = math.inf,
    progress: Progress = silent,
) -> Walk:
    """Follow the groove from a place on it, both ways.

    Parameters
    ----------
    place : Place
    step_rad : float
        From sample to sample, counter-clockwise as seen.
    falling : bool
        Whether the radius falls counter-clockwise, as it should.
    turns : float
        So far at most, either way.
    expected_turns : float
        So far in all, for the progress' sake.

    Raises
    ------
    FormatError
        Nothing can be followed from there.
    """
    sign = 1.0 if bright else -1.0
    frame = frame_of(geometry)
    strength, noise = _probed(grey, frame, sight, sign, place, step_rad)
    reach = max(place.radius_px, math.hypot(*grey.shape) - place.radius_px)
    most = min(turns, 1.5 * reach / sight.width_px) * 2 * math.pi / step_rad
    count = int(min(most, MOST_SAMPLES))
    stop = Event()
    walked = [0, 0]
    expected = min(expected_turns, 2 * turns) * 2 * math.pi / step_rad

    def one_way(step: float, inwards: float) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        state = start(place.radius_px, noise, place.spacing_px)
        radius, seen, sectors = np.empty(count), np.zeros(count, np.float32), np.full(SECTORS, strength)
        done = 0
        while done < count and not stop.is_set():
            last = min(done + STRETCH, count)
            reached = follow(
                grey, frame, sight.rows, sight.mix, sight.noise_gain, sight.tilt, sight.width_px, sign,
                place.angle_rad, step, inwards, done, last, state, sectors, radius, seen,
            )  # fmt: skip
            done = walked[step < 0] = reached
            if reached < last:
                break
        return radius[:done], seen[:done], state

    inwards = 1.0 if falling else -1.0
    with ThreadPoolExecutor(2) as pool:
        ways = [pool.submit(one_way, step_rad, inwards), pool.submit(one_way, -step_rad, -inwards)]
        try:
            while wait(ways, timeout=0.2).not_done:
                progress("following the groove", min(1.0, sum(walked) / expected))
        except BaseException:
            stop.set()
            raise
    (ahead, ahead_seen, state), (back, back_seen, _) = (way.result() for way in ways)
    radius = np.concatenate([back[:0:-1], ahead])
    seen = np.concatenate([back_seen[:0:-1], ahead_seen])
    first, last = _ends(seen)
    begin = place.angle_rad - step_rad * (len(back) - 1 - first)
    return Walk(
        begin, step_rad, radius[first:last], seen[first:last], noise, bool(state[CLOSED] * step_rad >= 2 * math.pi)
    )


def moved(path: Walk, old: Geometry, new: Geometry, finer: int = 1) -> Walk:
    """The same path as seen from another centre, at even steps about that; so many to each of its own.

    Where it coasted it runs straight from where the groove was seen last to where it was seen again.
    """
    count = len(path.radius_px)
    radius, turned = np.empty(count), np.empty(count)
    was, now = frame_of(old), frame_of(new)
    over_blocks(
        lambda first, last: _seen_from(
            path.radius_px, path.start_rad, path.step_rad, was, now, first, last, radius, turned
        ),
        count, "settling the centre", silent,
    )  # fmt: skip
    first, last = math.ceil(turned[0]), math.floor(turned[-1])
    count = (last - first) * finer + 1
    evenly, strength = np.empty(count), np.empty(count, np.float32)
    over_blocks(
        lambda begin, end: _at_even_steps(radius, turned, path.strength, first, finer, begin, end, evenly, strength),
        count, "settling the centre", silent,
    )  # fmt: skip
    _bridge(evenly, strength)
    begin_rad = path.start_rad + path.step_rad * first
    return Walk(begin_rad, path.step_rad / finer, evenly, strength, path.noise, path.closed)


@kernel
def _seen_from(
    path: NDArray[Any],
    start_rad: float,
    step_rad: float,
    old: NDArray[Any],
    new: NDArray[Any],
    first: int,
    last: int,
    radius: NDArray[Any],
    turned: NDArray[Any],
) -> None:
    """Where samples `first` to `last` of a path lie in another frame: radius (px), and angle in steps from sample 0."""
    for k in range(first, last):
        angle = start_rad + k * step_rad
        cos, sin = math.cos(angle), math.sin(angle)
        along = path[k]
        x = (old[0] + old[2] * along * cos - new[0]) / new[2]
        y = (new[1] - old[1] + old[3] * along * sin) / new[3]
        radius[k] = math.hypot(x, y)
        turned[k] = k + math.atan2(y * cos - x * sin, x * cos + y * sin) / step_rad


@kernel
def _at_even_steps(
    radius: NDArray[Any],
    turned: NDArray[Any],
    strength: NDArray[Any],
    first: int,
    finer: int,
    begin: int,
    end: int,
    evenly: NDArray[Any],
    nearest: NDArray[Any],
) -> None:
    """Radii at even steps from `first`, `finer` to the sample, on cubics (Catmull and Rom, 1974) through samples that
    lie where they have `turned` to; and the strength of the nearest. Fills places `begin` to `end`."""
    most = len(turned) - 1
    k = min(max(int(np.searchsorted(turned, first + begin / finer, side="right")) - 1, 0), most)
    for at in range(begin, end):
        wanted = first + at / finer
        while k + 1 < most and turned[k + 1] <= wanted:
            k += 1
        beside = min(k + 1, most)
        apart = turned[beside] - turned[k]
        part = min(max((wanted - turned[k]) / apart, 0.0), 1.0) if apart > 0.0 else 0.0
        one, two = radius[k], radius[beside]
        zero, three = radius[max(k - 1, 0)], radius[min(k + 2, most)]
        bend = 2.0 * zero - 5.0 * one + 4.0 * two - three + part * (3.0 * (one - two) + three - zero)
        evenly[at] = one + 0.5 * part * (two - zero + part * bend)
        nearest[at] = strength[beside] if part > 0.5 else strength[k]


@kernel
def _bridge(radius_px: NDArray[Any], strength: NDArray[Any]) -> None:
    """Straight lines across what was not seen, in place."""
    last = -1
    for k in range(len(radius_px)):
        if strength[k] > 0.0:
            if last >= 0:
                for i in range(last + 1, k):
                    radius_px[i] = radius_px[last] + (radius_px[k] - radius_px[last]) * ((i - last) / (k - last))
            last = k


def _probed(
    grey: NDArray[Any], frame: NDArray[Any], sight: Sight, sign: float, place: Place, step_rad: float
) -> tuple[float, float]:
    """The groove's strength and the pixels' noise at a place: medians of some profiles along it."""
    profile, told = np.empty(2 * sight.reach_px + 1), np.empty(5)
    found = []
    for k in range(-PROBED, PROBED + 1):
        across, down = towards(frame, place.angle_rad + k * step_rad)
        if read(grey, frame, across, down, place.radius_px, sight.reach_px, profile):
            weigh(profile, sight.rows, sight.mix, told)
            found.append((sign * told[STRENGTH], told[4]))
    strength, noise = np.median(np.array(found or [(0.0, 0.0)]), axis=0).tolist()
    noise = max(noise, 0.3)  # rounding alone makes that much
    if strength < 2 * noise * sight.noise_gain:
        raise FormatError(
            "the groove is too faint, or too few dots wide, to be followed; scan it finer, or with more contrast"
        )
    return strength, noise


def _ends(seen: NDArray[Any]) -> tuple[int, int]:
    """The first sample of the groove and one past its last."""
    whole = len(seen) // WINDOW
    sure = np.flatnonzero((seen[: whole * WINDOW].reshape(whole, WINDOW) > 0).mean(1) > SURE)
    if not len(sure):
        raise FormatError("no groove can be followed in the picture; scan it finer or with more contrast")
    first, last = int(sure[0]) * WINDOW, (int(sure[-1]) + 1) * WINDOW
    # the windows' own ends: up to the first and last sample that is seen
    before, after = max(0, first - WINDOW), min(len(seen), last + WINDOW)
    near = np.flatnonzero(seen[before:after] > 0)
    return before + int(near[0]), before + int(near[-1]) + 1
