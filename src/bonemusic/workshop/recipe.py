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
from ..errors import BonemusicError, PresetError, UnitError
from ..units import Level, Pitch

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
    if _is(text, "auto"):
        return "auto"
    if _is(text, "fixed"):
        return "fixed"
    try:
        value = units.length_m(text, bare=None)
    except UnitError as why:
        raise UnitError(f"{why}; a pitch may also be auto or fixed") from why
    if not 1e-6 <= value <= 0.02:
        raise UnitError(
            f"{units.shown(text)}: a pitch lies between 1 µm and 20 mm per turn; give one of these, auto or fixed"
        )
    return value


def _is(text: str, word: str) -> bool:
    return text.strip().lower() == word


def _sheet(text: str) -> str:
    """A preset's name, or a picture's, which is looked for when it is read."""
    try:
        if text:
            Path(text).exists()
            return text
        why = "it is empty"
    except (OSError, ValueError) as refused:
        why = getattr(refused, "strerror", None) or str(refused)
    raise UnitError(f"{units.shown(text)} names no sheet and no picture ({why}); 'bonemusic list sheets' shows all")


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
    "sheet": ("sheet", _sheet),
    "turntable": ("turntable", _known("turntables")),
    "level": ("level", lambda text: None if _is(text, "auto") else units.level(text)),
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
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_PARSERS)}"
            raise UnitError(f"there is no setting {units.shown(key)}; {hint}")
        field, parse = _PARSERS[key]
        try:
            changes[field] = parse(str(text))
        except UnitError as why:
            raise UnitError(f"{key}: {why}") from why
    return dataclasses.replace(recipe, **changes)


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
