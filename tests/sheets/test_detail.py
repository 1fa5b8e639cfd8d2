"""How much picture lies where: means, rings, borders."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.sheets import detail as details


def test_under_a_ring_is_what_adding_it_up_finds():
    rng = np.random.default_rng(5)
    detail = rng.uniform(size=(40, 31))
    under = details.under(detail, 100.0, (0.05, 0.12))
    rows, columns = np.mgrid[:40, :31]
    for row, column in ((0, 0), (20, 15), (39, 30), (5, 28)):
        far = np.hypot(rows - row, columns - column)
        ring = np.clip(12 - far + 0.5, 0, 1) * np.clip(far - 5 + 0.5, 0, 1)
        assert under[row, column] == pytest.approx((ring * detail).sum())


def test_running_means_are_means():
    values = np.random.default_rng(6).uniform(size=(12, 9))
    padded = np.pad(values, 2, mode="edge")
    want = [[padded[r : r + 5, c : c + 5].mean() for c in range(9)] for r in range(12)]
    np.testing.assert_allclose(details._mean(values, 5), want)


@pytest.mark.parametrize("shape", [(16, 16), (16, 5000), (700, 512), (513, 1023), (2100, 16)])
def test_the_copy_is_small_and_detail_is_bounded(shape):
    grey = np.random.default_rng(8).integers(0, 256, shape).astype(np.uint8)
    detail, dots = details.of(grey)
    assert max(detail.shape) <= details.LOOKED_AT
    assert dots == pytest.approx(max(detail.shape) / max(shape), rel=0.1)
    assert detail.min() >= 0
    assert detail.max() <= details.CAP


def test_an_edge_between_even_greys_is_no_picture_and_a_rib_is():
    grey = np.full((300, 300), 200, np.uint8)
    grey[:, 150:] = 20
    assert not details.of(grey)[0].any()
    rows, columns = np.mgrid[:300, :300]
    ribs = (120 + 40 * np.sin(rows / 8) + 10 * np.sin(columns / 5)).astype(np.uint8)
    assert np.median(details.of(ribs)[0]) > 2
