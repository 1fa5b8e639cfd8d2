"""PDF as this and other tools draw it: the lines of the page that has most of them, true to size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...files import named
from ...paths.drawing import Circle, Drawing
from ...units import shown
from . import operators as op
from .content import parse
from .source import Source, opened

POINT_M = 0.0254 / 72
FINE_M = 5e-8
"""How far from a curve the straight lines may be that it becomes: less than any machine's step."""
MAX_POINTS, MAX_LINES = 100_000_000, 10_000_000
MAX_NESTED = 16
GUESSED = 1 << 23
"""Points for which room is made on the strength of a stream's size alone."""
ROUND = 1e-3
"""A closed curve is a circle if it is nowhere further from one than this part of its radius."""
MANY = 10_000
"""From so many lines on, those that follow each other are joined here: some tools draw each segment by itself. And at
most so many curves are looked at for circles."""
FAULTS = {
    op.MISSING: "has too few numbers before it",
    op.HUGE: "is an absurd number, or leads to one",
    op.UNMOVED: "draws from nowhere",
    op.DEEP: f"keeps more than {op.DEEPEST} states",
    op.OPEN_END: "never ends",
}


def read(path: Path) -> Drawing:
    """Read the lines and circles of a PDF file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Drawing
        What is stroked on the page that has most points, or what is filled where nothing is stroked. Curves become
        lines, closed round ones circles. Lines (n, 2) float64 in metres, y up; `scale_known` is always true.

    Raises
    ------
    FormatError
        No PDF, damaged, cut short, locked, too large, dangerous, or without a single line.
    """
    with named(path, FormatError), opened(path) as source:
        return _drawing(source)


def _drawing(source: Source) -> Drawing:
    pages = source.pages()
    best, found = 0, _Sheet()
    for number, page in enumerate(pages):
        sheet = _Sheet()
        sheet.draw(source, page)
        if number == 0 or sheet.points > found.points:
            best, found = number, sheet
    if not found.points and source.mended():
        raise FormatError(
            "holds no path that is drawn (text and pictures are none), and is damaged or cut short; take a whole copy "
            "of the file, or draw the groove as a line"
        )
    if not found.points:
        raise FormatError("holds no path that is drawn (text and pictures are none); draw the groove as a line")
    notes = ["the file is damaged: what could be found of it was read"] if source.mended() else []
    if len(pages) > 1:
        notes.append(f"page {best + 1} of {len(pages)} was read: it has the most lines")
    if not found.stroked:
        notes.append("nothing is drawn with a pen: the edges of what is filled were read")
    lines, circles = found.lines()
    return Drawing(lines, circles, tuple(notes), True, source.meta())


