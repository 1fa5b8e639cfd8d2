"""Level and pitch: the highest that fits is found, a wish is honoured exactly or refused."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets, units
from bonemusic.cutting import fit as module
from bonemusic.cutting import plan
from bonemusic.cutting.fit import PHYSICAL, NotLoud, asked_factor, ceilings_of, fit, land_ceiling
from bonemusic.cutting.task import fixed_pitch_m, layout
from bonemusic.errors import FitError

from .sides import CHISEL, LATHE, ROUND, TINY, clip, groove_of, least_land, song, steep_m, task_of

MACHINES = {"ideal": CHISEL, "laser-1200": ROUND, "lathe": LATHE}
COARSE = dataclasses.replace(presets.disc("10in-78-coarse"), name="coarse", recorded_diameter_m=0.108)
PITCHES = ["auto", "variable", "fixed", 130e-6]
TENTH_DB = 10**0.005


def limits(fitted):
    return {row.name: row for row in fitted.limits}


def pitch_of(task, side):
    """Read off the spiral in the middle of the music."""
    middle = side.first_turn + side.course.music_turns / 2
    return -float(side.spiral.slope_at(np.array(middle)))


def stereo_song(seconds, seed=0, **more):
    return clip(song(seconds, seed, **more), song(seconds, seed + 100, **more))


def ceilings(task, side, pitch):
    """The greatest factor that each limit allows on that side, the land's for that pitch."""
    return {**{name: most for name, (most, _) in ceilings_of(task, side).items()}, "land": land_ceiling(task, pitch)[0]}


# The highest that fits


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("seconds", [0.8, 6.0, 12.5])
def test_auto_fills_the_side_and_meets_one_limit(machine, seconds):
    task = task_of(stereo_song(seconds), machine=MACHINES[machine])
    found = fit(task, None, "auto")
    spare = {name: row.spare_db for name, row in limits(found).items() if machine == "lathe" or name != "depth"}
    assert min(spare.values()) == 0
    # the music reaches in as far as it may, or is as wide as the lead-in
    end = float(found.side.spiral.at(np.array(found.side.first_turn + found.side.course.music_turns)))
    inner = task.span(found.factor).inner_m
    if found.side.pitch_m < TINY.lead_in_pitch_m * (1 - 1e-9):
        assert end == pytest.approx(inner, abs=2e-7)
    assert end >= inner - 2e-7
    # a hair more passes that limit, a hair less passes none
    there = ceilings(task, found.side, "auto")
    assert min(there.values()) == pytest.approx(found.factor, rel=1e-5)
    assert min(there.values()) >= found.factor * (1 - 1e-12)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("disc", "stylus"), [(TINY, "lp-18"), (TINY, "78-76"), (COARSE, "78-65")])
def test_fixed_is_as_tight_as_land_allows(machine, disc, stylus):
    task = task_of(stereo_song(6.0, high_hz=3400.0), disc, MACHINES[machine], stylus)
    found = fit(task, None, "fixed")
    auto = fit(task, None, "auto")
    if auto.factor <= land_ceiling(task, "fixed")[0]:
        assert found.factor >= auto.factor * (1 - 1e-5)  # further out there may be more room for slopes
    assert found.side.pitch_m < auto.side.pitch_m or limits(found)["land"].spare_db == 0
    # land is kept, and half a per cent less pitch breaks it, but for what cells and slopes keep more
    near = least_land(groove_of(task, found), found.side.merges_at, task.machine.tool)
    assert near.land_m >= disc.land_m - 1e-8
    assert near.land_m <= disc.land_m + steep_m(task, found)
    assert land_ceiling(task, 0.98 * found.side.pitch_m)[0] < found.factor


@pytest.mark.parametrize("machine", MACHINES)
def test_a_full_side_is_as_loud_by_auto_as_by_variable_and_softer_by_fixed(machine):
    """Where land binds, what `auto` spreads is nothing, and one pitch for all holds less."""
    task = task_of(stereo_song(12.5), machine=MACHINES[machine])
    auto, variable, fixed = (fit(task, None, pitch) for pitch in ("auto", "variable", "fixed"))
    assert limits(auto)["land"].spare_db == 0
    assert variable.factor == pytest.approx(auto.factor, rel=1e-5)
    assert variable.side.course.music_m == pytest.approx(auto.side.course.music_m, rel=2e-3)
    assert fixed.factor < auto.factor / TENTH_DB


