"""Film, groove and table in one pass over the rows of a picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from .tones import FINE, TONES


@kernel
def shine(
    out: NDArray[Any], top: int, inside: NDArray[Any], lines: NDArray[Any], marks: NDArray[Any], rim: NDArray[Any],
    marked: bool, grey: NDArray[Any], around: NDArray[Any], across: NDArray[Any], ends: bool, film: NDArray[Any],
    groove: NDArray[Any], index: NDArray[Any], glint: float, towards: float, x0: float, y0: float, label: float,
    rim_light: float,
) -> None:  # fmt: skip
    """Paint rows of a picture.

    Parameters
    ----------
    out : ndarray, uint8, (rows, columns)
        Gets colours of the palette.
    top : int
        The picture's row that out[0] is.
    inside, lines, marks, rim : ndarray, float32, (rows, columns + 2)
        Differences of coverage of the disc, of the groove, of the label and all other lines, and of the disc's edge, as
        `coverage.add_edges` leaves them, positive inside.
    marked : bool
        Whether there is anything in `marks`; else it is not looked at.
    grey, around, across, ends
        The film: see `under.Under`.
    film, groove, index
        See `tones.Tones`.
    glint, towards : float
        How much is added where grooves glint, and in which direction from the centre, radians.
    x0, y0 : float
        The groove's centre, pixels.
    label : float
        How bright labels are.
    rim_light : float
        What the edge is multiplied by.
    """
    rows, columns = out.shape
    high, wide = grey.shape
    cos, sin = math.cos(towards), math.sin(towards)
    paper = index[TONES]
    bare = np.empty(len(film), np.uint8)  # most of a picture is film and nothing else
    for g in range(len(film)):
        bare[g] = index[int(film[g] * TONES + 0.5)]
    for row in range(rows):
        y = top + row + 0.5
        within = cut = mark = edge = 0.0
        for column in range(columns):
            within += inside[row, column]
            cut += lines[row, column]
            edge += rim[row, column]
            if marked:
                mark += marks[row, column]
            if within < 1e-3:
                out[row, column] = paper
                continue
            x = column + 0.5
            u, v = across[0] * x + across[1] * y + across[2], across[3] * x + across[4] * y + across[5]
            share = min(within, 1.0)
            if ends and not (0.0 <= u < wide - 1.0 and 0.0 <= v < high - 1.0):
                # half a pixel beyond the middles of the outermost pixels the film ends, over a pixel of the picture
                left = min(min(u + 0.5, wide - 0.5 - u), min(v + 0.5, high - 0.5 - v))
                pixel = math.sqrt(across[0] * across[0] + across[1] * across[1])
                share *= min(max(left / pixel + 0.5, 0.0), 1.0)
                if share <= 0.0:
                    out[row, column] = paper
                    continue
                u, v = min(max(u, 0.0), wide - 1.001), min(max(v, 0.0), high - 1.001)
            i, k = int(v), int(u)
            p, q = u - k, v - i
            over = grey[i, k] + p * (float(grey[i, k + 1]) - float(grey[i, k]))
            below = grey[i + 1, k] + p * (float(grey[i + 1, k + 1]) - float(grey[i + 1, k]))
            g = int((over + q * (below - over)) * FINE + 0.5)
            if cut <= 1e-4 and edge <= 1e-4 and mark <= 1e-4 and share > 0.999:
                out[row, column] = bare[g]
                continue
            light = film[g]
            if cut > 1e-4:
                line = groove[int(around[i, k]) * FINE]
                if glint > 0.0:
                    dx, dy = x - x0, y0 - y
                    along = dx * cos + dy * sin
                    beam = along * along / (dx * dx + dy * dy + 1e-9)
                    beam *= beam
                    line += glint * beam * beam
                light += min(cut, 1.0) * (line - light)
            if mark > 1e-4:
                light += min(mark, 1.0) * (label - light)
            if edge > 1e-4:
                light *= 1.0 - min(edge, 1.0) * (1.0 - rim_light)
            light = 1.0 + share * (light - 1.0)
            out[row, column] = index[int(min(max(light, 0.0), 1.0) * TONES + 0.5)]


@kernel
def ink(out: NDArray[Any], cover: NDArray[Any], first: int, levels: int) -> None:
    """Draw lines in their colour over what is there.

    Parameters
    ----------
    out : ndarray, uint8, (rows, columns)
        Colours of the palette; 0 is the ground.
    cover : ndarray, float32, (rows, columns + 2)
        Differences of coverage, positive inside.
    first, levels : int
        The colours from `first` on go from nearly the ground's to the line's own.
    """
    rows, columns = out.shape
    for row in range(rows):
        covered = 0.0
        for column in range(columns):
            covered += cover[row, column]
            level = int(min(max(covered, 0.0), 1.0) * levels + 0.5)
            if level > 0 and (2 * level >= levels or out[row, column] == 0):
                out[row, column] = first + level - 1
