"""The kernels of finding a disc against their plain twins."""

from __future__ import annotations

import numpy as np

from bonemusic.scanning import lines, normals, perspective, spokes

GREY = np.random.default_rng(0).integers(0, 256, (60, 70)).astype(np.uint8)


def test_means_of_tiles() -> None:
    tops, lefts = np.array([0, 11]), np.array([3, 20])
    fast, plain = np.empty((2, 8, 8), np.float32), np.empty((2, 8, 8), np.float32)
    normals.gather(GREY, tops, lefts, 4, fast)
    normals.gather.py_func(GREY.astype(int), tops, lefts, 4, plain)  # type: ignore[attr-defined]
    np.testing.assert_allclose(fast, plain)
    assert fast[1, 0, 0] == GREY[11:15, 20:24].mean()


def test_spokes_between_pixels_and_beyond_the_picture() -> None:
    angle = np.linspace(0, 6, 12).reshape(4, 3)
    fast, plain = np.empty((4, 50), np.float32), np.empty((4, 50), np.float32)
    args = (GREY, 30.2, 25.7, 10 * np.cos(angle), 10 * np.sin(angle), 0.1, 0.1)
    spokes.walk(*args, fast)
    spokes.walk.py_func(*args, plain)  # type: ignore[attr-defined]
    np.testing.assert_allclose(fast, plain, rtol=1e-5)
    assert np.isnan(fast[:, -1]).any()


def test_runs_along_a_spoke() -> None:
    wave = np.stack([np.cos(np.arange(200) / 3.0 + k) for k in range(3)]).astype(np.float32)
    middle, sure = np.zeros((3, 10), np.float32), np.full((3, 10), 0.2, np.float32)
    spoke, told = np.empty(200, np.int64), np.empty((4, 200))
    spoke2, told2 = np.empty(200, np.int64), np.empty((4, 200))
    n = lines.crossings(wave, middle, sure, 20, spoke, told)
    assert n == lines.crossings.py_func(wave, middle, sure, 20, spoke2, told2)  # type: ignore[attr-defined]
    np.testing.assert_allclose(told[:, :n], told2[:, :n])
    np.testing.assert_allclose(told[1, :n] - told[0, :n], 3 * np.pi, atol=0.05)


def test_cubic_resampling() -> None:
    matrix = np.array([[1, 0.02, 3.3], [0.01, 1, 2.7], [1e-4, 0, 1]])
    fast, plain = np.empty((9, 40), np.uint8), np.empty((9, 40), np.uint8)
    perspective.cubic(GREY, matrix, 5, 255, 77, fast)
    perspective.cubic.py_func(GREY, matrix, 5, 255, 77, plain)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(fast, plain)
    perspective.cubic(GREY, np.eye(3), 5, 255, 77, fast)
    np.testing.assert_array_equal(fast[:, 1:], GREY[5:14, 1:40])
    assert (fast[:, 0] == 77).all()  # no cubic reaches there
