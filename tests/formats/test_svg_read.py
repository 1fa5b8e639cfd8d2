"""SVG discs as this and other tools draw them, and files that mean harm."""

from __future__ import annotations

import gzip
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from bonemusic.errors import FormatError
from bonemusic.formats.svg import frame as svg_frame
from bonemusic.formats.svg import pathdata
from bonemusic.formats.svg import read as svg_read
from bonemusic.paths.trace import groove_of

RPM = Fraction(78)
TONES = ((83.0, 9e-3, 0.3), (440.0, 8e-3, 1.0), (1270.0, 3e-3, 2.0), (3100.0, 1e-3, 0.1))
SECONDS, POINTS_PER_S = 1.7, 16_000
PX = 96 / 25.4


# --- discs, drawn as others draw them ---------------------------------------------------------------------------------


def sound_mm(t):
    return sum(a * np.sin(2 * np.pi * f * t + phase) for f, a, phase in TONES)


def heard_mm(t):
    """What straight lines between the points leave of it."""
    return sum(a * np.sinc(f / POINTS_PER_S) ** 2 * np.sin(2 * np.pi * f * t + phase) for f, a, phase in TONES)


def disc_mm(at=(150.0, 150.0), outer=120.9):
    """Points of a disc on a page, mm, y down, from the outside in."""
    t = np.arange(int(SECONDS * POINTS_PER_S) + 1) / POINTS_PER_S
    turns = 1.3 * t
    r, angle = outer - 0.2 * turns + sound_mm(t), 0.4 + 2 * np.pi * turns
    return np.stack([at[0] + r * np.cos(angle), at[1] - r * np.sin(angle)], 1)


def points(xy, digits=5, between=" "):
    return between.join(f"{x:.{digits}f},{y:.{digits}f}" for x, y in xy.tolist())


def path(xy, digits=5):
    return f'<path d="M{points(xy, digits)}"/>'


def svg(body, attributes='width="300mm" height="300mm" viewBox="0 0 300 300"'):
    return f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'


HOLE = '<circle cx="150" cy="150" r="3.62"/>'


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("svg")

    def write_and_read(text, name="disc.svg"):
        file = folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return svg_read.read(file)

    return write_and_read


@pytest.fixture
def refused(read):
    def message(text, name="disc.svg"):
        with pytest.raises(FormatError) as why:
            read(text, name)
        said = str(why.value)
        assert "\n" not in said
        assert len(said) < 300
        assert said.startswith(name)
        return said

    return message


def snr_db(drawing, backwards=False):
    groove, warnings = groove_of(drawing, RPM)
    t = np.arange(len(groove)) / groove.rate_hz
    band = butter(4, [20, 9000], "band", fs=groove.rate_hz, output="sos")
    want = sosfiltfilt(band, heard_mm(SECONDS - t if backwards else t))
    error = sosfiltfilt(band, groove.lateral_m * 1e3) - want
    inner = slice(9000, -9000)
    return 10 * np.log10(np.mean(want[inner] ** 2) / np.mean(error[inner] ** 2)), warnings


def scaled_page(unit, factor):
    """A page whose numbers are mm times `factor`, its size given in `unit`."""
    across = {"mm": 300, "cm": 30, "in": 300 / 25.4, "pt": 300 * 72 / 25.4, "pc": 300 * 6 / 25.4}[unit]
    size = f'width="{across:.9f}{unit}" height="{across:.9f}{unit}" viewBox="0 0 {300 * factor:.9f} {300 * factor:.9f}"'
    hole = f'<circle cx="{150 * factor}" cy="{150 * factor}" r="{3.62 * factor}"/>'
    return svg(path(disc_mm() * factor, 6) + hole, size)


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1), ("cm", 1), ("in", 1 / 25.4), ("pt", 72 / 25.4), ("pc", 1000)])
def test_units(read, unit, factor):
    drawing = read(scaled_page(unit, factor))
    assert drawing.scale_known
    (circle,) = drawing.circles
    assert (circle.x_m, circle.y_m, circle.radius_m) == pytest.approx((0.15, -0.15, 3.62e-3), rel=1e-6)
    snr, warnings = snr_db(drawing)
    assert snr > 60
    assert warnings == ()