def test_fixed_is_the_greatest_where_slopes_bind():
    """The tighter the pitch, the further out the music lies and the steeper it may be: the best is where both meet."""
    disc = dataclasses.replace(TINY, rpm=Fraction(20))
    task = task_of(song(6.0, high_hz=3400.0, low_hz=2500.0), disc, stylus="elliptical-8")
    task = dataclasses.replace(task, stylus=dataclasses.replace(task.stylus, velocity_m_s=9.0, minor_radius_m=1e-7))
    found = fit(task, None, "fixed")
    assert limits(found)["slope"].spare_db <= 0.01
    for pitch in np.linspace(plan.least_pitch_m(TINY) * 1.01, 3 * found.side.pitch_m, 15):
        there = ceilings(task, task.lay(plan.at_pitch(float(pitch), task.songs_turns)), float(pitch))
        assert min(there.values()) <= found.factor * TENTH_DB


@pytest.mark.parametrize("machine", MACHINES)
def test_a_given_pitch_is_exactly_that(machine):
    for pitch in (80e-6, 123.4e-6, 180e-6):
        task = task_of(stereo_song(4.5), machine=MACHINES[machine])
        found = fit(task, None, pitch)
        assert found.side.pitch_m == pytest.approx(pitch, rel=1e-12)
        assert pitch_of(task, found.side) == pytest.approx(pitch, rel=1e-12)
    wide = fit(task_of(song(0.1)), None, 2.5e-3)  # also wider than the lead-in's
    assert wide.side.pitch_m == pytest.approx(2.5e-3, rel=1e-12)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("pitch", [80e-6, 130e-6, 170e-6])
@pytest.mark.parametrize("high_hz", [250.0, 3000.0])
def test_a_given_pitch_is_cut_as_loud_as_its_land_allows(machine, pitch, high_hz):
    """Found on cells of a turn, the level lies within a tenth of a decibel of the best that every sample allows; where
    slopes are steep, it keeps more land for them than each sample needs."""
    task = task_of(stereo_song(5.5, high_hz=high_hz), machine=MACHINES[machine])
    most, _ = land_ceiling(task, pitch)
    room = task.span(most).room_m - plan.taken_m(TINY, plan.at_pitch(pitch, task.songs_turns))
    side = layout(pitch)(task, most)

    def at(factor):
        return module.Fit(layout(pitch)(task, factor), factor, (), 0.0, 0.0, ())

    def land(found):
        return least_land(groove_of(task, found), side.merges_at, task.machine.tool).straight_m

    assert land(at(most)) >= TINY.land_m - 1e-10
    if room <= 1e-9:
        return  # it is the swing at the inner end that binds
    if high_hz < 1000:
        assert land(at(most * TENTH_DB)) < TINY.land_m
    else:
        assert land(at(most)) < TINY.land_m + steep_m(task, at(most))


@pytest.mark.parametrize("machine", ["ideal", "lathe"])
@pytest.mark.parametrize("pitch", ["auto", "variable", "fixed", 110e-6])
@pytest.mark.parametrize("seconds", [2.0, 8.0, 12.7])
def test_music_stays_within_the_recorded_area(pitch, machine, seconds):
    task = task_of(stereo_song(seconds), machine=MACHINES[machine])
    try:
        found = fit(task, None, pitch)
    except plan.TooLong:
        assert isinstance(pitch, float)
        assert seconds * 1.3 * pitch > 1.2e-3
        return
    groove = groove_of(task, found)
    music = groove.music
    (block,) = groove.blocks(len(groove))
    middle = block.radius_m + block.lateral_m
    assert middle[music.first : music.last].min() - 28e-6 >= 0.095 / 2 - 2e-7
    assert middle.max() + 28e-6 <= 0.102 / 2 + 1e-12


