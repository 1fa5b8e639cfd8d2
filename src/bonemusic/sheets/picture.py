"""An X-ray as a picture: grey values only. Names, dates and whatever else the file holds are left behind."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

MAX_PIXELS = 400_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")


def read(path: Path) -> NDArray[Any]:
    """Read a picture as grey.

    Returns
    -------
    ndarray, uint8, (rows, columns)
        8 bits as they are, more bits scaled so that the brightest is 255; colours as their luma.

    Raises
    ------
    FormatError
        Missing, no picture, damaged, or larger than 400 million pixels.
    """
    from PIL import Image

    if not path.exists():
        raise FormatError(f"{path}: there is no such sheet and no such picture; see `bonemusic list sheets`")
    if path.is_dir():
        raise FormatError(f"{path} is a directory; name a picture in it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise FormatError(
                        f"{path.name}: {picture.width} × {picture.height} pixels are too many; scale it down"
                    )
                if picture.mode in ("I;16", "I;16B", "I", "F"):
                    deep = np.asarray(picture, np.float64)
                    most = float(deep.max(initial=0.0))
                    return np.clip(deep * (255 / most if most > 255 else 1.0), 0, 255).astype(np.uint8)
                return np.asarray(picture.convert("L"))
    except FormatError:
        raise
    except Image.DecompressionBombError as why:
        raise FormatError(f"{path.name}: too many pixels; scale the picture down") from why
    except (OSError, ValueError, SyntaxError, MemoryError) as why:
        raise FormatError(f"{path.name}: is no whole PNG, JPEG or TIFF picture; export it again") from why
