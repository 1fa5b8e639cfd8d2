"""Discs in every format of lines: whole commands on real music; writers against readers. Kept: benchmarks/figures.md.

Wanted (issue "Real machines"): a 190 s song to each format, time and memory told; XY G-code of 60 s of music in 3 s at
most; reading no slower than twice the writing.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bonemusic import formats
from bonemusic.formats import CutDisc
from bonemusic.paths import layers
from bonemusic.paths.ready import ready
from bonemusic.progress import silent
from bonemusic.workshop.planned import planned
from bonemusic.workshop.recipe import Recipe
from bonemusic.workshop.side import groove_of
from bonemusic.workshop.songs import opened
from bonemusic.workshop.wish import Wish

COMMAND = Path(sys.executable).parent / "bonemusic"
SUFFIXES = {"svg": "svg", "dxf": "dxf", "pdf": "pdf", "gcode": "gcode", "hpgl": "plt"}
SONG_S = 190.0
MOST_MB = 700
"""What the main job may take, in whatever format."""
GCODE_S = 3.0


def _run(*words: object) -> tuple[float, float]:
    """Run the command; seconds it took and the most memory it held, MB."""
    begin = time.perf_counter()
    pid = os.posix_spawn(str(COMMAND), [str(COMMAND), *(str(w) for w in words), "--quiet"], dict(os.environ))
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return time.perf_counter() - begin, usage.ru_maxrss * 1024 / 1e6


def _music(name: str) -> Path:
    shared = Path(os.environ.get("BONEMUSIC_SHARED", Path(__file__).parent.parent.parent / "shared"))
    song = shared / "data" / "music" / name
    if not song.exists():
        pytest.skip(f"no shared data at {shared}; set BONEMUSIC_SHARED")
    return song


@pytest.fixture(scope="module")
def knolls() -> Path:
    return _music("knolls-190s.ogg")


@pytest.fixture(scope="module")
def minstrels() -> Path:
    return _music("minstrels-60s.flac")


@pytest.mark.parametrize("name", SUFFIXES)
def test_knolls_to_each_format_and_back(benchmark: Any, knolls: Path, tmp_path: Path, name: str) -> None:
    disc, memory = tmp_path / f"d.{SUFFIXES[name]}", []

    def cut() -> None:
        memory.append(_run("cut", knolls, "-o", disc)[1])

    benchmark.pedantic(cut, rounds=3, warmup_rounds=1)
    play_s, play_mb = min(_run("play", disc, "-o", tmp_path / "heard.wav") for _ in range(2))
    benchmark.extra_info.update(
        times_real_time=round(SONG_S / benchmark.stats.stats.min, 1),
        peak_mb=round(max(memory)),
        wanted_mb=f"<= {MOST_MB}",
        file_mb=round(disc.stat().st_size / 1e6, 1),
        play_s=round(play_s, 2),
        play_peak_mb=round(play_mb),
    )
    assert max(memory) <= MOST_MB


@pytest.mark.parametrize("machine", ["ideal", "cnc", "grbl-laser"])
def test_gcode_of_60_s_by_the_command(benchmark: Any, minstrels: Path, tmp_path: Path, machine: str) -> None:
    """Told for machines whose points are searched for, which takes longer than to write them; held for the others."""
    words = ("cut", minstrels, "-o", tmp_path / "d.gcode", "--machine", machine)
    benchmark.pedantic(lambda: _run(*words), rounds=2, warmup_rounds=1)
    benchmark.extra_info.update(machine=machine, wanted=f"<= {GCODE_S:.0f} s")
    if machine == "ideal":
        assert benchmark.stats.stats.min <= GCODE_S


@pytest.mark.parametrize("machine", ["ideal", "cnc", "grbl-laser"])
def test_gcode_of_60_s_by_the_writer(benchmark: Any, minstrels: Path, machine: str) -> None:
    """Points that are searched for are found before."""
    work = _work(minstrels, machine)
    gcode = formats.for_writing(Path("d.gcode"), None).write
    assert gcode is not None
    benchmark.pedantic(lambda: gcode(io.BytesIO(), work, silent), rounds=2, warmup_rounds=1)
    benchmark.extra_info.update(machine=machine, wanted=f"<= {GCODE_S:.0f} s")
    assert benchmark.stats.stats.min <= GCODE_S


def _work(song: Path, machine: str) -> CutDisc:
    """A song's groove on its disc, ready to be written for a machine."""
    recipe = Recipe(machine=machine)
    wish = Wish.of(recipe, False)
    with opened([song], recipe, wish.stereo) as songs:
        found = planned(songs, wish, silent)
        groove = groove_of(found, wish, song.stem, silent)
    line = ready(groove, wish.disc, wish.machine, found.bandwidth_hz)
    after = layers.of_disc(wish.disc, wish.machine, wish.sheet.thickness_m)
    return CutDisc(groove, wish.disc, wish.machine, wish.dots_per_m, line=line, layers=after)


@pytest.fixture(scope="module", params=["ideal", "grbl-laser"])
def work(request: Any, minstrels: Path) -> CutDisc:
    """60 s of music: on a grid so fine that points are chosen as they come, and on one where they are searched for."""
    return _work(minstrels, request.param)


@pytest.mark.parametrize("name", SUFFIXES)
def test_reading_is_no_slower_than_twice_the_writing(benchmark: Any, work: CutDisc, tmp_path: Path, name: str) -> None:
    """Writing is choosing points and spelling them; `spelling_s` is the latter alone, where they can be held."""
    (spelling,) = (each for each in formats.known() if each.name == name)
    disc, line = tmp_path / f"d.{SUFFIXES[name]}", work.line
    assert spelling.write is not None
    assert spelling.draw is not None
    assert line is not None
    with disc.open("wb") as file:
        points = spelling.write(file, work, silent)
    spelling.draw(disc)  # what is compiled is loaded

    def write() -> None:
        spelling.write(io.BytesIO(), work, silent)

    if line.held:
        benchmark.extra_info["spelling_s"] = round(min(_seconds(write) for _ in range(3)), 3)
    benchmark.pedantic(write, setup=line.held.clear, rounds=1 if line.held else 3)
    read_s = min(_seconds(lambda: spelling.draw(disc)) for _ in range(3))
    least = benchmark.stats.stats.min
    benchmark.extra_info.update(
        machine=work.machine.name,
        million_points=round(points / 1e6, 2),
        mb=round(disc.stat().st_size / 1e6, 1),
        read_s=round(read_s, 3),
        ratio=round(read_s / least, 2),
        wanted="ratio <= 2",
    )
    assert read_s <= 2 * least


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
