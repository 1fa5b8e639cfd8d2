"""G-code as this and other programs write it, and files that mean harm."""

from __future__ import annotations

import math
import re
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from bonemusic.errors import FormatError
from bonemusic.formats import gcode, registry
from bonemusic.formats.gcode import motion, parse, pen
from bonemusic.formats.gcode import read as gcode_read
from bonemusic.paths.trace import groove_of


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gcode")

    def write_and_read(text, name="disc.nc"):
        file = folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return gcode_read.read(file)

    return write_and_read


@pytest.fixture
def lines(read):
    """What is drawn, in mm, rounded to a nanometre."""

    def drawn(text):
        return [np.round(line * 1e3, 6).tolist() for line in read(text).lines]

    return drawn


@pytest.fixture
def refused(read):
    def message(text, name="disc.nc"):
        with pytest.raises(FormatError) as why:
            read(text, name)
        said = str(why.value)
        assert said.isprintable()
        assert len(said) < 250
        assert said.startswith(f"{name}: ")
        return said

    return message


# --- what draws -------------------------------------------------------------------------------------------------------

WAY = [[1, 2], [3, 2], [3, 4]]


@pytest.mark.parametrize(
    "text",
    [
        "G21G90\nG0X1Y2\nG1X3\nY4\n",  # neither beam nor height: every feed
        "g21 g90\ng00 x1 y2\ng01 x3.000\ny+4.\nm2\ng1 x9 y9",
        "%\nO1234\nN10 G21 G90\nN20 G0 X1 Y2\nN30 G1 X3 (a comment; G0 X9)\nN40 Y4 ; G1 X9\nN50 M30\n%",
        "G21\r\nG90\r\nG0 X1 Y2\r\nG1 X3\r\nY4\r\n",
        "G21\rG90\rG0 X1 Y2\rG1 X3\rY4",
        "G21 G91\nG0 X1 Y2\nG1 X2 F100\nX0 Y2\n",
        "G20 G90\nG0 X0.0393700787402 Y.0787401574803\nG1 X0.118110236220\nY0.157480314961\n",
        "\ufeffG21\nG0 X11 Y12\nG92 X1 Y2\nG92.1\nG0 X1 Y2\nG1 X3\nY4",
        "G21\nG28\nG1 X1 Y2 F99\nG1 X3 E0.5\nG1 Y4 E1.5\n",  # from home, which nobody knows: travel
        "G21\nG0 X1 Y2\nG4 P3\nG10 L2 P1 X50 Y50\nG43 Z9 H1\nG1 X3\nG40 G49 G54 G61 G80 G17\nG1 Y4",
        "G21\nM92 X80 Y80\nM204 X500\nM117 Hello, G1 X7\nG0 X1 Y2\nM106 S255\nG1 X3\nY4\nM107\nG1 X8",
        "G21\nM106 S255\nG0 X1 Y2\nG1X3E0.7\nG1Y4E1.9*23\n",
        "$H\n$32=1\nG21\nG0 X1 Y2\n/G1 X3\nY4",
        "G21\nG0 X1 Y2\nM3 S500\nG1 X3\nY4\nM5\nG1 X9\n",
        "G21\nM4 S0\nG1 X1 Y2\nX3 S300\nY4\nX1 Y2 S0\nS300\n",
        "G21\nG1 X1 Y2 S0\nX3 S300\nY4\nX1 Y2 S0\n",  # Marlin's inline power
        "G21\nM3 S9000\nG0 Z5\nG0 X1 Y2\nG1 Z-0.1\nG1 X3\nY4\nG0 Z5\nG1 X7 F9\nG0 X0 Y0\nM5",
        "G21\nG1 Z5\nG1 X1 Y2\nG1 Z0\nG1 X3\nY4\nG1 Z5\nG1 X0 Y0",  # a pen: it draws where it is lowest
        "G21\nG1 Z5\nG1 X1 Y2\nG1 Z3\nG1 X3\nZ2\nY4\nG1 Z5\nG1 X0 Y0",
        "G21\nG0 Z-1\nG0 X1 Y2\nG1 Z-4\nG1 X3\nG1 Z-5\nY4\nG0 Z-1\nG1 X0 Y0",
    ],
)
def test_ways_to_say_the_same(lines, text):
    assert lines(text) == [WAY]


