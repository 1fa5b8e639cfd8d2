"""The operators of content streams that draw paths, carried out in kernels (ISO 32000-1, 8.5 and annex A)."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from ...jit import kernel
from ..svg.pathdata import LARGEST

DEEPEST = 256
"""Matrices that are kept (q) at most."""
MOST_OPERANDS = 8
MOST_STEPS = 256
"""A curve is drawn as at most so many straight lines."""
ROOM, ROOM_LINES = MOST_STEPS + 8, 4
"""What one operator may need."""

# how `parse` ends: the first four are no faults
DONE, FULL, FORM, LAYER, MISSING, HUGE, UNMOVED, DEEP, OPEN_END = range(9)
# its state: whole numbers
DEPTH, BASE, POINTS, LINES, PAINTED, MOVED, DRAWN, CURVED, NAME, NAME_END, MARKS, HIDDEN, STATES = range(13)
# and the current point and that where its line began, on the page
X, Y, START_X, START_Y = range(4)
# what is known of a line
STROKED, FILLED, CLOSED, CURVES = 1, 2, 4, 8

_M, _L, _C, _V, _Y, _H, _RE = ord("m"), ord("l"), ord("c"), ord("v"), ord("y"), ord("h"), ord("r") | ord("e") << 8
_S, _SS, _F, _FF, _B, _BB, _N = ord("S"), ord("s"), ord("f"), ord("F"), ord("B"), ord("b"), ord("n")
_STAR = ord("*") << 8
_F_STAR, _B_STAR, _BB_STAR = _F | _STAR, _B | _STAR, _BB | _STAR
_KEEP, _BACK, _CM = ord("q"), ord("Q"), ord("c") | ord("m") << 8
_DO = ord("D") | ord("o") << 8
_BDC, _BMC, _EMC = (a | b << 8 | ord("C") << 16 for a, b in ((66, 68), (66, 77), (69, 77)))


@kernel
def carry_out(
    operator: int, v: NDArray[Any], count: int, out: NDArray[Any], starts: NDArray[Any], kinds: NDArray[Any],
    state: NDArray[Any], at: NDArray[Any], matrices: NDArray[Any], fine: float,
) -> int:  # fmt: skip
    """Carry one operator out; what it needs are the last numbers before it."""
    m = matrices[state[DEPTH]]
    need = 0
    if operator in (_L, _M):
        need = 2
    elif operator in (_C, _CM):
        need = 6
    elif operator in (_V, _Y, _RE):
        need = 4
    if need > 0:
        if count < need:
            return MISSING
        w = v[count - need : count]
        if operator == _CM:
            return _multiply(m, w)
        if operator == _RE:
            return _rectangle(w, m, out, starts, kinds, state, at)
        x = m[0] * w[need - 2] + m[2] * w[need - 1] + m[4]
        y = m[1] * w[need - 2] + m[3] * w[need - 1] + m[5]
        if not (abs(x) <= LARGEST and abs(y) <= LARGEST):
            return HUGE
        if operator == _M:
            _end(kinds, state)
            at[X], at[Y], at[START_X], at[START_Y] = x, y, x, y
            state[MOVED] = 1
            return DONE
        if state[MOVED] == 0:
            return UNMOVED
        _begin(out, starts, kinds, state, at)
        if operator == _L:
            if x != at[X] or y != at[Y]:  # some tools close a circle by a line of no length
                state[CURVED] = 0
            _to(out, state, at, x, y)
            return DONE
        x1, y1 = m[0] * w[0] + m[2] * w[1] + m[4], m[1] * w[0] + m[3] * w[1] + m[5]
        x2, y2 = x, y  # y: the second handle is the end
        if operator == _C:
            x2, y2 = m[0] * w[2] + m[2] * w[3] + m[4], m[1] * w[2] + m[3] * w[3] + m[5]
        elif operator == _V:  # the first handle is where it begins
            x1, y1, x2, y2 = at[X], at[Y], x1, y1
        if not (abs(x1) <= LARGEST and abs(y1) <= LARGEST and abs(x2) <= LARGEST and abs(y2) <= LARGEST):
            return HUGE
        _curve(out, state, at, x1, y1, x2, y2, x, y, fine)
        return DONE
    if operator in (_H, _SS, _BB, _BB_STAR):
        _close(out, kinds, state, at)
    if operator in (_S, _SS):
        _paint(starts, kinds, state, STROKED)
    elif operator in (_F, _FF, _F_STAR):
        _paint(starts, kinds, state, FILLED)
    elif operator in (_B, _BB, _B_STAR, _BB_STAR):
        _paint(starts, kinds, state, STROKED | FILLED)
    elif operator == _N:
        _paint(starts, kinds, state, 0)
    elif operator == _KEEP:
        if state[DEPTH] + 1 == len(matrices):
            return DEEP
        matrices[state[DEPTH] + 1] = m
        state[DEPTH] += 1
    elif operator == _BACK:
        state[DEPTH] = max(state[DEPTH] - 1, state[BASE])
    elif operator in (_BDC, _BMC):
        state[MARKS] += 1
        if operator == _BDC and state[HIDDEN] == 0:
            return LAYER
    elif operator == _EMC:
        if state[HIDDEN] == state[MARKS]:
            state[HIDDEN] = 0
        state[MARKS] = max(state[MARKS] - 1, 0)
    elif operator == _DO:
        return FORM
    return DONE


@kernel
def _multiply(m: NDArray[Any], w: NDArray[Any]) -> int:
    """First `w`, then what `m` was."""
    a, b, c, d, e, f = m[0], m[1], m[2], m[3], m[4], m[5]
    m[0], m[1] = a * w[0] + c * w[1], b * w[0] + d * w[1]
    m[2], m[3] = a * w[2] + c * w[3], b * w[2] + d * w[3]
    m[4], m[5] = a * w[4] + c * w[5] + e, b * w[4] + d * w[5] + f
    for k in range(6):
        if not abs(m[k]) <= LARGEST:
            return HUGE
    return DONE


@kernel
def _rectangle(
    w: NDArray[Any], m: NDArray[Any], out: NDArray[Any], starts: NDArray[Any], kinds: NDArray[Any],
    state: NDArray[Any], at: NDArray[Any],
) -> int:  # fmt: skip
    _end(kinds, state)
    for k in range(4):
        across, along = w[0] + (w[2] if k == 1 or k == 2 else 0.0), w[1] + (w[3] if k >= 2 else 0.0)
        x, y = m[0] * across + m[2] * along + m[4], m[1] * across + m[3] * along + m[5]
        if not (abs(x) <= LARGEST and abs(y) <= LARGEST):
            return HUGE
        if k == 0:
            at[X], at[Y], at[START_X], at[START_Y] = x, y, x, y
            _begin(out, starts, kinds, state, at)
        else:
            _to(out, state, at, x, y)
    state[CURVED] = 0
    state[MOVED] = 1
    _close(out, kinds, state, at)
    return DONE


@kernel
def _begin(out: NDArray[Any], starts: NDArray[Any], kinds: NDArray[Any], state: NDArray[Any], at: NDArray[Any]) -> None:
    """The first point of a line, before its first segment."""
    if state[DRAWN] == 0:
        starts[state[LINES]] = state[POINTS]
        kinds[state[LINES]] = 0
        out[state[POINTS], 0], out[state[POINTS], 1] = at[START_X], at[START_Y]
        state[LINES] += 1
        state[POINTS] += 1
        state[DRAWN] = state[CURVED] = 1


@kernel
def _to(out: NDArray[Any], state: NDArray[Any], at: NDArray[Any], x: float, y: float) -> None:
    out[state[POINTS], 0], out[state[POINTS], 1] = x, y
    state[POINTS] += 1
    at[X], at[Y] = x, y


@kernel
def _curve(
    out: NDArray[Any], state: NDArray[Any], at: NDArray[Any], x1: float, y1: float, x2: float, y2: float,
    x3: float, y3: float, fine: float,
) -> None:  # fmt: skip
    """A Bézier as straight lines that are nowhere further than `fine` from it, unless that takes too many.

    A line between parameters 1/n apart errs by at most |second derivative| / (8 n²), and that is at most 6 times the
    larger second difference of the control points.
    """
    x0, y0 = at[X], at[Y]
    bend = max(math.hypot(x0 - 2 * x1 + x2, y0 - 2 * y1 + y2), math.hypot(x1 - 2 * x2 + x3, y1 - 2 * y2 + y3))
    steps = int(min(max(math.ceil(math.sqrt(0.75 * bend / fine)), 1.0), float(MOST_STEPS)))
    for k in range(1, steps):
        t = k / steps
        s = 1 - t
        a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        _to(out, state, at, a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3)
    _to(out, state, at, x3, y3)


@kernel
def _close(out: NDArray[Any], kinds: NDArray[Any], state: NDArray[Any], at: NDArray[Any]) -> None:
    if state[DRAWN] == 1:
        if at[X] != at[START_X] or at[Y] != at[START_Y]:
            state[CURVED] = 0
            _to(out, state, at, at[START_X], at[START_Y])
        kinds[state[LINES] - 1] |= CLOSED
        _end(kinds, state)
    at[X], at[Y] = at[START_X], at[START_Y]


@kernel
def _end(kinds: NDArray[Any], state: NDArray[Any]) -> None:
    """What follows is another line."""
    if state[DRAWN] == 1 and state[CURVED] == 1:
        kinds[state[LINES] - 1] |= CURVES
    state[DRAWN] = 0


@kernel
def _paint(starts: NDArray[Any], kinds: NDArray[Any], state: NDArray[Any], how: int) -> None:
    """The path is complete; painted in no way (a clip, a hidden layer) it is nothing."""
    _end(kinds, state)
    if state[HIDDEN] > 0:
        how = 0
    if how == 0 and state[LINES] > state[PAINTED]:
        state[POINTS] = starts[state[PAINTED]]
        state[LINES] = state[PAINTED]
    for line in range(state[PAINTED], state[LINES]):
        kinds[line] |= how
    state[PAINTED] = state[LINES]
    state[MOVED] = 0
