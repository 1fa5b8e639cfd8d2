"""Our G-code in LinuxCNC's own interpreter: the moves that it makes of it are the points that were meant."""

from __future__ import annotations

import dataclasses
import io
import math
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.formats.base import CutDisc
from bonemusic.formats.gcode import read
from bonemusic.formats.gcode.write import write
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.line import Line
from bonemusic.progress import silent

UNPACKED = Path(__file__).parent.parent.parent / ".venv" / "rs274" / "rs274"
RATE = 48_000
MILL = presets.Machine(
    "mill", "A test's", 1e-6, 1e-6, 12_000, 5000, "round", dialect="linuxcnc", pass_depth_m=1e-4, speed_m_s=0.01
)
ROUNDED = 0.51e-4
"""Half the last decimal that it prints, mm."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a program; gives the interpreter's calls as (name, numbers)."""
    command = shutil.which("rs274") or (str(UNPACKED) if UNPACKED.exists() else None)
    if command is None:
        pytest.skip("LinuxCNC's rs274 is not here; tools/rs274.sh fetches it, as root, on Debian")
    folder = tmp_path_factory.mktemp("rs274")
    probe = folder / "probe.ngc"
    probe.write_text("G21\nM2\n")

    def called(file):
        arguments = [command, "-g", "-t", "/dev/null", "-v", str(folder / "rs274.var"), str(file)]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, cwd=folder, check=False)
        return done.returncode, done.stdout, done.stderr

    if called(probe)[0]:
        pytest.skip("LinuxCNC's rs274 does not run here: " + called(probe)[2][:100])

    def canonical(text):
        file = folder / "disc.ngc"
        file.write_bytes(text)
        code, out, said = called(file)
        assert code == 0, out[-300:] + said
        calls = re.findall(r"N\.{5} (\w+)\((.*)\)", out)
        assert calls[-2][0] == "PROGRAM_END" or "PROGRAM_END" in [name for name, _ in calls[-4:]]
        return [(name, [float(n) for n in re.findall(r"-?[\d.]+", given)]) for name, given in calls]

    return canonical


def cut_disc(machine, seconds=1.5):
    lateral = 2e-5 * np.sin(np.arange(round(seconds * RATE)) * 0.05)
    lateral[:20_000] = 0
    turns = seconds * 1.3
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 3e-4 * turns]), np.array([-3e-4, -3e-4]))
    groove = Groove(
        spiral, constant(28e-6), Fraction(78), RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2), meta={"title": "A (b"}
    )
    wave = grid.wave(groove, int(machine.points_per_s), machine.bandwidth_hz)
    disc = presets.disc("7in-78")
    drawn = layers.of_disc(disc, machine, 2e-4)
    return CutDisc(groove, disc, machine, 1e4, line=Line.of(wave, machine.step_m), layers=drawn)


def written(cut):
    out = io.BytesIO()
    write(out, cut, silent)
    return out.getvalue()


def meant(cut):
    x, y = zip(*cut.line.pieces(lambda x, y: (x, y)), strict=True)
    points = np.stack([np.concatenate([p[0], *(q[1:] for q in p[1:])]) for p in (x, y)], 1)
    return points[np.append(True, np.diff(points, axis=0).any(axis=1))] * cut.line.step_m * 1e3


@pytest.mark.parametrize("step_m", [1e-6, 21.1666667e-6])
def test_a_beam_is_moved_over_every_point(run, step_m):
    cut = cut_disc(dataclasses.replace(MILL, groove_power=0.2, cut_power=0.8, step_m=step_m))
    cut = dataclasses.replace(cut, groove=dataclasses.replace(cut.groove, lateral_m=cut.groove.lateral_m + 1e-8))
    calls = run(written(cut))
    fed = np.array([given[:2] for name, given in calls if name == "STRAIGHT_FEED"])
    want = meant(cut)
    arcs = sum(name == "ARC_FEED" for name, _ in calls)
    assert arcs > 8
    loud = want[len(want) - 2000 :]
    first = np.flatnonzero(np.abs(fed - loud[0]).max(axis=1) < ROUNDED + step_m * 5)[0]
    assert np.abs(fed[first : first + 2000] - loud).max() < ROUNDED + step_m * 1e3 / 150
    spindle = [given for name, given in calls if name == "SET_SPINDLE_SPEED"]
    assert [given[-1] for given in spindle] == [200, 800, 800, 800, 800]


def test_a_mill_sinks_and_rises_and_runs_arcs_on_the_spiral(run):
    cut = cut_disc(MILL)
    at = [0.0, 0.0, 0.0]
    depths, on_spiral = [], []
    for name, given in run(written(cut)):
        if name == "STRAIGHT_TRAVERSE":
            assert given[:2] == at[:2] or at[2] == 2.0
            at = given[:3]
        elif name == "STRAIGHT_FEED":
            at = given[:3]
        elif name == "ARC_FEED":
            assert given[4] == 1
            centre, end = given[2:4], given[:2]
            assert math.dist(centre, at[:2]) == pytest.approx(math.dist(centre, end), abs=3e-4)
            if given[5] == -0.028:
                on_spiral.append(math.hypot(*end) - 80)
            else:
                depths.append(given[5])
            at = [*end, given[5]]
    assert depths == [-0.1, -0.1, -0.2, -0.2] * 2
    assert on_spiral == sorted(on_spiral, reverse=True)
    assert len(on_spiral) > 2
    assert at[2] == 2.0


@dataclasses.dataclass(frozen=True)
class TurningLine:
    a: np.ndarray
    r: np.ndarray
    step_m: float

    def pieces(self, finish, progress):
        yield finish(self.a, self.r)


def test_a_turntable_axis_is_turned_at_the_grooves_speed(run, tmp_path):
    machine = dataclasses.replace(MILL, turn_steps=360_000)
    t = np.arange(6000) / 8000
    a = np.rint(1.3 * t * 360_000).astype(np.int32)
    r = np.rint(80_000 - 400 * t + 20 * np.sin(2 * np.pi * 440 * t)).astype(np.int32)
    cut = dataclasses.replace(cut_disc(MILL, 0.1), machine=machine, line=TurningLine(a, r, 1e-6))
    text = written(cut)
    calls = run(text)
    fed = [given for name, given in calls if name == "STRAIGHT_FEED" and given[2] == -0.028][2:]
    assert np.array([[g[3], g[0]] for g in fed]) == pytest.approx(np.stack([a, r], 1)[1:] * 1e-3, abs=ROUNDED)
    feeds = [given[0] for name, given in calls if name == "SET_FEED_RATE"]
    assert len(feeds) > 5000
    sweeps = [given for name, given in calls if name == "STRAIGHT_FEED" and given[2] in (-0.1, -0.2)]
    turns = np.diff([g[3] for g in sweeps])
    assert set(turns) == {0.0, 360.0}
    file = tmp_path / "disc.ngc"
    file.write_bytes(text)
    assert len(read.read(file).lines) == 3


def test_it_objects_to_what_is_wrong(run):
    with pytest.raises(AssertionError):
        run(b"G21 G90\nG1 X5\nM2\n")  # no feed
