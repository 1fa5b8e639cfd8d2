"""Every machine as it is bought: what is claimed of time, size, sound and land; and what it cannot do, in one line."""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
import soundfile

from bonemusic import presets

from . import foreign
from .inside import inside, refused, start_of
from .outsider import refplay

MACHINES = (
    "ideal", "laser-1200", "laser-600", "laser-1200-stall", "grbl-laser", "marlin-laser", "cnc", "cnc-rotary",
    "plotter", "lathe",
)  # fmt: skip
FIRST = ("ideal", "laser-1200", "grbl-laser", "cnc-rotary")
ALL = [each if each in FIRST else pytest.param(each, marks=pytest.mark.slow) for each in MACHINES]
DRAWINGS = {"svg": "svg", "dxf": "dxf", "pdf": "pdf", "gcode": "gcode", "hpgl": "plt"}


def test_no_machine_is_left_out() -> None:
    assert sorted(presets.names("machines")) == sorted(MACHINES)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No machines of the person who runs the tests."""
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path / "no-presets"))


# What is claimed


@dataclass(frozen=True)
class Made:
    """A song cut for a machine: as its first format of lines, and as SVG; and what `check` told before."""

    machine: presets.Machine
    disc: presets.Disc
    own: dict[str, Any]
    svg: dict[str, Any]
    side: dict[str, Any]


@pytest.fixture(scope="module")
def song(minstrels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 s of real music."""
    return start_of(minstrels, tmp_path_factory.mktemp("song") / "song.wav", 10.0)


