"""What a record adds of its own: surface noise, rumble and clicks, all from one seed.

Levels are in dB re 5 cm/s peak at 1 kHz, which is 1 in the sound's units, and hold after the replay curve. Random
numbers are drawn by NumPy's PCG64 per kind, channel and block of fixed place: a longer side begins with the same noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..presets import Turntable
from ..progress import Progress, silent
from ..spectral import Response, filtered, high_cut, low_cut
from ..threads import BLOCK

Array = NDArray[Any]

SURFACE_BAND_HZ = (20.0, 20_000.0)
_PINK_BELOW_HZ = 1000.0
_RUMBLE_HZ = (8.0, 30.0)
_CLICK_SPREAD_DB = 6.0
_CLICK_HZ = (1500.0, 6000.0)
_CLICK_DECAY_S = 150e-6
_CLICK_LASTS_S = 20 * _CLICK_DECAY_S
_STEADY, _CLICKS = range(2)


def add_noise(sound: Array, rate_hz: int, turntable: Turntable, seed: int, progress: Progress = silent) -> int:
    """Add to sound, in place, all the noise that a turntable and the record on it make.

    Parameters
    ----------
    sound : ndarray, float32, (frames, channels)
        1 is 5 cm/s peak.
    seed : int
        0 or more; the same seed gives the same noise.

    Returns
    -------
    int
        How many clicks were made.
    """
    parts = []
    if turntable.surface_noise_db is not None:
        parts.append(surface(rate_hz, turntable.surface_noise_db))
    if turntable.rumble_db is not None:
        parts.append(rumble(rate_hz, turntable.rumble_db))
    if parts:
        for channel in range(sound.shape[1]):
            sound[:, channel] += steady_noise(len(sound), rate_hz, parts, seed, channel, progress)
    return add_clicks(sound, rate_hz, turntable.clicks_per_minute, turntable.click_db, seed)


def surface(rate_hz: int, level_db: float) -> Response:
    """Shape of the surface's noise: power density 1 + 1 kHz/f (white above 1 kHz, pink below), 20 Hz to 20 kHz.

    The shape is assumed. `level_db` is the RMS that it gives white noise of variance 1 in that band, 0 dB being 1.
    """
    low_hz, high_hz = SURFACE_BAND_HZ
    stop_hz = min(1.15 * high_hz, rate_hz / 2)

    def shape(f: Array) -> Array:
        pinkish = np.sqrt(1 + _PINK_BELOW_HZ / np.maximum(f, 1.0))
        return np.asarray(pinkish * low_cut(f, low_hz / 2) * high_cut(f, stop_hz / 1.15, stop_hz))

    return _levelled(shape, rate_hz, SURFACE_BAND_HZ, level_db)


def rumble(rate_hz: int, level_db: float) -> Response:
    """Shape of the bearing's rumble: white from 8 to 30 Hz (3 dB down there), 24 dB per octave down outside.

    The shape is assumed. `level_db` is the RMS that it gives white noise of variance 1, 0 dB being 1.
    """
    low_hz, high_hz = _RUMBLE_HZ

    def shape(f: Array) -> Array:
        return np.asarray(low_cut(f, low_hz) / np.sqrt(1 + (f / high_hz) ** 8))

    return _levelled(shape, rate_hz, (0.0, rate_hz / 2), level_db)


def _levelled(shape: Response, rate_hz: int, band_hz: tuple[float, float], level_db: float) -> Response:
    """The shape times what makes the RMS expected in a band `level_db`."""
    f = np.linspace(0.0, rate_hz / 2, 1 << 18)
    power = shape(f) ** 2 * ((f >= band_hz[0]) & (f <= band_hz[1]))
    gain = 10 ** (level_db / 20) / math.sqrt(float(power.mean()))
    return lambda hz: gain * shape(hz)


def steady_noise(
    frames: int, rate_hz: int, parts: Sequence[Response], seed: int, channel: int = 0, progress: Progress = silent
) -> Array:
    """White noise in the shape of all `parts` together, float32, (frames,).

    Powers of independent noises add, so one pass through sqrt(Σ shape²) makes them all.
    """

    def shape(f: Array) -> Array:
        return np.asarray(np.sqrt(sum(part(f) ** 2 for part in parts)))

    return filtered(_white(frames, seed, channel), rate_hz, shape, progress=progress, step="adding noise")


def _white(frames: int, seed: int, channel: int) -> Array:
    out = np.empty(frames, np.float32)
    for block, first in enumerate(range(0, frames, BLOCK)):
        # a block is always drawn whole, so that a shorter side's numbers are a longer one's first
        out[first : first + BLOCK] = _generator(seed, _STEADY, channel, block).standard_normal(BLOCK, np.float32)[
            : frames - first
        ]
    return out


def _generator(seed: int, *stream: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=stream)))


def add_clicks(sound: Array, rate_hz: int, per_minute: float, level_db: float, seed: int) -> int:
    """Add clicks in place, and say how many.

    The times between them are exponential (a Poisson process), peaks are spread log-normally by 6 dB about the median
    `level_db`, of either sign; each is exp(-t/150 µs)·sin(2πft), f from 1.5 to 6 kHz, at most 6 dB weaker in one
    channel than in the other. All of this is assumed.
    """
    if per_minute <= 0:
        return 0
    random = _generator(seed, _CLICKS)
    seconds = len(sound) / rate_hz
    count = 0
    at_s = random.exponential(60 / per_minute)
    while at_s < seconds:
        peak = 10 ** (random.normal(level_db, _CLICK_SPREAD_DB) / 20) * random.choice([-1.0, 1.0])
        frequency_hz = math.exp(random.uniform(math.log(_CLICK_HZ[0]), math.log(_CLICK_HZ[1])))
        sides = 10 ** (-random.uniform(0, _CLICK_SPREAD_DB, 2) / 20)[: sound.shape[1]]
        first = math.ceil(at_s * rate_hz)
        t = np.arange(first, min(first + math.ceil(_CLICK_LASTS_S * rate_hz), len(sound))) / rate_hz - at_s
        sound[first : first + len(t)] += peak * np.outer(click(t, frequency_hz), sides / sides.max())
        count += 1
        at_s += random.exponential(60 / per_minute)
    return count


def click(time_s: Array, frequency_hz: float) -> Array:
    """exp(-t/150 µs)·sin(2πft) from t = 0 on, its peak made 1."""
    omega = 2 * math.pi * frequency_hz
    top_s = math.atan(omega * _CLICK_DECAY_S) / omega
    top = math.exp(-top_s / _CLICK_DECAY_S) * math.sin(omega * top_s)
    return np.asarray(np.exp(-time_s / _CLICK_DECAY_S) * np.sin(omega * time_s) / top)
