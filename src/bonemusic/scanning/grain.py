"""How much a picture's own noise moves the groove that is read from it, and at which frequencies.

A weighted sum of a profile that no groove and no land can change tells of noise alone. With weights that are as large
as those that tell the groove's place, and reach as far, what it tells is as large as the noise of that place, and has
its spectrum: pixels that neighbours share, and the speed at which they pass, are in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .measured import Looked, taste
from .sight import BEYOND_PX, FINE, OFFSET, Sight, look

FRAME = 512
STRENGTH_TOLD, LIGHT_TOLD = 2, 5
BLURS_PX = tuple(0.5 + 0.1 * k for k in range(26))
WIDTHS = tuple(0.5 + 0.05 * k for k in range(13))
"""Of the width at half height, which blur makes larger."""
COMMON = 3.0
"""A frame of more than so many times the median's power is dust's."""


@dataclass(frozen=True)
class Grain:
    """The noise of a side as it was read.

    Attributes
    ----------
    samples : ndarray, float64, (m,)
        Of the track, rising.
    density : ndarray, float64, (m, FRAME // 2 + 1)
        One-sided power per cycle per sample, of a groove whose strength is 1: (m · grey value)², from 0 to half a cycle
        per sample.
    smear : ndarray, float64, (m,)
        Deviation of the blur along the groove, in samples: the lens', the pixels', and the reading's between them. What
        is recorded at f cycles per sample is seen as exp(-2π²·smear²·f²) of itself.
    """

    samples: NDArray[Any]
    density: NDArray[Any]
    smear: NDArray[Any]


def grain_of(looked: Looked, sight: Sight) -> Grain:
    """The noise of a side, from stretches all over it."""
    _, told = taste(looked, replace(sight, rows=np.stack([*sight.basis, blinded(sight)])))
    window = np.hanning(FRAME + 2)[1:-1]
    densities = []
    for stretch in told:
        noise = stretch[LIGHT_TOLD].astype(np.float64)
        frames = noise[: len(noise) // FRAME * FRAME].reshape(-1, FRAME)
        seen = (stretch[STRENGTH_TOLD, : frames.size] > 0).reshape(frames.shape).all(1)
        power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2 * (2 / (window**2).sum())
        total = power.sum(1)
        usual = float(np.median(total[seen])) if seen.any() else 0.0
        kept = power[seen & (total <= COMMON * usual)]
        densities.append(kept.mean(0) if len(kept) else np.full(FRAME // 2 + 1, np.nan))
    density = np.stack(densities) / looked.geometry.dots_per_m**2
    samples = np.linspace(0, looked.samples - told.shape[2], len(told)) + told.shape[2] / 2
    good = np.isfinite(density).all(1)
    if not good.any():
        return Grain(np.zeros(1), np.zeros((1, FRAME // 2 + 1)), np.zeros(1))
    passing_px = looked.path.radius_px[samples.astype(np.int64)] * looked.path.step_rad
    return Grain(samples[good], density[good], (blur_of(sight) / passing_px)[good])


def blur_of(sight: Sight) -> float:
    """The deviation (px) of the blur that makes a groove with sharp walls look most as this one does, across."""
    near = slice(BEYOND_PX * FINE, -BEYOND_PX * FINE)
    seen = sight.shape[near]
    best, found = np.inf, 0.0
    for blur in BLURS_PX:
        for part in WIDTHS:
            shape = look(part * sight.width_px, blur, sight.reach_px)[near]
            matrix = np.stack([shape, np.ones(len(shape))], axis=1)
            left = seen - matrix @ np.linalg.lstsq(matrix, seen, rcond=None)[0]
            if (off := float((left**2).sum())) < best:
                best, found = off, blur
    return found


def blinded(sight: Sight) -> NDArray[Any]:
    """Weights, (2·reach + 1,), that no groove and no land changes: of the size of the offset's, and at their places."""
    x = np.arange(-sight.reach_px, sight.reach_px + 1.0)
    even = sight.weights[OFFSET] * np.sign(x)
    even = even - sight.basis.T @ (sight.basis @ even)
    return np.asarray(even * (np.linalg.norm(sight.weights[OFFSET]) / np.linalg.norm(even)))
