"""HP-GL as it is written, as other programs plot, and files that mean harm."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from bonemusic import presets
from bonemusic.errors import FormatError
from bonemusic.formats.base import CutDisc
from bonemusic.formats.dxf import gather
from bonemusic.formats.hpgl import FORMAT, commands, pens
from bonemusic.formats.hpgl import read as hpgl_read
from bonemusic.formats.hpgl import write as hpgl_write
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.paths.line import Line
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent

RATE = 48_000
UNIT_M = 25e-6
IDEAL, LASER, PLOTTER = (presets.machine(name) for name in ("ideal", "laser-1200", "plotter"))
DISC = presets.disc("7in-78")


def cut_disc(machine=PLOTTER, step_m=UNIT_M, seconds=0.6, path_points=None, speed_m_s=None):
    machine = dataclasses.replace(
        machine, path_points=path_points, groove_speed_m_s=speed_m_s, cut_speed_m_s=speed_m_s and speed_m_s / 2
    )
    lateral = 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)
    turns = len(lateral) * 1.3 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(spiral, constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2))
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    return CutDisc(groove, DISC, machine, 1e4, line=Line.of(wave, step_m), layers=layers.of_disc(DISC, machine, 2e-4))


def written(cut):
    out = io.BytesIO()
    points = FORMAT.write(out, cut, silent)
    return out.getvalue().decode("ascii"), points


def chosen(cut):
    """The line's points in steps, those left out that are where the one before is."""
    pieces = list(cut.line.pieces(lambda x, y: np.stack([x, y], 1)))
    points = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    return points[np.append(True, np.diff(points, axis=0).any(axis=1))]


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    path = tmp_path_factory.mktemp("hpgl") / "disc.plt"

    def write_and_read(text):
        path.write_bytes(text if isinstance(text, bytes) else text.encode("latin-1"))
        return FORMAT.draw(path)

    return write_and_read


@pytest.fixture
def refused(read):
    def message(text):
        with pytest.raises(FormatError) as why:
            read(text)
        said = str(why.value)
        assert "\n" not in said
        assert len(said) < 200
        assert said.startswith("disc.plt: ")
        return said

    return message


def units(lines):
    return [np.rint(line / UNIT_M).astype(int).tolist() for line in lines]


# Writing


def plotted(text):
    """The moves of a file of whole plotter units, carried out by nothing but its words."""
    assert re.fullmatch(r"(?:[A-Z]{2}[-0-9,.]*;\n?)*", text)
    pen, down, relative, place = 0, False, False, np.zeros(2, int)
    lines: list[tuple[int, list]] = []
    for name, numbers in re.findall(r"([A-Z]{2})([-0-9,]*);", text):
        values = np.array([int(n) for n in numbers.split(",") if n], int)
        if name == "SP":
            pen = int(values[0])
        elif name in ("PU", "PD"):
            down = name == "PD"
            if down:
                lines.append((pen, [place.tolist()]))
        elif name in ("PA", "PR"):
            relative = name == "PR"
        if name in ("PU", "PD", "PA", "PR"):
            for move in values.reshape(-1, 2):
                place = place + move if relative else move
                if down:
                    lines[-1][1].append(place.tolist())
    return lines, (pen, down)


def test_the_groove_is_drawn_in_one_go_by_pen_1_and_all_is_at_least_zero():
    cut = cut_disc()
    text, points = written(cut)
    assert text.startswith("IN;SP1;PU6700,3500;PD;\nPR")
    (groove,), last = plotted(text)
    assert last == (0, False)
    pen, line = groove
    assert pen == 1
    np.testing.assert_array_equal(line, chosen(cut) + 3500)
    assert points == len(line)
    assert np.min(line) >= 0
    assert text.endswith(";\nPU;PA;\nSP3;PU3500,3500;CI145,1;\nPU3500,3500;CI3500,1;\nSP0;\n")


