"""The pickup: whichever tip, whoever does the work, the same displacement."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic.errors import Cancelled
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing.pickup import picked_up
from bonemusic.presets import Stylus
from bonemusic.stylus import trace_groove

BALL = Stylus("lp", "LP", 18e-6, None, 60e-6, 0.2)


def groove_of(n, stereo):
    random = np.random.default_rng(5)
    wall = 1e-6 * np.convolve(random.standard_normal(n), np.hanning(17), "same")
    spiral = Knots(np.array([0.0, 100.0]), np.array([0.1, 0.09]), np.array([-1e-4, -1e-4]))
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    return Groove(spiral, constant(28e-6), Fraction(100, 3), 96_000, wall, profile, wall[::-1] if stereo else None)


@pytest.mark.parametrize("stereo", [False, True])
def test_any_number_of_threads_gives_the_bits_of_one_go(stereo):
    groove = groove_of(200_001, stereo)
    whole = [part for part in trace_groove(groove, 18e-6) if part is not None]
    for threads in (1, 2, 3):
        parts = picked_up(groove, BALL, threads=threads)
        assert len(parts) == len(whole) == (2 if stereo else 1)
        for part, known in zip(parts, whole, strict=True):
            assert part.dtype == np.float32
            np.testing.assert_array_equal(part, known)


def test_no_tip_or_one_of_radius_0_reads_the_groove_itself():
    groove = groove_of(1000, stereo=True)
    for stylus in (None, Stylus("point", "A point", 0.0, None, 1.0, 1.0)):
        across, up = picked_up(groove, stylus)
        assert across is groove.lateral_m
        assert up is groove.vertical_m
    assert len(picked_up(groove_of(1000, stereo=False), None)) == 1


def test_an_elliptical_tip_rolls_on_its_minor_radius():
    groove = groove_of(5000, stereo=False)
    ellipse = Stylus("ellipse", "Ellipse", 18e-6, 8e-6, 60e-6, 0.2)
    np.testing.assert_array_equal(picked_up(groove, ellipse)[0], trace_groove(groove, 8e-6)[0])


def test_progress_is_told_and_may_stop_the_work():
    told = []

    def tell(step, done):
        told.append((step, done))
        if done > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        picked_up(groove_of(200_001, stereo=False), BALL, tell)
    assert [round(done, 2) for _, done in told] == [0.25, 0.5]
