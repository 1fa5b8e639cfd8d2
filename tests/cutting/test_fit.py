"""Level and pitch: the highest that fits is found, a wish is honoured exactly or refused with what would fit."""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic import presets, units
from bonemusic.cutting import engrave, plan, room
from bonemusic.cutting.fit import PHYSICAL, Task, fit
from bonemusic.errors import FitError

SONG_HZ = 8000
RIAA = presets.curve("riaa")
# A disc that 13 seconds fill, so that songs in tests may be short.
TINY = dataclasses.replace(
    presets.disc("7in-78"), name="tiny", diameter_m=0.106, recorded_diameter_m=0.102, music_inner_diameter_m=0.095
)
COARSE = dataclasses.replace(presets.disc("10in-78-coarse"), name="coarse", recorded_diameter_m=0.108)


def song(seconds, seed=0, low_hz=50.0, high_hz=3000.0, loud=0.5):
    """Noise whose loudness comes and goes."""
    n = round(seconds * SONG_HZ)
    f = np.fft.rfftfreq(n, 1 / SONG_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n)) * ((f > low_hz) & (f < high_hz))
    wave = np.fft.irfft(spectrum, n) * (0.6 + 0.4 * np.sin(np.arange(n) / SONG_HZ * 2.1 + seed))
    return (loud * wave / np.abs(wave).max()).astype(np.float32)


def task_of(sound, disc=TINY, machine="ideal", stylus=None, rpm=None):
    unit, rate = engrave.displacement(sound, SONG_HZ, RIAA, engrave.song_bandwidth_hz(SONG_HZ, 12_000))
    return Task(
        unit, rate, disc, rpm or disc.rpm, presets.machine(machine), presets.stylus(stylus or disc.stylus),
        presets.sheet(disc.sheet),
    )  # fmt: skip


def limits(fitted):
    return {row.name: row for row in fitted.limits}


def pitch_of(side):
    """Read off the spiral in the middle of the music."""
    middle = (side.bands[1].first + side.bands[1].last) / 2 * 78 / 60 / 48_000
    return -float(side.spiral.slope_at(np.array(middle)))


# The highest that fits


@pytest.mark.parametrize("machine", ["ideal", "laser-1200"])
@pytest.mark.parametrize("seconds", [0.8, 6.0, 12.5])
def test_auto_fills_the_side_and_meets_one_limit(machine, seconds):
    task = task_of(song(seconds), machine=machine)
    found = fit(task, None, "auto")
    spare = {name: row.spare_db for name, row in limits(found).items() if name != "depth"}
    assert min(spare.values()) == 0
    span = plan.music_span(TINY, task.stylus.swing_m, found.side.pitch_m)
    assert found.side.pitch_m == pytest.approx(min(span.room_m / (seconds * 1.3), TINY.lead_in_pitch_m), rel=1e-6)
    # a hair more passes that limit, a hair less passes none
    there = task.room(found.side).factor
    assert (there >= found.factor * (1 - 1e-12)).all()
    assert there.min() == pytest.approx(found.factor, rel=1e-12)


@pytest.mark.parametrize("machine", ["ideal", "laser-1200"])
@pytest.mark.parametrize(("disc", "stylus"), [(TINY, "lp-18"), (TINY, "78-76"), (COARSE, "78-65")])
def test_fixed_is_as_loud_as_auto_and_as_tight_as_land_allows(machine, disc, stylus):
    task = task_of(song(6.0, high_hz=3900.0), disc, machine, stylus)
    auto, fixed = fit(task, None, "auto"), fit(task, None, "fixed")
    assert fixed.factor >= auto.factor * (1 - 1e-9)  # further out there may be more room for slopes
    assert fixed.side.pitch_m < auto.side.pitch_m
    assert 0 <= limits(fixed)["land"].spare_db <= 0.01
    tighter = task.room(task.lay(0.99 * fixed.side.pitch_m))
    assert tighter.factor[room.LAND] < fixed.factor


def test_fixed_on_a_full_side_is_auto():
    task = task_of(song(12.5))
    auto, fixed = fit(task, None, "auto"), fit(task, None, "fixed")
    assert limits(auto)["land"].spare_db == 0
    assert fixed.factor == auto.factor
    assert fixed.side.pitch_m == auto.side.pitch_m


