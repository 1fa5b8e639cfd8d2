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
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from .. import units
from ..errors import PresetError
from ..units import shown
from .kinds import Curve, Disc, Machine, Sheet, Stylus, Turntable
from .sense import refuse_impossible, refuse_number

Preset = TypeVar("Preset", Disc, Curve, Machine, Sheet, Stylus, Turntable)
Row = Mapping[str, Any]

KINDS: dict[str, type] = {
    "discs": Disc, "curves": Curve, "machines": Machine, "styli": Stylus, "sheets": Sheet, "turntables": Turntable,
}  # fmt: skip

# A key's ending is its unit; the field's name ends in the SI unit and the number is converted on the way in.
# (Divided by 1000, a decimal stays the nearest number to it; times 0.001 it often does not.)
_TO_SI: dict[str, tuple[str, Callable[[float], float]]] = {
    "_mm": ("_m", lambda v: v / 1e3),
    "_um": ("_m", lambda v: v / 1e6),
    "_us": ("_s", lambda v: v / 1e6),
    "_um_mn": ("_m_n", lambda v: v / 1e3),
    "_mn": ("_n", lambda v: v / 1e3),
    "_mg": ("_kg", lambda v: v / 1e6),
    "_deg": ("_rad", math.radians),
    "_cm_s": ("_m_s", lambda v: v / 1e2),
    "_mm_s": ("_m_s", lambda v: v / 1e3),
    "_mm_s2": ("_m_s2", lambda v: v / 1e3),
    "_mb": ("_bytes", lambda v: v * 1e6),
    "_percent": ("", lambda v: v / 1e2),
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
    """One preset as its file spells it, with its table `source` of references and the file it is from, `origin`."""
    rows = _table(kind, _user_folder())
    if name not in rows:
        near = get_close_matches(name[:40].lower(), rows, 3, 0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"'bonemusic list {kind}' shows all"
        raise PresetError(f"there is no {shown(name)} among the {kind}; {hint}")
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


def field_of(key: str) -> str:
    """The field that a key of a row gives: "kerf_um" and "kerf_mm" both give `kerf_m`."""
    return _spelling(key)[0]


def _user_folder() -> Path | None:
    own = os.environ.get("BONEMUSIC_PRESETS")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CONFIG_HOME")
    try:
        return (Path(base) if base else Path("~/.config").expanduser()) / "bonemusic"
    except RuntimeError:  # a container's user without a home
        return None


@cache
def _table(kind: str, user_folder: Path | None) -> dict[str, dict[str, Any]]:
    """All rows of a kind. The rows of a file share the sources that its table `[sources]` gives per key."""
    rows: dict[str, dict[str, Any]] = {}
    text = resources.files(__package__).joinpath(f"{kind}.toml").read_text("utf-8")
    _lay_over(rows, tomllib.loads(text), f"{kind}.toml")
    if user_folder is not None:
        own = user_folder / f"{kind}.toml"
        _lay_over(rows, _read(own), str(own))
    return rows


def _read(own: Path) -> dict[str, Any]:
    """A user's file; empty where there is none."""
    try:
        if not own.is_file():
            return {}
        if own.stat().st_size > MAX_FILE:
            raise PresetError(f"{own}: is larger than 1 MB; presets are a few lines each")
        return tomllib.loads(own.read_text("utf-8-sig"))
    except OSError as why:
        raise PresetError(f"{own}: cannot be read ({why.strerror}); mend its permissions") from why
    except (ValueError, RecursionError) as why:  # also no UTF-8, a number of 5,000 digits, brackets without end
        raise PresetError(f"{own}: is no TOML: {shown(str(why), 100)}; mend it or move it away") from why


def _lay_over(rows: dict[str, dict[str, Any]], new: dict[str, Any], origin: str) -> None:
    """Put the rows of one file over those that are there. A number that is given anew loses its old source."""
    shared = _references(new.pop("sources", {}), f"{origin}: [sources]")
    for name, row_given in new.items():
        if not isinstance(row_given, dict):
            raise PresetError(f"{origin}: {shown(name)} stands outside a table; put it below a line [name]")
        if not (name.isprintable() and 0 < len(name) <= 40):
            raise PresetError(f"{origin}: {shown(name)} cannot name a preset; take 1 to 40 printable characters")
        where = f"{origin}: [{name}]"
        given = dict(row_given)
        source = _references(given.pop("source", {}), f"{where} source")
        like = given.pop("like", None)
        if like is not None and not (isinstance(like, str) and like in rows):
            said = shown(like) if isinstance(like, str) else "no text"
            raise PresetError(f"{where} is like {said}, which is not there; name a preset that stands above it")
        fields = {_spelling(key)[0] for key in given}
        under = rows[like] if like is not None else rows.get(name, {})
        kept = {key: value for key, value in under.items() if _spelling(key)[0] not in fields}
        references = {key: text for key, text in under.get("source", {}).items() if key in kept}
        references |= {key: shared[key] for key in given if key in shared} | source
        rows[name] = {**kept, **given, "source": references, "origin": origin}


def _references(table: Any, where: str) -> dict[str, str]:
    if not (isinstance(table, dict) and all(isinstance(text, str) for text in table.values())):
        raise PresetError(f'{where} must be a table of texts, key = "where the number is from"')
    return table


def _preset(kind: type[Preset], table: str, name: str) -> Preset:
    given = row(table, name)
    where = f"{given['origin']}: [{name}]"
    wanted: dict[str, Any] = {field: wants for field, wants in get_type_hints(kind).items() if field != "name"}
    values: dict[str, Any] = {}
    spelt: dict[str, str] = {}
    for key, value in given.items():
        if key in ("source", "origin"):
            continue
        field, to_si = _spelling(key)
        if field not in wanted:
            near = get_close_matches(key[:40], [_usual_key(table, each) for each in wanted] + list(wanted), 1)
            hint = f"did you mean {near[0]!r}?" if near else "take it out"
            raise PresetError(f"{where} has an unknown key {shown(key)}; {hint}")
        if field in values:
            raise PresetError(f"{where} gives both {spelt[field]} and {key}; keep one of them")
        values[field] = _value(wanted[field], field, to_si, value, f"{where} {key}")
        spelt[field] = key
    for spec in dataclasses.fields(kind):
        if spec.name in wanted and spec.name not in values and spec.default is dataclasses.MISSING:
            if not _optional(wanted[spec.name]):
                raise PresetError(
                    f"{where} lacks {_usual_key(table, spec.name)!r}; add it, or begin with a line like = …"
                )
            values[spec.name] = None
    made = kind(name=name, **values)
    refuse_impossible(made, where, spelt)
    return made


def _spelling(key: str) -> tuple[str, Callable[[float], float]]:
    """The field that a key gives, and the way of its number to SI."""
    for ending, (si, convert) in _TO_SI.items():
        if key.endswith(ending):
            return key.removesuffix(ending) + si, convert
    return key, float


def _usual_key(table: str, field: str) -> str:
    """The key that our own rows give a field by."""
    keys = (key for known in _table(table, None).values() for key in known)
    return next((key for key in keys if _spelling(key)[0] == field), field)


def _value(wants: Any, field: str, to_si: Callable[[float], float], value: Any, what: str) -> Any:
    """The value of a key in SI, if it is of the type and size that the field wants."""
    wants = next((kind for kind in get_args(wants) if kind is not NoneType), wants) if _optional(wants) else wants
    if get_origin(wants) is Literal:
        if value not in get_args(wants):
            raise PresetError(f"{what} must be one of {', '.join(map(repr, get_args(wants)))}")
        return value
    if get_origin(wants) is tuple:
        if not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
            raise PresetError(f'{what} must be a list of texts, as in ["svg", "dxf"]')
        return tuple(value)
    if wants is bool:
        if not isinstance(value, bool):
            raise PresetError(f"{what} must be true or false, without quotation marks")
        return value
    if wants is str:
        if not isinstance(value, str):
            raise PresetError(f"{what} must be text, in quotation marks")
        return value
    if wants is Fraction:
        try:
            return units.rpm(str(value))
        except ValueError as why:
            raise PresetError(f'{what} is no speed; write it like 78, 45 or "33 1/3" (turns per minute)') from why
    return _number(wants, field, to_si, value, what)


def _optional(wants: Any) -> bool:
    return NoneType in get_args(wants)


def _number(wants: type, field: str, to_si: Callable[[float], float], value: Any, what: str) -> float:
    """A number in SI; a whole one where the field counts."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PresetError(f"{what} must be a number, without quotation marks; its unit is in the key's name")
    try:
        number = to_si(float(value)) if math.isfinite(value) else math.nan
    except (ValueError, ArithmeticError):
        number = math.nan
    refuse_number(field, number, what)
    if wants is not int:
        return number
    if not number.is_integer():
        raise PresetError(f"{what} must be a whole number; leave out what is behind the point")
    return int(number)
