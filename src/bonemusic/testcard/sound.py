"""The 30 seconds of the test card: a reference tone, a sweep, tones, a tune, and silence to hear the sheet itself in.

All but the tune's level is given as recorded velocity against the reference tone, so that no other moment is as loud
and the side's level is the reference's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..audio import Audio
from ..curves import recording
from ..presets import Curve

RATE_HZ = 48_000
REFERENCE_HZ = 1000.0
REFERENCE = 0.5
"""The reference tone's part of full scale."""
BELOW_DB = -8.0
"""Tones and sweep against the reference, as heard: RIAA's treble (6.6 dB more at 4 kHz) then stays below it."""
TUNE_PEAK_DB = -2.0
"""Peak velocity of the tune against the reference's."""
SWEEP_HZ = (100.0, 4000.0)
TONES_HZ = (100.0, 300.0, 1000.0, 3000.0)
FADE_S = 0.02
GAP_S = 0.25
TUNE_S = 8.0
SECONDS = 30.0


@dataclass(frozen=True)
class Section:
    """One part of the sound: what it is called, and where it lies, in seconds from the beginning."""

    name: str
    start_s: float
    end_s: float


SECTIONS = (
    Section("1 kHz", 0.0, 5.0),
    Section("sweep", 5.0, 11.0),
    *(Section(f"{hz:g} Hz", 11.0 + 1.5 * k, 12.5 + 1.5 * k) for k, hz in enumerate(TONES_HZ)),
    Section("tune", 17.0, 17.0 + TUNE_S),
    Section("silence", 25.0, SECONDS),
)


def sound(tune: Audio, curve: Curve) -> Audio:
    """All sections, one after another.

    Parameters
    ----------
    tune : Audio
        At `RATE_HZ`, at most `TUNE_S` long; its channels are mixed.
    curve : Curve
        With which the sound will be recorded.

    Returns
    -------
    Audio
        One channel, `SECONDS` long, the same at every call.
    """
    whole = np.zeros(round(SECONDS * RATE_HZ))
    quiet = REFERENCE * 10 ** (BELOW_DB / 20)
    for section in SECTIONS:
        seconds = section.end_s - section.start_s
        if section.name == "sweep":
            part = quiet * sweep(*SWEEP_HZ, seconds - GAP_S)
        elif section.name == "tune":
            part = _tune(tune, curve)
        elif section.name == "silence":
            continue
        else:
            hz = REFERENCE_HZ if section is SECTIONS[0] else float(section.name.removesuffix(" Hz"))
            part = (REFERENCE if section is SECTIONS[0] else quiet) * tone(hz, seconds - GAP_S)
        first = round(section.start_s * RATE_HZ)
        whole[first : first + len(part)] = part
    return Audio(whole.astype(np.float32), RATE_HZ)


def tone(hz: float, seconds: float) -> NDArray[Any]:
    """A sine that comes and goes softly."""
    return np.asarray(np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ) * _fades(seconds))


def sweep(from_hz: float, to_hz: float, seconds: float) -> NDArray[Any]:
    """A sine that climbs by the same number of octaves in every second."""
    per_s = np.log(to_hz / from_hz) / seconds
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.asarray(np.sin(2 * np.pi * from_hz * np.expm1(per_s * t) / per_s) * _fades(seconds))


def _fades(seconds: float) -> NDArray[Any]:
    count, fade = round(seconds * RATE_HZ), round(FADE_S * RATE_HZ)
    held = np.ones(count)
    held[:fade] = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    held[-fade:] = held[:fade][::-1]
    return held


def _tune(tune: Audio, curve: Curve) -> NDArray[Any]:
    """The tune as loud as its fastest moment, recorded with the curve, may be."""
    mono = tune.samples.mean(axis=1, dtype=np.float64)[: round(TUNE_S * RATE_HZ)]
    hz = np.fft.rfftfreq(len(mono), 1 / RATE_HZ)
    velocity = np.fft.irfft(np.fft.rfft(mono) * recording(curve, hz), len(mono))
    return np.asarray(mono * (REFERENCE * 10 ** (TUNE_PEAK_DB / 20) / np.abs(velocity).max()))
