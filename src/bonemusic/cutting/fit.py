"""Level and pitch for a song on a disc: the highest level that fits is found, a wish is honoured or refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .. import units
from ..curves import REFERENCE_VELOCITY_M_S
from ..errors import FitError
from ..presets import Disc, Machine, Sheet, Stylus
from ..units import Level
from . import plan, room
from .engrave import RING_S, ring_samples

Pitch = Literal["auto", "fixed"] | float
PHYSICAL = (room.SLOPE, room.CURVATURE, room.LAND)
"""What no groove can pass; swing and velocity are what pickups track, and only bind `auto`."""
SILENT_M = 1e-12
QUIET_DB = -14.0


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
        return room.room(self.unit_m, self.rate_hz, first, side.spiral, self.rpm, self.disc, self.machine, self.stylus)

    def tightest_pitch_m(self, factor: float) -> float:
        """The least pitch at which the song, times the factor, keeps its land."""
        scaled = self.unit_m * np.float32(factor)
        return room.tightest_pitch_m(scaled, self.rate_hz, self.rpm, self.disc, self.machine)


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
    warnings = list(_depth_warnings(task))
    if float(np.abs(task.unit_m).max(initial=0.0)) < SILENT_M:
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


def _loudest(task: Task, pitch: Pitch) -> tuple[plan.Side, room.Room, float]:
    """The greatest factor that keeps all limits, and its side."""
    reserve = task.stylus.swing_m
    given = pitch if isinstance(pitch, float) else None
    plan.refuse_if_too_long(task.disc, task.rpm, task.music_s, given, reserve)
    side = task.lay(given or plan.filling_pitch_m(task.disc, task.rpm, task.music_s, reserve))
    found = task.room(side)
    if pitch == "fixed":
        others = np.delete(found.factor, room.LAND).min()
        low, high = 0.0, float(others)
        room_m = plan.music_span(task.disc, reserve)
        for _ in range(12):
            tight = task.tightest_pitch_m(high)
            if tight * task.music_s * float(task.rpm) / 60 <= room_m.outer_m - room_m.inner_m:
                break
            low, high = low, (low + high) / 2
        side = task.lay(task.tightest_pitch_m(high))
        found = task.room(side)
        return side, found, min(high, float(np.delete(found.factor, room.LAND).min()))
    factor = float(found.factor.min())
    if factor <= 0:
        raise FitError(
            f"a pitch of {units.length_text(side.pitch_m)} leaves no room for sound between grooves "
            f"{units.length_text(task.disc.groove_width_m)} wide and a land of "
            f"{units.length_text(task.disc.land_m)}; give a larger --pitch, or auto"
        )
    return side, found, factor


def _wished(task: Task, level: Level, pitch: Pitch) -> tuple[plan.Side, room.Room, float]:
    """The factor that the level asks for, and its side; `FitError` where a limit forbids it."""
    unit = task.room(task.lay(plan.least_pitch_m(task.disc)))  # for its peaks, which no layout changes
    if level.quantity == "displacement":
        factor = level.value / unit.peak_swing_m
    else:
        velocity = level.value
        if level.quantity == "db":
            velocity = REFERENCE_VELOCITY_M_S * 10 ** (level.value / 20)
        factor = velocity / unit.peak_velocity_m_s
    swing = factor * unit.peak_swing_m
    if pitch == "fixed":
        given: float | None = task.tightest_pitch_m(factor)
    else:
        given = pitch if isinstance(pitch, float) else None
    plan.refuse_if_too_long(task.disc, task.rpm, task.music_s, given, swing)
    side = task.lay(given or plan.filling_pitch_m(task.disc, task.rpm, task.music_s, swing))
    found = task.room(side)
    binding = [i for i in PHYSICAL if not (i == room.LAND and pitch == "fixed")]
    worst = min(binding, key=lambda i: float(found.factor[i]))
    allowed = float(found.factor[worst])
    if factor > allowed * (1 + 1e-6):
        most_db = 20 * math.log10(max(allowed, 1e-9) * found.peak_velocity_m_s / REFERENCE_VELOCITY_M_S)
        over_db = 20 * math.log10(factor / max(allowed, 1e-9))
        remedy = "a larger --pitch, a shorter song or a bigger disc makes room" if worst == room.LAND else (
            "a bigger disc or a faster speed makes room"
        )  # fmt: skip
        raise FitError(
            f"the level does not fit: {over_db:.1f} dB too much for the {room.NAMES[worst]} at "
            f"{units.time_text(_music_time(found.at_s[worst]))}; --level {most_db:.1f}dB fits, or auto; {remedy}"
        )
    return side, found, factor


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
