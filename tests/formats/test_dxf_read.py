"""DXF discs as other programs draw them, and files that mean harm."""

from __future__ import annotations

import io
import math
from fractions import Fraction

import ezdxf
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonemusic.errors import FormatError
from bonemusic.formats.dxf import FORMAT, arcs, entities, gather, tags
from bonemusic.formats.dxf import read as dxf_read
from bonemusic.paths.trace import groove_of

RPM = Fraction(78)
UNITS = {1: 25.4e-3, 2: 0.3048, 4: 1e-3, 5: 1e-2, 6: 1.0, 8: 25.4e-9, 9: 25.4e-6, 10: 0.9144, 13: 1e-6, 14: 0.1}


def pairs(*values):
    return "".join(f"{value}\n" for value in values)


def dxf(body, units=4, tables="", end="0\nENDSEC\n0\nEOF\n"):
    said = f"9\n$INSUNITS\n70\n{units}\n" if units is not None else ""
    layers = f"0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nLAYER\n70\n9\n{tables}0\nENDTAB\n0\nENDSEC\n" if tables else ""
    head = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n{said}0\nENDSEC\n"
    return f"{head}{layers}0\nSECTION\n2\nENTITIES\n{body}{end}"


def line(x, y, x2, y2, more=""):
    return f"0\nLINE\n8\n0\n10\n{x}\n20\n{y}\n11\n{x2}\n21\n{y2}\n{more}"


def polyline(points, flags=0, more="", vertex=""):
    vertices = "".join(f"0\nVERTEX\n8\n0\n10\n{x}\n20\n{y}\n{vertex}" for x, y in points)
    return f"0\nPOLYLINE\n8\n0\n66\n1\n70\n{flags}\n{more}{vertices}0\nSEQEND\n"


POINTS = [(0, 0), (10, 0), (10, 5)]
ZIGZAG = np.array(POINTS) * 1e-3


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    path = tmp_path_factory.mktemp("dxf") / "disc.dxf"

    def write_and_read(text):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
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
        assert said.startswith("disc.dxf: ")
        return said

    return message


def of_library(version, fill, units=4):
    """What another library writes."""
    drawing = ezdxf.new(version, units=units)
    fill(drawing.modelspace())
    out = io.StringIO()
    drawing.write(out)
    return out.getvalue()


def on_circle(points, centre, radius_m):
    return np.abs(np.hypot(*(points - centre).T) - radius_m).max()


# What is drawn


@pytest.mark.parametrize("version", ["R12", "R2000", "R2010", "R2018"])
def test_polylines_of_a_library(read, version):
    def fill(model):
        model.add_polyline2d(POINTS)
        model.add_polyline2d(POINTS, close=True)
        model.add_polyline3d([(x, y, 7) for x, y in POINTS])
        if version != "R12":
            model.add_lwpolyline(POINTS)
            model.add_lwpolyline(POINTS, close=True)
        model.add_circle((3, -4), 3.62)
        model.add_text("a label, no line")

    drawing = read(of_library(version, fill))
    assert drawing.scale_known == (version != "R12")  # to whose header that library gives no unit
    mm = 1e-3 if drawing.scale_known else 0.0254 / 96
    closed = np.concatenate([ZIGZAG, ZIGZAG[:1]])
    wanted = [ZIGZAG, closed, ZIGZAG] + ([ZIGZAG, closed] if version != "R12" else [])
    for found, points in zip(drawing.lines, wanted, strict=True):
        np.testing.assert_allclose(found, points * 1e3 * mm, atol=1e-15)
        assert found.dtype == np.float64
    (circle,) = drawing.circles
    assert (circle.x_m, circle.y_m, circle.radius_m) == pytest.approx((3 * mm, -4 * mm, 3.62 * mm))
    assert drawing.notes == ()


