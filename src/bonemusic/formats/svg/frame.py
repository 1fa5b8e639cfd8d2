"""Lengths, viewports and transforms of SVG: from a drawing's own units to metres. No files, no XML."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ...errors import FormatError

Matrix = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a·x + c·y + e, y' = b·x + d·y + f, as SVG writes it."""
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
PIXEL_M = 0.0254 / 96
"""CSS's pixel: what a number without a unit stands for."""
UNIT_M = {
    "mm": 1e-3, "cm": 1e-2, "q": 0.25e-3, "in": 0.0254, "pt": 0.0254 / 72, "pc": 0.0254 / 6, "px": PIXEL_M, "": PIXEL_M,
}  # fmt: skip
RELATIVE = {"%", "em", "ex", "rem", "vw", "vh", "ch"}
LONGEST_ATTRIBUTE = 4096
LARGEST = 1e12

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS = re.compile(_NUMBER)
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([a-zA-Z%]*)\s*")
_CALL = re.compile(r"[\s,]*([a-zA-Z]+)\s*\(([^()]*)\)")


def shown(text: str) -> str:
    """A piece of a stranger's text, short and in one line, for an error."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def numbers(text: str, what: str) -> list[float]:
    """Numbers between blanks and commas.

    Raises
    ------
    FormatError
        Something that is no number, or an absurd one.
    """
    if len(text) > LONGEST_ATTRIBUTE or _NUMBERS.sub("", text).replace(",", " ").strip():
        raise FormatError(f"{what} {shown(text)} is not a list of numbers; export the drawing again")
    return [_sane(float(n), text, what) for n in _NUMBERS.findall(text)]


def length_px(text: str | None, what: str) -> tuple[float, bool] | None:
    """A length in CSS pixels, and whether its unit is a physical one; None where absent or relative (`100%`).

    Raises
    ------
    FormatError
        No length, or an absurd one.
    """
    if text is None or text.strip() in ("", "auto"):
        return None
    match = _LENGTH.fullmatch(text) if len(text) <= LONGEST_ATTRIBUTE else None
    unit = match[2].lower() if match else ""
    if match is None or (unit not in UNIT_M and unit not in RELATIVE):
        raise FormatError(f"{what} {shown(text)} is not a length; give it in mm")
    if unit in RELATIVE:
        return None
    return _sane(float(match[1]), text, what) * UNIT_M[unit] / PIXEL_M, unit not in ("", "px")


def _sane(value: float, text: str, what: str) -> float:
    if not abs(value) <= LARGEST:
        raise FormatError(f"{what} {shown(text)} is an absurd number; export the drawing again")
    return value


def times(m: Matrix, n: Matrix) -> Matrix:
    """First `n`, then `m`."""
    a, b, c, d, e, f = m
    A, B, C, D, E, F = n
    return a * A + c * B, b * A + d * B, a * C + c * D, b * C + d * D, a * E + c * F + e, b * E + d * F + f


def viewport(attributes: Mapping[str, str]) -> tuple[Matrix, bool]:
    """What an `svg` element's width, height and viewBox do: the matrix to CSS pixels, and whether the size is physical.

    Raises
    ------
    FormatError
        Sizes that are not sizes: negative, zero, not numbers.
    """
    sizes = [length_px(attributes.get(side), side) for side in ("width", "height")]
    for side, size in zip(("width", "height"), sizes, strict=True):
        if size is not None and size[0] <= 0:
            raise FormatError(f"{side} {shown(attributes[side])} is not more than zero; give the page's size in mm")
    if "viewBox" not in attributes:
        return SAME, False  # the page's size says nothing of the unit of what is drawn on it
    box = numbers(attributes["viewBox"], "viewBox")
    if len(box) != 4 or not (box[2] > 0 and box[3] > 0):
        raise FormatError(
            f"viewBox {shown(attributes['viewBox'])} is not 'x y width height', both more than zero; export it again"
        )
    scales = [None if size is None else size[0] / side for size, side in zip(sizes, box[2:], strict=True)]
    given = [scale for scale in scales if scale is not None]
    fit = attributes.get("preserveAspectRatio", "").split()
    across = along = (max if "slice" in fit else min)(given, default=1.0)
    if fit[:1] == ["none"]:
        across, along = scales[0] or across, scales[1] or along
    known = bool(given) and all(size is None or size[1] for size in sizes)
    return (across, 0.0, 0.0, along, -box[0] * across, -box[1] * along), known


def transform(text: str) -> Matrix:
    """The matrix of a `transform` attribute.

    Raises
    ------
    FormatError
        What is no transform, or one with absurd numbers.
    """
    matrix, at = SAME, 0
    while call := _CALL.match(text[:LONGEST_ATTRIBUTE], at):
        matrix = times(matrix, _one(call[1], numbers(call[2], "transform")))
        at = call.end()
    if text[at:].replace(",", " ").strip() or not all(abs(value) <= LARGEST for value in matrix):
        raise FormatError(f"transform {shown(text)} is not understood; apply transforms before exporting")
    return matrix


def _one(name: str, v: list[float]) -> Matrix:
    if name == "matrix" and len(v) == 6:
        return v[0], v[1], v[2], v[3], v[4], v[5]
    if name == "translate" and len(v) in (1, 2):
        return 1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) == 2 else 0.0
    if name == "scale" and len(v) in (1, 2):
        return v[0], 0.0, 0.0, v[-1], 0.0, 0.0
    if name == "rotate" and len(v) in (1, 3):
        cos, sin = math.cos(math.radians(v[0])), math.sin(math.radians(v[0]))
        x, y = v[1:] if len(v) == 3 else (0.0, 0.0)
        return cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y
    if name == "skewX" and len(v) == 1:
        return 1.0, 0.0, math.tan(math.radians(v[0])), 1.0, 0.0, 0.0
    if name == "skewY" and len(v) == 1:
        return 1.0, math.tan(math.radians(v[0])), 0.0, 1.0, 0.0, 0.0
    raise FormatError(f"transform {shown(name)} with {len(v)} numbers is not SVG's; export the drawing again")
