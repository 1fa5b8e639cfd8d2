"""Recording and replay curves, and the way between sound and displacement.

A cartridge reads velocity: recorded velocity follows the recording curve, displacement is its integral.

    H(s) = (1 + s·t1)(1 + s·t3) / (1 + s·t2),   shelf t1, turnover t2, rolloff t3, s = 2πif

normalised to |H| = 1 at 1 kHz. Without a shelf (1 + s·t1) becomes s·t1 (constant amplitude all the way down), without a
rolloff its factor is 1, without a turnover there is neither it nor a shelf. Sources: IEC 60098:1987; IASA-TC 04 §5.3.6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .presets import Curve
from .spectral import Response, high_cut, low_cut

Frequencies = NDArray[Any]
Gains = NDArray[Any]

REFERENCE_HZ = 1000.0
REFERENCE_VELOCITY_M_S = 0.05
"""0 dB: 5 cm/s peak lateral velocity (IEC 60098; 8.0 µm peak at 1 kHz)."""
LOW_CUT_HZ = 20.0
"""The corner below which nothing is cut: IEC 60098's replay amendment (7950 µs) has it at 20 Hz too."""
IEC_LOW_CUT_S = 7950e-6


def recording(curve: Curve, frequency_hz: Frequencies) -> Gains:
    """Gain from sound to recorded velocity.

    Parameters
    ----------
    curve : Curve
    frequency_hz : ndarray, (m,)
        From 0 Hz on.

    Returns
    -------
    ndarray, complex128, (m,)
        |H| = 1 at 1 kHz, with the phase of the network of resistors and capacitors that the curve stands for.
    """
    at_reference = _shape(curve, np.array([2j * np.pi * REFERENCE_HZ]))[0]
    gain: Gains = _shape(curve, 2j * np.pi * np.asarray(frequency_hz, np.float64)) / abs(at_reference)
    return gain


def _shape(curve: Curve, s: Gains) -> Gains:
    gain = np.ones(s.shape, np.complex128)
    if curve.turnover_s is not None:
        below = s * curve.turnover_s if curve.shelf_s is None else 1 + s * curve.shelf_s
        gain *= below / (1 + s * curve.turnover_s)
    if curve.rolloff_s is not None:
        gain *= 1 + s * curve.rolloff_s
    return gain


def replay(curve: Curve, frequency_hz: Frequencies, iec_low_cut: bool = False) -> Gains:
    """Gain from velocity back to sound: 1/H, with IEC's 7950 µs low-cut where asked; 0 where H is 0."""
    s = 2j * np.pi * np.asarray(frequency_hz, np.float64)
    gain = recording(curve, frequency_hz)
    back: Gains = np.divide(1, gain, out=np.zeros_like(gain), where=gain != 0)
    if iec_low_cut:
        back *= s * IEC_LOW_CUT_S / (1 + s * IEC_LOW_CUT_S)
    return back


def to_displacement(curve: Curve, bandwidth_hz: float) -> Response:
    """Response from sound to displacement: full scale at 1 kHz becomes 5 cm/s peak, H(s)/s, band-limited.

    Zero-phase low-cut at 20 Hz (twice 3 dB down there with a player's own), zero-phase high-cut that begins at
    `bandwidth_hz` and is complete 15 % above it.
    """

    def response(f: Frequencies) -> Gains:
        s = 2j * np.pi * f
        gain = recording(curve, f) * low_cut(f, LOW_CUT_HZ) * high_cut(f, bandwidth_hz, 1.15 * bandwidth_hz)
        out: Gains = np.divide(gain * REFERENCE_VELOCITY_M_S, s, out=np.zeros_like(gain), where=f > 0)
        return out

    return response


def from_displacement(curve: Curve, bandwidth_hz: float, low_cut_hz: float = 12.0) -> Response:
    """Response from displacement to sound: the velocity a cartridge reads, through the replay curve; 5 cm/s is 1.

    The low-cut stands for what every player does to the sub-sonic: `low_cut_hz`, zero-phase.
    """

    def response(f: Frequencies) -> Gains:
        s = 2j * np.pi * f
        band = low_cut(f, low_cut_hz) * high_cut(f, bandwidth_hz, 1.15 * bandwidth_hz)
        out: Gains = replay(curve, f) * s * band / REFERENCE_VELOCITY_M_S
        return out

    return response