# A wish


@pytest.mark.parametrize("machine", ["ideal", "lathe"])
@pytest.mark.parametrize("pitch", PITCHES)
@pytest.mark.parametrize("wish", ["-12dB", "0.5dB", "3cm/s", "0.7cm/s", "20um", "5um"])
def test_a_wish_is_honoured_exactly(wish, pitch, machine):
    level = units.level(wish)
    task = task_of(stereo_song(5.0, 3), machine=MACHINES[machine])
    found = fit(task, level, pitch)
    made = task.programme
    lateral = found.factor * made.lateral_m.astype(np.float64)
    vertical = 0.0 if made.vertical_m is None else found.factor * made.vertical_m.astype(np.float64)
    assert (made.vertical_m is not None) == (machine == "lathe")
    edges = np.stack((lateral - vertical, lateral + vertical))
    n = made.rate_hz // 48_000  # read as an instrument does that samples at 48 kHz
    velocity = np.abs(edges[:, 2 * n :] - edges[:, : -2 * n]).max() * 24_000
    swing = np.abs(edges).max()
    if level.quantity == "db":
        assert 20 * math.log10(velocity / 0.05) == pytest.approx(level.value, abs=1e-5)
    elif level.quantity == "velocity":
        assert velocity == pytest.approx(level.value, rel=1e-6)
    else:
        assert swing == pytest.approx(level.value, rel=1e-6)
    assert found.peak_velocity_m_s == pytest.approx(velocity, rel=1e-6)
    assert found.peak_swing_m == pytest.approx(swing, rel=1e-6)
    assert found.level_db == pytest.approx(20 * math.log10(velocity / 0.05), abs=1e-5)
    assert found.factor == asked_factor(task, level)
    assert all(row.spare_db >= -0.01 for row in found.limits if row.name in PHYSICAL)
    if pitch == "fixed":
        assert land_ceiling(task, 0.98 * found.side.pitch_m)[0] < found.factor


def test_a_wish_beyond_what_pickups_track_is_granted_with_a_warning():
    found = fit(task_of(song(2.0, high_hz=150.0)), units.level("130um"), "auto")
    assert "may not track 130 µm of swing" in " ".join(found.warnings)
    assert limits(found)["swing"].spare_db == pytest.approx(20 * math.log10(100 / 130), abs=0.01)


def test_auto_takes_no_more_than_it_is_told_to():
    task = task_of(song(3.0))
    free = fit(task, None, "auto")
    held = fit(task, None, "auto", free.factor / 2)
    assert held.factor == pytest.approx(free.factor / 2, rel=1e-12)
    assert limits(held)["velocity"].spare_db >= 6.02


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("wish", "pitch"), [("15um", 75e-6), ("90um", "auto"), ("90um", "variable"), ("90um", "fixed"),
                                             ("30dB", "auto"), ("30dB", "fixed"), ("9cm/s", 72e-6)])  # fmt: skip
def test_a_wish_that_does_not_fit_is_refused_with_its_limit(wish, pitch, machine):
    task = task_of(stereo_song(10.0, 7), machine=MACHINES[machine])
    with pytest.raises(NotLoud, match=r"the level does not fit: [0-9.]+ dB too much for the \w+") as caught:
        fit(task, units.level(wish), pitch)
    assert caught.value.limit in PHYSICAL
    assert "\n" not in str(caught.value)


def test_the_moment_that_forbids_is_told():
    quiet = song(8.0, 1, loud=0.05)
    quiet[6 * 8000 : 6 * 8000 + 400] += np.hanning(400).astype(np.float32) * song(0.05, loud=0.9)
    for pitch in ("auto", "variable", "fixed", 120e-6):
        with pytest.raises(FitError, match=r"at (5\.9|6\.0) s"):
            fit(task_of(quiet), units.level("30dB"), pitch)


