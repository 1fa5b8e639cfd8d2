"""A record made of nothing but code: a tune, an X-ray, the one cut into the other, and what turntables make of it."""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import audio, presets
from ..demo.phantom import xray
from ..demo.tune import boogie
from ..errors import FitError, OutputError
from ..formats import discs
from ..groove import Groove
from ..presets import Disc
from ..progress import Progress, silent
from .cut import cut
from .looks import Looks
from .output import whole
from .play import play
from .recipe import Recipe
from .reports import CutReport, PlayReport

FILM_PX, FILM_M = 2400, 0.251
"""The film is as large as a 10 inch disc."""
PICTURE_DPI = 400
TURNTABLES = ("ideal", "portable")
SMALL_PX, SMALL_QUALITY = 1400, 84
GLIMPSE_M, GLIMPSE_HEIGHT_M = 1500e-6, 420e-6
FIND_PER_S = 200
"""The fastest moment is looked for 1/200 s around the time that the cut tells."""


@dataclass(frozen=True)
class Heard:
    """One playing of the demo's disc: the sound file and what the player told."""

    file: str
    report: PlayReport


@dataclass(frozen=True)
class Shape:
    """The disc and its groove, as read back from the drawing.

    Attributes
    ----------
    diameter_mm, hole_mm : float
    sheet_um : float
        Thickness of the sheet.
    groove_m : float
        Length of the groove's middle line, from the lead-in to the end of the locked groove.
    groove_width_um, groove_depth_um, angle_deg : float
        Of the unmodulated groove, a V of that included angle.
    tip_um : float
        Radius of the ball that is meant to play it.
    lead_in_s : float
        Silence before the music.
    """

    diameter_mm: float
    hole_mm: float
    sheet_um: float
    groove_m: float
    groove_width_um: float
    groove_depth_um: float
    angle_deg: float
    tip_um: float
    lead_in_s: float


@dataclass(frozen=True)
class Glimpse:
    """The groove under a microscope where it moves fastest, turns laid straight.

    Attributes
    ----------
    at_s : float
        When in the music that is.
    radius_mm : float
    length_um, height_um : float
        Of the field of view; the unmodulated groove runs through its middle.
    turns : tuple
        The middle line of each turn in view, outermost first: (along, outwards) in µm from the field's middle.
    """

    at_s: float
    radius_mm: float
    length_um: float
    height_um: float
    turns: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class DemoReport:
    """What the demo left in its folder. File names are relative to it.

    Attributes
    ----------
    composed : bool
        The song is the demo's own, not one that was given.
    small : str
        The picture once more, small enough for a page.
    glimpse : Glimpse or None
        None where the song is silent.
    """

    folder: str
    title: str
    composed: bool
    song: str
    film: str
    drawing: str
    picture: str
    small: str
    cut: CutReport
    shape: Shape
    glimpse: Glimpse | None
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
    if song is not None:
        audio.read(song)  # what cannot be read is told before anything is made
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
    recipe = Recipe(sheet=str(film), dots_per_m=PICTURE_DPI / 25.4e-3, looks=Looks(title=None if song else title))
    drawing, picture = folder / "disc.svg", folder / "disc.png"
    made, recipe = _cut_what_fits(own, recipe, drawing, progress)
    cut(own, recipe, picture, progress)
    small = folder / "disc-small.jpg"
    progress("making a small picture", 0.0)
    _write_small(picture, small)
    if song is not None:
        own = folder / "song.wav"
        with whole(own) as file:
            audio.write(file, audio.read(song, 0.0, recipe.end_s), "PCM_16")
    heard = []
    for name in TURNTABLES:
        out = folder / f"heard-{name}.wav"
        report = play([drawing], dataclasses.replace(recipe, turntable=name, seed=78), out, progress)
        heard.append(Heard(out.name, report))
    disc = presets.disc(recipe.disc)
    groove = _read_back(drawing, disc, progress)
    return DemoReport(
        folder=str(folder),
        title=title,
        composed=song is None,
        song=own.name,
        film=film.name,
        drawing=drawing.name,
        picture=picture.name,
        small=small.name,
        cut=made,
        shape=_shape(groove, disc),
        glimpse=_glimpse(groove, disc, made),
        heard=tuple(heard),
    )


