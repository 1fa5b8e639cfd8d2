"""Where on a film a disc lies: where it is told to, or where most of the picture is under the groove."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..errors import FitError
from ..pictures.film import Film, Laid
from ..units import length_text
from . import detail
from . import outline as outlines
from .outline import Outline

WIDTH_M = (5e-3, 5.0)
"""Sheets are not smaller or larger than this."""
LEAST_PIXELS = 16
"""A picture of fewer along a side shows nothing."""
APART = (0.6, 0.4, 0.2)
"""How far apart, in parts of the disc, places are looked for, the furthest first; those nearer than the last look the
same."""
TOUCH_M = 1e-6
"""Rounding of places as they are spelt."""
TURNS_RAD = (0.0, math.pi / 2, math.pi, 3 * math.pi / 2)


@dataclass(frozen=True)
class Room:
    """Where on a film the middle of a disc may lie, from the film's middle, for one angle."""

    angle_rad: float
    left_m: float
    right_m: float
    bottom_m: float
    top_m: float

    @property
    def is_any(self) -> bool:
        """Whether the disc lies on the film at all."""
        return self.left_m <= self.right_m + TOUCH_M and self.bottom_m <= self.top_m + TOUCH_M


def dots_per_m_of(film: Film, width_m: float | None, outline: Outline) -> tuple[float, str | None]:
    """How many of a film's pixels are a metre.

    Parameters
    ----------
    film : Film
    width_m : float or None
        How wide the sheet is said to be.
    outline : Outline
        The film is taken to just hold it where nobody tells its size, as it lies or turned by a quarter.

    Returns
    -------
    dots_per_m : float
    note : str or None
        What had to be assumed.

    Raises
    ------
    FitError
        The picture is too small to be a film.
    """
    rows, columns = film.grey.shape
    if min(rows, columns) < LEAST_PIXELS:
        raise FitError(
            f"the picture is {columns} × {rows} pixels, which is no film's; take one of {LEAST_PIXELS} and more along "
            "each side"
        )
    if width_m is not None:
        return columns / width_m, None
    told = film.dots_per_m
    if told is not None and told > 0 and WIDTH_M[0] <= columns / told <= WIDTH_M[1]:
        return told, None
    boxes = [outline.turned(angle).box_m for angle in (0.0, math.pi / 2)]
    fits = [min(columns / (right - left), rows / (top - bottom)) for left, bottom, right, top in boxes]
    dots_per_m = max(fits)
    why = "tells no size" if told is None else "tells a size that no sheet has"
    return dots_per_m, (
        f"the picture {why}: the sheet was taken as {1e3 * columns / dots_per_m:.4g} mm wide, which just holds the "
        "disc; give --sheet-width"
    )


def lay(
    film: Film,
    dots_per_m: float,
    place: tuple[float, float, float] | None,
    outline: Outline,
    ring_m: tuple[float, float],
) -> tuple[Laid, str | None]:
    """Lay a film under a disc.

    Parameters
    ----------
    film : Film
    dots_per_m : float
        As `dots_per_m_of` finds it.
    place : (x_m, y_m, angle_rad) or None
        Where the disc's centre lies, from the film's middle, right and up, and how far the film is turned
        counter-clockwise under it; None: where most of the picture is under the groove.
    outline : Outline
    ring_m : (float, float)
        Inner and outer radius of the groove.

    Returns
    -------
    laid : Laid
    note : str or None

    Raises
    ------
    FitError
        The outline does not lie wholly on the film.
    """
    if place is not None:
        _refuse_off(film, dots_per_m, place, outline)
        return Laid(film.grey, dots_per_m, *place), None
    found = several(film, dots_per_m, outline, ring_m, 1)[0]
    blank = not detail.of(film.grey)[0].any()
    return found, "the film is blank: the disc was laid on its middle" if blank else None


