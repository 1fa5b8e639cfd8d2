"""TIFF and BigTIFF as far as scanners go: what the first picture's directory says (TIFF 6.0; BigTIFF is its own text).

Others – fractions, fax, planes apart – are left to Pillow.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from .limits import DAMAGED
from .samples import Kind, Samples

HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MOST_PIECES = 1_000_000
MOST_PAGES = 1000
NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 7, 8, 32946, 32773
_CODES = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 16: "Q", 13: "I"}
_KINDS: dict[int, Kind] = {0: "grey", 1: "grey", 2: "rgb", 3: "palette", 5: "cmyk", 6: "rgb"}
_NEEDED = (256, 257)
Tags = dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class Directory:
    """A picture in strips or tiles.

    Attributes
    ----------
    width, height : int
    samples : Samples
    order : {"<", ">"}
    packed : int
        How (`NONE` … `PACKBITS`).
    differences : bool
        Samples are stored less those before.
    ycc : bool
        JPEG's colours are luma and two differences.
    piece_width, piece_height : int
        Of a strip or tile; those at the edge are as large if `tiled`.
    tiled : bool
    offsets, sizes : ndarray, int64, (pieces,)
    tables : bytes
        What JPEG pieces have in common.
    dots_per_m : (float, float) or None
        Down and across, whatever the file says.
    orientation : int
    pages : int
    """

    width: int
    height: int
    samples: Samples
    order: str
    packed: int
    differences: bool
    ycc: bool
    piece_width: int
    piece_height: int
    tiled: bool
    offsets: NDArray[Any]
    sizes: NDArray[Any]
    tables: bytes
    dots_per_m: tuple[float, float] | None
    orientation: int
    pages: int

    @property
    def across(self) -> int:
        """Pieces side by side."""
        return -(-self.width // self.piece_width)

    @property
    def pieces(self) -> int:
        """All of them."""
        return self.across * -(-self.height // self.piece_height)


def directory(file: IO[bytes], size: int) -> Directory | None:
    """The first directory; None of a picture that only Pillow may know.

    Raises
    ------
    FormatError
        Truncated, or it makes no sense.
    """
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    try:
        (first,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
        tags, following = _tags(file, first, order, big, size)
        pages = 1
        while following and pages < MOST_PAGES:
            following = _following(file, following, order, big)
            pages += 1
        return _directory(tags, order, pages)
    except (struct.error, KeyError, IndexError, ValueError, OverflowError, OSError) as why:
        raise FormatError(DAMAGED) from why


def _tags(file: IO[bytes], at: int, order: str, big: bool, size: int) -> tuple[Tags, int]:
    """A directory's values, and where the next one lies."""
    count, entries = _entries(file, at, order, big)
    each, inline = (20, 8) if big else (12, 4)
    tags: Tags = {}
    for k in range(count):
        entry = entries[k * each : (k + 1) * each]
        tag, kind, many = struct.unpack_from(order + ("HHQ" if big else "HHI"), entry)
        code = _CODES.get(kind)
        if code is None or tag in tags:
            continue
        long = many * struct.calcsize("<" + code)
        held = entry[-inline:][:long]
        if long > inline:
            (where,) = struct.unpack(order + ("Q" if big else "I"), entry[-inline:])
            if where + long > size or many > 2 * MOST_PIECES:
                if tag > 342 and tag not in (347, 700):  # some other program's own
                    continue
                raise ValueError(tag)
            file.seek(where)
            held = file.read(long)
        if many <= 2 * MOST_PIECES:
            tags[tag] = struct.unpack(f"{order}{many * len(code)}{code[0]}", held)
    return tags, _next(entries, count * each, order, big)


def _entries(file: IO[bytes], at: int, order: str, big: bool) -> tuple[int, bytes]:
    file.seek(at)
    (count,) = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))
    if not 0 < count <= 65_535:
        raise ValueError(count)
    return count, file.read(count * (20 if big else 12) + (8 if big else 4))


def _next(entries: bytes, at: int, order: str, big: bool) -> int:
    (following,) = struct.unpack_from(order + ("Q" if big else "I"), entries, at)
    return int(following)


def _following(file: IO[bytes], at: int, order: str, big: bool) -> int:
    """Where the directory after that one lies; of one that is none, nowhere."""
    try:
        count, entries = _entries(file, at, order, big)
        return _next(entries, count * (20 if big else 12), order, big)
    except (struct.error, ValueError, OSError, OverflowError):
        return 0


def _directory(tags: Tags, order: str, pages: int) -> Directory | None:
    width, height = tags[256][0], tags[257][0]
    count = _one(tags, 277, 1)
    bits = tags.get(258, (1,))
    photometric, packed = _one(tags, 262, 1), _one(tags, 259, NONE)
    predictor = _one(tags, 317, 1)
    kind = _KINDS.get(photometric)
    tiled = 324 in tags
    offsets, sizes = tags.get(324 if tiled else 273, ()), tags.get(325 if tiled else 279, ())
    if kind is None or len(set(bits)) > 1 or not offsets or not width or not height:
        return None
    samples = Samples(kind, count, bits[0], photometric == 0, _palette(tags))
    apart = _one(tags, 284, 1) != 1 and count > 1
    odd = (
        apart or not samples.known() or predictor not in (1, 2) or (predictor == 2 and samples.bits < 8)
        or any(each != 1 for each in tags.get(339, ())) or _one(tags, 266, 1) != 1
        or packed not in (NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS)
        or (photometric == 6 and packed != JPEG) or (packed == JPEG and samples.bits != 8)
    )  # fmt: skip
    piece_width = _one(tags, 322, 0) if tiled else width
    piece_height = _one(tags, 323, 0) if tiled else min(_one(tags, 278, height), height)
    if odd or piece_width < 1 or piece_height < 1 or (tiled and max(piece_width, piece_height) > 65_536):
        return None
    found = Directory(
        width, height, samples, order, packed, predictor == 2, photometric == 6, piece_width, piece_height, tiled,
        np.array(offsets, np.int64), np.array(sizes, np.int64), bytes(tags.get(347, ())), _dots_per_m(tags),
        _one(tags, 274, 1), pages,
    )  # fmt: skip
    if not sizes and packed == NONE and found.pieces == 1:
        whole = np.array([samples.row_bytes(width) * height])
        return Directory(**{**found.__dict__, "sizes": whole})
    if found.pieces > MOST_PIECES or len(offsets) < found.pieces or len(sizes) < found.pieces:
        raise ValueError(found.pieces)
    return found


def _one(tags: Tags, tag: int, otherwise: int) -> int:
    return tags[tag][0] if tags.get(tag) else otherwise


def _palette(tags: Tags) -> NDArray[Any] | None:
    """Red, then green, then blue, in 16 bits (section 5)."""
    held = tags.get(320, ())
    if len(held) % 3 or not 6 <= len(held) <= 768:
        return None
    return (np.array(held).reshape(3, -1).T >> 8).astype(np.uint8)


def _dots_per_m(tags: Tags) -> tuple[float, float] | None:
    across, down, unit = tags.get(282), tags.get(283), _one(tags, 296, 2)
    if not across or not down or unit not in (2, 3) or not (across[0] and across[1] and down[0] and down[1]):
        return None
    per_m = 100.0 if unit == 3 else 1 / 0.0254
    return down[0] / down[1] * per_m, across[0] / across[1] * per_m
