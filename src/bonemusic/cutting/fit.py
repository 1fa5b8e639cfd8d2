"""Level and pitch for songs on a disc: the highest level that fits is found, a wish is honoured or refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .. import units
from ..curves import REFERENCE_VELOCITY_M_S
from ..errors import FitError
from ..units import Level, Pitch
from . import depth, plan, room
from .needle import asked_force_n
from .spacing import CELLS
from .task import Task, fixed_pitch_m, layout, narrowest

PHYSICAL = ("slope", "curvature", "land", "depth")
"""What no groove can pass. Swing and velocity are what pickups track, the needle's force what holds it down, and the
head's heat what a lathe stands: these only bind `auto`."""
QUIET_DB = -14.0
LEAST_LEVEL_DB = -119.0
"""The least level that is worth naming; the command line takes none below -120 dB."""
ROUNDS = 24
"""Most rounds in which level and layout settle on each other."""
SETTLED = 1e-5
NEAR_ENOUGH = 1e-6
"""How exactly a greatest factor is found: a hundred thousandth of a decibel."""


@dataclass(frozen=True)
class Limit:
    """How near the cut comes to one limit.

    Attributes
    ----------
    name : str
        slope, curvature, land, swing, velocity, needle, head or depth.
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
    """Songs fitted onto a side.

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

    @property
    def nearest(self) -> Limit | None:
        """The limit that the level comes nearest to."""
        told = [row for row in self.limits if row.spare_db is not None]
        return min(told, key=lambda row: row.spare_db or 0.0, default=None)


Ceiling = tuple[float, float | None]
"""The greatest factor that a limit allows, and when in the music that is."""


def fit(task: Task, level: Level | None, pitch: Pitch, most: float = math.inf) -> Fit:
    """Find level and pitch.

    Parameters
    ----------
    task : Task
    level : Level or None
        The wish; None is `auto`, the highest level that fits.
    pitch : "auto", "variable", "fixed" or float
        "auto" fills the side, "variable" and "fixed" are the tightest of their kind, a number is metres per turn.
    most : float
        Greatest factor that `auto` may take.

    Raises
    ------
    FitError
        The songs do not fit, or not at that level or pitch; the line says by how much. `plan.TooLong` where they are
        too long: what would help is `remedies`' to say.
    """
    warnings = list(_sheet_warnings(task))
    plan.refuse_if_too_long(task.disc, task.rpm, _share_s(task), None, 0.0)
    _refuse_narrow(task, pitch)
    if isinstance(pitch, float):
        plan.refuse_if_too_long(task.disc, task.rpm, _share_s(task), pitch, 0.0)
    if task.silent:
        side = layout(pitch)(task, 0.0)
        return Fit(side, 0.0, (), 0.0, 0.0, (*warnings, "the song is silent: the groove is cut without modulation"))
    if level is None:
        side, factor, ceilings = _loudest(task, pitch, most)
    else:
        side, factor, ceilings = _wished(task, level, pitch)
        warnings += _hard_to_track(task, ceilings, factor)
    velocity, swing = factor * task.velocity_peak_m_s, factor * task.swing_peak_m
    found = Fit(side, factor, _rows(task, ceilings, factor), velocity, swing, ())
    if level is None and most == math.inf and found.level_db is not None and found.level_db < QUIET_DB:
        gains = "a shorter song, a bigger disc or a slower speed"
        if found.nearest is not None and found.nearest.name != "land":
            gains = "a faster speed or a bigger disc"
        warnings.append(f"only {found.level_db:.0f} dB of level fit, noise will be heard; {gains} gains level")
    return Fit(side, factor, found.limits, velocity, swing, tuple(warnings))


def asked_factor(task: Task, level: Level) -> float:
    """The factor that a level asks for."""
    if level.quantity == "displacement":
        return level.value / task.swing_peak_m
    if level.quantity == "velocity":
        return level.value / task.velocity_peak_m_s
    return REFERENCE_VELOCITY_M_S * 10 ** (level.value / 20) / task.velocity_peak_m_s


