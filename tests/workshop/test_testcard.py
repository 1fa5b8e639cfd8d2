"""The test card as a file: it plays among all its lines, and every machine has one in each of its formats."""

from __future__ import annotations

import functools
import math
import re
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import formats, presets
from bonemusic.audio import Audio
from bonemusic.errors import BonemusicError, FitError, FormatError, OutputError, PresetError
from bonemusic.formats import discs
from bonemusic.formats.base import CutDisc
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths.layers import of_disc
from bonemusic.paths.ready import ready
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent
from bonemusic.testcard.card import card
from bonemusic.testcard.frame import SIDE_M, card_of
from bonemusic.workshop import testcard as work

LEAD_IN_S = 2 * 60 / 78
KINDS = [
    (name, spelling.name)
    for name in presets.names("machines")
    for spelling in formats.known()
    if spelling.lines and spelling.name in presets.machine(name).formats
]


def velocity_m_s(groove, hz, from_s, to_s):
    """Peak velocity of a tone in a groove; times are those of the sound."""
    first, last = (round((LEAD_IN_S + s) * groove.rate_hz) for s in (from_s, to_s))
    t = np.arange(last - first) / groove.rate_hz
    strength = 2 * abs(np.mean(groove.lateral_m[first:last] * np.exp(-2j * math.pi * hz * t)))
    return strength * 2 * math.pi * hz


def drawing_of(path):
    return formats.for_reading(path).draw(path)


@pytest.fixture(scope="module", params=[("laser-1200", "svg"), ("grbl-laser", "gcode")], ids="-".join)
def made(request, tmp_path_factory):
    machine, suffix = request.param
    path = tmp_path_factory.mktemp("card") / f"card.{suffix}"
    return path, work.cut_testcard(machine, path)


@pytest.fixture
def short(monkeypatch):
    """The card with half a second of sound, so that many can be made."""
    sound = Audio((0.5 * np.sin(np.arange(24_000) * 2 * math.pi * 1000 / 48_000)).astype(np.float32), 48_000)
    monkeypatch.setattr(work, "sound", lambda tune, curve: sound)
    monkeypatch.setattr("bonemusic.demo.tune.boogie", lambda seconds: sound)


def test_the_groove_is_found_and_holds_its_tones(made) -> None:
    path, report = made
    groove, warnings = discs.read([path], None, Fraction(78), silent)
    assert not warnings
    assert groove.seconds == pytest.approx(30 + LEAD_IN_S, abs=4)
    expected = report.groove.reference_velocity_cm_s / 100
    assert expected in (0.05, pytest.approx(0.05 * 10 ** (12 / 20), rel=1e-4))
    assert velocity_m_s(groove, 1000, 1, 4) == pytest.approx(expected, rel=0.02)
    assert velocity_m_s(groove, 1010, 1, 4) < 0.1 * expected
    riaa = {100: -13.09, 300: -5.48, 1000: 0.0, 3000: 4.74}  # dB of velocity, IEC 60098
    for k, (hz, db) in enumerate(riaa.items()):
        tone = expected * 10 ** ((db - 8) / 20)
        assert velocity_m_s(groove, hz, 11.1 + 1.5 * k, 12.1 + 1.5 * k) == pytest.approx(tone, rel=0.1), hz
    assert velocity_m_s(groove, 1000, 25.5, 29.5) < 0.03 * expected


def test_the_report_tells_what_was_drawn(made) -> None:
    path, report = made
    assert report.file == str(path)
    assert report.width_mm == report.height_mm == 180
    assert report.bytes == path.stat().st_size
    assert report.groove.seconds == pytest.approx(30, abs=0.01)
    assert report.groove.rpm == 78
    assert 57 < report.groove.outer_radius_mm < 60
    assert report.groove.inner_radius_mm >= 37.5
    assert len({patch.colour for patch in report.patches}) == len(report.patches) == 20
    assert all(63 < math.hypot(patch.x_mm, patch.y_mm) < 70 for patch in report.patches)
    assert [height.height for height in report.heights] == ["-1.0", "-0.6", "-0.3", "0", "+0.3", "+0.6", "+1.0"]
    assert len(report.kerf_um) == 8
    assert all(";" not in warning for warning in report.warnings)


def widths_m(drawing):
    """How far all lines reach across and along; some formats count from the sheet's corner."""
    low = np.min([line.min(axis=0) for line in drawing.lines], axis=0)
    return np.max([line.max(axis=0) for line in drawing.lines], axis=0) - low


def test_all_that_is_drawn_lies_within_the_sheet(made) -> None:
    assert widths_m(drawing_of(made[0])) == pytest.approx([SIDE_M, SIDE_M], abs=5e-5)


def test_each_patch_is_told_apart(made) -> None:
    """G-code by power and speed, a drawing by layer and colour."""
    path, report = made
    text = path.read_text()
    for patch in report.patches:
        if report.format == "gcode":
            told = [rf"F{patch.speed_mm_s * 60:g}\b", rf"S{patch.power_percent * 10:g}\b"]
        else:
            told = [f'<g id="{patch.layer}"[^>]* stroke="{patch.colour}"']
        assert all(re.search(pattern, text) for pattern in told), patch


