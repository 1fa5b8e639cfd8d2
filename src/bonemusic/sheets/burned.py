"""Names and dates burned into a picture: found as lines of letters, masked by what lies around, and told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..pictures.film import Film
from ..pictures.values import BURNED
from .ends import reach
from .marks import BOTTOM, DEEPEST, INK, LEFT, RIGHT, TOP, above_grain, ink, marks, standing_out
from .rows import TURNED, height, looks_written, rows_of

MOST_LOOKED_AT_PX = 6_000_000
"""Larger pictures are looked at reduced: 2450 pixels across, on which letters of 1 % of the width have 24."""
SCALES = (1, 2, 4)
LEAST_INK = 28
SURE, NEAR_SURE = 0.0, -4.5
"""From where on a row is writing by itself, and where beside such a one."""
LEAST_BESIDE = 50.0
"""What a single letter beside writing stands out by at least, of 255."""
MOST_PLACES = 400
MOST_NOTES = 8


class Box(NamedTuple):
    """A place in a picture, in pixels: from `left` and `top` up to, not with, `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int


class _Row(NamedTuple):
    """Letters in a row, in pixels of the picture looked at; and how they look."""

    left: float
    top: float
    right: float
    bottom: float
    tall: float
    deep: float
    score: float
    dark: bool
    turned: bool
    scale: int
    ink: float


def masked(film: Film) -> Film:
    """The film without what is written in it; its notes say where something was.

    Single letters stay: they are the side markers R and L, and name nobody.
    """
    from .mending import mended

    places = find(film.grey)
    grey = mended(film.grey, places) if places else film.grey
    return replace(film, grey=grey, notes=masked_notes(film, places))


def masked_notes(film: Film, places: tuple[Box, ...]) -> tuple[str, ...]:
    """The film's notes, and what is to be said of these places, or of a file that says there are some."""
    if places:
        return (*film.notes, *told(places, film.grey, film.dots_per_m))
    if BURNED in film.notes:
        return (*film.notes, "no writing was found in it; look at the corners and margins")
    return film.notes


def find(grey: NDArray[Any], others: Iterable[NDArray[Any]] = ()) -> tuple[Box, ...]:
    """Where something is written.

    Lines of at least two or three letters in bright or dark ink, along or down the picture, also over bone: from 8 px
    high up to 7 % of a picture 2500 px wide.

    Parameters
    ----------
    grey : ndarray, uint8, (rows, columns)
    others : iterable of the same
        The same picture in other tones, which show what is all black or all white in this one.

    Returns
    -------
    tuple of Box
        Each with a margin around the letters, from the top down.
    """
    boxes = [box for look in chain((grey,), others) for box in _found(look)]
    return tuple(sorted(_joined(boxes), key=lambda box: (box.top, box.left)))


def told(places: tuple[Box, ...], grey: NDArray[Any], dots_per_m: float | None) -> tuple[str, ...]:
    """A line for each place: where it is and how large, in the film's own millimetres or in per cent of it."""
    lines = [f"something like writing {_where(box, grey, dots_per_m)} is masked" for box in places[:MOST_NOTES]]
    if len(places) > MOST_NOTES:
        lines.append(f"something like writing is masked at {len(places) - MOST_NOTES} more places")
    lines[-1] += "; look whether more is there"
    return tuple(lines)


def _found(grey: NDArray[Any]) -> list[Box]:
    """All places of one tone."""
    factor = max(1, math.ceil(math.sqrt(grey.size / MOST_LOOKED_AT_PX)))
    look = _reduced(grey, factor)
    if min(look.shape) < 8:
        return []
    rows: list[_Row] = []
    for dark in (False, True):
        for scale in SCALES:
            if min(look.shape) >= 8 * scale:
                rows += _candidates(_reduced(look, scale), scale, dark)
    return [_grown(row, factor, grey.shape) for row in _to_their_ends(look, _chosen(rows))]


def _where(box: Box, grey: NDArray[Any], dots_per_m: float | None) -> str:
    """Such as: at the top left (12 × 30 mm, 5 mm from the left, 8 mm from the top)."""
    rows, columns = grey.shape
    high = ("top", "", "bottom")[min(2, 3 * (box.top + box.bottom) // (2 * rows))]
    wide = ("left", "", "right")[min(2, 3 * (box.left + box.right) // (2 * columns))]
    place = f"at the {high} {wide}".rstrip().replace("  ", " ") if high or wide else "in the middle"
    across, down, unit = 100 / columns, 100 / rows, "%"
    if dots_per_m is not None:
        across = down = 1000 / dots_per_m
        unit = "mm"
    width, tall = (box.right - box.left) * across, (box.bottom - box.top) * down
    size = f"{width:.3g} × {tall:.3g} {unit}"
    return f"{place} ({size}, {box.left * across:.3g} {unit} from the left, {box.top * down:.3g} {unit} from the top)"


def _reduced(grey: NDArray[Any], factor: int) -> NDArray[Any]:
    """Means of squares; what is left over at the right and below is left out."""
    if factor == 1:
        return np.ascontiguousarray(grey)
    rows, columns = grey.shape[0] // factor, grey.shape[1] // factor
    total = np.zeros((rows, columns), np.uint16 if factor <= 16 else np.uint32)
    for y in range(factor):
        for x in range(factor):
            total += grey[y : rows * factor : factor, x : columns * factor : factor]
    return (total // (factor * factor)).astype(np.uint8)


def _candidates(look: NDArray[Any], scale: int, dark: bool) -> list[_Row]:
    """All rows of marks that could be writing, in pixels of the unscaled picture."""
    look = 255 - look if dark else look
    out = above_grain(standing_out(look))
    table = marks(look, out, ink(out, LEAST_INK))
    found = []
    for turned in (False, True):
        for row in rows_of(np.ascontiguousarray(table[:, TURNED]) if turned else table):
            score = looks_written(row)
            if score < NEAR_SURE or (turned and len(row) < 3):
                continue
            box = [row[:, LEFT].min(), row[:, TOP].min(), row[:, RIGHT].max(), row[:, BOTTOM].max()]
            left, top, right, bottom = (float(each) * scale for each in (box[1::-1] + box[:1:-1] if turned else box))
            tall, deep = height(row) * scale, float(np.median(row[:, DEEPEST]))
            ink_of = float(np.median(row[:, INK]))
            found.append(_Row(left, top, right, bottom, tall, deep, score, dark, turned, scale, ink_of))
    return found


def _chosen(rows: list[_Row]) -> list[_Row]:
    """What is writing for sure, and what stands close to that, alike in height and colour."""
    sure = sorted((row for row in rows if row.score > SURE), key=lambda row: -row.score)[:MOST_PLACES]
    maybe = [row for row in rows if row.score <= SURE]
    news = sure
    while news and len(sure) < 2 * MOST_PLACES:
        near = _beside(maybe, news)
        news = [row for row, is_near in zip(maybe, near, strict=True) if is_near]
        maybe = [row for row, is_near in zip(maybe, near, strict=True) if not is_near]
        sure = sure + news
    return sure


def _beside(rows: list[_Row], others: list[_Row]) -> NDArray[Any]:
    """Which rows belong to a written one: a number after a name, the end of a line above."""
    left, top, right, bottom, tall, deep, _, dark, turned, _, _ = np.array(rows, float).reshape(-1, 11).T
    found = np.zeros(len(rows), bool)
    for other in others:
        across = np.maximum(left, other.left) - np.minimum(right, other.right)
        down = np.maximum(top, other.top) - np.minimum(bottom, other.bottom)
        along, off = (down, across) if other.turned else (across, down)
        taller = np.maximum(tall, other.tall)
        near = ((off < 0) & (along < 2.0 * taller)) | ((along < 0) & (off < 1.2 * taller))
        near &= (dark == other.dark) & (turned == other.turned) & (deep > max(LEAST_BESIDE, 0.45 * other.deep))
        found |= near & (0.45 * other.tall < tall) & (tall < 2.2 * other.tall)
    return found


def _to_their_ends(look: NDArray[Any], rows: list[_Row]) -> list[_Row]:
    """Rows with what of them was too faint to be found by itself."""
    done = []
    seen = {
        (scale, dark): _reduced(255 - look if dark else look, scale)
        for scale, dark in sorted({(row.scale, row.dark) for row in rows})
    }
    for row in rows:
        view = seen[row.scale, row.dark]
        left, top, right, bottom = (int(each / row.scale) for each in row[:4])
        if row.turned:
            first, last = reach(view.T, top, bottom, left, right, row.ink)
            done.append(row._replace(top=first * row.scale, bottom=last * row.scale))
        else:
            first, last = reach(view, left, right, top, bottom, row.ink)
            done.append(row._replace(left=first * row.scale, right=last * row.scale))
    return done


def _grown(row: _Row, factor: int, shape: tuple[int, ...]) -> Box:
    """A row with dots, accents and blur around its letters, in pixels of the picture."""
    along, off = 0.45 * row.tall + 3, 0.35 * row.tall + 3
    wide, high = (off, along) if row.turned else (along, off)
    return Box(
        max(0, math.floor((row.left - wide) * factor)),
        max(0, math.floor((row.top - high) * factor)),
        min(shape[1], math.ceil((row.right + wide) * factor)),
        min(shape[0], math.ceil((row.bottom + high) * factor)),
    )


def _joined(boxes: list[Box]) -> list[Box]:
    """Boxes that are nearly one become one: the same line seen at several scales, or words that touch."""
    done: list[Box] = []
    for box in sorted(boxes, key=lambda each: (each.left - each.right) * (each.bottom - each.top)):
        while True:
            for other in done:
                both = Box(*np.minimum(box[:2], other[:2]).tolist(), *np.maximum(box[2:], other[2:]).tolist())
                if _area(both) <= 1.12 * (_area(box) + _area(other) - _overlap(box, other)):
                    done.remove(other)
                    box = both
                    break
            else:
                done.append(box)
                break
    return done


def _area(box: Box) -> int:
    return (box.right - box.left) * (box.bottom - box.top)


def _overlap(one: Box, other: Box) -> int:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0, wide) * max(0, high)
