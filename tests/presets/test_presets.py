"""The presets: every number is there, sourced, as the standards have it; a user's rows laid over; clear refusals."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bonemusic import presets
from bonemusic.errors import BonemusicError, PresetError

READERS: dict[str, Callable[[str], Any]] = {
    "discs": presets.disc, "curves": presets.curve, "machines": presets.machine, "styli": presets.stylus,
    "sheets": presets.sheet, "turntables": presets.turntable,
}  # fmt: skip


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str | bytes], Path]:
    """A user's folder of presets of this test's own, empty until it is written to."""
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path))

    def write(kind: str, text: str | bytes) -> Path:
        path = tmp_path / f"{kind}.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def every() -> list[tuple[str, str]]:
    """Kind and name of each preset that comes with the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BONEMUSIC_PRESETS", os.devnull)
        return [(kind, name) for kind in presets.KINDS for name in presets.names(kind)]


EVERY = every()
DISCS = [name for kind, name in EVERY if kind == "discs"]
each_preset = pytest.mark.parametrize(("kind", "name"), EVERY)


def refusal(read: Callable[[str], Any], name: str) -> str:
    with pytest.raises(PresetError) as caught:
        read(name)
    message = str(caught.value)
    assert message.isprintable()
    return message


# --- what is there -----------------------------------------------------------------------------------------------


def test_the_presets_that_the_design_names_are_there() -> None:
    assert presets.names("discs") == [
        "12in-33", "12in-45", "10in-33", "10in-78", "10in-78-coarse", "8in-78", "7in-33", "7in-45", "7in-78",
        "flexi-7in-33", "flexi-7in-33-square", "flexi-8in-33", "flexi-8in-33-square", "card-5in-78", "cereal-7in-33",
    ]  # fmt: skip
    assert {
        "riaa", "aes", "decca-ffrr", "ffrr-lp", "columbia-lp", "nab", "ccir", "bsi", "brunswick", "flat", "acoustic",
    } <= set(presets.names("curves"))  # fmt: skip
    assert presets.names("machines") == [
        "ideal", "laser-1200", "laser-600", "laser-1200-stall", "grbl-laser", "marlin-laser", "cnc", "cnc-rotary",
        "plotter", "lathe",
    ]  # fmt: skip
    assert presets.names("styli") == ["lp-18", "lp-mono-25", "elliptical-8", "78-65", "78-76"]
    assert presets.names("sheets") == ["x-ray-film", "x-ray-film-thick", "lacquer", "vinyl", "flexi", "card"]
    assert presets.names("turntables") == ["ideal", "club", "portable"]


@each_preset
def test_every_preset_loads(kind: str, name: str) -> None:
    made: Any = READERS[kind](name)
    assert made.name == name
    assert made.title
    assert made.title.isprintable()
    for value in dataclasses.astuple(made):
        assert not isinstance(value, float) or math.isfinite(value)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.title = "other"
    assert type(made) is presets.KINDS[kind]


@each_preset
def test_every_number_has_its_source(kind: str, name: str) -> None:
    row = presets.row(kind, name)
    numbers = [key for key, value in row.items() if isinstance(value, int | float) or key == "rpm"]
    for key in numbers:
        source = row["source"].get(key, "")
        assert source.strip(), f"{key} has no source"
        if source.startswith("assumed"):
            assert source.startswith("assumed: "), f"{key} is assumed without saying why"
            assert len(source) > len("assumed: because"), key
    assert set(row["source"]) <= set(numbers), "a source without its number"


@each_preset
def test_titles_tell_presets_apart(kind: str, name: str) -> None:
    title = presets.row(kind, name)["title"]
    assert [n for n in presets.names(kind) if presets.row(kind, n)["title"] == title] == [name]


# --- the numbers of the standards, typed out ------------------------------------------------------------------------

