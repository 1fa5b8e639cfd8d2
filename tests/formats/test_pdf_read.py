"""PDF discs as this and other tools draw them, and files that mean harm."""

from __future__ import annotations

import io
import itertools
import re
import zlib
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from bonemusic.errors import FormatError
from bonemusic.formats.pdf import content
from bonemusic.formats.pdf import operators as op
from bonemusic.formats.pdf import read as pdf_read
from bonemusic.formats.pdf import source as pdf_source
from bonemusic.formats.svg import pathdata
from bonemusic.paths.trace import groove_of

RPM = Fraction(78)
TONES = ((83.0, 9e-3, 0.3), (440.0, 8e-3, 1.0), (1270.0, 3e-3, 2.0), (3100.0, 1e-3, 0.1))
SECONDS, POINTS_PER_S = 1.7, 16_000
PT = 72 / 25.4
KAPPA = 0.5522847498


# --- discs, drawn as others draw them ---------------------------------------------------------------------------------


def sound_mm(t):
    return sum(a * np.sin(2 * np.pi * f * t + phase) for f, a, phase in TONES)


def heard_mm(t):
    """What straight lines between the points leave of it."""
    return sum(a * np.sinc(f / POINTS_PER_S) ** 2 * np.sin(2 * np.pi * f * t + phase) for f, a, phase in TONES)


def disc_mm(at=(150.0, 150.0), outer=120.9, points_per_s=POINTS_PER_S):
    """Points of a disc on a page, mm, y up, from the outside in."""
    t = np.arange(int(SECONDS * points_per_s) + 1) / points_per_s
    turns = 1.3 * t
    r, angle = outer - 0.2 * turns + sound_mm(t), 0.4 + 2 * np.pi * turns
    return np.stack([at[0] + r * np.cos(angle), at[1] + r * np.sin(angle)], 1)


def path(xy, digits=5):
    """A polyline, unpainted; `xy` in the page's units."""
    spelt = [f"{x:.{digits}f} {y:.{digits}f}" for x, y in xy.tolist()]
    return spelt[0] + " m\n" + "".join(f"{point} l\n" for point in spelt[1:])


def circle(x, y, r):
    k = KAPPA * r
    return (
        f"{x + r} {y} m {x + r} {y + k} {x + k} {y + r} {x} {y + r} c {x - k} {y + r} {x - r} {y + k} {x - r} {y} c "
        f"{x - r} {y - k} {x - k} {y - r} {x} {y - r} c {x + k} {y - r} {x + r} {y - k} {x + r} {y} c h "
    )


HOLE = circle(150 * PT, 150 * PT, 3.62 * PT) + "S\n"


def document(*pages, prepare=None):
    """A PDF file with these content streams, one page each, as the library writes it."""
    pdf = pikepdf.new()
    for body in pages:
        page = pdf.add_blank_page(page_size=(300 * PT, 300 * PT))
        page.obj.Contents = pdf.make_stream(body if isinstance(body, bytes) else body.encode())
    if prepare:
        prepare(pdf, pdf.pages[0].obj)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")

    def write_and_read(text, name="disc.pdf"):
        file = folder / name
        file.write_bytes(text)
        return pdf_read.read(file)

    return write_and_read


@pytest.fixture
def refused(read):
    def message(text, name="disc.pdf"):
        with pytest.raises(FormatError) as why:
            read(text, name)
        said = str(why.value)
        assert said.isprintable()
        assert len(said) < 300
        assert said.startswith(f"{name}: ")
        return said

    return message


def snr_db(drawing, backwards=False):
    assert drawing.scale_known
    groove, warnings = groove_of(drawing, RPM)
    t = np.arange(len(groove)) / groove.rate_hz
    band = butter(4, [20, 9000], "band", fs=groove.rate_hz, output="sos")
    want = sosfiltfilt(band, heard_mm(SECONDS - t if backwards else t))
    error = sosfiltfilt(band, groove.lateral_m * 1e3) - want
    inner = slice(9000, -9000)
    return 10 * np.log10(np.mean(want[inner] ** 2) / np.mean(error[inner] ** 2)), warnings


