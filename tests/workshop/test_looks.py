"""How sheet, place, hole and label are spelt."""

from __future__ import annotations

import math

import pytest

from bonemusic.errors import UnitError
from bonemusic.workshop.looks import Hole, Place
from bonemusic.workshop.recipe import Recipe, amended


def test_words_become_places_and_holes() -> None:
    looks = amended(
        Recipe(),
        {
            "place": "10mm,-5,90", "hole": "7.24mm,0.6mm,-1mm", "sheet-width": "14in", "view": "Plain", "label": "off",
            "outline": "CARD", "title": "Misirlou",
        },
    ).looks  # fmt: skip
    assert looks.place == Place("given", 0.01, -0.005, pytest.approx(math.pi / 2))
    assert looks.hole == Hole(7.24e-3, 0.6e-3, -1e-3)
    assert (looks.sheet_width_m, looks.view, looks.label) == (pytest.approx(0.3556), "plain", False)
    assert (looks.outline, looks.title, looks.artist) == ("card", "Misirlou", None)
    assert amended(Recipe(), {"place": "contact"}).looks.place == Place("contact")
    assert amended(Recipe(), {"hole": "38.2"}).looks.hole == Hole(38.2e-3)
    assert amended(Recipe(), {"outline": "mine.svg"}).looks.outline == "mine.svg"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("place", "here", "x,y,angle"),
        ("place", "1,2,3,4", "x,y,angle"),
        ("place", "--1,2", "length"),
        ("place", "1mm,2s", "length"),
        ("place", "0,0,left", "angle"),
        ("hole", "1um", "usual"),
        ("qr", "https://example.org/\udcff", "is no text"),
        ("hole", "7,1", "off the centre"),
        ("sheet-width", "1mm", "wide"),
        ("view", "x-ray", "light-box, plain or machine"),
        ("label", "on", "auto or off"),
        ("outline", "", "round, square, card"),
        ("font", "", "TTF"),
        ("title", "x" * 2001, "at most"),
    ],
)
def test_what_is_refused(key: str, text: str, said: str) -> None:
    with pytest.raises(UnitError, match=f"^{key}: ") as refused:
        amended(Recipe(), {key: text})
    line = str(refused.value)
    assert "\n" not in line
    assert said in line
