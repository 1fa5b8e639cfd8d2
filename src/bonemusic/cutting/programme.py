"""Songs to one programme: what a side's groove will do, at unit level, one song after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..curves import to_displacement
from ..mixing import lateral_and_vertical, mono
from ..presets import Curve
from ..progress import Progress, silent
from ..spectral import Response, flow
from .plan import MARKER_S

Array = NDArray[Any]

RING_S = 0.25
"""How much of the low-cut's ringing is kept before the music and after it, inside lead-in and lead-out."""
OVERSAMPLING = 4
"""Least ratio of the groove's rate to its bandwidth: differences between samples then tell slopes to 3 %."""
LEAST_RATE_HZ = 48_000
"""Peak velocities are read off differences at this rate, as a player's converter would (see `moments`)."""


class Sound(Protocol):
    """A song as it flows by: `audio.Stream`, or anything that has its manners."""

    @property
    def rate_hz(self) -> int:
        """Frames per second."""

    @property
    def channels(self) -> int:
        """One or two."""

    @property
    def frames(self) -> int | None:
        """How many there will be; None where nobody knows."""

    def blocks(self) -> Iterator[Array]:
        """float32, (n, channels)."""


@dataclass(frozen=True)
class Programme:
    """Displacement at unit level: full scale in both channels at 1 kHz is 5 cm/s peak of lateral velocity.

    Attributes
    ----------
    lateral_m : ndarray, float32, (n,)
        With `RING_S` of ringing before the first song's first sample and after the last one's last.
    vertical_m : ndarray, float32, (n,), or None
        Positive is up: (L - R)/2 where lateral is (L + R)/2. None where the cut is lateral.
    rate_hz : int
    songs : tuple of (int, int)
        First sample of each song and one past its last, from the first one's first.
    reserve : tuple of (int, int)
        How many samples of silence lie before and after these in the arrays that they are views of.
    """

    lateral_m: Array
    vertical_m: Array | None
    rate_hz: int
    songs: tuple[tuple[int, int], ...]
    reserve: tuple[int, int] = (0, 0)

    @property
    def ring(self) -> int:
        """Samples before the first song's first."""
        return ring_samples(self.rate_hz)

    @property
    def music_samples(self) -> int:
        """From the first song's first sample to the last one's last."""
        return self.songs[-1][1]

    @property
    def music_s(self) -> float:
        """The same in seconds."""
        return self.music_samples / self.rate_hz


def groove_rate_hz(bandwidth_hz: float) -> int:
    """48 kHz times the power of two that makes it at least four times the bandwidth."""
    rate = LEAST_RATE_HZ
    while rate < OVERSAMPLING * bandwidth_hz:
        rate *= 2
    return rate


def song_bandwidth_hz(song_rate_hz: int, machine_bandwidth_hz: float) -> float:
    """What is cut of a song: up to the machine's bandwidth, or as far as the song's own rate carries."""
    return min(machine_bandwidth_hz, song_rate_hz / 2 / 1.15)


def ring_samples(rate_hz: int) -> int:
    """How many samples of ringing there are before a programme's music."""
    return math.ceil(RING_S * rate_hz)


