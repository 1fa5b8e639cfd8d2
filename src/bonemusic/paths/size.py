"""How large a drawing is that does not say so: by its hole, or by the size of record that it comes nearest to."""

from __future__ import annotations

import math

UNITS = {
    "96 dots to an inch": 1.0,
    "72 dots to an inch": 96 / 72,
    "90 dots to an inch": 96 / 90,
    "millimetres": 96 / 25.4,
    "inches": 96.0,
}
"""What a number without a unit may have meant, against the 96 to an inch that it was read as."""
RECORDED_RADII_M = (0.1463, 0.1209, 0.096, 0.08415)
"""12, 10 and 7 in: IEC 60098:1987, 8.5. 8 in is assumed to have a rim of 4 mm."""
HOLE_RADII_M = (3.62e-3, 19.1e-3)
SAME_UNIT = 0.03
"""Units differ by 6.7 % at least, holes as drawn by less than this."""
PLAUSIBLE_M = (0.03, 0.21)


def guess(outer_radius_m: float, hole_radius_m: float) -> tuple[float, str]:
    """By what factor a drawing, read as 96 dots to an inch, is to be enlarged; and why.

    Parameters
    ----------
    outer_radius_m : float
        Outermost radius of the groove as read.
    hole_radius_m : float
        Radius of the spindle hole as read; 0 where none is drawn.

    Returns
    -------
    factor : float
    why : str
        For a warning, in one line.
    """
    by_hole = [hole / hole_radius_m for hole in HOLE_RADII_M if hole_radius_m > 0]
    for factor in by_hole:
        for unit, known in UNITS.items():
            if abs(factor / known - 1) < SAME_UNIT and _plausible(known * outer_radius_m):
                return known, f"the file names no unit; by its hole its numbers are {unit}"
    for factor, hole in zip(by_hole, HOLE_RADII_M, strict=False):
        if _plausible(factor * outer_radius_m):
            return factor, f"the file names no unit; its hole was taken to be {2e3 * hole:g} mm wide"
    unit, known = min(UNITS.items(), key=lambda item: _distance(item[1] * outer_radius_m))
    return known, (
        f"the file names no unit; its numbers were taken as {unit}, "
        f"which makes the outermost groove {2e3 * known * outer_radius_m:.1f} mm across"
    )


def _plausible(radius_m: float) -> bool:
    return PLAUSIBLE_M[0] <= radius_m <= PLAUSIBLE_M[1]


def _distance(radius_m: float) -> float:
    return min(abs(math.log(radius_m / known)) for known in RECORDED_RADII_M)
