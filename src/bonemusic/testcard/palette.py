"""Colours for the card's lines: drivers of lasers and plotters tell settings by colour, so each group has its own."""

from __future__ import annotations

import colorsys

from ..presets import Machine

HUES = tuple(hue for hue in range(15, 360, 15) if hue not in (120, 180, 240))
"""Degrees on the colour wheel; pure red, green, cyan and blue are left to presets and drivers for other things."""
BRIGHT, DARK = 0.85, 0.6
"""Neighbours on the wheel differ in brightness too, and none is so light that it is lost on white paper (assumed)."""
GREYS = tuple(range(40, 201, 26))


def hues(machine: Machine) -> list[str]:
    """20 colours round the wheel, none of them one of the machine's own."""
    wheel = [colorsys.hsv_to_rgb(hue / 360, 1.0, DARK if k % 2 else BRIGHT) for k, hue in enumerate(HUES)]
    return _others([_spelt(*(round(255 * part) for part in rgb)) for rgb in wheel], machine)


def greys(machine: Machine) -> list[str]:
    """Seven greys from dark to light, none of them one of the machine's own."""
    return _others([_spelt(grey, grey, grey) for grey in GREYS], machine)


def _others(colours: list[str], machine: Machine) -> list[str]:
    own = {machine.groove_colour.lower(), machine.cut_colour.lower(), machine.label_colour.lower()}
    return [f"{colour[:5]}{int(colour[5:], 16) ^ 1:02x}" if colour in own else colour for colour in colours]


def _spelt(red: int, green: int, blue: int) -> str:
    return f"#{red:02x}{green:02x}{blue:02x}"
