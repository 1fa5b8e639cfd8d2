"""What numbers of a preset make sense: each by itself, and all of them together."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from ..errors import PresetError
from ..units import shown
from .kinds import Disc, Machine

FORMATS = ("svg", "dxf", "pdf", "gcode", "hpgl", "png", "lathe")
"""What a machine's `formats` may name."""

# What a number may be, in SI, by the field's name or its ending; every other is more than zero.
_BOUNDS: dict[str, tuple[float, float]] = {
    "_db": (-200, 200),
    "speed_error": (-0.5, 0.5),
    "wow": (0, 0.5),
    "flutter": (0, 0.5),
    "screw_turns": (1e-3, 1e3),
    "force_n": (1e-4, 10),
    "tip_mass_kg": (1e-9, 1e-2),
    "compliance_m_n": (1e-6, 1),
    "angle_rad": (math.radians(10), math.radians(170)),
    "turn_steps": (100, 4e6),  # 32 bits hold 500 turns of them
    "step_m": (1e-9, 1),
    "finest_step_m": (1e-9, 1),
    "path_points": (500, 1e12),
    "pass_depth_m": (1e-6, 1),
    "lines_per_s": (1, 1e9),
    "acceleration_m_s2": (1e-3, 1e6),
    "stroke_m": (1e-6, 5e-3),
    "kerf_m": (1e-7, 2e-3),
    "file_points": (2, 1e12),
    "file_turns": (0.01, 1e9),
    "file_bytes": (1e4, 1e12),
    "groove_power": (1e-4, 1),
    "cut_power": (1e-4, 1),
} | dict.fromkeys(
    ("hole_diameter_m", "bottom_radius_m", "land_m", "lead_in_turns", "shelf_s", "turnover_s", "rolloff_s",
     "wow_hz", "flutter_hz", "eccentricity_m", "clicks_per_minute", "spacing_m", "corner_radius_m"), (0, 1e9),
)  # fmt: skip
_MORE_THAN_ZERO = (1e-12, 1e9)
# Why a number below its least makes no sense, where "of that size" would not tell.
_TOO_SMALL = {
    "turn_steps": "a turn has 100 steps and more",
    "path_points": "a path has 500 points and more",
    "pass_depth_m": "a pass goes a micrometre deep and more",
    "lines_per_s": "a controller executes a line a second and more",
    "file_points": "a file needs two points and more",
    "file_turns": "a file needs a hundredth of a turn and more",
    "file_bytes": "a file needs 10 kB and more",
}
# Each diameter of a disc is less than the next.
_OUTWARDS = ("hole_diameter_m", "locked_diameter_m", "music_inner_diameter_m", "recorded_diameter_m", "diameter_m")
# Of two of a machine's lengths and speeds, the first is no more than the second.
_AT_MOST = (
    ("finest_step_m", "step_m"), ("groove_speed_m_s", "speed_m_s"), ("cut_speed_m_s", "speed_m_s"),
    *((length, bed) for bed in ("bed_width_m", "bed_height_m")
      for length in ("step_m", "spacing_m", "kerf_m", "stroke_m", "corner_m")),
)  # fmt: skip


def refuse_number(field: str, number: float, what: str) -> None:
    """Raise `PresetError` where a number in SI is nothing that the field can be; `what` names file, row and key."""
    ending = next((e for e in _BOUNDS if e.startswith("_") and field.endswith(e)), field)
    least, most = _BOUNDS.get(ending, _MORE_THAN_ZERO)
    if not least <= number <= most:
        raise PresetError(f"{what} makes no sense ({_why(field, number, least, most)}); mend the number")


def _why(field: str, number: float, least: float, most: float) -> str:
    if number <= 0 < least:
        return "it must be more than zero"
    if number < 0 and least == 0:
        return "it cannot be negative"
    if number < least and field in _TOO_SMALL:
        return _TOO_SMALL[field]
    if number > most and field.endswith("_power"):
        return "it cannot be more than 100 %"
    return "nothing is of that size"


