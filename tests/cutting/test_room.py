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
from bonemusic.groove import Knots
from bonemusic.spectral import _smooth

DISC = presets.disc("7in-78")
COARSE = presets.disc("10in-78-coarse")
CHISEL, ROUND = presets.machine("ideal"), presets.machine("laser-1200")
TIP = presets.stylus("lp-18")
LAND = {"chisel": CHISEL, "round": ROUND}


def noise(seed, samples, rate, band_hz, low_hz=40.0):
    """Displacement of music's kind, 1/f up to a sharp edge, 10 µm peak, faded in and out."""
    size = _smooth(samples)
    f = np.fft.rfftfreq(size, 1 / rate)
    shape = np.where((f > low_hz) & (f < band_hz), 1 / np.maximum(f, 1), 0)
    rng = np.random.default_rng(seed)
    wave = np.fft.irfft(shape * np.exp(2j * np.pi * rng.random(len(f))), size)[:samples]
    edge = samples // 20
    fade = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    wave[:edge] *= fade
    wave[-edge:] *= fade[::-1]
    return wave * 1e-5 / np.abs(wave).max()


class Laid:
    """A programme on a side, with everything that a checker may want to know of it, exactly."""

    def __init__(self, unit, pitch_m, machine=CHISEL, disc=DISC, rpm=Fraction(78), rate=48_000, ring=None):
        self.unit, self.rate, self.disc, self.rpm, self.machine = unit, rate, disc, rpm, machine
        ring = rate // 4 if ring is None else ring
        self.side = plan.lay(disc, rpm, rate, len(unit) - 2 * ring, pitch_m)
        music = self.side.bands[1]
        self.first = music.first - ring
        self.turn = rate * 60 / float(rpm)
        self.room = room.room(unit, rate, self.first, self.side.spiral, rpm, disc, machine, TIP, self.side.merges_at)

        # every turn that ends within the programme or begins in it, from one turn before it
        lead = math.ceil(self.turn) + 1
        lead = max(0, min(lead, self.first))
        silence = _smooth(3 * lead + len(unit)) - lead - len(unit)
        wave = np.concatenate((np.zeros(lead), unit.astype(float), np.zeros(silence)))
        spectrum, w = np.fft.rfft(wave), 2 * np.pi * np.fft.rfftfreq(len(wave))
        later = np.exp(1j * w * self.turn)

        def series(of):
            return np.fft.irfft(of, len(wave))[: lead + len(unit)]

        turns = (self.first - lead + np.arange(lead + len(unit))) / self.turn
        self.radius = self.side.spiral.at(turns)
        self.apart = self.radius - self.side.spiral.at(turns + 1)
        self.step = 2 * np.pi * self.radius / self.turn
        self.y, self.dy, self.ddy = series(spectrum), series(spectrum * 1j * w), series(-spectrum * w * w)
        self.inner, self.d_inner = series(spectrum * later), series(spectrum * later * 1j * w)
        self.lead = lead

    def least_land(self, g):
        """Least distance wall to wall, across the groove."""
        cos = 1 / np.sqrt(1 + (g * np.maximum(abs(self.dy), abs(self.d_inner)) / self.step) ** 2)
        way = self.apart + g * (self.y - self.inner)
        width = self.disc.groove_width_m
        wall = (way - width) * cos if self.machine.tool == "chisel" else way * cos - width
        return wall.min(), wall.argmin() - self.lead

    def spare(self, limit, g):
        """How far from a limit the programme times g stays, as a fraction of the limit; negative where it is passed."""
        if limit == "slope":
            return (1 - g * abs(self.dy) / self.step).min()
        if limit == "curvature":
            bend = self.step**2 / np.maximum(g * abs(self.ddy), 1e-300)
            return (bend / (TIP.radius_m / math.sqrt(2)) - 1).min()
        if limit == "land":
            return self.least_land(g)[0] / self.disc.land_m - 1
        if limit == "swing":
            return 1 - g * abs(self.y).max() / TIP.swing_m
        n = self.rate // 48_000
        read = abs(self.unit[2 * n :] - self.unit[: -2 * n]).max() * 24_000
        return 1 - g * read / TIP.velocity_m_s


def check(laid, tolerance=1e-3):
    for limit, g in zip(room.NAMES, laid.room.factor, strict=True):
        slack = 5e-9 / laid.disc.land_m if limit == "land" else 0  # radius and inner turn run straight for a bit
        assert laid.spare(limit, g * (1 - tolerance)) >= -slack, limit
        assert laid.spare(limit, g * (1 + tolerance)) < slack, limit


