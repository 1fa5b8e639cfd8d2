"""What goes onto a side: the songs, and a recipe whose names are looked up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .. import presets
from ..pictures.film import Film
from ..presets import Curve, Disc, Machine, Sheet, Stylus
from ..units import Level, Pitch
from .looks import Looks
from .recipe import Mastering, Recipe


@dataclass(frozen=True)
class Wish:
    """All that decides a cut besides the songs; `film` is the picture on the sheet, grey, or None."""

    disc: Disc
    rpm: Fraction
    curve: Curve
    machine: Machine
    stylus: Stylus
    sheet: Sheet
    level: Level | None
    pitch: Pitch
    room_s: float | None
    compensate: Stylus | None
    mastering: Mastering
    stereo: bool
    """Whether machine and format move up and down."""
    dots_per_m: float
    looks: Looks
    film: Film | None
    from_turn: float = 0.0
    """From where on the line is drawn, in turns."""

    @staticmethod
    def of(recipe: Recipe, stereo: bool, film: bool = True) -> Wish:
        """The recipe with its names looked up; `stereo` says whether the format can hold what moves up and down, `film`
        whether the sheet's picture is read."""
        disc = presets.disc(recipe.disc)
        machine = presets.machine(recipe.machine)
        return Wish(
            disc=disc,
            rpm=recipe.rpm or disc.rpm,
            curve=presets.curve(recipe.curve or "riaa"),
            machine=machine,
            stylus=presets.stylus(recipe.stylus or disc.stylus),
            sheet=_sheet(recipe.sheet, disc.sheet),
            level=recipe.level,
            pitch=recipe.pitch,
            room_s=recipe.room_s,
            compensate=presets.stylus(recipe.compensate) if recipe.compensate else None,
            mastering=recipe.mastering,
            stereo=stereo and machine.stereo,
            dots_per_m=recipe.dots_per_m,
            looks=recipe.looks,
            film=_film(recipe.sheet) if film else None,
            from_turn=recipe.from_turn,
        )


def _sheet(name: str | None, default: str) -> Sheet:
    """The sheet's numbers: the one named, or the disc's own where a picture or nothing is named."""
    if name in presets.names("sheets"):
        return presets.sheet(name)
    if name and not Path(name).suffix and not Path(name).exists():
        presets.row("sheets", name)  # tells the nearest names
    return presets.sheet(default)


def _film(name: str | None) -> Film | None:
    """The picture on the sheet, where the recipe names a file."""
    if name is None or name in presets.names("sheets"):
        return None
    from ..sheets import sheet

    return sheet.of(Path(name))
