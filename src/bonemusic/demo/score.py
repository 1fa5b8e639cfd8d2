"""What is played: a boogie-woogie in C, twelve bars a chorus, and when each note falls.

A bar has twelve slots, three a beat: swung eighths fall on 0 2 3 5 6 8 9 11. A bar of the right hand reads
`slot length notes` and so on, separated by `;`. Notes sounding together are joined by `+`; `Eb5>E5` slides from a
grace note; `E5+G5~C6` shakes between the two; a trailing `!` is an accent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BEATS = 4
SLOTS = 12
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# the left hand and the bass: one tone a beat; the left hand answers each with its octave ("eight to the bar")
WALK = (
    "C2 E2 G2 A2",
    "Bb2 A2 G2 E2",
    "C2 E2 G2 A2",
    "Bb2 A2 G2 E2",
    "F2 A2 C3 D3",
    "Eb3 D3 C3 A2",
    "C2 E2 G2 A2",
    "Bb2 A2 G2 F#2",
    "G2 B2 D3 E3",
    "F2 A2 C3 Eb3",
    "C2 E2 F2 F#2",
    "G2 F2 E2 D2",
)

RIFF = "0 2 Eb5>E5+G5+C6!; 2 2.6 E5+G5+C6; 5 2.6 F5+A5+C6!; 8 3.4 E5+G5+Bb5"
LAST_CHORUS = (
    RIFF,
    "2 1 C6!; 3 1.8 A5; 5 1 G5; 6 1.8 Eb5>E5!; 8 1 C5; 9 1.6 A4; 11 1 C5",
    RIFF,
    "0 1.8 C5; 2 1 Eb5>E5; 3 1.8 G5; 5 1 A5; 6 1.8 E5+Bb5+C6!; 8 1 G5+Bb5; 9 1.8 G5+C6!; 11 1 F#5+B5",
    "0 2 F5+A5+C6!; 2 2.6 F5+A5+C6; 5 2.6 F5+Bb5+D6!; 8 3.4 Eb5+A5+C6",
    "2 1 C6!; 3 1.8 Ab5>A5; 5 1 F5; 6 1.8 Eb5!; 8 1 D5; 9 1.6 C5; 11 1 D5",
    "0 5.6 Eb5>E5+G5~C6!; 6 1.8 E5+G5+C6!; 8 1 E5+G5+C6; 9 1.8 E5+G5+C6!; 11 1 B5",
    "0 1 C6!; 1 1 Bb5; 2 1 G5; 3 1 Gb5!; 4 1 F5; 5 1 Eb5; 6 1 C5!; 7 1 Bb4; 8 1 G4; 9 1.6 A4; 11 1 A#4",
    "0 2 A#4>B4+D5+G5!; 2 2.6 B4+D5+G5; 5 2.6 C5+E5+G5!; 8 3.4 B4+D5+F5",
    "0 2 Ab4>A4+C5+F5!; 2 2.6 A4+C5+F5; 5 2.6 Bb4+D5+F5!; 8 2.6 A4+C5+Eb5; 11 1 B4+D5",
    "0 2.4 Eb5>E5+G4+C5!; 3 1 G5!; 4 1 Bb4; 5 1 G5; 6 1 F#5!; 7 1 A4; 8 1 F#5; 9 1 F5!; 10 1 Ab4; 11 1 F5",
    "0 2 G4+E5!; 3 1.6 C5+Eb5+Gb5+Ab5; 5 3.4 B4+D5+F5+A5!; 9 1 G4; 10 1 A4; 11 1 B4",
)
OTHER_CHORUS = (
    "2 1 E4+Bb4+D5; 5 2.6 E4+Bb4+D5!; 8 1 E4+A4+D5; 11 1 E4+A4+D5",
    "0 2 E4+Bb4+D5!; 3 1.8 Eb5>E5; 5 1 G5; 6 1.8 A5!; 8 1 G5; 9 1.6 E5; 11 1 C5",
    "2 1 E4+Bb4+D5; 5 2.6 E4+Bb4+D5!; 8 1 E4+A4+D5; 11 1 E4+A4+D5",
    "0 1 C5; 1 1 D5; 2 1 D#5; 3 1.8 E5!; 5 1 G5; 6 1.8 Bb5!; 8 1 A5; 9 1 G5; 10 1 Gb5; 11 1 E5",
    "0 2 A4+Eb5+G5!; 5 2.6 A4+Eb5+G5!; 8 1 A4+D5+F5; 11 1 A4+D5+F5",
    "0 2 A4+Eb5+G5!; 3 1 C6!; 4 1 A5; 5 1 F5; 6 1 Eb5!; 7 1 D5; 8 1 C5; 9 1.6 A4; 11 1 B4",
    "0 2 G5+C6!; 2 1 G5+C6; 3 1.8 G5+C6!; 5 1 G5+C6; 6 1.8 F#5+C6!; 8 1 F5+C6; 9 1.8 E5+C6!; 11 1 Eb5+C6",
    "0 1.8 D5+Bb5!; 2 1 C5+A5; 3 1.8 Bb4+G5!; 5 1 G4+E5; 6 1.8 C5!; 8 1 Bb4; 9 1 G4; 10 1 Gb4; 11 1 F4",
    "0 .7 B4+D5+F5!; 1 .7 B4+D5+F5; 2 .7 B4+D5+F5; 3 .7 B4+D5+F5!; 4 .7 B4+D5+F5; 5 .7 B4+D5+F5; "
    "6 .7 A#4>B4+D5+F5!; 7 .7 B4+D5+F5; 8 .7 B4+D5+F5; 9 1 G5!; 10 1 F5; 11 1 D5",
    "0 .7 A4+C5+Eb5!; 1 .7 A4+C5+Eb5; 2 .7 A4+C5+Eb5; 3 .7 A4+C5+Eb5!; 4 .7 A4+C5+Eb5; 5 .7 A4+C5+Eb5; "
    "6 .7 Ab4>A4+C5+Eb5!; 7 .7 A4+C5+Eb5; 8 .7 A4+C5+Eb5; 9 1 F5!; 10 1 Eb5; 11 1 C5",
    LAST_CHORUS[10],
    "0 2 G4+E5!; 3 1.6 C5+Eb5+Gb5+Ab5; 5 3.4 B4+D5+F5+A5!; 9 1 G5; 10 1 A5; 11 1 B5!",
)
ENDING = "0 2 G4+E5!; 3 1 G4; 4 1 A4; 5 1 B4; 6 1.5 F4+Cb5+Eb5+Ab5!; 8 60 E4+Bb4+D5+G5+C6!; 13 60 C6+C7"
ENDING_LEFT = "0 2 G2+G3; 3 2 G2; 6 1.5 Db2+Db3!; 8 60 C2+G2+C3!; 12 60 C1+C2!"


@dataclass(frozen=True)
class Note:
    """One note in a bar: its slot (0 to 12, or beyond it), its length in slots, its key, its loudness 0 to 1."""

    slot: float
    length: float
    midi: int
    loudness: float


def key(name: str) -> int:
    """The number of a key from its name: C4 is 60, Bb2 is 46, Cb5 is B4."""
    sharp = name.count("#") - name[1:].count("b")
    return STEPS[name[0]] + sharp + 12 * (int(name[-1]) + 1)


def chorus_of(bar: int, bars: int) -> tuple[int, int]:
    """Which chorus, counted from the end, and which of its twelve bars: a tune always ends with whole choruses."""
    left = bars - 1 - bar
    return left // 12, 11 - left % 12


def right_hand(bar: int, bars: int) -> list[Note]:
    """The right hand's notes in a bar of a tune of so many bars."""
    if bar == bars - 1:
        return list(_read(ENDING, 0.56))
    chorus, at = chorus_of(bar, bars)
    return list(_read((OTHER_CHORUS if chorus % 2 else LAST_CHORUS)[at], 0.66))


