"""What goes into a cut: the song, and a recipe whose names are looked up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from ..presets import Curve, Disc, Machine, Sheet, Stylus
from ..units import Level, Pitch


@dataclass(frozen=True)
class Song:
    """A song as it will be cut: samples (frames,), float32, and what is to be said of it, a line each."""

    mono: NDArray[Any]
    rate_hz: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """All that decides a cut besides the song; `film` is the picture on the sheet, grey, or None."""

    disc: Disc
    rpm: Fraction
    curve: Curve
    machine: Machine
    stylus: Stylus
    sheet: Sheet
    level: Level | None
    pitch: Pitch
    dots_per_m: float
    film: NDArray[Any] | None
