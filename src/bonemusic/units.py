"""Text with a unit <-> numbers in SI. Nowhere else is a unit a string.

Every parser takes what a person would write ("7in", "33 1/3", "-6 dB", "1:30") and raises `UnitError` with one line
that says what would have been understood.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Literal

from .errors import UnitError

LENGTH_M = {
    "m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "nm": 1e-9,
    "in": 25.4e-3, '"': 25.4e-3, "mil": 25.4e-6, "pt": 25.4e-3 / 72, "pc": 25.4e-3 / 6, "px": 25.4e-3 / 96,
}  # fmt: skip
TIME_S = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "m": 60.0, "h": 3600.0}
VELOCITY_M_S = {"m/s": 1.0, "cm/s": 1e-2, "mm/s": 1e-3}
FREQUENCY_HZ = {"Hz": 1.0, "hz": 1.0, "kHz": 1e3, "khz": 1e3}
ANGLE_RAD = {"deg": math.pi / 180, "°": math.pi / 180, "rad": 1.0}
ACCELERATION_M_S2 = {"g": 9.80665, "m/s2": 1.0, "m/s²": 1.0, "km/s2": 1e3, "km/s²": 1e3}
# Speeds that a name on a label stands for; AES-S001-064 and IEC 60098 for the fractions of the mains' frequency.
SPEEDS = {
    "16": Fraction(50, 3), "33": Fraction(100, 3), "45": Fraction(45), "78": Fraction(78),
    "78.26": Fraction(3600, 46), "77.92": Fraction(6000, 77),
}  # fmt: skip

# Digits are 0-9 only: \d takes any script's, and then "٣٣" would be a number but not the speed that "33" stands for.
# White space is Unicode's, as pasted from print. The patterns meet stripped text of at most MOST_CHARACTERS.
_NUMBER = r"[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][-+]?[0-9]{1,2})?"
_QUANTITY = re.compile(rf"({_NUMBER})(?![0-9.])\s*(\S*)")
_DECIMAL_COMMA = re.compile(r"[0-9],[0-9]")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,2}(?:\.[0-9]{1,6})?)")
_RPM_UNIT = re.compile(r"\s*(?:rpm|r/min|turns/min)$", re.IGNORECASE)
_RPM_FRACTION = re.compile(r"(?:([0-9]{1,4})(?:\s+|\s*-\s*))?([0-9]{1,6})\s*/\s*([0-9]{1,6})")
_RPM_DECIMAL = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,15})?")
MOST_CHARACTERS = 60
_FRACTION_SIGNS = {"⅓": "1/3", "⅔": "2/3", "½": "1/2", "¼": "1/4", "¾": "3/4"}


Pitch = Literal["auto", "variable", "fixed"] | float
"""How turns lie: "variable" and "fixed" are the tightest that land allows, "auto" is variable and fills the side, a
number is metres per turn."""


@dataclass(frozen=True)
class Level:
    """How loud to cut: the programme's peak velocity or peak displacement, whichever `quantity` says.

    `value` is in dB re 5 cm/s, in m/s, or in m.
    """

    quantity: Literal["db", "velocity", "displacement"]
    value: float


def shown(text: str, most: int = 40) -> str:
    """The text as an error may show it: in quotes, at most `most` characters of it, printable, on one line."""
    kept = "".join(c if c.isprintable() else "?" for c in text[:most])
    return f"'{kept}…'" if len(text) > most else f"'{kept}'"


def name_shown(name: str) -> str:
    """A file's name as an error begins with it: short, printable, without quotes."""
    short = name if len(name) <= 60 else name[:57] + "..."
    return short if short.isprintable() else ascii(short)


def _stripped(text: str) -> str:
    """The text without white space around it; empty, and so nothing that parses, where it is far too long."""
    return text.strip() if len(text) <= MOST_CHARACTERS else ""


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _quantity(text: str, units: dict[str, float], what: str, example: str, bare: str | None) -> float:
    """Number times unit; `bare` is the unit that a naked number is in, None where it needs one."""
    if _DECIMAL_COMMA.search(text):
        raise UnitError(
            f"{shown(text)} has a comma; write a point, as in 7.5 ({_article(what)} {what} is written like {example})"
        )
    match = _QUANTITY.fullmatch(_stripped(text))
    if match is None:
        raise UnitError(f"{shown(text)} is not {_article(what)} {what}; write it like {example}")
    unit = match[2] or bare
    if unit is None:
        raise UnitError(f"{shown(text)} has no unit; write it like {example}")
    factor = units.get(unit, units.get(unit.lower()))
    if factor is None:
        near = get_close_matches(unit.lower(), units, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(u for u in units if u.isascii())}"
        raise UnitError(f"{shown(text)}: {shown(unit)} is no unit of {what}; {hint}")
    # exact until the last step: 60 µm is 6e-05, not 5.9999999999999995e-05
    return float(Fraction(match[1]) * Fraction(repr(factor)))


def length_m(text: str, bare: str | None = "mm") -> float:
    """A length in metres: "7in", "175 mm", "60um"; a naked number is in `bare` (None: refused). Never negative."""
    value = _quantity(text, LENGTH_M, "length", "7in, 175mm or 60um", bare)
    if value < 0:
        raise UnitError(f"{shown(text)}: a length cannot be negative")
    return value


def angle_rad(text: str) -> float:
    """An angle in radians: "90", "90°", "-45deg", "1.57rad"; a naked number is in degrees."""
    return _quantity(text, ANGLE_RAD, "angle", "90deg or 1.57rad", "deg")


