"""A side in one file or in several: limits, joints, names, and what is heard of the parts together."""

from __future__ import annotations

import dataclasses
import math
import random
import re
import stat
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.errors import FitError, OutputError
from bonemusic.formats import CutDisc, discs, for_writing, known
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.paths import grid, layers
from bonemusic.paths.layers import Layer
from bonemusic.paths.line import Line
from bonemusic.paths.parts import going_on, turns_of
from bonemusic.progress import silent
from bonemusic.workshop.parts import MOST_FILES, written

RATE, RPM, SECONDS = 48_000, Fraction(78), 10.0
SVG = for_writing(Path("disc.svg"), None)
IDEAL = presets.machine("ideal")
STEP_M = 0.4e-6


def cut_disc(seconds=SECONDS, **limits):
    """Some turns of two tones on a small disc, for a machine with limits to its files."""
    machine = dataclasses.replace(IDEAL, **{"file_turns": None, "file_points": None, "file_bytes": None, **limits})
    t = np.arange(round(seconds * RATE)) / RATE
    lateral = 15e-6 * np.sin(2 * np.pi * 300 * t) + 3e-6 * np.sin(2 * np.pi * 1900 * t)
    turns = float(RPM) / 60 * seconds
    spiral = Knots(np.array([0, turns]), np.array([0.08, 0.08 - 2e-4 * turns]), np.array([-2e-4, -2e-4]))
    groove = Groove(spiral, constant(28e-6), RPM, RATE, lateral, Profile(56e-6, 6e-6, math.pi / 2))
    disc = presets.disc("7in-78")
    line = Line.of(grid.wave(groove, 8000, 3500.0), STEP_M)
    return CutDisc(groove, disc, machine, 1e4, line=line, layers=layers.of_disc(disc, machine, 2e-4))


def lines_in(path):
    """The groove's paths, (n, 2) in steps, and all the layers' names."""
    root = ElementTree.parse(path).getroot()
    groups = {g.get("id"): g for g in root if g.get("id")}
    lines = []
    for each in groups["groove"]:
        start, moves = re.fullmatch("M(.*)l(.*)", each.get("d")).groups()
        numbers = [int(n) for n in re.findall("-?[0-9]+", start + moves)]
        lines.append(np.array(numbers).reshape(-1, 2).cumsum(axis=0))
    return lines, list(groups)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def check_parts(made, folder, machine):
    """Each is a whole file within its limits that begins where the last ended; the layers come last."""
    assert names(folder) == [file.name for file in made.files]
    end = None
    points = 0
    for number, file in enumerate(made.files):
        lines, groups = lines_in(file)
        assert groups == (["groove", "label", "cut"] if number == len(made.files) - 1 else ["groove"])
        if end is not None:
            assert lines[0][0].tolist() == end
        for one, two in pairwise(lines):
            assert one[-1].tolist() == two[0].tolist()
        end = lines[-1][-1].tolist()
        drawn = sum(len(line) for line in lines) - len(lines) + 1
        points += drawn
        assert drawn <= (machine.file_points or math.inf)
        assert file.stat().st_size <= (machine.file_bytes or math.inf)
    assert points == made.points
    assert made.size == sum(file.stat().st_size for file in made.files)


# Limits


@pytest.mark.parametrize(
    ("limits", "least", "most"),
    [
        ({"file_turns": 4.0}, 4, 4),
        ({"file_turns": 0.5}, 26, 26),
        ({"file_points": 9000}, 9, 10),
        ({"file_bytes": 60_000}, 10, 11),  # 80,000 points are 586 kB
        ({"file_turns": 4.0, "file_points": 9000}, 10, 10),
        ({"file_turns": 4.0, "file_points": 20_000, "file_bytes": 100_000}, 7, 7),
        ({"file_turns": 4.0, "file_points": 90_000, "file_bytes": 60_000}, 13, 13),
    ],
    ids=str,
)
def test_each_limit_alone_and_together(tmp_path, limits, least, most):
    work = cut_disc(**limits)
    made = written(work, SVG, tmp_path / "disc.svg", silent)
    check_parts(made, tmp_path, work.machine)
    assert least <= len(made.files) <= most
    assert made.files[0].name == "disc-01.svg"
    assert made.notes == ()


def test_a_byte_limit_far_below_what_was_expected_of_it(tmp_path):
    """Files that are mostly head."""
    work = cut_disc(seconds=1.0, file_bytes=1500)
    made = written(work, SVG, tmp_path / "disc.svg", silent)
    check_parts(made, tmp_path, work.machine)
    assert 30 < len(made.files) < 150
    assert made.files[-1].name == f"disc-{len(made.files):0{len(str(len(made.files)))}}.svg"


