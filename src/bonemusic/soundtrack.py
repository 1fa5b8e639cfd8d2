"""Sound tracks that soundfile cannot read (M4A, AAC, video), decoded by PyAV, an extra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError


def read(path: Path, limit_s: float) -> tuple[NDArray[Any], int]:
    """The first sound track of a file that FFmpeg's libraries can read, at its own rate and channels.

    Parameters
    ----------
    path : Path
    limit_s : float
        How much to read, from the beginning; what lies further may be left out.

    Returns
    -------
    samples : ndarray, float32, (frames, channels)
    rate_hz : int

    Raises
    ------
    SoundError
        No sound track, damaged, or PyAV is not installed.
    """
    try:
        import av
    except ImportError as why:
        raise SoundError(
            f"{path.name}: is no WAV, FLAC, OGG or MP3; for M4A, AAC and video install the extra: "
            "pip install 'bonemusic[video]'"
        ) from why
    av.logging.set_level(av.logging.PANIC)
    blocks, rate, frames, channels = [], 0, 0, 0
    try:
        # by an open file, not by name: FFmpeg would take a name as an address, a list or a pattern
        with path.open("rb") as raw, av.open(raw, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise SoundError(f"{path.name}: has no sound track; name a file that holds sound")
            track = container.streams.audio[0]
            for frame in container.decode(track):  # type: ignore[union-attr]
                if not rate:
                    rate, channels = int(frame.sample_rate), len(frame.layout.channels)
                    shape = av.AudioResampler(format="flt", layout=frame.layout, rate=rate)
                for same in shape.resample(frame):
                    block = same.to_ndarray().reshape(-1, channels)
                    blocks.append(block)
                    frames += len(block)
                if frames > rate * (limit_s + 1):
                    break
    except av.FFmpegError as why:
        if not frames:
            raise SoundError(f"{path.name}: is no sound file that can be read ({why.strerror}); "
                             "convert it to WAV or FLAC first") from why  # fmt: skip
        raise SoundError(f"{path.name}: damaged after {frames / rate:.1f} s ({why.strerror}); "
                         "take a whole copy of the file") from why  # fmt: skip
    if not frames:
        raise SoundError(f"{path.name}: holds no sound (0 samples); take a whole copy of the file")
    return np.concatenate(blocks).astype(np.float32, copy=False), rate
