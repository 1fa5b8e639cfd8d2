"""TIFF files made for the tests: either byte order, BigTIFF, strips and tiles, every packing that scanners use."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PACKINGS = {"none": 1, "lzw": 5, "jpeg": 7, "deflate": 8, "packbits": 32773}
_BY_PILLOW = {"lzw": "tiff_lzw", "packbits": "packbits"}


def saved(
    path: Path,
    pixels: NDArray[Any],
    *,
    order: str = "<",
    big: bool = False,
    tile: tuple[int, int] | None = None,
    rows: int | None = None,
    packing: str = "none",
    differences: bool = False,
    photometric: int | None = None,
    tags: dict[int, tuple[str, tuple[int, ...]]] | None = None,
) -> Path:
    """Write pixels (rows, columns) or (rows, columns, samples), uint8 or uint16; `tags` are laid over the file's own.

    `tile` is (rows, columns); `rows` those of a strip. JPEG takes 8 bits, grey or colours (held as YCbCr).
    """
    height, width = pixels.shape[:2]
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    down, across = tile or (rows or height, width)
    pieces = []
    for top in range(0, height, down):
        for left in range(0, width, across):
            part = pixels[top : top + down, left : left + across]
            if tile:
                rest = [(0, down - part.shape[0]), (0, across - part.shape[1])] + [(0, 0)] * (pixels.ndim - 2)
                part = np.pad(part, rest)
            pieces.append(_packed(part, order, packing, differences))
    if photometric is None:
        photometric = 1 if samples < 3 else 6 if packing == "jpeg" else 2
    held: dict[int, tuple[str, tuple[int, ...]]] = {
        256: ("I", (width,)), 257: ("I", (height,)), 258: ("H", (8 * pixels.itemsize,) * samples),
        259: ("H", (PACKINGS[packing],)), 262: ("H", (photometric,)), 277: ("H", (samples,)),
    }  # fmt: skip
    if differences:
        held[317] = ("H", (2,))
    if tile:
        held |= {322: ("H", (across,)), 323: ("H", (down,))}
    else:
        held[278] = ("I", (down,))
    held |= tags or {}
    path.write_bytes(_file(held, pieces, order, big, 324 if tile else 273))
    return path


def _packed(part: NDArray[Any], order: str, packing: str, differences: bool) -> bytes:
    if packing == "jpeg":
        out = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(part)).save(out, "JPEG", quality=95)
        return out.getvalue()
    if differences:
        part = part.copy()
        part[:, 1:] -= part[:, :-1].copy()
    raw = part.astype(part.dtype.newbyteorder(order)).tobytes()
    if packing == "deflate":
        return zlib.compress(raw)
    if packing in _BY_PILLOW:
        # Pillow packs what it is given as one strip, or as several that are one after another
        out = io.BytesIO()
        Image.frombytes("L", (len(raw), 1), raw).save(out, "TIFF", compression=_BY_PILLOW[packing])
        with Image.open(out) as seen:
            (at,), (size,) = seen.tag_v2[273], seen.tag_v2[279]
        return out.getvalue()[at : at + size]
    return raw


def _file(
    tags: dict[int, tuple[str, tuple[int, ...]]], pieces: list[bytes], order: str, big: bool, place: int
) -> bytes:
    """Head, pieces, then what is too long for the directory, then the directory."""
    mark = b"II" if order == "<" else b"MM"
    word, inline = ("Q", 8) if big else ("I", 4)
    out = bytearray(mark + struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, 0) if big else (42, 0))))
    places = []
    for piece in pieces:
        places.append(len(out))
        out += piece + bytes(len(piece) % 2)
    sizes = tuple(map(len, pieces))
    tags = {place: (word, tuple(places)), place + 1 if place == 324 else 279: (word, sizes)} | tags
    entries = b""
    for tag, (code, values) in sorted(tags.items()):
        held = struct.pack(f"{order}{len(values)}{code}", *values)
        count = len(values) // 2 if tag in (282, 283) else len(values)
        kind = 5 if tag in (282, 283) else {"B": 7, "H": 3, "I": 4, "Q": 16}[code]
        if len(held) > inline:
            at = len(out)
            out += held + bytes(len(held) % 2)
            held = struct.pack(order + word, at)
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count) + held.ljust(inline, b"\0")
    first = len(out)
    out += struct.pack(order + ("Q" if big else "H"), len(tags)) + entries + bytes(8 if big else 4)
    struct.pack_into(order + word, out, 8 if big else 4, first)
    return bytes(out)
