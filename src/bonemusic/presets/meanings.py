"""What a machine's keys mean, in a few words, for those who read or write such a file."""

from __future__ import annotations

from collections.abc import Iterable

from .load import field_of

_MACHINE = {
    "step_m": "its grid: points lie on whole steps",
    "finest_step_m": "how fine the grid may get where a low level asks for it",
    "points_per_s": "points on the groove for each second of sound, at most",
    "bandwidth_hz": "highest frequency that is drawn",
    "tool": "a chisel keeps its radial width; a round tool (a beam, a bit) widens where the groove is steep",
    "stereo": "whether it moves up and down with the sound",
    "screw_turns": "least part of a turn over which its lead screw changes the pitch",
    "coil_limit_m_s2": "RMS acceleration along a wall's normal that its cutter head stands for minutes",
    "turn_steps": "steps in a turn of its turntable axis",
    "spacing_m": "least way from one point to the next",
    "kerf_m": "width of what its beam or tip leaves in one pass",
    "lines_per_s": "lines that its controller executes in a second",
    "speed_m_s": "greatest speed while it draws",
    "travel_m_s": "speed while it does not draw",
    "acceleration_m_s2": "how fast its speed changes",
    "corner_m": "junction deviation: the larger, the faster it takes corners",
    "path_points": "points in the longest single path that it takes",
    "file_turns": "turns of groove in one file; more go into further files",
    "file_points": "points in one file; more go into further files",
    "file_bytes": "largest file that its program takes, in MB; more goes into further files",
    "bed_width_m": "what it reaches from left to right",
    "bed_height_m": "what it reaches from back to front",
    "formats": "what it takes, the usual one first",
    "dialect": "the G-code that it speaks",
    "full_power": "the S that is full power in its G-code",
    "groove_power": "share of full power with which grooves are cut",
    "cut_power": "share of full power that goes through the sheet",
    "groove_speed_m_s": "speed at which grooves are cut",
    "cut_speed_m_s": "speed at which it cuts through the sheet",
    "pass_depth_m": "how deep one pass may go",
    "safe_height_m": "height over the sheet at which its tool travels",
    "stroke_m": "line width in drawings, by which drivers tell lines that are cut",
    "groove_colour": "stroke colour of the groove, by which drivers tell settings",
    "cut_colour": "stroke colour of hole and outline",
    "label_colour": "stroke colour of the label",
}


def meaning(key: str) -> str:
    """What a key of a machine's row means, whatever its unit; empty where it is none (`title`)."""
    return _MACHINE.get(field_of(key), "")


def in_order(keys: Iterable[str]) -> list[str]:
    """A machine's keys in the order in which they are explained, others last."""
    order = list(_MACHINE)
    return sorted(keys, key=lambda key: order.index(field) if (field := field_of(key)) in order else len(order))