def several(film: Film, dots_per_m: float, outline: Outline, ring_m: tuple[float, float], count: int = 6) -> list[Laid]:
    """The best places for a disc on a film that look different from each other, best first; no more than there are.

    Parameters
    ----------
    film : Film
    dots_per_m : float
    outline : Outline
    ring_m : (float, float)
        Inner and outer radius of the groove.
    count : int

    Raises
    ------
    FitError
        The film is smaller than the disc.
    """
    angles = (0.0,) if outline.corners is None else TURNS_RAD[:2]
    rooms = [room for room in (_room(film, dots_per_m, outline, angle) for angle in angles) if room.is_any]
    if not rooms:
        raise _too_small(film, dots_per_m, outline)
    x, y, turn, worth = _judged(film, dots_per_m, rooms, ring_m)
    left, bottom, right, top = outline.box_m
    size_m = max(right - left, top - bottom)
    picked: list[int] = []
    for apart_m in (share * size_m for share in APART):
        free = np.ones(len(x), bool)
        for k in picked:
            free &= _differs(x, y, turn, k, apart_m)
        while len(picked) < count and free.any():
            picked.append(int(np.argmax(np.where(free, worth, -np.inf))))
            free &= _differs(x, y, turn, picked[-1], apart_m)
    picked.sort(key=lambda k: -float(worth[k]))
    chosen = [(float(x[k]), float(y[k]), float(turn[k])) for k in picked]
    for quarter, (at_x, at_y, angle) in product(TURNS_RAD[1:], tuple(chosen)):  # the same place, the label turned
        turned = (at_x, at_y, (angle + quarter) % (2 * math.pi))
        new = all(math.dist(turned[:2], other[:2]) >= APART[-1] * size_m or turned[2] != other[2] for other in chosen)
        if len(chosen) < count and new and _lies(film, dots_per_m, turned, outline):
            chosen.append(turned)
    return [Laid(film.grey, dots_per_m, *each) for each in chosen]


def spelt(laid: Laid) -> str:
    """Where a disc lies, as `--place` takes it: "12.5mm,-30mm,90"."""
    x, y = (f"{1e3 * value + 0.0:.8g}mm" for value in (laid.x_m, laid.y_m))
    return f"{x},{y},{math.degrees(laid.angle_rad) + 0.0:.7g}"


def _differs(x: NDArray[Any], y: NDArray[Any], turn: NDArray[Any], k: int, apart_m: float) -> NDArray[Any]:
    """Which places do not look like place k."""
    differs: NDArray[Any] = (np.hypot(x - x[k], y - y[k]) >= apart_m) | (turn != turn[k])
    return differs


def _room(film: Film, dots_per_m: float, outline: Outline, angle_rad: float) -> Room:
    half_height, half_width = (side / dots_per_m / 2 for side in film.grey.shape)
    left, bottom, right, top = outline.turned(angle_rad).box_m
    return Room(angle_rad, -half_width - left, half_width - right, -half_height - bottom, half_height - top)


def _lies(film: Film, dots_per_m: float, place: tuple[float, float, float], outline: Outline) -> bool:
    room = _room(film, dots_per_m, outline, place[2])
    return (
        room.left_m - TOUCH_M <= place[0] <= room.right_m + TOUCH_M
        and room.bottom_m - TOUCH_M <= place[1] <= room.top_m + TOUCH_M
    )


