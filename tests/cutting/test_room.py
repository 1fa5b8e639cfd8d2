"""What a groove allows, against plain NumPy that knows the groove at every point by its Fourier series."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets
from bonemusic.cutting import plan, room
from bonemusic.cutting.fit import ceilings_of, land_ceiling
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.moments import moments
from bonemusic.spectral import _smooth

from .sides import CHISEL, ROUND, noise, programme_of, task_of

DISC = presets.disc("7in-78")
COARSE = presets.disc("10in-78-coarse")
TIP = presets.stylus("lp-18")
TOOLS = {"chisel": CHISEL, "round": ROUND}
TENTH_DB = 10**0.005


class Laid:
    """A programme on a side, with everything that a checker may want to know of it, exactly."""

    def __init__(self, unit, pitch_m, machine=CHISEL, disc=DISC, rpm=Fraction(78), rate=48_000, vertical=None):
        self.unit, self.pitch_m, self.rate, self.disc, self.machine = (
            np.asarray(unit, float),
            pitch_m,
            rate,
            disc,
            machine,
        )
        self.task = task_of(programme_of(unit, vertical, rate), disc, machine, "lp-18", rpm)
        self.side = self.task.lay(plan.at_pitch(pitch_m, self.task.songs_turns))
        self.first = self.side.music.first - self.task.programme.ring
        self.turn = rate * 60 / float(rpm)
        self.ceilings = ceilings_of(self.task, self.side)
        self.land, self.land_at_s = land_ceiling(self.task, pitch_m)
        self.up = np.zeros(len(unit)) if vertical is None else np.asarray(vertical, float)
        self.lay()

    def lay(self):
        # every turn that ends within the programme or begins in it, from one turn before it
        lead = max(0, min(math.ceil(self.turn) + 1, self.first))
        n = lead + len(self.unit)
        silence = _smooth(3 * lead + len(self.unit)) - n
        w = 2 * np.pi * np.fft.rfftfreq(n + silence)
        later = np.exp(1j * w * self.turn)

        def series(wave, by):
            spectrum = np.fft.rfft(np.concatenate((np.zeros(lead), wave, np.zeros(silence))))
            return np.fft.irfft(spectrum * by, n + silence)[:n]

        turns = (self.first - lead + np.arange(n)) / self.turn
        self.radius = self.side.spiral.at(turns)
        self.apart = self.radius - self.side.spiral.at(turns + 1)
        self.step = 2 * np.pi * self.radius / self.turn
        inner, outer = self.unit + self.up, self.unit - self.up  # edges, seen from above
        self.y, self.other = series(inner, 1), series(outer, 1)
        self.dy, self.d_other = series(inner, 1j * w), series(outer, 1j * w)
        self.ddy, self.dd_other = series(inner, -w * w), series(outer, -w * w)
        self.then, self.d_then = series(outer, later), series(outer, later * 1j * w)
        self.lead = lead

    def least_land(self, g):
        """Least distance wall to wall, across the groove; where."""
        cos = 1 / np.sqrt(1 + (g * np.maximum(abs(self.dy), abs(self.d_then)) / self.step) ** 2)
        way = self.apart + g * (self.y - self.then)
        width = self.disc.groove_width_m
        wall = (way - width) * cos if self.machine.tool == "chisel" else way * cos - width
        return wall.min(), wall.argmin() - self.lead

    def spare(self, limit, g):
        """How far from a limit the programme times g stays, as a fraction of the limit; negative where it is passed."""
        if limit == "slope":
            return (1 - g * np.maximum(abs(self.dy), abs(self.d_other)) / self.step).min()
        if limit == "curvature":
            bend = self.step**2 / np.maximum(g * np.maximum(abs(self.ddy), abs(self.dd_other)), 1e-300)
            return (bend / (TIP.radius_m / math.sqrt(2)) - 1).min()
        edges = np.stack((self.unit + self.up, self.unit - self.up))
        if limit == "swing":
            return 1 - g * abs(edges).max() / TIP.swing_m
        n = self.rate // 48_000
        read = abs(edges[:, 2 * n :] - edges[:, : -2 * n]).max() * 24_000
        return 1 - g * read / TIP.velocity_m_s

    def steep_m(self, g):
        """How much more than the land may be kept, where slopes and swings of a cell are taken together."""
        s = g * np.max(np.maximum(abs(self.dy), abs(self.d_then)) / self.step)
        widened = self.disc.land_m + (self.disc.groove_width_m if self.machine.tool == "round" else 0.0)
        return widened * (math.sqrt(1 + s * s) - 1)


def check(laid, tolerance=1e-3):
    for limit in room.NAMES:
        g = laid.ceilings[limit][0]
        assert laid.spare(limit, g * (1 - tolerance)) >= 0, limit
        assert laid.spare(limit, g * (1 + tolerance)) < 0, limit
    if laid.land == 0:
        return
    slack = 5e-9  # what lies between the samples of the inner turn runs straight
    assert laid.least_land(laid.land)[0] >= laid.disc.land_m - slack
    more = laid.land * TENTH_DB  # the greatest of a cell, not of each sample: a tenth of a decibel, besides slopes
    near, where = laid.least_land(more)
    cell = math.ceil(laid.turn / 1152)
    within = laid.apart[max(where + laid.lead - cell, 0) : where + laid.lead + cell]  # changes beside lead-in, lead-out
    assert near <= laid.disc.land_m + laid.steep_m(more) + np.ptp(within)


@pytest.mark.parametrize("tool", ["chisel", "round"])
@pytest.mark.parametrize("pitch_um", [75, 120, 400])
@pytest.mark.parametrize(("rpm", "rate"), [(Fraction(78), 48_000), (Fraction(100, 3), 48_000), (Fraction(45), 96_000)])
def test_factor_is_the_greatest_that_each_limit_allows(tool, pitch_um, rpm, rate):
    unit = noise(pitch_um, round(2.0 * rate * 78 / float(rpm)), rate, 500)
    check(Laid(unit, pitch_um * 1e-6, TOOLS[tool], rpm=rpm, rate=rate))


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6), tool=st.sampled_from(["chisel", "round"]), disc=st.sampled_from([DISC, COARSE]),
    wider=st.floats(1.01, 6), turns=st.floats(0.3, 4), peak=st.floats(-7, -4), land_um=st.floats(1, 200),
)  # fmt: skip
def test_whatever_the_programme(seed, tool, disc, wider, turns, peak, land_um):
    disc = dataclasses.replace(disc, land_m=land_um * 1e-6)
    unit = noise(seed, round(turns * 36_923) + 24_000, 48_000, 400) * 10 ** (peak + 5)
    check(Laid(unit, plan.least_pitch_m(disc) * wider, TOOLS[tool], disc))


@pytest.mark.parametrize("alike", [1.0, 0.0, -1.0])
def test_stereo_is_limited_edge_by_edge(alike):
    """Slope, curvature, swing and velocity of the edge that moves more; what is alike in both cancels in neither."""
    lateral, vertical = noise(1, 120_000, 48_000, 500), noise(2, 120_000, 48_000, 500)
    if alike:
        vertical = alike * lateral  # the left channel alone, the right alone
    laid = Laid(lateral, 300e-6, vertical=vertical)
    for limit in room.NAMES:
        g = laid.ceilings[limit][0]
        assert laid.spare(limit, g * 0.999) >= 0 > laid.spare(limit, g * 1.001), limit
    if alike:
        mono = Laid(lateral, 300e-6)
        for limit in room.NAMES:
            assert laid.ceilings[limit][0] == pytest.approx(mono.ceilings[limit][0] / 2, rel=1e-5)


@pytest.mark.parametrize("tool", ["chisel", "round"])
def test_treble_up_to_the_edge_of_the_band(tool):
    """At 12 kHz the groove's rate is four times the band: slopes to 3 %, and no land is missing."""
    laid = Laid(noise(3, 150_000, 48_000, 12_000, 200), 110e-6, TOOLS[tool])
    slope, curvature = (laid.ceilings[name][0] for name in ("slope", "curvature"))
    assert laid.spare("slope", 0.97 * slope) >= 0
    assert laid.spare("slope", 1.001 * slope) < 0
    assert laid.spare("curvature", 0.9 * curvature) >= 0
    assert laid.spare("curvature", 1.001 * curvature) < 0
    assert laid.least_land(laid.land)[0] >= 0.98 * DISC.land_m
    assert laid.least_land(laid.land)[0] <= 1.02 * DISC.land_m + laid.steep_m(laid.land)


