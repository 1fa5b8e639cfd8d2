"""Sound as numbers: `Audio`, and sound files to and from it.

Nothing is mixed down or resampled behind a caller's back: `read` gives what the file holds.
"""

from __future__ import annotations

import io
import math
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from . import soundtrack
from .errors import SoundError
from .files import head_of

if TYPE_CHECKING:
    import soundfile

RATES_HZ = (1000, 768_000)
MAX_SECONDS = 4 * 3600.0
MAX_SAMPLES = 1 << 31
BLOCK = 1 << 18
SPELT_BY_SOUNDFILE = (b"RIFF", b"RIFX", b"RF64", b"riff", b"fLaC", b"OggS", b"FORM", b"caff", b".snd")
"""How files begin that soundfile reads, or PyAV where the wrapping holds something else."""
UNKNOWN_TO_SOUNDFILE = (1, 4, 18)
"""libsndfile's errors: unrecognised format, unsupported encoding, unimplemented format."""
UNTOLD_FRAMES = 1 << 50
MP3_SLACK_S = 0.06
"""Two frames: an MP3's count of them is often off by one, and the delays of its coders are told or not."""
_MUTING = threading.Lock()
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
    head = head_of(path, 64, SoundError, "a sound file")
    _refuse_cut_short(path, head)
    audio = _read_by_soundfile(path, head, start_s, end_s) or _read_soundtrack(path, start_s, end_s)
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


def _read_by_soundfile(path: Path, head: bytes, start_s: float, end_s: float | None) -> Audio | None:
    """What soundfile makes of it; None where PyAV will do better."""
    import soundfile

    known = head.startswith(SPELT_BY_SOUNDFILE)
    file = None
    try:
        with nullcontext() if known else _mpg123_muted():
            # by descriptor: soundfile would take some suffixes (.raw) for the content
            file = soundfile.SoundFile(os.open(path, os.O_RDONLY), closefd=True)
            if not _tells_its_length(path, file) and soundtrack.installed():
                return None
            return _read_open(path, file, start_s, end_s)
    except soundfile.SoundFileError as why:
        # a stream of another kind in a familiar wrapping (AAC in CAF, a film in Ogg) is PyAV's
        strange = isinstance(why, soundfile.LibsndfileError) and why.code in UNKNOWN_TO_SOUNDFILE
        if file is None and (not known or (strange and soundtrack.installed())):
            return None
        said = str(why).split(": ")[-1].strip().rstrip(".")
        reason = "" if not said or "internal error" in said else f" ({said})"
        raise SoundError(f"{path.name}: is damaged or cut short{reason}; take a whole copy of the file") from why
    finally:
        if file is not None:
            file.close()


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


def _read_open(path: Path, file: soundfile.SoundFile, start_s: float, end_s: float | None) -> Audio:
    rate, frames, channels = int(file.samplerate), int(file.frames), int(file.channels)
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        raise SoundError(f"{path.name}: says {rate} Hz, which is no rate for sound; it lies between 1 and 768 kHz")
    if frames >= UNTOLD_FRAMES:
        raise SoundError(f"{path.name}: does not tell its length; convert it to WAV first")
    first, last = stretch(path.name, rate, frames, start_s, end_s)
    count = last - first
    _refuse_too_long(path.name, count, rate, channels)
    if first:
        file.seek(first)
    blocks: list[Block] = []
    got = 0
    while got < count:  # in blocks: a header may promise more frames than memory holds
        block = file.read(min(max(1, BLOCK // channels), count - got), dtype="float32", always_2d=True)
        if len(block) == 0:
            break
        blocks.append(block)
        got += len(block)
    if got < count - (MP3_SLACK_S * rate if file.format == "MP3" else 0):
        raise SoundError(
            f"{path.name}: is cut short: {got / rate:.2f} s of {count / rate:.2f} s are there; "
            "take a whole copy of the file"
        )
    if got == 0:
        raise SoundError(f"{path.name}: holds no sound (0 samples); take a whole copy of the file")
    return Audio(_joined(blocks, channels), rate)


def _refuse_too_long(name: str, frames: int, rate_hz: int, channels: int) -> None:
    if frames / rate_hz > MAX_SECONDS or frames * channels > MAX_SAMPLES:
        raise SoundError(
            f"{name}: {frames / rate_hz / 60:.0f} minutes in {channels} channels are too much; "
            "cut a part with --start and --end"
        )


def _read_soundtrack(path: Path, start_s: float, end_s: float | None) -> Audio:
    last_s = min(math.inf if end_s is None else end_s, start_s + MAX_SECONDS + 1)
    samples, before, rate = soundtrack.read(path, start_s, last_s)
    first, last = stretch(path.name, rate, before + len(samples), start_s, end_s)
    _refuse_too_long(path.name, last - first, rate, samples.shape[1])
    return Audio(samples[first - before : last - before], rate)


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
    """Find what decoders pass over in silence: a file that is shorter than its own header says."""
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


def write(file: IO[bytes], audio: Audio, subtype: str = "PCM_24", format_name: str = "WAV") -> None:
    """Write sound by soundfile to an open file; WAV with a `bext` chunk is `formats.sound`'s.

    It is encoded in memory, by a thread: libsndfile goes on where a disk is full, and an interrupt that is raised in
    its calls back is lost.
    """
    import soundfile

    held = io.BytesIO()
    failures: list[BaseException] = []

    def encode() -> None:
        try:
            soundfile.write(held, audio.samples, audio.rate_hz, subtype=subtype, format=format_name)
        except BaseException as why:
            failures.append(why)

    worker = threading.Thread(target=encode, daemon=True)
    worker.start()
    worker.join()
    if failures:
        if isinstance(failures[0], soundfile.SoundFileError):
            said = str(failures[0]).split(": ")[-1].strip().rstrip(".")
            raise SoundError(f"the sound cannot be written as {format_name} ({said}); write .wav instead")
        raise failures[0]
    file.write(held.getbuffer())
