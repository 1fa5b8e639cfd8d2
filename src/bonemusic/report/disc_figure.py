"""One side of a disc seen from above, true to proportion: its bands, how near its turns lie, its hot spots."""

from __future__ import annotations

import math

import numpy as np

from ..workshop.checked import Pictures, SideCheck
from .plots import spread
from .words import length, text

RINGS = 64
"""So many turns are drawn of the music, evenly chosen among all: where they stand close, the turns lie close."""
SHADES = 96
BADGE_SHARE = 0.043
"""Radius of a hot spot's number against the disc's."""


def disc(side: SideCheck, shown: Pictures) -> str:
    """The disc as SVG, in millimetres; empty where nothing was placed on it."""
    if len(shown.turns) < 2:
        return ""
    rim = shown.disc_diameter_m * 500
    badge = rim * BADGE_SHARE
    edge = rim + (3 * badge if side.spots else 2)
    if shown.outline_m is not None:
        edge = max(edge, 1e3 * float(np.abs(shown.outline_m).max()) + 2)
    step = _turns_a_ring(side)
    label = (
        f"Side {side.side} from above, true to proportion: music from {side.music_outer_radius_mm:.1f} to "
        f"{side.music_inner_radius_mm:.1f} mm from the middle, {len(side.songs)} song{'s' * (len(side.songs) != 1)}, "
        f"turns {length(side.least_pitch_um)} to {length(side.greatest_pitch_um)} apart, {len(side.spots)} hot spots."
    )
    return (
        f'<svg class="disc" role="img" aria-label="{text(label)}" '
        f'viewBox="{_n(-edge)} {_n(-edge)} {_n(2 * edge)} {_n(2 * edge)}">'
        f"{_film(shown, rim)}{_shades(side, shown)}{_leads(side, shown)}{_rings(side, shown, step)}"
        f"{_borders(side, shown)}{_middle(side, shown)}{_spots(side, shown, rim, badge)}{_names(side, rim)}"
        "</svg>"
    )


def rings_told(side: SideCheck) -> str:
    """What a line in the drawing stands for."""
    step = _turns_a_ring(side)
    return "one line for each turn" if step == 1 else f"one line for every {step} turns"


def _turns_a_ring(side: SideCheck) -> int:
    return max(1, round(side.music_turns / RINGS))


def _film(shown: Pictures, rim: float) -> str:
    if shown.outline_m is not None:
        corners = "L".join(f"{_n(1e3 * x)} {_n(-1e3 * y)}" for x, y in shown.outline_m)
        return f'<path class="film" d="M{corners}z"/>'
    return f'<circle class="film" r="{_n(rim)}"/>'


def _shades(side: SideCheck, shown: Pictures) -> str:
    """Rings of equal width over the music, the fuller the closer its turns."""
    outer, inner = side.music_outer_radius_mm, side.music_inner_radius_mm
    if outer <= inner:
        return ""
    edges = np.linspace(outer, inner, SHADES + 1)
    # turns within each ring, from where the radius falls: how many turns a millimetre holds
    radius_mm = shown.radius_m[::-1] * 1e3
    crowd = np.abs(np.diff(np.interp(edges, radius_mm, shown.turns[::-1])))
    fill = np.clip(crowd / max(float(crowd.max()), 1e-9), 0, 1)
    width = (outer - inner) / SHADES
    return "".join(
        f'<circle class="shade" r="{_n(middle)}" stroke-width="{_n(width * 1.06)}" '
        f'stroke-opacity="{_n(0.05 + 0.45 * f * f)}"/>'
        for middle, f in zip((edges[:-1] + edges[1:]) / 2, fill, strict=True)
    )


def _rings(side: SideCheck, shown: Pictures, step: int) -> str:
    first = float(np.interp(0.0, shown.turn_times_s, shown.turns))
    at = np.arange(first, first + side.music_turns, step)
    radii = np.interp(at, shown.turns, shown.radius_m) * 1e3
    return "".join(f'<circle class="ring" r="{_n(r)}"/>' for r in radii)


def _leads(side: SideCheck, shown: Pictures) -> str:
    """Lead-in and lead-out as the spirals they are."""
    first = float(np.interp(0.0, shown.turn_times_s, shown.turns))
    last = first + side.music_turns
    return "".join(
        f'<path class="lead" d="M{"L".join(_point(t, shown) for t in np.arange(a, b, 1 / 48))}"/>'
        for a, b in ((float(shown.turns[0]), first), (last, min(float(shown.turns[-1]), last + 60)))
        if b > a + 1 / 24
    )