@pytest.mark.parametrize("path_points", [1, 3, 1000])
def test_commands_hold_no_more_moves_than_the_machine_takes(path_points):
    text, points = written(cut_disc(seconds=0.1, path_points=path_points))
    moves = [(command.count(",") + 1) / 2 for command in re.findall(r"PR([^;]*);", text)]
    assert max(moves) == min(path_points, points - 1)
    assert sum(moves) == points - 1
    ((_, line),), _ = plotted(text)  # the pen stays down
    assert len(line) == points


def test_other_layers_have_pens_of_their_own_and_all_have_their_speed():
    square = 0.01 * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    cut = cut_disc(seconds=0.05, speed_m_s=0.02, path_points=3)
    mark = Layer("marks", "#00ff00", (square,), (Circle(0.05, -0.09, 0.001),))
    text, _ = written(dataclasses.replace(cut, layers=(*cut.layers, mark)))
    half = math.ceil(0.091 / UNIT_M)  # the mark reaches beyond the disc
    lines, _ = plotted(text)
    assert [pen for pen, _ in lines] == [1, 4, 4]
    corners = [*lines[1][1], *lines[2][1][1:]]
    assert corners == (np.rint(square / UNIT_M).astype(int) + half).tolist()
    assert f"PU{half + 2000},{half - 3600};CI40,1;" in text
    assert re.findall(r"SP\d;(?:VS[^;]*;)?", text) == ["SP1;VS2;", "SP3;VS1;", "SP4;VS2;", "SP0;"]


def test_a_pen_is_a_colour_whatever_is_drawn_first():
    cut = cut_disc(seconds=0.05)
    line = 0.01 * np.array([[-1.0, -1], [1, -1]])
    own = (PLOTTER.label_colour, "#00ff00", PLOTTER.groove_colour, "#00fe00", PLOTTER.cut_colour, "#00ff00")
    before = tuple(Layer(f"layer-{n}", colour, (line,)) for n, colour in enumerate(own))
    text, _ = written(dataclasses.replace(cut, before=before))
    assert re.findall(r"SP(\d+);", text) == ["2", "4", "1", "5", "3", "4", "1", "3", "0"]


@pytest.mark.parametrize(
    ("machine", "step_m", "said"),
    [(PLOTTER, UNIT_M, ""), (PLOTTER, 2 * UNIT_M, ""), (IDEAL, 0.4e-6, "SC0,62500,0,62500;"),
     (LASER, LASER.step_m, "SC0,1181.10236034,0,1181.10236034;"), (PLOTTER, 10e-6, "SC0,2500,0,2500;")],
)  # fmt: skip
def test_read_again_it_is_the_same_points(read, machine, step_m, said):
    """Also where steps are no plotter units: then the file says how many steps 1000 of those are."""
    cut = cut_disc(machine, step_m, 0.4)
    text, points = written(cut)
    assert text.startswith("IN;IP0,0,1000,1000;" + said + "SP1;PU" if said else "IN;SP1;PU")
    drawing = read(text)
    assert drawing.scale_known
    assert drawing.notes == ()
    (line,) = drawing.lines
    assert len(line) == points
    half = math.ceil(DISC.diameter_m / 2 / step_m)
    np.testing.assert_allclose(line, (chosen(cut) + half) * step_m, atol=1e-12, rtol=1e-11)
    hole, rim = drawing.circles
    unit_m = min(step_m, UNIT_M)
    assert (hole.x_m, hole.y_m) == pytest.approx((half * step_m, half * step_m))
    assert hole.radius_m == pytest.approx(DISC.hole_diameter_m / 2, abs=unit_m / 2)
    assert rim.radius_m == pytest.approx(DISC.diameter_m / 2, abs=unit_m / 2)


def test_it_is_heard_as_it_was_drawn(read):
    cut = cut_disc(IDEAL, 0.4e-6, 2.0)
    drawn = read(written(cut)[0])
    groove, warnings = groove_of(drawn, Fraction(78))
    direct, _ = groove_of(
        dataclasses.replace(drawn, lines=(chosen(cut) * 0.4e-6,), circles=(Circle(0, 0, 3.62e-3),)), Fraction(78)
    )
    assert warnings == ()
    assert np.abs(groove.lateral_m[5000:-5000]).max() == pytest.approx(2e-5, rel=0.02)
    np.testing.assert_allclose(groove.lateral_m, direct.lateral_m, atol=1e-9)


