"""A side as it was read from its scans, and what a transfer draws of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..audio import Audio
from ..curves import REFERENCE_VELOCITY_M_S
from ..groove import Groove
from ..scanning.grain import Grain
from ..scanning.rings import Rings
from ..scanning.track import Track
from .likely import Suggested
from .spectrum import Spectrum


@dataclass(frozen=True)
class Scanned:
    """What was read of a side, before anything is heard.

    Attributes
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
        The picture that the track lies in: of several scans, the first.
    flat, mended : Groove
        As it was followed, nothing mended; and with its gaps filled. Of one length, rate and speed.
    track : Track
        In the pixels of `grey`.
    invented, missing : ndarray, int64, (k, 2)
        First sample, and one past the last, of each stretch of `mended` that was made up, or is silent.
    speed_from : str
        What told the speed: "--rpm", "mains hum" …
    rings : Rings
        Rim, label and hole, where they are seen.
    direction : str
        How the groove runs, in words.
    locked : bool
        Whether it ends in a groove that runs in itself.
    way : str
        lateral or density.
    wow_before_percent, wow_after_percent : float or None
        Once a turn: about the hole, and about the centre found.
    grain : Grain or None
        The picture's noise, where it moves what is read.
    faults : tuple of str
        Of the scan.
    notes : tuple of str
    """

    grey: NDArray[Any]
    flat: Groove
    mended: Groove
    track: Track
    invented: NDArray[Any]
    missing: NDArray[Any]
    speed_from: str
    rings: Rings
    direction: str
    locked: bool
    mirrored: bool
    way: str
    wow_before_percent: float | None
    wow_after_percent: float | None
    grain: Grain | None
    faults: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """A groove played, and how it was fitted into a file.

    Attributes
    ----------
    audio : Audio
    gain_db : float
        0 dB: 5 cm/s peak at 1 kHz is full scale.
    peak_dbfs : float or None
        None: silence.
    clicks : int
        Mended in the sound.
    quieter : bool
        Whether the picture's noise was turned down.
    """

    audio: Audio
    gain_db: float
    peak_dbfs: float | None
    clicks: int = 0
    quieter: bool = False

    @property
    def full_scale_cm_s(self) -> float:
        """Peak velocity that fills the file."""
        return 100 * REFERENCE_VELOCITY_M_S * 10 ** (-self.gain_db / 20)


@dataclass(frozen=True)
class Seen:
    """What the page of a transfer shows besides its report.

    Attributes
    ----------
    disc : bytes
        The scan with the track over it, small, as JPEG.
    turns, confidence, least : ndarray, (m,)
        Over the side: the mean confidence of each stretch, and its 2nd percentile.
    gaps : ndarray, float64, (k, 2)
        Turn, and seconds that are not from the picture.
    flat, heard : Spectrum
        Of the flat transfer and of the equalised copy, 0 dB = 5 cm/s peak, root mean square.
    scanned_db : ndarray, float64, (bands,)
        The flat transfer's quietest moments under the curve: as they were before the picture's noise was turned down.
    suggested : Suggested
    sounds : tuple of (str, ndarray, int)
        Name, samples (frames, channels) and rate of what is short enough to be set into the page.
    """

    disc: bytes
    turns: NDArray[Any]
    confidence: NDArray[Any]
    least: NDArray[Any]
    gaps: NDArray[Any]
    flat: Spectrum
    heard: Spectrum
    scanned_db: NDArray[Any]
    suggested: Suggested
    sounds: tuple[tuple[str, NDArray[Any], int], ...]


STRETCHES = 400


def over_the_side(scanned: Scanned) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Turns, and the mean and the 2nd percentile of the confidence there, in at most 400 stretches."""
    sure = np.asarray(scanned.track.confidence)
    edges = np.unique(np.linspace(0, len(sure), STRETCHES + 1).astype(np.int64))
    parts = [sure[a:b] for a, b in pairwise(edges)]
    turns = (edges[1:] + edges[:-1]) / 2 / scanned.track.steps_per_turn
    mean = np.array([part.mean(dtype=np.float64) for part in parts])
    # of a stretch of 50,000 samples every 16th tells the percentile as well
    least = np.array([np.percentile(part[::16], 2) for part in parts])
    return turns, mean, least