MICRO = {"groove_width": 56, "bottom_radius": 6, "land": 15, "stylus": "lp-18"}
COARSE = {"groove_width": 150, "bottom_radius": 25, "land": 30, "stylus": "78-65"}
LP, SINGLE, STOP_78 = (115.2, 106.4), (106, 97.4), (95, 86)
THIRTY_THREE = Fraction(100, 3)
# name: rpm, outer, recorded, (music's end, locked groove), hole, groove; diameters in mm, the groove in µm
DISC_TABLE: dict[str, tuple[Fraction, float, float, tuple[float, float], float, dict[str, Any]]] = {
    "12in-33": (THIRTY_THREE, 301, 292.6, LP, 7.24, MICRO),
    "12in-45": (Fraction(45), 301, 292.6, LP, 7.24, MICRO),
    "10in-33": (THIRTY_THREE, 251, 241.8, LP, 7.24, MICRO),
    "10in-78": (Fraction(78), 251, 241.8, STOP_78, 7.24, MICRO),
    "10in-78-coarse": (Fraction(78), 251, 241.8, STOP_78, 7.24, COARSE),
    "8in-78": (Fraction(78), 200, 192, STOP_78, 7.24, MICRO),
    "7in-33": (THIRTY_THREE, 175, 168.3, SINGLE, 7.24, MICRO),
    "7in-45": (Fraction(45), 175, 168.3, SINGLE, 38.2, MICRO),
    "7in-78": (Fraction(78), 175, 168.3, STOP_78, 7.24, MICRO),
    "flexi-7in-33": (THIRTY_THREE, 175, 168.3, SINGLE, 7.24, MICRO),
    "flexi-7in-33-square": (THIRTY_THREE, 175, 168.3, SINGLE, 7.24, MICRO),
    "flexi-8in-33": (THIRTY_THREE, 200, 192, SINGLE, 7.24, MICRO),
    "flexi-8in-33-square": (THIRTY_THREE, 200, 192, SINGLE, 7.24, MICRO),
    "cereal-7in-33": (THIRTY_THREE, 175, 168.3, SINGLE, 7.24, MICRO),
    "card-5in-78": (Fraction(78), 127, 120, (75, 66), 7.24, MICRO),
}


@pytest.mark.parametrize("name", DISCS)
def test_discs_have_the_numbers_of_the_design(name: str) -> None:
    rpm, outer, recorded, (music, locked), hole, groove = DISC_TABLE[name]
    disc = presets.disc(name)
    assert disc.rpm == rpm
    assert disc.diameter_m == outer / 1e3
    assert disc.recorded_diameter_m == recorded / 1e3
    assert disc.music_inner_diameter_m == music / 1e3
    assert disc.locked_diameter_m == locked / 1e3
    assert disc.hole_diameter_m == hole / 1e3
    assert disc.groove_width_m == groove["groove_width"] / 1e6
    assert disc.bottom_radius_m == groove["bottom_radius"] / 1e6
    assert disc.land_m == groove["land"] / 1e6
    assert disc.stylus == groove["stylus"]
    assert disc.angle_rad == math.pi / 2
    assert (disc.lead_in_pitch_m, disc.lead_out_pitch_m, disc.lead_in_turns) == (0.0012, 0.0064, 2)
    square = name.startswith("card") or name.endswith("square")
    assert disc.outline == ("card" if name.startswith("cereal") else "square" if square else "round")
    assert disc.coin_diameter_m == (0.024 if name.startswith(("flexi", "cereal")) else None)
    assert (disc.height_m, disc.corner_radius_m) == ((0.24, 0.005) if disc.outline == "card" else (None, 0.0))


def test_depths_of_the_design() -> None:
    assert presets.disc("10in-78").depth_m == pytest.approx(28e-6)
    coarse = presets.disc("10in-78-coarse")
    assert coarse.depth_m == pytest.approx(75e-6)
    assert coarse.depth_m / presets.sheet(coarse.sheet).base_m == pytest.approx(0.44, abs=0.005)


@pytest.mark.parametrize(
    ("name", "outer_mm_s", "inner_mm_s"), [("12in-33", 511, 201), ("10in-78", 988, 388), ("7in-45", 396, 250)]
)
def test_groove_speeds_of_the_design(name: str, outer_mm_s: float, inner_mm_s: float) -> None:
    disc = presets.disc(name)
    per_s = math.pi * float(disc.rpm) / 60 * 1e3
    assert disc.recorded_diameter_m * per_s == pytest.approx(outer_mm_s, abs=0.6)
    assert disc.music_inner_diameter_m * per_s == pytest.approx(inner_mm_s, abs=0.6)


