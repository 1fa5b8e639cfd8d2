"""SVG as it is written: whole numbers, relative, joined, true to size, and well-formed whatever it is called."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.svg.write import _spell, spell, write
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.line import Line
from bonemusic.progress import silent

RATE = 48_000
SVG = "{http://www.w3.org/2000/svg}"
IDEAL, LASER = presets.machine("ideal"), presets.machine("laser-1200")
DISC = presets.disc("7in-78")


def plainly(x, y):
    """The same path as a person would write it."""
    moves = [
        (int(b) - int(a), int(c) - int(d)) for (a, c), (b, d) in pairwise(zip(x.tolist(), y.tolist(), strict=True))
    ]
    kept = [move for move in moves if move != (0, 0)] or moves[-1:]
    numbers = [f"{n}" if n < 0 else f" {n}" for move in kept for n in move]
    start = [f"{n}" if n < 0 else f" {n}" for n in (int(x[0]), -int(y[0]))]
    return ("M" + "".join(start) + "l" + "".join(numbers)).encode(), len(kept)


def cut_disc(lateral=None, machine=IDEAL, disc=DISC, step_m=0.3e-6, meta=None, seconds=2.5):
    if lateral is None:
        lateral = 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)
    turns = len(lateral) * 1.3 / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(
        spiral, constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2), meta=meta or {}
    )
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    return CutDisc(groove, disc, machine, 1e4, line=Line.of(wave, step_m), layers=layers.of_disc(disc, machine, 2e-4))


def written(cut):
    out = io.BytesIO()
    points = write(out, cut, silent)
    return out.getvalue(), points


def paths_of(text):
    """Each path's start and moves, read with nothing but a pattern for whole numbers."""
    for d in re.findall(rb'<path d="([^"]*)"/>', text):
        parsed = re.fullmatch(rb"M((?:[ -][0-9]+){2})l((?:[ -][0-9]+)+)", d)
        assert parsed, d[:80]
        numbers = [np.array(re.findall(rb"-?[0-9]+", part), int).reshape(-1, 2) for part in parsed.groups()]
        yield np.concatenate(numbers).cumsum(axis=0)


# Spelling


@settings(deadline=None, max_examples=200)
@given(nst.arrays(np.int32, st.tuples(st.integers(2, 40), st.just(2)), elements=st.integers(-(2**31), 2**31 - 1)))
def test_spelling_is_what_a_person_would_write(points):
    x, y = points.T
    assert spell(x, y) == plainly(x, y)


@settings(deadline=None, max_examples=100)
@given(nst.arrays(np.int32, st.tuples(st.integers(2, 60), st.just(2)), elements=st.integers(-12, 12)))
def test_spelling_of_small_moves_and_of_none(points):
    x, y = points.T
    data, moves = spell(x, y)
    assert (data, moves) == plainly(x, y)
    assert moves >= 1


def test_kernel_equals_its_plain_twin():
    x, y = np.random.default_rng(1).integers(-(10**7), 10**7, (2, 300)).astype(np.int32)
    x[7:9], y[7:9] = x[6], y[6]
    outs = np.zeros((2, 24 * 300 + 64), np.uint8)
    assert _spell(x, y, outs[0]) == _spell.py_func(x, y, outs[1])
    np.testing.assert_array_equal(outs[0], outs[1])


