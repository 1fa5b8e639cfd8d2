"""The soft parts of a chest: body, lungs with their vessels, heart, windpipe, diaphragm, stomach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .shapes import Floats, Layer, Tube, add_tube, pixels, smooth_line, soft_step, stretched

# curves: places above, values below
# half the body's width at each height; the arms leave the picture above the armpits
BODY_SIDE = (
    (-1, -0.5, -0.3, -0.18, -0.06, 0.15, 0.6, 1),
    (1.9, 1.6, 1.16, 0.93, 0.835, 0.8, 0.775, 0.8),
)
# the height of the neck and shoulders, from the middle outwards
SHOULDER = (
    (0, 0.17, 0.215, 0.27, 0.42, 0.62, 0.8, 1, 1.3),
    (-1.6, -1.25, -1, -0.9, -0.84, -0.8, -0.75, -0.6, -0.2),
)
# the lungs' outer side at each height, and their inner sides beside the heart (left and right in the picture)
LUNG_SIDE = (
    (-0.715, -0.708, -0.69, -0.645, -0.57, -0.45, -0.32, -0.18, 0, 0.18, 0.4, 0.7),
    (0, 0.09, 0.155, 0.228, 0.308, 0.405, 0.49, 0.553, 0.615, 0.648, 0.66, 0.65),
)
HEART_RIGHT = (
    (-0.75, -0.6, -0.4, -0.25, -0.1, 0.02, 0.14, 0.26, 0.34, 0.5),
    (0.1, 0.085, 0.095, 0.115, 0.125, 0.165, 0.195, 0.175, 0.13, 0.1),
)
HEART_LEFT = (
    (-0.75, -0.6, -0.5, -0.42, -0.35, -0.27, -0.2, -0.1, 0.02, 0.14, 0.25, 0.34, 0.5),
    (0.1, 0.085, 0.1, 0.142, 0.128, 0.125, 0.145, 0.175, 0.25, 0.335, 0.385, 0.39, 0.35),
)
# the diaphragm's domes from the middle outwards: steep into the corner at the ribs
DOME_RIGHT = (
    (0, 0.12, 0.25, 0.38, 0.5, 0.58, 0.64, 0.7),
    (0.36, 0.31, 0.275, 0.285, 0.34, 0.43, 0.56, 0.75),
)
DOME_LEFT = (
    (0, 0.15, 0.28, 0.4, 0.51, 0.59, 0.645, 0.7),
    (0.42, 0.36, 0.325, 0.335, 0.385, 0.47, 0.6, 0.78),
)
THINNEST = 0.003  # half the width of a vessel that forks no more
HILUM = ((-0.135, -0.13), (0.145, -0.17))


def soft_parts(count: int) -> Layer:
    """What all soft parts hold back, (count, count): 0 in the air beside the body."""
    body = body_depth(count)
    air = lungs(count)
    layer: Layer = body * (2.75 - 2.12 * air) * (1 + 0.035 * _flesh(count))
    layer += (0.9 * _heart(count) + 0.28 * _liver(count)) * body
    layer -= (0.3 * _windpipe(count) + _stomach(count)) * body
    vessels = np.zeros_like(layer)
    for tube in _vessels():
        add_tube(vessels, tube)
    layer += (17 * vessels + 0.35 * _roots(count)) * (0.25 + 0.75 * air)
    return layer


def body_depth(count: int) -> Layer:
    """How thick the body is, 0 to 1, rounded towards its skin."""
    at = pixels(count)
    x, y = np.abs(at)[None, :], at[:, None]
    side = smooth_line(BODY_SIDE, at).astype(np.float32)[:, None] - x
    top = y - smooth_line(SHOULDER, np.abs(at)).astype(np.float32)[None, :]
    depth = _rounded(side, 0.42) * _rounded(0.8 * top, 0.45)
    return np.asarray(depth * (1 - 0.14 * x * x) * (0.88 + 0.10 * soft_step(y / 0.7)), np.float32)


def _rounded(inside: Layer, reach: float) -> Layer:
    """How thick something round is that far inside its edge."""
    t = np.clip(inside / reach, 0, 1)
    return np.asarray(np.sqrt(t * (2 - t)) ** 0.75, np.float32)


def lungs(count: int) -> Layer:
    """How much of the body's depth is air, (count, count), 0 to 1."""
    at = pixels(count)
    x, y = np.abs(at)[None, :], at[:, None]
    outer = smooth_line(LUNG_SIDE, at).astype(np.float32)[:, None]
    left = at[None, :] > 0
    right_edge = smooth_line(HEART_RIGHT, at).astype(np.float32)[:, None]
    left_edge = smooth_line(HEART_LEFT, at).astype(np.float32)[:, None]
    inner = np.where(left, left_edge, right_edge)
    dome = np.where(left, smooth_line(DOME_LEFT, np.abs(at)), smooth_line(DOME_RIGHT, np.abs(at))).astype(np.float32)
    depth = _rounded(outer - x, 0.3) * soft_step((x - inner) / 0.011) * soft_step((dome - y) / 0.010)
    # lung lies behind the heart and below the domes too, but thinner
    behind = _rounded(outer - x, 0.3) * soft_step((x - 0.06) / 0.03) * soft_step((dome + 0.14 - y) / 0.14)
    top = 0.72 + 0.28 * soft_step((y + 0.45) / 0.3)
    return np.asarray((0.86 * depth + 0.14 * behind) * top * (1 - 0.12 * soft_step((y - 0.05) / 0.35)), np.float32)


