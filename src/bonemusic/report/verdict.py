"""What a check found, in words: plain text for the page and the terminal, each of which makes it safe in its way."""

from __future__ import annotations

import math

from ..units import span_text
from ..workshop.checked import CheckReport, Place, SideCheck
from .words import clock, decibels, length, number, time, with_unit

LIMITED_BY = {
    "time": "The side is full: any louder, and the turns would need more room than the disc has.",
    "bass": "The bass sets the level: its wide swings push the turns apart.",
    "treble": "The treble sets the level: any louder, and its bends would be too tight or too steep for the needle.",
    "phase": "Bass that left and right play against each other sets the level: it makes the groove rise and sink.",
    "sheet": "The sheet sets the level: any louder, and the groove would cut too deep into it or lift off it.",
    "pickup": "The pickup sets the level: any louder, and a good one would no longer follow.",
    "head": "The cutter head sets the level: any louder, and its coils would get too hot.",
    "wish": "The level is the one that was asked for; nothing else sets it.",
}
MEANING = {
    "sibilance": "Sharp s sounds or cymbals: the groove shakes faster than the needle can follow, and that spits.",
    "out-of-phase bass": "Left and right pull the bass opposite ways: the groove rises and sinks, and may throw the "
    "needle up.",
    "inner-groove distortion": "Near the label the groove runs slowly and its waves crowd: treble turns rough.",
    "clipping": "The recording itself is cut off at full scale. That harshness is in the song, on any medium.",
    "curvature": "A bend tighter than the tip of the needle: the needle cuts the corner, and the sound is dulled.",
    "swing": "The groove swings wider than a good pickup follows, and takes its room from the neighbouring turns.",
    "needle": "The groove pushes the needle aside harder than its weight holds it down: it may jump.",
}
LIMIT = {
    "slope": "steepness the needle can climb",
    "curvature": "bends as tight as the needle's tip",
    "land": "wall left between the turns",
    "swing": "swing a good pickup follows",
    "velocity": "speed a good pickup follows",
    "needle": "force that holds the needle down",
    "head": "heat the cutter head stands",
    "depth": "depth the sheet allows",
}
NOTHING_TO_CHANGE = "Nothing: it can be cut as it is."


def machining(side: SideCheck) -> str | None:
    """What the machine has to do, in a line; None where nothing is drawn."""
    asked = side.machining
    if asked is None:
        return None
    files = "one file" if asked.files == 1 else f"{asked.files} files"
    takes = "" if asked.seconds is None else f", about {span_text(asked.seconds)} of cutting"
    return f"{asked.points:,} points, {asked.bytes / 1e6:.1f} MB of {asked.format} in {files}{takes}"


def overall(report: CheckReport) -> str:
    """Whether all of it fits, in one sentence."""
    bad = [f"side {side.side}" for side in report.sides if not side.fits]
    if not report.sides:
        return "There is nothing to cut."
    if not bad:
        return {1: "It fits.", 2: "Both sides fit."}.get(len(report.sides), f"All {len(report.sides)} sides fit.")
    if len(report.sides) == 1:
        return "It does not fit."
    return sentence(f"{_listed(bad)} {'do' if len(bad) > 1 else 'does'} not fit")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def verdict(side: SideCheck) -> str:
    """One side in a few sentences: whether it fits, how loud, what limits it, what room is left."""
    if not side.fits:
        return sentence(side.why or "The music is longer than the side.")
    if side.level_db is None:
        return f"{clock(side.seconds)} of silence: the groove runs round without ever moving aside. {_left(side)}"
    louder = ""
    if side.drive_db >= 0.05:
        louder = f", {with_unit(side.drive_db, 'dB', 1)} louder than without holding anything back"
    return (
        f"{clock(side.seconds)} of music at {decibels(side.level_db)}{louder}. "
        f"{LIMITED_BY.get(side.limited_by, '')} {_left(side)}"
    )


def nearest(side: SideCheck) -> str:
    """Which limit leaves the least room, and where."""
    rows = [each for each in side.limits if each.spare_db is not None and math.isfinite(each.spare_db)]
    row = min(rows, key=lambda each: each.spare_db or 0.0, default=None)
    if row is None or row.spare_db is None:
        return ""
    where = "" if row.at_s is None else f" at {time(row.at_s)}"
    if row.spare_db < -0.05:
        return f"Passed: {row.name}, by {with_unit(-row.spare_db, 'dB', 1)}{where}."
    return f"Nearest limit: {row.name}, {with_unit(row.spare_db, 'dB', 1)} away{where}."


def _left(side: SideCheck) -> str:
    if side.room_left_mm < 0.05:
        return f"The turns take all the room there is. {holds(side)}"
    return f"{with_unit(side.room_left_mm, 'mm', 1)} are left before the innermost music may lie. {holds(side)}"


def holds(side: SideCheck) -> str:
    """How long a side like this could be, where that has an answer."""
    if not 0 < side.holds_s < math.inf:
        return ""
    if not is_planned(side):
        return f"{side.disc} holds {clock(side.holds_s)} of silence, and less of music."
    return f"A side like this holds {clock(side.holds_s)}."


def is_planned(side: SideCheck) -> bool:
    """Whether there is a plan to tell of; of what does not fit there may be none."""
    return side.fits or bool(side.limits)


def sentence(words: str) -> str:
    """Ends in a full stop, begins large, or with a file's name as it is."""
    words = words.strip()
    first = words[:1] if words.partition(" ")[0].endswith(":") else words[:1].upper()
    return first + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def touched(side: SideCheck) -> str:
    """How much of the time mastering holds the sound back, and by which step the most."""
    acting = [step for step in side.touched if step.share_percent > 0]
    if not acting:
        return "Mastering leaves every moment as it is."
    deepest = min(acting, key=lambda step: step.deepest_db)
    most = with_unit(abs(deepest.deepest_db), "dB", 1)
    return f"of the time something is held back, at most by {most} ({deepest.name})."


def percent(value: float) -> str:
    """A share, as exact as anybody wants to read it."""
    return with_unit(value, "%", 2 if 0 < value < 0.995 else 1)


def pitch(side: SideCheck) -> str:
    """Where the turns lie nearest and farthest."""
    if side.greatest_pitch_um < 1.01 * side.least_pitch_um:
        return "the same everywhere, from the middle of one turn to the next."
    return (
        f"on average; {length(side.least_pitch_um)} where the turns lie nearest, "
        f"{length(side.greatest_pitch_um)} where they lie farthest apart."
    )


def distortion_at(place: Place, frequency_hz: float) -> float | None:
    """Distortion in percent at the frequency nearest to the one given, None where none is near (a third-octave)."""
    near = min(place.distortion, key=lambda row: abs(row[0] - frequency_hz), default=None)
    if near is None or not frequency_hz / 1.26 <= near[0] <= frequency_hz * 1.26:
        return None
    return near[1]


def frequency(value_hz: float) -> str:
    """A frequency in hertz or kilohertz."""
    return with_unit(value_hz, "Hz") if value_hz < 1000 else f"{number(value_hz / 1e3, 1).removesuffix('.0')}\xa0kHz"
