"""What is told of a limiter: shares, depths, times."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.mastering import touched

RATE = 32_000  # a moment is a millisecond


def test_a_stage_tells_its_share_and_its_depth():
    less = np.zeros(1000, np.float32)
    less[100:120] = 0.5
    less[500:510] = 0.011  # less than 0.1 dB
    told = touched.stage("bass", less)
    assert told.touched_share == 0.02
    assert told.deepest_db == pytest.approx(-6.02, abs=0.01)
    assert touched.stage("bass", less[:0]) == touched.Stage("bass", 0.0, 0.0)
    assert touched.stage("bass", np.ones(2)).deepest_db == -120


def test_stretches_near_each_other_are_one():
    less = np.zeros(1000, np.float32)
    less[100:110], less[140:150], less[900:] = 0.2, 0.5, 0.3
    first, last = touched.stretches("level", less, RATE)
    assert (first.start_s, first.end_s) == pytest.approx((0.1, 0.15))
    assert first.deepest_db == pytest.approx(-6.02, abs=0.01)
    assert (last.start_s, last.end_s) == pytest.approx((0.9, 1.0))
    assert last.deepest_db == pytest.approx(-3.10, abs=0.01)
    assert touched.stretches("level", less[:50], RATE) == []


def test_the_deepest_are_kept_in_order_of_time():
    less = np.zeros(100_000, np.float32)
    less[::250] = np.linspace(0.1, 0.9, 400)
    found = touched.stretches("level", less, RATE)
    assert len(found) == touched.MOST
    assert [s.start_s for s in found] == sorted(s.start_s for s in found)
    assert found[0].start_s == pytest.approx(50.0)
