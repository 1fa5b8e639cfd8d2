"""A side checked before it is cut: planned, mastered, engraved in memory, listened to, and told of."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import formats, presets
from ..cutting import plan
from ..cutting.heat import Heat
from ..cutting.task import Task, narrowest
from ..errors import FitError
from ..formats import CutDisc
from ..groove import Groove, tracks_of
from ..mastering.loudness import Loudness, Meter
from ..paths.ready import ready
from ..presets import Turntable
from ..progress import Progress, silent
from ..units import length_text, time_text
from .advice import advice
from .checked import CheckReport, HeadCheck, NeedleCheck, Pictures, SideCheck, SongCheck
from .cut import SIDE_NAMES, on_sides, refuse_stretch
from .dress import Dress, dressed
from .limits import limited_by
from .listening import sounds
from .looks import Place as Lying
from .machining import machining, remarks
from .mastered import could_win_db
from .pictures import pictures_of
from .places import places, remains
from .planned import Planned, planned
from .recipe import Recipe
from .reports import Touch
from .side import groove_of, head_of, needle_in, title
from .songs import Song, opened
from .spots import spots
from .unfit import refused, song_check
from .wish import Wish


@dataclass(frozen=True)
class Checked:
    """What was found, and what is drawn of it: one `Pictures` for each side."""

    report: CheckReport
    pictures: tuple[Pictures, ...]


def check(songs: Sequence[Path], recipe: Recipe, progress: Progress = silent, listen: bool = True) -> Checked:
    """Check songs for the discs that a recipe would cut.

    Parameters
    ----------
    songs : sequence of Path
    recipe : Recipe
    progress : Progress
    listen : bool
        Whether hot spots are to be heard: a page needs their sounds, a table does not.

    Raises
    ------
    BonemusicError
        A song that cannot be read, or a wish that makes no sense. That something does not fit is no error here.
    """
    refuse_stretch(songs, recipe)
    warnings: tuple[str, ...] = ()
    try:
        parts = on_sides(songs, recipe, progress)
    except FitError as why:
        parts, warnings = [[song] for song in songs], (str(why),)
    sides, pictures = [], []
    for number, part in enumerate(parts):
        side, seen = _side(part, recipe, SIDE_NAMES[number % len(SIDE_NAMES)], progress, listen)
        sides.append(side)
        pictures.append(seen)
    called = songs[0].stem if len(songs) == 1 else f"{songs[0].stem} and {len(songs) - 1} more"
    return Checked(CheckReport(called, tuple(sides), warnings), tuple(pictures))


def _side(
    paths: Sequence[Path], recipe: Recipe, name: str, progress: Progress, listen: bool
) -> tuple[SideCheck, Pictures]:
    # no picture is looked at, so that none is laid anywhere
    recipe = dataclasses.replace(recipe, looks=dataclasses.replace(recipe.looks, place=Lying(), sheet_width_m=None))
    wish = Wish.of(recipe, stereo=True, film=False)
    turntable = presets.turntable(recipe.turntable)
    with opened(paths, recipe, wish.stereo) as songs:
        meters = [Meter(song.rate_hz, song.channels) for song in songs]
        for song, meter in zip(songs, meters, strict=True):
            song.tap = meter.add
        try:
            found = planned(songs, wish, progress)
            dress = Dress(()) if wish.stereo else dressed(songs, wish, name)
        except FitError as why:
            heard = [meter.result() for meter in meters]
            return refused(songs, heard, wish, name, str(why))
    heard = [meter.result() for meter in meters]
    groove = groove_of(found, wish, title(songs), progress)
    return _told(songs, heard, wish, found, groove, dress, turntable, name, recipe.start_s, listen)


def _told(
    songs: Sequence[Song],
    heard: Sequence[Loudness],
    wish: Wish,
    found: Planned,
    groove: Groove,
    dress: Dress,
    turntable: Turntable,
    name: str,
    start_s: float,
    listen: bool,
) -> tuple[SideCheck, Pictures]:
    made = found.made
    fit, task, music = made.fit, made.task, groove.music
    held = needle_in(task.measured, fit.factor, groove, wish)
    hot = head_of(found)
    spelling, line, asked = _spelling(wish), None, None
    if not wish.stereo:
        line = ready(groove, wish.disc, wish.machine, found.bandwidth_hz, turning=spelling.turning)
        work = CutDisc(groove, wish.disc, wish.machine, wish.dots_per_m, line=line, layers=dress.layers)
        asked = machining(work, spelling)
    told_places = places(groove, wish, fit.peak_velocity_m_s, turntable, line)
    found_spots = spots(songs, heard, made, groove, wish, held)
    by = limited_by(fit, wish)
    turns = np.linspace(music.first, music.last, 20_001) * groove.turns_per_sample
    radius, pitch = groove.spiral.at(turns), -groove.spiral.slope_at(turns)
    seconds = (music.last - music.first) / groove.rate_hz
    span = task.span(fit.factor)
    left_m = max(float(radius[-1]) - span.inner_m, 0.0)
    mean_m = fit.side.pitch_m
    tight_m = _tight_pitch_m(task, fit.factor)
    side = SideCheck(
        side=name,
        fits=True,
        why=None,
        disc=wish.disc.name,
        rpm=round(float(wish.rpm), 6),
        curve=wish.curve.name,
        machine=wish.machine.name,
        stylus=wish.stylus.name,
        sheet=wish.sheet.name,
        pitch=wish.pitch if isinstance(wish.pitch, str) else length_text(wish.pitch),
        level_db=None if fit.level_db is None else round(fit.level_db, 3),
        drive_db=round(made.drive_db, 3) + 0.0,
        limited_by=by,
        seconds=round(seconds, 4),
        music_turns=round(float(turns[-1] - turns[0]), 4),
        music_outer_radius_mm=round(float(radius[0]) * 1e3, 4),
        music_inner_radius_mm=round(float(radius[-1]) * 1e3, 4),
        room_left_mm=round(left_m * 1e3, 4),
        holds_s=round(span.room_m / tight_m * 60 / float(wish.rpm), 1),
        least_pitch_um=round(float(pitch.min()) * 1e6, 3) + 0.0,
        mean_pitch_um=round(mean_m * 1e6, 3),
        greatest_pitch_um=round(float(pitch.max()) * 1e6, 3),
        songs=_songs(songs, heard, groove),
        limits=fit.limits,
        touched=tuple(
            Touch(s.name, round(100 * s.touched_share, 4), round(s.deepest_db, 2))
            for s in (made.limited.stages if made.limited else ())
        ),
        touched_percent=round(100 * made.limited.touched_share, 4) if made.limited else 0.0,
        needle=NeedleCheck(
            held.stays,
            None if held.spare_db is None else round(held.spare_db, 2),
            round(held.at_s, 3),
            round(held.force_n * 1e3, 3),
            held.said,
        ),
        head=None if hot is None else _head(hot),
        predicted=told_places,
        machining=asked,
        remains=remains(groove, wish, fit.peak_velocity_m_s),
        spots=found_spots,
        advice=advice(made, wish, by, held, hot, told_places, found_spots, heard, could_win_db(task, fit)),
        warnings=(*found.warnings, *dress.notes, *remarks(wish.disc, wish.machine, spelling, asked)),
    )
    played = sounds(found_spots, songs, groove, made.gain, wish, presets.turntable("ideal"), start_s) if listen else ()
    return side, pictures_of(groove, wish.disc, dress.cut_out, songs, heard, made, played)


def _spelling(wish: Wish) -> formats.Format:
    """How the machine's first format of lines spells a disc."""
    named = [each for name in wish.machine.formats for each in formats.known() if each.name == name and each.lines]
    return named[0] if named else formats.for_writing(Path("disc.svg"), None)


