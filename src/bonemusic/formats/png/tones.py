"""How bright film, groove and table look on a light box, and on paper; and the colours that stand for brightness.

Of the table's light a film lets 10^-density through (F. Hurter and V. Driffield, Photo-chemical investigations, Journal
of the Society of Chemical Industry 9, 1890, who also found the S of density over the logarithm of exposure). An X-ray
as a file holds grey values that look evenly spaced, which densities do too: so density falls from `DENSEST` where the
grey is 0 to `CLEAREST` where it is 255, along the S that film makes of exposures. The table shines with luminance 1.

A groove is cut through the emulsion, and its walls catch light: `GROOVE` of the table's is added to what comes through,
of which they send some aside and `THROUGH` of it is left. So a groove is brighter than the film beside it, over bones,
too, and a scan of the picture can be played wherever it lies. A lamp in the room adds a glint where the groove runs
across its light: the two opposed beams that every record shows.
Letters and codes run every way and are to be read, so they are shown as bright as what glints, all of them.

Luminances are mixed as light adds, then turned into the grey values of a screen, of which a palette of 256 colours
makes blue-black, cold and at last the table's warm white.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DENSEST, CLEAREST = 2.3, 0.20
"""Optical densities. Assumed: radiographs go up to 3, but no screen is so black; a blue base has 0.1 to 0.2."""
STEEPNESS, MIDDLE = 1.8, 0.41
"""Density over grey is an S as film's characteristic curve is: this much steeper in the middle than a straight line,
and so much of its range at a middle grey. Assumed: what lets bones shine and lungs be dark."""
GROOVE = 0.42
"""Luminance of a groove in black film that nothing glints in. Assumed: what it is to be seen there."""
THROUGH = 0.68
"""Of a film's light in a groove. Assumed: over the clearest a groove is still a tenth of all grey values brighter."""
GLINT = 0.70
"""What the glint adds at its brightest. Assumed: to be seen, and no more."""
LABEL = 1.0
"""Luminance of letters and codes: brighter than any film, so that they can be read wherever they lie. Assumed."""
GLINT_TOWARDS_RAD = math.radians(62)
"""Where the glint lies, counter-clockwise from the right: a lamp a little to the right of straight ahead. Assumed."""
RIM = 0.55
"""How much of its light a cut edge lets through: it bends light away, so clear film too shows its end. Assumed."""
RIM_M = 0.18e-3
"""How wide the edge is: about the film's thickness."""
BARE = 62
"""Grey value of a sheet without a picture."""
GAMMA = 2.2
"""Of screens: luminance is a grey value to this power (close to IEC 61966-2-1)."""
PAPER_INK, PAPER_WHITE = 0.05, 0.70
"""Grey values of dense and clear film on paper: lines brighter or darker than either are left."""
PAPER_LABEL, PAPER_RIM = 1.0, 0.35
"""Grey value of letters and codes, and what that of a cut edge is multiplied by."""
PAPER_STEP = 0.32
"""How far a groove's grey value on paper is from that around it."""

FINE = 8
"""Luminances are kept for each eighth of a grey value of the film."""
TONES = 8192
"""Luminances that are told apart."""

_ANCHORS = (
    (0.00, (3, 5, 10)),
    (0.10, (15, 21, 31)),
    (0.30, (58, 72, 88)),
    (0.60, (136, 154, 171)),
    (0.90, (223, 232, 239)),
    (0.97, (246, 247, 246)),
    (1.00, (255, 252, 245)),
)
"""Colours of grey values: base blue as films are, the table warm."""


@dataclass(frozen=True)
class Tones:
    """How bright things are in one view.

    Attributes
    ----------
    film, groove : ndarray, float32, (255 · FINE + 2,)
        Of the film, and of a groove in it, over the film's grey value in parts of 1 / FINE; for the groove that of the
        film around, over some millimetres.
    glint : float
        What is added to a groove where it glints most.
    label : float
        Of letters and codes.
    rim : float
        What the edge's own brightness is multiplied by.
    index : ndarray, uint8, (TONES + 1,)
        The palette's colour for brightness k / TONES.
    palette : ndarray, uint8, (256, 3)
    """

    film: NDArray[Any]
    groove: NDArray[Any]
    glint: float
    label: float
    rim: float
    index: NDArray[Any]
    palette: NDArray[Any]


def light_box() -> Tones:
    """Film on a light table."""
    film = 10.0 ** -_density(_greys())
    index = np.round(255 * np.linspace(0, 1, TONES + 1) ** (1 / GAMMA)).astype(np.uint8)
    return Tones(_kept(film), _kept(GROOVE + THROUGH * film), GLINT, LABEL, RIM, index, _palette())


def plain() -> Tones:
    """On paper: the film's picture flat; lines brighter than it where the light box shows them so, else darker."""
    film = PAPER_INK + (PAPER_WHITE - PAPER_INK) * _greys()
    groove = np.where(10.0 ** -_density(_greys()) < GROOVE, film + PAPER_STEP, film - PAPER_STEP)
    index = np.round(255 * np.linspace(0, 1, TONES + 1)).astype(np.uint8)
    return Tones(
        _kept(film),
        _kept(groove),
        0.0,
        PAPER_LABEL,
        PAPER_RIM,
        index,
        np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1),
    )


def rgb(colour: str) -> tuple[int, ...]:
    """Red, green, blue of "#rrggbb", 0 to 255; what is none is black."""
    try:
        return tuple(bytes.fromhex(colour.removeprefix("#"))) if len(colour) == 7 else (0, 0, 0)
    except ValueError:
        return (0, 0, 0)


def _density(grey: Any) -> Any:
    dark = (1 - grey) ** STEEPNESS
    return CLEAREST + (DENSEST - CLEAREST) * dark / (dark + grey**STEEPNESS * (1 / MIDDLE - 1))


def _greys() -> NDArray[Any]:
    """0 to 1, in parts of the film's grey values."""
    return np.minimum(np.arange(255 * FINE + 2) / (255 * FINE), 1.0)


def _kept(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values, np.float32)


def _palette() -> NDArray[Any]:
    at, colours = zip(*_ANCHORS, strict=True)
    grey = np.linspace(0, 1, 256)
    channels = [np.interp(grey, at, channel) for channel in zip(*colours, strict=True)]
    return np.round(np.stack(channels, 1)).astype(np.uint8)
