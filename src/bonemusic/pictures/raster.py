"""PNG, JPEG, TIFF, BMP and WebP as grey values, by Pillow. Tags, profiles and words are counted and left behind."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..progress import Progress, silent
from .limits import MAX_PIXELS, hushed, refuse
from .room import room
from .values import Values, sensible, straight

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
NO_PICTURE = "is no PNG, JPEG, TIFF, BMP, WebP or DICOM picture, or a damaged one; export it again, or take another"
LEAST_DPI, MOST_DPI = 20.0, 20_000.0
MEANT_BY_NOBODY = (1, 72, 96)
"""Dots per inch that programs write where nobody measured anything."""
COLOURED = 6.0
"""Mean distance of a picture's colours from grey, of 255, from which it is called coloured: fading stays below."""
COLOURS = "it is in colours; they are read as grey"
BAND_BYTES = 24_000_000
_BASELINE = {254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 296, 317, 320,
             322, 323, 324, 325, 338, 339, 347, 530, 531, 532}  # fmt: skip
"""TIFF 6.0's tags without which it has no picture."""
_STRUCTURE = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "compression", "resolution", "interlace",
              "progressive", "progression", "bbox", "loop", "background", "timestamp", "duration", "exif",
              "transparency", "default_image", "adobe", "adobe_transform"}  # fmt: skip
TURNED = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}
"""EXIF's orientation: quarter turns counter-clockwise, then whether mirrored left to right (CIPA DC-008)."""
_LIMIT = threading.Lock()


def load(path: Path, most_px: int = MAX_PIXELS, progress: Progress = silent) -> Values:
    """Read a picture as grey.

    Parameters
    ----------
    path : Path
    most_px : int
        Larger pictures are averaged over squares of whole pixels until they have no more. Where it is more than
        `MAX_PIXELS`, JPEGs may have so many.
    progress : Progress

    Raises
    ------
    FormatError
        No picture, damaged, larger than `limits` allows, or more than memory holds.
    """
    try:
        with _opened(path) as picture:
            refuse(path, picture, max(most_px, MAX_PIXELS) if _held_as_grey(picture) else MAX_PIXELS)
            return _values(path, picture, most_px, progress)
    except (FormatError, FileNotFoundError, IsADirectoryError, PermissionError):
        raise
    except MemoryError as why:
        raise FormatError("the machine has too little memory for this picture; scale it down") from why
    except Exception as why:  # Pillow's readers raise whatever a damaged file leads them to
        if type(why).__module__.startswith("bonemusic"):
            raise
        raise FormatError(NO_PICTURE) from why