def time_s(text: str) -> float:
    """A time in seconds: "90", "90s", "1:30", "1.5 min". Never negative."""
    clock = _CLOCK.fullmatch(_stripped(text))
    if clock:
        if float(clock[3]) >= 60 or (clock[1] and int(clock[2]) >= 60):
            raise UnitError(f"{shown(text)}: a minute has 60 seconds and an hour 60 minutes; write it like 1:30")
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    value = _quantity(text, TIME_S, "time", "90s, 1:30 or 1.5min", "s")
    if value < 0:
        raise UnitError(f"{shown(text)}: a time cannot be negative")
    return value


def rpm(text: str) -> Fraction:
    """Turns per minute, exactly: "78" is 78, "33" and "33 1/3" are 100/3, "78.26" is 3600/46, "77.92" is 6000/77."""
    plain = _stripped(text)
    for sign, spelt in _FRACTION_SIGNS.items():
        plain = plain.replace(sign, " " + spelt)
    plain = _RPM_UNIT.sub("", plain).strip()
    parts = _RPM_FRACTION.fullmatch(plain)
    if parts and int(parts[3]):
        value = Fraction(int(parts[1] or 0)) + Fraction(int(parts[2]), int(parts[3]))
    elif _RPM_DECIMAL.fullmatch(plain):
        value = Fraction(plain)
        named = {Fraction(name): speed for name, speed in SPEEDS.items()}
        if value in named:  # 33.0, as a program may write it, is 33⅓ as much as 33 is
            value = named[value]
        elif abs(value - SPEEDS["33"]) < Fraction(4, 100):  # 33.3, 33.33 and their like mean 33⅓
            value = SPEEDS["33"]
        elif abs(value - SPEEDS["16"]) < Fraction(4, 100):
            value = SPEEDS["16"]
    else:
        raise UnitError(f"{shown(text)} is not a speed; write it like 78, 45, 33 1/3 or 78.26 (turns per minute)")
    if not 1 <= value <= 1000:
        raise UnitError(f"{shown(text)}: no record turns that fast or slow; speeds are from 1 to 1000 turns per minute")
    return value


def frequency_hz(text: str) -> float:
    """A frequency in hertz: "80", "80Hz", "1.5kHz". Never negative."""
    return _never_negative(text, _quantity(text, FREQUENCY_HZ, "frequency", "80Hz or 1.5kHz", "Hz"), "frequency")


def velocity_m_s(text: str) -> float:
    """A velocity in metres per second: "30cm/s". Never negative."""
    return _never_negative(text, _quantity(text, VELOCITY_M_S, "velocity", "30cm/s", None), "velocity")


def acceleration_m_s2(text: str) -> float:
    """An acceleration in m/s²: "2000g", "20000m/s2". Never negative."""
    return _never_negative(text, _quantity(text, ACCELERATION_M_S2, "acceleration", "2000g", None), "acceleration")


def _never_negative(text: str, value: float, what: str) -> float:
    if value < 0:
        raise UnitError(f"{shown(text)}: a {what} cannot be negative")
    return value


def level(text: str) -> Level:
    """A level: dB re 5 cm/s peak lateral ("-6 dB", "-6"), a peak velocity ("7cm/s") or displacement ("60um")."""
    match = _QUANTITY.fullmatch(_stripped(text))
    unit = match[2].lower() if match else ""
    if match and unit in ("", "db"):
        value = float(match[1])
        if not -120 <= value <= 60:
            raise UnitError(f"{shown(text)}: a level lies between -120 and 60 dB re 5 cm/s")
        return Level("db", value)
    known = {**VELOCITY_M_S, **{k: v for k, v in LENGTH_M.items() if k in ("um", "µm", "μm", "mm", "nm")}}
    value = _quantity(text, {**known, "db": 1.0}, "level", "-6dB, 7cm/s, 60um or auto", None)
    if value <= 0:
        raise UnitError(f"{shown(text)}: a peak velocity or displacement is more than zero")
    return Level("velocity" if "/" in unit else "displacement", value)


def dots_per_m(text: str) -> float:
    """A resolution in dots per metre: "600", "600dpi"; a naked number is in dots per inch."""
    value = _quantity(text, {"dpi": 1 / 25.4e-3, "dpmm": 1e3}, "resolution", "600dpi", "dpi")
    if not 10 <= value * 25.4e-3 <= 20000:
        raise UnitError(f"{shown(text)}: a resolution lies between 10 and 20000 dpi")
    return value


def rpm_text(value: Fraction) -> str:
    """The speed as people say it: "78", "33⅓", "78.26"."""
    if value.denominator == 1:
        return str(value.numerator)
    whole, rest = divmod(value, 1)
    signs = {Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 2): "½"}
    return f"{whole}{signs[rest]}" if rest in signs else f"{float(value):.2f}"


def length_text(value_m: float) -> str:
    """The length with the unit that suits its size: "121 mm", "56 µm", or "412.5 m" for a whole groove."""
    if abs(value_m) >= 10:
        return f"{value_m:.5g} m"
    return f"{value_m * 1e6:.4g} µm" if abs(value_m) < 1e-3 else f"{value_m * 1e3:.5g} mm"


def time_text(value_s: float) -> str:
    """The time as minutes and seconds: "3:10.2", or "12.5 s" below a minute."""
    tenths = round(value_s * 10)
    return f"{tenths / 10:.1f} s" if tenths < 600 else f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def span_text(value_s: float) -> str:
    """A time that need not be told exactly: "40 s", "25 min", "2 h 15 min"."""
    if value_s < 100:
        return f"{value_s:.0f} s"
    minutes = round(value_s / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
