"""Songs planned onto a side: shaped, measured, mastered and fitted. What `cut` engraves and `check` tells of."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from ..cutting import plan
from ..cutting.compensate import rate_hz_for
from ..cutting.needle import contact_width_m
from ..cutting.programme import programme, song_bandwidth_hz
from ..cutting.task import task_of
from ..errors import FitError
from ..paths.ready import strays_m
from ..progress import Progress
from ..units import length_text, time_text
from .machining import kerf_beyond_m, refuse_bed
from .mastered import Mastered, filters, mastered
from .object import made
from .songs import Song
from .wish import Wish


@dataclass(frozen=True)
class Planned:
    """A side before it is cut.

    Attributes
    ----------
    made : Mastered
        Its `task.disc` asks for a little more land than the disc's own: rounding to a grid moves walls.
    bandwidth_hz : float
        Highest frequency that is cut.
    warnings : tuple of str
    """

    made: Mastered
    bandwidth_hz: float
    warnings: tuple[str, ...]


def planned(songs: Sequence[Song], wish: Wish, progress: Progress) -> Planned:
    """Plan a side.

    Raises
    ------
    FitError
        The songs do not fit; the line says what would.
    SoundError
        One of them cannot be read, or nothing of it would be left.
    """
    disc, machine = wish.disc, wish.machine
    _refuse_large(wish)
    band_hz = max(song_bandwidth_hz(song.rate_hz, machine.bandwidth_hz) for song in songs)
    rate_hz = rate_hz_for(band_hz) if wish.compensate else None
    reserve_rate = rate_hz or 4 * 48_000
    held = programme(
        songs,
        wish.curve,
        machine.bandwidth_hz,
        stereo=wish.stereo,
        rate_hz=rate_hz,
        extra=filters(wish.mastering),
        reserve=(
            plan.lead_in_samples(disc, wish.rpm, reserve_rate),
            plan.most_tail_samples(disc, wish.rpm, reserve_rate),
        ),
        offset_of=lambda number: songs[number].offsets,
        progress=progress,
    )
    refuse_bed(disc, machine, made(wish).outline.box_m)
    for song in songs:
        if held.vertical_m is None:
            song.refuse_cancelled()
    strays = 0.0 if wish.stereo else strays_m(machine, disc, wish.rpm)  # each of two neighbours, towards the other
    wider = 0.0 if wish.stereo else kerf_beyond_m(disc, machine)
    roomy = dataclasses.replace(disc, land_m=disc.land_m + 2 * strays + wider)
    task = task_of(held, roomy, wish.rpm, machine, wish.stylus, wish.sheet, wish.room_s)
    if wish.compensate:
        task = dataclasses.replace(task, compensate_m=wish.compensate.tracing_radius_m)
    found = mastered(task, wish, progress)
    said = dict.fromkeys(line for song in songs for line in (*song.warnings, *song.afterwards()))
    idle = _idle(wish, held.vertical_m is not None, task.music_s)
    return Planned(found, band_hz, (*found.fit.warnings, *_too_large(wish), *idle, *said))


def _idle(wish: Wish, stereo: bool, music_s: float) -> list[str]:
    """A word for each wish that changes nothing, or less than one would think."""
    said = []
    if wish.compensate is not None and not wish.stereo:
        said.append("compensation lies in harmonics that a drawing hardly holds; a lathe's tracks hold all of it")
    if not stereo and any(s != "off" and s != "auto" for s in (wish.mastering.mono_below, wish.mastering.vertical)):
        said.append("mono-below and vertical change nothing: the groove moves sideways only")
    if wish.room_s is not None and wish.room_s < music_s:
        said.append(
            f"the music is longer than the {time_text(wish.room_s)} that room was asked for; it takes what it needs"
        )
    return said


def _refuse_large(wish: Wish) -> None:
    """A groove cannot be compensated for a tip that it does not carry."""
    tip, disc = wish.compensate, wish.disc
    if tip is not None and contact_width_m(tip.radius_m, disc.angle_rad) > disc.groove_width_m:
        raise FitError(
            f"{tip.name} is larger than the groove of {disc.name}: it would touch walls "
            f"{length_text(contact_width_m(tip.radius_m, disc.angle_rad))} apart, and the groove is "
            f"{length_text(disc.groove_width_m)} wide; compensate for a smaller tip, or take a disc with a wider groove"
        )


def _too_large(wish: Wish) -> list[str]:
    """A word where the chosen tip does not get into the groove."""
    tip, disc = wish.stylus, wish.disc
    touching = contact_width_m(tip.radius_m, disc.angle_rad)
    if touching <= disc.groove_width_m:
        return []
    return [
        f"{tip.name} is larger than the groove: it needs {length_text(touching)} of width, {disc.name} has "
        f"{length_text(disc.groove_width_m)}; take a smaller tip, or a disc with a wider groove"
    ]