def _write_film(path: Path) -> None:
    from PIL import Image

    dpi = FILM_PX // FILM_M * 25.4e-3  # whole dots to the metre, as PNG tells them; a hair more than the disc
    with whole(path) as file:
        Image.fromarray(np.asarray(xray(FILM_PX))).save(file, "PNG", compress_level=4, dpi=(dpi, dpi))


def _cut_what_fits(song: Path, recipe: Recipe, out: Path, progress: Progress) -> tuple[CutReport, Recipe]:
    """Cut the song; where it is too long for the side, its first 3½ minutes, as the bone records held."""
    try:
        return cut(song, recipe, out, progress), recipe
    except FitError:
        shorter = dataclasses.replace(recipe, end_s=210.0)
        return cut(song, shorter, out, progress), shorter


def _write_small(picture: Path, out: Path) -> None:
    """A picture made smaller as the eye would see it from further away: light adds, grey values do not."""
    from PIL import Image

    light = (np.arange(256, dtype=np.float32) / 255) ** 2.2
    channels = []
    with Image.open(picture) as full:
        for channel in full.convert("RGB").split():
            linear = Image.fromarray(light[np.asarray(channel)])
            seen = np.asarray(linear.resize((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS))
            channels.append(Image.fromarray((np.clip(seen, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)))
    with whole(out) as file:
        Image.merge("RGB", channels).save(file, "JPEG", quality=SMALL_QUALITY, optimize=True, progressive=True)


def _read_back(drawing: Path, disc: Disc, progress: Progress) -> Groove:
    groove, _ = discs.read([drawing], disc.rpm, disc.rpm, progress)
    return groove


def _shape(groove: Groove, disc: Disc) -> Shape:
    sheet = presets.sheet(disc.sheet)
    around_m = math.fsum(float(block.radius_m.sum()) for block in groove.blocks()) * 2 * math.pi
    return Shape(
        diameter_mm=round(disc.diameter_m * 1e3, 3),
        hole_mm=round(disc.hole_diameter_m * 1e3, 3),
        sheet_um=round(sheet.thickness_m * 1e6, 3),
        groove_m=round(around_m * groove.turns_per_sample, 3),
        groove_width_um=round(disc.groove_width_m * 1e6, 3),
        groove_depth_um=round(disc.depth_m * 1e6, 3),
        angle_deg=round(math.degrees(disc.angle_rad), 3),
        tip_um=round(presets.stylus(disc.stylus).radius_m * 1e6, 3),
        lead_in_s=round(_lead_in_s(groove, disc), 4),
    )


def _lead_in_s(groove: Groove, disc: Disc) -> float:
    return float(disc.lead_in_turns * 60 / groove.rpm)


def _glimpse(groove: Groove, disc: Disc, made: CutReport) -> Glimpse | None:
    """The field of view around the moment of the greatest velocity, with every turn that passes through it."""
    at_s = next((limit.at_s for limit in made.limits if limit.name == "velocity"), None)
    if at_s is None:
        return None
    per_sample = groove.turns_per_sample
    near = round((_lead_in_s(groove, disc) + at_s) * groove.rate_hz)
    first, last = max(0, near - groove.rate_hz // FIND_PER_S), near + groove.rate_hz // FIND_PER_S
    middle = (first + float(np.abs(np.diff(groove.lateral_m[first:last])).argmax()) + 0.5) * per_sample
    radius_m = float(groove.spiral.at(np.array(middle)))
    half = GLIMPSE_M / 2 / (2 * math.pi * radius_m)
    in_view = []
    for turn in range(-math.ceil(middle), math.ceil(len(groove) * per_sample - middle) + 1):
        first = max(0, math.floor((middle + turn - half) / per_sample))
        last = max(first, min(len(groove), math.ceil((middle + turn + half) / per_sample) + 1))
        turns: NDArray[Any] = np.arange(first, last) * per_sample
        outwards = groove.spiral.at(turns) + groove.lateral_m[first:last] - radius_m
        if len(turns) > 1 and np.abs(outwards).min() < GLIMPSE_HEIGHT_M / 2 + disc.groove_width_m:
            along = (turns - middle - turn) * 2 * math.pi * radius_m
            in_view.append(
                tuple(
                    (round(x * 1e6, 1), round(y * 1e6, 2))
                    for x, y in zip(along.tolist(), outwards.tolist(), strict=True)
                )
            )
    return Glimpse(at_s, round(radius_m * 1e3, 3), GLIMPSE_M * 1e6, GLIMPSE_HEIGHT_M * 1e6, tuple(in_view))