def test_a_beams_height_is_its_focus(lines):
    """Where a beam goes on and off, what it draws at any height is drawn."""
    text = "G21\nG0 Z0\nG0 X1 Y2\nM3 S9\nG1 X3\nM5\nG0 X0 Y0 Z-1\nM3 S9\nG1 X5\nM5"
    assert lines(text) == [[[1, 2], [3, 2]], [[0, 0], [5, 0]]]


def test_passes_over_a_line_are_drawn_once(read):
    one = "G0 X1 Y2 Z1\nG1 Z{}\nG1 X3\nY4\nG0 Z1\n"
    back = "G0 X3 Y4 Z1\nG1 Z{}\nG1 Y2\nX1\nG0 Z1\n"
    drawing = read("G21\n" + one.format(-1) + back.format(-2) + one.format(-3) + "G0 X5 Y5\nG1 Z-1\nG1 X6 Y6 Z-1\n")
    assert [len(line) for line in drawing.lines] == [3, 2]
    assert drawing.notes == ()


def test_units(read):
    body = "G0 X1 Y0\nG1 X2 Y0\n"
    assert read("G21\n" + body).lines[0][1, 0] == pytest.approx(2e-3)
    assert read("G20\n" + body).lines[0][1, 0] == pytest.approx(50.8e-3)
    assert read("G20\n" + body).scale_known
    unknown = read(body)
    assert not unknown.scale_known
    assert unknown.lines[0][1, 0] == pytest.approx(2 * 0.0254 / 96)


def test_what_comments_at_the_head_say(read):
    body = "G21\nG0 X1 Y0\nG1 X2 Y0\n"
    drawing = read("; title: Knolls\n(rpm: 78)\n; curve: riaa\n; other: x\n;title:\n" + body)
    assert drawing.meta == {"title": "Knolls", "rpm": "78", "curve": "riaa"}
    assert not read("; rpm 45\n" + body).meta


def test_unknown_codes_are_counted(read):
    drawing = read("G21\nG0 X1 Y2\nG29 X9\nM201 X5\nM201 X6\nG1 X3\nG5 X4 Y4 I1 J1 P1 Q1\nX5 Y5\nG1 X6\nG68 X0 Y0 R9")
    assert [np.round(line * 1e3, 9).tolist() for line in drawing.lines] == [[[1, 2], [3, 2]], [[5, 5], [6, 5]]]
    assert drawing.notes == ("codes that are not followed were passed over: G5, G29, G68, M201 (2 times)",)
    many = read("G21\nG0 X1 Y2\n" + "".join(f"M{n}\n" for n in range(200, 209)) + "G1 X3")
    assert many.notes[0].endswith("M203, M204 and 4 more")


# --- arcs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "centre", "radius", "sweep"),
    [
        ("G0 X10 Y0\nG3 X-10 Y0 I-10 J0", (0, 0), 10, math.pi),
        ("G0 X10 Y0\nG2 X-10 Y0 I-10", (0, 0), 10, -math.pi),
        ("G0 X10 Y0\nG3 X0 Y10 R10", (0, 0), 10, math.pi / 2),
        ("G0 X10 Y0\nG3 X0 Y10 R-10", (10, 10), 10, 3 * math.pi / 2),
        ("G0 X10 Y0\nG2 X0 Y10 R10", (10, 10), 10, -math.pi / 2),
        ("G0 X10 Y0\nG2 X0 Y10 R-10", (0, 0), 10, -3 * math.pi / 2),
        ("G0 X10 Y0\nG3 X10 Y0 I-10", (0, 0), 10, 2 * math.pi),
        ("G0 X10 Y0\nG3 I-10", (0, 0), 10, 2 * math.pi),
        ("G0 X10 Y0\nG2 J5", (10, 5), 5, -2 * math.pi),
        ("G90.1\nG0 X10 Y0\nG3 X-10 Y0 I0 J0", (0, 0), 10, math.pi),
        ("G90.1\nG91.1\nG91\nG0 X10\nG3 X-10 Y10 I-10", (0, 0), 10, math.pi / 2),
        ("G0 X10 Y0\nG3 X0 Y10.04 I-10", (0, 0), 10, math.pi / 2),
        ("G20\nG0 X1\nG3 X-1 I-1", (0, 0), 25.4, math.pi),
    ],
)
def test_arcs(read, text, centre, radius, sweep):
    (line,) = read("G21 G17\n" + text).lines
    off = line * 1e3 - np.array(centre)
    angle = np.unwrap(np.arctan2(off[:, 1], off[:, 0]))
    assert angle[-1] - angle[0] == pytest.approx(sweep, abs=1e-6)
    assert np.hypot(*off.T) == pytest.approx(radius, abs=0.041)
    middle = (line[1:] + line[:-1]) / 2 * 1e3 - np.array(centre)
    if "10.04" not in text:
        assert np.abs(np.hypot(*middle.T) - radius).max() < 5.1e-5  # 0.05 µm
        assert np.abs(np.hypot(*off.T) - radius).max() < 1e-9