def programme(
    sounds: Sequence[Sound],
    curve: Curve,
    bandwidth_hz: float,
    *,
    stereo: bool = False,
    rate_hz: int | None = None,
    extra: tuple[Response | None, Response | None] = (None, None),
    reserve: tuple[int, int] = (0, 0),
    offset_of: Callable[[int], Array] | None = None,
    progress: Progress = silent,
) -> Programme:
    """Shape songs into a programme, each as it is decoded: none is ever held whole.

    Parameters
    ----------
    sounds : sequence of Sound
        One channel or two each.
    curve : Curve
    bandwidth_hz : float
        The machine's.
    stereo : bool
        Whether the groove may move up and down; else channels are mixed, (L + R)/2.
    rate_hz : int, optional
        Of the groove; `groove_rate_hz` of what is cut if not given.
    extra : pair of responses, or None
        What the lateral and the vertical are filtered by besides.
    reserve : (int, int)
        Samples of silence to hold ready before and after, for lead-in and lead-out: no copy is needed then.
    offset_of : callable, optional
        What each channel of a song, by its number, is constantly off by; asked once all of its blocks went by.
    """
    rate = rate_hz or groove_rate_hz(max(song_bandwidth_hz(s.rate_hz, bandwidth_hz) for s in sounds))
    rows = 2 if stereo and any(s.channels == 2 for s in sounds) else 1
    ring, gap = ring_samples(rate), round(MARKER_S * rate)
    shaped = [_shaped(s, curve, bandwidth_hz, rate, rows, extra) for s in sounds]
    # whoever does not tell a length is heard first
    held: list[Iterable[Array]] = [list(f) if s.frames is None else f for s, f in zip(sounds, shaped, strict=True)]
    lengths = [_length(s, h, rate) - 2 * ring for s, h in zip(sounds, held, strict=True)]
    total = sum(lengths) + gap * (len(sounds) - 1) + 2 * ring
    channels = [np.zeros(reserve[0] + total + reserve[1], np.float32) for _ in range(rows)]
    songs: list[tuple[int, int]] = []
    first = 0
    for number, pieces in enumerate(held):
        at = first + reserve[0]
        for piece in pieces:
            end = min(at + piece.shape[1], len(channels[0]))
            for to, row in zip(channels, piece, strict=False):
                to[at:end] += row[: end - at]  # rings of neighbours overlap
            at = end
            progress("shaping the sound", min((at - reserve[0]) / total, 1.0))
        songs.append((first, max(at - reserve[0] - 2 * ring, first + 1)))
        offset = np.zeros(1) if offset_of is None else offset_of(number)
        if offset.any():
            whole = [c[first + reserve[0] : at] for c in channels]
            _take_offset(
                whole, sounds[number], offset, _responses(sounds[number], curve, bandwidth_hz, rows, extra), rate
            )
        first = songs[-1][1] + gap
    used = songs[-1][1] + 2 * ring  # a file may hold a few frames less than it says
    views = [c[reserve[0] : reserve[0] + used] for c in channels]
    after = len(channels[0]) - reserve[0] - used
    return Programme(views[0], views[1] if rows == 2 else None, rate, tuple(songs), (reserve[0], after))


def _length(sound: Sound, held: Iterable[Array], rate_hz: int) -> int:
    if sound.frames is None:
        return sum(piece.shape[1] for piece in held)
    return math.ceil(sound.frames * rate_hz / sound.rate_hz) + 2 * ring_samples(rate_hz)


def _shaped(
    sound: Sound,
    curve: Curve,
    bandwidth_hz: float,
    rate_hz: int,
    rows: int,
    extra: tuple[Response | None, Response | None],
) -> Iterator[Array]:
    """One song's lateral (and vertical) displacement as it flows by: (rows, m)."""
    responses = _responses(sound, curve, bandwidth_hz, rows, extra)
    both = sound.channels == 2 and rows == 2
    mix = lateral_and_vertical if both else mono
    return flow(sound.blocks(), sound.rate_hz, responses, rate_hz, RING_S, mix)


def _responses(
    sound: Sound, curve: Curve, bandwidth_hz: float, rows: int, extra: tuple[Response | None, Response | None]
) -> list[Response]:
    """From a song to its displacement, a response for each row that it fills."""
    base = to_displacement(curve, song_bandwidth_hz(sound.rate_hz, bandwidth_hz))
    return [_and(base, each) for each in extra[: rows if sound.channels == 2 else 1]]


def _take_offset(
    channels: Sequence[Array], sound: Sound, offset: Array, responses: Sequence[Response], rate_hz: int
) -> None:
    """Take a constant offset out of a song that is shaped already: it thumps where the song begins and where it ends.

    Nothing constant passes the low-cut, so only these two thumps, which the response to a constant tells, are left of
    it.
    """
    seconds = len(channels[0]) / rate_hz - 2 * RING_S
    samples = round(min(seconds, 4.0) * sound.rate_hz)
    heard = np.asarray(offset, np.float32)[None, :]
    rows = (lateral_and_vertical if len(responses) == 2 else mono)(heard)
    for channel, response, part in zip(channels, responses, rows[:, 0], strict=False):
        (thumps,) = zip(
            *flow([np.ones((samples, 1), np.float32)], sound.rate_hz, response, rate_hz, RING_S), strict=True
        )
        thump = np.concatenate(thumps) * np.float32(part)
        half = min(len(thump), len(channel)) // 2
        channel[:half] -= thump[:half]
        channel[len(channel) - half :] -= thump[len(thump) - half :]


def _and(response: Response, other: Response | None) -> Response:
    if other is None:
        return response
    return lambda f: response(f) * other(f)
