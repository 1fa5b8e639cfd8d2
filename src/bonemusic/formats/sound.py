"""Sound out: WAV with a Broadcast `bext` chunk (EBU Tech 3285), 24 bit; other sound files by their suffix."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

from ..audio import Audio, write
from ..errors import FormatError

SUFFIXES = {
    ".wav": ("WAV", "PCM_24"),
    ".flac": ("FLAC", "PCM_24"),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
PIPE_SUFFIX = ".wav"
MAX_WAV = (1 << 32) - (1 << 16)


def spelling(path: Path, name: str | None = None) -> str:
    """The suffix that says how sound is written to that path (or the format named).

    Raises
    ------
    FormatError
        No sound format is named so.
    """
    suffix = f".{name.lower().lstrip('.')}" if name else PIPE_SUFFIX if str(path) == "-" else path.suffix.lower()
    if suffix not in SUFFIXES:
        said = path.suffix[:20] or "no suffix" if not name else name[:20]
        raise FormatError(f"{path.name[-80:]}: {said} is no sound format; known are {', '.join(SUFFIXES)}")
    return suffix


def write_sound(file: IO[bytes], audio: Audio, suffix: str, description: str, history: str) -> None:
    """Write sound to an open, seekable file.

    Parameters
    ----------
    file : binary file
    audio : Audio
        Within ±1; what lies beyond is clipped.
    suffix : str
        One of `SUFFIXES`.
    description, history : str
        For WAV's `bext` chunk: what it is (256 bytes), and how it came to be, a line a step.
    """
    name, subtype = SUFFIXES[suffix]
    if name != "WAV":
        write(file, audio, subtype, name)
        return
    size = audio.samples.size * 3
    if size > MAX_WAV:
        raise FormatError("the sound is too long for a WAV file (4 GB); write .flac instead")
    bext = _chunk(b"bext", _bext(description, history))
    layout = struct.pack(
        "<HHIIHH", 1, audio.channels, audio.rate_hz, audio.rate_hz * audio.channels * 3, audio.channels * 3, 24
    )
    head = bext + _chunk(b"fmt ", layout) + struct.pack("<4sI", b"data", size)
    file.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + size + (size & 1), b"WAVE") + head)
    write(file, audio, subtype, "RAW")
    file.seek(0, 2)
    file.write(b"\0" * (size & 1))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def _bext(description: str, history: str) -> bytes:
    """The chunk's body, version 1, without a date: same input, same bytes."""
    lines = "".join(f"{line}\r\n" for line in history.splitlines())
    return struct.pack(
        "<256s32s32s10s8sQH64s190s",
        description.encode("ascii", "replace")[:255],
        b"Bonemusic",
        b"",
        b"",
        b"",
        0,
        1,
        b"",
        b"",
    ) + lines.encode("ascii", "replace")