def refuse_impossible(made: Any, where: str, spelt: Mapping[str, str]) -> None:
    """Raise `PresetError` where numbers make sense one by one, but not together.

    Parameters
    ----------
    made : a preset
    where : str
        Its file and row.
    spelt : mapping
        The key that gave each field.
    """
    if isinstance(made, Disc):
        for inner, outer in pairwise(_OUTWARDS):
            if getattr(made, inner) >= getattr(made, outer):
                raise PresetError(f"{where} {spelt[inner]} must be less than {spelt[outer]}; mend one of them")
        _refuse_shape(made, where, lambda field: spelt.get(field, field))
    if isinstance(made, Machine):
        _refuse_machine(made, where, lambda field: spelt.get(field, field))


def _refuse_shape(made: Disc, where: str, key: Callable[[str], str]) -> None:
    """Corners that fit into the outline, a coin that fits onto the label, a card that holds its groove."""
    if made.outline == "card" and made.height_m is None:
        raise PresetError(f'{where} has the outline "card" and lacks its height; add height_mm = …')
    height_m = made.height_m if made.height_m is not None else made.diameter_m
    if height_m <= made.recorded_diameter_m:
        raise PresetError(f"{where} {key('recorded_diameter_m')} must be less than {key('height_m')}; mend one of them")
    if 2 * made.corner_radius_m > min(made.diameter_m, height_m):
        raise PresetError(f"{where} {key('corner_radius_m')} must be at most half of its sides; mend the number")
    room_m = (made.locked_diameter_m - made.hole_diameter_m) / 2
    if made.coin_diameter_m is not None and made.coin_diameter_m >= room_m:
        raise PresetError(
            f"{where} {key('coin_diameter_m')} must be less than what hole and locked groove leave "
            f"({1e3 * room_m:.3g} mm); mend one of them"
        )


def _refuse_machine(made: Machine, where: str, key: Callable[[str], str]) -> None:
    if made.bandwidth_hz > made.points_per_s / 2:
        raise PresetError(f"{where} bandwidth_hz must be at most half of points_per_s; mend one of them")
    for small, large in _AT_MOST:
        a, b = getattr(made, small), getattr(made, large)
        if a is not None and b is not None and a > b:
            raise PresetError(f"{where} {key(small)} must be at most {key(large)}; mend one of them")
    for field in ("cut_colour", "groove_colour", "label_colour"):
        colour = getattr(made, field)
        if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
            raise PresetError(f'{where} {field} {shown(colour, 20)} is no colour; write it like "#ff0000"')
    _refuse_formats(made, where)


def _refuse_formats(made: Machine, where: str) -> None:
    """What the machine takes must be known, and G-code needs to know how to speak to it."""
    unknown = [name for name in made.formats if name not in FORMATS]
    if unknown or not made.formats:
        what = f"{shown(unknown[0], 20)} is no format" if unknown else "is empty"
        raise PresetError(f"{where} formats: {what}; known are {', '.join(FORMATS)}")
    if "gcode" in made.formats:
        if made.dialect is None:
            raise PresetError(f'{where} takes gcode and lacks a dialect; add dialect = "grbl", "marlin" or "linuxcnc"')
        if made.groove_speed_m_s is None and made.speed_m_s is None:
            raise PresetError(f"{where} takes gcode and lacks a speed; add groove_speed_mm_s = …")
        if made.groove_power is not None and made.full_power is None:
            raise PresetError(f"{where} takes gcode and lacks full_power, the S of 100 %; add full_power = 1000")
    if made.turn_steps is not None and (made.formats != ("gcode",) or made.dialect == "grbl"):
        raise PresetError(
            f'{where} turns a table (turn_steps), which only gcode of linuxcnc or marlin can; write formats = ["gcode"]'
        )
