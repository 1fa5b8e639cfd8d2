"""A side made: planned, engraved, compensated, drawn, and told of. Loads the compiled parts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cutting import room
from ..cutting.compensate import compensated
from ..cutting.engrave import engrave
from ..cutting.heat import Heat
from ..cutting.needle import Needle, needle
from ..cutting.programme import RING_S
from ..formats import CutDisc, Format
from ..groove import Groove, tracks_of
from ..jit import wake
from ..moments import MOMENT, Moments
from ..paths.layers import Layer
from ..progress import Progress
from ..sheets.placing import spelt
from ..units import length_text, time_text
from .drawing import Drawn, Heard, draw, heard_of
from .dress import Dress, dressed, view_of
from .limits import limited_by
from .machining import kerf_beyond_m
from .planned import Planned, planned
from .reports import CutReport, SongReport, Touch
from .songs import Song
from .wish import Wish

__all__ = ["groove_of", "make", "wake"]

POOR_SNR_DB, DROWNED_SNR_DB = 20.0, 3.0
SHARED = 32


def make(
    songs: Sequence[Song],
    wish: Wish,
    spelling: Format,
    out: Path,
    progress: Progress,
    name: str = "A",
    marks: tuple[Layer, ...] = (),
    before: tuple[Layer, ...] = (),
) -> CutReport:
    """Cut songs as they flow by onto a side, and write the disc.

    Of other layers, `before` are drawn before the groove and `marks` between groove and outline.
    """
    view, dress = view_of(wish, spelling), Dress(())
    if spelling.lines or spelling.pictures:
        progress("laying out the disc", 0.0)
        dress = dressed(songs, wish, name, view)
    found = planned(songs, wish, progress)
    groove = groove_of(found, wish, title(songs), progress)
    heard = Heard()
    if spelling.lines and view == "machine" and found.made.fit.level_db is not None:
        heard = heard_of(groove, wish.curve)
    work = CutDisc(
        groove, wish.disc, wish.machine, wish.dots_per_m, dress.film, None, (*marks, *dress.layers), before, view
    )
    drawn = draw(work, spelling, out, wish, found.bandwidth_hz, heard, dress.places, progress)
    said = [*found.warnings, *_mechanics(found, groove, wish), *dress.notes, *drawn.notes]
    if drawn.snr_db is not None and drawn.snr_db < POOR_SNR_DB:
        gains = "" if wish.level is None else "a higher level, "
        said.append(
            f"the grid of {wish.machine.name} leaves {round(drawn.snr_db, 2):.0f} dB between sound and noise"
            + (", you will hear more noise than music" if drawn.snr_db < DROWNED_SNR_DB else "")
            + f"; {gains}a shorter song, a faster speed or a bigger disc gains some"
        )
    return _report(songs, wish, work, found, drawn, dress, tuple(said), name)


def _mechanics(found: Planned, groove: Groove, wish: Wish) -> list[str]:
    """Where the needle would leave its groove, and where a cutter head would get too hot."""
    said = []
    held = needle_in(found.made.task.measured, found.made.fit.factor, groove, wish)
    if not held.stays and held.carries:
        said.append(held.said)
    hot = head_of(found)
    if hot is not None and hot.spare_db is not None and round(hot.spare_db, 1) < 0:
        said.append(f"the cutter head would get {-hot.spare_db:.1f} dB too hot; lower the level, or limit the treble")
    return said


def head_of(found: Planned) -> Heat | None:
    """How hot the cutter head gets at the level that is cut."""
    hot, factor = found.made.task.head, found.made.fit.factor
    if hot is None or hot.spare_db is None or factor <= 0:
        return hot if hot is None else dataclasses.replace(hot, rms_m_s2=0.0, spare_db=None)
    return dataclasses.replace(hot, rms_m_s2=hot.rms_m_s2 * factor, spare_db=hot.spare_db - 20 * math.log10(factor))


def needle_in(measured: Moments, factor: float, groove: Groove, wish: Wish) -> Needle:
    """Whether the needle stays in a groove; times are counted from the music's beginning."""
    ring_s = RING_S
    first = groove.music.first - round(ring_s * groove.rate_hz)
    # the planned depth changes over half a turn: a few hundredths of a second may share it
    places = (first + MOMENT * SHARED * (np.arange(-(-len(measured) // SHARED)) + 0.5)) * groove.turns_per_sample
    depth = np.repeat(groove.depth.at(places), SHARED)[: len(measured)]
    found = needle(measured, factor, wish.stylus, wish.disc, depth)
    at_s = max(found.at_s - ring_s, 0.0)
    said = found.said.replace(time_text(found.at_s), time_text(at_s))
    return dataclasses.replace(found, at_s=at_s, said=said)


def title(songs: Sequence[Song]) -> str:
    """What a side is called that nobody named: by its song, or by the first of them."""
    return songs[0].path.stem if len(songs) == 1 else f"{songs[0].path.stem} and {len(songs) - 1} more"


def groove_of(found: Planned, wish: Wish, called: str, progress: Progress) -> Groove:
    """The groove of a planned side, whose programme is used up."""
    made = found.made
    meta = {"curve": wish.curve.name, "disc": wish.disc.name, "title": called}
    groove = engrave(made.fit.side, made.task.programme, made.fit.factor, wish.disc, wish.rpm, meta)
    if wish.compensate is not None:
        groove = compensated(groove, wish.compensate, progress, lateral_only=not wish.stereo)
    return groove


def _report(
    songs: Sequence[Song],
    wish: Wish,
    work: CutDisc,
    found: Planned,
    drawn: Drawn,
    dress: Dress,
    warnings: tuple[str, ...],
    name: str,
) -> CutReport:
    groove, disc, machine, made = work.groove, work.disc, work.machine, found.made
    fit = made.fit
    music = groove.music
    # what is drawn moves sideways: in stereo less than an edge does
    swing = fit.peak_swing_m if groove.vertical_m is None else float(np.abs(groove.lateral_m).max())
    outer, inner = _extent(groove, music.first, music.last, swing)
    all_outer, all_inner = _extent(groove, 0, len(groove), swing)
    near = room.neighbours(groove, music.first, music.last, machine)
    velocity = fit.peak_velocity_m_s if drawn.peak_velocity_m_s is None else drawn.peak_velocity_m_s
    per_s = float(groove.rpm) / 60
    seconds = (music.last - music.first) / groove.rate_hz
    slopes = -groove.spiral.slope_at(np.linspace(music.first, music.last, 20_001) * groove.turns_per_sample)
    return CutReport(
        song=", ".join(song.name for song in songs),
        side=name,
        songs=tuple(
            SongReport(
                song.name,
                round(song.seconds, 4),
                round((band.first - music.first) / groove.rate_hz, 4),
                round(float(groove.spiral.at(np.array(band.first * groove.turns_per_sample))) * 1e3, 3),
            )
            for song, band in zip(songs, tracks_of(groove.bands), strict=True)
        ),
        disc=disc.name,
        rpm=round(float(groove.rpm), 6),
        curve=groove.meta["curve"],
        machine=machine.name,
        stereo=groove.vertical_m is not None,
        pitch=wish.pitch if isinstance(wish.pitch, str) else length_text(wish.pitch),
        pitch_um=round(fit.side.pitch_m * 1e6, 3),
        least_pitch_um=round(float(slopes.min()) * 1e6, 3) + 0.0,
        greatest_pitch_um=round(float(slopes.max()) * 1e6, 3),
        level_db=None if fit.level_db is None else round(fit.level_db, 3),
        limited_by=limited_by(fit, wish),
        drive_db=round(made.drive_db, 3) + 0.0,
        touched_percent=round(100 * made.limited.touched_share, 4) if made.limited else 0.0,
        touched=tuple(
            Touch(s.name, round(100 * s.touched_share, 4), round(s.deepest_db, 2)) for s in made.limited.stages
        )
        if made.limited
        else (),
        high_pass_hz=made.high_pass_hz,
        mono_below_hz=made.mono_below_hz,
        compensated=groove.meta.get("compensated"),
        seconds=round(groove.seconds, 4),
        turns=round((len(groove) - 1) / groove.rate_hz * per_s, 4),
        outer_radius_mm=round(all_outer * 1e3, 4),
        inner_radius_mm=round(all_inner * 1e3, 4),
        music_seconds=round(seconds, 4),
        music_turns=round(seconds * per_s, 4),
        music_outer_radius_mm=round(outer * 1e3, 4),
        music_inner_radius_mm=round(inner * 1e3, 4),
        peak_velocity_cm_s=round(velocity * 100, 4),
        peak_displacement_um=round(swing * 1e6, 3),
        closest_turns_um=_um(near.closest_turns_m),
        closest_land_um=_um(near.closest_land_m - kerf_beyond_m(disc, machine)),
        limits=fit.limits,
        files=tuple(str(file) for file in drawn.files),
        points=drawn.points,
        step_um=None if drawn.step_m is None else round(drawn.step_m * 1e6, 4),
        bytes=drawn.size,
        predicted_snr_db=None if drawn.snr_db is None else round(drawn.snr_db, 2),
        bandwidth_hz=round(found.bandwidth_hz, 1),
        machine_seconds=None if drawn.seconds is None else round(drawn.seconds, 1),
        sheet_width_mm=None if dress.film is None else round(1e3 * dress.film.grey.shape[1] / dress.film.dots_per_m, 2),
        place=None if dress.film is None or dress.places else spelt(dress.film),
        places=tuple(spelt(film) for film, _ in dress.places),
        warnings=warnings,
    )


def _um(length_m: float) -> float | None:
    """Micrometres; None where no turn has a neighbour."""
    return round(length_m * 1e6, 3) if math.isfinite(length_m) else None


def _extent(groove: Groove, first: int, last: int, swing_m: float) -> tuple[float, float]:
    """Greatest and least radius of the drawn line over samples first … last.

    The spiral never turns outwards, so both lie where it is within two swings of its ends.
    """
    coarse = np.append(np.arange(first, last, 4096), last)
    spiral = groove.spiral.at(coarse * groove.turns_per_sample)
    outer = coarse[min(int(np.count_nonzero(spiral >= spiral[0] - 2 * swing_m)), len(coarse) - 1)]
    inner = coarse[max(len(coarse) - 1 - int(np.count_nonzero(spiral <= spiral[-1] + 2 * swing_m)), 0)]
    return float(_radius(groove, first, outer).max()), float(_radius(groove, inner, last).min())


def _radius(groove: Groove, first: int, last: int) -> NDArray[Any]:
    turns = np.arange(first, last) * groove.turns_per_sample
    radius: NDArray[Any] = groove.spiral.at(turns) + groove.lateral_m[first:last]
    return radius
