"""How sure a sample is: dust, shadows and noise of known strength against a groove as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.confidence import BLOCK, confidence

N = 40_000
STRENGTH, NOISE, GAIN = 150.0, 4.0, 0.6


def _seen(seed: int = 1) -> tuple[NDArray[Any], NDArray[Any]]:
    """Strength and rest of a groove in pixels of that noise: profiles of 11 pixels, of which four numbers are told."""
    rng = np.random.default_rng(seed)
    strength = STRENGTH + GAIN * NOISE * rng.standard_normal(N)
    rest = NOISE * np.sqrt(rng.chisquare(7, N) / 7)
    return strength.astype(np.float32), rest.astype(np.float32)


def test_a_groove_as_it_is_is_sure() -> None:
    sure = confidence(*_seen(), GAIN)
    assert sure.dtype == np.float32
    assert (sure > 0.9).mean() > 0.999


@pytest.mark.parametrize(
    ("how", "part", "most"),
    [("strength", 0.3, 0.0), ("strength", 2.5, 0.0), ("strength", 0.0, 0.0), ("strength", -1.0, 0.0), ("rest", 6, 0.0)],
)
@pytest.mark.parametrize("length", [1, 30, 200])
def test_dust_is_not(how: str, part: float, most: float, length: int) -> None:
    strength, rest = _seen()
    dirty = slice(20_000, 20_000 + length)
    if how == "strength":
        strength[dirty] = part * STRENGTH
    else:
        rest[dirty] = part * NOISE
    sure = confidence(strength, rest, GAIN)
    assert sure[dirty].max() <= most
    clean = np.delete(sure, np.arange(20_000, 20_000 + length))
    assert (clean > 0.9).mean() > 0.999


def test_nothing_else_changes_where_nothing_was_seen() -> None:
    strength, rest = _seen()
    whole = confidence(strength, rest, GAIN)
    strength[10_000:13_000] = rest[10_000:13_000] = 0
    sure = confidence(strength, rest, GAIN)
    assert not sure[10_000:13_000].any()
    far = np.r_[0 : 10_000 - 9 * BLOCK, 13_000 + 9 * BLOCK : N]
    assert np.array_equal(sure[far], whole[far])
    assert np.abs(sure - whole)[np.r_[0:10_000, 13_000:N]].max() < 0.2


def test_a_lamp_that_falls_off_slowly_is_no_dust() -> None:
    strength, rest = _seen()
    lamp = 1 + 0.6 * np.sin(2 * np.pi * np.arange(N) / 20_000)
    sure = confidence((strength * lamp).astype(np.float32), rest, GAIN)
    inside = slice(4 * BLOCK, -4 * BLOCK)  # at the ends what is usual is known from one side only
    assert (sure[inside] > 0.8).mean() > 0.99


def test_what_no_light_falls_on_is_nothing_though_noise_looks_like_something() -> None:
    strength, rest = _seen()
    rng = np.random.default_rng(3)
    strength[:15_000] = GAIN * NOISE * rng.standard_normal(15_000)
    sure = confidence(strength, rest, GAIN)
    assert (sure[: 15_000 - 5 * BLOCK] > 0.5).mean() < 1e-3
    assert (sure[15_000 + 5 * BLOCK :] > 0.9).mean() > 0.999


@pytest.mark.parametrize("count", [1, 17, BLOCK, BLOCK + 1, 5 * BLOCK])
def test_short_tracks_and_blind_ones(count: int) -> None:
    strength, rest = _seen()
    assert (confidence(strength[:count], rest[:count], GAIN) > 0.5).mean() > (0.9 if count > BLOCK // 8 else -1)
    nothing = confidence(np.zeros(count, np.float32), np.zeros(count, np.float32), GAIN)
    assert nothing.shape == (count,)
    assert not nothing.any()


def test_how_bright_the_picture_is_is_no_matter() -> None:
    strength, rest = _seen()
    np.testing.assert_allclose(
        confidence(strength * 257, rest * 257, GAIN), confidence(strength, rest, GAIN), atol=1e-3
    )
