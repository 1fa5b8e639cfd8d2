"""Polylines to a groove: whatever way a disc is drawn, its sound and its speed come back."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from bonemusic.errors import FormatError
from bonemusic.groove import Knots, Profile
from bonemusic.paths import centre, join, polar, size, spiral
from bonemusic.paths.drawing import Circle, Drawing
from bonemusic.paths.trace import groove_of

RPM = Fraction(78)
POINTS_PER_S = 24_000
TONES = ((83.0, 9e-6, 0.3), (440.0, 8e-6, 1.0), (1270.0, 3e-6, 2.0), (4100.0, 1e-6, 0.1))
SECONDS = 3.0
OUTER_M, PITCH_M = 0.1209, 0.2e-3
HOLE = Circle(0.0, 0.0, 3.62e-3)


def sound(t_s, points_per_s=None):
    """What is drawn; or, given the points a second, what is left of it on the straight lines between them."""
    droop = (lambda f: np.sinc(f / points_per_s) ** 2) if points_per_s else (lambda f: 1.0)
    return sum(a * droop(f) * np.sin(2 * np.pi * f * t_s + phase) for f, a, phase in TONES)


def drawn(rpm=RPM, seconds=SECONDS, points_per_s=POINTS_PER_S, radius=None, at=(0.0, 0.0), start=0.7):
    """A disc's groove as points, from the outside in, counter-clockwise, y up."""
    t = np.arange(int(seconds * points_per_s) + 1) / points_per_s
    turns = float(rpm / 60) * t
    r = (OUTER_M - PITCH_M * turns if radius is None else radius(turns)) + sound(t)
    angle = start + 2 * np.pi * turns
    return np.stack([at[0] + r * np.cos(angle), at[1] + r * np.sin(angle)], 1)


def heard(x, rate):
    """Without the sub-sonic, and without what straight lines between points add beyond 15 kHz."""
    return sosfiltfilt(butter(4, [20, 15_000], "band", fs=rate, output="sos"), x)


def snr_db(got, want, rate, margin_s=0.15):
    """Signal to error, with all below 20 Hz left out, away from the ends where that filter rings."""
    inner = slice(int(margin_s * rate), len(got) - int(margin_s * rate))
    good = heard(want, rate)[inner]
    return 10 * np.log10(np.mean(good**2) / np.mean((heard(got, rate)[inner] - good) ** 2))


def snr_of(groove, points_per_s=POINTS_PER_S, backwards=False, offset_s=0.0):
    t = np.arange(len(groove)) / groove.rate_hz + offset_s
    want = sound(SECONDS - t if backwards else t, points_per_s)
    return snr_db(groove.lateral_m.astype(float), want, groove.rate_hz)


def pieces_of(line, count):
    cuts = np.linspace(0, len(line) - 1, count + 1).astype(int)
    return [line[a : b + 1] for a, b in pairwise(cuts)]


@pytest.mark.parametrize("with_hole", [True, False])
def test_plain_disc(with_hole):
    groove, warnings = groove_of(Drawing((drawn(),), (HOLE,) if with_hole else ()), RPM)
    assert snr_of(groove) > (70 if with_hole else 55)
    assert warnings == ()
    assert groove.rate_hz == 48_000
    assert groove.seconds == pytest.approx(SECONDS, abs=1e-4)
    assert [(b.name, b.first, b.last) for b in groove.bands] == [("groove", 0, len(groove))]
    assert groove.profile == Profile(56e-6, 6e-6, math.pi / 2)
    assert groove.depth.at(1.5) == pytest.approx(28e-6)
    assert np.abs(groove.lateral_m).max() < 40e-6


@pytest.mark.parametrize("rpm", [Fraction(78), Fraction(100, 3), Fraction(3600, 46), Fraction(6000, 77)])
def test_speed_is_exact(rpm):
    groove, _ = groove_of(Drawing((drawn(rpm, seconds=4.0),), (HOLE,)), rpm)
    assert groove.rpm == rpm
    assert snr_of(groove) > 65


