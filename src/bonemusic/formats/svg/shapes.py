"""Rectangles and ellipses as paths: no groove is drawn of these, but a rim may be. SVG 2, chapter 10."""

from __future__ import annotations


def ellipse(x: float, y: float, across: float, along: float) -> str:
    """The path around a middle; empty where there is no size. Lengths in user units.

    Parameters
    ----------
    x, y : float
    across, along : float
        Its radii.
    """
    if not (across > 0 and along > 0):
        return ""
    halves = "".join(f"a{across!r} {along!r} 0 0 1 {way!r} 0" for way in (2 * across, -2 * across))
    return f"M{x - across!r} {y!r}{halves}Z"


def rectangle(x: float, y: float, wide: float, high: float, rx: float | None, ry: float | None) -> str:
    """The path from a corner on; empty where there is no size. Lengths in user units.

    Parameters
    ----------
    x, y, wide, high : float
    rx, ry : float or None
        Radii of the corners; the one that is not given is the other.
    """
    if not (wide > 0 and high > 0):
        return ""
    a = min((rx if rx is not None else ry) or 0.0, wide / 2)
    b = min((ry if ry is not None else rx) or 0.0, high / 2)
    if not (a > 0 and b > 0):
        return f"M{x!r} {y!r}h{wide!r}v{high!r}h{-wide!r}Z"
    arc = f"a{a!r} {b!r} 0 0 1 "
    w, h = wide - 2 * a, high - 2 * b
    lower = f"h{-w!r}{arc}{-a!r} {-b!r}v{-h!r}{arc}{a!r} {-b!r}Z"
    return f"M{x + a!r} {y!r}h{w!r}{arc}{a!r} {b!r}v{h!r}{arc}{-a!r} {b!r}{lower}"
