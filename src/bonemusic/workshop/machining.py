"""What a side asks of the machine, told before it is cut: time, points, bytes, files; and what it cannot do at all."""

from __future__ import annotations

import dataclasses
import io
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..errors import FitError
from ..formats import CutDisc, Format
from ..paths import timing
from ..paths.layers import Layer
from ..paths.line import Line
from ..paths.parts import stretch, turns_of
from ..presets import Disc, Machine
from ..progress import silent
from ..spectral import THREADS
from ..units import span_text

GLANCES, GLANCE_S = 16, 0.1
"""How many stretches of a side are looked at, each twice as long as this: what the second half costs more than the
first is free of beginnings and ends."""
LONG_S = 3 * 3600.0
"""Longer is told of (assumed: nobody stands by a laser for so long)."""


@dataclass(frozen=True)
class Machining:
    """What the drawing of a side asks of the machine.

    Attributes
    ----------
    format : str
    seconds : float or None
        Of cutting, groove and outline; None where the machine's speeds are not known. Setting up, travelling and
        what a slow sender adds are not in it.
    points, bytes, files : int
        Of the drawing, about; none of a format that draws no lines.
    """

    format: str
    seconds: float | None
    points: int
    bytes: int
    files: int


def machining(work: CutDisc, spelling: Format) -> Machining:
    """Find it by drawing some stretches of the side.

    Parameters
    ----------
    work : CutDisc
        With its line and all layers.
    spelling : Format
        One of lines.
    """
    line, machine, write = work.line, work.machine, spelling.write
    assert line is not None
    assert write is not None
    glance = round(GLANCE_S * line.wave.points_per_s)
    count = max(min(GLANCES, (line.last - line.first) // (2 * glance)), 1)
    starts = np.linspace(line.first, max(line.last - 2 * glance, line.first), count).astype(int)

    def asked(end: int, a: int) -> NDArray[np.float64]:
        part, held = stretch(line, a, end), io.BytesIO()
        seconds = timing.seconds(*part.covering(a, end, {})[0], line.step_m, machine)
        points = write(held, dataclasses.replace(work, line=part, layers=(), before=()), silent)
        return np.array([seconds, points, held.tell()])

    def looked_at(a: int) -> NDArray[np.float64]:
        middle, end = min(a + glance, line.last), min(a + 2 * glance, line.last)
        return np.array([*(asked(end, a) - asked(middle, a)), end - middle]) if end - middle >= 2 else np.zeros(4)

    with ThreadPoolExecutor(THREADS) as pool:
        seconds, points, size, drawn = sum(pool.map(looked_at, starts.tolist()), np.zeros(4)).tolist()
    share = (line.last - line.first) / max(drawn, 1.0)
    points, size = points * share, size * share
    passes = math.ceil(_depth_m(work) / machine.pass_depth_m - 1e-9) if machine.pass_depth_m else 1
    known = machine.speed_m_s is not None
    total = seconds * share * passes + sum(_layer_s(layer, machine) for layer in (*work.before, *work.layers))
    return Machining(
        spelling.name, total if known else None, round(points), round(size), _files(line, machine, points, size)
    )


def _depth_m(work: CutDisc) -> float:
    """The groove's greatest depth as planned."""
    return float(work.groove.depth.value.max())


def _files(line: Line, machine: Machine, points: float, size: float) -> int:
    asked = (
        turns_of(line) / machine.file_turns if machine.file_turns else 1.0,
        points / machine.file_points if machine.file_points else 1.0,
        size / machine.file_bytes if machine.file_bytes else 1.0,
    )
    return math.ceil(max(1.0, *asked) - 1e-9)


def _layer_s(layer: Layer, machine: Machine) -> float:
    """Time for hole and outline, and for whatever else is drawn."""
    around_m = sum(2 * math.pi * circle.radius_m for circle in layer.circles)
    around_m += sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in layer.lines)
    speed_m_s = layer.speed_m_s or machine.groove_speed_m_s or machine.speed_m_s or math.inf
    passes = math.ceil(layer.depth_m / machine.pass_depth_m) if layer.depth_m and machine.pass_depth_m else 1
    return around_m / speed_m_s * passes


def refuse_bed(disc: Disc, machine: Machine, box_m: tuple[float, float, float, float]) -> None:
    """`FitError` where the disc, of that box, does not lie on the machine's bed; the line names discs that do."""
    bed = [side for side in (machine.bed_width_m, machine.bed_height_m) if side is not None]
    sides = sorted((box_m[2] - box_m[0], box_m[3] - box_m[1]))
    if not bed or (sides[0] <= min(bed) + 1e-9 and sides[1] <= max(bed) + 1e-9):
        return
    known = [presets.disc(name) for name in presets.names("discs")]
    fitting = sorted((d for d in known if d.diameter_m <= min(bed)), key=lambda d: (d.rpm != disc.rpm, -d.diameter_m))
    what = f"take a smaller one ({', '.join(d.name for d in fitting[:3])})" if fitting else "take a larger machine"
    size = " x ".join(f"{1e3 * side:.0f}" for side in bed)
    raise FitError(
        f"{disc.name} is {' × '.join(dict.fromkeys(f'{1e3 * side:.0f}' for side in sides))} mm across and does not "
        f"lie on the bed of {machine.name} "
        f"({size} mm); {what}"
    )


def kerf_beyond_m(disc: Disc, machine: Machine) -> float:
    """How much wider the machine's beam or tip cuts than the disc's groove is."""
    return max((machine.kerf_m or 0.0) - disc.groove_width_m, 0.0)


def remarks(disc: Disc, machine: Machine, spelling: Format, asked: Machining | None) -> list[str]:
    """What to know of the machine before cutting, a line each, with what helps."""
    said = []
    if spelling.lines and spelling.name not in machine.formats:
        said.append(f"{machine.name} takes {', '.join(machine.formats)}, not {spelling.name}; name such a file with -o")
    wider_m = kerf_beyond_m(disc, machine)
    if wider_m > 0 and spelling.lines:
        said.append(
            f"{machine.name} cuts {1e6 * (machine.kerf_m or 0):.0f} µm wide, the groove of {disc.name} is "
            f"{1e6 * disc.groove_width_m:.0f} µm: turns are kept {1e6 * wider_m:.0f} µm further apart; where your "
            "machine cuts finer, say so in your machines.toml (kerf_um)"
        )
    if asked is not None and asked.seconds is not None and asked.seconds > LONG_S:
        said.append(
            f"cutting takes about {span_text(asked.seconds)}; fewer points (points_per_s in your machines.toml), a "
            "shorter song or a faster machine take less"
        )
    return said
