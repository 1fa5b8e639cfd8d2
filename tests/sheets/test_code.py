"""QR codes hatched with lines, read back by a decoder."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.errors import FitError
from bonemusic.sheets import code

from .reading import raster, read_codes

LINK = "https://example.org/records/BM-0001"


@pytest.mark.parametrize("bright", [False, True], ids=["dark", "bright"])
@pytest.mark.parametrize("text", [LINK, "1", "Größe, рёбра und سلام 🎸", "x" * 120])
@pytest.mark.parametrize("line_m", [0.05e-3, 0.1e-3])
def test_codes_are_read_the_right_way_round(text: str, bright: bool, line_m: float) -> None:
    side = max(16e-3, code.least_side_m(text, line_m))
    picture = raster(code.qr(text, side, line_m, bright), side / 2 + 1.5e-3, line_m, bright)
    assert read_codes(picture) == [text]


def test_the_wrong_way_round_is_not_read() -> None:
    """Or the test above could not fail."""
    picture = raster(code.qr(LINK, 20e-3, 0.1e-3), 12e-3, 0.1e-3)
    assert read_codes(255 - picture) == []


@pytest.mark.parametrize("bright", [False, True])
def test_lines_fill_the_modules_and_no_more(bright: bool) -> None:
    """With the beam's width, the hatch covers exactly what it should, but for a twentieth of a line up and down."""
    side, line = 20e-3, 0.1e-3
    cells = code._cells(LINK, side, line) ^ bright
    module = side / len(cells)
    covered = np.zeros(cells.shape)
    for (x0, y), (x1, other) in code.qr(LINK, side, line, bright):
        assert y == other
        left, right = (min(x0, x1) - line / 2 + side / 2) / module, (max(x0, x1) + line / 2 + side / 2) / module
        assert left == pytest.approx(round(left), abs=1e-9)
        assert right == pytest.approx(round(right), abs=1e-9)
        row = (side / 2 - y) / module
        assert 0.4 * line / module < row % 1 < 1 - 0.4 * line / module
        covered[int(row), round(left) : round(right)] += 1
    assert np.array_equal(covered > 0, cells)
    assert len(set(covered[covered > 0])) == 1
    assert covered.max() * 0.9 * line >= module - 0.1 * line


def test_lines_go_to_and_fro_from_the_top_down() -> None:
    lines = code.qr(LINK, 20e-3, 0.1e-3)
    y = np.array([line[0, 1] for line in lines])
    assert (np.diff(y) <= 1e-12).all()
    ways = [np.sign(line[1, 0] - line[0, 0]) for line in lines]
    rows = np.flatnonzero(np.diff(y) < 0)
    assert all(ways[k] != ways[k + 1] for k in rows)
    assert all(ways[k] == ways[k + 1] for k in range(len(ways) - 1) if y[k] == y[k + 1])


def test_the_quiet_zone_is_free_of_dark_lines() -> None:
    side = 20e-3
    points = np.concatenate(code.qr(LINK, side, 0.1e-3))
    module = side / len(code._cells(LINK, side, 0.1e-3))
    assert np.abs(points).max() < side / 2 - code.QUIET * module


def test_more_correction_is_taken_where_it_fits() -> None:
    import segno

    assert segno.make("BM-0001", error="m", micro=False, boost_error=True).error == "H"
    assert len(code._matrix("BM-0001")) == 21 + 8


@pytest.mark.parametrize(("text", "side", "says"), [
    ("x" * 300, 20e-3, "shorten it to 106 letters"),
    ("ж" * 300, 20e-3, "shorten it to 53 letters"),
    ("x" * 300, 9e-3, "not even the smallest code fits"),
    ("x" * 3000, 1.0, "2331 bytes at most"),
    ("", 1.0, "says nothing"),
    ("\ud800", 1.0, "says nothing"),
])  # fmt: skip
def test_what_does_not_fit_is_told(text: str, side: float, says: str) -> None:
    with pytest.raises(FitError, match=says) as why:
        code.qr(text, side, 0.1e-3)
    assert "\n" not in str(why.value)
    assert len(str(why.value)) < 200


def test_as_long_as_is_told_fits() -> None:
    assert len(code.qr("x" * 106, 20e-3, 0.1e-3))


def test_modules_are_four_lines_wide() -> None:
    assert code.least_side_m("1", 0.05e-3) == pytest.approx(29 * 0.4e-3)
    assert code.least_side_m("1", 0.2e-3) == pytest.approx(29 * 0.8e-3)


def test_lone_halves_are_dropped() -> None:
    assert np.array_equal(code._matrix("a\ud800"), code._matrix("a"))
