"""How wide a followed groove is, sample by sample: what a groove that was cut hill and dale says.

With its strength known from the samples around, a groove that is a little wider than it was thought to be differs by
one known look: light at both walls. Least squares give its width as a weighted sum of the pixels by the walls, with
less than half of the noise that all light over the land lets in. A look holds for a small change only, so there is one
for each quarter of a pixel. Between pixels a picture is more blurred than at them, which makes narrow grooves look
wider; that look is known as well, and is weighed down as noise is (best linear estimation; S. M. Kay, Fundamentals of
Statistical Signal Processing: Estimation Theory, 1993, ch. 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from ..threads import over_blocks
from . import running
from .across import frame_of, read, towards
from .confidence import confidence
from .measured import Looked, stretches
from .refine import cleared
from .sight import BEYOND_PX, BLUR_PX, FINE, Sight, look, seen_through
from .track import Track

STEP_PX = 0.25
"""From one width whose look is known to the next."""
LEAST_PX = 0.5
"""No groove is narrower than that."""
AGAIN = 3
"""A width is told so often, each time from nearer by."""
FURTHEST_PX = 1.0
"""It may be from the last one, each time."""
UNEVEN_PX = 0.04
"""Deviation of the blur: reading between two pixels adds 0 to 1/4 px² along either axis to some 0.9 px²."""
FIRST_M, SMOOTHED_M = 16e-3, 2e-3
"""So far along the groove its strength is alike: as told by its usual look, which width moves, and by itself (tried on
X-rays)."""
MOST = 3.0
"""Times its usual strength no groove is as strong: dust is."""
TASTED = 4096
"""Samples of each stretch whose widths are looked at."""
WIDTH, STRENGTH, REST, LAND = range(4)
"""Rows of what is told."""


@dataclass(frozen=True)
class Looks:
    """What tells a groove's width, strength and land, at widths of `LEAST_PX` + k·`STEP_PX`.

    Attributes
    ----------
    weights : ndarray, float64, (m, 3, 2·reach + 1)
        Of pixels: for strength·change of width with the strength known, strength whatever the width, and land.
    own : ndarray, float64, (m,)
        What the first says of the look itself, for a strength of 1.
    basis : ndarray, float64, (m, 5, 2·reach + 1)
        Orthonormal rows: all that such a groove and its land look like.
    """

    weights: NDArray[Any]
    own: NDArray[Any]
    basis: NDArray[Any]

    def gain(self, row: int, width_px: float) -> float:
        """The deviation of what one row of weights tells, for pixels of deviation 1."""
        near = round((width_px - LEAST_PX) / STEP_PX)
        return float(np.linalg.norm(self.weights[min(max(near, 0), len(self.own) - 1), row]))


def widened(looked: Looked, sight: Sight, track: Track, progress: Progress = silent) -> Track:
    """A track whose strength is that around each sample, and whose light is this times the groove's width.

    Parameters
    ----------
    looked : Looked
    sight : Sight
        Whose reach has room for the widest place.
    track : Track
        As it was measured by the groove's usual look.

    Returns
    -------
    Track
        Sure of a groove of any width.
    """
    there = track.strength > 0
    if not there.any():
        return track
    usual = float(np.median(track.strength[there]))
    looks = looks_of(sight.reach_px, usual / track.noise)
    radius_px = track.radius_m * track.geometry.dots_per_m
    passing_m = float(np.median(track.radius_m)) * 2 * math.pi / track.steps_per_turn
    told = np.zeros((4, len(radius_px)), np.float32)
    steady = _mean(track.strength, there, FIRST_M / passing_m)
    _tell_all(looked, sight, looks, radius_px, steady, told, progress)
    own = np.clip(told[STRENGTH], 0, MOST * steady)
    steady = _mean(own, told[WIDTH] > 0, SMOOTHED_M / passing_m)
    _tell_all(looked, sight, looks, radius_px, steady, told, progress)
    sure = confidence(told[STRENGTH], told[REST], looks.gain(STRENGTH, sight.width_px))
    return replace(track, strength=steady, light=steady * told[WIDTH], confidence=sure)


def tasted(looked: Looked, sight: Sight, told: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Widths of some stretches all over the side.

    Parameters
    ----------
    told : ndarray, (stretches, 6, n)
        As `measured.taste` gives it.

    Returns
    -------
    ndarray, float32, (stretches, 4, m)
        Width (px), strength, rest, land.
    ndarray, float64, (4,)
        Deviations of them all that the picture's noise makes.
    """
    count = min(TASTED, told.shape[2])
    out = np.zeros((len(told), 4, count), np.float32)
    seen = told[:, 2] > 0
    if not seen.any():
        return out, np.zeros(4)
    usual, noise = float(np.median(told[:, 2][seen])), max(0.3, float(np.median(told[:, 4][seen])))
    looks = looks_of(sight.reach_px, usual / noise)
    side = looked.path
    turn = math.ceil(2 * math.pi / side.step_rad) + 1
    for each, here, first in zip(out, told, stretches(looked)[0], strict=True):
        there = here[2] > 0
        begin = max(0, first - turn)  # the turns beside belong to it
        part = slice(begin, first + len(there) + turn)
        own = slice(first - begin, first - begin + len(there))
        radius_px, steady = side.radius_px[part].copy(), side.strength[part].astype(np.float32)
        near = np.where(there, here[1] / np.maximum(here[2], 1e-3), 0)
        radius_px[own] = side.radius_px[first] + here[0] + near
        steady[own] = here[2]  # each by its own strength: a brighter groove is no wider
        _tell(looked, sight, looks, begin, radius_px, steady, own.start, own.start + count, each)
    gains = [looks.gain(row, sight.width_px) for row in range(3)]
    return out, noise * np.array([gains[0] / usual, gains[1], 1.0, gains[2]])


