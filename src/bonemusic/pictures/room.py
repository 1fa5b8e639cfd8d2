"""Room for the pixels of a large picture: memory, or a file without a name that is mapped into it."""

from __future__ import annotations

import mmap
import os
import tempfile
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

MOST_HELD_BYTES = 1_200_000_000
"""A 10-inch disc at 2400 dpi in 16 bits has 1.15·10⁹. What is larger the system may lay down on a disk."""


def room(shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    """Zeros of that shape. Those in a file vanish with the array, however the process ends.

    Raises
    ------
    FormatError
        There is no place for so much.
    """
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
    try:
        return np.zeros(shape, kind) if size <= MOST_HELD_BYTES else _mapped(shape, kind, size)
    except (OSError, MemoryError) as why:
        where = tempfile.gettempdir()
        raise FormatError(
            f"takes {size / 1e9:.1f} GB in {where} while it is read, which are not free; name another place in TMPDIR"
        ) from why


def _mapped(shape: tuple[int, ...], kind: Any, size: int) -> NDArray[Any]:
    with tempfile.TemporaryFile() as file:
        # a full disk is an error here; later it would end the process
        with suppress(AttributeError):  # Windows
            os.posix_fallocate(file.fileno(), 0, size)
        return np.memmap(file, kind, "r+" if hasattr(os, "posix_fallocate") else "w+", shape=shape)


def let_go(pixels: NDArray[Any]) -> None:
    """Hold none of what has been laid down in a file: it is fetched again where it is asked for."""
    held = getattr(pixels, "_mmap", None)
    if held is not None:
        with suppress(AttributeError, OSError, ValueError):  # Windows
            held.madvise(mmap.MADV_DONTNEED)
