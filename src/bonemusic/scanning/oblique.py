"""Whether a disc is seen from straight above, by what is left of its turns once they are taken for circles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from . import normals, perspective
from .ring import NoTurns, Ring

MOST_STRETCH = 0.02
MOST_OBLIQUE = 0.003
NOTED_OBLIQUE, NOTED_NEAR = 0.0006, 0.002
"""Small discs with an uneven pitch seem a little nearer on one side: 0.0012 where it was seen straight."""
CLEARLY = 0.02
"""Less of an angle leaves circles that would have been followed, were they turns of a groove."""


def told(ring: Ring, expected: float) -> str:
    """What no scanner makes: axes that differ by far, or askew, or circles that wander with their size.

    Returns
    -------
    str
        A note, where there is a little of that; else nothing.

    Raises
    ------
    FormatError
        Too much of it.
    """
    stretch = abs(ring.geometry.stretch - expected)
    skew = abs(float(ring.solved.terms[3]))
    near = math.hypot(*ring.solved.terms[4:]) * ring.dense_m[1]
    if stretch > MOST_STRETCH >= abs(ring.geometry.stretch):
        more, which = (expected, "across than down") if expected > 0 else (1 / (1 + expected) - 1, "down than across")
        raise FormatError(
            f"its file tells of {100 * more:.0f} % more dots {which}, and its disc is round without that; give the "
            "right resolution with --dpi"
        )
    if stretch > MOST_STRETCH:
        why = f"its axes differ by {100 * stretch:.1f} %"
    elif skew > MOST_OBLIQUE:
        why = f"its circles are ellipses askew, by {100 * skew:.1f} %"
    elif near > MOST_OBLIQUE:
        why = f"what is near is larger than what is far, by {200 * near:.1f} %"
    elif near > NOTED_NEAR or skew > NOTED_OBLIQUE:
        return f"the disc is seen a little obliquely ({100 * max(skew, 2 * near):.2f} %); --perspective mends that"
    else:
        return ""
    raise FormatError(f"the disc is seen obliquely: {why}; scan it flat, or try --perspective")


def at_last(grey: NDArray[Any], why: NoTurns) -> FormatError:
    """What to say where no groove was found: perhaps there is one, but far from straight above."""
    try:
        view, tiles = perspective.view_of(grey)
    except FormatError:
        return why
    across, down = tiles.x_px - view.x_px, tiles.y_px - view.y_px
    far = float(np.hypot(across, down).max())
    if normals.turned(across, down) < normals.LEAST_DIRECTIONS or view.oblique(far) < CLEARLY:
        return why
    return FormatError("the disc is seen obliquely: its turns are no circles; scan it flat, or try --perspective")
