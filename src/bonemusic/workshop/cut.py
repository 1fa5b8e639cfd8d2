"""A song onto a disc: read, shape, fit, engrave, draw, and tell."""

from __future__ import annotations

import dataclasses
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
from ..paths import fidelity, grid
from ..presets import Curve, Machine
from ..progress import Progress, silent
from ..spectral import filtered, high_cut, low_cut
from ..units import length_text, rpm_text
from .output import whole
from .recipe import Recipe
from .reports import CutReport

GOOD_SNR_DB = 45.0
"""Below this the ideal machine's steps get finer: rounding stays under what any sheet's surface adds."""
SHORTEST_S = 0.05
TRIALS, CHECKS = 4, 16


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
    del unit, task
    heard = _heard_power(mono, sound.rate_hz)
    seconds = sound.seconds
    del sound, mono

    work = formats.CutDisc(groove, disc, machine, recipe.dots_per_m, film)
    step_m = snr_db = None
    if spelling.lines:
        drawn = grid.wave(groove, int(machine.points_per_s), band_hz, progress)
        step_m, snr_db = _step(drawn, groove, machine, curve, found, heard)
        work = dataclasses.replace(work, wave=drawn, step_m=step_m)
    assert spelling.write is not None
    with whole(out) as file:
        points = spelling.write(file, work, progress)
        size = file.tell()
    if snr_db is not None and snr_db < 20:
        warnings.append(
            f"the grid of {machine.name} leaves {snr_db:.0f} dB between sound and noise; "
            "a higher level, a slower speed or a bigger disc gains some"
        )
    return _report(
        song,
        recipe,
        groove,
        machine,
        found,
        seconds,
        (points, size, step_m, snr_db, band_hz),
        (*found.warnings, *warnings),
    )


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


def _heard_power(mono: NDArray[Any], rate_hz: int) -> float:
    """Mean square of the song within the figure's band, over its seconds that are no pauses (30 dB down)."""
    low, high = fidelity.BAND_HZ
    in_band = filtered(mono, rate_hz, lambda f: low_cut(f, low, 6) * high_cut(f, high, 1.15 * high), 12_000)
    whole_s = len(in_band) // 12_000 * 12_000
    if not whole_s:
        return float(np.mean(in_band.astype(np.float64) ** 2))
    seconds = np.mean(in_band[:whole_s].reshape(-1, 12_000).astype(np.float64) ** 2, axis=1)
    return float(np.mean(seconds[seconds >= 1e-3 * seconds.mean()])) if seconds.any() else 0.0


def _step(
    drawn: grid.Wave, groove: Groove, machine: Machine, curve: Curve, found: Fit, heard: float
) -> tuple[float, float | None]:
    """The grid's step, finer where the level is low and the machine can, and the SNR that playing it gives."""
    music = groove.band("music")
    if heard <= 0 or music is None or found.level_db is None:
        return machine.step_m, None
    first_s, last_s = music.first / groove.rate_hz, music.last / groove.rate_hz
    signal = heard * found.factor**2

    def snr_db(step_m: float, count: int) -> float | None:
        error = fidelity.heard_error(drawn, step_m, groove, curve, fidelity.windows(first_s, last_s, count))
        return 10 * math.log10(signal / error) if error > 0 else None

    step_m = machine.step_m
    for _ in range(12):
        found_db = snr_db(step_m, TRIALS)
        if found_db is None or found_db >= GOOD_SNR_DB or step_m / 2 < machine.finest_step_m:
            break
        step_m /= 2
    result = snr_db(step_m, CHECKS)
    return step_m, None if result is None else round(result, 2)


def _report(
    song: Path,
    recipe: Recipe,
    groove: Groove,
    machine: Machine,
    found: Fit,
    seconds: float,
    drawn: tuple[int, int, float | None, float | None, float],
    warnings: tuple[str, ...],
) -> CutReport:
    points, size, step_m, snr_db, band_hz = drawn
    disc = presets.disc(recipe.disc)
    music = next(b for b in groove.bands if b.name == "music")
    outer, inner = _extent(groove, music.first, music.last)
    all_outer, all_inner = _extent(groove, 0, len(groove))
    near = room.neighbours(
        groove.lateral_m[music.first : music.last],
        groove.rate_hz,
        music.first,
        groove.spiral,
        groove.rpm,
        disc,
        machine,
    )
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
        peak_velocity_cm_s=round(found.peak_velocity_m_s * 100, 4),
        peak_displacement_um=round(found.peak_swing_m * 1e6, 3),
        closest_turns_um=round(near.closest_turns_m * 1e6, 3) if math.isfinite(near.closest_turns_m) else None,
        closest_land_um=round(near.closest_land_m * 1e6, 3) if math.isfinite(near.closest_land_m) else None,
        limits=found.limits,
        points=points,
        step_um=None if step_m is None else round(step_m * 1e6, 4),
        bytes=size,
        predicted_snr_db=snr_db,
        bandwidth_hz=round(band_hz, 1),
        machine_seconds=None,
        warnings=warnings,
    )


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


def describe(report: CutReport) -> str:
    """The report in a few lines for a person."""
    from fractions import Fraction

    speed = rpm_text(Fraction(report.rpm).limit_denominator(1000))
    level = "silent" if report.level_db is None else f"{report.level_db:+.1f} dB"
    limit = min(
        (row for row in report.limits if row.spare_db is not None and row.name != "depth"),
        key=lambda row: row.spare_db if row.spare_db is not None else math.inf,
        default=None,
    )
    lines = [
        f"{report.song} on {report.disc}: {report.music_seconds:.1f} s at {speed} rpm, "
        f"{report.music_turns:.0f} turns, pitch {report.pitch_um:.0f} µm",
        f"level {level} re 5 cm/s (peaks {report.peak_velocity_cm_s:.1f} cm/s, {report.peak_displacement_um:.0f} µm)"
        + (f", nearest limit: {limit.name} at {limit.at_s:.1f} s" if limit and limit.at_s is not None else ""),
    ]
    if report.predicted_snr_db is not None:
        lines.append(
            f"the drawing carries {report.predicted_snr_db:.0f} dB between sound and noise, "
            f"to {report.bandwidth_hz / 1e3:.1f} kHz"
        )
    lines.append(f"{report.points:,} points, {report.bytes / 1e6:.1f} MB")
    return "\n".join(lines)