def test_limits_are_named_where_they_are():
    laid = Laid(noise(11, 150_000, 48_000, 400), 100e-6)
    ring = laid.task.programme.ring
    of = {name: at_s * 48_000 + ring + laid.lead for name, (_, at_s) in laid.ceilings.items()}
    moment = 32
    assert of["swing"] == pytest.approx(abs(laid.y).argmax(), abs=moment)
    assert of["slope"] == pytest.approx((laid.step / np.maximum(abs(laid.dy), 1e-300)).argmin(), abs=moment)
    assert of["curvature"] == pytest.approx((laid.step**2 / np.maximum(abs(laid.ddy), 1e-300)).argmin(), abs=moment)
    cell = laid.turn / 1152
    assert laid.land_at_s * 48_000 + ring == pytest.approx(laid.least_land(laid.land)[1], abs=cell)


def test_blocks_change_nothing(monkeypatch):
    groove = cut(noise(5, 100_000, 48_000, 3000).astype(np.float32), 100e-6)
    one = room.neighbours(groove, groove.music.first, groove.music.last, CHISEL)
    monkeypatch.setattr(room, "BLOCK", 1024)
    assert room.neighbours(groove, groove.music.first, groove.music.last, CHISEL) == one


# Known answers


def tone(hz, velocity_m_s, rate=48_000, seconds=0.8):
    t = np.arange(round(seconds * rate)) / rate
    fade = np.sin(np.clip(np.minimum(t, t[-1] - t) * 10, 0, 1) * np.pi / 2) ** 4
    return velocity_m_s / (2 * np.pi * hz) * np.sin(2 * np.pi * hz * t) * fade