def ceilings_of(task: Task, side: plan.Side) -> dict[str, Ceiling]:
    """The greatest factor that each limit but the land allows along a side."""
    factor, at = room.greatest_factors(task.measured, task.allowed(side))
    found: dict[str, Ceiling] = {
        name: (float(f), task.music_time_s(int(i))) for name, f, i in zip(room.NAMES, factor, at, strict=True)
    }
    asked = asked_force_n(task.measured.swing_m, task.measured.bend_m_s2, task.stylus, task.disc.angle_rad)
    worst = int(asked.argmax()) if len(asked) else 0
    if len(asked) and asked[worst] > 0:
        found["needle"] = (task.stylus.force_n / float(asked[worst]), task.music_time_s(worst))
    if task.head is not None and task.head.spare_db is not None:
        found["head"] = (10 ** (task.head.spare_db / 20), task.head.at_s)
    if task.programme.vertical_m is not None:
        most, turn = depth.greatest_factor(task.held, task.disc, task.stylus, task.sheet)
        found["depth"] = (most, task.turn_time_s(turn))
    return found


def _loudest(task: Task, pitch: Pitch, most: float) -> tuple[plan.Side, float, dict[str, Ceiling]]:
    """The greatest factor that keeps all limits, and its side."""
    lay = layout(pitch)
    land = land_ceiling(task, pitch)
    if land[0] <= 0:
        raise plan.TooLong(_no_room(task))
    factor = min(land[0], most)
    side = lay(task, factor)
    for done in range(ROUNDS):
        ceilings = ceilings_of(task, side)
        least = min(f for f, _ in ceilings.values())
        wanted = min(least, land[0], most)
        if abs(wanted - factor) <= SETTLED * factor and factor <= least:
            break
        # from above it settles by itself; where it swings to and fro, the lower of both is safe
        factor = wanted if done < ROUNDS // 2 else min(wanted, factor) * (1 - SETTLED)
        side = lay(task, factor)
    ceilings = ceilings_of(task, side)
    factor = min(factor, *(f for f, _ in ceilings.values()))
    return side, factor, {**ceilings, "land": land}


def _wished(task: Task, level: Level, pitch: Pitch) -> tuple[plan.Side, float, dict[str, Ceiling]]:
    """The factor that the level asks for, and its side; `FitError` where a limit forbids it."""
    factor = asked_factor(task, level)
    land = land_ceiling(task, pitch)
    if land[0] <= 0 and not isinstance(pitch, float):
        raise plan.TooLong(_no_room(task))
    side = layout(pitch)(task, min(factor, land[0]))
    ceilings = {**ceilings_of(task, side), "land": land}
    worst = min((name for name in PHYSICAL if name in ceilings), key=lambda name: ceilings[name][0])
    if factor > ceilings[worst][0] * (1 + 1e-6):
        over_db = 20 * math.log10(factor / ceilings[worst][0]) if ceilings[worst][0] > 0 else math.inf
        raise NotLoud(worst, over_db, ceilings[worst][1])
    return side, factor, ceilings


class NotLoud(FitError):  # noqa: N818  (said as it is)
    """A level that a limit forbids."""

    def __init__(self, limit: str, over_db: float, at_s: float | None) -> None:
        self.limit, self.over_db = limit, over_db
        where = "" if at_s is None else f" at {units.time_text(at_s)}"
        super().__init__(f"the level does not fit: {over_db:.1f} dB too much for the {limit}{where}")


def land_ceiling(task: Task, pitch: Pitch) -> Ceiling:
    """The greatest factor at which land is kept on the room there is, and where it binds first."""
    if isinstance(pitch, float):
        return _land_at(task, pitch)

    def spare_m(factor: float) -> float:
        span = task.span(factor)
        if pitch == "fixed":
            wide = plan.at_pitch(fixed_pitch_m(task, factor), task.songs_turns)
            return span.room_m - plan.taken_m(task.disc, wide)
        return task.spare_m(factor, narrowest(task, factor))

    factor = _greatest(spare_m, _first_guess(task))
    at_s = None
    if pitch == "fixed" and 0 < factor < math.inf:
        needed, _ = task.needed_m(factor)
        at_s = task.turn_time_s(float(task.held.turns[int(needed.argmax())]))
    return factor, at_s


def _land_at(task: Task, pitch_m: float) -> Ceiling:
    """The same for a pitch that is given: what lies between the turns is not for us to choose."""
    side = task.lay(plan.at_pitch(pitch_m, task.songs_turns))
    turns = side.first_turn + task.held.first_turn
    edges = turns + np.arange(len(task.held.toward_m) + 1) / CELLS
    apart = side.spiral.at(edges) - side.spiral.at(edges + 1)
    apart = np.minimum(apart[:-1], apart[1:])
    apart[edges[:-1] > min(side.merges_at - 1, side.first_turn + side.course.end_turns)] = math.inf
    apart[edges[:-1] < 0] = math.inf  # before the lead-in there is nothing
    radius = side.spiral.at(edges[1:])
    worst = 0

    def spare_m(factor: float) -> float:
        nonlocal worst
        needed, _ = task.needed_m(factor, radius)
        spare = apart - needed
        worst = int(spare.argmin())
        return min(float(spare[worst]), task.span(factor).room_m - plan.taken_m(task.disc, side.course))

    factor = _greatest(spare_m, _first_guess(task))
    if factor < math.inf:
        spare_m(factor * (1 + 1e-6))
    return factor, task.turn_time_s(float(task.held.turns[worst]))


