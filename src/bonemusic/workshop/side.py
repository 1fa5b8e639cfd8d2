"""A side made: the song shaped, fitted, engraved, drawn, and told of. Loads the compiled parts."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cutting import engrave, room
from ..cutting.fit import Fit, Task, fit
from ..formats import CutDisc, Format
from ..groove import Groove
from ..jit import wake
from ..progress import Progress
from ..units import length_text
from .drawing import Drawn, draw, heard_power
from .reports import CutReport
from .wish import Song, Wish

__all__ = ["make", "wake"]

POOR_SNR_DB, DROWNED_SNR_DB = 20.0, 3.0


def make(path: Path, song: Song, wish: Wish, spelling: Format, out: Path, progress: Progress) -> CutReport:
    """Cut a song that was read from `path`, and write the disc."""
    disc, machine, curve = wish.disc, wish.machine, wish.curve
    band_hz = engrave.song_bandwidth_hz(song.rate_hz, machine.bandwidth_hz)
    unit, rate_hz = engrave.displacement(song.mono, song.rate_hz, curve, band_hz, progress)
    # rounding to the grid moves each wall by up to half a step, and some more where errors are fed back
    roomy = dataclasses.replace(disc, land_m=disc.land_m + machine.step_m)
    task = Task(unit, rate_hz, roomy, wish.rpm, machine, wish.stylus, wish.sheet)
    found = fit(task, wish.level, wish.pitch)
    meta = {"curve": curve.name, "disc": disc.name, "title": path.stem}
    groove = engrave.engrave(found.side, unit, found.factor, disc, wish.rpm, rate_hz, meta)
    del unit, task
    heard = 0.0 if found.level_db is None else heard_power(song.mono, song.rate_hz) * found.factor**2
    seconds = len(song.mono) / song.rate_hz
    work = CutDisc(groove, disc, machine, wish.dots_per_m, wish.film)
    drawn = draw(work, spelling, out, curve, band_hz, heard, progress)
    said = [*found.warnings, *song.warnings]
    if drawn.snr_db is not None and drawn.snr_db < POOR_SNR_DB:
        gains = "" if wish.level is None else "a higher level, "
        said.append(
            f"the grid of {machine.name} leaves {drawn.snr_db:.0f} dB between sound and noise"
            + (", you will hear more noise than music" if drawn.snr_db < DROWNED_SNR_DB else "")
            + f"; {gains}a shorter song, a faster speed or a bigger disc gains some"
        )
    return _report(path, wish, work, found, drawn, seconds, band_hz, tuple(said))


def _report(
    path: Path,
    wish: Wish,
    work: CutDisc,
    found: Fit,
    drawn: Drawn,
    seconds: float,
    bandwidth_hz: float,
    warnings: tuple[str, ...],
) -> CutReport:
    groove, disc, machine = work.groove, work.disc, work.machine
    music = next(b for b in groove.bands if b.name == "music")
    outer, inner = _extent(groove, music.first, music.last, found.peak_swing_m)
    all_outer, all_inner = _extent(groove, 0, len(groove), found.peak_swing_m)
    lateral = groove.lateral_m[music.first : music.last]
    near = room.neighbours(lateral, groove.rate_hz, music.first, groove.spiral, groove.rpm, disc, machine)
    velocity = found.peak_velocity_m_s if drawn.peak_velocity_m_s is None else drawn.peak_velocity_m_s
    per_s = float(groove.rpm) / 60
    return CutReport(
        song=path.name,
        disc=disc.name,
        rpm=round(float(groove.rpm), 6),
        curve=groove.meta["curve"],
        machine=machine.name,
        pitch=wish.pitch if isinstance(wish.pitch, str) else length_text(wish.pitch),
        pitch_um=round(found.side.pitch_m * 1e6, 3),
        level_db=None if found.level_db is None else round(found.level_db, 3),
        seconds=round(groove.seconds, 4),
        turns=round((len(groove) - 1) / groove.rate_hz * per_s, 4),
        outer_radius_mm=round(all_outer * 1e3, 4),
        inner_radius_mm=round(all_inner * 1e3, 4),
        music_seconds=round(seconds, 4),
        music_turns=round(seconds * per_s, 4),
        music_outer_radius_mm=round(outer * 1e3, 4),
        music_inner_radius_mm=round(inner * 1e3, 4),
        peak_velocity_cm_s=round(velocity * 100, 4),
        peak_displacement_um=round(found.peak_swing_m * 1e6, 3),
        closest_turns_um=_um(near.closest_turns_m),
        closest_land_um=_um(near.closest_land_m),
        limits=found.limits,
        points=drawn.points,
        step_um=None if drawn.step_m is None else round(drawn.step_m * 1e6, 4),
        bytes=drawn.size,
        predicted_snr_db=None if drawn.snr_db is None else round(drawn.snr_db, 2),
        bandwidth_hz=round(bandwidth_hz, 1),
        machine_seconds=None,
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
