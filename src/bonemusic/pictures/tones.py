"""How a DICOM file wants its values to look: rescaling, window, table (PS3.3 C.11.1 and C.11.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .values import BAND_ROWS, spread

OUTSIDE_PERCENT = 0.5
"""What may be lost at either end where no window is told."""


@dataclass(frozen=True)
class Depth:
    """How values are stored: their bits, by how many places these are shifted up, signed or not, small ones bright."""

    bits: int
    shift: int
    signed: bool
    turned_round: bool

    @property
    def most(self) -> int:
        """The largest value of so many bits."""
        return (1 << self.bits) - 1

    @property
    def full(self) -> int:
        """The brightest grey."""
        return 255 if self.bits <= 8 else 65535

    @property
    def kind(self) -> Any:
        return np.uint8 if self.bits <= 8 else np.uint16

    def turned(self, stored: NDArray[Any]) -> NDArray[Any]:
        """Stored values as grey, bright ones large, spread over all of 8 or 16 bits so that each stays one of its own.

        Overlays in bits that are no value's are cut off.
        """
        grey = np.empty(stored.shape, self.kind)
        for top in range(0, len(stored), BAND_ROWS):
            grey[top : top + BAND_ROWS] = self._turned(stored[top : top + BAND_ROWS])
        return grey

    def _turned(self, stored: NDArray[Any]) -> NDArray[Any]:
        grey: Any = stored.astype(np.uint16 if stored.dtype.itemsize <= 2 else np.uint32)
        if self.shift:
            grey >>= self.shift
        grey &= self.most
        if self.signed:
            grey ^= 1 << (self.bits - 1)
        if self.turned_round:
            grey ^= self.most
        if self.most == self.full:
            return np.asarray(grey, self.kind)
        wide: NDArray[Any] = (np.arange(self.most + 1) * (self.full / self.most) + 0.5).astype(self.kind)
        return np.asarray(wide[grey])

    @property
    def stored(self) -> NDArray[Any]:
        """The stored value of each grey that there can be, (256,) or (65536,)."""
        value: NDArray[Any] = np.rint(np.arange(self.full + 1) * (self.most / self.full)).astype(np.int64)
        if self.turned_round:
            value = self.most - value
        return value - (1 << (self.bits - 1)) if self.signed else value


def tone_of(data: Any, depth: Depth, grey: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """What each grey looks like, and whether the file's own wish made sense.

    The first VOI LUT or window is taken; without one, the common values fill all from black to white.
    """
    padding = _padding(data, depth)
    fine = True
    seen = None
    try:
        seen = _wished(data, depth)
    except Exception:
        fine = False
    if seen is not None:
        used = seen[np.unique(grey[:: max(1, len(grey) // 500), :: max(1, grey.shape[1] // 500)])]
        if len(used) > 1 and used.max() - used.min() < 0.02:  # all black or all white: nobody can have meant it
            seen, fine = None, False
    if seen is None:
        tone = spread(grey, OUTSIDE_PERCENT, padding)
    else:
        tone = np.asarray(np.clip(np.rint(255 * seen), 0, 255), np.uint8)
    if padding is not None:
        tone[padding] = 0
    return tone, fine


def _wished(data: Any, depth: Depth) -> NDArray[Any] | None:
    """From 0 (black) to 1 for each grey, or None where the file does not say."""
    from pydicom.pixels.processing import apply_modality_lut

    value = np.asarray(apply_modality_lut(depth.stored, data), np.float64)
    falls = value[0] > value[-1]
    if len(data.get("VOILUTSequence") or ()):
        seen = _by_table(data.VOILUTSequence[0], value)
    elif data.get("WindowCenter") is not None and data.get("WindowWidth") is not None:
        centre, width = (_first(data[name].value) for name in ("WindowCenter", "WindowWidth"))
        seen = _by_window(str(data.get("VOILUTFunction") or "LINEAR").strip().upper(), centre, width, value)
    else:
        return None
    return 1 - seen if falls else seen


def _first(value: Any) -> float:
    """A number, or the first of several."""
    number = float(value[0] if hasattr(value, "__len__") and not isinstance(value, str) else value)
    if not np.isfinite(number):
        raise ValueError(number)
    return number


def _by_window(function: str, centre: float, width: float, value: NDArray[Any]) -> NDArray[Any]:
    """PS3.3 C.11.2.1.2 and C.11.2.1.3."""
    if function == "SIGMOID":
        if width <= 0:
            raise ValueError(width)
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (value - centre) / width, -60, 60))))
    if function != "LINEAR_EXACT":
        centre, width = centre - 0.5, width - 1
    if width < 0 or (width == 0 and function == "LINEAR_EXACT"):
        raise ValueError(width)
    return np.asarray(np.clip((value - centre) / max(width, 1e-9) + 0.5, 0, 1))


def _by_table(item: Any, value: NDArray[Any]) -> NDArray[Any]:
    """PS3.3 C.11.2.1.1: how many entries, the first value that has one, bits of an entry."""
    count, first, bits = (int(each) for each in item.LUTDescriptor)
    held = item.LUTData
    if isinstance(held, bytes):
        held = np.frombuffer(held, "<u2" if len(held) >= 2 * (count or 65536) else np.uint8)
    table = np.asarray(held, np.float64) / ((1 << bits) - 1)
    if not 8 <= bits <= 16 or len(table) < 2:
        raise ValueError(bits)
    first -= 65536 if first > value.max() and first >= 32768 else 0
    return np.asarray(table[np.clip(np.rint(value - first), 0, len(table) - 1).astype(np.int64)].clip(0, 1))


def _padding(data: Any, depth: Depth) -> slice | None:
    """Which greys are no picture (PS3.3 C.7.5.1.1.2)."""
    try:
        low = int(data["PixelPaddingValue"].value)
        high = int(data["PixelPaddingRangeLimit"].value) if "PixelPaddingRangeLimit" in data else low
    except Exception:
        return None
    if depth.signed:  # a file's value may be spelt as one without a sign
        low, high = (each - 65536 if each > 32767 else each for each in (low, high))
    greys = np.flatnonzero((depth.stored >= min(low, high)) & (depth.stored <= max(low, high)))
    return slice(int(greys[0]), int(greys[-1]) + 1) if len(greys) else None
