"""A disc as a picture of any size, painted in bands of rows: nothing of its full size is ever in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...progress import Progress
from ...spectral import THREADS
from ..base import CutDisc
from . import tones
from .light import ink, shine
from .packing import Packed, packed
from .shapes import Areas, Body, Frame, body, drawn, edges, solid
from .soften import Softened, groove_in
from .under import Under, under
from .walls import Walls

MAX_PIXELS = 2_000_000_000
BAND_PIXELS = 1 << 20
"""Of a band, about: its coverage fits a core's cache."""
_WHITE = (255, 255, 255)


class Picture(Protocol):
    """What paints bands of a picture."""

    @property
    def frame(self) -> Frame: ...
    @property
    def palette(self) -> NDArray[Any]: ...
    @property
    def corners(self) -> int: ...
    def paint(self, out: NDArray[Any], top: int, cover: NDArray[Any]) -> None:
        """Paint rows top … of it; `cover` is room to work in, (4, at least as many rows, columns + 2), float32."""


@dataclass(frozen=True)
class Lit:
    """A disc on its film, on the light box or on paper."""

    frame: Frame
    tones: tones.Tones
    inside: Areas
    rim: Areas
    walls: Walls | Softened
    marks: Areas
    under: Under

    @property
    def palette(self) -> NDArray[Any]:
        """Colours, uint8, (256, 3)."""
        return self.tones.palette

    @property
    def corners(self) -> int:
        """Corners that the groove's walls are drawn with."""
        return len(self.walls)

    def cover(self, cover: NDArray[Any], top: int) -> bool:
        """Coverage of rows top … by the disc, groove, label and the disc's edge; whether there is any of a label."""
        marked = self.marks.touch(top, cover.shape[1])
        for room, shapes in zip(
            cover, (self.inside, self.walls, self.marks if marked else None, self.rim), strict=True
        ):
            if shapes is not None:
                room[:] = 0.0
                shapes.add(room, top)
        return marked

    def paint(self, out: NDArray[Any], top: int, cover: NDArray[Any]) -> None:
        """Paint rows top … of it."""
        cover = cover[:, : len(out)]
        self.light(out, top, cover, self.cover(cover, top), self.under)

    def light(self, out: NDArray[Any], top: int, cover: NDArray[Any], marked: bool, film: Under) -> None:
        """Paint rows whose coverage is known, over a film."""
        look = self.tones
        shine(
            out, top, cover[0], cover[1], cover[2], cover[3], marked, film.grey, film.around, film.across, film.ends,
            look.film, look.groove, look.index, look.glint,
            tones.GLINT_TOWARDS_RAD, float(self.frame.x(0.0)), float(self.frame.y(0.0)),
            look.label, look.rim,
        )  # fmt: skip


@dataclass(frozen=True)
class Inked:
    """What the machine does, in its colours: of each layer the areas of its lines."""

    frame: Frame
    palette: NDArray[Any]
    layers: tuple[Walls | Areas, ...]
    levels: int

    @property
    def corners(self) -> int:
        """Corners that the groove's walls are drawn with."""
        return sum(len(layer) for layer in self.layers if isinstance(layer, Walls))

    def paint(self, out: NDArray[Any], top: int, cover: NDArray[Any]) -> None:
        """Paint rows top … of it."""
        out[:] = 0
        room = cover[0, : len(out)]
        for n, layer in enumerate(self.layers):
            room[:] = 0.0
            layer.add(room, top)
            ink(out, room, 1 + n * self.levels, self.levels)


def picture(cut: CutDisc) -> Lit | Inked:
    """The picture of a disc in the view that is asked for.

    Raises
    ------
    FormatError
        It would have more than `MAX_PIXELS`.
    """
    shape = body(cut.disc, cut.layers)
    return inked(cut, shape) if cut.view == "machine" else lit(cut, shape, cut.dots_per_m)


def lit(cut: CutDisc, shape: Body, dots_per_m: float) -> Lit:
    """A disc on its film."""
    frame = _framed(shape, dots_per_m, 0.0)
    width_m = cut.machine.kerf_m or cut.groove.profile.width_m
    engraved = (layer for layer in (*cut.before, *cut.layers) if layer.name != "cut")
    return Lit(
        frame,
        tones.plain() if cut.view == "plain" else tones.light_box(),
        Areas.of(solid(shape), frame),
        Areas.of(edges(shape, tones.RIM_M), frame),
        groove_in(cut.groove, frame),
        Areas.of((area for layer in engraved for area in drawn(layer, width_m)), frame),
        under(cut.film, frame, cut.view == "plain"),
    )


def inked(cut: CutDisc, shape: Body) -> Inked:
    """All lines that the machine draws, as wide as it draws them."""
    width_m = cut.machine.kerf_m or cut.groove.profile.width_m
    frame = _framed(shape, cut.dots_per_m, width_m / 2)
    groove = Walls.of(cut.groove, frame, cut.machine.kerf_m)
    before, after = (
        [(layer.colour, Areas.of(drawn(layer, width_m), frame)) for layer in layers]
        for layers in (cut.before, cut.layers)
    )
    if not any(layer.name == "cut" for layer in cut.layers):
        after.append((cut.machine.cut_colour, Areas.of(edges(shape, width_m), frame)))
    layers: list[tuple[str, Walls | Areas]] = [*before, (cut.machine.groove_colour, groove), *after]
    levels = 255 // len(layers)
    palette = [np.array([_WHITE])]
    for colour, _ in layers:
        share = np.arange(1, levels + 1)[:, None] / levels
        palette.append(np.round(255 + share * (np.array(tones.rgb(colour)) - 255)))
    filled = np.full((256, 3), 255, np.uint8)
    filled[: 1 + levels * len(layers)] = np.concatenate(palette)
    return Inked(frame, filled, tuple(layer for _, layer in layers), levels)


def bands(of: Picture, progress: Progress) -> Iterator[Packed]:
    """A picture's rows from above, packed for PNG and PDF; painted and packed in threads, a few bands ahead."""
    width, height = of.frame.width, of.frame.height
    rows = min(max(8, BAND_PIXELS // width), height)
    rooms: SimpleQueue[NDArray[Any]] = SimpleQueue()
    for _ in range(THREADS):
        rooms.put(np.empty((4, rows, width + 2), np.float32))

    def one(top: int) -> Packed:
        out = np.empty((min(rows, height - top), width), np.uint8)
        room = rooms.get()
        try:
            of.paint(out, top, room)
        finally:
            rooms.put(room)
        return packed(out)

    pool = ThreadPoolExecutor(THREADS)
    under_way: deque[Future[Packed]] = deque()
    try:
        for top in range(0, height, rows):
            under_way.append(pool.submit(one, top))
            if len(under_way) > 2 * THREADS:
                yield under_way.popleft().result()
                progress("drawing the picture", top / height)
        while under_way:
            yield under_way.popleft().result()
        progress("drawing the picture", 1.0)
    finally:
        pool.shutdown(cancel_futures=True)


def _framed(shape: Body, dots_per_m: float, margin_m: float) -> Frame:
    frame = shape.frame(dots_per_m, margin_m)
    if frame.width * frame.height > MAX_PIXELS:
        share = (MAX_PIXELS / ((frame.width + 1.0) * (frame.height + 1.0))) ** 0.5
        most = int(dots_per_m * 25.4e-3 * share)
        raise FormatError(
            f"a picture {frame.width} × {frame.height} pixels large is too large; give --dpi {most} or less"
        )
    return frame