def test_a_disc_in_loose_segments_out_of_order_in_inches(read):
    t = np.arange(12_000) / 8000
    radius, angle = 4.5 - 0.01 * t + 1e-3 * np.sin(2 * np.pi * 400 * t), 0.3 + 2 * np.pi * 1.3 * t * 2
    xy = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1) + 6
    order = np.random.default_rng(1).permutation(len(xy) - 1)

    def fill(model):
        for k in order.tolist():
            ends = (xy[k], xy[k + 1]) if k % 3 else (xy[k + 1], xy[k])
            model.add_line(*(tuple(end) for end in ends))
        model.add_circle((6, 6), 7.24 / 50.8)

    drawing = read(of_library("R2010", fill, units=1))
    groove, warnings = groove_of(drawing, Fraction(156))
    assert warnings == ()
    assert len(groove) == pytest.approx(1.5 * 48_000, rel=0.01)
    middle = groove.lateral_m[20_000:40_000]
    assert np.sqrt(2 * np.mean(middle.astype(float) ** 2)) == pytest.approx(25.4e-6, rel=0.03)


def test_lines_that_follow_each_other_are_one(read):
    text = line(0, 0, 1, 0) + line(1, 0, 1, 1) + line(1, 1, 2, 2) + line(5, 5, 6, 6) + "0\nPOINT\n10\n1\n20\n1\n"
    text += line(6, 6, 7, 7) + line(7, 7, 8, 8)
    drawing = read(dxf(text))
    assert [len(found) for found in drawing.lines] == [4, 2, 3]
    assert drawing.lines[0].tolist() == [[0, 0], [1e-3, 0], [1e-3, 1e-3], [2e-3, 2e-3]]


@pytest.mark.parametrize("units", [*UNITS, 0, None, 7, 21, -1])
def test_units(read, units):
    unit_m = UNITS.get(units, 0.0254 / 96)
    points = np.array(POINTS) * 0.02 / unit_m
    drawing = read(dxf(polyline(points.tolist()), units))
    assert drawing.scale_known == (units in UNITS)
    assert drawing.notes == ()
    np.testing.assert_allclose(drawing.lines[0], points * unit_m, rtol=1e-12)


def test_a_unit_that_makes_a_disc_metres_wide_is_not_believed(read):
    """AutoCAD's own template says inches, whatever its user draws."""
    text = polyline([(-125, 0), (125, 0), (125, 50)]) + "0\nCIRCLE\n10\n1\n20\n2\n40\n3.62\n"
    drawing = read(dxf(text, 1))
    assert drawing.notes == ("by the unit that it names the drawing is 6.35 m wide, so that is not believed",)
    plain = read(dxf(text, 0))
    assert not drawing.scale_known
    np.testing.assert_allclose(drawing.lines[0], plain.lines[0], rtol=1e-12)
    assert drawing.circles[0].radius_m == pytest.approx(plain.circles[0].radius_m)


def test_a_disc_without_units_is_measured_by_its_hole(read):
    t = np.arange(20_000) / 2000
    radius = 120 - 0.3 * t
    xy = np.stack([radius * np.cos(2 * np.pi * t), radius * np.sin(2 * np.pi * t)], 1)
    groove, warnings = groove_of(read(dxf(polyline(xy.tolist()) + "0\nCIRCLE\n40\n3.62\n", None)), RPM)
    assert "millimetres" in warnings[0]
    assert groove.spiral.at(np.array([0.0]))[0] == pytest.approx(0.12, rel=1e-3)


# Arcs


@pytest.mark.parametrize("sweep", [1.0, 90.0, 180.0, 270.0, 359.9, 360.0])
@pytest.mark.parametrize("below", [False, True])
def test_arcs_keep_within_their_sagitta(read, sweep, below):
    extrusion = "210\n0\n220\n0\n230\n-1\n" if below else ""
    drawing = read(dxf(f"0\nARC\n10\n20\n20\n-7\n40\n100\n50\n300\n51\n{(300 + sweep) % 360}\n{extrusion}"))
    (arc,) = drawing.lines
    side = -1 if below else 1
    centre = (side * 20e-3, -7e-3)
    assert on_circle(arc, centre, 0.1) < 1e-12
    assert on_circle((arc[1:] + arc[:-1]) / 2, centre, 0.1) <= dxf_read.SAGITTA_M * 1.001
    first, last = (np.radians(a) for a in (300, 300 + sweep))
    for point, angle in ((arc[0], first), (arc[-1], last)):
        np.testing.assert_allclose(
            point, (side * (20e-3 + 0.1 * math.cos(angle)), -7e-3 + 0.1 * math.sin(angle)), atol=1e-12
        )
    length = np.hypot(*np.diff(arc, axis=0).T).sum()
    assert length == pytest.approx(0.1 * math.radians(sweep), rel=1e-6)
    cross = np.cross(np.append(arc[0] - centre, 0), np.append(arc[1] - centre, 0))[2]
    assert np.sign(cross) == side  # counter-clockwise, and seen from below the other way


