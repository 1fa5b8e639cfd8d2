"""Look-ahead limiters in the groove's own terms: how far, how fast and how sharply it may move at each moment.

What is allowed comes as arrays, a value per moment (`moments.MOMENT` samples); where on a disc that moment lies, and
why it is allowed so much, is not known here. Five stages follow each other, each turning down no more of the sound than
is to blame, for no longer than it must:

- vertical: up and down. The vertical alone is turned down, the lateral stays: phase, not loudness, is at fault.
- de-esser: the velocity of the band above 2 kHz by itself, where that is asked for; the band is turned down.
- bass:     swing, where it is mostly the band below 300 Hz, which is turned down in both channels.
- treble:   slope, velocity and bend, where they are mostly the band above 2 kHz, which is turned down in both channels.
- level:    whatever is still passed, velocity above all: the whole sound is turned down.

Gains look ahead and back by the same times (see `gain`), at most a few passes each, until every limit holds. Sound that
nothing touches comes out as the plain product with the drive, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..moments import CHUNK, MOMENT, Moments, measure
from ..progress import Progress, silent
from ..spectral import THREADS
from .gain import SPLINE, held, reach, reduction, spread
from .split import gaussian, turn_down
from .stages import KINDS, TREBLE, Asked, Kind, Sound, exceeded
from .touched import TOUCHED, Stage, Stretch, deepest, stage, stretches

BLOCK = 1 << 17
PASSES = 8
BAND_PASSES = 3
"""A band that has not done it by then is not to blame; the last stage turns down all that is left."""
WHOLE = np.ones(1)
"""The kernel whose lower band is all of the sound."""

Allowance = float | NDArray[Any]


@dataclass(frozen=True)
class Allowed:
    """What a groove allows, a number or a value per moment, (m,); infinite is off. The names are those of `Moments`.

    `treble_m_s` is what the band above 2 kHz may move an edge at by itself.
    """

    swing_m: Allowance = np.inf
    slope_m_s: Allowance = np.inf
    read_m_s: Allowance = np.inf
    bend_m_s2: Allowance = np.inf
    up_m: Allowance = np.inf
    down_m: Allowance = np.inf
    treble_m_s: Allowance = np.inf

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """All seven from one moment to another, float64, (7, last - first)."""
        out = np.empty((7, last - first))
        for row, field in zip(out, fields(self), strict=True):
            value = getattr(self, field.name)
            row[:] = value[first:last] if np.ndim(value) else value
        return out


@dataclass(frozen=True)
class Limited:
    """A programme within its limits, and what was done to it.

    Attributes
    ----------
    touched_share : float
        Share of the time in which any stage's gain is below -0.1 dB, 0 to 1.
    stages : tuple of Stage
        Vertical, de-esser, bass, treble, level.
    stretches : tuple of Stretch
        Where, in order of time; the deepest 200 where there are more.
    lateral_m, vertical_m : ndarray, float32, (n,)
        The arrays that were given.
    """

    touched_share: float
    stages: tuple[Stage, ...]
    stretches: tuple[Stretch, ...]
    lateral_m: NDArray[Any]
    vertical_m: NDArray[Any] | None


def limited(
    lateral_m: NDArray[Any],
    vertical_m: NDArray[Any] | None,
    rate_hz: int,
    drive: float,
    allowed: Allowed,
    moments: Moments,
    progress: Progress = silent,
    *,
    split: bool = True,
) -> Limited:
    """Multiply a programme by the drive and keep it within what is allowed, **in place**.

    Parameters
    ----------
    lateral_m, vertical_m : ndarray, float32, (n,)
        Displacement before the drive, writeable; vertical None for a lateral cut. They are changed.
    rate_hz : int
    drive : float
        Factor, 0 or more.
    allowed : Allowed
        Each limit a number or one value per moment of the programme; 0 or more, infinite is off.
    moments : Moments
        Of the programme before the drive.
    progress : Progress
    split : bool
        Whether treble that is to blame is turned down by itself; else all of the sound is.

    Returns
    -------
    Limited
        No measure passes what is allowed by more than 0.01 dB. What no stage comes near is the product with
        float32(drive), bit for bit.
    """
    for array in (lateral_m,) if vertical_m is None else (lateral_m, vertical_m):
        if array.dtype != np.float32 or not array.flags.c_contiguous or array.shape != (len(lateral_m),):
            raise ValueError("a programme to be limited must be two contiguous float32 arrays of one length")
        np.multiply(array, np.float32(drive), out=array)
    sound = Sound(lateral_m, lateral_m[:0] if vertical_m is None else vertical_m, rate_hz)
    active = _passed(moments, drive, allowed)
    ever = np.zeros(len(moments), bool)
    stages, found = [], []
    for step, kind in enumerate(KINDS):
        idle = kind.name == "treble" and not split
        taken = np.zeros(len(moments), np.float32) if idle else _work(kind, sound, allowed, active)
        progress("limiting", (step + 1) / len(KINDS))
        ever |= taken > TOUCHED
        stages.append(stage(kind.name, taken))
        found += stretches(kind.name, taken, rate_hz)
    share = float(np.count_nonzero(ever) / max(len(ever), 1))
    return Limited(share, tuple(stages), tuple(deepest(found)), lateral_m, vertical_m)


def drive_for(moments: Moments, allowed: Allowed, share: float = 0.01, deepest_db: float = 6.0) -> float:
    """The greatest drive that touches little and nowhere deeply, foreseen from the moments alone.

    Parameters
    ----------
    moments : Moments
        Of the programme at drive 1.
    allowed : Allowed
    share : float
        Greatest share of the time that may be touched, 0 to 1.
    deepest_db : float
        Greatest gain reduction that any moment may need, dB, 0 or more.

    Returns
    -------
    float
        0 where something moves and nothing is allowed, infinite where nothing is limited. At least the linear drive,
        at which every limit is just met.
    """
    worst = np.zeros(len(moments), np.float32)
    for kind in KINDS:
        if kind.heeds == (TREBLE,):
            continue  # what moments do not tell
        near = np.zeros(len(moments), np.float32)
        for row in kind.heeds:
            np.maximum(near, _asked(moments, allowed, row), out=near)
        # touched until the smooth gain is back: once the look-ahead, and once more the kernel's own
        np.maximum(worst, held(near, 2 * reach(kind.look_ahead_s, moments.rate_hz)), out=worst)
    if not worst.any():
        return np.inf
    spared = min(int(share * len(worst)), len(worst) - 1)
    beyond = np.partition(worst, len(worst) - 1 - spared)[len(worst) - 1 - spared]
    limits = [10 ** (deepest_db / 20) / float(worst.max())]
    if beyond > 0:
        limits.append(1 / (1 - TOUCHED) / float(beyond))
    return max(min(limits), 1 / float(worst.max()))


def _asked(moments: Moments, allowed: Allowed, row: int) -> NDArray[Any]:
    """What each moment asks of one measure, as a multiple of what is allowed: float32, (m,)."""
    name = fields(Allowed)[row].name
    measured, limit = getattr(moments, name), getattr(allowed, name)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.divide(measured, np.asarray(limit, np.float32), dtype=np.float32)
    ratio[measured == 0] = 0
    return np.asarray(ratio)


def _chunks(hot: NDArray[Any]) -> NDArray[Any]:
    """Whether any moment of each chunk is hot."""
    each = CHUNK // MOMENT
    return np.logical_or.reduceat(hot, np.arange(0, len(hot), each)) if len(hot) else hot


def passes(moments: Moments, drive: float, allowed: Allowed) -> bool:
    """Whether any limit may be passed at this drive; where none is, there is nothing to limit."""
    return bool(_passed(moments, drive, allowed).any())


def _passed(moments: Moments, drive: float, allowed: Allowed) -> NDArray[Any]:
    """The chunks where any limit is passed at this drive."""
    hot = np.zeros(len(moments), bool)
    for field in fields(Moments)[: len(fields(Allowed)) - 1]:
        limit = np.asarray(getattr(allowed, field.name), np.float32)
        hot |= getattr(moments, field.name) * np.float32(drive) > limit
    hot |= _maybe_sibilant(moments.slope_m_s * np.float32(drive), np.asarray(allowed.treble_m_s, np.float32))
    return _chunks(hot)


def _maybe_sibilant(slope_m_s: NDArray[Any], allowed: NDArray[Any]) -> NDArray[Any]:
    """Where the treble may be faster than allowed: whatever bass moves against it, the whole is at least half as fast
    (assumed; a bass that stood still the fastest treble would have to be as fast itself, for longer than a moment)."""
    return np.asarray(2 * slope_m_s > allowed)


def _runs(chunks: NDArray[Any], samples: int) -> Iterable[tuple[int, int]]:
    """Runs of chunks as first and last sample, none across the bounds of a `BLOCK`."""
    at = np.flatnonzero(chunks)
    if not len(at):
        return []
    new = (np.diff(at) > 1) | (np.diff(at * CHUNK // BLOCK) > 0)
    firsts, lasts = at[np.r_[True, new]], at[np.r_[new, True]]
    return [(int(a) * CHUNK, min(int(b + 1) * CHUNK, samples)) for a, b in zip(firsts, lasts, strict=True)]


def _work(kind: Kind, sound: Sound, allowed: Allowed, active: NDArray[Any]) -> NDArray[Any]:
    """Let one stage work until its limits hold; its reduction at each moment. `active` gains the chunks it changed."""
    taps = WHOLE if kind.corner_hz is None else gaussian(kind.corner_hz, sound.rate_hz)
    taken = np.zeros(-(-len(sound.lateral) // MOMENT), np.float32)
    for _ in range(PASSES if kind.corner_hz is None else BAND_PASSES):
        need = _needed(kind, sound, allowed, active, taps)
        if need is None:
            break
        less = reduction(need, reach(kind.look_ahead_s, sound.rate_hz))
        del need
        for y in (sound.lateral, sound.vertical) if kind.lateral else (sound.vertical,):
            _turn_down(y, taps, kind.upper, less)
        active |= _chunks(held(less, SPLINE) > 0)
        taken += less - taken * less
    return taken


def _needed(
    kind: Kind, sound: Sound, allowed: Allowed, active: NDArray[Any], taps: NDArray[Any]
) -> NDArray[Any] | None:
    """The gain that each moment needs, float32, (m,); None where all is well."""
    need = np.ones(-(-len(sound.lateral) // MOMENT), np.float32)

    def one(run: tuple[int, int]) -> None:
        a, b = run[0] // MOMENT, -(-run[1] // MOMENT)
        measured, rows = np.zeros((6, b - a), np.float32), allowed.rows(a, b)
        measure(sound.lateral, sound.vertical, *run, sound.rate_hz, measured)
        if kind.heeds == (TREBLE,):
            hot = _maybe_sibilant(measured[1], rows[TREBLE])
        else:
            hot = np.logical_or.reduce(exceeded(measured, rows[:TREBLE])[list(kind.heeds)], axis=0)
        if hot.any():
            kind.ask(kind, sound, Asked(*run, hot, measured, rows, need[a:b]), taps)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, _runs(active, len(sound.lateral))))
    return need if need.min(initial=1) < 1 else None


def _turn_down(y: NDArray[Any], taps: NDArray[Any], upper: bool, less: NDArray[Any]) -> None:
    """Take a reduction of a band off y, in place; what surrounds each run is kept before any run is changed."""
    ring = len(taps) - 1
    if not len(y):
        return
    runs = list(_runs(_chunks(held(less, SPLINE) > 0), len(y)))
    silence = np.zeros(ring, np.float32)
    befores = [np.concatenate((silence, y[max(a - ring, 0) : a]))[min(a, ring) :] for a, _ in runs]
    afters = [np.concatenate((y[b : b + ring], silence))[:ring] for _, b in runs]

    def one(job: tuple[tuple[int, int], NDArray[Any], NDArray[Any]]) -> None:
        (a, b), before, after = job
        along = np.empty(b - a)
        spread(less, a, along)
        turn_down(np.concatenate((before, y[a:b], after)), taps, upper, along, y[a:b])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, zip(runs, befores, afters, strict=True)))
