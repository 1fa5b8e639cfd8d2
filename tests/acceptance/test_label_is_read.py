"""What is engraved around the hole, read back by programs that know nothing of us: zxing-cpp and tesseract."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage
import soundfile
from PIL import Image

from .outsider import bonemusic

zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed")

LINK = "https://example.org/bones/78/ribs"
RATE = 16_000
DPI = 300
SCALES = (1.0, 0.7, 0.5)
"""Letters of 30 pixels are what it was taught; those of a title are higher."""
LABEL_M = 42.5e-3
"""Within the locked groove of a 10 inch disc."""
TITLE, ARTIST = "Heartbreak Hotel", "Elvis Presley"


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "song.wav"
    t = np.arange(2 * RATE) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * t), RATE)
    return path


def drawn(svg: Path, picture: Path) -> Path:
    """The drawing at 300 dpi, by librsvg."""
    if shutil.which("rsvg-convert") is None:
        pytest.skip("rsvg-convert is not installed (librsvg2-bin)")
    # SVG's own 96 dots to an inch
    command = ["rsvg-convert", "-d", str(DPI), "-p", str(DPI), "-b", "white", "--unlimited", "-o", picture, svg]
    subprocess.run([str(word) for word in command], check=True, timeout=300)
    return picture


def codes(picture: Path) -> list[str]:
    with Image.open(picture) as held:
        return [found.text for found in zxingcpp.read_barcodes(held.convert("L"))]


@pytest.mark.parametrize("machine", ["ideal", "laser-1200", "grbl-laser", "plotter"])
def test_figure_the_qr_code_is_read_from_the_svg_at_300_dpi(song: Path, tmp_path: Path, machine: str) -> None:
    svg = tmp_path / "disc.svg"
    bonemusic("cut", song, "-o", svg, "--qr", LINK, "--machine", machine, "--level", "-6dB")
    assert codes(drawn(svg, tmp_path / "disc.png")) == [LINK]


FILMS = (None, "hannover_00870a9c.jpg", "hannover_53c9be49.jpg", "hannover_a38e1877.jpg", "hannover_bd3ceeb6.jpg",
         "pydicom_RG1_J2KI.dcm", "pydicom_RG3_J2KR.dcm")  # fmt: skip


@pytest.mark.parametrize("film", FILMS)
@pytest.mark.parametrize("disc", ["10in-78", "card-5in-78"])
def test_figure_the_qr_code_is_read_from_the_picture(
    shared: Path, song: Path, tmp_path: Path, film: str | None, disc: str
) -> None:
    picture = tmp_path / "disc.png"
    sheet = ("--sheet", shared / "data" / "xrays" / film, "--sheet-width", "356mm") if film else ()
    bonemusic("cut", song, "-o", picture, "--qr", LINK, "--disc", disc, "--level", "-6dB", "--dpi", "300", *sheet)
    assert codes(picture) == [LINK]


def letters(picture: Path) -> str:
    """All that tesseract reads: what stands straight, and what runs along the circle, that circle laid straight."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed (tesseract-ocr)")
    with Image.open(picture) as held:
        grey = np.asarray(held.convert("L"), np.float64)
    reach = round(LABEL_M / 25.4e-3 * DPI)
    rows, columns = (slice(side // 2 - reach, side // 2 + reach) for side in grey.shape)
    label = grey[rows, columns]
    ground = np.median(label)  # letters are what differs from it, whether brighter or darker
    differs = np.abs(label - ground)
    ink = 255 * (1 - np.clip(differs / np.median(differs[differs > 20]), 0, 1))
    along, out = np.meshgrid(np.arange(round(2.5 * reach)), np.arange(round(0.2 * reach)))
    angle = math.pi / 2 + (2.5 * reach / 2 - along) / (0.85 * reach)
    x, y = reach + (reach - out) * np.cos(angle), reach - (reach - out) * np.sin(angle)
    straight = scipy.ndimage.map_coordinates(ink, [y, x], order=1, mode="nearest")
    beside = ink[reach - reach // 10 : reach + reach // 10, reach + reach // 6 :]  # one line, right of the hole
    parts = ((ink, 11), (straight, 11), (beside, 7))  # sparse words, or a line
    return " ".join(_read(picture.with_name("part.png"), each, layout) for each, layout in parts)


def _read(part: Path, ink: np.ndarray, layout: int) -> str:
    found = []
    seen = Image.fromarray(ink.astype(np.uint8))
    for scale in SCALES:
        less = (round(seen.width * scale), round(seen.height * scale))
        seen.resize(less, Image.Resampling.BOX).save(part, dpi=(scale * DPI,) * 2)
        command = ["tesseract", str(part), "-", "-l", "eng", "--psm", str(layout)]
        found.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return re.sub(r"\s+", " ", " ".join(found))


def test_figure_the_label_is_read_by_tesseract_from_the_svg_at_300_dpi(song: Path, tmp_path: Path) -> None:
    svg = tmp_path / "disc.svg"
    bonemusic("cut", song, "-o", svg, "--title", TITLE, "--artist", ARTIST, "--level", "-6dB")
    read = letters(drawn(svg, tmp_path / "disc.png")).lower()
    for word in (*TITLE.split(), *ARTIST.split(), "78", "rpm"):
        assert word.lower() in read, read


def test_figure_the_label_is_read_by_tesseract_from_the_picture_at_300_dpi(song: Path, tmp_path: Path) -> None:
    picture = tmp_path / "disc.png"
    words = ("--title", TITLE, "--artist", ARTIST, "--level", "-6dB", "--dpi", str(DPI), "--view", "plain")
    bonemusic("cut", song, "-o", picture, *words)
    read = letters(picture).lower()
    for word in (*TITLE.split(), *ARTIST.split(), "78", "rpm"):
        assert word.lower() in read, read