@pytest.mark.parametrize(
    ("attributes", "per_mm", "words"),
    [
        ('width="1134" height="1134" viewBox="0 0 1134 1134"', PX, "96 dots"),
        ('width="850.4px" height="850.4px" viewBox="0 0 850.4 850.4"', 72 / 25.4, "72 dots"),
        ("", 72 / 25.4, "72 dots"),
        ('width="1063" height="1063"', 90 / 25.4, "90 dots"),
        ('width="100%" height="100%" viewBox="0 0 300 300"', 1.0, "millimetres"),
        ('viewBox="0 0 12 12"', 1 / 25.4, "inches"),
    ],
)
@pytest.mark.parametrize("hole", [True, False])
def test_no_unit(read, attributes, per_mm, words, hole):
    circle = f'<circle cx="{150 * per_mm}" cy="{150 * per_mm}" r="{3.62 * per_mm}"/>' if hole else ""
    drawing = read(svg(path(disc_mm() * per_mm, 6) + circle, attributes))
    assert not drawing.scale_known
    snr, (warning,) = snr_db(drawing)
    assert words in warning
    assert snr > 45


def test_paths_of_a_thousand_points_out_of_order(read):
    xy = disc_mm()
    rng = np.random.default_rng(3)
    parts = [xy[a : a + 1001][:: rng.choice([-1, 1])] for a in range(0, len(xy) - 1, 1000)]
    rng.shuffle(parts)
    drawing = read(svg("<g>" + "\n".join(path(p) for p in parts) + "</g>" + HOLE))
    assert len(drawing.lines) == len(parts)
    assert snr_db(drawing)[0] > 60


def test_lines_of_two_points(read):
    xy = disc_mm()
    body = "".join(
        f'<line x1="{a:.5f}" y1="{b:.5f}" x2="{c:.5f}" y2="{d:.5f}"/>'
        for (a, b), (c, d) in zip(xy[:-1].tolist(), xy[1:].tolist(), strict=True)
    )
    assert snr_db(read(svg(body + HOLE)))[0] > 60


@pytest.mark.parametrize(
    "body",
    [
        lambda xy: f'<polyline points="{points(xy[::-1])}"/>' + HOLE,
        lambda xy: f'<path d="M{points(xy, between=" L ")}"/>' + HOLE,
        lambda xy: "<path d='m" + points(np.diff(xy, axis=0, prepend=0), 9, "\n") + "'/>" + HOLE,
        lambda xy: f'<svg:g><svg:path d="M{points(xy)}"/></svg:g>' + HOLE,
        lambda xy: (
            f'<g transform="translate(150,150) rotate(33) scale(.5)"><g transform="rotate(-20 9 9)">'
            f'{path(2 * (xy - 150))}<ellipse cx="0" rx="7.24" ry="7.24"/></g></g>'
        ),
        lambda xy: f'<g transform="matrix(0 1 -1 0 300 0)">{path(xy)}{HOLE}</g>',
        lambda xy: f'<g transform="skewX(30)"><g transform="skewX(-30)">{path(xy)}{HOLE}</g></g>',
        lambda xy: f'<svg x="5" y="7">{path(xy)}{HOLE}</svg>',
        lambda xy: (
            f'<g transform="scale(1,-1)"><g transform="translate(0-300) ,translate(0,300)">'
            f"{path(xy * (1, -1))}{HOLE}</g></g><g/>".replace('cy="150"', 'cy="-150"')
        ),
    ],
    ids=["inside-out", "explicit-L", "relative", "prefixed", "nested", "matrix", "skew", "inner-svg", "flips"],
)
def test_ways_to_draw(read, body):
    snr, warnings = snr_db(read(svg(body(disc_mm()))))
    assert snr > 60
    assert warnings == ()


