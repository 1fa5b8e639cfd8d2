"""How well a disc was read: sound against the song, place against the true groove, the centre's wow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from bonemusic import presets
from bonemusic.audio import Audio
from bonemusic.groove import Groove
from bonemusic.playing.player import play
from bonemusic.scanning.track import Geometry

BAND_HZ = (100.0, 4500.0)
SILENT = 1e-3
"""Seconds with less than this part of the song's mean power are not compared."""
CLICK = 8.0
"""How far out of the residue, in its own σ nearby, counts as a click: noise never gets there."""
APART_S = 0.01
FADE_S = 0.05
STEEPER = 1.5
"""And how much steeper than the song is within `NEAR_S` it is."""
NEAR_S = 0.01
WIDE = 0.45
"""Clicks are sought up to this part of the rate: they are short."""


@dataclass(frozen=True)
class Heard:
    """Sound against the song, in the band, after one lag for all and one gain for each second.

    Attributes
    ----------
    snr_db : float
    gain : float
        The median second's.
    lag_s : float
        How much later than the song the sound comes.
    clicks_per_minute : float
        Bursts that stand out of the difference by far, and are steeper than anything that the song has nearby: what was
        made up for a gap is wrong, but no click.
    seconds : int
        How many were compared.
    """

    snr_db: float
    gain: float
    lag_s: float
    clicks_per_minute: float
    seconds: int


def played(groove: Groove) -> Audio:
    """What an ideal turntable hears of a groove, RIAA."""
    out = play(groove, presets.turntable("ideal"), None, presets.curve("riaa"))
    return Audio(out.samples, out.rate_hz)


def heard(sound: Audio, song: Audio, band_hz: tuple[float, float] = BAND_HZ) -> Heard:
    """Compare.

    Parameters
    ----------
    sound : Audio
        Any gain, any lag, at the song's speed; of several channels the mean.
    song : Audio
    band_hz : (float, float)
    """
    rate = sound.rate_hz
    given = song.samples.mean(axis=1).astype(np.float64)
    if song.rate_hz != rate:
        given = soxr.resample(given, song.rate_hz, rate, quality="VHQ")
    taken = sound.samples.mean(axis=1).astype(np.float64)
    y, ref, lag = aligned(taken, given, rate, band_hz)
    y, ref = (_by_seconds(c, rate) for c in (y, ref))
    power = np.mean(ref**2, axis=1)
    loud = power > SILENT * power.mean()
    y, ref = y[loud], ref[loud]
    gain = np.sum(y * ref, axis=1) / np.sum(ref**2, axis=1)
    gain[gain == 0] = 1e-30
    snr = 10 * np.log10(np.sum(ref**2) / np.sum((y / gain[:, None] - ref) ** 2))
    wide = [_by_seconds(c, rate)[loud] for c in aligned(taken, given, rate, (band_hz[0], WIDE * rate))[:2]]
    clicks = sum(_clicks(row / g, own, rate) for row, own, g in zip(*wide, gain, strict=True))
    return Heard(float(snr), float(np.median(gain)), lag / rate, 60 * clicks / max(len(gain), 1), len(gain))