class _Sheet:
    """What has been drawn on a page so far, in its own units."""

    def __init__(self) -> None:
        self.state, self.at = np.zeros(op.STATES, np.int64), np.zeros(4)
        self.matrices = np.zeros((op.DEEPEST, 6))
        self.matrices[0] = 1, 0, 0, 1, 0, 0
        self.out = np.empty((0, 2))
        self.starts, self.kinds = np.empty(0, np.int64), np.empty(0, np.uint8)
        self.unit_m = POINT_M

    @property
    def points(self) -> int:
        """Those of all that is painted."""
        painted = self.state[op.PAINTED]
        return int(self.starts[painted] if painted < self.state[op.LINES] else self.state[op.POINTS])

    @property
    def stroked(self) -> bool:
        """Whether any line is drawn as a line, and not only as an edge of what is filled."""
        return bool((self.kinds[: self.state[op.PAINTED]] & op.STROKED).any())

    def draw(self, source: Source, page: Any) -> None:
        """Draw a whole page."""
        self.unit_m = POINT_M * source.unit(page)
        self._run(source, source.contents(page), source.resources(page), 0)

    def lines(self) -> tuple[tuple[NDArray[Any], ...], tuple[Circle, ...]]:
        """Lines and circles in metres."""
        painted = int(self.state[op.PAINTED])
        bounds = np.append(self.starts[:painted], self.points)
        xy = self.out[: self.points]
        xy *= self.unit_m
        kinds = self.kinds[:painted]
        wanted = (kinds & (op.STROKED if self.stroked else op.FILLED)) > 0
        curves = np.flatnonzero(wanted & (kinds & op.CURVES > 0))[:MANY].tolist()
        circles = {n: circle for n in curves if (circle := _circle(xy[bounds[n] : bounds[n + 1]]))}
        wanted[list(circles)] = False
        first, last = bounds[:-1][wanted], bounds[1:][wanted]
        if len(first) > MANY:
            xy, first, last = _joined(xy, first, last)
        found = tuple(xy[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True))
        return found, tuple(circles.values())

    def _run(self, source: Source, body: bytearray, resources: Any, nested: int) -> None:
        """Draw what a stream says; drawings that it calls for are drawn with its matrix."""
        if nested > MAX_NESTED:
            raise FormatError(f"nests drawings more than {MAX_NESTED} deep; ungroup and export it again")
        text = np.frombuffer(body, np.uint8)
        kept = [op.BASE, op.DEPTH, op.MARKS, op.HIDDEN]
        outside = self.state[kept]
        self.state[op.BASE] = self.state[op.DEPTH]
        self._room(min(len(text) // 8, GUESSED))  # pages of memory that are not written cost nothing
        at, code = 0, op.FULL
        while code in (op.FULL, op.FORM, op.LAYER):
            code, at = parse(
                text, at, self.out, self.starts, self.kinds, self.state, self.at, self.matrices, FINE_M / self.unit_m
            )
            if code == op.FULL:
                self._room(2 * len(self.out))
            name = bytes(text[self.state[op.NAME] : self.state[op.NAME_END]])
            if code == op.FORM and not self.state[op.HIDDEN]:
                self._form(source, resources, name, nested)
            elif code == op.LAYER and source.hides(resources, name):
                self.state[op.HIDDEN] = self.state[op.MARKS]
        if code != op.DONE:
            seen = shown(bytes(text[at : at + 16]).split()[0].decode("ascii", "replace"))
            raise FormatError(f"is damaged: {seen} at byte {at + 1} of a drawing {FAULTS[code]}; export it again")
        self.state[kept] = outside

    def _form(self, source: Source, resources: Any, name: bytes, nested: int) -> None:
        form = source.form(resources, name)
        if form is None:
            return
        body, (a, b, c, d, e, f), own = form
        depth = int(self.state[op.DEPTH])
        if depth + 1 == op.DEEPEST:
            raise FormatError(f"is damaged: a drawing {FAULTS[op.DEEP]}; export it again")
        m = self.matrices[depth]
        self.matrices[depth + 1] = (
            m[0] * a + m[2] * b, m[1] * a + m[3] * b, m[0] * c + m[2] * d, m[1] * c + m[3] * d,
            m[0] * e + m[2] * f + m[4], m[1] * e + m[3] * f + m[5],
        )  # fmt: skip
        self.state[op.DEPTH] += 1
        self._run(source, body, own, nested + 1)
        self.state[op.DEPTH] -= 1

    def _room(self, points: int) -> None:
        """Make room for so many points and an eighth as many lines, if there is less."""
        held, lines = int(self.state[op.POINTS]), int(self.state[op.LINES])
        if held > MAX_POINTS or lines > MAX_LINES:
            raise FormatError(
                f"has more than {MAX_POINTS // 1_000_000} million points or {MAX_LINES // 1_000_000} million lines; "
                "split the drawing"
            )
        if points + op.ROOM > len(self.out):
            out = np.empty((points + op.ROOM, 2))
            out[:held] = self.out[:held]
            self.out = out
        if points // 2 + op.ROOM_LINES > len(self.starts):
            for name in ("starts", "kinds"):
                array = getattr(self, name)
                longer = np.empty(points // 2 + op.ROOM_LINES, array.dtype)
                longer[:lines] = array[:lines]
                setattr(self, name, longer)


def _circle(xy: NDArray[Any]) -> Circle | None:
    """The circle that a closed curve is; None where it is open or not round.

    The centre is that of the circle of least squares x² + y² = 2ax + 2by + c; the radius is the distance of the first
    point, which, unlike what lies between the ends of Béziers, is on the circle.
    """
    if len(xy) < 5:
        return None
    middle = (xy.min(0) + xy.max(0)) / 2
    size = float(np.ptp(xy, axis=0).max())
    if not size > 0 or float(np.abs(xy[0] - xy[-1]).max()) > ROUND * size:
        return None
    u = (xy[:-1] - middle) / size  # each point once
    solved = np.linalg.lstsq(np.column_stack([2 * u, np.ones(len(u))]), (u**2).sum(1), rcond=None)[0]
    centre = solved[:2]
    radius = np.hypot(*(u - centre).T)
    if float(np.abs(radius - radius[0]).max()) > ROUND * radius[0]:
        return None
    x, y = middle + size * centre
    return Circle(float(x), float(y), size * float(radius[0]))


def _joined(
    xy: NDArray[Any], first: NDArray[Any], last: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Lines first … last of the points, those that begin exactly where the one before ends put together."""
    follows = (xy[last[:-1] - 1] == xy[first[1:]]).all(1)
    keep = np.zeros(len(xy) + 1, np.int8)  # +1 where a line's own points begin, -1 behind its last
    np.add.at(keep, first, 1)
    np.add.at(keep, last, -1)
    mask = np.cumsum(keep[:-1], dtype=np.int8).astype(bool)
    mask[first[1:][follows]] = False
    place = np.concatenate([[0], np.cumsum(mask)])
    return xy[mask], place[first[np.append(True, ~follows)]], place[last[np.append(~follows, True)]]
