"""The demo's song: a boogie-woogie for piano, bass and brushes, made by code alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio import Audio
from ..errors import SoundError
from . import band, score
from .modes import Sound
from .piano import piano_note

BAR_S = 1.5  # 160 beats a minute; the tune stretches a little to fill its time with whole bars
LEAD_S = 0.15
TAIL_S = 2.3
FADE_S = 1.3
SHORTEST_S = 5.0
PEAK = 10 ** (-1 / 20)
LOUDNESS_STEPS = 12  # so that equal notes are made once
ROOM_S = 0.7
BARS_ALONE = 2  # the piano begins, the band joins


@dataclass(frozen=True)
class Stroke:
    """One sound at its moment: who plays, when, which key, how long, how loud (in steps)."""

    voice: str
    at_s: float
    midi: int
    hundredths: int
    loudness: int


def boogie(seconds: float = 26.0, rate_hz: int = 44100) -> Audio:
    """Play a boogie-woogie in C: twelve-bar choruses, a turnaround and a proper end.

    Parameters
    ----------
    seconds : float
        Length; the tempo gives way a little so that it holds whole bars. At least 5.
    rate_hz : int
        Frames per second.

    Returns
    -------
    Audio
        Stereo, peak -1 dBFS, the same at every call.

    Raises
    ------
    SoundError
        Shorter than five seconds.
    """
    if not seconds >= SHORTEST_S:
        raise SoundError(f"the tune needs at least {SHORTEST_S:g} s, not {seconds:g}; give it more time")
    frames = round(seconds * rate_hz)
    bars, bar_s = tempo(seconds)
    piano = np.zeros((2, frames), np.float32)
    low = np.zeros((1, frames), np.float32)
    made: dict[tuple[str, int, int, int], Sound] = {}
    for stroke in sorted(_strokes(bars, bar_s), key=lambda s: (s.voice, s.at_s)):
        what = (stroke.voice, stroke.midi, stroke.hundredths, stroke.loudness)
        if what not in made:
            made[what] = _made(stroke, rate_hz)
        _add(low if len(made[what]) == 1 else piano, made[what], round(stroke.at_s * rate_hz))
    mix = _in_a_room(piano, low, rate_hz)
    fade = round(FADE_S * rate_hz)
    mix[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)).astype(np.float32) ** 2
    mix *= np.float32(PEAK / np.abs(mix).max())
    return Audio(np.ascontiguousarray(mix.T), rate_hz)


def tempo(seconds: float) -> tuple[int, float]:
    """How many bars a tune of this length has, and how many seconds each takes."""
    music_s = seconds - LEAD_S - TAIL_S
    bars = max(2, round(music_s / BAR_S))
    return bars, music_s / bars


def _strokes(bars: int, bar_s: float) -> Iterator[Stroke]:
    """Every sound of the tune, with a player's small unevenness."""
    rng = np.random.default_rng(1955)
    slot_s = bar_s / score.SLOTS
    end_s = LEAD_S + bars * bar_s + TAIL_S
    for bar in range(bars):
        start_s = LEAD_S + bar * bar_s
        hands = [*score.left_hand(bar, bars), *score.right_hand(bar, bars)]
        for note in hands:
            late_s = 0.0025 * rng.standard_normal() + 0.0045 * rng.random() * (note.midi >= 60)
            at_s = max(0.0, start_s + note.slot * slot_s + late_s)
            long_s = min(note.length * slot_s, end_s - at_s)
            level = note.loudness * (1 + 0.05 * rng.standard_normal()) * _arc(bar, bars)
            yield _stroke("piano", at_s, note.midi, long_s, level)
        if bar >= min(BARS_ALONE, bars - 2):
            yield from _rhythm(bar, bars, start_s, slot_s, rng)


def _arc(bar: int, bars: int) -> float:
    """Loudness along the tune: it grows towards its end and breathes every four bars."""
    return 0.84 + 0.1 * bar / bars + 0.05 * (bar % 4) / 3


