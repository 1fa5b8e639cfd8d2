"""Words set where a label has room: along circles and on straight lines, as large as can be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..units import shown
from . import lettering, shaping
from .ground import Ground
from .lettering import Lettering

Lines: TypeAlias = tuple[NDArray[Any], ...]
Found: TypeAlias = tuple[Lines, NDArray[Any]]
"""Lines at their place, and the squares of the ground that they need."""
Place: TypeAlias = Callable[[Lettering, float], Found | None]
"""Finds a place for words of a height."""

LEAST_HEIGHT_M = 1.2e-3
"""Of a capital: what is still read with bare eyes, and from a scan of 300 dots to the inch."""
_LEAST_LINES = 7
"""Widths of a line in the height of the smallest capital: thicker lines fill the letters."""
_ARC_RAD = math.radians(165)
"""The longest that words along the circle may be."""
_SHRINK = 0.92
_GAP = 0.45
"""What stays free around words, against their height."""


@dataclass(frozen=True)
class Part:
    """One of the label's words as drawn: the whole of it, or one line of it."""

    name: str
    words: str
    height_m: float
    lines: Lines


class Setter:
    """Sets one part of a label after another, and notes what of the words finds no room.

    Parameters
    ----------
    ground : Ground
    line_m : float
        Width of a line.
    font : Path or None
    """

    def __init__(self, ground: Ground, line_m: float, font: Path | None) -> None:
        self.ground = ground
        self.font = font
        self.least = max(LEAST_HEIGHT_M, _LEAST_LINES * line_m)
        self.parts: list[Part] = []
        self.notes: list[str] = []

    def known(self, name: str, words: str | None) -> str:
        """The words that can be drawn; what the fonts lack is noted."""
        plain = shaping.clean(words or "")
        missing = lettering.missing(plain, self.font) if plain else ""
        if missing:
            self.notes.append(
                f"no font here has {shown(missing, 12)}: left out of the {name}; name a font that has such letters "
                "with --font"
            )
            plain = shaping.clean("".join(letter for letter in plain if letter not in missing))
        return plain

    def set(self, name: str, words: str, most: float, rows: int, places: list[Place]) -> None:
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

    def arc(self, text: Lettering, height: float, bottom: bool) -> Found | None:
        """Words along the outermost circle that is free."""
        middle = -math.pi / 2 if bottom else math.pi / 2
        if not text.lines:
            return (), np.zeros((0, 2))
        tall = max(height, max(float(line[:, 1].max()) for line in text.lines))
        deep = min(0.0, min(float(line[:, 1].min()) for line in text.lines))
        radius = self.ground.outer_m - (-deep if bottom else tall)
        gap = _GAP * height
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

    def line(self, text: Lettering, height: float, x: float, y: float, reach: float) -> Found | None:
        """Words on a straight line, their middle as near as there is room to a place."""
        if not text.lines:
            return (), np.zeros((0, 2))
        low = np.min([line.min(axis=0) for line in text.lines], axis=0)
        high = np.max([line.max(axis=0) for line in text.lines], axis=0)
        low[1], high[1] = min(low[1], 0.0), max(high[1], height)
        gap = _GAP * height
        found = self.ground.nearest(high[0] - low[0] + 2 * gap, high[1] - low[1] + 2 * gap, x, y)
        if found is None or math.hypot(found[0] - x, found[1] - y) > reach:
            return None
        moved = np.array(found) - (low + high) / 2
        area = self.ground.box(found[0], found[1], high[0] - low[0] + 2 * gap, high[1] - low[1] + 2 * gap)
        return tuple(line + moved for line in text.lines), area

    def put(self, part: Part, area: NDArray[Any]) -> None:
        """Let a part be drawn there, unless nothing of it can be."""
        if part.lines:
            self.ground.take(area)
            self.parts.append(part)

    def innermost(self) -> float:
        """The radius within which nothing is set along the upper half of the circle."""
        lines = [line for part in self.parts if part.name in ("title", "artist") for line in part.lines]
        return min((float(np.hypot(*line.T).min()) for line in lines), default=self.ground.outer_m)

    def level(self, name: str, otherwise_m: float = 0.0) -> float:
        """The middle of a part's height, for the one across the hole to stand on the same level."""
        heights = [line[:, 1] for part in self.parts if part.name == name for line in part.lines]
        if not heights:
            return otherwise_m
        return 0.5 * float(min(y.min() for y in heights) + max(y.max() for y in heights))

    def _heights(self, most: float) -> Iterator[float]:
        height = max(most, self.least)
        while height > self.least:
            yield height
            height *= _SHRINK
        yield self.least

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