@pytest.mark.parametrize(("hz", "low"), [(100, 0), (1000, 0.0029), (3000, 0.0256), (10_000, 0.262)])
@pytest.mark.parametrize("rate", [48_000, 96_000, 192_000])
def test_velocity_is_read_as_at_48_khz(hz, low, rate):
    laid = Laid(tone(hz, 0.05, rate), 300e-6, rate=rate)
    assert laid.task.velocity_peak_m_s == pytest.approx(0.05 * (1 - low), rel=2e-3)
    assert laid.task.swing_peak_m == pytest.approx(0.05 / (2 * np.pi * hz), rel=2e-2)
    assert laid.ceilings["velocity"][0] == pytest.approx(TIP.velocity_m_s / laid.task.velocity_peak_m_s, rel=1e-6)


def test_slope_and_curvature_of_a_tone_by_hand():
    """On a circle of 60 mm at 33⅓: V = 209.4 mm/s, so 20.94 cm/s peak is 45°; crests are round to V²/(2πf·v)."""
    rpm, hz = Fraction(100, 3), 1000
    circle = Knots(np.zeros(1), np.array([0.06]), np.array([-1e-3]))  # the next turn is 1 mm further in
    measured = moments(tone(hz, 0.05).astype(np.float32), None, 48_000)
    may = room.allowed(len(measured), 48_000, 0, circle, rpm, TIP)
    factor, _ = room.greatest_factors(measured, may)
    speed = 2 * np.pi * 0.06 * 100 / 3 / 60
    # the circle shrinks by a millimetre a turn: 0.4 mm in all
    assert factor[room.SLOPE] * 0.05 == pytest.approx(speed, rel=0.02)
    assert factor[room.CURVATURE] == pytest.approx(speed**2 / (2 * np.pi * hz * 0.05) * 2**0.5 / 18e-6, rel=0.04)
    assert factor[room.SWING] == pytest.approx(100e-6 / 7.958e-6, rel=1e-3)
    assert factor[room.VELOCITY] == pytest.approx(0.30 / 0.05 / 0.99715, rel=1e-3)


def test_what_is_allowed_is_never_more_than_at_any_sample_of_a_moment():
    laid = Laid(noise(7, 90_000, 48_000, 400), 1e-3)
    may = laid.task.allowed(laid.side)
    turns = (laid.first + np.arange(90_000)) / laid.turn
    speed = 2 * np.pi * 1.3 * laid.side.spiral.at(turns)
    least = np.minimum.reduceat(speed, np.arange(0, 90_000, 32))
    assert (may.slope_m_s <= least * (1 + 1e-12)).all()
    np.testing.assert_allclose(may.slope_m_s, least, rtol=1e-3)
    np.testing.assert_allclose(may.bend_m_s2, math.sqrt(2) / 18e-6 * may.slope_m_s**2, rtol=1e-12)


@pytest.mark.parametrize("outwards", [True, False])
def test_land_of_one_bump_by_hand(outwards):
    """A slow bump of 10 µm, alone on its side: it may grow until what the pitch has over width and land is gone."""
    unit = np.zeros(120_000)
    unit[50_000:70_000] = np.hanning(20_000) * (1e-5 if outwards else -1e-5)
    for tool, machine in TOOLS.items():
        assert Laid(unit, 101e-6, machine).land == pytest.approx(3.0, rel=2e-3), tool  # 101 - 56 - 15 = 30 µm