@pytest.mark.parametrize("tool", ["chisel", "round"])
@pytest.mark.parametrize("pitch_um", [75, 120, 400])
@pytest.mark.parametrize(("rpm", "rate"), [(Fraction(78), 48_000), (Fraction(100, 3), 48_000), (Fraction(45), 96_000)])
def test_factor_is_the_greatest_that_each_limit_allows(tool, pitch_um, rpm, rate):
    unit = noise(pitch_um, round(2.0 * rate * 78 / float(rpm)), rate, 500)
    check(Laid(unit, pitch_um * 1e-6, LAND[tool], rpm=rpm, rate=rate))


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6), tool=st.sampled_from(["chisel", "round"]), disc=st.sampled_from([DISC, COARSE]),
    wider=st.floats(1.01, 6), turns=st.floats(0.3, 4), peak=st.floats(-7, -4), land_um=st.floats(1, 200),
)  # fmt: skip
def test_whatever_the_programme(seed, tool, disc, wider, turns, peak, land_um):
    disc = dataclasses.replace(disc, land_m=land_um * 1e-6)
    unit = noise(seed, round(turns * 36_923) + 24_000, 48_000, 400) * 10 ** (peak + 5)
    check(Laid(unit, plan.least_pitch_m(disc) * wider, LAND[tool], disc))


@pytest.mark.parametrize("tool", ["chisel", "round"])
def test_treble_up_to_the_edge_of_the_band(tool):
    """At 12 kHz the groove's rate is four times the band: slopes to 3 %, land to a hundredth of its width."""
    laid = Laid(noise(3, 150_000, 48_000, 12_000, 200), 110e-6, LAND[tool])
    slope, curvature = laid.room.factor[:2]
    assert laid.spare("slope", 0.97 * slope) >= 0
    assert laid.spare("slope", 1.001 * slope) < 0
    assert laid.spare("curvature", 0.9 * curvature) >= 0
    assert laid.spare("curvature", 1.001 * curvature) < 0
    assert laid.spare("land", laid.room.factor[room.LAND]) == pytest.approx(0, abs=0.02)


def test_limits_are_named_where_they_are():
    laid = Laid(noise(11, 150_000, 48_000, 400), 100e-6)
    of = dict(zip(room.NAMES, laid.room.at_s * 48_000 + laid.lead, strict=True))
    assert of["swing"] == abs(laid.y).argmax()
    assert of["slope"] == (laid.step / np.maximum(abs(laid.dy), 1e-300)).argmin()
    assert of["curvature"] == (laid.step**2 / np.maximum(abs(laid.ddy), 1e-300)).argmin()
    assert abs(of["land"] - laid.lead - laid.least_land(laid.room.factor[room.LAND])[1]) <= 2
    assert laid.room.peak_swing_m == pytest.approx(1e-5, rel=1e-12)


def test_blocks_change_nothing(monkeypatch):
    unit = noise(5, 100_000, 48_000, 3000).astype(np.float32)
    one = Laid(unit, 100e-6).room
    monkeypatch.setattr(room, "BLOCK", 1024)
    other = Laid(unit, 100e-6).room
    np.testing.assert_array_equal(one.factor, other.factor)
    np.testing.assert_array_equal(one.at_s, other.at_s)
    assert (one.peak_swing_m, one.peak_velocity_m_s) == (other.peak_swing_m, other.peak_velocity_m_s)


# Known answers


def tone(hz, velocity_m_s, rate=48_000, seconds=0.8):
    t = np.arange(round(seconds * rate)) / rate
    fade = np.sin(np.clip(np.minimum(t, t[-1] - t) * 10, 0, 1) * np.pi / 2) ** 4
    return velocity_m_s / (2 * np.pi * hz) * np.sin(2 * np.pi * hz * t) * fade


@pytest.mark.parametrize(("hz", "low"), [(100, 0), (1000, 0.0029), (3000, 0.0256), (10_000, 0.262)])
@pytest.mark.parametrize("rate", [48_000, 96_000, 192_000])
def test_velocity_is_read_as_at_48_khz(hz, low, rate):
    unit = tone(hz, 0.05, rate)
    swing, velocity = room.peaks(unit.astype(np.float32), rate)
    assert velocity == pytest.approx(0.05 * (1 - low), rel=2e-3)
    assert swing == pytest.approx(0.05 / (2 * np.pi * hz), rel=2e-2)
    found = Laid(unit.astype(np.float32), 300e-6, rate=rate).room
    assert (found.peak_swing_m, found.peak_velocity_m_s) == (swing, velocity)


