"""The machines: their limits as their makers and owners have it, and a user's senseless machine refused in one line."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from bonemusic import presets
from bonemusic.errors import PresetError
from bonemusic.presets import Machine
from bonemusic.presets.sense import FORMATS

INCH = 25.4e-3
LASERS = ("laser-1200", "laser-600", "laser-1200-stall")
G_CODE = {"ideal": "linuxcnc", "grbl-laser": "grbl", "marlin-laser": "marlin", "cnc": "linuxcnc",
          "cnc-rotary": "linuxcnc"}  # fmt: skip
REAL = (*LASERS, "grbl-laser", "marlin-laser", "cnc", "cnc-rotary", "plotter")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A user's folder, empty until machines are written to it."""
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path))

    def write(text: str) -> Path:
        path = tmp_path / "machines.toml"
        path.write_text(text, "utf-8")
        return path

    return write


# --- what is there ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REAL)
def test_a_real_machine_names_its_limits(name: str) -> None:
    made = presets.machine(name)
    for limit in ("lines_per_s", "speed_m_s", "travel_m_s", "acceleration_m_s2", "corner_m", "bed_width_m",
                  "bed_height_m", "groove_speed_m_s", "cut_speed_m_s"):  # fmt: skip
        assert getattr(made, limit) > 0, limit
    assert made.finest_step_m == made.step_m
    assert made.bandwidth_hz < made.points_per_s / 2
    assert made.cut_speed_m_s is not None
    assert made.groove_speed_m_s is not None
    assert made.speed_m_s is not None
    assert made.cut_speed_m_s < made.groove_speed_m_s <= made.speed_m_s
    assert len({made.cut_colour, made.groove_colour, made.label_colour}) == 3


@pytest.mark.parametrize("name", REAL)
def test_a_beam_a_tip_or_a_bit(name: str) -> None:
    made = presets.machine(name)
    beam = "laser" in name
    assert (made.groove_power is not None) == (made.cut_power is not None) == beam
    assert (made.pass_depth_m is not None) == name.startswith("cnc")
    assert (made.kerf_m is None) == name.startswith("cnc")  # a V is as wide as it is deep
    if beam:
        assert made.groove_power is not None
        assert made.cut_power is not None
        assert made.groove_power < made.cut_power <= 1


def test_lasers_have_the_numbers_of_the_design() -> None:
    fine, coarse, stall = map(presets.machine, LASERS)
    assert fine.step_m == pytest.approx(INCH / 1200, rel=1e-8)
    assert coarse.step_m == pytest.approx(INCH / 600, rel=1e-8)
    assert fine.stroke_m == pytest.approx(1e-3 * INCH)
    assert (fine.spacing_m, fine.file_turns) == (0, None)
    assert fine.file_bytes is not None
    assert fine.file_bytes < 9_000_000  # an SVG of 9 MB was refused
    same = {"name": "", "title": "", "spacing_m": 0.0, "file_turns": None, "lines_per_s": None}
    assert dataclasses.replace(stall, **same) == dataclasses.replace(fine, **same)
    assert (stall.spacing_m, stall.file_turns) == (127e-6, 20)
    assert stall.spacing_m == pytest.approx(6 * INCH / 1200)
    for laser in (fine, coarse, stall):
        assert laser.formats == ("svg", "pdf", "dxf")
        assert (laser.bed_width_m, laser.bed_height_m) == (0.61, 0.305)


def test_controllers_have_the_numbers_of_their_makers() -> None:
    grbl, marlin = presets.machine("grbl-laser"), presets.machine("marlin-laser")
    assert (1e-3 / grbl.step_m, 1e-3 / marlin.step_m) == pytest.approx((250, 80))
    assert grbl.lines_per_s is not None
    assert 400 <= grbl.lines_per_s <= 500
    assert (grbl.corner_m, marlin.corner_m) == pytest.approx((10e-6, 13e-6))
    assert (grbl.full_power, marlin.full_power) == (1000, 255)
    assert marlin.acceleration_m_s2 == 3.0
    assert presets.machine("plotter").step_m == pytest.approx(INCH / 1016)
    assert presets.machine("plotter").formats[0] == "hpgl"


