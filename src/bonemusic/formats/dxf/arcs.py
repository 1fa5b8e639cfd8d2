"""Arcs as many short straight lines.

An arc is given as DXF gives it: its two ends, and the bulge, which is the tangent of a quarter of its angle, positive
where it runs counter-clockwise (DXF Reference, "LWPOLYLINE", group 42; 1 is a half circle, 0 a straight line).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...jit import kernel

MOST_PIECES = 100_000
"""Of one arc: half a circle of 30 m still keeps within a tenth of a micrometre."""
MOST_BULGE = 1e4
"""An arc of all but 0.02° of a circle; what bulges more is nonsense and drawn straight."""


def flattened(points: NDArray[Any], sagitta: float, most: int) -> NDArray[Any]:
    """A polyline with arcs as one without.

    Parameters
    ----------
    points : ndarray, float64, (n, 3)
        x, y and the bulge of what leads from this point to the next; any unit of length.
    sagitta : float
        How far the straight lines may lie from the arc, in that unit; more than 0.
    most : int
        Points that may be made.

    Returns
    -------
    ndarray, float64, (m, 2)

    Raises
    ------
    FormatError
        There would be more than `most`.
    """
    count = _count(points, sagitta)
    if count > most:
        raise FormatError("has arcs too large to be followed; check its units")
    out = np.empty((count, 2))
    _flatten(points, sagitta, out)
    return out


@kernel
def _pieces(chord: float, bulge: float, sagitta: float) -> int:
    """Into how many straight lines an arc is divided."""
    bent = abs(bulge)
    if 0.5 * bent * chord <= sagitta or bent > MOST_BULGE:
        return 1
    radius = chord * (1.0 + bent * bent) / (4.0 * bent)
    step = 2.0 * math.sqrt(2.0 * sagitta / radius)
    return int(min(math.ceil(4.0 * math.atan(bent) / step), MOST_PIECES))


@kernel
def _count(points: NDArray[Any], sagitta: float) -> int:
    count = 1
    for k in range(len(points) - 1):
        chord = math.hypot(points[k + 1, 0] - points[k, 0], points[k + 1, 1] - points[k, 1])
        count += _pieces(chord, points[k, 2], sagitta)
    return count


@kernel
def _flatten(points: NDArray[Any], sagitta: float, out: NDArray[Any]) -> None:
    out[0, 0], out[0, 1] = points[0, 0], points[0, 1]
    n = 1
    for k in range(len(points) - 1):
        x, y, bulge = points[k, 0], points[k, 1], points[k, 2]
        end_x, end_y = points[k + 1, 0], points[k + 1, 1]
        pieces = _pieces(math.hypot(end_x - x, end_y - y), bulge, sagitta)
        if pieces > 1:
            lift = (1.0 - bulge * bulge) / (4.0 * bulge)  # of the centre over the chord, to its left, in chords
            centre_x = 0.5 * (x + end_x) - lift * (end_y - y)
            centre_y = 0.5 * (y + end_y) + lift * (end_x - x)
            turn = 4.0 * math.atan(bulge) / pieces
            for j in range(1, pieces):
                cos, sin = math.cos(j * turn), math.sin(j * turn)
                out[n, 0] = centre_x + (x - centre_x) * cos - (y - centre_y) * sin
                out[n, 1] = centre_y + (x - centre_x) * sin + (y - centre_y) * cos
                n += 1
        out[n, 0], out[n, 1] = end_x, end_y
        n += 1