def test_parts_begin_where_the_last_ended(read):
    cut = cut_disc()
    middle = 3001
    first = dataclasses.replace(cut, line=dataclasses.replace(cut.line, last=middle), layers=())
    rest = dataclasses.replace(cut, line=dataclasses.replace(cut.line, first=middle))
    one, two = (read(written(part)[0]).lines[0] for part in (first, rest))
    np.testing.assert_array_equal(one[-1], two[0])


def test_the_same_disc_is_the_same_bytes():
    assert written(cut_disc(IDEAL, 0.4e-6)) == written(cut_disc(IDEAL, 0.4e-6))


def plainly(x, y, factor, most):
    """The same moves as a person would write them."""
    places = zip(x, y, strict=True)
    moves = [(factor * (c - a), factor * (d - b)) for (a, b), (c, d) in pairwise(places) if (a, b) != (c, d)]
    runs = [moves[k : k + most] for k in range(0, len(moves), most)]
    return "".join("PR" + ",".join(f"{dx},{dy}" for dx, dy in run) + ";\n" for run in runs).encode(), len(moves)


@given(
    nst.arrays(np.int32, st.tuples(st.integers(2, 30), st.just(2)), elements=st.integers(-120, 120))
    | nst.arrays(np.int32, st.tuples(st.integers(2, 30), st.just(2)), elements=st.integers(0, 1))
    | nst.arrays(np.int32, st.tuples(st.integers(2, 9), st.just(2)), elements=st.integers(-(2**31), 2**31 - 1)),
    st.integers(1, 3),
    st.integers(1, 40),
)
def test_spelling_is_what_a_person_would_write(points, factor, most):
    x, y = points[:, 0].copy(), points[:, 1].copy()
    assert hpgl_write.spell(x, y, factor, most) == plainly(x.tolist(), y.tolist(), factor, most)


# Reading what others plot


def test_pen_moves_of_every_kind(read):
    text = "IN;SP1;PU100,200;PD300,200,300,400;PR10,-20;PD5,5;PU0,100;PD;PA0,0,7,7;PU;SP2;PD8,8;PU9,9;"
    drawing = read(text)
    assert units(drawing.lines) == [
        [[100, 200], [300, 200], [300, 400], [310, 380], [315, 385]],
        [[315, 485], [0, 0], [7, 7]],
        [[7, 7], [8, 8]],
    ]
    assert drawing.scale_known
    assert drawing.notes == ()


@pytest.mark.parametrize("chunk", [1, 7, 1 << 21])
@pytest.mark.parametrize(
    "text",
    [
        "IN;SP1;PU0,0;PD10,0,10,-5,7,7;PU;",
        "in;sp1;pu0,0;pd10,0,10,-5,7,7;pu;",
        "INSP1PU0 0PD10 0 10-5 7 7PU",
        "IN\nSP1\r\nPU 0,0\nPD 10,0,\n 10,-5\t7,7\nPU\n",
        "IN;SP1;PU0,0;PD10,0;PD10,-5;PD7,7;PU;SP0;",
        "IN;SP1;PA0,0;PD;PR10,0,0,-5,-3,12;PU",
        "IN;SP1;PU0,0;PD+10.,0.0,10.000,-5.0,7,7.",
        "IN;PU0,0;PD10,0,10,-5,7,7",
        "\x1b.(\x1b.I81;;17:\x1b.N;19:IN;SP1;PU0,0PD10,0,10,-5,7,7;",
        '\x1b%-12345X@PJL SET X=1\n@PJL ENTER LANGUAGE=HPGL2\n\x1bE\x1b%0BIN;CO"PD9,9;";PU0,0;PD10,0,10,-5,7,7;\x1b%0A',
        "IN;SP1;LBPD 9,9; text\x03PU0,0;PD10,0;LB\x03PD10,-5,7,7;",
        "IN;SP1;DT*;LBPD9,9;*PU0,0;PD10,0,10,-5,7,7;DT;LBx;*\x03",
        "IN;SP1;VS38.1,1;FS4;PU0,0;PD10,0;WU0;PD10,-5,7,7;PU;PG;",
        "IN;SP0;PU3,3;PD4,4;PU;SP1;PU0,0;PD10,0,10,-5,7,7;SP0;PD99,99;",
    ],
)
def test_spellings_and_chunks_make_no_difference(read, text, chunk, monkeypatch):
    monkeypatch.setattr(hpgl_read, "CHUNK", chunk)
    lines = units(read(text).lines)
    joined = lines[0] + [point for line in lines[1:] for point in line[1:]]
    assert joined == [[0, 0], [10, 0], [10, -5], [7, 7]]
    assert all(one[-1] == two[0] for one, two in pairwise(lines))
    assert read(text).notes in ((), ("the file ends with its pen down and may be cut short",))


