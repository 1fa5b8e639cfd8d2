"""QR codes drawn with lines (ISO/IEC 18004): a telephone pointed at the label finds what the code says."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..units import length_text

Lines: TypeAlias = tuple[NDArray[Any], ...]

QUIET = 4
"""Modules that stay free on every side (ISO/IEC 18004, 6.3.8)."""
LEAST_MODULE_M = 0.4e-3
"""Assumed: what telephones still resolve from a hand's breadth."""
_LINES = 4
"""Lines across the narrowest module, so that its edges are where they should be."""
_OVERLAP = 0.9


def qr(text: str, side_m: float, line_m: float, bright: bool = False) -> Lines:
    """A QR code, hatched.

    Parameters
    ----------
    text : str
        What it says; written as UTF-8.
    side_m : float
        Of the square that it may fill, with the quiet zone around it.
    line_m : float
        Width of a line.
    bright : bool
        Whether a line is brighter than what it is drawn on: then light modules and the quiet zone are hatched, so that
        the code reads the right way round.

    Returns
    -------
    tuple of ndarray, float64, (2, 2)
        Lines in metres, y up, the code's middle at (0, 0); from the top down, to and fro.

    Raises
    ------
    FitError
        The text is too long for the side.
    """
    cells = _cells(text, side_m, line_m)
    module = side_m / len(cells)
    across = max(math.ceil(module / (_OVERLAP * line_m)), 2)
    # the outer lines reach over the row's edge by a twentieth of their width, so that rows join
    offsets = np.linspace(0.5 * _OVERLAP * line_m, module - 0.5 * _OVERLAP * line_m, across)
    drawn = []
    back = False
    for row, modules in enumerate(~cells if bright else cells):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], modules, [False]]))).reshape(-1, 2)
        # the beam reaches half its width beyond a line's ends
        runs = edges * module + [0.5 * line_m, -0.5 * line_m] - side_m / 2
        if not len(runs):
            continue
        for offset in offsets:
            y = side_m / 2 - row * module - offset
            for left, right in runs[::-1, ::-1] if back else runs:
                drawn.append(np.array([[left, y], [right, y]]))
            back = not back
    return tuple(drawn)


def least_side_m(text: str, line_m: float) -> float:
    """The side that a code needs at least, with its quiet zone.

    Raises
    ------
    FitError
        No code of any size holds the text.
    """
    return len(_matrix(text)) * _least_module_m(line_m)


def _least_module_m(line_m: float) -> float:
    return max(LEAST_MODULE_M, _LINES * line_m)


def _cells(text: str, side_m: float, line_m: float) -> NDArray[Any]:
    cells = _matrix(text)
    least = _least_module_m(line_m)
    if len(cells) * least <= side_m * (1 + 1e-9):
        return cells
    wants = f"a code for {len(text)} letters needs {length_text(len(cells) * least)} and has {length_text(side_m)}"
    version = min(math.floor((side_m / least - 2 * QUIET - 17) / 4 + 1e-9), 40)
    if version < 1:
        raise FitError(f"{wants}: not even the smallest code fits; leave the QR code away or take a larger label")
    letters = math.floor(_capacity(version) * len(text) / len(text.encode()))
    raise FitError(f"{wants}: shorten it to {letters} letters, or take a larger label")


def _matrix(text: str) -> NDArray[Any]:
    """Modules with the quiet zone; True is dark. Error correction M, or more where the same size holds it."""
    import segno

    plain = text.encode("utf-8", "ignore").decode()
    if not plain:
        raise FitError("a QR code of no letters says nothing; give it a text or leave it away")
    try:
        made = segno.make(plain, error="m", micro=False, boost_error=True, encoding="utf-8")
    except segno.DataOverflowError as why:
        raise FitError(f"{len(plain)} letters are more than any QR code holds; {_capacity(40)} bytes at most") from why
    return np.pad(np.array(made.matrix, np.bool_), QUIET)


def _capacity(version: int) -> int:
    """Bytes that a code of a version holds at error correction M."""
    import segno

    low, high = 1, 2400
    while low < high:
        half = (low + high + 1) // 2
        try:
            segno.make("~" * half, error="m", version=version, mode="byte", micro=False, boost_error=False, mask=0)
            low = half
        except segno.DataOverflowError:
            high = half - 1
    return low
