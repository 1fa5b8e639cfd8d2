"""Outputs are whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import IO

import pytest

from bonemusic.errors import OutputError
from bonemusic.workshop import output
from bonemusic.workshop.output import refuse, whole


def fail(file: IO[bytes], why: BaseException | type[BaseException]) -> None:
    file.write(b"half")
    raise why


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    with whole(path) as file:
        file.write(b"half")
        assert names(tmp_path) != ["a.svg"]
        assert len(names(tmp_path)) == 1
    assert names(tmp_path) == ["a.svg"]
    assert path.read_bytes() == b"half"
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("why", [ValueError, KeyboardInterrupt, SystemExit, MemoryError, BaseException])
def test_nothing_is_left_and_nothing_is_touched(tmp_path: Path, why: type[BaseException]) -> None:
    path = tmp_path / "a.svg"
    path.write_bytes(b"precious")
    with pytest.raises(why), whole(path) as file:
        fail(file, why)
    assert names(tmp_path) == ["a.svg"]
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk(tmp_path: Path, code: int) -> None:
    with (
        pytest.raises(OutputError, match=r"a\.svg: the disk is full; free some space") as told,
        whole(tmp_path / "a.svg"),
    ):
        raise OSError(code, "full")
    assert isinstance(told.value, OSError)
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.EACCES, "may not be written"), (errno.EROFS, "Read-only"), (errno.EIO, "cannot be written there")],
)
def test_other_troubles(tmp_path: Path, code: int, words: str) -> None:
    with pytest.raises(OutputError, match=words), whole(tmp_path / "a.svg"):
        raise OSError(code, os.strerror(code))
    assert not names(tmp_path)


def test_what_is_plain_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, words in {
        tmp_path: "is a directory; name a file in it",
        tmp_path / "none" / "a.svg": "there is no folder .*none; make it first",
        tmp_path / "file" / "a.svg": "file is a file, no folder",
        tmp_path / ("x" * 300): "name is too long",
    }.items():
        for way in (refuse, lambda p: whole(p).__enter__()):
            with pytest.raises(OutputError, match=words):
                way(path)
    refuse(tmp_path / "a.svg")
    refuse(tmp_path / "file")
    refuse(Path("-"))
    assert names(tmp_path) == ["file"]


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.svg"
    path.write_bytes(b"precious")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="the file there is write-protected"), whole(path):
        pass
    with pytest.raises(OutputError, match=r"the folder .* is write-protected"), whole(tmp_path / "b.svg"):
        pass
    assert names(tmp_path) == ["a.svg"]


def test_links_and_modes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o604)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "lost").symlink_to("nowhere")
    for name in ("link", "lost"):
        with whole(tmp_path / name) as file:
            file.write(b"new")
        assert (tmp_path / name).is_symlink()
    assert (tmp_path / "real").read_bytes() == (tmp_path / "nowhere").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o604


def test_tidy_takes_away_what_was_begun(tmp_path: Path) -> None:
    held = whole(tmp_path / "a.svg")
    held.__enter__().write(b"half")
    assert names(tmp_path)
    output.tidy()
    assert not names(tmp_path)
    assert not held.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)


def test_standard_output_gets_all_or_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(ValueError, match="midway"), whole(Path("-")) as file:
        fail(file, ValueError("midway"))
    assert capfdbinary.readouterr().out == b""
    with whole(Path("-")) as file:
        file.write(b"all of it")
        file.seek(0)
        file.write(b"ALL")
    assert capfdbinary.readouterr().out == b"ALL of it"


def test_standard_output_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="standard output is closed"), whole(Path("-")) as file:
        file.write(b"x")


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(output.tempfile, "gettempdir", none)
    with pytest.raises(OutputError, match="TMPDIR"), whole(Path("-")):
        pass


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
def test_devices() -> None:
    with whole(Path("/dev/null")) as file:
        file.write(b"x" * 100_000)
        file.seek(0, 2)
        assert file.tell() == 100_000
    with pytest.raises(OutputError, match="/dev/full: the disk is full"), whole(Path("/dev/full")) as file:
        file.write(b"x" * 100_000)
    assert Path("/dev/full").is_char_device()


def test_what_the_work_is_made_from_is_not_overwritten(tmp_path: Path) -> None:
    song, link = tmp_path / "song.wav", tmp_path / "link.wav"
    song.write_bytes(b"RIFF")
    link.symlink_to(song)
    for out in (song, link):
        with pytest.raises(OutputError, match="would be lost"):
            output.refuse_inputs(out, [tmp_path / "absent", song])
    output.refuse_inputs(tmp_path / "new.svg", [song])
    output.refuse_inputs(Path("-"), [song])