def as_form(pdf, page):
    """The page's drawing as a form in a form, scaled by 10 and moved back by its matrices."""
    inner = pdf.make_stream(page.Contents.read_bytes())
    inner.Subtype, inner.Matrix = pikepdf.Name.Form, [10, 0, 0, 10, 70, 0]
    outer = pdf.make_stream(b"q 1 0 0 1 9 9 cm 0 0 m Q 1 0 0 1 -70 0 cm /In#6eer Do /Missing Do")
    outer.Subtype, outer.Matrix = pikepdf.Name.Form, [0.1, 0, 0, 0.1, 0, 0]
    outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Inner=inner))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Outer=outer))
    page.Contents = pdf.make_stream(b"q 1 0 0 1 0 6.3 cm Q q 1 0 0 1 0 0 cm /Outer Do Q")


def in_three_streams(pdf, page):
    """Cut between any two tokens: here within one operator's numbers."""
    body = page.Contents.read_bytes()
    cuts = [0, body.index(b" ", len(body) // 3), body.index(b"\n", len(body) // 2), len(body)]
    page.Contents = pikepdf.Array(pdf.make_stream(body[a:b]) for a, b in itertools.pairwise(cuts))


def packed(*filters):
    def prepare(pdf, page):
        body = page.Contents.read_bytes()
        for name in reversed(filters):
            if name == "/FlateDecode":
                body = zlib.compress(body)
            elif name == "/ASCIIHexDecode":
                body = body.hex().encode() + b">"
            else:
                import base64

                body = base64.a85encode(body, adobe=True)[2:]
        names = [pikepdf.Name(name) for name in filters]
        page.Contents = pikepdf.Stream(pdf, body, Filter=pikepdf.Array(names) if len(names) > 1 else names[0])

    return prepare


def with_predictor(pdf, page):
    body = page.Contents.read_bytes()
    rows = [body[a : a + 50].ljust(50) for a in range(0, len(body), 50)]
    above = bytes(50)
    coded = b""
    for row in rows:
        coded += b"\x02" + bytes((a - b) % 256 for a, b in zip(row, above, strict=True))
        above = row
    page.Contents = pikepdf.Stream(pdf, zlib.compress(coded), Filter=pikepdf.Name.FlateDecode)
    page.Contents.DecodeParms = pikepdf.Dictionary(Predictor=12, Columns=50)


def in_inches(pdf, page):
    """Numbers in inches, and a page whose unit is one."""
    page.Contents = pdf.make_stream(b"%.12f 0 0 %.12f 0 0 cm\n" % (1 / 72, 1 / 72) + page.Contents.read_bytes())
    page.UserUnit = 72


@pytest.mark.parametrize(
    "prepare",
    [
        None,
        as_form,
        in_three_streams,
        packed("/FlateDecode"),
        packed("/ASCII85Decode", "/FlateDecode"),
        packed("/ASCIIHexDecode"),
        with_predictor,
        in_inches,
    ],
)
def test_ways_to_hold_it(read, prepare):
    drawing = read(document(path(disc_mm() * PT) + "S\n" + HOLE, prepare=prepare))
    (hole,) = drawing.circles
    assert (hole.x_m, hole.y_m, hole.radius_m) == pytest.approx((0.15, 0.15, 3.62e-3), rel=1e-6)
    snr, warnings = snr_db(drawing)
    assert snr > 60
    assert warnings == ()


def segments(xy):
    """Each segment by itself, as some tools draw; the ends as they are."""
    spelt = [f"{x:.5f} {y:.5f}" for x, y in (xy * PT).tolist()]
    return "".join(f"{a} m {b} l S\n" for a, b in itertools.pairwise(spelt)) + HOLE


def shuffled(xy):
    rng = np.random.default_rng(3)
    parts = [xy[a : a + 1001][:: rng.choice([-1, 1])] * PT for a in range(0, len(xy) - 1, 1000)]
    rng.shuffle(parts)
    return "".join(path(part) + "S\n" for part in parts) + HOLE


def moved(xy):
    """In mm under a matrix, turned by a quarter and nested, among states that are kept."""
    return f"q {PT} 0 0 {PT} 0 0 cm q 0 1 -1 0 300 0 cm q Q {path(xy)} S Q {circle(150, 150, 3.62)} S Q\n"


@pytest.mark.parametrize(
    "body",
    [
        segments,
        shuffled,
        moved,
        lambda xy: path(xy[::-1] * PT) + "S " + HOLE,
        lambda xy: path(xy * PT).replace("\n", "\r\n% l l l ( [\r") + "S " + HOLE,
        lambda xy: "1 0 0 1 3 4 cm 9 w [3 1] 0 d /GS1 gs .5 .5 .5 rg " + path(xy * PT) + "s " + HOLE,
        lambda xy: path(xy * PT) + "W* n 1 1 m 2 2 l W S " + path(xy * PT) + "B " + HOLE,
    ],
    ids=["segments", "shuffled", "moved", "inside-out", "comments", "settings-closed", "clip"],
)
def test_ways_to_draw(read, body):
    snr, warnings = snr_db(read(document(body(disc_mm()))))
    assert snr > 60
    assert warnings == ()


def test_segments_that_follow_each_other_are_joined(read):
    body = segments(disc_mm()[:20_000])
    assert len(read(document(body)).lines) == 1
    apart = re.sub(r"(?m)^", "5 5 m 5.5 5.5 l S ", segments(disc_mm()[:6000]).removesuffix(HOLE))
    assert len(read(document(apart)).lines) == 2 * 5999 + 1


def test_mirrored(read):
    snr, (warning,) = snr_db(read(document(f"-1 0 0 1 900 0 cm {path(disc_mm() * PT)} S {HOLE}")), True)
    assert "mirrored" in warning
    assert snr > 60


def test_groove_of_curves(read):
    """A tool that fits curves: each tenth point, joined by Béziers with the slope there (cubic Hermite)."""
    fine = disc_mm(points_per_s=160_000) * PT
    ends, slope = fine[::10], np.gradient(fine, axis=0)[::10] * 10 / 3
    one, two = ends[:-1] + slope[:-1], ends[1:] - slope[1:]
    curves = np.hstack([one, two, ends[1:]])
    spelt = "".join(" ".join(f"{n:.5f}" for n in row) + " c\n" for row in curves.tolist())
    drawing = read(document(f"{ends[0][0]:.5f} {ends[0][1]:.5f} m {spelt} S {HOLE}"))
    assert len(drawing.circles) == 1
    groove, _ = groove_of(drawing, RPM)
    t = np.arange(len(groove)) / groove.rate_hz
    band = butter(4, [20, 9000], "band", fs=groove.rate_hz, output="sos")
    want = sosfiltfilt(band, sound_mm(t))[9000:-9000]
    error = sosfiltfilt(band, groove.lateral_m * 1e3)[9000:-9000] - want
    assert 10 * np.log10(np.mean(want**2) / np.mean(error**2)) > 50


def test_as_matplotlib_draws_it(read):
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle

    out = io.BytesIO()
    with rc_context({"path.simplify": False}):  # it would thin the line by what cannot be seen, but heard
        figure = Figure(figsize=(300 / 25.4, 300 / 25.4))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 300), ylim=(0, 300))
        axes.axis("off")
        axes.plot(*disc_mm().T, "k", linewidth=0.1)
        axes.add_patch(Circle((150, 150), 3.62, fill=False))
        figure.savefig(out, format="pdf")
    drawing = read(out.getvalue())
    (hole,) = drawing.circles
    assert hole.radius_m == pytest.approx(3.62e-3, rel=1e-4)
    assert snr_db(drawing)[0] > 60


