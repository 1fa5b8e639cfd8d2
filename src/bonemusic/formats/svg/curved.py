"""Closed paths of curves as short straight lines: rims drawn by hand, and the letters of labels.

Grooves are open lines of millions of points and are not read here, but in `pathdata`. SVG 2, chapter 9 (paths) and
appendix B.2.4 (arcs).
"""

from __future__ import annotations

import cmath
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 500_000
"""Characters of a path that is read: as many as ten thousand curves have."""
FLAT = 2e-5
"""How far a line may be from its curve, in parts of the path's size: 5 µm of a ten-inch rim."""
MOST_CHORDS = 1000
"""Of one curve."""
MOST_POINTS = 1_000_000
"""Of one path."""
_TOKEN = re.compile(rb"([A-Za-z])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\s,]+)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_GREATEST = 1e9


def closed_lines(text: bytes) -> list[NDArray[Any]] | None:
    """The pieces of a path, if all that have curves are closed.

    Parameters
    ----------
    text : bytes
        The `d` of a path.

    Returns
    -------
    list of ndarray, float64, (n, 2), or None
        In the path's own units; None where a curve is open, or the path is damaged or too long.
    """
    commands = _commands(text) if len(text) <= LONGEST else None
    if not commands:
        return None
    size = max((abs(number) for letter, given in commands if letter not in "Aa" for number in given), default=0.0)
    pen = _Pen(FLAT * max(size, 1e-9))
    for letter, given in commands:
        if not pen.draw(letter, given) or pen.drawn > MOST_POINTS:
            return None
    pen.lift()
    pieces = [piece for piece in pen.pieces if len(piece[0]) > 1]
    if any(curved and abs(points[0] - points[-1]) > pen.flat for points, curved in pieces):
        return None
    return [np.array([[point.real, point.imag] for point in points]) for points, _ in pieces]


def _commands(text: bytes) -> list[tuple[str, list[float]]] | None:
    """Each command with its numbers, as often as there are numbers for it; None where that does not come out."""
    found: list[tuple[str, list[float]]] = []
    end, numbers, letter = 0, list[float](), ""

    def done() -> bool:
        count = _NUMBERS.get(letter.upper(), -1)
        if count < 0 or (count == 0 and numbers) or (count and (len(numbers) % count or not numbers)):
            return False
        for k in range(0, max(len(numbers), 1), max(count, 1)):
            again = {"M": "L", "m": "l"}.get(letter, letter) if k else letter
            found.append((again, numbers[k : k + count]))
        return True

    for token in _TOKEN.finditer(text):
        if token.start() != end:
            return None
        end = token.end()
        if token[1]:
            if letter and not done():
                return None
            letter, numbers = token[1].decode(), []
        elif token[2]:
            numbers.append(float(token[2]))
            if not abs(numbers[-1]) < _GREATEST:
                return None
    return found if end == len(text) and letter and done() and found[0][0] in "Mm" else None


class _Pen:
    """Where the pen is, and what it has drawn; points are complex numbers."""

    def __init__(self, flat: float) -> None:
        self.flat = flat
        self.pieces: list[tuple[list[complex], bool]] = []
        self.points: list[complex] = []
        self.curved = False
        self.drawn = 0
        self.at = self.handle = 0j
        self.before = ""

    def lift(self) -> None:
        """End the piece that is being drawn."""
        if self.points:
            self.pieces.append((self.points, self.curved))
        self.points, self.curved = [], False

    def draw(self, letter: str, given: list[float]) -> bool:
        """Follow one command; False where it makes no sense."""
        kind, here = letter.upper(), self.at if letter.islower() else 0j
        if kind == "A" and not (given[3] in (0, 1) and given[4] in (0, 1)):
            return False
        if kind == "M":
            self.lift()
            self.at = here + complex(*given)
            self.points = [self.at]
        elif kind == "Z":
            begin = self.points[0] if self.points else self.at
            self.points.append(begin)
            self.lift()
            self.at, self.points = begin, [begin]
        elif kind in "HV":
            x, y = (here.real + given[0], self.at.imag) if kind == "H" else (self.at.real, here.imag + given[0])
            self._to([complex(x, y)])
        elif kind == "A":
            self.curved = True
            self._to(_arc(self.at, here + complex(*given[5:]), given, self.flat))
        else:
            ends = [here + complex(x, y) for x, y in zip(given[::2], given[1::2], strict=True)]
            self._to(ends if kind == "L" else self._curve(kind, ends))
        self.before = kind
        return True

    def _to(self, points: list[complex]) -> None:
        self.points += points
        self.drawn += len(points)
        self.at = self.points[-1]

    def _curve(self, kind: str, ends: list[complex]) -> list[complex]:
        """A Bézier; S and T begin as the curve of their kind before them ended."""
        self.curved = True
        if kind in "ST":
            goes_on = self.before in {"S": "CS", "T": "QT"}[kind] and self.before
            ends = [2 * self.at - self.handle if goes_on else self.at, *ends]
        self.handle = ends[-2]
        return _bezier([self.at, *ends], self.flat)


def _bezier(handles: list[complex], flat: float) -> list[complex]:
    """Points on a curve of three or four handles, without the first."""
    order = len(handles) - 1
    bend = max(abs(a - 2 * b + c) for a, b, c in zip(handles, handles[1:], handles[2:], strict=False))
    count = min(max(math.ceil(math.sqrt(order * (order - 1) * bend / 8 / flat)), 1), MOST_CHORDS)
    share = np.linspace(0, 1, count + 1)[1:]
    points = [np.full(count, handle) for handle in handles]
    while len(points) > 1:
        points = [a + share * (b - a) for a, b in pairwise(points)]
    return [complex(point) for point in points[0]]


def _arc(begin: complex, end: complex, given: list[float], flat: float) -> list[complex]:
    """Points on an elliptical arc, without the first (SVG 2, B.2.4)."""
    wide, high = abs(given[0]), abs(given[1])
    if wide < flat or high < flat or begin == end:
        return [end]
    lie = cmath.exp(1j * math.radians(given[2]))
    half = (begin - end) / 2 / lie
    unit = complex(half.real / wide, half.imag / high)
    grow = max(abs(unit), 1.0)
    wide, high, unit = wide * grow, high * grow, unit / grow
    away = math.sqrt(max(1 / abs(unit) ** 2 - 1, 0.0)) * (1 if given[3] != given[4] else -1)
    middle = unit * complex(0, -away)
    first, last = cmath.phase(unit - middle), cmath.phase(-unit - middle)
    turn = (last - first) % (2 * math.pi) - (0 if given[4] else 2 * math.pi)
    count = min(max(math.ceil(abs(turn) / math.sqrt(8 * flat / max(wide, high))), 1), MOST_CHORDS)
    centre = (begin + end) / 2 + lie * complex(middle.real * wide, middle.imag * high)
    angles = [first + turn * k / count for k in range(1, count)]
    return [*(centre + lie * complex(wide * math.cos(a), high * math.sin(a)) for a in angles), end]
