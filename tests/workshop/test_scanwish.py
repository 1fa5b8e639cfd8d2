"""What is said of a scan, as a person spells it."""

from __future__ import annotations

import pytest

from bonemusic.errors import UnitError
from bonemusic.workshop.recipe import Recipe, amended
from bonemusic.workshop.scanwish import ScanWish

DPI = 1 / 25.4e-3


def test_words_become_numbers() -> None:
    made = amended(
        Recipe(),
        {
            "seconds": "3:10", "mirror": "on", "perspective": "on", "track": "Density", "regions": "10-12, 100–102.5",
            "hum": "50", "tuned": "435Hz", "dpi": "2400", "noise": "Keep", "rate": "96kHz",
        },
    )  # fmt: skip
    assert made.scan == ScanWish(
        190.0, True, True, "density", ((10.0, 12.0), (100.0, 102.5)), 50.0, 435.0, pytest.approx(2400 * DPI), "keep",
        96000,
    )  # fmt: skip
    assert made.dots_per_m == pytest.approx(2400 * DPI)


def test_a_scan_has_no_resolution_unless_one_is_given() -> None:
    assert amended(Recipe(), {"mirror": "off", "rpm": "78"}).scan == ScanWish()


WRONG = {
    "seconds": ("soon", "0", "3h", "-1"),
    "mirror": ("True", "yes", ""),
    "track": ("vertical", "", "lateral,density"),
    "regions": ("", "10", "12-10", "10-10", "10-12,", "a-b", "1e3-2e3", "-3-4", "10:12", ",".join(["1-2"] * 101)),
    "hum": ("440", "0", "fifty"),
    "tuned": ("44", "A", "880"),
    "noise": ("on", "", "reduced"),
    "rate": ("44100.5", "1000", "1e6", "fast"),
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in WRONG.items() for text in texts])
def test_what_cannot_be_meant_is_refused_in_one_line(key: str, text: str) -> None:
    with pytest.raises(UnitError, match=f"^{key}: ") as refused:
        amended(Recipe(), {key: text})
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300
