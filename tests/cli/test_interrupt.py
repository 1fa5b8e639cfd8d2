"""Ctrl-C, `kill` and a closed terminal at every moment: exit 130, one line, nothing half-made."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import COMMAND, PREPARING, snapshot, song

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PATIENCE_S = 20


def start(*args: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [COMMAND, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for(running: subprocess.Popen[bytes], moment: Callable[[], bool]) -> None:
    """Wait until the moment has come, or the run has ended."""
    end = time.monotonic() + PATIENCE_S
    while not moment() and running.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.002)


def told(running: subprocess.Popen[bytes]) -> list[str]:
    out, err = running.communicate(timeout=PATIENCE_S)
    assert not out
    return [line for line in err.decode().splitlines() if PREPARING not in line]


def is_waiting_for_input(pid: int) -> bool:
    """Whether a process sleeps in the read of a pipe."""
    try:
        return "pipe" in Path(f"/proc/{pid}/wchan").read_text() or Path(f"/proc/{pid}/syscall").read_text()[:2] == "0 "
    except OSError:
        return False


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song that takes a moment."""
    return song(tmp_path_factory.mktemp("long") / "long.wav", 30, 44100)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda n: n.name)
def test_while_it_writes(untouched: Path, long: Path, number: signal.Signals) -> None:
    with start("cut", long, "-o", "out.svg") as running:
        wait_for(running, lambda: any(untouched.glob(".bonemusic-*.part")))
        assert running.poll() is None
        running.send_signal(number)
        assert told(running) == ["bonemusic: interrupted; nothing half-made is left"]
        assert running.returncode == 130


def test_while_it_waits_for_its_song(untouched: Path, tmp_path: Path) -> None:
    # all of one after another: a second signal right after the first is the same wish
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(
        [COMMAND, "cut", "-", "-o", "out.svg"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment,
    ) as running:  # fmt: skip
        wait_for(running, lambda: any((tmp_path / "tmp").iterdir()))
        for number in SIGNALS:
            running.send_signal(number)
        assert told(running) == ["bonemusic: interrupted; nothing half-made is left"]
        assert running.returncode == 130
    assert not list((tmp_path / "tmp").iterdir())


def test_at_any_moment(place: Path, long: Path) -> None:
    begin = time.monotonic()
    with start("cut", long, "-o", "out.svg", "--quiet") as running:
        assert not told(running)
    whole_s = time.monotonic() - begin
    held = (place / "out.svg").read_bytes()
    for part in (0.2, 0.35, 0.5, 0.65, 0.8):
        (place / "out.svg").write_bytes(b"precious")
        with start("cut", long, "-o", "out.svg", "--quiet") as running:
            time.sleep(0.1 + part * (whole_s - 0.1))
            running.send_signal(SIGNALS[int(100 * part) % 3])
            lines = told(running)
        assert running.returncode == (130 if lines else 0)
        assert lines in ([], ["bonemusic: interrupted; nothing half-made is left"])
        # nothing has happened to the file, or the signal came when it was whole
        assert snapshot(place) in ({"out.svg": b"precious"}, {"out.svg": held})


def test_what_a_shell_asked_to_ignore_is_ignored(untouched: Path, long: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "cut", long, "-o", "new.svg", "--end", "1", "--quiet"],
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as running:
        time.sleep(0.3)
        running.send_signal(signal.SIGHUP)
        assert running.wait(PATIENCE_S) == 0
    (untouched / "new.svg").unlink()
