"""Filters against their formulas' known points, and by what they do to out-of-phase bass."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.mastering.filters import bass_corner_hz, bass_to_mono, high_pass
from bonemusic.mastering.limit import Allowed
from bonemusic.moments import moments
from bonemusic.spectral import filtered


def level_db(response, frequency_hz):
    return 20 * np.log10(response(np.array([frequency_hz]))[0])


@pytest.mark.parametrize(("make", "slope_db"), [(high_pass, 24.1), (bass_to_mono, 12.0)])
def test_corner_and_slope(make, slope_db):
    response = make(150.0)
    assert level_db(response, 150.0) == pytest.approx(-3.01, abs=0.01)
    assert level_db(response, 10.0) - level_db(response, 5.0) == pytest.approx(slope_db, abs=0.1)
    assert level_db(response, 3000.0) == pytest.approx(0, abs=0.001)
    assert response(np.array([0.0]))[0] == 0


def test_the_phase_stays():
    """A zero-phase response leaves a symmetric pulse symmetric about its middle."""
    pulse = np.zeros(20_001, np.float32)
    pulse[10_000] = 1
    out = filtered(pulse, 8000, bass_to_mono(150.0))
    np.testing.assert_allclose(out, out[::-1], atol=1e-6)
    assert out.argmax() == 10_000


def test_auto_takes_a_corner_only_where_the_vertical_asks_for_it():
    t = np.arange(4800) / 48_000
    vertical = (1e-5 * np.sin(2 * np.pi * 100 * t)).astype(np.float32)
    found = moments(0 * vertical, vertical, 48_000)
    assert bass_corner_hz(found, Allowed(up_m=1e-5, down_m=1e-5), 1.0) is None
    assert bass_corner_hz(found, Allowed(up_m=1e-5), 1.01) is None  # by 0.09 dB
    assert bass_corner_hz(found, Allowed(up_m=1e-5), 1.02) == 150.0
    assert bass_corner_hz(found, Allowed(down_m=np.full(len(found), 1e-5)), 1.02) == 150.0
    assert bass_corner_hz(found, Allowed(swing_m=0.0), 10.0) is None
