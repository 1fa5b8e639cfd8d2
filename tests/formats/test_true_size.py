"""True size, measured with a ruler: drawings as programs draw them that people use, hole and rim and groove in pixels.

What is not installed is skipped; `tools/setup.sh dev` installs the small ones where it may.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.registry import for_writing
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.line import Line
from bonemusic.progress import silent

DISC = presets.disc("7in-78")
DPI = 600
PIXEL_MM = 25.4 / DPI
OUTER_MM, PITCH_MM = 80.0, 0.3
TRUE_MM = 0.1
FINE_MM = 0.03
"""The groove's radius at four places, a quarter of a turn apart, differs by more than twice this."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Three silent turns on a 7 inch disc, in the format asked for."""
    folder = tmp_path_factory.mktemp("drawn")

    def write(suffix):
        path, machine = folder / f"disc{suffix}", presets.machine("ideal")
        lateral = np.zeros(round(48_000 * 3 / 1.3))
        pitch_m = PITCH_MM * 1e-3
        first, last = OUTER_MM * 1e-3, OUTER_MM * 1e-3 - 3 * pitch_m
        spiral = Knots(np.array([0, 3.0]), np.array([first, last]), np.array([-pitch_m, -pitch_m]))
        groove = Groove(spiral, constant(28e-6), Fraction(78), 48_000, lateral, Profile(56e-6, 6e-6, math.pi / 2))
        line = Line.of(grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz), 0.3e-6)
        cut = CutDisc(groove, DISC, machine, 1e4, line=line, layers=layers.of_disc(DISC, machine, 2e-4))
        with path.open("wb") as file:
            for_writing(path, None).write(file, cut, silent)
        return path

    return write


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, check=False)


def by_chromium(svg, picture):
    """A browser's screen has 96 dots to an inch, times its scale."""
    size = math.ceil(DISC.diameter_m / 0.0254 * 96) + 1
    names = "headless no-sandbox disable-gpu disable-dev-shm-usage hide-scrollbars no-first-run disable-extensions"
    flags = [f"--{name}" for name in [*names.split(" "), "disable-background-networking"]]
    flags.append(f"--user-data-dir={picture.parent / 'profile'}")
    flags += [f"--force-device-scale-factor={DPI / 96}", f"--window-size={size},{size}", f"--screenshot={picture}"]
    try:
        said = run("chromium", *flags, svg.as_uri()).stderr
    except subprocess.TimeoutExpired:
        said = "it does not end"
    if not picture.exists():
        pytest.skip(f"chromium does not run here: {said[-200:]}")


def by_librsvg(svg, picture):
    said = run("rsvg-convert", "-d", DPI, "-p", DPI, "-b", "white", svg, "-o", picture)
    assert said.returncode == 0, said.stderr


def by_poppler(pdf, picture):
    said = run("pdftoppm", "-r", DPI, "-png", "-singlefile", pdf, picture.with_suffix(""))
    assert (said.returncode, said.stderr) == (0, "")


def places_mm(ink):
    """Where a row of pixels crosses lines, from the page's edge: the centre of gravity of each run of ink."""
    inked = np.flatnonzero(ink > 0.04)
    runs = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    return np.array([float(((run + 0.5) * ink[run]).sum() / ink[run].sum()) * PIXEL_MM for run in runs])


WAYS = [
    pytest.param("chromium", ".svg", by_chromium, id="chromium"),
    pytest.param("rsvg-convert", ".svg", by_librsvg, id="librsvg"),
    pytest.param("pdftoppm", ".pdf", by_poppler, id="poppler"),
]


@pytest.mark.parametrize(("program", "suffix", "render"), WAYS)
def test_hole_rim_and_groove_lie_where_a_ruler_finds_them(drawn, tmp_path, program, suffix, render):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    picture = tmp_path / "disc.png"
    render(drawn(suffix), picture)
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB"))
    size_mm, hole_mm = DISC.diameter_m * 1e3, DISC.hole_diameter_m * 1e3
    middle = int(size_mm / 2 / PIXEL_MM)
    for axis in (0, 1):  # along the middle row from the left, along the middle column from the top
        red, green, _ = pixels.take(middle, axis).T / 255
        rim_1, hole_1, hole_2, rim_2 = places_mm(red - green)
        assert hole_2 - hole_1 == pytest.approx(hole_mm, abs=TRUE_MM)
        assert rim_2 - rim_1 == pytest.approx(size_mm, abs=TRUE_MM)
        centre = (hole_1 + hole_2) / 2
        assert centre == pytest.approx(size_mm / 2, abs=TRUE_MM)
        turns = places_mm(1 - red)
        # counter-clockwise from the right, inwards: so a quarter of the pitch less at the top than at the right
        before, after = ((0.5, 0.0), (0.25, 0.75))[axis]
        assert centre - turns[0] == pytest.approx(OUTER_MM - before * PITCH_MM, abs=FINE_MM)
        assert turns[-1] - centre == pytest.approx(OUTER_MM - after * PITCH_MM, abs=FINE_MM)
