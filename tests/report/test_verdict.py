"""What a check found, in words."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from bonemusic.cutting.fit import Limit
from bonemusic.report import verdict
from bonemusic.workshop.checked import CheckReport, SpotKind
from bonemusic.workshop.limits import LimitedBy
from bonemusic.workshop.reports import Touch

from .sides import PLACES, SIDE, SILENT, UNPLACED


@pytest.mark.parametrize(
    ("fits", "said"),
    [
        ("", "There is nothing to cut."),
        ("y", "It fits."),
        ("n", "It does not fit."),
        ("yy", "Both sides fit."),
        ("yyyy", "All 4 sides fit."),
        ("yn", "Side B does not fit."),
        ("nyn", "Side A and side C do not fit."),
        ("nnyn", "Side A, side B and side D do not fit."),
    ],
)
def test_overall(fits, said):
    sides = tuple(dataclasses.replace(SIDE, side="ABCD"[i], fits=c == "y") for i, c in enumerate(fits))
    assert verdict.overall(CheckReport("", sides, ())) == said


def test_every_kind_and_every_limit_has_its_words():
    assert set(verdict.MEANING) == set(get_args(SpotKind))
    assert set(verdict.LIMITED_BY) == set(get_args(LimitedBy))


def plain(words):
    return words.replace("\xa0", " ")


def test_a_side_that_fits():
    said = plain(verdict.verdict(SIDE))
    assert said.startswith("6:00 of music at +3.2 dB, 4.4 dB louder than without holding anything back. The treble")
    assert said.endswith("42.4 mm are left before the innermost music may lie. A side like this holds 23:41.")
    assert "louder than without" not in verdict.verdict(dataclasses.replace(SIDE, drive_db=0.0))


def test_silence_and_what_does_not_fit():
    assert plain(verdict.verdict(SILENT)).startswith("6:00 of silence:")
    assert "holds" not in verdict.verdict(SILENT)
    assert plain(verdict.verdict(UNPLACED)).strip() == "It lasts 2:10:00, more than any disc holds."
    assert "longer than the side" in verdict.verdict(dataclasses.replace(UNPLACED, why=None))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ((), ""),
        ((Limit("slope", None, None), Limit("swing", float("inf"), None)), ""),
        ((Limit("slope", 2.0, 65.0), Limit("swing", 0.54, 12.0)), "Nearest limit: swing, 0.5 dB away at 12.0 s."),
        ((Limit("land", -1.26, None),), "Passed: land, by 1.3 dB."),
    ],
)
def test_the_nearest_limit(limits, said):
    assert plain(verdict.nearest(dataclasses.replace(SIDE, limits=limits))) == said


def test_what_was_held_back_names_the_step_that_went_deepest():
    assert plain(verdict.touched(SIDE)) == "of the time something is held back, at most by 5.2 dB (curvature)."
    idle = dataclasses.replace(SIDE, touched=(Touch("velocity", 0.0, 0.0),))
    assert verdict.touched(idle) == "Mastering leaves every moment as it is."


def test_one_pitch_is_told_as_one():
    assert verdict.pitch(dataclasses.replace(SIDE, greatest_pitch_um=100.5)).startswith("the same everywhere")
    assert plain(verdict.pitch(SIDE)) == "on average; 100 µm where the turns lie nearest, 300 µm where they lie " \
        "farthest apart."  # fmt: skip


@pytest.mark.parametrize(("tone", "thd"), [(3000.0, 4.8), (3500.0, 4.8), (8000.0, None), (1000.0, 0.0)])
def test_distortion_is_told_of_tones_that_were_asked_about(tone, thd):
    assert verdict.distortion_at(PLACES[2], tone) == thd
    assert verdict.distortion_at(dataclasses.replace(PLACES[2], distortion=()), tone) is None


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0.0 %"), (0.126, "0.13 %"), (1.26, "1.3 %"), (100.0, "100.0 %")])
def test_shares(value, shown):
    assert plain(verdict.percent(value)) == shown


@pytest.mark.parametrize(("value", "shown"), [(50.0, "50 Hz"), (7900.0, "7.9 kHz"), (16000.0, "16 kHz")])
def test_frequencies(value, shown):
    assert plain(verdict.frequency(value)) == shown


def test_a_sentence_leaves_the_name_of_a_file_as_it_is():
    assert verdict.sentence("it is too long") == "It is too long."
    assert verdict.sentence("rim.svg: the outline is open") == "rim.svg: the outline is open."
