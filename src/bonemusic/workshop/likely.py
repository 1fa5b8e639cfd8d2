"""Which recording curve a record may have been cut with, from the spectrum of its music; and how little that tells.

Music's long-term spectrum falls by about 5 dB an octave between 100 Hz and 4 kHz (P. D. Pestana et al., Spectral
characteristics of popular commercial recordings 1950-2010, 135th AES Convention, 2013). In thirds of an octave, each
wider than the one before, that is 2 dB an octave. Under each curve the record's own spectrum is held against that.
Above 4 kHz the microphones and cutters of the time differ more than curves do, below 100 Hz there is rumble.

Songs differ from the mean by a slope of their own and from band to band; by how much is assumed here. A curve is as
likely as such a difference is: what remains is told as odds, and many curves remain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..curves import replay
from ..presets import Curve
from .spectrum import Spectrum

LOWEST_HZ, HIGHEST_HZ = 100.0, 4000.0
FALL_DB = 2.0
"""To the octave, in thirds of an octave."""
OWN_SLOPE_DB = 2.0
"""Standard deviation of songs' slopes, to the octave. Assumed: dance bands, pianos and lone singers differ so."""
OWN_BALANCE_DB = 5.0
"""Standard deviation about these slopes, alike for bands within an octave: a bass, a tenor, a violin. Assumed."""
OWN_BAND_DB = 2.0
"""The same of each band for itself: keys and resonances. Assumed."""
ABOVE_NOISE_DB = 10.0
"""By so much a band's mean must exceed its quietest moments, else it may be noise."""
LEAST_BANDS = 9
FINE = ("629", "aes", "ccir", "columbia-lp", "din-1957", "ffrr-1951", "ffrr-lp", "nab", "orthophonic")
COARSE = ("acoustic", "blumlein", "brunswick", "bsi", "columbia-78", "decca-ffrr", "european-78", "iec-coarse")
"""Curves of microgroove and of 78s. RIAA may be on either: today's cutters know no other."""
NOT_MUSIC = ("aes-s001-a", "flat")
"""A calibration disc's; and what is `acoustic` to a record."""
SLOWEST_COARSE_RPM = 60.0
STILL_LIKELY = 1 / 5
"""A curve that is a fifth as likely as the best one cannot be told from it. With these spreads the right one is among
those named for nine in ten stretches of half a minute of two old recordings; narrower ones were wrong half the time."""


@dataclass(frozen=True)
class Suggested:
    """A curve to try.

    Attributes
    ----------
    name : str or None
        The likeliest; None where the spectrum tells nothing.
    why : str
        One sentence, with its doubts.
    others : tuple of str
        Those that are as good as equally likely.
    """

    name: str | None
    why: str
    others: tuple[str, ...] = ()


def typical_db(frequency_hz: NDArray[Any]) -> NDArray[Any]:
    """Music's spectrum in thirds of an octave, 0 dB at 1 kHz: 100 Hz to 4 kHz."""
    return np.asarray(-FALL_DB * np.log2(np.asarray(frequency_hz, np.float64) / 1000))


def suggested(spectrum: Spectrum, rpm: float) -> Suggested:
    """The curve under which a record sounds most like music in general.

    Parameters
    ----------
    spectrum : Spectrum
        Of its flat velocity.
    rpm : float
        The record's speed, which tells coarse grooves from fine ones, and with it the curves of the time.
    """
    f = spectrum.centre_hz
    heard = (f >= LOWEST_HZ * 0.99) & (f <= HIGHEST_HZ * 1.01)
    heard &= spectrum.mean_db - spectrum.quiet_db >= ABOVE_NOISE_DB
    if heard.sum() < LEAST_BANDS:
        return Suggested(None, "too little of the sound stands out of the noise to tell the curve; let the ear decide")
    known = {name: presets.curve(name) for name in _of_the_time(rpm)}
    odds = _odds(known, f[heard], spectrum.mean_db[heard])
    order = sorted(odds, key=lambda name: (-odds[name], name != "riaa", name))
    best = order[0]
    others = tuple(name for name in order[1:] if odds[name] >= STILL_LIKELY * odds[best])
    span = f"{f[heard][0]:.0f} Hz to {_hertz(float(f[heard][-1]))}"
    if not others:
        return Suggested(best, f"with {best} the spectrum, {span}, is most like music's; no other comes near it")
    named = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
    return Suggested(
        best,
        f"with {best} the spectrum, {span}, is most like music's, but {named} would do nearly as well: the label, the "
        "year and the ear tell more",
        others,
    )


def _hertz(frequency_hz: float) -> str:
    return f"{frequency_hz:.0f} Hz" if frequency_hz < 999.5 else f"{frequency_hz / 1000:.3g} kHz"


def _of_the_time(rpm: float) -> tuple[str, ...]:
    """Names of the curves that a record of that speed may have; a user's own may be on any."""
    never = (*NOT_MUSIC, *(FINE if rpm >= SLOWEST_COARSE_RPM else COARSE))
    return tuple(name for name in presets.names("curves") if name not in never)


def _odds(known: Mapping[str, Curve], f: NDArray[Any], flat_db: NDArray[Any]) -> dict[str, float]:
    """How likely each curve makes the spectrum, against the likeliest: 1 and less."""
    octaves = np.log2(f / 1000)
    apart = octaves[:, None] - octaves
    spread = OWN_SLOPE_DB**2 * np.outer(octaves, octaves)
    spread += OWN_BALANCE_DB**2 * np.exp(-(apart**2) / 2) + OWN_BAND_DB**2 * np.eye(len(f))
    spread += 1e4  # and a level of its own
    told = np.linalg.inv(spread)
    misfit = {}
    for name, curve in known.items():
        off = flat_db + 20 * np.log10(np.abs(replay(curve, f))) - typical_db(f)
        misfit[name] = float(off @ told @ off)
    least = min(misfit.values())
    return {name: float(np.exp((least - each) / 2)) for name, each in misfit.items()}
