"""Moves carried out: where they end, arcs and turns of a table cut into chords."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from ...jit import kernel

FINE, FULL, UNKNOWN, MISSING, HUGE, PARAMETER, SUBPROGRAM, PLANE_ARC, NO_CENTRE, OFF_CIRCLE = range(10)
FAULTS = {
    UNKNOWN: "has a sign that is no G-code; is the file damaged?",
    MISSING: "has a letter without its number; is the file damaged?",
    HUGE: "has an absurd number; export the drawing again",
    PARAMETER: "uses parameters or expressions, which are not worked out; export the moves themselves",
    SUBPROGRAM: "uses subprograms (O, M98), which are not followed; export the moves themselves",
    PLANE_ARC: "has an arc out of the plane of the disc (G18, G19); export the drawing flat",
    NO_CENTRE: "has an arc whose centre is not given (I, J or R); export it again",
    OFF_CIRCLE: "has an arc that does not end on its circle; is it G90.1 where G91.1 was meant?",
}
LARGEST = 1e7
"""Millimetres beyond which nothing is a disc's."""
SAGITTA_MM = 5e-5
"""How far a chord may lie beside its arc."""
MOST_CHORDS = 100_000
OFF_MM, OFF_PART = 0.1, 0.02
"""An arc's end may miss its circle by this, or by this part of the radius: the radius then runs evenly from one to the
other. Coarse exporters miss by 0.02 mm."""

# where the reader stands, as numbers (floats) and as what holds (ints)
X, Y, Z, A, OFF_X, OFF_Y, OFF_Z, OFF_A, UNIT, POWER = range(10)
(MODE, RELATIVE, CENTRE_ABSOLUTE, UNIT_KNOWN, POWER_SEEN, BEAM_SEEN, BEAM, PLANE, LINE, COUNT, LOST, ENDED) = range(12)
FEED, BURNING = 1, 2
"""What a move's flag holds."""


@kernel
def rename(value: NDArray[Any], seen: int, num: NDArray[Any], now: NDArray[Any]) -> None:
    """G92: what the place where the tool stands is called from now on."""
    for axis in range(3):
        if seen >> (23 + axis) & 1:
            num[OFF_X + axis] = num[X + axis] - value[23 + axis] * num[UNIT]
    for letter in range(3):
        if seen >> letter & 1:
            num[OFF_A] = num[A] - value[letter]


@kernel
def burns(num: NDArray[Any], now: NDArray[Any]) -> bool:
    """Whether a beam is on, as far as the file says: M3 or M4 (or neither, ever) and S above 0 (or none, ever)."""
    return bool((now[BEAM] == 1 or now[BEAM_SEEN] == 0) and (now[POWER_SEEN] == 0 or num[POWER] > 0))


