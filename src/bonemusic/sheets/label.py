"""What is written around the hole: title, artist, side, speed, curve, number, QR code, each where there is room."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..units import length_text
from . import code, lettering, shaping
from .ground import Ground
from .lettering import Lettering
from .setting import Found, Part, Place, Setter

Lines: TypeAlias = tuple[NDArray[Any], ...]

_CODE_SHARE = 0.58
"""Side of a QR code that has all the room it wants, against the label's radius."""


HAIR_M = 0.1e-3
"""Letters of finer lines are drawn three times, side by side. Assumed: a hair's width; finer ones are lost on bright
bone, and in pictures of 300 dots to the inch."""
BESIDE = 0.75
"""How far each pass lies from the stroke's middle, in lines' widths: whichever way it runs, passes overlap."""


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
    bright: bool = False,
    font: Path | None = None,
) -> Label:
    """Place all words in the room.

    Parameters
    ----------
    words : Words
    room : Room
    line_m : float
        Width of an engraved line.
    bright : bool
        Whether engraved lines are brighter than what they are engraved in.
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
    stroke_m = line_m if line_m >= HAIR_M else (1 + 2 * BESIDE) * line_m
    ground = Ground(room.inner_m, max(room.outer_m, 1e-3), room.taken, stroke_m)
    return _Layout(words, Setter(ground, stroke_m, font), line_m).label(bright)


class _Layout:
    """Which part goes where, and how large."""

    def __init__(self, words: Words, setter: Setter, line_m: float) -> None:
        self.words = words
        self.setter = setter
        self.line_m = line_m
        outer = setter.ground.outer_m
        self.title_m = max(min(0.115 * outer, 0.2 * (outer - setter.ground.inner_m)), setter.least)

    def label(self, bright: bool) -> Label:
        """Set all parts, the most important first."""
        outer, inner, words = self.setter.ground.outer_m, self.setter.ground.inner_m, self.words
        small = max(0.6 * self.title_m, self.setter.least)
        if not self.setter.ground.free.any():
            if words.qr and words.qr.strip():
                self._refuse_code()
            asked = any(shaping.clean(part or "") for part in vars(words).values())
            return Label((), ("there is no room for a label around the hole: left out",) if asked else (), ())
        self._along("title", self.setter.known("title", words.title), self.title_m)
        self._artist(0.78 * self.title_m)
        with_code = bool(words.qr and words.qr.strip())
        if with_code and not (self._code(bright, outer - 2.4 * small) or self._code(bright, outer)):
            self._refuse_code()
        aside = 0.5 * (inner + max(self.setter.innermost(), 0.75 * outer))
        self._straight("side", _letter(words.side), 1.7 * self.title_m, (-aside, 0.0))
        # capitals, as on the labels of old: "rpm" in small letters is misread
        speed = re.sub(r"\brpm\b", "RPM", words.speed or "")
        self._straight("speed", speed, 0.72 * self.title_m, (aside, self.setter.level("side")))
        if with_code:
            self._below_code(small)
        else:
            under = inner + 0.3 * (outer - inner)
            self._straight("number", words.number, small, (0.0, -under))
            self._straight("curve", words.curve, small, (0.0, -under - 2.2 * small))
        lines = tuple(line for part in self.setter.parts for line in self._drawn(part))
        return Label(lines, tuple(self.setter.notes), tuple(self.setter.parts))

    def _drawn(self, part: Part) -> Lines:
        """A part's lines as often as they are drawn, one pass close beside the other."""
        if part.name == "qr" or self.line_m >= HAIR_M:
            return part.lines
        turns = 2 * np.pi * (np.arange(3) / 3 + 0.25)
        beside = BESIDE * self.line_m * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        return tuple(line + moved for line in part.lines for moved in beside)

    def _artist(self, height: float) -> None:
        """Straight above the hole where that is long enough, else along the circle, within the title."""
        words = self.setter.known("artist", self.words.artist)
        text = lettering.text(words, height, self.setter.font)
        above = self.setter.ground.inner_m + 0.3 * (self.setter.innermost() - self.setter.ground.inner_m)
        found = self.setter.line(text, height, 0.0, above, 0.1 * self.setter.ground.outer_m)
        if found is not None and self.setter.ground.inner_m < 0.3 * self.setter.ground.outer_m:
            self.setter.put(Part("artist", words, height, found[0]), found[1])
            return
        self._along("artist", words, height)

    def _below_code(self, height: float) -> None:
        """Number and curve along the circle below, side by side, else to both sides of the code."""
        number, curve = self.setter.known("number", self.words.number), self.setter.known("curve", self.words.curve)
        both = " · ".join(filter(None, (number, curve)))
        found = self.setter.arc(lettering.text(both, height, self.setter.font), height, True)
        if found is not None:
            self.setter.put(Part("number", both, height, found[0]), found[1])
            return
        beside = 0.56 * self.setter.ground.outer_m
        self._straight("number", number, height, (-beside, -beside))
        self._straight("curve", curve, height, (beside, self.setter.level("number", -beside)))

    def _along(self, name: str, words: str, most: float) -> None:
        """Set words along the circle, at the top; where something is in the way, else at the bottom, or straight."""
        setter = self.setter
        places: list[Place] = [lambda text, height: setter.arc(text, height, False)]
        if setter.ground.taken:
            within = setter.innermost()
            places.append(lambda text, height: setter.arc(text, height, True))
            places.append(lambda text, height: setter.line(text, height, 0.0, within, 2 * within))
        self.setter.set(name, words, most, 2, places)

    def _straight(self, name: str, words: str | None, most: float, spot: tuple[float, float]) -> None:
        """Set words on one straight line, their middle at a spot or near it; small ones anywhere."""

        def place(text: Lettering, height: float) -> Found | None:
            reach = (0.3 if height > self.setter.least else 2.0) * self.setter.ground.outer_m
            return self.setter.line(text, height, *spot, reach)

        self.setter.set(name, self.setter.known(name, words), most, 1, [place])

    def _code(self, bright: bool, outer_m: float) -> bool:
        """The QR code under the hole, within a radius, as large as suits the label and as it must be."""
        text = (self.words.qr or "").strip()
        least = code.least_side_m(text, self.line_m)
        ground = self.setter.ground
        side = max(_CODE_SHARE * ground.outer_m, least)
        while True:
            # no lower than the circle holds the lower corners
            lowest = math.sqrt(max(outer_m**2 - side**2 / 4, 0.0)) - side / 2
            down = min(0.5 * (ground.inner_m + outer_m), lowest)
            x, y = ground.nearest(side, side, 0.0, -down) or (0.0, 0.0)
            if (x or y) and math.hypot(abs(x) + side / 2, abs(y) + side / 2) <= outer_m:
                break
            if side <= least:
                return False
            side = max(0.97 * side, least)
        lines = tuple(line + np.array([x, y]) for line in code.qr(text, side, self.line_m, bright))
        self.setter.put(Part("qr", text, side, lines), ground.box(x, y, side, side))
        return True

    def _refuse_code(self) -> NoReturn:
        text = (self.words.qr or "").strip()
        raise FitError(
            f"the label has no room for the QR code of {len(text)} letters, which needs a square of "
            f"{length_text(code.least_side_m(text, self.line_m))}: shorten its text, or take a larger disc"
        )


def _letter(side: str | None) -> str | None:
    """ "Side A" is told by a large A."""
    match = re.fullmatch(r"\s*(?:side|seite|face|lado|lato|сторона)\s+(\S{1,3})\s*", side or "", re.IGNORECASE)
    return match[1] if match else side