def test_largest_piece_with_the_longest_moves_is_less_than_1_mb():
    """A move of seven digits is 100 mm on the finest grid, which no machine draws between two points."""
    ways = np.random.default_rng(2).integers(10**6, 10**7, (2, grid.PIECE)) * np.tile([1, -1], grid.PIECE // 2)
    x, y = (np.append(15_000_000, 15_000_000 + np.cumsum(way)).astype(np.int32) for way in ways)
    data, moves = spell(x, y)
    assert moves == grid.PIECE
    assert len(data) < 1_000_000
    for name in presets.names("machines"):
        machine = presets.machine(name)
        longest = 2 * math.pi * 0.15 * 1000 / 60 / machine.points_per_s * math.sqrt(2)  # 1000 rpm, a slope of 45°
        assert longest / min(machine.finest_step_m, machine.step_m) < 10**7


# The file


@pytest.mark.parametrize(("machine", "step_m"), [(IDEAL, 0.3e-6), (IDEAL, 1e-8), (LASER, LASER.step_m)])
def test_paths_join_and_hold_every_point(machine, step_m):
    cut = cut_disc(machine=machine, step_m=step_m)
    cut = dataclasses.replace(cut, line=dataclasses.replace(cut.line, piece=7001))
    text, points = written(cut)
    paths = list(paths_of(text))
    assert len(paths) == math.ceil((len(cut.line.wave.lateral_m) - 1) / 7001)
    for one, two in pairwise(paths):
        np.testing.assert_array_equal(one[-1], two[0])
    line = np.concatenate([paths[0], *(p[1:] for p in paths[1:])])
    assert points == len(line)
    assert (np.diff(line, axis=0) != 0).any(axis=1).all()  # no move goes nowhere
    x, y = zip(*cut.line.pieces(lambda x, y: (x, y)), strict=True)
    chosen = np.stack(
        [np.concatenate([x[0], *(p[1:] for p in x[1:])]), -np.concatenate([y[0], *(p[1:] for p in y[1:])])]
    )
    moved = np.append(True, np.diff(chosen).any(axis=0))
    np.testing.assert_array_equal(line, chosen[:, moved].T)
    # outwards in, and at their true size
    radius = np.hypot(*line.T) * step_m
    assert radius[0] == pytest.approx(0.08, abs=1e-4)
    assert radius[-1] == pytest.approx(0.08 - 3e-4 * 2.5 * 1.3, abs=1e-4)


def test_every_path_of_a_real_side_is_less_than_1_mb():
    text, _ = written(cut_disc(step_m=1e-8, seconds=6.0))
    sizes = [len(d) for d in re.findall(rb"<path[^>]*>", text)]
    assert len(sizes) == 4
    assert 300_000 < max(sizes) < 1_000_000


def test_seen_from_above_the_groove_runs_counter_clockwise_y_up():
    """One bump a quarter of a turn after the beginning is drawn at the top, where SVG's y is least."""
    quarter = round(RATE / 1.3 / 4)
    lateral = np.zeros(RATE)
    lateral[quarter - 200 : quarter + 200] = 4e-4 * np.hanning(400)
    (line,) = paths_of(written(cut_disc(lateral))[0])
    line = line * 0.3e-6
    radius = np.hypot(*line.T)
    top = line[np.argmax(radius)]
    assert abs(top[0]) < 1e-3
    assert top[1] == pytest.approx(-(0.08 - 0.75e-4 + 4e-4), abs=2e-6)
    assert line[0][1] == 0
    assert line[0][0] > 0
    assert line[100][1] < 0  # it sets off upwards


@pytest.mark.parametrize("name", presets.names("discs"))
@pytest.mark.parametrize("step_m", [0.3e-6, 21.1666667e-6])
def test_page_hole_and_rim_have_their_true_size(name, step_m):
    disc = presets.disc(name)
    text, _ = written(cut_disc(np.zeros(100), disc=disc, step_m=step_m))
    root = ElementTree.fromstring(text)
    left, top, width, height = (int(n) for n in root.get("viewBox").split())
    assert (width, height) == (-2 * left, -2 * top)
    assert root.get("width") == root.get("height")
    page_mm = float(root.get("width").removesuffix("mm"))
    unit_mm = page_mm / width
    assert unit_mm == pytest.approx(step_m * 1e3, rel=1e-6)
    longest_mm = max(disc.diameter_m, disc.height_m or 0.0) * 1e3
    assert longest_mm - 1e-9 <= page_mm < longest_mm + 2.1 * step_m * 1e3
    (layer,) = (g for g in root if g.get("id") == "cut")
    circles = [float(c.get("r")) * unit_mm for c in layer.iter(f"{SVG}circle")]
    assert {(c.get("cx"), c.get("cy")) for c in layer.iter(f"{SVG}circle")} == {("0", "0")}
    assert circles[0] == pytest.approx(disc.hole_diameter_m * 500, rel=1e-6)
    if disc.outline == "round":
        assert circles[1] == pytest.approx(disc.diameter_m * 500, rel=1e-6)
    else:
        (rim,) = layer.iter(f"{SVG}polyline")
        corners = np.array([point.split(",") for point in rim.get("points").split()], float) * unit_mm
        assert corners[0].tolist() == corners[-1].tolist()
        assert np.abs(corners).max(0) == pytest.approx([disc.diameter_m * 500, longest_mm / 2], rel=1e-6)
        if disc.outline == "square":
            half = disc.diameter_m * 500
            assert corners[:4] == pytest.approx(half * np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]]), rel=1e-6)
    assert [g.get("id") for g in root if g.tag == f"{SVG}g"] == ["groove", "label", "cut"]  # the outline is cut last
    stroke_mm = float(next(g for g in root if g.get("id") == "groove").get("stroke-width")) * unit_mm
    assert stroke_mm == pytest.approx(0.056, rel=1e-5)  # the groove's own width


