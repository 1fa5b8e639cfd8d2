"""Records for dolls, scanned and read: what tests of reading whole scans share."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic.audio import Audio
from bonemusic.groove import Groove, Knots
from bonemusic.pictures.values import Values
from bonemusic.scanning import reader
from bonemusic.scanning.reader import Reading

from . import maker, measure

DPI = 1200
RPM = Fraction(300)
UNLIT = (0.5, 2.6)
"""Radians: a third of all angles."""


def values(grey: NDArray[Any], dpi: float = DPI) -> Values:
    """A scan as its file gives it."""
    return Values(grey, np.arange(256 if grey.dtype == np.uint8 else 65536).astype(np.uint8), (dpi / 0.0254,) * 2)


def read(made: maker.Scan | NDArray[Any], **wish: Any) -> Reading:
    """Read one."""
    return reader.read(values(made if isinstance(made, np.ndarray) else made.grey), RPM, **wish)


def snr_db(groove: Groove, song: Audio) -> float:
    """Against the song."""
    return measure.heard(measure.played(groove), song).snr_db


Side = tuple[Groove, Audio]


def even(groove: Groove, inside: bool = False, **changes: Any) -> Groove:
    """On an even spiral without a locked groove, from the outside or from the inside on."""
    turns = (len(groove) - 1) * groove.turns_per_sample
    ends = np.array([17e-3, 27e-3] if inside else [27e-3, 17e-3])
    spiral = Knots(np.array([0.0, turns]), ends, np.full(2, (ends[1] - ends[0]) / turns))
    return dataclasses.replace(groove, spiral=spiral, **changes)