def looks_of(reach_px: int, clearness: float) -> Looks:
    """Looks of grooves with sharp walls.

    Parameters
    ----------
    reach_px : int
        Of profiles.
    clearness : float
        The groove's strength against the noise of a pixel.
    """
    sigma = seen_through(BLUR_PX)
    x = np.arange(-reach_px, reach_px + 1.0)
    one = np.ones(len(x))
    inside = slice(BEYOND_PX * FINE, -BEYOND_PX * FINE)

    def at(width_px: float, sigma_px: float = sigma) -> NDArray[Any]:
        return look(width_px, sigma_px, reach_px)[inside]

    weights, own, basis = [], [], []
    for width_px in np.arange(LEAST_PX, max(2 * reach_px - 2 * sigma, 2 * LEAST_PX), STEP_PX).tolist():
        fine = at(width_px)
        shape, slope = fine[::FINE], np.gradient(fine, 1 / FINE)[::FINE]
        wider = ((at(width_px + 0.05) - at(width_px - 0.05)) / 0.1)[::FINE]
        blurred = (clearness * (at(width_px, sigma + UNEVEN_PX) - fine))[::FINE]
        first = _best(np.stack([wider, one], 1), blurred)[0]
        _, strength, land = np.linalg.pinv(np.stack([wider, shape, one], 1))
        weights.append([first, strength, land])
        own.append(float(first @ shape))
        basis.append(np.linalg.qr(np.stack([shape, wider, slope, one, x], 1))[0].T)
    return Looks(np.array(weights), np.array(own), np.array(basis))


