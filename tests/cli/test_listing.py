"""`bonemusic list`: presets in words, and all that is known of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bonemusic import presets

from .conftest import Run


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A user's machines."""
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path))

    def write(text: str) -> Path:
        path = tmp_path / "machines.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def lines(run: Run, *args: str) -> list[str]:
    result = run("list", *args)
    assert (result.code, result.said) == (0, ())
    return result.out.decode().splitlines()


def test_machines_say_what_they_are_and_take(run: Run) -> None:
    told = {line.split()[0]: line for line in lines(run, "machines")}
    assert list(told) == presets.names("machines")
    for name, words in {
        "ideal": ("0.4 µm grid", "to 12 kHz", "SVG, DXF, PDF, G-code (LinuxCNC), HP-GL, PNG, WAV"),
        "laser-1200": ("Laser cutter, 1200 dpi ", "21.17 µm grid", "to 5 kHz", "SVG, PDF, DXF"),
        "grbl-laser": ("4 µm grid", "to 5 kHz", "G-code (GRBL), SVG, DXF"),
        "cnc-rotary": ("turntable", "3.125 µm grid", "G-code (LinuxCNC)"),
        "plotter": ("Drag-knife or pen plotter", "25 µm grid", "HP-GL, SVG, DXF"),
    }.items():
        for word in words:
            assert word in told[name]
        assert len(told[name]) <= 140
    columns = {line.index(" µm grid") - len(line.split(" µm grid")[0].split()[-1]) for line in told.values()}
    assert len(columns) == 1, "grids stand below each other"


def test_a_machine_is_explained_number_by_number(run: Run) -> None:
    told = lines(run, "machines", "laser-1200-stall")
    row = presets.row("machines", "laser-1200-stall")
    assert told[0] == f"laser-1200-stall: {row['title']}"
    numbers = [line for line in told[1 : told.index("")] if line[2] != " "]
    keys = [line.split()[0] for line in numbers]
    assert set(keys) == set(row) - {"title", "source", "origin"}
    at = {line.split()[0]: told.index(line) for line in numbers}
    for key in keys:
        assert presets.meaning(key) in told[at[key]]
        if key in row["source"]:
            assert told[at[key] + 1].strip() == f"({row['source'][key]})"
    assert told[at["spacing_um"]].split()[:2] == ["spacing_um", "127"]
    assert told[at["formats"]].split()[1:4] == ["svg,", "pdf,", "dxf"]
    assert keys.index("step_um") < keys.index("spacing_um") < keys.index("file_turns") < keys.index("cut_colour")
    assert all(len(line) < 150 for line in told)


def test_the_example_of_a_card_is_a_machine(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines(run, "machines", "cnc")
    example = "\n".join(line[2:] for line in told[told.index("  [mine]") :])
    (tmp_path / "machines.toml").write_text(example, "utf-8")
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path))
    assert presets.machine("mine").kerf_m == 90e-6
    assert presets.machine("mine").dialect == "linuxcnc"


def test_true_and_false_are_spelt_as_in_the_file(run: Run) -> None:
    assert any(line.split()[:2] == ["stereo", "true"] for line in lines(run, "machines", "lathe"))


def test_a_machine_that_makes_no_sense_hides_no_other(run: Run, own: Callable[[str], Path]) -> None:
    path = own('[bad]\nlike = "cnc"\nstep_um = -1\n[good]\nlike = "cnc"\ntitle = "Good"\n')
    told = lines(run, "machines")
    assert [line.split()[0] for line in told] == presets.names("machines")
    assert f"cannot be used: {path}: [bad] step_um makes no sense (it must be more than zero)" in told[-2]
    assert "Good" in told[-1]
    assert told[-1].index("3.125 µm grid") < 100
    assert any(line.split()[:2] == ["step_um", "-1"] for line in lines(run, "machines", "bad"))


def test_json_is_the_file_as_it_stands(run: Run) -> None:
    for name in presets.names("machines"):
        result = run("list", "machines", name, "--json")
        assert json.loads(result.out) == {"kind": "machines", "presets": {name: dict(presets.row("machines", name))}}


def test_other_kinds_show_number_and_source_in_a_line(run: Run) -> None:
    told = lines(run, "discs", "10in-78")
    assert told[0].startswith("10in-78: 10 inch bone record")
    (hole,) = [line for line in told if line.split()[0] == "hole_diameter_mm"]
    assert hole.split()[1] == "7.24"
    assert "IEC 60098" in hole
