"""Grooves counted between two radii: as many as were drawn, and where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.between import between
from bonemusic.scanning.sight import STRENGTH, box

SIGHT = box(3.0, 0.8)
SIDE, HEIGHT, NOISE = 400, 180.0, 3.0
FRAME = np.array([200.0, 200.0, 1.0, 1.0, 47_244.0])


def _rings(*radii: float) -> NDArray[Any]:
    """Rings of a groove's look."""
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    away = np.hypot(column - FRAME[0], row - FRAME[1])
    grey = 30 + np.random.default_rng(3).normal(0, NOISE, away.shape)
    for radius in radii:
        grey += HEIGHT * np.clip(2 - np.abs(away - radius), 0, 1)
    return np.rint(grey.clip(0, 255)).astype(np.uint8)


def _told(
    grey: NDArray[Any], start: float, end: float, twin: bool = False
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    angle = np.linspace(0.1, 6.2, 60)
    n = len(angle)
    count, place, strength = np.zeros(n, np.int64), np.zeros(n), np.zeros(n)
    how: Any = between.py_func if twin else between  # type: ignore[attr-defined]
    how(
        grey, FRAME, SIGHT.weights[STRENGTH], SIGHT.rows, SIGHT.mix, 3.0, 1.0, NOISE, angle,
        np.full(n, start), np.full(n, end), np.full(n, HEIGHT), count, place, strength,
    )  # fmt: skip
    return count, place, strength


@pytest.mark.parametrize(
    ("radii", "between_them"), [((100, 110), 0), ((100, 120), 0), ((100, 110, 120), 1), ((100, 109, 118, 130), 2)]
)
def test_so_many_lie_between(radii: tuple[float, ...], between_them: int) -> None:
    grey = _rings(*radii)
    for start, end, nearest in ((radii[0], radii[-1], radii[1]), (radii[-1], radii[0], radii[-2])):
        count, place, strength = _told(grey, start, end)
        assert (count == between_them).all()
        if between_them:
            assert np.abs(place - nearest).max() < 0.3
            assert (strength > 0.7 * HEIGHT).all()


def test_beyond_the_picture_nothing_is_known() -> None:
    count, _, _ = _told(_rings(100), 100, 260)
    assert (count == -1).sum() > 30


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e9])
def test_no_radius_at_all_counts_nothing(bad: float) -> None:
    for start, end in ((100.0, bad), (bad, 100.0)):
        count, _, _ = _told(_rings(100), start, end)
        assert not count.any()


def test_the_kernel_is_its_plain_twin() -> None:
    grey = _rings(100, 109, 118, 130)
    for one, other in zip(_told(grey, 100, 130), _told(grey, 100, 130, twin=True), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)
