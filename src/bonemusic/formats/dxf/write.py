"""A disc as DXF R12: millimetres, the spindle at (0, 0), y up; layers GROOVE, CUT, LABEL.

R12 (AC1009) is the version that every program reads, and the last that needs neither handles nor objects (AutoCAD
Release 12 Customization Manual, chapter 11). Its lines are POLYLINEs with a VERTEX for each point. $INSUNITS, the unit,
and $MEASUREMENT came with AutoCAD 2000 and are read from older files as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from ...paths.grid import PIECE
from ...paths.layers import Layer
from ...progress import Progress
from ..base import CutDisc
from . import colours

MM = 1e3
FAITHFUL = 200
"""Rounding to decimals moves a point by at most one part in so many of a step: 40 dB below the step's own rounding."""
MOST_DECIMALS = 9
GROOVE = "GROOVE"
_BEGIN = np.frombuffer(b"0\nPOLYLINE\n8\nGROOVE\n66\n1\n10\n0\n20\n0\n30\n0\n", np.uint8)
_VERTEX = np.frombuffer(b"0\nVERTEX\n8\nGROOVE\n10\n", np.uint8)
_Y = np.frombuffer(b"\n20\n", np.uint8)
_END = np.frombuffer(b"0\nSEQEND\n8\nGROOVE\n", np.uint8)
_LONGEST = 20


