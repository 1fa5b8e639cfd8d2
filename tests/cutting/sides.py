"""Sides for the tests of cutting: sounds, tasks, grooves, and a measure of the land that shares nothing with the
planner."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic import presets
from bonemusic.cutting import engrave, programme, task
from bonemusic.groove import Groove

RIAA = presets.curve("riaa")
CHISEL, ROUND, LATHE = (presets.machine(name) for name in ("ideal", "laser-1200", "lathe"))
# A disc that 13 seconds fill, so that songs in tests may be short.
TINY = dataclasses.replace(
    presets.disc("7in-78"), name="tiny", diameter_m=0.106, recorded_diameter_m=0.102, music_inner_diameter_m=0.095
)
REACH = 12
"""Samples to either side of which the plain interpolation knows."""
CHUNK = 1 << 19


@dataclass(frozen=True)
class Clip:
    """A song in memory that flows by in blocks of odd length, (frames, channels)."""

    samples: NDArray[Any]
    rate_hz: int
    tells: bool = True

    @property
    def channels(self) -> int:
        return self.samples.shape[1]

    @property
    def frames(self) -> int | None:
        return len(self.samples) if self.tells else None

    def blocks(self) -> Iterator[NDArray[Any]]:
        for a in range(0, len(self.samples), 10_007):
            yield self.samples[a : a + 10_007]


def clip(*channels, rate_hz=8000, tells=True):
    """A song of one channel or two."""
    return Clip(np.stack(channels, axis=1).astype(np.float32), rate_hz, tells)


def song(seconds, seed=0, low_hz=50.0, high_hz=3000.0, loud=0.5, rate_hz=8000):
    """Noise whose loudness comes and goes."""
    n = round(seconds * rate_hz)
    f = np.fft.rfftfreq(n, 1 / rate_hz)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n)) * ((f > low_hz) & (f < high_hz))
    wave = np.fft.irfft(spectrum, n) * (0.6 + 0.4 * np.sin(np.arange(n) / rate_hz * 2.1 + seed))
    return (loud * wave / np.abs(wave).max()).astype(np.float32)


def noise(seed, samples, rate, band_hz, low_hz=40.0):
    """Displacement of music's kind, 1/f up to a sharp edge, 10 µm peak, faded in and out."""
    f = np.fft.rfftfreq(samples, 1 / rate)
    shape = np.where((f > low_hz) & (f < band_hz), 1 / np.maximum(f, 1), 0)
    wave = np.fft.irfft(shape * np.exp(2j * np.pi * np.random.default_rng(seed).random(len(f))), samples)
    edge = samples // 20
    fade = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    wave[:edge] *= fade
    wave[-edge:] *= fade[::-1]
    return wave * 1e-5 / np.abs(wave).max()


def programme_of(lateral_m, vertical_m=None, rate_hz=48_000):
    """One song whose displacement is given, ringing and all."""
    vertical = None if vertical_m is None else np.asarray(vertical_m, np.float32)
    samples = len(lateral_m) - 2 * programme.ring_samples(rate_hz)
    return programme.Programme(np.asarray(lateral_m, np.float32), vertical, rate_hz, ((0, samples),))


def task_of(made, disc=TINY, machine=CHISEL, stylus=None, rpm=None, room_s=None, sheet=None):
    """A task from a programme, or from songs (one, or a list)."""
    if not isinstance(made, programme.Programme):
        sounds = made if isinstance(made, list) else [made]
        sounds = [s if isinstance(s, Clip) else clip(s) for s in sounds]
        made = programme.programme(sounds, RIAA, machine.bandwidth_hz, stereo=machine.stereo)
    tip, film = presets.stylus(stylus or disc.stylus), presets.sheet(sheet or disc.sheet)
    return task.task_of(made, disc, rpm or disc.rpm, machine, tip, film, room_s)


def groove_of(task, found) -> Groove:
    """The groove of a fit; the task's programme stays as it is."""
    made = task.programme
    vertical = None if made.vertical_m is None else made.vertical_m.copy()
    own = dataclasses.replace(made, lateral_m=made.lateral_m.copy(), vertical_m=vertical, reserve=(0, 0))
    return engrave.engrave(found.side, own, found.factor, task.disc, task.rpm, {})


