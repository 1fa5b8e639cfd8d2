"""Moments against plain NumPy, and against sines whose measures are known."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic import moments as module
from bonemusic.moments import MOMENT, moments

FIRST = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])
SECOND = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
NAMES = ("swing_m", "slope_m_s", "read_m_s", "bend_m_s2", "up_m", "down_m")


def plain(lateral, vertical, rate):
    """The same by convolution over the whole programme at once."""
    lat = lateral.astype(float)
    vert = np.zeros_like(lat) if vertical is None else vertical.astype(float)

    def difference(y, taps):
        return np.convolve(y, taps[::-1])[4:-4]

    def both(taps):
        return np.maximum(abs(difference(lat + vert, taps)), abs(difference(lat - vert, taps)))

    stride = max(1, rate // 48_000)
    read = np.zeros_like(lat)
    for edge in (lat - vert, lat + vert):
        apart = abs(edge[2 * stride :] - edge[: -2 * stride]) * rate / (2 * stride)
        read[stride:-stride] = np.maximum(read[stride:-stride], apart)
    swing = np.maximum(abs(lat - vert), abs(lat + vert))
    every = (swing, both(FIRST) * rate, read, both(SECOND) * rate**2, np.maximum(vert, 0), np.maximum(-vert, 0))
    pad = -len(lat) % MOMENT
    return [np.pad(x, (0, pad)).reshape(-1, MOMENT).max(axis=1) for x in every]


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 384_000])
@pytest.mark.parametrize("samples", [9 * MOMENT, module.CHUNK + 17, 2 * module.CHUNK + 1])
@pytest.mark.parametrize("stereo", [True, False])
def test_equals_plain_numpy(rate, samples, stereo):
    rng = np.random.default_rng(samples)
    lateral = rng.normal(0, 1e-5, samples).astype(np.float32)
    vertical = rng.normal(0, 5e-6, samples).astype(np.float32) if stereo else None
    found = moments(lateral, vertical, rate)
    for name, want in zip(NAMES, plain(lateral, vertical, rate), strict=True):
        np.testing.assert_allclose(getattr(found, name), want, rtol=2e-6, atol=1e-20, err_msg=name)


def test_blocks_equal_one_go(monkeypatch):
    rng = np.random.default_rng(3)
    lateral, vertical = (rng.normal(0, 1e-5, 50_001).astype(np.float32) for _ in range(2))
    whole = moments(lateral, vertical, 96_000)
    monkeypatch.setattr(module, "BLOCK", 7 * MOMENT)
    parts = moments(lateral, vertical, 96_000)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_sine_has_its_known_measures():
    rate, f, a = 96_000, 3000.0, 2e-5
    wave = (a * np.sin(2 * np.pi * f * np.arange(rate) / rate)).astype(np.float32)
    found = moments(wave, None, rate)
    w = 2 * np.pi * f
    middle = slice(10, -10)
    assert found.swing_m[middle].max() == pytest.approx(a, rel=1e-5)
    assert found.slope_m_s[middle].max() == pytest.approx(a * w, rel=1e-4)
    assert found.bend_m_s2[middle].max() == pytest.approx(a * w * w, rel=1e-4)
    assert found.read_m_s[middle].max() == pytest.approx(a * 48_000 * np.sin(2 * np.pi * f / 48_000), rel=1e-4)
    assert not found.up_m.any()
    assert not found.down_m.any()


def test_one_wall_alone_moves_one_edge_alone():
    """The right channel alone moves the outer edge, lateral - vertical, by twice its own part of lateral."""
    rate = 96_000
    wave = (1e-5 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)).astype(np.float32)
    mono, right = moments(wave, None, rate), moments(wave, -wave, rate)
    np.testing.assert_allclose(right.slope_m_s, 2 * mono.slope_m_s, rtol=1e-5)
    np.testing.assert_allclose(right.bend_m_s2, 2 * mono.bend_m_s2, rtol=1e-5)
    np.testing.assert_allclose(right.swing_m, 2 * mono.swing_m, rtol=1e-6)
    np.testing.assert_allclose(right.read_m_s, 2 * mono.read_m_s, rtol=1e-6)
    np.testing.assert_array_equal(np.maximum(right.up_m, right.down_m), mono.swing_m)


def test_lopsided_vertical_is_told_by_its_sign():
    vertical = np.full(1000, -4e-6, np.float32)
    found = moments(np.zeros(1000, np.float32), vertical, 48_000)
    assert not found.up_m.any()
    assert found.down_m.max() == np.float32(4e-6)


def test_times_and_lengths():
    found = moments(np.zeros(33, np.float32), None, 48_000)
    assert len(found) == 2
    np.testing.assert_allclose(found.times_s, [0, 32 / 48_000])
    assert len(moments(np.zeros(0, np.float32), None, 48_000)) == 0


def test_unequal_channels_are_refused():
    with pytest.raises(ValueError, match="lateral has"):
        moments(np.zeros(33, np.float32), np.zeros(32, np.float32), 48_000)
