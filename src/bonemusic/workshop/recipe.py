"""One frozen `Recipe`: at once the command line's options and a `--config` file."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

from .. import presets, units
from ..cutting.fit import Pitch
from ..errors import BonemusicError, UnitError
from ..units import Level

MAX_CONFIG = 1 << 20


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
    turntable: str = "ideal"
    level: Level | None = None
    pitch: Pitch = "auto"
    start_s: float = 0.0
    end_s: float | None = None
    dots_per_m: float = 600 / 25.4e-3
    seed: int = 0
    format: str | None = None


def _pitch(text: str) -> Pitch:
    if text in ("auto", "fixed"):
        return "auto" if text == "auto" else "fixed"
    try:
        value = units.length_m(text, bare=None)
    except UnitError as why:
        raise UnitError(f"{why}; a pitch may also be auto or fixed") from why
    if not 1e-6 <= value <= 0.02:
        raise UnitError(f"{units.shown(text)}: a pitch lies between 1 µm and 20 mm per turn")
    return value


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise UnitError(f"{units.shown(text)} is no seed; give a whole number from 0 up")
    return int(text)


def _known(kind: str) -> Any:
    def check(text: str) -> str:
        presets.row(kind, text)
        return text

    return check


_PARSERS: dict[str, tuple[str, Any]] = {
    "disc": ("disc", _known("discs")),
    "rpm": ("rpm", units.rpm),
    "curve": ("curve", _known("curves")),
    "machine": ("machine", _known("machines")),
    "stylus": ("stylus", _known("styli")),
    "sheet": ("sheet", str),
    "turntable": ("turntable", _known("turntables")),
    "level": ("level", lambda text: None if text == "auto" else units.level(text)),
    "pitch": ("pitch", _pitch),
    "start": ("start_s", units.time_s),
    "end": ("end_s", units.time_s),
    "dpi": ("dots_per_m", units.dots_per_m),
    "seed": ("seed", _seed),
    "format": ("format", str),
}


def amended(recipe: Recipe, texts: Mapping[str, str | None]) -> Recipe:
    """The recipe with settings laid over it, each as a person spells it; None leaves one as it is.

    Raises
    ------
    UnitError, PresetError
        A setting that cannot be understood, or a name that is no preset's.
    """
    changes: dict[str, Any] = {}
    for key, text in texts.items():
        if text is None:
            continue
        if key not in _PARSERS:
            near = get_close_matches(key, _PARSERS, 1)
            raise UnitError(f"there is no setting {units.shown(key)}" + (f"; did you mean {near[0]}?" if near else ""))
        field, parse = _PARSERS[key]
        changes[field] = parse(str(text))
    return dataclasses.replace(recipe, **changes)


def from_file(path: Path) -> Recipe:
    """A recipe from a TOML file of settings, each spelt as on the command line."""
    try:
        if path.stat().st_size > MAX_CONFIG:
            raise BonemusicError(f"{path}: is larger than 1 MB; settings are a few lines")
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as why:
        raise BonemusicError(f"{path}: cannot be read ({why.strerror}); check the name") from why
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as why:
        raise BonemusicError(f"{path}: is no TOML ({' '.join(str(why).split())[:120]}); mend it") from why
    texts: dict[str, str | None] = {}
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise BonemusicError(f"{path}: {units.shown(key)} must be text or a number")
        texts[key] = str(value)
    return amended(Recipe(), texts)
