"""Sides in several files: cut, gone on with after a stall, and played, from the command line."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from .conftest import Run, refused, snapshot, song
from .test_interrupt import start, told, wait_for

MINE = """
[limited]
like = "laser-1200"
title = "A laser that takes small files"
file_turns = 3
step_um = 5
finest_step_um = 5
[whole]
like = "laser-1200"
title = "The same, but for that"
step_um = 5
finest_step_um = 5
[limited.source]
file_turns = "assumed: for a test"
"""
SMALL = ("--disc", "card-5in-78")
PARTS = (*SMALL, "--machine", "limited")


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of the user's own, whose files hold three turns."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "machines.toml").write_text(MINE)
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(folder))


@pytest.fixture(scope="session")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song of some turns."""
    return song(tmp_path_factory.mktemp("longer") / "song.wav", 6.0)


def report(run: Run, *args: object) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.code == 0, result
    held: dict[str, Any] = json.loads(result.out)
    return held


def heard(run: Run, *sources: object) -> np.ndarray:
    assert run("play", *sources, "-o", "../heard.wav", "--quiet").code == 0
    return soundfile.read("../heard.wav")[0]


@pytest.mark.usefixtures("limited")
def test_parts_are_cut_told_and_heard_as_one(run: Run, place: Path, longer: Path) -> None:
    made = report(run, "cut", longer, "-o", "disc.svg", *PARTS)
    files = made["files"]
    assert files == [f"disc-{n:02}.svg" for n in range(1, len(files) + 1)] == sorted(snapshot(place))
    assert len(files) == -(-made["turns"] // 3)
    assert made["bytes"] == sum(len(held) for held in snapshot(place).values())
    (place / "one").mkdir()
    whole = report(run, "cut", longer, "-o", "one/disc.svg", *SMALL, "--machine", "whole")
    assert whole["files"] == ["one/disc.svg"]
    known = heard(run, "one/disc.svg")
    for sources in (files, files[::-1], ["."]):
        sound = heard(run, *sources)
        n = min(len(known), len(sound))
        assert abs(len(known) - len(sound)) <= 1
        # both hold the same sound; the noise of the coarse grid is another one where files begin elsewhere
        apart = sound[:n] - known[:n]
        assert np.mean(apart**2) < 0.05 * np.mean(known[:n] ** 2)
    told_ = report(run, "play", *files, "-o", "../heard.wav")
    assert told_["disc"] == f"disc-01.svg and {len(files) - 1} more"
    assert report(run, "play", place, "-o", "../heard.wav")["disc"] == "place"


@pytest.mark.usefixtures("limited")
def test_going_on(run: Run, place: Path, longer: Path) -> None:
    made = report(run, "cut", longer, "-o", "disc.svg", *PARTS)
    before = snapshot(place)
    for name in made["files"][2:]:
        (place / name).unlink()
    rest = report(run, "cut", longer, "-o", "disc.svg", *PARTS, "--from-turn", "6")
    assert rest["files"] == made["files"][2:]
    assert rest["warnings"] == made["warnings"]
    assert snapshot(place) == before
    (place / "mine.toml").write_text("from-turn = 7.5\n")
    (place / "rest").mkdir()
    rest = report(run, "cut", longer, "-o", "rest/disc.svg", *PARTS, "--config", "mine.toml")
    assert rest["files"] == [f"rest/{name}" for name in made["files"][2:]]
    assert rest["points"] < made["points"]
    later = [(place / "rest" / name).read_bytes() == before[name] for name in made["files"][2:]]
    assert later == [False] + [True] * (len(later) - 1)
    heard(run, *made["files"][:2], "rest")


def test_the_rest_of_one_file(run: Run, place: Path, longer: Path) -> None:
    whole = report(run, "cut", longer, "-o", "disc.svg", *SMALL)
    rest = report(run, "cut", longer, "-o", "rest.svg", *SMALL, "--from-turn", f"{whole['turns'] / 2:.3f}")
    assert rest["files"] == ["rest.svg"]
    assert rest["points"] == pytest.approx(whole["points"] / 2, rel=0.01)
    assert {k: v for k, v in rest.items() if k not in ("files", "points", "bytes", "machine_seconds")} == {
        k: v for k, v in whole.items() if k not in ("files", "points", "bytes", "machine_seconds")
    }


def test_turns_that_are_none(run: Run, untouched: Path, wav: Path) -> None:
    for text in ("-1", "x", "", "1e3", "nan", "123456", "٣", "1,5", "3 4"):
        refused(
            run("cut", wav, "-o", "out.svg", *SMALL, f"--from-turn={text}"),
            "from-turn",
            "no number of turns",
            codes=(2,),
        )
    line = refused(run("cut", wav, "-o", "out.svg", *SMALL, "--from-turn", "500"), "from turn 500", codes=(1,))
    assert "the drawing has " in line
    refused(run("cut", wav, "-o", "out.png", *SMALL, "--from-turn", "1"), "png is not", "svg", codes=(1,))
    refused(run("cut", wav, wav, "-o", "out.svg", *SMALL, "--sides", "2", "--from-turn", "1"), "one side", codes=(1,))


@pytest.mark.usefixtures("limited")
def test_parts_do_not_go_through_a_pipe(run: Run, untouched: Path, longer: Path) -> None:
    line = refused(run("cut", longer, "-o", "-", "--format", "svg", *PARTS, "--quiet"), "one pipe", codes=(1,))
    assert "files of 3 turns" in line


@pytest.mark.usefixtures("limited")
def test_a_former_cut_is_told_of(run: Run, place: Path, longer: Path, wav: Path) -> None:
    made = report(run, "cut", longer, "-o", "disc.svg", *PARTS)
    fewer = report(run, "cut", longer, "-o", "disc.svg", *PARTS, "--end", "2.5")
    assert 1 < len(fewer["files"]) < len(made["files"])
    assert any(made["files"][len(fewer["files"])] in said for said in fewer["warnings"])
    assert set(snapshot(place)) == set(made["files"])


@pytest.mark.usefixtures("limited")
def test_an_interrupt_leaves_no_part(place: Path, tmp_path: Path) -> None:
    (place / "disc-02.svg").write_bytes(b"precious")
    long = song(tmp_path / "long.wav", 30, 44100)
    with start("cut", long, "-o", "disc.svg", "--machine", "limited") as running:
        wait_for(running, lambda: len(list(place.glob(".bonemusic-*.part"))) > 2)
        assert running.poll() is None
        running.send_signal(signal.SIGINT)
        assert told(running) == ["bonemusic: interrupted; nothing half-made is left"]
        assert running.returncode == 130
    assert snapshot(place) == {"disc-02.svg": b"precious"}


# Playing


def test_what_cannot_be_played_together(run: Run, untouched: Path, disc: Path, wav: Path) -> None:
    refused(run("play", "-o", "out.wav"), "missing argument", codes=(2,))
    refused(run("play", disc, wav, "-o", "out.wav"), "song.wav", "no drawing of a disc", codes=(1,))
    refused(run("play", disc, "absent.svg", "-o", "out.wav"), "absent.svg", "no such file", codes=(1,))
    refused(run("play", "-", "-", "-o", "out.wav"), "standard input", codes=(2,))
    (untouched / "empty").mkdir()
    refused(run("play", "empty", "-o", "out.wav"), "holds no drawing of a disc", codes=(1,))


def test_the_output_is_none_of_the_parts(run: Run, place: Path, disc: Path) -> None:
    shutil.copy(disc, place / "disc.svg")
    before = snapshot(place)
    refused(run("play", ".", "-o", "disc.svg", "--format", "wav"), "would be lost", codes=(1,))
    assert snapshot(place) == before


def test_a_folder_with_one_disc_is_that_disc(run: Run, place: Path, disc: Path) -> None:
    shutil.copy(disc, place / "disc.svg")
    (place / "notes.txt").write_text("for Anna")
    told_ = report(run, "play", ".", "-o", "../a.wav")
    assert told_["disc"] == "place"
    assert told_["warnings"] == ["passed over in the folder, as no drawing: 'notes.txt'"]
    np.testing.assert_array_equal(heard(run, "."), heard(run, disc))
