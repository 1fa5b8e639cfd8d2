"""A disc as SVG: true size, relative moves in whole machine steps, layers groove, cut and label."""

from __future__ import annotations

from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ...paths.layers import Layer
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
    """The file up to the first groove path, what is drawn before the groove in it.

    One unit of the drawing is one machine step, the centre is (0, 0).
    """
    groove, machine = cut.groove, cut.machine
    title = escape(_printable(groove.meta.get("title", "")))
    half = int(np.ceil(cut.reach_m / step_m))
    stroke = _stroke(cut, step_m)
    before = "".join(_spelt(layer, stroke, step_m) for layer in cut.before)
    size_mm = f"{2 * half * step_m * 1e3:.7g}"
    facts = {"rpm": str(groove.rpm), "curve": groove.meta.get("curve", "")}
    data = " ".join(f"data-{k}={quoteattr(_printable(v))}" for k, v in facts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"\n'
        f' width="{size_mm}mm" height="{size_mm}mm" viewBox="{-half} {-half} {2 * half} {2 * half}" {data}>\n'
        f"<title>{title}</title>\n{before}{_group('groove', machine.groove_colour, stroke)}\n"
    )


def tail(cut: CutDisc, step_m: float) -> str:
    """The rest of the file: the layers that follow, in the order in which they are cut."""
    return f"</g>\n{''.join(_spelt(layer, _stroke(cut, step_m), step_m) for layer in cut.layers)}</svg>\n"


def _stroke(cut: CutDisc, step_m: float) -> str:
    return f"{(cut.machine.stroke_m or cut.groove.profile.width_m) / step_m:.6g}"


def _group(name: str, colour: str, stroke: str) -> str:
    return (
        f'<g id="{name}" inkscape:groupmode="layer" inkscape:label="{name}" fill="none" '
        f'stroke={quoteattr(colour)} stroke-width="{stroke}">'
    )


def _spelt(layer: Layer, stroke: str, step_m: float) -> str:
    lines = (" ".join(f"{x:.10g},{0.0 - y:.10g}" for x, y in (line / step_m).tolist()) for line in layer.lines)
    circles = ([f"{length / step_m:.10g}" for length in (c.x_m, 0.0 - c.y_m, c.radius_m)] for c in layer.circles)
    drawn = [f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in circles]
    drawn += [f'<polyline points="{points}"/>' for points in lines]
    return "\n".join([_group(layer.name, layer.colour, stroke), *drawn, "</g>\n"])


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as SVG to an open file; gives the number of points drawn.

    The paths lie one after another, each less than 1 MB (readers refuse or crawl beyond 10: librsvg, lxml), each
    beginning exactly where the last ended.
    """
    assert cut.line is not None
    step_m = cut.line.step_m
    out.write(head(cut, step_m).encode())
    points = 1
    for body, moves in cut.line.pieces(spell, progress):
        points += moves
        out.write(b'<path d="')
        out.write(body)
        out.write(b'"/>\n')
    out.write(tail(cut, step_m).encode())
    return points


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c.isprintable())
