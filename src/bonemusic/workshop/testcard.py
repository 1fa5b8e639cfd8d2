"""The test card cut: its sound through the whole chain, so that its groove is as a song's, its marks around it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import formats, presets
from ..audio import Audio, Stream
from ..curves import REFERENCE_VELOCITY_M_S
from ..errors import FormatError
from ..formats import Format
from ..presets import Machine
from ..progress import Progress, silent
from ..testcard.card import Card, card
from ..testcard.frame import SIDE_M, card_of, refuse_small
from ..testcard.sound import REFERENCE_HZ, SECTIONS, TUNE_S, sound
from ..units import Level
from .looks import Looks
from .output import refuse
from .recipe import Recipe
from .reports import CutReport
from .songs import Song
from .wish import Wish

DISC, SHEET, CURVE = "card-5in-78", "x-ray-film", "riaa"
COARSE_DB = 12.0
"""The reference's level where the grid is coarse against its swing at 0 dB: 20 cm/s, 32 µm at 1 kHz; good pickups track
30 cm/s."""
TURNING_STEPS = 4
"""Steps of a turntable axis's radius that count as one of a grid in x and y: no angle makes up for them (assumed: with
fewer to the swing, noise lies 12 dB below 5 cm/s)."""


@dataclass(frozen=True)
class Patch:
    """One patch of the ring, clockwise from the top: its colour and layer, what it tries, and where its middle lies.

    `power_percent` is a knife's or pen's force on a plotter, None on a mill; `speed_mm_s` is None where the preset
    names no speed, and `speed_percent` is against the fastest patch.
    """

    layer: str
    colour: str
    power_percent: float | None
    depth_um: float | None
    speed_mm_s: float | None
    speed_percent: float
    x_mm: float
    y_mm: float


@dataclass(frozen=True)
class HeightLines:
    """Three hairlines at one height of the tool, in mm for a beam, in µm of depth for a mill, in notches for a pen."""

    layer: str
    colour: str
    height: str


@dataclass(frozen=True)
class SoundSection:
    """One part of the sound, in seconds from its beginning."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class CardGroove:
    """The groove to play."""

    rpm: float
    curve: str
    seconds: float
    reference_hz: float
    reference_db: float
    reference_velocity_cm_s: float
    outer_radius_mm: float
    inner_radius_mm: float
    predicted_snr_db: float | None
    bandwidth_hz: float
    sections: tuple[SoundSection, ...]


@dataclass(frozen=True)
class CardReport:
    """What was drawn.

    `kind` is "beam", "mill", "pen" or "proof", which is no machine's; `layers` are all but the groove and the disc's
    own outline, in the file's order, the groove before the last one, `jig`. Colours are those of drawings; G-code has
    none and holds the settings themselves.
    """

    machine: str
    title: str
    kind: str
    file: str
    files: tuple[str, ...]
    format: str
    width_mm: float
    height_mm: float
    stroke_mm: float | None
    groove_power_percent: float | None
    groove_speed_mm_s: float | None
    cut_power_percent: float | None
    cut_speed_mm_s: float | None
    groove_colour: str
    marks_colour: str
    cut_colour: str
    layers: tuple[str, ...]
    patches: tuple[Patch, ...]
    heights: tuple[HeightLines, ...]
    kerf_um: tuple[float, ...]
    groove: CardGroove
    points: int
    bytes: int
    machine_seconds: float | None
    warnings: tuple[str, ...]


def spelling_for(machine: Machine, out: Path | None, name: str | None) -> Format:
    """The format of a machine's card: the one named or told by the suffix, else the machine's usual one.

    Raises
    ------
    FormatError
        It draws no lines.
    """
    drawing = [f for f in formats.known() if f.lines]
    if out is None and name is None:
        found = next((f for f in drawing if f.name == machine.formats[0]), None)
        said = f"{machine.formats[0]}, the usual format of {machine.name},"
    else:
        found = formats.for_writing(out or Path("-"), name)
        said = found.name
    if found not in drawing:
        lines = ", ".join(f"{f.name} ({f.suffixes[0]})" for f in drawing)
        raise FormatError(
            f"a test card is lines, which {said} does not draw; name another with --format or -o: {lines}"
        )
    return found