def test_fixed_is_the_greatest_where_slopes_bind():
    """The tighter the pitch, the further out the music lies and the steeper it may be: the best is where both meet."""
    sound = song(6.0, high_hz=3900.0, low_hz=2500.0)
    task = task_of(sound, dataclasses.replace(TINY, rpm=Fraction(20)), stylus="elliptical-8")
    task = dataclasses.replace(task, stylus=dataclasses.replace(task.stylus, velocity_m_s=9.0, minor_radius_m=1e-7))
    found = fit(task, None, "fixed")
    assert limits(found)["slope"].spare_db <= 0.01
    assert limits(found)["land"].spare_db <= 0.01
    for pitch in np.linspace(plan.least_pitch_m(TINY) * 1.01, 3 * found.side.pitch_m, 15):
        assert task.room(task.lay(float(pitch))).factor.min() <= found.factor * (1 + 2e-4)


def test_a_given_pitch_is_exactly_that():
    for pitch in (80e-6, 123.4e-6, 180e-6):
        found = fit(task_of(song(4.5)), None, pitch)
        assert found.side.pitch_m == pitch
        assert pitch_of(found.side) == pytest.approx(pitch, rel=1e-12)
    assert fit(task_of(song(0.1)), None, 2.5e-3).side.pitch_m == 2.5e-3  # also wider than the lead-in's


@pytest.mark.parametrize("pitch", ["auto", "fixed", 110e-6])
def test_music_stays_within_the_recorded_area(pitch):
    task = task_of(song(8.0))
    found = fit(task, None, pitch)
    groove = engrave.engrave(found.side, task.unit_m, found.factor, TINY, TINY.rpm, task.rate_hz, {})
    music = groove.band("music")
    (block,) = groove.blocks(len(groove))
    middle = (block.radius_m + block.lateral_m)[music.first : music.last]
    assert middle.min() - 28e-6 >= 0.095 / 2 - 2e-7
    assert (block.radius_m + block.lateral_m).max() + 28e-6 <= 0.102 / 2 + 1e-12


# A wish


@pytest.mark.parametrize("pitch", ["auto", "fixed", 130e-6])
@pytest.mark.parametrize("wish", ["-12dB", "0.5dB", "3cm/s", "0.7cm/s", "20um", "5um"])
def test_a_wish_is_honoured_exactly(wish, pitch):
    level = units.level(wish)
    task = task_of(song(5.0, seed=3))
    found = fit(task, level, pitch)
    lateral = found.factor * task.unit_m.astype(np.float64)
    velocity = np.abs(lateral[2:] - lateral[:-2]).max() * 24_000
    if level.quantity == "db":
        assert 20 * math.log10(velocity / 0.05) == pytest.approx(level.value, abs=1e-5)
    elif level.quantity == "velocity":
        assert velocity == pytest.approx(level.value, rel=1e-6)
    else:
        assert np.abs(lateral).max() == pytest.approx(level.value, rel=1e-6)
    assert found.peak_velocity_m_s == pytest.approx(velocity, rel=1e-6)
    assert found.peak_swing_m == pytest.approx(np.abs(lateral).max(), rel=1e-6)
    assert found.level_db == pytest.approx(20 * math.log10(velocity / 0.05), abs=1e-5)
    assert all(row.spare_db >= -0.01 for row in found.limits if row.name in ("slope", "curvature", "land"))
    if pitch == "fixed":
        assert limits(found)["land"].spare_db <= 0.01
        assert task.room(task.lay(0.99 * found.side.pitch_m)).factor[room.LAND] < found.factor


def test_a_wish_beyond_what_pickups_track_is_granted_with_a_warning():
    found = fit(task_of(song(2.0, high_hz=150.0)), units.level("130um"), "auto")
    assert "may not track 130 µm of swing" in " ".join(found.warnings)
    assert limits(found)["swing"].spare_db == pytest.approx(20 * math.log10(100 / 130), abs=0.01)


REFUSED = [("15um", 75e-6), ("90um", "auto"), ("90um", "fixed"), ("30dB", "auto"), ("30dB", "fixed"), ("9cm/s", 72e-6),
           ("400um", "auto"), ("400um", 71.1e-6)]  # fmt: skip


@pytest.mark.parametrize(("wish", "pitch"), REFUSED)
@pytest.mark.parametrize("machine", ["ideal", "laser-1200"])
def test_a_wish_that_does_not_fit_is_refused_with_one_that_does(wish, pitch, machine):
    task = task_of(song(8.0, seed=7), machine=machine)
    with pytest.raises(FitError) as caught:
        fit(task, units.level(wish), pitch)
    line = str(caught.value)
    assert "\n" not in line
    named = re.search(r"--level (-?[0-9.]+dB) fits", line)
    found = fit(task, units.level(named[1]), pitch)
    if ", or auto" in line:
        fit(task, None, pitch)
    # and it is the most, to the tenth of a dB that is named
    with pytest.raises(FitError):
        fit(task, units.level(f"{float(named[1][:-2]) + 0.2:.1f}dB"), pitch)
    if wish in ("30dB", "400um"):
        return  # swings of half a millimetre take room away themselves
    over = float(re.search(r"([0-9.]+) dB too much", line)[1])
    asked = fit(task, units.level("-30dB"), pitch)
    scale = {"db": asked.peak_velocity_m_s / 0.05, "velocity": asked.peak_velocity_m_s}
    level = units.level(wish)
    value = 10 ** (level.value / 20) if level.quantity == "db" else level.value
    wished = value / scale.get(level.quantity, asked.peak_swing_m) * asked.factor
    assert 20 * math.log10(wished / found.factor) == pytest.approx(over, abs=1)