# --- a turntable axis -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", "ABC")
@pytest.mark.parametrize("unit", ["G21", "G20"])
def test_angles_are_degrees_and_dense_enough(read, axis, unit):
    scale = 1 if unit == "G21" else 25.4
    text = f"{unit}\nG0 X{80 / scale} {axis}90\nG93\nG1 X{80 / scale} {axis}450 F2\n{axis}460 X{79 / scale} F9"
    (line,) = read(text).lines
    angle = np.degrees(np.unwrap(np.arctan2(line[:, 1], line[:, 0])))
    assert (angle[0], angle[-1]) == pytest.approx((90, 460))
    assert np.hypot(*line.T) == pytest.approx(np.interp(angle, [90, 450, 460], [0.08, 0.08, 0.079]), abs=1e-9)
    middle = np.hypot(*((line[1:] + line[:-1]) / 2).T)
    assert middle[0] == pytest.approx(0.08, abs=5.1e-8)


def test_angles_may_be_relative_and_reset(read):
    (line,) = read("G21\nG0 X50 A0\nG1 A720\nG92 A0\nG91\nA90\n").lines
    assert np.unwrap(np.arctan2(line[:, 1], line[:, 0]))[-1] == pytest.approx(2.25 * 2 * math.pi)


# --- discs as other programs cut them ---------------------------------------------------------------------------------

TONES = ((83.0, 9e-3, 0.3), (440.0, 8e-3, 1.0), (1270.0, 3e-3, 2.0))
SECONDS, POINTS_PER_S = 2.0, 12_000


def sound_mm(t):
    return sum(a * np.sin(2 * np.pi * f * t + phase) for f, a, phase in TONES)


def disc_mm():
    """A disc somewhere on a bed, from the outside in."""
    t = np.arange(int(SECONDS * POINTS_PER_S) + 1) / POINTS_PER_S
    r, angle = 120.9 - 0.26 * t + sound_mm(t), 0.4 + 2 * np.pi * 1.3 * t
    return np.stack([150 + r * np.cos(angle), 140 + r * np.sin(angle)], 1)


def relative(xy, unit):
    """LightBurn's way: relative moves, power in each, the groove in pieces of which some run backwards."""
    pieces = [xy[k : k + 5001] for k in range(0, len(xy) - 1, 5000)]
    out, at = [f"; made elsewhere\n{unit} G91\nM4\n"], np.zeros(2)
    for n in (2, 0, 3, 1, 4):
        piece = pieces[n][::-1] if n % 2 else pieces[n]
        for k, point in enumerate(piece):
            x, y = np.round(point - at, 6)
            out.append(f"G0X{x:.6f}Y{y:.6f}" if k == 0 else f"X{x:.6f}Y{y:.6f}" if k > 1 else f"G1X{x:.6f}Y{y:.6f}S300")
            at += (x, y)
    scale = 25.4 if unit == "G20" else 1.0
    x, y = np.round(np.array([153.62, 140]) / scale - at, 6)
    out.append(f"G0X{x:.6f}Y{y:.6f}\nG2I{-3.62 / scale:.6f}S900\nM5\nM30\n")
    return "\n".join(out)


