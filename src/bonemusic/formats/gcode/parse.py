"""G-code to moves: one kernel over the file's bytes. What a word means: NIST RS274/NGC v3, LinuxCNC, GRBL, Marlin.

A move is a point, the height at its end, and whether it is a feed and a beam burns. Arcs and turns of a table are cut
into chords. What of all this is drawn is decided later, when the whole file is known (`pen`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel
from .codes import CALL, FOREIGN, HOME, MOVE, SET, WORDS, take_g, take_m
from .motion import (
    BURNING,
    COUNT,
    ENDED,
    FEED,
    FINE,
    FULL,
    HUGE,
    LARGEST,
    LINE,
    LOST,
    MISSING,
    MODE,
    OFF_X,
    OFF_Y,
    PARAMETER,
    POWER,
    POWER_SEEN,
    RELATIVE,
    SUBPROGRAM,
    UNIT,
    UNKNOWN,
    A,
    X,
    Y,
    Z,
    burns,
    move,
    rename,
)

TENS = 10.0 ** np.arange(23)
"""The powers of ten that float64 holds exactly."""


def fresh() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """A reader's beginning: numbers, what holds, and how often each unknown code was met, (2, 10000), G in tenths."""
    numbers, holds = np.zeros(10), np.zeros(12, np.int64)
    numbers[UNIT], holds[LINE], holds[COUNT], holds[LOST] = 1.0, 1, 1, 1
    return numbers, holds, np.zeros((2, 10_000), np.int64)


@kernel
def plain(text: NDArray[Any], at: int) -> tuple[float, int]:
    """A number without exponent (E is a word of its own) and where it ends; `at` itself if there is none."""
    size = len(text)
    i = at
    negative: Any = False
    if i < size and (text[i] == 45 or text[i] == 43):
        negative = text[i] == 45
        i += 1
    mantissa, places, digits = np.int64(0), 0, 0
    point: Any = False
    beyond = 1.0
    while i < size:
        c: Any = np.int64(text[i])
        if 48 <= c <= 57:
            digits += 1
            if mantissa < 10_000_000_000_000_000:
                mantissa = mantissa * 10 + (c - 48)
                places += 1 if point else 0
            elif not point:
                beyond *= 10.0
        elif c == 46 and not point:
            point = True
        else:
            break
        i += 1
    if digits == 0:
        return 0.0, at
    value = float(mantissa) * beyond / (TENS[places] if places <= 22 else 10.0**places)
    return (-value if negative else value), i


@kernel
def parse(
    text: NDArray[Any], at: int, num: NDArray[Any], now: NDArray[Any], unknown: NDArray[Any],
    xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any],
) -> tuple[int, int]:  # fmt: skip
    """Read lines from `at` on into moves; what is known when it ends is in `num`, `now` and `unknown`.

    Returns one of the codes above, and where reading stopped: with FULL at the line that had no room.
    """
    size = len(text)
    value = np.zeros(26)
    while at < size and now[ENDED] == 0:
        begin = at
        if now[COUNT] + 2 > len(xy):
            return FULL, begin
        if now[MODE] <= 1 and now[RELATIVE] == 0 and now[LOST] == 0 and num[A] == 0.0:
            at = run(text, at, num, now, xy, height, flag)
            if at > begin:
                continue
        seen, action, foreign, has_g = 0, MOVE, False, False
        done = False
        while not done:  # one line
            c: Any = np.int64(text[at]) if at < size else 10
            if c == 10:
                done = True
                continue
            at += 1
            if c <= 32 or c == 47:  # blanks, block delete
                continue
            if c == 40:  # ( comment )
                while at < size and text[at] != 41 and text[at] != 10:
                    at += 1
                at += 1 if at < size and text[at] == 41 else 0
                continue
            if c == 59 or c == 37 or c == 42 or c == 36:  # ; % * $: to the end of the line
                while at < size and text[at] != 10:
                    at += 1
                continue
            if c == 35 or c == 91 or c == 93 or c == 60 or c == 61:  # # [ ] < =
                return PARAMETER, begin
            letter = (c & 95) - 65
            if c >= 128 or c < 65 or letter < 0 or letter > 25:
                return UNKNOWN, begin
            while at < size and (text[at] == 32 or text[at] == 9):
                at += 1
            v, end = plain(text, at)
            if end == at:
                if at < size and (text[at] == 35 or text[at] == 91 or text[at] == 60):
                    return SUBPROGRAM if letter == 14 else PARAMETER, begin
                if foreign or action == HOME:
                    continue
                return MISSING, begin
            at = end
            if abs(v) > LARGEST and letter != 13 and letter != 4 and letter != 5:  # N, E and F may be anything
                return HUGE, begin
            if letter == 6:  # G
                has_g = True
                action = take_g(int(abs(v) * 10.0 + 0.5), action, num, now, unknown)
            elif letter == 12:  # M
                code = take_m(int(abs(v) + 0.5), now, unknown)
                if code == CALL:
                    return SUBPROGRAM, begin
                foreign = foreign or code == FOREIGN
                if code == WORDS:
                    while at < size and text[at] != 10:
                        at += 1
            elif letter == 14:  # O
                while at < size and text[at] != 10 and text[at] <= 32:
                    at += 1
                if at < size and text[at] != 10 and text[at] != 40 and text[at] != 59:
                    return SUBPROGRAM, begin
            elif letter == 18:  # S
                num[POWER], now[POWER_SEEN] = v, 1
            else:
                value[letter] = v
                seen |= 1 << letter
        if seen & 0x3820707 and not (foreign and not has_g):  # A B C I J K R X Y Z, and an M's own words left out
            if action == MOVE:
                code = move(value, seen, num, now, xy, height, flag)
                if code != FINE:
                    return code, begin
            elif action == SET:
                rename(value, seen, num, now)
        if action == HOME:
            now[LOST] = 1
        if at < size:
            at += 1
            now[LINE] += 1
    return FINE, at


