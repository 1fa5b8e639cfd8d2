"""`transfer` as a person and a script see it."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bonemusic.workshop import reading
from bonemusic.workshop.reports import TransferReport
from bonemusic.workshop.transfer import NAMES

from ..workshop.scanned import scanned
from .conftest import Run, refused


@pytest.fixture
def scan(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture that is read as a side known to the last figure."""
    monkeypatch.setattr(reading, "read_scans", lambda sources, recipe, progress: scanned())
    path = place / "scan.png"
    Image.fromarray(np.zeros((600, 600), np.uint8)).save(path)
    return path


def test_a_scan_becomes_five_files_and_a_few_lines(run: Run, place: Path, scan: Path) -> None:
    result = run("transfer", scan, "-o", "side")
    assert result.code == 0, result
    assert not result.out
    assert sorted(p.name for p in (place / "side").iterdir()) == sorted(NAMES)
    told = "\n".join(result.said)
    for words in (
        "8.0 s, 10.4 turns at 78 rpm (--rpm), riaa curve (assumed)",
        "+0.10 % more dots across than down", "next: open side/transfer.html",
        "rim not seen, label 24.0 mm, hole 7.2 mm, 0.50 mm off the groove's centre",
        "3 gaps: 6.0\xa0ms mended, 50\xa0ms missing", "fault of the scan: clipped", "note: noted", "written: flat.wav",
    ):  # fmt: skip
        assert words in told


def test_its_json_is_the_file_s(run: Run, place: Path, scan: Path) -> None:
    result = run("transfer", scan, "-o", "side", "--json", "--quiet", "--rate", "48000")
    assert (result.code, result.said) == (0, ())
    assert result.out == (place / "side" / "transfer.json").read_bytes()
    assert set(json.loads(result.out)) == {field.name for field in dataclasses.fields(TransferReport)}
    assert json.loads(result.out)["rate_hz"] == 48_000


def test_a_taste_is_told_as_part_of_the_side(run: Run, place: Path, scan: Path) -> None:
    result = run("transfer", scan, "-o", "side", "--regions", "1-2")
    assert " 0.8 s of 8.0 s, 10.4 turns" in "\n".join(result.said)


def test_the_page_is_whole(run: Run, place: Path, scan: Path) -> None:
    assert run("transfer", scan, "-o", "side", "--regions", "1-2").code == 0
    page = (place / "side" / "transfer.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "data:audio/mpeg;base64," in page


def test_what_makes_no_sense_is_refused_in_one_line(run: Run, place: Path, scan: Path) -> None:
    refused(run("transfer", scan), "-o", codes=(2,))
    refused(run("transfer", "-o", "side"), codes=(2,))
    refused(run("transfer", scan, "-o", scan), "name a folder", codes=(1,))
    refused(run("transfer", scan, "-o", "-"), "name a folder", codes=(1,))
    refused(run("transfer", scan, "-o", "no/where/side"), "make it", codes=(1,))
    refused(run("transfer", scan, "-o", "side", "--regions", "200-201"), "turn 200", codes=(1,))
    refused(run("transfer", scan, "-o", "side", "--track", "vertical"), "lateral", codes=(2,))
    refused(run("transfer", scan, "-o", "side", "--mirror=1"), codes=(2,))
    assert [p.name for p in place.iterdir()] == ["scan.png"]


def test_pictures_without_a_disc_are_refused_and_leave_nothing(run: Run, place: Path) -> None:
    Image.fromarray(np.full((900, 900), 90, np.uint8)).save("blank.png", dpi=(1200, 1200))
    refused(run("transfer", "blank.png", "-o", "side"), "groove", codes=(1,))
    refused(run("transfer", "missing.png", "-o", "side"), "missing.png", codes=(1,))
    assert [p.name for p in place.iterdir()] == ["blank.png"]


def test_without_matplotlib_nothing_is_begun(
    run: Run, place: Path, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(reading, "read_scans", lambda *given: pytest.fail("was read"))
    result = run("transfer", scan, "-o", "side")
    assert result.code == 1
    assert "matplotlib" in result.line
    assert "pip install" in result.line
    assert [p.name for p in place.iterdir()] == ["scan.png"]
