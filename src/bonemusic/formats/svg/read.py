"""Discs drawn as SVG, by us or by any other tool: polylines and circles, true to size where the file says its size.

The file is a stranger's: no entity is ever declared or fetched, and size, depth and number of points have limits.
"""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import IO, Any, cast
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...files import named
from ...paths.drawing import Circle, Drawing
from . import pathdata, shapes
from .curved import closed_lines
from .frame import PIXEL_M, SAME, Matrix, length_px, shown, times, transform, viewport

MAX_BYTES = 1 << 30
MAX_ATTRIBUTE = 100_000_000
MOST_CURVED = 4_000_000
"""Characters of all closed paths of curves that are read: some seconds' worth."""
MAX_POINTS = 100_000_000
MAX_DEPTH = 200
MAX_META = 1000
CHUNK = 1 << 20
ROUND = 1e-3
"""An ellipse is a circle if its axes are equal to this part."""

UNSEEN = {"defs", "clipPath", "symbol", "mask", "pattern", "marker", "metadata", "linearGradient", "radialGradient"}
_NOT_DISPLAYED = re.compile(r"(?:^|;)\s*display\s*:\s*none\b")


def read(path: Path) -> Drawing:
    """Read the polylines and circles of an SVG (or gzipped SVG) file.

    Parameters
    ----------
    path : Path
        The file; its content decides, not its suffix.

    Returns
    -------
    Drawing
        Lines (n, 2) float64 and circles in metres, y up. `scale_known` is False where no physical unit is given: the
        numbers are then taken as 96 to an inch. `meta` holds the root's `data-*` attributes; `shapes` are rectangles
        and ellipses.

    Raises
    ------
    FormatError
        Missing, empty, no SVG, cut short, too large, dangerous, or without a single polyline.
    """
    reader = _Reader()
    with named(path, FormatError):
        with closing(_chunks(path)) as chunks:
            reader.feed(chunks)
        return reader.drawing()


