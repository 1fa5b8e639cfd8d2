"""A clumsy user: songs good and bad, and ways to run the command."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bonemusic.cli.main import run as enter

COMMAND = Path(sys.executable).with_name("bonemusic")
PREPARING = "preparing for the first run"
LONGEST_LINE = 400


@dataclass(frozen=True)
class Result:
    """How a run ended: exit code, standard output, and the lines on standard error."""

    code: int
    out: bytes
    said: tuple[str, ...]

    @property
    def line(self) -> str:
        """The one line of a refusal."""
        assert len(self.said) == 1, self.said
        return self.said[0]


Run = Callable[..., Result]


def _result(code: int, out: bytes, err: bytes) -> Result:
    lines = err.decode("utf-8").splitlines()
    return Result(code, out, tuple(line for line in lines if PREPARING not in line))


def song(path: Path, seconds: float = 0.5, rate: int = 22050, channels: int = 1, **how: Any) -> Path:
    """A soft chord with an attack, of whatever format the name has."""
    t = np.arange(round(seconds * rate)) / rate
    wave = sum(0.2 * np.sin(2 * np.pi * f * t) for f in (220, 277, 330)) * np.minimum(1, 20 * t)
    soundfile.write(path, np.stack([wave * (1 - 0.1 * c) for c in range(channels)], axis=1), rate, **how)
    return path


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and what is in it."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def refused(result: Result, *words: str, codes: tuple[int, ...] = (1, 2)) -> str:
    """Check that a run was refused in one clear line that holds the words, and give the line."""
    assert result.code in codes, result
    assert not result.out
    line = result.line
    assert line.startswith("bonemusic: ")
    assert len(line) <= LONGEST_LINE
    assert re.search(r"[;?]|lies between|cannot be|is more than", line), f"does not say what to do: {line}"
    assert "should not have happened" not in line
    assert "Traceback" not in line
    for word in words:
        assert word.lower() in line.lower(), f"{word!r} is not in {line!r}"
    return line


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to write to, which is also the current one."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the person who runs the tests."""
    monkeypatch.setenv("BONEMUSIC_PRESETS", str(tmp_path_factory.getbasetemp() / "no-presets"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("BONEMUSIC_DEBUG", raising=False)


@pytest.fixture
def run() -> Run:
    """Run the command in this process: all that `main` does but the leaving."""

    def inside(*args: object) -> Result:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = enter([str(a) for a in args])
        return _result(code, out.buffer.getvalue(), err.buffer.getvalue())  # type: ignore[attr-defined]

    return inside


@pytest.fixture
def execute() -> Run:
    """Run the command as a process of its own."""

    def outside(*args: object, **how: Any) -> Result:
        done = subprocess.run(
            [COMMAND, *map(os.fspath, map(_spelt, args))],
            stdout=how.pop("stdout", subprocess.PIPE),
            stderr=how.pop("stderr", subprocess.PIPE),
            timeout=60,
            check=False,
            **how,
        )
        return _result(done.returncode, done.stdout or b"", done.stderr or b"")

    return outside


def _spelt(arg: object) -> str | bytes:
    return arg if isinstance(arg, bytes) else str(arg)


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of songs that can be cut."""
    folder = tmp_path_factory.mktemp("songs")
    song(folder / "song.wav")
    song(folder / "stereo.flac", channels=2, rate=44100)
    song(folder / "stereo.ogg", channels=2, rate=48000)
    song(folder / "stereo.mp3", channels=2, rate=44100)
    return folder


@pytest.fixture(scope="session")
def wav(songs: Path) -> Path:
    """Half a second of mono."""
    return songs / "song.wav"


@pytest.fixture(scope="session")
def disc(tmp_path_factory: pytest.TempPathFactory, wav: Path) -> Path:
    """A small disc with that song."""
    path = tmp_path_factory.mktemp("disc") / "disc.svg"
    with contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO())):
        assert enter(["cut", str(wav), "-o", str(path), "--disc", "card-5in-78", "--quiet"]) == 0
    return path


@pytest.fixture(scope="session")
def compiled(disc: Path, wav: Path) -> None:
    """All that is compiled at its first use is on disk."""
    with contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO())):
        for args in (("play", disc, "heard.wav"), ("cut", wav, "disc.png", "--dpi", "60", "--disc", "card-5in-78")):
            command, source, out, *more = map(str, args)
            assert enter([command, source, "-o", str(disc.parent / out), "--quiet", *more]) == 0


@pytest.fixture
def untouched(place: Path) -> Iterator[Path]:
    """The folder `place` with a file out.svg and out.wav in it; after the test it holds the same as before it."""
    for name in ("out.svg", "out.png", "out.wav"):
        (place / name).write_bytes(b"precious")
    before = snapshot(place)
    yield place
    assert snapshot(place) == before
