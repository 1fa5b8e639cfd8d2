"""The bones of a chest as a film shows them, its left on the right: ribs, spine, shoulders, upper arms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .shapes import Floats, Layer, Tube, add_tube, pixels, smooth_path, soft_step, stretched

RIB_HALF_WIDTH = (0.265, 0.395, 0.485, 0.55, 0.6, 0.635, 0.657, 0.668, 0.672, 0.66, 0.61, 0.5)
RIB_DROP = (0.15, 0.24, 0.32, 0.385, 0.44, 0.485, 0.52, 0.54, 0.53, 0.5, 0.42, 0.32)  # from its back to its front end
RIB_END = (0.86, 0.84, 0.83, 0.82, 0.81, 0.8, 0.79, 0.77, 0.73, 0.68, 0.47, 0.36)  # in half turns from the spine
HARD = np.float32(28)  # what hard bone holds back, as thick as half the picture is wide
SQUARE = 0.88  # a hoop a little squarer than an ellipse
FIRST_VERTEBRA_Y = -0.66
LEVEL = 0.099
LEVELS = range(-4, 17)  # from the neck to the loins


def vertebra_y(number: int) -> float:
    """The height of a vertebra's middle; 1 is the first with a rib."""
    return FIRST_VERTEBRA_Y + LEVEL * (number - 1) + 0.0012 * (number - 1) ** 2 * (number > 1)


def bones(count: int) -> Layer:
    """What the ribs and shoulders hold back, (count, count)."""
    layer = np.zeros((count, count), np.float32)
    for side in (-1, 1):
        for tube in _ribs(side):
            add_tube(layer, tube)
        for tube in _shoulder(side):
            add_tube(layer, tube)
    return HARD * layer


def _ribs(side: int) -> Iterator[Tube]:
    """Each rib is a hoop, tilted forward and down: an arc behind, bright, and one in front, wider and fainter."""
    for k in range(12):
        end = RIB_END[k] * np.pi
        wobble = 1 + 0.012 * np.sin(2.1 * k + side)
        head = np.arcsin((0.07 / RIB_HALF_WIDTH[k]) ** (1 / SQUARE))
        for first, last in ((head, min(end, np.pi / 2)), (np.pi / 2, end)):
            if last <= first:
                continue
            turn = np.linspace(first, last, 40)
            line = _hoop(turn, k, side, wobble)
            # where a rib runs along the rays, they meet more of it
            run = np.hypot(*np.gradient(line, axis=0).T)
            deep = np.abs(np.gradient(-0.72 * RIB_HALF_WIDTH[k] * np.cos(turn)))
            along = np.minimum(np.hypot(run, deep) / run, 2.0) ** 0.8
            front = np.clip(turn / np.pi * 2 - 1, 0, 1)
            fade = np.clip((end - turn) / (0.1 * np.pi if end > np.pi / 2 else 0.1), 0, 1) ** 0.7
            half = (0.0245 + 0.0065 * front) * (0.82 + 0.18 * min(1, k / 3)) * (1 - 0.25 * (k > 9))
            yield Tube(line, half, (0.95 - 0.3 * front) * along * fade, 0.19, 0.2)


def _hoop(turn: Floats, k: int, side: int, wobble: float) -> Floats:
    x = side * RIB_HALF_WIDTH[k] * np.sin(turn) ** SQUARE * wobble
    drop = RIB_DROP[k] * ((1 - np.cos(turn)) / 2) ** 0.85
    arch = (0.022 if k < 8 else 0.012) * np.sin(np.clip(2 * turn, 0, np.pi))
    uneven = 0.0035 * np.sin(5 * turn + 1.7 * k + side) + 0.004 * np.sin(2.6 * k + 2 * side)
    return np.stack([x, vertebra_y(k + 1) - 0.012 + drop - arch + uneven], axis=1)


