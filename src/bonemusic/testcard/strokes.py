"""Letters of single strokes: lasers, knives and mills draw lines, and an outlined letter would be drawn twice.

Capitals, digits, a few signs, and the small letters of units (cm, kHz, mm/s, µm), on a grid of 4 by 6 units. Other
small letters are drawn as capitals, what is unknown as "?".
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Line: TypeAlias = NDArray[np.float64]
Lines: TypeAlias = tuple[Line, ...]
Anchor = Literal["left", "middle", "right"]

CAP = 6.0
"""Units in the height of a capital."""
GAP = 2.0
"""Units between two letters."""
BLANK = 2.5

_SPELT = {
    "A": "00 04 26 44 40|02 42", "B": "00 06 36 45 44 33 03|33 42 41 30 00", "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00", "E": "46 06 00 40|03 33", "F": "46 06 00|03 33", "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06|03 43|46 40", "I": "00 06", "J": "01 10 20 31 36", "K": "00 06|46 03 40", "L": "06 00 40",
    "M": "00 06 23 46 40", "N": "00 06 40 46", "O": "10 01 05 16 36 45 41 30 10", "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10|22 40", "R": "00 06 36 45 44 33 03|23 40",
    "S": "01 10 30 41 42 33 13 04 05 16 36 45",
    "T": "06 46|26 20", "U": "06 01 10 30 41 46", "V": "06 20 46", "W": "06 10 24 30 46", "X": "00 46|06 40",
    "Y": "06 23 46|23 20", "Z": "06 46 00 40", "0": "10 01 05 16 26 35 31 20 10", "1": "04 26 20",
    "2": "05 16 26 35 34 00 30", "3": "05 16 26 35 34 23 13|23 32 31 20 10 01", "4": "20 26 02 32",
    "5": "36 06 04 24 33 31 20 10 01", "6": "35 26 16 05 01 10 20 31 32 23 13 02", "7": "06 36 10",
    "8": "13 04 05 16 26 35 34 23 13 02 01 10 20 31 32 23", "9": "01 10 20 31 35 26 16 05 04 13 23 34",
    ".": "00 01", ",": "01 0a", ":": "01 02|04 05", "-": "03 23", "+": "03 43|21 25", "=": "02 32|04 34", "/": "00 46",
    "%": "00 46|05 06 16 15 05|30 31 41 40 30", "µ": "0b 04|01 10 20 31|34 30", "_": "00 40",
    "c": "34 14 03 01 10 30", "k": "00 06|34 02 30", "m": "00 04|03 14 23 20|23 34 43 40",
    "s": "00 20 31 22 12 03 14 34", "z": "04 34 00 30", "?": "05 16 26 35 34 12|11 10",
}  # fmt: skip
"""Strokes as grid points "xy"; a and b stand for one and two units below the line."""


def _strokes(spelt: str) -> Lines:
    def point(xy: str) -> tuple[float, float]:
        return float(xy[0]), -1.0 - "ab".index(xy[1]) if xy[1] in "ab" else float(xy[1])

    return tuple(np.array([point(xy) for xy in stroke.split()]) for stroke in spelt.split("|"))


GLYPHS = {letter: _strokes(spelt) for letter, spelt in _SPELT.items()}


def text(words: str, height_m: float, x_m: float, y_m: float, anchor: Anchor = "left", angle_rad: float = 0.0) -> Lines:
    """Words on a straight line.

    Parameters
    ----------
    words : str
    height_m : float
        Of a capital.
    x_m, y_m : float
        Where the base line begins, has its middle, or ends, as `anchor` says.
    angle_rad : float
        By which the words are turned about that point, counter-clockwise.

    Returns
    -------
    tuple of ndarray, float64, (n, 2)
        Polylines in metres, y up.
    """
    start = {"left": 0.0, "middle": -0.5, "right": -1.0}[anchor] * width_m(words, height_m)
    drawn: list[Line] = []
    for glyph, at, _ in _set(words, height_m):
        drawn += (_turned(stroke + np.array([start + at, 0.0]), angle_rad) + np.array([x_m, y_m]) for stroke in glyph)
    return tuple(drawn)


def around(words: str, height_m: float, radius_m: float, middle_rad: float, feet_out: bool = False) -> Lines:
    """Words along a circle about the spindle, each letter straight, the middle of them at `middle_rad`.

    They stand on the circle with their feet inwards and run clockwise; with `feet_out` they hang into it and run
    counter-clockwise, so that they are upright at the bottom of a card.
    """
    half, sign = width_m(words, height_m) / 2, 1.0 if feet_out else -1.0
    drawn: list[Line] = []
    for glyph, at, wide in _set(words, height_m):
        angle = middle_rad + sign * (at + wide / 2 - half) / radius_m
        foot = radius_m * np.array([math.cos(angle), math.sin(angle)])
        drawn += (_turned(stroke - [wide / 2, 0.0], angle + sign * math.pi / 2) + foot for stroke in glyph)
    return tuple(drawn)


def width_m(words: str, height_m: float) -> float:
    """How wide words are, from the first letter's left edge to the last one's right."""
    letters = _set(words, height_m)
    return letters[-1][1] + letters[-1][2] if letters else 0.0


def _set(words: str, height_m: float) -> list[tuple[Lines, float, float]]:
    """Each letter's strokes to size, where it begins, and how wide it is, in metres."""
    unit, at, letters = height_m / CAP, 0.0, []
    for letter in words.replace("μ", "µ"):
        if letter == " ":
            at += (BLANK + GAP) * unit
            continue
        glyph = GLYPHS.get(letter) or GLYPHS.get(letter.upper()) or GLYPHS["?"]
        wide = max(float(stroke[:, 0].max()) for stroke in glyph) * unit
        letters.append((tuple(stroke * unit for stroke in glyph), at, wide))
        at += wide + GAP * unit
    return letters


def _turned(line: Line, angle_rad: float) -> Line:
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    return np.asarray(line @ np.array([[cos, sin], [-sin, cos]]))
