"""DXF as it is written: R12 that another library reads without complaint, true to size, its numbers short."""

from __future__ import annotations

import dataclasses
import io
import math
from fractions import Fraction
from itertools import pairwise

import ezdxf
import ezdxf.bbox
import ezdxf.colors
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.dxf import FORMAT, colours
from bonemusic.formats.dxf import write as dxf_write
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.paths.line import Line
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent

RATE = 48_000
IDEAL, LASER = presets.machine("ideal"), presets.machine("laser-1200")
DISC = presets.disc("7in-78")
STEPS = (0.4e-6, 0.3e-6, 0.0125e-6, 1e-8, 25e-6, 25.4e-3 / 1200, LASER.step_m)


def cut_disc(machine=IDEAL, step_m=0.4e-6, seconds=0.6, meta=None, path_points=None):
    machine = dataclasses.replace(machine, path_points=path_points)
    lateral = 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)
    turns = len(lateral) * 1.3 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(
        spiral, constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2), meta=meta or {}
    )
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    return CutDisc(groove, DISC, machine, 1e4, line=Line.of(wave, step_m), layers=layers.of_disc(DISC, machine, 2e-4))


def written(cut):
    out = io.BytesIO()
    points = FORMAT.write(out, cut, silent)
    assert out.tell() == len(out.getvalue())  # whoever goes on writes behind it
    return out.getvalue(), points


def chosen(cut):
    """The line's points in steps, those left out that are where the one before is."""
    pieces = list(cut.line.pieces(lambda x, y: np.stack([x, y], 1)))
    points = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    return points[np.append(True, np.diff(points, axis=0).any(axis=1))]


def opened(text, tmp_path):
    path = tmp_path / "disc.dxf"
    path.write_bytes(text)
    return ezdxf.readfile(path), path


def joined(polylines):
    """Polylines that each begin where the last ended, as one."""
    for one, two in pairwise(polylines):
        np.testing.assert_array_equal(one[-1], two[0])
    return np.concatenate([polylines[0], *(line[1:] for line in polylines[1:])])


# In another library


@pytest.mark.parametrize("step_m", [0.4e-6, LASER.step_m])
def test_another_library_reads_it_without_complaint(step_m, tmp_path):
    cut = cut_disc(step_m=step_m)
    text, points = written(cut)
    drawing, _ = opened(text, tmp_path)
    assert drawing.dxfversion == "AC1009"
    audit = drawing.audit()
    assert not audit.errors
    assert not audit.fixes
    assert drawing.header["$INSUNITS"] == 4
    assert drawing.header["$MEASUREMENT"] == 1
    model = drawing.modelspace()
    drawn = ezdxf.bbox.extents(model, fast=True)
    for corner, said in ((drawn.extmin, "$EXTMIN"), (drawn.extmax, "$EXTMAX")):
        assert drawing.header[said] == pytest.approx(tuple(corner), abs=1e-6)
    assert drawing.header["$EXTMAX"][:2] == pytest.approx((87.5, 87.5), abs=1e-6)
    assert [(name, drawing.layers.get(name).color) for name in ("GROOVE", "LABEL", "CUT")] == [
        ("GROOVE", 7), ("LABEL", 5), ("CUT", 1),
    ]  # fmt: skip
    circles = [(c.dxf.layer, tuple(c.dxf.center), c.dxf.radius) for c in model.query("CIRCLE")]
    assert circles == [("CUT", (0, 0, 0), 3.62), ("CUT", (0, 0, 0), 87.5)]
    line = joined(
        [np.array([tuple(v.dxf.location)[:2] for v in p.vertices]) for p in model.query('POLYLINE[layer=="GROOVE"]')]
    )
    assert len(line) == points
    np.testing.assert_allclose(line * 1e-3, chosen(cut) * step_m, atol=step_m / dxf_write.FAITHFUL, rtol=0)


def test_a_part_without_layers_says_how_far_it_reaches(tmp_path):
    cut = dataclasses.replace(cut_disc(), layers=())
    line = chosen(cut) * cut.line.step_m * 1e3
    drawing, _ = opened(written(cut)[0], tmp_path)
    assert drawing.header["$EXTMIN"][:2] == pytest.approx(line.min(0), abs=1e-6)
    assert drawing.header["$EXTMAX"][:2] == pytest.approx(line.max(0), abs=1e-6)


def test_it_may_stand_behind_something_else():
    out = io.BytesIO(b"before")
    out.seek(6)
    FORMAT.write(out, cut_disc(), silent)
    assert out.getvalue() == b"before" + written(cut_disc())[0]