def _values(path: Path, picture: Any, most_px: int, progress: Progress) -> Values:
    """All of an opened picture."""
    notes = []
    pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if pages > 1:
        notes.append(f"it holds {pages} pages; the first is taken")
    orientation = _orientation(picture)
    dots = _dots_per_m(picture)
    factor = max(1, math.ceil(math.sqrt(picture.width * picture.height / most_px)))
    if picture.format == "JPEG" and picture.mode == "RGB":
        coloured = _jpeg_coloured(path)
        rest, drafted = _drafted(picture, factor)
    else:
        rest, drafted = _drafted(picture, factor) if picture.format == "JPEG" else (factor, 1)
        with hushed() if picture.format == "TIFF" else nullcontext():
            picture.load()
        coloured = _coloured(picture)
    if coloured:
        notes.append(COLOURS)
    grey = _gathered(picture, rest, progress)
    if _is_negative(picture) and grey.dtype == np.uint16:
        np.subtract(65535, grey, out=grey)
    if dots is not None:
        down, across = dots
        dots = (down / (rest * drafted), across / (rest * drafted))
    if dots is not None and TURNED.get(orientation, (0, False))[0] % 2:
        dots = dots[::-1]
    if picture.format == "TIFF":  # Pillow has turned it while it was loaded, and no longer says so
        orientation = _orientation(picture)
    turns, mirrored = TURNED.get(orientation, (0, False))
    grey = np.rot90(grey, turns)
    grey = np.ascontiguousarray(grey[:, ::-1] if mirrored else grey)
    if factor > 1:
        notes.append(f"it is larger than needed; {factor} × {factor} pixels are averaged to one")
    return Values(grey, straight(grey), dots, _left_behind(picture), tuple(notes))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Let Pillow open what is larger than its own limit, and ours judge it."""
    from PIL import Image

    with path.open("rb") as file, warnings.catch_warnings(), _LIMIT:
        warnings.simplefilter("ignore")
        held, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            with Image.open(file, formats=FORMATS) as picture:
                yield picture
        finally:
            Image.MAX_IMAGE_PIXELS = held


def _orientation(picture: Any) -> int:
    """How it is to be turned; damaged tags turn nothing."""
    try:
        return int(picture.getexif().get(274, 1))
    except Exception:
        return 1


def _dots_per_m(picture: Any) -> tuple[float, float] | None:
    """Down and across, where the file says so and can mean it."""
    try:
        across, down = (float(each) for each in picture.info["dpi"])
        guessed = picture.format != "PNG" and picture.format != "TIFF" and round(across, 1) in MEANT_BY_NOBODY
        if guessed or not all(LEAST_DPI <= each <= MOST_DPI for each in (down, across)):
            return None
    except Exception:
        return None
    down, across = down / 0.0254, across / 0.0254
    return (down, across) if sensible(down, across) else None


def _drafted(picture: Any, factor: int) -> tuple[int, int]:
    """Let JPEG's decoder leave colours out and average by itself: the factor that is left to do, and the one done."""
    done = max(scale for scale in (1, 2, 4, 8) if factor % scale == 0)
    width = picture.width
    picture.draft("L", (math.ceil(picture.width / done), math.ceil(picture.height / done)))
    done = round(width / picture.width)
    return max(1, factor // done), done


def _held_as_grey(picture: Any) -> bool:
    """Whether no more than its grey values are ever held: JPEG's decoder leaves colours out."""
    return picture.format == "JPEG" and picture.mode in ("L", "RGB")


def _jpeg_coloured(path: Path) -> bool:
    """Whether a JPEG has colours, by its decoder's smallest picture: the large one is decoded without them."""
    from PIL import Image

    with path.open("rb") as file, Image.open(file, formats=("JPEG",)) as picture:
        picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
        picture.load()
        return _coloured(picture)


def _coloured(picture: Any) -> bool:
    if picture.mode in ("1", "L", "LA", "La", "F") or picture.mode.startswith("I"):
        return False
    few = picture.resize((min(256, picture.width), min(256, picture.height)), 0)
    colours = np.asarray(few.convert("RGBA").convert("RGB"), np.int16)
    return float((colours.max(axis=2) - colours.min(axis=2)).mean()) > COLOURED


def _gathered(picture: Any, factor: int, progress: Progress) -> NDArray[Any]:
    """The picture in bands, each averaged at once, so that no second copy of it is ever held.

    Bits beyond 16 and fractions are looked through first, and then spread over 16 bits, band by band.
    """
    picture.load()
    width, height = picture.size
    rows, columns = -(-height // factor), -(-width // factor)
    deep = picture.mode == "F" or picture.mode.startswith("I")
    spread = _spread_of(picture, factor) if deep and not picture.mode.startswith("I;16") else None
    grey = room((rows, columns), np.uint16 if deep else np.uint8)
    for first, last, band in _bands(picture, factor):
        if deep:
            part = _averaged(np.asarray(band), factor)
            grey[first:last] = part if spread is None else _spread(part.astype(np.float32), *spread)
        else:
            band = band if band.mode == "L" else _plain(band)
            grey[first:last] = np.asarray(band.reduce(factor) if factor > 1 else band)
        progress("reading the picture", last / rows)
    return grey


def _bands(picture: Any, factor: int) -> Iterator[tuple[int, int, Any]]:
    """From which row of the averaged picture up to which, and this part of the picture itself."""
    width, height = picture.size
    rows = -(-height // factor)
    step = max(1, BAND_BYTES // (4 * width * factor))
    for first in range(0, rows, step):
        last = min(rows, first + step)
        yield first, last, picture.crop((0, first * factor, width, min(height, last * factor)))


def _spread_of(picture: Any, factor: int) -> tuple[float, float]:
    """What is black, and how much of 16 bits each step is; whole numbers that are such values stay."""
    low, high, whole = math.inf, -math.inf, True
    for _, _, band in _bands(picture, factor):
        part = _averaged(np.asarray(band, np.float32), factor)
        part = part[np.isfinite(part)]
        low, high = float(part.min(initial=low)), float(part.max(initial=high))
        whole = whole and bool((part == np.rint(part)).all())
    if whole and low >= 0 and 255 < high <= 65535:
        return 0.0, 1.0
    return low, 65535 / (high - low) if high > low else 0.0


def _spread(part: NDArray[Any], low: float, scale: float) -> NDArray[Any]:
    """Spread over 16 bits; what is no number is black."""
    if scale != 1.0 or low:
        part = (part - np.float32(low)) * np.float32(scale)
    return np.where(np.isfinite(part), part, 0).clip(0, 65535).astype(np.uint16)


def _plain(band: Any) -> Any:
    """Colours as their luma; what is transparent is as it lies there."""
    return (band.convert("RGBA") if band.mode in ("P", "PA") else band).convert("L")


def _averaged(band: NDArray[Any], factor: int) -> NDArray[Any]:
    """Means of squares; those at the right and lower edge repeat the last column and row."""
    if factor == 1:
        return band
    rows, columns = band.shape
    whole = np.pad(band, ((0, -rows % factor), (0, -columns % factor)), "edge").astype(np.float32)
    mean: NDArray[Any] = whole.reshape(len(whole) // factor, factor, -1, factor).mean(axis=(1, 3))
    return np.rint(mean) if band.dtype.kind in "iu" else mean


def _is_negative(picture: Any) -> bool:
    """TIFF's WhiteIsZero in more than 8 bits, which Pillow leaves as it is."""
    return bool(picture.format == "TIFF" and picture.mode.startswith("I") and picture.tag_v2.get(262) == 0)


def _left_behind(picture: Any) -> int:
    """How many tags, profiles and words the file holds besides its picture."""
    try:
        count = sum(1 for key in picture.info if key not in _STRUCTURE)
        exif = picture.getexif()
        count += sum(1 for tag in exif if tag not in _BASELINE)
        count += sum(len(exif.get_ifd(each)) for each in (0x8769, 0x8825))
        return count
    except Exception:
        return 0
