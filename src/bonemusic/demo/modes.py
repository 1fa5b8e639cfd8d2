"""Sounds as sums of dying sine waves: strings, wood and metal that were struck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sound = NDArray[np.float32]
BLOCK = 256
HIGHEST = 0.45  # of the rate: what lies above is left out, not folded back


@dataclass(frozen=True)
class Modes:
    """What rings, one entry a mode.

    Attributes
    ----------
    hz, decay_per_s, phase : ndarray, (modes,)
        Frequency, amplitude decay (the amplitude falls to 1/e in 1/decay seconds) and phase in radians.
    gain : ndarray, (channels, modes)
        Amplitude in each channel.
    """

    hz: Floats
    decay_per_s: Floats
    phase: Floats
    gain: Floats


def ring(modes: Modes, frames: int, rate_hz: int) -> Sound:
    """Add up all modes, (channels, frames).

    With t = block start + time within the block, exp(zt) is a product of two short tables: one matrix product replaces
    a sine for every sample of every mode, and no phase is ever counted up in single precision.
    """
    heard = modes.hz < HIGHEST * rate_hz
    z = (2j * np.pi * modes.hz[heard] - modes.decay_per_s[heard]) / rate_hz
    start = np.exp(1j * modes.phase[heard])
    blocks = -(-frames // BLOCK)
    within = np.exp(z[:, None] * np.arange(BLOCK))
    outer = np.exp(np.outer(np.arange(blocks) * BLOCK, z)) * start
    # the real part of a product is re·re - im·im
    right = np.concatenate([within.real, -within.imag]).astype(np.float32)
    rows = np.concatenate([outer.real, outer.imag], axis=1).astype(np.float32)
    gain = np.tile(modes.gain[:, heard], 2).astype(np.float32)
    return np.stack([((rows * g) @ right).reshape(-1)[:frames] for g in gain])


def joined(*parts: Modes) -> Modes:
    """Several sets of modes as one."""
    return Modes(
        np.concatenate([p.hz for p in parts]),
        np.concatenate([p.decay_per_s for p in parts]),
        np.concatenate([p.phase for p in parts]),
        np.concatenate([p.gain for p in parts], axis=1),
    )


def soften_start(sound: Sound, seconds: float, rate_hz: int) -> Sound:
    """Raise the first moments from nothing by half a cosine, in place: what starts at once clicks."""
    n = min(sound.shape[-1], max(2, round(seconds * rate_hz)))
    sound[..., :n] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)).astype(np.float32)
    return sound


def soften_end(sound: Sound, seconds: float, rate_hz: int) -> Sound:
    """Lower the last moments to nothing by half a cosine, in place."""
    soften_start(sound[..., ::-1], seconds, rate_hz)
    return sound