# --- what is a line ---------------------------------------------------------------------------------------------------


def lines_pt(read, body):
    drawing = read(document(body))
    return [(line * 72 / 0.0254).round(6).tolist() for line in drawing.lines], drawing.circles


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("1 2 m 3 4 l 5 6 l 7 8 m 9 9 l S", [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 9]]]),
        ("1 2 m 3 4 l 5 6 l h 0 0 l S", [[[1, 2], [3, 4], [5, 6], [1, 2]], [[1, 2], [0, 0]]]),
        ("1 2 m 3 4 l 1 2 l s", [[[1, 2], [3, 4], [1, 2]]]),
        ("1 2 3 4 re S", [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]),
        ("1 2 m 3 4 l f 5 5 m 6 6 l S", [[[5, 5], [6, 6]]]),  # stroked and filled: what is stroked
        ("1 2 m 3 4 l f 5 5 m 6 6 l f* 7 7 m 8 8 l F", [[[1, 2], [3, 4]], [[5, 5], [6, 6]], [[7, 7], [8, 8]]]),
        ("1 2 m 3 4 l B 5 5 m 6 6 l b 0 0 m 1 1 l B*", [[[1, 2], [3, 4]], [[5, 5], [6, 6], [5, 5]], [[0, 0], [1, 1]]]),
        ("0 0 9 9 re W n 1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("1 2 m 3 4 l S 5 6 m 7 8 l", [[[1, 2], [3, 4]]]),  # never painted
        ("q 2 0 0 2 0 0 cm 1 2 m Q 3 4 l S Q Q Q 1 1 m 2 2 l S", [[[2, 4], [3, 4]], [[1, 1], [2, 2]]]),
        ("2 0 0 3 0 0 cm 1 0 0 1 10 100 cm 1 1 m 2 2 l S", [[[22, 303], [24, 306]]]),
        ("(a \\) ( 5 5 m ) S) Tj <</A [1 2 (x)] /B <</C 3>>>> 1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("<9 9 m 9 9 l S> Tj 1 2 m% 7 7 l\n3 4 l%\rS", [[[1, 2], [3, 4]]]),
        ("BI /W 2 /H 1 ID 1 EI2 m\n EI Q 1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("BI /W 2 ID \x01 EI\x02\x03\x04 \nEI\n1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("1 2 m 3 4 l /lS 5 S", [[[1, 2], [3, 4]]]),
        ("+1 2. m -.5 0004 l 1e1 .0 l S", [[[1, 2], [-0.5, 4], [10, 0]]]),
        ("9 9 9 9 1 2 m 1 2 3 4 5 6 7 8 9 3 4 l S", [[[1, 2], [3, 4]]]),
        ("1 2 m 3 4 l 5 5 unheardof - + . 1x 5 6 ll S", [[[1, 2], [3, 4]]]),
        ("BT /F1 12 Tf (S) Tj [(a) -20 (b)] TJ ET 1 2 m 3 4 l S", [[[1, 2], [3, 4]]]),
        ("1 2 m 3 4 l S\0", [[[1, 2], [3, 4]]]),
        ("0 0 m 0 0 l 0 0 l S", [[[0, 0], [0, 0], [0, 0]]]),
    ],
)
def test_operators(read, body, lines):
    found, circles = lines_pt(read, body.encode("latin-1"))
    assert found == lines
    assert circles == ()


def bezier(points, count=2000):
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = np.array(points, float)
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("1 2 m 3 9 5 -7 8 8 c S", [(1, 2), (3, 9), (5, -7), (8, 8)]),
        ("1 2 m 5 -7 8 8 v S", [(1, 2), (1, 2), (5, -7), (8, 8)]),
        ("1 2 m 5 -7 8 8 y S", [(1, 2), (5, -7), (8, 8), (8, 8)]),
        ("1 2 m 1 2 1 2 1 2 c S", [(1, 2)] * 4),
    ],
)
def test_curves_become_lines_that_are_nowhere_off(read, body, points):
    (line,) = read(document(".2 0 0 .2 0 0 cm " + body)).lines
    line = line * 72 / 0.0254
    points = 0.2 * np.array(points)
    known = bezier(points)
    assert line[0].tolist() == pytest.approx(points[0])
    assert line[-1].tolist() == pytest.approx(points[-1])
    for a, b in itertools.pairwise(line):  # each point of the curve beside this segment
        way = b - a
        if not way.any():
            continue
        along = (known - a) @ way / (way @ way)
        off = np.abs((known - a) @ np.array([-way[1], way[0]])) / np.hypot(*way)
        near = (along >= 0) & (along <= 1) & (np.hypot(*(known - a).T) < 2 * np.hypot(*way))
        assert off[near].max(initial=0) < 1.1 * 5e-8 * 72 / 0.0254
    assert len(line) <= op.MOST_STEPS + 1


