"""A side that does not fit: why, and what is known without a plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..cutting import plan
from ..mastering.loudness import Loudness
from ..units import length_text
from .checked import NeedleCheck, Pictures, SideCheck, SongCheck
from .pictures import pictures_of
from .songs import Song
from .wish import Wish


def refused(
    songs: Sequence[Song], heard: Sequence[Loudness], wish: Wish, name: str, why: str
) -> tuple[SideCheck, Pictures]:
    """A side that does not fit: why, and what is known without a plan."""
    disc = wish.disc
    seconds = sum(song.seconds or (song.stream.seconds or 0.0) for song in songs)
    span = plan.music_span(disc, 0.0, 0.0)
    least_m = plan.least_pitch_m(disc)
    begins = np.cumsum([0.0, *(song.seconds + plan.MARKER_S for song in songs)])
    side = SideCheck(
        side=name,
        fits=False,
        why=why.partition(";")[0],
        disc=disc.name,
        rpm=round(float(wish.rpm), 6),
        curve=wish.curve.name,
        machine=wish.machine.name,
        stylus=wish.stylus.name,
        sheet=wish.sheet.name,
        pitch=wish.pitch if isinstance(wish.pitch, str) else length_text(wish.pitch),
        level_db=None,
        drive_db=0.0,
        limited_by="time" if "level does not fit" not in why else "wish",
        seconds=round(seconds, 4),
        music_turns=round(seconds * float(wish.rpm) / 60, 4),
        music_outer_radius_mm=round(span.outer_m * 1e3, 4),
        music_inner_radius_mm=round(span.inner_m * 1e3, 4),
        room_left_mm=0.0,
        holds_s=round(max(plan.longest_s(disc, wish.rpm, least_m, 0.0), 0.0), 1),
        least_pitch_um=round(least_m * 1e6, 3),
        mean_pitch_um=round(least_m * 1e6, 3),
        greatest_pitch_um=round(least_m * 1e6, 3),
        songs=tuple(
            song_check(song, loud, float(begin), span.outer_m * 1e3, span.inner_m * 1e3)
            for song, loud, begin in zip(songs, heard, begins, strict=False)
        ),
        limits=(),
        touched=(),
        touched_percent=0.0,
        needle=NeedleCheck(True, None, None, 0.0, "not planned"),
        head=None,
        predicted=(),
        machining=None,
        remains=(),
        spots=(),
        advice=tuple(f"{part[:1].upper()}{part[1:]}." for part in _remedies(why)),
        warnings=(),
    )
    return side, pictures_of(None, disc, None, songs, heard, None, ())


def _remedies(why: str) -> list[str]:
    """What a refusal says would help."""
    _, _, rest = why.partition(";")
    return [rest.strip().rstrip(".")] if rest.strip() else ["Take a bigger disc, or a shorter song"]


def song_check(song: Song, loud: Loudness, side_s: float, outer_mm: float, inner_mm: float) -> SongCheck:
    """One song of a side: what was measured, and where it lies."""
    return SongCheck(
        name=song.name,
        seconds=round(song.seconds, 4),
        rate_hz=song.rate_hz,
        channels=song.channels,
        loudness_lufs=None if loud.integrated_lufs is None else round(loud.integrated_lufs, 2),
        true_peak_db=None if loud.true_peak_db is None else round(loud.true_peak_db, 2),
        side_s=round(side_s, 4),
        outer_radius_mm=round(outer_mm, 3),
        inner_radius_mm=round(inner_mm, 3),
    )
