"""The command, and the independent player's comparison, run in this process: that spares their start."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from bonemusic.cli.main import run as enter

LONGEST_LINE = 400


def _run(*words: object) -> tuple[int, str, list[str]]:
    """How it ended: exit code, standard output, lines on standard error."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = enter([*(str(word) for word in words), "--quiet"])
    said, lines = (each.buffer.getvalue().decode() for each in (out, err))  # type: ignore[attr-defined]
    return code, said, lines.splitlines()


def inside(*words: object) -> dict[str, Any]:
    """What the command says with --json."""
    code, out, lines = _run(*words, "--json")
    assert code == 0, lines
    said: dict[str, Any] = json.loads(out)
    return said


def refused(*words: object) -> str:
    """The one clear line with which the command could not."""
    code, out, lines = _run(*words)
    assert code in (1, 2)
    assert not out
    (line,) = lines
    assert line.startswith("bonemusic: ")
    assert len(line) <= LONGEST_LINE
    assert "Traceback" not in line
    assert "should not have happened" not in line
    return line


def start_of(song: Path, out: Path, seconds: float) -> Path:
    """The song's first seconds."""
    samples, rate = soundfile.read(song, frames=round(seconds * soundfile.info(song).samplerate))
    soundfile.write(out, samples, rate, subtype="FLOAT")
    return out


@cache
def _refplay(shared: Path) -> Any:
    spec = importlib.util.spec_from_file_location("refplay", shared / "check" / "refplay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compared(shared: Path, heard: Path, song: Path) -> dict[str, Any]:
    """The independent player's comparison of a played sound with the song."""
    refplay = _refplay(shared)

    def load(path: Path) -> np.ndarray:
        samples, rate = soundfile.read(path, always_2d=True)
        return np.asarray(soxr.resample(samples.mean(axis=1), rate, refplay.FS))

    said: dict[str, Any] = refplay.compare(load(heard), load(song), [100.0, 4500.0])
    return said
