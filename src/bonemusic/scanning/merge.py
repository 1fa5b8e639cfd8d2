"""Several scans of one side as one track: turned against each other, laid over each other, the clearer counting more.

A flatbed's lamp lights only the walls that face it, so on rotated copies other parts of each turn are clear. Each scan
is followed by itself; the music on the groove tells how they are turned against each other, to a part of a sample.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..groove import Knots
from ..jit import kernel
from .track import Track

WINDOW = 1 << 17
WINDOWS = 12
SLACK_TURNS = 1.6
"""How far off the spirals alone may be: lead-in is told from music badly where a third of it is unlit."""
LEAST_PEAK = 8.0
"""The best place's correlation against the usual one: what is not the same side has none."""
MOVING_HZ_TURNS = 40.0
"""Music is what moves more often than this a turn; what is slower is the spiral, or the centre."""
SURE = 0.5
EVERY = 64


def merged(tracks: list[Track], spirals: list[Knots]) -> Track:
    """One track of several, in the first one's picture and samples.

    Parameters
    ----------
    tracks : list of Track
        Of one number of steps to the turn.
    spirals : list of Knots
        Their smooth spirals.

    Raises
    ------
    FormatError
        Two of them are not of one side.
    """
    first = tracks[0]
    weight = _weight(first)
    total = weight * first.radius_m
    wide = weight * _width(first)
    strength, sure = first.strength.copy(), first.confidence.copy()
    for number, (track, spiral) in enumerate(zip(tracks[1:], spirals[1:], strict=True), 2):
        shift = turned(first, spirals[0], track, spiral)
        if shift is None:
            raise FormatError(f"scan {number} does not fit the first one: is it the same side? give its scans only")
        other = _moved(track, shift, len(first.radius_m))
        more = _weight(other)
        total += more * (other.radius_m + _apart(first, other))
        weight = weight + more
        wide += more * _width(other)
        strength = np.hypot(strength, other.strength * np.float32(first.noise / other.noise))
        sure = np.maximum(sure, other.confidence)
    radius = np.where(weight > 0, total / np.maximum(weight, 1e-30), first.radius_m)
    light = (strength * wide / np.maximum(weight, 1e-30)).astype(np.float32)
    return Track(first.geometry, first.start_rad, first.steps_per_turn, radius, strength, sure, light, first.noise)


def turned(a: Track, a_spiral: Knots, b: Track, b_spiral: Knots) -> float | None:
    """By how many samples `b` begins later than `a`; None where they are not of one side."""
    whole = _by_spirals(a, a_spiral, b, b_spiral)
    slack = int(SLACK_TURNS * a.steps_per_turn)
    window = int(min(WINDOW, len(b.radius_m) // 2))
    size = 1 << math.ceil(math.log2(2 * window + 2 * slack))
    score = np.zeros(2 * slack + 1)
    for at in np.linspace(0, len(b.radius_m) - window, WINDOWS).astype(int).tolist():
        mine = _music(b, b_spiral, at, window)
        other = _music(a, a_spiral, at + whole - slack, window + 2 * slack)
        both = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(mine, size)), size)[: len(score)]
        score += both / (np.linalg.norm(mine) * np.linalg.norm(other) + 1e-30)
    best = int(np.argmax(score))
    if not 0 < best < len(score) - 1 or score[best] < LEAST_PEAK * float(np.median(np.abs(score))) + 1e-9:
        return None
    left, top, right = score[best - 1 : best + 2]
    return float(whole + best - slack + 0.5 * (left - right) / (left - 2 * top + right))


def _by_spirals(a: Track, a_spiral: Knots, b: Track, b_spiral: Knots) -> int:
    """The same, roughly: by where the unmodulated radii are equal."""
    turns = len(b.radius_m) / b.steps_per_turn
    places = np.linspace(0.1 * turns, 0.9 * turns, 200)
    along = np.linspace(0, len(a.radius_m) / a.steps_per_turn, 20_000)
    radius = a_spiral.at(along)
    order = np.argsort(radius)
    there = np.interp(b_spiral.at(places), radius[order], along[order])
    return round(float(np.median(there - places)) * a.steps_per_turn)


