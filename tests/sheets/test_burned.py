"""Writing burned into films: found wherever it is, nothing left of it, and the bones left alone."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bonemusic.demo.phantom import xray
from bonemusic.pictures.film import Film
from bonemusic.pictures.read import read
from bonemusic.pictures.values import BURNED
from bonemusic.sheets import burned, ends, marks, rows
from bonemusic.sheets.mending import mended
from bonemusic.sheets.sheet import of

TEXTS = ("MUELLER, ANNA", "12.03.1956", "ID 4711-0815", "ИВАНОВ ПЕТР", "1957-11-02 14:32", "Dr. Schmidt", "м. 1949 г.")
SIZES_PX = (10, 14, 20, 32, 50, 80)


@pytest.fixture(scope="module")
def phantom() -> NDArray[Any]:
    return xray(1000)


def fonts() -> list[Path | None]:
    """What the system has of plain typefaces; Pillow's own one is always there."""
    names = ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSansMono.ttf", "liberation/LiberationSerif-Regular.ttf")
    have = [Path("/usr/share/fonts/truetype") / name for name in names]
    return [path for path in have if path.exists()] or [None]


def letters(text: str, high: int, font: Path | None, blur: float) -> NDArray[Any]:
    """Ink from 0 to 1, capitals so many pixels high."""
    size = round(high / 0.73)
    face: Any = ImageFont.load_default(size) if font is None else ImageFont.truetype(font, size)
    left, top, right, bottom = face.getbbox(text)
    picture = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(picture).text((4 - left, 4 - top), text, font=face, fill=255)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255


def written(grey: NDArray[Any], ink: NDArray[Any], x: int, y: int, value: float) -> NDArray[Any]:
    """The film with that ink on it, packed as a JPEG."""
    film = grey.astype(np.float32)
    part = np.s_[y : y + ink.shape[0], x : x + ink.shape[1]]
    film[part] = film[part] * (1 - ink) + value * ink
    held = io.BytesIO()
    Image.fromarray(np.rint(film).astype(np.uint8)).save(held, "JPEG", quality=88)
    return np.asarray(Image.open(held))


def lines(grey: NDArray[Any], count: int) -> Iterator[tuple[NDArray[Any], NDArray[Any], int, int]]:
    """Films with a line of writing: in corners, margins or anywhere, in white or black, whichever is seen there."""
    rnd = random.Random(5)
    for n in range(count):
        high = SIZES_PX[n % len(SIZES_PX)]
        text = TEXTS[n % len(TEXTS)]
        font = rnd.choice(fonts())
        if font is None and not text.isascii():
            text = TEXTS[0]
        ink = letters(text, high, font, rnd.choice([0, 0.5]) * max(1, high / 20))
        rows_, columns = grey.shape[0] - ink.shape[0], grey.shape[1] - ink.shape[1]
        if columns < 0:
            continue
        x = rnd.choice([0, columns, rnd.randrange(columns + 1)])
        y = rnd.choice([0, rows_, rnd.randrange(rows_ + 1)])
        under = float(np.median(grey[y : y + ink.shape[0], x : x + ink.shape[1]]))
        yield written(grey, ink, x, y, 255.0 if under < 128 else 0.0), ink > 0.35, x, y


def covered(film: NDArray[Any], ink: NDArray[Any], x: int, y: int) -> float:
    """How much of the ink lies in places found."""
    hidden = np.zeros(film.shape, bool)
    for box in burned.find(film):
        hidden[box.top : box.bottom, box.left : box.right] = True
    return float(hidden[y : y + ink.shape[0], x : x + ink.shape[1]][ink].mean())


def test_lines_on_the_phantom_are_found_whole(phantom: NDArray[Any]) -> None:
    found = [covered(*line) > 0.97 for line in lines(phantom, 14)]
    assert len(found) >= 12
    assert sum(found) >= len(found) - 1


@pytest.mark.slow
@pytest.mark.shared
def test_98_of_100_lines_on_real_films_are_found_whole(shared: Path) -> None:
    found = []
    for path in sorted((shared / "data" / "xrays").iterdir()):
        # what the films have in writing themselves is not counted
        clean = burned.masked(Film(read(path).grey)).grey
        found += [covered(*line) > 0.97 for line in lines(clean, 36)]
    assert len(found) > 200
    assert np.mean(found) >= 0.98


def test_writing_that_runs_down_is_found(phantom: NDArray[Any]) -> None:
    for film, ink, x, y in lines(phantom, 3):
        assert covered(np.ascontiguousarray(np.rot90(film)), np.rot90(ink), y, film.shape[1] - x - ink.shape[1]) > 0.97