@pytest.mark.parametrize("name", DISCS)
def test_discs_make_sense(name: str) -> None:
    disc = presets.disc(name)
    assert (
        0 < disc.hole_diameter_m < disc.locked_diameter_m < disc.music_inner_diameter_m
        < disc.recorded_diameter_m < disc.diameter_m
    )  # fmt: skip
    stylus, sheet = presets.stylus(disc.stylus), presets.sheet(disc.sheet)
    assert disc.bottom_radius_m < stylus.radius_m
    assert stylus.radius_m <= disc.groove_width_m / math.sqrt(2), "a 90° groove of width w carries a ball up to w/√2"
    assert disc.depth_m < sheet.base_m / 2, "deeper than half of what may be cut is warned of"
    assert sheet.base_m <= sheet.thickness_m
    room_m = (disc.recorded_diameter_m - disc.music_inner_diameter_m) / 2 - disc.lead_in_turns * disc.lead_in_pitch_m
    turns = room_m / (disc.groove_width_m + disc.land_m + 20e-6)
    assert turns / float(disc.rpm) > 2, "minutes of quiet music"


def test_a_bone_record_holds_three_and_a_half_minutes() -> None:
    """3½ minutes at 78 rpm are 273 turns, of which a ten-inch side with 40 µm swings must hold more."""
    disc = presets.disc("10in-78")
    room_m = (disc.recorded_diameter_m - disc.music_inner_diameter_m) / 2 - disc.lead_in_turns * disc.lead_in_pitch_m
    assert room_m / (disc.groove_width_m + disc.land_m + 2 * 40e-6) > 3.5 * 78


CURVE_TABLE: dict[str, tuple[float | None, float | None, float | None]] = {  # shelf Hz, turnover Hz, dB at 10 kHz
    "aes": (50, 400, -12), "decca-ffrr": (40, 250, -5), "ffrr-lp": (100, 450, -11), "columbia-lp": (100, 500, -16),
    "nab": (None, 500, -16), "ccir": (50, 500, -10.5), "bsi": (None, 353, -10.5), "brunswick": (None, 300, -16),
    "ffrr-1951": (None, 300, -14), "orthophonic": (50, 500, -11), "629": (None, 629, None),
    "columbia-78": (None, 300, -16), "flat": (None, None, None), "acoustic": (None, None, None),
}  # fmt: skip
TIME_CONSTANTS_US: dict[str, tuple[float | None, float | None, float | None]] = {
    "riaa": (3180, 318, 75), "din-1957": (3180, 318, 50), "iec-coarse": (3180, 450, 50), "aes-s001-a": (3180, 450, 0),
    "european-78": (None, 636, None), "blumlein": (None, 531, None),
}  # fmt: skip


def test_every_curve_is_in_a_table_here() -> None:
    assert CURVE_TABLE.keys() | TIME_CONSTANTS_US.keys() == set(presets.names("curves"))


@pytest.mark.parametrize("name", CURVE_TABLE)
def test_curves_have_the_corners_of_the_design(name: str) -> None:
    curve = presets.curve(name)
    for constant_s, corner_hz in zip((curve.shelf_s, curve.turnover_s), CURVE_TABLE[name][:2], strict=True):
        assert (constant_s is None) == (corner_hz is None)
        if constant_s is not None:
            assert 1 / (2 * math.pi * constant_s) == pytest.approx(corner_hz, rel=1e-12)
    db = CURVE_TABLE[name][2]
    assert (curve.rolloff_s is None) == (db is None)
    if curve.rolloff_s is not None:
        gain = abs(1 / (1 + 2j * math.pi * 10_000 * curve.rolloff_s))
        assert 20 * math.log10(gain) == pytest.approx(db, rel=1e-12)


@pytest.mark.parametrize("name", TIME_CONSTANTS_US)
def test_time_constants_are_the_published_ones_exactly(name: str) -> None:
    curve = presets.curve(name)
    wanted = tuple(us if us is None else us / 1e6 for us in TIME_CONSTANTS_US[name])
    assert (curve.shelf_s, curve.turnover_s, curve.rolloff_s) == wanted


