"""Each fault of a scan is found where it was made, and none in good pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.pictures.scan import scan as read
from bonemusic.scanning import faults as module
from bonemusic.scanning.faults import faults
from bonemusic.scanning.spectra import noise_of, power_of
from bonemusic.scanning.track import Geometry

from .maker import Scan, scan

RATE = 48_000
TURNS, PITCH, OUTER = 40, 130e-6, 12e-3
INNER = OUTER - TURNS * PITCH
WIDTH = 56e-6


@pytest.fixture(scope="module")
def groove() -> Groove:
    """Noise of 300 Hz to 9 kHz, as small as a disc of 12 mm allows."""
    n = TURNS * RATE // 20
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(size=n))
    pitch_hz = np.fft.rfftfreq(n, 1 / RATE)
    spectrum[(pitch_hz < 300) | (pitch_hz > 9000)] = 0
    wave = np.fft.irfft(spectrum, n)
    spiral = Knots(np.array([0.0, TURNS]), np.array([OUTER, INNER]), np.full(2, -PITCH))
    profile = Profile(WIDTH, 6e-6, math.pi / 2)
    return Groove(spiral, constant(28e-6), Fraction(1200), RATE, 8e-6 * wave / wave.std(), profile)


@pytest.fixture(scope="module")
def good(groove: Groove) -> Scan:
    return scan(groove, dpi=1800, film=60, ink=200)


def of(grey: NDArray[Any], geometry: Geometry) -> tuple[str, ...]:
    found = faults(grey, geometry, INNER, OUTER, WIDTH * geometry.dots_per_m, PITCH * geometry.dots_per_m)
    for line in found:
        assert "\n" not in line
        assert len(line) < 250
        assert "; " in line  # what to do
    return found


@pytest.mark.parametrize("wish", [
    {"dpi": 1200}, {"noise": 0.0}, {"noise": 1.0, "bits": 16}, {"noise": 0.0, "blur_px": 0.3}, {"blur_px": 1.5},
    {"dust": 100, "scratches": 6, "rim_m": 13e-3, "label_m": 6e-3}, {"stretch": 0.012, "turned_rad": 1.0},
    *(pytest.param(each, marks=pytest.mark.slow) for each in (
        {"film": 230, "ink": 30}, {"walls": True}, {"uneven": 0.3, "unlit_rad": (0.3, 2.3)}, {"noise": 12.0},
    )),
])  # fmt: skip
def test_good_pictures_have_none(groove: Groove, wish: dict[str, Any]) -> None:
    made = scan(groove, **{"dpi": 1800, **wish})
    assert of(made.grey, made.geometry) == ()


def test_an_x_ray_behind_is_no_fault(groove: Groove, shared: Path) -> None:
    for path in sorted((shared / "data" / "xrays").glob("*.jpg"))[:2]:
        bones = read(path).grey.astype(np.float32) * 0.6 + 10
        made = scan(groove, dpi=1800, background=bones, noise=2.0)
        assert of(made.grey, made.geometry) == ()


def rounded(grey: NDArray[Any]) -> NDArray[Any]:
    return np.rint(grey).clip(0, 255).astype(np.uint8)


def noise(grey: NDArray[Any], sigma: float) -> NDArray[Any]:
    return np.random.default_rng(1).normal(0, sigma, grey.shape)


def jpeg(grey: NDArray[Any]) -> NDArray[Any]:
    held = io.BytesIO()
    Image.fromarray(rounded(grey)).save(held, "JPEG", quality=80)
    return np.asarray(Image.open(held))[3:, 5:]


DOWN, ACROSS = np.arange(4096)[:, None], np.arange(4096)[None]
MADE: dict[str, tuple[Callable[[NDArray[Any]], NDArray[Any]], list[str]]] = {
    "too bright": (lambda grey: rounded(grey * 1.5 + noise(grey, 1)), ["clipped white"]),
    "too dark": (lambda grey: rounded(grey - 62), ["clipped black"]),
    "too bright in 16 bits": (
        lambda grey: ((grey + noise(grey, 1)) * 385).clip(0, 65535).astype(np.uint16),
        ["clipped white"],
    ),
    "levels": (lambda grey: rounded((grey - 30) * 1.2), ["grey values are empty"]),
    "levels of 8 bits in 16": (lambda grey: 257 * rounded((grey - 30) * 1.2).astype(np.uint16), ["values are empty"]),
    "jpeg": (jpeg, ["packed as JPEG"]),
    "black and white": (lambda grey: rounded((grey > 130) * 255), ["black and white pixels only"]),
    "flicker": (lambda grey: rounded(grey + 2 * np.sin(DOWN[: len(grey)] * 2 * np.pi / 5.3)), ["5.3 pixels down"]),
    "screen": (
        lambda grey: rounded(grey + 4 * np.sin((DOWN[: len(grey)] / 9 + ACROSS[:, : grey.shape[1]] / 4) * 2 * np.pi)),
        ["every 3.7 pixels across"],
    ),
    "faint": (lambda grey: rounded(130 + (grey - 130) * 0.08 + noise(grey, 8)), ["differ from the land by too little"]),
    "blank": (lambda grey: rounded(130 + noise(grey, 3)), ["differ from the land by too little"]),
    # which is none
    "uneven rows": (lambda grey: rounded(grey + noise(grey[:, :1], 2)), []),
    "half the contrast": (lambda grey: rounded(130 + (grey - 130) * 0.5 + noise(grey, 4)), []),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_what_was_done_is_found_and_nothing_else(good: Scan, name: str) -> None:
    change, wanted = MADE[name]
    found = of(change(good.grey.astype(np.float32)), good.geometry)
    assert len(found) == len(wanted), found
    for line, part in zip(found, wanted, strict=True):
        assert part in line


@pytest.mark.parametrize(("times", "how"), [
    (2, "NEAREST"), (1.5, "BICUBIC"), *(pytest.param(*each, marks=pytest.mark.slow) for each in (
        (2, "BILINEAR"), (1.7, "BICUBIC"), (3, "BILINEAR"),
    )),
])  # fmt: skip
def test_enlarged_pictures(good: Scan, times: float, how: str) -> None:
    geometry = good.geometry
    size = round(len(good.grey) * times)
    larger = np.asarray(Image.fromarray(good.grey).resize((size, size), Image.Resampling[how]))
    scaled = Geometry(
        geometry.x_px * times, geometry.y_px * times, geometry.across_per_m * times, geometry.down_per_m * times
    )
    (line,) = of(larger, scaled)
    assert "no detail as fine as its pixels" in line


def test_enlarged_one_way(good: Scan) -> None:
    geometry = good.geometry
    larger = np.repeat(good.grey, 2, axis=0)
    found = of(larger, Geometry(geometry.x_px, geometry.y_px * 2, geometry.across_per_m, geometry.down_per_m * 2))
    assert any("pixels down" in line for line in found)
    assert any("-50.0 % wider than high" in line for line in found)


def test_too_few_dots(groove: Groove) -> None:
    made = scan(groove, dpi=600)
    (line,) = of(made.grey, made.geometry)
    assert line.startswith("600 dpi are too few: grooves are 1.3 pixels wide, turns 3.1 pixels apart")
    assert "scan at 1200 dpi" in line
    assert faults(made.grey, made.geometry, INNER, OUTER) == ()  # nobody told the groove's size


def test_noise_is_as_strong_as_it_was_made(groove: Groove) -> None:
    for strong in (3.0, 6.0):
        made = scan(groove, dpi=1800, noise=strong)
        tiles = [*module._tiles(made.grey, made.geometry, INNER, OUTER)]
        power = power_of(np.stack([tile for _, tile in tiles]).astype(np.float32))
        assert noise_of(power, np.array([angle for angle, _ in tiles])) == pytest.approx(strong, rel=0.05)


def test_rings_beyond_the_picture_are_not_looked_at(good: Scan) -> None:
    assert faults(good.grey, good.geometry, 1.0, 2.0) == ()
    assert faults(good.grey, good.geometry, INNER, INNER + 1e-6) == ()
    half = good.grey[: len(good.grey) // 2]
    assert of(half, good.geometry) == ()
    assert "clipped white" in of(rounded(half * 1.5), good.geometry)[0]


def test_a_picture_of_a_few_greys_is_looked_at(good: Scan) -> None:
    for left in (60, 90):
        of((good.grey // left).astype(np.uint8), good.geometry)