def test_the_moment_where_land_is_short_is_told():
    """A slow bump, out of the way of everything but its neighbours."""
    quiet = song(8.0, 1, low_hz=200, loud=0.01)
    quiet[4 * 8000 : 4 * 8000 + 160] += np.sin(np.arange(160) * np.pi / 80).astype(np.float32)
    for pitch in ("fixed", 90e-6):
        found = fit(task_of(quiet), None, pitch)
        assert limits(found)["land"].at_s == pytest.approx(4.0, abs=0.8)  # there, or a turn before


# Room for more minutes


@pytest.mark.parametrize("pitch", ["auto", "variable", "fixed"])
@pytest.mark.parametrize("machine", MACHINES)
def test_room_for_minutes_is_shared(pitch, machine):
    """A song of 4 s on a side for 12 takes a third of the radius at most; auto takes just that."""
    task = task_of(stereo_song(4.0), machine=MACHINES[machine], room_s=12.0)
    free = dataclasses.replace(task, room_s=None)
    found, alone = fit(task, None, pitch), fit(free, None, pitch)
    span = free.span(found.factor)
    # what the lead-in's ramp takes is the song's own matter
    assert plan.taken_m(TINY, found.side.course) <= span.room_m / 3 + 5e-7
    if pitch == "auto":
        assert plan.taken_m(TINY, found.side.course) == pytest.approx(span.room_m / 3, abs=5e-7)
        assert alone.side.course.music_m > 2 * found.side.course.music_m
    assert found.factor <= alone.factor * (1 + 1e-6)


def test_room_for_less_than_the_song_changes_nothing():
    task = task_of(song(4.0), room_s=2.0)
    found, alone = fit(task, None, "auto"), fit(dataclasses.replace(task, room_s=None), None, "auto")
    assert found.factor == alone.factor
    np.testing.assert_array_equal(found.side.spiral.value, alone.side.spiral.value)


def test_room_for_more_than_the_disc_holds_is_refused():
    with pytest.raises(plan.TooLong, match="does not fit"):
        fit(task_of(song(4.0), room_s=40.0), None, "auto")


# Silence and other edges


@pytest.mark.parametrize("wish", [None, "0dB", "60um"])
@pytest.mark.parametrize(("pitch", "cut"), [("auto", None), ("variable", None), ("fixed", 71e-6), (180e-6, 180e-6),
                                            (71e-6, 71e-6)])  # fmt: skip
@pytest.mark.parametrize("machine", ["ideal", "lathe"])
def test_silence_is_cut_without_modulation(wish, pitch, cut, machine):
    nothing = np.zeros(5 * 8000)
    task = task_of(clip(nothing, nothing), machine=MACHINES[machine])
    found = fit(task, units.level(wish) if wish else None, pitch)
    assert found.level_db is None
    assert found.nearest is None
    assert (found.peak_swing_m, found.peak_velocity_m_s, found.limits) == (0, 0, ())
    assert any("silent" in line for line in found.warnings)
    if cut:
        assert found.side.pitch_m == pytest.approx(cut, rel=1e-12)
    if pitch == "variable":  # the first turn lies beside the lead-in, so its own comes later
        assert found.side.pitch_m <= 71e-6 * (1 + 1e-9)
    groove = groove_of(task, found)
    assert not groove.lateral_m.any()
    assert least_land(groove, found.side.merges_at, task.machine.tool).land_m >= TINY.land_m - 1e-10
    with pytest.raises(plan.TooLong):
        fit(task_of(np.zeros(30 * 8000)), units.level(wish) if wish else None, pitch)


@pytest.mark.parametrize("pitch", [1e-6, 30e-6, 56e-6, 70e-6, 71e-6])
@pytest.mark.parametrize("wish", [None, "-20dB"])
def test_a_pitch_too_narrow_for_the_groove_itself(pitch, wish):
    with pytest.raises(FitError, match="leaves no room for sound between grooves 56 µm wide and a land of 15 µm"):
        fit(task_of(song(3.0)), units.level(wish) if wish else None, pitch)
    if pitch < 71e-6:
        with pytest.raises(FitError, match="leaves no room"):
            fit(task_of(np.zeros(3 * 8000)), None, pitch)


