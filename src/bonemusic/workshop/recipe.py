"""One frozen `Recipe`: at once the command line's options and a `--config` file."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from .. import presets, units
from ..errors import BonemusicError, PresetError, UnitError
from ..units import Level, Pitch
from . import looks, scanwish
from .looks import Looks, path
from .scanwish import ScanWish

MAX_CONFIG = 1 << 20
MOST_SIDES = 26
Setting = Literal["off", "auto"] | float


@dataclass(frozen=True)
class Mastering:
    """Each step off, auto, or a number in SI units; see the options of the same names."""

    high_pass: Setting = "off"
    mono_below: Setting = "off"
    treble: Setting = "off"
    vertical: Setting = "off"
    swing: Setting = "off"
    velocity: Setting = "off"
    acceleration: Setting = "off"
    curvature: Setting = "off"

    @property
    def limits(self) -> bool:
        """Whether any limiter may act."""
        return any(
            s != "off"
            for s in (self.treble, self.vertical, self.swing, self.velocity, self.acceleration, self.curvature)
        )


MASTERING = tuple(step.name for step in dataclasses.fields(Mastering))
"""The steps' names; `master` sets all of them."""


@dataclass(frozen=True)
class Recipe:
    """What is to be made. Names are presets'; None leaves the choice to the disc, or to what a file says of itself."""

    disc: str = "10in-78"
    rpm: Fraction | None = None
    curve: str | None = None
    machine: str = "ideal"
    stylus: str | None = None
    sheet: str | None = None
    """A preset's name, or the path of a picture to lay under the groove."""
    looks: Looks = field(default_factory=Looks)
    scan: ScanWish = field(default_factory=ScanWish)
    """What is said of a scan that is read."""
    turntable: str = "ideal"
    level: Level | None = None
    pitch: Pitch = "auto"
    room_s: float | None = None
    """For how long a side there must be room, at the level that is found; None: for the songs given."""
    sides: int | None = 1
    """Over how many sides songs are split, in order; None: over as few as hold them at a level worth hearing."""
    compensate: str | None = None
    """The stylus that the groove is compensated for."""
    mastering: Mastering = Mastering()
    start_s: float = 0.0
    end_s: float | None = None
    dots_per_m: float = 600 / 25.4e-3
    from_turn: float = 0.0
    """Only what is left of the drawing from this turn on is written; its layers too."""
    seed: int = 0
    format: str | None = None


def _pitch(text: str) -> Pitch:
    if _is(text, "auto"):
        return "auto"
    if _is(text, "fixed"):
        return "fixed"
    if _is(text, "variable"):
        return "variable"
    try:
        value = units.length_m(text, bare=None)
    except UnitError as why:
        raise UnitError(f"{why}; a pitch may also be auto, variable or fixed") from why
    if not 1e-6 <= value <= 0.02:
        raise UnitError(
            f"{units.shown(text)}: a pitch lies between 1 µm and 20 mm per turn; give such a length, auto, variable or "
            "fixed"
        )
    return value


def _is(text: str, word: str) -> bool:
    return text.strip().lower() == word


def _sheet(text: str) -> str:
    """A preset's name, or a picture's, which is looked for when it is read."""
    return path(text, "sheet and no picture", "'bonemusic list sheets' shows all")


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise UnitError(f"{units.shown(text)} is no seed; give a whole number from 0 up")
    return int(text)


def _known(kind: str) -> Any:
    def check(text: str) -> str:
        presets.row(kind, text)
        return text

    return check


def _length(text: str) -> float:
    return units.length_m(text, bare=None)


def _setting(parse: Callable[[str], float], least: float, most: float, what: str) -> Callable[[str], Setting]:
    """A step of mastering: off, auto or a number within bounds."""

    def read(text: str) -> Setting:
        if _is(text, "off"):
            return "off"
        if _is(text, "auto"):
            return "auto"
        try:
            value = parse(text)
        except UnitError as why:
            raise UnitError(f"{why}; it may also be off or auto") from why
        if not least <= value <= most:
            raise UnitError(f"{units.shown(text)} is out of reach; give {what}, off or auto")
        return value

    return read


def _sides(text: str) -> int | None:
    if _is(text, "auto"):
        return None
    if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= MOST_SIDES:
        return int(text)
    raise UnitError(f"{units.shown(text)} is no number of sides; give 1 to {MOST_SIDES}, or auto")


def _turn(text: str) -> float:
    """Turns since the drawing's beginning."""
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{0,9})?", text.strip()):
        raise UnitError(f"{units.shown(text)} is no number of turns; give one from 0 up, such as 41.5")
    return float(text)


def _nothing(text: str) -> float:
    raise UnitError(f"{units.shown(text)} is no time to make room for; give more than 0")


