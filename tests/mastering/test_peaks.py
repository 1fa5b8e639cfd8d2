"""Peaks between samples, and moments that are cut off at full scale."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonemusic.mastering import peaks
from bonemusic.mastering.peaks import ClipMeter, Clipped, PeakMeter

Block = NDArray[np.float32]


def peaks_db(sound: Any, rate_hz: int = 48_000, blocks: int = 1) -> tuple[float, float]:
    """Sample peak and true peak, dB."""
    sound = np.asarray(sound, np.float32)
    sound = sound[:, None] if sound.ndim == 1 else sound
    meter = PeakMeter(rate_hz, sound.shape[1])
    for block in np.array_split(sound, blocks):
        meter.add(block)
    sample, true = meter.result()
    return 20 * math.log10(sample), 20 * math.log10(true)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000])
@pytest.mark.parametrize("blocks", [1, 7])
def test_a_quarter_tone_at_45_degrees_is_3_db_higher_than_its_samples(rate_hz: int, blocks: int) -> None:
    tone = 0.5 * np.sin(np.pi / 2 * np.arange(5000) + np.pi / 4) * np.hanning(5000) ** 0.1
    sample, true = peaks_db(tone, rate_hz, blocks)
    assert sample == pytest.approx(20 * math.log10(0.5) - 3.01, abs=0.01)
    assert true - sample == pytest.approx(3.01, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(part=st.floats(0.01, 0.42), phase=st.floats(0, 7), rate_hz=st.sampled_from([44_100, 96_000]))
def test_tones_are_as_high_as_they_are(part: float, phase: float, rate_hz: int) -> None:
    """What is missed lies between the interpolated points: cos(π·f/(n·rate)) for n of them a sample."""
    tone = np.sin(2 * np.pi * part * np.arange(4000) + phase) * np.hanning(4000) ** 0.05
    missed = 20 * math.log10(math.cos(math.pi * part / (4 if rate_hz < 88_200 else 2)))
    assert missed - 0.03 < peaks_db(tone, rate_hz)[1] < 0.03


def test_above_all_hearing_samples_stand_for_themselves() -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, 1000)
    sample, true = peaks_db(sound, 192_000)
    assert sample == true


def twin(sound: Block, oversampling: int) -> float:
    """All points between all samples, plainly."""
    phases = peaks._interpolators(oversampling)
    points = [np.abs(np.convolve(row, phase[::-1])).max() for row in sound.T for phase in phases.astype(np.float64)]
    return float(max([*points, np.abs(sound).max()]))


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 3000), channels=st.integers(1, 2), rate_hz=st.sampled_from([48_000, 96_000]),
    swell=st.floats(0.001, 1000), cuts=st.lists(st.floats(0, 1), max_size=9),
)  # fmt: skip
def test_nothing_that_is_skipped_was_the_peak(
    n: int, channels: int, rate_hz: int, swell: float, cuts: list[float]
) -> None:
    sound = np.random.default_rng(n).standard_normal((n, channels)) * np.geomspace(1, swell, n)[:, None]
    sound = sound.astype(np.float32)
    meter = PeakMeter(rate_hz, channels)
    for block in np.split(sound, sorted(round(cut * n) for cut in cuts)):
        meter.add(block)
    assert meter.result()[0] == np.abs(sound).max()
    assert meter.result()[1] == pytest.approx(twin(sound, 4 if rate_hz < 88_200 else 2), rel=1e-5)


@pytest.mark.parametrize("at", [0, 500, 998])
def test_a_peak_at_the_very_end_is_found(at: int) -> None:
    sound = np.zeros(1000)
    sound[at : at + 2] = 0.5
    assert peaks_db(sound)[1] == pytest.approx(20 * math.log10(4 / math.pi * 0.5), abs=0.2)  # of two sincs, midway


# Clipping


def clipped(sound: Any, blocks: int = 1) -> tuple[int, tuple[Clipped, ...]]:
    sound = np.asarray(sound, np.float32)
    sound = sound[:, None] if sound.ndim == 1 else sound
    meter = ClipMeter(1000, sound.shape[1])
    for block in np.array_split(sound, blocks):
        meter.add(block, float(np.abs(block).max(initial=0)))
    return meter.result()


@pytest.mark.parametrize("blocks", [1, 2, 3, 100, 200])
def test_runs_are_where_they_are(blocks: int) -> None:
    sound = np.zeros((100, 2))
    sound[10:13, 0] = 1.0
    sound[20:22, 0] = 1.0  # two are none
    sound[40:45, 1] = -peaks.FULL_SCALE
    sound[60:63] = 0.999  # below full scale
    sound[70:74, 0] = (1.2, 1.4, 1.3, 1.1)  # decoded beyond full scale
    sound[97:] = 1.0
    count, runs = clipped(sound, blocks)
    assert count == 4
    assert runs == (Clipped(0.010, 0.003), Clipped(0.040, 0.005), Clipped(0.070, 0.004), Clipped(0.097, 0.003))


def test_a_tone_at_full_scale_is_not_cut_off() -> None:
    assert clipped(np.sin(2 * np.pi * 50 * np.arange(96_000) / 96_000)) == (0, ())
    assert clipped(np.sin(np.pi / 2 * np.arange(1000))) == (0, ())
    cut = (1.05 * np.sin(2 * np.pi * 50 * np.arange(96_000) / 96_000)).clip(-1, 1)
    assert clipped(cut)[0] == 100
    square = np.repeat(np.tile([1.0, -1.0], 50), 20)
    assert clipped(square) == (1, (Clipped(0.0, 2.0),))


def test_the_longest_are_kept_in_order_of_time() -> None:
    lengths = np.random.default_rng(2).permutation(np.arange(3, 53))
    sound = np.concatenate([np.append(np.ones(length), 0.0) for length in lengths])
    count, runs = clipped(sound, 9)
    assert count == 50
    assert sorted(round(1000 * run.seconds) for run in runs) == list(range(33, 53))
    assert [run.at_s for run in runs] == sorted(run.at_s for run in runs)


@settings(max_examples=60, deadline=None)
@given(
    sound=st.lists(st.sampled_from([0.0, 0.5, 1.0, -1.0, 1.25, 1 - 2.0**-15, 1 - 2.0**-16]), max_size=200),
    blocks=st.integers(1, 9),
)  # fmt: skip
def test_runs_as_a_plain_count_has_them(sound: list[float], blocks: int) -> None:
    sound = [0.0, *sound]
    alike = [
        min(abs(a), abs(b)) >= peaks.FULL_SCALE and (a == b or min(abs(a), abs(b)) >= 1) for a, b in pairwise(sound)
    ]
    lengths = [1 + len(list(run)) for cut, run in groupby(alike) if cut]
    known = [length for length in lengths if length >= 3]
    count, runs = clipped(sound, blocks)
    assert count == len(known)
    assert sorted(round(1000 * run.seconds) for run in runs) == sorted(known)[-20:]
