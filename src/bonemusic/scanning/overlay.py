"""A scan with the track that was followed drawn over it, in colours of its confidence, and its worst places enlarged.

Colours run from blue (sure) to pale yellow (nothing seen): the lighter, the worse, so that grey says the same, and the
scan is dimmed under them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from .track import Track

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDEST_PX = 2060
"""Of the whole disc, beside which the enlarged places stand."""
PAGE_PX = 1030
INSET_PX, MARGIN_PX, ACROSS = 400, 24, 2
PANEL_PX = MARGIN_PX + ACROSS * (INSET_PX + MARGIN_PX)
MOST_PLACES = 8
ENLARGED = 4
WINDOW = 256
"""Samples over which confidence is averaged where the worst places are looked for."""
APART_M = 6e-3
UNSURE = 0.5
"""Below it the track is drawn as dots."""
STOPS = (0.0, 0.25, 0.5, 0.75, 1.0)
COLOURS = ((255, 246, 190), (250, 206, 90), (236, 150, 92), (120, 128, 170), (38, 112, 178))
"""At these confidences; lightness falls from each to the next (L* 96, 85, 70, 55, 46)."""
TINT, DIM = 0.85, 0.4
PAPER, INK, SOFT = (13, 18, 24), (236, 241, 245), (168, 182, 194)


@dataclass(frozen=True)
class Spot:
    """A place that is shown enlarged: where in the picture, which sample, and how sure the track is around it."""

    x_px: float
    y_px: float
    sample: int
    confidence: float


def colour(confidence: NDArray[Any]) -> NDArray[Any]:
    """Red, green and blue, uint8, (…, 3), of confidences from 0 to 1."""
    given = np.asarray(confidence, np.float64)
    return np.stack([np.rint(np.interp(given, STOPS, each)) for each in np.array(COLOURS).T], -1).astype(np.uint8)


def worst(track: Track, count: int = MOST_PLACES) -> tuple[Spot, ...]:
    """The places where the most of the track is unsure, worst first, none nearer to another than 6 mm.

    What is unsure in one piece is one place, shown in its middle.
    """
    whole = len(track.confidence) // WINDOW * WINDOW
    if not whole:
        return ()
    means = track.confidence[:whole].reshape(-1, WINDOW).mean(1, dtype=np.float64)
    low = means < UNSURE
    begins = np.flatnonzero(~(low & np.r_[False, low[:-1]]))
    ends = np.r_[begins[1:], len(means)]
    order = np.argsort(-np.add.reduceat(1 - means, begins), kind="stable")[: 400 * count]
    samples = (begins[order] + ends[order]) * WINDOW // 2
    angle = track.start_rad + 2 * np.pi * samples / track.steps_per_turn
    radius = np.asarray(track.radius_m, np.float64)[samples]
    across, up = radius * np.cos(angle), radius * np.sin(angle)
    x, y = track.geometry.pixels(radius, angle)
    taken: list[int] = []
    for k in range(len(order)):
        if len(taken) == count:
            break
        if all(np.hypot(across[k] - across[j], up[k] - up[j]) >= APART_M for j in taken):
            taken.append(k)
    sure = means[samples // WINDOW]
    return tuple(Spot(float(x[k]), float(y[k]), int(samples[k]), float(sure[k])) for k in taken)


def drawn(disc: NDArray[Any], grey: NDArray[Any], tone: NDArray[Any], track: Track) -> Image:
    """The whole disc at the left, at most 2,060 px wide; a scale and the worst places, four times enlarged, beside it.

    Parameters
    ----------
    disc : ndarray, uint8, (rows, columns, 3)
        Its `overview`.
    grey : ndarray, uint8 or uint16, (rows, columns)
    tone : ndarray, uint8, (256,) or (65536,)
        What each value looks like.
    track : Track

    Returns
    -------
    PIL Image
        RGB, at most 3,000 px wide.
    """
    from PIL import Image, ImageDraw

    factor = _factor(grey)
    spots = worst(track)
    lines = -(-len(spots) // ACROSS)
    below = 150
    height = max(len(disc), below + lines * (INSET_PX + 2 * MARGIN_PX + 16))
    page = Image.new("RGB", (disc.shape[1] + PANEL_PX, height), PAPER)
    page.paste(Image.fromarray(disc), (0, 0))
    pen = ImageDraw.Draw(page)
    left = disc.shape[1] + MARGIN_PX
    _scale(page, pen, left)
    for number, spot in enumerate(spots, 1):
        x = left + (number - 1) % ACROSS * (INSET_PX + MARGIN_PX)
        y = below + (number - 1) // ACROSS * (INSET_PX + 2 * MARGIN_PX + 16)
        turn = spot.sample / track.steps_per_turn
        pen.text((x, y), f"{number}   turn {turn:.1f}   sure {spot.confidence:.2f}", INK, _font(20))
        page.paste(_enlarged(grey, tone, track, spot), (x, y + 30))
        _mark(pen, (spot.x_px + 0.5) / factor, (spot.y_px + 0.5) / factor, number, disc.shape)
    return page


def write(file: IO[bytes], page: Image) -> None:
    """Write it as PNG: the same picture, the same bytes."""
    page.save(file, "PNG", compress_level=6)


def as_jpeg(disc: NDArray[Any]) -> bytes:
    """An `overview` as a page may hold it: no side longer than 1,030 px."""
    from PIL import Image

    every = max(1, -(-max(disc.shape) // PAGE_PX))
    rows, columns = len(disc) // every, disc.shape[1] // every
    # the lightest of each square: a mean would hide the track, and what was not seen of it
    small = disc[: rows * every, : columns * every].reshape(rows, every, columns, every, 3).max((1, 3))
    held = io.BytesIO()
    Image.fromarray(small).save(held, "JPEG", quality=82)
    return held.getvalue()


def overview(grey: NDArray[Any], tone: NDArray[Any], track: Track) -> NDArray[Any]:
    """The whole picture with the track laid over it: uint8, (rows, columns, 3), no side longer than 2,060."""
    factor = _factor(grey)
    small = np.empty((len(grey) // factor, grey.shape[1] // factor), np.uint8)
    mean_squares(grey, tone, factor, small)
    total, count = np.zeros(small.shape, np.float32), np.zeros(small.shape, np.float32)
    at = track.geometry
    along(
        track.radius_m, track.confidence, track.start_rad, 2 * np.pi / track.steps_per_turn,
        (at.x_px + 0.5) / factor, (at.y_px + 0.5) / factor, at.across_per_m / factor, at.down_per_m / factor,
        total, count,
    )  # fmt: skip
    sure = np.divide(total, count, out=np.full(total.shape, np.inf, np.float32), where=count > 0)
    _widen(sure)
    seen = np.repeat((small * DIM).astype(np.uint8)[:, :, None], 3, 2)
    there = np.isfinite(sure)
    seen[there] = np.rint(TINT * colour(sure[there]) + (1 - TINT) * seen[there]).astype(np.uint8)
    return seen


def _widen(sure: NDArray[Any]) -> None:
    """Let what is unsure take the pixels around it too: a speck of dust is smaller than a pixel of the whole disc."""
    low = np.where(sure < UNSURE, sure, np.inf).astype(np.float32)
    for axis in (0, 1):
        for step in (1, -1):
            np.minimum(sure, np.roll(low, step, axis), out=sure)


@kernel
def mean_squares(grey: NDArray[Any], tone: NDArray[Any], factor: int, out: NDArray[Any]) -> None:
    """The mean look of each square of `factor` pixels; pixels beyond the last whole square are left out."""
    rows, columns = out.shape
    sums = np.zeros(columns, np.int64)
    for row in range(rows):
        sums[:] = 0
        for y in range(row * factor, (row + 1) * factor):
            for column in range(columns):
                part = 0
                for x in range(column * factor, (column + 1) * factor):
                    part += int(tone[grey[y, x]])
                sums[column] += part
        for column in range(columns):
            out[row, column] = sums[column] // (factor * factor)


@kernel
def along(
    radius_m: NDArray[Any],
    confidence: NDArray[Any],
    start_rad: float,
    step_rad: float,
    x: float,
    y: float,
    across_per_m: float,
    down_per_m: float,
    total: NDArray[Any],
    count: NDArray[Any],
) -> None:
    """Add each sample's confidence to the pixel it lies in, and count it; corners of pixels are at whole numbers."""
    rows, columns = total.shape
    for k in range(len(radius_m)):
        angle = start_rad + k * step_rad
        across = x + across_per_m * radius_m[k] * np.cos(angle)
        down = y - down_per_m * radius_m[k] * np.sin(angle)
        if 0 <= across < columns and 0 <= down < rows:
            total[int(down), int(across)] += confidence[k]
            count[int(down), int(across)] += 1


