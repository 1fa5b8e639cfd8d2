"""Discs as other tools draw them: the same groove, spelt in their ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

HOLE_MM, RIM_MM = 3.62, 87.5
PIECE = 700


def points_of(disc: Path) -> np.ndarray:
    """The groove of an SVG disc of ours, (n, 2), mm, y up, the spindle at (0, 0)."""
    text = disc.read_text()
    width_mm, box = re.findall(r'width="([0-9.]+)mm".* viewBox="\S+ \S+ (\d+)', text)[0]
    paths = [
        np.array(re.findall(r"-?\d+", d), float).reshape(-1, 2).cumsum(axis=0) for d in re.findall(' d="([^"]*)', text)
    ]
    points = np.concatenate([paths[0], *(path[1:] for path in paths[1:])])
    return np.asarray(points * [1, -1]) * (float(width_mm) / int(box))


def _spelt(points: np.ndarray, pattern: str, between: str = "\n") -> str:
    """Each row by the pattern."""
    return between.join([pattern % row for row in map(tuple, points.tolist())])


def _svg(size: str, box: float, body: str, hole: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{-box} {-box} {2 * box} {2 * box}">'
        f'<g fill="none" stroke="red">{body}{hole}</g></svg>'
    ).encode()


def svg_shuffled(points: np.ndarray) -> bytes:
    """Pieces in no order, every other one the wrong way round."""
    rng = np.random.default_rng(4)
    pieces = [points[k : k + PIECE + 1] for k in range(0, len(points) - 1, PIECE)]
    lines = [pieces[n][:: rng.choice([1, -1])] * [1, -1] for n in rng.permutation(len(pieces))]
    body = "".join([f'<polyline points="{_spelt(line, "%.5f,%.5f", " ")}"/>' for line in lines])
    return _svg('width="180mm" height="180mm"', 90, body, f'<circle r="{HOLE_MM}"/>')


def svg_in_points(points: np.ndarray) -> bytes:
    """72 to the inch, moved and turned over by a transform."""
    pt = 72 / 25.4
    body = f'<g transform="scale(1,-1)"><path d="M{_spelt(points * pt, "%.5f %.5f", "L")}"/></g>'
    return _svg(f'width="{180 * pt}pt" height="{180 * pt}pt"', 90 * pt, body, f'<circle r="{HOLE_MM * pt}"/>')


def svg_from_inside(points: np.ndarray) -> bytes:
    """The same disc drawn from the label outwards, and so clockwise."""
    return _svg(
        'width="180mm" height="180mm"',
        90,
        f'<polyline points="{_spelt(points[::-1] * [1, -1], "%.5f,%.5f", " ")}"/>',
        f'<circle r="{HOLE_MM}"/>',
    )


def _dxf(header: str, body: str, scale: float = 1.0) -> bytes:
    hole = f"0\nCIRCLE\n8\n0\n10\n0.0\n20\n0.0\n40\n{HOLE_MM * scale}\n"
    return f"{header}0\nSECTION\n2\nENTITIES\n{body}\n{hole}0\nENDSEC\n0\nEOF\n".encode()


def _dxf_header(words: str) -> str:
    return f"0\nSECTION\n2\nHEADER\n{words}0\nENDSEC\n"


def dxf_in_inches(points: np.ndarray) -> bytes:
    vertices = _spelt(points / 25.4, "0\nVERTEX\n8\n0\n10\n%.7f\n20\n%.7f")
    body = f"0\nPOLYLINE\n8\n0\n66\n1\n{vertices}\n0\nSEQEND\n8\n0"
    return _dxf(_dxf_header("9\n$INSUNITS\n70\n1\n"), body, 1 / 25.4)


def dxf_unitless(points: np.ndarray) -> bytes:
    """Single lines, and nothing but the hole to tell the size by."""
    ends = np.hstack((points[:-1], points[1:]))
    return _dxf("", _spelt(ends, "0\nLINE\n8\n0\n10\n%.5f\n20\n%.5f\n11\n%.5f\n21\n%.5f"))


def _arcs(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every other point, (m, 2), and by how much the way turns at the one left out, (m - 1,): half the arc's angle."""
    points = points[: (len(points) - 1) // 2 * 2 + 1]
    one, two = points[1::2] - points[:-1:2], points[2::2] - points[1::2]
    turn = np.arctan2(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0], (one * two).sum(axis=1))
    return points[::2], np.where(np.abs(turn) < 1e-5, 0.0, turn)


def dxf_bulges(points: np.ndarray) -> bytes:
    """Arcs through every three points; a bulge is the tangent of a quarter of the arc's angle."""
    ends, turn = _arcs(points)
    rows = np.column_stack((ends, np.append(np.tan(turn / 2), 0.0)))
    body = f"0\nLWPOLYLINE\n8\n0\n90\n{len(rows)}\n70\n0\n" + _spelt(rows, "10\n%.5f\n20\n%.5f\n42\n%.8f")
    return _dxf(_dxf_header("9\n$ACADVER\n1\nAC1015\n9\n$INSUNITS\n70\n4\n"), body)


