"""Which files are pictures, by their first bytes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bonemusic.pictures import write
from bonemusic.pictures.read import HEAD, full, is_picture

GREY = np.random.default_rng(1).integers(0, 256, (30, 40)).astype(np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "BMP", "WEBP"])
def test_pictures_that_others_write_are_known(kind: str) -> None:
    held = io.BytesIO()
    Image.fromarray(GREY).save(held, kind)
    assert is_picture(held.getvalue()[:HEAD])


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_our_own_are_known_and_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{suffix}"
    with path.open("wb") as file:
        write.write(file, write.kind_of(suffix), GREY, np.arange(256, dtype=np.uint8), (40_000.0, 40_000.0))
    assert is_picture(path.read_bytes()[:HEAD])
    values = full(path)
    assert values.grey.shape == GREY.shape
    assert values.dots_per_m == pytest.approx((40_000, 40_000), rel=0.01)
    if suffix != ".jpg":
        assert np.array_equal(values.grey, GREY)


@pytest.mark.parametrize("head", [b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0"])
def test_tiffs_of_either_order_and_size_are_known(head: bytes) -> None:
    assert is_picture(head)


def test_dicom_is_known_by_what_comes_after_its_preamble() -> None:
    assert is_picture(bytes(128) + b"DICM")
    assert not is_picture(bytes(127) + b"DICM")


@pytest.mark.parametrize(
    "head",
    [
        b"", b"II", b"<?xml version='1.0'?><svg", b"%PDF-1.7", b"RIFF\x10\0\0\0WAVEfmt ", b"G21 G90\n", b"IN;SP1;",
        b"0\nSECTION", b"solid disc", b"PK\x03\x04", b"GIF89a", b"\x89PNG\r\n", bytes(HEAD),
    ],
)  # fmt: skip
def test_drawings_sounds_and_nothing_are_none(head: bytes) -> None:
    assert not is_picture(head)


@given(st.binary(max_size=HEAD + 20))
def test_any_bytes_are_told(head: bytes) -> None:
    assert is_picture(head[:HEAD]) in (True, False)
    assert is_picture(head) == is_picture(head[:HEAD])
