"""Hot spots: the moments of a side that are worth a listen before it is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cutting.needle import Needle
from ..groove import Groove
from ..mastering.loudness import Loudness
from ..units import length_text
from .checked import Spot, SpotKind
from .mastered import Mastered, allowed_of
from .recipe import Mastering
from .songs import Song
from .wish import Wish

MOST = 8
OF_A_KIND = 2
APART_S = 3.0
"""Two spots of a kind are at least so far from each other: what is heard with one sound is one."""
SIBILANT_DB, INNER_DB, SWING_DB, VERTICAL_DB = -9.0, -15.0, -1.0, -3.0
"""How near to a limit a moment must come to be worth a listen (assumed)."""
INNER_PART = 2 / 3
AGAINST = -0.3
"""Correlation below which left and right work against each other (assumed)."""
_STAGES: dict[str, SpotKind] = {
    "vertical": "out-of-phase bass",
    "bass": "swing",
    "treble": "sibilance",
    "de-esser": "sibilance",
    "level": "swing",
}


@dataclass(frozen=True)
class _Found:
    kind: SpotKind
    side_s: float
    amount_db: float
    said: str


def spots(
    songs: Sequence[Song], heard: Sequence[Loudness], made: Mastered, groove: Groove, wish: Wish, needle: Needle
) -> tuple[Spot, ...]:
    """At most `MOST` spots, the hottest first.

    Parameters
    ----------
    songs, heard
        What went in, and what was measured on the way.
    made : Mastered
    groove : Groove
        As cut; gives radii.
    wish : Wish
    needle : Needle
    """
    found = [*_touched(made), *_near(made, groove, wish), *_of_songs(songs, heard, groove)]
    if not needle.stays:
        found.append(_Found("needle", needle.at_s, -(needle.spare_db or 0.0), needle.said))
    kept: list[_Found] = []
    for each in sorted(found, key=lambda f: (-f.amount_db, f.side_s)):
        alike = [k for k in kept if k.kind == each.kind]
        if len(alike) < OF_A_KIND and all(abs(k.side_s - each.side_s) >= APART_S for k in alike):
            kept.append(each)
    return tuple(_placed(each, songs, groove) for each in kept[:MOST])


def _placed(found: _Found, songs: Sequence[Song], groove: Groove) -> Spot:
    """With its song and radius."""
    music = groove.music
    sample = music.first + found.side_s * groove.rate_hz
    tracks = [b for b in groove.bands if b.name.startswith("track")]
    which = max((i for i, b in enumerate(tracks) if b.first <= sample + 1), default=0)
    radius_m = float(groove.spiral.at(np.array(sample * groove.turns_per_sample)))
    return Spot(
        kind=found.kind,
        song=songs[which].name,
        at_s=round((sample - tracks[which].first) / groove.rate_hz, 3),
        side_s=round(found.side_s, 3),
        radius_mm=round(radius_m * 1e3, 3),
        amount_db=round(found.amount_db, 2),
        said=found.said,
    )


def _touched(made: Mastered) -> Iterator[_Found]:
    """Where a limiter had work."""
    if made.limited is None:
        return
    ring_s = made.task.programme.ring / made.task.programme.rate_hz
    for row in made.limited.stretches:
        middle = max((row.start_s + row.end_s) / 2 - ring_s, 0.0)
        yield _Found(
            _STAGES[row.stage], middle, -row.deepest_db,
            f"the {row.stage} limiter turns it down by {-row.deepest_db:.1f} dB for {row.end_s - row.start_s:.2f} s",
        )  # fmt: skip


def _near(made: Mastered, groove: Groove, wish: Wish) -> Iterator[_Found]:
    """Where the groove as cut comes near to what it may be."""
    task, factor = made.task, made.fit.factor
    every = Mastering(vertical="auto", swing="auto", velocity="auto", curvature="auto")
    may = task.allowed(made.fit.side)
    measured = task.measured
    times = measured.times_s - task.programme.ring / groove.rate_hz
    inside = (times >= 0) & (times <= task.music_s)
    bend = factor * measured.bend_m_s2 / may.bend_m_s2
    radius = may.slope_m_s
    outer, inner = float(radius.max(initial=0.0)), float(radius.min(initial=0.0))
    late = radius < outer - INNER_PART * (outer - inner)
    for at, db in _greatest(np.where(inside & ~late, bend, 0.0), times, SIBILANT_DB):
        yield _Found(
            "curvature" if db > -1 else "sibilance", at, db,
            f"treble curves to {_part(db)} of what the {wish.stylus.name} tip follows",
        )  # fmt: skip
    for at, db in _greatest(np.where(inside & late, bend, 0.0), times, INNER_DB):
        yield _Found(
            "curvature" if db > -1 else "inner-groove distortion", at, db,
            f"near the label the groove is slow: treble curves to {_part(db)} of what the {wish.stylus.name} tip "
            "follows",
        )  # fmt: skip
    swing = np.where(inside, factor * measured.swing_m / may.swing_m, 0.0)
    for at, db in _greatest(swing, times, SWING_DB):
        yield _Found("swing", at, db, f"bass swings {length_text(may.swing_m * 10 ** (db / 20))} to one side")
    if task.programme.vertical_m is not None:
        upright = float(allowed_of(task, every, made.fit.side).up_m)
        vertical = np.maximum(measured.up_m, measured.down_m) * (factor / max(upright, 1e-12))
        for at, db in _greatest(np.where(inside, vertical, 0.0), times, VERTICAL_DB):
            yield _Found(
                "out-of-phase bass", at, db,
                f"left and right move the needle {length_text(upright * 10 ** (db / 20))} up and down",
            )  # fmt: skip


def _part(db: float) -> str:
    return f"{10 ** (db / 20):.0%}"


def _greatest(ratio: NDArray[Any], times_s: NDArray[Any], least_db: float) -> Iterator[tuple[float, float]]:
    """The times of the greatest ratios, each well apart from the others, and the ratios in dB."""
    left = np.array(ratio, np.float64)
    for _ in range(OF_A_KIND):
        at = int(left.argmax()) if len(left) else 0
        if not len(left) or left[at] <= 0 or 20 * np.log10(left[at]) < least_db:
            return
        yield max(float(times_s[at]), 0.0), float(20 * np.log10(left[at]))
        left[np.abs(times_s - times_s[at]) < APART_S] = 0.0


def _of_songs(songs: Sequence[Song], heard: Sequence[Loudness], groove: Groove) -> Iterator[_Found]:
    """What was wrong with the songs before anything was done to them."""
    tracks = [b for b in groove.bands if b.name.startswith("track")]
    for _, measured, band in zip(songs, heard, tracks, strict=True):
        begin_s = (band.first - groove.music.first) / groove.rate_hz
        longest = sorted(measured.clipped, key=lambda c: (-c.seconds, c.at_s))[:OF_A_KIND]
        for clip in longest:
            yield _Found(
                "clipping", begin_s + clip.at_s, min(clip.seconds * 1e3, 6.0),
                f"the song is cut off at full scale for {clip.seconds * 1e3:.2g} ms "
                f"({measured.clipped_runs} such places in all)",
            )  # fmt: skip
        if len(measured.correlation) and measured.correlation.min() < AGAINST:
            at = int(measured.correlation.argmin())
            yield _Found(
                "out-of-phase bass", begin_s + at + 0.5, -3.0 - 3 * (1 + float(measured.correlation[at])),
                "left and right work against each other: a mono player hears less of it, and the needle is moved up "
                "and down",
            )  # fmt: skip
