"""The one object in the middle: a spiral, what moves it, and what it is shaped like.

Sample k lies at time k/rate and at angle 2π·rpm/60·k/rate, exactly: nothing per turn is rounded to whole samples.
Positive lateral is away from the spindle, positive vertical is up. Seen from above, y up, the groove runs
counter-clockwise and inwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[Any]
Modulation = NDArray[Any]
BLOCK = 1 << 16


@dataclass(frozen=True)
class Knots:
    """A smooth function of turns: values and slopes at a few knots, cubic Hermite between them, C¹ everywhere.

    A kink in the radius is a step in the pitch, and is heard; hence slopes, not only values, are kept.

    Attributes
    ----------
    turns : ndarray, float64, (knots,)
        Where the knots lie, increasing, in turns since sample 0.
    value : ndarray, float64, (knots,)
        The function there, in metres.
    slope : ndarray, float64, (knots,)
        Its derivative there, in metres per turn.
    """

    turns: Floats
    value: Floats
    slope: Floats

    def __post_init__(self) -> None:
        for name in ("turns", "value", "slope"):
            array = np.ascontiguousarray(getattr(self, name), np.float64).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.turns.ndim != 1 or not self.turns.shape == self.value.shape == self.slope.shape or not len(self.turns):
            raise ValueError("knots need turns, values and slopes of one length, at least one of each")
        if not (np.diff(self.turns) > 0).all():
            raise ValueError("the turns of knots must increase")

    def at(self, turns: Floats) -> Floats:
        """The function at `turns` (any shape); beyond the ends it goes on straight."""
        if len(self.turns) == 1:
            straight: Floats = self.value[0] + self.slope[0] * (np.asarray(turns) - self.turns[0])
            return straight
        t = np.asarray(turns, np.float64)
        smooth: Floats = _hermite(self.turns, self.value, self.slope, np.ascontiguousarray(t).reshape(-1))
        return smooth.reshape(t.shape)

    def slope_at(self, turns: Floats) -> Floats:
        """The derivative at `turns`, per turn."""
        if len(self.turns) == 1:
            return np.full(np.shape(turns), self.slope[0])
        t = np.asarray(turns, np.float64)
        i = np.clip(np.searchsorted(self.turns, t, "right") - 1, 0, len(self.turns) - 2)
        h = self.turns[i + 1] - self.turns[i]
        u = np.clip((t - self.turns[i]) / h, 0.0, 1.0)
        rise = (self.value[i + 1] - self.value[i]) / h
        m0, m1 = self.slope[i], self.slope[i + 1]
        slope: Floats = m0 + u * (6 * rise - 4 * m0 - 2 * m1 + u * (3 * (m0 + m1) - 6 * rise))
        return slope


@kernel
def _hermite(turns: Floats, value: Floats, slope: Floats, at: Floats) -> Floats:
    """Cubics through two knots and more, at places in any order; beyond the ends straight lines."""
    out = np.empty(len(at))
    i = 0
    for k in range(len(at)):
        t = at[k]
        if not turns[i] <= t < turns[i + 1]:  # neighbours mostly lie between the same two
            i = min(max(int(np.searchsorted(turns, t, side="right")) - 1, 0), len(turns) - 2)
        h = turns[i + 1] - turns[i]
        u = min(max((t - turns[i]) / h, 0.0), 1.0)
        y0, y1, m0, m1 = value[i], value[i + 1], slope[i] * h, slope[i + 1] * h
        # Hermite's basis, gathered by powers of u
        smooth = y0 + u * (m0 + u * (3.0 * (y1 - y0) - 2.0 * m0 - m1 + u * (2.0 * (y0 - y1) + m0 + m1)))
        out[k] = smooth + (t - (turns[i] + u * h)) * (slope[i] if u < 0.5 else slope[i + 1])
    return out


def constant(value: float) -> Knots:
    """Knots of a function that never changes."""
    return Knots(np.zeros(1), np.array([value]), np.zeros(1))


def spline(coefficients: Floats, first_turn: float, per_turn: int) -> Knots:
    """A uniform cubic B-spline as knots: the same function, C² even.

    Coefficient j stands at turn `first_turn + j / per_turn` and is felt for two knots to either side. The function lies
    everywhere between the least and the greatest of the four coefficients that are felt there, and moved by whole turns
    it is the spline of the coefficients `per_turn` further on: what holds for coefficients a turn apart holds for the
    function (C. de Boor, A Practical Guide to Splines, 1978, ch. XI).

    Returns
    -------
    Knots
        At the places of all coefficients but the first and the last.
    """
    c = np.asarray(coefficients, np.float64)
    turns = first_turn + np.arange(1, len(c) - 1) / per_turn
    return Knots(turns, (c[:-2] + 4 * c[1:-1] + c[2:]) / 6, (c[2:] - c[:-2]) * (per_turn / 2))


def turn_at(spiral: Knots, radius_m: Floats, angle_rad: Floats, turns: float) -> Floats:
    """The way back from a point of the disc to the spiral: the turn whose unmodulated radius there is nearest.

    Parameters
    ----------
    spiral : Knots
        Radius over turns, never rising.
    radius_m, angle_rad : ndarray, one shape
        The point, angle counter-clockwise from where sample 0 lies.
    turns : float
        Length of the spiral in turns.

    Returns
    -------
    ndarray
        Turns since sample 0, congruent to the angle, within 0 … `turns`.
    """
    radius, angle = np.broadcast_arrays(np.asarray(radius_m, np.float64), np.asarray(angle_rad, np.float64))
    low, high = np.zeros(radius.shape), np.full(radius.shape, turns)
    for _ in range(60):  # bisection: 2^-60 of the side
        middle = (low + high) / 2
        outside = spiral.at(middle) > radius
        low, high = np.where(outside, middle, low), np.where(outside, high, middle)
    part = angle / (2 * np.pi)
    whole = np.floor(low - part)
    lower, upper = whole + part, whole + 1 + part
    nearer = np.abs(spiral.at(lower) - radius) <= np.abs(spiral.at(upper) - radius)
    slack = 1e-9  # an angle from arctan2 may round to just beyond an end
    best = np.where((nearer & (lower >= -slack)) | (upper > turns + slack), lower, upper)
    return np.where(best < -slack, best + 1, np.clip(best, 0.0, turns))


@dataclass(frozen=True)
class Band:
    """A named stretch of the groove, in samples: first, and one past the last."""

    name: str
    first: int
    last: int


TRACK = "track "
"""How the bands of songs are named: track 1, track 2 …"""


def tracks_of(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """The bands that hold songs."""
    return tuple(b for b in bands if b.name.startswith(TRACK))


def music_of(bands: tuple[Band, ...]) -> Band | None:
    """All songs and what lies between them; None where there are none."""
    tracks = tracks_of(bands)
    return Band("music", tracks[0].first, tracks[-1].last) if tracks else None


@dataclass(frozen=True)
class Profile:
    """The unmodulated groove's cross-section."""

    width_m: float
    bottom_radius_m: float
    angle_rad: float


