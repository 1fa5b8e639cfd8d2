"""Where results go: files, pipes, devices, full disks; and that nothing half-written is ever left."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic.cli.options import FileName

from .conftest import COMMAND, Run, refused, snapshot

SMALL = ("--disc", "card-5in-78")
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.is_char_device(), reason="there is no /dev/full")


def at_most(size: int) -> Callable[[], None]:
    """For a child: no file may grow beyond the size, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_what_may_not_be_read_is_left_to_whoever_opens_it() -> None:
    """Not being allowed is no wrong usage (2): it could not be done (1)."""
    assert not FileName().readable


def test_places_that_are_none(run: Run, untouched: Path, wav: Path, disc: Path) -> None:
    (untouched / "sub").mkdir()
    for command, source, suffix in (("cut", wav, ".svg"), ("play", disc, ".wav")):
        refused(run(command, source, "-o", f"nowhere/out{suffix}"), "nowhere", "make it", codes=(1,))
        refused(run(command, source, "-o", f"out.svg/x{suffix}"), "out.svg is a file", codes=(1,))
        refused(run(command, source, "-o", f"/proc/x{suffix}"), "/proc", codes=(1,))
        refused(run(command, source, "-o", "sub"), "sub is a directory", "name a file", codes=(1,))
        refused(run(command, source, "-o", "sub/"), "directory", codes=(1,))
        refused(run(command, source, "-o", "x" * 300 + suffix), "name is too long", codes=(1,))
        refused(run(command, source, "-o", ""), "empty", codes=(2,))
    assert not list((untouched / "sub").iterdir())


def test_a_place_is_looked_at_before_the_work(run: Run, untouched: Path) -> None:
    refused(run("cut", "missing.wav", "-o", "nowhere/out.svg"), "nowhere")