def test_slope_and_curvature_of_a_tone_by_hand():
    """On a circle of 60 mm at 33⅓: V = 209.4 mm/s, so 20.94 cm/s peak is 45°; crests are round to V²/(2πf·v)."""
    rpm, hz = Fraction(100, 3), 1000
    circle = Knots(np.zeros(1), np.array([0.06]), np.array([-1e-3]))  # the next turn is 1 mm further in
    found = room.room(tone(hz, 0.05), 48_000, 0, circle, rpm, DISC, CHISEL, TIP)
    speed = 2 * np.pi * 0.06 * 100 / 3 / 60
    # the circle shrinks by a millimetre a turn: 1.1 mm in all
    assert found.factor[room.SLOPE] * 0.05 == pytest.approx(speed, rel=0.02)
    assert found.factor[room.CURVATURE] == pytest.approx(speed**2 / (2 * np.pi * hz * 0.05) * 2**0.5 / 18e-6, rel=0.04)
    assert found.factor[room.SWING] == pytest.approx(100e-6 / 7.958e-6, rel=1e-3)
    assert found.factor[room.VELOCITY] == pytest.approx(0.30 / 0.05 / 0.99715, rel=1e-3)


@pytest.mark.parametrize("outwards", [True, False])
def test_land_of_one_bump_by_hand(outwards):
    """A slow bump of 10 µm, alone on its side: it may grow until what the pitch has over width and land is gone."""
    unit = np.zeros(120_000)
    unit[50_000:70_000] = np.hanning(20_000) * (1e-5 if outwards else -1e-5)
    for tool, machine in LAND.items():
        found = Laid(unit, 101e-6, machine).room
        assert found.factor[room.LAND] == pytest.approx(3.0, rel=2e-3), tool  # 101 - 56 - 15 = 30 µm


def test_the_first_turn_keeps_off_the_lead_in():
    """Loud outwards in its first turn and silent from then on: only the silent turn before it stands in the way."""
    turn = 36_923
    unit = np.zeros(4 * turn)
    at = 12_000 + int(0.9 * turn)  # 0.9 turns into the music
    unit[at - 1500 : at + 1500] = np.hanning(3000) * 3e-5
    laid = Laid(unit, 100e-6)
    g = laid.room.factor[room.LAND]
    assert laid.spare("land", 0.999 * g) >= 0 > laid.spare("land", 1.001 * g)
    # a tenth of a turn before the music the lead-in's ramp is 11 µm and more further out
    assert 29 / 30 * 1.3 < laid.room.factor[room.LAND] < 2.0


@pytest.mark.parametrize("pitch_um", [1, 30, 41, 70.9, 71])
def test_no_room_is_no_room(pitch_um):
    """Also where the grooves would lie within each other."""
    for machine in LAND.values():
        laid = Laid(noise(1, 80_000, 48_000, 400), pitch_um * 1e-6, machine)
        assert laid.room.factor[room.LAND] == 0


@pytest.mark.parametrize("pitch_um", [1, 30, 41, 60])
def test_grooves_within_each_other_are_no_room_even_where_no_ramp_is_near(pitch_um):
    """As far past each other as they should lie apart is as wrong as touching."""
    pitch = np.array([-pitch_um * 1e-6])
    for machine in LAND.values():
        spiral = Knots(np.zeros(1), np.array([0.08]), pitch)
        found = room.room(noise(1, 90_000, 48_000, 400), 48_000, 0, spiral, Fraction(78), DISC, machine, TIP)
        assert found.factor[room.LAND] == 0


@pytest.mark.parametrize("tool", ["chisel", "round"])
@pytest.mark.parametrize("outwards", [1, -1])
def test_a_steep_turn_narrows_the_land_on_both_its_sides(tool, outwards):
    """A bump so steep that land is least on its flank, facing a silent neighbour."""
    rate = 192_000
    unit = np.zeros(600_000)
    unit[300_000:300_300] = outwards * 1e-5 * np.exp(-0.5 * ((np.arange(300) - 150) / 16) ** 2)
    laid = Laid(unit, 300e-6, LAND[tool], dataclasses.replace(DISC, land_m=100e-6), rate=rate)
    g = laid.room.factor[room.LAND]
    assert laid.spare("land", 0.995 * g) >= 0 > laid.spare("land", 1.005 * g)
    apart_at_the_top = (300e-6 - 56e-6 - 100e-6) / 1e-5
    assert g < 0.97 * apart_at_the_top


@pytest.mark.parametrize("rpm", [Fraction(300), Fraction(1000)])
def test_the_locked_groove_asks_for_no_land(rpm):
    """At such speeds what rings after the music lies on the locked groove, which by nature meets the lead-out."""
    laid = Laid(noise(1, 60_000, 48_000, 400), 200e-6, rpm=rpm)
    assert laid.room.factor[room.LAND] > 1


def test_silence_is_held_by_nothing_but_land():
    found = Laid(np.zeros(60_000, np.float32), 100e-6).room
    assert np.isinf(found.factor).all()
    assert (found.peak_swing_m, found.peak_velocity_m_s) == (0, 0)


# How near the turns come