def test_drawn_from_the_inside_out_plays_the_same():
    groove, warnings = groove_of(Drawing((drawn()[::-1],), (HOLE,)), RPM)
    assert warnings == ()
    assert snr_of(groove) > 70


@pytest.mark.parametrize("inside_out", [False, True])
def test_mirrored_disc_plays_backwards_from_the_inside(inside_out):
    line = drawn() * (-1, 1)
    groove, (warning,) = groove_of(Drawing((line[::-1] if inside_out else line,), (HOLE,)), RPM)
    assert "mirrored" in warning
    assert groove.spiral.at(0.0) < groove.spiral.at(3.0)
    assert snr_of(groove, backwards=True) > 70


@pytest.mark.parametrize("with_hole", [True, False])
def test_anywhere_on_the_page(with_hole):
    at = (0.31, -0.2)
    hole = (Circle(*at, 3.62e-3), Circle(*at, 0.1255)) if with_hole else (Circle(0.1, 0.1, 3.62e-3),)
    groove, _ = groove_of(Drawing((drawn(at=at),), hole), RPM)
    assert snr_of(groove) > (70 if with_hole else 55)


@pytest.mark.parametrize("count", [3, 7, 500])
def test_pieces_in_any_order_and_direction(count):
    rng = np.random.default_rng(5)
    pieces = [p if rng.random() < 0.5 else p[::-1] for p in pieces_of(drawn(), count)]
    rng.shuffle(pieces)
    groove, warnings = groove_of(Drawing(tuple(pieces), (HOLE,)), RPM)
    assert warnings == ()
    assert snr_of(groove) > 70


def test_pieces_that_end_along_one_radius_with_gaps_between():
    """Split once a turn, a point missing at each cut: the next turn's end is nearly as near as one's own."""
    line = drawn(points_per_s=8000)
    per_turn = 8000 * 60 / 78
    cuts = [0, *np.arange(per_turn, len(line), per_turn).astype(int).tolist(), len(line)]
    pieces = [line[a + 1 : b] if a else line[:b] for a, b in pairwise(cuts)]
    assert len(pieces) == 4
    gap = np.hypot(*(pieces[1][0] - pieces[0][-1]))
    assert PITCH_M < gap < 0.25e-3
    groove, warnings = groove_of(Drawing((pieces[2], pieces[0], pieces[3][::-1], pieces[1]), (HOLE,)), RPM)
    assert warnings == ()
    assert groove.seconds == pytest.approx(SECONDS, abs=1e-3)


def test_pieces_too_far_apart_are_named():
    line = drawn(seconds=4.0)
    groove, (warning,) = groove_of(Drawing((line[:48_000], line[48_100:]), (HOLE,)), RPM)
    assert "1 more piece of spiral does not meet the longest (gaps over 0.25 mm) and is left out" in warning
    assert groove.seconds == pytest.approx(2.0, abs=0.01)
    line = drawn(seconds=6.0)
    parts = (line[:48_000], line[48_100:96_000], line[96_100:])
    _, (warning,) = groove_of(Drawing(parts, (HOLE,)), RPM)
    assert "2 more pieces of spiral do not meet the longest (gaps over 0.25 mm) and are left out" in warning


def test_every_line_is_in_one_chain():
    rng = np.random.default_rng(1)
    lines = tuple(rng.integers(0, 6, (int(n), 2)).astype(float) for n in rng.integers(2, 5, 200))
    chains = join.join(join.runs(lines), 0.5, 6.0)
    want = sorted({tuple(step) for line in lines for step in np.abs(np.diff(line, axis=0)).tolist()})
    steps = [np.abs(np.diff(batch, axis=0)) for chain in chains for batch in chain.batches(True)]
    assert sum(len(s) for s in steps) >= sum(len(line) - 1 for line in lines)
    assert set(want) <= {tuple(step) for s in steps for step in s.tolist()}


