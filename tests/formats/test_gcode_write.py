"""G-code as it is written: words that each dialect knows, true points, beams off while travelling, tools in passes."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from bonemusic import presets
from bonemusic.errors import FormatError
from bonemusic.formats.base import CutDisc
from bonemusic.formats.gcode import arcs, program, read
from bonemusic.formats.gcode.spell import LINE_BYTES, decimals, put, spell, spell_turning, turned, word
from bonemusic.formats.gcode.write import write
from bonemusic.formats.svg import read as svg_read
from bonemusic.formats.svg.write import write as write_svg
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.paths.line import Line
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent

RATE = 48_000
DISC = presets.disc("7in-78")
BARE = presets.Machine("bare", "A test's", 5e-6, 5e-6, 12_000, 5000, "round")
LASER = dataclasses.replace(
    BARE, dialect="grbl", groove_power=0.2, cut_power=0.9, full_power=1000.0, groove_speed_m_s=0.02, cut_speed_m_s=0.005
)
MILL = dataclasses.replace(
    BARE, dialect="linuxcnc", pass_depth_m=1e-4, full_power=12_000.0, speed_m_s=0.01, cut_speed_m_s=0.004, step_m=1e-6
)
TURNTABLE = dataclasses.replace(MILL, turn_steps=360_000)


def tone(seconds=2.5):
    return 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)


def cut_disc(machine=LASER, lateral=None, meta=None, depth=None, disc=DISC):
    lateral = tone() if lateral is None else lateral
    turns = len(lateral) * 1.3 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(
        spiral, depth or constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2),
        meta=meta or {},
    )  # fmt: skip
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    flat = dataclasses.replace(machine, turn_steps=None)
    drawn = layers.of_disc(disc, flat, 2e-4)
    return CutDisc(groove, disc, machine, 1e4, line=Line.of(wave, machine.step_m), layers=drawn)


@dataclasses.dataclass(frozen=True)
class TurningLine:
    """What `Line` gives for a turntable axis."""

    a: np.ndarray
    r: np.ndarray
    step_m: float

    def pieces(self, finish, progress):
        for k in range(0, len(self.a) - 1, 5000):
            yield finish(self.a[k : k + 5001], self.r[k : k + 5001])


def turning_disc(machine=TURNTABLE, seconds=2.0):
    t = np.arange(round(8000 * seconds)) / 8000
    a = np.rint(1.3 * t * machine.turn_steps).astype(np.int32)
    r = np.rint((0.08 - 4e-4 * t + 2e-5 * np.sin(2 * np.pi * 440 * t)) / machine.step_m).astype(np.int32)
    return dataclasses.replace(cut_disc(machine, np.zeros(100)), line=TurningLine(a, r, machine.step_m))


def written(cut):
    out = io.BytesIO()
    points = write(out, cut, silent)
    return out.getvalue().decode("ascii"), points


def words(text):
    """Each line as pairs of letter and number, comments left out."""
    for line in text.splitlines():
        bare = line.partition(";")[0]
        pairs = re.findall(r"([A-Z])(-?[0-9]+(?:\.[0-9]+)?)", bare)
        assert "".join(a + b for a, b in pairs) == bare.replace(" ", ""), line
        yield [(letter, float(number)) for letter, number in pairs]


def moves(text):
    """What a controller does: (code of the motion, whether a beam is on, feed, {axis: where it ends}) of each move."""
    mode, beam, feed, at = None, False, None, {}
    for line in words(text):
        for letter, number in line:
            if letter == "G" and number <= 3:
                mode = int(number)
            elif letter == "M":
                beam = number in (3, 4)
            elif letter == "F":
                feed = number
        axes = {letter: number for letter, number in line if letter in "XYZAIJ"}
        if axes:
            at = {k: v for k, v in at.items() if k not in "IJ"} | axes
            yield mode, beam, feed, at


# Spelling


@pytest.mark.parametrize(
    ("step", "digits"), [(1.0, 0), (0.1, 1), (0.0125, 4), (0.0211666667, 4), (0.0004, 4), (1e-5, 5), (0.0003, 4)]
)
def test_decimals_show_the_step(step, digits):
    assert decimals(step) == digits


@given(st.integers(-(10**12), 10**12), st.integers(0, 7))
@example(0, 4)
@example(-1, 7)
@example(1000, 3)
def test_numbers_are_what_python_would_write(value, digits):
    out = np.zeros(40, np.uint8)
    size = put(out, 0, 88, np.int64(value), digits)
    assert out[:size].tobytes().decode() == "X" + word(value / 10**digits if digits else float(value), digits)
    twin = np.zeros(40, np.uint8)
    assert put.py_func(twin, 0, 88, value, digits) == size
    np.testing.assert_array_equal(out, twin)


def plainly(x, y, z, scale, digits, named, last):
    """The same lines as a person would write them."""
    last, lines = list(last), []
    for point in zip(x.tolist(), y.tolist(), z.tolist(), strict=True):
        now = [round(point[0] * scale), round(point[1] * scale), point[2]]
        if now[:2] == last[:2]:
            continue
        each = [a + word(v / 10**d, d) for a, v, old, d in zip("XYZ", now, last, (*digits,), strict=True) if v != old]
        lines.append((" ".join(["G1", *each]) if named else "".join(each)) + "\n")
        last = now
    return "".join(lines), len(lines), last


@settings(max_examples=200)
@given(
    nst.arrays(np.int32, st.tuples(st.integers(2, 40), st.just(3)), elements=st.integers(-9, 9)),
    st.sampled_from([1.0, 10.0, 211.0]),
    st.booleans(),
    st.integers(1, 10**6),
)
def test_lines_are_what_a_person_would_write(points, scale, named, stretch):
    x, y, z = np.ascontiguousarray(points.T * np.array([[stretch], [1], [1]]), np.int32)
    outs, lasts = np.zeros((2, LINE_BYTES * len(x)), np.uint8), np.zeros((2, 3), np.int64)
    used, count = spell(x, y, z, scale, 4, 3, named, lasts[0], outs[0])
    text, lines, last = plainly(x, y, z, scale, (4, 4, 3), named, [0, 0, 0])
    assert outs[0, :used].tobytes().decode() == text
    assert (count, lasts[0].tolist()) == (lines, last)
    assert spell.py_func(x, y, z, scale, 4, 3, named, lasts[1], outs[1]) == (used, count)
    np.testing.assert_array_equal(*outs)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("feed", [1, 2])
def test_turning_kernel_equals_its_plain_twin(feed, named):
    rng = np.random.default_rng(3)
    a, r = rng.integers(0, 400, 300).cumsum().astype(np.int32), (80_000 + rng.integers(-9, 9, 300)).astype(np.int32)
    z = rng.integers(-30, -28, 300).astype(np.int32)
    outs, lasts = np.zeros((2, LINE_BYTES * 300), np.uint8), np.zeros((2, 3), np.int64)
    args = ((1.0, 1.0), (3, 3, 3), 600.0, feed, named)
    got = spell_turning(a, r, z, *args, lasts[0], outs[0])
    assert got == spell_turning.py_func(a, r, z, *args, lasts[1], outs[1])
    np.testing.assert_array_equal(*outs)
    np.testing.assert_array_equal(*lasts)


def test_turns_are_counted_over_the_axis():
    angle = np.linspace(0, 2 * np.pi * 7.4, 900)
    x, y = (np.rint(9000 * f(angle)).astype(np.int32) for f in (np.cos, np.sin))
    assert turned(x, y) == turned.py_func(x, y) == 7
    assert turned(x[::-1], y[::-1]) == -7


# What the dialects know


def obeyed_by_grbl(text):
    """GRBL v1.1 as its documentation has it: words, one of each modal group a line, what each move needs."""
    groups = [
        {0, 1, 2, 3, 80},
        {17, 18, 19},
        {90, 91},
        {91.1},
        {93, 94},
        {20, 21},
        {40},
        {49},
        set(range(54, 60)),
        {61},
    ]
    groups += [{4, 10, 28, 30, 53, 92}]
    machine_groups = [{0, 2, 30}, {3, 4, 5}, {7, 8, 9}]
    feed, mode, at, ended = None, 0, {"X": 0.0, "Y": 0.0, "Z": 0.0}, False
    for line, pairs in zip(text.splitlines(), words(text), strict=True):
        assert len(line) <= 70
        assert not set(line) & set("!?~$%") or line.startswith(";")
        assert not ended or not pairs
        for letter, known in (("G", groups), ("M", machine_groups)):
            met = [next(i for i, g in enumerate(known) if number in g) for a, number in pairs if a == letter]
            assert len(met) == len(set(met)), line
        rest = [letter for letter, _ in pairs if letter not in "GM"]
        assert len(rest) == len(set(rest))
        assert set(rest) <= set("FIJKLNPRSTXYZ")
        values = {letter: number for letter, number in pairs if letter not in "GM"}
        assert all(values[letter] >= 0 for letter in "FNPST" if letter in values)
        feed = values.get("F", feed)
        motions = [number for letter, number in pairs if letter == "G" and number <= 3]
        mode = motions[0] if motions else mode
        to = at | {axis: values[axis] for axis in "XYZ" if axis in values}
        if mode > 0 and to is not at and set(values) & set("XYZIJ"):
            assert feed, line
        if mode in (2, 3) and set(values) & set("XYIJ"):
            assert set(values) & set("XY")
            centre = at["X"] + values.get("I", 0), at["Y"] + values.get("J", 0)
            radii = [math.dist(centre, (p["X"], p["Y"])) for p in (at, to)]
            assert abs(radii[0] - radii[1]) < 0.005
        at = to
        ended = ended or ("M", 2.0) in pairs
    assert ended


def obeyed_by_marlin(text):
    """Marlin 2: one command to a line, and its own parameters only."""
    takes = {"G0": "XYZAF", "G1": "XYZAFS", "G3": "XYZIJF", "G4": "S", "G21": "", "G90": "", "M3": "S", "M5": ""}
    for line, pairs in zip(text.splitlines(), words(text), strict=True):
        assert len(line) <= 70
        if pairs:
            (letter, number), *given_words = pairs
            assert {a for a, _ in given_words} <= set(takes[f"{letter}{number:g}"]), line
    assert text.endswith("M5\n")


@pytest.mark.parametrize("machine", [LASER, MILL, BARE, presets.machine("ideal")])
def test_grbl_knows_every_word(machine):
    obeyed_by_grbl(written(cut_disc(dataclasses.replace(machine, dialect="grbl")))[0])


@pytest.mark.parametrize("machine", [LASER, MILL, BARE, TURNTABLE])
def test_marlin_knows_every_word(machine):
    machine = dataclasses.replace(machine, dialect="marlin", travel_m_s=0.1)
    obeyed_by_marlin(written((turning_disc if machine.turn_steps else cut_disc)(machine))[0])


@pytest.mark.parametrize("dialect", ["grbl", "marlin", "linuxcnc", None])
def test_units_and_absolute_come_first_and_comments_at_the_head_and_before_layers(dialect):
    text, _ = written(cut_disc(dataclasses.replace(LASER, dialect=dialect)))
    lines = text.splitlines()
    begun = next(k for k, line in enumerate(lines) if not line.startswith(";"))
    assert " ".join(lines[begun : begun + 2]).startswith("G21 G90")
    assert [line for line in lines[begun:] if set(line) & set(";()")] == ["; cut"]
    assert 4 <= begun <= 8
    assert any("X0 Y0 is the centre of the spindle hole" in line for line in lines[:begun])


@pytest.mark.parametrize(
    "title",
    ["", "Boogie (take 2); G28", "a\nG0 X500\rM3 S1000", "!~?$%\x18\x84\x00", "Кости 骨 🦴", "x" * 5000, "Ça va"],
)
def test_hostile_titles_stay_comments(title):
    text, _ = written(cut_disc(lateral=np.zeros(500), meta={"title": title, "curve": title}))
    plain, _ = written(cut_disc(lateral=np.zeros(500)))
    assert [line for line in text.splitlines() if not line.startswith(";")] == [
        line for line in plain.splitlines() if not line.startswith(";")
    ]
    assert not set(text) & set("!?~()\r\x00\x18")
    obeyed_by_grbl(text)


def test_titles_keep_what_any_controller_can_bear():
    assert program.harmless("Ça va, St. James' 2+2") == "Ca va, St. James' 2+2"


# The groove


@pytest.mark.parametrize("dialect", ["grbl", "marlin", "linuxcnc"])
@pytest.mark.parametrize("step_m", [21.1666667e-6, 5e-6, 0.4e-6])
def test_every_point_is_drawn_once_and_true(dialect, step_m, monkeypatch):
    monkeypatch.setattr("bonemusic.paths.line.PIECE", 7001)
    cut = cut_disc(dataclasses.replace(LASER, step_m=step_m, dialect=dialect))
    text, points = written(cut)
    groove = [at for mode, beam, feed, at in moves(text) if mode == 1 and beam and feed == 1200]
    got = np.array([[at["X"], at["Y"]] for at in groove])
    x, y = zip(*cut.line.pieces(lambda x, y: (x, y)), strict=True)
    want = np.stack([np.concatenate([p[0], *(q[1:] for q in p[1:])]) for p in (x, y)], 1)
    want = want[np.append(True, np.diff(want, axis=0).any(axis=1))]
    assert len(got) == len(want) == points
    assert np.abs(got * 1e-3 - want * step_m).max() < max(step_m / 150, 1e-12)


def test_words_that_do_not_change_are_left_out():
    text, _ = written(cut_disc())
    body = text[text.index("G1 ") :]
    groove = body[: body.index("M5")].splitlines()[1:]
    assert all(re.fullmatch(r"(X-?[\d.]+)?(Y-?[\d.]+)?", line) and line for line in groove)
    assert sum("X" not in line for line in groove) > 10
    assert sum("Y" not in line for line in groove) > 10


@pytest.mark.parametrize(("dialect", "on"), [("grbl", "M4"), ("marlin", "M3"), ("linuxcnc", "M3"), (None, "M4")])
def test_a_beam_is_off_while_it_travels(dialect, on):
    text, _ = written(cut_disc(dataclasses.replace(LASER, dialect=dialect)))
    assert {mode for mode, beam, *_ in moves(text) if not beam} == {0}
    assert {mode for mode, beam, *_ in moves(text) if beam} == {1, 3}
    lit = re.findall(r"^(M[34]) S(\S+)$", text, re.MULTILINE)
    assert lit == [(on, "200"), (on, "900"), (on, "900")]
    assert "Z" not in re.sub(r";.*", "", text)
    assert {feed for mode, beam, feed, _ in moves(text) if mode == 3} == {300}
    assert text.splitlines().count("M5") == 4


def test_power_without_a_machines_number_is_its_controllers():
    machine = dataclasses.replace(LASER, full_power=None, dialect="marlin")
    assert "M3 S51\n" in written(cut_disc(machine))[0]


def test_a_thick_sheet_is_cut_in_passes_by_a_beam():
    text, _ = written(cut_disc(dataclasses.replace(LASER, pass_depth_m=1e-4)))
    ends = [at["X"] for mode, _, _, at in moves(text) if mode == 3]
    assert ends == [-3.62, 3.62] * 2 + [-87.5, 87.5] * 2


def test_a_mill_travels_high_and_cuts_in_passes():
    text, _ = written(cut_disc(MILL))
    assert "M3 S12000\nG4 P3\n" in text
    for mode, _, feed, at in moves(text):
        if mode == 0 and {"X", "Y"} <= set(at):
            assert at["Z"] == 2
        assert mode == 0 or (at["Z"] < 0 and feed)
    depths = [at["Z"] for mode, _, _, at in moves(text) if mode == 3]
    assert depths == [-0.1, -0.1, -0.2, -0.2] * 2
    assert {at["Z"] for mode, _, feed, at in moves(text) if mode == 1 and feed == 600} == {-0.028}


def test_who_starts_the_spindle_is_said():
    by_hand, _ = written(cut_disc(dataclasses.replace(MILL, full_power=None), np.zeros(100)))
    assert "start it by hand" in by_hand
    assert "M3" not in by_hand
    assert "by hand" not in written(cut_disc(MILL, np.zeros(100)))[0]


def test_corners_are_rounded_no_further_than_the_machine_says():
    assert "G64 P0.0005\n" in written(cut_disc(MILL, np.zeros(100)))[0]
    assert "G64 P0.002\n" in written(cut_disc(dataclasses.replace(MILL, corner_m=2e-6), np.zeros(100)))[0]


def test_deep_grooves_take_several_passes_over_each_piece(monkeypatch):
    monkeypatch.setattr("bonemusic.paths.line.PIECE", 20_000)
    machine = dataclasses.replace(MILL, pass_depth_m=20e-6, dialect="grbl")
    text, points = written(cut_disc(machine))
    depths = np.array([at["Z"] for mode, _, feed, at in moves(text) if mode == 1 and feed == 600])
    assert sorted(set(depths)) == [-0.028, -0.014]
    _, alone = written(cut_disc(dataclasses.replace(machine, pass_depth_m=None)))
    assert points == alone
    assert (depths == -0.028).sum() - (depths == -0.014).sum() == 0


def test_z_follows_a_depth_that_varies():
    depth = Knots(np.array([0, 3.25]), np.array([20e-6, 40e-6]), np.array([20e-6, 20e-6]) / 3.25)
    text, _ = written(cut_disc(dataclasses.replace(MILL, dialect="grbl"), depth=depth))
    z = np.array([at["Z"] for mode, _, feed, at in moves(text) if mode == 1 and feed == 600])
    assert z[0] == -0.02
    assert z[-1] == -0.04
    assert (np.diff(z) <= 0).all()
    turns = np.linspace(0, 1, len(z))
    assert np.abs(z + 0.02 + 0.02 * turns).max() < 0.002


def test_a_part_begins_as_deep_as_it_lies():
    depth = Knots(np.array([0, 3.25]), np.array([20e-6, 40e-6]), np.array([20e-6, 20e-6]) / 3.25)
    cut = cut_disc(dataclasses.replace(MILL, dialect="grbl"), depth=depth)
    half = len(cut.line.wave.lateral_m) // 2
    part = dataclasses.replace(cut, line=dataclasses.replace(cut.line, first=half), layers=())
    z = [at["Z"] for mode, _, feed, at in moves(written(part)[0]) if mode == 1 and feed == 600]
    assert (z[0], z[-1]) == (-0.03, -0.04)


@pytest.mark.parametrize("machine", [LASER, MILL, TURNTABLE])
def test_layers_before_the_groove_come_first_and_a_pause_stops_before_its_own(machine, tmp_path):
    cut = (turning_disc if machine.turn_steps else cut_disc)(machine)
    line = np.array([[0.081, 0.0], [0.084, 0.0]])
    first, second = Layer("one", "#ff00ff", (line,), pause="lift (M2!) it"), Layer("two", "#ff00ff", (-line,))
    plain, points = written(cut)
    text, again = written(dataclasses.replace(cut, before=(first, Layer("none", "#0", pause="wait"), second)))
    assert again == points
    lines = text.splitlines()
    begun = lines.index("; one")
    assert lines[begun + 1 : begun + 3] == ["; stop: lift _M2__ it", "M0"]
    assert [line for line in lines[begun:] if line[0] == ";"] == [
        "; one",
        lines[begun + 1],
        "; two",
        "; groove",
        "; cut",
    ]
    assert lines.count("M0") == 1
    assert lines[:begun] == plain.splitlines()[:begun]
    path = tmp_path / "disc.gcode"
    path.write_text(text)
    drawing = read.read(path)
    assert np.abs(drawing.lines[0][[0, -1]] - line).max() < 1e-5
    assert np.abs(drawing.lines[1][[0, -1]] + line).max() < 1e-5


def test_lines_of_layers_are_drawn_where_they_lie():
    square = np.array([[1.0, 1], [2, 1], [2, 2], [1, 1]]) * 1e-3
    label = Layer("label", "#000000", (square,), (Circle(0.01, 0.02, 0.005),), 0.5, 0.001)
    text, _ = written(dataclasses.replace(cut_disc(lateral=np.zeros(100)), layers=(label,)))
    tail = text[text.index("M4 S500") :]
    assert tail == (
        "M4 S500\nG1 X15 Y20 F60\nG3 X5 Y20 I-5 J0\nG3 X15 Y20 I5 J0\nM5\n"
        "G0 X1 Y1\nM4 S500\nG1 X1 Y1 F60\nX2\nY2\nX1Y1\nM5\nM5\nM2\n"
    )


def test_the_same_groove_is_the_same_bytes():
    assert written(cut_disc()) == written(cut_disc())


# Arcs


def half_silent():
    lateral = np.zeros(2 * RATE)
    lateral[30_000:60_000] = 2e-5 * np.sin(np.arange(30_000) * 0.05)
    return lateral


@pytest.mark.parametrize("step_m", [21.1666667e-6, 5e-6, 0.4e-6])
def test_silence_is_run_as_arcs_that_lie_on_the_spiral(step_m, tmp_path):
    machine = dataclasses.replace(MILL, step_m=step_m)
    text, points = written(cut_disc(machine, half_silent()))
    _, plain = written(cut_disc(dataclasses.replace(machine, dialect="grbl"), half_silent()))
    assert points < 0.6 * plain
    file = tmp_path / "disc.ngc"
    file.write_text(text)
    line = read.read(file).lines[0]
    turns = np.unwrap(np.arctan2(line[:, 1], line[:, 0])) / (2 * np.pi)
    off = np.hypot(*line.T) - (0.08 - 3e-4 * turns)
    middle = (turns > 0.1) & (turns < 0.7)
    assert np.abs(off[middle]).max() < 0.15 * step_m + 1e-7
    loud = (turns > 0.9) & (turns < 1.5)
    assert np.abs(off[loud]).max() == pytest.approx(2e-5, rel=0.2, abs=step_m)


def test_quiet_music_is_not_silence():
    lateral = 0.1 * MILL.step_m * np.sin(np.arange(RATE) * 0.05)
    text, _ = written(cut_disc(MILL, lateral))
    assert sum("I" in line for line in text.splitlines()) == 8  # hole and outline


def test_stretches_of_silence():
    line = cut_disc(MILL, half_silent()).line
    (a, b), (c, d) = arcs.silences(line)
    assert a == 0
    assert b == pytest.approx(30_000 / RATE * 1.3, abs=0.02)
    assert c == pytest.approx(60_000 / RATE * 1.3, abs=0.02)
    assert d == pytest.approx(2.6, abs=1e-3)
    turns = np.arange(100) / 100
    assert arcs.within([(0.105, 0.2), (0.3, 0.905), (0.95, 2.0)], turns) == [(30, 90)]


# A turntable axis


def test_grbl_has_no_turntable_axis():
    for dialect in ("grbl", None):
        with pytest.raises(FormatError, match="no turntable axis"):
            written(turning_disc(dataclasses.replace(TURNTABLE, dialect=dialect)))


@pytest.mark.parametrize("dialect", ["linuxcnc", "marlin"])
def test_a_table_only_ever_turns_on_and_its_moves_take_their_time(dialect):
    cut = turning_disc(dataclasses.replace(TURNTABLE, dialect=dialect))
    text, points = written(cut)
    at = {"A": 0.0, "X": 80.0}
    groove = []
    for mode, _, feed, end in moves(text):
        assert end.get("A", 0) >= at["A"]
        if mode == 1 and end.get("Z") == -0.028 and "Z" in at and at["Z"] == -0.028:
            turned_rad, moved = math.radians(end["A"] - at["A"]), abs(end["X"] - at["X"])
            way = math.hypot(turned_rad * (end["X"] + at["X"]) / 2, moved)
            axis = moved or end["A"] - at["A"]
            minutes = 1 / feed if dialect == "linuxcnc" else axis / feed
            assert way / minutes == pytest.approx(600, rel=0.01)  # 10 mm/s
            groove.append((end["A"], end["X"]))
        at = {"X": 80.0, "A": 0.0} | end
    assert len(groove) + 1 == points == len(cut.line.a)
    assert np.array(groove) == pytest.approx(np.stack([cut.line.a, cut.line.r], 1)[1:] * 1e-3, abs=1e-9)
    assert "counting up, the table turns clockwise" in text
    sweeps = re.findall(r"^G0 X(\S+) A(\S+)(?: F\S+)?\n.*\n.*\n(?:G1 )?A([\d.]+)", text, re.MULTILINE)
    assert [float(b) - float(a) for _, a, b in sweeps] == [360] * 4
    assert [float(r) for r, *_ in sweeps] == [3.62, 3.62, 87.5, 87.5]


def test_what_is_not_round_is_cut_into_chords_on_a_turntable(tmp_path):
    cut = turning_disc()
    square = 0.05 * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    layer = Layer("cut", "#000000", (square,), (Circle(0.01, 0.0, 0.004),), None, None, None)
    file = tmp_path / "disc.ngc"
    file.write_text(written(dataclasses.replace(cut, layers=(layer,)))[0])
    _, two, one = read.read(file).lines  # circles first: the hole is cut before the outline
    assert np.abs(np.abs(one).max(axis=1) - 0.05).max() < 2e-6
    assert np.abs(np.hypot(one[:, 0], one[:, 1])).max() == pytest.approx(0.05 * math.sqrt(2), rel=1e-4)
    assert np.hypot(two[:, 0] - 0.01, two[:, 1]) == pytest.approx(0.004, abs=2e-6)


# Write, read, play


def played(drawing):
    groove, warnings = groove_of(drawing, Fraction(78))
    assert warnings == ()
    return groove.lateral_m[4000 : 2 * RATE]


@pytest.mark.parametrize("dialect", ["grbl", "marlin", "linuxcnc"])
def test_it_sounds_as_the_same_drawing_in_svg(dialect, tmp_path):
    cut = cut_disc(dataclasses.replace(LASER, dialect=dialect))
    (tmp_path / "disc.gcode").write_text(written(cut)[0])
    with (tmp_path / "disc.svg").open("wb") as file:
        write_svg(file, cut, silent)
    drawing = read.read(tmp_path / "disc.gcode")
    assert drawing.scale_known
    assert drawing.meta["rpm"] == "78"
    assert len(drawing.lines) == 3
    ours, theirs = played(drawing), played(svg_read.read(tmp_path / "disc.svg"))
    assert np.std(ours - theirs) < 1e-3 * np.std(theirs)


def test_a_turned_disc_plays(tmp_path):
    cut = turning_disc()
    file = tmp_path / "disc.ngc"
    file.write_text(written(cut)[0])
    heard = played(read.read(file))
    t = np.arange(len(heard)) / RATE
    basis = np.stack([np.cos(2 * np.pi * 440 * t), np.sin(2 * np.pi * 440 * t)], 1)
    (c, s), *_ = np.linalg.lstsq(basis, heard, rcond=None)
    assert math.hypot(c, s) == pytest.approx(2e-5, rel=0.02)
    assert np.std(heard - basis @ np.array([c, s])) < 1e-6
