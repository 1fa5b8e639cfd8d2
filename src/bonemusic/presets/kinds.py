"""What a preset of each kind holds, in SI units. Lengths are diameters where the trade speaks of diameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True)
class Disc:
    """A size of record and the groove it carries (IEC 60098, and the shop's own custom for bone records)."""

    name: str
    title: str
    rpm: Fraction
    diameter_m: float
    recorded_diameter_m: float
    """Outermost diameter that any groove may reach."""
    music_inner_diameter_m: float
    locked_diameter_m: float
    hole_diameter_m: float
    groove_width_m: float
    """Width at the top of the unmodulated groove."""
    bottom_radius_m: float
    angle_rad: float
    land_m: float
    """Least wall-to-wall distance between neighbouring turns."""
    lead_in_pitch_m: float
    lead_out_pitch_m: float
    lead_in_turns: float
    stylus: str
    sheet: str
    outline: Literal["round", "square", "card"] = "round"
    """A square's side and a card's width are its diameter."""
    height_m: float | None = None
    """A card's height; None: it is no card."""
    corner_radius_m: float = 0.0
    """The radius to which a square's or a card's corners are rounded."""
    coin_diameter_m: float | None = None
    """Of the coin that weighs it down, laid midway between hole and locked groove; None: it is heavy enough."""

    @property
    def depth_m(self) -> float:
        """Depth of the unmodulated groove as a V of its width and angle (a 56 µm groove at 90° is 28 µm deep)."""
        return self.groove_width_m / 2 / math.tan(self.angle_rad / 2)


@dataclass(frozen=True)
class Curve:
    """Time constants of a recording curve; a constant that is absent is None. No constants at all: no curve."""

    name: str
    title: str
    shelf_s: float | None = None
    turnover_s: float | None = None
    rolloff_s: float | None = None


@dataclass(frozen=True)
class Machine:
    """What cuts or draws the disc."""

    name: str
    title: str
    step_m: float
    """Its grid. `ideal` may go finer where a low level asks for it."""
    finest_step_m: float
    points_per_s: float
    """Points on the groove for each second of sound."""
    bandwidth_hz: float
    """Highest frequency that is drawn."""
    tool: Literal["chisel", "round"]
    """A chisel keeps its radial width; a round tool (a beam, a ball) widens by 1/cos of the slope."""
    stereo: bool = False
    """Whether it moves up and down with the sound (45/45), and not sideways only."""
    screw_turns: float | None = None
    """Least part of a turn over which its lead screw changes the pitch; None: at once."""
    coil_limit_m_s2: float | None = None
    """RMS acceleration along a wall's normal that its cutter head stands for minutes; None: it has no coils to burn."""
    turn_steps: int | None = None
    """Steps in a turn of its turntable axis; None: it moves in x and y."""
    spacing_m: float = 0.0
    """Least way from one point to the next: controllers stall on denser ones."""
    kerf_m: float | None = None
    """Width of what its beam or tip leaves in one pass; None: as wide as is asked for."""
    lines_per_s: float | None = None
    """Lines that its controller executes in a second; None: as many as there are."""
    speed_m_s: float | None = None
    """Greatest speed while it draws."""
    travel_m_s: float | None = None
    """Speed while it does not draw."""
    acceleration_m_s2: float | None = None
    """How fast its speed changes; None: at once."""
    corner_m: float | None = None
    """How far from a corner its planner lets the curve pass that it computes speeds by (GRBL's junction deviation);
    None: corners do not slow it."""
    path_points: int | None = None
    """Points in the longest single path that it takes."""
    file_turns: float | None = None
    """Turns of groove in one file."""
    file_points: int | None = None
    """Points in one file."""
    file_bytes: int | None = None
    """Size of the largest file that its program takes."""
    bed_width_m: float | None = None
    """What it reaches from left to right; None: any disc."""
    bed_height_m: float | None = None
    formats: tuple[str, ...] = ("svg",)
    """Formats that it takes, by the names in `sense.FORMATS`, the usual one first."""
    dialect: Literal["grbl", "marlin", "linuxcnc"] | None = None
    """The G-code that it speaks."""
    full_power: float | None = None
    """The number that stands for full power in G-code (S)."""
    groove_power: float | None = None
    """Share of full power with which grooves are cut; None: it has no beam."""
    cut_power: float | None = None
    """Share of full power that goes through the sheet."""
    groove_speed_m_s: float | None = None
    """Speed at which grooves are cut; None: `speed_m_s`."""
    cut_speed_m_s: float | None = None
    """Speed at which it cuts through the sheet; None: that for grooves."""
    pass_depth_m: float | None = None
    """How deep one pass may go; None: any depth at once."""
    safe_height_m: float = 2e-3
    """Height over the sheet at which a tool travels."""
    stroke_m: float | None = None
    """Line width written into drawings; None writes the groove's own."""
    cut_colour: str = "#ff0000"
    groove_colour: str = "#000000"
    label_colour: str = "#0000ff"


@dataclass(frozen=True)
class Stylus:
    """A playback tip."""

    name: str
    title: str
    radius_m: float
    """Radius of the ball, or the major (side) radius of an elliptical tip."""
    minor_radius_m: float | None
    """Radius along the groove of an elliptical tip; None for a ball."""
    swing_m: float
    """Peak displacement that a good pickup with this tip still tracks."""
    velocity_m_s: float
    """Peak velocity that a good pickup with this tip still tracks."""
    force_n: float = 0.02
    """The usual tracking force."""
    tip_mass_kg: float = 0.6e-6
    """Effective mass of all that moves with the tip, as felt at the tip."""
    compliance_m_n: float = 0.012
    """Way of the tip for each newton, sideways and up alike."""

    @property
    def tracing_radius_m(self) -> float:
        """The radius that rolls along the walls."""
        return self.radius_m if self.minor_radius_m is None else self.minor_radius_m


@dataclass(frozen=True)
class Sheet:
    """What the groove is cut into."""

    name: str
    title: str
    thickness_m: float
    base_m: float
    """Thickness of the layer that may be cut."""


@dataclass(frozen=True)
class Turntable:
    """A player from its platter to its loudspeaker socket. Levels in dB re 5 cm/s peak, 1 kHz lateral."""

    name: str
    title: str
    stylus: str | None
    """None: a tip of radius 0, which reads the groove exactly."""
    speed_error: float
    """Fraction by which the platter runs fast."""
    wow: float
    """Peak fraction of slow speed variation at `wow_hz`."""
    wow_hz: float
    flutter: float
    flutter_hz: float
    eccentricity_m: float
    """Distance of the hole's centre from the spiral's, on this player's spindle."""
    low_cut_hz: float | None
    high_cut_hz: float | None
    surface_noise_db: float | None
    """RMS of surface noise, 20 Hz to 20 kHz, after the replay curve; None for none."""
    rumble_db: float | None
    clicks_per_minute: float
    click_db: float
    """Median peak of a click."""