@kernel
def move(
    value: NDArray[Any], seen: int, num: NDArray[Any], now: NDArray[Any],
    xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any],
) -> int:  # fmt: skip
    """Carry out a line's move: a point for each chord of it."""
    unit, mode = num[UNIT], now[MODE]
    arc = mode == 2 or mode == 3
    if not arc and not seen & 0x3800007:
        return FINE
    x0, y0, z0, a0 = num[X], num[Y], num[Z], num[A]
    relative = now[RELATIVE] == 1
    x1 = (x0 if relative else num[OFF_X]) + value[23] * unit if seen >> 23 & 1 else x0
    y1 = (y0 if relative else num[OFF_Y]) + value[24] * unit if seen >> 24 & 1 else y0
    z1 = (z0 if relative else num[OFF_Z]) + value[25] * unit if seen >> 25 & 1 else z0
    a1 = a0
    for letter in range(3):
        if seen >> letter & 1:
            a1 = (a0 if relative else num[OFF_A]) + value[letter]
    if max(abs(x1), abs(y1), abs(z1), abs(a1)) > LARGEST:
        return HUGE
    kind = (FEED if 1 <= mode <= 3 and now[LOST] == 0 else 0) | (BURNING if burns(num, now) else 0)
    chords, cx, cy, r0, r1, from_, sweep = 1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if arc and now[LOST] == 0:
        if now[PLANE] != 0:
            return PLANE_ARC
        code, cx, cy = _centre(value, seen, num, now, x1, y1)
        if code != FINE:
            return code
        r0, r1 = math.sqrt((x0 - cx) ** 2 + (y0 - cy) ** 2), math.sqrt((x1 - cx) ** 2 + (y1 - cy) ** 2)
        if r0 == 0.0 or abs(r1 - r0) > max(OFF_MM, OFF_PART * r0):
            return OFF_CIRCLE
        from_ = math.atan2(y0 - cy, x0 - cx)
        sweep = math.atan2(y1 - cy, x1 - cx) - from_
        if mode == 3 and sweep <= 1e-12:
            sweep += 2.0 * math.pi
        elif mode == 2 and sweep >= -1e-12:
            sweep -= 2.0 * math.pi
        chords = max(chords, _chords(abs(sweep), max(r0, r1)))
    if a1 != a0 and kind & FEED:
        reach = max(math.sqrt(x0 * x0 + y0 * y0), math.sqrt(x1 * x1 + y1 * y1))
        chords = max(chords, _chords(abs(a1 - a0) * (math.pi / 180.0), reach))
    n = now[COUNT]
    if n + chords > len(xy):
        return FULL
    for k in range(1, chords + 1):
        u = k / chords
        if k == chords:
            px, py = x1, y1
        elif sweep != 0.0:
            r, angle = r0 + u * (r1 - r0), from_ + u * sweep
            px, py = cx + r * math.cos(angle), cy + r * math.sin(angle)
        else:
            px, py = x0 + u * (x1 - x0), y0 + u * (y1 - y0)
        a = a0 + u * (a1 - a0)
        if a != 0.0:
            cos, sin = math.cos(a * (math.pi / 180.0)), math.sin(a * (math.pi / 180.0))
            px, py = px * cos - py * sin, px * sin + py * cos
        xy[n, 0], xy[n, 1] = px, py
        height[n] = z0 + u * (z1 - z0)
        flag[n] = kind
        n += 1
    now[COUNT] = n
    if now[LOST] == 1 and seen & 0x1800007:  # once it has been sent somewhere its place is known
        now[LOST] = 0
    num[X], num[Y], num[Z], num[A] = x1, y1, z1, a1
    return FINE


@kernel
def _centre(
    value: NDArray[Any], seen: int, num: NDArray[Any], now: NDArray[Any], x1: float, y1: float
) -> tuple[int, float, float]:
    """The centre of an arc to a point, by R or by I and J."""
    x0, y0, unit = num[X], num[Y], num[UNIT]
    if seen >> 17 & 1:  # it lies beside the middle of the chord; R < 0 takes the longer way
        r = value[17] * unit
        dx, dy = x1 - x0, y1 - y0
        half = 0.5 * math.sqrt(dx * dx + dy * dy)
        if half == 0.0:
            return NO_CENTRE, 0.0, 0.0
        if abs(r) < half - max(OFF_MM, OFF_PART * half):
            return OFF_CIRCLE, 0.0, 0.0
        beside = math.sqrt(max(r * r - half * half, 0.0)) / (2.0 * half)
        if (now[MODE] == 2) == (r > 0):
            beside = -beside
        return FINE, 0.5 * (x0 + x1) - dy * beside, 0.5 * (y0 + y1) + dx * beside
    if not seen & 0x300:
        return NO_CENTRE, 0.0, 0.0
    absolute = now[CENTRE_ABSOLUTE] == 1
    cx, cy = x0, y0
    if seen >> 8 & 1:
        cx = (num[OFF_X] if absolute else x0) + value[8] * unit
    if seen >> 9 & 1:
        cy = (num[OFF_Y] if absolute else y0) + value[9] * unit
    return FINE, cx, cy


@kernel
def _chords(angle: float, radius: float) -> int:
    """Chords of an arc that lie no further than SAGITTA_MM beside it."""
    if radius <= SAGITTA_MM:
        return 1
    count = math.ceil(angle / math.sqrt(8.0 * SAGITTA_MM / radius))
    return int(min(max(count, math.ceil(angle)), MOST_CHORDS))
