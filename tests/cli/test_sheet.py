"""`bonemusic sheet clean` as a person meets it."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from .conftest import Run, refused

GREY = np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)


def test_it_says_what_was_left_behind(place: Path, run: Run) -> None:
    Image.fromarray(GREY).save("scan.tif", dpi=(254, 254), tiffinfo={270: "Anna", 315: "Otto"})
    result = run("sheet", "clean", "scan.tif", "-o", "clean.png")
    assert result.code == 0
    assert result.said == ("wrote clean.png (80 × 60 px, 8 bits, 8 × 6 mm); 2 tags left behind; nothing written found",)
    assert b"Anna" not in Path("clean.png").read_bytes()


def test_json_and_quiet(place: Path, run: Run) -> None:
    Image.fromarray(GREY).save("scan.png")
    result = run("sheet", "clean", "scan.png", "-o", "clean.dcm", "--json")
    assert json.loads(result.out) == {
        "file": "clean.dcm", "columns": 80, "rows": 60, "bits": 8, "width_mm": None, "height_mm": None,
        "left_behind": 0, "masked": 0, "warnings": [],
    }  # fmt: skip
    result = run("sheet", "clean", "scan.png", "-o", "clean.jpg", "--quiet")
    assert (result.code, result.out, result.said) == (0, b"", ())


def test_streams(place: Path, execute: Run) -> None:
    Image.fromarray(GREY).save("scan.png")
    with Path("scan.png").open("rb") as scan:
        result = execute("sheet", "clean", "-", "-o", "-", "--format", "png", stdin=scan)
    assert result.code == 0
    assert struct.unpack(">II", result.out[16:24]) == (80, 60)


def test_refusals(untouched: Path, run: Run) -> None:
    scan = untouched.parent / "scan.png"
    Image.fromarray(GREY).save(scan)
    refused(run("sheet", "clean", "none.png", "-o", "out.png"), "none.png", "no such file")
    refused(run("sheet", "clean", scan, "-o", "out.svg"), ".png, .tif, .jpg or .dcm")
    refused(run("sheet", "clean", scan, "-o", "no/out.png"), "no folder")
    refused(run("sheet", "clean", scan), "-o")
    refused(run("sheet", "wash", scan), "wash")
    refused(run("sheet", "clean", scan, "-o", "-", "--json"), "standard output")
    refused(run("sheet", "clean", "out.wav", "-o", "out.png"), "is no PNG")