def test_the_turntable_is_as_fine_as_the_screw() -> None:
    rotary = presets.machine("cnc-rotary")
    assert rotary.turn_steps == 90 * 200 * 16
    assert isinstance(rotary.turn_steps, int)
    assert 2 * math.pi * 0.125 / rotary.turn_steps < rotary.step_m
    assert [name for name in presets.names("machines") if presets.machine(name).turn_steps] == ["cnc-rotary"]


def test_g_code_and_its_dialects() -> None:
    machines = {name: presets.machine(name) for name in presets.names("machines")}
    assert {name: m.dialect for name, m in machines.items() if "gcode" in m.formats} == G_CODE
    assert set(machines["ideal"].formats) == set(FORMATS)
    assert {m.formats[0] for m in machines.values()} == {"svg", "gcode", "hpgl", "lathe"}


def test_ideal_and_lathe_have_no_limits() -> None:
    for name in ("ideal", "lathe"):
        made = presets.machine(name)
        for limit in ("lines_per_s", "speed_m_s", "acceleration_m_s2", "path_points", "file_turns", "file_points",
                      "file_bytes", "bed_width_m", "bed_height_m", "kerf_m", "stroke_m"):  # fmt: skip
            assert getattr(made, limit) is None, limit


def test_every_number_is_explained() -> None:
    fields = {field.name for field in dataclasses.fields(Machine)} - {"name", "title"}
    assert {field for field in fields if not presets.meaning(field)} == set()
    told = [presets.meaning(field) for field in fields]
    assert len(set(told)) == len(told)
    assert (presets.meaning("kerf_um"), presets.meaning("kerf_mm")) == (presets.meaning("kerf_m"),) * 2
    assert presets.meaning("title") == presets.meaning("kerfs_um") == ""


def test_keys_are_told_in_one_order() -> None:
    assert presets.in_order(["x", "bed_width_mm", "kerf_um", "step_mm"]) == ["step_mm", "kerf_um", "bed_width_mm", "x"]


# --- a user's own ----------------------------------------------------------------------------------------------------


def mine(own: Callable[[str], Path], lines: str, like: str = "grbl-laser") -> Machine:
    """The user's machine of those lines; files are read once, so ask once in a test."""
    own(f'[mine]\nlike = "{like}"\n{lines}\n')
    return presets.machine("mine")


def test_units_of_keys(own: Callable[[str], Path]) -> None:
    made = mine(own, "file_mb = 1.5\nacceleration_m_s2 = 2\nspeed_cm_s = 30\nkerf_mm = 0.2\ncut_power = 0.5")
    assert made.file_bytes == 1_500_000
    assert isinstance(made.file_bytes, int)
    assert (made.acceleration_m_s2, made.speed_m_s, made.kerf_m, made.cut_power) == (2, 0.3, 2e-4, 0.5)


def test_whole_numbers(own: Callable[[str], Path]) -> None:
    made = mine(own, "file_bytes = 12345\npath_points = 1e4\nfile_turns = 2.5")
    assert (made.file_bytes, made.path_points, made.file_turns) == (12_345, 10_000, 2.5)
    assert (type(made.file_bytes), type(made.path_points)) == (int, int)


def test_a_list_of_formats_takes_the_place_of_ours(own: Callable[[str], Path]) -> None:
    assert mine(own, 'formats = ["hpgl", "png"]\ndialect = "marlin"').formats == ("hpgl", "png")


