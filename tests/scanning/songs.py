"""Grooves cut by the workshop's own code for pictures to be made of, and what they hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic import audio, presets
from bonemusic.cutting import engrave, programme, task
from bonemusic.cutting.fit import fit
from bonemusic.groove import Groove
from bonemusic.presets import Disc
from bonemusic.units import Level, Pitch

SIDE = presets.disc("10in-78")
DOLL = dataclasses.replace(
    SIDE,
    name="doll",
    title="a doll's record: some seconds on a small disc, at the groove speed of a 10 inch side",
    rpm=Fraction(300),
    diameter_m=0.062,
    recorded_diameter_m=0.058,
    music_inner_diameter_m=0.036,
    locked_diameter_m=0.028,
    lead_in_turns=1.0,
)
"""Its picture is small enough for every run: at 25 mm a turn passes at 0.79 m/s, as on a 10 inch disc at 96 mm."""


@dataclass(frozen=True)
class _Sound:
    """Mono sound that flows by."""

    samples: NDArray[Any]
    rate_hz: int
    channels: int = 1

    @property
    def frames(self) -> int | None:
        return len(self.samples)

    def blocks(self) -> Iterator[NDArray[Any]]:
        for first in range(0, len(self.samples), 65_536):
            yield self.samples[first : first + 65_536, None]


def cut_groove(
    song: NDArray[Any] | Path,
    rate_hz: int = 48_000,
    *,
    level_m: float = 60e-6,
    seconds: float | None = None,
    disc: Disc = SIDE,
    pitch: Pitch = "auto",
) -> tuple[Groove, audio.Audio]:
    """Cut a song as the workshop does, by the ideal machine and RIAA.

    Parameters
    ----------
    song : ndarray, (n,), or Path
        Of a path's sound both channels are mixed.
    rate_hz : int
        Of the array.
    level_m : float
        Peak displacement.
    seconds : float or None
        So much of the song.
    disc, pitch
        As for a cut.

    Returns
    -------
    Groove, Audio
        The groove, and the song in mono.
    """
    if isinstance(song, Path):
        held = audio.read(song, 0.0, seconds)
        samples, rate_hz = held.samples.mean(axis=1), held.rate_hz
    else:
        samples = np.asarray(song, np.float32)[: None if seconds is None else round(seconds * rate_hz)]
    machine = presets.machine("ideal")
    made = programme.programme([_Sound(samples, rate_hz)], presets.curve("riaa"), machine.bandwidth_hz)
    tip, sheet = presets.stylus(disc.stylus), presets.sheet(disc.sheet)
    work = task.task_of(made, disc, disc.rpm, machine, tip, sheet)
    found = fit(work, Level("displacement", level_m), pitch)
    groove = engrave.engrave(found.side, made, found.factor, disc, disc.rpm, {"curve": "riaa"})
    return groove, audio.Audio(samples, rate_hz)
