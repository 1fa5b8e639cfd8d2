"""What the card tries: settings around those of the machine's preset, and what no file can set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..presets import Machine

Kind = Literal["beam", "mill", "pen", "proof"]
STRENGTHS, SPEEDS = 5, 4
POWERS = (0.16, 0.25, 0.4, 0.63, 1.0)
"""Of the greatest: equal ratios of 2 dB; the third is the preset's where 2.5 times that is not more than all."""
MOST_POWER = 2.5
ELSE_POWER = 0.2
"""For a machine whose preset names no power: a fifth, from 8 to 50 % (assumed: below what cuts thin film)."""
RATES = (1.0, 0.7, 0.5, 0.35)
"""Of the greatest speed, which is twice the preset's where the machine reaches it: it is then the third."""
MOST_SPEED = 2.0
DEPTHS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Of the groove's depth, for a tool that is set by depth."""
LIFTS_M = (-1e-3, -0.6e-3, -0.3e-3, 0.0, 0.3e-3, 0.6e-3, 1e-3)
"""How far the head is lifted; lenses of 1.5 to 2 inches keep their spot over less than that (assumed)."""
PLUNGES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Of the groove's depth: from which on a bit is seen to touch tells where the sheet's top is."""


@dataclass(frozen=True)
class Trial:
    """One setting to be tried.

    Attributes
    ----------
    power : float or None
        Share of full power, of a knife's or pen's full force; None for a mill.
    depth_m : float or None
        For a mill.
    speed_m_s : float or None
        None where the preset knows no speed.
    speed_share : float
        Of the greatest speed tried.
    """

    power: float | None
    depth_m: float | None
    speed_m_s: float | None
    speed_share: float

    @property
    def words(self) -> tuple[str, str]:
        """Strength and speed, as they are written on the card."""
        strength = (
            f"{figure(100 * self.power)}%" if self.power is not None else f"{figure(1e6 * (self.depth_m or 0))} µm"
        )
        speed = (
            f"{figure(100 * self.speed_share)}%" if self.speed_m_s is None else f"{figure(1e3 * self.speed_m_s)} mm/s"
        )
        return strength, speed


@dataclass(frozen=True)
class Height:
    """One height of the tool: as told on the card, the depth that a mill goes to, and what is set by hand for it."""

    words: str
    depth_m: float | None = None
    pause: str = ""


def kind_of(machine: Machine) -> Kind:
    """Whether it burns, mills, or presses a knife or pen down.

    Presets do not say: what has a beam has a power, what mills has passes, what speaks HP-GL first is a plotter. What
    has nothing of that (`ideal`) has a proof, drawn as for a beam.
    """
    if machine.groove_power is not None:
        return "beam"
    if machine.pass_depth_m is not None:
        return "mill"
    return "pen" if machine.formats[:1] == ("hpgl",) else "proof"


def matrix(machine: Machine, depth_m: float) -> tuple[Trial, ...]:
    """20 settings around the preset's: five strengths, the weakest first, with four speeds each, the fastest first.

    Parameters
    ----------
    machine : Machine
    depth_m : float
        Of the groove.
    """
    base = machine.groove_speed_m_s or machine.speed_m_s
    fastest = None if base is None else min(MOST_SPEED * base, machine.speed_m_s or MOST_SPEED * base)
    speeds = [(None if fastest is None else float(figure(1e3 * fastest * part)) / 1e3, part) for part in RATES]
    if kind_of(machine) == "mill":
        return tuple(Trial(None, part * depth_m, *speed) for part in DEPTHS for speed in speeds)
    most = min(MOST_POWER * (machine.groove_power or ELSE_POWER), 1.0)
    return tuple(Trial(float(figure(100 * most * part)) / 100, None, *speed) for part in POWERS for speed in speeds)


def heights(machine: Machine, depth_m: float) -> tuple[Height, ...]:
    """Seven heights of the tool, from the lowest up; a mill's from the shallowest down."""
    lifts = [f"{1e3 * lift:+.1f}" if lift else "0" for lift in LIFTS_M]
    match kind_of(machine):
        case "mill":
            return tuple(Height(figure(1e6 * part * depth_m), part * depth_m) for part in PLUNGES)
        case "pen":
            return tuple(Height(str(notch), pause=f"set the blade to no. {notch} of 7") for notch in range(1, 8))
        case "beam":
            return tuple(Height(lift, pause=f"set the head {lift} mm from its usual height") for lift in lifts)
        case _:
            return tuple(map(Height, lifts))


def figure(value: float) -> str:
    """A number as a machine's panel shows it: two digits that count, more only before the point."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.2g}"
