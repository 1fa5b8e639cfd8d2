"""An X-ray as a picture: grey values only. Names, dates and whatever else the file holds are left behind."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

MAX_PIXELS = 400_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_LIMIT = threading.Lock()


def read(path: Path) -> NDArray[Any]:
    """Read a picture as grey.

    Returns
    -------
    ndarray, uint8, (rows, columns)
        8 bits as they are, more bits (and fractions) scaled so that the brightest is 255; colours as their luma.

    Raises
    ------
    FormatError
        Missing, no picture, damaged, or larger than 400 million pixels.
    """
    from PIL import Image

    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _any_size(Image), Image.open(file, formats=FORMATS) as picture:
                if not 0 < picture.width * picture.height <= MAX_PIXELS:
                    raise FormatError(
                        f"{path.name}: {picture.width} × {picture.height} pixels are too many (400 million are the "
                        "most); scale it down"
                    )
                if picture.mode.startswith("I") or picture.mode == "F":
                    return _of_many_bits(np.asarray(picture, np.float32))
                return np.asarray(picture.convert("L"))
    except FormatError:
        raise
    except FileNotFoundError as why:
        raise FormatError(
            f"{path}: there is no such sheet and no such picture; 'bonemusic list sheets' shows all sheets"
        ) from why
    except IsADirectoryError as why:
        raise FormatError(f"{path} is a directory; name a picture in it") from why
    except PermissionError as why:
        raise FormatError(f"{path}: may not be opened ({why.strerror}); check its permissions") from why
    except Exception as why:  # Pillow's readers raise whatever a damaged file leads them to
        raise FormatError(
            f"{path.name}: is no PNG, JPEG, TIFF, BMP or WebP picture, or a damaged one; "
            "export it again, or take another"
        ) from why


def _of_many_bits(deep: NDArray[Any]) -> NDArray[Any]:
    """To 8 bits, the brightest white; what is no number is black."""
    grey = np.nan_to_num(deep, copy=True, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(grey.max(initial=0.0))
    if most > 255 or 0 < most <= 1:
        grey *= np.float32(255 / most)
    eight: NDArray[Any] = np.clip(grey, 0, 255).astype(np.uint8)
    return eight


@contextmanager
def _any_size(image: Any) -> Iterator[None]:
    """Let Pillow open what is larger than its own limit, and ours judge it."""
    with _LIMIT:
        held, image.MAX_IMAGE_PIXELS = image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            image.MAX_IMAGE_PIXELS = held
