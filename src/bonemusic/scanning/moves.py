"""A disc's geometry from its groove, exactly: how the turns move from one spoke to the next.

Spokes are grey values along the radius, averaged over the short arc up to the next one. The turns are a wave along a
spoke, and from each spoke to its neighbour the wave moves by a little: by the spiral's own advance, which is one turn's
pitch in a full turn (nothing for concentric circles), and by what is still wrong with the geometry. About a centre that
is off by (a, b), with axes that differ by e, a turn of radius r lies at

    r + a·cos θ + b·sin θ + e·r/2·cos 2θ + f·r/2·sin 2θ + r²·(c·cos θ + d·sin θ) ± pitch·θ/2π

where f is a skew of the axes, and c, d a plane that is seen obliquely. Hundreds of turns agree on each of these moves,
so that the groove's own swings average out, and no turn needs to be told from its neighbour as long as a move is less
than half a pitch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .spokes import Spokes
from .track import Geometry

BANDS = 10
COHERENT = 0.4
"""Of neighbouring spokes in one band; noise gives 1/√turns."""
LEAST_PAIRS = 24
TERMS = 6
"""a, b, e, f, c, d."""


@dataclass(frozen=True)
class Moves:
    """How the turns move between neighbouring spokes, in bands of radii.

    Attributes
    ----------
    radius_m : ndarray, float64, (bands,)
    wave_m : ndarray, float64, (bands,)
        Distance of neighbouring lines.
    move_m : ndarray, float64, (spokes, bands)
        From each spoke to the next, outwards; known up to whole waves.
    coherence : ndarray, float64, (spokes, bands)
        0 to 1.
    lag : int
        How many spokes further on the other one lies.
    """

    radius_m: NDArray[Any]
    wave_m: NDArray[Any]
    move_m: NDArray[Any]
    coherence: NDArray[Any]
    lag: int


@dataclass(frozen=True)
class Solved:
    """What the moves tell.

    Attributes
    ----------
    terms : ndarray, float64, (6,)
        a, b (m), e, f (ratios), c, d (1/m).
    advance_m : ndarray, float64, (bands,)
        How far a turn moves outwards in one turn counter-clockwise; NaN in bands without a groove.
    rest_m : float
        Typical move that is left.
    pairs : int
        Spokes and bands that were used.
    """

    terms: NDArray[Any]
    advance_m: NDArray[Any]
    rest_m: float
    pairs: int


def moves_of(waves: NDArray[Any], spokes: Spokes, lag: int = 1, bands: int = BANDS) -> Moves:
    """How the turns move from each spoke to the one `lag` further on.

    Parameters
    ----------
    waves : ndarray, complex64, (spokes, n)
        Of these spokes, by `spokes.analytic`.
    spokes : Spokes
    lag : int
    bands : int
        Into how many the radii are divided.
    """
    count = waves.shape[1] // bands * bands
    waves = waves[:, :count]
    shape = (len(waves), bands, -1)
    seen = np.isfinite(spokes.values[:, :count]).reshape(shape).mean(2)
    crossed = (np.conj(np.roll(waves, -lag, axis=0)) * waves).reshape(shape).sum(2)
    energy = (np.abs(waves) ** 2).reshape(shape).sum(2)
    both = np.sqrt(energy * np.roll(energy, -lag, axis=0))
    coherence = np.abs(crossed) / (both + 1e-12)
    coherence[(seen < 0.5) | (np.roll(seen, -lag, axis=0) < 0.5)] = 0
    strong = coherence > COHERENT
    coherence[both < 0.05 * (np.median(both[strong]) if strong.any() else 0.0)] = 0
    turned = (waves[:, 1:] * np.conj(waves[:, :-1])).sum(0)
    each = np.array([part.sum() for part in np.array_split(turned, bands)])
    length = 2 * np.pi * spokes.step_m / np.maximum(np.angle(each), 1e-3)
    radius = spokes.radius_m[:count].reshape(bands, -1).mean(1)
    return Moves(radius, length, np.angle(crossed) * length / (2 * np.pi), coherence, lag)


def solve(found: Sequence[Moves], free: tuple[int, ...], last: Solved | None = None) -> Solved | None:
    """The geometry's errors and the spiral's advance, by least squares over all moves.

    Each swing of the groove moves two neighbours against each other; over longer lags it weighs less. So moves of long
    lags say most, once short ones have told which wave they belong to.

    Parameters
    ----------
    found : sequence of Moves
        Of several lags, in the same bands.
    free : tuple of int
        Which of the six terms are looked for.
    last : Solved or None
        What is known so far, to within half a wave over the longest lag.

    Returns
    -------
    Solved or None
        None where too few spokes show a groove.
    """
    spokes, bands = found[0].move_m.shape
    if (found[0].coherence > COHERENT).sum() < LEAST_PAIRS:
        return None
    parts = [_equations(each, free) for each in found]
    rows, right, weight, wave = (np.concatenate(column) for column in zip(*parts, strict=True))
    solved = np.zeros(TERMS + bands) if last is None else np.concatenate([last.terms, np.nan_to_num(last.advance_m)])
    used = np.flatnonzero(np.abs(rows).sum(0) > 0)
    scale = np.sqrt((rows[:, used] ** 2).sum(0))
    tall = rows[:, used] / scale
    for turn in range(6):
        rest = right - rows @ solved if turn or last else right * 1.0
        whole = np.round(rest / wave) * wave  # a move is known up to whole waves
        right -= whole
        rest -= whole
        spread = max(float(np.median(np.abs(rest))) * 1.5, 1e-9)
        weighed = tall * (weight / (1 + (rest / (3 * spread)) ** 2))[:, None]
        solved = np.zeros(TERMS + bands)
        solved[used] = np.linalg.lstsq(weighed.T @ tall, weighed.T @ right, rcond=1e-10)[0] / scale
    advance = solved[TERMS:].copy()
    advance[(found[0].coherence > COHERENT).sum(0) < spokes // 30] = math.nan
    return Solved(solved[:TERMS], advance, float(np.median(np.abs(rest))), len(rows))


def corrected(geometry: Geometry, terms: NDArray[Any]) -> Geometry:
    """The geometry with the errors taken out that a centre and two scales can take; the mean scale stays."""
    across = geometry.across_per_m * (1 + terms[2] / 2)
    down = geometry.down_per_m * (1 - terms[2] / 2)
    return Geometry(
        geometry.x_px + float(terms[0]) * geometry.across_per_m,
        geometry.y_px - float(terms[1]) * geometry.down_per_m,
        float(across),
        float(down),
    )


def _equations(found: Moves, free: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    """Rows of unknowns' parts, moves, weights and waves, of those that are coherent."""
    spokes, bands = found.move_m.shape
    use = found.coherence > COHERENT
    angle = 2 * np.pi * np.arange(spokes) / spokes
    later = angle + 2 * np.pi * found.lag / spokes
    rows = np.zeros((int(use.sum()), TERMS + bands))
    for term in free:
        change = _basis(term, later[:, None], found.radius_m) - _basis(term, angle[:, None], found.radius_m)
        rows[:, term] = change[use]
    band = np.broadcast_to(np.arange(bands), (spokes, bands))[use]
    rows[np.arange(len(rows)), TERMS + band] = found.lag / spokes
    sure = found.coherence[use] ** 2
    return rows, found.move_m[use], sure / np.maximum(1 - sure, 0.1), found.wave_m[band]


def _basis(term: int, angle: NDArray[Any], radius: NDArray[Any]) -> NDArray[Any]:
    """One of the six terms of the module's formula, for spokes and bands."""
    round_ = (np.cos, np.sin)[term % 2]
    if term < 2:
        return np.asarray(round_(angle) + 0 * radius)
    if term < 4:
        return np.asarray(radius / 2 * round_(2 * angle))
    return np.asarray(radius**2 * round_(angle))
