"""Scans: every kind of PNG and TIFF as the grey values that they hold; what is damaged or absurd is refused."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bonemusic.errors import FormatError
from bonemusic.pictures import pieces, png, raster, room, samples, unpacking
from bonemusic.pictures.scan import Scan, scan

from .tiffs import saved

RANDOM = np.random.default_rng(0)
EIGHT = (np.add.outer(np.arange(70), 2 * np.arange(90)) + RANDOM.integers(0, 9, (70, 90))).astype(np.uint8)
DEEP = (EIGHT.astype(np.uint16) * 251 + RANDOM.integers(0, 99, EIGHT.shape)).astype(np.uint16)
COLOURS = RANDOM.integers(0, 256, (70, 90, 3), dtype=np.uint8)
DEEP_COLOURS = RANDOM.integers(0, 65536, (70, 90, 3), dtype=np.uint16)


def luma(colours: NDArray[Any]) -> NDArray[Any]:
    return np.rint(colours[..., :3] @ np.array([0.299, 0.587, 0.114]))


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        scan(path)
    line = one_line(why.value)
    assert line.startswith(path.name)
    return line


def one_line(refused: FormatError) -> str:
    line = str(refused)
    assert "\n" not in line
    assert len(line) < 250
    return line


def same(found: Scan, want: NDArray[Any], within: float = 0) -> None:
    assert found.grey.dtype == want.dtype
    assert found.grey.shape == want.shape
    assert np.abs(found.grey.astype(float) - want).max() <= within


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tile", [None, (32, 48)])
@pytest.mark.parametrize("packing", ["none", "lzw", "deflate", "packbits"])
def test_tiffs(tmp_path: Path, packing: str, tile: Any, order: str, big: bool) -> None:
    for pixels, differences in ((EIGHT, False), (DEEP, False), (EIGHT, True), (DEEP, True)):
        if differences and packing not in ("lzw", "deflate"):
            continue
        path = saved(
            tmp_path / "a.tif", pixels, packing=packing, tile=tile, rows=16, order=order, big=big,
            differences=differences,
        )  # fmt: skip
        same(scan(path), pixels)
    for pixels in (COLOURS, DEEP_COLOURS, np.dstack([DEEP_COLOURS, DEEP])):
        path = saved(tmp_path / "a.tif", pixels, packing=packing, tile=tile, rows=16, order=order, big=big)
        found = scan(path)
        same(found, luma(pixels).astype(pixels.dtype), within=1)
        assert found.notes == ("it is in colours; they are read as grey",)


def test_strips_of_one_row_are_read_together_unless_they_lie_apart(tmp_path: Path) -> None:
    for pixels in (EIGHT, DEEP, EIGHT[:, :89]):  # of 89 bytes each is followed by one that is nobody's
        same(scan(saved(tmp_path / "a.tif", pixels, rows=1)), pixels)
    lies = {279: ("I", (90,) * 69 + (89,))}
    same(scan(saved(tmp_path / "a.tif", np.ascontiguousarray(EIGHT[:, :89]), rows=1, tags=lies)), EIGHT[:, :89])


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("tile", [None, (32, 48)])
def test_jpeg_within_tiff(tmp_path: Path, tile: Any, big: bool) -> None:
    smooth = np.add.outer(np.arange(70), np.arange(90)).astype(np.uint8)
    same(scan(saved(tmp_path / "a.tif", smooth, packing="jpeg", tile=tile, rows=16, big=big)), smooth, within=6)
    coloured = np.dstack([smooth, 200 - smooth, smooth // 2])
    found = scan(saved(tmp_path / "b.tif", coloured, packing="jpeg", tile=tile, rows=16, big=big))
    same(found, luma(coloured).astype(np.uint8), within=9)
    # libtiff's own, with its tables apart
    for pixels in (smooth, coloured):
        Image.fromarray(pixels).save(tmp_path / "c.tif", compression="jpeg", quality=95)
        with Image.open(tmp_path / "c.tif") as other:
            want = np.asarray(other.convert("RGB"), np.uint8)
        same(scan(tmp_path / "c.tif"), luma(want).astype(np.uint8), within=4)


def test_other_kinds_of_tiff(tmp_path: Path) -> None:
    same(scan(saved(tmp_path / "a.tif", DEEP, photometric=0)), 65535 - DEEP)
    same(scan(saved(tmp_path / "a.tif", EIGHT, photometric=0)), 255 - EIGHT)
    inks = RANDOM.integers(0, 256, (70, 90, 4), dtype=np.uint8)
    want = luma(255.0 - inks[..., :3]) * (255.0 - inks[..., 3]) / 255
    same(scan(saved(tmp_path / "a.tif", inks, photometric=5)), np.rint(want).astype(np.uint8), within=2)
    deep = inks.astype(np.uint16) * 257
    same(scan(saved(tmp_path / "a.tif", deep, photometric=5)), np.rint(want * 257).astype(np.uint16), within=257)
    with Image.fromarray(COLOURS) as held:
        seen = held.quantize(64)
        seen.save(tmp_path / "p.tif")
        same(scan(tmp_path / "p.tif"), luma(np.asarray(seen.convert("RGB"))).astype(np.uint8), within=1)
    # what only Pillow knows
    Image.fromarray(EIGHT > 99).save(tmp_path / "1.tif", compression="group4")
    same(scan(tmp_path / "1.tif"), (255 * (EIGHT > 99)).astype(np.uint8))
    Image.fromarray(EIGHT.astype(np.float32)).save(tmp_path / "f.tif")
    assert scan(tmp_path / "f.tif").grey.dtype == np.uint16


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("photometric", [0, 1])
def test_few_bits(tmp_path: Path, bits: int, photometric: int) -> None:
    values = RANDOM.integers(0, 1 << bits, (13, 16), dtype=np.uint8)
    places = np.arange(8 - bits, -1, -bits)
    packed = (values.reshape(13, -1, 8 // bits) << places).sum(axis=2).astype(np.uint8)
    tags = {256: ("I", (16,)), 258: ("H", (bits,))}
    found = scan(saved(tmp_path / "a.tif", packed, photometric=photometric, tags=tags))
    want = values * (255 // ((1 << bits) - 1))
    same(found, (want if photometric else 255 - want).astype(np.uint8))


def test_sizes_orientation_and_pages_of_tiffs(tmp_path: Path) -> None:
    def of(**tags: Any) -> Scan:
        held = {int(key[1:]): value for key, value in tags.items()}
        return scan(saved(tmp_path / "a.tif", EIGHT, tags=held))

    dots = {"_282": ("I", (2400, 1)), "_283": ("I", (4800, 2)), "_296": ("H", (2,))}
    assert of(**dots).dots_per_m == pytest.approx((2400 / 0.0254,) * 2)
    dots["_282"] = ("I", (1200, 1))
    assert of(**dots).dots_per_m == pytest.approx((2400 / 0.0254, 1200 / 0.0254))
    assert of(**dots, _274=("H", (6,))).dots_per_m == pytest.approx((1200 / 0.0254, 2400 / 0.0254))
    assert of(**(dots | {"_296": ("H", (3,))})).dots_per_m == pytest.approx((240_000, 120_000))
    assert of(**(dots | {"_282": ("I", (0, 0))})).dots_per_m is None
    assert of(**(dots | {"_296": ("H", (1,))})).dots_per_m is None
    for orientation in range(1, 9):
        found = of(_274=("H", (orientation,)))
        with (tmp_path / "a.tif").open("rb") as file, Image.open(file) as other:
            other.load()  # turns it
            assert np.array_equal(found.grey, np.asarray(other))
        assert np.array_equal(raster.load(tmp_path / "a.tif").grey, found.grey)
    Image.fromarray(EIGHT).save(tmp_path / "p.tif", save_all=True, append_images=[Image.fromarray(EIGHT)] * 2)
    assert scan(tmp_path / "p.tif").notes == ("it holds 3 pages; the first is taken",)


def as_png(path: Path, pixels: NDArray[Any], kind: int, bits: int, filters: Iterator[int] | None = None) -> Path:
    """Packed rows of any kind of PNG; filters that the file has are not undone by who writes it: rows are random."""

    def chunk(name: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))

    raw = pixels.astype(pixels.dtype.newbyteorder(">")).reshape(len(pixels), -1).view(np.uint8)
    first = np.array([next(filters) if filters else 0 for _ in raw], np.uint8)[:, None]
    head = struct.pack(">IIBBBBB", pixels.shape[1], len(pixels), bits, kind, 0, 0, 0)
    held = zlib.compress(np.hstack([first, raw]).tobytes())
    parts = [held[n : n + 5000] for n in range(0, len(held), 5000)]
    body = b"".join(chunk(b"IDAT", part) for part in parts)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize("kind", [0, 2, 4, 6])
@pytest.mark.parametrize("bits", [8, 16])
def test_pngs(tmp_path: Path, kind: int, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "BAND_BYTES", 3000)
    count = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    pixels = RANDOM.integers(0, 1 << bits, (70, 90, count)).astype(np.uint8 if bits == 8 else np.uint16)
    found = scan(as_png(tmp_path / "a.png", pixels, kind, bits))
    same(found, (luma(pixels) if kind & 2 else pixels[..., 0]).astype(pixels.dtype), within=1 if kind & 2 else 0)


@pytest.mark.parametrize("kind", [0, 2])
def test_filters_are_undone_as_pillow_does(tmp_path: Path, kind: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "BAND_BYTES", 3000)
    pixels = COLOURS if kind == 2 else EIGHT
    path = as_png(tmp_path / "a.png", pixels, kind, 8, iter(list(range(5)) * 14))
    with Image.open(path) as other:
        want = np.asarray(other)
    same(scan(path), (luma(want) if kind == 2 else want).astype(np.uint8), within=kind // 2)


def test_other_pngs(tmp_path: Path) -> None:
    held = Image.fromarray(COLOURS).quantize(50)
    held.save(tmp_path / "p.png", dpi=(1200, 1200))
    found = scan(tmp_path / "p.png")
    same(found, luma(np.asarray(held.convert("RGB"))).astype(np.uint8), within=1)
    assert found.dots_per_m == pytest.approx((1200 / 0.0254,) * 2, rel=1e-4)
    held.quantize(11).save(tmp_path / "q.png", bits=4)
    same(scan(tmp_path / "q.png"), luma(np.asarray(held.quantize(11).convert("RGB"))).astype(np.uint8), within=1)
    Image.fromarray(EIGHT > 99).save(tmp_path / "1.png")
    same(scan(tmp_path / "1.png"), (255 * (EIGHT > 99)).astype(np.uint8))
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(EIGHT).save(tmp_path / "t.png", exif=exif)
    same(scan(tmp_path / "t.png"), np.rot90(EIGHT, 3))


def test_jpegs_and_dicoms_are_read_as_sheets_are(tmp_path: Path, shared: Path) -> None:
    smooth = np.add.outer(np.arange(70), np.arange(90)).astype(np.uint8)
    Image.fromarray(smooth).save(tmp_path / "a.jpg", quality=95, dpi=(600, 600))
    found = scan(tmp_path / "a.jpg")
    same(found, smooth, within=6)
    assert found.dots_per_m == pytest.approx((600 / 0.0254,) * 2)
    assert scan(shared / "data" / "xrays" / "pydicom_RG3_J2KR.dcm").grey.shape == (1760, 1760)


def test_large_ones_are_files_mapped_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_HELD_BYTES", 1000)
    Image.fromarray(EIGHT).save(tmp_path / "a.png")
    for path in (tmp_path / "a.png", saved(tmp_path / "a.tif", EIGHT), saved(tmp_path / "b.tif", EIGHT, packing="lzw")):
        found = scan(path)
        assert isinstance(found.grey, np.memmap)
        same(found, EIGHT)
    # strips too large to be held beside the picture
    monkeypatch.setattr(pieces, "LARGE_BYTES", 1000)
    same(scan(saved(tmp_path / "a.tif", COLOURS, packing="lzw")), luma(COLOURS).astype(np.uint8), within=1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.os, "posix_fallocate", full, raising=False)
    assert "name another place in TMPDIR" in refusal(tmp_path / "a.png")


def test_what_is_let_go_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_HELD_BYTES", 1000)
    held = room.room((100, 100), np.uint8)
    held[:] = np.arange(100)
    room.let_go(held[20:])
    np.testing.assert_array_equal(held[50], np.arange(100))
    room.let_go(np.zeros(3))  # nothing of that lies in a file


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_bytes_of_several_pixels(bits: int) -> None:
    raw = np.random.default_rng(bits).integers(0, 256, (5, 9)).astype(np.uint8)
    table = samples.unpacked(np.arange(256, dtype=np.uint8)[:, None], 8 // bits, bits)
    width = 8 * 8 // bits + 1
    fast, plain = np.empty((5, width), np.uint8), np.empty((5, width), np.uint8)
    samples.spread(raw, table, fast)
    samples.spread.py_func(raw, table, plain)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(fast, plain)
    np.testing.assert_array_equal(fast, samples.unpacked(raw, width, bits))


def test_what_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = {
        "a.png": (tmp_path / "a.png"),
        **{f"{name}.tif": saved(tmp_path / f"{name}.tif", EIGHT, packing=name, rows=16)
           for name in ("none", "lzw", "deflate", "packbits", "jpeg")},
    }  # fmt: skip
    Image.fromarray(EIGHT).save(tmp_path / "a.png")
    for path in whole.values():
        held = path.read_bytes()
        for part in (0.1, 0.5, 0.9):
            path.write_bytes(held[: int(len(held) * part)])
            assert "damaged" in refusal(path) or "no PNG, JPEG" in refusal(path)
    # a strip that ends early, in a whole file
    for name in ("none", "lzw", "deflate", "packbits"):
        path = saved(tmp_path / "b.tif", EIGHT, packing=name, tags={279: ("I", (40,))})
        assert "is damaged" in refusal(path)


def test_bombs(tmp_path: Path) -> None:
    for width, height in ((70_000, 70_000), (200_001, 10), (2**31 - 1, 1)):
        tags = {256: ("I", (width,)), 257: ("I", (height,)), 278: ("I", (height,))}
        assert f"{width} × {height} pixels are too many" in refusal(saved(tmp_path / "a.tif", EIGHT, tags=tags))
        held = bytearray(as_png(tmp_path / "a.png", EIGHT, 0, 8).read_bytes())
        held[16:24] = struct.pack(">II", width, height)
        held[29:33] = struct.pack(">I", zlib.crc32(held[12:29]))
        (tmp_path / "a.png").write_bytes(held)
        assert f"{width} × {height} pixels are too many" in refusal(tmp_path / "a.png")
        # what could be so large, but cannot come out of so few bytes
        held[16:24] = struct.pack(">II", 40_000, 40_000)
        held[29:33] = struct.pack(">I", zlib.crc32(held[12:29]))
        (tmp_path / "a.png").write_bytes(held)
        assert "is damaged" in refusal(tmp_path / "a.png")
    tags = {
        256: ("I", (50_000,)),
        257: ("I", (50_000,)),
        278: ("I", (50_000,)),
        258: ("H", (16,) * 4),
        277: ("H", (4,)),
    }
    assert "so many colours and bits" in refusal(saved(tmp_path / "a.tif", DEEP_COLOURS, tags=tags))
    tags = {256: ("I", (40_000,)), 257: ("I", (40_000,))}
    for packing in ("none", "lzw", "deflate", "packbits", "jpeg"):
        refusal(saved(tmp_path / "a.tif", EIGHT, packing=packing, tags=tags))


def test_jpegs_may_be_larger_as_scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "MAX_PIXELS", 1000)
    for name, colours in (("a.jpg", Image.fromarray(EIGHT)), ("b.jpg", Image.fromarray(COLOURS))):
        colours.save(tmp_path / name)
        assert scan(tmp_path / name).grey.shape == EIGHT.shape
    Image.fromarray(COLOURS).convert("CMYK").save(tmp_path / "a.jpg")  # held with all its inks
    Image.fromarray(EIGHT).save(tmp_path / "a.bmp")
    for name in ("a.jpg", "a.bmp"):
        assert "90 × 70 pixels are too many" in refusal(tmp_path / name)


PEAK = """
import sys
from pathlib import Path
from bonemusic.pictures.scan import scan
peak = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
scan(Path(sys.argv[1]))
before = peak()
scan(Path(sys.argv[2]))
print(before, peak())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is told by Linux only")
@pytest.mark.parametrize("packing", ["png", "deflate", "none"])
def test_colours_take_no_more_than_their_grey_and_bands(tmp_path: Path, packing: str) -> None:
    colours = np.tile(np.arange(250, dtype=np.uint8)[:, None], (4000, 48, 3))
    for name, pixels in (("small", colours[:100]), ("large", colours)):
        if packing == "png":
            Image.fromarray(pixels).save(tmp_path / name, "PNG", compress_level=1)
        else:
            saved(tmp_path / name, pixels, packing=packing)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "small", tmp_path / "large"], capture_output=True, check=True
    )
    before, after = map(int, done.stdout.split())
    assert (after - before) * 1024 < colours.size / 3 + 60e6  # of 144 MB in colours


