"""PDF as it is written: true to size, one stream, whole steps, joined, well-formed whatever it is called."""

from __future__ import annotations

import dataclasses
import io
import math
import re
import zlib
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.pdf import objects
from bonemusic.formats.pdf.read import read
from bonemusic.formats.pdf.write import POINT_M, _spell, spell, write
from bonemusic.formats.registry import for_reading, for_writing
from bonemusic.formats.svg.read import read as read_svg
from bonemusic.formats.svg.write import write as write_svg
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.line import Line
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent

RATE = 48_000
IDEAL, LASER = presets.machine("ideal"), presets.machine("laser-1200")
DISC = presets.disc("7in-78")


def cut_disc(lateral=None, machine=IDEAL, disc=DISC, step_m=0.3e-6, meta=None, seconds=2.5):
    if lateral is None:
        lateral = 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)
    turns = len(lateral) * 1.3 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(
        spiral, constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2), meta=meta or {}
    )
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    return CutDisc(groove, disc, machine, 1e4, line=Line.of(wave, step_m), layers=layers.of_disc(disc, machine, 2e-4))


def written(cut):
    out = io.BytesIO()
    points = write(out, cut, silent)
    return out.getvalue(), points


def opened(text):
    return pikepdf.open(io.BytesIO(text))


def content(text):
    """The page's operators, unpacked with nothing but zlib."""
    packed = re.search(rb"/FlateDecode >>\nstream\n(.*)\nendstream", text, re.DOTALL)[1]
    assert len(re.findall(rb"endstream", text)) == 1
    return zlib.decompress(packed).decode()


def paths_of(operators):
    """Each path of the groove's layer, in steps."""
    layer = operators.split("BDC\n")[1].split("EMC")[0]
    for path in layer.split("RG\n")[1].split("S\n")[:-1]:
        lines = path.splitlines()
        assert lines[0].endswith(" m")
        assert all(line.endswith(" l") for line in lines[1:])
        yield np.array([line.split()[:2] for line in lines], int)


def plainly(x, y):
    """The same path as a person would write it."""
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    kept = [points[0], *(b for a, b in pairwise(points) if a != b)]
    if len(kept) == 1:
        kept.append(points[-1])
    lines = [f"{a} {b} {'l' if n else 'm'}\n" for n, (a, b) in enumerate(kept)]
    return ("".join(lines) + "S\n").encode(), len(kept) - 1


# Spelling


@settings(max_examples=200)
@given(nst.arrays(np.int32, st.tuples(st.integers(2, 40), st.just(2)), elements=st.integers(-(2**31), 2**31 - 1)))
def test_spelling_is_what_a_person_would_write(points):
    x, y = points.T
    assert spell(x, y) == plainly(x, y)


@settings(max_examples=100)
@given(nst.arrays(np.int32, st.tuples(st.integers(2, 9), st.just(2)), elements=st.integers(-1, 1)))
def test_points_that_stay_are_left_out(points):
    x, y = points.T
    assert spell(x, y) == plainly(x, y)


def test_kernel_equals_its_plain_twin():
    x, y = np.random.default_rng(1).integers(-(10**7), 10**7, (2, 300)).astype(np.int32)
    x[7:9], y[7:9] = x[6], y[6]
    outs = np.zeros((2, 26 * 300 + 64), np.uint8)
    assert _spell(x, y, outs[0]) == _spell.py_func(x, y, outs[1])
    np.testing.assert_array_equal(outs[0], outs[1])


@given(st.floats(-1e14, 1e14))
def test_numbers_are_decimals(value):
    text = objects.real(value)
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]*[1-9])?", text)
    assert float(text) == pytest.approx(value, rel=1e-11, abs=1e-20)


# The file


@pytest.mark.parametrize(("machine", "step_m"), [(IDEAL, 0.3e-6), (IDEAL, 1e-8), (LASER, LASER.step_m)])
def test_paths_join_and_hold_every_point(machine, step_m):
    cut = cut_disc(machine=machine, step_m=step_m, seconds=4.5)
    text, points = written(cut)
    paths = list(paths_of(content(text)))
    pieces = list(cut.line.pieces(lambda x, y: np.stack([x, y], 1)))  # y up, as the page has it
    assert len(paths) == len(pieces)
    assert len(paths) > 2 or machine is LASER
    for one, two in pairwise(paths):
        np.testing.assert_array_equal(one[-1], two[0])
    line = np.concatenate([paths[0], *(path[1:] for path in paths[1:])])
    assert points == len(line)
    chosen = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    moved = np.append(True, np.diff(chosen, axis=0).any(1))
    np.testing.assert_array_equal(line, chosen[moved])


@pytest.mark.parametrize("name", presets.names("discs"))
@pytest.mark.parametrize("step_m", [0.3e-6, 21.1666667e-6])
def test_page_hole_and_rim_have_their_true_size(name, step_m, tmp_path):
    disc = presets.disc(name)
    text, _ = written(cut_disc(np.zeros(100), disc=disc, step_m=step_m))
    with opened(text) as pdf:
        box = [float(n) * POINT_M for n in pdf.pages[0].mediabox]
        assert box[:2] == [0, 0]
        longest_m = max(disc.diameter_m, disc.height_m or 0.0)
        for side in box[2:]:
            assert longest_m - 1e-9 <= side < longest_m + 2.1 * step_m
            assert side == pytest.approx(longest_m, abs=1e-4)
    file = tmp_path / "disc.pdf"
    file.write_bytes(text)
    drawing = read(file)
    hole, *rim = drawing.circles
    assert hole.radius_m == pytest.approx(disc.hole_diameter_m / 2, rel=1e-6)
    middle = [box[2] / 2, box[3] / 2]
    assert [hole.x_m, hole.y_m] == pytest.approx(middle, abs=1e-7)
    if disc.outline == "round":
        assert rim[0].radius_m == pytest.approx(disc.diameter_m / 2, rel=2e-6)
    else:
        corners = drawing.lines[-1] - middle
        half = disc.diameter_m / 2
        assert np.abs(corners).max(0) == pytest.approx([half, longest_m / 2], abs=1e-9)
        if disc.outline == "card":
            return
        assert corners == pytest.approx(half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]), abs=1e-9)


