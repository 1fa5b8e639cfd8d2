"""A disc as PDF: one page of its true size, one stream, points in whole machine steps, layers groove, label and cut."""

from __future__ import annotations

import math
import re
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ...paths.drawing import Circle
from ...paths.layers import Layer
from ...progress import Progress
from ..base import CutDisc
from . import objects
from .objects import real

POINT_M = 0.0254 / 72
"""Default user space: 72 to an inch (ISO 32000-1, 8.3.2.3)."""
LARGEST_PAGE = 14_400
"""Units along a page's side that readers have agreed on; beyond, the unit grows (ISO 32000-1, annex C)."""
KAPPA = 4 / 3 * (math.sqrt(2) - 1)
"""How long a quarter circle's handles are against its radius: it then is nowhere off by more than 0.03 % of it."""
CATALOGUE, PAGES, PAGE, CONTENT, LENGTH, INFO, FIRST_LAYER = range(1, 8)

_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as PDF to an open file; gives the number of points drawn.

    The page is the square that holds all of the disc, the spindle in its middle. Each piece of the groove is a path,
    beginning exactly where the last ended.
    """
    assert cut.line is not None
    step_m, groove, machine = cut.line.step_m, cut.groove, cut.machine
    half = math.ceil(cut.reach_m / step_m)
    unit = max(1, math.ceil(2 * half * step_m / POINT_M / LARGEST_PAGE))
    step = step_m / POINT_M / unit
    names = [*(layer.name for layer in cut.before), "groove", *(layer.name for layer in cut.layers)]
    file = objects.File(out)
    _structure(file, names, real(2 * half * step), unit)
    facts = {"Title": groove.meta.get("title", ""), "BonemusicCurve": groove.meta.get("curve", "")}
    facts["BonemusicRpm"] = str(groove.rpm)
    file.put(INFO, f"<< {' '.join(f'/{key} {objects.text(value)}' for key, value in facts.items() if value)} >>")
    file.begin_stream(CONTENT, LENGTH)
    stroke = (machine.stroke_m or groove.profile.width_m) / step_m
    file.stream(f"q\n{real(step)} 0 0 {real(step)} {real(half * step)} {real(half * step)} cm\n".encode())
    file.stream(f"{real(stroke)} w\n".encode())
    for number, layer in enumerate(cut.before):
        file.stream(f"{_opened(number, layer.colour)}{_spelt(layer, step_m)}EMC\n".encode())
    file.stream(_opened(len(cut.before), machine.groove_colour).encode())
    points = 1
    for body, packed, moves in cut.line.pieces(_packed, progress):
        points += moves
        file.stream(body, packed)
    for number, layer in enumerate(cut.layers, len(cut.before) + 1):
        file.stream(f"EMC\n{_opened(number, layer.colour)}{_spelt(layer, step_m)}".encode())
    file.stream(b"EMC\nQ\n")
    file.end_stream()
    file.end(CATALOGUE, INFO)
    return points


def spell(x: NDArray[Any], y: NDArray[Any]) -> tuple[bytes, int]:
    """The operators of a polyline over whole numbers: "x y m", "x y l" …, "S", a line each.

    Points that are where the one before is are left out; also gives the number of moves.
    """
    out = np.empty(26 * len(x) + 64, np.uint8)
    used, moves = _spell(x, y, out)
    return out[:used].tobytes(), moves


def _packed(x: NDArray[Any], y: NDArray[Any]) -> tuple[bytes, bytes, int]:
    body, moves = spell(x, y)
    return body, objects.deflated(body), moves


@kernel
def _whole(out: NDArray[Any], at: int, value: Any) -> int:
    """Write a whole number and a blank; where the next byte goes."""
    if value < 0:
        out[at] = 45
        at += 1
        value = -value
    digits = 1
    ten = 10
    while value >= ten:
        ten *= 10
        digits += 1
    for d in range(digits - 1, -1, -1):
        out[at + d] = 48 + value % 10
        value //= 10
    out[at + digits] = 32
    return at + digits + 1


@kernel
def _spell(x: NDArray[Any], y: NDArray[Any], out: NDArray[Any]) -> tuple[int, int]:
    at = 0
    moves = -1
    for k in range(len(x)):
        stays = k > 0 and x[k] == x[k - 1] and y[k] == y[k - 1]
        if not stays or (moves == 0 and k == len(x) - 1):  # a path needs one move
            at = _whole(out, at, np.int64(x[k]))
            at = _whole(out, at, np.int64(y[k]))
            out[at] = 109 if k == 0 else 108  # m, l
            out[at + 1] = 10
            at += 2
            moves += 1
    out[at] = 83
    out[at + 1] = 10
    return at + 2, moves


def _structure(file: objects.File, names: list[str], side: str, unit: int) -> None:
    """All objects that say what the page is; layers are optional content groups, which PDF has from 1.5 on."""
    groups = " ".join(f"{FIRST_LAYER + n} 0 R" for n in range(len(names)))
    layers = f"<< /OCGs [{groups}] /D << /Order [{groups}] /ON [{groups}] >> >>"
    file.put(CATALOGUE, f"<< /Type /Catalog /Pages {PAGES} 0 R /OCProperties {layers} >>")
    file.put(PAGES, f"<< /Type /Pages /Kids [{PAGE} 0 R] /Count 1 >>")
    properties = " ".join(f"/L{n} {FIRST_LAYER + n} 0 R" for n in range(len(names)))
    size = f"/MediaBox [0 0 {side} {side}]" + (f" /UserUnit {unit}" if unit > 1 else "")
    file.put(
        PAGE,
        f"<< /Type /Page /Parent {PAGES} 0 R {size} /Contents {CONTENT} 0 R "
        f"/Resources << /Properties << {properties} >> >> >>",
    )
    for n, name in enumerate(names):
        file.put(FIRST_LAYER + n, f"<< /Type /OCG /Name {objects.text(name)} >>")


def _opened(number: int, colour: str) -> str:
    """The beginning of a layer; a colour that is none is black."""
    found = _COLOUR.fullmatch(colour)
    shares = " ".join(real(round(int(part, 16) / 255, 5)) for part in found.groups()) if found else "0 0 0"
    return f"/OC /L{number} BDC\n{shares} RG\n"


def _spelt(layer: Layer, step_m: float) -> str:
    paths = [
        [f"{real(x)} {real(y)} {'l' if n else 'm'}\n" for n, (x, y) in enumerate((line / step_m).tolist())]
        for line in layer.lines
    ]
    return "".join(_circle(c, step_m) for c in layer.circles) + "".join("".join(path) + "S\n" for path in paths)


def _circle(circle: Circle, step_m: float) -> str:
    """Four Béziers, counter-clockwise: PDF knows no circles, but programs that draw know this for one."""
    x, y, r = circle.x_m / step_m, circle.y_m / step_m, circle.radius_m / step_m
    # each end with the handles that lead to it; the last quarter turned by quarters
    quarter = ((1.0, 0.0), (1.0, KAPPA), (KAPPA, 1.0), (0.0, 1.0))
    lines = [f"{real(x + r)} {real(y)} m"]
    for cos, sin in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        ends = ((x + r * (a * cos - b * sin), y + r * (a * sin + b * cos)) for a, b in quarter[1:])
        lines.append(" ".join(f"{real(a)} {real(b)}" for a, b in ends) + " c")
    return "\n".join([*lines, "h", "S\n"])