def _by_seconds(sound: NDArray[Any], rate_hz: int) -> NDArray[Any]:
    return sound[: len(sound) // rate_hz * rate_hz].reshape(-1, rate_hz)


def aligned(
    sound: NDArray[Any], song: NDArray[Any], rate_hz: int, band_hz: tuple[float, float]
) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Both in the band, the sound moved to where the song is and cut to its length; and the lag in samples.

    Both fade in and out over `FADE_S`, so that nothing before or after the song rings into it.
    """
    fade = round(FADE_S * rate_hz)
    first = _whole_lag(sound, song, rate_hz, band_hz) - fade
    near = np.pad(sound, (max(-first, 0), max(first + len(song) + 2 * fade - len(sound), 0)))
    near = _faded(near[max(first, 0) :][: len(song) + 2 * fade], fade // 2)
    size = 1 << int(np.ceil(np.log2(len(near))))
    there, given = np.fft.rfft(near, size), np.fft.rfft(song, size)
    inside = _inside(size, rate_hz, band_hz)
    cross, omega = there * np.conj(given) * inside, 2 * np.pi * np.arange(len(there)) / size
    lag = float(fade)
    for _ in range(6):
        turned = cross * np.exp(1j * omega * lag)
        lag -= float(np.sum(omega * turned.imag) / np.sum(omega**2 * turned.real))  # Newton's step to the summit
    moved = np.fft.irfft(there * np.exp(1j * omega * lag), size)[: len(song)]
    y, ref = (np.fft.irfft(np.fft.rfft(_faded(c, fade), size) * inside, size)[: len(song)] for c in (moved, song))
    return y, ref, first + lag


def _whole_lag(sound: NDArray[Any], song: NDArray[Any], rate_hz: int, band_hz: tuple[float, float]) -> int:
    """To a sample: from their steps, of which none is so large that a broken stretch decides."""
    size = 1 << int(np.ceil(np.log2(len(sound) + len(song))))
    steps = np.diff(sound)
    most = 20 * float(np.median(np.abs(steps)))
    there, given = (np.fft.rfft(c, size) for c in (np.clip(steps, -most, most), np.diff(song)))
    # signed: a sound upside down is not the song
    lag = int(np.argmax(np.fft.irfft(there * np.conj(given) * _inside(size, rate_hz, band_hz), size)))
    return lag - size if lag > size / 2 else lag


def _inside(size: int, rate_hz: int, band_hz: tuple[float, float]) -> NDArray[Any]:
    f = np.fft.rfftfreq(size, 1 / rate_hz)
    return (f >= band_hz[0]) & (f <= band_hz[1])


def _faded(sound: NDArray[Any], samples: int) -> NDArray[Any]:
    out = sound.astype(np.float64)
    ramp = np.sin(np.linspace(0, np.pi / 2, samples)) ** 2
    out[:samples] *= ramp
    out[-samples:] *= ramp[::-1]
    return out


def _clicks(sound: NDArray[Any], song: NDArray[Any], rate_hz: int) -> int:
    """How many there are in a second."""
    rest = np.abs(sound - song)
    near = 2 * round(NEAR_S * rate_hz) + 1
    steep, most = (maximum_filter1d(np.abs(np.diff(c, prepend=c[0])), n) for c, n in ((sound, 9), (song, near)))
    at = np.flatnonzero((rest > CLICK * 1.4826 * np.median(rest)) & (steep > STEEPER * most))
    return int(len(at) > 0) + int(np.count_nonzero(np.diff(at) > APART_S * rate_hz))


def position_error_m(read: Groove, true: Groove, band_hz: tuple[float, float] = BAND_HZ) -> float:
    """Root mean square of where the groove was read against where it lies, over the music, in the band.

    The read groove may have another rate and begin elsewhere; one lag is allowed for, no gain.
    """
    rate = true.rate_hz
    found = read.lateral_m.astype(np.float64)
    if read.rate_hz != rate:
        found = soxr.resample(found, read.rate_hz, rate, quality="VHQ")
    given = true.lateral_m[true.music.first : true.music.last].astype(np.float64)
    y, ref, _ = aligned(found, given, rate, band_hz)
    return float(np.sqrt(np.mean((y - ref) ** 2)))


def wow_percent(found: Geometry, true: Geometry, radius_m: float) -> tuple[float, float]:
    """Speed's peak deviation once and twice a turn at a radius, from where a reader takes the disc to lie."""
    angle = np.arange(3600) * (2 * np.pi / 3600)
    _, seen = true.polar(*found.pixels(np.full(3600, radius_m), angle))
    off = (seen - angle + np.pi) % (2 * np.pi) - np.pi
    part = np.abs(np.fft.rfft(off)) * 2 / 3600
    return float(100 * part[1]), float(200 * part[2])
