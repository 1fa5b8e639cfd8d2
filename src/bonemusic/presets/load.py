"""TOML rows to frozen dataclasses: units from the names of the keys, a user's rows laid over ours, one clear line
where a row is wrong."""

from __future__ import annotations

import dataclasses
import math
import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from .. import units
from ..errors import PresetError, UnitError
from .kinds import Curve, Disc, Machine, Sheet, Stylus, Turntable

Preset = TypeVar("Preset", Disc, Curve, Machine, Sheet, Stylus, Turntable)
Row = Mapping[str, Any]

KINDS: dict[str, type] = {
    "discs": Disc, "curves": Curve, "machines": Machine, "styli": Stylus, "sheets": Sheet, "turntables": Turntable,
}  # fmt: skip

# A key's ending is its unit; the field's name ends in the SI unit and the number is converted on the way in.
_TO_SI: dict[str, tuple[str, Callable[[float], float]]] = {
    "_mm": ("_m", lambda v: v * 1e-3),
    "_um": ("_m", lambda v: v * 1e-6),
    "_us": ("_s", lambda v: v * 1e-6),
    "_deg": ("_rad", math.radians),
    "_cm_s": ("_m_s", lambda v: v * 1e-2),
    "_percent": ("", lambda v: v * 1e-2),
    "shelf_hz": ("shelf_s", lambda v: 1 / (2 * math.pi * v)),
    "turnover_hz": ("turnover_s", lambda v: 1 / (2 * math.pi * v)),
    # the rolloff alone against its low end: |1 + iωt|² = 10^(-dB/10) at 10 kHz (IASA-TC 04 §5.3.6)
    "rolloff_db_at_10khz": ("rolloff_s", lambda v: math.sqrt(10 ** (-v / 10) - 1) / (2 * math.pi * 10_000)),
}
MAX_FILE = 1 << 20


def names(kind: str) -> list[str]:
    """The presets of a kind ("discs", "curves", …), in the order of the file, the user's own last."""
    return list(_table(kind, _user_folder()))


def row(kind: str, name: str) -> Row:
    """One preset as its file spells it, with its table `source` of references."""
    rows = _table(kind, _user_folder())
    if name not in rows:
        near = get_close_matches(name, rows, 3, 0.4)
        said = name if len(name) <= 40 and name.isprintable() else "that"
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(rows)}"
        raise PresetError(f"there is no {said!r} among the {kind}; {hint}")
    return rows[name]


def disc(name: str) -> Disc:
    """The disc of that name; `PresetError` names the nearest ones where there is none."""
    return _preset(Disc, "discs", name)


def curve(name: str) -> Curve:
    """The recording curve of that name."""
    return _preset(Curve, "curves", name)


def machine(name: str) -> Machine:
    """The machine of that name."""
    return _preset(Machine, "machines", name)


def stylus(name: str) -> Stylus:
    """The stylus of that name."""
    return _preset(Stylus, "styli", name)


def sheet(name: str) -> Sheet:
    """The sheet of that name."""
    return _preset(Sheet, "sheets", name)


def turntable(name: str) -> Turntable:
    """The turntable of that name."""
    return _preset(Turntable, "turntables", name)


def _user_folder() -> Path:
    own = os.environ.get("BONEMUSIC_PRESETS")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path("~/.config").expanduser()) / "bonemusic"


@cache
def _table(kind: str, user_folder: Path) -> dict[str, dict[str, Any]]:
    """All rows of a kind. The rows of a file share the sources that its table `[sources]` gives per key."""
    rows: dict[str, dict[str, Any]] = {}
    text = resources.files(__package__).joinpath(f"{kind}.toml").read_text("utf-8")
    _lay_over(rows, tomllib.loads(text), f"{kind}.toml")
    own = user_folder / f"{kind}.toml"
    if own.is_file():
        if own.stat().st_size > MAX_FILE:
            raise PresetError(f"{own}: is larger than 1 MB; presets are a few lines each")
        try:
            _lay_over(rows, tomllib.loads(own.read_text("utf-8")), str(own))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
            raise PresetError(f"{own}: is no TOML ({why}); mend it or move it away") from why
        except OSError as why:
            raise PresetError(f"{own}: cannot be read ({why.strerror}); mend its permissions") from why
    return rows


def _lay_over(rows: dict[str, dict[str, Any]], new: dict[str, Any], origin: str) -> None:
    shared = new.pop("sources", {})
    for name, given in new.items():
        if not isinstance(given, dict):
            raise PresetError(f"{origin}: {name!r} stands outside a table; put it below a line [name]")
        given = dict(given)
        like = given.pop("like", None)
        if like is not None and like not in rows:
            raise PresetError(f"{origin}: [{name}] is like {like!r}, which is not there")
        under = rows.get(name) or (rows[like] if like is not None else {})
        source = {k: shared[k] for k in given if k in shared} | given.pop("source", {})
        rows[name] = {**under, **given, "source": {**under.get("source", {}), **source}, "origin": origin}


def _preset(kind: type[Preset], table: str, name: str) -> Preset:
    given = row(table, name)
    where = f"{given['origin']}: [{name}]"
    fields = {f.name: f for f in dataclasses.fields(kind)}
    values: dict[str, Any] = {"name": name}
    for key, value in given.items():
        if key in ("source", "origin"):
            continue
        field, number = _si(key, value, where)
        if field not in fields:
            near = get_close_matches(key, fields, 1)
            raise PresetError(f"{where} has an unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        values[field] = number
    for field, spec in fields.items():
        if field in values:
            continue
        if "None" in str(spec.type):
            values[field] = None
        elif spec.default is dataclasses.MISSING:
            raise PresetError(f"{where} lacks {field!r}; add it, in a unit that its name ends in")
    _refuse_senseless(values, where, {f: str(s.type) for f, s in fields.items()})
    return kind(**values)


def _si(key: str, value: Any, where: str) -> tuple[str, Any]:
    if key == "rpm":
        try:
            return key, units.rpm(str(value))
        except UnitError as why:
            raise PresetError(f"{where} {why}") from why
    if isinstance(value, bool) or not isinstance(value, int | float):
        return key, value
    for ending, (si, convert) in _TO_SI.items():
        if key.endswith(ending):
            try:
                return key.removesuffix(ending) + si, convert(float(value))
            except (ValueError, ArithmeticError) as why:
                raise PresetError(f"{where} {key} = {value} makes no sense; mend the number") from why
    return key, float(value)


def _refuse_senseless(values: Mapping[str, Any], where: str, types: Mapping[str, str]) -> None:
    for field, value in values.items():
        wants = types[field]
        number = isinstance(value, float)
        if "float" in wants and not number and not (value is None and "None" in wants):
            raise PresetError(f"{where} {field} must be a number, not {value!r}")
        if wants.startswith("str") and not isinstance(value, str) and not (value is None and "None" in wants):
            raise PresetError(f"{where} {field} must be text, not {value!r}")
        if wants.startswith("Literal") and repr(value).replace("'", '"') not in wants:
            raise PresetError(f"{where} {field} is {value!r}; it is one of {wants.removeprefix('Literal')}")
        if number and not math.isfinite(value):
            raise PresetError(f"{where} {field} is not a finite number")
        signed = field.endswith("_db") or field in ("speed_error",)
        if number and value < 0 and not signed:
            raise PresetError(f"{where} {field} cannot be negative")
        if isinstance(value, Fraction) and value <= 0:
            raise PresetError(f"{where} {field} must be more than zero")
