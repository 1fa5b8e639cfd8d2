"""What is written around the hole: title, artist, side, speed, curve, number, QR code, each where there is room."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..units import length_text
from . import code, lettering, shaping
from .ground import Ground
from .lettering import Lettering

Lines: TypeAlias = tuple[NDArray[Any], ...]

LEAST_HEIGHT_M = 1.2e-3
"""Of a capital: what is still read with bare eyes, and from a scan of 300 dots to the inch."""
_LEAST_LINES = 7
"""Widths of a line in the height of the smallest capital: thicker lines fill the letters."""
_ARC_RAD = math.radians(165)
"""The longest that words along the circle may be."""
_SHRINK = 0.92
_CODE_SHARE = 0.58
"""Side of a QR code that has all the room it wants, against the label's radius."""


@dataclass(frozen=True)
class Words:
    """What a label says; None or empty: nothing."""

    title: str | None = None
    artist: str | None = None
    side: str | None = None
    speed: str | None = None
    curve: str | None = None
    number: str | None = None
    qr: str | None = None


@dataclass(frozen=True)
class Room:
    """The ring around the groove's centre that may be written on.

    Attributes
    ----------
    inner_m, outer_m : float
        Its radii. Lines keep a small margin from both.
    taken : tuple of (float, float, float)
        Circles that stay free: x, y and radius in metres.
    """

    inner_m: float
    outer_m: float
    taken: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Part:
    """One of the label's words as drawn: the whole of it, or one line of it."""

    name: str
    words: str
    height_m: float
    lines: Lines


@dataclass(frozen=True)
class Label:
    """Lines to engrave, in metres, y up, the groove's centre at (0, 0), in the order in which they are drawn.

    `notes` tell, a line each, what of the words was left out and why.
    """

    lines: Lines
    notes: tuple[str, ...]
    parts: tuple[Part, ...]


def lay_out(
    words: Words,
    room: Room,
    line_m: float,
    bright: Callable[[float, float, float], bool] | None = None,
    font: Path | None = None,
) -> Label:
    """Place all words in the room.

    Parameters
    ----------
    words : Words
    room : Room
    line_m : float
        Width of an engraved line.
    bright : callable or None
        Whether engraved lines look bright in a square: x, y of its middle and half its side. None: they are dark.
    font : Path or None
        A TTF or OTF file; None: the font that comes along.

    Returns
    -------
    Label
        Nothing in it crosses the room's edges or what is taken, nor one another.

    Raises
    ------
    FormatError
        The file is no font.
    FitError
        The QR code finds no room.
    """
    ground = Ground(room.inner_m, max(room.outer_m, 1e-3), room.taken, line_m)
    return _Setter(words, ground, line_m, font).label(bright)


