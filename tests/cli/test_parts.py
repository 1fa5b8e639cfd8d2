"""Several files and folders as one disc, and turns to go on from, from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .conftest import Run, refused, snapshot

SMALL = ("--disc", "card-5in-78")


def report(run: Run, *args: object) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.code == 0, result
    held: dict[str, Any] = json.loads(result.out)
    return held


def heard(run: Run, *sources: object) -> np.ndarray:
    assert run("play", *sources, "-o", "../heard.wav", "--quiet").code == 0
    return soundfile.read("../heard.wav")[0]


def test_turns_that_are_none(run: Run, untouched: Path, wav: Path) -> None:
    for text in ("-1", "x", "", "1e3", "nan", "123456", "٣", "1,5", "3 4"):
        refused(
            run("cut", wav, "-o", "out.svg", *SMALL, f"--from-turn={text}"),
            "from-turn",
            "no number of turns",
            codes=(2,),
        )
    refused(run("cut", wav, "-o", "out.png", *SMALL, "--from-turn", "1"), "png is not", "svg", codes=(1,))
    refused(run("cut", wav, wav, "-o", "out.svg", *SMALL, "--sides", "2", "--from-turn", "1"), "one side", codes=(1,))


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
