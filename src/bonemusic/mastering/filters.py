"""Filters for a groove, as frequency responses of zero phase: multiply them onto `curves.to_displacement`.

    high-pass       |H| = 1/√(1 + (fc/f)^8)   24 dB an octave, Butterworth's magnitude, on lateral and vertical alike
    bass to mono    |H| = 1/√(1 + (fc/f)^4)   12 dB an octave, on the vertical alone

A cutting console's elliptical equaliser is the second: a high-pass of the difference of the channels, at 75, 150 or
300 Hz, of 6 dB an octave (Neumann EE 70) or 12 (Wayne Kirkwood, "A second order elliptic equalizer for vinyl
mastering", 2012: the same bass out of phase taken away at half the corner, so that more stereo is left). What speaks
against a steeper one is that an analogue filter turns the difference's phase against the sum's; one of zero phase does
not, so 12 dB it is. The high-pass is of the order that the 20 Hz low-cut of `curves` has, so that a corner moves up
without a change of shape (assumed: no standard asks for one).
"""

from __future__ import annotations

import numpy as np

from ..moments import Moments
from ..spectral import Array, Response, low_cut
from .limit import Allowed

HIGH_PASS_ORDER = 4
MONO_ORDER = 2
MONO_CORNER_HZ = 150.0
"""The middle of the three corners of consoles."""
LEAST_HIT_DB = 0.1


def high_pass(corner_hz: float) -> Response:
    """Response that takes away what lies below the corner, 3 dB down there; `corner_hz` more than 0."""

    def response(frequency_hz: Array) -> Array:
        return low_cut(frequency_hz, corner_hz, HIGH_PASS_ORDER)

    return response


def bass_to_mono(corner_hz: float) -> Response:
    """Response for the vertical, whose bass is taken away below the corner; the lateral keeps its own."""

    def response(frequency_hz: Array) -> Array:
        return low_cut(frequency_hz, corner_hz, MONO_ORDER)

    return response


def bass_corner_hz(moments: Moments, allowed: Allowed, drive: float) -> float | None:
    """The corner that `auto` takes for bass to mono: 150 Hz where the vertical passes its limits, else None.

    Parameters
    ----------
    moments : Moments
        Of the programme at drive 1.
    allowed : Allowed
        Its `up_m` and `down_m` are heeded.
    drive : float
        Passing by up to 0.1 dB counts as keeping.
    """
    most = drive / 10 ** (LEAST_HIT_DB / 20)
    hit = np.any(moments.up_m * most > allowed.up_m) or np.any(moments.down_m * most > allowed.down_m)
    return MONO_CORNER_HZ if hit else None