def test_just_fitting_and_just_not():
    """As long as the least pitch allows one pitch leaves no room for sound; a little less, and some fits.

    Variable pitch has the first turn to spare, which need not move inwards: the lead-in is far away.
    """
    longest = plan.longest_s(TINY, TINY.rpm, plan.least_pitch_m(TINY), 0.0)
    for pitch in ("auto", "variable", "fixed"):
        with pytest.raises(plan.TooLong):
            fit(task_of(song(longest + 1e-3)), None, pitch)
    quiet = fit(task_of(song(0.99 * longest)), None, "fixed")
    assert quiet.nearest.name == "land"
    assert quiet.level_db < -14
    assert any("noise will be heard" in line for line in quiet.warnings)
    louder = fit(task_of(song(0.99 * longest)), None, "variable")
    assert louder.level_db > quiet.level_db + 6


def test_depth_within_the_sheet():
    task = task_of(song(2.0), sheet="card")
    assert limits(fit(task, None, "auto"))["depth"].spare_db == pytest.approx(20 * math.log10(75 / 28), abs=0.01)
    deep = dataclasses.replace(task, disc=dataclasses.replace(TINY, groove_width_m=100e-6))
    assert any("67%" in line for line in fit(deep, None, "auto").warnings)
    with pytest.raises(FitError, match="cuts through card"):
        fit(dataclasses.replace(task, disc=dataclasses.replace(TINY, groove_width_m=150e-6)), None, "auto")


def test_out_of_phase_bass_is_held_by_the_sheet():
    """Left against right moves up and down only, which a thin sheet forbids first."""
    bass = song(3.0, low_hz=30, high_hz=120)
    task = task_of(clip(bass, -bass), machine=LATHE, sheet="card")
    found = fit(task, None, "auto")
    assert found.nearest.name == "depth"
    assert found.nearest.spare_db == 0
    with pytest.raises(NotLoud) as caught:
        fit(task, units.Level("db", found.level_db + 1), "auto")
    assert caught.value.limit == "depth"


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10**6), seconds=st.floats(0.1, 8), low=st.floats(20, 500), loud=st.floats(1e-3, 1),
    machine=st.sampled_from(sorted(MACHINES)), rpm=st.sampled_from([Fraction(78), Fraction(100, 3)]),
    pitch=st.sampled_from(["auto", "variable", "fixed"]),
)  # fmt: skip
def test_whatever_is_found_keeps_every_limit(seed, seconds, low, loud, machine, rpm, pitch):
    sound = stereo_song(seconds, seed, low_hz=low, high_hz=min(10 * low + 300, 3400), loud=loud)
    task = task_of(sound, machine=MACHINES[machine], rpm=rpm)
    found = fit(task, None, pitch)
    there = ceilings(task, found.side, pitch)
    assert min(there.values()) >= found.factor * (1 - 1e-12)
    told = [row for row in found.limits if machine == "lathe" or row.name != "depth"]
    assert min(row.spare_db for row in told if row.spare_db is not None) <= 0.01
    # the loudest wish that fits is what auto gives, but for what pickups track
    wish = fit(task, units.Level("db", found.level_db - 0.05), pitch)
    at_wish = ceilings(task, wish.side, pitch)
    assert wish.factor <= min(at_wish[name] for name in PHYSICAL if name in at_wish) * (1 + 1e-6)


@pytest.mark.parametrize("limit_db", [3.0, 0.01])
def test_greatest_finds_what_is_just_to_spare(limit_db):
    """A need that grows ever faster with the factor, like slopes and swings do."""
    most = 10 ** (limit_db / 20)
    assert module._greatest(lambda f: most + most**3 - f - f**3, 0.1) == pytest.approx(most, rel=2e-6)
    assert module._greatest(lambda f: -1.0, 0.1) == 0
    assert module._greatest(lambda f: 1.0, 0.1) == math.inf


def test_fixed_pitch_never_too_tight():
    task = task_of(song(6.0))
    for um in (5, 20, 35):
        factor = um * 1e-6 / task.swing_peak_m
        assert land_ceiling(task, fixed_pitch_m(task, factor))[0] >= factor * (1 - 1e-6)