@pytest.mark.parametrize(("db", "constant_us"), [(-16, 99), (-13.7, 75), (-12, 61), (-10.5, 51), (-5, 23)])
def test_rolloffs_become_the_time_constants_of_the_design(
    own: Callable[[str, str], Path], db: float, constant_us: float
) -> None:
    own("curves", f'[mine]\ntitle = "Mine"\nturnover_hz = 500\nrolloff_db_at_10khz = {db}\n')
    rolloff_s = presets.curve("mine").rolloff_s
    assert rolloff_s is not None
    assert rolloff_s * 1e6 == pytest.approx(constant_us, abs=0.5)


def test_machines_have_the_numbers_of_the_design() -> None:
    ideal, laser, coarser = (presets.machine(n) for n in ("ideal", "laser-1200", "laser-600"))
    assert (ideal.step_m, ideal.finest_step_m) == pytest.approx((4e-7, 1e-8), rel=1e-12, abs=0)
    assert (ideal.points_per_s, ideal.bandwidth_hz) == (32000, 12000)
    assert (ideal.tool, ideal.stroke_m) == ("chisel", None)
    assert laser.step_m == laser.finest_step_m == pytest.approx(25.4e-3 / 1200, rel=1e-8)
    assert (laser.points_per_s, laser.bandwidth_hz, laser.tool) == (16000, 5000, "round")
    assert laser.stroke_m == pytest.approx(25.4e-6)
    assert coarser.step_m == coarser.finest_step_m == pytest.approx(25.4e-3 / 600, rel=1e-8)
    for machine in (ideal, laser, coarser):
        assert machine.finest_step_m <= machine.step_m
        assert machine.bandwidth_hz < machine.points_per_s / 2
        assert len({machine.cut_colour, machine.groove_colour, machine.label_colour}) == 3


def test_only_the_lathe_moves_up_and_down() -> None:
    lathe = presets.machine("lathe")
    assert lathe.stereo is True
    assert (lathe.tool, lathe.bandwidth_hz, lathe.screw_turns) == ("chisel", 16000, 0.25)
    assert lathe.coil_limit_m_s2 == pytest.approx(14_000 / math.sqrt(2) * math.sqrt(10 / 600), rel=0.03)
    assert lathe.bandwidth_hz < lathe.points_per_s / 2
    for name in ("ideal", "laser-1200", "laser-600"):
        machine = presets.machine(name)
        assert (machine.stereo, machine.screw_turns, machine.coil_limit_m_s2) == (False, None, None)


@pytest.mark.parametrize(
    ("name", "radius_um", "tracing_um"),
    [("lp-18", 18, 18), ("lp-mono-25", 25, 25), ("elliptical-8", 18, 8), ("78-65", 65, 65), ("78-76", 76, 76)],
)
def test_styli_have_the_numbers_of_the_design(name: str, radius_um: float, tracing_um: float) -> None:
    stylus = presets.stylus(name)
    assert stylus.radius_m == radius_um / 1e6
    assert stylus.tracing_radius_m == tracing_um / 1e6
    if radius_um < 30:
        assert (stylus.swing_m, stylus.velocity_m_s) == (100e-6, 0.3)


@pytest.mark.parametrize(
    ("name", "force_mn", "mass_mg", "compliance_um_mn"),
    [("lp-18", 20, 0.6, 15), ("lp-mono-25", 30, 1, 10), ("elliptical-8", 18, 0.5, 20), ("78-65", 40, 1.5, 10),
     ("78-76", 40, 1.5, 10)],
)  # fmt: skip
def test_styli_press_weigh_and_yield(name: str, force_mn: float, mass_mg: float, compliance_um_mn: float) -> None:
    stylus = presets.stylus(name)
    assert stylus.force_n == force_mn / 1e3
    assert stylus.tip_mass_kg == mass_mg / 1e6
    assert stylus.compliance_m_n == compliance_um_mn / 1e3
    # what a good pickup still tracks, it tracks at its usual force: the greatest swing, and the velocity at 1 kHz
    assert stylus.swing_m / stylus.compliance_m_n < stylus.force_n
    assert stylus.velocity_m_s * 2 * math.pi * 1000 * stylus.tip_mass_kg < stylus.force_n


