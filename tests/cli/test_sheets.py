"""Pictures to cut into that are none, or bombs."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np

from .conftest import Run, refused


def png(width: int, height: int) -> bytes:
    """A picture that declares its size and holds nothing of it."""

    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_pictures_that_are_none(run: Run, untouched: Path, wav: Path) -> None:
    folder = untouched.parent
    (folder / "folder.png").mkdir()
    files = {
        "empty.png": b"",
        "random.png": np.random.default_rng(2).bytes(5000),
        "text.jpg": b"It was a dark and stormy night.\n",
        "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "hollow.png": png(100, 100),
        "nothing.png": png(0, 0),
        "song.png": wav.read_bytes(),
    }
    for name, held in files.items():
        (folder / name).write_bytes(held)
    for name in ("missing.png", "folder.png", *files):
        for out in ("out.svg", "out.png"):
            refused(run("cut", wav, "-o", out, "--sheet", folder / name), name, codes=(1,))


def test_bombs(run: Run, untouched: Path, wav: Path) -> None:
    for width, height in ((50_000, 50_000), (2**31 - 1, 1), (2**32 - 1, 2**32 - 1)):
        (untouched.parent / "bomb.png").write_bytes(png(width, height))
        refused(run("cut", wav, "-o", "out.png", "--sheet", untouched.parent / "bomb.png"), "too many", "scale it down")


def test_a_picture_that_would_be_too_large(run: Run, untouched: Path, wav: Path) -> None:
    refused(run("cut", wav, "-o", "out.png", "--dpi", "20000"), "--dpi")


def test_pictures_that_are_some(run: Run, place: Path, wav: Path) -> None:
    from PIL import Image

    grey = np.arange(10_000).reshape(100, 100)
    for name, values in {
        "a.png": grey.astype(np.uint8),
        "a.jpg": grey.astype(np.uint8),
        "deep.png": (grey * 6).astype(np.uint16),
        "colour.png": np.stack([grey.astype(np.uint8)] * 3, axis=2),
        "real.tif": (grey / 10_000).astype(np.float32),
    }.items():
        Image.fromarray(values).save(place / name)
        more = ("--sheet", name, "--dpi", "60", "--disc", "card-5in-78")
        assert run("cut", wav, "-o", "out.png", *more).code == 0
        with Image.open("out.png") as out:
            assert out.width > 100


def test_the_place_that_was_found_is_told_and_can_be_given(run: Run, place: Path, wav: Path) -> None:
    from PIL import Image

    Image.fromarray((np.arange(60_000).reshape(200, 300) % 251).astype(np.uint8)).save("film.png")
    cut = ("cut", wav, "--sheet", "film.png", "--sheet-width", "260mm", "--dpi", "60", "--disc", "card-5in-78")
    found = run(*cut, "-o", "found.png")
    (line,) = [line for line in found.said if "--place" in line]
    there = line.partition("--place ")[2]
    assert line == f"the disc lies on a sheet 260 mm wide at --place {there}"
    told = json.loads(run(*cut, "-o", "given.png", "--place", there, "--json", "--quiet").out)
    assert (told["sheet_width_mm"], told["place"], told["places"]) == (260.0, there, [])
    assert Path("given.png").read_bytes() == Path("found.png").read_bytes()
    several = run(*cut, "-o", "places.png", "--place", "contact", "--json")
    told = json.loads(several.out)
    assert told["place"] is None
    assert len(told["places"]) > 1
    assert told["places"][0] == there
    told = json.loads(run("cut", wav, "-o", "bare.png", "--dpi", "60", "--json").out)
    assert (told["sheet_width_mm"], told["place"], told["places"]) == (None, None, [])


def test_places_are_told_a_line_each(run: Run, place: Path, wav: Path) -> None:
    from PIL import Image

    Image.fromarray((np.arange(60_000).reshape(200, 300) % 251).astype(np.uint8)).save("film.png")
    cut = ("cut", wav, "--sheet", "film.png", "--sheet-width", "260mm", "--dpi", "60", "--disc", "card-5in-78")
    said = run(*cut, "-o", "places.png", "--place", "contact").said
    begin = next(n for n, line in enumerate(said) if "places to choose from on a sheet 260 mm wide:" in line)
    assert said[begin + 1].startswith("  1  --place ")
    assert said[begin + 2].startswith("  2  --place ")
    assert not any("0 points" in line for line in said)


def test_no_drawing_or_font_is_written_over(run: Run, untouched: Path, wav: Path) -> None:
    folder = untouched.parent
    rim = b'<svg xmlns="http://www.w3.org/2000/svg" width="9in" height="9in"><rect width="900" height="900"/></svg>'
    (folder / "rim.svg").write_bytes(rim)
    (folder / "rim-A.svg").write_bytes(rim)
    (folder / "letters.png").write_bytes(b"a font, perhaps")
    cut = ("cut", wav, "--disc", "card-5in-78")
    refused(run(*cut, "-o", folder / "rim.svg", "--outline", folder / "rim.svg"), "would be lost")
    refused(run(*cut, "-o", folder / "letters.png", "--font", folder / "letters.png"), "would be lost")
    refused(
        run(*cut, wav, "-o", folder / "rim.svg", "--sides", "2", "--outline", folder / "rim-A.svg"), "would be lost"
    )
    assert (folder / "rim.svg").read_bytes() == (folder / "rim-A.svg").read_bytes() == rim


def test_a_place_without_a_picture_is_told(run: Run, place: Path, wav: Path) -> None:
    cut = ("cut", wav, "-o", "out.png", "--dpi", "60", "--disc", "card-5in-78")
    for more in (("--place", "5mm,5mm"), ("--sheet-width", "356mm")):
        assert "note: no picture lies under the disc: --place and" in " ".join(run(*cut, *more).said)
    assert "no picture lies" not in " ".join(run(*cut).said)