def _tight_pitch_m(task: Task, factor: float) -> float:
    """Mean pitch at which a side like this one would be full."""
    least_m = plan.least_pitch_m(task.disc)
    if task.silent:
        return least_m
    way = narrowest(task, factor)
    return max(way.music_m / max(way.music_turns, 1e-9), least_m)


def _head(hot: Heat) -> HeadCheck:
    at_s, spare = hot.at_s, hot.spare_db
    if spare is None:
        said = "nothing moves the cutter head"
    elif spare >= 0:
        said = f"the cutter head stays cool: {spare:.1f} dB to spare at {time_text(at_s)}"
    else:
        said = f"the cutter head gets too hot at {time_text(at_s)}, by {-spare:.1f} dB; lower the level or the treble"
    return HeadCheck(
        rms_m_s2=round(hot.rms_m_s2, 2),
        limit_m_s2=round(hot.limit_m_s2, 2),
        spare_db=math.inf if spare is None else round(spare, 2),
        at_s=round(at_s, 2),
        said=said,
    )


def _songs(songs: Sequence[Song], heard: Sequence[Loudness], groove: Groove) -> tuple[SongCheck, ...]:
    rows = []
    for song, loud, band in zip(songs, heard, tracks_of(groove.bands), strict=True):
        ends = np.array([band.first, band.last]) * groove.turns_per_sample
        outer, inner = (float(r) * 1e3 for r in groove.spiral.at(ends))
        side_s = (band.first - groove.music.first) / groove.rate_hz
        rows.append(song_check(song, loud, side_s, outer, inner))
    return tuple(rows)