@functools.cache
def few_turns(name, turning):
    """The card on a disc of three silent turns, as formats are given it."""
    machine, disc = presets.machine(name), card_of(presets.disc(work.DISC))
    spiral = Knots(np.array([0, 3.0]), np.array([0.058, 0.055]), np.full(2, -0.001))
    lateral = np.zeros(round(3 * 48_000 * 60 / 78))
    groove = Groove(spiral, constant(28e-6), Fraction(78), 48_000, lateral, Profile(56e-6, 6e-6, math.pi / 2))
    drawn = card(machine, disc, presets.sheet(work.SHEET), 8e-6, "5 cm/s")
    own, cut = of_disc(disc, machine, 2e-4)
    line = ready(groove, disc, machine, machine.bandwidth_hz, silent, turning)
    return CutDisc(groove, disc, machine, 1e4, line=line, layers=(*drawn.after, own, cut), before=drawn.before)


@pytest.mark.parametrize(("machine", "spelling"), KINDS)
def test_every_machine_has_one_in_each_of_its_formats(machine, spelling, tmp_path) -> None:
    wanted = next(f for f in formats.known() if f.name == spelling)
    path = tmp_path / f"card{wanted.suffixes[0]}"
    with path.open("wb") as file:
        wanted.write(file, few_turns(machine, wanted.turning), silent)
    drawing = drawing_of(path)
    assert (widths_m(drawing) < SIDE_M + 5e-5).all()
    groove, _ = groove_of(drawing, Fraction(78))
    assert (len(groove) - 1) * groove.turns_per_sample == pytest.approx(3, abs=0.02)


def test_unnamed_it_is_called_after_its_machine_and_twice_the_same(short, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = work.cut_testcard("grbl-laser", None, "svg")
    again = work.cut_testcard("grbl-laser", tmp_path / "again.svg")
    assert report.file == "testcard-grbl-laser.svg"
    made = (tmp_path / report.file).read_bytes()
    assert len(made) == report.bytes == again.bytes
    assert made == (tmp_path / "again.svg").read_bytes()


@pytest.mark.parametrize(
    ("machine", "name", "kind", "said"),
    [
        (
            "laser-1200",
            "card.png",
            FormatError,
            "lines, which png does not draw; name another.*svg",
        ),
        ("lathe", "card.wav", FormatError, "lines, which lathe does not draw"),
        ("laser-1200", "card.xyz", FormatError, "unknown suffix"),
        ("laser", "card.svg", PresetError, "did you mean"),
        ("laser-1200", "no/folder/card.svg", OutputError, "make it first"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(machine, name, kind, said, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(work, "sound", None)
    with pytest.raises(kind, match=said) as why:
        work.cut_testcard(machine, tmp_path / name)
    assert isinstance(why.value, BonemusicError)
    assert "\n" not in str(why.value)
    assert list(tmp_path.iterdir()) == []


def own_machine(tmp_path, monkeypatch, text):
    (tmp_path / "machines.toml").write_text(text)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path))


def test_a_small_bed_is_refused_in_one_line(tmp_path, monkeypatch) -> None:
    own_machine(tmp_path, monkeypatch, '[tiny]\nlike = "grbl-laser"\nbed_width_mm = 100\nbed_height_mm = 100\n')
    with pytest.raises(FitError, match=r"bed of tiny .100 mm by 100 mm. is too small for the test card"):
        work.cut_testcard("tiny", tmp_path / "card.gcode")
    assert not (tmp_path / "card.gcode").exists()


def test_a_machine_that_takes_no_lines_has_no_card(tmp_path, monkeypatch) -> None:
    own_machine(tmp_path, monkeypatch, '[printer]\nlike = "ideal"\nformats = ["png"]\n')
    with pytest.raises(FormatError, match=r"lines, which png, the usual format of printer, does not draw; name .* dxf"):
        work.cut_testcard("printer", None)
    with pytest.raises(FormatError, match="which lathe, the usual format of lathe, does not draw"):
        work.cut_testcard("lathe", None)


def test_a_format_that_the_machine_does_not_take_is_written_with_a_note(short, tmp_path) -> None:
    report = work.cut_testcard("laser-1200", tmp_path / "card.gcode")
    assert (tmp_path / "card.gcode").stat().st_size == report.bytes
    assert "laser-1200 takes svg, pdf, dxf, not gcode" in report.warnings


def test_the_groove_follows_all_but_what_goes_through(made) -> None:
    path, report = made
    text = path.read_text()
    name = r'<g id="([^"]+)"' if report.format == "svg" else r"(?m)^; ([a-z]+(?:-[0-9]+)?)$"
    heights, patches = [f"height-{n}" for n in range(1, 8)], [f"patch-{n:02}" for n in range(1, 21)]
    found = [each for each in re.findall(name, text) if each != "label"]
    assert found == ["marks", *heights, "kerf", *patches, "groove", "jig", "cut"]
    if report.format == "gcode":
        assert max(re.split("(?m)^; ", text), key=len).startswith("groove")
        stops = re.findall(r"; (.*)\n; stop: (.*)\nM0\n", text)
        assert stops[0] == ("height-1", "set the head -1.0 mm from its usual height")
        assert [layer for layer, _ in stops] == [*heights, "kerf"]
        assert stops[-1][1] == "set the head back to its usual height"


def test_coarse_grids_and_radii_get_a_louder_reference() -> None:
    loud = {name for name in presets.names("machines") if work.reference_db(presets.machine(name))}
    assert loud >= {"laser-1200", "laser-600", "plotter", "cnc-rotary"}
    assert not loud & {"ideal", "lathe", "grbl-laser", "cnc"}