@dataclass(frozen=True)
class Least:
    """The least land of a side, band-limited between samples, and at which turn; the same where what lies between two
    samples is straight; and the least way from centre line to centre line."""

    land_m: float = math.inf
    turn: float = 0.0
    straight_m: float = math.inf
    turns_m: float = math.inf


def _taps(shift: float) -> NDArray[Any]:
    x = np.arange(-REACH + 1, REACH) - shift
    return np.sinc(x) * np.i0(10 * np.sqrt(np.maximum(1 - (x / REACH) ** 2, 0))) / np.i0(10)


def moved(y: NDArray[Any], first: int, last: int, by: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Value and slope per sample at first + by … last + by, band-limited; silence surrounds."""
    whole = math.floor(by)
    a, b = first + whole - REACH + 1, last + whole + REACH - 1
    near = np.zeros(b - a)
    lo, hi = max(a, 0), min(b, len(y))
    if lo < hi:
        near[lo - a : hi - a] = y[lo:hi]
    shift, e = by - whole, 1e-4
    slope = (_taps(shift + e) - _taps(shift - e)) / (2 * e)
    return np.correlate(near, _taps(shift), "valid"), np.correlate(near, slope, "valid")


def straight(y: NDArray[Any], first: int, last: int, by: float) -> NDArray[Any]:
    """Value at first + by … last + by, straight between samples; silence surrounds."""
    return np.interp(np.arange(first, last) + by, np.arange(len(y)), y, left=0.0, right=0.0)


def least_land(groove: Groove, merges_at: float, tool: str) -> Least:
    """Of every sample against the same angle a turn later, up to the last turn of the music and, beyond it, to where
    the lead-out falls into the locked groove.

    Wall to wall across the groove, with the steeper of the two slopes there.
    """
    per_turn = groove.rate_hz * 60 / float(groove.rpm)
    count = max(groove.music.last, math.floor((merges_at - 1) * per_turn))
    flare = math.tan(groove.profile.angle_rad / 2)
    best = Least()
    for a in range(0, count, CHUNK):
        b = min(a + CHUNK, count)
        turns = np.arange(a, b) / per_turn
        radius = groove.spiral.at(turns)
        apart = radius - groove.spiral.at(turns + 1)
        width = flare * (groove.depth.at(turns) + groove.depth.at(turns + 1))
        here, d_here = moved(groove.lateral_m, a, b, 0.0)
        then, d_then = moved(groove.lateral_m, a, b, per_turn)
        centres, between = apart + here - then, then - straight(groove.lateral_m, a, b, per_turn)
        edges = centres
        if groove.vertical_m is not None:
            up, d_up = moved(groove.vertical_m, a, b, 0.0)
            later, d_later = moved(groove.vertical_m, a, b, per_turn)
            edges = edges + up + later
            d_here, d_then = d_here + d_up, d_then - d_later
            between = between - later + straight(groove.vertical_m, a, b, per_turn)
        step = 2 * np.pi * radius / per_turn
        cos = 1 / np.sqrt(1 + (np.maximum(abs(d_here), abs(d_then)) / step) ** 2)
        wall, other = (_walls(e, width, cos, tool) for e in (edges, edges + between))
        at = int(wall.argmin())
        straight_m, turns_m = min(best.straight_m, other.min()), min(best.turns_m, centres.min())
        nearer = (wall[at], turns[at]) if wall[at] < best.land_m else (best.land_m, best.turn)
        best = Least(float(nearer[0]), float(nearer[1]), float(straight_m), float(turns_m))
    return best


def _walls(edges: NDArray[Any], width: NDArray[Any], cos: NDArray[Any], tool: str) -> NDArray[Any]:
    """Wall to wall; where edges overlap, by how much, which no slope makes less."""
    if tool == "round":
        return edges * cos - width
    return (edges - width) * np.where(edges > width, cos, 1.0)


def steep_m(task, found):
    """How much more than the land a tight side may keep: planning knows the steepest of a cell, not of each sample."""
    radius = float(found.side.spiral.at(np.array(found.side.first_turn + found.side.course.music_turns)))
    slope = found.factor * float(task.measured.slope_m_s.max()) / (2 * math.pi * radius * float(task.rpm) / 60)
    lengthened = task.disc.land_m + (task.disc.groove_width_m if task.machine.tool == "round" else 0.0)
    return lengthened * (math.sqrt(1 + slope**2) - 1) + 1e-7
