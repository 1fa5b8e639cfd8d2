"""A disc read from its file, or from several that hold it in parts, as a groove."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..progress import Progress
from .registry import for_reading

if TYPE_CHECKING:
    from ..groove import Groove


def read(path: Path, rpm: Fraction | None, else_rpm: Fraction, progress: Progress) -> tuple[Groove, tuple[str, ...]]:
    """The groove of a disc.

    Parameters
    ----------
    path : Path
    rpm : Fraction or None
        The speed asked for; None: what the file says of itself, else `else_rpm`.

    Returns
    -------
    groove : Groove
    warnings : tuple of str

    Raises
    ------
    FormatError
    """
    spelling = for_reading(path)
    if spelling.draw is None:
        assert spelling.read is not None
        return spelling.read(path, rpm, else_rpm, progress)
    from ..paths.trace import groove_of

    drawing = spelling.draw(path)
    groove, warnings = groove_of(drawing, rpm or _said_rpm(drawing.meta.get("rpm")) or else_rpm, progress=progress)
    return groove, (*drawing.notes, *warnings)


def _said_rpm(text: str | None) -> Fraction | None:
    from .. import units
    from ..errors import UnitError

    try:
        return units.rpm(text) if text else None
    except UnitError:
        return None