@pytest.fixture(scope="module", params=ALL)
def made(request: pytest.FixtureRequest, song: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    machine, folder = presets.machine(request.param), tmp_path_factory.mktemp("cut")
    disc = "7in-78" if request.param == "marlin-laser" else "10in-78"
    words = (song, "--machine", machine.name, "--disc", disc, "--pitch", "variable")
    name = next(each for each in machine.formats if each in DRAWINGS)
    own = inside("cut", *words, "-o", folder / f"own.{DRAWINGS[name]}")
    svg = own if name == "svg" else inside("cut", *words, "-o", folder / "xy.svg")
    (side,) = inside("check", *words)["sides"]
    return Made(machine, presets.disc(disc), own, svg, side)


def test_files_and_bytes_are_those_on_the_disk(made: Made) -> None:
    for report in (made.own, made.svg):
        sizes = [Path(file).stat().st_size for file in report["files"]]
        assert sum(sizes) == report["bytes"]
        assert max(sizes) <= (made.machine.file_bytes or math.inf)
        assert len(sizes) >= report["turns"] / (made.machine.file_turns or math.inf)


def test_machine_seconds_are_no_less_than_the_way_takes(made: Made) -> None:
    """The way at the speed for grooves, the lines at the controller's rate, hole and outline at theirs; and braking at
    corners, which costs some times as much on a coarse grid, where all is corners."""
    machine, seconds = made.machine, made.own["machine_seconds"]
    if machine.name in ("ideal", "lathe"):
        assert seconds is None
        return
    assert machine.groove_speed_m_s is not None
    assert machine.lines_per_s is not None
    cut_m_s = machine.cut_speed_m_s or machine.groove_speed_m_s
    around_s = math.pi * (made.disc.diameter_m + made.disc.hole_diameter_m) / cut_m_s
    if machine.pass_depth_m:
        around_s *= math.ceil(presets.sheet(made.disc.sheet).thickness_m / machine.pass_depth_m)
    mean_m = (made.own["outer_radius_mm"] + made.own["inner_radius_mm"]) / 2e3
    way_s = made.own["turns"] * 2 * math.pi * mean_m / machine.groove_speed_m_s
    lines_s = made.svg["points"] / machine.lines_per_s
    least = 0.9 * max(way_s, lines_s) + around_s
    assert least <= seconds <= 6 * least


def test_check_tells_the_same_time_and_size(made: Made) -> None:
    told = made.side["machining"]
    if made.machine.stereo:
        assert told is None
        return
    if made.own["machine_seconds"] is None:
        assert told["seconds"] is None
    else:
        assert told["seconds"] == pytest.approx(made.own["machine_seconds"], rel=0.05)
    assert told["bytes"] == pytest.approx(made.own["bytes"], rel=0.1)
    assert told["points"] == pytest.approx(made.own["points"], rel=0.1)
    assert told["files"] == len(made.own["files"])


def test_the_independent_player_hears_and_measures_what_is_claimed(
    shared: Path, song: Path, made: Made, tmp_path: Path
) -> None:
    heard = refplay(shared, _in_one(made.svg["files"], tmp_path / "whole.svg"), "78", song)
    assert heard["complete"]
    assert heard["counterclockwise_inward"]
    assert heard["drawn_from_the_outside"]
    assert heard["polarity"] == 1
    assert heard["snr_db"] == pytest.approx(made.svg["predicted_snr_db"], abs=1)
    assert heard["points"] == pytest.approx(made.svg["points"] + 1, abs=len(made.svg["files"]) + 1)
    width_m = max(made.disc.groove_width_m, made.machine.kerf_m or 0.0)
    assert heard["closest_turns_um"] >= (width_m + made.disc.land_m) * 1e6 - 0.05  # told in tenths
    if made.machine.spacing_m:
        assert heard["step_um"]["median"] >= made.machine.spacing_m * 1e6 - 0.01


def _in_one(files: list[str], out: Path) -> Path:
    """The groove of all parts in the last one's drawing."""
    grooves = ["".join(re.findall(r"<path [^>]*>", Path(file).read_text())) for file in files]
    last = Path(files[-1]).read_text()
    out.write_text(last.replace(grooves[-1].split("><")[0], "".join(grooves[:-1]) + grooves[-1].split("><")[0], 1))
    return out


# What a machine cannot do


def _mine(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """A machine of the user's own."""
    folder.mkdir(exist_ok=True)
    (folder / "machines.toml").write_text(text)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(folder))


def _like_cnc(key: str, value: str) -> str:
    return f'[mine]\nlike = "cnc"\ntitle = "Mine"\n{key} = {value}\n[mine.source]\n{key} = "assumed: for a test"\n'


def test_a_bed_that_is_too_small_names_discs_that_fit(song: Path, tmp_path: Path) -> None:
    line = refused("cut", song, "-o", tmp_path / "d.gcode", "--machine", "marlin-laser")
    assert "bed" in line
    assert "7in-78" in line
    assert not (tmp_path / "d.gcode").exists()


def test_a_grid_too_coarse_for_any_sound_tells_what_is_left(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _like_cnc("step_um", "1000").replace("\n[mine.s", "\nfinest_step_um = 1000\n[mine.s")
    _mine(monkeypatch, tmp_path / "mine", rows + 'finest_step_um = "assumed: for a test"\n')
    line = refused("cut", song, "-o", tmp_path / "d.svg", "--machine", "mine", "--end", "3")
    assert re.search(r"leaves -\d+ dB between sound and noise", line)
    assert "finer machine" in line
    assert not (tmp_path / "d.svg").exists()


SENSELESS = {
    "step_um": ("-1", "0", '"wide"', "1e-30", "nan"), "points_per_s": ("0", "1e12"), "bandwidth_hz": ("0",),
    "file_turns": ("0",), "file_mb": ("-3",), "bed_width_mm": ("inf",), "groove_power_percent": ("300",),
    "turn_steps": ("2", "true"), "spacing_um": ("1e9",), "dialect": ('"klingon"',), "formats": ('["exe"]', '"svg"'),
    "lines_per_second": ("100",), "kerf_um": ("[1]",),
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in SENSELESS.items() for value in values])
def test_senseless_numbers_of_ones_own_are_named(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    _mine(monkeypatch, tmp_path / "mine", _like_cnc(key, value))
    line = refused("cut", song, "-o", tmp_path / "d.svg", "--machine", "mine")
    assert "[mine]" in line
    assert key in line or value.strip('[]"') in line
    assert "machines.toml" in line
    assert not (tmp_path / "d.svg").exists()


def test_what_a_machine_lacks_is_named(song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _mine(monkeypatch, tmp_path / "mine", '[mine]\ntitle = "Mine"\nstep_um = 4\n')
    line = refused("cut", song, "-o", tmp_path / "d.svg", "--machine", "mine")
    assert "lacks" in line
    assert "like" in line


# Drawings that are no disc, or hard to read


@pytest.fixture(scope="module")
def points(song: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """A small disc's points, (n, 2), mm."""
    disc = tmp_path_factory.mktemp("points") / "d.svg"
    inside("cut", song, "-o", disc, "--disc", "card-5in-78", "--machine", "cnc", "--end", "3")
    return foreign.points_of(disc)


def test_gcode_with_words_that_nobody_knows_is_read(points: np.ndarray, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain.nc", tmp_path / "odd.nc"
    text = foreign.gcode_in_inches(points).decode()
    plain.write_text(text)
    head, body = text.split("\nN5 ", 1)
    odd.write_text(
        f"{head}\n(A record, by nobody)\nG54 G17 G64 P0.01 ; the usual\nT1 M6\nG43 H1\nM8\nM117 Cutting...\nG999\n"
        f"n5   {body}"
    )
    inside("play", plain, "-o", tmp_path / "plain.wav")
    inside("play", odd, "-o", tmp_path / "odd.wav")
    np.testing.assert_array_equal(*(soundfile.read(tmp_path / f"{each}.wav")[0] for each in ("plain", "odd")))


def _spline(points: np.ndarray) -> bytes:
    """A groove of curves through control points, and no line."""
    rows = points[::50]
    knots = "".join(f"40\n{k}.0\n" for k in range(len(rows) + 4))
    body = "0\nSPLINE\n8\n0\n100\nAcDbSpline\n70\n8\n71\n3\n"
    body += f"72\n{len(rows) + 4}\n73\n{len(rows)}\n74\n0\n{knots}"
    body += "".join(f"10\n{x:.4f}\n20\n{y:.4f}\n30\n0.0\n" for x, y in rows.tolist())
    return f"0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n".encode()


def _pdf(content: bytes, **entries: Any) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(400, 400))
    page.Contents = pikepdf.Stream(pdf, content, **entries)
    return pdf


def _bomb() -> bytes:
    """300 MB of blanks in less than 1 MB."""
    packer = zlib.compressobj(9)
    blanks = b" " * 1_000_000
    return b"".join([*(packer.compress(blanks) for _ in range(300)), packer.flush()])


def test_splines_are_named(points: np.ndarray, tmp_path: Path) -> None:
    disc = tmp_path / "d.dxf"
    disc.write_bytes(_spline(points))
    line = refused("play", disc, "-o", tmp_path / "heard.wav")
    assert "spline" in line.lower() or "curves" in line
    assert "polyline" in line


PDFS = {
    "no path": (lambda: _pdf(b"BT (a song) Tj ET"), {}, "no path"),
    "encrypted": (lambda: _pdf(b"1 1 m 2 2 l S"), {"encryption": pikepdf.Encryption(owner="x", user="y")}, "password"),
    "bomb": (lambda: _pdf(_bomb(), Filter=pikepdf.Name.FlateDecode), {"compress_streams": False}, "without end"),
}


@pytest.mark.parametrize("name", PDFS)
def test_pdfs_that_are_no_disc_are_refused(tmp_path: Path, name: str) -> None:
    make, how, words = PDFS[name]
    disc, out = tmp_path / "d.pdf", tmp_path / "heard.wav"
    with make() as pdf:
        pdf.save(disc, **how)
    assert words in refused("play", disc, "-o", out)
    assert not out.exists()
