"""How many times faster than it plays a stereo side at 96 kHz is traced: `pytest benchmarks/bench_stylus.py -s`.

Least of five, 2-core Xeon shared with others: tracing 185-220 times real time on one core at 18 and 65 µm, 0.21 and
1 m/s; an uneven platter 175; all of playing 45. The least asked for: tracing 60 at 18 µm, 20 at 65.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing import play
from bonemusic.playing.platter import warped
from bonemusic.presets import Curve, Stylus, Turntable
from bonemusic.stylus import trace_groove

RATE_HZ = 96_000
SECONDS = 20
RIAA = Curve("riaa", "RIAA", 3180e-6, 318e-6, 75e-6)
WORN = Turntable("worn", "Worn", "lp", 0.008, 0.0025, 0.8, 0.0015, 25.0, 2e-4, 20.0, 15e3, -45.0, -40.0, 30.0, -12.0)
BALL = Stylus("lp", "LP", 18e-6, None, 60e-6, 0.2)


def programme(radius_m: float, rpm: Fraction) -> Groove:
    """Pinkish noise up to 20 kHz, 7 cm/s peak on each wall."""
    n = SECONDS * RATE_HZ
    f = np.fft.rfftfreq(n, 1 / RATE_HZ)
    walls = []
    for seed in (1, 2):
        spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n)) * ((f > 30) & (f < 20_000))
        wall = np.fft.irfft(spectrum / (f + 500) ** 1.5, n)
        walls.append(wall * 0.07 / (np.abs(np.diff(wall)).max() * RATE_HZ))
    lateral, vertical = (walls[0] + walls[1]) / math.sqrt(2), (walls[0] - walls[1]) / math.sqrt(2)
    spiral = Knots(np.array([0.0, 1e4]), np.array([radius_m, radius_m - 1e-3]), np.full(2, -1e-7))
    return Groove(spiral, constant(28e-6), rpm, RATE_HZ, lateral, Profile(56e-6, 6e-6, math.pi / 2), vertical)


def report(benchmark, what: str) -> None:
    times = SECONDS / benchmark.stats.stats.min
    benchmark.extra_info["times_real_time"] = round(times, 1)
    print(f"\n{what}: {times:.0f} times real time")


@pytest.mark.parametrize("radius_um", [18, 65])
@pytest.mark.parametrize(
    ("where", "radius_m", "rpm"), [("0.21 m/s", 0.06, Fraction(100, 3)), ("1 m/s", 0.1224, Fraction(78))]
)
def test_tracing(benchmark, where, radius_m, rpm, radius_um):
    groove = programme(radius_m, rpm)
    trace_groove(groove, radius_um * 1e-6, 0, 1000)
    benchmark.pedantic(trace_groove, (groove, radius_um * 1e-6), rounds=5)
    report(benchmark, f"tracing {radius_um} µm at {where}, stereo, one core")


def test_turning(benchmark):
    groove = programme(0.06, Fraction(100, 3))
    channels = (groove.lateral_m, groove.vertical_m)
    benchmark.pedantic(warped, (channels, groove, WORN), rounds=5, warmup_rounds=1)
    report(benchmark, "an uneven platter, stereo, two threads")


def test_playing(benchmark):
    groove = programme(0.06, Fraction(100, 3))
    benchmark.pedantic(play, (groove, WORN, BALL, RIAA), {"seed": 1}, rounds=3, warmup_rounds=1)
    report(benchmark, "all of playing, stereo, two threads")
