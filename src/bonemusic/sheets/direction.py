"""Which way each stretch of a line reads: the plain part of the Unicode bidirectional algorithm (UAX #9).

Without embeddings and overrides, which `shaping.clean` drops: rules P2, W1-W7, N1, N2, I1, I2 and L2.
"""

from __future__ import annotations

import unicodedata


def runs(words: str) -> list[tuple[int, int, int]]:
    """Stretches of one level, from left to right.

    Returns
    -------
    list of (int, int, int)
        First letter, one past the last, and the level: odd ones read from right to left.
    """
    levels = _levels(words)
    found: list[tuple[int, int, int]] = []
    for k, level in enumerate(levels):
        if found and found[-1][2] == level:
            found[-1] = (found[-1][0], k + 1, level)
        else:
            found.append((k, k + 1, level))
    for level in range(max(levels, default=0), 0, -1):  # L2
        first = 0
        while first < len(found):
            last = first
            while last < len(found) and found[last][2] >= level:
                last += 1
            found[first:last] = reversed(found[first:last])
            first = last + 1
    return found


def _levels(words: str) -> list[int]:
    kinds = [unicodedata.bidirectional(letter) or "L" for letter in words]
    base = next((0 if kind == "L" else 1 for kind in kinds if kind in ("L", "R", "AL")), 0)
    kinds = _neutrals(_weak(kinds, base), base)
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def _weak(kinds: list[str], base: int) -> list[str]:
    """Marks, numbers and what stands between them (W1-W7)."""
    start = "R" if base else "L"
    before, strong = start, start
    for k, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[k] = before
        elif kind == "EN" and strong == "AL":
            kinds[k] = "AN"
        before = kinds[k]
        if before in ("L", "R", "AL"):
            strong = before
    for k in range(1, len(kinds) - 1):
        one, kind, other = kinds[k - 1 : k + 2]
        if one == other and ((kind in ("ES", "CS") and one == "EN") or (kind == "CS" and one == "AN")):
            kinds[k] = one
    for order in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for k in order:
            if kinds[k] == "ET" and kinds[k - order.step] == "EN":
                kinds[k] = "EN"
    strong = start
    for k, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        if kind == "EN" and strong == "L":
            kinds[k] = "L"
    return ["R" if kind == "AL" else kind for kind in kinds]


def _neutrals(kinds: list[str], base: int) -> list[str]:
    """Blanks and signs go with what is on both their sides, else with the line (N1, N2)."""
    start = "R" if base else "L"
    known = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
    k = 0
    while k < len(kinds):
        end = k
        while end < len(kinds) and kinds[end] not in known:
            end += 1
        if end > k:
            one = known[kinds[k - 1]] if k else start
            other = known[kinds[end]] if end < len(kinds) else start
            kinds[k:end] = [one if one == other else start] * (end - k)
        k = end + 1
    return kinds
