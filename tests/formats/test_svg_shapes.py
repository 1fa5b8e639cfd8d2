"""Rectangles and ellipses in SVG drawings: lines of their own, never taken for a groove."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.errors import FormatError
from bonemusic.formats.svg.read import read


def shapes(path, body, size='width="100mm" height="100mm" viewBox="0 0 100 100"'):
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>', "utf-8")
    found = read(path)
    assert not found.lines
    return [line * 1e3 for line in found.shapes]


def area(line):
    x, y = line.T
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def test_a_rectangle_has_its_corners(tmp_path):
    (line,) = shapes(tmp_path / "a.svg", '<rect x="10" y="20" width="30" height="40"/>')
    np.testing.assert_allclose(line, [[10, -20], [40, -20], [40, -60], [10, -60], [10, -20]], atol=1e-9)


@pytest.mark.parametrize(("given", "rx", "ry"), [('rx="5"', 5, 5), ('ry="5"', 5, 5), ('rx="4" ry="6"', 4, 6),
                                                 ('rx="99"', 15, 20)])  # fmt: skip
def test_corners_are_rounded(tmp_path, given, rx, ry):
    (line,) = shapes(tmp_path / "a.svg", f'<rect x="10" y="20" width="30" height="40" {given}/>')
    assert (line.min(0).tolist(), line.max(0).tolist()) == (pytest.approx([10, -60]), pytest.approx([40, -20]))
    np.testing.assert_allclose(line[0], line[-1], atol=1e-9)
    assert area(line) == pytest.approx(30 * 40 - (4 - np.pi) * rx * ry, rel=1e-3)


def test_an_ellipse_goes_around_its_middle(tmp_path):
    (line,) = shapes(tmp_path / "a.svg", '<ellipse cx="50" cy="40" rx="30" ry="20"/>')
    np.testing.assert_allclose(np.hypot((line[:, 0] - 50) / 30, (line[:, 1] + 40) / 20), 1, atol=1e-3)


def test_shapes_are_transformed(tmp_path):
    body = '<g transform="rotate(90)"><rect x="10" y="0" width="30" height="40" transform="scale(2)"/></g>'
    (line,) = shapes(tmp_path / "a.svg", body)
    assert (line.min(0).tolist(), line.max(0).tolist()) == (pytest.approx([-80, -80]), pytest.approx([0, -20]))


def test_shapes_of_no_size_and_hidden_ones_are_none(tmp_path):
    some = '<rect width="5" height="5"'
    for body in (
        '<rect width="0" height="5"/>',
        '<rect width="-5" height="5"/>',
        '<ellipse ry="3"/>',
        "<rect/>",
        f"<defs>{some}/></defs>",
        f'{some} display="none"/>',
    ):
        with pytest.raises(FormatError, match="holds no path or polyline"):
            shapes(tmp_path / "a.svg", body)


def test_lengths_that_are_none_are_refused(tmp_path):
    for length in ("nan", "1e999", "inf", "wide", "5 5"):
        with pytest.raises(FormatError, match="line 1: width"):
            shapes(tmp_path / "a.svg", f'<rect width="{length}" height="5"/>')
