"""A place of a side at which test tones are cut and played, as the sound there will be.

Each tone is some whole number of periods that repeats for ever, so its harmonics lie exactly on the bins of its
spectrum and nothing rings. It is compensated if the side is, limited to what the machine carries, and traced by a ball
that rolls on both walls at the groove's speed there.

A drawing holds nothing above the machine's bandwidth, and a tone's compensation lies at its harmonics: what does not
fit under the bandwidth is lost, here as there. A stereo machine, a lathe, is fed sound that holds them; that its head
follows is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import replay
from ..groove import Groove, Profile, constant
from ..presets import Curve, Disc, Machine
from ..rolling import margin_for
from ..spectral import high_cut
from ..stylus import (
    ROUNDS,
    compensation_rate_hz,
    cut_nearer,
    erode_groove,
    greatest_velocity_m_s,
    least_curvature_m,
    trace_groove,
)

Array = NDArray[Any]

HARMONICS = 7
"""The highest that is looked at."""
_LEAST_RATE_HZ = 96_000
_SAMPLES = 4096
"""Least length of a tone: its phases then fall on many places between samples."""


@dataclass(frozen=True)
class Bench:
    """A place of the side at which tones are cut and played."""

    radius_m: float
    rpm: Fraction
    machine: Machine
    curve: Curve
    disc: Disc

    @property
    def speed_m_s(self) -> float:
        """How fast the groove passes there."""
        return 2 * math.pi * self.radius_m * float(self.rpm) / 60

    def held_m_s(self, frequency_hz: float, tip_m: float) -> float:
        """Peak velocity of the loudest lateral tone whose slope and curvature the groove and a tip allow."""
        slope = greatest_velocity_m_s(self.speed_m_s)
        if tip_m == 0:
            return slope
        return min(slope, self.speed_m_s**2 / (2 * math.pi * frequency_hz * least_curvature_m(tip_m)))

    def followed(self, frequency_hz: float, velocity_m_s: float, tip_m: float, cut_for_m: float) -> float:
        """How much of a tone's displacement arrives."""
        swing_m = velocity_m_s / (2 * math.pi * frequency_hz)
        return float(np.abs(self._played(frequency_hz, swing_m, tip_m, cut_for_m)[0]) / swing_m)

    def thd(self, frequency_hz: float, velocity_m_s: float, tip_m: float, cut_for_m: float) -> float:
        """Harmonics against the tone, after the replay curve."""
        swing_m = velocity_m_s / (2 * math.pi * frequency_hz)
        hz = frequency_hz * np.arange(1, HARMONICS + 1)
        heard = np.abs(self._played(frequency_hz, swing_m, tip_m, cut_for_m) * hz * replay(self.curve, hz))
        return float(np.linalg.norm(heard[1:]) / heard[0])

    def _played(self, frequency_hz: float, swing_m: float, tip_m: float, cut_for_m: float) -> Array:
        """Peak displacements of a tone and its harmonics, (7,), complex: of the left channel times √2, or lateral."""
        if not swing_m > 0:
            raise ValueError("a test tone must move: its velocity must be more than 0 m/s")
        rate_hz = max(_LEAST_RATE_HZ, compensation_rate_hz(frequency_hz))
        periods = math.ceil(_SAMPLES * frequency_hz / rate_hz)
        count = round(periods * rate_hz / frequency_hz)
        tone = swing_m * np.sin(2 * np.pi * periods / count * np.arange(count))
        margin = self._margin(rate_hz, tip_m)
        cut = self._repeated(*self._cut(tone, rate_hz, cut_for_m), rate_hz, margin)
        across, up = trace_groove(cut, tip_m, margin, margin + count)
        spectrum: Array = np.fft.rfft(across if up is None else across + up) * (2 / count)
        return spectrum[periods * np.arange(1, HARMONICS + 1)]

    def _cut(self, tone_m: Array, rate_hz: int, cut_for_m: float) -> tuple[Array, Array | None]:
        """Lateral and vertical that the machine cuts for a lateral tone that repeats."""
        margin = self._margin(rate_hz, cut_for_m)
        where = (margin, margin + len(tone_m))
        if self.machine.stereo:
            flat = np.zeros(len(tone_m))
            meant = self._repeated(tone_m, flat, rate_hz, margin)
            return erode_groove(meant, cut_for_m, *where) if cut_for_m else (tone_m, flat)
        lateral, meant = tone_m, self._repeated(tone_m, None, rate_hz, margin)
        for _ in range(ROUNDS if cut_for_m else 0):
            lateral = cut_nearer(meant, self._repeated(lateral, None, rate_hz, margin), cut_for_m, *where)
        return self._drawn(lateral, rate_hz), None

    def _margin(self, rate_hz: int, radius_m: float) -> int:
        """Samples that a ball reaches to either side."""
        return margin_for(np.array([self.speed_m_s / rate_hz]), radius_m)

    def _repeated(self, lateral_m: Array, vertical_m: Array | None, rate_hz: int, margin: int) -> Groove:
        """A groove of what repeats, with as much more of it on either side as a ball reaches."""
        disc = self.disc
        profile = Profile(disc.groove_width_m, disc.bottom_radius_m, disc.angle_rad)
        across = np.pad(lateral_m, margin, mode="wrap")
        up = None if vertical_m is None else np.pad(vertical_m, margin, mode="wrap")
        return Groove(constant(self.radius_m), constant(disc.depth_m), self.rpm, rate_hz, across, profile, up)

    def _drawn(self, lateral_m: Array, rate_hz: int) -> Array:
        """What a drawing keeps of a lateral that repeats: as far as the machine's bandwidth."""
        stop_hz = min(1.15 * self.machine.bandwidth_hz, self.machine.points_per_s / 2)
        f = np.fft.rfftfreq(len(lateral_m), 1 / rate_hz)
        keep = high_cut(f, min(self.machine.bandwidth_hz, 0.97 * stop_hz), stop_hz)
        return np.fft.irfft(np.fft.rfft(lateral_m) * keep, len(lateral_m))
