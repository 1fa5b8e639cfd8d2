"""Labels: what stands where, that nothing crosses anything, and what programs read on them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonemusic.errors import FitError
from bonemusic.sheets.label import HAIR_M, Label, Room, Words, lay_out

from .reading import cropped, raster, read_codes, read_letters, unrolled

WORDS = Words("The Knolls of Dundreary", "The Bone Street Minstrels", "Side A", "78 rpm", "RIAA", "BM-0001")
LINK = "https://example.org/BM-0001"
ROOMS = {"10in-78": Room(3.62e-3, 43e-3), "7in-45": Room(19.1e-3, 48e-3), "card-5in-78": Room(3.62e-3, 33e-3)}
LINE_M = 0.1e-3


def fine(lines: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    """Points along lines, a tenth of a millimetre apart at most."""
    found = []
    for line in lines:
        for a, b in pairwise(line):
            count = max(math.ceil(float(np.hypot(*(b - a))) / 1e-4), 1)
            found.append(a + np.linspace(0, 1, count + 1)[:, None] * (b - a))
    return np.concatenate(found) if found else np.zeros((0, 2))


def check(label: Label, room: Room, line_m: float = LINE_M) -> None:
    """Nothing crosses the ring's edges or what is taken; parts keep clear of one another."""
    from scipy.spatial import cKDTree

    points = fine(label.lines)
    away = np.hypot(*points.T)
    assert (away > room.inner_m + line_m / 2).all()
    assert (away < room.outer_m - line_m / 2).all()
    for x, y, radius in room.taken:
        assert (np.hypot(*(points - [x, y]).T) > radius + line_m / 2).all()
    each = [fine(part.lines) for part in label.parts]
    for k, part in enumerate(each):
        for other in each[:k]:
            assert cKDTree(other).query(part)[0].min() > 0.25e-3 + line_m
    assert all("\n" not in note and len(note) < 160 for note in label.notes)
    passes = {part.name: 1 if part.name == "qr" or line_m >= HAIR_M else 3 for part in label.parts}
    assert sum(passes[part.name] * len(part.lines) for part in label.parts) == len(label.lines)


def named(label: Label, name: str) -> list[Any]:
    return [part for part in label.parts if part.name == name]


def middle(label: Label, name: str) -> NDArray[Any]:
    points = fine(tuple(line for part in named(label, name) for line in part.lines))
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2)


def test_fine_lines_make_broad_strokes_without_gaps() -> None:
    """Across a stroke, whichever way it runs, three passes lie closer than their width."""
    label = lay_out(Words(title="O"), ROOMS["10in-78"], 50e-6)
    (part,) = label.parts
    beside = np.array([line[0] - part.lines[0][0] for line in label.lines])
    assert len(beside) == 3
    for turn in np.linspace(0, np.pi, 50):
        across = np.sort(beside @ [math.cos(turn), math.sin(turn)])
        assert np.diff(across).max() < 1.3 * 50e-6
        assert 2.1 * 50e-6 < np.ptp(across) + 50e-6 < 2.4 * 50e-6


@pytest.mark.parametrize("link", [None, LINK], ids=["plain", "code"])
@pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))
def test_each_word_stands_where_a_label_has_it(room: Room, link: str | None) -> None:
    label = lay_out(replace(WORDS, qr=link), room, LINE_M)
    check(label, room)
    assert label.notes == ()
    assert middle(label, "title")[1] > middle(label, "artist")[1] > room.inner_m
    assert middle(label, "title")[0] == pytest.approx(0, abs=1e-3)
    side, speed = middle(label, "side"), middle(label, "speed")
    assert side[0] < -room.inner_m < room.inner_m < speed[0]
    assert side[1] == pytest.approx(speed[1], abs=2e-3)
    assert [part.words for part in named(label, "side")] == ["A"]
    assert middle(label, "number")[1] < -room.inner_m / 2
    if link:
        assert middle(label, "qr")[1] < -room.inner_m
    heights = {part.name: part.height_m for part in label.parts}
    assert heights["title"] > heights["artist"] > heights["number"] > 2e-3


@pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))
@pytest.mark.parametrize("link", [None, LINK], ids=["plain", "code"])
def test_title_artist_and_speed_are_read_at_300_dpi(tmp_path: Path, room: Room, link: str | None) -> None:
    line_m = 0.15e-3
    label = lay_out(replace(WORDS, qr=link), room, line_m)
    picture = raster(label.lines, room.outer_m, line_m)
    for name, words in (("title", WORDS.title), ("artist", WORDS.artist)):
        assert read_letters(unrolled(picture, named(label, name)[0].lines), tmp_path) == words
    assert read_letters(cropped(picture, named(label, "speed")[0].lines), tmp_path) == "78 RPM"


def test_russian_is_read_at_300_dpi(tmp_path: Path) -> None:
    room = ROOMS["10in-78"]
    label = lay_out(Words("Песни на рентгене", "Оркестр Ленинграда"), room, 0.15e-3)
    picture = raster(label.lines, room.outer_m, 0.15e-3)
    assert read_letters(unrolled(picture, named(label, "title")[0].lines), tmp_path, "rus") == "Песни на рентгене"


@pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))
@pytest.mark.parametrize("shines", [False, True], ids=["dark", "bright"])
def test_the_code_of_the_label_is_read_at_300_dpi(room: Room, shines: bool) -> None:
    label = lay_out(replace(WORDS, qr=LINK), room, LINE_M, shines)
    assert read_codes(raster(label.lines, room.outer_m, LINE_M, shines)) == [LINK]


LONG = "A song that nobody will ever remember with all its verses and its long refrain, " * 7


def test_long_titles_are_shrunk_then_wrapped_then_cut() -> None:
    room = ROOMS["10in-78"]
    heights = []
    for count, rows in ((20, 1), (40, 1), (80, 2), (500, 2)):
        label = lay_out(Words(LONG[:count]), room, LINE_M)
        check(label, room)
        assert len(label.parts) == rows
        heights.append(label.parts[0].height_m)
        assert bool(label.notes) == (count == 500)
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == pytest.approx(1.2e-3)
    assert "the title is too long for the label: cut after" in label.notes[0]
    assert label.parts[-1].words.endswith("…")
    assert sum(len(part.words) for part in label.parts) > 150


@pytest.mark.parametrize(("title", "drawn", "noted"), [
    ("Ночь 🎸 дом", "Ночь дом", True), ("🎸🎶", None, True), ("\x00\ud800\u202e\n", None, False), ("", None, False),
    ("two\nlines\tof", "two lines of", False), ("\u202egnos", "gnos", False), ("أغنية", "أغنية", False),
])  # fmt: skip
def test_titles_of_all_kinds(title: str, drawn: str | None, noted: bool) -> None:
    label = lay_out(Words(title), ROOMS["card-5in-78"], LINE_M)
    assert [part.words for part in label.parts] == ([drawn] if drawn else [])
    assert bool(label.notes) == noted
    assert all("left out of the title" in note for note in label.notes)


@pytest.mark.parametrize(
    "coin", [(0.0, 30e-3, 12e-3), (30e-3, 0.0, 12e-3), (0.0, -28e-3, 13e-3), (1e-3, 0.5e-3, 3.7e-3)]
)
def test_what_is_taken_stays_free(coin: tuple[float, float, float]) -> None:
    room = Room(3.62e-3, 48e-3, (coin,))
    label = lay_out(replace(WORDS, qr=LINK), room, LINE_M)
    check(label, room)
    assert {part.name for part in label.parts} >= {"title", "artist", "side", "speed", "number", "qr"}
    assert label.notes == ()


@settings(max_examples=60)
@given(
    words=st.builds(Words, *[st.one_of(st.none(), st.text(max_size=60), st.text("абвabc WiЁش ", max_size=90))] * 6),
    link=st.one_of(st.none(), st.text(max_size=20)),
    inner=st.floats(0.5e-3, 30e-3),
    wide=st.floats(0.1e-3, 45e-3),
    line_m=st.floats(0.01e-3, 0.4e-3),
    taken=st.lists(st.tuples(st.floats(-0.04, 0.04), st.floats(-0.04, 0.04), st.floats(1e-3, 0.02)), max_size=2),
)
def test_nothing_crosses_anything(
    words: Words, link: str | None, inner: float, wide: float, line_m: float, taken: list[tuple[float, float, float]]
) -> None:
    room = Room(inner, inner + wide, tuple(taken))
    try:
        label = lay_out(replace(words, qr=link), room, line_m)
    except FitError:
        assert link
    else:
        check(label, room, line_m)


def test_no_room_is_told_in_one_note() -> None:
    label = lay_out(WORDS, Room(10e-3, 11e-3), LINE_M)
    assert label.lines == ()
    assert label.notes == ("there is no room for a label around the hole: left out",)
    assert lay_out(Words(), Room(10e-3, 11e-3), LINE_M).notes == ()


def test_a_code_without_room_is_refused() -> None:
    with pytest.raises(FitError, match="no room for the QR code of 27 letters"):
        lay_out(Words(qr=LINK), Room(3.6e-3, 12e-3), LINE_M)
    with pytest.raises(FitError, match="no room for the QR code"):
        lay_out(Words(qr=LINK), Room(10e-3, 11e-3), LINE_M)


@pytest.mark.parametrize("count", [100, 200, 320])
def test_long_codes_find_the_room_that_there_is(count: int) -> None:
    link = "https://example.org/".ljust(count, "x")
    room = ROOMS["10in-78"]
    label = lay_out(replace(WORDS, qr=link), room, LINE_M)
    check(label, room)
    assert label.notes == ()
    assert read_codes(raster(label.lines, room.outer_m, LINE_M)) == [link]


def test_the_same_words_give_the_same_label() -> None:
    first, again = (lay_out(replace(WORDS, qr=LINK), ROOMS["10in-78"], LINE_M) for _ in range(2))
    assert [line.tobytes() for line in first.lines] == [line.tobytes() for line in again.lines]
