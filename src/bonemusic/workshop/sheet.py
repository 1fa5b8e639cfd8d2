"""A picture cleaned of all that could name anybody, and nothing else done to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import FormatError
from ..pictures.read import full
from ..pictures.values import other_tones, toned
from ..pictures.write import kind_of, write
from ..progress import Progress, silent
from ..sheets import burned
from ..sheets.mending import mended
from .output import refuse_inputs, whole


@dataclass(frozen=True)
class CleanReport:
    """What was cleaned: the picture's size, how much was left behind, and where something was masked."""

    file: str
    columns: int
    rows: int
    bits: int
    width_mm: float | None
    height_mm: float | None
    left_behind: int
    masked: int
    warnings: tuple[str, ...]


def clean(source: Path, out: Path, progress: Progress = silent, suffix: str | None = None) -> CleanReport:
    """Write a picture anew: its grey values, all of them, and its size.

    Tags, profiles, comments, thumbnails and overlays are left behind; writing in the picture is masked.

    Parameters
    ----------
    source, out : Path
        "-" is standard output.
    progress : Progress
    suffix : str, optional
        Decides the format where the output's name does not.

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: the picture, or the output.
    """
    kind = kind_of(suffix or out.suffix)
    refuse_inputs(out, [source])
    values = full(source, progress)
    seen = values.film_of_its_own_pixels
    progress("looking for writing", 0.0)
    others = (toned(values.grey, tone) for tone in other_tones(values.grey, values.tone))
    places = burned.find(seen.grey, others if kind != "JPEG" else ())
    notes = list(burned.masked_notes(seen, places))
    try:
        grey = mended(values.grey, places) if places else values.grey
        progress("writing the picture", 0.9)
        with whole(out) as file:
            write(file, kind, grey, values.tone, values.dots_per_m)
    except MemoryError as why:
        raise FormatError(f"{source.name}: the machine has too little memory for this picture; scale it down") from why
    rows, columns = grey.shape
    dots = values.dots_per_m
    return CleanReport(
        file=str(out),
        columns=columns,
        rows=rows,
        bits=8 if kind == "JPEG" else 8 * grey.dtype.itemsize,
        width_mm=None if dots is None else round(1000 * columns / dots[1], 3),
        height_mm=None if dots is None else round(1000 * rows / dots[0], 3),
        left_behind=values.left_behind,
        masked=len(places),
        warnings=tuple(notes),
    )
