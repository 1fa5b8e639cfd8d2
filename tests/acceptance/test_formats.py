"""Every format cut and played by the command, held against the song; and discs of other tools."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from . import foreign
from .inside import compared, inside, start_of
from .outsider import bonemusic

FORMATS = ("svg", "dxf", "pdf", "gcode", "hpgl")
OF_MACHINES = (
    ("laser-1200", "pdf"), ("laser-1200", "dxf"), ("laser-600", "pdf"), ("laser-600", "dxf"),
    ("laser-1200-stall", "pdf"), ("laser-1200-stall", "dxf"), ("grbl-laser", "gcode"), ("grbl-laser", "dxf"),
    ("marlin-laser", "gcode"), ("cnc", "gcode"), ("cnc", "dxf"), ("plotter", "hpgl"), ("plotter", "dxf"),
    ("lathe", "dxf"), ("lathe", "pdf"),
)  # fmt: skip
SMALL = """
[small]
like = "ideal"
title = "No limits but small files"
file_mb = 1
[small.source]
file_mb = "assumed: for a test"
"""


@pytest.fixture(scope="module")
def song(minstrels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of real music."""
    return start_of(minstrels, tmp_path_factory.mktemp("song") / "song.wav", 20.0)


@pytest.fixture(scope="module")
def short(minstrels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5 s of real music."""
    return start_of(minstrels, tmp_path_factory.mktemp("song") / "short.wav", 5.0)


def heard_of(*sources: object, out: Path) -> np.ndarray:
    """What `play` makes of a disc, at its own level."""
    inside("play", *sources, "-o", out)
    sound: np.ndarray = soundfile.read(out)[0]
    return sound


def difference_db(sound: np.ndarray, known: np.ndarray) -> float:
    """How far a sound is from a known one, against that one; without the groove's two ends, where filters begin."""
    assert abs(len(sound) - len(known)) <= 2
    n, edge = min(len(sound), len(known)), 5000
    off, held = sound[edge : n - edge] - known[edge : n - edge], known[edge : n - edge]
    return float(10 * np.log10(np.mean(off**2) / np.mean(held**2) + 1e-20))


# Ours, in every format

Told = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def told(shared: Path, song: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What is heard of the song on a machine and in a format, against the song; each is cut once."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    folder = tmp_path_factory.mktemp("discs")

    def of(machine: str, name: str) -> dict[str, Any]:
        if (machine, name) not in held:
            disc = ("--disc", "7in-78") if machine == "marlin-laser" else ()
            cut = bonemusic("cut", song, "-o", folder / f"{machine}.{name}", "--machine", machine, *disc)
            bonemusic("play", *cut["files"], "-o", folder / "heard.wav")
            held[machine, name] = {**compared(shared, folder / "heard.wav", song), "claimed": cut["predicted_snr_db"]}
            for file in cut["files"]:
                Path(file).unlink()
        return held[machine, name]

    return of


def as_good_as_the_svg(told: Told, machine: str, name: str) -> None:
    heard, known = told(machine, name), told(machine, "svg")
    assert heard["complete"]
    assert heard["polarity"] == 1
    assert abs(heard["speed_error_ppm"]) < 2
    assert heard["snr_db"] == pytest.approx(known["snr_db"], abs=1)


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_sounds_as_the_svg_does(told: Told, name: str) -> None:
    as_good_as_the_svg(told, "ideal", name)
    assert told("ideal", name)["snr_db"] >= 50


def test_a_turntable_axis_sounds_as_good_as_it_claims(told: Told) -> None:
    """Its grid is another one than that of a machine in x and y, so there is no SVG of the same."""
    heard = told("cnc-rotary", "gcode")
    assert heard["complete"]
    assert heard["polarity"] == 1
    assert abs(heard["speed_error_ppm"]) < 2
    assert heard["snr_db"] == pytest.approx(heard["claimed"], abs=1)


@pytest.mark.slow
@pytest.mark.parametrize(("machine", "name"), OF_MACHINES)
def test_each_machines_formats_sound_as_its_svg_does(told: Told, machine: str, name: str) -> None:
    as_good_as_the_svg(told, machine, name)


# In parts


def plays_in_parts(shared: Path, song: Path, folder: Path, machine: str, name: str, known_db: float | None) -> Any:
    """Parts are heard alike as a folder and as a list in any order, and as good as the whole; what was cut.

    `known_db` is what the whole gives; None takes what is claimed.
    """
    made = inside("cut", song, "-o", folder / f"d.{name}", "--machine", machine)
    assert len(made["files"]) >= 2
    sound = heard_of(folder, out=folder / "heard.wav")
    np.testing.assert_array_equal(heard_of(*made["files"][::-1], out=folder / "list.wav"), sound)
    heard = compared(shared, folder / "heard.wav", song)
    assert heard["complete"]
    assert heard["snr_db"] == pytest.approx(known_db or made["predicted_snr_db"], abs=1)
    return made


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A machine of the user's own that takes files of 1 MB."""
    folder = tmp_path_factory.mktemp("presets")
    (folder / "machines.toml").write_text(SMALL)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(folder))
    return "small"


FIRST, OTHERS = ("svg", "gcode"), ("dxf", "pdf", "hpgl")


@pytest.mark.parametrize("name", [*FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_files_of_1_mb_are_heard_as_one_disc(
    shared: Path, song: Path, told: Told, small: str, tmp_path: Path, name: str
) -> None:
    made = plays_in_parts(shared, song, tmp_path, small, name, told("ideal", "svg")["snr_db"])
    assert max(Path(file).stat().st_size for file in made["files"]) <= 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["svg", "pdf", "dxf"])
def test_files_of_20_turns_are_heard_as_one_disc(shared: Path, song: Path, tmp_path: Path, name: str) -> None:
    made = plays_in_parts(shared, song, tmp_path, "laser-1200-stall", name, None)
    assert len(made["files"]) == -(-made["turns"] // 20)


# Without metadata


def _bare_svg(data: bytes) -> bytes:
    data = re.sub(rb'\s(data-\w+|id|inkscape:\w+)="[^"]*"', b"", data)
    return re.sub(rb"<title>.*?</title>", b"", data)


def _bare_dxf(data: bytes) -> bytes:
    while data.lstrip().startswith(b"999"):
        data = data.split(b"\n", 2)[2]
    return data


def _bare_pdf(data: bytes) -> bytes:
    """Nothing moves: where a PDF's objects begin is counted in bytes."""
    data = re.sub(rb"/Title \([^)]*\) /BonemusicCurve \([^)]*\) /BonemusicRpm \([^)]*\)", _blank, data)
    return re.sub(rb"/Info \d+ 0 R", _blank, data)


def _bare_gcode(data: bytes) -> bytes:
    return re.sub(rb"^;.*\n", b"", data, flags=re.MULTILINE)


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


BARE = {"svg": _bare_svg, "dxf": _bare_dxf, "pdf": _bare_pdf, "gcode": _bare_gcode}
"""HP-GL holds nothing but moves."""


@pytest.mark.parametrize("name", BARE)
def test_without_metadata_it_is_heard_alike(short: Path, tmp_path: Path, name: str) -> None:
    disc, bare = tmp_path / f"d.{name}", tmp_path / f"bare.{name}"
    inside("cut", short, "-o", disc, "--disc", "7in-45", "--curve", "nab")
    told_rpm = inside("play", disc, "-o", tmp_path / "known.wav")
    data = BARE[name](disc.read_bytes())
    assert b"nab" not in data
    bare.write_bytes(data)
    said = inside("play", bare, "-o", tmp_path / "bare.wav", "--rpm", "45", "--curve", "nab")
    assert (said["rpm"], said["curve"]) == (told_rpm["rpm"], told_rpm["curve"]) == (45, "nab")
    np.testing.assert_array_equal(*(soundfile.read(tmp_path / f"{each}.wav")[0] for each in ("bare", "known")))


# Discs drawn by other tools


@pytest.fixture(scope="module")
def drawn(short: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """The points of a disc of ours, (n, 2), mm, y up, and what is heard of it."""
    folder = tmp_path_factory.mktemp("ours")
    inside("cut", short, "-o", folder / "d.svg", "--machine", "cnc", "--disc", "7in-78")
    return foreign.points_of(folder / "d.svg"), heard_of(folder / "d.svg", out=folder / "d.wav")


@pytest.fixture(scope="module")
def smooth(short: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The points of a disc on the finest grid, where arcs through three of them are the groove's own bends."""
    disc = tmp_path_factory.mktemp("smooth") / "d.svg"
    inside("cut", short, "-o", disc, "--machine", "lathe", "--disc", "7in-78")
    return foreign.points_of(disc)


@pytest.mark.parametrize("way", foreign.LINES)
def test_another_tools_disc_is_heard_alike(drawn: tuple[np.ndarray, np.ndarray], tmp_path: Path, way: str) -> None:
    points, known = drawn
    suffix, write = foreign.LINES[way]
    disc = tmp_path / f"foreign.{suffix}"
    disc.write_bytes(write(points))
    assert difference_db(heard_of(disc, out=tmp_path / "heard.wav"), known) < -50


@pytest.mark.parametrize("way", foreign.ARCS)
def test_another_tools_arcs_are_heard_as_arcs(
    shared: Path, smooth: np.ndarray, short: Path, tmp_path: Path, way: str
) -> None:
    """Half as many arcs as there were lines leave 48.5 dB; half as many lines would leave 37."""
    suffix, write = foreign.ARCS[way]
    disc = tmp_path / f"foreign.{suffix}"
    disc.write_bytes(write(smooth))
    inside("play", disc, "-o", tmp_path / "heard.wav")
    heard = compared(shared, tmp_path / "heard.wav", short)
    assert heard["complete"]
    assert heard["polarity"] == 1
    assert heard["snr_db"] >= 45