def test_kernels_equal_their_plain_twins() -> None:
    with np.errstate(over="ignore"):
        for pixel in (1, 3):
            band = RANDOM.integers(0, 256, (10, 31), dtype=np.uint8)
            band[:, 0] = np.arange(10) % 5
            other, above = band.copy(), RANDOM.integers(0, 256, 30, dtype=np.uint8)
            assert png.unfiltered(band, above, pixel)
            assert png.unfiltered.py_func(other, above, pixel)  # type: ignore[attr-defined]
            assert np.array_equal(band, other)
        band[3, 0] = 5
        assert not png.unfiltered(band, above, 1)
        for kind in (np.uint8, np.uint16):
            rows = RANDOM.integers(0, np.iinfo(kind).max, (5, 30)).astype(kind)
            other = rows.copy()
            unpacking.undo_differences(rows, 3)
            unpacking.undo_differences.py_func(other, 3)  # type: ignore[attr-defined]
            assert np.array_equal(rows, other)
            pixels = RANDOM.integers(0, np.iinfo(kind).max, (5, 30, 4)).astype(kind)
            other = pixels.copy()
            samples._ink_to_colour(pixels)
            samples._ink_to_colour.py_func(other)  # type: ignore[attr-defined]
            assert np.array_equal(pixels, other)
            found, plain = np.empty((2, 5, 30), kind)
            samples._luma(pixels, found)
            samples._luma.py_func(pixels, plain)  # type: ignore[attr-defined]
            assert np.array_equal(found, plain)
    for unpack in (unpacking.unpack_lzw, unpacking.unpack_bits):
        for _ in range(30):
            packed = RANDOM.integers(0, 256, 300, dtype=np.uint8)
            packed[0] = 0x80
            found, plain = np.zeros((2, 5000), np.uint8)
            assert unpack(packed, found) == unpack.py_func(packed, plain)  # type: ignore[attr-defined]
            assert np.array_equal(found, plain)


