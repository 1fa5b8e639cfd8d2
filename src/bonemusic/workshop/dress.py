"""All of a disc but its groove: what is cut out of the sheet, the film under it, and the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import FormatError
from ..formats import Format
from ..paths.layers import Layer, of_disc
from ..pictures.film import Laid
from ..sheets import placing
from ..sheets.label import Label, Room, Words, lay_out
from ..units import rpm_text
from .looks import View
from .object import Object, made
from .songs import Song
from .wish import Wish

PLACES = 6
"""Pictures on a contact sheet."""


@dataclass(frozen=True)
class Dress:
    """What is drawn around a groove, and shown under it.

    Attributes
    ----------
    layers : tuple of Layer
        Label, then hole and outline.
    film : Laid or None
    places : tuple of (Laid, str)
        For a contact sheet: where the disc may lie, and how that is told; else none.
    cut_out : Object or None
    notes : tuple of str
    """

    layers: tuple[Layer, ...]
    film: Laid | None = None
    places: tuple[tuple[Laid, str], ...] = ()
    cut_out: Object | None = None
    notes: tuple[str, ...] = ()


def dressed(songs: Sequence[Song], wish: Wish, side: str, view: View = "machine") -> Dress:
    """Dress a side.

    Raises
    ------
    FormatError
        The outline's drawing or the font cannot be read.
    FitError
        The outline, the hole or the QR code does not fit; or the film is smaller than the disc.
    """
    cut_out = made(wish)
    film, places, told = _laid(wish, cut_out)
    written = label(songs, wish, side, cut_out, view) if wish.looks.label else Label((), (), ())
    disc, machine = wish.disc, wish.machine
    layers = of_disc(
        disc, machine, wish.sheet.thickness_m, cut_out.edge, cut_out.hole, written.lines, cut_out.coin
    )  # fmt: skip
    notes = (*(wish.film.notes if wish.film else ()), *told, *cut_out.notes, *written.notes)
    return Dress(layers, film, places, cut_out, notes)


def view_of(wish: Wish, spelling: Format) -> View:
    """How a format shows the disc.

    Raises
    ------
    FormatError
        It cannot show it so.
    """
    asked = wish.looks.view
    if wish.looks.place.how == "contact" and (spelling.lines or not spelling.pictures):
        raise FormatError(f"a contact sheet is a picture, and {spelling.name} is none; write .png")
    if spelling.pictures:
        return asked or ("machine" if spelling.lines else "light-box")
    if asked not in (None, "machine"):
        raise FormatError(f"{spelling.name} shows no {asked} view; write .png or .pdf, or leave --view out")
    return "machine"


def label(songs: Sequence[Song], wish: Wish, side: str, cut_out: Object, view: View) -> Label:
    """What is engraved around the hole."""
    taken = []
    if cut_out.coin is not None:
        taken.append((cut_out.coin.x_m, cut_out.coin.y_m, cut_out.coin.radius_m))
    room = Room(*cut_out.label_m, tuple(taken))
    line_m = max(wish.machine.kerf_m or 0.0, wish.disc.groove_width_m)
    # a pen's lines are dark; in a picture they are shown as engraved ones
    bright = view != "machine" or wish.machine.formats[0] != "hpgl"
    font = Path(wish.looks.font) if wish.looks.font else None
    return lay_out(_words(songs, wish, side), room, line_m, bright, font)


def _words(songs: Sequence[Song], wish: Wish, side: str) -> Words:
    looks = wish.looks
    titles = [song.stream.title or _plain(song.path.stem) for song in songs]
    artists = {song.stream.artist for song in songs}
    return Words(
        title=" · ".join(filter(None, titles)) if looks.title is None else looks.title,
        artist=(artists.pop() if len(artists) == 1 else "") if looks.artist is None else looks.artist,
        side=side if looks.side is None else looks.side,
        speed=f"{rpm_text(wish.rpm)} rpm",
        curve="" if wish.curve.name == "none" else wish.curve.name.upper(),
        number=looks.number,
        qr=looks.qr,
    )


def _plain(stem: str) -> str:
    """A file's name as a title: signs that stand for blanks become some; what came through a pipe has none."""
    return "" if stem == "stdin" else " ".join(stem.replace("_", " ").split())


def _laid(wish: Wish, cut_out: Object) -> tuple[Laid | None, tuple[tuple[Laid, str], ...], list[str]]:
    """The film under the disc, or under several, and what is to be told of it."""
    film, place = wish.film, wish.looks.place
    if film is None:
        if place.how == "contact":
            raise FormatError("a contact sheet shows places on a picture; name one with --sheet")
        idle = place.how == "given" or wish.looks.sheet_width_m is not None
        return (
            None,
            (),
            ["no picture lies under the disc: --place and --sheet-width ask for one, --sheet names it"] * idle,
        )
    dots_per_m, note = placing.dots_per_m_of(film, wish.looks.sheet_width_m, cut_out.outline)
    told = [note] if note else []
    ring_m = (wish.disc.music_inner_diameter_m / 2, wish.disc.recorded_diameter_m / 2)
    if place.how == "contact":
        found = placing.several(film, dots_per_m, cut_out.outline, ring_m, PLACES)
        return found[0], tuple((each, f"--place {placing.spelt(each)}") for each in found), told
    given = (place.x_m, place.y_m, place.angle_rad) if place.how == "given" else None
    laid, said = placing.lay(film, dots_per_m, given, cut_out.outline, ring_m)
    return laid, (), [*told, *([said] if said else [])]
