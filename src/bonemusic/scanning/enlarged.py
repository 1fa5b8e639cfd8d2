"""A scan's whole disc with the track over it, a scale of its colours, and the worst places enlarged: one picture."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .overlay import RING, UNSURE, Spot, colour, factor_of, worst
from .rings import Rings
from .track import Track

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

INSET_PX, MARGIN_PX, ACROSS = 400, 24, 2
PANEL_PX = MARGIN_PX + ACROSS * (INSET_PX + MARGIN_PX)
ENLARGED = 4
BELOW_PX, CAPTION_PX = 196, 30
PAPER, INK, SOFT = (13, 18, 24), (236, 241, 245), (168, 182, 194)


def drawn(disc: NDArray[Any], grey: NDArray[Any], tone: NDArray[Any], track: Track, rings: Rings) -> Image:
    """The whole disc at the left, at most 2,060 px wide; keys and the worst places, four times enlarged, beside it.

    Parameters
    ----------
    disc : ndarray, uint8, (rows, columns, 3)
        Its `overview`.
    grey : ndarray, uint8 or uint16, (rows, columns)
    tone : ndarray, uint8, (256,) or (65536,)
        What each value looks like.
    track : Track
    rings : Rings
        That are drawn on `disc`.

    Returns
    -------
    PIL Image
        RGB, at most 3,000 px wide.
    """
    from PIL import Image, ImageDraw

    factor = factor_of(grey)
    spots = worst(track)
    lines = -(-len(spots) // ACROSS)
    line = INSET_PX + CAPTION_PX + 2 * MARGIN_PX - 14
    height = max(len(disc), BELOW_PX + lines * line)
    page = Image.new("RGB", (disc.shape[1] + PANEL_PX, height), PAPER)
    page.paste(Image.fromarray(disc), (0, 0))
    pen = ImageDraw.Draw(page)
    left = disc.shape[1] + MARGIN_PX
    _scale(page, pen, left)
    _rings(pen, left, rings)
    for number, spot in enumerate(spots, 1):
        x = left + (number - 1) % ACROSS * (INSET_PX + MARGIN_PX)
        y = BELOW_PX + (number - 1) // ACROSS * line
        turn = spot.sample / track.steps_per_turn
        pen.text((x, y), f"{number}   turn {turn:.1f}   sure {spot.confidence:.2f}", INK, _font(20))
        page.paste(_enlarged(grey, tone, track, spot), (x, y + CAPTION_PX))
        _mark(pen, (spot.x_px + 0.5) / factor, (spot.y_px + 0.5) / factor, number, disc.shape)
    return page


def write(file: IO[bytes], page: Image) -> None:
    """Write it as PNG: the same picture, the same bytes."""
    page.save(file, "PNG", compress_level=6)


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


def _rings(pen: ImageDraw, left: int, rings: Rings) -> None:
    """What the dashed lines are, and how wide."""
    named = (("rim", rings.rim), ("label", rings.label), ("hole", rings.hole))
    told = [f"{name} {2e3 * ring.radius_m:.1f} mm" for name, ring in named if ring is not None]
    unseen = [name for name, ring in named if ring is None]
    y = MARGIN_PX + 116
    for dash in range(3) if told else ():
        pen.line((left + 22 * dash, y, left + 22 * dash + 12, y), RING, 3)
    words = ", ".join(told) + (("; " if told else "") + f"not seen: {', '.join(unseen)}" if unseen else "")
    pen.text((left + (76 if told else 0), y), words, INK, _font(20), "lm")


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
