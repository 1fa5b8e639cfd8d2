"""The depth of a stereo groove: nowhere too narrow for the tip, nowhere through the sheet."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets
from bonemusic.cutting import depth
from bonemusic.cutting.fit import fit
from bonemusic.cutting.spacing import CELLS
from bonemusic.errors import FitError

from .sides import LATHE, TINY, clip, groove_of, noise, programme_of, song, task_of

LP = presets.disc("12in-33")
TIP = presets.stylus("lp-18")


def depths_m(groove):
    """How deep the groove is cut at each sample."""
    turns = np.arange(len(groove)) * groove.turns_per_sample
    return groove.depth.at(turns) - groove.vertical_m


def stereo_task(left, right, **more):
    return task_of(clip(left, right), machine=LATHE, **more)


def least_by_hand_m(stylus):
    """An 18 µm ball touches the walls of a right-angled groove 25.5 µm apart, 12.7 µm deep."""
    return max(25e-6, math.sqrt(2) * stylus.radius_m) / 2


@pytest.mark.parametrize(("stylus", "um"), [("lp-18", 12.728), ("elliptical-8", 12.5), ("lp-mono-25", 17.678)])
def test_the_least_depth_carries_the_tip_and_keeps_the_standard(stylus, um):
    tip = presets.stylus(stylus)
    assert depth.least_depth_m(LP, tip) == pytest.approx(max(um * 1e-6, least_by_hand_m(tip)), rel=1e-3)


def test_no_disc_is_planned_deeper_than_it_is_for_a_tip_that_is_too_big():
    assert depth.least_depth_m(LP, presets.stylus("78-76")) == LP.depth_m


@pytest.mark.parametrize("pitch", ["auto", "variable", "fixed", 140e-6])
@pytest.mark.parametrize("kind", ["unlike", "opposite", "left", "bass"])
def test_a_stereo_groove_is_nowhere_too_narrow_nor_too_deep(kind, pitch):
    left = song(6.0, 1, low_hz=30, high_hz=150 if kind == "bass" else 3000)
    right = {"unlike": song(6.0, 2), "opposite": -left, "left": 0 * left, "bass": -left}[kind]
    task = stereo_task(left, right, sheet="card")
    found = fit(task, None, pitch)
    deep = depths_m(groove_of(task, found))
    assert deep.min() >= least_by_hand_m(task.stylus) - 1e-11
    assert deep.max() <= task.sheet.base_m + 1e-11
    assert abs(groove_of(task, found).vertical_m).max() > 5e-6  # there was something to plan for


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10**6), share=st.floats(0, 1), hz=st.floats(60, 2000), turns=st.floats(0.2, 5),
    stylus=st.sampled_from(["lp-18", "elliptical-8", "lp-mono-25", "78-65"]),
)  # fmt: skip
def test_whatever_moves_up_and_down(seed, share, hz, turns, stylus):
    """At the greatest factor that the sheet allows, and below it."""
    n = round(turns * 36_923) + 24_000
    vertical = noise(seed, n, 48_000, hz)
    task = task_of(programme_of(np.zeros(n), vertical), TINY, LATHE, stylus, sheet="card")
    most, _ = depth.greatest_factor(task.held, task.disc, task.stylus, task.sheet)
    factor = share * most
    planned = depth.planned(task.held, factor, task.disc, task.stylus)
    at = (np.arange(n) - task.programme.ring) / 36_923.0769230769
    deep = planned.at(at) - factor * vertical
    assert deep.min() >= min(least_by_hand_m(task.stylus), TINY.depth_m) - 1e-10
    assert deep.max() <= task.sheet.base_m + 1e-10
    assert planned.at(at).min() >= TINY.depth_m - 1e-15


def test_the_greatest_factor_is_the_greatest():
    """A steady tone that goes up as far as it goes down: depth is even, and at the factor the groove just holds."""
    t = np.arange(5 * 48_000) / 48_000
    vertical = 1e-5 * np.sin(2 * np.pi * 200 * t)
    task = task_of(programme_of(0 * t, vertical), TINY, LATHE, sheet="card")
    most, turn = depth.greatest_factor(task.held, TINY, task.stylus, task.sheet)
    # least depth + up + down is all that the base has
    assert most * 2e-5 == pytest.approx(75e-6 - least_by_hand_m(task.stylus), rel=1e-4)
    assert -1 <= turn <= task.held.music_turns + 1

    def deepest(factor):
        planned = depth.planned(task.held, factor, TINY, task.stylus)
        return (planned.at((np.arange(len(t)) - 12_000) / 36_923.0769230769) - factor * vertical).max()

    assert deepest(most) <= 75e-6 + 1e-11
    assert deepest(most * 1.001) > 75e-6


def test_what_only_goes_down_is_held_by_the_sheet_alone():
    """No deeper than planned for a silent groove, so all that the base has below it."""
    vertical = np.zeros(120_000)
    vertical[50_000:52_000] = -1e-5 * np.hanning(2000)
    task = task_of(programme_of(0 * vertical, vertical), TINY, LATHE, sheet="card")
    most, turn = depth.greatest_factor(task.held, TINY, task.stylus, task.sheet)
    assert most * 1e-5 == pytest.approx(75e-6 - 28e-6, rel=1e-4)
    assert turn == pytest.approx((51_000 - 12_000) / 36_923, abs=0.6)  # half a turn and a knot
    assert depth.planned(task.held, most, TINY, task.stylus) is None


def test_a_lateral_cut_is_as_deep_as_its_disc_and_no_limit_is_found():
    task = task_of(clip(song(2.0)), machine=LATHE)
    assert depth.planned(task.held, 1.0, TINY, TIP) is None
    assert depth.half_widths_m(None, task.held, TINY) == TINY.groove_width_m / 2
    assert depth.greatest_factor(task.held, TINY, TIP, task.sheet)[0] == math.inf


def test_in_phase_stereo_is_as_deep_as_its_disc():
    wave = song(3.0)
    task = stereo_task(wave, wave)
    found = fit(task, None, "variable")
    np.testing.assert_allclose(depths_m(groove_of(task, found)), TINY.depth_m, rtol=1e-12)


def test_half_widths_are_no_less_than_anywhere_in_a_cell():
    task = stereo_task(song(4.0, 1, low_hz=30, high_hz=200), song(4.0, 2, low_hz=30, high_hz=200))
    narrow = dataclasses.replace(TINY, angle_rad=math.radians(80))
    planned = depth.planned(task.held, 40e-6 / task.swing_peak_m, narrow, TIP)
    half = depth.half_widths_m(planned, task.held, narrow)
    inside = np.linspace(0, 1, 9)[:, None] / CELLS
    there = planned.at(task.held.turns + inside) * math.tan(math.radians(40))
    assert (half >= there.max(axis=0) - 1e-15).all()
    assert (half <= there.max(axis=0) + 1e-6).all()


def test_the_planned_depth_moves_gently():
    """Eight knots a turn: what it does is below anything heard, and it follows peaks, not waves."""
    task = stereo_task(song(6.0, 1), -song(6.0, 1))
    planned = depth.planned(task.held, 1.0, TINY, TIP)
    np.testing.assert_allclose(np.diff(planned.turns), 1 / 8, rtol=1e-9)


def test_a_groove_wider_than_its_sheet_is_refused():
    task = stereo_task(song(2.0, 1), song(2.0, 2), sheet="card")
    task = dataclasses.replace(task, disc=dataclasses.replace(TINY, groove_width_m=151e-6))
    with pytest.raises(FitError, match="cuts through card"):
        fit(task, None, "auto")
