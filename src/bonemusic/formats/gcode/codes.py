"""What G and M words do; those that are not known are counted, and the words of their line left alone."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ...jit import kernel
from .motion import (
    BEAM,
    BEAM_SEEN,
    CENTRE_ABSOLUTE,
    ENDED,
    LOST,
    MODE,
    OFF_A,
    OFF_X,
    OFF_Y,
    OFF_Z,
    PLANE,
    RELATIVE,
    UNIT,
    UNIT_KNOWN,
)

MOVE, SET, HOME, IGNORE = range(4)
"""What a line's axis words are for."""
OWN, FOREIGN, WORDS, CALL = range(4)
"""After an M: the line goes on; its words are the M's own (M201 X500); it is text; another program is called."""
UNFOLLOWED = 9
"""The mode of splines, probes and drilling cycles: what they name is travelled to."""


@kernel
def take_g(code: int, action: int, num: NDArray[Any], now: NDArray[Any], unknown: NDArray[Any]) -> int:
    """Take up a G word, in tenths; what the line's axis words are for."""
    if code <= 30 and code % 10 == 0:
        now[MODE] = code // 10
    elif code == 800:
        now[MODE] = 0
    elif code == 170 or code == 180 or code == 190:
        now[PLANE] = code // 10 - 17
    elif code == 200 or code == 210:
        num[UNIT], now[UNIT_KNOWN] = (25.4 if code == 200 else 1.0), 1
    elif code == 900 or code == 910:
        now[RELATIVE] = (code - 900) // 10
    elif code == 901 or code == 911:
        now[CENTRE_ABSOLUTE] = 1 if code == 901 else 0
    elif code == 280 or code == 300:
        return HOME
    elif code == 920:
        return SET
    elif code == 921 or code == 922:
        num[OFF_X], num[OFF_Y], num[OFF_Z], num[OFF_A] = 0.0, 0.0, 0.0, 0.0
    elif code in (40, 100, 281, 301, 430, 431, 432, 520, 923):
        return IGNORE
    elif code == 530:  # in the machine's own coordinates, which are not the disc's
        now[LOST] = 1
        return IGNORE
    elif not (code == 400 or code == 490 or 540 <= code <= 593 or 610 <= code <= 640 or 930 <= code <= 990):
        unknown[0, min(code, 9999)] += 1
        if code in (50, 51, 52, 330, 331, 382, 383, 384, 385, 730, 760) or 810 <= code <= 890:
            now[MODE] = UNFOLLOWED
        elif not 410 <= code <= 421:  # cutter compensation goes with moves
            return IGNORE
    return action


@kernel
def take_m(code: int, now: NDArray[Any], unknown: NDArray[Any]) -> int:
    """Take up an M word; what becomes of the rest of its line."""
    if code == 3 or code == 4 or code == 106:
        now[BEAM], now[BEAM_SEEN] = 1, 1
        return FOREIGN if code == 106 else OWN
    if code == 5 or code == 107:
        now[BEAM], now[BEAM_SEEN] = 0, 1
        return FOREIGN if code == 107 else OWN
    if code == 2 or code == 30 or code == 99:
        now[ENDED] = 1
        return WORDS
    if code == 98:
        return CALL
    if code == 117 or code == 118 or code == 23 or code == 28:  # words for people, names of files
        return WORDS
    if code <= 9 or code == 19 or 48 <= code <= 68:
        return OWN
    unknown[1, min(code, 9999)] += 1
    return FOREIGN
