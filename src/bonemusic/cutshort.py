"""Sound files that end too early, found before a decoder passes over it in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from .errors import SoundError


def refuse_cut_short(path: Path, head: bytes) -> None:
    """Find what decoders pass over in silence: a file that is shorter than its own header says.

    Parameters
    ----------
    path : Path
    head : bytes
        Its first 64 bytes.

    Raises
    ------
    SoundError
        Cut short, or it cannot be read.
    """
    try:
        size = path.stat().st_size
        short = _promised_bytes(path, head) > size
        if head.startswith(b"OggS"):
            with path.open("rb") as raw:
                raw.seek(max(0, size - (1 << 17)))
                tail = raw.read()
            last = tail.rfind(b"OggS\0")
            # RFC 3533 §6: bit 2 of a page's flags marks the last page of a stream
            short = last < 0 or len(tail) < last + 27 or not tail[last + 5] & 4 or not _page_is_whole(tail[last:])
    except OSError as why:
        raise SoundError(f"{path}: cannot be read ({why.strerror}); take another copy of the file") from why
    if short:
        raise SoundError(f"{path.name}: is cut short, its end is missing; take a whole copy of the file")


def _promised_bytes(path: Path, head: bytes) -> int:
    """How long a file of plain samples is by its own word; 0 where it gives none, as streams of unknown length do."""
    if len(head) < 24:
        return 0
    if head[:4] in (b"RIFF", b"RIFX") and head[8:12] == b"WAVE":
        return _promised_by_wav(path, "little" if head[:4] == b"RIFF" else "big")
    base, said, unknown = 0, 0, 0xFFFFFFFF
    if head.startswith(b"FORM"):
        base, said = 7, int.from_bytes(head[4:8], "big")  # 8, and one less: the last byte may be padding left out
    elif head.startswith(b".snd"):
        base, said = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    elif head.startswith(b"riff\x2e\x91\xcf\x11"):
        said, unknown = int.from_bytes(head[16:24], "little"), (1 << 63) - 1
    elif head.startswith(b"RF64") and head[12:16] == b"ds64" and len(head) >= 28:
        base, said, unknown = 8, int.from_bytes(head[20:28], "little"), (1 << 64) - 1
    return 0 if said in (0, unknown) else base + said


def _promised_by_wav(path: Path, order: Literal["little", "big"]) -> int:
    """Where the data chunk ends by its own word (0 and 2³²-1 stand for a stream of unknown length)."""
    with path.open("rb") as raw:
        raw.seek(12)
        for _ in range(64):
            chunk = raw.read(8)
            if len(chunk) < 8:
                break
            length = int.from_bytes(chunk[4:], order)
            if chunk[:4] == b"data":
                return 0 if length in (0, 0xFFFFFFFF) else raw.tell() + length
            raw.seek(length + (length & 1), 1)
    return 0


def _page_is_whole(page: bytes) -> bool:
    segments = page[26]
    return len(page) >= 27 + segments + sum(page[27 : 27 + segments])