def _music(track: Track, spiral: Knots, first: int, count: int) -> NDArray[Any]:
    """What moves the groove, where it was seen; 0 elsewhere and beyond the ends."""
    out = np.zeros(count)
    low, high = max(first, 0), min(first + count, len(track.radius_m))
    if high <= low:
        return out
    moved = track.radius_m[low:high] - spiral.at(np.arange(low, high) / track.steps_per_turn)
    length = max(1, round(track.steps_per_turn / MOVING_HZ_TURNS))
    there = (track.confidence[low:high] > SURE).astype(float)
    ones = np.ones(length)
    mean = np.convolve(moved * there, ones, "same") / np.maximum(np.convolve(there, ones, "same"), 1)
    out[low - first : high - first] = (moved - mean) * there
    return out


def _weight(track: Track) -> NDArray[Any]:
    """What each sample counts for: the square of its contrast, if it was seen."""
    clear = np.asarray(track.strength, np.float64) / track.noise
    return np.asarray(np.where(track.confidence > 0, track.confidence * clear * clear, 0.0))


def _width(track: Track) -> NDArray[Any]:
    """Its light over its strength, px."""
    return np.asarray(track.light / np.maximum(track.strength, np.float32(1e-3)))


def _moved(track: Track, shift: float, count: int) -> Track:
    """A track at another one's samples; nothing was seen beyond its ends."""
    radius = np.zeros(count)
    _read_at(track.radius_m, shift, radius)
    whole = np.arange(count) - round(shift)
    inside = (whole >= 2) & (whole < len(track.radius_m) - 2)
    at = np.where(inside, whole, 0)
    strength, sure, light = (
        np.asarray(np.where(inside, values[at], 0), np.float32)
        for values in (track.strength, track.confidence, track.light)
    )
    start = track.start_rad - 2 * np.pi * shift / track.steps_per_turn
    return Track(track.geometry, start, track.steps_per_turn, radius, strength, sure, light, track.noise)


@kernel
def _read_at(values: NDArray[Any], shift: float, out: NDArray[Any]) -> None:
    """Values at k - shift, by the cubic through the four around (Lagrange); 0 beyond the ends."""
    for k in range(len(out)):
        place = k - shift
        low = math.floor(place)
        if low < 1 or low + 2 >= len(values):
            continue
        t = place - low
        a, b, c, d = values[low - 1], values[low], values[low + 1], values[low + 2]
        out[k] = (
            -t * (t - 1.0) * (t - 2.0) / 6.0 * a
            + (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0 * b
            - (t + 1.0) * t * (t - 2.0) / 2.0 * c
            + (t + 1.0) * t * (t - 1.0) / 6.0 * d
        )


def _apart(first: Track, other: Track) -> NDArray[Any]:
    """What must be added to the other's radius: by a scale, a centre and a stretch that are a little different."""
    part = np.arange(0, len(other.radius_m), EVERY)
    both = part[(first.confidence[part] > SURE) & (other.confidence[part] > SURE)]
    if len(both) < 1000:
        return np.zeros(len(other.radius_m))

    def columns(at: NDArray[Any]) -> NDArray[Any]:
        angle = first.start_rad + 2 * np.pi * at / first.steps_per_turn
        radius = first.radius_m[at]
        return np.stack(
            [
                np.ones(len(at)),
                radius,
                np.cos(angle),
                np.sin(angle),
                radius * np.cos(2 * angle),
                radius * np.sin(2 * angle),
            ]
        )

    matrix, wanted = columns(both), first.radius_m[both] - other.radius_m[both]
    keep = np.ones(len(both), bool)
    for _ in range(3):
        fit = np.linalg.lstsq(matrix[:, keep].T, wanted[keep], rcond=None)[0]
        rest = np.abs(wanted - fit @ matrix)
        keep = rest <= 5 * np.median(rest)
    out = np.empty(len(other.radius_m))
    for low in range(0, len(other.radius_m), 1 << 18):
        at = np.arange(low, min(low + (1 << 18), len(other.radius_m)))
        out[at] = fit @ columns(at)
    return out
