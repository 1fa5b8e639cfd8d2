"""What to expect of a side before it is cut: response, distortion and noise at one radius, for a machine and a stylus.

Not by formulas: short tones are cut and played through the very model of the stylus that plays grooves (`bench`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..curves import REFERENCE_VELOCITY_M_S, replay, to_displacement
from ..presets import Curve, Disc, Machine, Stylus
from ..stylus import largest_ball_m
from .bench import Bench

THIRD_OCTAVES_HZ = tuple(
    tens * step for tens in (10, 100, 1000, 10_000) for step in (1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8)
)[6:]
"""Nominal ones (IEC 61260-1) from 40 Hz on."""
DISTORTION_HZ = (300.0, 1000.0, 3000.0, 8000.0)
REMAINS_HZ = (3000.0, 8000.0)
RESPONSE_BELOW_DB = 20.0
"""How far under the side's level the response is taken (assumed: where test records have it). Lower still, a tip of any
size would follow anything."""
_FALL_DB = -3.0
_HALVINGS = 8
"""Enough to find the bandwidth to a thousandth of itself."""


@dataclass(frozen=True)
class Place:
    """What to expect at one radius.

    Attributes
    ----------
    radius_m, speed_m_s : float
    response : tuple of (frequency_hz, gain_db)
        From the sound given to the sound heard, recorded and replayed through the curve, at the third-octaves from
        40 Hz to the machine's bandwidth, 20 dB under the side's level.
    bandwidth_hz : float
        Where that is 3 dB down.
    distortion : tuple of (frequency_hz, thd_percent)
        Harmonics 2 to 7 against the tone, after the replay curve; in stereo, in one channel. Tones that the machine
        does not carry are left out.
    velocity : tuple of (frequency_hz, velocity_m_s)
        The peak velocity of those tones: the side's level, or less where the groove cannot hold it.
    snr_db : float or None
        A tone of the side's level against all noise; None where there is none.
    """

    radius_m: float
    speed_m_s: float
    response: tuple[tuple[float, float], ...]
    bandwidth_hz: float
    distortion: tuple[tuple[float, float], ...]
    velocity: tuple[tuple[float, float], ...]
    snr_db: float | None


@dataclass(frozen=True)
class Remains:
    """What is left of the distortion of one tone with one stylus: of the plain groove, and of the compensated one."""

    stylus: str
    frequency_hz: float
    plain_db: float
    compensated_db: float


def predicted(
    radius_m: float,
    rpm: Fraction,
    machine: Machine,
    stylus: Stylus | None,
    curve: Curve,
    disc: Disc,
    level_m_s: float,
    compensated_for: Stylus | None = None,
    *,
    noise_db: float | None = None,
    drawn_snr_db: float | None = None,
) -> Place:
    """What a machine and a stylus make of a side at one radius.

    Parameters
    ----------
    radius_m, rpm
        Where, and how fast.
    machine : Machine
        One that is not stereo cuts, and is compensated, sideways only.
    stylus : Stylus or None
        What plays; None is a tip of radius 0.
    level_m_s : float
        Peak velocity of the side, more than 0; tones are cut with it, as far as slope and curvature let them.
    compensated_for : Stylus, optional
        What the groove is compensated for.
    noise_db : float, optional
        RMS of the record's and player's noise after the replay curve, in dB re 5 cm/s peak, as turntables give it.
        Taken to be the same at any radius.
    drawn_snr_db : float, optional
        Sound over the noise of the machine's grid, as the drawing has it. Powers of the two noises add.
    """
    bench = Bench(radius_m, rpm, machine, curve, disc)
    tip_m, cut_for_m = _radius_m(stylus), _radius_m(compensated_for)
    widest_m = max(tip_m, cut_for_m)
    record = to_displacement(curve, machine.bandwidth_hz)
    small_m = level_m_s / REFERENCE_VELOCITY_M_S / 10 ** (RESPONSE_BELOW_DB / 20)

    def gain(frequency_hz: float) -> float:
        """Sound to displacement, displacement through the tip, and back to sound."""
        f = np.array([frequency_hz])
        per_unit = 2 * np.pi * f * record(f)
        cut_m_s = min(small_m * float(np.abs(per_unit)[0]), bench.held_m_s(frequency_hz, widest_m))
        there_and_back = float(np.abs(per_unit * replay(curve, f))[0]) / REFERENCE_VELOCITY_M_S
        return there_and_back * bench.followed(frequency_hz, cut_m_s, tip_m, cut_for_m)

    carried = [hz for hz in THIRD_OCTAVES_HZ if hz <= machine.bandwidth_hz]
    gains = [gain(hz) for hz in carried]
    tones = [(hz, min(level_m_s, bench.held_m_s(hz, widest_m))) for hz in DISTORTION_HZ if hz <= machine.bandwidth_hz]
    return Place(
        radius_m=radius_m,
        speed_m_s=bench.speed_m_s,
        response=tuple((hz, 20 * math.log10(g)) for hz, g in zip(carried, gains, strict=True)),
        bandwidth_hz=_bandwidth_hz(gain, carried, gains, machine.bandwidth_hz),
        distortion=tuple((hz, 100 * bench.thd(hz, velocity, tip_m, cut_for_m)) for hz, velocity in tones),
        velocity=tuple(tones),
        snr_db=_snr_db(level_m_s, noise_db, drawn_snr_db),
    )


def remaining(
    styli: Sequence[Stylus],
    radius_m: float,
    rpm: Fraction,
    machine: Machine,
    curve: Curve,
    disc: Disc,
    level_m_s: float,
    compensated_for: Stylus,
) -> tuple[Remains, ...]:
    """What compensation for one stylus leaves of the distortion that other styli make.

    Parameters are those of `predicted`. Tones of 3 and 8 kHz, as far as the machine carries them, with the side's
    level, or less where slope or the curvature that `compensated_for` follows does not let them. Styli that the groove
    does not carry, as they would ride on its edges, are left out.

    Returns
    -------
    tuple of Remains
        Stylus by stylus; total harmonic distortion in dB, as `Place.distortion` has it in percent.
    """
    bench = Bench(radius_m, rpm, machine, curve, disc)
    cut_for_m = compensated_for.tracing_radius_m
    widest_m = largest_ball_m(disc.groove_width_m, disc.angle_rad)
    rows = []
    for stylus in (tip for tip in styli if tip.radius_m <= widest_m):
        for hz in REMAINS_HZ:
            if hz <= machine.bandwidth_hz:
                velocity = min(level_m_s, bench.held_m_s(hz, cut_for_m))
                plain, mended = (bench.thd(hz, velocity, stylus.tracing_radius_m, cut) for cut in (0.0, cut_for_m))
                rows.append(Remains(stylus.name, hz, _db(plain), _db(mended)))
    return tuple(rows)


def _radius_m(stylus: Stylus | None) -> float:
    return 0.0 if stylus is None else stylus.tracing_radius_m


def _db(ratio: float) -> float:
    """Decibels; a ratio that float32 cannot hold is nothing."""
    return 20 * math.log10(max(ratio, 1e-8))


def _bandwidth_hz(
    gain: Callable[[float], float], carried_hz: Sequence[float], gains: Sequence[float], machine_hz: float
) -> float:
    """Where the gain first falls by 3 dB: between third-octaves, or as far as the machine's high-cut reaches."""
    least = 10 ** (_FALL_DB / 20)
    low, high = 0.0, 1.15 * machine_hz
    for hz, at in zip(carried_hz, gains, strict=True):
        if at < least:
            high = hz
            break
        low = hz
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) >= least else (low, middle)
    return low


def _snr_db(level_m_s: float, noise_db: float | None, drawn_snr_db: float | None) -> float | None:
    """A tone's RMS over that of noises whose powers add."""
    tone_db = 20 * math.log10(level_m_s / REFERENCE_VELOCITY_M_S / math.sqrt(2))
    ratios_db = [] if noise_db is None else [tone_db - noise_db]
    ratios_db += [] if drawn_snr_db is None else [drawn_snr_db]
    return -10 * math.log10(sum(10 ** (-db / 10) for db in ratios_db)) if ratios_db else None
