"""A contact sheet: one disc over several places of a film, side by side, numbered, each with its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...pictures.film import Laid
from ...progress import Progress
from ..base import CutDisc
from . import render
from .packing import packed
from .picture import lit
from .shapes import Frame, body
from .under import under

SIDE_PX = 1000
"""The longer side of each picture."""
GAP_PX, WORDS_PX = 60, 34
"""Table between pictures, and the height of letters."""
INK = 40
"""Grey value of letters."""


def write(file: IO[bytes], cut: CutDisc, places: Sequence[tuple[Laid, str]], progress: Progress) -> None:
    """Write a PNG of the same disc over several places of the film, on the light box.

    Parameters
    ----------
    file : writable
    cut : CutDisc
        Its own film and resolution are not looked at.
    places : sequence of (Laid, str)
        Each with the words below it; they are numbered from 1.
    progress : Progress
    """
    shape = body(cut.disc, cut.layers)
    extent_m = float(np.ptp(shape.outline, axis=0).max())
    one = lit(cut, shape, (SIDE_PX - 2) / extent_m)
    width, height = one.frame.width, one.frame.height
    cover = np.empty((4, height, width + 2), np.float32)
    marked = one.cover(cover, 0)
    across = columns(len(places))
    down = math.ceil(len(places) / across)
    cell = height + GAP_PX + WORDS_PX * 2
    sheet = np.full((GAP_PX + down * cell, GAP_PX + across * (width + GAP_PX)), 255, np.uint8)
    for n, (film, words) in enumerate(places):
        top, left = GAP_PX + n // across * cell, GAP_PX + n % across * (width + GAP_PX)
        out = np.empty((height, width), np.uint8)
        one.light(out, 0, cover, marked, under(film, one.frame))
        sheet[top : top + height, left : left + width] = out
        _letter(sheet, f"{n + 1}   {words}", left, top + height + GAP_PX // 2, width)
        progress("drawing the contact sheet", (n + 1) / len(places))
    frame = Frame(0.0, 0.0, one.frame.dots_per_m, sheet.shape[1], sheet.shape[0])
    render.save(file, frame, one.palette.tobytes(), [packed(sheet)])


def columns(count: int) -> int:
    """Pictures in a row: as square a sheet as can be, rather high than wide."""
    return max(1, math.isqrt(count))


def _letter(sheet: NDArray[Any], words: str, left: int, top: int, width: int) -> None:
    """Set a line into the sheet, smaller where it is too long."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(WORDS_PX)
    length = font.getlength(words)
    if length > width:
        font = ImageFont.load_default(max(8.0, WORDS_PX * width / length))
    line = Image.new("L", (width, 2 * WORDS_PX), 0)
    ImageDraw.Draw(line).text((0, WORDS_PX // 4), words, fill=255, font=font)
    share = np.asarray(line) / 255
    part = sheet[top : top + len(share), left : left + width]
    part[:] = np.round(part + share * (INK - part.astype(float)))