def test_the_clean_phantom_keeps_all_its_bones_and_its_side_marker(phantom: NDArray[Any]) -> None:
    assert burned.find(phantom) == ()
    film = Film(phantom, 5000.0, ("a note",))
    assert burned.masked(film) == film


def test_shared_films_lose_their_writing_and_no_anatomy(shared: Path) -> None:
    folder = shared / "data" / "xrays"
    for name, (left, top, right, bottom) in {
        "hannover_a38e1877.jpg": (1895, 106, 2000, 150),  # German for lying, cut off by the edge
        "hannover_bd3ceeb6.jpg": (0, 100, 320, 148),  # and for: on the ward
    }.items():
        places = burned.find(read(folder / name).grey)
        assert len(places) <= 2
        assert any(b.left <= left and b.top <= top and b.right >= right and b.bottom >= bottom for b in places)
        assert sum((b.right - b.left) * (b.bottom - b.top) for b in places) < 0.025 * 4e6
    for name in ("hannover_00870a9c.jpg", "hannover_53c9be49.jpg", "pydicom_RG1_J2KI.dcm", "pydicom_RG3_J2KR.dcm"):
        assert burned.find(read(folder / name).grey) == ()


@pytest.mark.parametrize("coarse", [1, 3])
def test_grain_is_no_writing_and_hides_none(phantom: NDArray[Any], coarse: int) -> None:
    # without regard to it, noise with a sigma of 10 of 255 had all of every film taken for one place
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 20, (len(phantom) // coarse + 1, phantom.shape[1] // coarse + 1)).astype(np.float32)
    fine = Image.fromarray(noise).resize((phantom.shape[1], phantom.shape[0]), Image.Resampling.BICUBIC)
    grainy = np.clip(phantom + np.asarray(fine), 0, 255).astype(np.uint8)
    assert burned.find(grainy) == ()
    ink = letters("MUELLER, ANNA", 24, fonts()[0], 0.5)
    assert covered(written(grainy, ink, 20, 30, 255.0), ink > 0.35, 20, 30) > 0.97


def test_grain_is_measured_around_each_place() -> None:
    out = np.full((70, 200), 2, np.uint8)
    out[::9, ::7] = 90
    assert np.array_equal(marks.above_grain(out.copy()), out)
    some = np.full((70, 200), 20, np.uint8)
    some[10:20, 10:20] = 150
    want = np.where(some == 150, 150 - round(marks.GRAIN * (20 - marks.FINE)), 0)
    assert np.array_equal(marks.above_grain(some), want)


def test_nothing_of_what_was_written_is_left(phantom: NDArray[Any]) -> None:
    ink = letters("MUELLER, ANNA 1956", 24, fonts()[0], 0.5)
    one, other = (written(phantom, ink[:, ::way], 60, 300, 0.0) for way in (1, -1))
    places = burned.find(one)
    clean = mended(one, places)
    assert clean.dtype == np.uint8
    hidden = np.zeros(one.shape, bool)
    for box in places:
        hidden[box.top : box.bottom, box.left : box.right] = True
    # the filling does not depend on what was there
    twisted = np.where(hidden, 255 - one, one)
    assert np.array_equal(mended(twisted, places)[hidden], clean[hidden])
    # it lies within what is around it, and far from it all is as it was
    assert abs(float(clean[hidden].mean()) - float(phantom[hidden].mean())) < 12
    assert clean[hidden].min() > 20
    assert np.array_equal(clean[500:], one[500:])
    assert burned.find(clean) == ()
    assert not np.array_equal(one, other)


def test_sixteen_bits_are_mended_too() -> None:
    deep = np.full((60, 80), 30_000, np.uint16)
    deep[20:30, 20:60] = 0
    clean = mended(deep, [burned.Box(18, 18, 62, 32)])
    assert clean.dtype == np.uint16
    assert np.abs(clean.astype(int) - 30_000).max() <= 2


def test_a_place_as_large_as_the_picture() -> None:
    assert not mended(np.full((9, 9), 200, np.uint8), [burned.Box(0, 0, 9, 9)]).any()


def test_places_are_told_in_the_films_own_size(phantom: NDArray[Any]) -> None:
    ink = letters("SMITH JOHN", 24, fonts()[0], 0.0)
    film = written(phantom, ink, 20, 30, 255.0)
    (note,) = burned.masked(Film(film, 5000.0)).notes
    assert note.startswith("something like writing at the top left (")
    assert " mm from the left, " in note
    assert note.endswith("is masked; look whether more is there")
    assert "SMITH" not in note
    (note,) = burned.masked(Film(film)).notes
    assert "%" in note
    assert "mm" not in note


def test_a_file_that_tells_of_writing_without_any_is_to_be_looked_at(phantom: NDArray[Any]) -> None:
    assert burned.masked(Film(phantom, None, (BURNED,))).notes[1].endswith("look at the corners and margins")


def test_many_places_are_counted() -> None:
    places = tuple(burned.Box(9, 20 * n, 50, 20 * n + 10) for n in range(20))
    notes = burned.told(places, np.zeros((500, 100), np.uint8), None)
    assert len(notes) == burned.MOST_NOTES + 1
    assert "12 more places" in notes[-1]


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (9, 9), (8, 2000), (33, 34)])
def test_small_and_narrow_pictures(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    film = burned.masked(Film(noise))
    assert film.grey.shape == shape


def test_noise_and_stripes_take_no_longer_than_films() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (700, 700)).astype(np.uint8)
    stripes = np.tile(np.array([0, 0, 0, 255, 255, 255], np.uint8), (600, 100))
    for hostile in (noise, stripes, np.ascontiguousarray(stripes.T), np.zeros((600, 600), np.uint8)):
        assert len(burned.find(hostile)) <= 2 * burned.MOST_PLACES