_PARSERS: dict[str, tuple[str, Any]] = {
    "disc": ("disc", _known("discs")),
    "rpm": ("rpm", units.rpm),
    "curve": ("curve", _known("curves")),
    "machine": ("machine", _known("machines")),
    "stylus": ("stylus", _known("styli")),
    "sheet": ("sheet", _sheet),
    "turntable": ("turntable", _known("turntables")),
    "level": ("level", lambda text: None if _is(text, "auto") else units.level(text)),
    "pitch": ("pitch", _pitch),
    "start": ("start_s", units.time_s),
    "end": ("end_s", units.time_s),
    "dpi": ("dots_per_m", units.dots_per_m),
    "from-turn": ("from_turn", _turn),
    "room": ("room_s", lambda text: units.time_s(text) or _nothing(text)),
    "sides": ("sides", _sides),
    "compensate": ("compensate", _known("styli")),
    "high-pass": ("high_pass", _setting(units.frequency_hz, 1.0, 2000.0, "a corner from 1 Hz to 2 kHz")),
    "mono-below": ("mono_below", _setting(units.frequency_hz, 1.0, 20_000.0, "a corner from 1 Hz to 20 kHz")),
    "treble": ("treble", _setting(units.velocity_m_s, 1e-4, 10.0, "a velocity from 0.01 cm/s to 10 m/s")),
    "vertical": ("vertical", _setting(_length, 1e-7, 1e-3, "a length from 0.1 µm to 1 mm")),
    "swing": ("swing", _setting(_length, 1e-7, 1e-2, "a length from 0.1 µm to 10 mm")),
    "velocity": ("velocity", _setting(units.velocity_m_s, 1e-4, 10.0, "a velocity from 0.01 cm/s to 10 m/s")),
    "acceleration": ("acceleration", _setting(units.acceleration_m_s2, 1.0, 1e7, "an acceleration from 0.1 to 1e6 g")),
    "curvature": ("curvature", _setting(_length, 1e-7, 1e-3, "a radius from 0.1 µm to 1 mm")),
    "seed": ("seed", _seed),
    "format": ("format", str),
    **looks.PARSERS,
    **scanwish.PARSERS,
}


def amended(recipe: Recipe, texts: Mapping[str, str | None]) -> Recipe:
    """The recipe with settings laid over it, each as a person spells it; None leaves one as it is.

    Raises
    ------
    UnitError, PresetError
        A setting that cannot be understood, or a name that is no preset's.
    """
    changes: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {"mastering": {}, "looks": {}, "scan": {}}
    for given, text in sorted(texts.items(), key=lambda item: item[0] != "master"):  # which the others outrank
        if text is None:
            continue
        key = given.replace("_", "-")
        if key == "master":
            parts["mastering"] |= dict.fromkeys(MASTERING, _off_or_auto(str(text)))
            continue
        if key not in _PARSERS:
            known = [*_PARSERS, "master"]
            near = get_close_matches(key, known, 1)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else f"known are {', '.join(known[:8])} …, all that 'bonemusic cut --help' shows"
            )
            raise UnitError(f"there is no setting {units.shown(key)}; {hint}")
        name, parse = _PARSERS[key]
        try:
            value = parse(str(text))
        except UnitError as why:
            raise UnitError(f"{key}: {why}") from why
        part = _part_of(key, name)
        (parts[part] if part else changes)[name] = value
        if key == "dpi":  # of pictures, whether they are written or read
            parts["scan"][name] = value
    changes |= {part: dataclasses.replace(getattr(recipe, part), **held) for part, held in parts.items() if held}
    return dataclasses.replace(recipe, **changes)


def _part_of(key: str, name: str) -> str | None:
    """Which part of a recipe a setting belongs to; None: the recipe itself."""
    if name in MASTERING:
        return "mastering"
    return "looks" if key in looks.PARSERS else "scan" if key in scanwish.PARSERS else None


def _off_or_auto(text: str) -> Setting:
    if _is(text, "auto"):
        return "auto"
    if _is(text, "off"):
        return "off"
    raise UnitError(f"master: {units.shown(text)} is neither auto nor off; numbers go to {', '.join(_STEPS)}")


_STEPS = [name.replace("_", "-") for name in MASTERING]


def from_file(path: Path) -> Recipe:
    """A recipe from a TOML file of settings, each spelt as on the command line."""
    try:
        with path.open("rb") as file:
            held = file.read(MAX_CONFIG + 1)
    except OSError as why:
        raise BonemusicError(f"{path}: the settings cannot be read ({why.strerror}); check the name") from why
    if len(held) > MAX_CONFIG:
        raise BonemusicError(f"{path}: is larger than 1 MB; settings are a few lines")
    try:
        given = tomllib.loads(held.decode("utf-8-sig"))
    except (ValueError, RecursionError) as why:  # also no UTF-8, a number of 5,000 digits, brackets without end
        said = "no text in UTF-8" if isinstance(why, UnicodeDecodeError) else str(why)
        raise BonemusicError(f"{path}: is no TOML: {units.shown(said, 100)}; mend it") from why
    texts: dict[str, str | None] = {}
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = "a table; settings stand by themselves" if isinstance(value, dict) else "no text and no number"
            raise BonemusicError(f'{path}: {units.shown(key)} is {kind}; write it like {key[:20]} = "…"')
        texts[key] = str(value)
    try:
        return amended(Recipe(), texts)
    except (UnitError, PresetError) as why:
        raise type(why)(f"{path}: {why}") from why
