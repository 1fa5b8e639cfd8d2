"""An upright piano of the 1950s, a little out of tune: strings, hammer, soundboard and damper."""

from __future__ import annotations

import numpy as np

from .modes import Floats, Modes, Sound, joined, ring, soften_end, soften_start

RELEASE_S = 0.07  # a felt damper on the strings
MIDDLE_C = 60
STRIKE = 0.122  # of the string's length, where the hammer hits: about an eighth
PARTIALS = 44


def hz_of(midi: float) -> float:
    """Frequency of a key of the equal-tempered scale; A4 = 69 = 440 Hz."""
    return float(440.0 * 2.0 ** ((midi - 69) / 12))


def piano_note(midi: int, loudness: float, seconds: float, rate_hz: int) -> Sound:
    """One key, struck and let go.

    Parameters
    ----------
    midi : int
        The key, 60 is middle C.
    loudness : float
        0 to 1; it moves the level and, as a harder hammer does, the brightness.
    seconds : float
        How long the key is held; the damper adds `RELEASE_S`.

    Returns
    -------
    ndarray, float32, (2, frames)
        Left and right; the peak is roughly `loudness`.
    """
    modes = joined(_strings(midi, loudness), _knock(midi, loudness))
    frames = round((seconds + RELEASE_S) * rate_hz)
    sound = ring(modes, frames, rate_hz)
    soften_start(sound, 0.0012 + 0.0022 * np.clip((72 - midi) / 36, 0, 1), rate_hz)
    return soften_end(sound, RELEASE_S, rate_hz)


def _strings(midi: int, loudness: float) -> Modes:
    f0 = hz_of(midi)
    n = np.arange(1.0, PARTIALS + 1)
    stiffness = 3.4e-4 * 2.0 ** ((midi - MIDDLE_C) / 9) + 0.9e-4 * 2.0 ** ((MIDDLE_C - midi) / 16)
    hz = n * f0 * np.sqrt((1 + stiffness * n**2) / (1 + stiffness))
    brightness_hz = (600 + 1900 * loudness**1.6) * (f0 / 262) ** 0.33
    level = (0.06 + np.abs(np.sin(np.pi * STRIKE * n))) / (1 + (hz / brightness_hz) ** 2) / n**0.35
    level *= hz**2 / (hz**2 + 70.0**2)  # the soundboard is too small for the deepest tones
    level *= 0.62 * loudness**1.2 / np.sqrt((level**2).sum())
    die = 6.9 / (11.5 * 2.0 ** ((36 - midi) / 20)) + 2.5e-7 * hz**2
    detune = 2.0 ** ((1.5 + 0.1 * max(0, midi - 36)) / 2400)  # the pair is 2 to 6 cents apart, as in a bar
    phase = np.random.default_rng(midi).uniform(-np.pi, np.pi, PARTIALS)
    both = _pan(midi, hz) * level
    # two strings: together they die fast, apart they sing on; so a note has a prompt sound and an aftersound
    return joined(
        Modes(hz * detune, 1.3 * die, phase, 0.68 * both),
        Modes(hz / detune, 0.6 * die, phase + 0.3, 0.32 * both),
    )


def _pan(midi: int, hz: Floats) -> Floats:
    """Gains left and right, (2, modes): low keys left, but deep tones in the middle, where a groove wants them."""
    place = np.clip((midi - 66) / 30, -0.4, 0.45)
    ripple = 0.22 * np.sin(5.3 * np.log(hz) + 1.1)  # the soundboard sends each tone its own way
    width = (place + ripple) * hz**2 / (hz**2 + 180.0**2)
    angle = np.pi / 4 * (1 + width)
    return np.stack([np.cos(angle), np.sin(angle)])


def _knock(midi: int, loudness: float) -> Modes:
    """The hammer's blow on the frame and the key on its bed: wood, gone at once."""
    rng = np.random.default_rng(1000)
    hz = np.geomspace(95, 1500, 16) * rng.uniform(0.93, 1.07, 16)
    die = rng.uniform(38, 75, 16) + hz / 30
    level = 0.03 * loudness**1.5 * (1 + max(0, midi - MIDDLE_C) / 24) * (hz / 300) ** -0.4
    return Modes(hz, die, rng.uniform(-np.pi, np.pi, 16), np.stack([level, level]))
