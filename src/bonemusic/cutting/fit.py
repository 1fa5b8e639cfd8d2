"""Level and pitch for a song on a disc: the highest level that fits is found, a wish is honoured or refused."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets, units
from ..curves import REFERENCE_VELOCITY_M_S
from ..errors import FitError
from ..presets import Disc, Machine, Sheet, Stylus
from ..units import Level, Pitch
from . import plan, room
from .engrave import RING_S, ring_samples

PHYSICAL = (room.SLOPE, room.CURVATURE, room.LAND)
"""What no groove can pass; swing and velocity are what pickups track, and only bind `auto`."""
SILENT_M = 1e-12
QUIET_DB = -14.0
LEAST_LEVEL_DB = -119.0
"""The least level that is worth naming; the command line takes none below -120 dB."""
SOME_ROOM = 1.1
"""How much more than the least pitch a song is said to need: 7 µm beside a microgroove, enough to be heard."""
TIGHT = 1e-4
"""How near the tightest pitch comes to what land allows: 0.001 dB."""


@dataclass(frozen=True)
class Limit:
    """How near the cut comes to one limit.

    Attributes
    ----------
    name : str
        slope, curvature, land, swing, velocity or depth.
    spare_db : float or None
        By how much the level could rise before this limit; negative where it is passed; None where nothing moves.
    at_s : float or None
        Where in the music that is; None for the whole side.
    """

    name: str
    spare_db: float | None
    at_s: float | None


@dataclass(frozen=True)
class Fit:
    """A song fitted onto a side.

    Attributes
    ----------
    side : plan.Side
    factor : float
        What the unit displacement is to be multiplied by.
    limits : tuple of Limit
    peak_velocity_m_s, peak_swing_m : float
        Of the programme as cut.
    warnings : tuple of str
    """

    side: plan.Side
    factor: float
    limits: tuple[Limit, ...]
    peak_velocity_m_s: float
    peak_swing_m: float
    warnings: tuple[str, ...]

    @property
    def level_db(self) -> float | None:
        """Peak recorded velocity against 5 cm/s; None for silence."""
        return 20 * math.log10(self.peak_velocity_m_s / REFERENCE_VELOCITY_M_S) if self.peak_velocity_m_s else None


@dataclass(frozen=True)
class Task:
    """All that stays the same while level and pitch are sought."""

    unit_m: NDArray[Any]
    rate_hz: int
    disc: Disc
    rpm: Fraction
    machine: Machine
    stylus: Stylus
    sheet: Sheet

    @property
    def music_samples(self) -> int:
        """Length of the song without the ringing around it."""
        return len(self.unit_m) - 2 * ring_samples(self.rate_hz)

    @property
    def music_s(self) -> float:
        """The same in seconds."""
        return self.music_samples / self.rate_hz

    def lay(self, pitch_m: float) -> plan.Side:
        """The side at that pitch."""
        return plan.lay(self.disc, self.rpm, self.rate_hz, self.music_samples, pitch_m)

    def room(self, side: plan.Side) -> room.Room:
        """What limits the song along that side."""
        first = side.bands[1].first - ring_samples(self.rate_hz)
        return room.room(
            self.unit_m,
            self.rate_hz,
            first,
            side.spiral,
            self.rpm,
            self.disc,
            self.machine,
            self.stylus,
            side.merges_at,
        )

    @property
    def silent(self) -> bool:
        """Whether nothing moves the groove."""
        return room.peaks(self.unit_m, self.rate_hz)[0] < SILENT_M

    def on(self, disc: Disc) -> Task:
        """The same on another disc, with that disc's speed, stylus and sheet where this one has its disc's own."""
        rpm = disc.rpm if self.rpm == self.disc.rpm else self.rpm
        stylus = presets.stylus(disc.stylus) if self.stylus.name == self.disc.stylus else self.stylus
        sheet = presets.sheet(disc.sheet) if self.sheet.name == self.disc.sheet else self.sheet
        return dataclasses.replace(self, disc=disc, rpm=rpm, stylus=stylus, sheet=sheet)

    def cut_off(self, music_s: float) -> Task:
        """The first seconds of the song, faded out over what would be its ringing."""
        ring = ring_samples(self.rate_hz)
        unit = self.unit_m[: round(music_s * self.rate_hz) + 2 * ring].copy()
        unit[-ring:] *= np.linspace(1, 0, ring, dtype=np.float32)
        return dataclasses.replace(self, unit_m=unit)


def fit(task: Task, level: Level | None, pitch: Pitch) -> Fit:
    """Find level and pitch.

    Parameters
    ----------
    task : Task
    level : Level or None
        The wish; None is `auto`, the highest level that fits.
    pitch : "auto", "fixed" or float
        "auto" fills the side, "fixed" is the tightest that land allows, a number is metres per turn.

    Raises
    ------
    FitError
        The song does not fit, or not at that level or pitch; the line says by how much and what would.
    """
    try:
        return _fitted(task, level, pitch)
    except plan.TooLong as why:
        raise FitError(f"{why}; {', or '.join(_remedies(task, level, pitch)) or 'take a bigger disc'}") from None


def _fitted(task: Task, level: Level | None, pitch: Pitch) -> Fit:
    warnings = list(_depth_warnings(task))
    silent = task.silent
    plan.refuse_if_too_long(task.disc, task.rpm, task.music_s, None, 0.0)
    least = plan.least_pitch_m(task.disc)
    if isinstance(pitch, float) and (pitch < least or (pitch == least and not silent)):
        raise FitError(
            f"a pitch of {units.length_text(pitch)} leaves no room for sound between grooves "
            f"{units.length_text(task.disc.groove_width_m)} wide and a land of "
            f"{units.length_text(task.disc.land_m)}; give a larger --pitch, or auto"
        )
    if silent:
        return _silent(task, pitch, [*warnings, "the song is silent: the groove is cut without modulation"])
    if level is None:
        side, found, factor = _loudest(task, pitch)
    else:
        side, found, factor = _wished(task, level, pitch)
        warnings += _hard_to_track(task, found, factor)
    velocity, swing = factor * found.peak_velocity_m_s, factor * found.peak_swing_m
    result = Fit(side, factor, _limits(task, found, factor), velocity, swing, ())
    if level is None and result.level_db is not None and result.level_db < QUIET_DB:
        warnings.append(
            f"only {result.level_db:.0f} dB of level fit, noise will be heard; "
            f"a shorter song, a bigger disc or a slower speed gains level"
        )
    return Fit(side, factor, result.limits, velocity, swing, tuple(warnings))


def _laid(task: Task, pitch: Pitch, swing_m: float) -> tuple[plan.Side, room.Room]:
    """The side at the pitch that is given, else at the one that fills it; `TooLong` where there is none."""
    given = pitch if isinstance(pitch, float) else None
    plan.refuse_if_too_long(task.disc, task.rpm, task.music_s, given, swing_m)
    side = task.lay(given or plan.filling_pitch_m(task.disc, task.rpm, task.music_s, swing_m))
    found = task.room(side)
    if found.factor[room.LAND] <= 0:  # it just fits, without any sound
        raise plan.TooLong(
            f"the song does not fit: {units.time_text(task.music_s)} at {units.rpm_text(task.rpm)} rpm leave no room "
            f"for sound on {task.disc.name}"
        )
    return side, found


def _tightest(
    task: Task, side: plan.Side, found: room.Room, wanted: Callable[[room.Room], float]
) -> tuple[plan.Side, room.Room]:
    """The side whose pitch is the least at which land allows what is wanted there, given one at which it does.

    What land allows grows with the pitch, what else allows falls: where the two cross is found by false position.
    """
    low_m, high_m = plan.least_pitch_m(task.disc), side.pitch_m
    low, high = -wanted(found), float(found.factor[room.LAND]) - wanted(found)
    excess = high
    for _ in range(40):
        if excess <= TIGHT * wanted(found):
            break
        pitch_m = low_m - low * (high_m - low_m) / (high - low) if high < np.inf else (low_m + high_m) / 2
        trial = task.lay(pitch_m)
        there = task.room(trial)
        spare = float(there.factor[room.LAND]) - wanted(there)
        if spare >= 0:
            side, found, excess = trial, there, spare
            high_m, high, low = pitch_m, spare, low / 2  # Illinois: an end that stays counts half
        else:
            low_m, low, high = pitch_m, spare, high / 2
    return side, found


def _loudest(task: Task, pitch: Pitch) -> tuple[plan.Side, room.Room, float]:
    """The greatest factor that keeps all limits, and its side."""

    def others(there: room.Room) -> float:
        return float(np.delete(there.factor, room.LAND).min())

    side, found = _laid(task, pitch, task.stylus.swing_m)
    if pitch == "fixed" and found.factor[room.LAND] > others(found):
        side, found = _tightest(task, side, found, others)
    return side, found, float(found.factor.min())


def _wished(task: Task, level: Level, pitch: Pitch) -> tuple[plan.Side, room.Room, float]:
    """The factor that the level asks for, and its side; `FitError` where a limit forbids it."""
    factor, swing_m = _asked(task, level)
    side, found = _laid(task, pitch, swing_m)
    if pitch == "fixed" and found.factor[room.LAND] > factor:
        side, found = _tightest(task, side, found, lambda _: factor)
    worst = min(PHYSICAL, key=lambda i: float(found.factor[i]))
    allowed = float(found.factor[worst])
    if factor > allowed * (1 + 1e-6):
        most = _most(task, pitch, found, allowed)
        fitting = [] if most is None else [f"--level {most:.1f}dB fits"]
        if _fits(task, None, pitch):
            fitting.append("or auto" if fitting else "--level auto fits")
        remedy = (
            "a larger --pitch, a shorter song or a bigger disc makes room"
            if worst == room.LAND
            else "a bigger disc or a faster speed makes room"
        )
        over_db = 20 * math.log10(factor / allowed)
        raise FitError(
            f"the level does not fit: {over_db:.1f} dB too much for the {room.NAMES[worst]} at "
            f"{units.time_text(_music_time(found.at_s[worst]))}; "
            + (f"{', '.join(fitting)}; " if fitting else "")
            + remedy
        )
    return side, found, factor


def _most(task: Task, pitch: Pitch, found: room.Room, allowed: float) -> float | None:
    """The highest level that fits, to a tenth of a dB; None where that is not worth naming."""
    for _ in range(3):  # what swings less may lie further in, and has another limit there
        _, there = _laid(task, pitch, allowed * found.peak_swing_m)
        allowed = float(there.factor[list(PHYSICAL)].min())
    most_db = 20 * math.log10(allowed * found.peak_velocity_m_s / REFERENCE_VELOCITY_M_S)
    tenths = math.floor(10 * most_db - 0.02)
    worth = tenths > 10 * LEAST_LEVEL_DB and _fits(task, Level("db", tenths / 10), pitch)
    return tenths / 10 if worth else None


def _asked(task: Task, level: Level) -> tuple[float, float]:
    """The factor that a level asks for, and how far the groove then swings."""
    swing_m, velocity_m_s = room.peaks(task.unit_m, task.rate_hz)
    if level.quantity == "displacement":
        factor = level.value / swing_m
    elif level.quantity == "velocity":
        factor = level.value / velocity_m_s
    else:
        factor = REFERENCE_VELOCITY_M_S * 10 ** (level.value / 20) / velocity_m_s
    return factor, factor * swing_m


def _fits(task: Task, level: Level | None, pitch: Pitch) -> bool:
    try:
        _fitted(task, level, pitch)
    except FitError:
        return False
    return True


def _remedies(task: Task, level: Level | None, pitch: Pitch) -> list[str]:
    """What would make a song fit that is too long; each is tried before it is named."""
    said = []
    swing_m, needed_m = task.stylus.swing_m, plan.least_pitch_m(task.disc) * SOME_ROOM
    if level is not None and not task.silent:
        factor, swing_m = _asked(task, level)
        needed_m = room.tightest_pitch_m(task.unit_m, factor, task.rate_hz, task.rpm, task.disc, task.machine)
    if isinstance(pitch, float):
        needed_m = pitch
    longest = plan.longest_s(task.disc, task.rpm, needed_m, swing_m)
    for part in (1.0, 0.95, 0.8):  # what is left may be louder against its own peaks
        tenths = math.floor(part * longest * 10)
        if tenths > 0 and _fits(task.cut_off(tenths / 10), level, pitch):
            said.append(f"cut at most {units.time_text(tenths / 10)} of it (--end)")
            break
    if isinstance(pitch, float):
        smaller_um = math.floor(plan.widest_pitch_m(task.disc, task.rpm, task.music_s, swing_m) * 1e6)
        if _fits(task, level, smaller_um / 1e6):
            said.append(f"--pitch {smaller_um}um")
    for disc in _bigger(task.disc, task.rpm):
        if _fits(task.on(disc), level, pitch):
            said.append(f"--disc {disc.name}")
            break
    for spelt in ("45", "33", "16"):
        slower = units.SPEEDS[spelt]
        if slower < task.rpm and _fits(dataclasses.replace(task, rpm=slower), level, pitch):
            said.append(f"--rpm {spelt}")
            break
    if level is not None and _fits(task, None, pitch):
        said.append("--level auto")
    return said


def _bigger(disc: Disc, rpm: Fraction) -> list[Disc]:
    """Bigger discs with grooves no wider, the nearest first."""
    others = (presets.disc(name) for name in presets.names("discs"))
    fitting = [d for d in others if d.diameter_m > disc.diameter_m and d.groove_width_m <= disc.groove_width_m]
    return sorted(fitting, key=lambda d: (d.diameter_m, d.rpm != rpm))


def _silent(task: Task, pitch: Pitch, warnings: list[str]) -> Fit:
    least = plan.least_pitch_m(task.disc)
    given = least if pitch == "fixed" else pitch if isinstance(pitch, float) else None
    plan.refuse_if_too_long(task.disc, task.rpm, task.music_s, given, 0.0)
    side = task.lay(given or plan.filling_pitch_m(task.disc, task.rpm, task.music_s, 0.0))
    return Fit(side, 1.0, (), 0.0, 0.0, tuple(warnings))


def _music_time(at_s: float) -> float:
    return max(0.0, float(at_s) - RING_S)


def _limits(task: Task, found: room.Room, factor: float) -> tuple[Limit, ...]:
    rows = []
    for name, most, at in zip(room.NAMES, found.factor, found.at_s, strict=True):
        spare = round(20 * math.log10(most / factor), 2) + 0.0 if 0 < most < np.inf else None
        rows.append(Limit(name, spare, round(_music_time(at), 3)))
    spare = 20 * math.log10(task.sheet.base_m / task.disc.depth_m)
    return (*rows, Limit("depth", round(spare, 2), None))


def _hard_to_track(task: Task, found: room.Room, factor: float) -> list[str]:
    """Warnings where a wished level passes what the stylus preset says pickups track."""
    said = []
    for i, amount in ((room.SWING, f"{factor * found.peak_swing_m * 1e6:.0f} µm"),
                      (room.VELOCITY, f"{factor * found.peak_velocity_m_s * 100:.0f} cm/s")):  # fmt: skip
        if factor > found.factor[i] * (1 + 1e-6):
            said.append(
                f"a pickup with the {task.stylus.name} tip may not track {amount} of {room.NAMES[i]} at "
                f"{units.time_text(_music_time(found.at_s[i]))}"
            )
    return said


def _depth_warnings(task: Task) -> list[str]:
    depth, base = task.disc.depth_m, task.sheet.base_m
    if depth >= base:
        raise FitError(
            f"a groove {units.length_text(depth)} deep cuts through {task.sheet.name} "
            f"({units.length_text(base)}); take a disc with a narrower groove or a thicker sheet"
        )
    if depth > base / 2:
        return [f"the groove takes {depth / base:.0%} of the {units.length_text(base)} of {task.sheet.name}"]
    return []
