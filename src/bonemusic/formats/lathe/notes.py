"""What a lathe file says of itself beside its samples: the `bext` chunk's description, and how long it ought to be."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from ... import units
from ...errors import FormatError, UnitError

MOST_CHUNKS = 64
DESCRIPTION_BYTES = 256
UNTOLD = (0, 0xFFFFFFFF)


@dataclass(frozen=True)
class Notes:
    """What was said; None where nothing was, or nothing that makes sense."""

    rpm: Fraction | None = None
    radius_m: float | None = None
    bottom_m: float | None = None
    angle_rad: float | None = None
    curve: str | None = None


def notes(path: Path) -> Notes:
    """Read a WAV file's notes.

    Raises
    ------
    FormatError
        The file ends before its own chunks do.
    """
    try:
        with path.open("rb") as file:
            description, end = _chunks(file)
            short = end > path.stat().st_size
    except OSError as why:
        raise FormatError(f"{path.name}: cannot be read ({why.strerror}); take another copy of the file") from why
    if short:
        raise FormatError(f"{path.name}: is cut short, its own header promises more; take a whole copy of the file")
    return said(description)


def said(description: bytes) -> Notes:
    """The notes in a description: our JSON, or nothing."""
    try:
        facts = json.loads(description.rstrip(b"\0"))
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        return Notes()
    curve = facts.get("curve")
    angle_deg = _number(facts, "angle_deg", 10, 170)
    return Notes(
        rpm=_rpm(facts.get("rpm")),
        radius_m=_metres(_number(facts, "radius_mm", 10, 500), 1e3),
        bottom_m=_metres(_number(facts, "bottom_um", 0, 200), 1e6),
        angle_rad=None if angle_deg is None else math.radians(angle_deg),
        curve=curve if isinstance(curve, str) and curve and curve.isprintable() else None,
    )


def _rpm(text: Any) -> Fraction | None:
    try:
        return units.rpm(text) if isinstance(text, str) else None
    except UnitError:
        return None


def _number(facts: dict[str, Any], key: str, least: float, most: float) -> float | None:
    value = facts.get(key)
    good = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    return float(value) if good else None  # type: ignore[arg-type]


def _metres(value: float | None, per_m: float) -> float | None:
    return None if value is None else value / per_m


def _chunks(file: IO[bytes]) -> tuple[bytes, int]:
    """The description (empty where there is none), and where the samples end by the file's own word (0: untold)."""
    description, data_bytes = b"", 0
    file.seek(12)
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = head[:4], int.from_bytes(head[4:], "little")
        start = file.tell()
        if name == b"ds64":
            data_bytes = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"bext":
            description = file.read(min(size, DESCRIPTION_BYTES))
        elif name == b"data":
            size = data_bytes if size in UNTOLD else size
            return description, start + size if size else 0
        file.seek(start + size + (size & 1))
    return description, 0