def test_the_first_turn_keeps_off_the_lead_in():
    """Loud outwards in its first turn and silent from then on: only the silent turn before it stands in the way."""
    turn = 36_923
    unit = np.zeros(4 * turn)
    at = 12_000 + int(0.9 * turn)  # 0.9 turns into the music
    unit[at - 1500 : at + 1500] = np.hanning(3000) * 3e-5
    laid = Laid(unit, 100e-6)
    near, _ = laid.least_land(laid.land)
    assert DISC.land_m - 5e-9 <= near <= DISC.land_m + 3e-7
    assert laid.least_land(laid.land * 1.03)[0] < DISC.land_m  # the ramp moves by 2 µm from cell to cell
    # a tenth of a turn before the music the lead-in's ramp is 11 µm and more further out
    assert 29 / 30 * 1.3 < laid.land < 2.0


@pytest.mark.parametrize("pitch_um", [1, 30, 41, 60, 70.9, 71])
def test_no_room_is_no_room(pitch_um):
    """Also where the grooves would lie within each other: as far past each other as they should lie apart."""
    for machine in TOOLS.values():
        assert Laid(noise(1, 80_000, 48_000, 400), pitch_um * 1e-6, machine).land == 0


@pytest.mark.parametrize("tool", ["chisel", "round"])
@pytest.mark.parametrize("outwards", [1, -1])
def test_a_steep_turn_narrows_the_land_on_both_its_sides(tool, outwards):
    """A bump so steep that land is least on its flank, facing a silent neighbour."""
    rate = 192_000
    unit = np.zeros(600_000)
    unit[300_000:300_300] = outwards * 1e-5 * np.exp(-0.5 * ((np.arange(300) - 150) / 16) ** 2)
    laid = Laid(unit, 300e-6, TOOLS[tool], dataclasses.replace(DISC, land_m=100e-6), rate=rate)
    assert laid.least_land(laid.land)[0] >= 100e-6 - 5e-9
    assert laid.least_land(laid.land)[0] <= 100e-6 + laid.steep_m(laid.land)
    apart_at_the_top = (300e-6 - 56e-6 - 100e-6) / 1e-5
    assert laid.land < 0.97 * apart_at_the_top


@pytest.mark.parametrize("rpm", [Fraction(300), Fraction(1000)])
def test_the_locked_groove_asks_for_no_land(rpm):
    """At such speeds what rings after the music lies on the locked groove, which by nature meets the lead-out."""
    assert Laid(noise(1, 60_000, 48_000, 400), 200e-6, rpm=rpm).land > 1


def test_silence_is_held_by_nothing():
    measured = moments(np.zeros(60_000, np.float32), None, 48_000)
    may = room.allowed(len(measured), 48_000, 0, constant(0.1), Fraction(78), TIP)
    factor, _ = room.greatest_factors(measured, may)
    assert np.isinf(factor).all()
    nothing = room.allowed(0, 48_000, 0, constant(0.1), Fraction(78), TIP)
    none = room.greatest_factors(moments(np.zeros(0, np.float32), None, 48_000), nothing)
    assert np.isinf(none[0]).all()


# How near the turns come


def cut(unit, pitch_m, machine=CHISEL, g=1.0, vertical=None, disc=DISC):
    laid = Laid(unit, pitch_m, machine, disc, vertical=vertical)
    rows = []
    for wave in (unit, vertical):
        row = None
        if wave is not None:
            row = np.zeros(laid.side.bands[-1].last)
            row[laid.first : laid.first + len(wave)] = g * np.asarray(wave)
        rows.append(row)
    profile = Profile(disc.groove_width_m, disc.bottom_radius_m, disc.angle_rad)
    return Groove(laid.side.spiral, laid.side.depth(disc), disc.rpm, 48_000, rows[0], profile, rows[1], laid.side.bands)