def _rhythm(bar: int, bars: int, start_s: float, slot_s: float, rng: np.random.Generator) -> Iterator[Stroke]:
    last = bar == bars - 1
    beats = (0, 3, 6, 8) if last else (0, 3, 6, 9)
    tones = [score.key(n) for n in ("G2", "G2", "Db2", "C2")] if last else score.walk(bar, bars)
    for beat, (slot, midi) in enumerate(zip(beats, tones, strict=True)):
        at_s = start_s + slot * slot_s + 0.002 * rng.standard_normal()
        final = last and beat == 3
        yield _stroke("bass", at_s, midi, (18 if final else 2.7) * slot_s, 0.78 if beat % 2 else 0.9)
        yield _stroke("kick", at_s, 0, 0, 0.75 if beat % 2 == 0 or final else 0.4)
        yield _stroke("ride", at_s, 0, 0, 0.9 if beat % 2 or final else 0.65)
        if beat % 2:
            yield _stroke("brush", at_s, 0, 0, 0.95)
            if not last:
                yield _stroke("ride", at_s + 2 * slot_s, 0, 0, 0.5)
        elif not last:
            yield _stroke("sweep", at_s, 0, 2.6 * slot_s, 0.6)


def _stroke(voice: str, at_s: float, midi: int, long_s: float, level: float) -> Stroke:
    steps = round(np.clip(level, 1 / LOUDNESS_STEPS, 1) * LOUDNESS_STEPS)
    return Stroke(voice, at_s, midi, max(4, round(100 * long_s)), steps)


def _made(stroke: Stroke, rate_hz: int) -> Sound:
    level, long_s = stroke.loudness / LOUDNESS_STEPS, stroke.hundredths / 100
    match stroke.voice:
        case "piano":
            return piano_note(stroke.midi, level, long_s, rate_hz)
        case "bass":
            return 0.53 * band.bass_note(stroke.midi, level, long_s, rate_hz)
        case "kick":
            return 0.5 * band.kick(level, rate_hz)
        case "brush":
            return 0.56 * band.brush(level, rate_hz)
        case "sweep":
            return 0.14 * band.sweep(level, long_s, rate_hz)
        case _:
            return 0.42 * band.ride(level, rate_hz)


def _add(bus: Sound, sound: Sound, at: int) -> None:
    part = sound[:, : max(0, bus.shape[1] - at)]
    bus[:, at : at + part.shape[1]] += part


def _in_a_room(piano: Sound, low: Sound, rate_hz: int) -> Sound:
    """Both buses together; the piano's with the air of a small hall, and nothing below what is heard."""
    frames = piano.shape[1]
    n = _good_length(frames + round(ROOM_S * rate_hz))
    hz = np.fft.rfftfreq(n, 1 / rate_hz).astype(np.float32)
    heard = hz**4 / (hz**4 + np.float32(30**4))
    deep = np.fft.rfft(low[0], n) * np.float32(np.sqrt(0.5))
    out = np.empty_like(piano)
    for channel, room in enumerate(_rooms(rate_hz)):
        spectrum = np.fft.rfft(piano[channel], n) * (1 + np.fft.rfft(room, n)) + deep
        out[channel] = np.fft.irfft(spectrum * heard, n)[:frames]
    return out


def _rooms(rate_hz: int) -> NDArray[np.float32]:
    """What a clap leaves behind left and right, (2, frames): noise that dies, its treble first."""
    frames = round(ROOM_S * rate_hz)
    t = np.arange(frames) / rate_hz
    hz = np.fft.rfftfreq(frames, 1 / rate_hz)
    band_pass = 1 / np.sqrt((1 + (250 / (hz + 1)) ** 4) * (1 + (hz / 3800) ** 2))
    clap = np.random.default_rng(1949).standard_normal((2, frames))
    clap = np.fft.irfft(np.fft.rfft(clap) * band_pass, frames)
    clap *= np.exp(-t / 0.085) * np.clip((t - 0.011) / 0.006, 0, 1)
    return np.asarray(0.3 * clap / np.sqrt((clap**2).sum(axis=1, keepdims=True)), np.float32)


def _good_length(least: int) -> int:
    """The next length whose Fourier transform is fast: 2, 3 or 5 times a power of two."""
    return min(m << max(0, int(np.ceil(np.log2(least / m)))) for m in (2, 3, 5))
