"""Grey values as a file holds them, and how they are toned for the eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .film import Film

MOST_KEPT_PX = 80_000_000
"""What a film keeps: 9,000 dots across are 640 dpi of a film 14 inches wide, and finer than its grain."""
BAND_ROWS = 256
MOST_STRETCH = 8.0
"""No scanner's pixels are longer than that against their width; a fax's are 2."""
BURNED = "its file says that something is written in the picture itself"
"""The note of a file that tells so; who looks for writing reads it."""


@dataclass(frozen=True)
class Values:
    """What was read: all of its depth, upright, and nothing of what the file says in words.

    Attributes
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
        More is brighter: bones are light.
    tone : ndarray, uint8, (256,) or (65536,)
        What each value looks like on a light box.
    dots_per_m : (float, float) or None
        Pixels to the metre, down and across.
    left_behind : int
        How many tags of the file are not here.
    notes : tuple of str
    """

    grey: NDArray[Any]
    tone: NDArray[Any]
    dots_per_m: tuple[float, float] | None = None
    left_behind: int = 0
    notes: tuple[str, ...] = ()

    @property
    def film_of_its_own_pixels(self) -> Film:
        """In 8 bits, pixel by pixel, where these may be longer than wide."""
        dots = self.dots_per_m
        return Film(toned(self.grey, self.tone), None if dots is None else (dots[0] * dots[1]) ** 0.5, self.notes)

    @property
    def film(self) -> Film:
        """In 8 bits, with square pixels."""
        seen = toned(self.grey, self.tone)
        if self.dots_per_m is None:
            return Film(seen, None, self.notes)
        down, across = self.dots_per_m
        if max(down, across) / min(down, across) > 1.001:
            seen, per_m = _squared(seen, down, across)
            return Film(seen, per_m, self.notes)
        return Film(seen, (down + across) / 2, self.notes)


def straight(grey: NDArray[Any]) -> NDArray[Any]:
    """The tone of values that are as they should look, uint8 or uint16: 8 bits stay, of more the common ones fill all.

    The darkest and the brightest 0.05 % may be dead dots; what lies between is spread from black to white.
    """
    if grey.dtype == np.uint8:
        return np.arange(256, dtype=np.uint8)
    return spread(grey, 0.05)


def spread(grey: NDArray[Any], outside_percent: float, but: slice | None = None) -> NDArray[Any]:
    """The tone that spreads what is common from black to white.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16
    outside_percent : float
        So much at either end may be lost.
    but : slice or None
        Values that do not count: padding.
    """
    counts = _counts(grey)
    size = len(counts)
    if but is not None:
        counts[but] = 0
    total = np.cumsum(counts)
    if total[-1] == 0:
        return ramp(0, size - 1, size)
    low, high = np.searchsorted(total, total[-1] * np.array([outside_percent / 100, 1 - outside_percent / 100]))
    return ramp(float(low), float(min(high, size - 1)), size)


def ramp(black: float, white: float, size: int) -> NDArray[Any]:
    """A tone that rises from black to white between two values; one of them alone is a step."""
    at = (np.arange(size) - black) / max(white - black, 1e-9)
    return np.asarray(np.clip(np.rint(255 * at), 0, 255), np.uint8)


def other_tones(grey: NDArray[Any], tone: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Tones that show what this one does not: who is handed all of the depth can turn the window.

    All values from black to white; then those that are all black, and those that are all white. None is steeper than
    three times the first: in steeper ones noise would look like writing.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    tone : ndarray, uint8, (256,) or (65536,)
    """
    if np.array_equal(tone, np.arange(256)):
        return
    used = np.flatnonzero(_counts(grey))
    if len(used) < 2:
        return
    yield ramp(float(used[0]), float(used[-1]), len(tone))
    least = float(used[-1] - used[0]) / 3
    for shown in (0, 255):
        alike = used[tone[used] == shown].astype(float)
        if len(alike) > 1:
            first, last = (alike[0], alike[0] + least) if shown == 0 else (alike[-1] - least, alike[-1])
            yield ramp(min(first, alike[0]), max(last, alike[-1]), len(tone))


def _counts(grey: NDArray[Any]) -> NDArray[Any]:
    """How often each value is there."""
    size = 256 if grey.dtype == np.uint8 else 65536
    counts: NDArray[Any] = np.zeros(size, np.int64)
    rows = max(1, 4_000_000 // max(1, grey.shape[1]))
    for top in range(0, len(grey), rows):
        counts += np.bincount(grey[top : top + rows].ravel(), minlength=size)
    return counts


def toned(grey: NDArray[Any], tone: NDArray[Any]) -> NDArray[Any]:
    """Look every value up; 8 bits toned straight are the values themselves."""
    if grey.dtype == np.uint8 and np.array_equal(tone, np.arange(256)):
        return grey
    seen = np.empty(grey.shape, np.uint8)
    for top in range(0, len(grey), BAND_ROWS):  # `take` makes a 64-bit number of each value
        part = np.s_[top : top + BAND_ROWS]
        np.take(tone, grey[part], out=seen[part], mode="clip")
    return seen


def _squared(seen: NDArray[Any], down: float, across: float) -> tuple[NDArray[Any], float]:
    """Resample to square pixels as fine as the finer side, or as the coarser where that were too many."""
    from PIL import Image

    per_m = max(down, across)
    rows, columns = len(seen) * per_m / down, seen.shape[1] * per_m / across
    if rows * columns > MOST_KEPT_PX:
        per_m = min(down, across)
        rows, columns = len(seen) * per_m / down, seen.shape[1] * per_m / across
    size = max(1, round(columns)), max(1, round(rows))
    return np.asarray(Image.fromarray(seen).resize(size, Image.Resampling.BICUBIC)), per_m


def sensible(down: float, across: float) -> bool:
    """Whether pixels of that density can be meant: 1 µm to 10 mm large, and not drawn out."""
    if not (100 <= down <= 1e6 and 100 <= across <= 1e6):  # also what is no number
        return False
    return max(down, across) <= MOST_STRETCH * min(down, across)