def _heart(count: int) -> Layer:
    """The heart's own bulk, thickest in its middle."""
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    r2 = ((x - 0.09) * 0.9 + (y - 0.14) * 0.25) ** 2 / 0.26**2 + ((y - 0.14) - (x - 0.09) * 0.2) ** 2 / 0.27**2
    return np.asarray(0.35 * np.sqrt(np.clip(1 - r2, 0, None)), np.float32)


def _liver(count: int) -> Layer:
    """Under the right dome (on the picture's left): the body's densest soft part."""
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    side, below, above = (0.12 - x) / 0.3, (0.78 - y + 0.35 * x) / 0.2, (y - 0.3) / 0.12
    return np.asarray(soft_step(side) * soft_step(below) * soft_step(above), np.float32)


def _flesh(count: int) -> Layer:
    """The unevenness of muscle and fat, soft and wide."""
    rng = np.random.default_rng(23)
    out = np.zeros((count, count), np.float32)
    for knots, strength in ((7, 0.7), (17, 0.45), (41, 0.25)):
        out += strength * stretched(rng.standard_normal((knots, knots), np.float32), (count, count))
    return out


def _roots(count: int) -> Layer:
    """The lungs' roots, where vessels and airways crowd."""
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    out = np.zeros((count, count), np.float32)
    for side, (cx, cy) in zip((-1, 1), HILUM, strict=True):
        r2 = ((x - cx - 0.02 * side) / 0.055) ** 2 + ((y - cy - 0.02 - 0.4 * side * (x - cx)) / 0.095) ** 2
        out += np.exp(-r2)
    return out


def _windpipe(count: int) -> Layer:
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    pipe = np.sqrt(np.clip(1 - ((x - 0.008) / 0.033) ** 2, 0, None)) * soft_step((-0.27 - y) / 0.03)
    for side, slope in ((-1, 0.75), (1, 0.5)):
        out = side * (x - 0.008)
        middle = -0.285 + slope * out
        branch = np.sqrt(np.clip(1 - ((y - middle) / 0.028) ** 2, 0, None))
        pipe = np.maximum(pipe, 0.75 * branch * soft_step(out / 0.01) * soft_step((0.16 - out) / 0.05))
    return np.asarray(pipe, np.float32)


def _stomach(count: int) -> Layer:
    """A bubble of air under the left dome."""
    at = pixels(count)
    x, y = at[None, :], at[:, None]
    r = np.hypot((x - 0.33) / 0.17, (y - 0.50) / 0.105 + 0.25 * ((x - 0.33) / 0.17) ** 2)
    return np.asarray(0.36 * soft_step((1 - r) / 0.12) * (1 - 0.3 * r), np.float32)


def _vessels() -> list[Tube]:
    """The lungs' vessels: trees that leave each root, fork and thin out."""
    rng = np.random.default_rng(19)
    tubes: list[Tube] = []
    for side, (x, y) in zip((-1, 1), HILUM, strict=True):
        for heading in np.linspace(-1.3, 1.4, 11):
            start, root = np.array([x, y + 0.03 * heading]), len(tubes)
            _grow(tubes, start, heading + rng.normal(0, 0.1), side, 0.0135 * rng.uniform(0.75, 1.1), rng)
            # where it leaves the lung's root nothing begins: it comes from behind
            tubes[root] = replace(tubes[root], weight=np.linspace(0, 2, len(tubes[root].weight)).clip(0, 1))
    return tubes


def _grow(tubes: list[Tube], start: Floats, heading: float, side: int, half: float, rng: np.random.Generator) -> None:
    """One vessel from its root to its fork, and what grows from there."""
    steps = 10
    turns = heading + np.cumsum(rng.normal(0, 0.07, steps))
    reach = 0.115 * rng.uniform(0.8, 1.25) * (half / 0.013) ** 0.3
    moves = reach / steps * np.stack([side * np.cos(turns), np.sin(turns)], axis=1)
    line = start + np.concatenate([[[0, 0]], np.cumsum(moves, axis=0)])
    widths = np.linspace(half, 0.78 * half, steps + 1)
    tubes.append(Tube(line, widths, np.ones(steps + 1), 1.0, 1.0))
    if half < THINNEST:
        return
    spread = rng.uniform(0.25, 0.5)
    _grow(tubes, line[-1], turns[-1] + 0.6 * spread, side, 0.76 * half, rng)
    _grow(tubes, line[-1], turns[-1] - spread, side, 0.62 * half, rng)