@pytest.mark.parametrize("bulge", [1.0, -1.0, 0.3, -0.3, math.tan(math.radians(300) / 4), -2.5, 1e-9, 1e-3])
@pytest.mark.parametrize("old", [False, True])
def test_bulges_are_arcs(read, bulge, old):
    """Held against the other library's own arc through two points."""
    start, end = (3.0, 4.0), (33.0, -6.0)

    def fill(model):
        points = [(*start, bulge), (*end, 0), (50, 0, 0)]
        (model.add_polyline2d if old else model.add_lwpolyline)(points, format="xyb")

    (found,) = read(of_library("R2000", fill)).lines
    np.testing.assert_allclose(found[[0, -2, -1]], np.array([start, end, (50, 0)]) * 1e-3, atol=1e-15)
    if abs(bulge) < 1e-6:
        assert len(found) == 3
        return
    centre, _, _, radius = ezdxf.math.bulge_to_arc(start, end, bulge)
    assert on_circle(found[:-1], np.array(tuple(centre)[:2]) * 1e-3, radius * 1e-3) < 1e-11
    length = np.hypot(*np.diff(found[:-1], axis=0).T).sum()
    assert length == pytest.approx(radius * 1e-3 * 4 * math.atan(abs(bulge)), rel=2e-6)
    chord = np.array(end) - start
    bows = chord[0] * (found[1:-2, 1] * 1e3 - start[1]) - chord[1] * (found[1:-2, 0] * 1e3 - start[0])
    assert (np.sign(bows) == -np.sign(bulge)).all()  # positive: to the right of the way


def test_a_closed_polyline_closes_by_its_last_arc(read):
    for body in (
        polyline([(-1, 0), (1, 0)], 1, vertex="42\n1\n"),
        "0\nLWPOLYLINE\n90\n2\n70\n1\n10\n-1\n20\n0\n42\n1\n10\n1\n20\n0\n42\n1\n",
    ):
        (found,) = read(dxf(body)).lines
        assert len(found) > 100
        np.testing.assert_array_equal(found[0], found[-1])
        assert on_circle(found, (0, 0), 1e-3) < 1e-14


def test_seen_from_below_polylines_and_circles_are_mirrored_and_lines_are_not(read):
    below = "210\n0.0\n220\n0.0\n230\n-1.0\n"
    body = polyline(POINTS, more=below) + "0\nLWPOLYLINE\n10\n0\n20\n0\n42\n1\n10\n10\n20\n0\n" + below
    body += f"0\nCIRCLE\n10\n3\n20\n4\n40\n1\n{below}" + line(0, 0, 10, 5, below)
    drawing = read(dxf(body))
    np.testing.assert_allclose(drawing.lines[0], ZIGZAG * (-1, 1), atol=1e-15)
    assert drawing.lines[1][-1].tolist() == [-10e-3, 0]
    assert drawing.lines[1][:, 1].min() == pytest.approx(-5e-3)  # its bow stays below
    assert drawing.lines[2][-1].tolist() == [10e-3, 5e-3]
    assert drawing.circles[0].x_m == pytest.approx(-3e-3)


def test_arcs_without_units_are_followed_finely_enough_for_inches(read):
    (arc,) = read(dxf("0\nARC\n10\n0\n20\n0\n40\n4\n50\n0\n51\n90\n", None)).lines
    inches = arc * 96
    assert on_circle((inches[1:] + inches[:-1]) / 2, (0, 0), 4 * 25.4e-3) <= dxf_read.SAGITTA_M * 1.001


# What is not drawn


def layer(name, colour=7, flags=0):
    return f"0\nLAYER\n2\n{name}\n70\n{flags}\n62\n{colour}\n6\nCONTINUOUS\n"


