"""A record made of nothing but code: a tune, an X-ray, the one cut into the other, and what turntables make of it."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import audio
from ..demo.phantom import xray
from ..demo.tune import boogie
from ..errors import FitError, OutputError
from ..progress import Progress, silent
from .cut import cut
from .output import whole
from .play import play
from .recipe import Recipe
from .reports import CutReport, PlayReport

FILM_PX = 2400
PICTURE_DPI = 400
TURNTABLES = ("ideal", "portable")


@dataclass(frozen=True)
class Heard:
    """One playing of the demo's disc: the sound file and what the player told."""

    file: str
    report: PlayReport


@dataclass(frozen=True)
class DemoReport:
    """What the demo left in its folder. File names are relative to it."""

    folder: str
    title: str
    song: str
    film: str
    drawing: str
    picture: str
    cut: CutReport
    heard: tuple[Heard, ...]


def demo(song: Path | None, folder: Path, progress: Progress = silent) -> DemoReport:
    """Make the record, its picture and its sounds in a folder.

    Parameters
    ----------
    song : Path or None
        None is the boogie-woogie; a song that is too long for the side is cut as far as it fits.
    folder : Path
        Made if it is not there; files of the same names in it are replaced.
    progress : Progress

    Raises
    ------
    BonemusicError
        The song cannot be read, or the folder not written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise OutputError(f"{folder}: cannot be made a folder ({os.strerror(why.errno or 0)}); choose another") from why
    progress("taking the X-ray", 0.0)
    film = folder / "xray.png"
    _write_film(film)
    own, title = song, song.stem if song else "Boogie on the ribs"
    if own is None:
        progress("playing the piano", 0.0)
        own = folder / "song.wav"
        with whole(own) as file:
            audio.write(file, boogie(), "PCM_16")
    recipe = Recipe(sheet=str(film), dots_per_m=PICTURE_DPI / 25.4e-3)
    drawing, picture = folder / "disc.svg", folder / "disc.png"
    made, recipe = _cut_what_fits(own, recipe, drawing, progress)
    cut(own, recipe, picture, progress)
    if song is not None:
        own = folder / "song.wav"
        with whole(own) as file:
            audio.write(file, audio.read(song, 0.0, recipe.end_s), "PCM_16")
    heard = []
    for name in TURNTABLES:
        out = folder / f"heard-{name}.wav"
        report = play(drawing, dataclasses.replace(recipe, turntable=name, seed=78), out, progress)
        heard.append(Heard(out.name, report))
    return DemoReport(str(folder), title, own.name, film.name, drawing.name, picture.name, made, tuple(heard))


def _write_film(path: Path) -> None:
    from PIL import Image

    with whole(path) as file:
        Image.fromarray(np.asarray(xray(FILM_PX))).save(file, "PNG", compress_level=4)


def _cut_what_fits(song: Path, recipe: Recipe, out: Path, progress: Progress) -> tuple[CutReport, Recipe]:
    """Cut the song; where it is too long for the side, its first 3½ minutes, as the bone records held."""
    try:
        return cut(song, recipe, out, progress), recipe
    except FitError:
        shorter = dataclasses.replace(recipe, end_s=210.0)
        return cut(song, shorter, out, progress), shorter