def test_scaling_to_corners_that_the_file_gives(read):
    inches = read("IN;IP0,0,1016,1016;SC0,1,0,1;SP1;PU1,1;PD2,1,2,1.5;PR0.25,0;PU;SC;PA0,0;PD40,0;")
    np.testing.assert_allclose(inches.lines[0], 0.0254 * np.array([[1, 1], [2, 1], [2, 1.5], [2.25, 1.5]]), rtol=1e-12)
    np.testing.assert_allclose(inches.lines[1], [[0, 0], [1e-3, 0]], atol=1e-15)
    assert inches.scale_known
    moved = read("IN;IP400,800,800,1600;SC-1,1,-1,1;PU0,0;PD1,1;")
    np.testing.assert_allclose(moved.lines[0], [[0.015, 0.03], [0.02, 0.04]])
    assert not moved.circles
    turned = read("IN;IP0,0,400,400;SC10,0,0,10;PU0,0;PD10,10;")  # x runs the other way
    np.testing.assert_allclose(turned.lines[0], [[0.01, 0], [0, 0.01]], atol=1e-15)
    alike = read("IN;IP0,0,800,400;SC0,10,0,10,1;PU0,0;PD10,10;")  # the smaller scale, in the middle
    np.testing.assert_allclose(alike.lines[0], [[0.005, 0], [0.015, 0.01]], atol=1e-15)
    factor = read("IN;SC0,40,0,40,2;PU0,0;PD10,10;")  # plotter units in a user unit
    np.testing.assert_allclose(factor.lines[0], [[0, 0], [0.01, 0.01]], atol=1e-15)
    assert factor.scale_known
    two = read("IN;IP0,0,400,400;IP100,0;SC0,4,0,4;PU0,0;PD4,4;")  # the other corner goes along
    np.testing.assert_allclose(two.lines[0], [[0.0025, 0], [0.0125, 0.01]], atol=1e-15)


def test_scaling_that_only_the_plotter_knows_is_no_size(read):
    drawing = read("IN;SC0,1000,0,1000;PU0,0;PD96,0;CI48;")
    assert not drawing.scale_known
    np.testing.assert_allclose(drawing.lines[0][1], [0.0254, 0])
    assert drawing.circles[0].radius_m == pytest.approx(0.0127)
    assert read("IN;SC0,0,0,0;IP0,0,9,9;PU0,0;PD40,0;").lines[0][1].tolist() == [1e-3, 0]  # no scale at all


def on_circle(points, centre, radius_m):
    return np.abs(np.hypot(*(points - centre).T) - radius_m).max()


