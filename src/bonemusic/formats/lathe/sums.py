"""A lathe's tracks read in blocks: velocity summed up to displacement, pitch to travel, and both thinned to knots.

Samples of 24 bits are whole steps and their sums exact in float64, so blocks of any size give the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...audio import MAX_SAMPLES, MAX_SECONDS, RATES_HZ
from ...errors import FormatError
from ...progress import Progress
from . import TRACKS
from .tracks import BACK_TAPS, HALF, VELOCITY_M_S, between

if TYPE_CHECKING:
    import soundfile

Array = NDArray[Any]

BLOCK = 1 << 17
PITCH, DEPTH = 2, 3
BACKWARDS = -0.01
"""A pitch below this part of full scale is no lead screw's; a voltage that was recorded may dip a little below 0."""


@dataclass(frozen=True)
class Tracks:
    """What was read.

    Attributes
    ----------
    lateral_m : ndarray, float32, (n,)
    vertical_m : ndarray, float32, (n,), or None
        None where left and right were the same all along.
    knots : ndarray, int64, (k,)
        Every so many samples, and the last.
    travel, pitch, depth : ndarray, float64, (k,)
        There: the pitch summed up over the samples before, and both slow tracks themselves; parts of full scale.
    """

    lateral_m: Array
    vertical_m: Array | None
    knots: Array
    travel: Array
    pitch: Array
    depth: Array


def summed(path: Path, file: soundfile.SoundFile, every: int, progress: Progress) -> Tracks:
    """Read all tracks of an open file; a knot at every so many samples.

    Raises
    ------
    FormatError
        Samples are missing or no numbers, or the pitch runs backwards as no lead screw does.
    """
    count, rate = int(file.frames), int(file.samplerate)
    across, up = _Wall(count, rate), _Wall(count, rate)
    knots, slow = [], []
    got, travel = 0, 0.0
    while got < count:
        block = file.read(min(BLOCK, count - got), dtype="float64", always_2d=True)
        if not len(block):
            raise FormatError(f"{path.name}: is cut short after {got / rate:.2f} s; take a whole copy of the file")
        _refuse_strange(path, block)
        across.add((block[:, 0] + block[:, 1]) / 2)
        up.add((block[:, 0] - block[:, 1]) / 2)
        pitch = np.maximum(block[:, PITCH], 0.0)
        # the pitch runs straight from sample to sample: all before in full, the first and this one by half
        before = travel + np.cumsum(pitch) - pitch
        travel = float(before[-1] + pitch[-1])
        some = np.arange(-got % every, len(block), every)
        if got + len(block) == count and (not len(some) or some[-1] != len(block) - 1):
            some = np.append(some, len(block) - 1)
        knots.append(got + some)
        slow.append(np.stack((before[some], pitch[some], np.maximum(block[some, DEPTH], 0.0))))
        got += len(block)
        progress("reading the lathe's tracks", got / count)
    run, pitch, depth = np.concatenate(slow, axis=1)
    travelled = run + (pitch - pitch[0]) / 2
    return Tracks(across.end(), up.end() if up.moved else None, np.concatenate(knots), travelled, pitch, depth)


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open a file of four tracks, of a size and rate that a side can have; `FormatError` where it is not."""
    import soundfile

    try:
        # by descriptor: soundfile would take some suffixes (.raw) for the content
        with soundfile.SoundFile(os.open(path, os.O_RDONLY), closefd=True) as file:
            _refuse_wrong_size(path, int(file.samplerate), int(file.frames), int(file.channels))
            yield file
    except soundfile.SoundFileError as why:
        raise FormatError(f"{path.name}: is damaged; take another copy of the file, or cut it anew") from why


def _refuse_wrong_size(path: Path, rate_hz: int, frames: int, channels: int) -> None:
    if channels != TRACKS:
        raise FormatError(f"{path.name}: has {channels} tracks and a lathe's file {TRACKS}; is it sound to be cut?")
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise FormatError(f"{path.name}: says {rate_hz} Hz, which is no rate for a groove; it lies from 1 to 768 kHz")
    if frames > min(MAX_SECONDS * rate_hz, MAX_SAMPLES / 2):
        raise FormatError(f"{path.name}: {frames / rate_hz / 60:.0f} minutes are too much for a side; give a part")
    if frames < 2:
        raise FormatError(f"{path.name}: holds no groove ({frames} samples); take a whole copy of the file")


def _refuse_strange(path: Path, block: Array) -> None:
    if not np.isfinite(block).all():
        raise FormatError(f"{path.name}: holds samples that are not numbers (NaN or infinite); export it again")
    if block[:, PITCH].min() < BACKWARDS:
        raise FormatError(
            f"{path.name}: has four tracks, but the third swings below nothing as no lead screw's pitch does; "
            "give a lathe's tracks (left, right, pitch, depth)"
        )


class _Wall:
    """One direction's displacement, made of its velocity block by block; nothing is stored until something moves."""

    def __init__(self, count: int, rate_hz: int) -> None:
        self.out = np.zeros(count, np.float32)
        self.scale = VELOCITY_M_S / rate_hz
        self.held = np.zeros(2 * HALF - 1)  # the sums still needed, and those of the silence before
        self.at = 1 - HALF  # the sample that comes out next: half the filter looks ahead
        self.moved = False

    def add(self, velocity: Array) -> None:
        """Sum up what comes next, and filter as much as can be."""
        self._filter(np.concatenate((self.held, self.held[-1] + np.cumsum(velocity))))

    def end(self) -> Array:
        """Filter the rest, the last sum standing still; the whole."""
        self._filter(np.concatenate((self.held, np.full(HALF - 1, self.held[-1]))))
        return self.out

    def _filter(self, sums: Array) -> None:
        """Filter `sums`, float64, whose last 2·HALF - 1 the next block needs."""
        ready = len(sums) - 2 * HALF + 1
        if sums.any():
            self.moved = True
            smooth = np.empty(ready)
            between(sums, BACK_TAPS, smooth)
            first = max(self.at, 0)
            self.out[first : self.at + ready] = smooth[first - self.at :] * self.scale
        self.at += ready
        self.held = sums[-(2 * HALF - 1) :]