def _factor(grey: NDArray[Any]) -> int:
    return max(1, -(-int(max(grey.shape)) // WIDEST_PX))


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _scale(page: Image, pen: ImageDraw, left: int) -> None:
    """What the colours mean, from sure to nothing seen."""
    from PIL import Image

    wide = PANEL_PX - 2 * MARGIN_PX
    bar = np.repeat(colour(np.linspace(1, 0, wide))[None], 28, 0)
    pen.text((left, MARGIN_PX - 6), "How sure the track is", INK, _font(24))
    page.paste(Image.fromarray(bar), (left, MARGIN_PX + 32))
    names = ((0.0, "1  groove", "la"), (0.5, "0.5  dots from here", "ma"), (1.0, "0  nothing seen", "ra"))
    for at, name, anchor in names:
        pen.text((left + at * wide, MARGIN_PX + 66), name, SOFT, _font(18), anchor)


def _mark(pen: ImageDraw, x: float, y: float, number: int, shape: tuple[int, ...]) -> None:
    """A ring around a place, black and white so that it is seen on any ground, and its number."""
    for radius, ink in ((15, PAPER), (13, INK), (11, PAPER)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=2)
    beside = x + 20 if x + 44 < shape[1] else x - 34
    pen.text((beside, min(max(y, 14), shape[0] - 14)), f"{number}", INK, _font(26), "lm", stroke_width=3,
             stroke_fill=PAPER)  # fmt: skip


def _enlarged(grey: NDArray[Any], tone: NDArray[Any], track: Track, spot: Spot) -> Image:
    """A square of the picture around a place, and the track through it."""
    from PIL import Image, ImageDraw

    side = INSET_PX // ENLARGED
    left = int(np.clip(round(spot.x_px) - side // 2, 0, max(0, grey.shape[1] - side)))
    top = int(np.clip(round(spot.y_px) - side // 2, 0, max(0, len(grey) - side)))
    cut = tone[grey[top : top + side, left : left + side]]
    shown = Image.fromarray(np.repeat(np.repeat(cut, ENLARGED, 0), ENLARGED, 1)).convert("RGB")
    pen = ImageDraw.Draw(shown)
    for samples in _through(track, left, top, side):
        _trace(pen, track, samples, left, top)
    pen.rectangle((0, 0, shown.width - 1, shown.height - 1), outline=SOFT)
    return shown


def _through(track: Track, left: int, top: int, side: int) -> list[NDArray[Any]]:
    """The samples of each turn that crosses a square of the picture."""
    corners = np.array([[0, 0], [0, side], [side, 0], [side, side]])
    radius, angle = track.geometry.polar(left - 0.5 + corners[:, 1], top - 0.5 + corners[:, 0])
    middle = track.geometry.polar(np.array([left + side / 2]), np.array([top + side / 2]))[1][0]
    half = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi).max()
    per, count = track.steps_per_turn, len(track.radius_m)
    first = ((middle - half - track.start_rad) / (2 * np.pi)) % 1.0 - 1.0
    lanes = []
    for turn in range(int(count / per) + 2):
        a, b = (int((first + turn + part) * per) for part in (0.0, half / np.pi))
        lane = np.arange(max(a, 0), min(b, count))
        if len(lane) and radius.min() < track.radius_m[lane[len(lane) // 2]] < radius.max():
            lanes.append(lane)
    return lanes


def _trace(pen: ImageDraw, track: Track, samples: NDArray[Any], left: int, top: int) -> None:
    """One turn through an enlarged place: a line with a dark edge, and dots where it is unsure."""
    angle = track.start_rad + 2 * np.pi * samples / track.steps_per_turn
    x, y = track.geometry.pixels(np.asarray(track.radius_m, np.float64)[samples], angle)
    sure = track.confidence[samples]
    step = max(1, int(0.5 / max(float(np.hypot(x[1] - x[0], y[1] - y[0])), 1e-3))) if len(x) > 1 else 1
    whole = len(x) // step
    if whole < 2:
        return
    # half a pixel of the picture to a point: means, so that no short gap is passed over
    at = np.stack([x, y], 1)[: whole * step].reshape(whole, step, 2).mean(1)
    at = (at - [left - 0.5, top - 0.5]) * ENLARGED
    sure = sure[: whole * step].reshape(whole, step).mean(1)
    inks = [tuple(int(v) for v in ink) for ink in colour(sure)]
    for k in range(whole - 1):
        line = (*at[k], *at[k + 1])
        if sure[k] >= UNSURE:
            pen.line(line, PAPER, 5)
    for k in range(whole - 1):
        px, py = at[k]
        if sure[k] >= UNSURE:
            pen.line((px, py, *at[k + 1]), inks[k], 3)
        elif k % 5 == 0:
            pen.ellipse((px - 3, py - 3, px + 3, py + 3), inks[k], PAPER)
