"""What a format is, and what it is given to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..progress import Progress

if TYPE_CHECKING:  # formats are looked up before anything heavy is loaded
    from numpy.typing import NDArray

    from ..groove import Groove
    from ..paths.grid import Wave
    from ..presets import Disc, Machine


@dataclass(frozen=True)
class CutDisc:
    """A groove on its disc, ready to be written.

    Attributes
    ----------
    groove : Groove
    disc : Disc
    machine : Machine
    dots_per_m : float
        Resolution of pictures.
    film : ndarray, uint8, (rows, columns), or None
        The picture on the sheet.
    wave, step_m
        The groove made ready for the machine's points, and the grid's step; only for formats of lines.
    """

    groove: Groove
    disc: Disc
    machine: Machine
    dots_per_m: float
    film: NDArray[Any] | None = None
    wave: Wave | None = None
    step_m: float | None = None


@dataclass(frozen=True)
class Format:
    """One way to spell a disc.

    Attributes
    ----------
    name, title : str
    suffixes : tuple of str
        With their dots, lower case; the first is the usual one.
    lines : bool
        Whether it draws the groove as lines over a machine's grid.
    vertical : bool
        Whether it holds what moves up and down.
    sniff : callable
        Whether a file that begins with these bytes (at most 4096) is of this format.
    write : callable or None
        Writes to an open file and gives the number of points drawn.
    read : callable or None
        Reads a file as a groove at a speed: the one asked for, else what the file says, else the second one given. Also
        gives warnings, a line each.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    lines: bool
    sniff: Callable[[bytes], bool]
    write: Callable[[IO[bytes], CutDisc, Progress], int] | None = None
    read: Callable[[Path, Fraction | None, Fraction, Progress], tuple[Groove, tuple[str, ...]]] | None = None
    vertical: bool = False
