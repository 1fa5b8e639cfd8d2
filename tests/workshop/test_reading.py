"""Scans on their way to a side: mirrored, of a resolution and a speed that are told, one or several; and played."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.scanning import maker, measure
from tests.scanning.songs import DOLL, cut_groove
from tests.signals import pink_noise

from bonemusic import audio
from bonemusic.audio import Audio
from bonemusic.errors import BonemusicError, Cancelled, FormatError
from bonemusic.groove import Groove
from bonemusic.pictures import write
from bonemusic.workshop.play import SCAN_RATE_HZ, play
from bonemusic.workshop.reading import mirrored, read_scans
from bonemusic.workshop.recipe import Recipe
from bonemusic.workshop.scanwish import ScanWish
from bonemusic.workshop.transferred import Scanned

DOTS = 1200 / 0.0254
RPM = Fraction(300)
HOLE_OFF_M = 0.6e-3
AT_ONCE = Recipe(rpm=RPM)


def _written(path: Path, grey: NDArray[Any], dots_per_m: float | None = DOTS) -> Path:
    with path.open("wb") as file:
        write.write(file, write.kind_of(path.suffix), grey, grey[:0], None if dots_per_m is None else (dots_per_m,) * 2)
    return path


def _with(**wish: Any) -> Recipe:
    return dataclasses.replace(AT_ONCE, scan=ScanWish(**wish))


@pytest.fixture(scope="module")
def side() -> tuple[Groove, Audio]:
    return cut_groove(pink_noise(2.0, 48_000), level_m=40e-6, disc=DOLL)


@pytest.fixture(scope="module")
def grey(side: tuple[Groove, Audio]) -> NDArray[Any]:
    made = maker.scan(side[0], dpi=1200, hole_m=3.6e-3, hole_off_m=(HOLE_OFF_M, 0.0), dust=20)
    return made.grey


@pytest.fixture(scope="module")
def scan(grey: NDArray[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("scans") / "side.tif", grey)


@pytest.fixture(scope="module")
def read(scan: Path) -> Scanned:
    return read_scans([scan], AT_ONCE)


@pytest.fixture(scope="module")
def small_grey(side: tuple[Groove, Audio]) -> NDArray[Any]:
    """At 600 dpi: enough where nobody listens."""
    return maker.scan(side[0], dpi=600).grey


@pytest.fixture(scope="module")
def small(small_grey: NDArray[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("small") / "small.tif", small_grey, DOTS / 2)


@pytest.fixture(scope="module")
def small_read(small: Path) -> Scanned:
    return read_scans([small], AT_ONCE)


def _same(a: Scanned, b: Scanned) -> bool:
    return np.array_equal(a.flat.lateral_m, b.flat.lateral_m) and np.array_equal(a.mended.lateral_m, b.mended.lateral_m)


def test_a_scan_is_a_side(read: Scanned, grey: NDArray[Any], side: tuple[Groove, Audio]) -> None:
    assert np.array_equal(read.grey, grey)
    assert read.flat.rpm == read.mended.rpm == RPM
    assert len(read.flat) == len(read.mended)
    assert read.direction == "counter-clockwise inwards, as records run"
    assert (read.way, read.mirrored, read.speed_from) == ("lateral", False, "--rpm")
    assert measure.heard(measure.played(read.mended), side[1]).snr_db > 15
    assert len(read.invented) >= 1
    changed = read.flat.lateral_m != read.mended.lateral_m
    made_up = np.zeros(len(changed), bool)
    for first, last in (*read.invented.tolist(), *read.missing.tolist()):
        made_up[first:last] = True
    assert not (changed & ~made_up).any()  # nothing else is touched
    assert read.mended.confidence is not None
    assert not np.asarray(read.mended.confidence)[made_up].any()


def test_wow_about_the_hole_is_told_and_about_the_centre_gone(read: Scanned) -> None:
    assert read.rings.hole is not None
    assert read.rings.label is None
    innermost = float(read.flat.spiral.value.min())
    assert read.wow_before_percent == pytest.approx(100 * HOLE_OFF_M / innermost, rel=0.05)
    assert read.wow_after_percent is not None
    assert read.wow_after_percent < 0.01


def test_mirrored_with_mirror_is_the_same_to_the_bit(
    small_read: Scanned, small_grey: NDArray[Any], tmp_path: Path
) -> None:
    other = _written(tmp_path / "mirrored.tif", np.ascontiguousarray(small_grey[:, ::-1]), DOTS / 2)
    got = read_scans([other], _with(mirror=True))
    assert got.mirrored
    assert _same(got, small_read)
    assert np.array_equal(got.grey, small_read.grey)


def test_a_mirrored_scan_is_told(small_grey: NDArray[Any], tmp_path: Path) -> None:
    got = read_scans(
        [_written(tmp_path / "mirrored.png", np.ascontiguousarray(small_grey[:, ::-1]), DOTS / 2)], AT_ONCE
    )
    assert got.direction == "clockwise inwards: mirrored, or begun inside"
    assert [note for note in got.notes if "--mirror" in note]


def test_who_mirrors_a_straight_scan_is_told_not_to(small: Path) -> None:
    notes = read_scans([small], _with(mirror=True)).notes
    assert [note for note in notes if "leave --mirror out" in note]
    assert not [note for note in notes if "try --mirror" in note]


def test_a_resolution_that_is_told_counts_before_the_files(
    small_read: Scanned, small_grey: NDArray[Any], tmp_path: Path
) -> None:
    for number, dots in enumerate((None, 2 * DOTS)):
        path = _written(tmp_path / f"{number}.png", small_grey, dots)
        got = read_scans([path], _with(dots_per_m=DOTS / 2))
        assert len(got.flat) == len(small_read.flat)
        assert (np.abs(got.flat.lateral_m - small_read.flat.lateral_m) > 1e-7).mean() < 1e-3


@pytest.mark.parametrize(("dots", "which"), [((1.0, 1.2), "across than down"), ((1.2, 1.0), "down than across")])
def test_a_file_that_is_wrong_about_its_axes_is_not_called_oblique(
    small_grey: NDArray[Any], small_read: Scanned, tmp_path: Path, dots: tuple[float, float], which: str
) -> None:
    path = tmp_path / "odd.png"
    down, across = (DOTS / 2 * each for each in dots)
    with path.open("wb") as file:
        write.write(file, write.kind_of(".png"), small_grey, small_grey[:0], (down, across))
    with pytest.raises(FormatError, match=f"20 % more dots {which}.*--dpi"):
        read_scans([path], AT_ONCE)
    assert len(read_scans([path], _with(dots_per_m=DOTS / 2)).flat) == pytest.approx(len(small_read.flat), abs=20)


def test_a_straight_scan_is_read_with_perspective_too(small: Path, small_read: Scanned) -> None:
    got = read_scans([small], _with(perspective=True, dots_per_m=DOTS / 2))
    assert abs(len(got.flat) - len(small_read.flat)) < 0.1 * len(got.flat)
    assert got.way == "lateral"


def test_a_speed_that_nobody_tells_is_assumed_and_said(small: Path) -> None:
    got = read_scans([small], Recipe())
    assert got.speed_from == "assumed as of 10in-78"
    assert got.flat.rpm == 78
    assert [note for note in got.notes if "nothing tells the speed" in note]
    groove = got.flat.band("groove")  # a locked groove plays for ever
    assert groove is not None
    turns = groove.last * got.flat.turns_per_sample
    told = read_scans([small], Recipe(scan=ScanWish(seconds=turns * 60 / 45)))
    assert float(told.flat.rpm) == pytest.approx(45, rel=1e-3)
    assert groove.last / told.flat.rate_hz == pytest.approx(turns * 60 / 45, rel=1e-3)
    assert np.array_equal(told.flat.lateral_m, got.flat.lateral_m)
    assert told.speed_from != got.speed_from
    assert not [note for note in told.notes if "nothing tells the speed" in note]


def test_several_scans_become_one_in_the_first_ones_picture(
    small: Path, small_grey: NDArray[Any], side: tuple[Groove, Audio], tmp_path: Path, small_read: Scanned
) -> None:
    other = maker.scan(side[0], dpi=600, turned_rad=2.0, seed=3)
    both = read_scans([small, _written(tmp_path / "turned.tif", other.grey, DOTS / 2)], AT_ONCE)
    assert np.array_equal(both.grey, small_grey)
    one = measure.heard(measure.played(small_read.mended), side[1]).snr_db
    assert measure.heard(measure.played(both.mended), side[1]).snr_db > one + 1


def test_scans_of_two_sides_are_not_joined(small: Path, tmp_path: Path) -> None:
    groove, _ = cut_groove(pink_noise(2.0, 48_000, seed=8), level_m=40e-6, disc=DOLL)
    other = _written(tmp_path / "other.png", maker.scan(groove, dpi=600).grey, DOTS / 2)
    with pytest.raises(FormatError, match="scan 2 does not fit"):
        read_scans([small, other], AT_ONCE)


def test_left_and_right_are_swapped_whether_it_may_be_written_or_not() -> None:
    grey = np.random.default_rng(1).integers(0, 255, (700, 31)).astype(np.uint8)
    wanted = grey[:, ::-1].copy()
    held = grey.copy()
    held.flags.writeable = False
    assert np.array_equal(mirrored(held), wanted)
    assert np.array_equal(held, grey)
    assert mirrored(grey) is grey
    assert np.array_equal(grey, wanted)


def test_what_is_no_scan_is_refused_and_so_is_a_second_one(small: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((900, 900), 90, np.uint8)).save(blank)
    text = tmp_path / "text.tif"
    text.write_text("no picture")
    drawing = tmp_path / "disc.svg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    for sources, why in (
        ([blank], "groove"),
        ([small, blank], "groove"),
        ([text], "picture"),
        ([small, text], "picture"),
        ([drawing], r"disc\.svg: is a drawing \(svg\), and no scan; 'bonemusic play' makes sound of it"),
        ([small, drawing], r"disc\.svg: is a drawing \(svg\), and no scan of the same side"),
    ):
        with pytest.raises(FormatError, match=why) as refused:
            read_scans(sources, AT_ONCE)
        assert "\n" not in str(refused.value)


def test_a_scan_is_played(scan: Path, side: tuple[Groove, Audio], tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    report = play([scan], AT_ONCE, out)
    sound = audio.read(out)
    assert sound.rate_hz == SCAN_RATE_HZ
    assert sound.seconds == pytest.approx(report.seconds, abs=1e-3)
    assert measure.heard(sound, side[1]).snr_db > 15
    assert (report.disc, report.rpm, report.curve) == ("side.tif", 300, "riaa")
    assert report.turns == pytest.approx(report.seconds * 5, abs=1)
    assert report.clicks_mended >= 1
    assert report.confidence is not None
    assert 0.95 < report.confidence < 1


def test_a_few_turns_are_heard_at_any_rate(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    play([small], _with(regions=((2.0, 4.0), (7.0, 8.5)), rate_hz=22_050), out)
    sound = audio.read(out)
    assert sound.rate_hz == 22_050
    assert sound.seconds == pytest.approx(3.5 / 5 + 0.25, abs=0.02)
    with pytest.raises(FormatError, match="no turn"):
        play([small], _with(regions=((200.0, 201.0),)), tmp_path / "none.wav")
    assert not (tmp_path / "none.wav").exists()


def test_a_scan_is_not_written_over(scan: Path, tmp_path: Path) -> None:
    before = scan.read_bytes()
    with pytest.raises(BonemusicError):
        play([scan], dataclasses.replace(AT_ONCE, format="wav"), scan)
    assert scan.read_bytes() == before


def test_playing_stops_when_asked_and_leaves_nothing(scan: Path, tmp_path: Path) -> None:
    def stop(step: str, done: float) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        play([scan], AT_ONCE, tmp_path / "out.wav", stop)
    assert list(tmp_path.iterdir()) == []