def left_hand(bar: int, bars: int) -> list[Note]:
    """The left hand's walking octaves in a bar: the tone on the beat, its octave on the swung half."""
    if bar == bars - 1:
        return list(_read(ENDING_LEFT, 0.46))
    notes = []
    for beat, midi in enumerate(walk(bar, bars)):
        notes.append(Note(3 * beat, 1.7, midi, 0.62 if beat % 2 else 0.68))
        notes.append(Note(3 * beat + 2, 0.85, midi + 12, 0.5))
    return notes


def walk(bar: int, bars: int) -> list[int]:
    """The keys that the bass walks through in a bar, one a beat."""
    return [key(name) for name in WALK[chorus_of(bar, bars)[1]].split()]


def _read(text: str, loudness: float) -> Iterator[Note]:
    for part in text.split(";"):
        slot, length, notes = part.split()
        at, long = float(slot), float(length)
        # the beat leads, the swung half follows, what lies between is thrown in
        level = loudness * {0: 1.0, 2: 0.92}.get(int(at) % 3, 0.84) * (1.22 if notes.endswith("!") else 1.0)
        yield from _sound(notes.rstrip("!"), at, long, min(level, 1.0))


def _sound(notes: str, at: float, long: float, level: float) -> Iterator[Note]:
    if ">" in notes:
        grace, notes = notes.split(">")
        yield Note(at - 0.42, 0.5, key(grace), 0.8 * level)
    if "~" in notes:
        sides = notes.split("~")
        for k in range(int(2 * long)):
            swell = 0.82 + 0.18 * k / (2 * long)
            yield from _sound(sides[k % 2], at + k / 2, 0.5, level * swell)
        return
    for name in notes.split("+"):
        yield Note(at, long, key(name), level)
