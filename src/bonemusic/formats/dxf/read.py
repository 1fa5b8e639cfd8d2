"""Discs drawn as DXF, by us or by any CAD program: polylines, lines, arcs and circles of the model.

Written after the DXF Reference (AutoCAD 2024; entities, header variables, "Arbitrary axis algorithm"). The file is a
stranger's: size, points, lines of text and arcs have limits.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO

import numpy as np

from ...errors import FormatError
from ...files import named
from ...paths.drawing import Drawing
from ...units import shown
from . import BINARY, DWG, entities, tags
from .gather import Gathered

MAX_BYTES = 1 << 30
MAX_LINE = 1 << 20
CHUNK = 1 << 22
PIXEL_M = 0.0254 / 96
"""What a unit is taken for where the file names none."""
SAGITTA_M = 5e-8
"""How far from an arc its straight lines may lie: a hundredth of the smallest music's swing."""
UNIT_SPREAD = 96.0
"""A file without units may turn out to be so much larger than it was read."""
UNITS_M = {
    1: 25.4e-3, 2: 0.3048, 4: 1e-3, 5: 1e-2, 6: 1.0, 8: 25.4e-9, 9: 25.4e-6, 10: 0.9144, 12: 1e-9, 13: 1e-6, 14: 0.1,
}  # fmt: skip
"""$INSUNITS, as far as discs may be drawn in them (DXF Reference, "HEADER Section Group Codes")."""
LARGEST_M = 2.0
"""No sheet with a disc on it is larger: CAD programs call numbers inches, or metres, whose users never chose a unit."""
_SAID = re.compile(rb"^999\r?\n(rpm|curve|title) ([^\r\n]*)\r?$", re.MULTILINE)
_FAULTS = {
    tags.NO_PAIR: "a group code is due, a whole number",
    tags.NO_NUMBER: "a number is due",
    tags.HUGE: "a number is absurd",
}


def read(path: Path) -> Drawing:
    """Read the polylines and circles of a DXF file.

    Parameters
    ----------
    path : Path
        The file, ASCII, of any version; its content decides, not its suffix.

    Returns
    -------
    Drawing
        Lines (n, 2) float64 and circles in metres, y up; lines that follow each other are one. Arcs and bulges are
        followed within `SAGITTA_M`. What is frozen, off, invisible, on paper or in blocks is not drawn; splines and
        inserted blocks are counted in a note. `scale_known` is False where `$INSUNITS` is absent or 0: the numbers are
        then taken as 96 to an inch.

    Raises
    ------
    FormatError
        Missing, empty, binary, no DXF, cut short, too large, or without a single line.
    """
    with named(path, FormatError), path.open("rb") as file:
        reader = _Reader()
        reader.feed(file)
        return reader.drawing()


