"""The demo's page: well-formed, self-contained, safe against what song files are called, and with the right numbers."""

from __future__ import annotations

import dataclasses
import html
import re
from itertools import pairwise
from urllib.parse import unquote

import pytest

from bonemusic.cutting.fit import Limit
from bonemusic.report.demo_page import page
from bonemusic.report.figures import ball_height_um
from bonemusic.report.words import address, decibels, duration, length, number, text
from bonemusic.workshop.demo import DemoReport, Glimpse, Heard, Shape
from bonemusic.workshop.reports import CutReport, PlayReport, SongReport

from .outline import Outline, contrast

HOSTILE = "</title><script>alert(\"1\")</script>' onerror='x' &amp; \u202egnp\x00\udcff\n{title}"
SHAPE = Shape(251.0, 7.24, 200.0, 24.867, 56.0, 28.0, 90.0, 18.0, 1.5385)
GLIMPSE = Glimpse(8.995, 104.44, 1500.0, 420.0, (((-760.0, 3.0), (0.0, -20.0), (760.0, -41.5)),))
CUT = CutReport(
    song="song.wav",
    side="A",
    songs=(SongReport("song", 26.0, 0.0, 118.472),),
    disc="10in-78",
    rpm=78.0,
    curve="riaa",
    machine="ideal",
    stereo=False,
    pitch="auto",
    pitch_um=1200.0,
    least_pitch_um=1123.093,
    greatest_pitch_um=1280.0,
    level_db=15.563,
    limited_by="pickup",
    drive_db=0.0,
    touched_percent=0.0,
    touched=(),
    high_pass_hz=None,
    mono_below_hz=None,
    compensated=None,
    seconds=32.8525,
    turns=42.7082,
    outer_radius_mm=120.872,
    inner_radius_mm=43.0,
    music_seconds=26.0,
    music_turns=33.8,
    music_outer_radius_mm=118.472,
    music_inner_radius_mm=77.912,
    peak_velocity_cm_s=30.0,
    peak_displacement_um=57.923,
    closest_turns_um=1123.093,
    closest_land_um=1023.031,
    limits=(Limit("slope", 7.86, 15.985), Limit("velocity", 0.0, 8.995), Limit("depth", -3.0, None)),
    files=("disc.svg",),
    points=1051279,
    step_um=0.3,
    bytes=6160539,
    predicted_snr_db=54.96,
    bandwidth_hz=12000.0,
    machine_seconds=None,
    sheet_width_mm=None,
    place=None,
    places=(),
    warnings=("stereo is mixed to mono, (L+R)/2: a drawn line moves sideways only",),
)


def played(turntable, **changes):
    told = PlayReport("disc.svg", 32.85, 78.0, "riaa", turntable, None, 42.7, -3.0, -18.0, 0.0, 0, 0, None, ())
    return Heard(f"heard-{turntable}.wav", dataclasses.replace(told, **changes))


REPORT = DemoReport(
    folder="bonemusic-demo",
    title="Boogie on the ribs",
    composed=True,
    song="song.wav",
    film="xray.png",
    drawing="disc.svg",
    picture="disc.png",
    small="disc-small.jpg",
    cut=CUT,
    shape=SHAPE,
    glimpse=GLIMPSE,
    heard=(played("ideal"), played("portable", wow_percent=0.8034, clicks_made=16)),
)
SILENT = dataclasses.replace(
    REPORT,
    glimpse=None,
    cut=dataclasses.replace(
        CUT, level_db=None, limits=(), predicted_snr_db=None, step_um=None, closest_land_um=None, peak_velocity_cm_s=0.0
    ),
)
NAMED_BADLY = dataclasses.replace(
    REPORT,
    title=HOSTILE,
    composed=False,
    song=HOSTILE,
    film=HOSTILE,
    drawing="javascript:alert(1)",
    picture="//example.org/x.png",
    small="\" onload='x'.jpg",
    cut=dataclasses.replace(
        CUT, song=HOSTILE, warnings=(HOSTILE,), limits=(Limit(HOSTILE, 0.0, 1.0), Limit("land", 3.21, 64.04))
    ),
    heard=(played("ideal"), played("<i>club</i>", wow_percent=1.0)),
)
ALL = [pytest.param(r, id=name) for r, name in ((REPORT, "demo"), (SILENT, "silent"), (NAMED_BADLY, "hostile"))]


@pytest.mark.parametrize("report", ALL)
def test_tags_are_balanced_ids_unique_and_references_resolve(report):
    outline = Outline(page(report))
    ids = outline.all("id")
    assert len(ids) == len(set(ids))
    assert set(outline.all("for")) | set(outline.all("aria-labelledby")) <= set(ids)


