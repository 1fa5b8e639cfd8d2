"""Sound as numbers: `Audio`, and sound files to and from it.

Nothing is mixed down or resampled behind a caller's back: `read` gives what the file holds.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

if TYPE_CHECKING:
    import soundfile

RATES_HZ = (1000, 768_000)
MAX_SECONDS = 4 * 3600.0
MAX_SAMPLES = 1 << 31
BLOCK = 1 << 18
SPELT_BY_SOUNDFILE = ("RIFF", "RIFX", "RF64", "fLaC", "OggS", "FORM", "ID3", "caff", ".snd")
Block = NDArray[np.float32]


@dataclass(frozen=True)
class Audio:
    """Sound in memory.

    Attributes
    ----------
    samples : ndarray, float32, (frames, channels)
        Full scale is 1. Read-only.
    rate_hz : int
        Frames per second, 1 kHz to 768 kHz.
    """

    samples: Block
    rate_hz: int

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, np.float32)
        if samples.ndim == 1:
            samples = samples[:, None]
        if samples.ndim != 2:
            raise SoundError(f"samples have {samples.ndim} dimensions; give (frames, channels)")
        if not RATES_HZ[0] <= self.rate_hz <= RATES_HZ[1]:
            raise SoundError(f"{self.rate_hz} Hz is no rate for sound; it lies between 1 and 768 kHz")
        view = samples.view()
        view.flags.writeable = False
        object.__setattr__(self, "samples", view)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[1])


def read(path: Path, start_s: float = 0.0, end_s: float | None = None) -> Audio:
    """Read a sound file: WAV, FLAC, OGG, MP3 and their like; M4A, AAC and video sound tracks with PyAV.

    Parameters
    ----------
    path : Path
        The file; its content decides, not its suffix.
    start_s, end_s : float
        The stretch to read, seconds from the file's beginning; `end_s` None reads to its end.

    Raises
    ------
    SoundError
        Missing, empty, not sound, cut short, too long, or holding NaN.
    """
    head = _head(path)
    import soundfile

    try:
        # by descriptor: soundfile would take some suffixes (.raw) for the content
        with soundfile.SoundFile(os.open(path, os.O_RDONLY), closefd=True) as file:
            _refuse_cut_short(path, head)
            audio = _read_open(path, file, start_s, end_s)
    except soundfile.SoundFileError as why:
        if _is_spelt_by_soundfile(head):
            reason = str(why).split(": ")[-1].strip().rstrip(".")
            raise SoundError(f"{path.name}: damaged or cut short ({reason}); take a whole copy of the file") from why
        audio = _read_soundtrack(path, start_s, end_s)
    if not np.isfinite(audio.samples).all():
        raise SoundError(f"{path.name}: holds samples that are not numbers (NaN or infinite); export it again")
    return audio


def resample(audio: Audio, rate_hz: int) -> Audio:
    """The same sound at another rate (soxr, very high quality)."""
    if rate_hz == audio.rate_hz:
        return audio
    import soxr

    return Audio(soxr.resample(audio.samples, audio.rate_hz, rate_hz, quality="VHQ"), rate_hz)


def mixed(audio: Audio) -> Block:
    """The mean of one or two channels, (frames,); more channels have no rule that suits every song.

    Raises
    ------
    SoundError
        More than two channels.
    """
    if audio.channels > 2:
        raise SoundError(
            f"the song has {audio.channels} channels and a groove holds two; mix it down to stereo or mono first"
        )
    if audio.channels == 1:
        return audio.samples[:, 0]
    out = np.empty(len(audio.samples), np.float32)
    for a in range(0, len(out), BLOCK):
        part = audio.samples[a : a + BLOCK]
        np.add(part[:, 0], part[:, 1], out=out[a : a + BLOCK])
        out[a : a + BLOCK] *= np.float32(0.5)
    return out


def _head(path: Path) -> bytes:
    if not path.exists():
        raise SoundError(f"{path}: there is no such file; check the name")
    if path.is_dir():
        raise SoundError(f"{path} is a directory; name a sound file in it")
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as why:
        raise SoundError(f"{path}: cannot be opened ({why.strerror}); check its permissions") from why
    if not head:
        raise SoundError(f"{path.name}: is empty (0 bytes); take a whole copy of the file")
    return head


def _is_spelt_by_soundfile(head: bytes) -> bool:
    return any(head.startswith(sign.encode()) for sign in SPELT_BY_SOUNDFILE)


def _read_open(path: Path, file: soundfile.SoundFile, start_s: float, end_s: float | None) -> Audio:
    rate, frames, channels = int(file.samplerate), int(file.frames), int(file.channels)
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        raise SoundError(f"{path.name}: says {rate} Hz, which is no rate for sound; it lies between 1 and 768 kHz")
    first, last = stretch(path.name, rate, frames, start_s, end_s)
    count = last - first
    if count / rate > MAX_SECONDS or count * channels > MAX_SAMPLES:
        raise SoundError(
            f"{path.name}: {count / rate / 60:.0f} minutes are too long; cut a part with --start and --end"
        )
    if first:
        file.seek(first)
    blocks: list[Block] = []
    got = 0
    while got < count:  # in blocks: a header may promise more frames than memory holds
        block = file.read(min(BLOCK, count - got), dtype="float32", always_2d=True)
        if len(block) == 0:
            break
        blocks.append(block)
        got += len(block)
    if got < count:
        raise SoundError(
            f"{path.name}: ends after {got / rate:.1f} s of {count / rate:.1f} s; take a whole copy of the file"
        )
    return Audio(_joined(blocks, channels), rate)


def _read_soundtrack(path: Path, start_s: float, end_s: float | None) -> Audio:
    from . import soundtrack

    limit_s = min(MAX_SECONDS, end_s if end_s is not None else MAX_SECONDS) + 1
    samples, rate = soundtrack.read(path, limit_s)
    if end_s is None and len(samples) > MAX_SECONDS * rate:
        raise SoundError(f"{path.name}: is too long; cut a part with --start and --end")
    first, last = stretch(path.name, rate, len(samples), start_s, end_s)
    return Audio(samples[first:last], rate)


def _joined(blocks: Sequence[Block], channels: int) -> Block:
    return np.concatenate(blocks) if blocks else np.zeros((0, channels), np.float32)


def stretch(name: str, rate_hz: int, frames: int, start_s: float, end_s: float | None) -> tuple[int, int]:
    """First and last frame of a stretch in seconds; `SoundError` where there is nothing in it."""
    if frames == 0:
        raise SoundError(f"{name}: holds no sound (0 samples); take a whole copy of the file")
    first = round(start_s * rate_hz)
    last = frames if end_s is None else min(frames, round(end_s * rate_hz))
    if first >= frames:
        raise SoundError(
            f"{name}: is {frames / rate_hz:.1f} s long, so it cannot start at {start_s:g} s; lower --start"
        )
    if last <= first:
        raise SoundError(f"{name}: nothing lies between {start_s:g} s and {end_s:g} s; --end must lie after --start")
    return first, last


def _refuse_cut_short(path: Path, head: bytes) -> None:
    """Find what the decoder passes over in silence: a WAV or Ogg stream whose end is missing."""
    size = path.stat().st_size
    short = False
    if head.startswith(b"RIFF"):
        short = _wav_is_short(path, size)
    elif head.startswith(b"OggS"):
        with path.open("rb") as raw:
            raw.seek(max(0, size - (1 << 17)))
            tail = raw.read()
        last = tail.rfind(b"OggS\0")
        # RFC 3533 §6: bit 2 of a page's flags marks the last page of a stream
        short = last < 0 or len(tail) < last + 27 or not tail[last + 5] & 4 or not _page_is_whole(tail[last:])
    if short:
        raise SoundError(f"{path.name}: is cut short, its end is missing; take a whole copy of the file")


def _page_is_whole(page: bytes) -> bool:
    segments = page[26]
    return len(page) >= 27 + segments + sum(page[27 : 27 + segments])


def _wav_is_short(path: Path, size: int) -> bool:
    """Whether the data chunk promises more than the file has (0 and 2³²-1 stand for a stream of unknown length)."""
    with path.open("rb") as raw:
        raw.seek(12)
        for _ in range(64):
            chunk = raw.read(8)
            if len(chunk) < 8:
                return False
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                return length not in (0, 0xFFFFFFFF) and raw.tell() + length > size
            raw.seek(length + (length & 1), 1)
    return False


def write(file: IO[bytes], audio: Audio, subtype: str = "PCM_24", format_name: str = "WAV") -> None:
    """Write sound by soundfile to an open file; WAV with a `bext` chunk is `formats.wav`'s."""
    import soundfile

    soundfile.write(file, audio.samples, audio.rate_hz, subtype=subtype, format=format_name)
