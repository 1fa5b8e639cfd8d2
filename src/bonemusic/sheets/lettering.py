"""Words in letters of single strokes, in any script that a font covers, for lasers, knives and pens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..coverage import add_edges
from ..jit import kernel
from . import shaping, skeleton
from .shaping import Face, Placed, Run

Line: TypeAlias = NDArray[Any]
Lines: TypeAlias = tuple[Line, ...]

_CAP_PX = 160
"""Height of a capital in the pictures that are thinned: a stroke is then some 20 pixels wide."""
_MARGIN_PX = 4
_MOST_PIXELS = 2_000_000
_MOST_JOINED = 10.0
"""Ems that letters thinned as one may span."""
_STROKE = 0.0625
"""Half a stroke of a usual font, against the height of a capital; where the font has no plain letter to measure."""
_LEAST_STROKE, _MOST_STROKE = 0.012, 0.16
_ROUGH = 0.004
"""How far lines may lie off when points are dropped, against the height of a capital."""


@dataclass(frozen=True)
class Lettering:
    """Words on a straight line.

    Attributes
    ----------
    lines : tuple of ndarray, float64, (n, 2)
        Polylines in metres, y up; the base line is y = 0 and begins at x = 0.
    width_m : float
    missing : str
        Letters that neither the font nor the one that comes along has; they are left out.
    height_m : float
        Of a capital.
    letters : tuple of (int, int, float, float)
        For each letter, or stretch of joined ones: its first line, one past its last, and its left and right edge.
    """

    lines: Lines
    width_m: float
    missing: str
    height_m: float
    letters: tuple[tuple[int, int, float, float], ...]


@dataclass(frozen=True)
class Glyphs:
    """Glyphs that touch each other, in their font's units, the first one at x = 0."""

    face: Face
    places: tuple[tuple[int, int, int], ...]
    """Glyph, x, y."""


def text(words: str, height_m: float, font: Path | None = None) -> Lettering:
    """Words as single strokes.

    Parameters
    ----------
    words : str
        Any text; what cannot be seen is dropped, line breaks become blanks.
    height_m : float
        Of a capital, from the base line to its top, along the strokes' middle.
    font : Path or None
        A TTF or OTF file; None, and for letters that it lacks: the font that comes along.

    Raises
    ------
    FormatError
        The file is no font.
    """
    runs, lacking = _shaped(words, font)
    lines: list[Line] = []
    letters = []
    at = 0.0
    for run in runs:
        scale = _em_m(run.face, height_m)
        for left, unit in _touching(run):
            drawn = [line * scale + [at + left * scale, 0.0] for line in _strokes(unit)]
            if drawn:
                first, last = min(line[:, 0].min() for line in drawn), max(line[:, 0].max() for line in drawn)
                letters.append((len(lines), len(lines) + len(drawn), float(first), float(last)))
                lines += drawn
        at += run.width * scale
    right = max((right for *_, right in letters), default=0.0)
    return Lettering(tuple(lines), max(at, right), lacking, height_m, tuple(letters))


def missing(words: str, font: Path | None = None) -> str:
    """The letters of the words that neither the font nor the one that comes along has, each once."""
    return _shaped(words, font)[1]


def width_m(words: str, height_m: float, font: Path | None = None) -> float:
    """About how wide words are, without drawing them."""
    return sum(run.width * _em_m(run.face, height_m) for run in _shaped(words, font)[0])


def around(lettering: Lettering, radius_m: float, middle_rad: float, feet_in: bool = True) -> Lines:
    """The words along a circle about (0, 0), the middle of them at `middle_rad`.

    Letters stay straight and are set upright one by one; joined ones are bent.

    Parameters
    ----------
    lettering : Lettering
    radius_m : float
        Of the base line.
    middle_rad : float
    feet_in : bool
        Whether they stand on the circle and run clockwise; otherwise they hang into it and run counter-clockwise, so
        that they are upright at the bottom.
    """
    if not lettering.lines:
        return ()
    fine_m = math.sqrt(0.04 * lettering.height_m * radius_m)
    lines: list[Line] = []
    at: list[Line] = []
    for first, last, left, right in lettering.letters:
        stiff = right - left < 1.5 * lettering.height_m
        for line in lettering.lines[first:last]:
            lines.append(line if stiff else _divided(line, fine_m))
            at.append(np.full(len(line), (left + right) / 2) if stiff else lines[-1][:, 0])
    points, turned = np.concatenate(lines), np.concatenate(at)
    # each point is turned about (0, 0) by the angle at which its letter stands on the circle
    sign = 1.0 if feet_in else -1.0
    angle = middle_rad - sign * (turned - lettering.width_m / 2) / radius_m
    out, aside = radius_m + sign * points[:, 1], sign * (points[:, 0] - turned)
    cos, sin = np.cos(angle), np.sin(angle)
    bent = np.column_stack([out * cos + aside * sin, out * sin - aside * cos])
    return tuple(np.split(bent, np.cumsum([len(line) for line in lines])[:-1]))


@lru_cache(64)
def _shaped(words: str, font: Path | None) -> tuple[tuple[Run, ...], str]:
    return shaping.shape(shaping.clean(words), font)


