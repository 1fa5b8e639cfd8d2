"""The squares in the card's corners: height of the tool, kerf, the ring for centring, the square to measure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..paths.drawing import Circle
from ..paths.layers import Layer
from ..presets import Disc, Machine
from . import palette
from .frame import CELL_MM, LETTER_M, MM, Drawn
from .strokes import Lines, text
from .trials import Height, kind_of

HEADS = {"beam": "FOCUS mm", "mill": "DEPTH µm", "pen": "BLADE NO.", "proof": "FOCUS mm"}
BACK = {"beam": "set the head back to its usual height", "pen": "set the blade back as it was"}
"""What is to be done after the last height, where heights are set by hand."""
HAIRS, HAIR_GAP_M = 3, 0.7 * MM
FIGURES_M = 8.5 * MM
"""Width of the column of figures."""
KERFS_M = (40e-6, 60e-6, 80e-6, 100e-6, 120e-6, 160e-6, 200e-6, 240e-6)
USUAL_KERF_M = 100e-6
COMB = 4
RING_M = 26 * MM
"""Across the ring for centring (assumed: wide enough to take hold of, and it fits the square)."""
SQUARE_M = 10 * MM
_LOW, _HIGH = CELL_MM[0] * MM, CELL_MM[1] * MM
_WIDE = _HIGH - _LOW


def focus(machine: Machine, heights: tuple[Height, ...]) -> Drawn:
    """Upper left: three hairlines for each height, its figure before them; a layer each, `height-1` …"""
    left, top, row = -_HIGH, _HIGH - 2 * LETTER_M, (_WIDE - 2 * LETTER_M) / len(heights)
    marks = list(_head(HEADS[kind_of(machine)], left))
    layers = []
    for number, (height, colour) in enumerate(zip(heights, palette.greys(machine), strict=True), 1):
        y = top - (number - 0.5) * row
        marks += _figure(height.words, left, y)
        lines = tuple(
            _level(left + FIGURES_M, left + _WIDE, y + (k - (HAIRS - 1) / 2) * HAIR_GAP_M) for k in range(HAIRS)
        )
        layers.append(Layer(f"height-{number}", colour, lines, depth_m=height.depth_m, pause=height.pause))
    return Drawn(tuple(layers), tuple(marks))


def kerf_distances_m(machine: Machine) -> tuple[float, ...]:
    """Eight distances on the machine's grid, each more than the last; wider where the preset's kerf is wide."""
    wider = max(1.0, (machine.kerf_m or 0.0) / USUAL_KERF_M)
    steps = 0
    found = []
    for distance in KERFS_M:
        steps = max(steps + 1, round(wider * distance / machine.step_m))
        found.append(steps * machine.step_m)
    return tuple(found)


def kerf(machine: Machine) -> Drawn:
    """Upper right: a pair of lines at each distance, and a comb of as many as show it at a glance."""
    distances = kerf_distances_m(machine)
    left, top, row = _LOW, _HIGH - 2 * LETTER_M, (_WIDE - 2 * LETTER_M) / len(distances)
    marks = list(_head("KERF µm", left))
    lines: list[NDArray[np.float64]] = []
    split = left + FIGURES_M + 0.45 * (_WIDE - FIGURES_M)
    for number, distance in enumerate(distances, 1):
        y = top - (number - 0.5) * row
        marks += _figure(f"{distance * 1e6:.0f}", left, y)
        y = round(y / machine.step_m) * machine.step_m
        for count, start, end in ((2, left + FIGURES_M, split), (COMB, split + 1.5 * MM, left + _WIDE)):
            lines += (_level(start, end, y + (k - count // 2) * distance) for k in range(count))
    layer = Layer("kerf", machine.groove_colour, tuple(lines), pause=BACK.get(kind_of(machine), ""))
    return Drawn((layer,), tuple(marks))


def jig(machine: Machine, disc: Disc, thickness_m: float) -> Drawn:
    """Lower left: a ring that fits over a spindle; lower right: nested squares. Both are cut through."""
    x, y = -(_LOW + _WIDE / 2), -_HIGH + RING_M / 2
    hole, rim = Circle(x, y, disc.hole_diameter_m / 2), Circle(x, y, RING_M / 2)
    cross = [
        np.array([[x, y], [x, y]]) + np.outer([0.4, 0.9], [math.cos(a), math.sin(a)]) * RING_M / 2
        for a in np.arange(8) * math.pi / 4
    ]
    square_y = -_LOW - 0.8 * SQUARE_M
    frames = [_square(-x, square_y, size * SQUARE_M) for size in (1.6, 1.3)]
    marks = [*cross, *frames, *text("CENTRING RING", LETTER_M, x, y + RING_M / 2 + 1.2 * MM, "middle")]
    for number, words in enumerate(("10 mm SQUARE", "LESS THE KERF")):
        at = square_y - 0.8 * SQUARE_M - (2.2 + 1.8 * number) * LETTER_M
        marks += text(words, LETTER_M, -x, at, "middle")
    cut = Layer("jig", machine.cut_colour, (_square(-x, square_y, SQUARE_M),), (hole, rim), machine.cut_power,
                machine.cut_speed_m_s, thickness_m)  # fmt: skip
    return Drawn((cut,), tuple(marks))


def _head(words: str, left_m: float) -> Lines:
    return text(words, 1.2 * LETTER_M, left_m, _HIGH - 1.2 * LETTER_M)


def _figure(words: str, left_m: float, y_m: float) -> Lines:
    return text(words, LETTER_M, left_m + FIGURES_M - 1.5 * MM, y_m - LETTER_M / 2, "right")


def _level(from_m: float, to_m: float, y_m: float) -> NDArray[np.float64]:
    return np.array([[from_m, y_m], [to_m, y_m]])


def _square(x_m: float, y_m: float, side_m: float) -> NDArray[np.float64]:
    corners = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    return corners * side_m / 2 + [x_m, y_m]