def test_mirrored(read):
    snr, (warning,) = snr_db(read(svg(f'<g transform="translate(300)scale(-1,1)">{path(disc_mm())}{HOLE}</g>')), True)
    assert "mirrored" in warning
    assert snr > 60


def test_without_a_hole_anywhere_on_the_page(read):
    snr, warnings = snr_db(read(svg(path(disc_mm(at=(71.3, 402.9))))))
    assert snr > 50
    assert warnings == ()


def test_what_is_not_displayed_is_not_read(read):
    junk = path(np.array([[0, 0], [1, 1]]))
    body = (
        f"<defs>{junk}{HOLE}</defs><clipPath>{junk}</clipPath><symbol><g>{junk}</g></symbol>"
        f'<g display="none"><g>{junk}</g></g><g style="fill:none; display : none">{junk}</g>'
        '<path d=""/><path/><polyline points="3,3"/><circle r="0"/><circle cx="1" r="-1"/><use href="#a"/>'
        '<ellipse rx="3" ry="4"/><text>M 1 2 L 3 4</text>'
    )
    drawing = read(svg(body + '<path d="M1 2 4 6M0 0h1z"/>' + HOLE))
    assert len(drawing.circles) == 1
    assert [line.tolist() for line in drawing.lines] == [
        pytest.approx(np.array([[1e-3, -2e-3], [4e-3, -6e-3]])),
        pytest.approx(np.array([[0, 0], [1e-3, 0], [0, 0]])),
    ]


def test_page_is_fitted_without_being_stretched(read):
    line = '<path d="M0 0 10 20"/>'

    def end(attributes):
        return (read(svg(line, attributes)).lines[0][1] * 1e3).tolist()

    assert end('width="100mm" height="50mm" viewBox="0 0 100 100"') == pytest.approx([5, -10])
    slice_ = 'width="100mm" height="50mm" viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice"'
    assert end(slice_) == pytest.approx([10, -20])
    stretched = 'width="100mm" height="50mm" viewBox="0 0 100 100" preserveAspectRatio="none"'
    assert end(stretched) == pytest.approx([10, -10])
    assert end('width="100mm" viewBox="50 50 100 100"') == pytest.approx([-40, 30])


def test_meta_and_gzip(read):
    text = svg('<path d="M0 0h1"/>', 'data-rpm="100/3" data-curve="riaa" data-="x" width="9cm" viewBox="0 0 9 9"')
    assert dict(read(text).meta) == {"rpm": "100/3", "curve": "riaa"}
    packed = read(gzip.compress(text.encode()), "disc.svgz")
    assert packed.meta["curve"] == "riaa"
    assert (packed.lines[0] == read(text).lines[0]).all()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(read, encoding):
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?><svg><title>Größe µ</title><path d="M0 0h1"/></svg>'
    assert len(read(text.encode(encoding)).lines) == 1


def test_doctype_without_entities_is_fine(read):
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert len(read(doctype + '<svg><path d="M0 0h1"/></svg>').lines) == 1


def test_nothing_outlives_the_drawing(read):
    """A parser and its handlers hold each other: lines would stay in memory until the collector comes by."""
    import gc
    import weakref

    gc.collect()
    gc.disable()
    try:
        line = weakref.ref(read(svg('<path d="M0 0h1"/>')).lines[0])
        assert line() is None
    finally:
        gc.enable()


# --- hostile and broken files -----------------------------------------------------------------------------------------

