"""A disc in one file, in several, or in a folder with whatever else lies there."""

from __future__ import annotations

import os
import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.errors import FormatError
from bonemusic.formats import discs
from bonemusic.progress import silent

RPM = Fraction(78)
HOLE = '<circle r="3.62"/>'


def spiral(turns=6.0, points_per_turn=6000):
    """A groove with a tone on it, in mm, y down."""
    turn = np.arange(round(turns * points_per_turn) + 1) / points_per_turn
    r = 60 - 0.3 * turn + 0.02 * np.sin(2 * np.pi * 150 * turn)
    return np.stack([r * np.cos(2 * np.pi * turn), -r * np.sin(2 * np.pi * turn)], 1)


def svg(line, more="", data="", size='width="130mm" height="130mm"'):
    points = " ".join(f"{x:.5f},{y:.5f}" for x, y in line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="-65 -65 130 130" {data}>'
        f'<polyline points="{points}"/>{more}</svg>'
    )


def parts_in(folder, count=12, name="side-{}.svg", overlap=1, **how):
    """A disc in files, numbered as people do without zeros; each shares a point with the next."""
    line = spiral()
    cuts = np.linspace(0, len(line) - 1, count + 1).astype(int)
    files = []
    for k, (a, b) in enumerate(pairwise(cuts), 1):
        files.append(folder / name.format(k))
        files[-1].write_text(svg(line[a : b + (1 if k == count else overlap)], HOLE if k == count else "", **how))
    return files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "disc").mkdir()
    return tmp_path / "disc"


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.svg"
    path.write_text(svg(spiral(), HOLE))
    return discs.read([path], RPM, RPM, silent)[0]


def error_db(known, other):
    n = min(len(known), len(other))
    assert max(len(known), len(other)) - n <= 1
    inner = slice(2000, n - 2000)
    wrong = known.lateral_m[inner] - other.lateral_m[inner]
    return 10 * np.log10(np.mean(wrong**2) / np.mean(known.lateral_m[inner] ** 2))


def test_parts_in_any_order_are_the_disc(folder, whole):
    files = parts_in(folder)
    shuffled = list(files)
    random.Random(4).shuffle(shuffled)
    for paths in (files, files[::-1], shuffled, [folder], [*files[:3], folder]):
        found, told = discs.found(paths)
        groove, notes = discs.read(found, RPM, RPM, silent)
        assert (told, notes, len(found)) == ((), (), 12)
        np.testing.assert_array_equal(groove.lateral_m, whole.lateral_m)


def test_parts_of_other_programs_with_a_point_missing_between_them(folder, whole):
    groove, notes = discs.read(parts_in(folder, overlap=-1), RPM, RPM, silent)
    assert notes == ()
    assert error_db(whole, groove) < -50  # a chord goes over each gap


def test_parts_that_share_no_point_or_several(folder, whole):
    for overlap in (0, 2, 3):
        groove, notes = discs.read(parts_in(folder, overlap=overlap), RPM, RPM, silent)
        assert notes == ()
        np.testing.assert_allclose(groove.lateral_m, whole.lateral_m, atol=1e-8)


def test_a_folder_is_read_as_people_count(folder):
    files = parts_in(folder)
    assert discs.found([folder]) == (tuple(files), ())
    assert [path.name for path in files[8:11]] == ["side-9.svg", "side-10.svg", "side-11.svg"]


def test_what_is_no_drawing_is_passed_over(folder):
    files = parts_in(folder, 3)
    (folder / ".hidden.svg").write_text(svg(spiral()))
    (folder / ".bonemusic-12.part").write_text("<svg")
    (folder / "inner").mkdir()
    (folder / "inner" / "other.svg").write_text(svg(spiral()))
    assert discs.found([folder]) == (tuple(files), ())
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "empty.svg").touch()
    os.mkfifo(folder / "pipe.svg")
    (folder / "loop.svg").symlink_to("loop.svg")
    (folder / "lost.svg").symlink_to("nowhere")
    (folder / "new\nline").write_bytes(b"\x00")
    found, (note,) = discs.found([folder])
    assert found == tuple(files)
    assert note == "passed over in the folder, as no drawing: 'cover.jpg', 'empty.svg', 'loop.svg', …"


