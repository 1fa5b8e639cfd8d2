"""A disc as PDF to be printed: its picture at its true size, and hairlines where outline and hole are cut."""

from __future__ import annotations

import math
import zlib
from typing import IO, Any

from numpy.typing import NDArray

from ...progress import Progress
from ..base import CutDisc
from ..png.packing import stream
from ..png.picture import bands, lit
from ..png.shapes import body
from ..png.tones import rgb
from .objects import File, real

POINT_M = 0.0254 / 72
"""Default user space: 72 to an inch (ISO 32000-1, 8.3.2.3)."""
MARGIN_M = 5e-3
"""Paper around the outline, so that its hairline is whole and scissors find their way."""
HAIRLINE = 0.25
"""Width of the lines to cut along, points: what print shops call a hairline."""
LARGEST_PAGE = 14_400
"""Units along a page's side that readers have agreed on; beyond, the unit grows (ISO 32000-1, annex C)."""
CATALOGUE, PAGES, PAGE, CONTENT, CONTENT_LENGTH, PICTURE, PICTURE_LENGTH, INFO = range(1, 9)


def write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Write one page, the outline and a margin around it; gives the number of corners that the groove is drawn with.

    The picture is a little larger, as whole pixels are, and lies where it belongs.
    """
    shape = body(cut.disc, cut.layers)
    drawn = lit(cut, shape, cut.dots_per_m)
    frame, (left_m, bottom_m), (right_m, top_m) = drawn.frame, *_page_m(shape.outline)
    unit = max(1, math.ceil(max(right_m - left_m, top_m - bottom_m) / POINT_M / LARGEST_PAGE))
    point_m = POINT_M * unit
    out = File(file)
    out.put(CATALOGUE, f"<< /Type /Catalog /Pages {PAGES} 0 R >>")
    out.put(PAGES, f"<< /Type /Pages /Kids [{PAGE} 0 R] /Count 1 >>")
    size = f"/MediaBox [0 0 {real((right_m - left_m) / point_m)} {real((top_m - bottom_m) / point_m)}]"
    out.put(
        PAGE,
        f"<< /Type /Page /Parent {PAGES} 0 R {size}{f' /UserUnit {unit}' if unit > 1 else ''} /Contents {CONTENT} 0 R "
        f"/Resources << /XObject << /Picture {PICTURE} 0 R >> >> >>",
    )
    wide, high = frame.width / frame.dots_per_m, frame.height / frame.dots_per_m
    place = (wide, 0.0, 0.0, high, frame.left_m - left_m, frame.top_m - high - bottom_m)
    content = [f"q\n{' '.join(real(value / point_m) for value in place)} cm\n/Picture Do\nQ\n"]
    content += [f"{' '.join(_shares(cut.machine.cut_colour))} RG\n{real(HAIRLINE / unit)} w\n"]
    content += [_closed((line - (left_m, bottom_m)) / point_m) for line in (*shape.holes, shape.outline)]
    out.put_stream(CONTENT, CONTENT_LENGTH, "/Filter /FlateDecode", [zlib.compress("".join(content).encode(), 4)])
    kind = (
        f"/Type /XObject /Subtype /Image /Width {frame.width} /Height {frame.height} /BitsPerComponent 8 "
        f"/ColorSpace [/Indexed /DeviceRGB 255 <{drawn.palette.tobytes().hex()}>] /Filter /FlateDecode "
        f"/DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 8 /Columns {frame.width} >>"
    )
    out.put_stream(PICTURE, PICTURE_LENGTH, kind, stream(bands(drawn, progress)))
    out.put(INFO, "<< >>")
    out.end(CATALOGUE, INFO)
    return drawn.corners


def _page_m(outline: NDArray[Any]) -> tuple[Any, Any]:
    """The page's lower left and upper right corner."""
    return outline.min(0) - MARGIN_M, outline.max(0) + MARGIN_M


def _closed(line: NDArray[Any]) -> str:
    """A closed line, in points to the hundred-thousandth: far finer than any machine."""
    path = [f"{x:.5f} {y:.5f} {'l' if n else 'm'}\n" for n, (x, y) in enumerate(line[:-1].tolist())]
    return "".join([*path, "h\nS\n"])


def _shares(colour: str) -> list[str]:
    """Red, green and blue as PDF has them."""
    return [real(round(part / 255, 5)) for part in rgb(colour)]
