"""Sound foretold from itself: known models, known gaps."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.scanning import autoregressive
from bonemusic.scanning.autoregressive import burg, fill, foretell, levinson, solve

A = np.array([1.0, -1.6, 0.81, -0.1, 0.05])


def process(count, seed=0):
    e = np.random.default_rng(seed).standard_normal(count + 500)
    x = np.zeros(len(e))
    for n in range(4, len(e)):
        x[n] = e[n] - A[1:] @ x[n - 4 : n][::-1]
    return x[500:]


def test_the_model_that_made_the_sound_is_found_from_two_stretches():
    x = process(20_000)
    np.testing.assert_allclose(burg(x[:9000], x[11_000:], 4), A, atol=0.05)
    np.testing.assert_allclose(burg(np.zeros(0), x, 4), A, atol=0.05)
    alike = np.array([x[: len(x) - k] @ x[k:] for k in range(5)])
    np.testing.assert_allclose(levinson(alike), A, atol=0.05)


def test_silence_has_a_model_that_foretells_silence():
    np.testing.assert_array_equal(burg(np.zeros(50), np.zeros(50), 3), [1, 0, 0, 0])
    np.testing.assert_array_equal(levinson(np.zeros(4)), [1, 0, 0, 0])


def test_two_tones_are_foretold_and_filled():
    t = np.arange(2500)
    tones = np.sin(0.21 * t) + 0.3 * np.cos(0.5 * t + 1)
    heard = tones + 1e-4 * np.random.default_rng(3).standard_normal(len(t))
    a = burg(heard[:1200], heard[1300:], 32)
    np.testing.assert_allclose(foretell(heard[:1200], a, 30), tones[1200:1230], atol=0.02)
    holed = heard.copy()
    unknown = np.zeros(len(t), bool)
    unknown[1200:1260] = unknown[1270:1300] = True
    holed[unknown] = 1e3
    fill(holed, unknown, a)
    np.testing.assert_allclose(holed, tones, atol=0.02)


def test_a_fill_has_the_least_innovation():
    x = process(60, 1)
    unknown = np.zeros(60, bool)
    unknown[[20, 21, 22, 25, 33]] = True
    places = np.flatnonzero(unknown)
    # e = C x; least |C_u x_u + C_k x_k|² by numpy, over all e that the gap touches
    C = np.array([[A[n - k] if 0 <= n - k <= 4 else 0.0 for k in range(60)] for n in range(4, 60)])
    known = np.where(unknown, 0.0, x)
    wanted = np.linalg.lstsq(C[:, places], -C @ known, rcond=None)[0]
    got = known.copy()
    fill(got, unknown, A)
    np.testing.assert_allclose(got[places], wanted, rtol=1e-6)
    np.testing.assert_array_equal(got[~unknown], x[~unknown])


def test_a_banded_system_is_solved_as_a_full_one():
    rng = np.random.default_rng(4)
    lower = np.tril(np.triu(rng.standard_normal((12, 12)), -3)) + 4 * np.eye(12)
    full, wanted = lower @ lower.T, rng.standard_normal(12)
    band = np.array([[full[i, i - k] if i >= k else 0.0 for k in range(4)] for i in range(12)])
    got = wanted.copy()
    solve(band, got)
    np.testing.assert_allclose(got, np.linalg.solve(full, wanted), rtol=1e-9)


@pytest.mark.parametrize("kernel", [burg, fill, solve, foretell, levinson])
def test_kernels_do_as_their_plain_twins(kernel):
    x = process(120, 2)
    unknown = np.zeros(120, bool)
    unknown[50:58] = True
    given = {
        burg: (x[:60], x[60:], 6),
        fill: (x.copy(), unknown, A),
        solve: (np.tile([4.0, 1.0, 0.5], (9, 1)), x[:9].copy()),
        foretell: (x, A, 20),
        levinson: (np.array([4.0, 3.0, 1.5, 0.2]),),
    }[kernel]
    plain = tuple(np.copy(g) if isinstance(g, np.ndarray) else g for g in given)
    one, other = kernel(*given), kernel.py_func(*plain)
    for a, b in zip((one, *given), (other, *plain), strict=True):
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("length", [0, 1, 3, 4, 11])
def test_the_kernels_of_a_step_do_as_their_plain_twins(length):
    rng = np.random.default_rng(length)
    x, y = rng.standard_normal((2, length))
    for products in (autoregressive._products, autoregressive._products.py_func):
        assert products(x, y) == pytest.approx((x @ y, x @ x + y @ y), abs=1e-12)
    for reflect in (autoregressive._reflect, autoregressive._reflect.py_func):
        forward, backward = x.copy(), y.copy()
        reflect(forward, backward, 0.3)
        np.testing.assert_allclose([forward, backward], [x + 0.3 * y, y + 0.3 * x], atol=1e-15)
