"""The disc as a picture: film on a light table, the groove catching the light, hole and rim cut out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...coverage import add_edges
from ...errors import FormatError
from ...groove import Groove
from ...presets import Disc
from ...progress import Progress
from ...spectral import THREADS
from ..base import CutDisc

MAX_PIXELS = 300_000_000
BAND_ROWS = 256
TABLE = (246, 247, 249)
"""The light table around the disc."""
CLEAR, DENSE = np.array([222.0, 232.0, 240.0]), np.array([14.0, 20.0, 30.0])
"""Film of an X-ray, base blue as films are: bright where bones are, dense where nothing stopped the rays."""
DENSITY = 1.6
"""How much denser the film is than its picture is dark, so that grooves stand out of bones too. Assumed."""
BARE = 62
"""Grey value of a sheet without a picture."""


def write(file: IO[bytes], cut: CutDisc, progress: Progress) -> int:
    """Render a disc and write it as PNG; gives the number of corners that its walls are drawn with."""
    from PIL import Image

    size = round(cut.disc.diameter_m * cut.dots_per_m) + 2
    if size * size > MAX_PIXELS:
        most = int((MAX_PIXELS**0.5 - 2.5) / cut.disc.diameter_m * 25.4e-3)
        raise FormatError(f"a picture {size} pixels wide is too large; give --dpi {most} or less")
    walls, rim = _walls(cut.groove, cut.dots_per_m, size), _outline(cut.disc, cut.dots_per_m, size)
    film = _fitted(cut.film.grey if cut.film else None, size)
    picture = np.empty((size, size, 3), np.uint8)
    tops = range(0, size, BAND_ROWS)

    def one(top: int) -> None:
        rows = min(BAND_ROWS, size - top)
        groove = _coverage(walls, top, rows, size)
        disc = _coverage(rim, top, rows, size)
        shade = np.full((rows, size), BARE, np.float32) if film is None else film[top : top + rows].astype(np.float32)
        picture[top : top + rows] = _lit(shade / 255, groove, disc)

    with ThreadPoolExecutor(THREADS) as pool:
        for done, _ in enumerate(pool.map(one, tops), 1):
            progress("drawing the picture", done / len(tops))
    dpi = cut.dots_per_m * 25.4e-3
    Image.fromarray(picture).save(file, "PNG", dpi=(dpi, dpi), compress_level=4)
    return sum(len(x) for x, _ in walls)


def _lit(film: NDArray[Any], groove: NDArray[Any], disc: NDArray[Any]) -> NDArray[Any]:
    """Colours, (rows, columns, 3): where the emulsion is cut away the table's light comes through."""
    colour = DENSE + (film**DENSITY)[:, :, None] * (CLEAR - DENSE)
    colour += 0.95 * groove[:, :, None] * (np.array(TABLE) - colour)
    colour += (np.array(TABLE) - colour) * (1 - disc[:, :, None])
    out: NDArray[Any] = np.clip(colour + 0.5, 0, 255).astype(np.uint8)
    return out


def _coverage(shapes: list[tuple[NDArray[Any], NDArray[Any]]], top: int, rows: int, size: int) -> NDArray[Any]:
    cover = np.zeros((rows, size + 2), np.float32)
    for x, y in shapes:
        add_edges(cover, top, x, y)
    return np.clip(np.abs(np.cumsum(cover, axis=1, dtype=np.float32)[:, :size]), 0, 1)


def _walls(groove: Groove, dots_per_m: float, size: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """The groove's outline in pixels: along the outer wall, back along the inner, in pieces that share their ends."""
    fastest = groove.spiral.value.max() * 2 * np.pi * groove.turns_per_sample
    every = max(1, int(0.6 / dots_per_m / fastest))  # corners some half a pixel apart
    shapes = []
    for block in groove.blocks(every << 14):
        a, b = block.first, min(block.first + len(block.angle_rad), len(groove) - 1)
        picks = np.append(np.arange(a, b, every), b)
        turns = picks * groove.turns_per_sample
        middle = groove.spiral.at(turns) + groove.lateral_m[picks]
        half = np.interp(picks, a + np.arange(len(block.width_m)), block.width_m) / 2
        cos, sin = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
        outer, inner = (middle + half) * dots_per_m, (middle - half) * dots_per_m
        x = np.concatenate((outer * cos, (inner * cos)[::-1], outer[:1] * cos[:1])) + size / 2
        y = size / 2 - np.concatenate((outer * sin, (inner * sin)[::-1], outer[:1] * sin[:1]))
        shapes.append((x.astype(np.float32), y.astype(np.float32)))
    return shapes


def _outline(disc: Disc, dots_per_m: float, size: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Rim and hole in pixels, run round in opposite ways so that the hole is left out."""
    turn = np.linspace(0, 2 * np.pi, 4097)
    rim, hole = disc.diameter_m / 2 * dots_per_m, disc.hole_diameter_m / 2 * dots_per_m
    x, y = rim * np.cos(turn), rim * np.sin(turn)
    if disc.outline == "square":
        x, y = rim * np.array([1.0, -1, -1, 1, 1]), rim * np.array([1.0, 1, -1, -1, 1])
    return [
        (x + size / 2, size / 2 - y),
        (hole * np.cos(turn) + size / 2, size / 2 + hole * np.sin(turn)),
    ]


def _fitted(film: NDArray[Any] | None, size: int) -> NDArray[Any] | None:
    """The film's middle, enlarged to cover the disc."""
    if film is None:
        return None
    from PIL import Image

    rows, columns = film.shape
    side = min(rows, columns)
    left, top = (columns - side) / 2, (rows - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(Image.fromarray(film).resize((size, size), Image.Resampling.BICUBIC, box))
