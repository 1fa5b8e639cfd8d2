"""What a disc looks like besides its groove: sheet and place, outline and hole, label; as a person spells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import units
from ..errors import UnitError

MOST_LETTERS = 2000
OUTLINES = ("round", "square", "card")
VIEWS = ("light-box", "plain", "machine")
View = Literal["light-box", "plain", "machine"]


@dataclass(frozen=True)
class Place:
    """Where a disc lies on a picture.

    Attributes
    ----------
    how : str
        given; best: where most of the picture is under the groove; contact: several places, on one sheet of pictures.
    x_m, y_m, angle_rad : float
        The disc's centre, from the film's middle, right and up; the film is turned counter-clockwise under it.
    """

    how: Literal["given", "best", "contact"] = "best"
    x_m: float = 0.0
    y_m: float = 0.0
    angle_rad: float = 0.0


@dataclass(frozen=True)
class Hole:
    """A hole, and how far right of and above the groove's centre it lies."""

    diameter_m: float
    x_m: float = 0.0
    y_m: float = 0.0


@dataclass(frozen=True)
class Looks:
    """The part of a recipe that does not sound."""

    sheet_width_m: float | None = None
    """How wide the picture's sheet is; None: as its file says."""
    place: Place = Place()
    view: View | None = None
    """How pictures show the disc; None: what the format is for."""
    outline: str | None = None
    """round, square, card, or the path of a drawing that holds a closed line; None: the disc's own."""
    hole: Hole | None = None
    label: bool = True
    """Whether words are engraved around the hole."""
    title: str | None = None
    artist: str | None = None
    number: str | None = None
    side: str | None = None
    qr: str | None = None
    """What a QR code on the label says."""
    font: str | None = None
    """The path of a font for the label; None: the one that comes along."""


def path(text: str, what: str, instead: str) -> str:
    """A file's name, which is looked for when it is read."""
    try:
        if text:
            Path(text).exists()
            return text
        why = "it is empty"
    except (OSError, ValueError) as refused:
        why = getattr(refused, "strerror", None) or str(refused)
    raise UnitError(f"{units.shown(text)} names no {what} ({why}); {instead}")


def _place(text: str) -> Place:
    word = text.strip().lower()
    if word == "best":
        return Place("best")
    if word == "contact":
        return Place("contact")
    parts = text.split(",")
    if not 2 <= len(parts) <= 3:
        raise UnitError(f"{units.shown(text)} is no place; give best, contact, or x,y,angle such as 10mm,-5mm,90")
    angle_rad = units.angle_rad(parts[2]) if len(parts) == 3 else 0.0
    return Place("given", _beside_m(parts[0]), _beside_m(parts[1]), angle_rad)


def _beside_m(text: str) -> float:
    """A length to the right or upwards; negative: left or downwards."""
    bare = text.strip()
    if bare[:1] in ("-", "−"):
        return -units.length_m(bare[1:])
    return units.length_m(bare.removeprefix("+"))


def _hole(text: str) -> Hole:
    parts = text.split(",")
    if len(parts) not in (1, 3):
        raise UnitError(
            f"{units.shown(text)} is no hole; give its diameter, such as 7.24mm, or also where it lies off the centre: "
            "7.24mm,0.6mm,0"
        )
    diameter_m = units.length_m(parts[0])
    if not 1e-3 <= diameter_m <= 0.2:
        raise UnitError(f"{units.shown(text)}: a hole is 1 mm to 200 mm wide; 7.24mm and 38.2mm are usual")
    return Hole(diameter_m, *map(_beside_m, parts[1:]))


def _width(text: str) -> float:
    value = units.length_m(text)
    if not 5e-3 <= value <= 5:
        raise UnitError(f"{units.shown(text)}: a sheet is 5 mm to 5 m wide; give such a width, such as 356mm")
    return value


def _one_of(words: tuple[str, ...], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip().lower() in words:
            return text.strip().lower()
        raise UnitError(f"{units.shown(text)} is no {what}; give {', '.join(words[:-1])} or {words[-1]}")

    return read


def _outline(text: str) -> str:
    word = text.strip().lower()
    return word if word in OUTLINES else path(text, "outline", f"give {', '.join(OUTLINES)}, or a drawing's path")


def _words(text: str) -> str:
    if len(text) > MOST_LETTERS:
        raise UnitError(f"{len(text):,} letters are more than a label is asked to hold; give {MOST_LETTERS:,} at most")
    return text


def _code(text: str) -> str:
    """A code is read back letter by letter: none may get lost."""
    try:
        text.encode()
    except UnicodeEncodeError as why:
        raise UnitError(f"{units.shown(text)} is no text (UTF-8), which a QR code holds; give a link") from why
    return _words(text)


PARSERS: dict[str, tuple[str, Any]] = {
    "sheet-width": ("sheet_width_m", _width),
    "place": ("place", _place),
    "view": ("view", _one_of(VIEWS, "view")),
    "outline": ("outline", _outline),
    "hole": ("hole", _hole),
    "label": ("label", lambda text: _one_of(("auto", "off"), "label")(text) == "auto"),
    "title": ("title", _words),
    "artist": ("artist", _words),
    "number": ("number", _words),
    "side": ("side", _words),
    "qr": ("qr", _code),
    "font": ("font", lambda text: path(text, "font", "give the path of a TTF or OTF file")),
}
"""For each setting, the field of `Looks`, and how a person's spelling is read."""
