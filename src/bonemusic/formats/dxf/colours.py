"""Colours as DXF R12 has them: numbers of a fixed palette, the AutoCAD Color Index.

1 to 6 are red, yellow, green, cyan, blue and magenta, 8 and 9 are greys. 7 is black on white paper and white on a black
screen. From 10 on there are ten for each of 24 hues: five brightnesses, each pure and half mixed with white.
"""

from __future__ import annotations

import re
from functools import cache

RGB = tuple[int, int, int]
BLACK = 7
_PRIMARIES: dict[int, RGB] = {
    1: (255, 0, 0), 2: (255, 255, 0), 3: (0, 255, 0), 4: (0, 255, 255), 5: (0, 0, 255), 6: (255, 0, 255),
    8: (128, 128, 128), 9: (192, 192, 192),
}  # fmt: skip
_BRIGHTNESS = (255, 165, 127, 76, 38)
_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


def index(colour: str) -> int:
    """The palette's number that is nearest to "#rrggbb"; black and white, and what is no colour, are 7."""
    parts = _COLOUR.fullmatch(colour)
    if parts is None:
        return BLACK
    red, green, blue = (int(part, 16) for part in parts.groups())

    def distance(entry: tuple[int, RGB]) -> int:
        r, g, b = entry[1]
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2

    return min(_palette(), key=distance)[0]  # the first of several: 1 rather than 10, which is the same red


@cache
def _palette() -> tuple[tuple[int, RGB], ...]:
    hued = [(10 * (hue + 1) + shade, _shaded(hue, shade)) for hue in range(24) for shade in range(10)]
    return ((BLACK, (0, 0, 0)), (BLACK, (255, 255, 255)), *_PRIMARIES.items(), *hued)


def _shaded(hue: int, shade: int) -> RGB:
    """A hue (24 to the circle, 0 is red) in one of its ten shades."""
    full = [max(0, min(255, round(255 * (abs((hue / 4 + turn) % 6 - 3) - 1)))) for turn in (0, 4, 2)]
    if shade % 2:
        full = [(255 + each) // 2 for each in full]
    red, green, blue = (each * _BRIGHTNESS[shade // 2] // 255 for each in full)
    return red, green, blue
