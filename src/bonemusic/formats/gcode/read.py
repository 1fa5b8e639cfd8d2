"""Discs as G-code, by us or by any other program: what the tool draws, as polylines.

The file is a stranger's: size, points and lines have limits, and nothing in it is ever run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...files import named
from ...paths.drawing import Drawing
from . import pen
from .motion import COUNT, FAULTS, FULL, LINE, UNIT_KNOWN
from .parse import fresh, parse

MAX_BYTES = 1 << 30
MAX_POINTS = 60_000_000
FREE_POINTS = 8_000_000
"""Points besides those that a move in the file stands for: the chords of all arcs and turns."""
FIRST_ROOM = 1 << 16
HEAD = 4096
MOST_NAMED = 5
PIXEL_M = 0.0254 / 96
"""What a number stands for where no unit is named, as in drawings."""
_SAID = re.compile(r"^[;(][ \t]*(title|rpm|curve):[ \t]*(\S[^\r\n]{0,199}?)\)?[ \t\r]*$", re.MULTILINE)


def read(path: Path) -> Drawing:
    """Read what a G-code file draws.

    Parameters
    ----------
    path : Path
        The file; its content decides, not its suffix.

    Returns
    -------
    Drawing
        Lines (n, 2) float64 in metres, y up. `scale_known` is False where neither G20 nor G21 is given: the numbers are
        then taken as 96 to an inch. `meta` holds title, rpm and curve where comments at its head name them.

    Raises
    ------
    FormatError
        Missing, empty, too large, no G-code, or G-code that draws nothing or is not followed (variables, subprograms).
    """
    with named(path, FormatError):
        return _drawing(_bytes(path))


def _bytes(path: Path) -> NDArray[Any]:
    if path.stat().st_size > MAX_BYTES:
        raise FormatError(f"is larger than {MAX_BYTES >> 20} MB; split the program")
    data = path.read_bytes()
    if not data:
        raise FormatError("is empty (0 bytes); take a whole copy of the file")
    if b"\n" not in data:  # lines that end as on old Macs
        data = data.replace(b"\r", b"\n")
    return np.frombuffer(data.removeprefix(b"\xef\xbb\xbf"), np.uint8)


def _drawing(text: NDArray[Any]) -> Drawing:
    (xy, height, flag), known, unknown = _moves(text)
    lines = pen.lines(xy, height, flag, 1e-3 if known else PIXEL_M)
    if not lines:
        raise FormatError("draws nothing: no G1, G2 or G3 with beam on or tool down; is it a whole program?")
    return Drawing(lines, (), _unknown(unknown), known, _said(bytes(text[:HEAD])))


def _moves(
    text: NDArray[Any],
) -> tuple[tuple[NDArray[Any], NDArray[Any], NDArray[Any]], bool, NDArray[Any]]:
    """Ends, heights and flags of all moves; whether units are named; how often each unknown code was met."""
    numbers, holds, unknown = fresh()
    most = min(MAX_POINTS, FREE_POINTS + len(text) // 3)  # no move is shorter than "X1" and the line's end
    room = min(max(FIRST_ROOM, len(text) // 12), most)
    xy, height, flag = np.zeros((room, 2)), np.zeros(room, np.float32), np.zeros(room, np.uint8)
    at = 0
    while True:
        code, at = parse(text, at, numbers, holds, unknown, xy, height, flag)
        if code == FULL:
            if room >= most:
                raise FormatError(f"has more than {most / 1e6:.3g} million moves and chords of arcs; split the program")
            room = min(2 * room, most)
            xy, height, flag = (_longer(array, room) for array in (xy, height, flag))
            continue
        if code in FAULTS:
            raise FormatError(f"line {holds[LINE]} {FAULTS[code]}")
        count = int(holds[COUNT])
        return (xy[:count], height[:count], flag[:count]), bool(holds[UNIT_KNOWN]), unknown


def _longer(array: NDArray[Any], room: int) -> NDArray[Any]:
    longer = np.zeros((room, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def _unknown(counts: NDArray[Any]) -> tuple[str, ...]:
    """Codes that are not followed, in a note."""
    met = [
        (f"{'GM'[row]}{code / (10, 1)[row]:g}", int(counts[row, code])) for row, code in np.argwhere(counts).tolist()
    ]
    if not met:
        return ()
    named = ", ".join(f"{name} ({often} times)" if often > 1 else name for name, often in met[:MOST_NAMED])
    more = f" and {len(met) - MOST_NAMED} more" if len(met) > MOST_NAMED else ""
    return (f"codes that are not followed were passed over: {named}{more}",)


def _said(head: bytes) -> dict[str, str]:
    """What comments at the head say of the disc."""
    return {key: value for key, value in _SAID.findall(head.decode("utf-8", "replace")) if value.isprintable()}
