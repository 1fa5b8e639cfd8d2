"""Discs plotted as HP-GL, by us or by any other tool: all that a pen draws, true to size.

The file is a stranger's: size, points and arcs have limits.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

import numpy as np

from ...errors import FormatError
from ...files import named
from ...paths.drawing import Drawing
from ..dxf.gather import Gathered
from . import commands, pens
from .write import UNIT_M

MAX_BYTES = 1 << 30
CHUNK = 1 << 21
LONGEST = 64
"""No number, escape sequence or command is longer."""
SAGITTA_M = 5e-8
"""How far from an arc its straight lines may lie: a hundredth of the smallest music's swing."""
UNIT_SPREAD = 96.0
"""A file that leaves its scale to the plotter may turn out to be so much larger than it was read."""
_QUIET = """
AC AF AH BP CA CF CM CO CP CR CS CT DC DI DL DP DR DS DT DV EC ES FI FN FR FS FT GM IM IR IV IW KY LA LB LM LO LT MC MG
MT NP NR OA OC OD OE OF OG OH OI OK OL OO OP OS OT OW PB PC PE PG PM PP PS PT PW QL RF RO RP SA SB SD SI SL SM SR SS ST
SV TD TL TR UF UL VA VN VS WD WU
"""
"""Commands that draw no line: settings, text, questions to the plotter. (PE is carried out as it is read.)"""
_CLOSING = b";PU;"
"""What ends the last command, and the line that it may have drawn."""
CURVES = frozenset(("BZ", "BR"))


def read(path: Path) -> Drawing:
    """Read the lines and circles of an HP-GL or HP-GL/2 file.

    Parameters
    ----------
    path : Path
        The file; its content decides, not its suffix.

    Returns
    -------
    Drawing
        Lines (n, 2) float64 and circles in metres, y up; a line ends where the pen is lifted or changed. Arcs are
        followed within `SAGITTA_M`. `scale_known` is False where the file scales (SC) to corners that only its plotter
        knows (no IP): its units are then taken as 96 to an inch.

    Raises
    ------
    FormatError
        Missing, empty, no HP-GL, cut short, too large, or without a single line.
    """
    with named(path, FormatError), path.open("rb") as file:
        reader = _Reader()
        reader.feed(file)
        return reader.drawing()


class _Reader:
    """What has been read so far."""

    def __init__(self) -> None:
        self.drawn = Gathered()
        self.ints, self.floats, self.tally = pens.begun()
        self.pen_down = False  # when the file ended
        self._rest, self._at = b"", 0  # what is not read yet, and at which byte it lies
        self._out = np.empty((0, 3)), np.empty((0, 2), np.int64), np.empty((0, 3))

    def feed(self, file: IO[bytes]) -> None:
        """Read all of a file."""
        read = 0
        while chunk := file.read(CHUNK):
            read += len(chunk)
            if read > MAX_BYTES:
                raise FormatError(f"is larger than {MAX_BYTES >> 20} MB; split the drawing")
            self._scan(chunk)
        if not read:
            raise FormatError("is empty (0 bytes); take a whole copy of the file")
        self._scan(b" ")  # a number may be the last thing in it
        if self.ints[pens.HALF]:
            raise FormatError(f"is cut short: it ends after {read} bytes amid a move; take a whole copy of the file")
        self.pen_down = bool(self.ints[pens.DOWN] and self.ints[pens.PEN])
        self._scan(_CLOSING)

    def _scan(self, chunk: bytes) -> None:
        text = np.frombuffer(self._rest + chunk, np.uint8)
        most = len(text) // 2 + 16  # no point takes less than two bytes
        if len(self._out[0]) < most:
            self._out = np.empty((most, 3)), np.empty((most, 2), np.int64), np.empty((most, 3))
        points, ends, circles = self._out
        at, n, m, c, code = commands.scan(text, self.ints, self.floats, self.tally, points, ends, circles)
        sagitta_m = SAGITTA_M / UNIT_SPREAD if self.ints[pens.GUESSED] else SAGITTA_M
        self.drawn.take(points[:n], ends[:m], circles[:c], UNIT_M, sagitta_m)
        self._at += at
        self._rest = text[at:].tobytes()
        if code != commands.MORE or len(self._rest) > LONGEST:
            raise _fault(code, self._rest, self._at)

    def drawing(self) -> Drawing:
        """All that was read."""
        counts = {chr(65 + k // 26) + chr(65 + k % 26): int(self.tally[k + 1]) for k in np.flatnonzero(self.tally[1:])}
        curves = sum(count for name, count in counts.items() if name in CURVES)
        unknown = {name: count for name, count in counts.items() if name not in CURVES and name not in _QUIET}
        lines = self.drawn.lines
        if not lines and curves:
            raise FormatError("is drawn with curves (BZ, BR), not line segments; convert them to polylines first")
        if not lines:
            raise FormatError("draws no line with its pen; plot the groove as a polyline (PD)")
        notes = []
        if self.pen_down:
            notes.append("the file ends with its pen down and may be cut short")
        if curves:
            one = "1 curve was passed over or read as a circle; convert it to a polyline"
            many = f"{curves} curves were passed over or read as circles; convert them to polylines"
            notes.append(one if curves == 1 else many)
        if unknown:
            names = ", ".join(sorted(unknown)[:8]) + (" …" if len(unknown) > 8 else "")
            count = sum(unknown.values())
            what = "1 command is not known and was" if count == 1 else f"{count} commands are not known and were"
            notes.append(f"{what} passed over ({names})")
        return Drawing(tuple(lines), tuple(self.drawn.circles), tuple(notes), not self.ints[pens.GUESSED])


def _fault(code: int, rest: bytes, at: int) -> FormatError:
    seen = ascii(rest.removesuffix(_CLOSING)[:16].rstrip().decode("latin-1"))
    what = "is an absurd number" if code == commands.HUGE else "is no HP-GL"
    return FormatError(f"is damaged: {seen} at byte {at + 1} {what}; plot it to a file again")