def test_what_is_round_is_a_circle(read):
    turned = f"q .6 .8 -.8 .6 20 30 cm {circle(50, 60, 40)} S Q "
    two = "90 20 m 90 33.33333 110 33.33333 110 20 c 110 6.66667 90 6.66667 90 20 c s "  # two arcs: not round enough
    oval = f"q 1 0 0 1.1 0 0 cm {circle(50, 60, 40)} S Q "
    open_ = circle(50, 60, 40).rsplit("c", 2)[0] + "c S "
    drawing = read(document(turned + two + oval + open_))
    (found,) = drawing.circles
    assert np.array([found.x_m, found.y_m, found.radius_m]) * 72 / 0.0254 == pytest.approx([2, 106, 40], rel=1e-6)
    assert len(drawing.lines) == 3


def test_edges_of_what_is_filled_are_told(read):
    assert read(document("1 2 m 3 4 l f")).notes == (
        "nothing is drawn with a pen: the edges of what is filled were read",
    )
    assert read(document("1 2 m 3 4 l f 1 1 m 2 2 l S")).notes == ()


def with_layers(**settings):
    """Three layers A, B and C, a set of B and C, and a form on B."""

    def prepare(pdf, page):
        layers = {name: pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=name)) for name in "ABC"}
        layers["Both"] = pikepdf.Dictionary(Type=pikepdf.Name.OCMD, OCGs=[layers["B"], layers["C"]])
        form = pdf.make_stream(b"6 6 m 6 7 l S EMC EMC")
        form.Subtype, form.OC = pikepdf.Name.Form, layers["B"]
        names = {f"/{name}": layer for name, layer in layers.items()}
        page.Resources = pikepdf.Dictionary(Properties=pikepdf.Dictionary(names), XObject=pikepdf.Dictionary(F=form))
        chosen = {key: [layers[name] for name in value] for key, value in settings.items() if key != "BaseState"}
        chosen.update({key: pikepdf.Name(value) for key, value in settings.items() if key == "BaseState"})
        pdf.Root.OCProperties = pikepdf.Dictionary(
            OCGs=[layers[name] for name in "ABC"], D=pikepdf.Dictionary(**chosen)
        )

    return prepare


