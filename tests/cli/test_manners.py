"""What the command says, to whom, and how fast."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from bonemusic import __version__
from bonemusic.cli.main import _load, cli

from .conftest import COMMAND, Run, refused

SMALL = ("--disc", "card-5in-78")
CUT_KEYS = """disc rpm curve machine pitch level_db seconds turns outer_radius_mm inner_radius_mm
music_seconds music_turns music_outer_radius_mm music_inner_radius_mm
peak_velocity_cm_s peak_displacement_um closest_turns_um closest_land_um
points bytes predicted_snr_db bandwidth_hz machine_seconds warnings"""


def commands() -> list[click.Command]:
    _load()
    return [cli, *cli.commands.values()]


def on_terminal(*args: object, **env: str) -> tuple[int, str]:
    """Exit code and all that a terminal of 80 columns was sent."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *map(str, args)], stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **env}
    ) as running:
        os.close(theirs)
        sent = b""
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            sent += part
        os.close(ours)
    return running.returncode, sent.decode()


def left_on_screen(sent: str) -> list[str]:
    """What stays to be read of lines that are drawn over themselves."""
    lines = sent.replace("\r\n", "\n").split("\n")
    return [line.rsplit("\r\x1b[K", 1)[-1] for line in lines if line]


def test_every_command_and_option_has_help() -> None:
    assert {c.name for c in commands()} >= {"cut", "play", "list", "demo"}
    for command in commands():
        assert command.help, command.name
        assert command is cli or command.short_help, command.name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (command.name, option.opts)
                assert option.help.endswith("."), (command.name, option.opts)