def test_film_has_the_numbers_of_the_design() -> None:
    film = presets.sheet("x-ray-film")
    assert film.thickness_m == 0.2e-3
    assert film.base_m == 0.17e-3
    thick = presets.sheet("x-ray-film-thick")
    assert thick.thickness_m == 0.3e-3
    assert thick.base_m <= film.base_m


def test_the_ideal_turntable_adds_nothing() -> None:
    ideal = presets.turntable("ideal")
    assert ideal.stylus is None
    assert (ideal.speed_error, ideal.wow, ideal.flutter, ideal.eccentricity_m, ideal.clicks_per_minute) == (0,) * 5
    assert (ideal.low_cut_hz, ideal.high_cut_hz, ideal.surface_noise_db, ideal.rumble_db) == (None,) * 4


def test_turntables_grow_worse() -> None:
    ideal, club, portable = (presets.turntable(n) for n in ("ideal", "club", "portable"))
    assert (club.speed_error, club.wow, portable.speed_error, portable.wow) == (0.0002, 0.0003, 0.008, 0.0025)
    assert portable.eccentricity_m == 0.2e-3  # the most that IEC 60098 allows
    assert (portable.low_cut_hz, portable.high_cut_hz) == (150, 7000)
    for better, worse in pairwise((ideal, club, portable)):
        for what in ("speed_error", "wow", "flutter", "eccentricity_m", "clicks_per_minute"):
            assert getattr(better, what) < getattr(worse, what)
    assert club.surface_noise_db is not None
    assert portable.surface_noise_db is not None
    assert club.surface_noise_db < portable.surface_noise_db < 0
    for table in (club, portable):
        assert table.stylus in presets.names("styli")


# --- a user's own ------------------------------------------------------------------------------------------------

MY_DISC = """
[my-disc]
title = "Mine"
rpm = "33 1/3"
diameter_mm = 150
recorded_diameter_mm = 140
music_inner_diameter_mm = 90
locked_diameter_mm = 80
hole_diameter_mm = 7
groove_width_um = 60
bottom_radius_um = 0
angle_deg = 88
land_um = 20
lead_in_pitch_mm = 1
lead_out_pitch_mm = 3
lead_in_turns = 1
stylus = "lp-18"
sheet = "vinyl"
"""


def test_a_users_file_adds_presets_at_the_end(own: Callable[[str, str], Path]) -> None:
    own("discs", MY_DISC)
    assert presets.names("discs") == [*DISCS, "my-disc"]
    mine = presets.disc("my-disc")
    assert (mine.rpm, mine.diameter_m, mine.groove_width_m) == (THIRTY_THREE, 0.15, 60e-6)
    assert mine.angle_rad == math.radians(88)


