"""X-rays as grey values; whatever is no picture is refused in one line."""

from __future__ import annotations

import io
import struct
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
from bonemusic.sheets import picture

GREY = np.arange(600, dtype=np.uint16).reshape(20, 30)


def saved(path: Path, values: NDArray[Any], **how: Any) -> Path:
    Image.fromarray(values).save(path, **how)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        picture.read(path)
    return check(why.value)


def check(refused: FormatError) -> str:
    line = str(refused)
    assert "\n" not in line
    assert len(line) < 300
    return line


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.dat"])
def test_eight_bits_are_kept(tmp_path: Path, name: str) -> None:
    values = (GREY % 256).astype(np.uint8)
    read = picture.read(saved(tmp_path / name, values, **({"format": "PNG"} if name == "a.dat" else {})))
    assert read.dtype == np.uint8
    assert np.array_equal(read, values)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_lossy_pictures(tmp_path: Path, name: str) -> None:
    values = np.linspace(0, 255, 3200).reshape(40, 80).astype(np.uint8)
    read = picture.read(saved(tmp_path / name, values)).astype(float)
    assert read.shape == (40, 80)
    assert np.abs(read - values).mean() < 5


@pytest.mark.parametrize(("name", "kind", "factor"), [
    ("a.png", np.uint16, 100), ("a.tif", np.uint16, 100), ("a.tif", np.int32, 1000), ("a.tif", np.float32, 1e-4),
    ("a.tif", np.float32, 7.0),
])  # fmt: skip
def test_more_bits_are_scaled_to_the_brightest(tmp_path: Path, name: str, kind: type, factor: float) -> None:
    values = (GREY.astype(np.float64) * factor).astype(kind)
    read = picture.read(saved(tmp_path / name, values))
    assert read.dtype == np.uint8
    assert (read.min(), read.max()) == (0, 255)
    assert np.abs(read - GREY * 255.0 / GREY.max()).max() <= 1


def test_what_is_no_number_or_less_than_black_is_black(tmp_path: Path) -> None:
    values = np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30)
    values[3, 4:7] = np.nan, np.inf, -np.inf
    read = picture.read(saved(tmp_path / "a.tif", values))
    assert not read[3, 4:7].any()
    assert not read[0].any()
    assert read.max() == 255
    assert not picture.read(saved(tmp_path / "b.tif", np.full((4, 4), np.nan, np.float32))).any()


def test_colours_are_their_luma(tmp_path: Path) -> None:
    colours = np.zeros((2, 3, 3), np.uint8)
    colours[0] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    colours[1] = 255
    read = picture.read(saved(tmp_path / "a.png", colours))
    assert read.tolist() == [[76, 150, 29], [255, 255, 255]]
    with Image.open(tmp_path / "a.png") as held:
        for mode in ("P", "RGBA", "LA", "1", "CMYK"):
            name = "b.tif" if mode == "CMYK" else "b.png"
            held.convert(mode).save(tmp_path / name)
            assert picture.read(tmp_path / name).shape == (2, 3)


def declared(width: int, height: int) -> bytes:
    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def test_bombs_are_refused_by_their_size(tmp_path: Path) -> None:
    tracemalloc.start()
    for width, height in ((50_000, 50_000), (2**31 - 1, 1), (1, 2**31 - 1), (20_001, 20_000)):
        (tmp_path / "bomb.png").write_bytes(declared(width, height))
        line = refusal(tmp_path / "bomb.png")
        assert f"{width} × {height} pixels are too many" in line
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_large_scans_are_no_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Pillow's own limit is 179 million pixels: a film of 14 by 17 inches has 343 million at 1200 dpi
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = saved(tmp_path / "a.png", (GREY % 256).astype(np.uint8))
    assert picture.read(path).shape == (20, 30)
    assert Image.MAX_IMAGE_PIXELS == 100
    refusal(tmp_path / "none.png")
    assert Image.MAX_IMAGE_PIXELS == 100


def test_refusals_say_what_is_wrong(tmp_path: Path) -> None:
    assert "no such sheet and no such picture; 'bonemusic list sheets'" in refusal(tmp_path / "none.png")
    assert "is a directory" in refusal(tmp_path)
    whole = saved(tmp_path / "a.png", (GREY % 256).astype(np.uint8)).read_bytes()
    for held in (b"", b"text\n", np.random.default_rng(0).bytes(3000), whole[:70], declared(0, 0)):
        (tmp_path / "bad.png").write_bytes(held)
        assert "bad.png: is no PNG, JPEG" in refusal(tmp_path / "bad.png")
    with pytest.raises(FormatError, match="is no PNG"):
        picture.read(tmp_path / ("x" * 250 + ".png" * 10))


_HELD: dict[str, bytes] = {}


def valid(kind: str) -> bytes:
    if kind not in _HELD:
        out = io.BytesIO()
        Image.fromarray((GREY % 256).astype(np.uint8)).save(out, kind)
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
        read = picture.read(path)
        assert read.dtype == np.uint8
        assert read.ndim == 2
    except FormatError as refused:
        check(refused)