def test_help_of_every_command(run: Run) -> None:
    for command in ("cut", "play", "list", "demo"):
        for flag in ("-h", "--help"):
            result = run(command, flag)
            assert result.code == 0
            assert not result.said
            assert result.out.startswith(b"Usage: bonemusic " + command.encode())
    assert run("--version").out.decode().split() == ["bonemusic", __version__]


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
from bonemusic.cli.main import run
code = run(["--help"])
heavy = {"numpy", "numba", "scipy", "soundfile", "soxr", "PIL", "av"} & set(sys.modules)
sys.exit(repr(heavy) if heavy else code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"cut" in done.stdout


def test_wrong_usage(run: Run, untouched: Path) -> None:
    for args, words in {
        ("cut",): ("SONG",),
        ("cut", "a.wav"): ("-o",),
        ("cut", "a.wav", "-o"): ("-o", "argument"),
        ("cut", "a.wav", "-o", "out.svg", "--levl", "3"): ("--levl", "--level"),
        ("cut", "a.wav", "-o", "out.svg", "--json=yes"): ("--json",),
        ("play",): ("DISC",),
        ("list",): ("KIND", "discs"),
        ("list", "nonsense"): ("nonsense", "turntables"),
        ("list", "disc"): ("discs",),
        ("list", "discs", "a", "b"): ("b", "quotes"),
        ("cutt",): ("cutt", "cut"),
        ("nonsense",): ("nonsense", "--help"),
        ("--nonsense",): ("--nonsense", "--help"),
    }.items():
        refused(run(*args), *words, codes=(2,))
    refused(run("list", "discs", "10in-87"), "10in-78", codes=(2,))
    refused(run("list", "discs", ""), "''", codes=(2,))


def test_no_arguments_show_the_help(run: Run) -> None:
    result = run()
    assert result.code == 2
    assert not result.out
    assert result.said[0].startswith("Usage: bonemusic")


def test_lists(run: Run) -> None:
    for kind in ("discs", "curves", "machines", "styli", "sheets", "turntables"):
        words = run("list", kind)
        assert (words.code, words.said) == (0, ())
        told = json.loads(run("list", kind, "--json").out)
        assert told["kind"] == kind
        assert [line.split()[0] for line in words.out.decode().splitlines()] == list(told["presets"])
        for name in told["presets"]:
            assert run("list", kind, name).code == 0


def test_json_is_one_object_and_nothing_else(run: Run, place: Path, songs: Path) -> None:
    result = run("cut", songs / "stereo.flac", "-o", "a.svg", *SMALL, "--json")
    assert result.code == 0
    assert result.out.count(b"\n") == 1
    report: dict[str, Any] = json.loads(result.out, parse_constant=pytest.fail)
    assert set(CUT_KEYS.split()) <= set(report)
    assert report["bytes"] == (place / "a.svg").stat().st_size
    assert result.said == tuple(f"note: {w}" for w in report["warnings"])
    assert len(result.said) == 1


def test_quiet_is_quiet(execute: Run, place: Path, songs: Path, disc: Path) -> None:
    song = songs / "stereo.mp3"
    assert execute("cut", song, "-o", "a.svg", *SMALL, "--quiet") == execute("play", disc, "-o", "a.wav", "--quiet")
    result = execute("cut", song, "-o", "a.svg", *SMALL, "--quiet", "--json")
    assert (result.code, result.said) == (0, ())
    assert json.loads(result.out)["warnings"]
    refused(execute("cut", "missing.wav", "-o", "a.svg", "--quiet"), "missing.wav")


def test_no_bar_where_there_is_no_terminal(execute: Run, place: Path, wav: Path) -> None:
    result = execute("cut", wav, "-o", "a.svg", *SMALL, env={**os.environ, "FORCE_COLOR": "1"})
    assert result.code == 0
    assert len(result.said) == 4
    assert all(line.isprintable() for line in result.said)


def test_a_bar_that_clears_itself(place: Path, wav: Path) -> None:
    code, sent = on_terminal("cut", wav, "-o", "a.svg", *SMALL, TERM="xterm")
    assert code == 0
    assert "█" in sent
    assert "\x1b[36m" in sent
    left = [line for line in left_on_screen(sent) if "preparing" not in line]
    assert len(left) == 4
    assert left[0].startswith("song.wav on card-5in-78")
    assert all(line.isprintable() for line in left)
    code, sent = on_terminal("cut", "missing.wav", "-o", "b.svg", TERM="xterm")
    assert code == 1
    left = [line for line in left_on_screen(sent) if "preparing" not in line]
    assert len(left) == 1
    assert left[0].startswith("bonemusic: missing.wav")


def test_colour_and_bar_can_be_done_without(place: Path, wav: Path) -> None:
    missing = ("cut", wav, "-o", "a.svg", "--start", "9")  # the bar is drawn before the song is found too short
    _, plain = on_terminal(*missing, NO_COLOR="1", TERM="xterm")
    assert "\x1b[3" not in plain
    assert "░" in plain
    _, dumb = on_terminal(*missing, TERM="dumb")
    assert "\x1b" not in dumb
    _, quiet = on_terminal("cut", wav, "-o", "a.svg", *SMALL, "--quiet", TERM="xterm")
    assert not quiet


def test_a_drawing_is_not_poured_over_a_terminal(place: Path, wav: Path) -> None:
    code, sent = on_terminal("cut", wav, "-o", "-", "--format", "svg", *SMALL)
    assert code == 2
    assert "is a terminal; write to a file" in sent
    code, sent = on_terminal("cut", "-", "-o", "a.svg", *SMALL, "--quiet")
    assert code == 2
    assert "nothing is piped into it" in sent


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_shells_that_cannot_spell(execute: Run, place: Path, wav: Path, encoding: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    for args in (("cut", "--help"), ("list", "discs"), ("list", "discs", "--json")):
        done = subprocess.run([COMMAND, *args], capture_output=True, env=env, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    (place / "日本.wav").write_bytes(wav.read_bytes())
    done = subprocess.run(
        [COMMAND, "cut", "日本.wav", "-o", "a.svg", *SMALL, "--json"], capture_output=True, env=env, check=False
    )
    assert json.loads(done.stdout)["song"] == "日本.wav"
