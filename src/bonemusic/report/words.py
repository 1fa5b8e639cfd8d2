"""Text and numbers as a page may show them."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from urllib.parse import quote

from .. import units

_OPTION = re.compile(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*")
KEPT = "\u200c\u200d\xa0"
"""Without joiners Persian and joined emoji fall apart, without the hard space numbers from their units; all other
invisible signs are left out."""


def text(given: str) -> str:
    """Any text, such as a file's name, made harmless: escaped, encodable, and of visible signs only."""
    return html.escape("".join(_sign(c) for c in given), quote=True)


def _sign(c: str) -> str:
    if c.isprintable() or c in KEPT:
        return c
    return " " if c.isspace() else "\ufffd"


def options(told: str) -> str:
    """Harmless text whose options, such as --master, stay in one piece."""
    return _OPTION.sub(r"<code>\g<0></code>", told)


def address(name: str) -> str:
    """A file beside the page as an address that can be nothing else."""
    return html.escape(quote(name, safe="", errors="surrogateescape"), quote=True)


def number(value: float, places: int = 0) -> str:
    """A number for people: a true minus, commas at the thousands, no -0."""
    shown = f"{value + 0.0:,.{places}f}"
    if not shown.strip("-0.,"):
        shown = shown.lstrip("-")
    return shown.replace("-", "−")


def with_unit(value: float, unit: str, places: int = 0) -> str:
    """A number and its unit, which no line's end may part."""
    return f"{number(value, places)}\xa0{unit}"


def length(value_um: float) -> str:
    """A length in micrometres or millimetres, as exact as anybody wants to read it: three digits."""
    if value_um >= 999.5:
        return f"{value_um / 1e3:.3g}\xa0mm"
    return f"{value_um:.3g}\xa0µm"


def time(value_s: float) -> str:
    """Minutes and seconds, or seconds below a minute."""
    return units.time_text(value_s).replace(" ", "\xa0")


def brief(value_s: float) -> str:
    """Seconds, or milliseconds below one."""
    if value_s >= 1:
        return with_unit(value_s, "s", 1)
    return with_unit(value_s * 1e3, "ms", 0 if value_s >= 0.01 else 1)


def of_gaps(mended_s: float, missing_s: float) -> str:
    """What became of gaps: 812 ms mended, nothing missing."""
    mended, missing = (brief(value_s) if value_s > 0 else "nothing" for value_s in (mended_s, missing_s))
    return f"{mended} mended, {missing} missing"


def clock(value_s: float) -> str:
    """Minutes and whole seconds: 19:40, 0:26."""
    minutes, seconds = divmod(round(value_s), 60)
    return f"{minutes}:{seconds:02d}"


def duration(value_s: float) -> str:
    """A time for reading aloud: 26 seconds, 3 minutes and 10 seconds."""
    minutes, seconds = divmod(round(value_s), 60)
    parts = [
        f"{count}\xa0{unit}{'s' * (count != 1)}" for count, unit in ((minutes, "minute"), (seconds, "second")) if count
    ]
    return " and ".join(parts) or "no seconds"


def speed(rpm: float) -> str:
    """Turns a minute as people say them: 78, 33⅓."""
    return units.rpm_text(Fraction(rpm).limit_denominator(1000))


def decibels(value: float) -> str:
    """A level with its sign."""
    sign = "+" if round(value, 1) > 0 else ""
    return f"{sign}{with_unit(value, 'dB', 1)}"