@kernel
def tell(
    grey: NDArray[Any],
    frame: NDArray[Any],
    weights: NDArray[Any],
    own: NDArray[Any],
    basis: NDArray[Any],
    shape: NDArray[Any],
    sign: float,
    start_rad: float,
    step_rad: float,
    path: NDArray[Any],
    strength: NDArray[Any],
    usual_px: float,
    first: int,
    last: int,
    told: NDArray[Any],
) -> None:
    """Tell samples `first` to `last`.

    Parameters
    ----------
    weights, own, basis : ndarray
        See `Looks`.
    shape : ndarray
        Of a `Sight`: what is taken off for the turns beside.
    path : ndarray, float64, (n,)
        The groove's middle, px.
    strength : ndarray, float32, (n,)
        As it is around each sample.
    usual_px : float
        A width to begin with.
    told : ndarray, float32, (4, last - first)
        Filled: width (px), strength, what is left unexplained (rms), land; 0 where the picture ends.
    """
    size = weights.shape[2]
    profile = np.empty(size)
    turn = 2.0 * math.pi / step_rad
    whole = int(turn)
    for k in range(first, last):
        across, down = towards(frame, start_rad + k * step_rad)
        told[:, k - first] = 0.0
        if strength[k] <= 0.0 or not read(grey, frame, across, down, path[k], (size - 1) // 2, profile):
            continue
        cleared(profile, shape, sign, path, strength, k, whole, turn - whole, path[k])
        width = usual_px
        look = 0
        for _ in range(AGAIN):
            look = min(max(int((width - LEAST_PX) / STEP_PX + 0.5), 0), len(own) - 1)
            off = sign * _dot(weights[look, 0], profile) / strength[k] - own[look]
            width = LEAST_PX + look * STEP_PX + min(max(off, -FURTHEST_PX), FURTHEST_PX)
        rest = _dot(profile, profile)
        for row in range(basis.shape[1]):
            rest -= _dot(basis[look, row], profile) ** 2
        told[0, k - first] = max(width, 0.0)
        told[1, k - first] = sign * _dot(weights[look, 1], profile)
        told[2, k - first] = math.sqrt(max(rest, 0.0) / max(size - basis.shape[1], 1))
        told[3, k - first] = sign * _dot(weights[look, 2], profile)


def _best(looks: NDArray[Any], unsure: NDArray[Any]) -> NDArray[Any]:
    """Weights, (k, n), of looks, (n, k), in noise of deviation 1 and a look of which there is as much more or less."""
    inverse = np.eye(len(unsure)) - np.outer(unsure, unsure) / (1 + unsure @ unsure)
    return np.asarray(np.linalg.solve(looks.T @ inverse @ looks, looks.T @ inverse))


def _mean(values: NDArray[Any], there: NDArray[Any], samples: float) -> NDArray[Any]:
    """Means over about so many samples; float32."""
    return running.mean(values, there, min(round(samples), len(values)) | 1).astype(np.float32)


def _tell_all(
    looked: Looked,
    sight: Sight,
    looks: Looks,
    radius_px: NDArray[Any],
    steady: NDArray[Any],
    told: NDArray[Any],
    progress: Progress,
) -> None:
    over_blocks(
        lambda first, last: _tell(looked, sight, looks, 0, radius_px, steady, first, last, told[:, first:last]),
        len(radius_px), "measuring the groove's width", progress,
    )  # fmt: skip


def _tell(
    looked: Looked,
    sight: Sight,
    looks: Looks,
    begin: int,
    radius_px: NDArray[Any],
    steady: NDArray[Any],
    first: int,
    last: int,
    told: NDArray[Any],
) -> None:
    """`tell`, of samples that are counted from the path's sample `begin` on."""
    tell(
        looked.grey, frame_of(looked.geometry), looks.weights, looks.own, looks.basis, sight.shape,
        1.0 if looked.bright else -1.0, looked.path.start_rad + begin * looked.path.step_rad, looked.path.step_rad,
        radius_px, steady, sight.width_px, first, last, told,
    )  # fmt: skip


@kernel
def _dot(one: NDArray[Any], other: NDArray[Any]) -> float:
    total = 0.0
    for k in range(len(one)):
        total += one[k] * other[k]
    return total
