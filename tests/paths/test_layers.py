"""The layers of a disc, and the order in which every format draws them: label, hole, outline last."""

from __future__ import annotations

import dataclasses
import io
import math
from fractions import Fraction

import numpy as np
import pikepdf
import pytest

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.registry import known
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import SAGITTA_M, of_disc, polygon
from bonemusic.paths.line import Line
from bonemusic.paths.ready import ready
from bonemusic.progress import silent

IDEAL = presets.machine("ideal")
FLEXI = presets.disc("flexi-7in-33")
COIN = Circle(0.026, 0.0, 0.012)
RATE = 48_000


def star(points=64, least_m=0.088, most_m=0.1):
    turn = np.arange(points) * 2 * math.pi / points
    radius = np.where(np.arange(points) % 2, least_m, most_m)
    line = np.stack([radius * np.cos(turn), radius * np.sin(turn)], 1)
    return np.concatenate([line, line[:1]])


def groove():
    lateral = 2e-5 * np.sin(np.arange(round(1.9 * RATE)) * 0.05)
    turns = len(lateral) * (5 / 9) / RATE
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    return Groove(spiral, constant(28e-6), Fraction(100, 3), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2))


def test_a_disc_of_its_own():
    label, cut = of_disc(FLEXI, IDEAL, 2e-4)
    assert (label.name, label.lines, label.circles) == ("label", (), ())
    assert (cut.name, cut.lines, cut.depth_m) == ("cut", (), 2e-4)
    assert cut.circles == (Circle(0.0, 0.0, 3.62e-3), Circle(0.0, 0.0, 0.0875))
    _, cut = of_disc(presets.disc("flexi-7in-33-square"), IDEAL, 2e-4)
    assert cut.circles == (Circle(0.0, 0.0, 3.62e-3),)
    assert np.abs(cut.lines[0]).tolist() == [[0.0875, 0.0875]] * 5
    _, cut = of_disc(presets.disc("cereal-7in-33"), IDEAL, 2e-4)
    assert np.abs(cut.lines[0]).max(0) == pytest.approx([0.0875, 0.12])


def test_an_object_with_all():
    rim, hole, word = star(), Circle(6e-4, 0.0, 0.0191), np.array([[0.0, 0.03], [0.01, 0.03]])
    label, cut = of_disc(FLEXI, IDEAL, 2e-4, rim, hole, (word,), COIN)
    assert label.lines[0] is word
    assert label.circles == ()
    assert np.hypot(*(label.lines[1] - (0.026, 0)).T) == pytest.approx(0.012)
    assert cut.circles == (hole,)
    assert cut.lines == (rim,)
    _, cut = of_disc(FLEXI, IDEAL, 2e-4, Circle(0.0, 0.0, 0.09), hole)
    assert cut.circles == (hole, Circle(0.0, 0.0, 0.09))


@pytest.mark.parametrize("radius_m", [1e-4, 0.0037, 0.012, 0.15])
def test_circles_as_polygons_stay_circles(radius_m):
    line = polygon(Circle(0.1, -0.2, radius_m))
    assert line[0].tolist() == line[-1].tolist()
    assert np.hypot(*(line - (0.1, -0.2)).T) == pytest.approx(radius_m)
    middles = (line[:-1] + line[1:]) / 2 - (0.1, -0.2)
    assert radius_m - np.hypot(*middles.T).min() < max(SAGITTA_M, 0.02 * radius_m)
    x, y = line.T
    assert np.dot(x[:-1], y[1:]) > np.dot(x[1:], y[:-1]), "counter-clockwise"


TURNTABLE = dataclasses.replace(presets.machine("cnc-rotary"), dialect="linuxcnc")
WAYS = [("svg", IDEAL), ("dxf", IDEAL), ("pdf", IDEAL), ("hpgl", presets.machine("plotter")),
        ("gcode", presets.machine("grbl-laser")), ("gcode", TURNTABLE)]  # fmt: skip


SHAPES = {
    "circle": (Circle(0.0, 0.0, 0.0875), Circle(0.0, 0.0, 0.0874)),
    "star": (star(), star(least_m=0.0875)),
    "card": (None, star()),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("at", [(0.0, 0.0), (6e-4, -3e-4)], ids=["centred", "off"])
@pytest.mark.parametrize(("name", "machine"), WAYS, ids=[f"{n}-{m.name}" for n, m in WAYS])
def test_every_format_draws_label_then_hole_then_outline(name, machine, at, shape):
    """Whatever is changed in one of them changes nothing in a file behind it."""
    disc = presets.disc("cereal-7in-33" if shape == "card" else "flexi-7in-33")
    side = groove()
    if machine.turn_steps:
        line = ready(side, disc, machine, machine.bandwidth_hz, silent, True)
    else:
        line = Line.of(grid.wave(side, int(machine.points_per_s), machine.bandwidth_hz), machine.step_m)
    spelling = next(each for each in known() if each.name == name)
    rim, other_rim = SHAPES[shape]

    def drawn(outline=rim, hole_m=3.62e-3, height_m=0.035):
        words = (np.array([[0.0, 0.03], [0.01, 0.03], [0.01, height_m]]),)
        layers = of_disc(disc, machine, 2e-4, outline, Circle(*at, hole_m), words)
        out = io.BytesIO()
        spelling.write(out, CutDisc(side, disc, machine, 1e4, line=line, layers=layers), silent)
        if name == "pdf":
            with pikepdf.open(out) as pdf:
                return pdf.pages[0].Contents.read_bytes()
        return out.getvalue()

    label, hole, outline = (same_end(drawn(), drawn(*k)) for k in ((rim, 3.62e-3, 0.036), (rim, 3.5e-3), (other_rim,)))
    assert label > hole + 10 > outline + 30


def same_end(one, other):
    """How much of the ends of two files is the same."""
    return next(k for k, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b)
