"""The files of a transfer: what is in them, that nothing is invented in the flat one, all of them or none."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from bonemusic.errors import FormatError, OutputError
from bonemusic.scanning.rings import Rings
from bonemusic.workshop import transfer as work
from bonemusic.workshop.recipe import Recipe, amended
from bonemusic.workshop.reports import TransferReport

from .scanned import INVENTED, MISSING, RATE_HZ, scanned

SOURCES = [Path("side, \n a.tif")]


def page(report: TransferReport, seen: Any) -> str:
    return f"<p>{report.rpm}</p>"


def made(folder: Path, given: Any = None, **settings: str) -> TransferReport:
    return work.transfer(given or scanned(), SOURCES, amended(Recipe(), settings), folder, page)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place: Path = tmp_path_factory.mktemp("transfer") / "side"
    made(place)
    return place


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "transfer.json").read_text("utf-8"))


def history(path: Path) -> tuple[str, list[str]]:
    """A Broadcast file's description and the lines of its history; nothing of a date is in it."""
    held = path.read_bytes()
    at = held.index(b"bext")
    size = struct.unpack("<I", held[at + 4 : at + 8])[0]
    body = held[at + 8 : at + 8 + size]
    assert body[256:288].rstrip(b"\0") == b"Bonemusic"
    assert not any(body[288:338])
    return body[:256].rstrip(b"\0").decode("ascii"), body[602:].decode("ascii").split("\r\n")[:-1]


def test_five_files_and_no_other(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == sorted(work.NAMES)
    with Image.open(folder / "track.png") as seen:
        assert seen.width <= 3000
    assert (folder / "transfer.html").read_text() == "<p>78.0</p>"


def test_the_flat_transfer_is_the_velocity_of_what_was_followed(folder: Path, report: dict[str, Any]) -> None:
    flat, rate_hz = soundfile.read(folder / "flat.wav")
    info = soundfile.info(folder / "flat.wav")
    assert (rate_hz, info.subtype, info.channels) == (96_000, "PCM_24", 1)
    full_m_s = report["flat_full_scale_cm_s"] / 100
    part = slice(30_000, 30_000 + 96_000)
    t = np.arange(96_000) / 96_000
    tone = 2 * np.abs(np.mean(flat[part] * np.exp(2j * np.pi * 1000 * t))) * full_m_s
    assert tone == pytest.approx(2 * np.pi * 1000 * 8e-6, rel=1e-3)
    # a jump of a gap is there in full: what is mended lies quiet
    gap = slice(2 * MISSING[0][0] - 20, 2 * MISSING[0][0] + 20)
    assert np.abs(flat[gap]).max() * full_m_s > 0.3
    heard, _ = soundfile.read(folder / "equalised.wav")
    inside = slice(2 * MISSING[0][0] + 400, 2 * MISSING[0][1] - 400)
    assert np.abs(heard[inside]).max() < 0.02 * np.abs(heard).max()


def test_the_equalised_copy_plays_5_cm_s_18_decibels_below_full_scale(folder: Path, report: dict[str, Any]) -> None:
    heard, _ = soundfile.read(folder / "equalised.wav")
    t = np.arange(96_000) / 96_000
    tone = 2 * np.abs(np.mean(heard[30_000:126_000] * np.exp(2j * np.pi * 1000 * t)))
    assert 20 * np.log10(tone) == pytest.approx(report["gain_db"] + 20 * np.log10(2 * np.pi * 8e-3 / 0.05), abs=0.01)
    assert report["gain_db"] == -18


def test_their_histories_say_how_they_were_made(folder: Path) -> None:
    told, lines = history(folder / "flat.wav")
    assert told == "side, ? a.tif, flat transfer from a scan by Bonemusic"
    assert len(lines) == 2
    assert lines[0].startswith("A=ANALOGUE,M=mono,T=disc; read optically from side; ? a.tif; 78 rpm (--rpm); velocity ")
    assert lines[1] == "A=PCM,F=96000,W=24,M=mono,T=Bonemusic; flat transfer; nothing mended; no clicks removed"
    _, lines = history(folder / "equalised.wav")
    assert "tip of radius 0; riaa replay curve" in lines[0]
    assert "2 gaps mended; 1 left silent" in lines[1]
    assert all(line.count(",") == commas for line, commas in zip(lines, (2, 4), strict=True))


def test_the_report_tells_what_is_known(folder: Path, report: dict[str, Any]) -> None:
    told = {
        "scans": ["side, \n a.tif"], "files": list(work.NAMES), "seconds": 8.0, "rate_hz": 96_000, "rpm": 78.0,
        "rpm_from": "--rpm", "curve": "riaa", "curve_from": "assumed", "stylus": None, "track": "lateral",
        "direction": "counter-clockwise inwards", "mirrored": False, "turns": 10.4, "outer_radius_mm": 40.0,
        "inner_radius_mm": 30.0, "centre_px": [400.2, 395.5], "hole_off_mm": 0.5, "hole_diameter_mm": 7.2,
        "label_diameter_mm": 24.0, "disc_diameter_mm": None, "locked_groove": False, "noise_turned_down": False,
        "axis_stretch_percent": 0.1001,
        "wow_before_percent": 0.4, "wow_after_percent": 0.003, "gaps": 3, "mended_seconds": 0.006,
        "missing_seconds": 0.05, "faults": ["clipped"], "warnings": ["noted"],
    }  # fmt: skip
    assert {key: report[key] for key in told} == told
    assert report["dpi"] == pytest.approx(9_495.25 * 0.0254, abs=0.01)
    assert report["pitch_um"] == pytest.approx(0.01 / 10.4 * 1e6, abs=0.01)
    assert report["unsure_percent"] == pytest.approx(100 * (2400 + 240 + 48) / 384_000, abs=1e-3)
    assert [gap["milliseconds"] for gap in report["largest_gaps"]] == [50, 5, 1]
    assert [gap["mended"] for gap in report["largest_gaps"]] == [False, True, True]
    first = report["largest_gaps"][1]
    assert first["at_s"] == INVENTED[0][0] / RATE_HZ
    assert first["turn"] == pytest.approx(2.6, abs=1e-3)
    assert first["radius_mm"] == pytest.approx(40 - 10 * 2.6 / 10.4, abs=1e-3)
    assert set(report) == {field.name for field in dataclasses.fields(TransferReport)}


def test_levels_are_against_5_cm_s(report: dict[str, Any]) -> None:
    assert report["level_db"] == pytest.approx(20 * np.log10(2 * np.pi * 8e-3 / 0.05), abs=0.4)
    assert report["noise_db"] <= report["level_db"] + 0.1
    # with nothing turned down both are of one sound, but for what was mended
    assert report["noise_scanned_db"] == pytest.approx(report["noise_db"], abs=0.2)


def test_the_same_scan_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    made(tmp_path)
    for name in work.NAMES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_regions_are_heard_one_after_another_and_nothing_else(tmp_path: Path) -> None:
    given = made(tmp_path, regions="1-2,5-7.5", rate="48000", curve="columbia-78", stylus="lp-18")
    turn_s = 60 / 78
    assert given.seconds == pytest.approx(3.5 * turn_s + 0.25, abs=1e-3)
    assert (given.curve, given.curve_from, given.stylus) == ("columbia-78", "--curve", "lp-18")
    assert soundfile.info(tmp_path / "flat.wav").samplerate == 48_000


def test_a_region_that_is_not_there_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"turn 300 .*the side has 10\.4"):
        made(tmp_path / "side", regions="300-301")
    assert not list(tmp_path.iterdir())


