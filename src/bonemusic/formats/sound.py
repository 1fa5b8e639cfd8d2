"""Sound out: WAV with a Broadcast `bext` chunk (EBU Tech 3285), 24 bit; other sound files by their suffix."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from ..audio import BLOCK, Audio, Block, write
from ..errors import FormatError
from ..units import shown
from . import wav
from .registry import suffix_of

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
        listed = ", ".join(SUFFIXES)
        if name is not None:
            raise FormatError(f"there is no sound format {shown(name)}; known are {listed}")
        raise FormatError(f"{suffix_of(path)}, which would tell the format; use one of {listed}, or add --format")
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
        held = io.BytesIO()
        write(held, audio, subtype, name)
        file.write(_numbered_alike(held.getbuffer()) if name == "OGG" else held.getbuffer())
        return
    size = audio.samples.size * 3
    if size > MAX_WAV:
        raise FormatError("the sound is too long for a WAV file (4 GB); write .flac instead")
    bext = wav.chunk(b"bext", wav.bext(description, history))
    layout = struct.pack(
        "<HHIIHH", 1, audio.channels, audio.rate_hz, audio.rate_hz * audio.channels * 3, audio.channels * 3, 24
    )
    head = bext + wav.chunk(b"fmt ", layout) + struct.pack("<4sI", b"data", size)
    file.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + size + (size & 1), b"WAVE") + head)
    for a in range(0, len(audio.samples), BLOCK):
        file.write(_pcm_24(audio.samples[a : a + BLOCK]))
    file.write(b"\0" * (size & 1))


def _pcm_24(samples: Block) -> bytes:
    """Whole numbers of 24 bits, little end first; full scale is 2²³, as readers divide."""
    whole = np.rint(np.clip(samples.astype(np.float64), -1.0, 1.0) * (1 << 23))
    least_first = np.minimum(whole, (1 << 23) - 1).astype("<i4").reshape(-1, 1).view(np.uint8)
    return least_first[:, :3].tobytes()


def _numbered_alike(ogg: memoryview) -> bytes:
    """The stream with serial number 1 in place of libsndfile's random one: same input, same bytes (RFC 3533 §6)."""
    out = bytearray(ogg)
    page = 0
    while out[page : page + 4] == b"OggS":
        lacing = out[page + 27 : page + 27 + out[page + 26]]
        end = page + 27 + len(lacing) + sum(lacing)
        out[page + 14 : page + 18] = struct.pack("<I", 1)
        out[page + 22 : page + 26] = bytes(4)
        out[page + 22 : page + 26] = struct.pack("<I", _ogg_crc(bytes(out[page:end])))
        page = end
    return bytes(out)


def _ogg_crc(page: bytes) -> int:
    """CRC-32 with the highest bit first, from 0 (zlib's takes the lowest first, from all ones)."""
    crc = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