def test_one_file_keeps_its_name_and_is_as_without_limits(tmp_path):
    plain = written(cut_disc(), SVG, tmp_path / "plain.svg", silent)
    for limits in ({"file_turns": 13.0}, {"file_points": 90_000}, {"file_bytes": 10**6}):
        made = written(cut_disc(**limits), SVG, tmp_path / "disc.svg", silent)
        assert made.files == (tmp_path / "disc.svg",)
        assert (made.points, made.size) == (plain.points, plain.size)
        assert (tmp_path / "disc.svg").read_bytes() == (tmp_path / "plain.svg").read_bytes()
    assert names(tmp_path) == ["disc.svg", "plain.svg"]


def test_parts_are_full(tmp_path):
    made = written(cut_disc(file_bytes=60_000), SVG, tmp_path / "disc.svg", silent)
    sizes = [file.stat().st_size for file in made.files[:-1]]
    assert min(sizes) > 0.85 * 60_000


def test_pictures_and_tracks_are_one_file(tmp_path):
    work = dataclasses.replace(cut_disc(seconds=1.0, file_bytes=1000, file_turns=0.1), line=None, dots_per_m=2000.0)
    made = written(work, for_writing(Path("a.png"), None), tmp_path / "a.png", silent)
    assert made.files == (tmp_path / "a.png",)
    assert made.size == (tmp_path / "a.png").stat().st_size > 1000


@pytest.mark.parametrize("limits", [{"file_bytes": 600}, {"file_points": 5}])
def test_files_too_small_for_anything(tmp_path, limits):
    with pytest.raises(FitError, match="hold no groove beside") as told:
        written(cut_disc(seconds=1.0, **limits), SVG, tmp_path / "disc.svg", silent)
    assert "\n" not in str(told.value)
    assert names(tmp_path) == []


def test_layers_too_large_for_a_file(tmp_path):
    work = cut_disc(seconds=1.0, file_bytes=20_000)
    marks = Layer("marks", "#00ff00", lines=(np.random.default_rng(1).uniform(-0.05, 0.05, (2000, 2)),))
    with pytest.raises(FitError, match=r"takes files of 0\.02 MB"):
        written(dataclasses.replace(work, layers=(marks, *work.layers)), SVG, tmp_path / "disc.svg", silent)
    assert names(tmp_path) == []


@pytest.mark.parametrize("limits", [{"file_turns": 0.01}, {"file_points": 70}])
def test_too_many_files(tmp_path, limits):
    with pytest.raises(FitError, match=r"more than 1,000 of them; take a machine"):
        written(cut_disc(**limits), SVG, tmp_path / "disc.svg", silent)
    assert names(tmp_path) == []
    assert MOST_FILES == 1000


@pytest.mark.parametrize("limits", [{"file_turns": 2.0}, {"file_bytes": 60_000}])
def test_what_is_drawn_before_the_groove_is_in_the_first_part_only(tmp_path, limits):
    """Also where it reaches far, and pages are alike; files are as full as without it."""
    work = cut_disc(seconds=4.0, **limits)
    plain = written(work, SVG, tmp_path / "plain.svg", silent)
    marks = Layer("marks", "#00ff00", lines=tuple(np.array([[-0.2, -0.2], [0.2, k * 1e-3]]) for k in range(200)))
    made = written(dataclasses.replace(work, before=(marks,)), SVG, tmp_path / "disc.svg", silent)
    groups = [lines_in(file)[1] for file in made.files]
    middle = [["groove"]] * (len(groups) - 2)
    assert groups == [["marks", "groove"], *middle, ["groove", "label", "cut"]]
    assert len(plain.files) <= len(made.files) <= len(plain.files) + 1
    if "file_bytes" in limits:
        assert min(file.stat().st_size for file in made.files[:-1]) > 0.9 * 60_000
    (box,) = {ElementTree.parse(file).getroot().get("viewBox") for file in made.files}
    assert float(box.split()[2]) * STEP_M == pytest.approx(0.4, abs=3 * STEP_M)