def test_large_pictures_are_looked_at_reduced(phantom: NDArray[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ink = letters("MUELLER, ANNA", 40, fonts()[0], 0.0)
    film = written(phantom, ink, 100, 30, 255.0)
    monkeypatch.setattr(burned, "MOST_LOOKED_AT_PX", 400_000)
    assert covered(film, ink > 0.35, 100, 30) > 0.97


def test_kernels_are_their_plain_twins() -> None:
    rng = np.random.default_rng(3)
    grey = rng.integers(0, 256, (23, 37)).astype(np.uint8)
    for name, padded, combine in (("_least", 255, np.min), ("_most", 0, np.max)):
        kernel: Any = getattr(marks, name)
        wide = np.pad(grey, ((0, 0), (4, 4)), constant_values=padded)
        want = combine(np.lib.stride_tricks.sliding_window_view(wide, 9, axis=1), axis=2)
        assert np.array_equal(kernel(grey, 4), want)
        assert np.array_equal(kernel.py_func(grey, 4), want)
    inked = (rng.random((23, 37)) < 0.3).astype(np.uint8)
    labels, count = marks._labelled(inked)
    plain, plain_count = marks._labelled.py_func(inked)  # type: ignore[attr-defined]
    assert np.array_equal(labels, plain)
    assert count == plain_count
    table = marks._measured(grey, grey, labels, count)
    assert np.allclose(table, marks._measured.py_func(grey, grey, labels, count))  # type: ignore[attr-defined]
    assert table[:, marks.AREA].sum() == inked.sum()
    linked = rows._linked.py_func(table)  # type: ignore[attr-defined]
    assert np.array_equal(rows._linked(table), linked)


def test_labels_join_what_touches_even_by_a_corner() -> None:
    shape = np.array([[1, 0, 0, 1, 0], [0, 1, 0, 1, 0], [1, 0, 1, 0, 0], [0, 0, 0, 0, 1]], np.uint8)
    labels, count = marks._labelled(shape)
    assert count == 2
    assert labels.tolist() == [[1, 0, 0, 1, 0], [0, 1, 0, 1, 0], [1, 0, 1, 0, 0], [0, 0, 0, 0, 2]]


def test_faint_ends_are_followed() -> None:
    look = np.full((60, 400), 235, np.uint8)
    look[20:40, 50:200:8] = look[20:40, 51:200:8] = 255
    assert ends.reach(look, 50, 100, 20, 40, 255.0) == (50, 196)


def test_a_sheet_is_read_and_masked_at_once(tmp_path: Path, phantom: NDArray[Any]) -> None:
    film = written(phantom, letters("PETROVA E. 1938", 30, fonts()[0], 0.0), 200, 40, 255.0)
    Image.fromarray(film).save(tmp_path / "a.png", dpi=(300, 300))
    sheet = of(tmp_path / "a.png")
    assert sheet.dots_per_m == pytest.approx(300 / 0.0254, rel=1e-3)
    assert "is masked" in sheet.notes[0]
    assert not np.array_equal(sheet.grey, film)
    with pytest.raises(ValueError, match="no such sheet and no such picture; 'bonemusic list sheets'"):
        of(tmp_path / "none.png")
