"""`bonemusic testcard`: what it writes, what it says, and that what it says to write down is a machine."""

from __future__ import annotations

import json
import math
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.audio import Audio
from bonemusic.workshop import testcard as work

from .conftest import Run, refused


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second of sound instead of thirty."""
    sound = Audio((0.5 * np.sin(np.arange(24_000) * 2 * math.pi * 1000 / 48_000)).astype(np.float32), 48_000)
    monkeypatch.setattr(work, "sound", lambda tune, curve: sound)
    monkeypatch.setattr("bonemusic.demo.tune.boogie", lambda seconds: sound)


@pytest.fixture
def uncut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut: only what is said counts."""

    def made(songs: Any, wish: Any, spelling: Any, out: Path, *args: Any, **more: Any) -> Any:
        told = dict.fromkeys(("music_outer_radius_mm", "music_inner_radius_mm", "bandwidth_hz"), 50.0)
        return SimpleNamespace(
            rpm=78.0, curve="riaa", music_seconds=30.0, predicted_snr_db=20.0, files=(str(out),), points=1, bytes=1,
            machine_seconds=1500.0, warnings=("the grid is coarse; take a finer one",), **told,
        )  # fmt: skip

    monkeypatch.setattr("bonemusic.workshop.side.make", made)


def pasted(said: tuple[str, ...]) -> str:
    """The lines that are to be written into one's own machines."""
    lines = [line.strip() for line in said if not line.startswith("note:")]
    return "\n".join(lines[next(k for k, line in enumerate(lines) if line.startswith("[")) :][:5])


def test_it_says_what_to_set_how_to_judge_and_what_to_write_down(run: Run, place: Path) -> None:
    done = run("testcard", "--machine", "laser-1200")
    assert done.code == 0, done
    assert not done.out
    assert [p.name for p in place.iterdir()] == ["testcard-laser-1200.svg"]
    for words in (
        "testcard-laser-1200.svg: a test card for laser-1200, 180 mm square",
        "0.0254 mm wide",
        "15 %, 100 mm/s",
        "60 %, 20 mm/s",
        "lift the head by hand: -1.0, -0.6, -0.3, 0, +0.3, +0.6, +1.0 mm",
        "Judge, with a light from one side and a loupe",
    ):
        assert words in " ".join(" ".join(done.said).split()), words
    assert max(map(len, done.said)) <= 110


def test_the_table_gives_each_patch_its_colour(run: Run, place: Path, uncut: None) -> None:
    done = run("testcard", "--machine", "laser-1200", "--json")
    report = json.loads(done.out)
    said = run("testcard", "--machine", "laser-1200").said
    rows = [line.split() for line in said if line.count("#") == 4]
    assert [colour for row in rows for colour in row[2:]] == [patch["colour"] for patch in report["patches"]]
    strengths = [patch["power_percent"] for patch in report["patches"][::4]]
    assert [float(row[0]) for row in rows] == strengths == [6, 9.4, 15, 24, 38]


@pytest.mark.parametrize("machine", ["laser-1200", "grbl-laser", "cnc", "plotter"])
def test_what_is_to_be_written_down_is_a_machine(
    run: Run, place: Path, machine: str, uncut: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = pasted(run("testcard", "--machine", machine, "-o", "card.svg").said)
    rows = tomllib.loads(text)
    assert list(rows) == [f"my-{machine}"]
    folder = place / "presets"
    folder.mkdir()
    (folder / "machines.toml").write_text(text)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(folder))
    own, like = presets.machine(f"my-{machine}"), presets.machine(machine)
    assert own.groove_power == like.groove_power
    assert own.groove_speed_m_s == like.groove_speed_m_s
    assert own.kerf_m == pytest.approx(1e-4, rel=0.1)
    assert like.kerf_m in (None, pytest.approx(1e-4, rel=0.3))


def test_what_shares_a_colour_is_told_together_and_time_and_remedies_are_plain(
    run: Run, place: Path, uncut: None
) -> None:
    said = run("testcard", "--machine", "laser-1200", "-o", "card.svg").said
    assert "    #000000                kerf, groove: 15 %, 100 mm/s" in said
    assert (
        "    #ff0000                ring and square, hole and outline: last of all, through the sheet: 60 %, 20 mm/s"
        in said
    )
    assert "The machine takes about 25 min." in " ".join(said)
    assert said[-1] == "note: the grid is coarse"


