"""Running means: known answers, and the plain twin."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.scanning import running


def test_a_ramp_stays_a_ramp_and_bends_at_its_ends() -> None:
    values = np.arange(20.0)
    means = running.mean(values, np.ones(20, bool), 5)
    assert means[2:-2] == pytest.approx(values[2:-2])
    assert means[:2] == pytest.approx([1.0, 1.5])
    assert means[-2:] == pytest.approx([17.5, 18.0])


def test_what_is_not_sure_counts_for_nothing() -> None:
    values = np.ones(40, np.float32)
    sure = np.ones(40, bool)
    sure[10:25] = False
    values[10:25] = np.nan
    means = running.mean(values, sure, 7)
    assert (means[13:22] == 0).all()
    assert (np.delete(means, np.arange(13, 22)) == 1).all()


@pytest.mark.parametrize("length", [1, 3, 61, 301])
def test_one_pass_gives_what_sums_of_each_place_give(length: int) -> None:
    rng = np.random.default_rng(0)
    values, sure = rng.standard_normal(200), rng.random(200) < 0.7
    half = length // 2
    near = [slice(max(0, k - half), k + half + 1) for k in range(200)]
    wanted = [float(values[part][sure[part]].sum()) / max(1, int(sure[part].sum())) for part in near]
    assert running.mean(values, sure, length) == pytest.approx(wanted, abs=1e-12)
    twin = running.mean_of.py_func(values, sure, length, 0, len(values))  # type: ignore[attr-defined]
    assert twin == pytest.approx(wanted, abs=1e-12)
    parts = [running.mean_of(values, sure, length, first, first + 50) for first in range(0, 200, 50)]
    assert np.concatenate(parts) == pytest.approx(wanted, abs=1e-12)


def test_stretches_are_summed_with_their_weights() -> None:
    rng = np.random.default_rng(1)
    values, weight = rng.standard_normal(47), rng.random(47).astype(np.float32)
    rows, by = values[:45].reshape(5, 9), weight[:45].reshape(5, 9)
    wanted = [by.sum(1), (rows * by).sum(1), (by * np.arange(9)).sum(1)]
    np.testing.assert_allclose(running.stretches(values, weight, 9), wanted, rtol=1e-6)
    twin = running.stretches.py_func(values, weight, 9)  # type: ignore[attr-defined]
    np.testing.assert_allclose(twin, wanted, rtol=1e-6)
    np.testing.assert_array_equal(running.stretches(values, weight > 0.5, 9)[0], (by > 0.5).sum(1))
