"""A song onto a disc: read, shape, fit, engrave, draw, and tell."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import audio, formats, presets
from ..cutting import engrave, room
from ..cutting.fit import Fit, Task, fit
from ..errors import SoundError
from ..groove import Groove
from ..presets import Machine
from ..progress import Progress, silent
from ..units import length_text
from .drawing import Drawn, draw, heard_power
from .recipe import Recipe
from .reports import CutReport

SHORTEST_S = 0.05
POOR_SNR_DB = 20.0


def cut(song: Path, recipe: Recipe, out: Path, progress: Progress = silent) -> CutReport:
    """Cut a song and write the disc to a file whose suffix (or the recipe's format) says what it is.

    Parameters
    ----------
    song : Path
    recipe : Recipe
    out : Path
        "-" is standard output; then the recipe must name a format.
    progress : Progress

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: the song, the fit, or the output.
    """
    spelling = formats.for_writing(out, recipe.format)
    film = None
    disc = presets.disc(recipe.disc)
    rpm = recipe.rpm or disc.rpm
    curve = presets.curve(recipe.curve or "riaa")
    machine = presets.machine(recipe.machine)
    stylus = presets.stylus(recipe.stylus or disc.stylus)
    sheet, film = _sheet(recipe, disc.sheet)

    progress("reading the song", 0.0)
    sound = audio.read(song, recipe.start_s, recipe.end_s)
    warnings = _about_song(sound, machine)
    mono = audio.mixed(sound)
    _refuse_too_short(song, sound)
    band_hz = engrave.song_bandwidth_hz(sound.rate_hz, machine.bandwidth_hz)
    unit, rate_hz = engrave.displacement(mono, sound.rate_hz, curve, band_hz, progress)
    task = Task(unit, rate_hz, disc, rpm, machine, stylus, sheet)
    found = fit(task, recipe.level, recipe.pitch)
    meta = {"curve": curve.name, "disc": disc.name, "title": song.stem}
    groove = engrave.engrave(found.side, unit, found.factor, disc, rpm, rate_hz, meta)
    heard = 0.0 if found.level_db is None else heard_power(mono, sound.rate_hz) * found.factor**2
    work = formats.CutDisc(groove, disc, machine, recipe.dots_per_m, film)
    seconds = sound.seconds
    del unit, task, sound, mono
    drawn = draw(work, spelling, out, curve, band_hz, heard, progress)
    if drawn.snr_db is not None and drawn.snr_db < POOR_SNR_DB:
        warnings.append(
            f"the grid of {machine.name} leaves {drawn.snr_db:.0f} dB between sound and noise; "
            "a higher level, a slower speed or a bigger disc gains some"
        )
    return _report(song, recipe, work, found, drawn, seconds, band_hz, (*found.warnings, *warnings))


def _about_song(sound: audio.Audio, machine: Machine) -> list[str]:
    said = []
    if sound.channels == 2:
        said.append("stereo is mixed to mono, (L+R)/2: a drawn line moves sideways only")
    if sound.rate_hz / 2 < min(machine.bandwidth_hz, 4500):
        said.append(f"the song's rate of {sound.rate_hz} Hz holds nothing above {sound.rate_hz / 2:.0f} Hz")
    return said


def _refuse_too_short(song: Path, sound: audio.Audio) -> None:
    if sound.seconds < SHORTEST_S:
        raise SoundError(
            f"{song.name}: {len(sound.samples)} samples are {sound.seconds * 1e3:.3g} ms, "
            f"too short to be heard; give at least {SHORTEST_S * 1e3:.0f} ms"
        )


def _sheet(recipe: Recipe, default: str) -> tuple[presets.Sheet, NDArray[Any] | None]:
    """The sheet's numbers, and its picture where the recipe names a file."""
    name = recipe.sheet or default
    if name in presets.names("sheets"):
        return presets.sheet(name), None
    if not Path(name).suffix and not Path(name).exists():
        presets.row("sheets", name)  # tells the nearest names
    from ..sheets import picture

    return presets.sheet(default), picture.read(Path(name))


def _report(
    song: Path,
    recipe: Recipe,
    work: formats.CutDisc,
    found: Fit,
    drawn: Drawn,
    seconds: float,
    bandwidth_hz: float,
    warnings: tuple[str, ...],
) -> CutReport:
    groove, disc, machine = work.groove, work.disc, work.machine
    music = next(b for b in groove.bands if b.name == "music")
    outer, inner = _extent(groove, music.first, music.last)
    all_outer, all_inner = _extent(groove, 0, len(groove))
    lateral = groove.lateral_m[music.first : music.last]
    near = room.neighbours(lateral, groove.rate_hz, music.first, groove.spiral, groove.rpm, disc, machine)
    velocity = found.peak_velocity_m_s if drawn.peak_velocity_m_s is None else drawn.peak_velocity_m_s
    per_s = float(groove.rpm) / 60
    return CutReport(
        song=song.name,
        disc=disc.name,
        rpm=round(float(groove.rpm), 6),
        curve=groove.meta["curve"],
        machine=machine.name,
        pitch=recipe.pitch if isinstance(recipe.pitch, str) else length_text(recipe.pitch),
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


def _extent(groove: Groove, first: int, last: int) -> tuple[float, float]:
    """Greatest and least radius of the drawn line over samples first … last."""
    most, least = -np.inf, np.inf
    for a in range(first, last, 1 << 18):
        b = min(a + (1 << 18), last)
        grid_turns = np.arange(a, b + 64, 64) * groove.turns_per_sample
        radius = np.interp(np.arange(a, b), np.arange(a, b + 64, 64), groove.spiral.at(grid_turns))
        radius += groove.lateral_m[a:b]
        most, least = max(most, float(radius.max())), min(least, float(radius.min()))
    return most, least