@pytest.mark.parametrize("tool", ["chisel", "round"])
def test_neighbours_are_as_near_as_they_are(tool):
    laid = Laid(noise(21, 200_000, 48_000, 500), 120e-6, TOOLS[tool])
    g = 0.9 * laid.land
    groove = cut(laid.unit, 120e-6, TOOLS[tool], g)
    ring = laid.task.programme.ring
    near = room.neighbours(groove, groove.music.first, groove.music.last, TOOLS[tool])
    pairs = slice(laid.lead + ring, laid.lead + ring + laid.task.programme.music_samples - math.ceil(laid.turn))
    way = (laid.apart + g * (laid.y - laid.then))[pairs]
    cos = 1 / np.sqrt(1 + (g * np.maximum(abs(laid.dy), abs(laid.d_then)) / laid.step)[pairs] ** 2)
    wall = (way - 56e-6) * cos if tool == "chisel" else way * cos - 56e-6
    assert near.closest_turns_m == pytest.approx(way.min(), abs=2e-8)
    assert near.closest_land_m == pytest.approx(wall.min(), abs=2e-8)
    assert near.at_s * 48_000 == pytest.approx(wall.argmin(), abs=2)
    assert near.closest_land_m >= DISC.land_m


@pytest.mark.parametrize("tool", ["chisel", "round"])
def test_neighbours_of_a_stereo_groove_are_measured_edge_to_edge(tool):
    """Where the outer turn's inner wall and the inner turn's outer wall move, and how deep both are planned."""
    up = noise(22, 200_000, 48_000, 500)
    laid = Laid(noise(21, 200_000, 48_000, 500), 140e-6, TOOLS[tool], vertical=up)
    groove = cut(laid.unit, 140e-6, TOOLS[tool], 0.5, up)
    deep = Knots(np.array([0.0, 4.0, 8.0]), np.array([28e-6, 31e-6, 28e-6]), np.zeros(3))
    groove = dataclasses.replace(groove, depth=deep)
    near = room.neighbours(groove, groove.music.first, groove.music.last, TOOLS[tool])
    ring = laid.task.programme.ring
    pairs = slice(laid.lead + ring, laid.lead + ring + laid.task.programme.music_samples - math.ceil(laid.turn))
    turns = (groove.music.first + np.arange(pairs.stop - pairs.start)) / laid.turn
    width = deep.at(turns) + deep.at(turns + 1)
    way = (laid.apart + 0.5 * (laid.y - laid.then))[pairs]
    cos = 1 / np.sqrt(1 + (0.5 * np.maximum(abs(laid.dy), abs(laid.d_then)) / laid.step)[pairs] ** 2)
    wall = (way - width) * cos if tool == "chisel" else way * cos - width
    assert near.closest_land_m == pytest.approx(wall.min(), abs=2e-8)


def test_one_turn_has_no_neighbour():
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    groove = Groove(Knots([0.0], [0.1], [-1e-4]), constant(28e-6), Fraction(78), 48_000, np.zeros(30_000), profile)
    near = room.neighbours(groove, 0, 30_000, CHISEL)
    assert near.closest_turns_m == near.closest_land_m == np.inf


# The kernel against itself, interpreted


@pytest.mark.parametrize("widens", [False, True])
@pytest.mark.parametrize("stereo", [False, True])
def test_nearest_equals_its_plain_twin(widens, stereo):
    rng = np.random.default_rng(8)
    y, v = (np.convolve(rng.standard_normal(3000), np.hanning(9), "same") * 1e-5 for _ in range(2))
    apart = 9e-5 + 1e-6 * rng.random(20)
    widths = 56e-6 + 1e-6 * rng.random(20)
    step = np.full(20, 9e-3) / 700
    results = []
    for function in (room._nearest, room._nearest.py_func):
        found = np.full(2, np.inf)
        up = v if stereo else np.empty(0)
        at = function(y, up, 64, 1200, 700.3, apart, widths, step, widens, found)
        results.append((at, *found))
    assert results[0][0] == results[1][0]
    assert results[0][1:] == pytest.approx(results[1][1:], rel=1e-9)
    assert np.isfinite(results[0]).all()


@pytest.mark.parametrize("order", range(1, 9))
def test_slopes_are_exact_for_polynomials(order):
    """A difference of eighth order: true for every power of time up to the eighth."""
    t = np.arange(-10, 11) / 4
    none = np.empty(0)
    assert room._slope(t**order, none, 1.0, 10) * 4 == pytest.approx(1 if order == 1 else 0, abs=1e-9)
    assert room._slope(0 * t, t**order, -1.0, 10) * 4 == pytest.approx(-1 if order == 1 else 0, abs=1e-9)


def test_near_its_ends_the_programme_stands_in_silence():
    y, none = np.array([1.0, 2.0, 4.0]), np.empty(0)
    assert room._slope(y, none, 1.0, 0) == pytest.approx(0.8 * 2 - 0.2 * 4)
    assert room._slope(y, none, 1.0, 2) == pytest.approx(-0.8 * 2 + 0.2 * 1)