def test_a_folder_without_permission(
    run: Run, untouched: Path, wav: Path, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def access(path: object, mode: int) -> bool:  # root may write anywhere, so the system's answer is made up
        return not (mode & os.W_OK)

    monkeypatch.setattr(os, "access", access)
    refused(run("cut", wav, "-o", "new.svg"), "folder . is write-protected", codes=(1,))
    refused(run("play", disc, "-o", "new.wav"), "folder . is write-protected", codes=(1,))
    refused(run("cut", wav, "-o", "out.svg"), "file there is write-protected", codes=(1,))


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_really_without_permission(run: Run, place: Path, wav: Path) -> None:
    (place / "closed").mkdir(mode=0o555)
    refused(run("cut", wav, "-o", "closed/a.svg"), "write-protected", codes=(1,))


def test_formats_that_are_none(run: Run, untouched: Path, wav: Path, disc: Path) -> None:
    refused(run("cut", wav, "-o", "disc"), "'disc' has no suffix", "svg", "--format")
    refused(run("cut", wav, "-o", ".svg"), "no suffix")
    refused(run("cut", wav, "-o", "disc.xyz"), "unknown suffix '.xyz'", "svg", "--format")
    refused(run("cut", wav, "-o", "disc.flac"), "unknown suffix '.flac'")
    refused(run("cut", wav, "-o", "new.svg", "--format", "svgg"), "'svgg'", "did you mean svg?")
    refused(run("cut", wav, "-o", "new.svg", "--format", ""), "known are", "svg")
    refused(run("cut", wav, "-o", "-"), "standard output", "--format", "svg")
    refused(run("play", disc, "-o", "heard"), "'heard' has no suffix", ".wav", "--format")
    refused(run("play", disc, "-o", "heard.svg"), "unknown suffix '.svg'", ".wav")
    refused(run("play", disc, "-o", "heard.wav", "--format", "aiff"), "'aiff'", ".flac")


def test_a_format_that_is_named_outranks_the_suffix(run: Run, place: Path, wav: Path, disc: Path) -> None:
    for name in ("SVG", ".svg"):
        assert run("cut", wav, "-o", "a.xyz", *SMALL, "--format", name).code == 0
        assert (place / "a.xyz").read_bytes().startswith(b"<?xml")
    assert run("play", disc, "-o", "b", "--format", "FLAC").code == 0
    assert (place / "b").read_bytes().startswith(b"fLaC")


def test_a_disc_into_a_pipe_is_the_same_as_into_a_file(execute: Run, place: Path, wav: Path) -> None:
    piped = execute("cut", wav, "-o", "-", "--format", "svg", *SMALL)
    assert piped.code == 0
    assert len(piped.said) == 4
    filed = execute("cut", wav, "-o", "a.svg", *SMALL)
    assert filed.said == piped.said
    assert piped.out == (place / "a.svg").read_bytes()
    assert piped.out.rstrip().endswith(b"</svg>")


def test_a_sound_into_a_pipe_is_the_same_as_into_a_file(execute: Run, run: Run, place: Path, disc: Path) -> None:
    with disc.open("rb") as held:
        piped = execute("play", "-", "-o", "-", "--quiet", stdin=held)
    assert piped.code == 0
    assert not piped.said
    (place / "stdin").write_bytes(disc.read_bytes())  # the name is in the file
    assert run("play", "stdin", "-o", "a.wav").code == 0
    assert piped.out == (place / "a.wav").read_bytes()


def test_standard_output_holds_one_thing(run: Run, untouched: Path, wav: Path, disc: Path) -> None:
    refused(run("cut", wav, "-o", "-", "--format", "svg", "--json"), "--json", "-o -", codes=(2,))
    refused(run("play", disc, "-o", "-", "--json"), "--json", "-o -", codes=(2,))


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_same_disc_same_bytes_of_sound(run: Run, place: Path, disc: Path, suffix: str) -> None:
    for name in ("a", "b"):
        assert run("play", disc, "-o", f"{name}.{suffix}").code == 0
    assert (place / f"a.{suffix}").read_bytes() == (place / f"b.{suffix}").read_bytes()
    samples, rate = soundfile.read(place / f"a.{suffix}")
    assert rate == 48_000
    assert len(samples) > 48_000
    assert 0.5 < np.abs(samples).max() < 1


def test_a_link_stays_a_link_and_a_mode_its_mode(run: Run, place: Path, wav: Path) -> None:
    (place / "real.svg").write_bytes(b"old")
    (place / "real.svg").chmod(0o640)
    (place / "link.svg").symlink_to("real.svg")
    assert run("cut", wav, "-o", "link.svg", *SMALL).code == 0
    assert (place / "link.svg").is_symlink()
    assert (place / "real.svg").read_bytes().startswith(b"<?xml")
    assert (place / "real.svg").stat().st_mode & 0o777 == 0o640


@needs_full
def test_a_full_device(execute: Run, untouched: Path, wav: Path, disc: Path) -> None:
    refused(execute("cut", wav, "-o", FULL, "--format", "svg", *SMALL), "/dev/full", "disk is full", codes=(1,))
    for name in ("wav", "ogg"):
        refused(execute("play", disc, "-o", FULL, "--format", name), "/dev/full", "disk is full", codes=(1,))


@needs_full
def test_a_full_standard_output(execute: Run, untouched: Path, wav: Path) -> None:
    with FULL.open("wb") as full:
        result = execute("cut", wav, "-o", "-", "--format", "svg", *SMALL, stdout=full)
        refused(result, "standard output", "disk is full", codes=(1,))
        refused(execute("list", "discs", stdout=full), "standard output", "disk is full", codes=(1,))
        refused(execute("--help", stdout=full), "standard output", "disk is full", codes=(1,))


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("size", [3000, 50_000])
def test_a_full_disk(execute: Run, untouched: Path, wav: Path, disc: Path, size: int) -> None:
    # past the limit a write fails, and the signal SIGXFSZ would end a program that did not ignore it
    how = {"preexec_fn": at_most(size)}
    refused(execute("cut", wav, "-o", "out.svg", *SMALL, **how), "out.svg", "disk is full", codes=(1,))
    refused(execute("play", disc, "-o", "out.wav", **how), "out.wav", "disk is full", codes=(1,))
    if size < 10_000:
        refused(execute("cut", wav, "-o", "out.png", *SMALL, "--dpi", "60", **how), "disk is full", codes=(1,))
        refused(execute("play", disc, "-o", "-", "--format", "mp3", **how), "disk is full", codes=(1,))


def test_a_reader_that_has_enough(place: Path, wav: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "cut", wav, "-o", "-", "--format", "svg", "--quiet", *SMALL],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(10) == b"<?xml vers"
        running.stdout.close()
        said = running.stderr.read().decode().splitlines()
        assert running.wait() == 1
    assert len(said) == 1
    assert "its reader stopped" in said[0]
    assert not snapshot(place)


def test_a_reader_of_words_that_has_enough() -> None:
    script = f"'{COMMAND}' list machines | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert done.returncode in (0, 1)  # 0: all was in the pipe before its reader left
    assert not done.stderr


def test_streams_that_are_closed(place: Path, wav: Path) -> None:
    cut = f"'{COMMAND}' cut '{wav}' {' '.join(SMALL)}"
    for closed, code in (("2>&-", 0), (">&-", 0), ("<&- >&- 2>&-", 0)):
        done = subprocess.run(["bash", "-c", f"{cut} -o a.svg {closed}"], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (code, b"")
        held = (place / "a.svg").read_bytes()
        assert held.startswith(b"<?xml")
        assert held.rstrip().endswith(b"</svg>")
        (place / "a.svg").unlink()
    done = subprocess.run(["bash", "-c", f"{cut} -o - --format svg >&-"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"standard output is closed" in done.stderr
    assert not snapshot(place)


@needs_full
def test_nobody_listens(execute: Run, place: Path, wav: Path) -> None:
    with FULL.open("wb") as full:
        assert execute("cut", wav, "-o", "a.svg", *SMALL, stderr=full).code == 0
        assert execute("cut", "missing.wav", "-o", "b.svg", stderr=full).code == 1
        assert execute("nonsense", stderr=full).code == 2
    assert list(snapshot(place)) == ["a.svg"]


def test_an_error_nobody_foresaw_is_one_line(
    run: Run, untouched: Path, wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonemusic.workshop import cut

    def broken(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(cut, "cut_album", broken)
    result = run("cut", wav, "-o", "out.svg")
    assert result.code == 1
    assert "should not have happened: RuntimeError: two lines; please report" in result.line
    monkeypatch.setenv("BONEMUSIC_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run("cut", wav, "-o", "out.svg")


def test_too_little_memory_is_one_line(run: Run, untouched: Path, wav: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bonemusic.workshop import cut

    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cut, "cut_album", broken)
    refused(run("cut", wav, "-o", "out.svg"), "memory", "--start and --end", codes=(1,))


def test_a_disc_that_is_none(run: Run, untouched: Path, wav: Path) -> None:
    folder = untouched.parent
    (folder / "folder.svg").mkdir()
    (folder / "empty.svg").write_bytes(b"")
    (folder / "random.svg").write_bytes(np.random.default_rng(1).bytes(9000))
    (folder / "text.svg").write_text("It was a dark and stormy night.\n")
    for name in ("missing.svg", "folder.svg", "empty.svg", "random.svg", "text.svg"):
        refused(run("play", folder / name, "-o", "out.wav"), name, codes=(1,))
    refused(run("play", wav, "-o", "out.wav"), "song.wav", "is no drawing", "bonemusic cut", codes=(1,))
    refused(run("play", "y" * 300, "-o", "out.wav"), "name", codes=(1,))
    refused(run("play", "", "-o", "out.wav"), "empty", codes=(2,))


def test_json_of_a_play(run: Run, place: Path, disc: Path) -> None:
    result = run("play", disc, "-o", "a.wav", "--json")
    assert result.code == 0
    assert result.out.count(b"\n") == 1
    report = json.loads(result.out)
    wanted = "seconds rpm curve turns peak_dbfs wow_percent clicks_mended confidence warnings"
    assert set(wanted.split()) <= set(report)
