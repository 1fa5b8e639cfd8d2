"""A 20-minute stereo side at 96 kHz as it flows: `pytest benchmarks/bench_stream.py -s`.

Wanted of the filter alone: 4 s at 96 kHz on two cores; of the meter 1.5 s on one.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic import audio, presets
from bonemusic.curves import to_displacement
from bonemusic.mastering.loudness import Meter
from bonemusic.mixing import lateral_and_vertical
from bonemusic.spectral import flow

RATE_HZ = 96_000
SECONDS = 20 * 60
RESPONSE = to_displacement(presets.curve("riaa"), 20_000)
BLOCK = np.tanh(np.random.default_rng(1).standard_normal((1 << 17, 2))).astype(np.float32)
"""Loud noise, over and over: nothing in it is silent, so nothing is skipped."""


def side() -> Iterator[np.ndarray]:
    for _ in range(SECONDS * RATE_HZ // len(BLOCK)):
        yield BLOCK


def drained(blocks: Iterator[np.ndarray]) -> int:
    return sum(block.shape[1] for block in blocks)


def told(benchmark, wanted: str) -> None:
    benchmark.extra_info["times_real_time"] = round(SECONDS / benchmark.stats.stats.min)
    benchmark.extra_info["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    benchmark.extra_info["wanted"] = wanted


@pytest.mark.parametrize("out_hz", [96_000, 48_000])
def test_side_to_displacement(benchmark, out_hz):
    def run():
        return drained(flow(side(), RATE_HZ, RESPONSE, out_hz, 0.25, lateral_and_vertical))

    assert benchmark.pedantic(run, rounds=2) > 0.99 * SECONDS * out_hz
    told(benchmark, "<= 4 s")


def test_side_to_loudness(benchmark):
    def run():
        meter = Meter(RATE_HZ, 2)
        for _ in meter.tapped(side()):
            pass
        return meter.result()

    run()
    assert benchmark.pedantic(run, rounds=2).integrated_lufs > -20
    told(benchmark, "<= 1.5 s")


def test_side_from_its_file(benchmark, tmp_path: Path):
    """Decoded, measured and filtered."""
    path = tmp_path / "side.wav"
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_24") as file:
        for block in side():
            file.write(block)

    def run():
        with audio.open_song(path) as song:
            blocks = Meter(song.rate_hz, song.channels).tapped(song.blocks())
            return drained(flow(blocks, song.rate_hz, RESPONSE, RATE_HZ, 0.25, lateral_and_vertical))

    assert benchmark.pedantic(run, rounds=2) > 0.99 * SECONDS * RATE_HZ
    told(benchmark, "<= 6 s")