def test_what_is_not_displayed_is_passed_over(read):
    tables = layer("Off", -3) + layer("frozen", flags=1) + layer("plain") + layer("locked", flags=4)
    on = [line(k, 0, k, 1).replace("8\n0", f"8\n{name}") for k, name in enumerate(("plain", "locked", "other"))]
    off = [line(9, 9, 8, 8).replace("8\n0", f"8\n{name}") for name in ("OFF", "off", " Frozen ")]
    off += [line(9, 9, 8, 8, "60\n1\n"), line(9, 9, 8, 8, "67\n1\n")]
    off += [polyline(POINTS).replace("8\n0", "8\noff"), "0\nLWPOLYLINE\n8\nOff\n10\n9\n20\n9\n10\n8\n20\n8\n"]
    off += ["0\nCIRCLE\n8\nfrozen\n10\n0\n20\n0\n40\n5\n", "0\nSPLINE\n8\nfrozen\n"]
    drawing = read(dxf("".join(off + on + off), tables=tables))
    assert len(drawing.lines) == 3
    assert drawing.circles == ()
    assert drawing.notes == ()


def test_blocks_tables_and_objects_are_no_drawing(read):
    block = f"0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n{polyline(POINTS)}0\nENDBLK\n0\nENDSEC\n"
    text = dxf(polyline(POINTS) + "0\nINSERT\n2\nB\n10\n0\n20\n0\n")
    drawing = read(text.replace("0\nSECTION\n2\nENTITIES\n", block + "0\nSECTION\n2\nENTITIES\n"))
    assert len(drawing.lines) == 1
    assert drawing.notes == ("1 inserted block was passed over; explode it",)
    again = text.replace("0\nINSERT\n", "0\nINSERT\n2\nB\n0\nINSERT\n")
    assert read(again).notes == ("2 inserted blocks were passed over; explode them",)


def test_splines_are_told_or_refused(read, refused):
    def fill(model):
        model.add_spline([(0, 0), (1, 2), (3, 1), (4, 4)])
        model.add_ellipse((0, 0), (5, 0), 0.5)

    text = of_library("R2000", fill)
    assert refused(text).endswith(
        "is drawn with splines and ellipses, not line segments; convert them to polylines first"
    )
    (note,) = read(text.replace("  0\nSPLINE", line(0, 0, 1, 1) + "  0\nSPLINE")).notes
    assert note == "2 curves (splines and ellipses) were passed over; convert them to polylines"
    one = of_library("R2000", lambda model: model.add_ellipse((0, 0), (5, 0), 0.5))
    (note,) = read(one.replace("  0\nELLIPSE", line(0, 0, 1, 1) + "  0\nELLIPSE")).notes
    assert note == "1 curve (ellipse) was passed over; convert it to a polyline"


def test_an_ellipse_that_is_a_circle_is_one(read):
    def fill(model):
        model.add_ellipse((1, 2), (0, 3.62), 1.0)
        model.add_lwpolyline(POINTS)

    (circle,) = read(of_library("R2000", fill)).circles
    assert (circle.x_m, circle.y_m, circle.radius_m) == pytest.approx((1e-3, 2e-3, 3.62e-3))


def test_frames_of_splines_and_nets_are_no_lines(read):
    fitted = polyline([(0, 0), (1, 0)]).replace("0\nSEQEND", "0\nVERTEX\n70\n16\n10\n5\n20\n5\n0\nSEQEND")
    drawing = read(dxf(polyline(POINTS, 16) + polyline(POINTS, 64) + fitted))
    assert [len(found) for found in drawing.lines] == [2]
    tilted = read(dxf(polyline(POINTS, more="210\n1\n220\n0\n230\n0\n") + polyline(POINTS)))
    assert tilted.notes == ("1 line does not lie flat (extrusion) and was passed over",)
    assert len(tilted.lines) == 1
    lying = polyline(POINTS, more="210\n1\n220\n0\n230\n0\n")
    assert read(dxf(2 * lying + polyline(POINTS))).notes == (
        "2 lines do not lie flat (extrusion) and were passed over",
    )


# Spellings


def respelt(text, style):
    codes = text.split("\n")
    if style == "padded":
        codes[0::2] = [f"{code:>3}" for code in codes[0::2]]
    elif style == "tailed":
        return text.replace("0\nVERTEX\n", "0\nVERTEX\n5\nAF\n30\n0.0\n").replace("0\nSEQEND", "30\n0.0\n0\nSEQEND")
    elif style == "exponents":
        return text.replace("10\n10\n", "10\n+1.0e+01\n").replace("20\n5\n", "20\n.5E1  \n")
    elif style == "commented":
        return "999\nsaid by a program\n" + text.replace("0\nVERTEX\n", "999\n0\n0\nVERTEX\n1001\nAPP\n1010\n7\n")
    elif style == "no end":
        return text.replace("0\nEOF\n", "")
    elif style == "cut newline":
        return text[:-1]
    elif style == "more behind":
        return text + "no pair at all\x00\xff"
    return ("\r\n" if style == "crlf" else "\n").join(codes)


