"""Stretches of a line, for files that each hold a part of a side, and for going on after a machine has stalled."""

from __future__ import annotations

import dataclasses

from ..errors import FitError
from .line import Line


def turns_of(line: Line) -> float:
    """Turns of the whole drawing, from its wave's first sample to its last."""
    return (len(line.wave.lateral_m) - 1) * line.wave.turns_per_point


def stretch(line: Line, first: int, last: int) -> Line:
    """The line between two samples of its wave, both included."""
    return dataclasses.replace(line, first=first, last=last)


def going_on(line: Line, from_turn: float) -> Line:
    """What is left of a line to draw, from a turn on.

    A line's ends are rounded plainly: only their place on the wave decides where they lie. So the rest begins at the
    grid point that is nearest to the wave there, as every part does that begins at this sample; and what was drawn up
    to there by a line that had no end in that place runs within some steps of it (those that its points may lie sooner
    or later along the groove). Where a side is split by turns, the rest from the first turn of a part is that part
    again, byte for byte, and those that follow it.

    Parameters
    ----------
    line : Line
    from_turn : float
        Turns since the drawing's beginning; the wave's nearest sample is taken.

    Raises
    ------
    FitError
        At or beyond the end.
    """
    first = sample_at(line, from_turn)
    if not 0 <= first < line.last:
        raise FitError(
            f"nothing is left to draw from turn {from_turn:g} on: the drawing has {turns_of(line):.2f} turns; "
            "give a lower --from-turn"
        )
    return stretch(line, max(first, line.first), line.last)


def sample_at(line: Line, turns: float) -> int:
    """The wave's sample nearest to a turn, counted from the drawing's beginning."""
    return round(turns / line.wave.turns_per_point)


def split_by_turns(line: Line, file_turns: float | None) -> list[int]:
    """Samples at which a drawing's files begin and end, from its wave's first to the line's last.

    They lie at whole multiples of `file_turns` from the drawing's beginning, whatever part of it `line` is, so that the
    same turns are always in the same file.
    """
    last = line.last
    if file_turns is None:
        return [0, last]
    count = int(turns_of(line) / file_turns) + 1
    inner = sorted({sample_at(line, k * file_turns) for k in range(1, count + 1)})
    return [0, *(sample for sample in inner if 0 < sample < last), last]
