"""Lines piece by piece: whatever the pieces, what is written is one line, and what was found is not searched again."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from bonemusic.errors import Cancelled
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, line
from bonemusic.paths.line import Line, Search

RATE = 48_000
LASER, APART = 0.0254 / 1200, 127e-6
FREE, SPACED = Search(0.0, 0.1), Search(APART, 0.0)
TURN_STEPS = 288_000


def wave_of(count=20_000, points_per_s=RATE, peak_m=60e-6):
    rng = np.random.default_rng(2)
    lateral = np.convolve(rng.standard_normal(count + 40), np.hanning(41), "valid")
    lateral = (peak_m * lateral / np.abs(lateral).max()).astype(np.float32)
    turns = count * 1.3 / points_per_s
    spiral = Knots(np.array([0, turns]), np.array([0.1, 0.1 - 2e-4 * turns]), np.array([-2e-4, -2e-4]))
    return grid.Wave(lateral, points_per_s, 1.3 / points_per_s, spiral, 5000.0)


WAVE = wave_of()
KINDS = {
    "searched": Line.of(WAVE, LASER, search=FREE),
    "apart": Line.of(WAVE, LASER, search=SPACED),
    "fine": Line.of(WAVE, 0.4e-6),
    "turning": Line.of(wave_of(), 3e-6, TURN_STEPS),
}
all_kinds = pytest.mark.parametrize("kind", KINDS)


def of_kind(kind, **changes):
    return dataclasses.replace(KINDS[kind], held={}, **changes)


def written(some):
    return list(some.pieces(lambda x, y: (x.copy(), y.copy())))


def joined(found):
    return tuple(np.concatenate([found[0][i], *(p[i][1:] for p in found[1:])]) for i in range(2))


@all_kinds
@pytest.mark.parametrize("size", [313, 4999, 7000, 60_000])
def test_pieces_joined_are_what_is_written(kind, size):
    some = of_kind(kind, piece=size)
    found = written(some)
    last = len(WAVE.lateral_m) - 1
    assert len(found) == math.ceil(last / size)
    for (x, y), (next_x, next_y) in pairwise(found):
        assert (x[-1], y[-1]) == (next_x[0], next_y[0])
        assert x.dtype == y.dtype == np.int32
        assert len(x) == len(y) >= 2
    whole = joined(found)
    # the same from any stretch that is asked for
    for first, end in ((0, last), (size - 3, size + 3), (size, size + 1), (last - 1, last), (5, 5)):
        first, end = min(first, last), min(end, last)
        points, begun = some.covering(first, end, {})
        assert begun == first // size * size
        count, at = len(points[0]), sum(len(x) - 1 for x, _ in found[: begun // size])
        for part, all_of_it in zip(points, whole, strict=True):
            np.testing.assert_array_equal(part, all_of_it[at : at + count])
        pieces = (max(end - 1, first) // size) - begun // size + 1
        assert count == sum(len(x) - 1 for x, _ in found[begun // size :][:pieces]) + 1


@all_kinds
def test_ends_of_pieces_hang_on_the_wave_alone(kind):
    """So that a part of a side, wherever it is cut off, begins where the part before it ended."""
    whole = of_kind(kind)
    for at in (1, 2777, 13_001, 19_998):
        before = joined(written(dataclasses.replace(whole, last=at, held={}, piece=1500)))
        after = joined(written(dataclasses.replace(whole, first=at, held={}, piece=1700)))
        point = (before[0][-1], before[1][-1])
        assert point == (after[0][0], after[1][0])
        if kind == "turning":
            assert point[0] == round(at * WAVE.turns_per_point * TURN_STEPS)
        else:
            assert point == grid.plain(whole.wave, whole.step_m, at)


@pytest.mark.parametrize("kind", ["searched", "apart"])
def test_pieces_are_searched_for_once(kind, monkeypatch):
    asked = []
    real = line.choose

    def counted(drawn, step_m, first, last, *rest):
        asked.append((first, last))
        return real(drawn, step_m, first, last, *rest)

    monkeypatch.setattr(line, "choose", counted)
    some = of_kind(kind, piece=3000)
    first = written(some)
    assert sorted(asked) == [(a, min(a + 3000, 19_999)) for a in range(0, 19_999, 3000)]
    again = written(some)
    some.covering(2000, 9000, {})
    # a part of the same line, too
    part = dataclasses.replace(some, first=3000, last=9000)
    assert part.held is some.held
    written(part)
    assert len(asked) == 7
    for (x, y), (x2, y2) in zip(first, again, strict=True):
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)


def test_lines_do_not_share_what_they_hold():
    assert Line.of(WAVE, LASER, search=FREE).held is not Line.of(WAVE, LASER, search=FREE).held


def test_pieces_come_in_order_though_some_take_longer():
    some = of_kind("fine", piece=100)
    found = [x0 for x0, _ in some.pieces(lambda x, y: (int(x[0]), int(y[0])))]
    expected = [grid.plain(WAVE, 0.4e-6, n)[0] for n in range(0, 19_999, 100)]
    assert found == expected


@pytest.mark.parametrize("kind", ["searched", "apart", "turning"])
def test_work_is_told_of_and_can_be_stopped(kind):
    told = []
    list(of_kind(kind, piece=4000).pieces(lambda x, y: None, lambda step, done: told.append(done)))
    assert told == sorted(told)
    assert len(told) == 5
    assert told[-1] == 1

    def stop(step, done):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(of_kind(kind, piece=4000).pieces(lambda x, y: None, stop))


# A turntable axis


def test_angles_grow_and_lie_where_the_samples_are():
    a, r = joined(written(of_kind("turning", piece=3333)))
    assert len(a) == len(WAVE.lateral_m)
    assert (np.diff(a) > 0).all()
    along = WAVE.turns_per_point * TURN_STEPS
    assert np.abs(a - np.arange(len(a)) * along).max() < 0.4 * along + 0.5 + 1e-9
    turns = a / TURN_STEPS
    exact = WAVE.spiral.at(turns) + np.interp(
        turns / WAVE.turns_per_point, np.arange(len(WAVE.lateral_m)), WAVE.lateral_m
    )
    assert np.abs(r * 3e-6 - exact).max() < 4 * 3e-6


def test_what_rounding_leaves_of_the_radius_is_fed_back():
    """Below 4.5 kHz there is at least 10 dB less of it than plain rounding leaves."""
    a, r = joined(written(of_kind("turning")))
    turns = a / TURN_STEPS
    exact = WAVE.spiral.at(turns) + np.interp(
        turns / WAVE.turns_per_point, np.arange(len(WAVE.lateral_m)), WAVE.lateral_m
    )
    f = np.fft.rfftfreq(len(a), 1 / RATE)
    band = (f > 100) & (f < 4500)
    errors = [r * 3e-6 - exact, np.round(exact / 3e-6) * 3e-6 - exact]
    fed, plain = (np.sum(f[band] ** 2 * np.abs(np.fft.rfft(np.hanning(len(e)) * e)[band]) ** 2) for e in errors)
    assert 10 * math.log10(plain / fed) > 10


def test_a_coarse_turntable_axis_stands_still_at_times_but_never_goes_back():
    drawn = wave_of(5000)
    a, _ = joined(written(Line.of(drawn, 3e-6, 3200)))
    assert set(np.diff(a)) == {0, 1}


@pytest.mark.parametrize("samples", [0, 1])
def test_a_groove_of_a_sample_or_none_has_no_pieces(samples):
    groove = Groove(
        constant(0.1), constant(28e-6), Fraction(78), RATE, np.zeros(samples, np.float32),
        Profile(56e-6, 6e-6, math.pi / 2),
    )  # fmt: skip
    if samples:
        drawn = grid.wave(groove, RATE, 5000.0, raised=False)
        for given in (None, FREE, SPACED):
            assert written(Line.of(drawn, LASER, search=given)) == []
    else:
        drawn = grid.Wave(groove.lateral_m, RATE, 1.3 / RATE, groove.spiral, 5000.0)
        assert written(Line.of(drawn, LASER, search=FREE)) == []