@pytest.mark.parametrize("chunk", [64, 100, 1 << 22])
@pytest.mark.parametrize(
    "style", ["plain", "crlf", "padded", "tailed", "exponents", "commented", "no end", "cut newline", "more behind"]
)
def test_spellings_and_chunks_make_no_difference(read, style, chunk, monkeypatch):
    monkeypatch.setattr(dxf_read, "CHUNK", chunk)
    many = [(k % 7 - 3, k / 8) for k in range(40)]
    body = polyline(POINTS) + polyline(many, 1, vertex="70\n0\n") + polyline([(0, 0), (1, 0), (2, 0)], vertex="42\n1\n")
    body += line(0, 0, 10, 5) + line(10, 5, 0, 0) + "0\nCIRCLE\n10\n10\n20\n5\n40\n2\n"
    body += "0\nLWPOLYLINE\n90\n3\n10\n0\n20\n0\n10\n10\n20\n5\n10\n3\n20\n1\n"
    wanted = read(dxf(body))
    assert [len(found) for found in wanted.lines[:2]] == [3, 41]
    found = read(respelt(dxf(body), style))
    assert found.circles == wanted.circles
    for one, two in zip(found.lines, wanted.lines, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_vertex_that_says_more_than_the_last_is_not_taken_as_one_like_it(read):
    body = polyline([(k, 0) for k in range(6)])
    bent = body.replace("10\n4\n20\n0\n", "10\n4\n20\n0\n42\n1\n")
    assert len(read(dxf(bent)).lines[0]) > 100
    framed = body.replace("10\n4\n20\n0\n", "10\n4\n20\n0\n70\n16\n")
    assert read(dxf(framed)).lines[0][:, 0].tolist() == pytest.approx([0, 1e-3, 2e-3, 3e-3, 5e-3])
    shorter = body.replace("10\n4\n20\n0\n", "10\n4\n")
    assert len(read(dxf(shorter)).lines[0]) == 5


# Sniffing


@pytest.mark.parametrize(
    ("head", "known"),
    [(b"0\nSECTION\n2\n", True), (b"  0\r\nSECTION\r\n", True), (b"\xef\xbb\xbf999\nhello\n0\nSECTION", True),
     (b"999\n\n  0\n  SECTION\n", True), (b"AutoCAD Binary DXF\r\n\x1a\0", True), (b"AC1032\0\0", True),
     (b"<svg>", False), (b"0\nLINE\n", False), (b"G21\nG90\n", False), (b"", False), (b"0 SECTION", False)],
)  # fmt: skip
def test_sniff(head, known):
    assert FORMAT.sniff(head) is known


# Files that are no drawings, or mean harm


def test_kernels_equal_their_plain_twins():
    body = polyline(POINTS) + polyline([(k, k) for k in range(9)]) + line(0, 0, 1, 1) + "0\nARC\n40\n5\n51\n90\n"
    text = np.frombuffer(dxf(body, tables=layer("x", -1)).encode(), np.uint8)
    results = []
    for scan in (tags.scan, tags.scan.py_func):
        state = entities.begun()
        outs = np.zeros((len(text), 3)), np.zeros((len(text), 2), np.int64), np.zeros((len(text), 3))
        results.append((*scan(text, *state, *outs), *outs, *state))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    bent = np.array([(0.0, 0, 1), (1, 0, -0.2), (1, 1, 0)])
    count = arcs._count(bent, 1e-4)
    assert count == arcs._count.py_func(bent, 1e-4)
    twins = np.zeros((2, count, 2))
    arcs._flatten(bent, 1e-4, twins[0])
    arcs._flatten.py_func(bent, 1e-4, twins[1])
    np.testing.assert_allclose(twins[0], twins[1], atol=1e-15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"AutoCAD Binary DXF\r\n\x1a\0\0\0", "binary DXF; save it as ASCII"),
        (b"AC1027\0\0\0", "is a DWG"),
        (dxf(""), "holds no polyline"),
        (dxf("0\nINSERT\n2\nB\n"), "explode them first"),
        (dxf(polyline(POINTS), end=""), "is cut short"),
        (dxf(polyline(POINTS))[:-30], "is cut short"),
        (dxf(polyline(POINTS) + "hello\nworld\n"), "a group code is due, a whole number, but there is 'hello'; "),
        (dxf(polyline([("nan", 0)])), "a number is due, but there is 'nan'; "),
        (dxf(polyline([("", 0)])), "a number is due, but there is ''; "),
        (dxf(polyline([("1e13", 0)])), "a number is absurd, but there is '1e13'; "),
        (dxf(polyline([("9" * 400, 0)])), "a number is absurd"),
        (dxf("".join(line(0, 0, 1, 1)), tables="".join(layer(f"L{k}", -1) for k in range(300))), "256 layers"),
        (dxf("1\n" + "x" * (9 << 20) + "\n"), "a line of over 1 MB after line"),
        (b"\xff\xfe0\0\n\0", "is damaged at line 1"),
    ],
)
def test_one_clear_line_for_what_cannot_be_read(refused, text, words):
    assert words in refused(text)


