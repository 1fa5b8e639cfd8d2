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


# Several files that take their names together


def several(folder: Path, *called: str) -> None:
    """Make files, each of which holds its name."""
    with output.together(folder / "a.svg") as drafts:
        for name in called:
            assert drafts.add(lambda file, name=name: file.write(name.encode())) == len(name)  # type: ignore[misc]
        drafts.names = [folder / name for name in called]
        assert all(path.name.startswith(".bonemusic-") for path in drafts.held)


def held(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.parametrize("called", [["1"], ["1", "2", "3"]])
def test_several_files_together(tmp_path: Path, called: list[str]) -> None:
    (tmp_path / "1").write_bytes(b"old")
    (tmp_path / "1").chmod(0o604)
    several(tmp_path, *called)
    assert held(tmp_path) == {name: name.encode() for name in called}
    assert (tmp_path / "1").stat().st_mode & 0o777 == 0o604
    assert not output._PARTS


def test_a_file_that_is_not_wanted(tmp_path: Path) -> None:
    with output.together(tmp_path / "a.svg") as drafts:
        drafts.add(lambda file: file.write(b"1"))
        drafts.add(lambda file: file.write(b"2"))
        drafts.drop()
        drafts.add(lambda file: file.write(b"3"))
        drafts.names = [tmp_path / "a", tmp_path / "b"]
    assert held(tmp_path) == {"a": b"1", "b": b"3"}


@pytest.mark.parametrize("why", [ValueError, KeyboardInterrupt, SystemExit, OSError(errno.ENOSPC, "full")])
def test_of_several_files_nothing_is_left(tmp_path: Path, why: BaseException | type[BaseException]) -> None:
    (tmp_path / "1").write_bytes(b"precious")

    def begin() -> None:
        with output.together(tmp_path / "a") as drafts:
            drafts.add(lambda file: file.write(b"whole"))
            drafts.names = [tmp_path / "1", tmp_path / "2"]
            drafts.add(lambda file: fail(file, why))

    with pytest.raises((ValueError, KeyboardInterrupt, SystemExit, OutputError)):
        begin()
    assert held(tmp_path) == {"1": b"precious"}


@pytest.mark.parametrize("why", [OSError(errno.EIO, "broken"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(5))
def test_names_are_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, why: BaseException) -> None:
    """Two of three are there already: five renamings, each of which may be the one that fails."""
    for name in ("1", "3"):
        (tmp_path / name).write_bytes(b"precious")
    replace, count = Path.replace, iter(range(100))

    def failing(self: Path, target: Path) -> Path:
        if next(count) == at:
            raise why
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        several(tmp_path, "1", "2", "3")
    assert held(tmp_path) == {"1": b"precious", "3": b"precious"}
    assert not output._NAMING
    assert not output._PARTS


def test_tidy_gives_names_back(tmp_path: Path) -> None:
    """An interrupt may come where nothing is caught: what was begun is written down."""
    for name in ("1", "3"):
        (tmp_path / name).write_bytes(b"precious")
    parts = [tmp_path / f".bonemusic-{n}.part" for n in range(3)]
    for part in parts:
        part.write_bytes(b"new")
    kept = [tmp_path / ".bonemusic-a.part", None, tmp_path / ".bonemusic-b.part"]
    output._PARTS.update(parts)
    output._NAMING.extend(
        output._Naming(p, tmp_path / str(n + 1), k) for n, (p, k) in enumerate(zip(parts, kept, strict=True))
    )
    (tmp_path / "1").replace(tmp_path / ".bonemusic-a.part")
    parts[0].replace(tmp_path / "1")
    parts[1].replace(tmp_path / "2")
    output.tidy()
    output.tidy()
    output._PARTS.clear()
    assert held(tmp_path) == {"1": b"precious", "3": b"precious"}


def test_several_files_refused_beforehand(tmp_path: Path) -> None:
    (tmp_path / "2").mkdir()
    with pytest.raises(OutputError, match="2 is a directory"):
        several(tmp_path, "1", "2")
    with pytest.raises(OutputError, match="there is no folder"), output.together(tmp_path / "none" / "a"):
        pass
    assert names(tmp_path) == ["2"]


def test_one_of_them_through_a_pipe(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with output.together(Path("-")) as drafts:
        drafts.add(lambda file: file.write(b"dropped"))
        drafts.drop()
        drafts.add(lambda file: file.write(b"all of it"))
    assert capfdbinary.readouterr().out == b"all of it"
    assert output.is_stream(Path("-"))
    assert output.is_stream(Path("/dev/null"))
    assert not output.is_stream(Path("absent"))
