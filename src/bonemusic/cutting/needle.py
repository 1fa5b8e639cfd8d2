"""Will the needle stay in? What the groove asks of a tip's force, and whether its walls carry the tip at all.

A ball lies on two walls that stand at half the groove's angle α from the vertical, without friction. Pressed down by F
and carried along by a groove that moves it by x sideways and z up, the tip's mass m and the compliance C of its
suspension need the forces P = m·x'' + x/C sideways and V = m·z'' + z/C upwards. The walls can only push:

    N = (F + V)/(2·sin(α/2)) ± P/(2·cos(α/2)) ≥ 0,   so   F ≥ |P|·tan(α/2) - V on the wall that falls away,

F/√2 on each wall of 90° when nothing moves. In terms of the edges y = x ± z of a 90° groove that is F ≥ |m·y'' + y/C|.
Mass and spring are added as if both were at their greatest at the same instant, which is right where bass swings and
treble bends, and up to 6 dB too careful for a single tone in the middle. Friction, side-thrust and warps come on top:
spare of some 6 dB is what pickups are made with.

Sources: J. A. Pierce, F. V. Hunt, JASA 10 (1938) 14 (the ball in the groove); F. V. Hunt, JAES 10 (1962) 274 (forces
between tip and wall); J. Kogen, Audio, October 1966 and December 1966 (what a pickup still tracks: compliance in the
bass, mass in the treble).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..moments import Moments
from ..presets import Disc, Stylus
from ..units import length_text, time_text

Array = NDArray[Any]

ROUNDING = 1e-6
"""A groove that is planned exactly as wide as its tip needs carries it."""
MOST_MORE = 1.5
"""Up to so many times its usual force a pickup may be asked to press; beyond, the groove must be quieter."""


@dataclass(frozen=True)
class Needle:
    """Whether the needle stays in, and how surely.

    Attributes
    ----------
    stays : bool
        The walls carry the tip, and nowhere ask for more than its usual force.
    spare_db : float or None
        Usual force over the greatest that is asked; None where nothing moves.
    at_s : float
        When most is asked of it, or where the tip is not carried, when the groove is narrowest; from the first moment.
    force_n : float
        Greatest force that is asked: that which would do.
    contact_width_m : float
        How far apart the tip touches the walls.
    least_width_m : float
        Of the groove, at its narrowest.
    carries : bool
        Whether the tip rests on the walls, neither on the groove's edges nor on its bottom.
    climb_m : float
        Height of the wall above the contact where the groove is narrowest: what the tip can climb; negative where it
        is not carried.
    said : str
        All that in one line.
    """

    stays: bool
    spare_db: float | None
    at_s: float
    force_n: float
    contact_width_m: float
    least_width_m: float
    carries: bool
    climb_m: float
    said: str


def asked_force_n(swing_m: Array, bend_m_s2: Array, stylus: Stylus, angle_rad: float = math.pi / 2) -> Array:
    """Tracking force that a groove's movement asks for: (m·bend + swing / C)·max(1, tan(α/2)).

    Parameters
    ----------
    swing_m, bend_m_s2 : ndarray, one shape
        How far the edge that moves more is from its place, and its acceleration; both 0 or more.
    stylus : Stylus
        Its effective mass and compliance.
    angle_rad : float
        Included angle of the walls; of a blunter groove the sideways part asks for more.
    """
    steep = max(1.0, math.tan(angle_rad / 2))
    return np.asarray((stylus.tip_mass_kg * bend_m_s2 + swing_m / stylus.compliance_m_n) * steep)


def contact_width_m(radius_m: float, angle_rad: float = math.pi / 2) -> float:
    """How far apart a ball touches the walls: 2·R·cos(α/2), √2·R at 90°."""
    return 2 * radius_m * math.cos(angle_rad / 2)


def climb_m(width_m: float, radius_m: float, angle_rad: float = math.pi / 2) -> float:
    """Height of the wall above the line where a ball touches it, in a groove of that width at its top."""
    return (width_m - contact_width_m(radius_m, angle_rad)) / 2 / math.tan(angle_rad / 2)


def needle(measured: Moments, factor: float, stylus: Stylus, disc: Disc, depth_m: Array | float) -> Needle:
    """Hold a programme against a tip.

    Parameters
    ----------
    measured : Moments
        Of the programme at unit level; at least one moment.
    factor : float
        What it is cut at.
    stylus : Stylus
    disc : Disc
        Gives the walls' angle and the bottom's radius.
    depth_m : ndarray, (m,), or float
        Planned depth of the groove in each moment, without what moves up and down.

    Returns
    -------
    Needle
    """
    asked = asked_force_n(factor * measured.swing_m, factor * measured.bend_m_s2, stylus, disc.angle_rad)
    width = 2 * math.tan(disc.angle_rad / 2) * (depth_m - factor * measured.up_m)
    most_at, narrow_at = int(np.argmax(asked)), int(np.argmin(width))
    force_n, least_m = float(asked[most_at]), float(width[narrow_at])
    contact_m = contact_width_m(stylus.radius_m, disc.angle_rad)
    wide = least_m >= contact_m * (1 - ROUNDING)
    carries = wide and disc.bottom_radius_m < stylus.radius_m
    spare_db = 20 * math.log10(stylus.force_n / force_n) if force_n > 0 else None
    times_s = measured.times_s
    at_s = float(times_s[most_at if carries else narrow_at])
    if not wide:
        said = _too_large(stylus, contact_m, least_m, at_s)
    elif not carries:
        said = (
            f"{stylus.name} rests on the groove's bottom, which is as round as the tip "
            f"({length_text(disc.bottom_radius_m)}); take a larger tip"
        )
    else:
        said = _held(stylus, force_n, spare_db, at_s)
    return Needle(
        stays=carries and (spare_db is None or spare_db >= 0),
        spare_db=spare_db,
        at_s=at_s,
        force_n=force_n,
        contact_width_m=contact_m,
        least_width_m=least_m,
        carries=carries,
        climb_m=climb_m(least_m, stylus.radius_m, disc.angle_rad),
        said=said,
    )


def _too_large(stylus: Stylus, contact_m: float, least_m: float, at_s: float) -> str:
    if least_m <= 0:
        return f"the groove comes up out of the sheet at {time_text(at_s)}; cut it deeper, or lower the level"
    return (
        f"{stylus.name} is larger than the groove: it touches the walls {length_text(contact_m)} apart, and at "
        f"{time_text(at_s)} the groove is {length_text(least_m)} wide; take a smaller tip or a deeper groove"
    )


def _held(stylus: Stylus, force_n: float, spare_db: float | None, at_s: float) -> str:
    usual = f"{stylus.force_n * 1e3:.3g} mN"
    if spare_db is None:
        return f"nothing moves the needle; {stylus.name} presses with {usual}"
    if spare_db >= 0:
        return (
            f"the needle stays in: {stylus.name} presses with {usual}, and {force_n * 1e3:.3g} mN are asked at "
            f"{time_text(at_s)} ({spare_db:.1f} dB to spare)"
        )
    lower = f"lower the level by {math.ceil(-spare_db * 10) / 10:.1f} dB"
    if force_n <= MOST_MORE * stylus.force_n:
        lower = f"track at {math.ceil(force_n * 1e3)} mN, or {lower}"
    return (
        f"the needle leaves a wall at {time_text(at_s)}: {force_n * 1e3:.3g} mN are asked, and {stylus.name} presses "
        f"with {usual}; {lower}"
    )
