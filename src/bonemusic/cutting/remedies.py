"""What would make songs fit that do not: shorter, louder or softer, another disc or speed. Each is tried before it is
named."""

from __future__ import annotations

import math

from .. import presets, units
from ..curves import REFERENCE_VELOCITY_M_S
from ..errors import FitError
from ..presets import Disc
from ..units import Level, Pitch
from . import plan
from .fit import LEAST_LEVEL_DB, Fit, NotLoud, asked_factor, fit
from .task import Task, fixed_pitch_m, narrowest

SOME_ROOM = 1.1
"""How much more than the least pitch a song is said to need: 7 µm beside a microgroove, enough to be heard."""


def fit_or_advise(task: Task, level: Level | None, pitch: Pitch, most: float = math.inf) -> Fit:
    """`fit`, whose refusals say what would fit.

    Raises
    ------
    FitError
        In one line: why not, by how much, and what would.
    """
    try:
        return fit(task, level, pitch, most)
    except plan.TooLong as why:
        many = len(task.programme.songs) > 1
        said = str(why).replace("the song does not fit", "the songs do not fit") if many else str(why)
        raise FitError(f"{said}; {', or '.join(_remedies(task, level, pitch)) or 'take a bigger disc'}") from None
    except NotLoud as why:
        raise FitError(f"{why}; {_what_fits(task, level, pitch, why)}") from None


def _what_fits(task: Task, level: Level | None, pitch: Pitch, why: NotLoud) -> str:
    fitting = []
    factor = 1.0 if level is None else asked_factor(task, level)
    asked_db = 20 * math.log10(factor * task.velocity_peak_m_s / REFERENCE_VELOCITY_M_S)
    most = _most_db(task, pitch, asked_db - why.over_db)
    if most is not None:
        fitting.append(f"--level {most:.1f}dB fits")
    if _fits(task, None, pitch):
        fitting.append("or auto" if fitting else "--level auto fits")
    remedy = {
        "land": "a larger --pitch, a shorter song or a bigger disc makes room",
        "depth": "a thicker sheet, or less bass out of phase (--vertical, --mono-below), makes room",
    }.get(why.limit, "a bigger disc or a faster speed makes room")
    return f"{', '.join(fitting)}; {remedy}" if fitting else remedy


def _most_db(task: Task, pitch: Pitch, about_db: float) -> float | None:
    """The highest level that fits, to a tenth of a dB, near `about_db`; None where that is not worth naming."""
    least = math.ceil(10 * LEAST_LEVEL_DB)
    first = max(math.floor(10 * about_db), least) if math.isfinite(about_db) else least
    low, high, step = least, 601, 1
    if _fits(task, Level("db", first / 10), pitch):
        low = first
        while low + step < high and _fits(task, Level("db", (low + step) / 10), pitch):
            low, step = low + step, 2 * step
        high = min(low + step, high)
    else:
        high = first
        while high - step > least and not _fits(task, Level("db", (high - step) / 10), pitch):
            high, step = high - step, 2 * step
        low = max(high - step, least)
        if low == least and not _fits(task, Level("db", low / 10), pitch):
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _fits(task, Level("db", middle / 10), pitch) else (low, middle)
    return low / 10


def _fits(task: Task, level: Level | None, pitch: Pitch) -> bool:
    try:
        fit(task, level, pitch)
    except FitError:
        return False
    return True


def _remedies(task: Task, level: Level | None, pitch: Pitch) -> list[str]:
    """What would make songs fit that are too long."""
    said = []
    factor = 0.0 if level is None or task.silent else asked_factor(task, level)
    needed_m = pitch if isinstance(pitch, float) else _mean_pitch_m(task, factor, pitch)
    longest = plan.longest_s(task.disc, task.rpm, needed_m, factor * task.swing_peak_m)
    songs = task.programme.songs
    if len(songs) > 1:
        if max(b - a for a, b in songs) / task.programme.rate_hz <= longest:
            said.append("split the songs over sides (--sides auto)")
    elif task.room_s is None:
        for part in (1.0, 0.97, 0.9, 0.8):  # what is left may be louder against its own peaks
            tenths = math.floor(part * longest * 10)
            if tenths > 0 and _fits(task.cut_off(tenths / 10), level, pitch):
                said.append(f"cut at most {units.time_text(tenths / 10)} of it (--end)")
                break
    if isinstance(pitch, float):
        turns = max(task.songs_turns[-1][1], 1e-9) + plan.lead_in_ramp(task.disc) / 2
        smaller_um = math.floor(1e6 * plan.music_span(task.disc, 0.0, 0.0).room_m / turns)
        for um in (smaller_um - 1, smaller_um - 3):
            if um > 0 and _fits(task, level, um / 1e6):
                said.append(f"--pitch {um}um")
                break
    for disc in _bigger(task.disc, task):
        if _fits(task.on(disc), level, pitch):
            said.append(f"--disc {disc.name}")
            break
    for spelt in ("45", "33", "16"):
        slower = units.SPEEDS[spelt]
        if slower < task.rpm and _fits(task.at(slower), level, pitch):
            said.append(f"--rpm {spelt}")
            break
    if level is not None and _fits(task, None, pitch):
        said.append("--level auto")
    return said


def _mean_pitch_m(task: Task, factor: float, pitch: Pitch) -> float:
    if not factor:
        return SOME_ROOM * plan.least_pitch_m(task.disc)
    if pitch == "fixed":
        return fixed_pitch_m(task, factor)
    found = narrowest(task, factor)
    return found.music_m / found.music_turns


def _bigger(disc: Disc, task: Task) -> list[Disc]:
    """Bigger discs with grooves no wider, the nearest first."""
    others = (presets.disc(name) for name in presets.names("discs"))
    fitting = [d for d in others if d.diameter_m > disc.diameter_m and d.groove_width_m <= disc.groove_width_m]
    return sorted(fitting, key=lambda d: (d.diameter_m, d.rpm != task.rpm))
