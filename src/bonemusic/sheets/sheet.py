"""The one way by which a picture becomes a sheet: read, and rid of what is written in it."""

from __future__ import annotations

from pathlib import Path

from ..errors import FormatError
from ..pictures.film import Film
from ..pictures.read import read
from ..progress import Progress, silent
from . import burned


def of(path: Path, progress: Progress = silent) -> Film:
    """Read a sheet's picture, with all writing in it masked and told in its notes.

    Raises
    ------
    FormatError
        As `pictures.read.read`.
    """
    try:
        path.stat()
    except FileNotFoundError as why:
        raise FormatError(
            f"{path}: there is no such sheet and no such picture; 'bonemusic list sheets' shows all sheets"
        ) from why
    except (OSError, ValueError):  # `read` tells what is wrong with it
        pass
    film = read(path, progress)
    progress("looking for writing", 0.0)
    return burned.masked(film)