def write(out: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write a groove as DXF to an open file that can seek; gives the number of points drawn.

    Polylines hold at most as many points as the machine takes, each beginning exactly where the last ended.
    """
    assert cut.line is not None
    step_mm = cut.line.step_m * MM
    decimals = decimals_for(step_mm)
    most = max(2, cut.machine.path_points or PIECE + 1)
    start = out.tell()
    head = _head(cut)
    out.write(head[0] + _extents((0.0, 0.0, 0.0, 0.0)) + head[1])
    out.write("".join(_spelt(layer) for layer in cut.before).encode("ascii"))
    reach = _reach((*cut.before, *cut.layers))
    points = 1
    finish = _finish(step_mm, decimals, most)
    for body, moves, box in cut.line.pieces(finish, progress):
        points += moves
        out.write(body)
        reach.append(box)
    out.write("".join(_spelt(layer) for layer in cut.layers).encode("ascii"))
    out.write(b"0\nENDSEC\n0\nEOF\n")
    end = out.tell()
    out.seek(start + len(head[0]))  # how far it reaches is known only now
    low_x, low_y, high_x, high_y = zip(*reach, strict=True)
    out.write(_extents((min(low_x), min(low_y), max(high_x), max(high_y))))
    out.seek(end)
    return points


def decimals_for(step_mm: float) -> int:
    """How many decimals hold multiples of a step: exactly, or to a part of it that does not matter."""
    for decimals in range(MOST_DECIMALS):
        units = step_mm * 10**decimals
        exact = units >= 0.5 and abs(units - round(units)) < 1e-9 * units
        if exact or units >= FAITHFUL / 2:
            return decimals
    return MOST_DECIMALS


def _finish(step_mm: float, decimals: int, most: int) -> Any:
    unit = step_mm * 10**decimals
    if abs(unit - round(unit)) < 1e-9 * unit:
        unit = float(round(unit))

    def spelt(x: NDArray[Any], y: NDArray[Any]) -> tuple[bytes, int, tuple[float, float, float, float]]:
        body, moves = spell(x, y, unit, decimals, most)
        low_x, low_y, high_x, high_y = (float(each) * step_mm for each in (x.min(), y.min(), x.max(), y.max()))
        return body, moves, (low_x, low_y, high_x, high_y)

    return spelt


def spell(x: NDArray[Any], y: NDArray[Any], unit: float, decimals: int, most: int) -> tuple[bytes, int]:
    """POLYLINEs through grid points, and the number of moves; points that are where the one before is are left out.

    Parameters
    ----------
    x, y : ndarray, int32, (n,)
        In steps, n >= 2.
    unit : float
        A step in units of the last decimal.
    decimals : int
    most : int
        Points of one POLYLINE, at least 2; the next one begins with the last point.
    """
    polylines = len(x) // (most - 1) + 2
    each = len(_BEGIN) + len(_VERTEX) + len(_Y) + len(_END) + 2 * _LONGEST
    out = np.empty(len(x) * (len(_VERTEX) + len(_Y) + 2 * _LONGEST + 1) + polylines * each, np.uint8)
    used, moves = _spell(x, y, unit, decimals, most, out)
    return out[:used].tobytes(), moves


@kernel
def _copy(out: NDArray[Any], at: int, text: NDArray[Any]) -> int:
    for k in range(len(text)):
        out[at + k] = text[k]
    return at + len(text)


@kernel
def _decimal(out: NDArray[Any], at: int, value: Any, decimals: int) -> int:
    """Write value / 10^decimals without needless zeros; where the next byte goes."""
    if value < 0:
        out[at] = 45
        at += 1
        value = -value
    while decimals > 0 and value % 10 == 0:
        value //= 10
        decimals -= 1
    digits = 1
    ten = 10
    while value >= ten and digits < 18:
        ten *= 10
        digits += 1
    digits = max(digits, decimals + 1)
    length = digits + (1 if decimals > 0 else 0)
    for d in range(length - 1, -1, -1):
        if decimals > 0 and d == digits - decimals:
            out[at + d] = 46
        else:
            out[at + d] = 48 + value % 10
            value //= 10
    return at + length


@kernel
def _vertex(out: NDArray[Any], at: int, x: Any, y: Any, unit: float, decimals: int) -> int:
    at = _copy(out, at, _VERTEX)
    at = _decimal(out, at, np.int64(np.rint(x * unit)), decimals)
    at = _copy(out, at, _Y)
    at = _decimal(out, at, np.int64(np.rint(y * unit)), decimals)
    out[at] = 10
    return at + 1


@kernel
def _spell(
    x: NDArray[Any], y: NDArray[Any], unit: float, decimals: int, most: int, out: NDArray[Any]
) -> tuple[int, int]:
    at = _copy(out, 0, _BEGIN)
    at = _vertex(out, at, x[0], y[0], unit, decimals)
    moves, held = 0, 1
    for k in range(1, len(x)):
        if x[k] != x[k - 1] or y[k] != y[k - 1] or (moves == 0 and k == len(x) - 1):  # a polyline needs one move
            if held == most:
                at = _copy(out, at, _END)
                at = _copy(out, at, _BEGIN)
                at = _vertex(out, at, x[k - 1], y[k - 1], unit, decimals)
                held = 1
            at = _vertex(out, at, x[k], y[k], unit, decimals)
            moves += 1
            held += 1
    return _copy(out, at, _END), moves


def _head(cut: CutDisc) -> tuple[bytes, bytes]:
    """What comes before the extents, and from there to the first line."""
    groove = cut.groove
    facts = {"rpm": str(groove.rpm), **{k: groove.meta.get(k, "") for k in ("curve", "title")}}
    said = "".join(f"999\n{key} {_harmless(text)}\n" for key, text in facts.items() if text)
    tables = {GROOVE: colours.index(cut.machine.groove_colour)}
    tables.update((_name(layer), colours.index(layer.colour)) for layer in (*cut.before, *cut.layers))
    rows = "".join(f"0\nLAYER\n2\n{name}\n70\n0\n62\n{colour}\n6\nCONTINUOUS\n" for name, colour in tables.items())
    return (
        f"{said}0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n9\n$INSUNITS\n70\n4\n9\n$MEASUREMENT\n70\n1\n".encode(),
        (
            "0\nENDSEC\n0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nLTYPE\n70\n1\n"
            "0\nLTYPE\n2\nCONTINUOUS\n70\n0\n3\nSolid line\n72\n65\n73\n0\n40\n0\n0\nENDTAB\n"
            f"0\nTABLE\n2\nLAYER\n70\n{len(tables)}\n{rows}0\nENDTAB\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n"
        ).encode("ascii"),
    )


def _extents(box_mm: tuple[float, float, float, float]) -> bytes:
    """The corners of all that is drawn, always of one length."""
    low_x, low_y, high_x, high_y = (f"{0.0 + value:13.6f}" for value in box_mm)
    return (f"9\n$EXTMIN\n10\n{low_x}\n20\n{low_y}\n30\n0\n9\n$EXTMAX\n10\n{high_x}\n20\n{high_y}\n30\n0\n").encode(
        "ascii"
    )


def _reach(layers: Iterable[Layer]) -> list[tuple[float, float, float, float]]:
    """Lowest and highest x and y of each thing in the layers, mm."""
    boxes = []
    for layer in layers:
        for line in layer.lines:
            (low_x, low_y), (high_x, high_y) = (MM * line.min(0)).tolist(), (MM * line.max(0)).tolist()
            boxes.append((low_x, low_y, high_x, high_y))
        for c in layer.circles:
            x, y, r = MM * c.x_m, MM * c.y_m, MM * c.radius_m
            boxes.append((x - r, y - r, x + r, y + r))
    return boxes


def _spelt(layer: Layer) -> str:
    name = _name(layer)
    return "".join(
        [f"0\nCIRCLE\n8\n{name}\n10\n{_mm(c.x_m)}\n20\n{_mm(c.y_m)}\n40\n{_mm(c.radius_m)}\n" for c in layer.circles]
        + [_polyline(line, name) for line in layer.lines]
    )


def _polyline(line: NDArray[Any], name: str) -> str:
    closed = len(line) > 2 and bool((line[0] == line[-1]).all())
    points = (line[:-1] if closed else line).tolist()
    vertices = "".join(f"0\nVERTEX\n8\n{name}\n10\n{_mm(x)}\n20\n{_mm(y)}\n" for x, y in points)
    return f"0\nPOLYLINE\n8\n{name}\n66\n1\n10\n0\n20\n0\n30\n0\n70\n{int(closed)}\n{vertices}0\nSEQEND\n8\n{name}\n"


def _mm(value_m: float) -> str:
    text = f"{MM * value_m:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _name(layer: Layer) -> str:
    """A layer's name as R12 takes it: at most 31 capitals, digits, $, - and _."""
    return re.sub(r"[^A-Z0-9$_-]", "_", layer.name.upper())[:31] or "0"


def _harmless(text: str) -> str:
    """On one line, of at most 200 characters, which R12's 256 a line hold."""
    return "".join(c if c.isprintable() else " " for c in text[:200]).encode("ascii", "replace").decode()
