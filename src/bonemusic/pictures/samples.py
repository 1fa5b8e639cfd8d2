"""Samples as picture files hold them – grey, colours, inks, places of a palette – made grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

Kind = Literal["grey", "rgb", "cmyk", "palette"]
FIRST = {"grey": 1, "rgb": 3, "cmyk": 4, "palette": 1}
"""How many of a pixel's samples count: what follows is how transparent it is, or nobody knows what."""
LOOKED_AT = 400
"""Pixels of a band that are asked for their colour."""


@dataclass(frozen=True)
class Samples:
    """How a pixel is held.

    Attributes
    ----------
    kind : {"grey", "rgb", "cmyk", "palette"}
    count : int
        Samples to a pixel, all of them: `FIRST` count.
    bits : int
        1, 2, 4 (of grey and palettes, with one sample), 8 or 16.
    negative : bool
        Grey whose small values are bright.
    palette : ndarray, uint8, (n, 3) or None
    """

    kind: Kind
    count: int
    bits: int
    negative: bool = False
    palette: NDArray[Any] | None = None

    @property
    def depth(self) -> Any:
        """What the grey is held in."""
        return np.uint16 if self.bits == 16 and self.kind != "palette" else np.uint8

    def row_bytes(self, width: int) -> int:
        """Rows begin at whole bytes."""
        return -(-width * self.count * self.bits // 8)

    def known(self) -> bool:
        """Whether `grey` can make something of it."""
        if self.bits not in (1, 2, 4, 8, 16) or self.count < FIRST[self.kind] or self.count > 64:
            return False
        if self.kind == "palette" and (self.palette is None or self.bits > 8 or self.count > 1):
            return False
        return self.bits >= 8 or (self.count == 1 and self.kind in ("grey", "palette"))

    def grey(self, raw: NDArray[Any], out: NDArray[Any]) -> float:
        """Make rows grey.

        Colours become their luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601): mostly green, which is a scanner's
        sharpest and quietest colour. Inks are what is left of white.

        Parameters
        ----------
        raw : ndarray, uint8 or uint16 in the machine's order, (rows, at least width · count)
            Of fewer than 8 bits, whole bytes. Is changed.
        out : ndarray, uint8 or uint16, (rows, width)

        Returns
        -------
        float
            Mean distance of the colours from grey, of 255.
        """
        rows, width = out.shape
        if self.bits < 8:
            raw = unpacked(raw, width, self.bits)
        if self.palette is not None and self.kind == "palette":
            return _looked_up(raw[:, :width], self.palette, out)
        if self.kind == "grey":
            out[:] = raw[:, : width * self.count : self.count]
            if self.bits < 8:
                out *= 255 // ((1 << self.bits) - 1)
            if self.negative:
                np.invert(out, out=out)
            return 0.0
        pixels = raw[:, : width * self.count].reshape(rows, width, self.count)
        if self.kind == "cmyk":
            _ink_to_colour(pixels)
        _luma(pixels, out)
        step = max(1, rows * width // LOOKED_AT)
        few = pixels.reshape(-1, self.count)[::step, :3].astype(np.int64)
        return float((few.max(axis=1) - few.min(axis=1)).mean()) / (257 if self.bits == 16 else 1)


def unpacked(raw: NDArray[Any], width: int, bits: int) -> NDArray[Any]:
    """Several values of a byte, the first in the high bits (TIFF 6.0, FillOrder 1; PNG 7.2)."""
    places = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    values = (raw[:, :, None] >> places) & np.uint8((1 << bits) - 1)
    return np.asarray(values.reshape(len(raw), -1)[:, :width])


def _looked_up(raw: NDArray[Any], palette: NDArray[Any], out: NDArray[Any]) -> float:
    colours = np.zeros((256, 3), np.int64)  # what a palette does not have is black
    colours[: len(palette)] = palette
    luma = (colours @ np.array([19595, 38470, 7471]) + 32768) >> 16
    np.take(luma.astype(np.uint8), raw, out=out, mode="clip")
    few = colours[raw.ravel()[:: max(1, raw.size // LOOKED_AT)]]
    return float((few.max(axis=1) - few.min(axis=1)).mean())


@kernel
def _luma(pixels: NDArray[Any], out: NDArray[Any]) -> None:
    """Weights in 65536ths, rounded."""
    for row in range(out.shape[0]):
        for k in range(out.shape[1]):
            red, green, blue = pixels[row, k, 0], pixels[row, k, 1], pixels[row, k, 2]
            out[row, k] = (np.int64(19595) * red + np.int64(38470) * green + np.int64(7471) * blue + 32768) >> 16


@kernel
def _ink_to_colour(pixels: NDArray[Any]) -> None:
    """What each ink leaves, times what black leaves."""
    most = 255 if pixels.itemsize == 1 else 65535
    for row in range(pixels.shape[0]):
        for k in range(pixels.shape[1]):
            left = most - np.int64(pixels[row, k, 3])
            for n in range(3):
                pixels[row, k, n] = ((most - np.int64(pixels[row, k, n])) * left + most // 2) // most
