"""Songs on their way in: opened, refused where nothing could be cut of them, and split over sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import audio, presets
from ..cutting import plan
from ..errors import FitError, SoundError
from ..mixing import refuse_many
from ..presets import Machine
from ..units import time_text
from .recipe import Recipe

SHORTEST_S = 0.05
CANCELLED = 1e-3
LOUDEST = 1e4
"""80 dB over full scale: no sound, but numbers of another kind."""
OFFSET = 0.01
"""A constant part of a song that is more than this is an error of some converter's, and taken out."""
FAR_TOO_LONG = 3.0
Tap = Callable[[NDArray[Any]], None]


@dataclass
class Song:
    """A song as it flows by; what is known of it only afterwards is filled in as it does."""

    path: Path
    stream: audio.Stream
    stereo: bool = False
    """Whether both channels are cut; else they are mixed, and what cancels is watched for."""
    tap: Tap | None = None
    frames_heard: int = 0
    peak: float = 0.0
    mixed_peak: float = 0.0
    sums: NDArray[Any] | float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.name

    @property
    def rate_hz(self) -> int:
        """Frames per second."""
        return self.stream.rate_hz

    @property
    def channels(self) -> int:
        """One or two."""
        return self.stream.channels

    @property
    def frames(self) -> int | None:
        """How many there will be, where the file tells."""
        return self.stream.frames

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.frames_heard / self.rate_hz

    def blocks(self) -> Iterator[NDArray[Any]]:
        """The sound, measured as it goes by."""
        for block in self.stream.blocks():
            self.frames_heard += len(block)
            self.sums = self.sums + block.sum(axis=0, dtype=np.float64)
            self.peak = max(self.peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
            if self.peak > LOUDEST:
                raise SoundError(
                    f"{self.name}: holds samples of {self.peak:.3g} where full scale is 1; export it again, normalised"
                )
            if self.channels == 2 and not self.stereo:
                self.mixed_peak = max(self.mixed_peak, float(np.abs(block[:, 0] + block[:, 1]).max(initial=0.0)) / 2)
            if self.tap is not None:
                self.tap(block)
            yield block
        if self.seconds < SHORTEST_S:
            raise SoundError(
                f"{self.name}: {self.frames_heard} samples are {self.seconds * 1e3:.3g} ms, "
                f"too short to be heard; give at least {SHORTEST_S * 1e3:.0f} ms"
            )

    @property
    def offsets(self) -> NDArray[Any]:
        """What each channel is constantly off by, where that is more than 1 % of full scale."""
        means = np.broadcast_to(self.sums / max(self.frames_heard, 1), (self.channels,))
        return np.where(np.abs(means) > OFFSET, means, 0.0)

    def afterwards(self) -> list[str]:
        """What is to be said of it once it was heard."""
        worst = float(np.abs(self.offsets).max(initial=0.0))
        return [f"{self.name}: a constant offset of {worst:.0%} of full scale is taken out"] if worst else []

    def refuse_cancelled(self) -> None:
        """Where one channel is the other upside down, nothing but their rounding would be left of a mix."""
        if self.channels == 2 and self.mixed_peak < CANCELLED * self.peak:
            raise SoundError(
                f"{self.name}: left and right cancel each other when mixed, nothing of the song is left; "
                "turn one channel's polarity round, or give a single channel"
            )


@contextmanager
def opened(paths: Sequence[Path], recipe: Recipe, stereo: bool) -> Iterator[list[Song]]:
    """Open songs for one side; the recipe's start and end are those of a single one."""
    with ExitStack() as files:
        songs = []
        for path in paths:
            stream = files.enter_context(audio.open_song(path, recipe.start_s, recipe.end_s))
            refuse_many(stream.channels)
            song = Song(path, stream, stereo)
            song.warnings += _about(song, presets.machine(recipe.machine), stereo)
            songs.append(song)
        _refuse_far_too_long(songs, recipe)
        yield songs


def _about(song: Song, machine: Machine, stereo: bool) -> list[str]:
    said = []
    if song.channels == 2 and not stereo:
        why = "a drawn line moves sideways only" if not machine.stereo else "this format holds no up and down"
        said.append(f"stereo is mixed to mono, (L+R)/2: {why}")
    if song.rate_hz / 2 < min(machine.bandwidth_hz, 4500):
        said.append(f"the song's rate of {song.rate_hz} Hz holds nothing above {song.rate_hz / 2:.0f} Hz")
    return said


def _refuse_far_too_long(songs: Sequence[Song], recipe: Recipe) -> None:
    """Hours of sound need not be shaped to be refused; what is nearer to fitting is told more exactly by `fit`."""
    disc = presets.disc(recipe.disc)
    holds_s = plan.longest_s(disc, recipe.rpm or disc.rpm, plan.least_pitch_m(disc), 0.0)
    seconds = sum(song.stream.seconds or 0.0 for song in songs)
    if seconds > FAR_TOO_LONG * max(holds_s, 1.0):
        many = len(songs) > 1
        raise FitError(
            f"{'the songs' if many else songs[0].name}: {time_text(seconds)} do not fit, {disc.name} holds "
            f"{time_text(holds_s)} of silence at most and less of sound; "
            + ("split them with --sides auto" if many else "cut a part with --start and --end")
        )


def lengths_s(paths: Sequence[Path], recipe: Recipe) -> list[float]:
    """How long songs are; those that do not tell are read through."""
    found = []
    for path in paths:
        with audio.open_song(path, recipe.start_s, recipe.end_s) as stream:
            seconds = stream.seconds
            found.append(seconds or sum(len(b) for b in stream.blocks()) / stream.rate_hz)
    return found


def split(seconds: Sequence[float], sides: int) -> list[tuple[int, int]]:
    """Split songs over sides, in order, so that the longest side is as short as can be, and the others near to it.

    Parameters
    ----------
    seconds : sequence of float
        Length of each song with the pause after it.
    sides : int
        At most as many as there are songs.

    Returns
    -------
    list of (int, int)
        First song of each side, and one past its last.
    """
    ends = np.concatenate(([0.0], np.cumsum(seconds)))
    count, mean = len(seconds), ends[-1] / sides
    # least longest side, then least sum of squares: best[k][n] is for the first n songs on k sides
    best: list[list[tuple[float, float, tuple[int, ...]]]] = [[(0.0, 0.0, (0,))] + [(np.inf, np.inf, ())] * count]
    for side in range(1, sides + 1):
        row: list[tuple[float, float, tuple[int, ...]]] = [(np.inf, np.inf, ())]
        for n in range(1, count + 1):
            options = []
            for first in range(side - 1, n):
                longest, squares, cuts = best[side - 1][first]
                length = float(ends[n] - ends[first])
                options.append((max(longest, length), squares + (length - mean) ** 2, (*cuts, n)))
            row.append(min(options, default=(np.inf, np.inf, ())))
        best.append(row)
    return list(pairwise(best[sides][count][2]))