@pytest.mark.parametrize("sweep", [90, -90, 180, -300, 360, 0.5, 1000])
@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("before", ["", "PD5000,0;"])
def test_arcs(read, sweep, relative, before):
    start = (5000, 0) if before else (4000, 1000)
    centre = (1000, 1000)
    about = f"AR{centre[0] - start[0]},{centre[1] - start[1]}" if relative else f"AA{centre[0]},{centre[1]}"
    (arc,) = read(f"IN;PU4000,1000;{before}PD;{about},{sweep},5;PU;").lines
    arc = arc[1:] if before else arc
    middle = np.array(centre) * UNIT_M
    radius = math.dist(start, centre) * UNIT_M
    assert on_circle(arc, middle, radius) < 1e-12
    assert on_circle((arc[1:] + arc[:-1]) / 2, middle, radius) <= hpgl_read.SAGITTA_M * 1.001
    np.testing.assert_allclose(arc[0], np.array(start) * UNIT_M)
    turned = math.radians(max(-360, min(360, sweep)))
    length = np.hypot(*np.diff(arc, axis=0).T).sum()
    assert length == pytest.approx(radius * abs(turned), rel=2e-6)
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    end = middle + radius * np.array([math.cos(first + turned), math.sin(first + turned)])
    np.testing.assert_allclose(arc[-1], end, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "ends"),
    [("PU1000,0;PD;AT0,1000,-1000,0;", (-1000, 0)), ("PU1000,0;PD;RT-1000,-1000,-1000,1000;", (0, 1000)),
     ("PU1000,0;PD;AT-600,-800,0,1000;", (0, 1000))],
)  # fmt: skip
def test_arcs_through_three_points(read, text, ends):
    (arc,) = read("IN;" + text).lines
    assert on_circle(arc, (0, 0), 0.025) < 1e-12
    np.testing.assert_allclose(arc[-1], np.array(ends) * UNIT_M, atol=1e-12)
    mid = [int(n) for n in re.findall(r"[AR]T(-?\d+),(-?\d+)", text)[0]]
    mid = np.array(mid) + ((1000, 0) if "RT" in text else (0, 0))
    assert np.hypot(*(arc - mid * UNIT_M).T).min() < 2e-4
    straight = read("IN;PU0,0;PD;AT1,1,2,2;PU;").lines[0]
    assert units([straight]) == [[[0, 0], [2, 2]]]


def test_an_arc_stays_on_its_side_where_an_axis_is_turned(read):
    (arc,) = read("IN;IP0,0,400,400;SC0,-10,0,10;PU10,0;PD;AA0,0,90;").lines
    assert on_circle(arc, (0, 0), 0.01) < 1e-15
    np.testing.assert_allclose(arc[[0, -1]], [[-0.01, 0], [0, 0.01]], atol=1e-15)
    assert (arc[1:-1] * (-1, 1) > 0).all()


def test_circles_are_drawn_wherever_the_pen_is(read):
    drawing = read("IN;SP1;PU400,800;CI40;PD800,800;CI-80,5;PU;SP0;CI7;")
    found = [(c.x_m, c.y_m, c.radius_m) for c in drawing.circles]
    assert found == [pytest.approx(c) for c in ((0.01, 0.02, 1e-3), (0.02, 0.02, 2e-3))]
    uneven = read("IN;IP0,0,10,20;SC0,1,0,1;PU0,0;PD9,9;CI4;PU;")
    assert uneven.circles == ()
    assert "1 curve was" in uneven.notes[0]


def encoded(numbers, seven=False, bits=0):
    """Numbers as PE has them, after the manual's recipe."""
    base, low = (32, 95) if seven else (64, 191)
    out = b""
    for number in numbers:
        n = round(number * 2**bits)
        n = 2 * n if n >= 0 else -2 * n + 1
        while n >= base:
            out += bytes([63 + n % base])
            n //= base
        out += bytes([low + n])
    return out


@pytest.mark.parametrize("seven", [False, True])
@pytest.mark.parametrize("bits", [0, 3])
@pytest.mark.parametrize("chunk", [1, 5, 1 << 21])
def test_encoded_polylines(read, seven, bits, chunk, monkeypatch):
    monkeypatch.setattr(hpgl_read, "CHUNK", chunk)
    start, moves = (300, 5000), [(40, -41), (-2000, 31), (0, 0.5 if bits else 0), (70000, 1)]
    flags = b"7" if seven else b""
    flags += b">" + encoded([bits], seven) if bits else b""
    body = b"<=" + encoded(start, seven, bits) + b"".join(encoded(m, seven, bits) for m in moves)
    body += b"<" + encoded((-9, 9), seven, bits) + b":" + encoded([2], seven) + encoded((1, 1), seven, bits)
    lines = read(b"IN;SP1;PU7,7;PE" + flags + body + b";PU;PA1,1;").lines
    wanted = np.cumsum([start, *moves], axis=0) * UNIT_M
    joined = [lines[0], *(line[1:] for line in lines[1:-1])]
    np.testing.assert_allclose(np.concatenate(joined), wanted, atol=1e-15)
    np.testing.assert_allclose(lines[-1], wanted[-1] + UNIT_M * np.array([[-9, 9], [-8, 10]]), atol=1e-12)


