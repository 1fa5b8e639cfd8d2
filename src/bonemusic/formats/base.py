"""What a format is, and what it is given to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..progress import Progress

if TYPE_CHECKING:  # formats are looked up before anything heavy is loaded
    from ..groove import Groove
    from ..paths.drawing import Drawing
    from ..paths.layers import Layer
    from ..paths.line import Line
    from ..pictures.film import Laid
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
    film : Laid or None
        The picture on the sheet, laid under the disc.
    line : Line or None
        The groove on the machine's grid; only for formats of lines.
    layers : tuple of Layer
        What is drawn after the groove, in this order.
    before : tuple of Layer
        What is drawn before it.
    view : str
        How it is shown: light-box, plain, or machine: the lines that the machine draws.
    """

    groove: Groove
    disc: Disc
    machine: Machine
    dots_per_m: float
    film: Laid | None = None
    line: Line | None = None
    layers: tuple[Layer, ...] = ()
    before: tuple[Layer, ...] = ()
    view: str = "machine"

    @property
    def reach_m(self) -> float:
        """Half the side of the square, around the spindle, that holds all of it."""
        return max([self.disc.diameter_m / 2, *(layer.reach_m for layer in (*self.before, *self.layers))])


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
    pictures : bool
        Whether it can show the disc as it looks, its sheet's picture under the groove.
    turning : bool
        Whether it can drive a turntable axis.
    sniff : callable
        Whether a file that begins with these bytes (at most 4096) is of this format.
    write : callable or None
        Writes to an open file and gives the number of points drawn.
    draw : callable or None
        Reads a file as lines. What a disc's lines are as a groove is found by those who read several files as one.
    read : callable or None
        Of formats that hold no lines: reads a file as a groove at a speed: the one asked for, else what the file says,
        else the second one given. Also gives warnings, a line each.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    lines: bool
    sniff: Callable[[bytes], bool]
    write: Callable[[IO[bytes], CutDisc, Progress], int] | None = None
    draw: Callable[[Path], Drawing] | None = None
    read: Callable[[Path, Fraction | None, Fraction, Progress], tuple[Groove, tuple[str, ...]]] | None = None
    vertical: bool = False
    pictures: bool = False
    turning: bool = False
