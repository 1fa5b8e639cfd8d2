"""Sound tracks that soundfile cannot read (M4A, AAC, video), decoded by PyAV, an extra."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

FORMATS = (
    "mov,mp4,m4a,matroska,webm,mpegts,mpeg,avi,flv,asf,mxf,ogg,aac,latm,mp3,ac3,eac3,dts,flac,wav,w64,aiff,caf,au,amr,"
    "ape,wv,tta,tak,mpc,mpc8,dsf,iff,oma,rm,shn,voc"
)
"""What FFmpeg may take a file for. Not lists of other files and addresses (HLS, DASH, concat): a song opens nothing."""
SHORT_S = 0.25
"""How much sooner than told a track may end: AAC's delay is counted by some writers and not by others."""

WARMING_S = 1.0
"""How much sooner a track is entered than asked: a decoder needs some packets before it is right."""


def installed() -> bool:
    """Whether PyAV is there."""
    return find_spec("av") is not None


@dataclass(frozen=True)
class Piece:
    """Some frames of a sound track, as its decoder gives them.

    Attributes
    ----------
    samples : ndarray, float32, (frames, channels)
    first : int
        How many frames of the track lie before them.
    rate_hz : int
    told_s : float
        How long the whole track is by its container's word, seconds; 0 where it gives none.
    tags : tuple of str
        Title and artist by the container's word, "" where it gives none.
    """

    samples: NDArray[Any]
    first: int
    rate_hz: int
    told_s: float
    tags: tuple[str, str] = ("", "")

    @property
    def last(self) -> int:
        """How many frames of the track lie before its end."""
        return self.first + len(self.samples)


def pieces(path: Path, end_s: float, from_s: float = 0.0) -> Generator[Piece, None, None]:
    """The first sound track of a file that FFmpeg's libraries can read, at its own rate and channels, piece by piece.

    Parameters
    ----------
    path : Path
    end_s : float
        Where to stop, in seconds from the beginning; somewhat more is given.
    from_s : float
        Where to begin, if the container can be entered there: frames are then counted by its clock, and somewhat more
        than is asked for is given. From 0 they are counted one by one.

    Raises
    ------
    SoundError
        No sound track, damaged, cut short, or PyAV is not installed.
    """
    try:
        import av
    except ImportError as why:
        raise SoundError(
            f"{path.name}: is no WAV, FLAC, OGG or MP3; for M4A, AAC and video install the extra: "
            "pip install 'bonemusic[video]'"
        ) from why
    av.logging.set_level(av.logging.PANIC)
    rate, frames, bad = 0, 0, 0
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        # by an open file, not by name: FFmpeg would take a name as an address, a list or a pattern
        with path.open("rb") as raw, av.open(raw, "r", metadata_errors="ignore", options=options) as container:
            track = next(iter(container.streams.audio), None)
            if track is None:
                raise SoundError(f"{path.name}: has no sound track; name a file that holds sound")
            if track.codec_context is None:
                raise SoundError(f"{path.name}: its sound is of an unknown kind; convert it to WAV or FLAC first")
            told_s = _told_s(container, track)
            tags = (container.metadata.get("title", "").strip(), container.metadata.get("artist", "").strip())
            entered = from_s > 0 and _entered(container, track, from_s)
            patient = container.format.name == "mp3"
            for packet in container.demux(track):
                try:
                    decoded = packet.decode()
                except av.InvalidDataError:
                    bad += 1  # plain MP3 streams are joined and tagged anywhere, and players skip what is no sound
                    if not patient or bad > 2 + frames // (100 * 1152):
                        raise
                    continue
                for frame in decoded:
                    if not rate:
                        rate = int(frame.sample_rate)
                        shape = av.AudioResampler(format="flt", layout=frame.layout, rate=rate)
                        frames = _clock_frames(frame, track, from_s) if entered else 0
                    for same in shape.resample(frame):
                        block = same.to_ndarray().reshape(-1, len(same.layout.channels))
                        yield Piece(block.astype(np.float32, copy=False), frames, rate, told_s, tags)
                        frames += len(block)
                if frames > rate * end_s + 1:
                    break
            else:
                _refuse_cut_short(path, frames / max(rate, 1), told_s)
    except av.FFmpegError as why:
        if not frames:
            raise SoundError(f"{path.name}: is no sound file, or a damaged one; name a WAV, FLAC, OGG, MP3, M4A or "
                             "video file") from why  # fmt: skip
        raise SoundError(f"{path.name}: is damaged after {frames / rate:.1f} s ({why.strerror}); "
                         "take a whole copy of the file") from why  # fmt: skip
    except (ValueError, ArithmeticError, LookupError) as why:
        if isinstance(why, SoundError):
            raise
        # PyAV's resampler keeps to one rate and layout
        raise SoundError(f"{path.name}: its sound changes its kind after {frames / max(rate, 1):.1f} s; "
                         "convert it to WAV or FLAC first") from why  # fmt: skip
    if not frames:
        raise SoundError(f"{path.name}: holds no sound (0 samples); take a whole copy of the file")


def gathered(parts: Iterable[NDArray[Any]], least: int) -> Iterator[NDArray[Any]]:
    """The same frames in blocks of at least so many samples (the last may be less), none of them empty."""
    held: list[NDArray[Any]] = []
    size = 0
    for part in parts:
        held.append(part)
        size += part.size
        if size >= least:
            yield np.concatenate(held)
            held, size = [], 0
    if size:
        yield np.concatenate(held)


def _entered(container: Any, track: Any, from_s: float) -> bool:
    """Go to somewhat before a moment; whether that can be done, and the clock there be read."""
    import av

    if not track.time_base or "mp3" in container.format.name or "aac" in container.format.name:  # they have no clock
        return False
    begin = max(0.0, from_s - WARMING_S)
    try:
        container.seek(int(begin / track.time_base) + (track.start_time or 0), stream=track)
    except (av.FFmpegError, OverflowError):
        return False
    return True


def _clock_frames(frame: Any, track: Any, from_s: float) -> int:
    """How many frames lie before one, by the container's clock; where it is not told, it is taken to be as asked."""
    begin_s = max(0.0, from_s - WARMING_S)
    if frame.time is not None:
        begin_s = frame.time - float((track.start_time or 0) * track.time_base)
    return round(begin_s * int(frame.sample_rate))


def _refuse_cut_short(path: Path, got_s: float, told_s: float) -> None:
    if 0 < got_s < told_s - SHORT_S:
        raise SoundError(
            f"{path.name}: is cut short: {got_s:.2f} s of {told_s:.2f} s are there; take a whole copy of the file"
        )


def _told_s(container: Any, track: Any) -> float:
    """How long the track is by its container's index; 0 where there is none, only a guess from the bit rate."""
    if "mov" in container.format.name and track.duration:
        return float(track.duration * track.time_base)
    if "matroska" in container.format.name and len(container.streams) == 1 and container.duration:
        return float(container.duration) / 1e6
    return 0.0