class _Setter:
    def __init__(self, words: Words, ground: Ground, line_m: float, font: Path | None) -> None:
        self.words = words
        self.ground = ground
        self.line_m = line_m
        self.font = font
        self.least = max(LEAST_HEIGHT_M, _LEAST_LINES * line_m)
        wide = ground.outer_m - ground.inner_m
        self.title_m = max(min(0.115 * ground.outer_m, 0.2 * wide), self.least)
        self.parts: list[Part] = []
        self.notes: list[str] = []

    def label(self, bright: Callable[[float, float, float], bool] | None) -> Label:
        outer, inner, words = self.ground.outer_m, self.ground.inner_m, self.words
        small = max(0.6 * self.title_m, self.least)
        if not self.ground.free.any():
            if words.qr and words.qr.strip():
                self._refuse_code()
            asked = any(shaping.clean(part or "") for part in vars(words).values())
            return Label((), ("there is no room for a label around the hole: left out",) if asked else (), ())
        self._along("title", self._known("title", words.title), self.title_m)
        self._artist(0.78 * self.title_m)
        with_code = bool(words.qr and words.qr.strip())
        if with_code and not (self._code(bright, outer - 2.4 * small) or self._code(bright, outer)):
            self._refuse_code()
        aside = 0.5 * (inner + max(self._innermost(), 0.75 * outer))
        self._straight("side", _letter(words.side), 1.7 * self.title_m, (-aside, 0.0))
        self._straight("speed", words.speed, 0.72 * self.title_m, (aside, self._level("side")))
        if with_code:
            self._below_code(small)
        else:
            under = inner + 0.3 * (outer - inner)
            self._straight("number", words.number, small, (0.0, -under))
            self._straight("curve", words.curve, small, (0.0, -under - 2.2 * small))
        lines = tuple(line for part in self.parts for line in part.lines)
        return Label(lines, tuple(self.notes), tuple(self.parts))

    def _artist(self, height: float) -> None:
        """Straight above the hole where that is long enough, else along the circle, within the title."""
        words = self._known("artist", self.words.artist)
        text = lettering.text(words, height, self.font)
        above = self.ground.inner_m + 0.3 * (self._innermost() - self.ground.inner_m)
        found = self._line(text, height, 0.0, above, 0.1 * self.ground.outer_m)
        if found is not None and self.ground.inner_m < 0.3 * self.ground.outer_m:
            self._put(Part("artist", words, height, found[0]), found[1])
            return
        self._along("artist", words, height)

    def _below_code(self, height: float) -> None:
        """Number and curve along the circle below, side by side, else to both sides of the code."""
        number, curve = self._known("number", self.words.number), self._known("curve", self.words.curve)
        both = " · ".join(filter(None, (number, curve)))
        found = self._arc(lettering.text(both, height, self.font), height, True)
        if found is not None:
            self._put(Part("number", both, height, found[0]), found[1])
            return
        beside = 0.56 * self.ground.outer_m
        self._straight("number", number, height, (-beside, -beside))
        self._straight("curve", curve, height, (beside, self._level("number", -beside)))

    def _level(self, name: str, otherwise_m: float = 0.0) -> float:
        """The middle of a part's height, for the one across the hole to stand on the same level."""
        heights = [line[:, 1] for part in self.parts if part.name == name for line in part.lines]
        if not heights:
            return otherwise_m
        return 0.5 * float(min(y.min() for y in heights) + max(y.max() for y in heights))

    def _put(self, part: Part, area: NDArray[Any]) -> None:
        if part.lines:
            self.ground.take(area)
            self.parts.append(part)

    def _innermost(self) -> float:
        """The radius within which nothing is set along the upper half of the circle."""
        lines = [line for part in self.parts if part.name in ("title", "artist") for line in part.lines]
        return min((float(np.hypot(*line.T).min()) for line in lines), default=self.ground.outer_m)

    def _heights(self, most: float) -> Iterator[float]:
        height = max(most, self.least)
        while height > self.least:
            yield height
            height *= _SHRINK
        yield self.least

    def _known(self, name: str, words: str | None) -> str:
        """The words that can be drawn; what the fonts lack is noted."""
        plain = shaping.clean(words or "")
        missing = lettering.missing(plain, self.font) if plain else ""
        if missing:
            shown = missing if len(missing) <= 12 else missing[:12] + "…"
            self.notes.append(
                f"no font here has {shown}: left out of the {name}; give one that has such letters (--font)"
            )
            plain = shaping.clean("".join(letter for letter in plain if letter not in missing))
        return plain

    def _along(self, name: str, words: str, most: float) -> None:
        """Set words along the circle, at the top; where something is in the way, else at the bottom, or straight."""
        places: list[Place] = [lambda text, height: self._arc(text, height, False)]
        if self.ground.taken:
            places.append(lambda text, height: self._arc(text, height, True))
            places.append(lambda text, height: self._line(text, height, 0.0, self._innermost(), 2 * self._innermost()))
        self._set(name, words, most, 2, places)

    def _straight(self, name: str, words: str | None, most: float, spot: tuple[float, float]) -> None:
        """Set words on one straight line, their middle at a spot or near it; small ones anywhere."""

        def place(text: Lettering, height: float) -> Found | None:
            return self._line(text, height, *spot, (0.3 if height > self.least else 2.0) * self.ground.outer_m)

        self._set(name, self._known(name, words), most, 1, [place])

    def _set(self, name: str, words: str, most: float, rows: int, places: list[Place]) -> None:
        """Set words as large as there is room: shrunk, then wrapped, then cut, then left out.

        Of several places the first is tried first; more than one row goes only there.
        """
        if not words:
            return
        for count in range(1, rows + 1):
            split = _wrapped(words, count)
            # one row is not shrunk to the least before two are tried
            low = 0.6 * most if count < rows and len(_wrapped(words, count + 1)) > count else 0.0
            for height in self._heights(most if count == 1 else 0.85 * most):
                if height < low or len(split) < count:
                    break
                if any(self._rows(name, split, height, place) for place in places[: 1 if count > 1 else None]):
                    return
        if not self._cut(name, words, rows, places[0]):
            self.notes.append(f"the label has no room for the {name}: left out; take fewer words or a larger disc")

    def _rows(self, name: str, rows: list[str], height: float, place: Place) -> bool:
        """Set rows one below the other, all or none."""
        if max(lettering.width_m(row, height, self.font) for row in rows) > _ARC_RAD * self.ground.outer_m:
            return False
        kept, parts = self.ground.copy(), []
        for row in rows:
            found = place(lettering.text(row, height, self.font), height)
            if found is None:
                self.ground = kept
                return False
            self.ground.take(found[1])
            parts.append(Part(name, row, height, found[0]))
        self.parts += parts
        return True

    def _cut(self, name: str, words: str, rows: int, place: Place) -> bool:
        """Set as many letters as find room, with an ellipsis."""
        low, high = 0, len(words)
        best: tuple[list[Part], Ground] | None = None
        start, before = self.ground, len(self.parts)
        while low < high:
            half = (low + high) // 2
            split = _wrapped(words[: half + 1].rstrip() + "…", rows)
            self.ground = start.copy()
            if len(split) <= rows and self._rows(name, split, self.least, place):
                best = self.parts[before:], self.ground
                del self.parts[before:]
                low = half + 1
            else:
                high = half
        self.ground = start if best is None else best[1]
        if best is None:
            return False
        self.parts += best[0]
        self.notes.append(f"the {name} is too long for the label: cut after {low} of its {len(words)} letters")
        return True

    def _arc(self, text: Lettering, height: float, bottom: bool) -> Found | None:
        """Words along the outermost circle that is free."""
        middle = -math.pi / 2 if bottom else math.pi / 2
        if not text.lines:
            return (), np.zeros((0, 2))
        tall = max(height, max(float(line[:, 1].max()) for line in text.lines))
        deep = min(0.0, min(float(line[:, 1].min()) for line in text.lines))
        radius = self.ground.outer_m - (-deep if bottom else tall)
        gap = 0.45 * height
        while radius > self.ground.inner_m and (text.width_m + 2 * gap) / radius <= _ARC_RAD:
            lines = lettering.around(text, radius, middle, not bottom)
            reach = np.concatenate([np.hypot(*line.T) for line in lines])
            over = float(reach.max()) - self.ground.outer_m
            if over > 0:
                radius -= over + 1e-6
                continue
            area = self.ground.sector(
                float(reach.min()) - gap, float(reach.max()) + gap, middle, (text.width_m / 2 + gap) / radius
            )
            if self.ground.is_free(area):
                return lines, area
            radius -= max(0.25 * height, self.ground.cell_m)
        return None

    def _line(self, text: Lettering, height: float, x: float, y: float, reach: float) -> Found | None:
        """Words on a straight line, their middle as near as there is room to a place."""
        if not text.lines:
            return (), np.zeros((0, 2))
        low = np.min([line.min(axis=0) for line in text.lines], axis=0)
        high = np.max([line.max(axis=0) for line in text.lines], axis=0)
        low[1], high[1] = min(low[1], 0.0), max(high[1], height)
        gap = 0.45 * height
        found = self.ground.nearest(high[0] - low[0] + 2 * gap, high[1] - low[1] + 2 * gap, x, y)
        if found is None or math.hypot(found[0] - x, found[1] - y) > reach:
            return None
        moved = np.array(found) - (low + high) / 2
        area = self.ground.box(found[0], found[1], high[0] - low[0] + 2 * gap, high[1] - low[1] + 2 * gap)
        return tuple(line + moved for line in text.lines), area

    def _code(self, bright: Callable[[float, float, float], bool] | None, outer_m: float) -> bool:
        """The QR code under the hole, within a radius, as large as suits the label and as it must be."""
        text = (self.words.qr or "").strip()
        least = code.least_side_m(text, self.line_m)
        side = max(_CODE_SHARE * self.ground.outer_m, least)
        while True:
            x, y = self.ground.nearest(side, side, 0.0, -0.5 * (self.ground.inner_m + outer_m)) or (0.0, 0.0)
            if (x or y) and math.hypot(abs(x) + side / 2, abs(y) + side / 2) <= outer_m:
                break
            if side <= least:
                return False
            side = max(0.97 * side, least)
        shines = bright is not None and bright(x, y, side / 2)
        lines = tuple(line + np.array([x, y]) for line in code.qr(text, side, self.line_m, shines))
        self.ground.take(self.ground.box(x, y, side, side))
        self.parts.append(Part("qr", text, side, lines))
        return True

    def _refuse_code(self) -> None:
        text = (self.words.qr or "").strip()
        raise FitError(
            f"the label has no room for the QR code of {len(text)} letters, which needs a square of "
            f"{length_text(code.least_side_m(text, self.line_m))}: shorten its text, or take a larger disc"
        )


Found: TypeAlias = tuple[Lines, NDArray[Any]]
Place: TypeAlias = Callable[[Lettering, float], Found | None]


def _letter(side: str | None) -> str | None:
    """ "Side A" is told by a large A."""
    match = re.fullmatch(r"\s*(?:side|seite|face|lado|lato|сторона)\s+(\S{1,3})\s*", side or "", re.IGNORECASE)
    return match[1] if match else side


def _wrapped(words: str, rows: int) -> list[str]:
    """The words in rows as alike as may be, broken at blanks, else anywhere."""
    if rows == 1:
        return [words]
    middle = len(words) / 2
    blanks = [k for k, letter in enumerate(words) if letter == " "]
    at = min(blanks, key=lambda k: abs(k - middle), default=-1)
    if at < 0 or abs(at - middle) > 0.3 * len(words):
        if len(words) < 12:
            return [words]
        at = round(middle)
    return [words[:at].strip(), words[at:].strip()]