def test_the_manuals_own_number():
    """HP-GL/2's manual spells 21050 as x·4096 + y·64 + z: 42100 = 10·4096 + 17·64 + 52."""
    assert encoded([21050]) == bytes([63 + 52, 63 + 17, 191 + 10])


def test_unknown_commands_are_counted(read):
    drawing = read("IN;PU0,0;PD5,5;QQ1,2;ZZ;QQ;EA9,9;BZ1,1,2,2,3,3;PU;")
    assert drawing.notes == (
        "1 curve was passed over or read as a circle; convert it to a polyline",
        "4 commands are not known and were passed over (EA, QQ, ZZ)",
    )
    assert read("IN;PU0,0;PD5,5;QQ1,2;BZ1,1,2,2,3,3;BZ1,1,2,2,3,3;PU;").notes == (
        "2 curves were passed over or read as circles; convert them to polylines",
        "1 command is not known and was passed over (QQ)",
    )
    assert "pen down" in read("IN;PU0,0;PD5,5;").notes[0]


def test_resetting(read):
    text = "IN;IP0,0,400,400;SC0,10,0,10;SP2;PD10,0;DF;PA500,0;IN;PD0,0,10,0;"
    lines = read(text).lines
    np.testing.assert_allclose(lines[0], [[0, 0], [0.01, 0]])
    assert units(lines[1:]) == [[[400, 0], [500, 0]], [[0, 0], [0, 0], [10, 0]]]


# Sniffing


@pytest.mark.parametrize(
    ("head", "known"),
    [(b"IN;SP1;PU0,0;", True), (b" \r\n;in;pu1,1;", True), (b"PU100,100;PD1,1", True), (b"INSP1PUPA3,4", True),
     (b"\x1b%-12345X@PJL SET X=1\n@PJL ENTER LANGUAGE=HPGL2\nIN;PE<=\xbf", True), (b"\x1b.(;IN;PD;", True),
     (b"\x1b.I81;;17:IN;IP0,0,1,1;SC0,1,0,1;PU;", True), (b"SP1;", False), (b"In the beginning put", False),
     (b"<svg>", False), (b"G21\nG90\nG0 X1", False), (b"0\nSECTION\n", False), (b"%PDF-1.7", False), (b"", False)],
)  # fmt: skip
def test_sniff(head, known):
    assert FORMAT.sniff(head) is known


# Files that are no plots, or mean harm


def test_kernels_equal_their_plain_twins():
    text = np.frombuffer(
        b"IN;IP0,0,9,9;SC0,2,0,2;SP1;PU1,1;PD2,2,-3,3;PR1,1;AA0,0,90;AT1,1,2,3;CI4;LBx\x03PE7<="
        + encoded((5, 6), True)
        + encoded((7, -800), True)
        + b";QQ;PU;\x1b%0A",
        np.uint8,
    )
    results = []
    for scan in (commands.scan, commands.scan.py_func):
        state = pens.begun()
        outs = np.zeros((len(text), 3)), np.zeros((len(text), 2), np.int64), np.zeros((len(text), 3))
        results.append((*scan(text, *state, *outs), *outs, *state))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    x, y = np.random.default_rng(1).integers(-(10**7), 10**7, (2, 200)).astype(np.int32)
    x[7:9], y[7:9] = x[6], y[6]
    twins = np.zeros((2, 9000), np.uint8)
    assert hpgl_write._spell(x, y, 2, 50, twins[0]) == hpgl_write._spell.py_func(x, y, 2, 50, twins[1])
    np.testing.assert_array_equal(twins[0], twins[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        ("IN;SP1;PU5,5;", "draws no line"),
        ("IN;BZ1,1,2,2,3,3;", "is drawn with curves"),
        ("IN;PU0,0;PD10,0,10", "is cut short"),
        ("IN;PU0,0;PD10,0,10,", "is cut short"),
        ("IN;PU0,0;PD10,0,#", "'#' at byte 17 is no HP-GL"),
        ("IN;PU0,0;PD10,0;5,5;", "'5,5;' at byte 17 is no HP-GL"),
        ("IN;PU0,0;P1D10,0;", "'P1D10,0;' at byte 10 is no HP-GL"),
        ("IN;PU0,0;PD10,1e13;", "at byte 15 is an absurd number"),
        ("IN;PU0,0;PD10," + "9" * 1000 + ";", "is an absurd number"),
        ("IN;PU0,0;PD" + "9" * 5_000_000, "is no HP-GL"),
        (b"IN;PE<=%;", "'%;' at byte 8 is no HP-GL"),
        (b"IN;PE" + b"\x7e" * 60 + b"\xbf;", "is no HP-GL"),
        ("IN;PU0,0;PR;" + "PD999999999999,0;" * 3, "is an absurd number"),
    ],
)
def test_one_clear_line_for_what_cannot_be_read(refused, text, words):
    assert words in refused(text)


