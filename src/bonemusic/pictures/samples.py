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
LOOKED_AT, FEW_ROWS = 400, 20
"""Pixels of a band that are asked for their colour; rows, where several pixels share a byte."""


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
            return self._of_bits(raw, out)
        if self.palette is not None and self.kind == "palette":
            return _looked_up(raw[:, :width], self.palette, out)
        if self.kind == "grey":
            out[:] = raw[:, : width * self.count : self.count]
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

    def _of_bits(self, raw: NDArray[Any], out: NDArray[Any]) -> float:
        """The same where a byte holds several pixels: each byte is looked up whole."""
        table = unpacked(np.arange(256, dtype=np.uint8)[:, None], 8 // self.bits, self.bits)
        if self.palette is not None and self.kind == "palette":
            few = unpacked(raw[:: max(1, len(raw) // FEW_ROWS)], out.shape[1], self.bits)
            spread(raw, _luma_of(self.palette)[table], out)
            return _coloured(few, self.palette)
        table *= np.uint8(255 // ((1 << self.bits) - 1))
        spread(raw, ~table if self.negative else table, out)
        return 0.0


def unpacked(raw: NDArray[Any], width: int, bits: int) -> NDArray[Any]:
    """Several values of a byte, the first in the high bits (TIFF 6.0, FillOrder 1; PNG 7.2)."""
    places = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    values = (raw[:, :, None] >> places) & np.uint8((1 << bits) - 1)
    return np.asarray(values.reshape(len(raw), -1)[:, :width])


def _looked_up(raw: NDArray[Any], palette: NDArray[Any], out: NDArray[Any]) -> float:
    np.take(_luma_of(palette), raw, out=out, mode="clip")
    return _coloured(raw, palette)


def _luma_of(palette: NDArray[Any]) -> NDArray[Any]:
    """Of each place, uint8, (256,)."""
    return np.asarray((_colours(palette) @ np.array([19595, 38470, 7471]) + 32768) >> 16, np.uint8)


def _coloured(places: NDArray[Any], palette: NDArray[Any]) -> float:
    few = _colours(palette)[places.ravel()[:: max(1, places.size // LOOKED_AT)]]
    return float((few.max(axis=1) - few.min(axis=1)).mean())


def _colours(palette: NDArray[Any]) -> NDArray[Any]:
    """256 of them: what a palette does not have is black."""
    colours = np.zeros((256, 3), np.int64)
    colours[: len(palette)] = palette
    return colours


@kernel
def spread(raw: NDArray[Any], table: NDArray[Any], out: NDArray[Any]) -> None:
    """Bytes to the pixels that they hold.

    Parameters
    ----------
    raw : ndarray, uint8, (rows, bytes)
    table : ndarray, uint8, (256, pixels)
        Each byte's.
    out : ndarray, uint8, (rows, width)
        Of the last byte some may be left over.
    """
    each = table.shape[1]
    whole = out.shape[1] // each
    for row in range(out.shape[0]):
        for k in range(whole):
            held = table[raw[row, k]]
            for n in range(each):
                out[row, k * each + n] = held[n]
        for k in range(whole * each, out.shape[1]):
            out[row, k] = table[raw[row, whole], k - whole * each]


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
