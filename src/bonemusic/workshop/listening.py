"""Three seconds of a hot spot, as given and as the groove plays: what a report lets be heard."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from .. import audio
from ..audio import Audio
from ..errors import SoundError
from ..groove import Groove, Knots
from ..playing.player import play
from ..presets import Turntable
from .checked import Spot, SpotSound
from .songs import Song
from .wish import Wish

LENGTH_S = 3.0
MARGIN_S = 0.5
RATE_HZ = 44_100


def sounds(
    spots: Sequence[Spot],
    songs: Sequence[Song],
    groove: Groove,
    gain: float,
    wish: Wish,
    ideal: Turntable,
    start_s: float,
) -> tuple[SpotSound, ...]:
    """The sound of each spot before and after, equally loud.

    Parameters
    ----------
    spots : sequence of Spot
    songs : sequence of Song
    groove : Groove
        As cut.
    gain : float
        What untouched sound was multiplied by: played sound is divided by it.
    wish : Wish
    ideal : Turntable
        The player, which adds nothing of its own.
    start_s : float
        Where in a song's file its stretch begins.
    """
    return tuple(_sound(spot, songs, groove, gain, wish, ideal, start_s) for spot in spots)


def _sound(
    spot: Spot, songs: Sequence[Song], groove: Groove, gain: float, wish: Wish, ideal: Turntable, start_s: float
) -> SpotSound:
    song = next(s for s in songs if s.name == spot.song)
    begin_s = max(min(spot.at_s - LENGTH_S / 2, song.seconds - LENGTH_S), 0.0)
    try:
        given = audio.resample(audio.excerpt(song.path, start_s + begin_s, LENGTH_S), RATE_HZ).samples
    except SoundError:  # a file of a kind that cannot be entered in the middle
        given = np.zeros((0, 1), np.float32)
    side_s = spot.side_s - spot.at_s + begin_s
    first = groove.music.first + round((side_s - MARGIN_S) * groove.rate_hz)
    last = groove.music.first + round((side_s + LENGTH_S + MARGIN_S) * groove.rate_hz)
    skipped = round(MARGIN_S * RATE_HZ)
    part = stretch(groove, max(first, 0), min(last, len(groove)))
    played = play(part, ideal, wish.stylus, wish.curve, rate_hz=RATE_HZ).samples / np.float32(max(gain, 1e-12))
    after = played[skipped if first >= 0 else 0 :][: round(LENGTH_S * RATE_HZ)]
    before = np.asarray(Audio(given, RATE_HZ).samples)
    return SpotSound(before, np.ascontiguousarray(after), RATE_HZ)


def stretch(groove: Groove, first: int, last: int) -> Groove:
    """A part of a groove as a groove of its own, at the same radii."""
    turns = first * groove.turns_per_sample

    def moved(knots: Knots) -> Knots:
        return Knots(knots.turns - turns, knots.value, knots.slope)

    return dataclasses.replace(
        groove,
        spiral=moved(groove.spiral),
        depth=moved(groove.depth),
        lateral_m=groove.lateral_m[first:last],
        vertical_m=None if groove.vertical_m is None else groove.vertical_m[first:last],
        bands=(),
    )
