"""A groove as the four tracks of a lathe, in blocks, while the blocks before are being written."""

from __future__ import annotations

import json
import math
import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...groove import Groove
from ...jit import kernel
from ...progress import Progress
from ...spectral import THREADS
from .. import wav
from . import TRACKS
from .tracks import AHEAD_TAPS, DEPTH_M, FULL, HALF, PITCH_M, VELOCITY_M_S, between

Array = NDArray[Any]

BLOCK = 1 << 17
CELL = 64
"""Pitch and depth are worked out at every so many samples and run straight between them."""
FRAME_BYTES = 3 * TRACKS
"""An even number, so chunks need no padding."""
MOST_RIFF = (1 << 32) - (1 << 16)
"""Longer files are RF64 (EBU Tech 3306), whose sizes have 64 bits."""
PCM_GUID = b"\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
NAMES = ("left", "right", "pitch", "depth")


def write(file: IO[bytes], groove: Groove, progress: Progress) -> int:
    """Write a groove's lathe track; what it holds is told in `tracks`.

    Parameters
    ----------
    file : binary file
    groove : Groove
    progress : Progress

    Returns
    -------
    int
        Samples on each track.

    Raises
    ------
    FormatError
        The groove is faster, wider of pitch or deeper than the tracks' full scales.
    """
    file.write(_head(groove))
    for done, part in _parts(groove):
        file.write(part)
        progress("writing the lathe's tracks", done / max(len(groove), 1))
    return len(groove)


def described(groove: Groove) -> str:
    """What a reader need not guess, as JSON within the 255 characters that `bext` has for a description."""
    facts: dict[str, Any] = {
        "rpm": str(groove.rpm),
        "radius_mm": round(float(groove.spiral.at(np.zeros(1))[0]) * 1e3, 6),
        "bottom_um": round(groove.profile.bottom_radius_m * 1e6, 4),
        "angle_deg": round(math.degrees(groove.profile.angle_rad), 4),
        "curve": groove.meta.get("curve", ""),
    }
    text = json.dumps(facts)
    return text if len(text) <= 255 else json.dumps(facts | {"curve": ""})


def _head(groove: Groove) -> bytes:
    """All that stands before the samples."""
    rate, size = groove.rate_hz, len(groove) * FRAME_BYTES
    # more than two channels, and no loudspeakers behind them: WAVE_FORMAT_EXTENSIBLE with an empty mask
    layout = struct.pack("<HHIIHHHHI", 0xFFFE, TRACKS, rate, rate * FRAME_BYTES, FRAME_BYTES, 24, 22, 24, 0) + PCM_GUID
    history = (
        f"A=PCM,F={rate},W=24,T=Bonemusic; tracks 1 left, 2 right: {VELOCITY_M_S:g} m/s full scale; "
        f"3 pitch: {PITCH_M * 1e3:g} mm a turn; 4 depth: {DEPTH_M * 1e6:g} um"
    )
    body = wav.chunk(b"bext", wav.bext(described(groove), history)) + wav.chunk(b"fmt ", layout)
    riff_bytes = 4 + len(body) + 8 + size
    if riff_bytes <= MOST_RIFF:
        return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE") + body + struct.pack("<4sI", b"data", size)
    sizes = wav.chunk(b"ds64", struct.pack("<QQQI", riff_bytes + 36, size, len(groove), 0))
    unknown = 0xFFFFFFFF
    return struct.pack("<4sI4s", b"RF64", unknown, b"WAVE") + sizes + body + struct.pack("<4sI", b"data", unknown)