@pytest.mark.parametrize(
    ("settings", "seen"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"OFF": "B"}, [1, 3, 4, 5, 7]),
        ({"OFF": "BC"}, [1, 4, 7]),
        ({"OFF": "A"}, [2, 3, 5, 6, 7]),
        ({"BaseState": "/OFF", "ON": "B"}, [2, 5, 6, 7]),
    ],
)
def test_layers_that_are_switched_off_are_not_read(read, settings, seen):
    body = (
        "/OC /A BDC 1 1 m 1 2 l S EMC /OC /B BDC /Span <</MCID 1>> BDC 2 2 m 2 3 l S EMC EMC /OC /C BDC /P BMC "
        "3 3 m 3 4 l S EMC EMC /OC /A BDC 4 4 m 4 5 l S EMC /OC /Both BDC 5 5 m 5 6 l S EMC /F Do EMC EMC 7 7 m 7 8 l S"
    )
    drawing = read(document(body, prepare=with_layers(**settings)))
    assert [round(line[0, 0] * 72 / 0.0254) for line in drawing.lines] == seen


def test_page_with_most_lines_is_read(read):
    drawing = read(document("1 1 m 2 2 l S", path(disc_mm() * PT) + "S\n" + HOLE, "", "3 3 m 4 4 l S"))
    assert drawing.notes == ("page 2 of 4 was read: it has the most lines",)
    assert snr_db(drawing)[0] > 60


