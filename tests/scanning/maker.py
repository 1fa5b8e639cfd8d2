"""Pictures of discs as a scanner would take them, made so exactly that a reader's errors are its own.

Each pixel holds the area that the groove covers in it, not a sample or a polygon drawn with rounded corners (which cost
2 to 4 dB); then the optics' blur, the sensor's noise and rounding, in this order. The middle of the first pixel is at
(0, 0), rows go down, and the disc's own frame has y up.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from bonemusic.coverage import add_edges
from bonemusic.groove import Groove
from bonemusic.jit import kernel
from bonemusic.scanning.track import Geometry

from .dirt import Dirt, dirt_of

BAND_ROWS = 256
"""Rows that are made at a time; the noise of each band is its own, so threads change nothing."""
STEP_PX = 0.75
"""Longest edge of the drawn outline: between its corners, which lie on the curve, it is straight."""
PIECE = 32
FADE_RAD = 0.15
"""Over this the light on the walls goes from all to none."""
BOTTOM = 0.35
"""How much of a lacquer's groove its bottom takes, and how much darker than the lit walls it is (assumed: looks so)."""
BOTTOM_LIT = 0.2
THREADS = 2
EDGE = 1000


@dataclass(frozen=True)
class Scanner:
    """What is scanned, and how; lengths in the disc's own frame, greys of 255.

    Film 30 and groove 230 are what a laser leaves: it takes the dark emulsion off, and the scanner is set for
    what is clear. A groove that is only scratched in shows 60 and 200; a dark groove on bright ground 230 and 30.

    Attributes
    ----------
    dpi : float
        Dots to the inch, down.
    side_px : int or None
        Of the square picture. None: the disc (its rim, else its groove) and 2 mm around it.
    centre_px : (float, float)
        How far to the right of and below the picture's middle the groove's centre lies.
    turned_rad : float
        By how much the disc is turned counter-clockwise as seen.
    stretch : float
        How much more pixels lie to the metre across than down.
    mirrored : bool
        Left and right are swapped in what is handed out, masks too; the geometry is that of the picture swapped back.
    film, ink : float
        Grey of the ground and of the groove.
    background : ndarray, (rows, columns) or None
        A picture, greys of 255, spread over the whole of the scan: the ground in place of `film`.
    width_m : float or None
        Of the groove; None: its profile's, and with it what moves up and down (hill-and-dale).
    walls : bool
        Two lit walls with a darker bottom, as a lacquer shows them.
    brightness : ndarray, (n,) or None
        Of the groove's samples, 0 (film) to 1 (ink): a track that varies in density.
    unlit_rad : (float, float) or None
        Between these directions, counter-clockwise as seen from the right, in the scanner's frame, the groove is lost.
    uneven : float
        How much light is missing at the picture's corners, as a part.
    rim_m, label_m : float or None
        Radii; beyond the rim is the scanner's lid. None: film everywhere; no label.
    hole_m : float or None
        Radius of the hole, through which the lid is seen.
    hole_off_m : (float, float)
        How far from the groove's centre it was burnt.
    lid, label : float
        Their greys.
    dirt : Dirt
        On the disc: dust and scratches.
    blur_px : float
        σ of a Gaussian.
    noise : float
        σ of each pixel's, of 255.
    bits : int
        8 or 16; 16 are full scale too.
    seed : int
        Of the noise.
    """

    dpi: float
    side_px: int | None = None
    centre_px: tuple[float, float] = (0.3, -0.2)
    turned_rad: float = 0.0
    stretch: float = 0.0
    mirrored: bool = False
    film: float = 30.0
    ink: float = 230.0
    background: NDArray[Any] | None = None
    width_m: float | None = None
    walls: bool = False
    brightness: NDArray[Any] | None = None
    unlit_rad: tuple[float, float] | None = None
    uneven: float = 0.0
    rim_m: float | None = None
    label_m: float | None = None
    hole_m: float | None = None
    hole_off_m: tuple[float, float] = (0.0, 0.0)
    lid: float = 245.0
    label: float = 180.0
    dirt: Dirt = Dirt()  # noqa: RUF009  (frozen)
    blur_px: float = 0.8
    noise: float = 5.0
    bits: int = 8
    seed: int = 0


