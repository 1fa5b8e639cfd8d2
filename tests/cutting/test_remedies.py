"""What does not fit is refused with what would, and that does fit."""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import presets, units
from bonemusic.cutting import plan
from bonemusic.cutting.fit import fit
from bonemusic.cutting.remedies import fit_or_advise
from bonemusic.errors import FitError

from .sides import CHISEL, LATHE, ROUND, TINY, clip, song, task_of

MACHINES = {"ideal": CHISEL, "laser-1200": ROUND, "lathe": LATHE}


def refused(task, level, pitch):
    """The line, which is one."""
    with pytest.raises(FitError) as caught:
        fit_or_advise(task, level, pitch)
    line = str(caught.value)
    assert "\n" not in line
    return line


# A level that does not fit


REFUSED = [("15um", 75e-6), ("90um", "auto"), ("90um", "variable"), ("90um", "fixed"), ("30dB", "auto"),
           ("30dB", "fixed"), ("9cm/s", 72e-6), ("400um", "auto"), ("400um", 71.1e-6)]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "pitch", "machine"),
    [(wish, pitch, "ideal") for wish, pitch in REFUSED]
    + [("30dB", "fixed", "laser-1200"), ("15um", 75e-6, "laser-1200"), ("90um", "fixed", "lathe")]
    + [
        pytest.param("90um", "auto", "laser-1200", marks=pytest.mark.slow),
        pytest.param("90um", "variable", "lathe", marks=pytest.mark.slow),
        pytest.param("9cm/s", 72e-6, "lathe", marks=pytest.mark.slow),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_with_one_that_does(wish, pitch, machine):
    task = task_of(clip(song(6.0, 7), song(6.0, 8)), machine=MACHINES[machine])
    line = refused(task, units.level(wish), pitch)
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


def test_what_a_sheet_forbids_is_refused_with_what_would_help():
    bass = song(3.0, low_hz=30, high_hz=120)
    task = task_of(clip(bass, -bass), machine=LATHE, sheet="card")
    line = refused(task, units.level("90um"), "auto")
    assert "too much for the depth" in line
    assert "a thicker sheet, or less bass out of phase (--vertical, --mono-below), makes room" in line
    fit(task, units.level(re.search(r"--level (-?[0-9.]+dB) fits", line)[1]), "auto")


def test_what_land_forbids_is_refused_with_what_would_help():
    line = refused(task_of(song(8.0)), units.level("15um"), 75e-6)
    assert "too much for the land" in line
    assert "a larger --pitch, a shorter song or a bigger disc makes room" in line


def test_what_fits_is_fitted_as_it_would_be():
    task = task_of(song(5.0))
    for pitch in ("auto", "variable", "fixed", 130e-6):
        one, other = fit_or_advise(task, None, pitch), fit(task, None, pitch)
        assert one.factor == other.factor
        np.testing.assert_array_equal(one.side.spiral.value, other.side.spiral.value)


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


def try_them(sound, level, pitch, line, machine="ideal", rpm=None):
    """Do what the line says, each by itself, as from the command line."""
    found = remedies(line)
    for option, value in found.items():
        shorter = sound[: round(value * 8000)] if option == "end" else sound
        other = presets.disc(value) if option == "disc" else TINY
        speed = units.rpm(value) if option == "rpm" else rpm or other.rpm
        wish = None if option == "level" else level
        cut_at = units.length_m(value, bare=None) if option == "pitch" else pitch
        fit(task_of(clip(shorter, shorter), other, MACHINES[machine], rpm=speed), wish, cut_at)
    return found


@pytest.mark.parametrize(
    ("seconds", "wish", "pitch", "named", "machine"),
    [
        (26.0, None, "auto", {"end", "disc", "rpm"}, "ideal"),
        (26.0, None, "auto", {"end", "disc", "rpm"}, "laser-1200"),
        (26.0, None, "auto", {"end", "disc", "rpm"}, "lathe"),
        (26.0, None, "variable", {"end", "disc", "rpm"}, "ideal"),
        (26.0, None, "fixed", {"end", "disc", "rpm"}, "ideal"),
        (10.0, None, 110e-6, {"end", "pitch", "disc", "rpm"}, "ideal"),
        (10.0, None, 110e-6, {"end", "pitch", "disc", "rpm"}, "laser-1200"),
        (1.2, None, 2e-3, {"end", "pitch", "disc", "rpm"}, "ideal"),
        (26.0, "-10dB", "auto", {"end", "disc", "rpm"}, "ideal"),
        (26.0, "-10dB", "variable", {"end", "disc", "rpm"}, "lathe"),
        (26.0, "5um", "fixed", {"end", "disc", "rpm"}, "ideal"),
        (10.0, "-12dB", 110e-6, {"end", "disc", "rpm"}, "ideal"),
        pytest.param(110.0, None, "auto", {"end", "disc"}, "ideal", marks=pytest.mark.slow),
    ],
)
def test_too_long_and_what_would_fit(seconds, wish, pitch, named, machine):
    sound = song(seconds, seed=5)
    level = units.level(wish) if wish else None
    line = refused(task_of(clip(sound, sound), machine=MACHINES[machine]), level, pitch)
    assert named <= try_them(sound, level, pitch, line, machine).keys()


@pytest.mark.parametrize("pitch", ["auto", "fixed"])
def test_a_level_that_leaves_no_room_at_all_is_refused_with_one_that_does(pitch):
    sound = song(12.0, 5)
    line = refused(task_of(sound), units.level("3mm"), pitch)
    found = re.search(r"--level (auto|-?[0-9.]+dB)", line)
    fit(task_of(sound), None if found[1] == "auto" else units.level(found[1]), pitch)


def test_by_how_much_it_is_too_long():
    """26 s at 78 rpm and 71 µm: 33.8 turns, 2.3998 mm."""
    line = refused(task_of(song(26.0)), None, "auto")
    span = plan.music_span(TINY, 0.0, 71e-6)
    fits_s = span.room_m / 71e-6 / 1.3
    assert "26.0 s at 78 rpm and a pitch of 71 µm take 2.3998 mm of radius, tiny has" in line
    assert f"too long by {26 - fits_s:.1f} s" in line


def test_remedies_keep_a_speed_that_was_asked_for():
    """At 45 rpm by wish a bigger disc must hold the song at 45 too, whatever its own speed."""
    sound = song(45.0)
    line = refused(task_of(sound, rpm=Fraction(45)), None, "auto")
    found = try_them(sound, None, "auto", line, rpm=Fraction(45))
    assert found["rpm"] in ("33", "16")
    assert "disc" in found


def test_remedies_keep_a_speed_that_is_faster_than_any_discs():
    """At 300 rpm by wish the nearest bigger disc, which would hold the song at its own 78, does not do."""
    sound = song(60.0)
    line = refused(task_of(sound, rpm=Fraction(300)), None, "auto")
    found = try_them(sound, None, "auto", line, rpm=Fraction(300))
    assert found["disc"] not in (None, "card-5in-78")


def test_several_songs_that_are_too_long_together():
    sounds = [clip(song(16.0, n)) for n in range(2)]
    disc = dataclasses.replace(TINY, music_inner_diameter_m=0.092)
    line = refused(task_of(sounds, disc), None, "auto")
    named = remedies(line)
    assert {"disc", "rpm"} <= named.keys()
    assert line.startswith("the songs do not fit")
    bigger = presets.disc(named["disc"])
    fit(task_of(sounds, bigger), None, "auto")
    fit(task_of(sounds, disc, rpm=units.rpm(named["rpm"])), None, "auto")
    # an end is one of a single song; several may be split, where each of them fits by itself
    assert "--sides auto" in line
    for sound in sounds:
        fit(task_of([sound], disc), None, "auto")


def test_room_for_minutes_that_no_disc_of_the_size_has():
    """What is too long is the room that was asked for: an earlier end would not help."""
    line = refused(task_of(song(4.0), room_s=40.0), None, "auto")
    assert "--end" not in line
    named = remedies(line)
    fit(task_of(song(4.0), presets.disc(named["disc"]), room_s=40.0), None, "auto")