def test_coarse_polyline_runs_straight_between_its_points():
    """Points every millimetre of a smooth spiral: the lateral is the chords' own sag, to a nanometre."""
    per_turn = 700
    angle = 2 * np.pi * np.arange(4 * per_turn + 1) / per_turn
    r = 0.11 - 0.2e-3 * angle / (2 * np.pi)
    line = np.stack([r * np.cos(angle), r * np.sin(angle)], 1)
    groove, _ = groove_of(Drawing((line,), (HOLE,)), RPM)
    k = np.arange(20_000, len(groove) - 20_000)
    turn = k * groove.turns_per_sample
    i = np.floor(turn * per_turn).astype(int)
    direction = np.exp(2j * np.pi * turn)
    z = line[:, 0] + 1j * line[:, 1]
    step = z[i + 1] - z[i]
    true = (np.conj(step) * z[i]).imag / (np.conj(step) * direction).imag  # the ray through the chord
    got = groove.spiral.at(turn) + groove.lateral_m[k]
    assert np.ptp(true - r[i]) > 1e-6
    assert np.abs(got - true).max() < 25e-9  # the corners lie partly above the band
    assert abs(np.mean(got - true)) < 1e-10


def disc_with_all(turns):
    """Lead-in, music, lead-out and a locked groove, its pitches changing within a third of a turn."""

    def change(at):
        u = np.clip((turns - at) * 3 + 0.5, 0, 1)
        return u * u * (3 - 2 * u)

    pitch = 1.2e-3 + (0.2e-3 - 1.2e-3) * change(1.5) + (6.4e-3 - 0.2e-3) * change(6) + (0 - 6.4e-3) * change(7)
    return 0.1209 - np.r_[0, np.cumsum((pitch[1:] + pitch[:-1]) / 2 * np.diff(turns))]


def test_lead_in_lead_out_and_locked_groove_leave_the_music_alone():
    seconds = 8.6 * 60 / 78
    line = drawn(seconds=seconds, radius=disc_with_all)
    groove, warnings = groove_of(Drawing((line,), (HOLE,)), RPM)
    assert warnings == ()
    assert [b.name for b in groove.bands] == ["groove", "locked groove"]
    # the music's own 83 Hz does not close after a turn, so ours is locked nowhere to the micrometre
    assert groove.bands[1].first * groove.turns_per_sample == pytest.approx(7.2, abs=0.15)
    assert snr_of(groove) > 60
    assert (np.diff(groove.spiral.value) <= 0).all()


def test_spiral_and_lateral_make_up_the_line():
    line = drawn(points_per_s=96_000, seconds=2.0)
    groove, _ = groove_of(Drawing((line,), (HOLE,)), RPM, rate_hz=96_000)
    k = np.arange(2000, len(groove) - 2000)
    turns = k * groove.turns_per_sample
    r = groove.spiral.at(turns) + groove.lateral_m[k]
    assert np.abs(r - (OUTER_M - PITCH_M * turns + sound(k / 96_000, 96_000))).max() < 1e-9


def test_rate_follows_the_points():
    dense, _ = groove_of(Drawing((drawn(points_per_s=64_000, seconds=2.0),), (HOLE,)), RPM)
    assert dense.rate_hz == 96_000
    asked, _ = groove_of(Drawing((drawn(),), (HOLE,)), RPM, rate_hz=44_100)
    assert asked.rate_hz == 44_100
    assert snr_of(asked) > 70


def test_points_that_go_backwards_are_skipped():
    line = drawn()
    line = np.insert(line, np.arange(100, 60_000, 1000), line[np.arange(95, 59_995, 1000)], axis=0)
    groove, _ = groove_of(Drawing((line,), (HOLE,)), RPM)
    assert snr_of(groove) > 70


@pytest.mark.parametrize(
    ("at", "radius_m", "said"),
    [
        ((0.0, 0.3e-3), 3.62e-3, "0.30 mm off the groove's centre: on a turntable the pitch wavers by 0.25 %"),
        (
            (0.6e-3, 0.0),
            3.62e-3,
            "0.60 mm off the groove's centre: on a turntable the pitch wavers by 0.5 % at the rim",
        ),
        ((3e-3, -4e-3), 19.1e-3, "5.00 mm off"),
        ((-0.03, 0.0), 3.62e-3, "30.00 mm off"),
    ],
)
def test_a_hole_beside_the_centre_is_told_and_not_played(at, radius_m, said):
    groove, (warning,) = groove_of(Drawing((drawn(),), (Circle(*at, radius_m), Circle(0.05, 0.0, 0.012))), RPM)
    assert said in warning
    assert snr_of(groove) > 55