def test_all_pages_are_alike(tmp_path):
    """Whatever marks lie beyond the disc, each part lies at its place on the bed."""
    work = cut_disc(seconds=4.0, file_turns=2.0)
    marks = Layer("marks", "#00ff00", lines=(np.array([[-0.2, -0.2], [0.2, 0.2]]),))
    made = written(dataclasses.replace(work, layers=(marks, *work.layers)), SVG, tmp_path / "disc.svg", silent)
    assert len(made.files) == 3
    (box,) = {ElementTree.parse(file).getroot().get("viewBox") for file in made.files}
    assert float(box.split()[2]) * STEP_M == pytest.approx(0.4, abs=3 * STEP_M)


def test_the_same_side_is_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(cut_disc(file_bytes=60_000), SVG, tmp_path / folder / "disc.svg", silent)
    assert [p.read_bytes() for p in sorted((tmp_path / "a").iterdir())] == [
        p.read_bytes() for p in sorted((tmp_path / "b").iterdir())
    ]


def test_progress_goes_from_nothing_to_all(tmp_path):
    told = []
    written(cut_disc(file_turns=3.0), SVG, tmp_path / "disc.svg", lambda step, done: told.append((step, done)))
    done = [part for _, part in told]
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert {step for step, _ in told} == {"drawing"}


# Heard together


def error_db(one, other):
    assert abs(len(one) - len(other)) <= 1
    n = min(len(one), len(other))
    difference = one.lateral_m[:n] - other.lateral_m[:n]
    return 10 * np.log10(np.mean(difference[2000:-2000] ** 2) / np.mean(one.lateral_m[:n] ** 2))


@pytest.mark.parametrize("limits", [{"file_turns": 4.0}, {"file_points": 9000}], ids=str)
def test_parts_play_as_the_whole_does(tmp_path, limits):
    (tmp_path / "parts").mkdir()
    whole = written(cut_disc(), SVG, tmp_path / "disc.svg", silent)
    parts = written(cut_disc(**limits), SVG, tmp_path / "parts" / "disc.svg", silent)
    known, notes = discs.read(whole.files, RPM, RPM, silent)
    assert notes == ()
    shuffled = list(parts.files)
    random.Random(3).shuffle(shuffled)
    for paths in ([tmp_path / "parts"], parts.files, shuffled):
        files, said = discs.found(paths)
        groove, notes = discs.read(files, RPM, RPM, silent)
        assert (said, notes) == ((), ())
        assert error_db(known, groove) < -60
        assert groove.meta["rpm"] == "78"


@pytest.mark.parametrize("name", [each.name for each in known() if each.lines])
def test_parts_of_every_format_play_as_the_whole_does(tmp_path, name):
    spelling = for_writing(tmp_path, name)
    (tmp_path / "parts").mkdir()
    whole = written(cut_disc(seconds=5.0), spelling, tmp_path / "disc", silent)
    written(cut_disc(seconds=5.0, file_turns=2.5, file_points=12_000), spelling, tmp_path / "parts" / "disc", silent)
    assert names(tmp_path / "parts") == ["disc-01", "disc-02", "disc-03", "disc-04", "disc-05"]
    known, _ = discs.read(whole.files, RPM, RPM, silent)
    groove, notes = discs.read(discs.found([tmp_path / "parts"])[0], RPM, RPM, silent)
    assert notes == ()
    assert error_db(known, groove) < -60


def test_a_head_and_the_rest_play_as_the_whole_does(tmp_path):
    work = cut_disc()
    whole = written(work, SVG, tmp_path / "disc.svg", silent)
    middle = going_on(work.line, 6.37)
    head = dataclasses.replace(work, line=dataclasses.replace(work.line, last=middle.first), layers=())
    one = written(head, SVG, tmp_path / "head.svg", silent)
    two = written(dataclasses.replace(work, line=middle), SVG, tmp_path / "rest.svg", silent)
    assert lines_in(one.files[0])[0][-1][-1].tolist() == lines_in(two.files[0])[0][0][0].tolist()
    known, _ = discs.read(whole.files, RPM, RPM, silent)
    groove, notes = discs.read([*two.files, *one.files], RPM, RPM, silent)
    assert notes == ()
    assert error_db(known, groove) < -60


# Going on


def test_the_rest_from_a_parts_first_turn_is_those_files_again(tmp_path):
    work = cut_disc(file_turns=3.0)
    made = written(work, SVG, tmp_path / "disc.svg", silent)
    before = [file.read_bytes() for file in made.files]
    assert len(made.files) == 5
    for file in made.files[2:]:
        file.write_bytes(b"lost")
    rest = written(dataclasses.replace(work, line=going_on(work.line, 6.0)), SVG, tmp_path / "disc.svg", silent)
    assert rest.files == made.files[2:]
    assert rest.notes == ()
    assert [file.read_bytes() for file in made.files] == before