def _point(turn: float, shown: Pictures) -> str:
    x, y = _place(turn, float(np.interp(turn, shown.turns, shown.radius_m)) * 1e3)
    return f"{_n(x)} {_n(y)}"


def _place(turn: float, radius_mm: float) -> tuple[float, float]:
    """The groove runs counter-clockwise on the disc, from the right; the page's y points down."""
    angle = 2 * math.pi * (turn % 1)
    return radius_mm * math.cos(angle), -radius_mm * math.sin(angle)


def _borders(side: SideCheck, shown: Pictures) -> str:
    """Where songs begin, where music has to end, and the groove that leads into itself."""
    songs = "".join(f'<circle class="border" r="{_n(song.outer_radius_mm)}"/>' for song in side.songs[1:])
    return (
        f'{songs}<circle class="end" r="{_n(shown.music_inner_m * 500)}"/>'
        f'<circle class="locked" r="{_n(shown.locked_m * 500)}"/>'
    )


def _middle(side: SideCheck, shown: Pictures) -> str:
    hole, locked = shown.hole_m * 500, shown.locked_m * 500
    x, y = (1e3 * value for value in shown.hole_at_m)
    middle = f' cx="{_n(x)}" cy="{_n(-y)}"' if x or y else ""
    size = min(locked * 0.5, (locked - hole) * 0.8)  # between the hole and the groove, however large the hole
    foot = hole + (locked - hole - 0.7 * size) / 2 if hole > locked / 4 else size * 0.35
    return (
        f'<text class="letter" y="{_n(-foot)}" font-size="{_n(size)}">{text(side.side)}</text>'
        f'<circle class="hole"{middle} r="{_n(shown.hole_m * 500)}"/>'
    )


def _names(side: SideCheck, rim: float) -> str:
    """A1, A2, … down the band of their songs, straight above the hole; of too many only those that do not touch."""
    size = rim * 0.058
    apart = size * 1.12
    named = [(-(song.outer_radius_mm + song.inner_radius_mm) / 2, n) for n, song in enumerate(side.songs, 1)]
    if len(named) * apart > side.music_outer_radius_mm - side.music_inner_radius_mm:
        kept: list[tuple[float, int]] = []
        for place, number in named:
            if not kept or place >= kept[-1][0] + apart:
                kept.append((place, number))
        named = kept
    places = spread(np.array([place for place, _ in named]), apart)
    return "".join(
        f'<text class="name" y="{_n(y + size * 0.35)}" font-size="{_n(size)}">{text(side.side)}{number}</text>'
        for y, (_, number) in zip(places, named, strict=True)
    )


def _spots(side: SideCheck, shown: Pictures, rim: float, badge: float) -> str:
    """Each hot spot a dot where it lies, and its number outside the rim."""
    if not side.spots:
        return ""
    turns = np.interp([spot.side_s for spot in side.spots], shown.turn_times_s, shown.turns)
    wanted = (turns % 1) * 2 * np.pi
    order = np.argsort(wanted, kind="stable")
    out = rim + 1.9 * badge
    least = 2.3 * badge / out
    # begin the round in the widest gap, so that it can be opened there
    gaps = np.diff(np.append(wanted[order], wanted[order[0]] + 2 * np.pi))
    order = np.roll(order, -(int(np.argmax(gaps)) + 1))
    rising = np.unwrap(wanted[order])
    made = []
    for angle, number in zip(spread(rising, least), order, strict=True):
        spot = side.spots[number]
        x, y = _place(float(turns[number]), spot.radius_mm)
        far_x, far_y = out * math.cos(angle), -out * math.sin(angle)
        made.append(
            f'<path class="leader" d="M{_n(x)} {_n(y)}L{_n(far_x)} {_n(far_y)}"/>'
            f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="{_n(badge * 0.3)}"/>'
            f'<circle class="badge" cx="{_n(far_x)}" cy="{_n(far_y)}" r="{_n(badge)}"/>'
            f'<text class="number" x="{_n(far_x)}" y="{_n(far_y + badge * 0.42)}" font-size="{_n(badge * 1.25)}">'
            f"{number + 1}</text>"
        )
    return "".join(made)


def _n(value: float) -> str:
    """A coordinate, short."""
    return f"{round(float(value), 2) + 0.0:.6g}"