def cut_testcard(
    machine_name: str, out: Path | None = None, format_name: str | None = None, progress: Progress = silent
) -> CardReport:
    """Cut a test card for a machine.

    Parameters
    ----------
    machine_name : str
    out : Path or None
        None: `testcard-MACHINE` with the suffix of the machine's usual format, in the current folder.
    format_name : str or None
        None: told by the suffix of `out`.
    progress : Progress

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: no such machine, a bed that is too small, a format that draws no lines, or the
        output.
    """
    machine = presets.machine(machine_name)
    spelling = spelling_for(machine, out, format_name)
    path = out or Path(f"testcard-{machine.name}{spelling.suffixes[0]}")
    refuse_small(machine)
    refuse(path)
    level_db = reference_db(machine)
    recipe = Recipe(
        disc=DISC, curve=CURVE, machine=machine_name, sheet=SHEET, level=Level("db", level_db), looks=Looks(label=False)
    )
    wish = Wish.of(recipe, stereo=False)
    wish = dataclasses.replace(wish, disc=card_of(wish.disc))
    velocity = REFERENCE_VELOCITY_M_S * 10 ** (level_db / 20)
    reference = f"{100 * velocity:.0f} cm/s"
    drawn = card(machine, wish.disc, wish.sheet, velocity / (2 * math.pi * REFERENCE_HZ), reference)
    progress("playing the piano", 0.0)
    from ..demo.tune import boogie

    song = _song(sound(boogie(TUNE_S), wish.curve))
    from . import side

    made = side.make([song], wish, spelling, path, progress, marks=drawn.after, before=drawn.before)
    return _report(machine, spelling, path, drawn, made, level_db)


def reference_db(machine: Machine) -> float:
    """The level of the reference tone: 0 dB (5 cm/s), more where a step of the machine is much against its swing."""
    swing_m = REFERENCE_VELOCITY_M_S / (2 * math.pi * REFERENCE_HZ)
    step_m = machine.step_m if machine.turn_steps is None else TURNING_STEPS * machine.step_m
    return COARSE_DB if max(step_m, machine.spacing_m / 8) > swing_m else 0.0


def _song(heard: Audio) -> Song:
    def blocks() -> Iterator[Any]:
        yield heard.samples

    return Song(
        Path("Test card"),
        Stream("Test card", heard.rate_hz, heard.channels, len(heard.samples), heard.seconds, blocks()),
    )


def _report(
    machine: Machine, spelling: Format, path: Path, drawn: Card, made: CutReport, level_db: float
) -> CardReport:
    patches = []
    for layer, trial in zip((x for x in drawn.layers if x.name.startswith("patch-")), drawn.trials, strict=True):
        x_m, y_m = layer.lines[len(layer.lines) // 2].mean(axis=0).tolist()
        patches.append(
            Patch(
                layer=layer.name,
                colour=layer.colour,
                power_percent=_scaled(100, trial.power),
                depth_um=_scaled(1e6, trial.depth_m),
                speed_mm_s=_scaled(1e3, trial.speed_m_s),
                speed_percent=round(100 * trial.speed_share, 1),
                x_mm=round(1e3 * x_m, 3),
                y_mm=round(1e3 * y_m, 3),
            )
        )
    lines = [x for x in drawn.layers if x.name.startswith("height-")]
    sections = tuple(SoundSection(s.name, s.start_s, s.end_s) for s in SECTIONS)
    groove = CardGroove(
        rpm=made.rpm,
        curve=made.curve,
        seconds=made.music_seconds,
        reference_hz=REFERENCE_HZ,
        reference_db=level_db,
        reference_velocity_cm_s=round(100 * REFERENCE_VELOCITY_M_S * 10 ** (level_db / 20), 3),
        outer_radius_mm=made.music_outer_radius_mm,
        inner_radius_mm=made.music_inner_radius_mm,
        predicted_snr_db=made.predicted_snr_db,
        bandwidth_hz=made.bandwidth_hz,
        sections=sections,
    )
    side_mm = round(1e3 * SIDE_M, 3)
    return CardReport(
        machine=machine.name,
        title=machine.title,
        kind=drawn.kind,
        file=str(path),
        files=made.files,
        format=spelling.name,
        width_mm=side_mm,
        height_mm=side_mm,
        stroke_mm=_scaled(1e3, machine.stroke_m),
        groove_power_percent=_scaled(100, machine.groove_power),
        groove_speed_mm_s=_scaled(1e3, machine.groove_speed_m_s or machine.speed_m_s),
        cut_power_percent=_scaled(100, machine.cut_power),
        cut_speed_mm_s=_scaled(1e3, machine.cut_speed_m_s),
        groove_colour=machine.groove_colour,
        marks_colour=machine.label_colour,
        cut_colour=machine.cut_colour,
        layers=tuple(layer.name for layer in drawn.layers),
        patches=tuple(patches),
        heights=tuple(HeightLines(x.name, x.colour, h.words) for x, h in zip(lines, drawn.heights, strict=True)),
        kerf_um=tuple(round(1e6 * distance, 3) for distance in drawn.kerf_m),
        groove=groove,
        points=made.points,
        bytes=made.bytes,
        machine_seconds=made.machine_seconds,
        # what would help a song is not for the card: its sound, disc and level are what they are
        warnings=tuple(warning.partition(";")[0] for warning in made.warnings),
    )


def _scaled(factor: float, value: float | None) -> float | None:
    return None if value is None else round(factor * value, 4)