def milled(xy, unit):
    """A drawing program's way: heights, spindle always on, numbered lines, the hole in four quarters and two passes."""
    scale = 25.4 if unit == "G20" else 1.0
    lines = ["(Header)", unit, "G90 M03 S8000", "G00 Z5.0"]
    lines += [f"G00 X{xy[0, 0]:.6f} Y{xy[0, 1]:.6f}", "G01 Z-0.05 F100.0 (Penetrate)"]
    lines += [f"G01 X{x:.6f} Y{y:.6f} Z-0.05" for x, y in xy[1:]]
    r, cx, cy = 3.62 / scale, 150 / scale, 140 / scale
    for depth in (0.5, 1.0):
        lines += ["G00 Z5.0", f"G00 X{cx + r:.6f} Y{cy:.6f}", f"G01 Z-{depth}"]
        for x, y, i, j in ((0, -r, -r, 0), (-r, 0, 0, r), (0, r, r, 0), (r, 0, 0, -r)):
            lines.append(f"G02 X{cx + x:.6f} Y{cy + y:.6f} Z-{depth} I{i:.6f} J{j:.6f}")
    lines += ["G00 Z5.0", "M05", "M02", ""]
    return "\r\n".join(f"N{k} {line}" for k, line in enumerate(lines))


@pytest.mark.parametrize("way", [relative, milled])
@pytest.mark.parametrize(("unit", "factor"), [("G21", 1.0), ("G20", 1 / 25.4), ("", 1.0), ("", 1 / 25.4)])
def test_discs_of_other_programs_play(read, way, unit, factor):
    text = way(disc_mm() * factor, unit or ("G20" if factor < 1 else "G21"))
    drawing = read(text if unit else re.sub("G2[01]", "", text))
    assert drawing.scale_known == bool(unit)
    groove, warnings = groove_of(drawing, Fraction(78))
    assert (warnings == ()) == bool(unit)
    t = np.arange(len(groove)) / groove.rate_hz
    band = butter(4, [20, 4000], "band", fs=groove.rate_hz, output="sos")
    want, got = (sosfiltfilt(band, each)[9000:-9000] for each in (sound_mm(t), groove.lateral_m * 1e3))
    assert np.std(got - want) < 0.02 * np.std(want)


# --- what is refused --------------------------------------------------------------------------------------------------

GOOD = "G21 G90\nG0 X1 Y2\nG1 X3\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("G21\nG0 X1 Y2\n", "draws nothing"),
        ("; only words\n", "draws nothing"),
        (GOOD + "#1=5\n", "line 4 uses parameters"),
        (GOOD + "G1 X#1\n", "parameters"),
        (GOOD + "G1 X[1+2]\n", "expressions"),
        (GOOD + "O100 SUB\n", "subprograms"),
        (GOOD + "o<name> call\n", "subprograms"),
        (GOOD + "M98 P100\n", "subprograms"),
        (GOOD + "G18\nG2 X5 Z3 I1 K1\n", "line 5 has an arc out of the plane"),
        (GOOD + "G2 X5\n", "centre is not given"),
        (GOOD + "G2 X3 Y2 R5\n", "centre is not given"),
        (GOOD + "G2 X90 R5\n", "does not end on its circle"),
        (GOOD + "G2 X9 Y9 I1\n", "does not end on its circle"),
        (GOOD + "G1 X\n", "without its number"),
        (GOOD + "G1 X-.\n", "without its number"),
        (GOOD + "G1 X--5\n", "without its number"),
        (GOOD + "G1 X99999999999\n", "absurd"),
        (GOOD + "G91\n" + "G1 X9000000\n" * 3, "absurd"),
        (GOOD + "\x00\n", None),
        (GOOD + "G1 X5 & Y6\n", "no G-code"),
        (GOOD + "Ä5\n", "no G-code"),
    ],
)
def test_what_is_not_followed_is_refused_in_a_line(refused, read, text, words):
    if words is None:
        assert read(text).lines  # stray zeros, as serial loggers leave them
    else:
        assert words in refused(text)


def test_what_is_no_file_is_refused(tmp_path):
    for missing, words in ((tmp_path / ("x" * 90), "no such file"), (tmp_path, "directory")):
        with pytest.raises(FormatError, match=words) as why:
            gcode_read.read(missing)
        assert len(str(why.value)) < 200