@pytest.mark.parametrize("path_points", [None, 2, 3, 1000])
def test_polylines_are_no_longer_than_the_machine_takes(path_points, tmp_path):
    cut = cut_disc(seconds=0.2, path_points=path_points)
    text, points = written(cut)
    drawing, path = opened(text, tmp_path)
    polylines = list(drawing.modelspace().query("POLYLINE"))
    lengths = [len(p) for p in polylines]
    assert max(lengths) == (path_points or points)
    assert min(lengths) >= 2
    np.testing.assert_array_equal(np.rint(joined(FORMAT.draw(path).lines) / 0.4e-6), chosen(cut))


def test_other_layers_keep_lines_circles_names_and_colours(tmp_path):
    square = np.array([[-0.05, -0.02], [0.1, -0.02], [0.1, 0.03], [-0.05, -0.02]])
    more = Layer("test card-1 ü", "#ff8000", (square, np.array([[0.0, 0.0], [1e-9, 0.0], [0.001, 0.12345678]])),
                 (Circle(0.1, -0.11, 0.01),))  # fmt: skip
    cut = cut_disc(seconds=0.1)
    drawing, path = opened(written(dataclasses.replace(cut, layers=(*cut.layers, more)))[0], tmp_path)
    assert not drawing.audit().errors
    assert drawing.layers.get("TEST_CARD-1__").color == 30  # orange
    closed, open_line = drawing.modelspace().query('POLYLINE[layer=="TEST_CARD-1__"]')
    assert (closed.is_closed, len(closed), open_line.is_closed, len(open_line)) == (True, 3, False, 3)
    assert drawing.header["$EXTMAX"][:2] == pytest.approx((110, 123.456780))
    assert drawing.header["$EXTMIN"][:2] == pytest.approx((-87.5, -120))
    read = FORMAT.draw(path)
    np.testing.assert_allclose(read.lines[-2], square, atol=1e-9)
    np.testing.assert_allclose(read.lines[-1], more.lines[1], atol=1.1e-9)
    assert (read.circles[-1].x_m, read.circles[-1].y_m, read.circles[-1].radius_m) == pytest.approx((0.1, -0.11, 0.01))


@pytest.mark.parametrize("title", ["", "0\nEOF\n", "\x00\x1b\ud800", "Кости — 🦴", "a\r\nb", "x" * 5000, "  0"])
def test_hostile_titles_are_comments_on_one_line(title, tmp_path):
    text, _ = written(cut_disc(seconds=0.1, meta={"title": title, "curve": title}))
    drawing, path = opened(text, tmp_path)
    assert len(drawing.modelspace().query("POLYLINE")) == 1
    assert max(len(line) for line in text.split(b"\n")) < 256
    text.decode("ascii")
    assert FORMAT.sniff(text[:4096])
    assert FORMAT.draw(path).meta["rpm"] == "78"


# Read again


@pytest.mark.parametrize("step_m", STEPS)
def test_read_again_it_is_the_same_points(step_m, tmp_path):
    cut = cut_disc(step_m=step_m)
    text, points = written(cut)
    path = tmp_path / "disc.dxf"
    path.write_bytes(text)
    drawing = FORMAT.draw(path)
    line = joined(drawing.lines)
    assert len(line) == points
    assert drawing.scale_known
    np.testing.assert_array_equal(np.rint(line / step_m), chosen(cut))
    assert np.abs(line - chosen(cut) * step_m).max() <= step_m / dxf_write.FAITHFUL
    assert [c.radius_m for c in drawing.circles] == pytest.approx([3.62e-3, 87.5e-3])
    assert drawing.meta == {"rpm": "78"}


def test_it_is_heard_as_it_was_drawn(tmp_path):
    """A DXF of the side is the groove of the line itself, to the last nanometre."""
    cut = cut_disc(seconds=2.0)
    path = tmp_path / "disc.dxf"
    path.write_bytes(written(cut)[0])
    drawn = FORMAT.draw(path)
    groove, warnings = groove_of(drawn, Fraction(78))
    direct, _ = groove_of(dataclasses.replace(drawn, lines=(chosen(cut) * cut.line.step_m,)), Fraction(78))
    assert warnings == ()
    assert np.abs(groove.lateral_m[5000:-5000]).max() == pytest.approx(2e-5, rel=0.02)
    np.testing.assert_allclose(groove.lateral_m, direct.lateral_m, atol=1e-9)