@dataclass(frozen=True)
class Scan:
    """A picture, and what is true of it.

    Attributes
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    geometry : Geometry
    start_rad : float
        Where the groove's sample 0 lies, counter-clockwise as seen.
    damaged : ndarray, bool, (n,)
        Samples of the groove that dust or a scratch touches.
    """

    grey: NDArray[Any]
    geometry: Geometry
    start_rad: float
    damaged: NDArray[Any]


def scan(groove: Groove, *, dust: int = 0, scratches: int = 0, dirt_seed: int = 0, **wish: Any) -> Scan:
    """Scan a disc.

    Parameters
    ----------
    groove : Groove
    dust, scratches : int
        How many of them lie on the recorded part of the disc; where, `dirt_seed` decides.
    wish
        `Scanner`'s attributes.
    """
    reach = groove.spiral.value
    dirt = dirt_of(float(reach.min()), float(reach.max()), dust, scratches, dirt_seed)
    picture = Picture(groove, Scanner(**{"dirt": dirt, **wish}))
    return Scan(
        picture.grey(), picture.geometry, picture.see.turned_rad, picture.see.dirt.touches(groove, picture.half)
    )


class Picture:
    """A disc under a scanner: any window of it without noise, or all of it with."""

    def __init__(self, groove: Groove, see: Scanner) -> None:
        self.see = see
        down = see.dpi / 0.0254
        across = down * (1 + see.stretch)
        self.half = (groove.profile.width_m if see.width_m is None else see.width_m) / 2
        outer = see.rim_m or float(groove.spiral.value.max()) + float(np.abs(groove.lateral_m).max()) + self.half
        self.side = see.side_px or math.ceil(2 * (outer + 2e-3) * max(across, down))
        middle = (self.side - 1) / 2
        self.geometry = Geometry(middle + see.centre_px[0], middle + see.centre_px[1], across, down)
        self._outline(groove, max(across, down))

    def _outline(self, groove: Groove, dots_per_m: float) -> None:
        """The groove's middle, half-width and weight, so finely that straight edges will do."""
        per_sample = 2 * np.pi * groove.turns_per_sample
        longest_px = per_sample * float(groove.spiral.value.max()) * dots_per_m * math.sqrt(2)
        finer = max(1, math.ceil(longest_px / STEP_PX))
        turns = np.arange((len(groove) - 1) * finer + 1) * (groove.turns_per_sample / finer)
        self.radius = groove.spiral.at(turns)
        self.radius += _finer(groove.lateral_m, finer)
        self.halves = np.array([self.half])
        if groove.vertical_m is not None and self.see.width_m is None:
            flare = math.tan(groove.profile.angle_rad / 2)
            self.halves = np.maximum(flare * (groove.depth.at(turns) - _finer(groove.vertical_m, finer)), 0.0)
        self.step = per_sample / finer
        self.piece, bright = PIECE, None
        if self.see.brightness is not None:
            self.piece, bright = 1, np.clip(_finer(self.see.brightness, finer), 0, 1)
        first = np.arange(0, len(self.radius) - 1, self.piece)
        weight = np.ones(len(first), np.float32) if bright is None else (bright[:-1] + bright[1:]) / 2
        angle = self.see.turned_rad + self.step * np.minimum(first + self.piece / 2, len(self.radius) - 1)
        self.weight = (weight * _lit(angle, self.see.unlit_rad)).astype(np.float32)
        self.x, self.y = (c.astype(np.float32) for c in self.geometry.pixels(self.radius[first], angle))
        whole = self.radius[: len(self.radius) // self.piece * self.piece].reshape(-1, self.piece)
        swings = float(np.ptp(whole, axis=1).max(initial=0.0)) if self.piece > 1 else 1e-4
        length = self.step * self.piece * float(self.radius.max())
        self.reach = 2 + dots_per_m * (length + swings + float(self.halves.max()))

    def grey(self) -> NDArray[Any]:
        """All of it, with noise, rounded."""
        see = self.see
        full = 255 if see.bits == 8 else 65535
        out = np.empty((self.side, self.side), np.uint8 if see.bits == 8 else np.uint16)

        def band(top: int) -> None:
            made = self.window(top, 0, min(BAND_ROWS, self.side - top), self.side)
            if see.noise:
                rng = np.random.default_rng((see.seed, top))
                made += np.float32(see.noise) * rng.standard_normal(made.shape, np.float32)
            made *= np.float32(full / 255)
            np.rint(made, out=made)
            np.clip(made, 0, full, out=made)
            out[top : top + len(made)] = made[:, ::-1] if see.mirrored else made

        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(band, range(0, self.side, BAND_ROWS)):
                pass
        return out

    def window(self, top: int, left: int, rows: int, columns: int) -> NDArray[Any]:
        """A part of it before noise, blurred; float32, (rows, columns)."""
        margin = math.ceil(5 * self.see.blur_px)
        box = (top - margin, left - margin, rows + 2 * margin, columns + 2 * margin)
        made = self._sharp(*box)
        if margin:
            made = gaussian_filter(made, self.see.blur_px, truncate=5.0)[margin:-margin, margin:-margin]
        if self.see.uneven:
            y, x = (2 * np.arange(at, at + n) / (self.side - 1) - 1 for at, n in ((top, rows), (left, columns)))
            made = made * (1 - self.see.uneven / 2 * (y[:, None] ** 2 + x**2)).astype(np.float32)
        return made

    def _sharp(self, *box: int) -> NDArray[Any]:
        """Before the blur: film, label, groove, dirt, and the lid around and in the hole."""
        see = self.see
        made = self._ground(*box)
        if see.label_m:
            _paint(made, self._disc(box, see.label_m), see.label)
        _paint(made, self._groove(box, self.halves, self.weight), see.ink)
        if see.walls:
            bottom = self._groove(box, self.halves * BOTTOM, self.weight * np.float32(1 - BOTTOM_LIT))
            _paint(made, bottom, see.film)
        for grey, x_m, y_m in see.dirt.shapes():
            _patch(made, box, *self._pixels(x_m, y_m), grey)
        if see.rim_m:
            _paint(made, 1 - self._disc(box, see.rim_m), see.lid)
        if see.hole_m:
            _paint(made, self._disc(box, see.hole_m, see.hole_off_m), see.lid)
        return made

    def _ground(self, top: int, left: int, rows: int, columns: int) -> NDArray[Any]:
        if self.see.background is None:
            return np.full((rows, columns), self.see.film, np.float32)
        held = np.asarray(self.see.background, np.float32)
        (i, u), (j, v) = (
            _between(np.arange(at, at + n), self.side, size)
            for at, n, size in zip((top, left), (rows, columns), held.shape, strict=True)
        )
        down = held[i] * (1 - u[:, None]) + held[i + 1] * u[:, None]
        return np.asarray(down[:, j] * (1 - v) + down[:, j + 1] * v)

    def _groove(self, box: tuple[int, ...], halves: NDArray[Any], weight: NDArray[Any]) -> NDArray[Any]:
        """How much of the groove's light each pixel gets, 0 to 1."""
        top, left, rows, columns = box
        near = (self.y > top - self.reach) & (self.y < top + rows + self.reach)
        near &= (self.x > left - self.reach) & (self.x < left + columns + self.reach)
        near &= weight > 0
        cover = np.zeros((rows, columns + 2), np.float32)
        at = self.geometry
        where = (at.x_px + 0.5 - left, at.y_px + 0.5 - top, at.across_per_m, at.down_per_m)
        _draw(
            cover, self.radius, halves, weight, np.flatnonzero(near), self.piece, self.see.turned_rad, self.step, where
        )
        return _summed(cover)

    def _disc(self, box: tuple[int, ...], radius_m: float, off_m: tuple[float, float] = (0.0, 0.0)) -> NDArray[Any]:
        """Coverage by a circle of the disc."""
        top, left, rows, columns = box
        angle = np.linspace(0, 2 * np.pi, 20_001)
        x, y = self._pixels(off_m[0] + radius_m * np.cos(angle), off_m[1] + radius_m * np.sin(angle))
        cover = np.zeros((rows, columns + 2), np.float32)
        add_edges(cover, top, x + 0.5 - left, y + 0.5)
        return _summed(cover)

    def _pixels(self, x_m: NDArray[Any], y_m: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Where points of the disc lie."""
        return self.geometry.pixels(np.hypot(x_m, y_m), np.arctan2(y_m, x_m) + self.see.turned_rad)


def _finer(samples: NDArray[Any], times: int) -> NDArray[Any]:
    """Band-limited samples between samples, from the first to the last."""
    held = np.asarray(samples, np.float64)
    if times == 1:
        return held
    around = np.pad(held, EDGE, "edge")  # what lies beyond the ends must not ring into them
    out = soxr.resample(around, 1, times, quality="VHQ")
    return np.asarray(out[EDGE * times :][: (len(held) - 1) * times + 1])


def _lit(angle_rad: NDArray[Any], unlit_rad: tuple[float, float] | None) -> NDArray[Any]:
    """How much of the light is on, 1 to 0."""
    if unlit_rad is None:
        return np.ones(len(angle_rad))
    half = (unlit_rad[1] - unlit_rad[0]) / 2
    off = np.abs((angle_rad - unlit_rad[0] - half + np.pi) % (2 * np.pi) - np.pi)
    part = np.clip((off - half) / FADE_RAD + 0.5, 0, 1)
    return np.asarray((1 - np.cos(np.pi * part)) / 2)


def _between(pixels: NDArray[Any], side: int, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Index and part of the way to the next of a picture that is spread over the side."""
    at = np.clip((pixels + 0.5) * size / side - 0.5, 0, size - 1.001)
    whole = at.astype(np.int64)
    return whole, (at - whole).astype(np.float32)


def _summed(cover: NDArray[Any]) -> NDArray[Any]:
    """Differences along rows to coverage."""
    np.cumsum(cover, axis=1, out=cover)
    return np.asarray(np.clip(cover[:, :-2], 0, 1))


def _paint(made: NDArray[Any], cover: NDArray[Any], grey: float) -> None:
    """Lay a grey over what is there, as far as it covers it."""
    cover *= np.float32(grey) - made
    made += cover


def _patch(made: NDArray[Any], box: tuple[int, ...], x: NDArray[Any], y: NDArray[Any], grey: float) -> None:
    """Paint one shape, in the part of the window where it lies."""
    x, y = x + 0.5 - box[1], y + 0.5 - box[0]
    a, b = max(int(y.min()), 0), min(int(y.max()) + 1, made.shape[0])
    c, d = max(int(x.min()), 0), min(int(x.max()) + 1, made.shape[1])
    if a >= b or c >= d:
        return
    cover = np.zeros((b - a, d - c + 2), np.float32)
    add_edges(cover, a, x - c, y)
    np.cumsum(cover, axis=1, out=cover)
    _paint(made[a:b, c:d], np.clip(np.abs(cover[:, :-2]), 0, 1), grey)


@kernel
def _draw(
    cover: NDArray[Any],
    radius: NDArray[Any],
    halves: NDArray[Any],
    weight: NDArray[Any],
    pieces: NDArray[Any],
    length: int,
    start_rad: float,
    step_rad: float,
    where: tuple[float, float, float, float],
) -> None:
    """Add pieces of the groove, each `length` steps long and times its weight, to a picture.

    Parameters
    ----------
    cover : ndarray, float32, (rows, columns + 2)
    radius : ndarray, (n,)
    halves : ndarray, (n,) or (1,)
    weight : ndarray, (pieces,)
    pieces : ndarray, int, (m,)
        Which of them.
    start_rad, step_rad : float
    where : x and y of the centre from the first pixel's corner, and pixels to the metre, across and down
    """
    x0, y0, across, down = where
    last_column = cover.shape[1] - 1
    for piece in pieces:
        first = piece * length
        n = min(first + length, len(radius) - 1) - first + 1
        x, y = np.empty(2 * n + 1), np.empty(2 * n + 1)
        for k in range(n):
            at = first + k
            c, s = math.cos(start_rad + step_rad * at), math.sin(start_rad + step_rad * at)
            half = halves[min(at, len(halves) - 1)]
            outer, inner, back = radius[at] + half, radius[at] - half, 2 * n - 1 - k
            x[k], y[k] = x0 + across * outer * c, y0 - down * outer * s
            x[back], y[back] = x0 + across * inner * c, y0 - down * inner * s
        x[2 * n], y[2 * n] = x[0], y[0]
        top, left = math.floor(y.min()), math.floor(x.min())
        own = np.zeros((math.floor(y.max()) - top + 1, math.floor(x.max()) - left + 3), np.float32)
        add_edges(own, top, x - left, y)
        for i in range(max(0, -top), min(len(own), len(cover) - top)):
            for j in range(own.shape[1]):
                cover[top + i, min(max(left + j, 0), last_column)] += weight[piece] * own[i, j]