def _chunks(path: Path) -> Generator[bytes, None, None]:
    """The file's bytes, unpacked if they are gzipped; at most `MAX_BYTES` of them."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            yield from _limited(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as why:
        raise FormatError("is damaged or cut short (gzip); take a whole copy of the file") from why


def _limited(file: IO[bytes]) -> Generator[bytes, None, None]:
    total = 0
    while chunk := file.read(CHUNK):
        total += len(chunk)
        if total > MAX_BYTES:
            raise FormatError(f"is larger than {MAX_BYTES >> 20} MB; split the drawing")
        yield chunk
    if not total:
        raise FormatError("is empty (0 bytes); take a whole copy of the file")


class _Reader:
    """What has been read so far, and the state of the elements that are open."""

    def __init__(self) -> None:
        self.lines: list[NDArray[Any]] = []
        self.circles: list[Circle] = []
        self.shapes: list[NDArray[Any]] = []
        self.curves: dict[str, int] = {}
        self.curved = 0
        self.meta: dict[str, str] = {}
        self.points = 0
        self.scale_known = False
        self.matrices: list[Matrix] = []
        self.unseen = 0  # how many of the open elements lie in one that is not drawn, itself included
        self.begun = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entity
        self.parser.ExternalEntityRefHandler = self._refuse_entity

    def feed(self, chunks: Iterable[bytes]) -> None:
        fed = 0
        try:
            for chunk in chunks:
                self.parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - self.parser.CurrentByteIndex > MAX_ATTRIBUTE:
                    raise FormatError(f"has a single piece of over {MAX_ATTRIBUTE // 1_000_000} MB; split the path")
            self.parser.Parse(b"", True)
        except expat.ExpatError as why:
            raise FormatError(self._said(why)) from why
        except FormatError:
            raise
        except (LookupError, ValueError) as why:
            raise FormatError("is in an encoding that is not known; save it as UTF-8") from why
        finally:
            del self.parser  # it holds us as we hold it, and so the lines would outlive the drawing

    def _said(self, why: expat.ExpatError) -> str:
        if not self.begun and why.code != expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]:
            return f"is not XML, so it cannot be an SVG drawing (line {why.lineno}); export it as SVG"
        ended = (
            expat.errors.XML_ERROR_NO_ELEMENTS,
            expat.errors.XML_ERROR_UNCLOSED_TOKEN,
            expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
            expat.errors.XML_ERROR_PARTIAL_CHAR,
        )
        if why.code in [expat.errors.codes[e] for e in ended]:
            return f"is cut short: it ends within line {why.lineno}; take a whole copy of the file"
        return f"is damaged at line {why.lineno} ({expat.ErrorString(why.code)}); export it again"

    def _refuse_entity(self, *_: Any) -> int:
        raise FormatError("declares XML entities, which are refused (they can hide bombs); save it as plain SVG")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if not self.begun:
            self._root(tag, attributes)
        if len(self.matrices) >= MAX_DEPTH:
            raise FormatError(f"nests elements more than {MAX_DEPTH} deep; ungroup and export it again")
        matrix = self.matrices[-1] if self.matrices else SAME
        if self.unseen or tag in UNSEEN or self._is_hidden(attributes):
            self.unseen += 1
        else:
            try:
                matrix = self._draw(tag, attributes, matrix)
            except FormatError as why:
                raise FormatError(f"line {self.parser.CurrentLineNumber}: {why}") from why
        self.matrices.append(matrix)

    def _end(self, _: str) -> None:
        self.matrices.pop()
        self.unseen = max(0, self.unseen - 1)

    @staticmethod
    def _is_hidden(attributes: dict[str, str]) -> bool:
        if attributes.get("display", "").strip() == "none":
            return True
        return _NOT_DISPLAYED.search(attributes.get("style", "")) is not None

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        self.begun = True
        if tag != "svg":
            raise FormatError(f"is XML, but not an SVG (its root is {shown(tag)}); export it as SVG")
        self.meta = {k[5:]: v[:MAX_META] for k, v in attributes.items() if k.startswith("data-") and len(k) > 5}

    def _draw(self, tag: str, attributes: dict[str, str], matrix: Matrix) -> Matrix:
        """Take up what an element draws; the matrix that holds within it."""
        if tag == "svg":
            inner, known = viewport(attributes)
            if not self.matrices:
                self.scale_known = known
                matrix = (PIXEL_M, 0.0, 0.0, -PIXEL_M, 0.0, 0.0)  # the one place where y is turned up
            else:
                matrix = times(matrix, (1.0, 0.0, 0.0, 1.0, _px(attributes, "x"), _px(attributes, "y")))
            matrix = times(matrix, inner)
        if "transform" in attributes:
            matrix = times(matrix, transform(attributes["transform"]))
        if tag == "path":
            self._path(attributes.get("d", "").encode(), False, matrix)
        elif tag in ("polyline", "polygon"):
            self._path(attributes.get("points", "").encode() + (b"Z" if tag == "polygon" else b""), True, matrix)
        elif tag == "line":
            ends = [[_px(attributes, "x1"), _px(attributes, "y1")], [_px(attributes, "x2"), _px(attributes, "y2")]]
            self._take(np.array(ends), matrix)
        elif tag in ("circle", "ellipse"):
            self._circle(tag, attributes, matrix)
        elif tag == "rect":
            corner = (length_px(attributes.get(r), r) for r in ("rx", "ry"))
            box = (_px(attributes, name) for name in ("x", "y", "width", "height"))
            self._shape(shapes.rectangle(*box, *(each and each[0] for each in corner)), matrix)
        return matrix

    def _shape(self, around: str, matrix: Matrix) -> None:
        for line in closed_lines(around.encode()) or []:
            self._take(line, matrix)
            self.shapes.append(self.lines.pop())

    def _path(self, text: bytes, points: bool, matrix: Matrix) -> None:
        if text in (b"", b"Z"):
            return
        data = pathdata.polylines(text, points)
        closed = None
        if data.curve and self.curved + len(text) <= MOST_CURVED:
            self.curved += len(text)
            closed = closed_lines(text)
        if closed is not None:
            for line in closed:
                self._take(line, matrix)
            return
        if data.curve:
            self.curves[data.curve] = self.curves.get(data.curve, 0) + 1
        for line in data.lines:
            self._take(line, matrix)

    def _take(self, line: NDArray[Any], matrix: Matrix) -> None:
        self.points += len(line)
        if self.points > MAX_POINTS:
            raise FormatError(f"has more than {MAX_POINTS // 1_000_000} million points; split the drawing")
        a, b, c, d, e, f = matrix
        if b or c:
            x = a * line[:, 0] + c * line[:, 1]
            line[:, 1] = b * line[:, 0] + d * line[:, 1]
            line[:, 0] = x
        else:
            line *= (a, d)
        line += (e, f)
        self.lines.append(line)

    def _circle(self, tag: str, attributes: dict[str, str], matrix: Matrix) -> None:
        x, y = _px(attributes, "cx"), _px(attributes, "cy")
        across, along = (_px(attributes, r) for r in (("r", "r") if tag == "circle" else ("rx", "ry")))
        a, b, c, d, e, f = matrix
        # a circle again if the images of its two axes are of one length and at right angles
        one, two = math.hypot(a, b) * across, math.hypot(c, d) * along
        askew = abs(a * c + b * d) * across * along
        if one > 0 and two > 0 and abs(one - two) <= ROUND * one and askew <= ROUND * one * two:
            self.circles.append(Circle(a * x + c * y + e, b * x + d * y + f, math.sqrt(one * two)))
        else:
            self._shape(shapes.ellipse(x, y, across, along), matrix)

    def drawing(self) -> Drawing:
        letters = ", ".join(sorted(self.curves))
        if not self.lines and self.curves:
            raise FormatError(
                f"is drawn with open curves ({letters}), not line segments; convert curves to polylines first"
            )
        if not self.lines and not self.circles and not self.shapes:
            raise FormatError("holds no path or polyline that is displayed; draw the line itself, as a polyline")
        notes: tuple[str, ...] = ()
        if self.curves:
            count = sum(self.curves.values())
            paths = "1 path is drawn with curves" if count == 1 else f"{count} paths are drawn with curves"
            notes = (f"{paths} ({letters}) and passed over",)
        return Drawing(tuple(self.lines), tuple(self.circles), notes, self.scale_known, self.meta, tuple(self.shapes))


def _px(attributes: dict[str, str], name: str) -> float:
    length = length_px(attributes.get(name), name)
    return 0.0 if length is None else length[0]
