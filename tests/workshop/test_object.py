"""The object of a wish: outlines from words and drawings, holes, coins, and what cannot be cut out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bonemusic.errors import BonemusicError, FitError, FormatError
from bonemusic.paths.drawing import Circle
from bonemusic.workshop.object import Object, made
from bonemusic.workshop.recipe import Recipe, amended
from bonemusic.workshop.wish import Wish


def wish(**settings_: str) -> Wish:
    return Wish.of(amended(Recipe(), {key.replace("_", "-"): text for key, text in settings_.items()}), False)


def refused(error: type[BonemusicError] = FitError, **settings_: str) -> str:
    with pytest.raises(error) as why:
        made(wish(**settings_))
    assert str(why.value).isprintable()
    return str(why.value)


@pytest.fixture
def svg(tmp_path: Path) -> Callable[..., str]:
    def write(body: str, size: str = 'width="300mm" height="300mm"') -> str:
        path = tmp_path / "rim.svg"
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 300 300">{body}</svg>', "utf-8")
        return str(path)

    return write


def points(corners: np.ndarray) -> str:
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in corners)


def wavy(at: tuple[float, float] = (150, 150), count: int = 300) -> np.ndarray:
    """A rim in millimetres that waves about a 7 inch disc."""
    turn = np.linspace(0, 2 * math.pi, count, endpoint=False)
    radius = 92 + 4 * np.cos(9 * turn)
    line = np.stack([at[0] + radius * np.cos(turn), at[1] + radius * np.sin(turn)], 1)
    return np.concatenate([line, line[:1]])


def test_a_disc_of_its_own() -> None:
    found = made(wish(disc="7in-45"))
    assert found.edge == Circle(0.0, 0.0, 0.0875)
    assert (found.hole.x_m, found.hole.y_m, found.hole.radius_m) == pytest.approx((0, 0, 0.0191))
    assert (found.coin, found.notes) == (None, ())
    assert found.label_m == pytest.approx((0.0201, 0.0487 - 28e-6 - 1e-3))
    square = made(wish(disc="7in-45", outline="square")).edge
    assert isinstance(square, np.ndarray)
    assert square.shape == (5, 2)


def test_large_corners_are_told() -> None:
    (note,) = made(wish(disc="10in-78", outline="card")).notes
    assert "214 mm from the spindle" in note


# --- holes and coins -------------------------------------------------------------------------------------------------


def test_holes_off_the_centre_tell_their_wow() -> None:
    found = made(wish(disc="10in-78", hole="7.24mm,0.6mm,0"))
    assert found.hole == Circle(6e-4, 0.0, 3.62e-3)
    (note,) = found.notes
    assert (
        "0.6 mm off the groove's centre: the pitch will waver by 0.5 % at the rim and 1.3 % where the music may" in note
    )
    assert found.label_m[0] == pytest.approx(3.62e-3 + 6e-4 + 1e-3)
    assert made(wish(disc="10in-78", hole="38.2")).notes == ()


def test_holes_at_the_locked_groove_are_refused() -> None:
    assert "a hole 100 mm wide reaches the locked groove of 10in-78" in refused(disc="10in-78", hole="100mm")
    assert "a hole nearer to the centre" in refused(disc="10in-78", hole="7.24mm,40mm,0")
    made(wish(disc="10in-78", hole="7.24mm,38mm,0"))
    made(wish(disc="10in-78", hole="83.9mm"))
    assert "84 mm wide" in refused(disc="10in-78", hole="84mm")
    (note,) = made(wish(disc="10in-78", hole="6mm")).notes
    assert "goes over no spindle" in note


@pytest.mark.parametrize("hole", ["7.24mm", "38.2mm", "7.24mm,3mm,-8mm"])
def test_a_coin_lies_between_hole_and_locked_groove(hole: str) -> None:
    found = made(wish(disc="flexi-8in-33", hole=hole))
    coin = found.coin
    assert coin is not None
    assert coin.radius_m == 0.012
    apart_m = math.dist((coin.x_m, coin.y_m), (found.hole.x_m, found.hole.y_m))
    assert apart_m > coin.radius_m + found.hole.radius_m + 0.9e-3
    assert coin.x_m + coin.radius_m <= found.label_m[1] + 1e-9


def test_a_coin_without_room_is_left_out_and_said() -> None:
    found = made(wish(disc="flexi-8in-33", hole="60mm"))
    assert found.coin is None
    assert "no room for a coin" in found.notes[0]


# --- drawn outlines --------------------------------------------------------------------------------------------------


def test_a_drawn_line_is_the_outline_in_true_size(svg: Callable[..., str]) -> None:
    rim = wavy()
    found = made(wish(disc="7in-78", outline=svg(f'<polygon points="{points(rim[:-1])}"/>')))
    want = (rim - rim[:-1].min(0) / 2 - rim[:-1].max(0) / 2) * (1e-3, -1e-3)
    np.testing.assert_allclose(found.outline.corners, want, atol=2e-7)
    assert found.notes == ()
    assert found.edge is found.outline.corners


def test_a_drawn_hole_is_where_the_spindle_is(svg: Callable[..., str]) -> None:
    body = f'<circle cx="152" cy="149" r="3.62"/><path d="M{points(wavy())}z"/>'
    found = made(wish(disc="7in-78", outline=svg(body)))
    want = (wavy() - (152, 149)) * (1e-3, -1e-3)
    np.testing.assert_allclose(np.asarray(found.outline.corners)[:301], want, atol=2e-7)
    (note,) = made(wish(disc="7in-78", outline=svg(body.replace("3.62", "19.1")))).notes
    assert "the drawn hole is 38.2 mm wide, 7.24 mm are cut" in note
    assert made(wish(disc="7in-78", hole="38.2", outline=svg(body.replace("3.62", "19.1")))).notes == ()


def test_an_outline_in_pieces_is_put_together(svg: Callable[..., str]) -> None:
    rim = wavy()
    parts = [rim[200:], rim[:101][::-1], rim[100:201]]
    body = "".join(f'<polyline points="{points(part)}"/>' for part in parts)
    found = made(wish(disc="7in-78", outline=svg(body)))
    left, bottom, right, top = found.outline.box_m
    assert (right - left, top - bottom) == pytest.approx(np.ptp(rim, axis=0) * 1e-3, abs=1e-6)
    drawn_m = float(np.hypot(*np.diff(rim, axis=0).T).sum()) * 1e-3
    assert float(np.hypot(*np.diff(np.asarray(found.outline.corners), axis=0).T).sum()) == pytest.approx(
        drawn_m, rel=1e-6
    )


def test_a_drawn_circle_is_a_circle(svg: Callable[..., str]) -> None:
    found = made(wish(disc="7in-78", outline=svg('<circle cx="100" cy="120" r="90"/>')))
    assert isinstance(found.edge, Circle)
    assert found.edge.radius_m == pytest.approx(0.09)


def test_a_drawing_without_a_unit_is_96_to_an_inch_and_said(svg: Callable[..., str]) -> None:
    rim = wavy((500, 500)) * 96 / 25.4
    found = made(wish(disc="7in-78", outline=svg(f'<polygon points="{points(rim)}"/>', "")))
    left, _, right, _ = found.outline.box_m
    assert right - left == pytest.approx(float(np.ptp(wavy()[:, 0])) * 1e-3, rel=1e-5)
    assert any("no unit; taken as 96 dots to an inch it is" in note for note in found.notes)


def test_an_outline_drawn_as_dxf(tmp_path: Path) -> None:
    corners = "".join(f"0\nVERTEX\n8\n0\n10\n{x}\n20\n{y}\n" for x, y in wavy()[:-1])
    path = tmp_path / "rim.dxf"
    path.write_text(
        "0\nSECTION\n2\nHEADER\n9\n$INSUNITS\n70\n4\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nPOLYLINE\n8\n0\n66\n1\n"
        f"70\n1\n{corners}0\nSEQEND\n0\nENDSEC\n0\nEOF\n"
    )
    found = made(wish(disc="7in-78", outline=str(path)))
    np.testing.assert_allclose(np.ptp(np.asarray(found.outline.corners), axis=0), np.ptp(wavy(), axis=0) * 1e-3)


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ("", FormatError, "rim.svg: holds no path or polyline"),
        ('<polyline points="0,0 10,10 200,0"/>', FormatError, "rim.svg: the drawing holds no closed line"),
        ('<circle r="60"/>', FitError, "rim.svg: the outline crosses the groove"),
        ('<circle r="84.5"/>', FitError, "rim.svg: the outline comes nearer than 1 mm to the groove"),
        ('<circle r="6"/>', FitError, "rim.svg: the outline is 12 × 12 mm large, which no disc is"),
        ('<circle r="5000"/>', FitError, "which no disc is"),
        ('<polygon points="0,0 200,0 0,200 200,200"/>', FitError, "rim.svg: the outline crosses"),
        ('<polygon points="0,0 300,0 300,300 140,300 160,-20 120,300 0,300"/>', FitError, "crosses"),
    ],
)
def test_drawings_that_are_no_outline(
    svg: Callable[..., str], body: str, error: type[BonemusicError], said: str
) -> None:
    line = refused(error, disc="7in-78", outline=svg(body))
    assert said in line
    assert line.count("rim.svg") == 1


def test_an_outline_that_crosses_itself_far_from_the_groove(svg: Callable[..., str]) -> None:
    rim = wavy()
    rim[[40, 44]] = rim[[44, 40]]
    assert "crosses itself" in refused(FitError, disc="7in-78", outline=svg(f'<polygon points="{points(rim)}"/>'))


def test_files_that_are_no_drawing(tmp_path: Path) -> None:
    assert "gone.svg" in refused(FormatError, outline=str(tmp_path / "gone.svg"))
    refused(FormatError, outline=str(tmp_path))
    for name, data in (("empty.svg", b""), ("noise.svg", bytes(range(256)) * 40), ("word.svg", b"hello")):
        (tmp_path / name).write_bytes(data)
        assert name in refused(FormatError, outline=str(tmp_path / name))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([b"9", b"-", b"e", b" ", b"z", b"", b"<", b"1e9", b"nan"]))
    ),
    st.binary(max_size=6),
)
def test_damaged_drawings_are_refused_or_cut(tmp_path: Path, changes: list[tuple[int, bytes]], tail: bytes) -> None:
    good = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="300mm" height="300mm" viewBox="0 0 300 300">'
        b'<path d="M40 40h220v220h-220z"/><circle cx="150" cy="150" r="3.62"/></svg>'
    )
    text = bytearray(good)
    for place, change in changes:
        text[place % len(text) : place % len(text) + 1] = change
    path = tmp_path / "rim.svg"
    path.write_bytes(bytes(text) + tail)
    try:
        found = made(dataclasses.replace(SEVEN, looks=dataclasses.replace(SEVEN.looks, outline=str(path))))
    except (FormatError, FitError) as why:
        line = str(why)
    else:
        assert isinstance(found, Object)
        line = " ".join(found.notes)
    assert line.isprintable()


SEVEN = wish(disc="7in-78")


def test_a_rim_of_curves_is_read_and_open_curves_are_told(svg: Callable[..., str]) -> None:
    rim = "M60 150C60 60 240 60 240 150S60 240 60 150z"
    round_ = "M60 150a90 90 0 0 1 180 0a90 90 0 0 1-180 0z"
    assert isinstance(made(wish(disc="7in-78", outline=svg(f'<path d="{round_}"/>'))).edge, Circle)
    assert "crosses the groove" in refused(disc="7in-78", outline=svg(f'<path d="{rim}"/>'))
    hole = '<circle cx="150" cy="150" r="3.62"/>'
    said = refused(FormatError, disc="7in-78", outline=svg(hole + f'<path d="{rim[:-1]}M0 0C1 1 2 2 3 3"/>'))
    assert "drawn with open curves" in said


def test_a_drawing_without_a_unit_is_taken_in_the_first_that_suits_the_disc(svg: Callable[..., str]) -> None:
    rim = wavy((500, 500))
    found = made(wish(disc="7in-78", outline=svg(f'<polygon points="{points(rim)}"/>', "")))
    left, _, right, _ = found.outline.box_m
    assert right - left == pytest.approx(float(np.ptp(rim[:, 0])) * 1e-3, rel=1e-5)
    assert any("no unit; taken as millimetres it is" in note for note in found.notes)
    said = refused(FormatError, disc="7in-78", outline=svg('<polygon points="0,0 40,0 40,40 0,40"/>', ""))
    assert "rim.svg: the file names no unit; taken as 96 dots to an inch, the outline" in said


@pytest.mark.parametrize("shape", ['rect x="50" y="50" width="200" height="190" rx="12"',
                                   'ellipse cx="150" cy="150" rx="100" ry="92"'])  # fmt: skip
def test_an_outline_may_be_a_rectangle_or_an_ellipse(svg: Callable[..., str], shape: str) -> None:
    found = made(wish(disc="7in-78", outline=svg(f'<g transform="rotate(90 150 150)"><{shape}/></g>')))
    left, bottom, right, top = found.outline.box_m
    assert ((top - bottom), (right - left)) == pytest.approx((0.2, 0.19 if "rect" in shape else 0.184), rel=1e-4)
    assert found.notes == ()


def test_lines_that_are_left_out_are_told(svg: Callable[..., str]) -> None:
    rim = f'<polygon points="{points(wavy())}"/><circle cx="150" cy="150" r="3.62"/>'
    assert made(wish(disc="7in-78", outline=svg(rim))).notes == ()
    (note,) = made(wish(disc="7in-78", outline=svg(rim + '<rect width="20" height="5"/>'))).notes
    assert note == "outline: 1 more closed line in the drawing, shorter than the outline, is left out"
    two = rim + '<rect width="20" height="5"/><circle cx="20" cy="20" r="9"/>'
    assert any("2 more closed lines in the" in note for note in made(wish(disc="7in-78", outline=svg(two))).notes)


def test_what_is_no_drawing_is_told_with_what_is(tmp_path: Path) -> None:
    said = refused(FormatError, outline="hexagon")
    assert said == "hexagon: there is no such file; give round, square, card, or a drawing's path"
    for name, held in (("song.flac", b"fLaC" + bytes(100)), ("film.jpg", b"\xff\xd8\xff\xe0" + bytes(100))):
        (tmp_path / name).write_bytes(held)
        said = refused(FormatError, outline=str(tmp_path / name))
        assert said == f"{name}: is no drawing of lines, of which an outline is one; draw it as SVG or DXF"
