"""The page of a check: self-contained, safe, the same each time, told in full, and usable by everybody."""

from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from bonemusic.errors import OutputError
from bonemusic.report.check_page import check_page
from bonemusic.report.style import style_of
from bonemusic.workshop.checked import CheckReport

from .outline import Outline, contrast
from .sides import (
    BAD,
    BAD_PICTURES,
    HOSTILE,
    PICTURES,
    REPORT,
    SIDE,
    SILENT,
    SILENT_PICTURES,
    SPOTS,
    UNPLACED,
    UNPLACED_PICTURES,
    sound,
)

OTHER = dataclasses.replace(SIDE, side="B", fits=False, why="it is 2:10 too long", limits=SIDE.limits[:1])
CASES = {
    "one": (REPORT, [PICTURES]),
    "two": (CheckReport("Two", (SIDE, OTHER), ()), [PICTURES, PICTURES]),
    "silent": (CheckReport("Nothing", (SILENT,), ()), [SILENT_PICTURES]),
    "unplaced": (CheckReport("Too long", (UNPLACED,), ()), [UNPLACED_PICTURES]),
    "hostile": (CheckReport(HOSTILE, (BAD,), (HOSTILE,)), [BAD_PICTURES]),
    "empty": (CheckReport("None", (), ()), []),
}


@pytest.fixture(scope="module")
def pages():
    return {name: check_page(*case) for name, case in CASES.items()}


@pytest.fixture(params=CASES)
def made(request, pages):
    return pages[request.param]


