"""Loudness as the standards and pyloudnorm have it, the same in any blocks."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from bonemusic import audio
from bonemusic.errors import SoundError
from bonemusic.mastering import loudness
from bonemusic.mastering.loudness import Loudness, Meter, k_weighting

from ..signals import pink_noise, speech_like

Block = NDArray[np.float32]


def tone(seconds: float, peak_db: float, hz: float = 1000.0, rate_hz: int = 48_000) -> NDArray[Any]:
    return 10 ** (peak_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def stereo(*parts: NDArray[Any]) -> Block:
    sound = np.concatenate(parts)
    return np.stack([sound, sound], axis=1).astype(np.float32)


def measured(sound: Block, rate_hz: int = 48_000, blocks: int = 1) -> Loudness:
    meter = Meter(rate_hz, sound.shape[1])
    for block in np.array_split(sound, blocks):
        meter.add(block)
    return meter.result()


def by_pyloudnorm(sound: Block, rate_hz: int) -> float:
    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(sound.astype(np.float64)))


# Known answers


def test_a_full_tone_in_one_channel() -> None:
    """BS.1770-4, Annex 1: 997 Hz at 0 dB FS in one channel is -3.01 LKFS."""
    assert measured(tone(5, 0, 997)[:, None].astype(np.float32)).integrated_lufs == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(("parts", "lufs"), [
    ([(20, -23)], -23.0), ([(20, -33)], -33.0), ([(10, -36), (60, -23), (10, -36)], -23.0),
    ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23.0), ([(20, -26), (20.1, -20), (20, -26)], -23.0),
])  # fmt: skip
def test_tech_3341(parts: list[tuple[float, float]], lufs: float) -> None:
    """EBU Tech 3341, table 1, cases 1 to 5: within 0.1 LU."""
    heard = measured(stereo(*(tone(seconds, db) for seconds, db in parts)), blocks=17)
    assert heard.integrated_lufs == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_the_filters_are_pyloudnorms(rate_hz: int) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    theirs = [[*stage.b, *stage.a[1:]] for stage in pyloudnorm.Meter(rate_hz)._filters.values()]
    np.testing.assert_allclose(k_weighting(rate_hz), theirs, rtol=1e-9)


def test_the_filters_are_stable_at_any_rate() -> None:
    for rate_hz in (1000, 3000, 3400, 768_000):
        for stage in k_weighting(rate_hz):
            assert np.abs(np.roots([1, *stage[3:]])).max() < 1


@settings(max_examples=15, deadline=None)
@given(
    rate_hz=st.sampled_from([8000, 11_025, 22_050]), tenths=st.integers(4, 250),
    more=st.sampled_from([0.0, 0.013, 0.045, 0.055, 0.09]), channels=st.integers(1, 2), quiet=st.floats(1e-6, 1),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_as_pyloudnorm_has_it(rate_hz: int, tenths: int, more: float, channels: int, quiet: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sound = 0.2 * rng.standard_normal((round((tenths / 10 + more) * rate_hz), channels))
    a, b = sorted(rng.integers(0, len(sound), 2))
    sound[a:b] *= quiet
    sound = sound.astype(np.float32)
    assert measured(sound, rate_hz, 5).integrated_lufs == pytest.approx(by_pyloudnorm(sound, rate_hz), abs=0.005)


def test_music_as_pyloudnorm_has_it(minstrels) -> None:
    song = audio.read(minstrels, 5.0, 25.03)
    heard = measured(song.samples, song.rate_hz, 9).integrated_lufs
    assert heard == pytest.approx(by_pyloudnorm(song.samples, song.rate_hz), abs=0.001)


def test_hops_are_what_plain_filtering_gives() -> None:
    """The plain twin: scipy's filters over the whole, then sums."""
    rate_hz = 11_025  # a tenth of a second is no whole number of frames
    sound = np.stack([pink_noise(3.07, rate_hz, 1), speech_like(3.07, rate_hz)], axis=1).astype(np.float32)
    meter = Meter(rate_hz, 2)
    for block in np.array_split(sound, 23):
        meter.add(block)
    heard = sound.astype(np.float64)
    for stage in k_weighting(rate_hz):
        heard = signal.lfilter(stage[:3], [1, *stage[3:]], heard, axis=0)
    left, right = sound.astype(np.float64).T
    rows = np.stack([(heard**2).sum(axis=1), left**2, right**2, left * right], axis=1)
    hops = np.concatenate(meter._hops)
    assert len(hops) == 30
    ends = [k * rate_hz // 10 for k in range(31)]
    np.testing.assert_allclose(hops, [rows[a:b].sum(axis=0) for a, b in pairwise(ends)], rtol=1e-9)
    np.testing.assert_allclose(meter._sums, rows[ends[-1] :].sum(axis=0), rtol=1e-9)


# Over time


def test_short_term_is_the_last_three_seconds() -> None:
    heard = measured(stereo(tone(6.5, -20), np.zeros(5 * 48_000)), blocks=7)
    np.testing.assert_array_equal(heard.short_term_s, np.arange(9) + 1.5)
    known = [
        -20,
        -20,
        -20,
        -20,
        -20 + 10 * math.log10(2.5 / 3),
        -20 + 10 * math.log10(0.5),
        -20 + 10 * math.log10(1 / 6),
    ]
    np.testing.assert_allclose(heard.short_term_lufs[:7], known, atol=0.1)
    assert heard.short_term_lufs[7] < -60  # the filter rings on
    assert heard.short_term_lufs[8] == -np.inf
    assert len(measured(stereo(tone(2.99, -20))).short_term_s) == 0
    assert len(measured(stereo(tone(3, -20))).short_term_s) == 1


def test_phase() -> None:
    rate_hz = 8000
    rng = np.random.default_rng(3)
    a, b, none = rng.standard_normal(rate_hz), rng.standard_normal(rate_hz), np.zeros(rate_hz)
    t = np.arange(rate_hz) / rate_hz
    left = np.concatenate([a, a, a, np.sin(300 * t * 2 * np.pi), a, none, none, a[:999]])
    right = np.concatenate([a, -0.3 * a, b, np.cos(300 * t * 2 * np.pi), none, b, none, -a[:999]])
    both = 0.1 * np.stack([left, right], axis=1).astype(np.float32)
    for blocks in (1, 5):
        found = measured(both, rate_hz, blocks).correlation
        np.testing.assert_allclose(found, [1, -1, 0, 0, 0, 0, 1, -1], atol=0.03)
        assert np.abs(found).max() <= 1
    np.testing.assert_array_equal(measured(both[:, :1], rate_hz).correlation, np.ones(8))


# Blocks against one go


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(0, 60_000), cuts=st.lists(st.floats(0, 1), max_size=20), channels=st.integers(1, 2),
    rate_hz=st.sampled_from([8000, 11_025, 96_000]), loud=st.floats(0, 3),
)  # fmt: skip
def test_blocks_change_no_bit(n: int, cuts: list[float], channels: int, rate_hz: int, loud: float) -> None:
    sound = (loud * np.random.default_rng(n).standard_normal((n, channels))).clip(-1, 1).astype(np.float32)
    meter = Meter(rate_hz, channels)
    seen = list(meter.tapped(np.split(sound, sorted(round(cut * n) for cut in cuts))))
    np.testing.assert_array_equal(np.concatenate(seen), sound)
    whole, found = measured(sound, rate_hz), meter.result()
    for one, other in zip(vars(whole).values(), vars(found).values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_result_may_be_asked_for_at_any_time() -> None:
    sound = stereo(pink_noise(7, 8000))
    meter = Meter(8000, 2)
    meter.add(sound[:30_000])
    half = meter.result()
    assert half.integrated_lufs == measured(sound[:30_000], 8000).integrated_lufs
    meter.add(sound[30_000:])
    assert meter.result().integrated_lufs == measured(sound, 8000).integrated_lufs
    assert meter.result().true_peak_db == measured(sound, 8000).true_peak_db


# Edges


@pytest.mark.parametrize("seconds", [0, 0.00002, 0.3, 5.5])
@pytest.mark.parametrize("channels", [1, 2])
def test_silence(seconds: float, channels: int) -> None:
    heard = measured(np.zeros((round(seconds * 48_000), channels), np.float32))
    assert (heard.integrated_lufs, heard.true_peak_db, heard.sample_peak_db) == (None, None, None)
    assert (heard.clipped_runs, heard.clipped) == (0, ())
    np.testing.assert_array_equal(heard.correlation, np.ones(math.ceil(seconds)))
    np.testing.assert_array_equal(heard.short_term_lufs, np.full(3 if seconds > 3 else 0, -np.inf))


def test_hardly_anything() -> None:
    assert measured(stereo(tone(0.34, -20))).integrated_lufs is None  # shorter than one block
    assert measured(stereo(tone(0.4, -20))).integrated_lufs == pytest.approx(-20, abs=0.2)
    assert measured(stereo(tone(5, -80))).integrated_lufs is None  # below the absolute gate
    steady = measured(np.full((48_000 * 5, 2), 0.5, np.float32))  # DC alone: only its beginning is heard
    assert steady.integrated_lufs is not None
    assert steady.integrated_lufs < -20


def test_fading_leaves_no_tiny_numbers_behind() -> None:
    meter = Meter(48_000, 2)
    meter.add(stereo(tone(1, 0), np.zeros(48_000 * 4)))
    assert not meter._state.any()


def test_more_channels_are_refused() -> None:
    with pytest.raises(SoundError, match="6 channels"):
        Meter(48_000, 6)


def test_what_is_told_is_plain_numbers() -> None:
    heard = measured(stereo(tone(4, -6)))
    for name in ("integrated_lufs", "true_peak_db", "sample_peak_db"):
        assert type(getattr(heard, name)) is float
    assert type(heard.clipped_runs) is int
    assert loudness.OFFSET_LU == -0.691
