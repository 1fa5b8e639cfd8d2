"""Pictures as grey values with their size; whatever is no picture is refused in one line."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bonemusic.errors import FormatError
from bonemusic.pictures import raster, values
from bonemusic.pictures.read import full, read

GREY = np.arange(600, dtype=np.uint16).reshape(20, 30)
EIGHT = (GREY % 256).astype(np.uint8)


def saved(path: Path, grey: NDArray[Any], **how: Any) -> Path:
    Image.fromarray(grey).save(path, **how)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        read(path)
    return check(why.value)


def check(refused: FormatError) -> str:
    line = str(refused)
    assert "\n" not in line
    assert len(line) < 300
    return line


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.dat"])
def test_eight_bits_are_kept(tmp_path: Path, name: str) -> None:
    film = read(saved(tmp_path / name, EIGHT, **({"format": "PNG"} if name == "a.dat" else {})))
    assert film.grey.dtype == np.uint8
    assert np.array_equal(film.grey, EIGHT)
    assert film.notes == ()


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_lossy_pictures(tmp_path: Path, name: str) -> None:
    grey = np.linspace(0, 255, 3200).reshape(40, 80).astype(np.uint8)
    film = read(saved(tmp_path / name, grey))
    assert film.grey.shape == (40, 80)
    assert np.abs(film.grey.astype(float) - grey).mean() < 5


@pytest.mark.parametrize(("name", "kind", "factor"), [
    ("a.png", np.uint16, 100), ("a.tif", np.uint16, 100), ("a.tif", np.int32, 1000), ("a.tif", np.float32, 1e-4),
    ("a.tif", np.float32, 7.0),
])  # fmt: skip
def test_more_bits_are_spread_from_black_to_white(tmp_path: Path, name: str, kind: type, factor: float) -> None:
    path = saved(tmp_path / name, (GREY.astype(np.float64) * factor).astype(kind))
    film = read(path)
    assert film.grey.dtype == np.uint8
    assert (film.grey.min(), film.grey.max()) == (0, 255)
    assert np.abs(film.grey - GREY * 255.0 / GREY.max()).max() <= 1
    held = full(path).grey
    assert held.dtype == np.uint16
    assert len(np.unique(held)) == 600


def test_sixteen_bits_are_held_as_they_are_whatever_their_byte_order(tmp_path: Path) -> None:
    deep = (GREY * 97).astype(np.uint16)
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        assert np.array_equal(full(tiff(tmp_path / "a.tif", deep, order, mark, 1)).grey, deep)
    # WhiteIsZero: bright values are dark (Pillow reads it in one byte order)
    assert np.array_equal(full(tiff(tmp_path / "b.tif", deep, "<", b"II*\0", 0)).grey, 65535 - deep)


def tiff(path: Path, deep: NDArray[Any], order: str, mark: bytes, photometric: int) -> Path:
    tags = [(256, deep.shape[1]), (257, deep.shape[0]), (258, 16), (259, 1), (262, photometric), (273, 0), (277, 1),
            (278, deep.shape[0]), (279, deep.nbytes)]  # fmt: skip
    start = 8 + 2 + 12 * len(tags) + 4
    held = mark + struct.pack(order + "IH", 8, len(tags))
    for tag, value in tags:
        held += struct.pack(order + "HHII", tag, 4, 1, start if tag == 273 else value)
    path.write_bytes(held + bytes(4) + deep.astype(order + "u2").tobytes())
    return path


def test_what_is_no_number_is_black(tmp_path: Path) -> None:
    grey = np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30)
    grey[3, 4:7] = np.nan, np.inf, -np.inf
    film = read(saved(tmp_path / "a.tif", grey))
    assert not film.grey[3, 4:7].any()
    assert film.grey.max() == 255
    assert not read(saved(tmp_path / "b.tif", np.full((4, 4), np.nan, np.float32))).grey.any()


def test_colours_are_their_luma_and_told(tmp_path: Path) -> None:
    colours = np.zeros((2, 3, 3), np.uint8)
    colours[0] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    colours[1] = 255
    film = read(saved(tmp_path / "a.png", colours))
    assert film.grey.tolist() == [[76, 150, 29], [255, 255, 255]]
    assert film.notes == ("it is in colours; they are read as grey",)
    with Image.open(tmp_path / "a.png") as held:
        for mode in ("P", "RGBA", "LA", "1", "CMYK"):
            name = "b.tif" if mode == "CMYK" else "b.png"
            held.convert(mode).save(tmp_path / name)
            assert read(tmp_path / name).grey.shape == (2, 3)
    big = np.zeros((64, 64, 3), np.uint8)
    big[:, :32, 0] = 200
    assert "colours" in read(saved(tmp_path / "c.jpg", big)).notes[0]
    assert read(saved(tmp_path / "d.jpg", np.repeat(EIGHT[..., None], 3, axis=2))).notes == ()


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
@pytest.mark.parametrize("dpi", [300, 1200])
def test_sizes_are_the_files_own(tmp_path: Path, name: str, dpi: int) -> None:
    film = read(saved(tmp_path / name, EIGHT, dpi=(dpi, dpi)))
    assert film.dots_per_m == pytest.approx(dpi / 0.0254, rel=1e-4)


@pytest.mark.parametrize(("name", "dpi"), [
    ("a.png", 5), ("a.tif", 30_000), ("a.jpg", 72), ("a.jpg", 96), ("a.jpg", 1), ("a.tif", 0),
])  # fmt: skip
def test_sizes_that_nobody_meant_are_none(tmp_path: Path, name: str, dpi: int) -> None:
    assert read(saved(tmp_path / name, EIGHT, dpi=(dpi, dpi))).dots_per_m is None


def test_pixels_longer_than_wide_become_square(tmp_path: Path) -> None:
    film = read(saved(tmp_path / "fax.tif", EIGHT, dpi=(200, 100)))
    assert film.grey.shape == (40, 30)
    assert film.dots_per_m == pytest.approx(200 / 0.0254, rel=1e-4)
    # but the file's own pixels are to be had
    assert full(tmp_path / "fax.tif").grey.shape == (20, 30)


def test_orientation_is_applied(tmp_path: Path) -> None:
    corner = np.zeros((20, 30), np.uint8)
    corner[:4, :6] = 255
    where = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    for orientation, (row, column) in where.items():
        exif = Image.Exif()
        exif[274] = orientation
        film = read(saved(tmp_path / "a.png", corner, exif=exif, dpi=(100, 200)))
        assert film.grey[row, column] > 200, orientation
        # 100 dpi across are 200 when it has been laid on its side, and 20 rows at 200 dpi are as wide as 10 at 100
        assert film.grey.shape == ((20, 60) if orientation < 5 else (60, 20)), orientation


def test_pages_after_the_first_are_told(tmp_path: Path) -> None:
    Image.fromarray(EIGHT).save(tmp_path / "a.tif", save_all=True, append_images=[Image.fromarray(EIGHT)] * 2)
    assert read(tmp_path / "a.tif").notes == ("it holds 3 pages; the first is taken",)


def test_one_pixel(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.png", EIGHT[:1, :1])).grey.shape == (1, 1)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "deep.png"])
def test_larger_pictures_are_averaged_and_keep_their_size(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonemusic.pictures.read.MOST_KEPT_PX", 3000)
    grey = np.add.outer(np.arange(96), np.arange(120)).astype(np.uint8)
    deep = grey.astype(np.uint16) * 256
    film = read(saved(tmp_path / name, deep if name == "deep.png" else grey, dpi=(300, 300)))
    assert film.grey.shape == (48, 60)
    assert film.dots_per_m == pytest.approx(150 / 0.0254, rel=1e-4)
    assert any("2 × 2 pixels are averaged to one" in each for each in film.notes)
    if name == "a.png":
        want = grey.reshape(48, 2, 60, 2).mean(axis=(1, 3))
        assert np.abs(film.grey - want).max() <= 0.51


def declared(width: int, height: int) -> bytes:
    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def test_bombs_are_refused_by_their_size(tmp_path: Path) -> None:
    tracemalloc.start()
    for width, height in ((50_000, 50_000), (2**31 - 1, 1), (1, 2**31 - 1), (40_000, 30_001)):
        (tmp_path / "bomb.png").write_bytes(declared(width, height))
        line = refusal(tmp_path / "bomb.png")
        assert f"{width} × {height} pixels are too many" in line
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_too_little_memory_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(raster, "_gathered", none)
    assert "too little memory" in refusal(saved(tmp_path / "a.png", EIGHT))


def test_large_scans_are_no_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Pillow's own limit is 179 million pixels: a film of 14 by 17 inches has 343 million at 1200 dpi
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert read(saved(tmp_path / "a.png", EIGHT)).grey.shape == (20, 30)
    assert Image.MAX_IMAGE_PIXELS == 100
    (tmp_path / "none.png").write_bytes(b"x")
    refusal(tmp_path / "none.png")
    assert Image.MAX_IMAGE_PIXELS == 100


def test_refusals_say_what_is_wrong(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.png")
    assert "is a directory" in refusal(tmp_path)
    whole = saved(tmp_path / "a.png", EIGHT).read_bytes()
    for held in (b"text\n", np.random.default_rng(0).bytes(3000), whole[:70], whole[:-40], declared(0, 0)):
        (tmp_path / "bad.png").write_bytes(held)
        assert "bad.png: is no PNG, JPEG" in refusal(tmp_path / "bad.png")
    (tmp_path / "bad.png").write_bytes(b"")
    assert "is empty" in refusal(tmp_path / "bad.png")


MEASURE = """
import sys
from pathlib import Path
from PIL import Image
from bonemusic.pictures import raster, read
read.MOST_KEPT_PX = 1_000_000
peak = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = peak()
film = read.read(Path(sys.argv[1]))
print(before, peak(), *film.grey.shape)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is told by Linux only")
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_a_large_sheet_takes_little_more_than_itself(tmp_path: Path, name: str) -> None:
    grey = np.tile(np.arange(250, dtype=np.uint8), (9000, 40))
    saved(tmp_path / name, grey, **({"compression": "tiff_lzw"} if name == "a.tif" else {}))
    done = subprocess.run([sys.executable, "-c", MEASURE, tmp_path / name], capture_output=True, check=True)
    before, after, rows, columns = map(int, done.stdout.split())
    assert rows * columns <= 1_000_000
    # 90 MB decoded; 30 MB are the bands' and the libraries' own
    assert (after - before) * 1024 < 1.15 * grey.nbytes + 30e6