@dataclass(frozen=True)
class Block:
    """A stretch of a groove worked out: angle, unmodulated radius, what moves it, and its width; all (n,)."""

    first: int
    angle_rad: Floats
    radius_m: Floats
    lateral_m: Modulation
    vertical_m: Modulation | None
    width_m: Floats


@dataclass(frozen=True)
class Groove:
    """A groove, from lead-in to locked groove.

    Attributes
    ----------
    spiral : Knots
        Unmodulated radius over turns, metres.
    depth : Knots
        Planned depth over turns, metres.
    rpm : Fraction
        Turns per minute, exactly.
    rate_hz : int
        Samples per second.
    lateral_m : ndarray, float32, (n,)
        Displacement away from the spindle.
    vertical_m : ndarray, float32, (n,) or None
        Displacement upwards; None where the cut is lateral.
    profile : Profile
    bands : tuple of Band
    confidence : ndarray, float32, (n,) or None
        0 to 1, for what was read from pictures.
    meta : mapping of text to text
        What is known of the recording: curve, title.
    """

    spiral: Knots
    depth: Knots
    rpm: Fraction
    rate_hz: int
    lateral_m: Modulation
    profile: Profile
    vertical_m: Modulation | None = None
    bands: tuple[Band, ...] = ()
    confidence: Modulation | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("lateral_m", "vertical_m", "confidence"):
            given = getattr(self, name)
            if given is None:
                continue
            array = np.asarray(given, np.float32).view()
            if array.shape != np.shape(self.lateral_m) or array.ndim != 1:
                raise ValueError(f"{name} has shape {array.shape}; it needs one value per sample")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.rate_hz <= 0 or self.rpm <= 0:
            raise ValueError("rate and speed must be more than zero")
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    def __len__(self) -> int:
        return len(self.lateral_m)

    @property
    def turns_per_sample(self) -> float:
        """Fraction of a turn from one sample to the next."""
        return float(self.rpm / 60 / self.rate_hz)

    @property
    def seconds(self) -> float:
        """Length of all that is cut."""
        return len(self) / self.rate_hz

    def band(self, name: str) -> Band | None:
        """The first band of that name."""
        return next((b for b in self.bands if b.name == name), None)

    @property
    def music(self) -> Band:
        """From the first song's first sample to the last song's last; the whole groove where no song is named."""
        return music_of(self.bands) or Band("music", 0, len(self))

    def blocks(self, samples: int = BLOCK) -> Iterator[Block]:
        """The groove in stretches of `samples`, worked out and never stored; equal to one go, whatever `samples` is."""
        flare = 2 * math.tan(self.profile.angle_rad / 2)
        for first in range(0, len(self), samples):
            part = slice(first, min(first + samples, len(self)))
            turns = np.arange(part.start, part.stop) * self.turns_per_sample
            vertical = None if self.vertical_m is None else self.vertical_m[part]
            depth = self.depth.at(turns) if vertical is None else self.depth.at(turns) - vertical
            yield Block(first, 2 * np.pi * turns, self.spiral.at(turns), self.lateral_m[part], vertical, depth * flare)
