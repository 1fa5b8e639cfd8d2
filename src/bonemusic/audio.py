"""Sound as numbers: `Audio`, and sound files to and from it, whole or as a `Stream`.

Nothing is mixed down or resampled behind a caller's back: `read` gives what the file holds.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from . import soundfiles, soundtrack
from .ahead import ahead
from .cutshort import refuse_cut_short
from .errors import SoundError
from .files import head_of
from .soundfiles import BLOCK as BLOCK
from .soundfiles import Block as Block

if TYPE_CHECKING:
    import soundfile

RATES_HZ = (1000, 768_000)
MAX_SECONDS = 4 * 3600.0
MAX_SAMPLES = 1 << 31
MOST_TAG = 1000
"""Letters of a title or a name that are taken."""
AHEAD = 3
"""Blocks that a stream's thread decodes before they are asked for."""


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


@dataclass(frozen=True)
class Stream:
    """Sound on its way out of a file.

    Attributes
    ----------
    name : str
        The file's.
    rate_hz : int
        Frames per second, 1 kHz to 768 kHz.
    channels : int
    frames : int or None
        How many `blocks` gives together; None where the file does not tell, or may be a little wrong (MP3).
    seconds : float or None
        How long that is, to 0.1 s; None where the file does not tell.
    title, artist : str
        As the file says; "" where it does not.
    """

    name: str
    rate_hz: int
    channels: int
    frames: int | None
    seconds: float | None
    _blocks: Iterator[Block]
    title: str = ""
    artist: str = ""

    def blocks(self) -> Iterator[Block]:
        """The sound in order, float32, (n, channels), n varies and is at least 1. It can be had once.

        Raises
        ------
        SoundError
            Damaged, cut short, too long, or holding NaN: what only reading shows is told when it is come to.
        """
        return self._blocks


@contextmanager
def open_song(path: Path, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Stream]:
    """Open a sound file, to be decoded by a thread of its own, some blocks ahead.

    Parameters, errors and sound are those of `read`, but errors that lie in the sound come with the blocks. On leaving,
    the thread has ended and the file is closed, however far it was read.
    """
    with _opened(path, start_s, end_s) as stream, closing(ahead(stream.blocks(), AHEAD)) as blocks:
        yield replace(stream, _blocks=blocks)


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
    with _opened(path, start_s, end_s) as stream:
        return Audio(np.concatenate(list(stream.blocks())), stream.rate_hz)


def excerpt(path: Path, at_s: float, seconds: float) -> Audio:
    """A few seconds from the middle of a file, without reading what lies before them where its kind allows.

    Parameters
    ----------
    path : Path
        As for `read`.
    at_s, seconds : float
        Where it begins, 0 or more, to 1 ms (the clock of some containers), and how long it is; less at the file's end.
    """
    with _opened(path, at_s, at_s + seconds, enter=True) as stream:
        blocks = list(stream.blocks())
    return Audio(np.concatenate(blocks), stream.rate_hz) if blocks else read(path, at_s, at_s + seconds)


def resample(audio: Audio, rate_hz: int) -> Audio:
    """The same sound at another rate (soxr, very high quality)."""
    if rate_hz == audio.rate_hz:
        return audio
    import soxr

    return Audio(soxr.resample(audio.samples, audio.rate_hz, rate_hz, quality="VHQ"), rate_hz)


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


@contextmanager
def _opened(path: Path, start_s: float, end_s: float | None, enter: bool = False) -> Iterator[Stream]:
    head = head_of(path, 64, SoundError, "a sound file")
    refuse_cut_short(path, head)
    with ExitStack() as left:
        file = soundfiles.opened(path, head, soundtrack.installed())
        if file is not None:
            left.callback(file.close)
            stream = _of_soundfile(path.name, file, start_s, end_s)
        else:
            end = min(math.inf if end_s is None else max(start_s, end_s), start_s + MAX_SECONDS + 1)
            pieces = left.enter_context(closing(soundtrack.pieces(path, end, start_s if enter else 0.0)))
            stream = _of_soundtrack(path.name, pieces, start_s, end_s)
        yield replace(stream, _blocks=_numbers_only(path.name, stream.blocks()))


def _of_soundfile(name: str, file: soundfile.SoundFile, start_s: float, end_s: float | None) -> Stream:
    rate, frames, channels = int(file.samplerate), int(file.frames), int(file.channels)
    _refuse_odd_rate(name, rate)
    if frames >= soundfiles.UNTOLD_FRAMES:
        raise SoundError(f"{name}: does not tell its length; convert it to WAV first")
    first, last = stretch(name, rate, frames, start_s, end_s)
    count = last - first
    _refuse_too_long(name, count, rate, channels)
    exact = None if file.format == "MP3" else count
    blocks = soundfiles.blocks(name, file, first, count)
    return Stream(name, rate, channels, exact, count / rate, blocks, *(tag[:MOST_TAG] for tag in soundfiles.tags(file)))


def _of_soundtrack(name: str, pieces: Iterator[soundtrack.Piece], start_s: float, end_s: float | None) -> Stream:
    """The stretch of a track, once its first frame is come to."""
    piece = None
    for piece in pieces:
        if piece.last > round(start_s * piece.rate_hz):
            break
    assert piece is not None  # no track is without sound
    rate, channels = piece.rate_hz, piece.samples.shape[1]
    _refuse_odd_rate(name, rate)
    first, _ = stretch(name, rate, piece.last, start_s, end_s)
    last = None if end_s is None else round(end_s * rate)
    seconds = min(math.inf if end_s is None else end_s, piece.told_s) - start_s if piece.told_s else None
    blocks = soundtrack.gathered(_within(name, chain([piece], pieces), first, last), BLOCK)
    return Stream(name, rate, channels, None, seconds, blocks, *(tag[:MOST_TAG] for tag in piece.tags))


def _within(name: str, pieces: Iterable[soundtrack.Piece], first: int, last: int | None) -> Iterator[Block]:
    """The frames of a track from first to last; what follows is run through, for what it may show of the file."""
    got = 0
    for piece in pieces:
        end = len(piece.samples) if last is None else last - piece.first
        part = piece.samples[max(first - piece.first, 0) : max(end, 0)]
        got += len(part)
        _refuse_too_long(name, got, piece.rate_hz, piece.samples.shape[1])
        yield part


def _numbers_only(name: str, blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        if not np.isfinite(block).all():
            raise SoundError(f"{name}: holds samples that are not numbers (NaN or infinite); export it again")
        yield block


def _refuse_odd_rate(name: str, rate_hz: int) -> None:
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise SoundError(f"{name}: says {rate_hz} Hz, which is no rate for sound; it lies between 1 and 768 kHz")


def _refuse_too_long(name: str, frames: int, rate_hz: int, channels: int) -> None:
    if frames / rate_hz > MAX_SECONDS or frames * channels > MAX_SAMPLES:
        raise SoundError(
            f"{name}: {frames / rate_hz / 60:.0f} minutes in {channels} channels are too much; "
            "cut a part with --start and --end"
        )