@pytest.mark.parametrize(
    "limits", [{"file_turns": 3.0}, {"file_bytes": 60_000}, {"file_turns": 5, "file_points": 9000}]
)
def test_the_rest_from_within_a_part_ends_it_and_goes_on_with_the_others(tmp_path, limits):
    work = cut_disc(**limits)
    (tmp_path / "rest").mkdir()
    made = written(work, SVG, tmp_path / "disc.svg", silent)
    line = going_on(work.line, 7.77)
    rest = written(dataclasses.replace(work, line=line), SVG, tmp_path / "rest" / "disc.svg", silent)
    first, *others = rest.files
    whole = {file.name: file for file in made.files}
    (begin, *_), (former, *_) = lines_in(first)[0], lines_in(whole[first.name])[0]
    turn = line.first * line.wave.turns_per_point
    assert math.atan2(-begin[0][1], begin[0][0]) / 2 / math.pi == pytest.approx(turn - 8, abs=1e-4)
    assert begin[-1].tolist() == former[-1].tolist()
    assert len(begin) < len(former)
    assert [file.name for file in others] == sorted(whole)[len(made.files) - len(others) :]
    assert [file.read_bytes() for file in others] == [whole[file.name].read_bytes() for file in others]
    assert rest.points < made.points


@pytest.mark.parametrize("limits", [{"file_turns": 3.0}, {"file_bytes": 60_000}, {"file_turns": 99.0}, {}], ids=str)
def test_the_rest_of_a_part_never_takes_its_place(tmp_path, limits):
    """The folder keeps a disc that plays; the same rest again, and one that holds more, are written."""
    work = cut_disc(seconds=5.0, **limits)
    out = tmp_path / "disc.svg"
    written(work, SVG, out, silent)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    with pytest.raises(OutputError, match=r"disc(-0\d)?\.svg: is there and holds more .*\(-o .*rest/disc\.svg"):
        written(dataclasses.replace(work, line=going_on(work.line, 4.1)), SVG, out, silent)
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before
    (tmp_path / "rest").mkdir()
    out = tmp_path / "rest" / "disc.svg"
    for turn in (4.5, 4.1, 4.1):
        rest = written(dataclasses.replace(work, line=going_on(work.line, turn)), SVG, out, silent)
        assert rest.notes == ()
    with pytest.raises(OutputError, match="holds more"):
        written(dataclasses.replace(work, line=going_on(work.line, 4.5)), SVG, out, silent)
    later = names(tmp_path / "rest")[1:]
    assert [(tmp_path / "rest" / name).read_bytes() for name in later] == [before[name] for name in later]


def test_the_rest_of_one_file_is_one_file(tmp_path):
    work = cut_disc(file_turns=99.0)
    rest = written(dataclasses.replace(work, line=going_on(work.line, 7.77)), SVG, tmp_path / "rest.svg", silent)
    assert rest.files == (tmp_path / "rest.svg",)
    assert lines_in(rest.files[0])[1] == ["groove", "label", "cut"]


# Names


def test_parts_of_a_former_cut_are_told_of_and_left(tmp_path):
    for name in ("disc.svg", "disc-05.svg", "disc-001.svg", "disc-A.svg", "other-07.svg", "disc-07.dxf"):
        (tmp_path / name).write_bytes(b"old")
    made = written(cut_disc(file_turns=4.0), SVG, tmp_path / "disc.svg", silent)
    (note,) = made.notes
    assert note.startswith("'disc-001.svg', 'disc-05.svg', 'disc.svg' beside it are from a former cut")
    assert (tmp_path / "disc-05.svg").read_bytes() == b"old"
    (tmp_path / "disc-06.svg").write_bytes(b"old")
    (note,) = written(cut_disc(file_turns=4.0), SVG, tmp_path / "disc.svg", silent).notes
    assert note.startswith("'disc-001.svg', 'disc-05.svg', 'disc-06.svg' and 1 more beside it are from a former cut")
    for name in ("disc-001.svg", "disc-05.svg", "disc-06.svg"):
        (tmp_path / name).unlink()
    (note,) = written(cut_disc(file_turns=4.0), SVG, tmp_path / "disc.svg", silent).notes
    assert note.startswith("'disc.svg' beside it is from a former cut")
    assert turns_of(cut_disc().line) == pytest.approx(13, abs=0.01)


