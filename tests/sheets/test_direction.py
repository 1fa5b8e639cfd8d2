"""Which way each stretch of a line reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.sheets import direction


def shown(words: str) -> str:
    """The letters in the order in which they stand, from left to right."""
    return "".join(words[a:b][::-1] if level % 2 else words[a:b] for a, b, level in direction.runs(words))


@pytest.mark.parametrize(("words", "stand"), [
    ("abc", "abc"),
    ("אבג", "גבא"),
    ("abc אבג def", "abc גבא def"),
    ("אבג abc דהו", "והד abc גבא"),
    ("אבג 123 דהו", "והד 123 גבא"),
    ("abc 123 אבג", "abc 123 גבא"),
    ("אבג 12-34", "12-34 גבא"),
    ("אבג 1,234.5", "1,234.5 גבא"),
    ("سلم ٤٥ abc", "abc ٤٥ ملس"),
    ("سلم 45", "45 ملس"),
    ("abc (אבג) def", "abc (גבא) def"),
    ("אבג!", "!גבא"),
    ("123 אבג", "גבא 123"),
    ("78 rpm", "78 rpm"),
    ("!?", "!?"),
    ("", ""),
    ("אבג 50% דה", "הד 50% גבא"),
])  # fmt: skip
def test_letters_stand_as_they_are_read(words: str, stand: str) -> None:
    assert shown(words) == stand


@given(st.text(alphabet="ab אב سل 12٤٥-+,.%()!\u0301", max_size=30))
def test_every_letter_stands_once(words: str) -> None:
    found = sorted((a, b) for a, b, _ in direction.runs(words))
    assert [k for a, b in found for k in range(a, b)] == list(range(len(words)))