def test_it_is_well_formed_and_its_headings_go_down_step_by_step(made):
    levels = [int(tag[1]) for tag, _ in Outline(made).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_nothing_is_fetched_and_nothing_runs(made):
    outline = Outline(made)
    tags = {tag for tag, _ in outline.tags}
    assert not {"script", "iframe", "object", "embed", "base", "form", "img", "image"} & tags
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    where = [value for _, attrs in outline.tags for name, value in attrs.items() if name in ("src", "href", "srcset")]
    assert all(value.startswith(("#", "data:audio/mpeg;base64,")) or value == "data:," for value in where)
    assert set(re.findall(r"url\((.)", made)) <= {"#"}
    assert "@import" not in made
    assert "http" not in made.replace("http-equiv", "").lower()
    policy = next(attrs["content"] for tag, attrs in outline.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    assert "script" not in policy


def test_each_name_within_the_page_is_given_once_and_each_reference_leads_somewhere(made):
    outline = Outline(made)
    names = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(names) == len(set(names))
    used = re.findall(r"url\(#([^)]*)\)", made)
    used += [attrs["href"][1:] for _, attrs in outline.tags if attrs.get("href", "").startswith("#")]
    used += [attrs["aria-labelledby"] for _, attrs in outline.tags if "aria-labelledby" in attrs]
    assert set(used) <= set(names)


def test_figures_tables_and_players_have_names_for_those_who_do_not_see_them(made):
    tags = Outline(made).tags
    assert all(attrs["aria-label"].strip() for tag, attrs in tags if tag in ("svg", "audio"))
    assert all(attrs["role"] == "img" for tag, attrs in tags if tag == "svg")
    assert all(attrs.get("scope") for tag, attrs in tags if tag == "th")
    scrolled = [attrs for _, attrs in tags if attrs.get("class") == "scroll"]
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in scrolled)
    assert len({attrs["aria-label"] for attrs in scrolled}) == len(scrolled)
    assert sum(tag == "table" for tag, _ in tags) == sum(tag == "caption" for tag, _ in tags) == len(scrolled)


def test_hostile_names_stay_text(pages):
    made = pages["hostile"]
    plain = Outline(made).plain()
    assert plain.count("<script>alert(\"1\")</script>' onerror='x' &amp; $x_{y$ -->") > 10
    assert "{title}" in plain
    assert not {"\u202e", "\x00", "\udcff"} & set(made)
    made.encode()


@pytest.mark.parametrize(
    "fact",
    [
        "It fits.", "6:00 of music at +3.2 dB", "4.4 dB louder", "The treble sets the level", "42.4 mm are left",
        "holds 23:41", "cut the s of ‘stone’", "Passed: land, by 3.2 dB.", "200 turns of music", "100 µm where",
        "300 µm where", "1.3 %", "at most by 5.2 dB (curvature)", "stays in", "cool enough", "7.9 kHz",
        "Knolls", "140.0 to 130.0 mm", "−14.2 LUFS", "−0.3 dBTP", "96.0 kHz, mono", "1:30.5", "4.6 dB over its limit",
        "0.5 dB under its limit", "The s of ‘stone’ is too sharp.", "489 mm/s", "58 dB", "no grid, no noise", "4.8 %",
        "under 0.01 %", "40.2 dB better", "6.0 dB worse", "3.2 dB over", "910 of 1,300 m/s²", "both sides at one level",
        "the songs have different rates", "one line for every 3 turns",
        "curvature0.52 %−5.2 dB",
    ],
)  # fmt: skip
def test_what_the_report_holds_is_told(fact, pages):
    assert fact in Outline(pages["one"]).plain()


def test_each_side_has_its_verdict(pages):
    plain = Outline(pages["two"]).plain()
    assert "Side B does not fit." in plain
    assert "It is 2:10 too long." in plain
    links = [attrs["href"] for tag, attrs in Outline(pages["two"]).tags if tag == "a"]
    assert links == ["#side-1", "#side-2"]


def test_silence_and_a_side_that_was_never_placed_are_told_without_figures_of_nothing(pages):
    silent, unplaced = Outline(pages["silent"]).plain(), Outline(pages["unplaced"]).plain()
    assert "6:00 of silence" in silent
    assert "Nothing: it can be cut as it is." in silent
    assert "No hot spot" in silent
    assert "It lasts 2:10:00, more than any disc holds." in unplaced
    for plain in (silent, unplaced):
        assert not re.search(r"\b(None|nan|inf)\b", plain)
    assert not any(tag == "svg" for tag, _ in Outline(pages["unplaced"]).tags)


def test_the_players_hold_both_sounds_at_one_gain(pages):
    heard = [attrs for tag, attrs in Outline(pages["one"]).tags if tag == "audio"]
    assert [attrs["aria-label"] for attrs in heard] == [
        f"Hot spot {n} of side A, {when}" for n in (1, 2) for when in ("before", "after")
    ]
    sounds = [soundfile.read(io.BytesIO(base64.b64decode(attrs["src"].split(",")[1]))) for attrs in heard]
    for samples, rate in sounds:
        assert rate == 44100
        assert len(samples) == pytest.approx(3 * rate, abs=3000)  # an MP3 begins and ends with a frame of silence
    levels = [np.std(samples[20000:100000]) for samples, _ in sounds]
    assert levels == pytest.approx([0.5 / 2**0.5, 0.25 / 2**0.5] * 2, rel=0.02)


def test_no_more_than_eight_spots_are_heard_and_all_are_told():
    side = dataclasses.replace(SIDE, spots=SPOTS[:1] * 9)
    shown = dataclasses.replace(PICTURES, sounds=(sound(seconds=0.1),) * 9)
    outline = Outline(check_page(CheckReport("Many", (side,), ()), [shown]))
    assert sum(tag == "audio" for tag, _ in outline.tags) == 16
    assert outline.plain().count("1:30.5") == 9


def test_same_report_same_page_in_another_process_whatever_a_user_has_set(pages, tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\naxes.grid: True\nsvg.fonttype: path\n")
    program = (
        "import sys\nfrom tests.report.sides import *\nfrom bonemusic.report.check_page import check_page\n"
        "sys.stdout.buffer.write(check_page(REPORT, [PICTURES]).encode())"
    )
    again = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert again.stdout.decode() == pages["one"]


def test_a_full_side_stays_under_half_of_5_mb():
    noise = np.random.default_rng(1).uniform(-1, 1, (132300, 2)).astype(np.float32)
    loud = dataclasses.replace(sound(), before=noise, after=noise)
    side = dataclasses.replace(SIDE, spots=SPOTS[:1] * 8)
    shown = dataclasses.replace(
        PICTURES,
        times_s=np.arange(0, 1200, 0.05),
        loudness_db=np.random.default_rng(2).uniform(-40, -5, 24000),
        swing_m=np.random.default_rng(3).uniform(0, 1e-4, 24000),
        touched_s=np.arange(0, 1200, 0.5)[:, None] + [0, 0.01],
        sounds=(loud,) * 8,
    )
    assert len(check_page(CheckReport("Full", (side,), ()), [shown]).encode()) < 2.5e6


def test_without_matplotlib_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OutputError, match=r"pip install 'bonemusic\[report\]'"):
        check_page(*CASES["one"])


def test_a_side_without_pictures_is_refused():
    with pytest.raises(ValueError, match="zip"):
        check_page(REPORT, [])


def test_colours_keep_the_contrast_of_wcag_aa_in_the_dark_by_day_and_on_paper():
    shared, shared_paper = (_colours(part) for part in style_of("shared.css").split("@media print"))
    dark, rest = style_of("check.css").split("@media screen and (prefers-color-scheme: light)")
    day, paper = rest.split("@media print")
    night = shared | _colours(dark)
    for themed in (night, night | _colours(day), night | shared_paper | _colours(paper)):
        for ink in ("ink", "soft", "cold", "safe", "good", "hot", "first", "second", "third"):
            for ground in ("night", "panel"):
                assert contrast(themed[ink], themed[ground]) >= 4.5, (ink, ground)


def _colours(style):
    return dict(re.findall(r"--([a-z]+): #([0-9a-f]{3,6});", style))