def test_the_same_disc_is_the_same_bytes():
    assert written(cut_disc()) == written(cut_disc())


# Spelling


def plainly(x, y, step_mm, decimals, most):
    """The same polylines as a person would write them."""

    def number(steps):
        text = f"{Fraction(round(steps * step_mm * 10**decimals), 10**decimals).__float__():.{decimals}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-0", "0", text.strip("-0.") == "")

    points = [(x[0], y[0])]
    for point in zip(x[1:], y[1:], strict=True):
        if point != points[-1]:
            points.append(point)
    if len(points) == 1:
        points *= 2
    said = ""
    for first in range(0, len(points) - 1, most - 1):
        said += "0\nPOLYLINE\n8\nGROOVE\n66\n1\n10\n0\n20\n0\n30\n0\n"
        for px, py in points[first : first + most]:
            said += f"0\nVERTEX\n8\nGROOVE\n10\n{number(px)}\n20\n{number(py)}\n"
        said += "0\nSEQEND\n8\nGROOVE\n"
    return said.encode(), len(points) - 1


@given(
    nst.arrays(np.int32, st.tuples(st.integers(2, 30), st.just(2)), elements=st.integers(-400, 400))
    | nst.arrays(np.int32, st.tuples(st.integers(2, 30), st.just(2)), elements=st.integers(-1, 1))
    | nst.arrays(np.int32, st.tuples(st.integers(2, 9), st.just(2)), elements=st.integers(-(2**31), 2**31 - 1)),
    st.sampled_from([(4, 4), (25, 3), (1, 5), (5, 0), (1000, 3)]),
    st.integers(2, 9),
)
def test_spelling_is_what_a_person_would_write(points, units, most):
    unit, decimals = units
    x, y = points[:, 0].copy(), points[:, 1].copy()
    step_mm = Fraction(unit, 10**decimals)
    assert dxf_write.spell(x, y, float(unit), decimals, most) == plainly(
        x.tolist(), y.tolist(), step_mm, decimals, most
    )


def test_kernel_equals_its_plain_twin():
    x, y = np.random.default_rng(1).integers(-(10**7), 10**7, (2, 200)).astype(np.int32)
    x[7:9], y[7:9] = x[6], y[6]
    outs = np.zeros((2, 40_000), np.uint8)
    assert dxf_write._spell(x, y, 4.0, 4, 50, outs[0]) == dxf_write._spell.py_func(x, y, 4.0, 4, 50, outs[1])
    np.testing.assert_array_equal(outs[0], outs[1])
    for value, decimals, said in ((-120, 1, b"-12"), (5, 3, b"0.005"), (0, 4, b"0"), (-10203, 4, b"-1.0203")):
        ends = [f(out, 0, np.int64(value), decimals) for f, out in
                zip((dxf_write._decimal, dxf_write._decimal.py_func), outs, strict=True)]  # fmt: skip
        assert [out[:end].tobytes() for out, end in zip(outs, ends, strict=True)] == [said, said]


@pytest.mark.parametrize(
    ("step_m", "decimals"),
    [(0.4e-6, 4), (0.2e-6, 4), (0.05e-6, 5), (1e-8, 5), (25e-6, 3), (LASER.step_m, 4), (1e-3, 0), (0.7, 0)],
)
def test_no_more_decimals_than_the_step_needs(step_m, decimals):
    assert dxf_write.decimals_for(step_m * 1e3) == decimals


# Colours


@given(st.integers(0, 0xFFFFFF))
def test_colours_are_the_nearest_of_the_palette(value):
    rgb = ((value >> 16) & 255, (value >> 8) & 255, value & 255)
    palette = {n: ezdxf.colors.aci2rgb(n) for n in range(1, 250)}
    least = min(math.dist(rgb, known) for known in palette.values())
    found = colours.index(f"#{value:06x}")
    known = palette[found] if found != 7 else min(((0, 0, 0), (255, 255, 255)), key=lambda c: math.dist(rgb, c))
    assert math.dist(rgb, known) <= least + 5  # the last digits of dark hues differ from table to table


@pytest.mark.parametrize(
    ("colour", "number"),
    [("#ff0000", 1), ("#FFFF00", 2), ("#00ff00", 3), ("#00ffff", 4), ("#0000ff", 5), ("#ff00ff", 6),
     ("#000000", 7), ("#ffffff", 7), ("#808080", 8), ("#c0c0c0", 9), ("blue", 7), ('#12"', 7)],
)  # fmt: skip
def test_colours_that_have_a_name(colour, number):
    assert colours.index(colour) == number
