"""PDF to be printed: one page, true to size, the picture as PNG shows it, and hairlines where it is cut."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from bonemusic import presets
from bonemusic.errors import FormatError
from bonemusic.formats import pdf
from bonemusic.formats.base import CutDisc
from bonemusic.formats.pdf import printed
from bonemusic.formats.png import render
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.pictures.film import Laid
from bonemusic.progress import silent

pikepdf = pytest.importorskip("pikepdf")
POINT_MM = 25.4 / 72
CARD = np.array([[-0.06, -0.05], [0.06, -0.05], [0.06, 0.09], [-0.06, 0.09], [-0.06, -0.05]])


def cut_disc(dpi=150, view="light-box", layers=(), machine="ideal"):
    rate = 6000
    spiral, profile = Knots(np.zeros(1), np.array([0.045]), np.zeros(1)), Profile(1e-3, 6e-6, math.pi / 2)
    groove = Groove(spiral, constant(5e-4), Fraction(45), rate, np.zeros(8000), profile)
    film = Laid((np.indices((200, 200)).sum(0) // 2 % 256).astype(np.uint8), 200 / 0.19)
    disc = presets.disc("7in-45")
    return CutDisc(groove, disc, presets.machine(machine), dpi / 25.4e-3, film, view=view, layers=layers)


def card():
    return (Layer("cut", "#ff0000", (CARD,), (Circle(0, 0, 0.0036),)),)


def written(cut):
    out = io.BytesIO()
    assert printed.write(out, cut, silent) > 100
    return out.getvalue()


@pytest.mark.parametrize("view", ["light-box", "plain"])
@pytest.mark.parametrize("layers", [(), card()])
def test_one_page_around_the_outline_with_the_picture_of_the_png(view, layers):
    cut = cut_disc(view=view, layers=layers)
    with pikepdf.open(io.BytesIO(written(cut))) as file:
        (page,) = file.pages
        box = [float(n) * POINT_MM for n in page.MediaBox]
        assert box[2:] == pytest.approx([130, 150] if layers else [185, 185], abs=0.01)
        assert box[:2] == [0, 0]
        assert list(file.docinfo.keys()) == []
        picture = page.Resources.XObject.Picture
        got = pikepdf.PdfImage(picture).as_pil_image()
        png = io.BytesIO()
        render.write(png, cut, silent)
        np.testing.assert_array_equal(np.asarray(got.convert("RGB")), np.asarray(Image.open(png).convert("RGB")))
        content = page.Contents.read_bytes().decode()
    matrix = [float(n) * POINT_MM for n in content.split(" cm")[0].split()[1:]]
    dots_per_mm = cut.dots_per_m / 1e3
    assert (matrix[0] * dots_per_mm, matrix[3] * dots_per_mm) == pytest.approx(got.size, abs=1e-3)
    middle = (matrix[4] + matrix[0] / 2, matrix[5] + matrix[3] / 2)
    assert middle == pytest.approx((box[2] / 2, box[3] / 2), abs=1e-3)
    assert content.count("h\nS\n") == 2  # hole and outline
    assert " Do" in content.split("h\nS")[0]  # above the picture


def test_lines_to_cut_along_lie_where_hole_and_outline_are():
    with pikepdf.open(io.BytesIO(written(cut_disc(layers=card())))) as file:
        content = file.pages[0].Contents.read_bytes().decode()
    hole, outline = (
        np.array([line.split()[:2] for line in path.splitlines() if line.endswith((" m", " l"))], float) * POINT_MM
        for path in content.split("w\n")[1].split("h\nS\n")[:2]
    )
    np.testing.assert_allclose(np.hypot(hole[:, 0] - 65, hole[:, 1] - 55), 3.6, atol=1e-4)
    np.testing.assert_allclose(outline, (CARD[:-1] - CARD[0]) * 1e3 + 5, atol=1e-4)


def test_the_format_writes_lines_for_machines_and_pictures_for_printers():
    out = io.BytesIO()
    assert pdf.FORMAT.write is not None
    pdf.FORMAT.write(out, cut_disc(), silent)
    assert b"/Subtype /Image" in out.getvalue()
    with pytest.raises(AssertionError):  # the drawing wants a line, which this disc has not
        pdf.FORMAT.write(io.BytesIO(), cut_disc(view="machine"), silent)


def test_the_same_disc_is_the_same_file_and_absurd_sizes_are_refused():
    assert written(cut_disc()) == written(cut_disc())
    with pytest.raises(FormatError, match=r"give --dpi [0-9]+ or less"):
        printed.write(io.BytesIO(), cut_disc(dpi=1e7), silent)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
def test_printed_at_its_resolution_it_is_the_picture(tmp_path):
    cut = cut_disc(dpi=100, layers=card())
    (tmp_path / "disc.pdf").write_bytes(written(cut))
    subprocess.run(["pdftoppm", "-r", "100", "-png", tmp_path / "disc.pdf", tmp_path / "page"], check=True)
    seen = np.asarray(Image.open(next(tmp_path.glob("page*.png"))).convert("L")).astype(float)
    margin = round(100 * printed.MARGIN_M / 0.0254)
    assert seen[: margin - 2].min() == 255
    seen = seen[margin:-margin, margin:-margin]
    png = io.BytesIO()
    render.write(png, cut, silent)
    known = np.asarray(Image.open(png).convert("L")).astype(float)[1:-1, 1:-1]
    rows, columns = (min(a, b) for a, b in zip(seen.shape, known.shape, strict=True))
    assert abs(seen.shape[0] - known.shape[0]) <= 2
    moved = [
        np.abs(seen[3 + dy : rows - 9 + dy, 3 + dx : columns - 9 + dx] - known[3 : rows - 9, 3 : columns - 9]).mean()
        for dy in range(-1, 3)
        for dx in range(-1, 3)
    ]
    assert min(moved) < 4
    assert np.mean(moved) > 1.3 * min(moved)