def _divided(line: Line, step_m: float) -> Line:
    """The line with points at least that close to each other."""
    pieces = np.maximum(np.ceil(np.hypot(*np.diff(line, axis=0).T) / step_m).astype(np.int64), 1)
    at = np.concatenate([*(k + np.arange(n) / n for k, n in enumerate(pieces)), [len(line) - 1.0]])
    old = np.arange(len(line))
    return np.column_stack([np.interp(at, old, line[:, 0]), np.interp(at, old, line[:, 1])])


def _em_m(face: Face, height_m: float) -> float:
    """What an em measures, so that a capital is that high between the middles of its strokes."""
    return height_m * face.upem / (face.cap * (1 - 2 * _stroke(face)))


def _touching(run: Run) -> list[tuple[float, Glyphs]]:
    """Glyphs that lie over one another, so that joined letters are thinned as one; with where each group begins."""
    groups: list[list[Placed]] = []
    right = -math.inf
    for glyph in run.glyphs:
        edges = _edges(run.face, glyph.glyph)
        if edges is None:
            continue
        if groups and glyph.x + edges[0] < right + 0.003 and glyph.x - groups[-1][0].x < _MOST_JOINED:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
            right = -math.inf
        right = max(right, glyph.x + edges[1])
    upem = run.face.upem
    found = []
    for group in groups:
        left = group[0].x
        spots = tuple((g.glyph, round((g.x - left) * upem), round(g.y * upem)) for g in group)
        found.append((left, Glyphs(run.face, spots)))
    return found


@lru_cache(4096)
def _edges(face: Face, glyph: int) -> tuple[float, float] | None:
    """How far left and right a glyph reaches, in ems; None where it is blank."""
    outline = face.outline(glyph)
    if not outline:
        return None
    return min(c[:, 0].min() for c in outline) / face.upem, max(c[:, 0].max() for c in outline) / face.upem


@lru_cache(32)
def _stroke(face: Face) -> float:
    """Half the width of the font's upright strokes, against the height of a capital."""
    for letter in "lIHno":
        if face.has(letter):
            mask, scale, _, _ = _mask(Glyphs(face, ((face.font.get_nominal_glyph(ord(letter)), 0, 0),)))
            if mask.size:
                found = float(skeleton.half_stroke(mask)) / scale / face.cap
                return min(max(found, _LEAST_STROKE), _MOST_STROKE)
    return _STROKE


def _mask(glyphs: Glyphs) -> tuple[NDArray[Any], float, float, float]:
    """The picture of glyphs, its pixels to the font's unit, and where its corner lies, in pixels, y down."""
    scale = _CAP_PX / glyphs.face.cap
    contours = [line * scale + [x * scale, y * scale] for g, x, y in glyphs.places for line in glyphs.face.outline(g)]
    if not contours:
        return np.zeros((0, 0), np.bool_), scale, 0.0, 0.0
    low, high = np.min([c.min(axis=0) for c in contours], axis=0), np.max([c.max(axis=0) for c in contours], axis=0)
    columns, rows = (np.ceil(high - low) + 2 * _MARGIN_PX).astype(np.int64)
    if columns * rows > _MOST_PIXELS:
        return np.zeros((0, 0), np.bool_), scale, 0.0, 0.0
    left, top = float(low[0]) - _MARGIN_PX, -float(high[1]) - _MARGIN_PX
    cover = np.zeros((rows, columns + 2), np.float32)
    for line in contours:
        add_edges(cover, 0, np.ascontiguousarray(line[:, 0]) - left, -line[:, 1] - top)
    mask = np.abs(np.cumsum(cover[:, :columns], axis=1)) >= 0.5
    mask[[0, -1]] = False
    mask[:, [0, -1]] = False
    return mask, scale, left, top


@lru_cache(4096)
def _strokes(glyphs: Glyphs) -> Lines:
    """Centre lines in ems, y up, the lowest middle of a stroke on the base line at y = 0."""
    face = glyphs.face
    mask, scale, left, top = _mask(glyphs)
    if not mask.size:
        return ()
    half = _stroke(face) * face.cap
    drawn = []
    for line in skeleton.strokes(mask, half * scale):
        thinned = line[_kept(np.ascontiguousarray(line), _ROUGH * _CAP_PX)]
        # a pixel's middle is half a pixel from its corner
        x, y = thinned[:, 0] + 0.5 + left, -(thinned[:, 1] + 0.5 + top)
        drawn.append(np.column_stack([x / scale, y / scale - half]) / face.upem)
    return tuple(drawn)


@kernel
def _kept(line: NDArray[Any], off: float) -> NDArray[Any]:
    """Which points of a line stay, so that none that goes lay further off (Douglas and Peucker, 1973)."""
    keep = np.zeros(len(line), np.bool_)
    keep[0] = keep[len(line) - 1] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        ax, ay = line[first]
        bx, by = line[last][0] - ax, line[last][1] - ay
        size = bx * bx + by * by
        most, worst = off * off, -1
        for k in range(first + 1, last):
            px, py = line[k][0] - ax, line[k][1] - ay
            share = min(max((px * bx + py * by) / size, 0.0), 1.0) if size > 0 else 0.0
            away = (px - share * bx) ** 2 + (py - share * by) ** 2
            if away > most:
                most, worst = away, k
        if worst > 0:
            keep[worst] = True
            stack.append((first, worst))
            stack.append((worst, last))
    return keep