def test_a_hole_as_near_as_a_lathe_cuts_it_is_the_spindle():
    """Within IEC 60098's 0.2 mm a disc is heard as a turntable turns it."""
    groove, warnings = groove_of(Drawing((drawn(),), (Circle(0.15e-3, 0.0, 3.62e-3),)), RPM)
    assert warnings == ()
    assert snr_of(groove) < 20


def test_a_speck_beside_the_middle_is_no_hole():
    groove, warnings = groove_of(Drawing((drawn(),), (Circle(1e-3, 0.0, 0.5e-3),)), RPM)
    assert warnings == ()
    assert snr_of(groove) > 55


def test_a_hole_may_be_drawn_as_a_polygon():
    angle = np.linspace(0, 2 * np.pi, 65)
    at = (2e-4, 1e-4)
    ring = np.stack([at[0] + 3.62e-3 * np.cos(angle), at[1] + 3.62e-3 * np.sin(angle)], 1)
    groove, warnings = groove_of(Drawing((ring, drawn(at=at))), RPM)
    assert warnings == ()
    assert snr_of(groove) > 70


@pytest.mark.parametrize("off", [(0.3e-3, -0.2e-3), (-1.0e-3, 0.0)])
def test_centre_of_a_spiral_without_a_hole(off):
    chain = join.Chain((drawn(seconds=6.0),))
    line = polar.unwound(chain, off, False)
    x, y = chain.pieces[0][0] - off
    assert centre.fitted(line, off, math.atan2(y, x)) == pytest.approx((0, 0), abs=2e-6)


@pytest.mark.parametrize(
    ("scale", "hole_m", "words"),
    [
        (1.0, 0, "96 dots"), (72 / 96, 0, "72 dots"), (90 / 96, 0, "90 dots"), (25.4 / 96, 0, "millimetres"),
        (1 / 96, 0, "inches"), (1 / 96, 3.62e-3, "inches"), (25.4 / 96, 19.1e-3, "millimetres"),
        (90 / 96, 3.7e-3, "90 dots"), (0.01, 3.62e-3, "7.24 mm"),
    ],
)  # fmt: skip
def test_a_drawing_without_a_unit_is_sized(scale, hole_m, words):
    hole = (Circle(0.0, 0.0, hole_m * scale),) if hole_m else ()
    groove, (warning,) = groove_of(Drawing((drawn() * scale,), hole, scale_known=False), RPM)
    assert words in warning
    assert groove.spiral.at(0.0) == pytest.approx(OUTER_M, abs=3e-4)
    assert snr_of(groove) > 55


def test_the_edge_of_a_label_is_no_hole():
    scale = 72 / 96
    label = (Circle(0.0, 0.0, 50e-3 * scale),)
    groove, (warning,) = groove_of(Drawing((drawn() * scale,), label, scale_known=False), RPM)
    assert "72 dots" in warning
    assert snr_of(groove) > 55


def test_sizes_of_all_records_are_known():
    for radius in size.RECORDED_RADII_M:
        for unit, factor in size.UNITS.items():
            assert size.guess(radius / factor, 0.0)[0] == factor, unit


def test_meta_comes_along():
    groove, _ = groove_of(Drawing((drawn(),), (HOLE,), meta={"curve": "riaa"}), RPM)
    assert groove.meta["curve"] == "riaa"


def refused(drawing, rpm=RPM):
    with pytest.raises(FormatError) as why:
        groove_of(drawing, rpm)
    message = str(why.value)
    assert "\n" not in message
    assert len(message) < 300
    return message


def test_no_spiral_is_refused():
    square = np.array([[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1], [0, 0]])
    assert "no groove" in refused(Drawing((square,)))
    assert "no groove" in refused(Drawing(()))
    assert "no groove" in refused(Drawing((np.zeros((2, 2)), np.ones((2, 2)))))
    for note in ("3 paths are drawn with curves (C) and were passed over", "1 curve (spline) was passed over"):
        assert "convert curves" in refused(Drawing((square,), notes=(note,)))