def test_a_machines_hairline_is_its_stroke():
    text, _ = written(cut_disc(np.zeros(100), machine=LASER, step_m=LASER.step_m))
    groove = next(g for g in ElementTree.fromstring(text) if g.get("id") == "groove")
    assert float(groove.get("stroke-width")) * LASER.step_m == pytest.approx(25.4e-6, rel=1e-5)


@pytest.mark.parametrize(
    "title",
    ["", "Boogie & Woogie", '<script>alert("x")</script>', "]]>", "--><!--", "&lt;&#0;&bogus;",
     "\x00\x07\x1b[31m\ud800\ufffe", "Кости — 骨 🦴 ⅓", "a\nb\tc\r", "' \" ` \\", "x" * 5000],
)  # fmt: skip
def test_hostile_titles_leave_a_well_formed_file(title):
    text, _ = written(cut_disc(np.zeros(100), meta={"title": title, "curve": title, "stray": title}))
    root = ElementTree.fromstring(text)
    shown = "".join(c for c in title if c.isprintable())
    assert (root.find(f"{SVG}title").text or "") == shown
    assert root.get("data-curve") == shown
    assert root.get("data-rpm") == "78"
    assert [child.tag for child in root] == [f"{SVG}title", f"{SVG}g", f"{SVG}g", f"{SVG}g"]


def test_colours_are_the_machines_and_cannot_break_out():
    odd = dataclasses.replace(IDEAL, groove_colour='#123"/><x a="', cut_colour="<>&'", label_colour="blue")
    root = ElementTree.fromstring(written(cut_disc(np.zeros(100), machine=odd))[0])
    colours = {g.get("id"): g.get("stroke") for g in root if g.get("id")}
    assert colours == {"groove": '#123"/><x a="', "cut": "<>&'", "label": "blue"}


@pytest.mark.parametrize("threads", [1, 4])
def test_the_same_groove_is_the_same_bytes(threads, monkeypatch):
    known = written(cut_disc(seconds=3.0))
    monkeypatch.setattr("bonemusic.paths.line.THREADS", threads)
    assert written(cut_disc(seconds=3.0)) == known


def test_an_odd_speed_is_kept_as_a_fraction():
    cut = cut_disc(np.zeros(100))
    cut = dataclasses.replace(cut, groove=dataclasses.replace(cut.groove, rpm=Fraction(3600, 46)))
    assert ElementTree.fromstring(written(cut)[0]).get("data-rpm") == "1800/23"