def test_names_are_made_harmless(refused, tmp_path):
    odd = tmp_path / "a\nb\x1b[31m.nc"
    odd.write_text("?")
    with pytest.raises(FormatError) as why:
        gcode_read.read(odd)
    assert str(why.value).isprintable()


def test_limits(refused, read, monkeypatch):
    turn = GOOD + "G3 I50\n" * 200
    assert sum(len(line) for line in read(turn).lines) > 200_000  # more than there was room for at first
    monkeypatch.setattr(gcode_read, "FREE_POINTS", 100_000)
    assert "0.1 million moves" in refused(turn)
    monkeypatch.setattr(gcode_read, "MAX_BYTES", 100)
    assert "larger than" in refused(turn)
    monkeypatch.undo()
    monkeypatch.setattr(pen, "MOST_LINES", 50)
    assert "lifts its tool" in refused(GOOD + "G0 X1\nG1 X2\n" * 60)


# --- sniffing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"G21 G90\nG0", b"; made by X\n\nG90", b"(x)\r\n(y)\r\nN10 G0 X1", b"%\nO1000\nG0", b"\xef\xbb\xbfg0x1",
        b"M3 S1\n", b"$H\nG0 X1", b"T1 M6\nG0", b"%1234\n(name)\nG0", b"; \xd0\x9a\nG28 ; home", b";" + b"x" * 5000,
        b"S1000 M3\n", b"(a (nested) comment)\nG21\n", b"(a (nested) comment) G21", b"G28 X Y", b"o100 sub\n",
        b"M117 Hello, world!\n",
        b"N10 G1 X1.5 Y-2*71\n", b"/G1X1", b"G90 " + b"G1 X1.5 Y-2.25 " * 999, b"(" + b"a" * 4093 + b")\nG1 X1 Y1\n",
    ],
)  # fmt: skip
def test_sniffed(head):
    assert gcode.FORMAT.sniff(head[:4096])


@pytest.mark.parametrize(
    "head",
    [b"", b"<svg", b"%PDF-1.4\n", b"0\nSECTION\n", b"IN;SP1;PU0,0;", b";IN;SP1;PU;", b"\x89PNG\r\n", b"RIFF\0\0",
     b"solid x", b"Good morning\n", b"G is a letter", b"PU0,0;PD", b"\x1b%-1BIN;", b"%!PS-Adobe", b";:IN;", b"1,2\n3,4",
     b"x" * 10_000, b'{"disc": [1, 2, 3' + b", 4" * 2000, b"IN;SP1;PU5,5;PD" + b"1,-2," * 2000, b"G2 hello world",
     b"SP1;PA" + b"1,2," * 2000, b"PU1 2PD" + b"3 4 " * 2000, b"lorem ipsum " * 500, b"1.5 2.5 " * 900, b"T1 is late\n",
     b"[disc]\nname=1", b"999\nmade by\n0\nSECTION", b"Song by someone\n"],
)  # fmt: skip
def test_not_sniffed(head):
    assert not gcode.FORMAT.sniff(head[:4096])


def test_odd_heads_are_sniffed_at_once():
    """No pattern tries its ways one by one."""
    began = time.perf_counter()
    for piece in (b"X  ", b" X \t1 ", b"(", b"(a(", b"(())", b"*1", b"1", b" ", b"G1 ", b"\x1b%1A"):
        for end in (b"", b"!", b"\n!"):
            gcode.FORMAT.sniff((b"G1" + piece * 4096)[: 4096 - len(end)] + end)
            gcode.FORMAT.sniff((piece * 4096)[: 4096 - len(end)] + end)
    assert time.perf_counter() - began < 1


@given(st.integers(0, 40))
def test_sniffed_wherever_the_head_ends(more):
    """A comment, then a line of words of which a part is seen."""
    text = b"; made by X\n" + b"%" + b" " * (4050 - 12 + more) + b"\n\n/N10 G1 X-1.5 Y2 (cut (across) it) F3*55\n"
    assert gcode.FORMAT.sniff(text[:4096])