_HELD: dict[str, bytes] = {}


def valid(kind: str, folder: Path) -> bytes:
    if kind not in _HELD:
        if kind == "png":
            out = io.BytesIO()
            Image.fromarray(COLOURS).save(out, "PNG", dpi=(300, 300))
            _HELD[kind] = out.getvalue()
        else:
            packing, big = kind.split()
            _HELD[kind] = saved(folder / "valid", EIGHT, packing=packing, big=big == "big", tile=(32, 32)).read_bytes()
    return _HELD[kind]


@pytest.mark.parametrize("kind", ["png", "none big", "lzw small", "deflate big", "packbits small", "jpeg small"])
@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzz(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    whole = valid(kind, tmp_path)
    held = bytearray(whole)
    directory = len(held) - data.draw(st.integers(1, min(330, len(held) - 4)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.sampled_from([directory, data.draw(st.integers(0, len(held) - 4)), 8]))
        if data.draw(st.booleans()):
            held[at] = data.draw(st.integers(0, 255))
        elif data.draw(st.booleans()):
            value = data.draw(st.sampled_from([0, 1, 30_000, 0x7FFFFFFF, 0xFFFFFFFF]))
            held[at : at + 4] = struct.pack("<I", value)
        else:
            del held[at : at + data.draw(st.integers(1, 300))]
            break
    path = tmp_path / "fuzz"
    path.write_bytes(held or b"x")
    try:
        found = scan(path)
        assert found.grey.ndim == 2
    except FormatError as refused:
        one_line(refused)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0+\0\x08\0\0" + bytes(7) + b"\x10", b"\x89PNG\r\n\x1a\n"]),
       held=st.binary(max_size=300))  # fmt: skip
def test_random_bytes(tmp_path: Path, head: bytes, held: bytes) -> None:
    path = tmp_path / "random"
    path.write_bytes(head + held)
    refusal(path)