def test_the_library_finds_nothing_amiss():
    text, _ = written(cut_disc(meta={"title": "Boogie (Woogie)", "curve": "riaa"}))
    with opened(text) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.get_warnings() == []
        assert len(pdf.pages) == 1
        assert dict(pdf.docinfo) == {"/Title": "Boogie (Woogie)", "/BonemusicCurve": "riaa", "/BonemusicRpm": "78"}
        assert [str(group.Name) for group in pdf.Root.OCProperties.OCGs] == ["groove", "label", "cut"]
        operators = [str(command.operator) for command in pikepdf.parse_content_stream(pdf.pages[0])]
    assert operators.count("BDC") == operators.count("EMC") == 3
    assert operators.count("c") == 8
    assert set(operators) == {"q", "cm", "w", "RG", "BDC", "EMC", "m", "l", "c", "h", "S", "Q"}


def test_layers_have_the_machines_colours_and_line_width():
    odd = dataclasses.replace(LASER, groove_colour="#ff8000", label_colour="blue) Tj", cut_colour="#0000FF")
    operators = content(written(cut_disc(np.zeros(100), machine=odd, step_m=LASER.step_m))[0])
    colours = [line for line in operators.splitlines() if line.endswith("RG")]
    assert colours == ["1 0.50196 0 RG", "0 0 0 RG", "0 0 1 RG"]
    (width,) = (float(line.split()[0]) for line in operators.splitlines() if line.endswith(" w"))
    assert width * LASER.step_m == pytest.approx(25.4e-6, rel=1e-6)


def test_a_page_beyond_five_metres_grows_its_unit(tmp_path):
    giant = dataclasses.replace(DISC, diameter_m=6.0)
    file = tmp_path / "giant.pdf"
    file.write_bytes(written(cut_disc(np.zeros(100), disc=giant, step_m=1e-5))[0])
    with pikepdf.open(file) as pdf:
        page = pdf.pages[0]
        assert page.obj.UserUnit == 2
        assert float(page.mediabox[2]) * 2 * POINT_M == pytest.approx(6.0, abs=1e-4)
    assert read(file).circles[1].radius_m == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize(
    "title",
    ["Boogie & Woogie", ") >> endobj", "((\\", "<FEFF>", "\x00\x07\x1b[31m\ud800x", "Кости — 骨 🦴 ⅓", "x" * 5000],
)
def test_hostile_titles_stay_titles(title):
    text, _ = written(cut_disc(np.zeros(100), meta={"title": title, "curve": title, "stray": title}))
    with opened(text) as pdf:
        assert pdf.check_pdf_syntax() == []
        shown = "".join(c for c in title if c.isprintable())
        assert str(pdf.docinfo["/Title"]) == str(pdf.docinfo["/BonemusicCurve"]) == shown
        assert len(pdf.docinfo) == 3


@pytest.mark.parametrize("threads", [1, 4])
def test_the_same_groove_is_the_same_bytes(threads, monkeypatch):
    known = written(cut_disc(seconds=3.0))
    monkeypatch.setattr("bonemusic.paths.line.THREADS", threads)
    assert written(cut_disc(seconds=3.0)) == known
    assert not re.search(rb"Date|20[0-9]{2}", known[0][-1500:])


def test_another_groove_has_another_identity():
    identities = [re.search(rb"/ID \[<(\w{32})>", written(cut_disc(seconds=s))[0])[1] for s in (1.0, 1.1)]
    assert identities[0] != identities[1]


def test_what_is_written_is_read_as_the_svg_is(tmp_path):
    cut = cut_disc(meta={"title": "Кости", "curve": "riaa"})
    pdf, svg = tmp_path / "disc.pdf", tmp_path / "disc.svg"
    assert for_writing(pdf, None).name == "pdf"
    with pdf.open("wb") as file, svg.open("wb") as other:
        assert write(file, cut, silent) == write_svg(other, cut, silent)
    assert for_reading(pdf).name == "pdf"
    found, known = read(pdf), read_svg(svg)
    assert dict(found.meta) == {"title": "Кости", "curve": "riaa", "rpm": "78"}
    assert found.scale_known
    assert found.notes == ()
    assert len(found.lines) == len(known.lines)
    shift = [known.circles[0].x_m - found.circles[0].x_m, known.circles[0].y_m - found.circles[0].y_m]
    for one, two in zip(found.lines, known.lines, strict=True):
        np.testing.assert_allclose(one + shift, two, atol=2e-8)
    groove, warnings = groove_of(found, Fraction(78))
    assert warnings == ()
    same, _ = groove_of(known, Fraction(78))
    inner = slice(3000, -3000)
    assert np.abs(groove.lateral_m - same.lateral_m)[inner].max() < 1e-7
    assert np.ptp(groove.lateral_m[inner]) > 3.8e-5