def test_pictures_and_tracks_are_no_parts(folder):
    files = parts_in(folder, 3)
    track = folder / "side.wav"
    soundfile.write(track, np.zeros((4800, 4), np.float32), 48_000, "PCM_24")
    found, (note,) = discs.found([folder])
    assert found == tuple(files)
    assert "'side.wav'" in note
    with pytest.raises(FormatError, match=r"'side\.wav' is no drawing in lines .* play it by itself"):
        discs.read([*files, track], RPM, RPM, silent)
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(FormatError, match=r"'a\.png' is a scan, and no part of a drawing; play scans by themselves"):
        discs.found([folder / "a.png", *files])


@pytest.mark.parametrize(
    ("gone", "words"),
    [((4,), "'side-4.svg'"), ((0,), None), ((1,), "'side-1.svg'"), ((5, 6), "'side-5.svg' and 1 more"), ((12,), None)],
)
def test_a_missing_part_is_named(folder, gone, words):
    """The last one cannot be missed by its number, but by its hole."""
    for number, file in enumerate(parts_in(folder), 1):
        if number in gone:
            file.unlink()
    found, told = discs.found([folder])
    assert told == ((f"a part seems to be missing: {words}",) if words else ())
    groove, notes = discs.read(found, RPM, RPM, silent)
    assert ("the last part seems to be missing: there is no hole" in notes) == (gone == (12,))
    if gone in ((4,), (5, 6)):
        assert "a part seems to be missing: 1 more" in " ".join(notes)
        assert groove.seconds < 6 / 1.3 - 0.3


def test_a_part_by_itself_misses_the_others(folder):
    edge = '<circle r="64"/>'
    line = spiral(36.0, 1000)
    hole_line = "M" + "L".join(f"{3.62 * np.cos(a):.4f},{3.62 * np.sin(a):.4f}" for a in np.linspace(0, 2 * np.pi, 100))
    drawn = f'<path d="{hole_line}"/>'
    last = "the last part seems to be missing: there is no hole"
    before = "what comes before 'side-02.svg' seems to be missing"
    for name, part, more, notes in (
        ("side-01.svg", line[:9000], "", (last,)),
        ("side-01.svg", line, HOLE + edge, ()),
        ("side-01.svg", line, drawn, ()),
        ("side-02.svg", line[9000:18_001], "", (before, last)),
        ("side-02.svg", line[18_000:], HOLE + edge, (f"{before}: the groove begins 9 mm inside the edge",)),
        ("side-02.svg", line[18_000:], HOLE, ()),
        ("side-02.svg", line, HOLE + edge, ()),
        ("side-45.svg", line[9000:18_001], "", ()),
        ("side.svg", line[18_000:], HOLE + edge, ()),
        ("side.svg", line, "", ()),
    ):
        (folder / name).write_text(svg(part, more))
        assert discs.read([folder / name], RPM, RPM, silent)[1] == notes


def test_missing_numbers_keep_their_noughts(folder):
    parts_in(folder, 12, "side-{:03}.svg")
    (folder / "side-007.svg").unlink()
    assert discs.found([folder])[1] == ("a part seems to be missing: 'side-007.svg'",)


@pytest.mark.parametrize(
    "names",
    [
        ["a.svg", "b.svg"],
        ["33.svg", "45.svg"],
        ["a1.svg", "b3.svg"],
        ["one.svg", "two-3.svg"],
        ["2024-1.svg", "2025-9.svg"],
    ],
    ids=str,
)
def test_names_that_number_nothing(folder, names):
    for name in names:
        (folder / name).write_text(svg(spiral()))
    assert discs.found([folder])[1] == ()


@given(st.lists(st.text(max_size=30), max_size=6))
def test_fuzz_of_names(names):
    said = discs._missing(names)
    assert all(0 <= number < 10**6 for number in discs._numbered(names))
    assert said is None or (said.startswith("a part seems to be missing: ") and said.isprintable())
    assert sorted(names, key=discs._counted) is not None


def test_a_file_named_twice_is_read_once(folder):
    files = parts_in(folder, 3)
    (folder / "again.svg").symlink_to(files[0])
    assert discs.found([*files, files[1], folder]) == (tuple(files), ())


def test_units_are_all_known_or_all_unknown(folder, whole):
    files = parts_in(folder, 3, size="")
    groove, (note,) = discs.read(files, RPM, RPM, silent)
    assert "by its hole its numbers are millimetres" in note
    assert error_db(whole, groove) < -60
    (folder / "size.svg").write_text(svg(spiral()[:100]))
    with pytest.raises(FormatError, match=r"'side-3\.svg' names no unit and 'size\.svg' does.*; export all parts"):
        discs.read([*files, folder / "size.svg"], RPM, RPM, silent)


