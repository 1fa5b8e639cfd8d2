"""Sound files that soundfile reads: WAV, FLAC, OGG, MP3 and their like, opened and read in blocks."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

if TYPE_CHECKING:
    import soundfile

BLOCK = 1 << 18
"""Samples in a block, of all channels together."""
SPELT_BY_SOUNDFILE = (b"RIFF", b"RIFX", b"RF64", b"riff", b"fLaC", b"OggS", b"FORM", b"caff", b".snd")
"""How files begin that soundfile reads, or PyAV where the wrapping holds something else."""
UNKNOWN_TO_SOUNDFILE = (1, 4, 18)
"""libsndfile's errors: unrecognised format, unsupported encoding, unimplemented format."""
UNTOLD_FRAMES = 1 << 50
MP3_SLACK_S = 0.06
"""Two frames: an MP3's count of them is often off by one, and the delays of its coders are told or not."""
_MUTING = threading.Lock()
Block = NDArray[np.float32]


def opened(path: Path, head: bytes, other_reader: bool) -> soundfile.SoundFile | None:
    """The file, open; None where another reader (PyAV) will do better, if there is one, or knows better what to say.

    Raises
    ------
    SoundError
        Damaged.
    """
    import soundfile

    known = head.startswith(SPELT_BY_SOUNDFILE)
    try:
        with nullcontext() if known else _mpg123_muted():
            # by descriptor: soundfile would take some suffixes (.raw) for the content
            file = soundfile.SoundFile(os.open(path, os.O_RDONLY), closefd=True)
    except soundfile.SoundFileError as why:
        # a stream of another kind in a familiar wrapping (AAC in CAF, a film in Ogg) is PyAV's
        strange = isinstance(why, soundfile.LibsndfileError) and why.code in UNKNOWN_TO_SOUNDFILE
        if not known or (strange and other_reader):
            return None
        raise _damaged(path.name, why) from why
    try:
        if other_reader and not _tells_its_length(path, file):
            file.close()
            return None
    except BaseException:
        file.close()
        raise
    return file


def tags(file: soundfile.SoundFile) -> tuple[str, str]:
    """Title and artist as the file says, "" where it does not."""
    try:
        held = file.copy_metadata()
    except UnicodeError:  # old tags in some code page
        return "", ""
    return held.get("title", "").strip(), held.get("artist", "").strip()


def blocks(name: str, file: soundfile.SoundFile, first: int, count: int) -> Iterator[Block]:
    """Frames of an open file, float32, (n, channels), some `BLOCK` samples at a time.

    A header may promise more frames than there are; what is missing is found at the end.

    Raises
    ------
    SoundError
        Damaged, cut short, or nothing there.
    """
    import soundfile

    muted = _mpg123_muted if file.format == "MP3" else nullcontext
    each = max(1, BLOCK // file.channels)
    got = 0
    while got < count:
        try:
            with muted():
                if first and not got:
                    file.seek(first)
                block: Block = file.read(min(each, count - got), dtype="float32", always_2d=True)
        except soundfile.SoundFileError as why:
            raise _damaged(name, why) from why
        if len(block) == 0:
            break
        got += len(block)
        yield block
    rate = int(file.samplerate)
    if got < count - (MP3_SLACK_S * rate if file.format == "MP3" else 0):
        raise SoundError(
            f"{name}: is cut short: {got / rate:.2f} s of {count / rate:.2f} s are there; take a whole copy of the file"
        )
    if got == 0:
        raise SoundError(f"{name}: holds no sound (0 samples); take a whole copy of the file")


def _damaged(name: str, why: Exception) -> SoundError:
    said = str(why).split(": ")[-1].strip().rstrip(".")
    reason = "" if not said or "internal error" in said else f" ({said})"
    return SoundError(f"{name}: is damaged or cut short{reason}; take a whole copy of the file")


@contextmanager
def _mpg123_muted() -> Iterator[None]:
    """Keep libmpg123's remarks on odd files off standard error, where they would pass for ours; nothing else can."""
    with _MUTING:
        try:
            ours = os.dup(2)
        except OSError:  # there is no standard error
            yield
            return
        try:
            nobody = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nobody, 2)
            os.close(nobody)
            yield
        finally:
            os.dup2(ours, 2)
            os.close(ours)


def _tells_its_length(path: Path, file: soundfile.SoundFile) -> bool:
    """Whether the number of frames is told. soundfile would seek in vain in a FLAC stream that was piped; of a plain
    MP3 stream it would guess the length from the first frames, and end the song where the guess does."""
    if file.format != "MP3":
        return int(file.frames) < UNTOLD_FRAMES
    with path.open("rb") as raw:
        head = raw.read(10)
        if head.startswith(b"ID3") and len(head) == 10:  # its size is spelt in 7 bits a byte
            raw.seek(10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True)))
        else:
            raw.seek(0)
        first = raw.read(1 << 13)
    return b"Xing" in first or b"Info" in first