def test_what_was_there_stays_if_the_page_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "flat.wav").write_bytes(b"precious")

    def fails(report: TransferReport, seen: Any) -> str:
        raise OutputError("no matplotlib")

    with pytest.raises(OutputError, match="matplotlib"):
        work.transfer(scanned(), SOURCES, Recipe(), tmp_path, fails)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("flat.wav", b"precious")]


def test_places_that_are_none_are_refused_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "scan.tif"
    file.write_bytes(b"x")
    with pytest.raises(OutputError, match="name a folder"):
        work.refuse_folder(file, [])
    with pytest.raises(OutputError, match="name a folder"):
        work.refuse_folder(Path("-"), [])
    with pytest.raises(OutputError, match="make it first"):
        work.refuse_folder(tmp_path / "nowhere" / "side", [])
    source = tmp_path / "track.png"
    source.write_bytes(b"x")
    with pytest.raises(OutputError, match="would be lost"):
        work.refuse_folder(tmp_path, [source])
    work.refuse_folder(tmp_path / "new", [source])
    work.refuse_folder(tmp_path, [file])


def test_a_side_of_which_nothing_was_seen_is_told_so(tmp_path: Path) -> None:
    whole = scanned()
    nothing = np.zeros_like(whole.flat.lateral_m)
    silent = dataclasses.replace(whole.flat, lateral_m=nothing)
    lost = np.array([[0, len(nothing)]])
    given = made(
        tmp_path,
        scanned(flat=silent, mended=silent, invented=np.zeros((0, 2), int), missing=lost, rings=Rings(),
                wow_before_percent=None, wow_after_percent=None),
    )  # fmt: skip
    assert (given.gaps, given.missing_seconds, given.peak_dbfs, given.hole_off_mm) == (1, 8.0, None, None)
    assert given.suggested_curve is None
