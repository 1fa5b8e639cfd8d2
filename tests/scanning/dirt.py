"""Dust and scratches on a disc: where they lie, what shape they have, and which samples of the groove they touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonemusic.groove import Groove

CORNERS = 24
POINTS = 200


@dataclass(frozen=True)
class Speck:
    """A speck of dust, round but for its uneven edge: its middle, its radius, and the grey that it shows."""

    x_m: float
    y_m: float
    radius_m: float
    grey: float
    seed: int


@dataclass(frozen=True)
class Scratch:
    """A scratch, a little bent: its ends, how far its middle is off the straight line, its width and its grey."""

    from_m: tuple[float, float]
    to_m: tuple[float, float]
    bend_m: float
    width_m: float
    grey: float

    def line(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Points of its middle, x and y, and unit vectors across it, (2, points)."""
        a, b = np.array(self.from_m), np.array(self.to_m)
        across = np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
        t = np.linspace(0, 1, POINTS)
        x, y = a[:, None] + (b - a)[:, None] * t + across[:, None] * (4 * self.bend_m * t * (1 - t))
        way = np.gradient(x + 1j * y)
        normal = 1j * way / np.abs(way)
        return x, y, np.stack([normal.real, normal.imag])


@dataclass(frozen=True)
class Dirt:
    """What lies on a disc, in its own frame."""

    specks: tuple[Speck, ...] = ()
    scratches: tuple[Scratch, ...] = ()

    def shapes(self) -> Iterator[tuple[float, NDArray[Any], NDArray[Any]]]:
        """Grey and closed outline, x and y in metres, of each."""
        angle = np.linspace(0, 2 * np.pi, CORNERS + 1)
        for speck in self.specks:
            rng = np.random.default_rng(speck.seed)
            edge = 1 - 0.15 * rng.random() * (1 + np.cos(2 * angle + 6.3 * rng.random()))
            edge -= 0.1 * rng.random() * (1 + np.cos(5 * angle + 6.3 * rng.random()))
            yield (
                speck.grey,
                speck.x_m + speck.radius_m * edge * np.cos(angle),
                speck.y_m + speck.radius_m * edge * np.sin(angle),
            )
        for scratch in self.scratches:
            x, y, (u, v) = scratch.line()
            half = scratch.width_m / 2 * np.sin(np.linspace(0, np.pi, POINTS)) ** 0.3
            sides = (
                np.concatenate([x + u * half, (x - u * half)[::-1]]),
                np.concatenate([y + v * half, (y - v * half)[::-1]]),
            )
            yield scratch.grey, np.append(sides[0], sides[0][0]), np.append(sides[1], sides[1][0])

    def touches(self, groove: Groove, half_width_m: float) -> NDArray[Any]:
        """Which samples of a groove are touched, bool, (n,)."""
        out = np.zeros(len(groove), bool)
        if not self.specks and not self.scratches:
            return out
        turns = np.arange(len(groove)) * groove.turns_per_sample
        radius = groove.spiral.at(turns) + groove.lateral_m
        x, y = radius * np.cos(2 * np.pi * turns), radius * np.sin(2 * np.pi * turns)
        grid = _Grid(x, y)
        for speck in self.specks:
            grid.mark(out, np.array([speck.x_m]), np.array([speck.y_m]), speck.radius_m + half_width_m)
        for scratch in self.scratches:
            a, b, _ = scratch.line()
            fine = np.linspace(0, POINTS - 1, 8 * POINTS)
            a, b = (np.interp(fine, np.arange(POINTS), c) for c in (a, b))
            step = float(np.hypot(np.diff(a), np.diff(b)).max())
            grid.mark(out, a, b, scratch.width_m / 2 + half_width_m + step / 2)
        return out


class _Grid:
    """Points sorted by the square of 1 mm that they lie in."""

    SIZE_M = 1e-3
    ROW = 1 << 16

    def __init__(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        self.x, self.y = x, y
        cell = self._cell(x, y)
        self.order = np.argsort(cell, kind="stable")
        self.cells = cell[self.order]

    def _cell(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        column, row = (np.floor(c / self.SIZE_M).astype(np.int64) + self.ROW // 2 for c in (x, y))
        return np.asarray(row * self.ROW + column)

    def mark(self, out: NDArray[Any], x: NDArray[Any], y: NDArray[Any], radius_m: float) -> None:
        """Mark what lies within a radius of any of some points; the radius is at most the grid's size."""
        assert radius_m <= self.SIZE_M
        for px, py in zip(x, y, strict=True):
            middle = int(self._cell(np.array(px), np.array(py)))
            for row in (-self.ROW, 0, self.ROW):
                a, b = np.searchsorted(self.cells, [middle + row - 1, middle + row + 2])
                near = self.order[a:b]
                out[near[np.hypot(self.x[near] - px, self.y[near] - py) < radius_m]] = True


def dirt_of(inner_m: float, outer_m: float, specks: int, scratches: int, seed: int) -> Dirt:
    """So much dirt between two radii.

    Specks are 0.05 to 0.3 mm across, most of them small, half of them dark and half bright; scratches 15 to 60 µm
    wide, 5 to 60 mm long where there is room, and bright: the emulsion is off (assumed: what unwiped films show).
    """
    rng = np.random.default_rng((seed, 77))
    dust = []
    for k in range(specks):
        r, a = np.sqrt(rng.uniform(inner_m**2, outer_m**2)), rng.uniform(0, 2 * np.pi)
        size = float(np.exp(rng.uniform(np.log(25e-6), np.log(150e-6))))
        grey = float(rng.uniform(0, 40) if rng.random() < 0.5 else rng.uniform(200, 255))
        dust.append(Speck(float(r * np.cos(a)), float(r * np.sin(a)), size, grey, seed * 100_003 + k))
    lines = []
    for _ in range(scratches):
        r, a = rng.uniform(inner_m, outer_m), rng.uniform(0, 2 * np.pi)
        length, way = min(rng.uniform(5e-3, 60e-3), outer_m), rng.uniform(0, 2 * np.pi)
        start = r * np.cos(a), r * np.sin(a)
        end = start[0] + length * np.cos(way), start[1] + length * np.sin(way)
        lines.append(
            Scratch(
                (float(start[0]), float(start[1])),
                (float(end[0]), float(end[1])),
                float(length * rng.uniform(-0.1, 0.1)),
                float(rng.uniform(15e-6, 60e-6)),
                float(rng.uniform(180, 250)),
            )
        )
    return Dirt(tuple(dust), tuple(lines))