def test_gcode_needs_no_setting(run: Run, place: Path, uncut: None) -> None:
    done = run("testcard", "--machine", "grbl-laser", "-o", "card.gcode")
    assert done.code == 0, done
    text = "\n".join(done.said)
    assert "Set\n  - Speeds, powers and depths are in the file." in text
    assert "The program stops (M0) before each of the seven heights" in text
    assert "patch-20" in text
    assert "#" not in text.split("[my-")[0]


def test_a_plotter_is_told_by_pens_and_dxf_by_layers(run: Run, place: Path) -> None:
    done = run("testcard", "--machine", "plotter", "-o", "card.plt", "--format", "hpgl")
    assert done.code == 0, done
    pens = {int(n) for n in re.findall(rb"SP([0-9]+);", (place / "card.plt").read_bytes())} - {0}
    told = {int(n) for n in re.findall(r"pen ([0-9]+)", "\n".join(done.said))}
    assert told == pens - set(range(5, 10)) == {1, 2, 3, 4, *range(10, 31)}  # "pen 4 … pen 10"
    assert "30 pens, and few plotters hold more than 8" in " ".join(" ".join(done.said).split())
    assert "keep the setting whose three lines" in " ".join(" ".join(done.said).split())
    done = run("testcard", "--machine", "cnc", "-o", "card.dxf")
    layers = set(re.findall(r"\n8\r?\n(\S+)", (place / "card.dxf").read_text()))
    told = set(re.findall(r"(?:patch|height)-[0-9]+|(?<= )(?:marks|kerf|groove|jig|cut)(?=  )", "\n".join(done.said)))
    assert {name.upper() for name in told} <= layers
    assert len(told) >= 20 + 2 + 5


@pytest.mark.parametrize("machine", ["ideal", "lathe"])
def test_without_a_machine_it_is_a_proof(run: Run, place: Path, machine: str, uncut: None) -> None:
    said = " ".join(run("testcard", "--machine", machine, "-o", "card.svg").said)
    assert "It is a proof" in said
    assert "lift the head" not in said
    assert "[my-" not in said


def test_a_line_width_is_told_only_where_the_file_has_one(run: Run, place: Path, uncut: None) -> None:
    for suffix, told in (("svg", True), ("pdf", True), ("dxf", False)):
        said = " ".join(" ".join(run("testcard", "--machine", "laser-1200", "-o", f"card.{suffix}").said).split())
        assert ("Lines are 0.0254 mm wide, a driver's hairline. Cut all" in said) is told
        assert "measure 100 mm." in said


def test_json_and_nothing_else(run: Run, place: Path) -> None:
    done = run("testcard", "--machine", "cnc", "-o", "card.dxf", "--json", "--quiet")
    assert done.code == 0, done
    assert not done.said
    report = json.loads(done.out)
    assert report["machine"] == "cnc"
    assert report["file"] == "card.dxf"
    assert report["width_mm"] == 180
    assert {"rpm", "seconds", "reference_db", "sections"} <= set(report["groove"])
    assert {"colour", "power_percent", "speed_mm_s", "x_mm", "y_mm", "depth_um"} <= set(report["patches"][0])
    assert report["patches"][0]["power_percent"] is None
    assert report["bytes"] == (place / "card.dxf").stat().st_size
    assert "machine_seconds" in report


def test_quiet_says_nothing(run: Run, place: Path) -> None:
    done = run("testcard", "--machine", "laser-600", "--quiet")
    assert (done.code, done.out, done.said) == (0, b"", ())


def test_a_pipe_needs_a_format_and_takes_the_file(run: Run, place: Path) -> None:
    refused(run("testcard", "--machine", "laser-600", "-o", "-"), "--format")
    done = run("testcard", "--machine", "laser-600", "-o", "-", "--format", "svg", "--quiet")
    assert done.code == 0
    assert done.out.startswith(b"<?xml")


def test_refusals_are_one_line(run: Run, place: Path) -> None:
    refused(run("testcard", "--machine", "lazer-600"), "laser-600")
    refused(
        run("testcard", "--machine", "laser-600", "-o", "card.png"),
        "a test card is lines, which png does not draw; name another",
    )
    refused(run("testcard", "--machine", "laser-600", "-o", "card.wav"), "which lathe does not draw")
    refused(run("testcard", "--machine", "laser-600", "-o", "card.svg", "SONG"), "extra argument", codes=(2,))
    assert list(place.iterdir()) == []