def test_tones() -> None:
    assert values.ramp(10, 20, 256)[[0, 10, 15, 20, 255]].tolist() == [0, 0, 128, 255, 255]
    held = np.array([[0, 1000, 2000, 3000]], np.uint16)
    assert values.toned(held, values.spread(held, 0.5)).tolist() == [[0, 85, 170, 255]]
    # padding does not count
    assert values.toned(held, values.spread(held, 0.5, slice(0, 1)))[0, 1:].tolist() == [0, 128, 255]
    assert values.toned(held[:, :1], values.straight(held[:, :1])).shape == (1, 1)


_HELD: dict[str, bytes] = {}


def valid(kind: str) -> bytes:
    if kind not in _HELD:
        out = io.BytesIO()
        Image.fromarray(EIGHT).save(out, kind, **({"dpi": (300, 200)} if kind != "WEBP" else {}))
        _HELD[kind] = out.getvalue()
    return _HELD[kind]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzz(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    held = bytearray(valid(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, min(data.draw(st.sampled_from([40, len(held)])), len(held) - 1)))
        if data.draw(st.booleans()):
            held[at] = data.draw(st.integers(0, 255))
        else:
            held[at : at + 4] = struct.pack("<I", data.draw(st.sampled_from([0, 1, 30_000, 0x7FFFFFFF, 0xFFFFFFFF])))
    path = tmp_path / "fuzz"
    path.write_bytes(held)
    try:
        film = read(path)
        assert film.grey.dtype == np.uint8
        assert film.grey.ndim == 2
    except FormatError as refused:
        check(refused)


FRACTIONS = """
import sys, tracemalloc
from pathlib import Path
from bonemusic.pictures import raster
peak = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = peak()
values = raster.load(Path(sys.argv[1]))
values.film
print(before, peak())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is told by Linux only")
def test_fractions_and_tones_take_no_copies(tmp_path: Path) -> None:
    grey = np.tile(np.linspace(-1, 1, 6000, dtype=np.float32), (3000, 1))
    Image.fromarray(grey).save(tmp_path / "a.tif", compression="tiff_lzw")
    done = subprocess.run([sys.executable, "-c", FRACTIONS, tmp_path / "a.tif"], capture_output=True, check=True)
    before, after = map(int, done.stdout.split())
    # 4 bytes a pixel as they are decoded, then 2 and 1; bands of 24 MB several times
    assert (after - before) * 1024 < 7 * grey.size + 150e6
