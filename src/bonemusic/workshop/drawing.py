"""A groove into a file: how fine its grid must be, the writing, and what the drawing then holds."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import from_displacement
from ..errors import FitError
from ..formats import CutDisc, Format
from ..groove import Band, Groove
from ..paths import fidelity
from ..paths.line import Line
from ..paths.parts import going_on
from ..paths.ready import ready
from ..pictures.film import Laid
from ..presets import Curve, Machine
from ..progress import Progress
from ..spectral import filtered, high_cut, low_cut
from ..units import length_text
from .machining import machining, remarks
from .output import whole
from .parts import written
from .wish import Wish

GOOD_SNR_DB = 45.0
"""Below this the ideal machine's steps get finer: rounding stays under what any sheet's surface adds."""
COARSE_SNR_DB = 35.0
"""Below this the drawing's peak velocity is as much rounding as music, and is looked for everywhere."""
NOTHING_HEARD_DB = -3.0
"""Below this nothing is cut: noise is twice as strong as the music."""
TRIALS, CHECKS = 4, 16


@dataclass(frozen=True)
class Drawn:
    """What was written, and what it holds.

    Attributes
    ----------
    files : tuple of Path
        In the order in which they are cut.
    points, size : int
        Points drawn, bytes written.
    notes : tuple of str
        What to know of the files and of the machine, a line each.
    step_m : float or None
        The grid's step; None for pictures.
    snr_db : float or None
        Between the music and the drawing's error, as replay hears them within `fidelity.BAND_HZ`.
    peak_velocity_m_s : float or None
        Of the music, read off the drawing.
    seconds : float or None
        How long the machine takes.
    """

    files: tuple[Path, ...]
    points: int
    size: int
    notes: tuple[str, ...] = ()
    step_m: float | None = None
    snr_db: float | None = None
    peak_velocity_m_s: float | None = None
    seconds: float | None = None


def draw(
    work: CutDisc,
    spelling: Format,
    out: Path,
    wish: Wish,
    bandwidth_hz: float,
    heard: Heard,
    places: tuple[tuple[Laid, str], ...],
    progress: Progress,
) -> Drawn:
    """Write a cut disc in a format, into one file or several.

    Parameters
    ----------
    work : CutDisc
        Without line, which is found here where lines are drawn.
    spelling : Format
    out : Path
    wish : Wish
        Error and music are heard through its replay curve.
    bandwidth_hz : float
    heard : Heard
    places : tuple of (Laid, str)
        Where there are any, a contact sheet of them is written.
    progress : Progress

    Raises
    ------
    FitError
        The grid is too coarse for any sound, or nothing is left to draw.
    """
    if places:
        return _contact(work, out, places, progress)
    if not spelling.lines or work.view != "machine":
        done = written(work, spelling, out, progress)
        return Drawn(done.files, done.points, done.size, done.notes)
    music = work.groove.music
    line = ready(work.groove, work.disc, work.machine, bandwidth_hz, progress, spelling.turning)
    if line.search is not None:  # all at once, on all cores: what follows looks at most of it
        for _ in line.pieces(lambda x, y: None, progress):
            pass
    line, snr_db = _fine_enough(line, work, music, wish.curve, heard)
    _refuse_noise(snr_db, work.machine)
    coarse = snr_db is not None and snr_db < COARSE_SNR_DB
    peak = fidelity.peak_velocity_m_s(line, work.groove, music.first, music.last, coarse)
    work = dataclasses.replace(work, line=going_on(line, wish.from_turn))
    asked = machining(work, spelling)
    done = written(work, spelling, out, progress)
    said = (*done.notes, *remarks(work.disc, work.machine, spelling, asked))
    return Drawn(done.files, done.points, done.size, said, line.step_m, snr_db, peak, asked.seconds)


def _contact(work: CutDisc, out: Path, places: tuple[tuple[Laid, str], ...], progress: Progress) -> Drawn:
    from ..formats.png import contact

    with whole(out) as file:
        contact.write(file, work, places, progress)
        size = file.tell()
    return Drawn((out,), 0, size)


def _refuse_noise(snr_db: float | None, machine: Machine) -> None:
    if snr_db is not None and snr_db < NOTHING_HEARD_DB:
        raise FitError(
            f"the grid of {machine.name} ({length_text(machine.step_m)}) leaves {snr_db:.0f} dB between sound and "
            "noise: nothing but noise would be heard; take a finer machine, a faster speed or a bigger disc"
        )


@dataclass(frozen=True)
class Heard:
    """How loud the music of a side is as replay hears it.

    Attributes
    ----------
    power : float
        Mean square within `fidelity.BAND_HZ`, in (5 cm/s)², over the seconds that are no pauses; 0 for silence.
    loud : ndarray, bool, (n,)
        Which of the music's seconds are no pauses (30 dB down); empty where it is shorter than one.
    """

    power: float = 0.0
    loud: NDArray[Any] = field(default_factory=lambda: np.zeros(0, bool))

    def spoken(self, starts_s: list[float]) -> list[float]:
        """Those of some moments, seconds since the music's beginning, that lie in no pause; all if none does."""
        if not len(self.loud):
            return starts_s
        middle = fidelity.WINDOW_S / 2
        return [s for s in starts_s if self.loud[min(int(s + middle), len(self.loud) - 1)]] or starts_s


def heard_of(groove: Groove, curve: Curve) -> Heard:
    """Measure a groove's music."""
    low, high = fidelity.BAND_HZ
    replayed = from_displacement(curve, 1.2 * high)

    def heard(f: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(replayed(f) * low_cut(f, low, 6) * high_cut(f, high, 1.15 * high))

    music = groove.music
    in_band = filtered(groove.lateral_m[music.first : music.last], groove.rate_hz, heard, 12_000)
    whole_s = len(in_band) // 12_000 * 12_000
    if not whole_s:
        return Heard(float(np.mean(in_band.astype(np.float64) ** 2)))
    seconds = np.mean(in_band[:whole_s].reshape(-1, 12_000).astype(np.float64) ** 2, axis=1)
    if not seconds.any():
        return Heard()
    loud = seconds >= 1e-3 * seconds.mean()
    return Heard(float(seconds[loud].mean()), loud)


def _fine_enough(line: Line, work: CutDisc, music: Band, curve: Curve, heard: Heard) -> tuple[Line, float | None]:
    """The line, its grid finer where the level is low and the machine can, and the SNR that playing it gives."""
    rate = work.groove.rate_hz
    first_s, last_s = music.first / rate, music.last / rate

    def snr_db(line: Line, count: int) -> float | None:
        # errors may be those of loud passages: what pauses have of them is no noise of the music's
        starts = heard.spoken(fidelity.windows(0.0, last_s - first_s, count))
        error = fidelity.heard_error(line, work.groove, curve, [first_s + start for start in starts])
        return 10 * math.log10(heard.power / error) if error > 0 and heard.power > 0 else None

    while line.search is None and line.step_m / 2 >= work.machine.finest_step_m:
        found_db = snr_db(line, TRIALS)
        if found_db is None or found_db >= GOOD_SNR_DB:
            break
        line = dataclasses.replace(line, step_m=line.step_m / 2)
    return line, snr_db(line, CHECKS)
