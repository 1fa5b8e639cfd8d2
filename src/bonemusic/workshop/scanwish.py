"""What a person says of a scan, as it is spelt: size and speed, which way it lies, and which turns are to be heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from .. import units
from ..errors import UnitError

TRACKS = ("auto", "lateral", "density")
Tracks = Literal["auto", "lateral", "density"]
NOISES = ("reduce", "keep")
Noises = Literal["reduce", "keep"]
MOST_REGIONS = 100
RATES_HZ = (8000, 384_000)
_REGION = re.compile(r"\s*([0-9]{1,5}(?:\.[0-9]{0,3})?)\s*[-–]\s*([0-9]{1,5}(?:\.[0-9]{0,3})?)\s*")


@dataclass(frozen=True)
class ScanWish:
    """The part of a recipe that reads pictures.

    Attributes
    ----------
    seconds : float or None
        How long all that is followed plays: gives the speed where neither label nor ear tells it.
    mirror : bool
        The scan is mirrored: taken through the film, or of a negative.
    perspective : bool
        The picture is a photograph taken at an angle, and is to be straightened first.
    track : str
        How sound was written: lateral (a groove that swings), density (a track that varies in brightness), or auto.
    regions : tuple of (float, float)
        First and last turn of each stretch to be followed, counted from the beginning; none: the whole side.
    hum_hz : float or None
        The mains' frequency whose hum on the recording tells the speed.
    tuned_hz : float or None
        The pitch of A to which the music was tuned, which tells the speed.
    dots_per_m : float or None
        The scan's resolution, where its file tells none or a wrong one.
    noise : str
        Whether the picture's noise, as it was measured, is turned down in equalised sound: reduce or keep.
    rate_hz : int or None
        Rate of the sound that is written; None: 96 kHz for a transfer, which archives want.
    """

    seconds: float | None = None
    mirror: bool = False
    perspective: bool = False
    track: Tracks = "auto"
    regions: tuple[tuple[float, float], ...] = ()
    hum_hz: float | None = None
    tuned_hz: float | None = None
    dots_per_m: float | None = None
    noise: Noises = "reduce"
    rate_hz: int | None = None


def _seconds(text: str) -> float:
    value = units.time_s(text)
    if not 0.1 <= value <= 7200:
        raise UnitError(f"{units.shown(text)}: a side plays 0.1 s to 2 h; give how long all that is on it plays")
    return value


def _yes(text: str) -> bool:
    word = text.strip().lower()
    if word in ("on", "off"):
        return word == "on"
    raise UnitError(f"{units.shown(text)} is neither on nor off")


def _track(text: str) -> Tracks:
    word = text.strip().lower()
    for each in TRACKS:
        if word == each:
            return each  # type: ignore[return-value]
    raise UnitError(f"{units.shown(text)} is no way of writing sound; give auto, lateral or density")


def _noise(text: str) -> Noises:
    word = text.strip().lower()
    for each in NOISES:
        if word == each:
            return each  # type: ignore[return-value]
    raise UnitError(f"{units.shown(text)}: a picture's noise is turned down or left; give reduce or keep")


def _regions(text: str) -> tuple[tuple[float, float], ...]:
    parts = text.split(",")
    if len(parts) > MOST_REGIONS:
        raise UnitError(f"{len(parts):,} regions are too many; give {MOST_REGIONS} at most")
    made = []
    for part in parts:
        match = _REGION.fullmatch(part)
        if match is None:
            raise UnitError(
                f"{units.shown(part)} is no region; give first and last turn, such as 10-12 or 10-12,100-102.5"
            )
        first, last = float(match[1]), float(match[2])
        if last <= first:
            raise UnitError(f"{units.shown(part)}: a region ends after it begins; write it like 10-12")
        made.append((first, last))
    return tuple(made)


def _mains(text: str) -> float:
    value = units.frequency_hz(text)
    if not 15 <= value <= 150:
        raise UnitError(f"{units.shown(text)}: mains hum at 50 or 60 Hz; give the country's")
    return value


def _pitch(text: str) -> float:
    value = units.frequency_hz(text)
    if not 380 <= value <= 500:
        raise UnitError(
            f"{units.shown(text)}: the A of an orchestra lies between 380 and 500 Hz; 440 and 435 are usual"
        )
    return value


def _rate(text: str) -> int:
    value = units.frequency_hz(text)
    if not RATES_HZ[0] <= value <= RATES_HZ[1] or value != round(value):
        raise UnitError(f"{units.shown(text)} is no rate of sound; 96000, 48000 and 44100 are usual")
    return round(value)


PARSERS: dict[str, tuple[str, Any]] = {
    "seconds": ("seconds", _seconds),
    "mirror": ("mirror", _yes),
    "perspective": ("perspective", _yes),
    "track": ("track", _track),
    "regions": ("regions", _regions),
    "hum": ("hum_hz", _mains),
    "tuned": ("tuned_hz", _pitch),
    "noise": ("noise", _noise),
    "rate": ("rate_hz", _rate),
}
"""For each setting, the field of `ScanWish`, and how a person's spelling is read; `dpi` is a recipe's too."""