def test_meta(read):
    def prepare(pdf, page):
        pdf.docinfo["/Title"], pdf.docinfo["/BonemusicRpm"], pdf.docinfo["/Other"] = "Кости" * 1000, "100/3", "x"
        pdf.docinfo["/BonemusicCurve"] = pikepdf.Array([1])

    meta = read(document("1 1 m 2 2 l S", prepare=prepare)).meta
    assert meta == {"title": ("Кости" * 1000)[:1000], "rpm": "100/3"}


def test_a_lock_without_a_password_is_none(read):
    text = document(path(disc_mm()[:100] * PT) + "S")
    with pikepdf.open(io.BytesIO(text)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert (read(out.getvalue()).lines[0] == read(text).lines[0]).all()


# --- hostile and broken files -----------------------------------------------------------------------------------------


def locked(text):
    with pikepdf.open(io.BytesIO(text)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="y"))
    return out.getvalue()


def bomb(size):
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"0 0 m 1 1 l S\n" * 75_000) for _ in range(size // 1_050_000)]
    return b"".join([*parts, packer.flush()])


def with_stream(data, **entries):
    def prepare(pdf, page):
        page.Contents = pikepdf.Stream(pdf, data, **entries)

    return document("", prepare=prepare)


def nested(times, each):
    """Forms that draw the next one so many times."""

    def prepare(pdf, page):
        form = pdf.make_stream(b"0 0 m 1 1 l S\n")
        form.Subtype = pikepdf.Name.Form
        for _ in range(times):
            outer = pdf.make_stream(b"/A Do\n" * each)
            outer.Subtype = pikepdf.Name.Form
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=form))
            form = outer
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=form))

    return document(b"/A Do", prepare=prepare)


def in_itself():
    def prepare(pdf, page):
        form = pdf.make_stream(b"q /A Do Q")
        form.Subtype = pikepdf.Name.Form
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=form))

    return document(b"/A Do", prepare=prepare)


def packed_objects():
    """All objects but one in a stream of 200 MB of blanks."""
    packer = zlib.compressobj(9)
    blanks = b" " * 1_000_000
    packed = b"".join(
        [
            packer.compress(b"4 0 "),
            *(packer.compress(blanks) for _ in range(200)),
            packer.compress(b"<<>>"),
            packer.flush(),
        ]
    )
    text = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    text += b"2 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj\n"
    stream_at = len(text)
    head = b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    text += head + packed + b"\nendstream\nendobj\n"
    rows = [
        (0, 0, 0),
        (1, 9, 0),
        (1, text.index(b"2 0 obj"), 0),
        (0, 0, 0),
        (2, 5, 0),
        (1, stream_at, 0),
        (1, len(text), 0),
    ]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + b"\0\0" for kind, at, _ in rows)
    head = b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return text + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(text)


