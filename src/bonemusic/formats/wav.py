"""What all WAV files of ours share: chunks, and the Broadcast `bext` chunk (EBU Tech 3285, its history EBU R 98)."""

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
        What the file is; 255 characters are kept, what is not printed or not ASCII becomes a question mark.
    history : str
        How it came to be, a line a step.
    """
    lines = "".join(f"{line}\r\n" for line in history.splitlines())
    return struct.pack(
        "<256s32s32s10s8sQH64s190s",
        _printed(description).encode("ascii", "replace")[:255],
        b"Bonemusic",
        b"",
        b"",
        b"",
        0,
        1,
        b"",
        b"",
    ) + lines.encode("ascii", "replace")


def coding(algorithm: str, mode: str, told: str, rate_hz: int | None = None) -> str:
    """One line of a `bext` chunk's history, as EBU R 98 spells it.

    Parameters
    ----------
    algorithm : str
        ANALOGUE, or PCM (of 24 bits).
    mode : str
        mono or stereo.
    told : str
        Anything; commas part the fields and lines the steps, so neither stays in it.
    rate_hz : int or None
        Of PCM.
    """
    rate = "" if rate_hz is None else f"F={rate_hz},W=24,"
    return f"A={algorithm},{rate}M={mode},T={_printed(told.replace(',', ';'))}"


def _printed(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