def test_found_by_content(tmp_path):
    file = tmp_path / "disc.txt"
    file.write_text(GOOD)
    assert registry.for_reading(file).name == "gcode"
    for suffix in (".gcode", ".nc", ".NGC"):
        assert registry.for_writing(tmp_path / f"a{suffix}", None).name == "gcode"


# --- the kernels ------------------------------------------------------------------------------------------------------


def moves_of(text, twin):
    data = np.frombuffer(text.encode("latin1"), np.uint8)
    numbers, holds, unknown = parse.fresh()
    room = 20 * len(data) + 4000
    out = np.zeros((room, 2)), np.zeros(room, np.float32), np.zeros(room, np.uint8)
    run = parse.parse.py_func if twin else parse.parse
    with np.errstate(all="ignore"):
        code = run(data, 0, numbers, holds, unknown, *out)
    return tuple(code), numbers.tolist(), holds.tolist(), unknown.nonzero(), *(a[: holds[motion.COUNT]] for a in out)


TEXTS = (
    GOOD + "G2 X5 I1\nG92 X0 Y0\nG91 G20\nX1.5 Y-2\nM3 S5\nG1 Z-1\nA30\nM2\nG1 X5",
    "G90.1 G3 X5 Y5 I1 J1",
    GOOD + "G3 X1 Y1 R9 (x\nO5\nM117 x\nG53 X1\nG28 X Y\nG1 X1Y1\nG81 X5\nX6\n",
    GOOD + "X1&",
    GOOD + "X1Y-2.5\nG1 X3\nX 5\r\nY.5\nX1234567890123456\n" * 2 + "X99999999\n",
    GOOD + "G1 X[5]",
)


@pytest.mark.parametrize("text", TEXTS)
def test_parsing_equals_its_plain_twin(text):
    for got, want in zip(moves_of(text, False), moves_of(text, True), strict=True):
        np.testing.assert_allclose(np.array(got, float), np.array(want, float), rtol=1e-12, atol=1e-12)


NUMBERS = ["1", "-2.5", ".5", "3.", "12.3456", "1234567890123456", "0.1234567890123456", "-", "99999999", "+4", "1.2.3"]
ENDS = ["", " ", "\r", "  "]
RUNS = st.lists(
    st.builds(
        "{}{}{}\n".format,
        st.sampled_from(["", "", "G1", "G1 ", "G0 ", "g1"]),
        st.lists(
            st.builds("{}{}{}".format, st.sampled_from("XXXXYYYYZ"), st.sampled_from(NUMBERS), st.sampled_from(ENDS)),
            max_size=3,
        ).map("".join),
        st.sampled_from(["", "", "", "F5", "S0", ";x", " M5"]),
    ),
    max_size=20,
).map("".join)


@settings(max_examples=300)
@given(RUNS)
@example("X1Y2\nG1 X3\nY4\n\nX5")
def test_lines_read_quickly_are_those_read_slowly(text):
    """An N before each line keeps it from the quick way."""
    text = "G21\nG0 X1 Y1\n" + text
    quick, slow = (moves_of(each, False) for each in (text, re.sub("^", "N5", text, flags=re.MULTILINE)))
    assert quick[0][0] == slow[0][0]
    assert quick[1:3] == slow[1:3]
    for one, two in zip(quick[4:], slow[4:], strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_file_in_portions_is_the_file(read, monkeypatch):
    text = GOOD + "".join(f"G0 X{3 + k} Y{k}\nG3 X{-3 - k} I{-3 - k}\nG1 Y-2\n" for k in range(200))
    whole = read(text)
    monkeypatch.setattr(gcode_read, "FIRST_ROOM", 3)
    for one, two in zip(whole.lines, read(text).lines, strict=True):
        np.testing.assert_array_equal(one, two)


@given(st.floats(-1e9, 1e9, allow_subnormal=False), st.sampled_from([".0f", ".3f", ".6f", ".9f", "+.4f"]))
def test_numbers_are_read_to_the_last_bits(value, form):
    text = format(value, form)
    got, end = parse.plain(np.frombuffer(text.encode() + b"E5", np.uint8), 0)
    assert end == len(text)
    assert got == pytest.approx(float(text), rel=1e-15, abs=1e-12)
    assert parse.plain.py_func(np.frombuffer(text.encode(), np.uint8), 0) == (got, end)


@pytest.mark.parametrize("text", ["0." + "0" * 400 + "1", "9" * 400, "." + "9" * 60, "-", "+.", ""])
def test_odd_numbers(text):
    got, end = parse.plain(np.frombuffer(text.encode() + b"X", np.uint8), 0)
    assert end in (0, len(text))
    assert not math.isnan(got)


MOVES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-2, 2), st.integers(0, 3)), min_size=1, max_size=30
)


