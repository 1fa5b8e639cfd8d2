"""What a report draws of a side: a few thousand numbers out of a hundred million."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cutting import plan
from ..groove import Groove, tracks_of
from ..mastering.loudness import Loudness
from ..moments import MOMENT
from ..presets import Disc
from ..sheets.outline import of
from .checked import Pictures, SpotSound
from .mastered import Mastered
from .object import Object
from .songs import Song

POINTS = 3000
STEP_S = 1.0


def pictures_of(
    groove: Groove | None,
    disc: Disc,
    cut_out: Object | None,
    songs: Sequence[Song],
    heard: Sequence[Loudness],
    made: Mastered | None,
    sounds: tuple[SpotSound, ...],
) -> Pictures:
    """Gather them; without a groove there is only what was given, without an object the disc's own outline and hole."""
    outline, hole = (of(disc), None) if cut_out is None else (cut_out.outline, cut_out.hole)
    begins = [0.0]
    for song in songs[:-1]:
        begins.append(begins[-1] + song.seconds + plan.MARKER_S)
    turns = radius = pitch = turn_times = np.zeros(0)
    if groove is not None:
        music = groove.music
        begins = [(b.first - music.first) / groove.rate_hz for b in tracks_of(groove.bands)]
        last = groove.band("locked groove")
        samples = np.linspace(0, (last.first if last else len(groove)) - 1, POINTS)
        turns = samples * groove.turns_per_sample
        radius, pitch = groove.spiral.at(turns), -groove.spiral.slope_at(turns)
        turn_times = (samples - music.first) / groove.rate_hz
    seconds = begins[-1] + songs[-1].seconds if songs else 0.0
    times = np.arange(0.0, max(seconds, STEP_S), STEP_S) + STEP_S / 2
    loud = np.full(len(times), -np.inf)
    for begin, song, found in zip(begins, songs, heard, strict=False):
        inside = (times >= begin) & (times < begin + song.seconds)
        if len(found.short_term_s):
            nearest = np.clip(
                np.searchsorted(found.short_term_s, times[inside] - begin), 0, len(found.short_term_s) - 1
            )
            loud[inside] = found.short_term_lufs[nearest]
        elif found.integrated_lufs is not None:
            loud[inside] = found.integrated_lufs
    return Pictures(
        turns=turns,
        radius_m=radius,
        pitch_m=pitch,
        turn_times_s=turn_times,
        times_s=times,
        loudness_db=loud,
        swing_m=_swing(made, times),
        touched_s=_touched(made),
        marks=tuple(zip(begins, (song.name for song in songs), strict=False)),
        disc_diameter_m=disc.diameter_m if outline.radius_m is None else 2 * outline.radius_m,
        hole_m=disc.hole_diameter_m if hole is None else 2 * hole.radius_m,
        recorded_m=disc.recorded_diameter_m,
        music_inner_m=disc.music_inner_diameter_m,
        locked_m=disc.locked_diameter_m,
        sounds=sounds,
        outline_m=_thinned(outline.corners),
        hole_at_m=(0.0, 0.0) if hole is None else (hole.x_m, hole.y_m),
    )


def _thinned(corners: NDArray[Any] | None) -> NDArray[Any] | None:
    """No more corners than a page shows."""
    return None if corners is None else corners[:: -(-len(corners) // POINTS)]


def _swing(made: Mastered | None, times: np.ndarray) -> np.ndarray:
    """Greatest swing around each time, as cut."""
    out = np.zeros(len(times))
    if made is None:
        return out
    measured, programme = made.task.measured, made.task.programme
    of = ((np.arange(len(measured)) * MOMENT - programme.ring) / programme.rate_hz / STEP_S).astype(np.int64)
    inside = (of >= 0) & (of < len(times))
    np.maximum.at(out, of[inside], made.fit.factor * measured.swing_m[inside])
    return out


def _touched(made: Mastered | None) -> np.ndarray:
    if made is None or made.limited is None:
        return np.zeros((0, 2))
    ring_s = made.task.programme.ring / made.task.programme.rate_hz
    rows = [(row.start_s - ring_s, row.end_s - ring_s) for row in made.limited.stretches]
    return np.array(rows, np.float64).reshape(-1, 2)