@pytest.mark.parametrize("report", ALL)
def test_headings_step_down_one_at_a_time_from_a_single_h1(report):
    levels = [int(tag[1]) for tag, _ in Outline(page(report)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("report", ALL)
def test_every_picture_player_and_drawing_has_a_name_for_those_who_do_not_see_it(report):
    tags = Outline(page(report)).tags
    assert next(attrs["lang"] for tag, attrs in tags if tag == "html") == "en"
    assert all(attrs["alt"].strip() for tag, attrs in tags if tag == "img")
    assert all(attrs["aria-label"].strip() for tag, attrs in tags if tag in ("audio", "svg"))
    assert sum(tag == "audio" for tag, _ in tags) == 3


@pytest.mark.parametrize("report", ALL)
def test_nothing_is_fetched_but_the_files_of_the_report(report):
    made = page(report)
    outline = Outline(made)
    known = {report.song, report.film, report.drawing, report.picture, report.small, *(h.file for h in report.heard)}
    named = [*outline.all("href"), *outline.all("src")]
    assert {unquote(name, errors="surrogateescape") for name in named} == known
    assert not any(set(name) & set(":/\\") for name in named)
    assert not outline.all("srcset")
    assert not {"script", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in outline.tags}
    assert not re.search(r"url\(|@import|expression", "".join(data for tag, data in outline.words if tag == "style"))
    assert "http" not in re.sub('javascript%3A.*?"', "", made).lower()


def test_hostile_names_stay_text():
    made = page(NAMED_BADLY)
    outline = Outline(made)
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    assert "<i>club</i>" in outline.plain()
    assert "<script>alert(\"1\")</script>' onerror='x' &amp;" in outline.plain()
    assert "{title}" in outline.plain()
    assert not {"\u202e", "\x00", "\udcff"} & set(made)
    made.encode()  # as the command line writes it


@pytest.mark.parametrize(
    "fact",
    [
        "Boogie on the ribs", "26 seconds of music", "24.9 metres", "26.0 s", "33.8 turns of music", "42.7 with",
        "24.9 m ", "56 µm wide and 28 µm deep", "200 µm of film", "1.2 mm", "17 hairs of 70 µm", "1.02 mm of film",
        "+15.6 dB", "30.0 cm/s", "58 µm off its path", "velocity", "9.0 s into the song", "12 kHz", "55 dB", "0.3 µm",
        "6.2 MB", "1,051,279 points", "251 mm across", "0.8 %", "16 clicks", "78 rpm", "1.5 s of silent lead-in",
        "118.5 to 77.9 mm", "locked groove at 43.0 mm", "104 mm below", "stereo is mixed to mono", "song.wav",
    ],
)  # fmt: skip
def test_facts_of_the_report_are_told(fact):
    assert fact in Outline(page(REPORT)).plain()


def test_silence_is_told_and_has_no_fastest_moment():
    plain = Outline(page(SILENT)).plain()
    assert "silence" in plain
    assert "What sets the limit" not in plain
    assert "From above" not in plain
    assert "None" not in plain


def test_the_nearest_limit_is_told_with_what_is_spared_and_a_limit_without_words_is_left_out():
    plain = Outline(page(NAMED_BADLY)).plain()
    assert "Only 3.2 dB louder, and 1:04.0 into the song one turn would break into the next." in plain


def test_a_long_title_is_set_smaller():
    assert '<h1 class="long">' in page(dataclasses.replace(REPORT, title="la " * 30))
    assert "<h1>" in page(REPORT)


def test_same_report_same_page():
    assert page(REPORT) == page(dataclasses.replace(REPORT))


def test_colours_of_text_keep_the_contrast_of_wcag_aa():
    style = "".join(data for tag, data in Outline(page(REPORT)).words if tag == "style")
    screen, printed, _ = style.split("@media print")  # the colours are shared; the demo's own print rules have none
    for part in (screen, printed):
        colours = dict(re.findall(r"--([a-z]+): #([0-9a-f]{3,6});", part))
        for ink in ("ink", "soft", "cold", "safe"):
            for ground in ("night", "panel"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def test_the_ball_rests_on_the_walls_or_on_the_edges_of_a_groove_that_is_too_narrow():
    assert ball_height_um(SHAPE) == pytest.approx(18 * 2**0.5)
    wide = dataclasses.replace(SHAPE, tip_um=65.0)
    assert ball_height_um(wide) == pytest.approx(28 + (65**2 - 28**2) ** 0.5)
    just = dataclasses.replace(SHAPE, tip_um=28 * 2**0.5)
    assert ball_height_um(just) == pytest.approx(56)


def test_the_figures_are_drawn_from_the_report():
    made = page(REPORT)
    half = 56 / 2
    assert f"M-760 {-(3 + half):g}L0 {20 - half:g}L760 {41.5 - half:g}L760 41.5L0 20L-760 -3Z" in made
    assert '<circle class="tip" cx="0" cy="20" r="18"/>' in made
    assert "M-118.47 0A118.47 118.47 0 0 1 118.47 0H77.91A77.91 77.91 0 0 0 -77.91 0Z" in made


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#x27;"),
        ("a\tb", "a b"),
        ("\x07", "\ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text(given, shown):
    assert text(given) == shown


def test_address_cannot_leave_the_folder():
    assert address("a b.wav") == "a%20b.wav"
    assert address("../x") == "..%2Fx"
    assert address("C:\\x") == "C%3A%5Cx"
    assert address("\udcff") == "%FF"


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (number(-0.04, 1), "0.0"), (number(-1.25, 1), "−1.2"), (number(1234567), "1,234,567"), (number(0), "0"),
        (decibels(15.563), "+15.6 dB"), (decibels(-3.0), "−3.0 dB"), (decibels(0.01), "0.0 dB"),
        (length(56), "56 µm"), (length(999.7), "1 mm"), (length(1023.03), "1.02 mm"), (length(0.3), "0.3 µm"),
        (duration(0), "no seconds"), (duration(1), "1 second"), (duration(59.4), "59 seconds"),
        (duration(60), "1 minute"),
        (duration(190.2), "3 minutes and 10 seconds"),
    ],
)  # fmt: skip
def test_numbers(made, shown):
    assert html.unescape(made).replace("\xa0", " ") == shown