LINE = '<path d="M0 0h1"/>'
BOMB = (
    '<!DOCTYPE svg [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
    + "]><svg><text>&j;</text></svg>"
)
HOSTILE = {
    "bomb": (BOMB, "entities"),
    "external": ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>', "entities"),
    "parameter": ('<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://localhost/p">%p;]><svg/>', "entities"),
    "undeclared": ("<svg><text>&nope;</text></svg>", "damaged"),
    "empty": ("", "is empty"),
    "not XML": ("hello\nworld", "not XML"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not XML"),
    "HTML": ("<html><body/></html>", "not an SVG"),
    "cut in a path": (svg(path(disc_mm()[:500]))[:5000], "cut short"),
    "cut after a path": (svg(LINE)[:-6], "cut short"),
    "cut in the root": ("<svg wid", "cut short"),
    "mismatched": ("<svg><g></svg>", "damaged"),
    "two roots": ("<svg/><svg/>", "damaged"),
    "no path": (svg("<text>la</text>"), "no path"),
    "curves": (svg('<path d="M0 0C1 1 2 2 3 3"/><path d="M0 0a1 1 0 0 0 1 1"/>'), "curves (A, C)"),
    "nan": (svg('<path d="M0 0 nan 3"/>'), "'nan 3'"),
    "inf": (svg('<path d="M0 0 1e400 3"/>'), "absurd"),
    "1e300": (svg('<path d="M0 0 1e300 3"/>'), "absurd"),
    "nan page": (svg(LINE, 'width="nan"'), "not a length"),
    "endless page": (svg(LINE, 'width="1e999mm"'), "absurd"),
    "negative": (svg(LINE, 'width="-3mm" height="3mm" viewBox="0 0 1 1"'), "not more than zero"),
    "no width": (svg(LINE, 'width="0" viewBox="0 0 1 1"'), "not more than zero"),
    "flat box": (svg(LINE, 'width="3mm" viewBox="0 0 1 0"'), "viewBox"),
    "worded box": (svg(LINE, 'viewBox="a b c d"'), "viewBox"),
    "short box": (svg(LINE, 'viewBox="1 2"'), "viewBox"),
    "furlongs": (svg(LINE, 'width="3furlong"'), "not a length"),
    "odd transform": (svg(f'<g transform="wobble(3)">{LINE}</g>'), "transform"),
    "open transform": (svg(f'<g transform="scale(3">{LINE}</g>'), "transform"),
    "huge transform": (svg(f'<g transform="{"scale(1e9) " * 40}">{LINE}</g>'), "transform"),
    "long transform": (svg(f'<g transform="{"scale(1) " * 100_000}">{LINE}</g>'), "transform"),
    "bad radius": (svg('<circle r="many"/>'), "not a length"),
    "deep": ("<svg>" + "<g>" * 1_000_000, "deep"),
    "deep unseen": ("<svg><defs>" + "<g>" * 1_000_000, "deep"),
    "encoding": ('<?xml version="1.0" encoding="klingon"?><svg/>', "encoding"),
    "multibyte": ('<?xml version="1.0" encoding="gb18030"?><svg/>', "encoding"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "gzip cut": (gzip.compress(svg(LINE).encode())[:60], "gzip"),
    "gzip broken": (b"\x1f\x8b\x08\0\0\0\0\0\0\0rubbish, that is", "gzip"),
    "lines": (svg('<path\nd="M\n0 \n\n&#10;0 &#7;"/>'), "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_in_one_line(refused, name):
    text, words = HOSTILE[name]
    assert words in refused(text)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("M0 0 1", "the end at character 7 of a path stands where a number is due"),
        ("M0 0L1L2 3", "'L2 3' at character 7"), ("L1 1", "before the first move"), ("3 4 5", "neither a command nor"),
        ("M0 0h1#", "'#' at character 7"), ("M0 0 1 1Z3", "'3' at character 10"), ("M1 1e", "'e' at character 5"),
        ("M", "the end"), ("M0 0l", "the end"), ("M0 0 -", "'-' at character 6"), ("M0 0é", "neither"),
    ],
)  # fmt: skip
def test_path_errors_say_where(refused, data, words):
    assert words in refused(svg(f'\n\n<path d="{data}"/>'))


def test_error_names_the_line(refused):
    assert "line 4" in refused(svg(f'\n{LINE}\n<path d="M?"/>'))


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_ATTRIBUTE", "MAX_POINTS"])
def test_limits(refused, monkeypatch, limit):
    text = svg('<path d="M0 0' + " 1 1" * 20_000 + '"/>')
    monkeypatch.setattr(svg_read, "CHUNK", 1000)
    monkeypatch.setattr(svg_read, limit, 10_000)
    words = {"MAX_BYTES": "larger than", "MAX_ATTRIBUTE": "single piece", "MAX_POINTS": "points"}[limit]
    assert words in refused(text)
    if limit == "MAX_BYTES":
        assert words in refused(gzip.compress(text.encode()))


def test_what_is_no_file_is_refused(tmp_path):
    for missing, words in ((tmp_path / ("x" * 90), "no such file"), (tmp_path, "directory")):
        with pytest.raises(FormatError, match=words) as why:
            svg_read.read(missing)
        assert len(str(why.value)) < 200


def test_file_names_are_made_harmless(refused, tmp_path):
    odd = tmp_path / "a\nb\x1b[31m.svg"
    odd.write_text("x")
    with pytest.raises(FormatError) as why:
        svg_read.read(odd)
    assert str(why.value).isprintable()


# --- the kernel -------------------------------------------------------------------------------------------------------


def complaint(call, *arguments):
    """The one line that a call complains in; None if it does not. Any other error is a bug."""
    try:
        call(*arguments)
    except FormatError as why:
        said = str(why)
        return said if len(said) < 300 and said.isprintable() else pytest.fail(f"not one short line: {said!r}")
    return None


def plain(text):
    """Path data read the slow way; None where it is at fault."""
    tokens = re.findall(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[^\s,]", text)
    lines, current, start, line, i, command = [], (0.0, 0.0), (0.0, 0.0), None, 0, ""
    while i < len(tokens):
        if tokens[i].isalpha() or not command:
            command = tokens[i]
            i += 1
            if command not in "MmLlHhVvZz" or (command not in "Mm" and line is None):
                return None
        if command in "Zz":
            if len(line) > 1:
                lines.append([*line, start])
            line, current, command = [start], start, ""
            continue
        count = 1 if command in "HhVv" else 2
        try:
            v = [float(t) for t in tokens[i : i + count]]
        except ValueError:
            return None
        if len(v) < count:
            return None
        i += count
        x, y = current if command.islower() else ((0.0, 0.0) if count == 2 else current)
        if command in "Hh":
            current = (v[0] + (x if command == "h" else 0), current[1])
        elif command in "Vv":
            current = (current[0], v[0] + (y if command == "v" else 0))
        else:
            current = (x + v[0], y + v[1])
        if command in "Mm":
            if line and len(line) > 1:
                lines.append(line)
            start, line, command = current, [current], "l" if command == "m" else "L"
        else:
            line.append(current)
    return lines + ([line] if line and len(line) > 1 else [])


def same(text):
    want = plain(text)
    if complaint(pathdata.polylines, text.encode()):
        assert want is None
        return
    got = pathdata.polylines(text.encode()).lines
    assert want is not None
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        assert a == pytest.approx(np.array(b), rel=1e-12, abs=1e-12)


NUMBERS = st.sampled_from(["1", "-2", ".5", "-.5", "+3", "4.", "1e2", "1E-3", "12.25", "0", "-0.125e+1"])
COMMANDS = st.sampled_from(["M", "m", "L", "l", "H", "h", "V", "v", "Z", "z"])
GAPS = st.sampled_from([" ", ",", "\n", " , ", "\t"])
PATHS = st.lists(st.one_of(COMMANDS, st.builds("{}{}".format, NUMBERS, GAPS))).map("".join)


@settings(max_examples=300, deadline=None)
@given(PATHS.map(lambda text: "M0 0" + text))
@example("M0 0 1-2.5.5 3e1-.5l1 1zm2 2h3v4H9z")
@example("M1 2zzh1zh1")
@example("m1 2m3 4 5 6z l1 1")
def test_kernel_equals_plain_python(text):
    same(text)


@settings(max_examples=300, deadline=None)
@given(st.one_of(PATHS, st.text("MmLlHhVvZzCcAa0123456789.-+eE, \n", max_size=60), st.text(max_size=20)))
@example("M0 0" + "9" * 400)
@example("M0 0 1e-99999999999999999999 0." + "0" * 400 + "1")
def test_nothing_but_format_errors_comes_out_of_path_data(text):
    for points_only in (False, True):
        if not complaint(pathdata.polylines, text.encode(), points_only):
            data = pathdata.polylines(text.encode(), points_only)
            assert all(len(line) >= 2 and np.isfinite(line).all() for line in data.lines)
            assert len(data.curve) <= 1


def test_kernel_equals_its_own_python():
    for text in (
        b"M0 0 1-2.5.5 3e1l1 1zm2 2h3v4H9z",
        b"M1 2 3e400 4",
        b"M0 0 1,2 3",
        b"M0 0C",
        b"M12345678901234567890 1",
    ):
        data = np.frombuffer(text, np.uint8)
        outs = np.zeros((2, len(text) + 2, 2))
        starts = np.zeros((2, len(text)), np.int64)
        with np.errstate(over="ignore"):
            twin = pathdata.parse.py_func(data, 0, outs[1], starts[1])
        assert tuple(pathdata.parse(data, 0, outs[0], starts[0])) == tuple(twin)
        assert (outs[0] == outs[1]).all()
        assert (starts[0] == starts[1]).all()


@settings(max_examples=300, deadline=None)
@given(st.floats(-1e11, 1e11, allow_subnormal=False), st.sampled_from(["r", ".6f", ".3e", ".17g"]))
def test_numbers_are_read_to_the_last_bit_or_two(value, form):
    text = repr(value) if form == "r" else format(value, form)
    got, end = pathdata.number(np.frombuffer(text.encode() + b"x", np.uint8), 0)
    assert end == len(text)
    assert got == pytest.approx(float(text), rel=1e-15, abs=1e-250)


# --- whole files ------------------------------------------------------------------------------------------------------

VALUES = st.one_of(
    st.sampled_from(["0", "1", "-5mm", "3in", "1e400", "nan", "100%", "none", "0 0 9 9", "scale(2)", "rotate(90 1 1)",
                     "matrix(1 0 0 1 5 5)", "display:none", "M0 0 5 5", "0,0 1,1 2,2", ""]),
    st.text("0123456789.,-e() Mlzmncx%", max_size=20),
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "d",
        "points",
        "r",
        "rx",
        "ry",
        "cx",
        "cy",
        "x1",
        "y2",
        "width",
        "height",
        "viewBox",
        "transform",
        "style",
        "data-rpm",
    ]
)
TAGS = st.sampled_from(["svg", "g", "path", "polyline", "polygon", "circle", "ellipse", "line", "defs", "text"])


@st.composite
def elements(draw, depth=0):
    tag = draw(TAGS)
    attributes = draw(st.dictionaries(NAMES, VALUES, max_size=4))
    inner = "".join(draw(st.lists(elements(depth + 1), max_size=3))) if depth < 3 else ""
    return f"<{tag} {' '.join(f'{k}={v!r}' for k, v in attributes.items())}>{inner}</{tag}>"


@settings(max_examples=150, deadline=None)
@given(elements(), st.booleans())
def test_nothing_but_format_errors_comes_out_of_a_file(read, body, whole):
    text = svg(body)
    assert complaint(lambda: groove_of(read(text if whole else text[: 2 * len(text) // 3]), RPM))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(read, noise):
    assert complaint(read, noise)


def test_transforms_multiply_in_svg_order():
    m = svg_frame.transform("translate(10 20) scale(2, 3),rotate(90)")
    assert m == pytest.approx((0, 3, -2, 0, 10, 20))
    assert svg_frame.times(m, svg_frame.SAME) == m
