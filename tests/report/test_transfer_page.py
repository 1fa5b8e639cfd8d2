"""The page of a transfer: self-contained, safe, the same each time, told in full, and usable by everybody."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pytest

from bonemusic.report.transfer_page import transfer_page, verdict
from bonemusic.workshop.likely import Suggested
from bonemusic.workshop.reports import GapReport, TransferReport
from bonemusic.workshop.spectrum import Spectrum
from bonemusic.workshop.transferred import Seen

from .outline import Outline
from .sides import HOSTILE

REPORT = TransferReport(
    scans=("side-a.tif", "side-a turned.tif"), files=("flat.wav", "equalised.wav"), seconds=190.25, rate_hz=96000,
    rpm=78.0, rpm_from="--rpm", curve="columbia-78", curve_from="--curve", stylus="78-65", track="lateral",
    direction="counter-clockwise inwards", mirrored=False,
    locked_groove=True, turns=247.3, outer_radius_mm=120.5, inner_radius_mm=48.25,
    pitch_um=292.3, dpi=2400.5, centre_px=(12000.25, 11999.5), disc_diameter_mm=250.2,
    label_diameter_mm=92.4, hole_diameter_mm=7.31, hole_off_mm=0.612, axis_stretch_percent=0.4,
    wow_before_percent=0.71, wow_after_percent=0.0031, confidence=0.965, unsure_percent=0.213, gaps=431,
    mended_seconds=0.812, missing_seconds=0.063,
    largest_gaps=(GapReport(65.5, 85.15, 95.53, 63.0, False), GapReport(3.25, 4.225, 119.27, 4.08, True)),
    clicks_mended=7, flat_peak_dbfs=-1.0, flat_full_scale_cm_s=45.3, peak_dbfs=-5.7, gain_db=-18.0, level_db=-4.2,
    noise_db=-38.1, noise_scanned_db=-33.3, noise_turned_down=True,
    suggested_curve="blumlein", suggested_why="blumlein or bsi, who knows",
    faults=("the white point is clipped; scan it darker",), warnings=("use --rpm if it sounds slow",),
)  # fmt: skip
BANDS = 1000 * 10 ** (np.arange(-14, 13) / 10)
SEEN = Seen(
    disc=b"\xff\xd8\xff\xd9",
    turns=np.linspace(0, 247, 400),
    confidence=np.full(400, 0.96),
    least=np.full(400, 0.7),
    gaps=np.array([[85.15, 0.063], [4.2, 0.004], [4.3, 0.0]]),
    flat=Spectrum(BANDS, -20 + 3 * np.log2(BANDS / 1000), np.full(27, -60.0)),
    heard=Spectrum(BANDS, np.full(27, -20.0), np.full(27, -62.0)),
    scanned_db=np.full(27, -55.0),
    suggested=Suggested("blumlein", "why"),
    sounds=(),
)
EMPTY = Spectrum(np.zeros(0), np.zeros(0), np.zeros(0))
CLEAN = dataclasses.replace(
    REPORT, scans=("a.png",), gaps=0, mended_seconds=0.0, missing_seconds=0.0, largest_gaps=(), faults=(), warnings=(),
    hole_off_mm=None, disc_diameter_mm=None, label_diameter_mm=None,
    hole_diameter_mm=None, locked_groove=False, noise_scanned_db=None, noise_turned_down=False,
    wow_before_percent=None, wow_after_percent=None, noise_db=None, level_db=None, stylus=None,
    suggested_curve=None, seconds=1.5, turns=1.95,
)  # fmt: skip
TONE = np.sin(np.arange(48_000) / 10)[:, None]
SOUNDS = (("flat transfer", TONE, 96000), ("equalised copy", TONE, 96000))
CASES = {
    "full": (REPORT, SEEN),
    "short": (CLEAN, dataclasses.replace(SEEN, sounds=SOUNDS)),
    "empty": (
        CLEAN,
        dataclasses.replace(
            SEEN, turns=np.zeros(0), confidence=np.zeros(0), least=np.zeros(0), gaps=np.zeros((0, 2)), flat=EMPTY,
            heard=EMPTY, scanned_db=np.zeros(0),
        ),
    ),
    "hostile": (
        dataclasses.replace(REPORT, scans=(HOSTILE,), faults=(HOSTILE,), warnings=(HOSTILE,), rpm_from=HOSTILE,
                            direction=HOSTILE, suggested_why=HOSTILE),
        SEEN,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: transfer_page(*case) for name, case in CASES.items()}


@pytest.fixture(params=CASES)
def made(request: pytest.FixtureRequest, pages: dict[str, str]) -> str:
    return pages[request.param]


def test_it_is_well_formed_and_its_headings_go_down_step_by_step(made: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(made).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_nothing_is_fetched_but_the_files_beside_it_and_nothing_runs(made: str) -> None:
    outline = Outline(made)
    assert not {"script", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in outline.tags}
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    places = [value for name in ("src", "href", "srcset") for value in outline.all(name)]
    known = {"data:,", "track.png", "flat.wav", "equalised.wav"}
    assert all(value in known or value.startswith(("#", "data:audio/mpeg;base64,", "data:image/jpeg;base64,"))
               for value in places)  # fmt: skip
    assert set(re.findall(r"url\((.)", made)) <= {"#"}
    policy = next(attrs["content"] for tag, attrs in outline.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    assert "script" not in policy


def test_short_sounds_are_set_into_it_and_long_ones_lie_beside_it(pages: dict[str, str]) -> None:
    sources = {
        name: [attrs["src"][:16] for tag, attrs in Outline(page).tags if tag == "audio"] for name, page in pages.items()
    }
    assert sources["short"] == ["data:audio/mpeg;"] * 2
    assert sources["full"] == ["equalised.wav", "flat.wav"]


def test_each_name_is_given_once_and_each_reference_leads_somewhere(made: str) -> None:
    outline = Outline(made)
    names = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(names) == len(set(names))
    used = re.findall(r"url\(#([^)]*)\)", made)
    used += [attrs["aria-labelledby"] for _, attrs in outline.tags if "aria-labelledby" in attrs]
    assert set(used) <= set(names)


def test_pictures_tables_and_players_have_names_for_those_who_do_not_see_them(made: str) -> None:
    tags = Outline(made).tags
    assert all(attrs["aria-label"].strip() for tag, attrs in tags if tag in ("svg", "audio"))
    assert all(attrs["alt"].strip() for tag, attrs in tags if tag == "img")
    scrolled = [attrs for _, attrs in tags if attrs.get("class") == "scroll"]
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in scrolled)
    assert sum(tag == "table" for tag, _ in tags) == len(scrolled)


def test_hostile_names_stay_text(pages: dict[str, str]) -> None:
    made = pages["hostile"]
    assert Outline(made).plain().count("<script>alert(\"1\")</script>' onerror='x' &amp; $x_{y$ -->") > 5
    assert not {"\u202e", "\x00", "\udcff"} & set(made)
    made.encode()


@pytest.mark.parametrize(
    "fact",
    [
        "side-a.tif and 1 more", "Of 3 minutes and 10 seconds, 63 ms are lost, and 812 ms had to be mended.",
        "247.3 turns, the last of them a locked groove, counter-clockwise inwards",
        "120.5 to 48.2 mm from the centre", "78 rpm (--rpm)",
        "columbia-78 (--curve)", "the tip 78-65", "the white point is clipped", "use --rpm if it sounds slow", "612 µm",
        "0.40 %", "2,400 dpi", "0.0031 %", "about its hole it would be 0.71 %", "250.2 mm", "label 92.4 mm",
        "hole 7.3 mm",
        "As scanned −33.3 dB", "431", "7 clicks mended", "−38.1 dB", "34 dB below",
        "0.96", "0.21 %", "blumlein or bsi, who knows.", "turn 85.15", "1:05.5", "95.5 mm", "63.0 ms", "missing",
        "The 2 largest of 431", "flat.wav", "−1.0", "12000.25; 11999.5",
    ],
)  # fmt: skip
def test_what_the_report_holds_is_told(fact: str, pages: dict[str, str]) -> None:
    assert fact.replace("−1.0", "-1.0") in Outline(pages["full"]).plain().replace("\xa0", " ")


def test_a_clean_side_is_told_so(pages: dict[str, str]) -> None:
    plain = Outline(pages["short"]).plain()
    assert "All of 2\xa0seconds was seen, nothing had to be mended." in plain.replace(" seconds", "\xa0seconds")
    assert "not seen" in plain
    assert "a tip of no size" in plain
    assert "Gaps, " not in plain.split("Every number")[0].replace("Gaps, length", "")


def test_the_same_report_makes_the_same_page(pages: dict[str, str]) -> None:
    assert transfer_page(*CASES["full"]) == pages["full"]


def test_a_taste_is_told_as_part_of_the_side() -> None:
    taste = dataclasses.replace(REPORT, seconds=2.6, faults=())
    assert verdict(taste) == verdict(dataclasses.replace(REPORT, faults=()))  # what is lost is lost of the whole side
    page = Outline(transfer_page(taste, SEEN)).plain().replace("\xa0", " ")
    assert "of 3:10, 247.3 turns at 78 rpm." in page


def test_what_was_only_lost_was_not_mended() -> None:
    told = verdict(dataclasses.replace(REPORT, mended_seconds=0.0, faults=()))
    assert told.replace("\xa0", " ") == "Of 3 minutes and 10 seconds, 63 ms are lost."