PLAIN = document("1 1 m 2 2 l S")
FLATE = {"Filter": pikepdf.Name.FlateDecode}
HOSTILE = {
    "no PDF": (lambda: b"hello", "damaged"),
    "head only": (lambda: b"%PDF-1.7\n", "damaged"),
    "locked": (lambda: locked(PLAIN), "locked with a password"),
    "no path": (lambda: document("BT (S) Tj ET"), "no path"),
    "empty page": (lambda: document(""), "no path"),
    "clips only": (lambda: document("0 0 m 1 1 l W n"), "no path"),
    "no pages": (lambda: document(), "no page"),
    "odd page tree": (lambda: PLAIN.replace(b"[ 3 0 R ]", b"[ 3 0 /A R ]"), "damaged"),
    "contents no stream": (lambda: document("", prepare=lambda pdf, page: page.update({"/Contents": 7})), "no path"),
    "bomb": (lambda: with_stream(bomb(300_000_000), **FLATE), "without end"),
    "packed bomb": (lambda: with_stream(zlib.compress(bomb(80_000_000)), Filter=[FLATE["Filter"]] * 2), "without end"),
    "objects bomb": (packed_objects, "no page"),
    "forms bomb": (lambda: nested(12, 10), "too many pieces"),
    "deep forms": (lambda: nested(20, 1), "deep"),
    "form in itself": (in_itself, "deep"),
    "many states": (lambda: document("q " * 1000), "states"),
    "cut flate": (lambda: with_stream(zlib.compress(b"1 1 m 2 2 l S\n" * 99)[:-9], **FLATE), "cut short"),
    "broken flate": (lambda: with_stream(b"rubbish", **FLATE), "damaged"),
    "broken hex": (lambda: with_stream(b"1g", Filter=pikepdf.Name.ASCIIHexDecode), "damaged"),
    "lzw": (lambda: with_stream(b"\x80\x0b", Filter=pikepdf.Name.LZWDecode), "'LZWDecode'"),
    "odd filter": (lambda: with_stream(b"x", Filter=pikepdf.Name("/A\n\x1b[31m")), "not read"),
    "odd unit": (
        lambda: document("1 1 m 2 2 l S", prepare=lambda pdf, page: page.update({"/UserUnit": 0})),
        "units of 0",
    ),
    "worded unit": (
        lambda: document("1 1 m 2 2 l S", prepare=lambda pdf, page: page.update({"/UserUnit": pikepdf.Name.A})),
        "damaged",
    ),
    "too few": (lambda: document("1 1 m 2 l S"), "'l' at byte 9"),
    "no move": (lambda: document("1 1 l S"), "from nowhere"),
    "move forgotten": (lambda: document("1 1 m 2 2 l S 1 1 l S"), "from nowhere"),
    "absurd": (lambda: document("1 1 m 1e13 2 l S"), "absurd"),
    "endless": (lambda: document("1 1 m 1e400 2 l S"), "absurd"),
    "grows": (lambda: document("99999 0 0 99999 0 0 cm " * 99 + "1 1 m 2 2 l S"), "absurd"),
    "open string": (lambda: document("1 1 m 2 2 l S (a(b)"), "never ends"),
    "open hex": (lambda: document("1 1 m 2 2 l S <ab"), "never ends"),
    "open picture": (lambda: document("1 1 m 2 2 l S BI ID abc"), "never ends"),
    "control characters": (lambda: document("1 1 m \x07\x1b[31m l"), "too few"),
    "many pages": (lambda: document(*[""] * 1001), "1001 pages"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_in_one_line(refused, name, capfd, caplog):
    text, words = HOSTILE[name]
    assert words in refused(text())
    assert (*capfd.readouterr(), caplog.text) == ("", "", "")  # the library keeps its remarks to itself


@pytest.mark.parametrize("limit", ["MAX_POINTS", "MAX_LINES", "MAX_BYTES"])
def test_limits(refused, monkeypatch, limit):
    text = document("0 0 m " + "1 1 l 2 2 l S 0 0 m " * 4000)
    owner, words = (pdf_source, "larger than") if limit == "MAX_BYTES" else (pdf_read, "more than")
    monkeypatch.setattr(owner, limit, 1000)
    assert words in refused(text)


def test_without_the_library_the_extra_is_named(refused, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pikepdf", None)
    assert "bonemusic[pdf]" in refused(PLAIN)


def test_what_is_no_file_is_refused(tmp_path):
    for missing in (tmp_path / ("x" * 90), tmp_path):
        with pytest.raises(FormatError, match=r"No such file|irectory") as why:
            pdf_read.read(missing)
        assert len(str(why.value)) < 200


def complaint(call, *arguments):
    """The one line that a call complains in; None if it does not. Any other error is a bug."""
    try:
        call(*arguments)
    except FormatError as why:
        said = str(why)
        return said if len(said) < 300 and said.isprintable() else pytest.fail(f"not one short line: {said!r}")
    return None


GOOD = document(
    path(disc_mm()[:40] * PT) + "S\n" + HOLE,
    prepare=lambda pdf, page: (as_form(pdf, page), packed("/FlateDecode")(pdf, page)),
)


def test_cut_short_anywhere(read):
    """The library finds again what a lost table told; what is lost within the drawing is not made up."""
    lines = len(read(GOOD).lines)
    complaints = [complaint(read, GOOD[:size]) for size in range(0, len(GOOD) - 1, 7)]
    assert all(complaints[: len(complaints) // 2])
    assert all("no path" not in said or "cut short" in said for said in complaints if said)
    assert lines == 1


@pytest.mark.parametrize("damage", [(b"startxref\n", b"startxref\n9"), (b"/Length 12", b"/Length 17")])
def test_damage_does_not_hide_that_nothing_is_drawn(refused, damage):
    """A text made by hand has wrong numbers easily, and is no drawing with the right ones either."""
    text = document("BT (S) Tj ET")
    assert refused(text).startswith("disc.pdf: holds no path that is drawn (text and pictures are none); draw")
    assert text.count(damage[0]) == 1
    said = refused(text.replace(*damage))
    assert said.startswith("disc.pdf: holds no path that is drawn (text and pictures are none), and is damaged")


def test_what_is_found_without_the_table_is_told(read):
    drawing = read(GOOD.replace(b"startxref\n", b"startxref\n9"))
    assert drawing.notes == ("the file is damaged: what could be found of it was read",)
    assert (drawing.lines[0] == read(GOOD).lines[0]).all()


@settings(max_examples=150)
@given(st.binary(max_size=300))
@example(b"xref\n0 1\ntrailer<</Size 1/Root 0 0 R>>startxref\n9\n%%EOF")
def test_random_bytes(read, data):
    complaint(read, b"%PDF-1.4\n" + data)


@settings(max_examples=250)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_mutated_files(read, changes):
    text = bytearray(GOOD)
    for at, value in changes:
        text[at] = value
    complaint(read, bytes(text))


TOKENS = "0 0 1 2 -3.5 .5 1e9 1e13 m m l l l c v y h re S s f n W q Q cm Do BDC BMC EMC"
TOKENS += " /A /A (a) (b <ab> <cd << >> [ ] BI ID EI % \n - x"


@settings(max_examples=200)
@given(st.lists(st.sampled_from(TOKENS.split(" ")), max_size=60).map(" ".join))
@example("0 0 m 1 1 2 2 3 3 c h h S")
@example("1 2 3 4 re h 5 5 l s 1 2 3 4 re f")
def test_any_operators(read, body):
    complaint(read, document(body))


# --- the kernel -------------------------------------------------------------------------------------------------------


@contextmanager
def plainly():
    """No kernel is compiled: all run as the plain functions that they are made of."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (content, op, pathdata):
            for name, kernel in vars(module).copy().items():
                if hasattr(kernel, "py_func"):
                    patch.setattr(module, name, kernel.py_func)
        yield content.parse


def parsed(function, text, room):
    """All that is found, with room for so many points to begin with, and how it ended."""
    data = np.frombuffer(text, np.uint8)
    state, at, matrices = np.zeros(op.STATES, np.int64), np.zeros(4), np.zeros((8, 6))
    matrices[0] = 1, 0, 0, 1, 0, 0
    out, starts, kinds = np.zeros((room, 2)), np.zeros(room, np.int64), np.zeros(room, np.uint8)
    code, place = op.FULL, 0
    while code in (op.FULL, op.FORM, op.LAYER):
        code, place = function(data, place, out, starts, kinds, state, at, matrices, 0.3)
        if code == op.FULL:
            out, starts, kinds = (np.concatenate([array, np.zeros_like(array)]) for array in (out, starts, kinds))
    points, lines = state[op.POINTS], state[op.LINES]
    found = (out[:points].tolist(), starts[:lines].tolist(), kinds[:lines].tolist())
    return code, place, found, at.tolist(), matrices[state[op.DEPTH]].tolist()


@settings(max_examples=150)
@given(st.lists(st.sampled_from(TOKENS.split(" ")), max_size=60).map(" ".join))
@example("0 0 m 1 1 l 9 9 0 9 9 0 c 5 5 l h f 1 1 2 2 re S /A Do 2 0 0 2 0 0 cm 1 1 m 7 7 l S")
@example("1 1 m " + "100 100 200 -100 300 300 c " * 8 + "S (open")
def test_kernel_equals_its_plain_twin_whatever_room_it_has(body):
    text = body.encode() + b" "
    found = parsed(content.parse, text, 4096)
    assert parsed(content.parse, text, op.ROOM) == found
    with plainly() as parse:
        assert parsed(parse, text, 4096) == found
