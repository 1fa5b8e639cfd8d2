"""Mastering in the groove's own terms: what the side allows at each moment, and the limiters that keep to it.

The circle between planning and mastering is broken by going round it a fixed few times: a layout tells where each
moment lies, that tells what it may be, that tells the drive, and the drive another layout. What is then limited is
measured and planned anew, so that nothing is promised that is not kept.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from ..curves import REFERENCE_VELOCITY_M_S
from ..cutting import depth, plan
from ..cutting.fit import Fit, asked_factor, ceilings_of, land_ceiling
from ..cutting.remedies import fit_or_advise
from ..cutting.task import Task, layout
from ..mastering.filters import bass_corner_hz, bass_to_mono, high_pass
from ..mastering.limit import Allowed, Limited, drive_for, limited, passes
from ..progress import Progress
from ..spectral import Response, filtered
from ..units import Level, Pitch
from .recipe import Mastering
from .wish import Wish

ROUNDS = 2
SHARE = 0.01
"""How much of the time `auto` may touch for the sake of level (assumed: rare enough to be heard by nobody)."""
DEEPEST_DB = 6.0
AUTO_HIGH_PASS_HZ = 30.0
"""The corner that `auto` takes, where what lies below it makes the groove swing too far (assumed: below any bass)."""
WORTH_DB = 1.0
"""And by how much that must lessen the swing."""
COMES_TO = 0.999
"""A part of a limit that counts as having come to it."""
MUCH_DB, MUCH_SHARE = 6.0, 0.1
"""Limiters that take more than this off, or touch more of the time, are told of (assumed: it will be heard)."""


@dataclass(frozen=True)
class Mastered:
    """A side's songs, mastered and fitted.

    Attributes
    ----------
    task : Task
        With the programme as it will be cut, but for `fit.factor`.
    fit : Fit
    gain : float
        What sound that nothing touched was multiplied by, displacement at unit level to the groove's.
    drive_db : float
        How much louder than without limiting.
    limited : Limited or None
        What the limiters did.
    high_pass_hz, mono_below_hz : float or None
        Filters that were at work.
    """

    task: Task
    fit: Fit
    gain: float
    drive_db: float = 0.0
    limited: Limited | None = None
    high_pass_hz: float | None = None
    mono_below_hz: float | None = None


def filters(wish: Mastering) -> tuple[Response | None, Response | None]:
    """What lateral and vertical are filtered by as they are shaped: corners that are given, not found."""
    both = high_pass(wish.high_pass) if isinstance(wish.high_pass, float) else None
    if not isinstance(wish.mono_below, float):
        return both, both
    mono = bass_to_mono(wish.mono_below)
    return both, mono if both is None else lambda f: both(f) * mono(f)


def mastered(task: Task, wish: Wish, progress: Progress) -> Mastered:
    """Master a side's programme, **in place**, and fit it.

    Raises
    ------
    FitError
        It does not fit; the line says what would.
    """
    steps, level, pitch = wish.mastering, wish.level, wish.pitch
    corners: dict[str, float | None] = {
        "high_pass_hz": steps.high_pass if isinstance(steps.high_pass, float) else None,
        "mono_below_hz": steps.mono_below if isinstance(steps.mono_below, float) else None,
    }
    auto_filters = "auto" in (steps.high_pass, steps.mono_below)
    if task.silent or not (steps.limits or auto_filters):
        return _plain(task, level, pitch, corners)
    linear = _linear(task, level, pitch)
    task, found = _filtered(task, steps, pitch, linear)
    corners |= found
    if not steps.limits:
        return _plain(task, level, pitch, corners)
    drive, allowed = _drive(task, steps, pitch, linear, level)
    if level is not None and not passes(task.measured, drive, allowed):
        return _plain(task, level, pitch, corners)  # bit for bit as without limiters
    whole = task.programme
    done = limited(
        whole.lateral_m,
        whole.vertical_m,
        whole.rate_hz,
        drive,
        allowed,
        task.measured,
        progress,
        split=steps.treble != "off",
    )
    after = task.with_programme(whole)
    if level is None:
        fitted = fit_or_advise(after, None, pitch, most=1.0)
    else:  # as it is now, whatever pickups track of it
        fitted = fit_or_advise(after, Level("velocity", after.velocity_peak_m_s), pitch)
        fitted = dataclasses.replace(fitted, warnings=(*fitted.warnings, *_less_than_asked(task, fitted, drive, done)))
    reached = drive * fitted.factor
    return Mastered(after, fitted, reached, 20 * math.log10(reached / linear), done, **corners)


def _less_than_asked(task: Task, fitted: Fit, drive: float, done: Limited) -> list[str]:
    """A word where limiters leave much less of a level than was asked for, or have much to do."""
    asked = drive * task.velocity_peak_m_s
    lost_db = 20 * math.log10(asked / fitted.peak_velocity_m_s) if fitted.peak_velocity_m_s else 0.0
    if lost_db < MUCH_DB and done.touched_share < MUCH_SHARE:
        return []
    asked_db = 20 * math.log10(asked / REFERENCE_VELOCITY_M_S)
    reached_db = 20 * math.log10(max(fitted.peak_velocity_m_s, 1e-12) / REFERENCE_VELOCITY_M_S)
    return [
        f"of a level of {asked_db:+.1f} dB the limiters leave {reached_db:+.1f} dB, and touch "
        f"{done.touched_share:.0%} of the time; ask for less, or allow more"
    ]


def _plain(task: Task, level: Level | None, pitch: Pitch, corners: dict[str, float | None]) -> Mastered:
    """Without limiting."""
    fitted = fit_or_advise(task, level, pitch)
    return Mastered(task, fitted, fitted.factor, 0.0, None, **corners)


def could_win_db(task: Task, fitted: Fit) -> float:
    """How much louder `auto` would make a side that was not limited, dB; it would touch at most `SHARE` of the time."""
    if task.silent:
        return 0.0
    steps = Mastering("auto", "auto", "auto", "auto", "auto", "auto", "auto", "auto")
    allowed = allowed_of(task, steps, fitted.side)
    room = [r.spare_db for r in fitted.limits if r.name in ("land", "head") and r.spare_db is not None]
    most = min([drive_for(task.measured, allowed, SHARE, DEEPEST_DB), *(fitted.factor * 10 ** (r / 20) for r in room)])
    return max(20 * math.log10(most / fitted.factor), 0.0) if most > 0 else 0.0


def allowed_of(task: Task, steps: Mastering, side: plan.Side) -> Allowed:
    """What the limiters are to keep to, along a side."""
    may = task.allowed(side)
    stylus, speed = task.stylus, may.slope_m_s
    swing = _number(steps.swing, may.swing_m)
    velocity = steps.velocity != "off"
    bend = np.full(len(speed), np.inf)
    if steps.curvature != "off":
        radius = _number(steps.curvature, stylus.tracing_radius_m)
        bend = np.minimum(bend, math.sqrt(2) * speed * speed / radius)
    if steps.acceleration != "off":
        kept = max(stylus.force_n - min(swing, may.swing_m) / stylus.compliance_m_n, 0.1 * stylus.force_n)
        bend = np.minimum(bend, _number(steps.acceleration, kept / stylus.tip_mass_kg))
    floor = depth.least_depth_m(task.disc, stylus)
    half = (task.sheet.base_m - floor) / 2
    upright = _number(steps.vertical, max(min(half, task.sheet.base_m - task.disc.depth_m, stylus.swing_m), 0.0))
    return Allowed(
        swing_m=swing,
        slope_m_s=np.minimum(speed, _number(steps.velocity, np.inf)) if velocity else np.inf,
        read_m_s=_number(steps.velocity, may.read_m_s),
        bend_m_s2=bend,
        up_m=upright,
        down_m=upright,
        treble_m_s=steps.treble if isinstance(steps.treble, float) else np.inf,
    )


def _number(step: str | float, auto: float) -> float:
    if isinstance(step, float):
        return step
    return auto if step == "auto" else np.inf


def _linear(task: Task, level: Level | None, pitch: Pitch) -> float:
    """The factor without limiting: the highest that fits, or none where a level is asked for."""
    if level is not None:
        return asked_factor(task, level)
    return fit_or_advise(task, None, pitch).factor


def _filtered(task: Task, steps: Mastering, pitch: Pitch, factor: float) -> tuple[Task, dict[str, float | None]]:
    """The task after the filters that `auto` finds called for, and their corners."""
    whole = task.programme
    found: dict[str, float | None] = {}
    probe = dataclasses.replace(steps, vertical="auto", swing="auto")
    may = allowed_of(task, probe, layout(pitch)(task, min(factor, _land(task, pitch))))
    if steps.high_pass == "auto" and factor * task.swing_peak_m >= COMES_TO * float(np.min(may.swing_m)):
        calmer = filtered(whole.lateral_m, whole.rate_hz, high_pass(AUTO_HIGH_PASS_HZ))
        less_db = 20 * math.log10(max(np.abs(whole.lateral_m).max(), 1e-30) / max(np.abs(calmer).max(), 1e-30))
        if less_db >= WORTH_DB:
            whole.lateral_m[:] = calmer
            if whole.vertical_m is not None:
                whole.vertical_m[:] = filtered(whole.vertical_m, whole.rate_hz, high_pass(AUTO_HIGH_PASS_HZ))
            found["high_pass_hz"] = AUTO_HIGH_PASS_HZ
    if steps.mono_below == "auto" and whole.vertical_m is not None:
        corner = bass_corner_hz(task.measured, may, factor)
        if corner is not None:
            whole.vertical_m[:] = filtered(whole.vertical_m, whole.rate_hz, bass_to_mono(corner))
            found["mono_below_hz"] = corner
    if not found:
        return task, {}
    return task.with_programme(whole), found


def _drive(task: Task, steps: Mastering, pitch: Pitch, linear: float, level: Level | None) -> tuple[float, Allowed]:
    """What the programme is multiplied by before it is limited, and the limits."""
    capped = dataclasses.replace(task, swing_m=_number(steps.swing, task.stylus.swing_m))
    land = _land(capped, pitch)
    drive = min(linear, land)
    side = layout(pitch)(capped, drive)
    if level is not None:
        return linear, allowed_of(capped, steps, side)
    for _ in range(ROUNDS):
        allowed = allowed_of(capped, steps, side)
        held = [f for name, (f, _) in ceilings_of(task, side).items() if _is_off(name, steps)]
        drive = max(min(drive_for(task.measured, allowed, SHARE, DEEPEST_DB), land, *held), min(linear, land))
        side = layout(pitch)(capped, drive)
    return drive, allowed_of(capped, steps, side)


def _is_off(limit: str, steps: Mastering) -> bool:
    """Whether a limit is kept by nothing but the level."""
    step = {
        "slope": steps.velocity, "velocity": steps.velocity, "curvature": steps.curvature, "swing": steps.swing,
        "needle": steps.acceleration, "head": "off", "depth": steps.vertical,
    }  # fmt: skip
    return step[limit] == "off"


def _land(task: Task, pitch: Pitch) -> float:
    return land_ceiling(task, pitch)[0]