def _gcode(head: str, groove: str) -> bytes:
    x = f"X{HOLE_MM:.5f} Y0"
    return f"{head}\n{groove}\nG0 Z5\nG90 G0 {x}\nG1 Z-1\nM3 S900\nG2 {x} I-{HOLE_MM:.5f} J0\nM5\nG0 Z5\nM30\n".encode()


def gcode_in_inches(points: np.ndarray) -> bytes:
    """With line numbers and remarks."""
    inches = points / 25.4
    rows = np.column_stack((np.arange(len(inches)) + 10, inches))
    start = "%\nO1000 (RECORD)\nN1 G20 G90 (INCHES)\nN2 M3 S9000\nN3 G0 Z0.1\nN4 G0 X0 Y0"
    hole = HOLE_MM / 25.4
    end = f"G0 Z0.1\nG0 X{hole:.6f} Y0\nG1 Z-0.04\nG2 X{hole:.6f} Y0 I-{hole:.6f} J0\nG0 Z0.1\nM5\nM30\n%\n"
    begin = f"N5 {_spelt(inches[:1], 'G0 X%.7f Y%.7f')}\nN6 G1 Z-0.001 F5"
    return f"{start}\n{begin}\n{_spelt(rows, 'N%d G01 X%.7f Y%.7f')}\n{end}".encode()


def gcode_relative(points: np.ndarray) -> bytes:
    """Every move counted from the last point; what is rounded is not summed up."""
    whole = np.round(points * 1e5)
    moves = np.diff(whole, axis=0) / 1e5
    head = f"G21\nG90\nG0 Z1\n{_spelt(whole[:1] / 1e5, 'G0 X%.5f Y%.5f')}\nG1 Z-0.03 F600\nG91"
    return _gcode(head, _spelt(moves, "G1 X%.5f Y%.5f"))


def gcode_arcs(points: np.ndarray) -> bytes:
    """G2 and G3 through every three points, lines where these lie in a row."""
    ends, turn = _arcs(points)
    chord = np.diff(ends, axis=0)
    aside = np.column_stack((-chord[:, 1], chord[:, 0])) / np.tan(np.where(turn == 0, 1.0, turn))[:, None]
    middle = (chord + aside) / 2
    code = np.where(turn == 0, 1, np.where(turn > 0, 3, 2))
    rows = np.column_stack((code, ends[1:], middle * (turn != 0)[:, None]))
    moves = _spelt(rows, "G%d X%.5f Y%.5f I%.6f J%.6f").replace(" I0.000000 J0.000000", "")
    return _gcode(f"G21 G90\n{_spelt(ends[:1], 'G0 X%.5f Y%.5f')}\nM3 S500\nF800", f"{moves}\nM5")


def pdf_plain(points: np.ndarray) -> bytes:
    """Uncompressed, in millimetres by a matrix, the middle of the page as origin."""
    pt = 72 / 25.4
    k = 0.5523 * HOLE_MM
    hole = (
        f"{HOLE_MM} 0 m {HOLE_MM} {k} {k} {HOLE_MM} 0 {HOLE_MM} c {-k} {HOLE_MM} {-HOLE_MM} {k} {-HOLE_MM} 0 c "
        f"{-HOLE_MM} {-k} {-k} {-HOLE_MM} 0 {-HOLE_MM} c {k} {-HOLE_MM} {HOLE_MM} {-k} {HOLE_MM} 0 c s\n"
    )
    first, rest = points[:1], points[1:]
    content = f"q {pt} 0 0 {pt} {90 * pt} {90 * pt} cm 0.02 w\n{_spelt(first, '%.5f %.5f m')}\n"
    content += f"{_spelt(rest, '%.5f %.5f l')}\nS\n{hole}Q\n"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {180 * pt} {180 * pt}]/Contents 4 0 R>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
    ]
    text, at = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        at.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in at)
    table = f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<</Size 5/Root 1 0 R>>\n"
    return f"{text}{table}startxref\n{len(text)}\n%%EOF\n".encode()


Way = tuple[str, Callable[[np.ndarray], bytes]]
LINES: dict[str, Way] = {
    "SVG of pieces in no order": ("svg", svg_shuffled),
    "SVG in points": ("svg", svg_in_points),
    "SVG from inside out": ("svg", svg_from_inside),
    "DXF in inches": ("dxf", dxf_in_inches),
    "DXF without a unit": ("dxf", dxf_unitless),
    "G-code in inches": ("nc", gcode_in_inches),
    "G-code of relative moves": ("nc", gcode_relative),
    "PDF of another tool": ("pdf", pdf_plain),
}
"""Suffix and writer of ways that keep every point and the lines between."""
ARCS: dict[str, Way] = {"DXF of bulges": ("dxf", dxf_bulges), "G-code of arcs": ("nc", gcode_arcs)}
"""Ways that put arcs in the lines' place."""
