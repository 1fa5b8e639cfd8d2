"""Drawings of a groove, SVG to stand within a page, all to scale; colours are the page's (`demo.css`)."""

from __future__ import annotations

import math

from ..workshop.demo import DemoReport, Glimpse, Shape
from .words import length, number

HAIR_UM = 70.0
"""A hair to compare with: human hair is some 50 to 100 µm thick."""
SECTION_UM = (640.0, 330.0)
SURFACE_UM = 110.0


def above(glimpse: Glimpse, shape: Shape) -> str:
    """The groove from above where it moves fastest, with the needle's tip in it and a hair across it."""
    wide, high = glimpse.length_um, glimpse.height_um
    half = shape.groove_width_um / 2
    walls = "".join(_walls(turn, half) for turn in glimpse.turns)
    at = _height_at_middle(glimpse)
    hair = high * 0.7
    return (
        f'<svg class="scope above" role="img" aria-label="The groove from above: a winding furrow '
        f"{length(shape.groove_width_um)} wide, with the round tip of the needle in it and a thicker hair lying "
        f'across it." viewBox="{_n(-wide / 2)} {_n(-high / 2)} {_n(wide)} {_n(high)}" '
        f'preserveAspectRatio="xMidYMid slice">'
        f'<rect class="sheet" x="{_n(-wide / 2)}" y="{_n(-high / 2)}" width="{_n(wide)}" height="{_n(high)}"/>'
        f"{walls}"
        f'<path class="hair" stroke-width="{_n(HAIR_UM)}" d="M{_n(hair - 60)} {_n(-high)}Q{_n(hair + 50)} 0 '
        f'{_n(hair - 30)} {_n(high)}"/>'
        f'<circle class="tip" cx="0" cy="{_n(-at)}" r="{_n(shape.tip_um)}"/>'
        f'<text x="0" y="{_n(-at - half - 22)}" text-anchor="middle">needle</text>'
        f'<text x="{_n(hair - 76)}" y="{_n(-high / 2 + 46)}" text-anchor="end">hair</text>'
        f"{_scale_bar(-high * 0.92, high / 2 - 34, 100)}"
        "</svg>"
    )


def _walls(turn: tuple[tuple[float, float], ...], half: float) -> str:
    """A turn's two walls: a chisel's groove is equally wide across everywhere."""
    outer, middle, inner = (
        [f"{_n(x)} {_n(-(y + off))}" for x, y in turn] for off in (half, 0.0, -half)
    )  # fmt: skip
    return (
        f'<path class="wall lit" d="M{"L".join(outer)}L{"L".join(reversed(middle))}Z"/>'
        f'<path class="wall" d="M{"L".join(middle)}L{"L".join(reversed(inner))}Z"/>'
    )


def _height_at_middle(glimpse: Glimpse) -> float:
    """Where the groove in view stands nearest to the field's middle, so that a needle can be set into it."""
    return min((point for turn in glimpse.turns for point in turn), key=lambda p: math.hypot(*p), default=(0, 0))[1]


def section(shape: Shape) -> str:
    """The sheet cut across: the groove, the ball in it, and a hair beside it."""
    wide, high = SECTION_UM
    half, depth, tip = shape.groove_width_um / 2, shape.groove_depth_um, shape.tip_um
    sheet = shape.sheet_um
    ball = depth - ball_height_um(shape)
    left, right = -wide * 0.45, wide * 0.55
    surface = f"M{_n(left)} 0H{_n(-half)}L0 {_n(depth)}L{_n(half)} 0H{_n(right)}"
    return (
        f'<svg class="scope" role="img" aria-label="The film cut across: {length(sheet)} thick, in its surface a '
        f"groove {length(2 * half)} wide and {length(depth)} deep, in the groove the ball of the needle, beside it a "
        f'hair." viewBox="{_n(left)} {_n(-SURFACE_UM)} {_n(wide)} {_n(high)}">'
        f'<rect class="air" x="{_n(left)}" y="{_n(-SURFACE_UM)}" width="{_n(wide)}" height="{_n(high)}"/>'
        f'<path class="sheet" d="{surface}V{_n(sheet)}H{_n(left)}Z"/><path class="edge" d="{surface}"/>'
        f'<path class="shank" d="M{_n(-tip * 0.94)} {_n(ball - tip * 0.34)}L{_n(-tip * 2.1)} {_n(-SURFACE_UM)}'
        f'H{_n(tip * 2.1)}L{_n(tip * 0.94)} {_n(ball - tip * 0.34)}Z"/>'
        f'<circle class="tip" cx="0" cy="{_n(ball)}" r="{_n(tip)}"/>'
        f'<circle class="hair cut" cx="{_n(wide * 0.26)}" cy="{_n(-HAIR_UM / 2)}" r="{_n(HAIR_UM / 2)}"/>'
        f'<text x="{_n(tip * 2.1 + 12)}" y="{_n(-SURFACE_UM + 30)}">needle</text>'
        f'<text x="{_n(wide * 0.26 + HAIR_UM / 2 + 12)}" y="-24">hair</text>'
        f'<text x="{_n(left + 20)}" y="{_n(sheet - 20)}">X-ray film</text>'
        f"{_scale_bar(right - 124, sheet - 24, 100)}"
        "</svg>"
    )


def ball_height_um(shape: Shape) -> float:
    """How high over the bottom of the V the ball's middle comes to rest: on the walls, or on the edges if too large."""
    half_angle = math.radians(shape.angle_deg / 2)
    half = shape.groove_width_um / 2
    if shape.tip_um * math.cos(half_angle) <= half:
        return shape.tip_um / math.sin(half_angle)
    return shape.groove_depth_um + math.sqrt(shape.tip_um**2 - half**2)


def side(report: DemoReport) -> str:
    """Half of the disc with what lies where."""
    cut, shape = report.cut, report.shape
    rim, hole = shape.diameter_mm / 2, shape.hole_mm / 2
    outer, music, end = cut.outer_radius_mm, cut.music_outer_radius_mm, cut.music_inner_radius_mm
    locked = cut.inner_radius_mm
    edge = rim + 4
    return (
        f'<svg class="side" role="img" aria-label="Half of the disc: from the rim inwards lead-in, music, lead-out and '
        f'the locked groove." viewBox="{_n(-edge)} {_n(-edge)} {_n(2 * edge)} {_n(edge + 3)}">'
        f'<path class="film" d="{_arch(rim, hole)}"/>'
        f'<path class="lead-in" d="{_arch(outer, music)}"/>'
        f'<path class="music" d="{_arch(music, end)}"/>'
        f'<path class="lead-out" d="{_arch(end, locked)}"/>'
        f'<path class="locked" d="M{_n(-locked)} 0A{_n(locked)} {_n(locked)} 0 0 1 {_n(locked)} 0"/>'
        "</svg>"
    )


def _arch(outer: float, inner: float) -> str:
    o, i = _n(outer), _n(inner)
    return f"M-{o} 0A{o} {o} 0 0 1 {o} 0H{i}A{i} {i} 0 0 0 -{i} 0Z"


def _scale_bar(x: float, y: float, size_um: float) -> str:
    return (
        f'<path class="bar" d="M{_n(x)} {_n(y - 8)}v16m0-8h{_n(size_um)}m0-8v16"/>'
        f'<text x="{_n(x + size_um / 2)}" y="{_n(y - 18)}" text-anchor="middle">{number(size_um)}\xa0µm</text>'
    )


def _n(value: float) -> str:
    """A coordinate, short."""
    return f"{round(value, 2) + 0.0:.6g}"