@pytest.mark.parametrize("limits", [{}, {"file_turns": 99.0}], ids=str)
def test_one_file_tells_of_the_parts_that_it_replaces(tmp_path, limits):
    for name in ("disc-01.svg", "disc-02.svg"):
        (tmp_path / name).write_bytes(b"old")
    made = written(cut_disc(seconds=1.0, **limits), SVG, tmp_path / "disc.svg", silent)
    (note,) = made.notes
    assert note.startswith("'disc-01.svg', 'disc-02.svg' beside it are from a former cut")
    assert names(tmp_path) == ["disc-01.svg", "disc-02.svg", "disc.svg"]
    plain = written(cut_disc(seconds=1.0, **limits), SVG, tmp_path / "other.svg", silent)
    assert plain.notes == ()


def test_fewer_parts_tell_of_the_one_left(tmp_path):
    out = tmp_path / "disc.svg"
    assert len(written(cut_disc(seconds=5.0, file_turns=3.0), SVG, out, silent).files) == 3
    made = written(cut_disc(seconds=4.0, file_turns=3.0), SVG, out, silent)
    assert len(made.files) == 2
    assert made.notes[0].startswith("'disc-03.svg' beside it is from a former cut")


def test_parts_take_the_place_of_former_ones_and_keep_their_modes_and_links(tmp_path):
    (tmp_path / "far").write_bytes(b"old")
    (tmp_path / "disc-02.svg").symlink_to("far")
    (tmp_path / "disc-03.svg").write_bytes(b"old")
    (tmp_path / "disc-03.svg").chmod(0o604)
    written(cut_disc(file_turns=4.0), SVG, tmp_path / "disc.svg", silent)
    assert names(tmp_path) == ["disc-01.svg", "disc-02.svg", "disc-03.svg", "disc-04.svg", "far"]
    assert (tmp_path / "disc-02.svg").is_symlink()
    assert (tmp_path / "far").read_bytes().startswith(b"<?xml")
    assert stat.S_IMODE((tmp_path / "disc-03.svg").stat().st_mode) == 0o604
    assert (tmp_path / "disc-03.svg").read_bytes().startswith(b"<?xml")


def test_a_name_without_suffix(tmp_path):
    made = written(cut_disc(file_turns=7.0), SVG, tmp_path / "disc", silent)
    assert [file.name for file in made.files] == ["disc-01", "disc-02"]


# All or nothing


class Stop(BaseException):
    """What a signal raises."""


@pytest.mark.parametrize("at", [0.1, 0.6, 0.99])
def test_an_interrupt_leaves_nothing(tmp_path, at):
    (tmp_path / "disc-02.svg").write_bytes(b"precious")

    def tell(_, done):
        if done > at:
            raise Stop

    with pytest.raises(Stop):
        written(cut_disc(file_turns=3.0), SVG, tmp_path / "disc.svg", tell)
    assert names(tmp_path) == ["disc-02.svg"]
    assert (tmp_path / "disc-02.svg").read_bytes() == b"precious"


def test_a_name_that_cannot_be_had_leaves_nothing(tmp_path):
    (tmp_path / "disc-01.svg").write_bytes(b"precious")
    (tmp_path / "disc-03.svg").mkdir()
    with pytest.raises(OutputError, match=r"disc-03\.svg is a directory"):
        written(cut_disc(file_turns=3.0), SVG, tmp_path / "disc.svg", silent)
    assert names(tmp_path) == ["disc-01.svg", "disc-03.svg"]
    assert (tmp_path / "disc-01.svg").read_bytes() == b"precious"


def test_one_pipe_takes_one_file(tmp_path, capfdbinary):
    with pytest.raises(OutputError, match="files of 1 turn, so"):
        written(cut_disc(file_turns=1.0), SVG, Path("-"), silent)
    with pytest.raises(OutputError, match="do not go through one pipe; name a file"):
        written(cut_disc(file_turns=3.0), SVG, Path("-"), silent)
    assert capfdbinary.readouterr().out == b""
    for limits in ({}, {"file_turns": 99.0}):
        made = written(cut_disc(**limits), SVG, Path("-"), silent)
        out = capfdbinary.readouterr().out
        assert out.endswith(b"</svg>\n")
        assert (len(out), made.files) == (made.size, (Path("-"),))
    work = cut_disc(file_turns=3.0)
    written(dataclasses.replace(work, line=going_on(work.line, 12.5)), SVG, Path("-"), silent)
    assert capfdbinary.readouterr().out.endswith(b"</svg>\n")
