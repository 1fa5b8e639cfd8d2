"""Closed curves of SVG as lines: true to the curve, whatever command drew it; open or damaged ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonemusic.formats.svg.curved import closed_lines
from bonemusic.formats.svg.read import read

K = 100 * 0.5522847498
CIRCLES = {
    "C": f"M100 0C100 {K} {K} 100 0 100S-100 {K}-100 0-{K}-100 0-100 100-{K} 100 0Z",
    "c": f"m100,0c0,{K} {K - 100},100 -100,100s-100,{K - 100} -100-100 {100 - K}-100 100-100 100 {100 - K} 100 100z",
    "A": "M100 0A100 100 0 0 1-100 0A100 100 0 0 1 100 0Z",
    "a": "M100 0a100 100 30 1 0-200 0 100 100 0 0 0 200 0z",
    "large arcs": "M100 0A100 100 0 1 0 0 100A100 100 0 0 0 100 0Z",
    "scaled up": "M100 0A1 1 0 0 1-100 0A1 1 0 0 1 100 0Z",
}


@pytest.mark.parametrize("text", CIRCLES.values(), ids=CIRCLES)
def test_circles_are_round(text):
    (line,) = closed_lines(text.encode())
    assert np.hypot(*line.T) == pytest.approx(100, abs=0.03)  # four Béziers are 0.027 % off
    middles = (line[1:] + line[:-1]) / 2
    assert np.hypot(*middles.T) == pytest.approx(100, abs=0.03)
    angle = np.unwrap(np.arctan2(line[:, 1], line[:, 0]))
    assert abs(angle[-1] - angle[0]) == pytest.approx(2 * np.pi)


def test_parabolas():
    """Q from (0, 0) by (50, 100) to (100, 0) is y = x (100 - x) / 50; T goes on below."""
    (line,) = closed_lines(b"M0 0Q50 100 100 0T200 0H0Z")
    bump = line[line[:, 0] <= 100][:-2]
    bump = bump[: np.argmax(bump[:, 0]) + 1]
    assert bump[:, 1] == pytest.approx(bump[:, 0] * (100 - bump[:, 0]) / 50, abs=1e-9)
    assert line[:, 1].min() == pytest.approx(-50, abs=0.01)


def test_straight_pieces_come_along_and_open_curves_do_not():
    assert len(closed_lines((CIRCLES["C"] + "M0 0L5 5").encode())) == 2
    assert closed_lines(b"M0 0C1 1 2 2 3 3") is None
    assert closed_lines((CIRCLES["C"] + "M0 0C1 1 2 2 3 3").encode()) is None


@pytest.mark.parametrize(
    "text",
    [b"", b"Z", b"C1 2 3 4 5 6Z", b"M0 0C1 2 3 4 5Z", b"M0 0X", b"M0 0C1e99 0 0 0 0 0Z", b"M0 0Cnan 0 0 0 0 0Z",
     b"M0 0A1 1 0 2 0 5 5Z", b"M0 0C1 2 3 4 5 6Z#", b"M0 0" + b"C1 2 3 4 5 6" * 50_000 + b"Z"],
)  # fmt: skip
def test_damaged_or_endless_paths_are_left_alone(text):
    assert closed_lines(text) is None


@settings(max_examples=200, deadline=None)
@given(st.text("MmLlCcSsQqTtAaHhVvZz0123456789.-+e ,", max_size=80))
def test_any_path_is_lines_or_nothing(text):
    for line in closed_lines(text.encode()) or []:
        assert line.shape[1] == 2
        assert np.isfinite(line).all()


def test_a_rim_drawn_by_hand_is_read(tmp_path):
    file = tmp_path / "rim.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="300mm" height="300mm" viewBox="-150 -150 300 300">'
        f'<path transform="scale(.9)" d="{CIRCLES["c"]}"/></svg>'
    )
    drawing = read(file)
    assert drawing.notes == ()
    assert np.hypot(*(drawing.lines[0] - (0.15, -0.15)).T) == pytest.approx(0.09, rel=3e-4)
