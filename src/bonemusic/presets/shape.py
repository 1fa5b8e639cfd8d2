"""The rim of a disc that is not round, as its preset's numbers have it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinds import Disc

CARD = 1.4
"""A card's height against its width where the disc is no card: about a sheet of paper's. Assumed."""
CARD_CORNER_M = 5e-3
"""Its corners then. Assumed: a thumb's, and no scissors needed."""
CHORD_RAD = np.radians(3.0)
"""Corners are rounded in chords of this: 1.7 µm off at 5 mm."""


def rim(disc: Disc, outline: str) -> NDArray[Any] | None:
    """The corners of a square or a card around the spindle; None for a round disc.

    Parameters
    ----------
    disc : Disc
        Its diameter is the side of a square and the width of a card.
    outline : str
        round, square or card.

    Returns
    -------
    ndarray, float64, (n, 2) or None
        Metres, counter-clockwise from the lower left, the last corner the first again.
    """
    if outline == "round":
        return None
    half = disc.diameter_m / 2
    height_m, corner_m = disc.diameter_m, disc.corner_radius_m
    if outline == "card":
        own = disc.outline == "card"
        height_m = disc.height_m or CARD * disc.diameter_m
        corner_m = disc.corner_radius_m if own else CARD_CORNER_M
    return _rectangle(half, height_m / 2, corner_m)


def _rectangle(half_width_m: float, half_height_m: float, corner_m: float) -> NDArray[Any]:
    """A rectangle around (0, 0), its corners rounded."""
    inner = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]) * (half_width_m - corner_m, half_height_m - corner_m)
    chords = round(np.pi / 2 / CHORD_RAD) if corner_m > 0 else 0
    turn = np.linspace(0, np.pi / 2, chords + 1)
    begins = np.pi + np.arange(4)[:, None] * np.pi / 2
    around = corner_m * np.stack([np.cos(begins + turn), np.sin(begins + turn)], axis=2)
    corners = (inner[:, None, :] + around).reshape(-1, 2)
    return np.concatenate((corners, corners[:1]))
