"""The piano's company: an upright bass, brushes on a snare, a ride cymbal and a soft bass drum."""

from __future__ import annotations

import numpy as np

from .modes import Modes, Sound, ring, soften_end, soften_start
from .piano import hz_of


def bass_note(midi: int, loudness: float, seconds: float, rate_hz: int) -> Sound:
    """A plucked string of an upright bass, (1, frames): the fundamental that a small piano lacks."""
    n = np.arange(1.0, 17)
    hz = n * hz_of(midi) * np.sqrt(1 + 6e-5 * n**2)
    level = np.abs(np.sin(0.19 * np.pi * n)) / n**1.25 / (1 + (hz / (500 + 900 * loudness)) ** 2)
    level *= loudness / np.sqrt((level**2).sum())
    string = Modes(hz, 1.9 + 0.011 * hz, np.full(16, -np.pi / 2), level[None])
    sound = ring(string, round((seconds + 0.05) * rate_hz), rate_hz)
    return soften_end(soften_start(sound, 0.006, rate_hz), 0.05, rate_hz)


def kick(loudness: float, rate_hz: int) -> Sound:
    """A soft bass drum, (1, frames): its skin's tone falls as the blow relaxes."""
    t = np.arange(round(0.32 * rate_hz)) / rate_hz
    turns = 54.0 * t - 70.0 * 0.018 * np.exp(-t / 0.018)
    sound = loudness * np.sin(2 * np.pi * (turns - turns[0])) * np.exp(-t / 0.085)
    return soften_end(soften_start(sound.astype(np.float32)[None], 0.004, rate_hz), 0.06, rate_hz)


def brush(loudness: float, rate_hz: int) -> Sound:
    """A wire brush slapped on the snare, (2, frames)."""
    frames = round(0.26 * rate_hz)
    t = np.arange(frames) / rate_hz
    wires = _hiss(frames, rate_hz, 900, 6500, seed=11) * (np.exp(-t / 0.035) + 0.25 * np.exp(-t / 0.09))
    skin = np.sin(2 * np.pi * 187 * t) * np.exp(-t / 0.03)
    return _placed(loudness * (0.55 * wires + 0.35 * skin), 0.006, -0.18, rate_hz)


def sweep(loudness: float, seconds: float, rate_hz: int) -> Sound:
    """The other brush drawn across the skin, (2, frames): it swells and dies between two beats."""
    frames = round(seconds * rate_hz)
    swell = np.sin(np.pi * np.linspace(0, 1, frames) ** 0.7) ** 2
    return _placed(loudness * swell * _hiss(frames, rate_hz, 700, 5000, seed=12), 0.01, -0.18, rate_hz)


def ride(loudness: float, rate_hz: int) -> Sound:
    """A ride cymbal touched with the stick's tip, (2, frames)."""
    rng = np.random.default_rng(13)
    hz = np.sort(rng.uniform(2300, 13000, 70))
    level = rng.uniform(0.3, 1, 70) * np.exp(-(((hz - 5200) / 4200) ** 2)) * 0.09
    metal = Modes(hz, rng.uniform(4, 12, 70) + hz / 900, rng.uniform(-np.pi, np.pi, 70), level[None])
    frames = round(0.45 * rate_hz)
    t = np.arange(frames) / rate_hz
    stick = 0.35 * _hiss(frames, rate_hz, 4000, 12000, seed=14) * np.exp(-t / 0.007)
    return _placed(loudness * (ring(metal, frames, rate_hz)[0] + stick), 0.0012, 0.3, rate_hz)


def _hiss(frames: int, rate_hz: int, low_hz: float, high_hz: float, seed: int) -> Sound:
    """Noise between two frequencies with gentle flanks, (frames,), about 1 at its peaks."""
    noise = np.random.default_rng(seed).standard_normal(frames, np.float32)
    hz = np.fft.rfftfreq(frames, 1 / rate_hz)
    shape = 1 / np.sqrt((1 + (low_hz / (hz + 1)) ** 4) * (1 + (hz / high_hz) ** 4))
    out = np.fft.irfft(np.fft.rfft(noise) * shape, frames)
    return np.asarray(out / (3 * out.std()), np.float32)


def _placed(mono: np.ndarray[tuple[int], np.dtype[np.floating]], rise_s: float, place: float, rate_hz: int) -> Sound:
    angle = np.pi / 4 * (1 + place)
    gains = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32)
    return soften_end(soften_start(gains * mono.astype(np.float32), rise_s, rate_hz), 0.05, rate_hz)