def _refuse_off(film: Film, dots_per_m: float, place: tuple[float, float, float], outline: Outline) -> None:
    """`FitError` where the disc does not lie on the film: by how much, and what would."""
    if _lies(film, dots_per_m, place, outline):
        return
    room = _room(film, dots_per_m, outline, place[2])
    if not room.is_any:
        if any(_room(film, dots_per_m, outline, angle).is_any for angle in TURNS_RAD[:2]):
            raise FitError(
                f"turned by {math.degrees(place[2]):.4g}° the disc does not lie on the sheet "
                f"({_size(film, dots_per_m)}); leave the angle out, or turn it by 90"
            )
        raise _too_small(film, dots_per_m, outline)
    x, y = place[:2]
    beyond = {
        "left": room.left_m - x, "right": x - room.right_m, "lower": room.bottom_m - y, "upper": y - room.top_m,
    }  # fmt: skip
    edges = " and ".join(f"{length_text(m)} over its {edge} edge" for edge, m in beyond.items() if m > TOUCH_M)
    raise FitError(
        f"the disc does not lie on the sheet ({_size(film, dots_per_m)}) there: it reaches {edges}; its middle may "
        f"lie from {_mm(room.left_m)} to {_mm(room.right_m)} mm across and from {_mm(room.bottom_m)} to "
        f"{_mm(room.top_m)} mm up, or --place best finds a place"
    )


def _mm(value_m: float) -> str:
    return f"{1e3 * value_m + 0.0:.1f}"


def _size(film: Film, dots_per_m: float) -> str:
    rows, columns = film.grey.shape
    return f"{1e3 * columns / dots_per_m:.4g} × {1e3 * rows / dots_per_m:.4g} mm"


def _too_small(film: Film, dots_per_m: float, outline: Outline) -> FitError:
    known = [presets.disc(name) for name in presets.names("discs")]
    fitting = [
        disc
        for disc in sorted(known, key=lambda disc: -disc.diameter_m)
        if any(_room(film, dots_per_m, outlines.of(disc), angle).is_any for angle in TURNS_RAD[:2])
    ]
    names = ", ".join(disc.name for disc in fitting[:3])
    smaller = f"take a smaller disc ({names})" if names else "take a larger sheet"
    left, bottom, right, top = outline.box_m
    disc = f"{1e3 * (right - left):.4g}" + (f" × {1e3 * (top - bottom):.4g}" if outline.corners is not None else "")
    return FitError(
        f"the sheet is {_size(film, dots_per_m)} and the disc {disc} mm: {smaller}, or give the sheet's true size with "
        "--sheet-width"
    )


def _judged(
    film: Film, dots_per_m: float, rooms: list[Room], ring_m: tuple[float, float]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Places about a pixel of the copy apart: x, y, angle, and how much of the picture is under the groove there."""
    picture, dots = detail.of(film.grey)
    per_m = dots_per_m * dots
    under = detail.under(picture, per_m, ring_m)
    rows, columns = picture.shape
    found = []
    for room in rooms:
        xs, ys = _steps(room.left_m, room.right_m, per_m), _steps(room.bottom_m, room.top_m, per_m)
        column = np.clip((xs * per_m + (columns - 1) / 2).round().astype(int), 0, columns - 1)
        row = np.clip(((rows - 1) / 2 - ys * per_m).round().astype(int), 0, rows - 1)
        x, y = np.meshgrid(xs, ys)
        found.append((x.ravel(), y.ravel(), np.full(x.size, room.angle_rad), under[np.ix_(row, column)].ravel()))
    x, y, turn, worth = (np.concatenate(each) for each in zip(*found, strict=True))
    most = max(float(worth.max()), 1e-9)
    # of places as good as each other the one nearest to the middle, as it lies
    reach_m = math.hypot(rows, columns) / per_m
    return x, y, turn, np.round(worth / most, 6) - 1e-6 * (np.hypot(x, y) / reach_m + turn)


def _steps(low_m: float, high_m: float, per_m: float) -> NDArray[Any]:
    """Tenths of millimetres, about a pixel apart, from one end to the other; the middle where there is only one."""
    first_m, last_m = math.ceil(low_m * 1e4) / 1e4, math.floor(high_m * 1e4) / 1e4
    if high_m - low_m < 1 / per_m or first_m > last_m:
        return np.round([(low_m + high_m) / 2], 7)  # as finely as a place is spelt
    steps = np.clip(np.round(np.linspace(low_m, high_m, int((high_m - low_m) * per_m) + 1), 4), first_m, last_m)
    return np.append(steps, 0.0) if first_m < 0 < last_m else steps
