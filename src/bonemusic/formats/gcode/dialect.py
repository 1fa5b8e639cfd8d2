"""How the three dialects of G-code differ, as far as a disc needs them.

Sources: GRBL v1.1 (wiki "Supported G-codes", "Laser Mode"); Marlin (marlinfw.org/docs/gcode: G0-G1, G2-G3, M3, M5);
LinuxCNC 2.9 manual ("G-codes", "Machining Center").

Marlin carries out one command a line, takes no move without its G (GCODE_MOTION_MODES is off as delivered), and has no
end of program: M2 is unknown to it and M30 deletes a file. Its M3 waits for all moves and then sets the laser, M5 turns
it off; the inline mode (M3 I) is newer than many boards' firmware, and a disc lifts its beam three times only, so the
plain words are written.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import FormatError
from ...presets import Machine


@dataclass(frozen=True)
class Dialect:
    """One controller's G-code.

    Attributes
    ----------
    name : str
    setup : tuple of str
        The lines after the head, units and absolute coordinates first; "{}" is how far corners may be rounded, in mm.
    beam : str
        The word that lights a beam.
    full_power : float
        The S of full power where the machine names none.
    modal : bool
        Whether moves go on without their G.
    travel_feed : bool
        Whether G0 goes at F as well.
    arcs : bool
        Whether arcs are run as arcs. GRBL cuts them to chords 2 µm deep ($12), Marlin to chords of 1 mm: good enough
        for a rim, but heard in a groove.
    spin_up : str
        Waits until a spindle is up to speed: 3 s (assumed).
    rotary : bool
    inverse_time : bool
        Whether a move's time may be given (G93).
    end : tuple of str
    hint : str
        What a beam's user must have set, for the head.
    """

    name: str
    setup: tuple[str, ...]
    beam: str
    full_power: float
    modal: bool
    travel_feed: bool
    arcs: bool
    spin_up: str
    rotary: bool
    inverse_time: bool
    end: tuple[str, ...]
    hint: str


GRBL = Dialect(
    name="GRBL",
    setup=("G21 G90", "G17 G40 G49 G91.1 G94"),
    beam="M4",
    full_power=1000.0,  # $30 as delivered
    modal=True,
    travel_feed=False,
    arcs=False,
    spin_up="G4 P3",
    rotary=False,
    inverse_time=False,
    end=("M5", "M2"),
    hint="laser mode must be on: $32=1; S goes up to $30",
)
MARLIN = Dialect(
    name="Marlin",
    setup=("G21", "G90"),
    beam="M3",
    full_power=255.0,  # PWM, CUTTER_POWER_UNIT as delivered
    modal=False,
    travel_feed=True,
    arcs=False,
    spin_up="G4 S3",
    rotary=True,
    inverse_time=False,
    end=("M5",),
    hint="M3 S must be the beam: LASER_FEATURE, S up to 255",
)
LINUXCNC = Dialect(
    name="LinuxCNC",
    setup=("G21 G90", "G17 G40 G49 G80 G91.1 G94", "G64 P{}"),
    beam="M3",
    full_power=1000.0,  # assumed: a PWM generator's scale
    modal=True,
    travel_feed=False,
    arcs=True,
    spin_up="G4 P3",
    rotary=True,
    inverse_time=True,
    end=("M5", "M2"),
    hint="the beam is the spindle: M3 S and M5",
)
_KNOWN = {None: GRBL, "grbl": GRBL, "marlin": MARLIN, "linuxcnc": LINUXCNC}


def of(machine: Machine) -> Dialect:
    """The machine's dialect; GRBL's, the smallest of the three, where it names none.

    Raises
    ------
    FormatError
        A turntable axis, and a dialect that has none.
    """
    dialect = _KNOWN[machine.dialect]
    if machine.turn_steps is not None and not dialect.rotary:
        raise FormatError(
            f"{dialect.name} has no turntable axis (A); give the machine's preset the dialect linuxcnc or marlin"
        )
    return dialect