@pytest.mark.parametrize("tool", ["chisel", "round"])
def test_neighbours_are_as_near_as_they_are(tool):
    laid = Laid(noise(21, 200_000, 48_000, 500), 120e-6, LAND[tool])
    g = 0.9 * laid.room.factor[room.LAND]
    near = room.neighbours(laid.unit * g, 48_000, laid.first, laid.side.spiral, laid.rpm, DISC, LAND[tool])
    of_music = slice(laid.lead, len(laid.y) - math.ceil(laid.turn) - 1)
    way = (laid.apart + g * (laid.y - laid.inner))[of_music]
    cos = 1 / np.sqrt(1 + (g * np.maximum(abs(laid.dy), abs(laid.d_inner)) / laid.step)[of_music] ** 2)
    wall = (way - 56e-6) * cos if tool == "chisel" else way * cos - 56e-6
    assert near.closest_turns_m == pytest.approx(way.min(), abs=2e-8)
    assert near.closest_land_m == pytest.approx(wall.min(), abs=2e-8)
    assert near.at_s * 48_000 == pytest.approx(wall.argmin(), abs=2)
    assert near.closest_land_m >= DISC.land_m


def test_one_turn_has_no_neighbour():
    near = room.neighbours(np.zeros(30_000), 48_000, 80_000, Knots([0.0], [0.1], [-1e-4]), Fraction(78), DISC, CHISEL)
    assert near.closest_turns_m == near.closest_land_m == np.inf


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10**6), st.floats(0.1, 10), st.sampled_from(["chisel", "round"]))
def test_pitch_that_surely_keeps_the_land(seed, g, tool):
    """Never too tight, and near the tightest: slopes are taken at the innermost radius, which costs little."""
    unit = noise(seed, 240_000, 48_000, 500)
    # beside lead-in and lead-out, whose pitch is wider, it may be far too wide
    unit *= np.interp(np.arange(240_000), [50_000, 70_000, 170_000, 190_000], [0.3, 1, 1, 0.3])
    pitch = room.tightest_pitch_m(unit, g, 48_000, Fraction(78), DISC, LAND[tool])
    assert Laid(unit, pitch, LAND[tool]).room.factor[room.LAND] >= g * (1 - 1e-3)
    assert Laid(unit, 0.9 * pitch, LAND[tool]).room.factor[room.LAND] < g


# Kernels against themselves, interpreted


def kernel_case(widens=False):
    rng = np.random.default_rng(8)
    y = np.convolve(rng.standard_normal(3000), np.hanning(9), "same") * 1e-5
    grid = 0.1 - 1e-7 * np.arange(20)
    return y, grid, grid - 9e-5


@pytest.mark.parametrize("merges", [1e15, 700.5])
def test_scan_equals_its_plain_twin(merges):
    y, grid, inner = kernel_case()
    results = []
    for function in (room._scan, room._scan.py_func):
        factor, at, peaks = np.full(5, np.inf), np.zeros(5, np.int64), np.zeros(2)
        function(y, 128, 1100, merges, 48_000.0, 1, 700.3, grid, inner, 9e-3, 56e-6, 15e-6, factor, at, peaks)
        results.append((factor, at, peaks))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    assert (results[0][0] > 0).all()


@pytest.mark.parametrize("widens", [False, True])
def test_nearest_equals_its_plain_twin(widens):
    y, grid, inner = kernel_case()
    results = []
    for function in (room._nearest, room._nearest.py_func):
        found = np.full(2, np.inf)
        at = function(y, 64, 1200, 700.3, grid, inner, 9e-3, 56e-6, widens, found)
        results.append((at, *found))
    assert results[0] == results[1]


def test_tightest_equals_its_plain_twin():
    y, _, _ = kernel_case()
    arguments = (y, 1.5, 0, 3000, 700.3, 1e-5, 56e-6, 15e-6)
    assert room._tightest(*arguments) == room._tightest.py_func(*arguments)


@pytest.mark.parametrize("order", range(1, 9))
def test_differences_are_exact_for_polynomials(order):
    """First difference of eighth order, second of eighth: true for every power of time up to the eighth."""
    t = np.arange(-10, 11) / 4
    first, second = room._moved(t**order, 10)
    known = 1 if order == 1 else 0
    assert first * 4 == pytest.approx(known, abs=1e-9)
    assert second * 16 == pytest.approx(2 if order == 2 else 0, abs=1e-9)


def test_near_its_ends_the_programme_stands_in_silence():
    y = np.array([1.0, 2.0, 4.0])
    assert room._moved(y, 0) == (1.0, 0.0)
    assert room._moved(y, 1) == (1.5, 1.0)
    assert room._moved(y, 2) == (-1.0, -6.0)
    assert room._later(y, 0.5) == (1.5, 1.0)
    assert room._later(y, 2.0) == (0.0, 0.0)
    assert room._later(y, 7.5) == (0.0, 0.0)