def _first_guess(task: Task) -> float:
    """The factor at which the programme swings by half a groove's width."""
    return task.disc.groove_width_m / 2 / task.swing_peak_m


def _greatest(spare: Callable[[float], float], guess: float) -> float:
    """The greatest factor at which something is to spare: what is asked for grows ever faster with the factor.

    0 where there is nothing to spare to begin with.
    """
    low, high = 0.0, guess
    at_low = spare(0.0)
    if at_low <= 0:
        return 0.0
    at_high = spare(high)
    for _ in range(60):
        if at_high <= 0:
            break
        low, at_low, high = high, at_high, 4 * high
        at_high = spare(high)
    else:
        return math.inf
    for _ in range(60):
        if high - low <= NEAR_ENOUGH * high:
            break
        # false position; an end that stays counts half (Illinois), so that both ends come near
        middle = low + (high - low) * at_low / (at_low - at_high)
        middle = min(max(middle, low + 1e-3 * (high - low)), high - 1e-3 * (high - low))
        there = spare(middle)
        if there > 0:
            low, at_low, at_high = middle, there, at_high / 2
        else:
            high, at_high, at_low = middle, there, at_low / 2
    return low


def _share_s(task: Task) -> float:
    """How long a side must hold."""
    return max(task.music_s, task.room_s or 0.0)


def _no_room(task: Task) -> str:
    return (
        f"the song does not fit: {units.time_text(_share_s(task))} at {units.rpm_text(task.rpm)} rpm leave no room "
        f"for sound on {task.disc.name}"
    )


def _refuse_narrow(task: Task, pitch: Pitch) -> None:
    least = plan.least_pitch_m(task.disc)
    if isinstance(pitch, float) and (pitch < least or (pitch == least and not task.silent)):
        raise FitError(
            f"a pitch of {units.length_text(pitch)} leaves no room for sound between grooves "
            f"{units.length_text(task.disc.groove_width_m)} wide and a land of "
            f"{units.length_text(task.disc.land_m)}; give a larger --pitch, or auto"
        )


def _rows(task: Task, ceilings: dict[str, Ceiling], factor: float) -> tuple[Limit, ...]:
    rows = []
    for name in ("slope", "curvature", "land", "swing", "velocity", "needle", "head", "depth"):
        if name not in ceilings:
            continue
        most, at_s = ceilings[name]
        spare = round(20 * math.log10(most / factor), 2) + 0.0 if 0 < most < math.inf else None
        rows.append(Limit(name, spare, None if at_s is None else round(at_s, 3)))
    if "depth" not in ceilings:
        spare = 20 * math.log10(task.sheet.base_m / task.disc.depth_m)
        rows.append(Limit("depth", round(spare, 2), None))
    return tuple(rows)


def _hard_to_track(task: Task, ceilings: dict[str, Ceiling], factor: float) -> list[str]:
    """Warnings where a wished level passes what the stylus preset says pickups track."""
    said = []
    for name, amount in (("swing", f"{factor * task.swing_peak_m * 1e6:.0f} µm"),
                         ("velocity", f"{factor * task.velocity_peak_m_s * 100:.0f} cm/s")):  # fmt: skip
        most, at_s = ceilings[name]
        if factor > most * (1 + 1e-6):
            said.append(
                f"a pickup with the {task.stylus.name} tip may not track {amount} of {name} at "
                f"{units.time_text(at_s or 0.0)}"
            )
    return said


def _sheet_warnings(task: Task) -> list[str]:
    deep, base = task.disc.depth_m, task.sheet.base_m
    if deep >= base:
        raise FitError(
            f"a groove {units.length_text(deep)} deep cuts through {task.sheet.name} "
            f"({units.length_text(base)}); take a disc with a narrower groove or a thicker sheet"
        )
    if deep > base / 2:
        return [f"the groove takes {deep / base:.0%} of the {units.length_text(base)} of {task.sheet.name}"]
    return []