def test_the_moment_that_forbids_is_told():
    quiet = song(8.0, seed=1, loud=0.05)
    quiet[6 * SONG_HZ : 6 * SONG_HZ + 400] += np.hanning(400).astype(np.float32) * song(0.05, loud=0.9)
    with pytest.raises(FitError, match=r"at (5\.9|6\.0) s"):
        fit(task_of(quiet), units.level("30dB"), "auto")


# Too long


def remedies(line):
    """What a line says would help."""
    found = {}
    if end := re.search(r"cut at most (?:([0-9]+):)?([0-9.]+)(?: s)? of it \(--end\)", line):
        found["end"] = 60 * int(end[1] or 0) + float(end[2])
    for option in ("pitch", "disc", "rpm", "level"):
        if named := re.search(rf"--{option} ([-\w.]+)", line):
            found[option] = named[1]
    return found


def try_them(sound, disc, level, pitch, line, machine="ideal", rpm=None):
    """Do what the line says, each by itself, as from the command line."""
    found = remedies(line)
    for option, value in found.items():
        shorter = sound[: round(value * SONG_HZ)] if option == "end" else sound
        other = presets.disc(value) if option == "disc" else disc
        speed = units.rpm(value) if option == "rpm" else rpm or other.rpm
        wish = None if option == "level" else level
        cut_at = units.length_m(value, bare=None) if option == "pitch" else pitch
        fit(task_of(shorter, other, machine, rpm=speed), wish, cut_at)
    return found


@pytest.mark.parametrize(
    ("seconds", "wish", "pitch", "named", "machine"),
    [
        (26.0, None, "auto", {"end", "disc", "rpm"}, "ideal"),
        (26.0, None, "auto", {"end", "disc", "rpm"}, "laser-1200"),
        (26.0, None, "fixed", {"end", "disc", "rpm"}, "ideal"),
        (10.0, None, 110e-6, {"end", "pitch", "disc", "rpm"}, "ideal"),
        (10.0, None, 110e-6, {"end", "pitch", "disc", "rpm"}, "laser-1200"),
        (1.2, None, 2e-3, {"end", "pitch", "disc", "rpm"}, "ideal"),
        (26.0, "-10dB", "auto", {"end", "disc", "rpm"}, "ideal"),
        (26.0, "5um", "fixed", {"end", "disc", "rpm"}, "ideal"),
        (26.0, "5um", "fixed", {"end", "disc", "rpm"}, "laser-1200"),
        (10.0, "-12dB", 110e-6, {"end", "disc", "rpm"}, "ideal"),
        (12.0, "3mm", "auto", {"level"}, "ideal"),
        (110.0, None, "auto", {"end", "disc"}, "ideal"),
    ],
)
def test_too_long_and_what_would_fit(seconds, wish, pitch, named, machine):
    sound = song(seconds, seed=5)
    level = units.level(wish) if wish else None
    with pytest.raises(FitError) as caught:
        fit(task_of(sound, machine=machine), level, pitch)
    line = str(caught.value)
    assert "\n" not in line
    assert named <= try_them(sound, TINY, level, pitch, line, machine).keys()


def test_by_how_much_it_is_too_long():
    """26 s at 78 rpm and 71 µm: 33.8 turns, 2.3998 mm."""
    with pytest.raises(FitError) as caught:
        fit(task_of(song(26.0)), None, "auto")
    line = str(caught.value)
    span = plan.music_span(TINY, 0.0, 71e-6)
    fits_s = span.room_m / 71e-6 / 1.3
    assert "26.0 s at 78 rpm and a pitch of 71 µm take 2.3998 mm of radius, tiny has" in line
    assert f"too long by {26 - fits_s:.1f} s" in line


