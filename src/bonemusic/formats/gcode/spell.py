"""Moves as bytes: kernels that spell points over whole numbers as lines of G-code.

A coordinate is a whole number of the last decimal that is written. Words that do not change are left out, and so are
points that lie where the one before does.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel

MOST = 9
"""Decimals beyond which no controller looks."""
LINE_BYTES = 64
"""The longest line: G1, three words of at most 17 bytes, a newline. GRBL 1.1 takes 80."""
INVERSE_TIME, LONGEST_AXIS = 1, 2


def decimals(step: float) -> int:
    """Decimals that whole steps need: all of them, or else so many that a hundredth of a step is shown."""
    for count in range(MOST):
        if abs(step * 10**count - round(step * 10**count)) < 1e-6 * step * 10**count or 10.0**-count <= step / 100:
            return count
    return MOST


def word(value: float, digits: int) -> str:
    """A number with at most so many decimals, none of them idle."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@kernel
def put(out: NDArray[Any], at: int, letter: int, value: Any, digits: int) -> int:
    """Write a letter and a whole number as a decimal one; where the next byte goes."""
    out[at] = letter
    at += 1
    if value < 0:
        out[at] = 45
        at += 1
        value = -value
    while digits > 0 and value % 10 == 0:
        value //= 10
        digits -= 1
    size = digits + 1
    ten = np.int64(10)
    for _ in range(digits):
        ten *= 10
    while value >= ten:
        ten *= 10
        size += 1
    if digits == 0:
        for k in range(size - 1, -1, -1):
            out[at + k] = 48 + value % 10
            value //= 10
        return at + size
    for k in range(size, size - digits, -1):
        out[at + k] = 48 + value % 10
        value //= 10
    out[at + size - digits] = 46
    for k in range(size - digits - 1, -1, -1):
        out[at + k] = 48 + value % 10
        value //= 10
    return at + size + 1


@kernel
def spell(
    x: NDArray[Any], y: NDArray[Any], z: NDArray[Any], scale: float, digits: int, z_digits: int, named: bool,
    last: NDArray[Any], out: NDArray[Any],
) -> tuple[int, int]:  # fmt: skip
    """Lines of moves in x and y (steps, times `scale` whole numbers of the last decimal) and z (last decimals).

    `named` writes G1 in each line, and blanks. `last` (3,) is where the tool stands, in last decimals; it is kept up to
    date. Returns bytes and moves.
    """
    at, moves = 0, 0
    for k in range(len(x)):
        vx, vy, vz = np.int64(np.rint(x[k] * scale)), np.int64(np.rint(y[k] * scale)), np.int64(z[k])
        if vx == last[0] and vy == last[1]:
            continue
        if named:
            out[at], out[at + 1] = 71, 49
            at += 2
        if vx != last[0]:
            if named:
                out[at] = 32
                at += 1
            at = put(out, at, 88, vx, digits)
        if vy != last[1]:
            if named:
                out[at] = 32
                at += 1
            at = put(out, at, 89, vy, digits)
        if vz != last[2]:
            if named:
                out[at] = 32
                at += 1
            at = put(out, at, 90, vz, z_digits)
        out[at] = 10
        at += 1
        moves += 1
        last[0], last[1], last[2] = vx, vy, vz
    return at, moves


@kernel
def spell_turning(
    a: NDArray[Any], r: NDArray[Any], z: NDArray[Any], scales: tuple[float, float], digits: tuple[int, int, int],
    speed: float, feed: int, named: bool, last: NDArray[Any], out: NDArray[Any],
) -> tuple[int, int]:  # fmt: skip
    """Lines of moves in X, the radius, and A, the angle in degrees, each with the feed that gives it its speed.

    Parameters
    ----------
    a, r : ndarray, (n,)
        Angle and radius in steps; times `scales` they are whole numbers of the last decimal.
    z : ndarray, (n,)
        In last decimals.
    digits : tuple
        Decimals of A, X and Z.
    speed : float
        mm/min along the groove.
    feed : int
        INVERSE_TIME: F is moves a minute. LONGEST_AXIS: F is what X travels in a minute, or A where X stands still.
    last : ndarray, int64, (3,)
        A, X and Z where the tool stands, kept up to date.
    """
    at, moves = 0, 0
    degree, mm = 10.0 ** -digits[0], 10.0 ** -digits[1]
    for k in range(len(a)):
        va, vr, vz = np.int64(np.rint(a[k] * scales[0])), np.int64(np.rint(r[k] * scales[1])), np.int64(z[k])
        if va == last[0] and vr == last[1]:
            continue
        out[at], out[at + 1] = 71, 49
        at += 2 if named else 0
        turned, moved = abs(va - last[0]) * degree, abs(vr - last[1]) * mm
        along = 0.5 * (vr + last[1]) * mm * turned * (math.pi / 180.0)
        minutes = max(math.sqrt(along * along + moved * moved), 1e-9) / speed
        if vr != last[1]:
            out[at] = 32
            at = put(out, at + 1 if named else at, 88, vr, digits[1])
        if va != last[0]:
            out[at] = 32
            at = put(out, at + 1 if named else at, 65, va, digits[0])
        if vz != last[2]:
            out[at] = 32
            at = put(out, at + 1 if named else at, 90, vz, digits[2])
        f = 1.0 / minutes if feed == INVERSE_TIME else (moved if vr != last[1] else turned) / minutes
        f = min(f, 1e9)
        places = 0 if f >= 1000.0 else (3 if f >= 1.0 else 6)
        out[at] = 32
        at = put(out, at + 1 if named else at, 70, max(np.int64(np.rint(f * 10.0**places)), 1), places)
        out[at] = 10
        at += 1
        moves += 1
        last[0], last[1], last[2] = va, vr, vz
    return at, moves


@kernel
def turned(x: NDArray[Any], y: NDArray[Any]) -> int:
    """How often a line about the origin comes to angle 0 from below, less how often it goes back."""
    count = 0
    for k in range(1, len(x)):
        if x[k] > 0 or x[k - 1] > 0:
            if y[k - 1] < 0 and y[k] >= 0:
                count += 1
            elif y[k - 1] >= 0 and y[k] < 0:
                count -= 1
    return count
