"""What the spectra of a scan's tiles tell: its noise, whether it was enlarged, and ripples that are no groove's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_CONTRAST = 1.5
"""Grooves against noise, both rms; assumed: 6 gives some 28 dB at 2400 dpi, and half of it 6 dB less."""
ROUNDING = 1 / 12
"""The variance of rounding to whole grey values."""
SEEN_NOISE = 1.0
"""Variance from which noise is told from what grooves leave beside their own direction."""
SMOOTH = 0.12
"""The finest noise against that of twice its size: a scanner's is 1, of pictures enlarged by half 0.01."""
ENLARGED = (
    "it holds no detail as fine as its pixels {}: it was enlarged or smoothed, which adds pixels and no sound; "
    "scan at what the scanner itself resolves"
)
PEAK = 20.0
"""A peak against what lies around it; noise alone has 3."""
LEAST_RIPPLE = 0.02
"""Against the grooves' rms."""


def power_of(seen: NDArray[Any]) -> NDArray[Any]:
    """Power spectra of tiles, without slopes of the light: white noise has its variance everywhere.

    Returns
    -------
    ndarray, float32, (tiles, side, side // 2 + 1)
        As `rfft2` has them.
    """
    side = seen.shape[1]
    line = np.arange(side, dtype=np.float32) - (side - 1) / 2
    flat = seen - seen.mean(axis=(1, 2), keepdims=True)
    norm = side * float((line**2).sum())
    flat -= (flat * line).sum(axis=(1, 2), keepdims=True) / norm * line
    flat -= (flat * line[:, None]).sum(axis=(1, 2), keepdims=True) / norm * line[:, None]
    window = _window(side)
    flat *= window * window[:, None]
    return np.asarray(np.abs(np.fft.rfft2(flat)) ** 2 / float((window**2).sum()) ** 2, np.float32)


def _window(side: int) -> NDArray[Any]:
    return np.hanning(side + 2)[1:-1].astype(np.float32)


def _frequencies(power: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cycles to the pixel, down and across."""
    side = power.shape[1]
    return np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]


def noise_of(power: NDArray[Any], angles: NDArray[Any]) -> float:
    """The noise's rms: what is there across the direction in which grooves repeat."""
    down, across = _frequencies(power)
    fine = np.hypot(down, across)
    found = []
    for each, angle in zip(power, angles, strict=True):
        along = np.abs(across * math.cos(angle) - down * math.sin(angle))
        found.append(_typical(each[(fine > 0.2) & (fine <= 0.5) & (along < 0.5 * fine)]))
    return float(np.median(found) ** 0.5)


def _typical(power: NDArray[Any]) -> float:
    """The mean of noise's power, by its median: it is spread as an exponential is."""
    return float(np.median(power) / math.log(2))


def faint(power: NDArray[Any], noise: float) -> list[str]:
    """Grooves that hardly rise out of the noise."""
    down, across = _frequencies(power)
    inner = np.hypot(down, across) > 3 / power.shape[1]  # what is larger is the light, or bones
    groove = max(0.0, float(np.median(power[:, inner].mean(axis=1))) - noise**2) ** 0.5
    if groove >= LEAST_CONTRAST * noise and groove > 1.0:
        return []
    return [
        f"grooves differ from the land by too little, {groove:.1f} of 255 against noise of {noise:.1f} (rms), so that "
        "noise moves them; scan with more exposure, 16 bits, a cleaner glass, or light from another side"
    ]


def enlarged(power: NDArray[Any], angles: NDArray[Any]) -> list[str]:
    """Noise that ends before the finest detail that so many pixels could hold.

    It is looked for where grooves run along the axis that is asked about, and so hide nothing.
    """
    down, across = _frequencies(power)
    for name, on, beside, turned in (
        ("down", np.abs(down), np.abs(across), np.sin(angles)),
        ("across", np.abs(across), np.abs(down), np.cos(angles)),
    ):
        tiles = power[np.abs(turned) < 0.4]
        if not len(tiles):
            continue
        bands = [
            float(np.median([_typical(each[(on >= low) & (on < low + 0.06) & (beside < 0.08)]) for each in tiles]))
            for low in (0.26, 0.44)
        ]
        if bands[0] > SEEN_NOISE and bands[1] < SMOOTH * bands[0]:
            return [ENLARGED.format(name)]
    return []


def ripple(power: NDArray[Any], seen: NDArray[Any]) -> list[str]:
    """Narrow peaks at the same place of most tiles' spectra, where grooves are not: these turn from tile to tile."""
    if len(power) < 12:
        return []
    side = power.shape[1]
    common = np.fft.fftshift(np.median(power, axis=0), axes=0)
    least = np.maximum(_around(common), np.maximum(_beside(common), _beside(common.T).T))
    ratio = common / (least + ROUNDING)
    at = np.arange(-(side // 2), side // 2)[:, None], np.arange(side // 2 + 1)[None]
    ratio[np.hypot(*at) < 4] = 0  # light
    squares = [np.abs((each + side // 16) % (side // 8) - side // 16) < 2 for each in at]
    ratio[squares[0] & squares[1]] = 0  # JPEG's, whose harm is judged elsewhere
    row, column = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    window = _window(side)
    deep = 2 * math.sqrt(float(common[row, column])) * float((window**2).sum()) / float(window.sum()) ** 2
    contrast = float(np.median(seen.std(axis=(1, 2))))
    if ratio[row, column] < PEAK or deep < LEAST_RIPPLE * contrast:
        return []
    length = side / math.hypot(row - side // 2, column)
    steep = abs(row - side // 2) > abs(column)
    return [
        f"a regular ripple of {deep:.1f} of 255 comes back every {length:.1f} pixels {'down' if steep else 'across'}: "
        "moiré, a printed screen, or a lamp's flicker, which moves edges; scan the disc itself, at another resolution"
    ]


def _around(common: NDArray[Any]) -> NDArray[Any]:
    """The median of each place's neighbourhood, 13 by 13, of which every other one is asked."""
    wide = np.pad(common, 6, "reflect")
    rows, columns = common.shape
    near = [wide[y : y + rows, x : x + columns] for y in range(0, 13, 4) for x in range(0, 13, 4)]
    return np.asarray(np.median(near, axis=0))


def _beside(common: NDArray[Any]) -> NDArray[Any]:
    """The median of what lies beside each place in its row: rows whose light differs fill all of it."""
    wide = np.pad(common, ((0, 0), (8, 8)), "reflect")
    near = [wide[:, x : x + common.shape[1]] for x in (0, 2, 4, 12, 14, 16)]
    return np.asarray(np.median(near, axis=0))
