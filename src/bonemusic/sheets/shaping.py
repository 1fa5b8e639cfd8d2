"""Text -> glyphs of a font, each at its place: joined where the script joins, from right to left where it reads so."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..files import named
from . import direction

MOST_FONT_BYTES = 50_000_000
MOST_CONTOUR_POINTS = 20_000
_STEPS = 8
"""Straight pieces to a curve of an outline."""
_MARKS = 3
"""Combining marks that a letter may carry; towers of them are no letters."""


@dataclass(frozen=True, eq=False)
class Face:
    """A font, in its own units (`upem` of them to the em)."""

    font: Any
    upem: int
    cap: float
    """Height of a capital."""

    def outline(self, glyph: int) -> list[NDArray[Any]]:
        """Closed contours of a glyph, (n, 2), y up; none where it is blank, or too long to be a letter."""
        return _outline(self, glyph)

    def has(self, letter: str) -> bool:
        """Whether the font can draw the letter; blanks need no outline."""
        glyph = self.font.get_nominal_glyph(ord(letter))
        return bool(glyph) and (letter.isspace() or bool(self.outline(glyph)))


@dataclass(frozen=True)
class Placed:
    """A glyph at its place, in ems from where its run begins."""

    glyph: int
    x: float
    y: float


@dataclass(frozen=True)
class Run:
    """Glyphs of one font, from left to right, and how wide they are together, in ems."""

    face: Face
    glyphs: tuple[Placed, ...]
    width: float


@lru_cache(8)
def face(path: Path | None) -> Face:
    """The font of a file; None: the one that comes along."""
    if path is None:
        return _face(resources.files("bonemusic.sheets").joinpath("fonts/DejaVuSans.ttf").read_bytes())
    with named(path, FormatError):
        if path.stat().st_size > MOST_FONT_BYTES:
            raise FormatError(f"is larger than {MOST_FONT_BYTES // 10**6} MB; give a TTF or OTF file of fewer letters")
        return _face(path.read_bytes())


def _face(data: bytes) -> Face:
    import uharfbuzz

    found = uharfbuzz.Face(data)
    if not found.glyph_count or not found.unicodes or not 16 <= found.upem <= 16384:
        raise FormatError("is no font that can be read; give a TTF or OTF file")
    font = uharfbuzz.Font(found)
    bare = Face(font, found.upem, 0.7 * found.upem)
    capital = bare.outline(font.get_nominal_glyph(ord("H")) or 0) if bare.has("H") else []
    cap = max((float(line[:, 1].max()) for line in capital), default=0.0)
    return Face(font, found.upem, cap if 0.2 < cap / found.upem < 2 else bare.cap)


def clean(words: str) -> str:
    """The words on one line, without what nobody sees: controls, zero widths, overrides, towers of marks."""
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", " ".join(words.split())):
        kind = unicodedata.category(letter)
        if kind == "Zs":
            letter = " "
        joiner = letter == "\u200c" and kept and unicodedata.bidirectional(kept[-1]) == "AL"  # part of the spelling
        if not joiner and (kind in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") or 0xFE00 <= ord(letter) <= 0xFE0F):
            continue
        marks = marks + 1 if kind.startswith("M") else 0
        if marks <= _MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split())


def shape(words: str, font: Path | None = None) -> tuple[tuple[Run, ...], str]:
    """Set words on a line.

    Parameters
    ----------
    words : str
        As `clean` leaves them.
    font : Path or None
        Where it lacks a letter, the font that comes along is tried.

    Returns
    -------
    tuple of Run
        From left to right.
    str
        The letters that no font has, each once; they are left out.
    """
    faces = [face(None)] if font is None else [face(font), face(None)]
    kept, owners, missing = _owned(words, faces)
    runs = tuple(_shaped(text, right_to_left, faces[owner]) for text, right_to_left, owner in _runs(kept, owners))
    return runs, missing


def _owned(words: str, faces: list[Face]) -> tuple[str, list[int], str]:
    """The letters that some font has, which font draws each, and those that none has."""
    kept: list[str] = []
    owners: list[int] = []
    missing: dict[str, None] = {}
    for letter in words:
        if letter == "\u200c":
            spelt, owner = letter, owners[-1] if owners else 0
        else:
            spelt, owner = _spelt(letter, faces, owners[-1] if owners else 0)
        if owner < 0:
            missing[letter] = None
            continue
        kept += spelt
        owners += [owner] * len(spelt)
    return "".join(kept), owners, "".join(missing)


def _spelt(letter: str, faces: list[Face], before: int) -> tuple[str, int]:
    """How a letter is spelt with the letters of a font, and which font that is; -1: none has it.

    Marks and blanks stay with the font of the letter before them if it has them.
    """
    order = list(range(len(faces)))
    if unicodedata.category(letter)[0] in "MZ":
        order.sort(key=lambda k: k != before)
    for form in (letter, unicodedata.normalize("NFD", letter), unicodedata.normalize("NFKD", letter)):
        for owner in order:
            if all(faces[owner].has(part) for part in form):
                return form, owner
    return letter, -1


def _runs(words: str, owners: list[int]) -> list[tuple[str, bool, int]]:
    """Stretches of one direction, script and font, from left to right."""
    found: list[tuple[str, bool, int]] = []
    for first, last, level in direction.runs(words):
        pieces: list[tuple[str, bool, int]] = []
        start, script = first, ""
        for k in range(first, last):
            own = _script(words[k])
            if k > start and (owners[k] != owners[k - 1] or (own and script and own != script)):
                pieces.append((words[start:k], bool(level % 2), owners[start]))
                start, script = k, ""
            script = own or script
        pieces.append((words[start:last], bool(level % 2), owners[start]))
        found += reversed(pieces) if level % 2 else pieces
    return found


def _script(letter: str) -> str:
    """The first word of a letter's name is its script's; signs, digits and marks belong to any."""
    return unicodedata.name(letter, "").partition(" ")[0] if letter.isalpha() else ""


def _shaped(text: str, right_to_left: bool, owner: Face) -> Run:
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    uharfbuzz.shape(owner.font, buffer)
    placed, at = [], 0.0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        placed.append(Placed(info.codepoint, at + place.x_offset / owner.upem, place.y_offset / owner.upem))
        # fonts may lie about advances: no letter is wider than twenty ems, none goes back
        at += min(max(place.x_advance / owner.upem, 0.0), 20.0)
    return Run(owner, tuple(placed), at)


@lru_cache(4096)
def _outline(owner: Face, glyph: int) -> list[NDArray[Any]]:
    pen = _Pen()
    owner.font.draw_glyph_with_pen(glyph, pen)
    contours = [np.array([*line, line[0]], np.float64) for line in pen.contours if len(line) > 2]
    if pen.count > MOST_CONTOUR_POINTS or any(np.abs(line).max() > 30 * owner.upem for line in contours):
        return []
    return contours


class _Pen:
    """Takes an outline down as straight pieces."""

    def __init__(self) -> None:
        self.contours: list[list[tuple[float, float]]] = []
        self.count = 0

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802  (HarfBuzz calls it so)
        self.count += 1
        if self.count <= MOST_CONTOUR_POINTS:
            self.contours.append([point])

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.count += 1
        if self.count <= MOST_CONTOUR_POINTS:
            self.contours[-1].append(point)

    def qCurveTo(self, middle: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self.contours[-1][-1], middle, end
        for k in range(1, _STEPS + 1):
            t = k / _STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            self.lineTo((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))

    def curveTo(  # noqa: N802
        self, first: tuple[float, float], second: tuple[float, float], end: tuple[float, float]
    ) -> None:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.contours[-1][-1], first, second, end
        for k in range(1, _STEPS + 1):
            t = k / _STEPS
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            self.lineTo((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))

    def closePath(self) -> None:  # noqa: N802
        """Contours are closed when they are taken."""
