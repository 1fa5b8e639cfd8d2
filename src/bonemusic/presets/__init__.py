"""Discs, curves, machines, styli, sheets and turntables: pure numbers from TOML files, read into frozen dataclasses.

Each file here holds one kind. A user's own files of the same names, in `~/.config/bonemusic/` (or `$XDG_CONFIG_HOME`,
or `$BONEMUSIC_PRESETS`), are laid over them: a new name adds a preset, a known name changes the numbers it gives.
Every number has its source in the table `source`, or the word "assumed".
"""

from .kinds import Curve, Disc, Machine, Sheet, Stylus, Turntable
from .load import KINDS, curve, disc, machine, names, row, sheet, stylus, turntable
from .meanings import in_order, meaning

__all__ = [
    "KINDS", "Curve", "Disc", "Machine", "Sheet", "Stylus", "Turntable",
    "curve", "disc", "in_order", "machine", "meaning", "names", "row", "sheet", "stylus", "turntable",
]  # fmt: skip