def test_a_users_file_changes_one_number_and_nothing_else(own: Callable[[str, str], Path]) -> None:
    path = own("discs", "[10in-78]\nland_um = 22\n")
    mine = presets.row("discs", "10in-78")
    assert presets.disc("10in-78").land_m == 22e-6
    assert presets.names("discs") == DISCS
    assert mine["origin"] == str(path)
    assert "land_um" not in mine["source"], "our source is not the user's number's"
    assert mine["source"]["hole_diameter_mm"].startswith("IEC 60098")
    # the other rows stay, also those that ours made like this one
    assert presets.disc("8in-78").land_m == 15e-6
    changed = dataclasses.replace(presets.disc("10in-78"), land_m=15e-6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BONEMUSIC_PRESETS", os.devnull)
        assert presets.disc("10in-78") == changed


def test_a_number_in_another_unit_takes_the_place_of_ours(own: Callable[[str, str], Path]) -> None:
    own("discs", "[10in-78]\nland_mm = 0.025\n")
    assert presets.disc("10in-78").land_m == 25e-6
    own("curves", "[riaa]\nshelf_hz = 100\n[x]\nlike = 'riaa'\nshelf_us = 3000\n")
    assert presets.curve("riaa").shelf_s == pytest.approx(1592e-6, abs=1e-6)
    assert presets.curve("x").shelf_s == 3e-3


def test_like_copies_a_row_with_its_sources(own: Callable[[str, str], Path]) -> None:
    own("discs", '[mine]\nlike = "7in-45"\ntitle = "Mine"\nrpm = 78\n[mine.source]\nrpm = "my taste"\n')
    mine, other = presets.disc("mine"), presets.disc("7in-45")
    assert mine == dataclasses.replace(other, name="mine", title="Mine", rpm=Fraction(78))
    sources = presets.row("discs", "mine")["source"]
    assert sources["rpm"] == "my taste"
    assert sources["hole_diameter_mm"] == presets.row("discs", "7in-45")["source"]["hole_diameter_mm"]
    assert presets.row("discs", "7in-45")["source"]["rpm"] != "my taste"


def test_like_on_a_name_of_ours_begins_with_the_other_row(own: Callable[[str, str], Path]) -> None:
    own("curves", '[aes]\nlike = "flat"\n')
    assert presets.curve("aes").turnover_s is None


def test_a_users_machine_and_stylus_of_before_still_load(own: Callable[[str, str], Path]) -> None:
    own("machines", '[mine]\nlike = "laser-600"\ntitle = "Mine"\nstereo = true\n')
    assert presets.machine("mine").stereo is True
    own("styli", '[mine]\ntitle = "Mine"\nradius_um = 20\nswing_um = 50\nvelocity_cm_s = 10\n')
    assert presets.stylus("mine").force_n == 0.02


def test_a_users_shared_sources_serve_all_rows(own: Callable[[str, str], Path]) -> None:
    own("sheets", '[sources]\nbase_mm = "my gauge"\n[mine]\ntitle = "Mine"\nthickness_mm = 1\nbase_mm = 0.5\n')
    assert presets.row("sheets", "mine")["source"] == {"base_mm": "my gauge"}
    assert "sources" not in presets.names("sheets")


def test_a_file_with_a_byte_order_mark_is_read(own: Callable[[str, str | bytes], Path]) -> None:
    own("discs", "\ufeff[10in-78]\nland_um = 22\n".encode())
    assert presets.disc("10in-78").land_m == 22e-6


@pytest.mark.parametrize(
    ("spelt", "rpm"),
    [("78", Fraction(78)), ("78.26", Fraction(3600, 46)), ("77.92", Fraction(6000, 77)), ("33.0", THIRTY_THREE),
     ('"33⅓"', THIRTY_THREE), ("16", Fraction(50, 3)), ('"78 rpm"', Fraction(78)), ("45.0", Fraction(45))],
)  # fmt: skip
def test_speeds_in_a_file_are_exact_fractions(own: Callable[[str, str], Path], spelt: str, rpm: Fraction) -> None:
    own("discs", f"[10in-78]\nrpm = {spelt}\n")
    assert presets.disc("10in-78").rpm == rpm


def test_where_a_users_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(folder: Path, land_um: int) -> None:
        folder.mkdir(parents=True)
        (folder / "discs.toml").write_text(f"[10in-78]\nland_um = {land_um}\n", "utf-8")

    home, config, own = tmp_path / "home", tmp_path / "config", tmp_path / "own"
    write(home / ".config" / "bonemusic", 21)
    write(config / "bonemusic", 22)
    write(own, 23)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(own))
    assert presets.disc("10in-78").land_m == 23e-6
    monkeypatch.delenv("BONEMUSIC_PRESETS")
    assert presets.disc("10in-78").land_m == 22e-6
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert presets.disc("10in-78").land_m == 21e-6

    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert presets.disc("10in-78").land_m == 15e-6


