"""A song onto a disc: read, shape, fit, engrave, draw, and tell."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import audio, formats, presets
from ..cutting import plan
from ..errors import FitError, SoundError
from ..presets import Machine, Sheet
from ..progress import Progress, silent
from ..units import time_text
from .output import refuse_inputs
from .recipe import Recipe
from .reports import CutReport
from .wish import Song, Wish

SHORTEST_S = 0.05
CANCELLED = 1e-3
FAR_TOO_LONG = 3.0


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
    disc = presets.disc(recipe.disc)
    wish = Wish(
        disc=disc,
        rpm=recipe.rpm or disc.rpm,
        curve=presets.curve(recipe.curve or "riaa"),
        machine=presets.machine(recipe.machine),
        stylus=presets.stylus(recipe.stylus or disc.stylus),
        sheet=_sheet(recipe.sheet, disc.sheet),
        level=recipe.level,
        pitch=recipe.pitch,
        dots_per_m=recipe.dots_per_m,
        film=_film(recipe.sheet),
    )
    refuse_inputs(out, [song, Path(recipe.sheet)] if recipe.sheet else [song])
    progress("reading the song", 0.0)
    with ThreadPoolExecutor(1) as reader:
        # decoding needs no lock, so the compiled parts are loaded meanwhile
        reading = reader.submit(_read, song, recipe)
        from . import side

        side.wake()
        read = reading.result()
    del reading
    return side.make(song, read, wish, spelling, out, progress)


def _read(song: Path, recipe: Recipe) -> Song:
    """The song, mixed to what a drawn line can hold."""
    sound = audio.read(song, recipe.start_s, recipe.end_s)
    _refuse_too_short(song, sound)
    _refuse_far_too_long(song, sound, recipe)
    machine = presets.machine(recipe.machine)
    mono = audio.mixed(sound)
    _refuse_cancelled(song, sound, mono)
    return Song(mono, sound.rate_hz, tuple(_about_song(sound, machine)))


def _refuse_far_too_long(song: Path, sound: audio.Audio, recipe: Recipe) -> None:
    """Hours of sound need not be shaped to be refused; what is nearer to fitting is told more exactly by `fit`."""
    disc = presets.disc(recipe.disc)
    holds_s = plan.longest_s(disc, recipe.rpm or disc.rpm, plan.least_pitch_m(disc), 0.0)
    if sound.seconds > FAR_TOO_LONG * max(holds_s, 1.0):
        raise FitError(
            f"{song.name}: {time_text(sound.seconds)} do not fit, {disc.name} holds {time_text(holds_s)} of silence at "
            "most and less of sound; cut a part with --start and --end"
        )


def _refuse_cancelled(song: Path, sound: audio.Audio, mono: NDArray[Any]) -> None:
    """Where one channel is the other upside down, nothing but their rounding would be left, raised to full level."""
    left = float(np.abs(mono).max(initial=0.0))
    if sound.channels == 2 and left < CANCELLED * float(np.abs(sound.samples).max(initial=0.0)):
        raise SoundError(
            f"{song.name}: left and right cancel each other when mixed, nothing of the song is left; "
            "turn one channel's polarity round, or give a single channel"
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


def _sheet(name: str | None, default: str) -> Sheet:
    """The sheet's numbers: the one named, or the disc's own where a picture or nothing is named."""
    if name in presets.names("sheets"):
        return presets.sheet(name)
    if name and not Path(name).suffix and not Path(name).exists():
        presets.row("sheets", name)  # tells the nearest names
    return presets.sheet(default)


def _film(name: str | None) -> NDArray[Any] | None:
    """The picture on the sheet, where the recipe names a file."""
    if name is None or name in presets.names("sheets"):
        return None
    from ..sheets import picture

    return picture.read(Path(name))