def test_what_the_first_says_of_itself_counts(folder):
    files = parts_in(folder, 3)
    files[1].write_text(files[1].read_text().replace("<svg ", '<svg data-rpm="45" data-curve="aes" '))
    files[2].write_text(files[2].read_text().replace("<svg ", '<svg data-rpm="33" '))
    groove, _ = discs.read(files, None, RPM, silent)
    assert (groove.rpm, groove.meta["curve"]) == (45, "aes")
    groove, _ = discs.read(files[::-1], None, RPM, silent)
    assert groove.rpm == Fraction(100, 3)
    assert discs.read(files, RPM, RPM, silent)[0].rpm == RPM


def test_a_speed_that_is_taken_is_told(folder):
    files = parts_in(folder, 3)
    groove, notes = discs.read(files, None, Fraction(100, 3), silent)
    told = "the files do not tell their speed; 33⅓ rpm is taken, --rpm names another"
    assert (groove.rpm, notes) == (Fraction(100, 3), (told,))
    whole = folder / "whole.svg"
    for data, asked, speed, notes in (
        ("", None, 78, ("the file does not tell its speed; 78 rpm is taken, --rpm names another",)),
        ('data-rpm="fast"', None, 78, ("the file does not tell its speed; 78 rpm is taken, --rpm names another",)),
        ("", Fraction(45), 45, ()),
        ('data-rpm="45"', None, 45, ()),
    ):
        whole.write_text(svg(spiral(), HOLE, data))
        groove, told = discs.read([whole], asked, RPM, silent)
        assert (groove.rpm, told) == (speed, notes)


def test_folders_that_are_none(tmp_path, folder, monkeypatch):
    with pytest.raises(FormatError, match=r"disc: holds no drawing of a disc; name a file"):
        discs.found([folder])
    with pytest.raises(FormatError, match="no such file; check the name"):
        discs.found([tmp_path / "absent"])
    with pytest.raises(FormatError, match=r"name is too long|cannot be opened"):
        discs.found([tmp_path / ("x" * 300)])
    with pytest.raises(FormatError, match="there is no disc to read"):
        discs.found([])
    files = parts_in(folder, 4)
    monkeypatch.setattr(discs, "MOST_FILES", 3)
    for paths in ([folder], files):
        with pytest.raises(FormatError, match=r"4 files are no disc's; name the parts of one, 3 at most"):
            discs.found(paths)
    monkeypatch.setattr(discs, "MOST_ENTRIES", 3)
    with pytest.raises(FormatError, match="holds more than 3 files"):
        discs.found([folder])


def test_a_folder_that_is_closed(folder, monkeypatch):
    def closed(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(FormatError, match=r"cannot be looked into \(Permission denied\); check its permissions"):
        discs.found([folder])


def test_several_formats_in_a_folder(folder, monkeypatch):
    """One disc drawn twice would be two grooves over each other."""
    parts_in(folder, 2)
    formats = iter(["svg", "dxf"])
    monkeypatch.setattr(discs, "_drawing_format", lambda path: next(formats))
    with pytest.raises(FormatError, match=r"several formats \(dxf, svg\); name the files of one disc"):
        discs.found([folder])


def test_files_of_several_formats(folder):
    files = parts_in(folder, 2)
    (folder / "side-3.gcode").write_text("G21\nG90\nG0 X0 Y0\nG1 X5 Y0 F100\n")
    with pytest.raises(FormatError, match=r"and 'side-3\.gcode' is gcode, 'side-2\.svg' is svg; name the files of one"):
        discs.found([*files, folder / "side-3.gcode"])


def test_too_many_points(folder, monkeypatch):
    files = parts_in(folder, 3)
    monkeypatch.setattr(discs, "MOST_POINTS", 14_000)
    with pytest.raises(FormatError, match="the files together hold more than"):
        discs.read(files, RPM, RPM, silent)


def test_a_damaged_part_is_named(folder):
    files = parts_in(folder, 3)
    files[1].write_text(files[1].read_text()[:5000])
    with pytest.raises(FormatError, match=r"side-2\.svg: is cut short"):
        discs.read(files, RPM, RPM, silent)