def test_limits(refused, monkeypatch):
    text = "IN;PU0,0;PD" + ",".join(f"{k},0" for k in range(50)) + ";"
    with monkeypatch.context() as m:
        m.setattr(gather, "MAX_POINTS", 40)
        assert "million points" in refused(text)
    with monkeypatch.context() as m:
        m.setattr(hpgl_read, "MAX_BYTES", 100)
        assert "is larger than" in refused(text)
    with monkeypatch.context() as m:
        m.setattr(gather, "MAX_POINTS", 100_000)
        assert "too large to be followed" in refused("IN;PU1e11,0;PD;AA0,0,359;")


def test_folders_and_missing_files(tmp_path):
    with pytest.raises(FormatError, match="is a directory"):
        FORMAT.draw(tmp_path)
    with pytest.raises(FormatError, match="no such file"):
        FORMAT.draw(tmp_path / "none.plt")


PARTS = ["IN", "DF", "SP1", "SP0", "SP", "PU", "PD", "PA", "PR", "PE", "IP0,0,9,9", "IP5,5", "IP", "SC0,1,0,2", "SC",
         "SC0,0,1,1", "SC9,1,1,9,1", "SC1,1,1,1,2", "CI5", "CI", "AA1,1,90", "AR0,0,-1e9", "AT1,1,2,0", "RT0,0,0,0",
         "LBx\x03", "LB", "DT*", "1", "-2.5", "1e11", ",", ";", "99999999", "<=\xbf\xc0", ">\xbf", "7", '"', "\x1b%0B",
         "\x1b.I;", "@PJL\n", "QQ", "\x00"]  # fmt: skip
GOOD = "IN;IP0,0,99,99;SC0,5,0,5;SP1;PU0,0;PD10,0,10,-5;PR7,7;AA0,0,90;CI5;LBx\x03PE<=\xc5\xc6\xc7\xc8;PU;SP0;"


@given(st.lists(st.sampled_from(PARTS), max_size=30))
@example(["PD", "1", "1", "SC1,1,1,1,2", "1e11", "1e11", "SC1,1,1,1,2", "AA1,1,90"])
def test_any_commands_are_a_drawing_or_one_clear_line(read, parts):
    drawn_or_refused(read, "".join(parts))


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(GOOD)))
def test_mutated_files_are_a_drawing_or_one_clear_line(read, changes, end):
    text = bytearray(GOOD.encode("latin-1"))
    for at, byte in changes:
        text[at] = byte
    drawn_or_refused(read, bytes(text[:end]))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_drawing_or_one_clear_line(read, text):
    drawn_or_refused(read, text)


def drawn_or_refused(read, text):
    try:
        drawing = read(text)
    except FormatError as why:
        assert "\n" not in str(why)  # noqa: PT017 (a drawing will do as well)
        return
    for found in drawing.lines:
        assert found.shape[1:] == (2,)
        assert len(found) >= 2
        assert np.isfinite(found).all()
    assert all(math.isfinite(c.radius_m) and c.radius_m > 0 for c in drawing.circles)