# --- refusals: one line that names the file, the row and the key ---------------------------------------------------


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("land_um = -1", "cannot be negative"), ("diameter_mm = 0", "more than zero"),
        ("diameter_mm = -5", "more than"),
        ("diameter_mm = nan", "makes no sense"), ("diameter_mm = inf", "makes no sense"),
        ("diameter_mm = 1e300", "makes no sense"), ("angle_deg = 180", "makes no sense"),
        ("angle_deg = 0", "more than"),
        ('diameter_mm = "251"', "must be a number"), ("diameter_mm = true", "must be a number"),
        ("diameter_mm = [251]", "must be a number"), ("diameter_mm = 2020-01-01", "must be a number"),
        ("lead_in_turns = " + "9" * 400, "makes no sense"), ("diameter_mm = " + "9" * 400, "makes no sense"),
        ("diameter_mm = 0x" + "f" * 5000, "makes no sense"), ("rpm = 0x" + "f" * 5000, "is no speed"),
        ("rpm = 0", "is no speed"), ("rpm = -78", "is no speed"), ("rpm = true", "is no speed"),
        ('rpm = "x"', "is no speed"),
        ("rpm = [78]", "is no speed"), ("rpm = nan", "is no speed"), ('rpm = "' + "7" * 5000 + '"', "is no speed"),
        ("title = 5", "must be text"), ("sheet = ['vinyl']", "must be text"),
        ('outline = "oval"', "'round', 'square'"),
        ('outline = ", "', "'round', 'square'"), ("outline = []", "'round', 'square'"),
        ("recorded_diameter_mm = 300", "less than diameter_mm"),
        ("locked_diameter_mm = 96", "music_inner_diameter_mm"),
        ("music_inner_diameter_mm = 241.8", "less than recorded_diameter_mm"),
        ("hole_diameter_mm = 90", "locked_diameter_mm"),
        ('outline = "card"', "lacks its height"), ("height_mm = 241", "less than height_mm"),
        ("corner_radius_mm = 126", "half of its sides"), ("corner_radius_mm = -1", "cannot be negative"),
        ("coin_diameter_mm = 40", "locked groove leave (39.4 mm)"), ("coin_diameter_mm = 0", "more than zero"),
        ("diametre_mm = 251", "did you mean"), ("swing_um = 5", "unknown key"), ('name = "x"', "unknown key"),
        ("land_um = 5\nland_mm = 5", "keep one of them"), ('"' + "k" * 5000 + '" = 1', "unknown key"),
        ('"a\\nb" = 1', "unknown key"),
    ],
)  # fmt: skip
def test_senseless_numbers_are_refused(own: Callable[[str, str], Path], line: str, hint: str) -> None:
    path = own("discs", f"[10in-78]\n{line}\n")
    message = refusal(presets.disc, "10in-78")
    assert hint in message
    assert message.startswith(f"{path}: [10in-78]")
    assert len(message) < len(str(path)) + 200
    key = line.partition(" = ")[0]
    assert len(key) > 40 or '"' in key or key in message


@pytest.mark.parametrize(
    ("kind", "name", "line", "hint"),
    [
        ("curves", "riaa", "shelf_hz = 0", "shelf_hz makes no sense"),
        ("curves", "riaa", "shelf_hz = -50", "cannot be negative"),
        ("curves", "riaa", "shelf_hz = inf", "shelf_hz makes no sense"),
        ("curves", "aes", "rolloff_db_at_10khz = 12", "rolloff_db_at_10khz makes no sense"),
        ("curves", "aes", "rolloff_db_at_10khz = -1e9", "rolloff_db_at_10khz makes no sense"),
        ("machines", "ideal", "points_per_s = 0", "points_per_s makes no sense"),
        ("machines", "ideal", "bandwidth_hz = 16001", "at most half of points_per_s"),
        ("machines", "ideal", 'tool = "axe"', "'chisel', 'round'"),
        ("machines", "ideal", "step_um = 0", "more than zero"),
        ("machines", "lathe", "stereo = 1", "must be true or false"),
        ("machines", "lathe", 'stereo = "true"', "must be true or false"),
        ("machines", "lathe", "screw_turns = 0", "more than zero"),
        ("machines", "lathe", "coil_limit_m_s2 = true", "must be a number"),
        ("styli", "lp-18", "force_mn = 0", "more than zero"),
        ("styli", "lp-18", "force_mn = 20000", "nothing is of that size"),
        ("styli", "lp-18", "tip_mass_mg = -1", "more than zero"),
        ("styli", "lp-18", "compliance_um_mn = 1e9", "nothing is of that size"),
        ("styli", "lp-18", "radius_um = 0", "more than zero"), ("sheets", "card", "base_mm = 0", "more than zero"),
        ("turntables", "club", "speed_error_percent = -100", "makes no sense"),
        ("turntables", "club", "wow_percent = 60", "no sense"),
        ("turntables", "club", "high_cut_hz = 0", "more than zero"),
        ("turntables", "club", "rumble_db = 1e9", "no sense"),
        ("turntables", "club", "clicks_per_minute = -1", "cannot be negative"),
        ("turntables", "club", "stylus = 18", "must be text"),
    ],
)  # fmt: skip
def test_senseless_numbers_of_the_other_kinds(
    own: Callable[[str, str], Path], kind: str, name: str, line: str, hint: str
) -> None:
    own(kind, f"[{name}]\n{line}\n")
    assert hint in refusal(READERS[kind], name)