def test_a_machine_of_few_words(own: Callable[[str], Path]) -> None:
    own('[mine]\ntitle = "Mine"\nstep_um = 50\nfinest_step_um = 50\npoints_per_s = 9000\nbandwidth_hz = 4000\n'
        'tool = "round"\n')  # fmt: skip
    made = presets.machine("mine")
    assert made == Machine("mine", "Mine", 5e-5, 5e-5, 9000, 4000, "round")
    assert made.formats == ("svg",)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("step_um = 0", "step_um makes no sense (it must be more than zero)"),
        ("bed_width_mm = 0", "bed_width_mm makes no sense (it must be more than zero)"),
        ("bed_height_mm = -300", "more than zero"), ("bed_width_mm = nan", "nothing is of that size"),
        ("bed_width_mm = inf", "nothing is of that size"),
        ("acceleration_mm_s2 = -500", "acceleration_mm_s2 makes no sense (it must be more than zero)"),
        ("acceleration_mm_s2 = 0", "more than zero"), ("lines_per_s = 0", "more than zero"),
        ("speed_mm_s = 1e300", "nothing is of that size"), ("corner_um = 0", "more than zero"),
        ("spacing_um = -1", "spacing_um makes no sense (it cannot be negative)"), ("kerf_um = 0", "more than zero"),
        ("groove_power_percent = 101", "groove_power_percent makes no sense (it cannot be more than 100 %)"),
        ("cut_power_percent = 0", "more than zero"), ("cut_power = 1.01", "cannot be more than 100 %"),
        ("full_power = 0", "more than zero"), ("file_mb = 0.009", "a file needs 10 kB and more"),
        ("file_mb = -1", "more than zero"), ("file_turns = 0.001", "a hundredth of a turn and more"),
        ("file_points = 1", "two points and more"), ("path_points = 1", "500 points and more"),
        ("path_points = 1000.5", "path_points must be a whole number"),
        ("file_bytes = 20000.25", "must be a whole number"), ("turn_steps = 99", "a turn has 100 steps and more"),
        ("turn_steps = 3600.5", "must be a whole number"), ('lines_per_s = "450"', "must be a number"),
        ("path_points = true", "must be a number"),
        ("step_um = 500_000\nfinest_step_um = 4", "step_um must be at most bed_width_mm"),
        ("finest_step_um = 4.5", "finest_step_um must be at most step_um"),
        ("bed_width_mm = 0.003", "step_um must be at most bed_width_mm"),
        ("spacing_um = 500_000", "spacing_um must be at most bed_width_mm"),
        ("kerf_mm = 2\nbed_width_mm = 1", "kerf_mm must be at most bed_width_mm"), ("kerf_mm = 500", "makes no sense"),
        ("groove_speed_mm_s = 200", "groove_speed_mm_s must be at most speed_mm_s"),
        ("cut_speed_mm_s = 200", "cut_speed_mm_s must be at most speed_mm_s"),
        ("bandwidth_hz = 6001", "bandwidth_hz must be at most half of points_per_s"),
        ('formats = ["svg", "dwg"]', "'dwg' is no format; known are svg, dxf, pdf, gcode, hpgl, png, lathe"),
        ("formats = []", "formats: is empty"), ('formats = "svg"', 'formats must be a list of texts, as in ["svg"'),
        ("formats = [1]", "must be a list of texts"), ('formats = ["SVG"]', "'SVG' is no format"),
        ('dialect = "fanuc"', "dialect must be one of 'grbl', 'marlin', 'linuxcnc'"),
        ("dialect = 1", "dialect must be one of"), ("dialect = []", "dialect must be one of"),
        ('groove_colour = "black"', "groove_colour 'black' is no colour; write it like"),
        ('cut_colour = "#ff00"', "is no colour"), ('label_colour = "#ff00ag"', "is no colour"),
        ('cut_colour = "#ff0000\\n"', "is no colour"), ("cut_colour = 0xff0000", "must be text"),
        ("turn_steps = 36000", "turns a table (turn_steps), which only gcode of linuxcnc or marlin can"),
        ('turn_steps = 36000\nformats = ["gcode"]', "which only gcode of linuxcnc or marlin can"),
        ('turn_steps = 36000\nformats = ["svg"]\ndialect = "linuxcnc"', 'write formats = ["gcode"]'),
        ("file_mib = 5", "did you mean"),
    ],
)  # fmt: skip
def test_senseless_machines_are_refused(own: Callable[[str], Path], line: str, hint: str) -> None:
    with pytest.raises(PresetError) as caught:
        mine(own, line)
    message = str(caught.value)
    assert message.isprintable()
    assert "machines.toml: [mine] " in message
    assert hint in message


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ('formats = ["gcode"]', "lacks a dialect; add dialect = "),
        ('formats = ["svg", "gcode"]\ndialect = "grbl"', "lacks a speed; add groove_speed_mm_s"),
        ('formats = ["gcode"]\ndialect = "grbl"\nspeed_mm_s = 9\ngroove_power_percent = 5', "lacks full_power"),
    ],
)
def test_g_code_needs_a_dialect_a_speed_and_full_power(own: Callable[[str], Path], lines: str, hint: str) -> None:
    with pytest.raises(PresetError, match=hint):
        mine(own, lines, like="lathe")


def test_g_code_of_few_words(own: Callable[[str], Path]) -> None:
    assert mine(own, 'formats = ["gcode"]\ndialect = "grbl"\nspeed_mm_s = 9', like="lathe").speed_m_s == 9e-3
