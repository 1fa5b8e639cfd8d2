"""What all WAV files of ours share: chunks, and the Broadcast `bext` chunk (EBU Tech 3285)."""

from __future__ import annotations

import struct


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk with its name and size, padded to an even length."""
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def bext(description: str, history: str) -> bytes:
    """The body of a `bext` chunk, version 1, without a date: same input, same bytes.

    Parameters
    ----------
    description : str
        What the file is; 255 characters are kept, what is not ASCII becomes a question mark.
    history : str
        How it came to be, a line a step.
    """
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