@pytest.mark.parametrize("line", MY_DISC.strip().splitlines()[1:])
def test_a_missing_key_is_named_as_one_writes_it(own: Callable[[str, str], Path], line: str) -> None:
    own("discs", MY_DISC.replace(line + "\n", ""))
    key = line.partition(" ")[0]
    assert f"[my-disc] lacks {key!r}" in refusal(presets.disc, "my-disc")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("land_um = 5", "'land_um' stands outside a table"),
        ('[x]\nlike = "nothing"', "is like 'nothing', which is not there"),
        ("[x]\nlike = []", "is like no text"), ('[x]\nlike = "y"\n[y]\nlike = "12in-33"', "is like 'y'"),
        ("[x]\nsource = 5", "must be a table of texts"), ("[x.source]\nrpm = 5", "must be a table of texts"),
        ("sources = 5", "[sources] must be a table"), ("[x", "is no TOML"), ("[x]\n[x]", "is no TOML"),
        ('["a\\nb"]', "'a?b' cannot name a preset"), ('[""]', "cannot name a preset"),
        ("[" + "n" * 5000 + "]", "cannot name a preset"), ("[x]\ny = " + "9" * 5000, "is no TOML"),
        ("[x]\ny = " + "[" * 50_000, "is no TOML"), ("# " + "x" * (1 << 20), "larger than 1 MB"),
        ("[x]\n" + "y" * 5000 + " = 1\n" + "y" * 5000 + " = 1", "is no TOML"),
    ],
)  # fmt: skip
def test_broken_files_are_refused(own: Callable[[str, str], Path], text: str, hint: str) -> None:
    path = own("discs", text)
    message = refusal(presets.disc, "10in-78")
    assert hint in message
    assert str(path) in message
    assert len(message) < len(str(path)) + 200


def test_a_file_that_is_no_text_is_refused(own: Callable[[str, str | bytes], Path]) -> None:
    own("discs", b"\xff\xfe\x00")
    assert "is no TOML" in refusal(presets.disc, "10in-78")


def test_a_file_that_cannot_be_read_is_refused(
    own: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    own("discs", "")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_file", locked)
        assert "cannot be read (Permission denied)" in refusal(presets.disc, "10in-78")


def test_no_folder_and_no_file_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path / "absent", Path(os.devnull)):
        monkeypatch.setenv("BONEMUSIC_PRESETS", str(folder))
        assert presets.names("discs") == DISCS


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [("discs", "10in78", "10in-78"), ("discs", "12inch-33", "12in-33"), ("curves", "RIAA", "did you mean riaa"),
     ("curves", "ria", "riaa"), ("styli", "lp18", "lp-18"), ("machines", "laser", "laser-600"),
     ("sheets", "xray-film", "x-ray-film"), ("turntables", "clubs", "club"), ("discs", "", "bonemusic list discs")],
)  # fmt: skip
def test_unknown_names_are_answered_with_near_ones(kind: str, name: str, near: str) -> None:
    assert near in refusal(READERS[kind], name)


@pytest.mark.parametrize("name", ["a\nb\r\x1b[31m", "x" * 10_000, "10in-78\n" * 1000, "\ud800", "\u202e", "../../etc"])
def test_hostile_names_are_answered_in_one_short_line(name: str) -> None:
    for read in READERS.values():
        assert len(refusal(read, name)) < 200


def test_a_preset_error_is_a_lookup_error_and_ours() -> None:
    assert issubclass(PresetError, LookupError)
    assert issubclass(PresetError, BonemusicError)