def _parts(groove: Groove) -> Iterator[tuple[int, memoryview]]:
    """The samples block by block, in order; a few are worked on ahead of the one that is being written."""
    pool = ThreadPoolExecutor(THREADS)
    waiting: deque[tuple[int, Future[memoryview]]] = deque()
    try:
        for first in range(0, len(groove), BLOCK):
            last = min(first + BLOCK, len(groove))
            waiting.append((last, pool.submit(_part, groove, first, last)))
            if len(waiting) > 2 * THREADS:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _part(groove: Groove, first: int, last: int) -> memoryview:
    """Samples first … last as they stand in the file."""
    turns = np.arange(first, last + CELL, CELL) * groove.turns_per_sample
    pitch = groove.spiral.slope_at(turns) * (-FULL / PITCH_M)
    depth = groove.depth.at(turns) * (FULL / DEPTH_M)
    lateral = _ahead(groove.lateral_m, first, last)
    vertical = np.empty(0) if groove.vertical_m is None else _ahead(groove.vertical_m, first, last)
    # as it is little end first, a frame of four times 24 bits is three words of 32
    words = np.empty((last - first, 3), np.uint32)
    beyond = packed(lateral, vertical, groove.rate_hz * FULL / VELOCITY_M_S, pitch, depth, words)
    if beyond >= 0:
        raise _too_much(groove, first + beyond // TRACKS, NAMES[beyond % TRACKS])
    return words.astype("<u4", copy=False).data.cast("B")


def _too_much(groove: Groove, sample: int, track: str) -> FormatError:
    most, mend = {
        "pitch": (f"pitches of 0 to {PITCH_M * 1e3:g} mm a turn", "lay the turns closer"),
        "depth": (f"depths of 0 to {DEPTH_M * 1e6:g} µm", "choose a disc with a shallower groove"),
    }.get(track, (f"{VELOCITY_M_S:g} m/s", "lower the level"))
    return FormatError(f"the groove at {sample / groove.rate_hz:.2f} s is beyond a lathe track's {most}; {mend}")


def _ahead(wall: Array, first: int, last: int) -> Array:
    """Displacement half a sample after each of samples first - 1 … last - 1, raised in the treble: `tracks`' D, metres.

    Before its beginning and after its end the groove is taken to stay where it is.
    """
    begin, end = first - HALF, last + HALF
    around = wall[max(begin, 0) : min(end, len(wall))].astype(np.float64)
    if len(around) < end - begin:
        around = np.pad(around, (max(-begin, 0), max(end - len(wall), 0)), "edge")
    out = np.empty(last - first + 1)
    between(around, AHEAD_TAPS, out)
    return out


@kernel
def packed(lateral: Array, vertical: Array, scale: float, pitch: Array, depth: Array, out: Array) -> int:
    """Round, take differences, and pack four tracks of 24 bits.

    `lateral`, `vertical` (n + 1,), the latter empty where there is none; `pitch` and `depth` in steps, at every CELL'th
    sample; `out` uint32, (n, 3). Gives 4·sample + track where a track is beyond its full scale, else -1.
    """
    stereo = len(vertical) > 0
    up = vertical[0] if stereo else 0.0
    left_was = math.floor(scale * (lateral[0] + up) + 0.5)
    right_was = math.floor(scale * (lateral[0] - up) + 0.5)
    for i in range(len(out)):
        up = vertical[i + 1] if stereo else 0.0
        left = math.floor(scale * (lateral[i + 1] + up) + 0.5)
        right = math.floor(scale * (lateral[i + 1] - up) + 0.5)
        a, b = left - left_was, right - right_was
        left_was, right_was = left, right
        cell = i // CELL
        u = (i - cell * CELL) * (1.0 / CELL)
        c = math.floor(pitch[cell] + u * (pitch[cell + 1] - pitch[cell]) + 0.5)
        d = math.floor(depth[cell] + u * (depth[cell + 1] - depth[cell]) + 0.5)
        if not (abs(a) < FULL and abs(b) < FULL and 0 <= c < FULL and 0 <= d < FULL):
            track = 0 if abs(a) >= FULL else 1 if abs(b) >= FULL else 2 if not 0 <= c < FULL else 3
            return TRACKS * i + track
        out[i, 0] = (a & 0xFFFFFF) | (b & 0xFF) << 24
        out[i, 1] = (b & 0xFFFFFF) >> 8 | (c & 0xFFFF) << 16
        out[i, 2] = c >> 16 | d << 8
    return -1
