"""A disc as SVG: true size, relative moves in whole machine steps, layers groove, cut and label."""

from __future__ import annotations

from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ...paths import grid
from ...presets import Disc, Machine
from ...progress import Progress
from ..base import CutDisc


def spell(x: NDArray[Any], y: NDArray[Any]) -> tuple[bytes, int]:
    """Path data of a polyline over whole numbers, y up: "M x y l dx dy …", y turned down as SVG has it.

    Points that are where the one before is are left out; also gives the number of moves.
    """
    out = np.empty(24 * len(x) + 64, np.uint8)
    used, moves = _spell(x, y, out)
    return out[:used].tobytes(), moves


@kernel
def _number(out: NDArray[Any], at: int, value: Any) -> int:
    """Write a whole number, a blank before it unless its sign parts it from the last; where the next byte goes."""
    if value < 0:
        out[at] = 45
        value = -value
    else:
        out[at] = 32
    at += 1
    digits = 1
    ten = 10
    while value >= ten:
        ten *= 10
        digits += 1
    for d in range(digits - 1, -1, -1):
        out[at + d] = 48 + value % 10
        value //= 10
    return at + digits


@kernel
def _spell(x: NDArray[Any], y: NDArray[Any], out: NDArray[Any]) -> tuple[int, int]:
    out[0] = 77
    at = _number(out, 1, np.int64(x[0]))
    at = _number(out, at, -np.int64(y[0]))
    out[at] = 108
    at += 1
    moves = 0
    for k in range(1, len(x)):
        dx, dy = np.int64(x[k]) - np.int64(x[k - 1]), np.int64(y[k - 1]) - np.int64(y[k])
        if dx != 0 or dy != 0 or (moves == 0 and k == len(x) - 1):  # a path needs one move
            at = _number(out, at, dx)
            at = _number(out, at, dy)
            moves += 1
    return at, moves


def head(cut: CutDisc, step_m: float) -> str:
    """The file up to the first groove path. One unit of the drawing is one machine step, the centre is (0, 0)."""
    groove, disc, machine = cut.groove, cut.disc, cut.machine
    title = escape(_printable(groove.meta.get("title", "")))
    half = int(np.ceil(disc.diameter_m / 2 / step_m))
    size_mm = f"{2 * half * step_m * 1e3:.7g}"
    facts = {"rpm": str(groove.rpm), "curve": groove.meta.get("curve", "")}
    data = " ".join(f"data-{k}={quoteattr(_printable(v))}" for k, v in facts.items())
    stroke = (machine.stroke_m or groove.profile.width_m) / step_m
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"\n'
        f' width="{size_mm}mm" height="{size_mm}mm" viewBox="{-half} {-half} {2 * half} {2 * half}" {data}>\n'
        f"<title>{title}</title>\n"
        f'<g id="groove" inkscape:groupmode="layer" inkscape:label="groove" fill="none" '
        f'stroke={quoteattr(machine.groove_colour)} stroke-width="{stroke:.6g}">\n'
    )


def tail(disc: Disc, machine: Machine, step_m: float) -> str:
    """The rest of the file: label layer, then hole and outline, which are cut last."""
    stroke = (machine.stroke_m or disc.groove_width_m) / step_m
    hole, rim = disc.hole_diameter_m / 2 / step_m, disc.diameter_m / 2 / step_m
    outline = (
        f'<circle cx="0" cy="0" r="{rim:.10g}"/>'
        if disc.outline == "round"
        else f'<rect x="{-rim:.10g}" y="{-rim:.10g}" width="{2 * rim:.10g}" height="{2 * rim:.10g}"/>'
    )
    return (
        "</g>\n"
        f'<g id="label" inkscape:groupmode="layer" inkscape:label="label" fill="none" '
        f'stroke={quoteattr(machine.label_colour)} stroke-width="{stroke:.6g}"/>\n'
        f'<g id="cut" inkscape:groupmode="layer" inkscape:label="cut" fill="none" '
        f'stroke={quoteattr(machine.cut_colour)} stroke-width="{stroke:.6g}">\n'
        f'<circle cx="0" cy="0" r="{hole:.10g}"/>\n{outline}\n</g>\n</svg>\n'
    )


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as SVG to an open file; gives the number of points drawn.

    The paths lie one after another, each less than 1 MB (readers refuse or crawl beyond 10: librsvg, lxml), each
    beginning exactly where the last ended.
    """
    assert cut.wave is not None
    assert cut.step_m is not None
    step_m = cut.step_m
    out.write(head(cut, step_m).encode())
    points = 1
    for body, moves in grid.pieces(cut.wave, step_m, spell, progress):
        points += moves
        out.write(b'<path d="')
        out.write(body)
        out.write(b'"/>\n')
    out.write(tail(cut.disc, cut.machine, step_m).encode())
    return points


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c.isprintable())
