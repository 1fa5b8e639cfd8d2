"""What is said of scans that are hardly read, and of wishes that tell nothing."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bonemusic.errors import FormatError
from bonemusic.workshop import reading
from bonemusic.workshop.recipe import Recipe
from bonemusic.workshop.scanwish import ScanWish


def _read(sure: float, lit: float = 1.0) -> Any:
    return SimpleNamespace(
        track=SimpleNamespace(confidence=np.full(9, sure)), found=SimpleNamespace(lit=np.arange(100) < 100 * lit)
    )


def test_a_track_that_is_not_seen_is_refused() -> None:
    with pytest.raises(FormatError, match="no groove can be followed"):
        reading._doubts(_read(0.05))


@pytest.mark.parametrize(("sure", "lit", "said"), [(0.99, 1.0, 0), (0.6, 1.0, 1), (0.62, 0.65, 0), (0.4, 0.65, 1)])
def test_doubts_are_told_once(sure: float, lit: float, said: int) -> None:
    assert len(reading._doubts(_read(sure, lit))) == said


def test_a_speed_that_is_given_twice_is_told() -> None:
    recipe = dataclasses.replace(Recipe(rpm=Fraction(78)), scan=ScanWish(seconds=180.0, hum_hz=50.0))
    factor, told_by, notes = reading._speed(_read(1.0), recipe)
    assert (factor, told_by) == (1.0, "--rpm")
    assert notes == ("--rpm tells the speed: nothing is made of --seconds and --hum",)
    assert reading._speed(_read(1.0), Recipe(rpm=Fraction(78)))[2] == ()


def test_what_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    first = tmp_path / "first.tif"
    first.write_bytes(b"no picture")
    with pytest.raises(FormatError, match=r"second\.tif: there is no such file"):
        reading.read_scans([first, tmp_path / "second.tif"], Recipe())


def test_the_scan_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / "a.tif", tmp_path / "b.tif"]
    for path in paths:
        path.write_bytes(b"x")

    def refused(scans: Any, *_: Any) -> None:
        next(scans)
        next(scans)
        raise FormatError("too faint")

    monkeypatch.setattr(reading, "_values", lambda *_: None)
    monkeypatch.setattr(reading, "read_all", refused)
    with pytest.raises(FormatError, match=r"^b\.tif: too faint$"):
        reading.read_scans(paths, Recipe())