@kernel
def run(
    text: NDArray[Any], at: int, num: NDArray[Any], now: NDArray[Any],
    xy: NDArray[Any], height: NDArray[Any], flag: NDArray[Any],
) -> int:  # fmt: skip
    """Read lines that hold nothing but X and Y (and G1), as nearly all lines of a disc do; where they end.

    Only for straight moves in absolute coordinates from a known place. Any other line, and any odd number, is left.
    """
    size, n, line = len(text), now[COUNT], now[LINE]
    x, y, unit, z = num[X], num[Y], num[UNIT], num[Z]
    off_x, off_y = num[OFF_X], num[OFF_Y]
    kind = (FEED if now[MODE] == 1 else 0) | (BURNING if burns(num, now) else 0)
    while at < size and n < len(xy):
        i = at
        words = 0
        to_x, to_y, to_kind = x, y, kind
        if text[i] == 71 and i + 2 < size and text[i + 1] == 49 and (text[i + 2] == 32 or text[i + 2] >= 65):
            i += 2
            to_kind |= FEED
        while i < size:
            c: Any = np.int64(text[i])
            if c == 32 or c == 13:
                i += 1
                continue
            if c != 88 and c != 89:
                break
            i += 1
            negative: Any = i < size and text[i] == 45
            if negative:
                i += 1
            mantissa, digits, places = np.int64(0), 0, 0
            point: Any = False
            while i < size:
                d: Any = np.int64(text[i]) - 48
                if 0 <= d <= 9:
                    mantissa = mantissa * 10 + d
                    digits += 1
                    places += 1 if point else 0
                elif d == -2 and not point:
                    point = True
                else:
                    break
                i += 1
            if digits == 0 or digits > 15:
                words = 0
                break
            value = float(mantissa) / TENS[places]
            value = -value if negative else value
            if abs(value) > LARGEST:
                words = 0
                break
            words += 1
            if c == 88:
                to_x = off_x + value * unit
            else:
                to_y = off_y + value * unit
        if words == 0 or i >= size or text[i] != 10 or max(abs(to_x), abs(to_y)) > LARGEST:
            break
        kind, x, y = to_kind, to_x, to_y
        xy[n, 0], xy[n, 1] = x, y
        height[n], flag[n] = z, kind
        n += 1
        line += 1
        at = i + 1
    if n > now[COUNT]:
        now[COUNT], now[LINE], num[X], num[Y] = n, line, x, y
        now[MODE] = 1 if kind & FEED else 0
    return at
