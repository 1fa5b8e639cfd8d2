"""Pictures that ask for too much are refused before anything is decoded; decoders say nothing on stderr."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bonemusic.errors import FormatError
from bonemusic.pictures import limits, raster

GREY = np.add.outer(np.arange(64), np.arange(80)).astype(np.uint8)


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        raster.load(path)
    line = str(why.value)
    assert "\n" not in line
    return line


def progressive(path: Path, **how: Any) -> bytearray:
    picture = Image.fromarray(GREY) if "subsampling" not in how else Image.merge("RGB", [Image.fromarray(GREY)] * 3)
    picture.save(path, "JPEG", progressive=True, **how)
    return bytearray(path.read_bytes())


def claiming(held: bytearray, width: int, height: int) -> bytes:
    """A progressive JPEG that says it were so large."""
    at = held.index(b"\xff\xc2")
    held[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(held)


@pytest.mark.parametrize(("width", "height"), [(1, 1_000_000_000), (1_000_000_000, 1), (200_001, 10)])
def test_long_and_thin_pictures_are_bombs(tmp_path: Path, width: int, height: int) -> None:
    # a row takes more than its pixels: one pixel by 10⁹ took 9 GB and two minutes
    path = tmp_path / "a.bmp"
    Image.fromarray(GREY).save(path)
    held = bytearray(path.read_bytes())
    held[18:26] = struct.pack("<ii", width, height)
    path.write_bytes(held)
    assert f"{width} × {height} pixels are too many" in refusal(path)


def test_a_long_strip_is_read(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((100_000, 3), np.uint8)).save(tmp_path / "a.png")
    assert raster.load(tmp_path / "a.png").grey.shape == (100_000, 3)


def test_a_progressive_jpeg_is_counted_with_what_its_decoder_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(claiming(progressive(path, subsampling=0), 30_000, 30_000))  # 900 million, 6 bytes each
    assert "30000 × 30000 takes too much memory" in refusal(path)
    for half in ({"subsampling": 2}, {}):
        path.write_bytes(claiming(progressive(path, **half), 30_000, 30_000))
        with raster._opened(path) as picture:
            limits.refuse(path, picture)


def test_scans_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    held = progressive(path)
    scan = bytes(held[held.rindex(b"\xff\xda") : -2])
    many = claiming(held, 20_000, 20_000)[:-2] + scan * 3000 + b"\xff\xd9"  # 98 s before
    path.write_bytes(many)
    begun = time.process_time()
    assert "scans, which nobody needs" in refusal(path)
    assert time.process_time() - begun < 1
    # as many in a small one take no time: it is read
    path.write_bytes(claiming(bytearray(many), 80, 64))
    assert np.abs(raster.load(path).grey.astype(int) - GREY).max() < 10


def test_damaged_tiffs_say_nothing_but_our_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.tif"
    for kind in ("tiff_lzw", "jpeg"):
        Image.fromarray(GREY).save(path, compression=kind)
        held = path.read_bytes()
        for at in range(0, len(held), 1 + len(held) // 60):
            path.write_bytes(held[:at] + b"\x80\xfe\x03" + held[at + 3 :])
            try:
                raster.load(path)
            except FormatError:
                continue
    Image.merge("RGB", [Image.fromarray(GREY)] * 3).save(path)
    held = bytearray(path.read_bytes())
    held[held.index(struct.pack("<HHI", 277, 3, 1)) + 8] = 17  # samples to a pixel, which Pillow itself speaks of
    path.write_bytes(held)
    refusal(path)
    assert capfd.readouterr() == ("", "")


def test_hushing_ends_whatever_happens(capfd: pytest.CaptureFixture[str]) -> None:
    with limits.hushed():
        os.write(2, b"nobody hears this\n")
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
    with pytest.raises(KeyError), limits.hushed():
        raise KeyError
    os.write(2, b"again\n")
    assert capfd.readouterr().err == "again\n"
