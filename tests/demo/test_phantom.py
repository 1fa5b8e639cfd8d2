"""The demo's X-ray: measured where an eye would look."""

import numpy as np
import pytest

from bonemusic.demo.bones import bones, spine
from bonemusic.demo.chest import body_depth, lungs, soft_parts
from bonemusic.demo.phantom import xray
from bonemusic.demo.shapes import Tube, add_tube, blurred, pixels, smooth_line, smooth_path, stretched

SIZE = 400


@pytest.fixture(scope="module")
def film():
    return xray(SIZE).astype(float)


@pytest.fixture(scope="module")
def places():
    at = pixels(SIZE)
    return np.broadcast_to(at[None, :], (SIZE, SIZE)), np.broadcast_to(at[:, None], (SIZE, SIZE))


def around(film, x, y, reach=0.02):
    """The mean of a small square around a place."""
    rows, columns = (slice(*(np.array([v - reach, v + reach]) * SIZE / 2 + SIZE / 2).astype(int)) for v in (y, x))
    return film[rows, columns].mean()


@pytest.mark.parametrize("size_px", [64, 101, 400, 1100])
def test_any_size(size_px):
    picture = xray(size_px)
    assert picture.shape == (size_px, size_px)
    assert picture.dtype == np.uint8


def test_too_small_is_refused():
    with pytest.raises(ValueError, match="at least 64"):
        xray(63)


def test_it_is_the_same_every_time():
    np.testing.assert_array_equal(xray(200), xray(200))


def test_a_larger_film_shows_the_same(film):
    larger = xray(2 * SIZE).astype(float).reshape(SIZE, 2, SIZE, 2).mean(axis=(1, 3))
    assert np.abs(larger - film).mean() < 5


def test_the_whole_range_of_grey_is_used(film):
    assert np.percentile(film, 1) < 30
    assert np.percentile(film, 99.5) > 220
    assert len(np.unique(film)) > 200


def test_air_is_darkest_then_lung_then_flesh_then_spine(film):
    air = around(film, 0.93, 0.3)
    lung = around(film, -0.33, 0.125)
    liver = around(film, -0.3, 0.42)
    backbone = around(film, 0, 0.4, 0.05)
    assert air + 10 < lung
    assert lung + 80 < liver
    assert liver + 10 < backbone


def test_the_hole_falls_on_bright_bone(film, places):
    x, y = places
    hole = np.hypot(x, y) < 0.03
    assert film[hole].mean() > 180


def test_ribs_are_brighter_than_what_lies_between(film):
    bone, air = bones(SIZE), lungs(SIZE)
    inside = air > 0.5
    on, off = inside & (bone > 0.25), inside & (bone < 0.01)
    assert on.sum() > 2000
    assert off.sum() > 2000
    assert film[on].mean() > 1.6 * film[off].mean()


@pytest.mark.parametrize("side", [-1, 1])
def test_a_line_through_a_lung_crosses_rib_after_rib(side):
    column = round((side * 0.33 + 1) * 500)
    line = bones(1000)[:, column] > 0.2
    starts = np.flatnonzero(np.diff(line.astype(int)) == 1)
    assert len(starts) >= 8


def test_bones_mirror_but_the_heart_does_not(film):
    bone = bones(SIZE) + spine(SIZE)
    assert np.corrcoef(bone.ravel(), bone[:, ::-1].ravel())[0, 1] > 0.9
    assert around(film, 0.27, 0.13) > 2 * around(film, -0.27, 0.13)


def test_every_part_is_where_its_body_is():
    body = body_depth(SIZE)
    assert body.min() == 0
    assert body.max() <= 1
    outside = body == 0
    assert outside.mean() > 0.05
    assert not lungs(SIZE)[outside].any()
    assert np.abs(soft_parts(SIZE)[outside]).max() < 0.01


def test_the_marker_stands_on_the_right_side(film):
    assert around(film, 0.874, 0.15, 0.006) > 150
    assert around(film, -0.93, 0.15) < 40


def test_a_tube_has_the_width_it_should_and_bright_walls():
    layer = np.zeros((400, 400), np.float32)
    line = np.stack([np.zeros(20), np.linspace(-0.8, 0.8, 20)], axis=1)
    add_tube(layer, Tube(line, np.full(20, 0.2), np.ones(20), shell=0.2, marrow=0.3))
    across = layer[200]
    inside = np.abs(pixels(400)) < 0.2
    assert (across[~inside] == 0).all()
    assert (across[inside] > 0).all()
    assert across.argmax() != 200
    assert 1.2 * across[200] < across.max()
    np.testing.assert_allclose(across, across[::-1], atol=1e-5)


def test_tubes_end_to_end_are_one_tube():
    def tube(top, bottom):
        line = np.stack([np.zeros(12), np.linspace(top, bottom, 12)], axis=1)
        layer = np.zeros((320, 320), np.float32)
        add_tube(layer, Tube(line, np.full(12, 0.15), np.ones(12)))
        return layer

    whole, halves = tube(-0.8, 0.8), tube(-0.8, 0.05) + tube(0.05, 0.8)
    np.testing.assert_allclose(halves[60:260], whole[60:260], atol=0.01)


def test_a_round_end_is_round():
    layer = np.zeros((400, 400), np.float32)
    line = np.stack([np.linspace(-0.001, 0.001, 3), np.zeros(3)], axis=1)
    add_tube(layer, Tube(line, np.full(3, 0.4), np.ones(3), round_ends=True))
    assert (layer > 0).sum() == pytest.approx(np.pi * 80**2, rel=0.02)


def test_a_tube_outside_the_picture_leaves_no_trace():
    layer = np.zeros((100, 100), np.float32)
    add_tube(layer, Tube(np.array([[3.0, 3.0], [4.0, 4.0]]), np.full(2, 0.1), np.ones(2)))
    assert not layer.any()


def test_smooth_lines_pass_through_their_knots():
    knots = np.array([[-1.0, 0.0, 0.5, 2.0], [3.0, 1.0, 2.0, -1.0]])
    np.testing.assert_allclose(smooth_line(knots, knots[0]), knots[1], atol=1e-12)
    path = smooth_path([(0, 0), (1, 2), (3, 1)], 201)
    np.testing.assert_allclose(path[[0, -1]], [(0, 0), (3, 1)], atol=1e-12)
    assert np.hypot(*(path - (1, 2)).T).min() < 0.02


def test_stretching_keeps_slopes_and_blurring_keeps_the_mean():
    ramp = np.add.outer(np.arange(9.0), 2 * np.arange(7.0)).astype(np.float32)
    wide = stretched(ramp, (33, 49))
    expected = np.add.outer(np.linspace(0, 8, 33), np.linspace(0, 12, 49))
    np.testing.assert_allclose(wide[4:-4, 8:-8], expected[4:-4, 8:-8], atol=1e-4)
    dot = np.zeros((31, 31), np.float32)
    dot[15, 15] = 1
    soft = blurred(dot, 2.0)
    assert soft.sum() == pytest.approx(1, abs=1e-5)
    x = np.arange(31) - 15
    assert (soft.sum(axis=0) * x**2).sum() == pytest.approx(4, rel=0.05)