def test_remedies_keep_a_speed_that_was_asked_for():
    """At 45 rpm by wish a bigger disc must hold the song at 45 too, whatever its own speed."""
    sound = song(45.0)
    with pytest.raises(FitError) as caught:
        fit(task_of(sound, rpm=Fraction(45)), None, "auto")
    found = try_them(sound, TINY, None, "auto", str(caught.value), rpm=Fraction(45))
    assert found["rpm"] in ("33", "16")
    assert "disc" in found


def test_remedies_keep_a_speed_that_is_faster_than_any_discs():
    """At 300 rpm by wish the nearest bigger disc, which would hold the song at its own 78, does not do."""
    sound = song(100.0)
    with pytest.raises(FitError) as caught:
        fit(task_of(sound, rpm=Fraction(300)), None, "auto")
    found = try_them(sound, TINY, None, "auto", str(caught.value), rpm=Fraction(300))
    assert found["disc"] not in (None, "card-5in-78")


def test_just_fitting_and_just_not():
    """As long as the least pitch allows there is no room for sound; a little less, and some fits."""
    longest = plan.longest_s(TINY, TINY.rpm, plan.least_pitch_m(TINY), 100e-6)
    samples = math.floor(longest * SONG_HZ)
    with pytest.raises(FitError, match="cut at most"):
        fit(task_of(song((samples + 2) / SONG_HZ)), None, "auto")
    quiet = fit(task_of(song(0.99 * longest)), None, "auto")
    assert quiet.level_db < -14
    assert any("noise will be heard" in line for line in quiet.warnings)


@pytest.mark.parametrize("pitch", [1e-6, 30e-6, 56e-6, 70e-6, 71e-6])
@pytest.mark.parametrize("wish", [None, "-20dB"])
def test_a_pitch_too_narrow_for_the_groove_itself(pitch, wish):
    with pytest.raises(FitError, match="leaves no room for sound between grooves 56 µm wide and a land of 15 µm"):
        fit(task_of(song(3.0)), units.level(wish) if wish else None, pitch)
    if pitch < 71e-6:
        with pytest.raises(FitError, match="leaves no room"):
            fit(task_of(np.zeros(3 * SONG_HZ)), None, pitch)


# Silence and other edges


@pytest.mark.parametrize("wish", [None, "0dB", "60um"])
@pytest.mark.parametrize(("pitch", "cut"), [("auto", None), ("fixed", 71e-6), (180e-6, 180e-6), (71e-6, 71e-6)])
def test_silence_is_cut_without_modulation(wish, pitch, cut):
    found = fit(task_of(np.zeros(5 * SONG_HZ)), units.level(wish) if wish else None, pitch)
    assert found.level_db is None
    assert (found.peak_swing_m, found.peak_velocity_m_s, found.limits) == (0, 0, ())
    assert any("silent" in line for line in found.warnings)
    if cut:
        assert found.side.pitch_m == pytest.approx(cut, rel=1e-12)
    with pytest.raises(FitError, match="cut at most"):
        fit(task_of(np.zeros(30 * SONG_HZ)), units.level(wish) if wish else None, pitch)


def test_depth_within_the_sheet():
    card = presets.sheet("card")
    task = dataclasses.replace(task_of(song(2.0)), sheet=card)
    assert limits(fit(task, None, "auto"))["depth"].spare_db == pytest.approx(20 * math.log10(75 / 28), abs=0.01)
    deep = dataclasses.replace(task, disc=dataclasses.replace(TINY, groove_width_m=100e-6))
    assert any("67%" in line for line in fit(deep, None, "auto").warnings)
    with pytest.raises(FitError, match="cuts through card"):
        fit(dataclasses.replace(task, disc=dataclasses.replace(TINY, groove_width_m=150e-6)), None, "auto")


@settings(deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 10**6), seconds=st.floats(0.1, 8), low=st.floats(20, 500), loud=st.floats(1e-3, 1),
    machine=st.sampled_from(["ideal", "laser-1200"]), rpm=st.sampled_from([Fraction(78), Fraction(100, 3)]),
    pitch=st.sampled_from(["auto", "fixed"]),
)  # fmt: skip
def test_whatever_is_found_keeps_every_limit(seed, seconds, low, loud, machine, rpm, pitch):
    task = task_of(song(seconds, seed, low, 10 * low + 300, loud), machine=machine, rpm=rpm)
    found = fit(task, None, pitch)
    there = task.room(found.side).factor
    assert (there >= found.factor * (1 - 1e-12)).all()
    assert min(row.spare_db for row in found.limits if row.spare_db is not None and row.name != "depth") == 0
    # the loudest wish that fits is what auto gives, but for what pickups track
    wish = fit(task, units.Level("db", found.level_db - 0.05), pitch)
    assert wish.factor <= task.room(wish.side).factor[list(PHYSICAL)].min() * (1 + 1e-6)