class _Reader:
    """What has been read so far."""

    def __init__(self) -> None:
        self.drawn = Gathered()
        self.meta: dict[str, str] = {}
        self.ints, self.floats, self.hidden, self.tally = entities.begun()
        self._rest, self._ended = b"", False
        self._out = np.empty((0, 3)), np.empty((0, 2), np.int64), np.empty((0, 3))

    @property
    def unit_m(self) -> float | None:
        return UNITS_M.get(int(self.ints[entities.UNITS]))

    def feed(self, file: IO[bytes]) -> None:
        """Read all of a file."""
        chunk = _ascii(file.read(CHUNK))
        self.meta = {key.decode(): text.decode("ascii", "replace") for key, text in _SAID.findall(chunk[:4096])}
        total = 0
        while chunk and not self._ended:
            total += len(chunk)
            if total > MAX_BYTES:
                raise FormatError(f"is larger than {MAX_BYTES >> 20} MB; split the drawing")
            self._scan(chunk)
            chunk = file.read(CHUNK)
        if not self._ended and self._rest.strip() and not self._rest.endswith(b"\n"):
            self._scan(b"\n")  # the last line is whole, but for its end
        if not self._ended and (self.ints[entities.SECTION] or self._rest.strip()):  # many leave out the EOF
            raise FormatError(f"is cut short: it ends within line {self._line}; take a whole copy of the file")

    def _scan(self, chunk: bytes) -> None:
        text = np.frombuffer(self._rest + chunk, np.uint8)
        most = len(text) // 3 + 16  # no pair of lines has less than three bytes
        if len(self._out[0]) < most:
            self._out = np.empty((most, 3)), np.empty((most, 2), np.int64), np.empty((most, 3))
        points, ends, circles = self._out
        at, n, m, c, code = tags.scan(text, self.ints, self.floats, self.hidden, self.tally, points, ends, circles)
        sagitta_m = SAGITTA_M if self.unit_m else SAGITTA_M / UNIT_SPREAD
        self.drawn.take(points[:n], ends[:m], circles[:c], self.unit_m or PIXEL_M, sagitta_m)
        self._rest = text[at:].tobytes()
        self._ended = code == tags.ENDED
        if code not in (tags.ENDED, tags.MORE):
            raise self._fault(code)
        if len(self._rest) > MAX_LINE and not self._ended:
            raise FormatError(f"has a line of over {MAX_LINE >> 20} MB after line {self._line}; export it again")

    @property
    def _line(self) -> int:
        return 2 * int(self.ints[entities.PAIRS]) + 1

    def _fault(self, code: int) -> FormatError:
        if code == tags.MANY_LAYERS:
            return FormatError(
                f"has more than {entities.MOST_HIDDEN} layers that are off; purge them and save it again"
            )
        below = code != tags.NO_PAIR  # a pair's value, not its group code
        line = self._rest.split(b"\n", 2)[below]
        seen = shown(line.strip().decode("latin-1"), 24)
        where = f"line {self._line + below}"
        return FormatError(f"is damaged at {where}: {_FAULTS[code]}, but there is {seen}; export it again")

    def drawing(self) -> Drawing:
        """All that was read."""
        lines, anything = self.drawn.lines, bool(self.drawn.lines or self.drawn.circles)
        splines, ellipses, inserts, tilted = self.tally.tolist()
        curves = " and ".join(kind for kind, count in (("splines", splines), ("ellipses", ellipses)) if count)
        if not anything and curves:
            raise FormatError(f"is drawn with {curves}, not line segments; convert them to polylines first")
        if not anything and inserts:
            raise FormatError("is drawn in blocks (INSERT), not line segments; explode them first")
        if not anything:
            raise FormatError("holds no polyline, line or arc that is displayed; draw the groove as a polyline")
        notes = []
        scale_known = self.unit_m is not None
        if self.unit_m and self.drawn.size_m > LARGEST_M:
            scale_known = False
            wide = f"{self.drawn.size_m:.3g} m wide"
            notes.append(f"by the unit that it names the drawing is {wide}, so that is not believed")
            self.drawn.rescale(PIXEL_M / self.unit_m)
        if curves:
            one = f"1 curve ({curves.removesuffix('s')}) was passed over; convert it to a polyline"
            many = f"curves ({curves}) were passed over; convert them to polylines"
            notes.append(one if splines + ellipses == 1 else f"{splines + ellipses} {many}")
        if inserts:
            one = "1 inserted block was passed over; explode it"
            notes.append(one if inserts == 1 else f"{inserts} inserted blocks were passed over; explode them")
        if tilted:
            one = "1 line does not lie flat (extrusion) and was passed over"
            notes.append(one if tilted == 1 else f"{tilted} lines do not lie flat (extrusion) and were passed over")
        return Drawing(tuple(lines), tuple(self.drawn.circles), tuple(notes), scale_known, self.meta)


def _ascii(head: bytes) -> bytes:
    """The file's first bytes without a byte order mark, if they are those of an ASCII DXF."""
    if not head:
        raise FormatError("is empty (0 bytes); take a whole copy of the file")
    if head.startswith(BINARY):
        raise FormatError("is a binary DXF; save it as ASCII DXF (R12 is best)")
    if DWG.match(head):
        raise FormatError("is a DWG, not a DXF; save it as DXF (R12 is best)")
    return head.removeprefix(b"\xef\xbb\xbf")
