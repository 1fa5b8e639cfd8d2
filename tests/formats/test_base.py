"""What a disc of lines is made of: what is drawn before the groove and after it, in every format."""

from __future__ import annotations

import dataclasses
import io
import math
from fractions import Fraction

import numpy as np
import pytest

from bonemusic import formats, presets
from bonemusic.formats.base import CutDisc
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.drawing import Circle
from bonemusic.paths.layers import Layer
from bonemusic.paths.line import Line
from bonemusic.paths.trace import groove_of
from bonemusic.progress import silent

RATE, STEP_M = 48_000, 25e-6
MACHINE, DISC = presets.machine("ideal"), presets.disc("7in-78")
FIRST, SECOND = np.array([[0.1, 0.0], [0.1, 0.02]]), np.array([[-0.1, 0.0], [-0.1, 0.02]])


def cut_disc() -> CutDisc:
    spiral = Knots(np.array([0, 3.0]), np.array([0.08, 0.077]), np.full(2, -0.001))
    profile = Profile(56e-6, 6e-6, math.pi / 2)
    groove = Groove(spiral, constant(28e-6), Fraction(78), RATE, np.zeros(round(3 * RATE * 60 / 78)), profile)
    line = Line.of(grid.wave(groove, 8000, 3500.0), STEP_M)
    return CutDisc(groove, DISC, MACHINE, 1e4, line=line, layers=layers.of_disc(DISC, MACHINE, 2e-4))


def written(spelling: formats.Format, cut: CutDisc) -> tuple[bytes, int]:
    out = io.BytesIO()
    assert spelling.write is not None
    points = spelling.write(out, cut, silent)
    return out.getvalue(), points


def test_all_layers_reach() -> None:
    cut = cut_disc()
    assert cut.reach_m == DISC.diameter_m / 2
    far = Layer("far", "#00ff00", (), (Circle(0.0, -0.3, 0.02),))
    assert dataclasses.replace(cut, before=(far,)).reach_m == pytest.approx(0.32)
    assert dataclasses.replace(cut, layers=(far,)).reach_m == pytest.approx(0.32)


@pytest.mark.parametrize("spelling", [f for f in formats.known() if f.lines], ids=lambda f: f.name)
def test_layers_before_the_groove_are_drawn_first_in_their_order(spelling, tmp_path) -> None:
    plain = cut_disc()
    before = (Layer("one", "#00ff00", (FIRST,)), Layer("two", "#ff00ff", (SECOND,)))
    path = tmp_path / f"disc{spelling.suffixes[0]}"
    body, points = written(spelling, dataclasses.replace(plain, before=before))
    assert points == written(spelling, plain)[1]
    path.write_bytes(body)
    drawing = spelling.draw(path)
    ends = [np.abs(np.diff(line[[0, -1]], axis=0)).ravel() for line in drawing.lines[:2]]
    assert ends == [pytest.approx([0, 0.02], abs=2 * STEP_M)] * 2
    apart = drawing.lines[1][0] - drawing.lines[0][0]  # some formats count from the sheet's corner
    assert apart == pytest.approx([-0.2, 0], abs=2 * STEP_M)
    assert len(drawing.lines[2]) > 100
    groove, _ = groove_of(drawing, Fraction(78))
    assert (len(groove) - 1) * groove.turns_per_sample == pytest.approx(3, abs=0.02)
