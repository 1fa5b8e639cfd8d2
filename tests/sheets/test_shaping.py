"""Text cleaned, and set with the glyphs of fonts; files that are no fonts."""

from __future__ import annotations

import contextlib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic.errors import FormatError
from bonemusic.sheets import lettering, shaping

OWN = resources.files("bonemusic.sheets").joinpath("fonts/DejaVuSans.ttf").read_bytes()


@pytest.mark.parametrize(("words", "kept"), [
    ("  two\n\twords\x00 ", "two words"),
    ("a\u202eb\u2066c\u200bd\ufeffe\u00ad", "abcde"),
    ("lone \ud800 half", "lone half"),
    ("e\u0301", "é"),
    ("z" + "\u0301\u0302\u0303" * 40, "ź\u0302\u0303\u0301"),
    ("❤\ufe0f", "❤"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("a\u200cb", "ab"),
    ("a\u2028b\u3000c", "a b c"),
    ("\u202e\x00", ""),
    ("", ""),
])  # fmt: skip
def test_what_nobody_sees_is_dropped(words: str, kept: str) -> None:
    assert shaping.clean(words) == kept


@given(st.text())
def test_clean_text_stays_as_it_is(words: str) -> None:
    once = shaping.clean(words)
    assert shaping.clean(once) == once
    assert all(letter.isprintable() or letter == "\u200c" or letter >= "\ue000" for letter in once)


def glyphs(words: str, font: Path | None = None) -> list[int]:
    return [glyph.glyph for run in shaping.shape(words, font)[0] for glyph in run.glyphs]


def test_arabic_letters_take_the_forms_of_their_places() -> None:
    alone, joined = glyphs("ب"), glyphs("ببب")
    assert len(joined) == 3
    assert len(set(joined)) == 3
    assert alone[0] not in joined


def test_right_to_left_words_stand_from_right_to_left() -> None:
    assert glyphs("שלום") == [*reversed([glyphs(letter)[0] for letter in "שלום"])]
    assert glyphs("אב 12") == [*glyphs("12"), *glyphs(" "), *glyphs("ב"), *glyphs("א")]


def test_letters_that_no_font_has_are_named_once() -> None:
    runs, missing = shaping.shape("a🎸日🎸b")
    assert missing == "🎸日"
    assert len([glyph for run in runs for glyph in run.glyphs]) == 2


def test_letters_in_dress_are_set_plainly() -> None:
    assert glyphs("𝕳①") == glyphs("H①")


@pytest.fixture
def latin(tmp_path: Path) -> Path:
    """The own font without any letter but a few, half as wide again."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    path = tmp_path / "latin.ttf"
    path.write_bytes(OWN)
    font = TTFont(path)
    cut = subset.Subsetter()
    cut.populate(text="Haeln ")
    cut.subset(font)
    font.save(path)
    return path


def test_what_a_font_lacks_is_taken_from_the_own_one(latin: Path) -> None:
    runs, missing = shaping.shape("Halle Ж", latin)
    assert missing == ""
    assert [len(run.glyphs) for run in runs] == [6, 1]
    assert runs[0].face is not runs[1].face
    assert runs[1].face is shaping.face(None)


def test_fonts_of_two_kinds_stand_side_by_side(latin: Path) -> None:
    mixed, own = lettering.text("HЖH", 1.0, latin), lettering.text("HЖH", 1.0)
    assert mixed.width_m == pytest.approx(own.width_m, rel=0.02)


def refused(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        lettering.text("A", 1.0, path)
    line = str(why.value)
    assert "\n" not in line
    assert len(line) < 200
    return line


def test_no_font_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "no.ttf"
    assert "no such file" in refused(path)
    path.write_bytes(b"")
    assert "no.ttf: is no font" in refused(path)
    assert "is a directory" in refused(tmp_path)


def test_a_huge_font_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.ttf"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    assert "larger than 50 MB" in refused(path)


@settings(max_examples=30)
@given(st.data())
def test_broken_fonts_are_drawn_or_refused(data: st.DataObject) -> None:
    broken = bytearray(OWN)
    if data.draw(st.booleans()):
        broken = broken[: data.draw(st.integers(0, len(OWN)))]
    for _ in range(data.draw(st.integers(1, 40))):
        at = data.draw(st.one_of(st.integers(0, 400), st.integers(0, len(OWN) - 1)))
        if at < len(broken):
            broken[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        found = shaping._face(bytes(broken))
        outline = [found.outline(glyph) for glyph in range(0, 300, 7)]
        assert all(abs(line).max() <= 30 * found.upem for lines in outline for line in lines)


@given(st.binary(max_size=2000))
def test_bytes_are_no_font(data: bytes) -> None:
    with pytest.raises(FormatError, match="is no font"):
        shaping._face(data)
