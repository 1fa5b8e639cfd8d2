"""The demo's X-ray film: a chest as it looks on a light box, made by code alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bones import bones, spine, sponge
from .chest import body_depth, soft_parts
from .shapes import Layer, blurred, pixels, soft_step, stretched

DRAWN_PX = 1000  # anatomy is softer than film: it is drawn in so many pixels, and spread over more
BLACKEST = 2.84  # the logarithm of how much light a film stops when all its grains are black
EXPOSURE = 2.1  # the rays beside the body, in those that would blacken 63 % of the grains
LAMP = 285.0  # clear film before the lamp is whiter than white


def xray(size_px: int = 2000) -> NDArray[np.uint8]:
    """A chest X-ray: dark lungs behind bright ribs, composed for a round record with its hole on the spine.

    Parameters
    ----------
    size_px : int
        Width and height, at least 64.

    Returns
    -------
    ndarray, uint8, (size_px, size_px)
        0 is black, 255 white; the same at every call.

    Raises
    ------
    ValueError
        Smaller than 64.
    """
    if size_px < 64:
        raise ValueError(f"{size_px} px show nothing; take at least 64")
    drawn = min(size_px, DRAWN_PX)
    held_back = blurred(attenuation(drawn), 0.0007 * drawn)
    if drawn != size_px:
        held_back = stretched(held_back, (size_px, size_px))
    return _film(held_back)


def attenuation(count: int) -> Layer:
    """What the whole chest holds back, (count, count): the logarithm of rays in to rays out."""
    bone = bones(count) + spine(count)
    bone *= 1 + 0.07 * sponge(count)
    bone *= np.clip(4 * body_depth(count), 0, 1)  # the arms end where they leave the picture
    return soft_parts(count) + bone + _marker(count)


def _marker(count: int) -> Layer:
    """The letter of lead that tells the left side from the right; it stops every ray."""
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    soft = np.float32(1.5 / count)
    letter = np.zeros((count, count), np.float32)
    for left, right, top, bottom in ((0.866, 0.882, 0.10, 0.20), (0.866, 0.925, 0.184, 0.20)):
        wide = soft_step((x - left) / soft) * soft_step((right - x) / soft)
        letter = np.maximum(letter, wide * soft_step((y - top) / soft) * soft_step((bottom - y) / soft))
    return 4 * letter


def _film(held_back: Layer) -> NDArray[np.uint8]:
    """Expose a film and look at it: rays blacken its grains until none is left, and light passes what is not black."""
    rng = np.random.default_rng(7)
    grain = rng.standard_normal(held_back.shape, np.float32)
    clumps = rng.standard_normal((len(held_back) // 2,) * 2, np.float32)
    grain = 0.6 * grain + 0.8 * stretched(clumps, held_back.shape)
    rays = EXPOSURE * np.exp(-held_back)
    density = BLACKEST * (1 - np.exp(-rays))
    density += 0.022 * np.sqrt(density + 0.06) * grain
    light = np.exp(np.float32(-np.log(10) / 2.2) * np.clip(density, 0, None))
    return np.asarray(np.clip(LAMP * light + 0.5, 0, 255), np.uint8)