@given(MOVES)
@example([(0, 0, 0, 0)])
def test_pen_kernels_equal_their_plain_twins(moves):
    table = np.array(moves, float).reshape(-1, 4)
    xy, height = np.ascontiguousarray(table[:, :2]), table[:, 2].astype(np.float32)
    flag = table[:, 3].astype(np.uint8)
    facts = pen._facts(xy, height, flag)
    assert tuple(facts) == tuple(pen._facts.py_func(xy, height, flag))
    outs, starts = np.stack([xy, xy]), np.zeros((2, len(xy) + 1), np.int64)
    args = (height, flag, *pen.pen(*facts), 0.5)
    assert tuple(pen._collect(outs[0], *args, starts[0])) == tuple(pen._collect.py_func(outs[1], *args, starts[1]))
    np.testing.assert_array_equal(*outs)
    np.testing.assert_array_equal(*starts)


# --- files that mean harm ---------------------------------------------------------------------------------------------


def complaint(call, *arguments):
    """The one line that a call complains in; None if it does not. Any other error is a bug."""
    try:
        drawing = call(*arguments)
    except FormatError as why:
        said = str(why)
        return said if len(said) < 300 and said.isprintable() else pytest.fail(f"not one short line: {said!r}")
    assert all(len(line) > 1 and np.isfinite(line).all() for line in drawing.lines)
    assert drawing.lines
    return None


WORDS = st.builds(
    "{}{}{}".format,
    st.sampled_from("GGGMMXYZXYZABIJKRSFNOETP"),
    st.sampled_from(
        ["0", "1", "2", "3", "4", "5", "-1.5", "90", "91", "92", "17", "20", "28", "90.1", "1e9", "", "360"]
    ),
    st.sampled_from(["", " ", "\n", "\n", " (x)", ";y\n", "\r\n", "*5\n"]),
)


@settings(max_examples=300)
@given(st.lists(st.one_of(WORDS, st.text("GMXYZIJR0123456789.-#[]()%;/\n ", max_size=8)), max_size=40).map("".join))
def test_nothing_but_format_errors_comes_out_of_words(read, text):
    complaint(read, text)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_random_bytes(read, noise):
    complaint(read, noise)


@settings(max_examples=150)
@given(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 6))
def test_good_files_changed_somewhere(read, at, noise, lost):
    text = "; rpm: 78\nG21 G90\nG17 G40 G49 G91.1 G94\nG0 X80 Y0\nM4 S200\nG1 X80 Y0 F6000\n" + "".join(
        f"X{80 * math.cos(k / 9):.4f}Y{80 * math.sin(k / 9):.4f}\n" for k in range(20)
    )
    data = (text + "M5\nG0 X4 Y0\nM4 S900\nG3 X-4 Y0 I-4 J0\nG3 X4 Y0 I4 J0\nM5\nM2\n").encode()
    complaint(read, data[:at] + noise + data[at + lost :])


def test_no_word_of_ours_is_unknown_to_the_reader():
    known = set(re.findall(r"[GM]\d+\.?\d*", "G0 G1 G3 G4 G17 G21 G40 G49 G64 G80 G90 G91.1 G93 G94 M2 M3 M4 M5"))
    text = "\n".join([*sorted(known - {"M2"}), "G0 X1", "G1 X2"])
    numbers, holds, unknown = parse.fresh()
    room = np.zeros((99, 2)), np.zeros(99, np.float32), np.zeros(99, np.uint8)
    parse.parse(np.frombuffer(text.encode(), np.uint8), 0, numbers, holds, unknown, *room)
    assert not unknown.any()