def test_absurd_spirals_are_refused():
    assert "no disc's size" in refused(Drawing((drawn() * 100,)))
    assert "no disc's size" in refused(Drawing((drawn() / 100,)))
    assert "is no disc" in refused(Drawing((drawn() * 1e30,)))
    assert "is no disc" in refused(Drawing((np.zeros((5, 2)),)))
    ring = drawn(radius=lambda turns: np.full(turns.shape, 0.1))
    assert "mm apart" in refused(Drawing((ring,), (HOLE,)))
    wave = drawn(radius=lambda turns: 0.1 - 1e-3 * turns + 0.02 * np.sin(2 * np.pi * turns / 2.5))
    assert "in and out" in refused(Drawing((wave,), (HOLE,)))
    assert "minutes" in refused(Drawing((drawn(),), (HOLE,)), Fraction(1, 100))
    scribble = np.random.default_rng(2).normal(0, 0.05, (20_000, 2))
    refused(Drawing((scribble,)))


def test_unwind_equals_numpy():
    xy = drawn(seconds=1.0)
    z = xy[:, 0] + 1j * xy[:, 1]
    line = polar.unwound(join.Chain((xy,)), (0.0, 0.0), False)
    assert line.turns == pytest.approx(np.unwrap(np.angle(z)) / (2 * np.pi) - 0.7 / (2 * np.pi), abs=1e-12)
    assert line.radius_m == pytest.approx(np.abs(z), abs=1e-15)
    assert line.skipped == 0
    twin_turns, twin_radius = np.empty(2000), np.empty(2000)
    state = np.array([0.0, 0.0, 0.0, -1.0])
    count = polar.unwind.py_func(xy[:2000], 0.0, 0.0, 1.0, state, twin_turns, twin_radius, 0)
    assert (twin_turns[:count] == line.turns[:2000]).all()
    assert twin_radius[:count] == pytest.approx(line.radius_m[:2000], rel=1e-15)


@pytest.mark.parametrize("points", [4, 40, 4000])
def test_sample_equals_its_twin(points):
    rng = np.random.default_rng(points)
    turns = np.r_[0, np.sort(rng.uniform(0, 3, points - 2)), 3]
    radius = rng.uniform(0.05, 0.06, points)
    knots = Knots(np.array([0.0, 0.9, 2.2, 3.0]), rng.uniform(0.05, 0.06, 4), rng.uniform(-1e-3, 1e-3, 4))
    got, twin = np.empty(900), np.empty(900)
    step = 3 / 1000
    polar.sample(turns, radius, 50, step, knots.turns, knots.value, knots.slope, got)
    polar.sample.py_func(turns, radius, 50, step, knots.turns, knots.value, knots.slope, twin)
    assert got == pytest.approx(twin, abs=1e-13)
    at = np.arange(50, 950) * step
    i = np.clip(np.searchsorted(turns, at, "right") - 1, 0, points - 2)
    delta, theta = 2 * np.pi * np.diff(turns)[i], 2 * np.pi * (at - turns[i])
    plain = np.sin(delta) / (np.sin(delta - theta) / radius[i] + np.sin(theta) / radius[i + 1])
    near = delta < 2.5
    assert got[near] == pytest.approx((plain - knots.at(at))[near], abs=1e-11)


def test_blocks_are_as_one_go():
    line = polar.unwound(join.Chain((drawn(seconds=1.6),)), (0.0, 0.0), False)
    remainder = polar.Remainder(line, spiral.smooth(line), 1.3 / 192_000, 190_000, 500)
    whole = remainder[0 : len(remainder)]
    assert len(whole) == 191_000
    assert whole[0] == pytest.approx(0, abs=1e-9)
    for a, b in ((0, 3), (200, 700), (499, 501), (5000, 9000), (190_300, 190_600), (190_600, 191_000), (100, 191_000)):
        assert (remainder[a:b] == whole[a:b]).all()
    assert np.abs(np.diff(whole)).max() < 1e-6