def test_the_damaged_line_is_numbered(refused):
    text = dxf(polyline([(k, 1) for k in range(50)]).replace("10\n40\n", "10\nfoo\n"))
    assert f"line {text.split(chr(10)).index('foo') + 1}: a number is due, but there is 'foo'; " in refused(text)


def test_limits(refused, monkeypatch):
    body = dxf(polyline([(k, 0) for k in range(50)]))
    with monkeypatch.context() as m:
        m.setattr(gather, "MAX_POINTS", 40)
        assert "million points" in refused(body)
    with monkeypatch.context() as m:
        m.setattr(dxf_read, "MAX_BYTES", 100)
        assert "is larger than" in refused(body)
    with monkeypatch.context() as m:
        m.setattr(gather, "MAX_CIRCLES", 1)
        assert "circles" in refused(dxf(2 * "0\nCIRCLE\n40\n1\n"))
    arc = "0\nARC\n10\n0\n20\n0\n40\n1e11\n50\n0\n51\n359\n"
    with monkeypatch.context() as m:
        m.setattr(gather, "MAX_POINTS", 100_000)
        assert "too large to be followed" in refused(dxf(arc))


def test_folders_and_missing_files(tmp_path):
    with pytest.raises(FormatError, match="is a directory"):
        FORMAT.draw(tmp_path)
    with pytest.raises(FormatError, match="no such file"):
        FORMAT.draw(tmp_path / "none.dxf")


WORDS = ["LINE", "POLYLINE", "VERTEX", "SEQEND", "LWPOLYLINE", "ARC", "CIRCLE", "SPLINE", "ELLIPSE", "INSERT", "LAYER",
         "SECTION", "ENDSEC", "EOF", "HEADER", "ENTITIES", "TABLES", "$INSUNITS", "0"]  # fmt: skip
CODES = [0, 2, 8, 9, 10, 20, 11, 21, 40, 41, 42, 50, 51, 60, 62, 67, 70, 210, 220, 230, 5, 1000, -1, 99999]
VALUES = st.sampled_from([*WORDS, "1", "-2.5", "1e11", "0", "90", "16", "-1", "1e-300", "9999", ""])
GOOD = dxf(
    polyline(POINTS, 1, vertex="42\n0.5\n") + line(0, 0, 1, 1) + line(1, 1, 2, 0) + "0\nARC\n40\n2\n51\n10\n",
    4,
    layer("a"),
).encode()


@given(st.lists(st.tuples(st.sampled_from(CODES), VALUES), max_size=40))
@example([(0, "ARC"), (40, "1e11"), (0, "LINE")])
@example([(0, "POLYLINE"), (70, "1"), (0, "VERTEX"), (10, "1"), (20, "0"), (0, "SEQEND")])
def test_any_pairs_are_a_drawing_or_one_clear_line(read, tags_given):
    drawn_or_refused(read, dxf("".join(pairs(*each) for each in tags_given)).encode())


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(GOOD)))
def test_mutated_files_are_a_drawing_or_one_clear_line(read, changes, end):
    text = bytearray(GOOD)
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
