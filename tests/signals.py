"""Sounds made by code, with which the bars are held as well as with music."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def pink_noise(seconds: float, rate_hz: int, seed: int = 1) -> NDArray[Any]:
    """Noise that falls by 3 dB an octave, 40 Hz to 10 kHz, peak 0.9."""
    count = int(seconds * rate_hz)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    f = np.fft.rfftfreq(count, 1 / rate_hz)
    spectrum *= np.where((f > 40) & (f < 10_000), 1 / np.sqrt(np.maximum(f, 1)), 0)
    out = np.fft.irfft(spectrum, count)
    return np.asarray(0.9 * out / np.abs(out).max())


def speech_like(seconds: float, rate_hz: int, seed: int = 2) -> NDArray[Any]:
    """Syllables: a buzzing voice through moving resonances, hisses between them, and pauses."""
    rng = np.random.default_rng(seed)
    count = int(seconds * rate_hz)
    out = np.zeros(count)
    at = 0
    while at < count:
        length = min(int(rate_hz * rng.uniform(0.08, 0.35)), count - at)
        t = np.arange(length) / rate_hz
        window = np.hanning(length)
        if rng.random() < 0.3:
            hiss = np.diff(rng.standard_normal(length + 1), prepend=0)[:length]
            out[at : at + length] += 0.12 * window * hiss
        else:
            pitch = rng.uniform(90, 220)
            formants = rng.uniform([300, 900, 2200], [800, 1900, 3200])
            for k in range(1, int(5000 / pitch)):
                gain = sum(1 / (1 + ((k * pitch - f) / 120) ** 2) for f in formants) + 0.02
                out[at : at + length] += 0.3 * gain * window * np.sin(2 * np.pi * k * pitch * t + rng.uniform(0, 6.28))
        at += length + int(rate_hz * rng.choice([0.02, 0.05, 0.4], p=[0.5, 0.4, 0.1]))
    return np.asarray(0.9 * out / np.abs(out).max())


def sweeps(seconds: float, rate_hz: int) -> NDArray[Any]:
    """Logarithmic sweeps from 50 Hz to 9 kHz, each 5 s long, with soft ends."""
    each = int(5 * rate_hz)
    t = np.arange(each) / rate_hz
    rate = np.log(9000 / 50) / 5
    one = 0.7 * np.sin(2 * np.pi * 50 * (np.exp(rate * t) - 1) / rate)
    fade = int(0.05 * rate_hz)
    one[:fade] *= np.linspace(0, 1, fade)
    one[-fade:] *= np.linspace(1, 0, fade)
    return np.tile(one, int(np.ceil(seconds / 5)))[: int(seconds * rate_hz)]