# the shoulder's bones, on the picture's right: x and y along the bone, half widths; weight, shell, marrow
COLLARBONE = (
    (0.082, 0.2, 0.38, 0.53, 0.68),
    (-0.575, -0.615, -0.655, -0.715, -0.715),
    (0.034, 0.029, 0.025, 0.026, 0.032),
    (0.85, 0.3, 0.35),
)
UPPER_ARM = (
    (0.815, 0.84, 0.9, 0.97),
    (-0.585, -0.53, -0.34, -0.05),
    (0.084, 0.08, 0.052, 0.043),
    (0.62, 0.13, 0.42),
)
# round the shoulder blade: socket, outer border, lower tip, inner border, upper border
BLADE = (
    (0.7, 0.708, 0.685, 0.635, 0.59, 0.555, 0.525, 0.485, 0.475, 0.505, 0.58, 0.65),
    (-0.625, -0.55, -0.47, -0.33, -0.17, -0.12, -0.18, -0.38, -0.52, -0.59, -0.6, -0.615),
    (0.02, 0.03, 0.023, 0.017, 0.015, 0.014, 0.009, 0.008, 0.008, 0.009, 0.009, 0.012),
    (0.85, 0.4, 0.5),
)
BLADE_SPINE = (
    (0.49, 0.58, 0.69, 0.79),
    (-0.54, -0.625, -0.685, -0.68),
    (0.009, 0.017, 0.023, 0.029),
    (0.7, 0.3, 0.45),
)
CORACOID = (
    (0.665, 0.62, 0.595),
    (-0.615, -0.6, -0.565),
    (0.024, 0.022, 0.021),
    (0.7, 0.25, 0.5),
)


def _shoulder(side: int) -> Iterator[Tube]:
    for x, y, half_widths, (weight, shell, marrow) in (COLLARBONE, UPPER_ARM, BLADE, BLADE_SPINE, CORACOID):
        count = 16 * len(x)
        line = smooth_path(np.stack([x, y], axis=1), count)
        widths = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(x)), half_widths)
        weights = weight * np.clip(0.55 + np.linspace(0, 4, count), 0, 1)  # an end is spongy and thin-walled
        yield Tube(line * [side, 1], widths, weights, shell, marrow, round_ends=True)


def spine(count: int) -> Layer:
    """What the backbone holds back, (count, count): bodies, discs between them, pedicles, processes."""
    layer = np.zeros((count, count), np.float32)
    at = pixels(count)
    near = np.flatnonzero(np.abs(at) < 0.24)
    columns = slice(near[0], near[-1] + 1)
    for number in LEVELS:
        middle = vertebra_y(number)
        height = (vertebra_y(number + 1) - vertebra_y(number - 1)) / 2
        rows_at = np.flatnonzero(np.abs(at - middle) < 1.3 * height)
        if len(rows_at) < 2:
            continue
        rows = slice(rows_at[0], rows_at[-1] + 1)
        up = (at[rows, None] - middle) / (0.5 * height)
        layer[rows, columns] += _vertebra(at[None, columns], up, number)
    return layer


def _vertebra(x: Layer, y: Layer, number: int) -> Layer:
    """One vertebra; y runs from -1 to 1 between the middles of its discs."""
    half = np.float32(0.064 + 0.0033 * max(0, number) + 0.004 * min(3, max(0, number)))
    waist = half * (0.9 + 0.1 * np.clip(np.abs(y), 0, 1) ** 3)
    out = np.abs(x) / waist
    up = np.abs(y) / (0.9 - 0.07 * np.clip(out, 0, 1) ** 4)
    inside = soft_step((1 - out) * 14) * soft_step((1 - up) * 11)
    plates = np.exp(-(((up - 0.94) / 0.06) ** 2)) * soft_step((1 - out) * 14)
    walls = np.exp(-(((out - 0.93) / 0.06) ** 2)) * soft_step((1 - up) * 11)
    rings = _ring(np.abs(x) - 0.6 * half, y + 0.25, 0.017, 0.3)
    # the spinous process hangs over the vertebra below: a drop seen from its end
    drop = _ring(x, y - 0.72, 0.0125, 0.34)
    cross = soft_step((1 - np.abs(y + 0.2 + 2.2 * (np.abs(x) - half)) / 0.3) * 3)
    cross = cross * soft_step((half * 1.8 - np.abs(x)) / 0.03) * soft_step((np.abs(x) - 0.5 * half) / 0.02)
    total = 0.36 * inside + 0.17 * plates + 0.15 * walls + 0.24 * rings + 0.3 * drop + 0.13 * cross
    return np.asarray(total, np.float32)


def _ring(x: Layer, y: Layer, half_x: float, half_y: float) -> Layer:
    """An oval with a bright rim."""
    r = np.hypot(x / half_x, y / half_y)
    return np.asarray(0.45 * soft_step((1 - r) * 4) + 0.75 * np.exp(-(((r - 0.85) / 0.22) ** 2)), np.float32)


def sponge(count: int) -> Layer:
    """The unevenness inside bones, (count, count), about -1 to 1: a fine net on a coarse one."""
    rng = np.random.default_rng(31)
    fine = rng.standard_normal((count // 3, count // 4), np.float32)
    coarse = rng.standard_normal((count // 8, count // 10), np.float32)
    return 0.5 * stretched(fine, (count, count)) + 0.5 * stretched(coarse, (count, count))
