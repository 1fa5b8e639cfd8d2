"""How many times faster than it plays the points of a side are found: `pytest benchmarks/bench_grid_path.py -s`.

Wanted (issue "Real machines"): at 1200 dpi, 78 rpm and 60 µm peak 20 times real time on two cores, and so where points
keep 127 µm apart. Finer grids are reported beside it.
"""

from __future__ import annotations

import math
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from bonemusic import presets
from bonemusic.curves import to_displacement
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid
from bonemusic.paths.line import Line, Search
from bonemusic.paths.ready import SEARCH_RATE_HZ, ready
from bonemusic.paths.search import WORTH

SHARED = Path(os.environ.get("BONEMUSIC_SHARED", Path(__file__).parent.parent.parent / "shared"))
RATE_HZ = 48_000
SECONDS = 60
RPM = Fraction(78)
LASER_M = 0.0254 / 1200
BAND_HZ = (80.0, 5000.0)
WANTED = 20


def noise() -> np.ndarray:
    """Displacement that is white in the band."""
    return np.random.default_rng(1).standard_normal(SECONDS * RATE_HZ)


def music() -> np.ndarray:
    """A minute of real music, recorded to RIAA."""
    path = SHARED / "data" / "music" / "minstrels-60s.flac"
    if not path.is_file():
        pytest.skip(f"no music at {path}; set BONEMUSIC_SHARED")
    samples, rate = soundfile.read(path, always_2d=True)
    sound = soxr.resample(samples.mean(1), rate, RATE_HZ)[: SECONDS * RATE_HZ]
    f = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    return np.fft.irfft(np.fft.rfft(sound) * to_displacement(presets.curve("riaa"), 16_000)(f), len(sound))


def groove_of(sound: np.ndarray) -> Groove:
    """From 100 mm inwards, 60 µm peak within the band."""
    f = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    lateral = np.fft.irfft(np.fft.rfft(sound) * ((f >= BAND_HZ[0]) & (f <= BAND_HZ[1])), len(sound))
    lateral *= 60e-6 / np.abs(lateral).max()
    turns = len(lateral) * float(RPM) / 60 / RATE_HZ
    spiral = Knots(np.array([0, turns]), np.array([0.1, 0.1 - 2e-4 * turns]), np.array([-2e-4, -2e-4]))
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    return Groove(spiral, constant(28e-6), RPM, RATE_HZ, lateral.astype(np.float32), profile)


@pytest.fixture(scope="module", params=["noise", "music"])
def groove(request: Any) -> Groove:
    return groove_of({"noise": noise, "music": music}[request.param]())


def drawn(line: Line) -> int:
    """All points of a line, in as many threads as there are cores."""
    return sum(line.pieces(lambda x, y: len(x) - 1)) + 1


@pytest.mark.parametrize(
    ("what", "step_m", "spacing_m", "wanted"),
    [
        ("1200 dpi", LASER_M, 0.0, WANTED),
        ("1200 dpi, 127 µm apart", LASER_M, 127e-6, WANTED),
        ("12.5 µm", 12.5e-6, 0.0, None),
        ("4 µm", 4e-6, 0.0, None),
    ],
)
def test_points_are_searched_for(benchmark, groove, what, step_m, spacing_m, wanted):
    wave = grid.wave(groove, SEARCH_RATE_HZ, BAND_HZ[1], raised=False)
    sought = Search(spacing_m, 0.0 if spacing_m else WORTH)
    drawn(Line(wave, step_m, 0, 4000, search=sought))

    def run() -> int:
        return drawn(Line.of(wave, step_m, search=sought))  # a new one each time: it holds what it found

    points = benchmark.pedantic(run, rounds=3)
    times = SECONDS / benchmark.stats.stats.min
    benchmark.extra_info.update(times_real_time=round(times, 1), points_per_s=round(points / SECONDS))
    if wanted:
        benchmark.extra_info["wanted"] = f">= {wanted} times real time"
    print(f"\n{what}: {times:.1f} times real time, {points / SECONDS:.0f} points a second")
    if wanted:
        assert times >= wanted


@pytest.mark.parametrize("machine", ["laser-1200", "laser-1200-stall", "laser-600", "grbl-laser", "plotter"])
def test_a_machines_line_is_made_and_drawn(benchmark, groove, machine):
    """With all that goes before: the sound filtered, and how dear points must be found out."""
    disc, made = presets.disc("10in-78"), presets.machine(machine)

    def run() -> int:
        return drawn(ready(groove, disc, made, made.bandwidth_hz))

    points = benchmark.pedantic(run, rounds=2, warmup_rounds=1)
    times = SECONDS / benchmark.stats.stats.min
    benchmark.extra_info.update(times_real_time=round(times, 1), points_per_s=round(points / SECONDS))
    print(f"\n{machine}: {times:.1f} times real time, {points / SECONDS:.0f} points a second")
