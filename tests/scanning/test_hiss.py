"""A picture's noise and blur in sound: what is known of both is taken off, and no more than is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.grain import FRAME, Grain
from bonemusic.scanning.hiss import FLOOR, MOST, reduced, turn_down

RATE = 48_000
SMEAR = 1.6
SECONDS = 1.0
N = int(SECONDS * RATE)


def _grain(density: float = 0.0) -> Grain:
    """The same all over the side."""
    return Grain(np.array([0.0, N]), np.full((2, FRAME // 2 + 1), density), np.full(2, SMEAR))


def _reduced(sound: NDArray[Any], grain: Grain, floor: float) -> NDArray[Any]:
    """Of a groove whose displacement is the sound."""
    out = reduced(sound[:, None].astype(np.float32), RATE, grain, np.ones(N, np.float32), RATE, 0, np.ones_like, floor)
    assert out.shape == (len(sound), 1)
    assert out.dtype == np.float32
    return out[:, 0]


def _gain_db(hz: float, grain: Grain, floor: float) -> float:
    tone = np.sin(2 * np.pi * hz / RATE * np.arange(N))
    out = _reduced(tone, grain, floor)
    near = slice(N // 4, -N // 4)
    return float(20 * np.log10(np.sum(out[near] * tone[near]) / np.sum(tone[near] ** 2)))


@pytest.mark.parametrize("floor", [1.0, FLOOR])
@pytest.mark.parametrize("hz", [100, 1000, 3000, 5000, 7000, 12_000])
def test_what_was_blurred_is_raised_by_as_much_up_to_6_db(hz: float, floor: float) -> None:
    lost_db = 20 * np.log10(np.exp(2 * np.pi**2 * (SMEAR * hz / RATE) ** 2))
    assert _gain_db(hz, _grain(), floor) == pytest.approx(min(lost_db, 20 * np.log10(MOST)), abs=0.1)


def test_noise_is_kept_or_turned_down_as_is_asked() -> None:
    noise = 0.01 * np.random.default_rng(1).standard_normal(N)
    grain = _grain(2 * 0.01**2)
    blur_only = np.fft.rfft(_reduced(noise, grain, 1.0)), np.fft.rfft(noise)
    low = slice(50, 1000)
    kept, given = (float(np.sum(np.abs(each[low]) ** 2)) for each in blur_only)
    assert 10 * np.log10(kept / given) == pytest.approx(0, abs=0.1)
    left = float(np.sum(np.abs(np.fft.rfft(_reduced(noise, grain, FLOOR))[low]) ** 2))
    assert 10 * np.log10(left / given) < -12


def test_the_kernel_is_its_twin() -> None:
    rng = np.random.default_rng(2)
    seen = rng.standard_normal((5, 33)) + 1j * rng.standard_normal((5, 33))
    given = (rng.uniform(0.1, 2, (3, 33)), rng.uniform(1, 2, (3, 33)), np.linspace(0, 2, 5), np.ones(5), 0.3)
    both = []
    twin: Any = turn_down.py_func  # type: ignore[attr-defined]
    for how in (turn_down, twin):
        out, carried = seen.copy(), np.ones(33)
        how(out, *given, carried)
        both.append((out, carried))
    np.testing.assert_allclose(both[0][0], both[1][0], rtol=1e-9)
    np.testing.assert_allclose(both[0][1], both[1][1], rtol=1e-9)
    assert (np.abs(both[0][0]) >= 0.3 * np.abs(seen) * 0.999).all()


def test_a_strength_of_nothing_but_rounding_is_not_seen() -> None:
    """Where a picture is all of one grey, weights that sum to 0 leave some 1e-18 of it."""
    sound = np.random.default_rng(5).standard_normal(N).astype(np.float32)[:, None]
    strength = np.ones(N, np.float32)
    strength[: N // 2] = 6e-18
    out = reduced(sound, RATE, _grain(1e-3), strength, RATE, 0, np.ones_like, FLOOR)
    assert np.isfinite(out).all()
    assert 0.1 < out[: N // 2].std() < 2  # what is usual counts there
