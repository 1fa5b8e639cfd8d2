"""How loud a song is, measured as it flows by: programme loudness, true peak, clipping, and its channels' phase.

References
----------
.. [1] ITU-R BS.1770-4, "Algorithms to measure audio programme loudness and true-peak audio level", Annex 1 (K-weighting
   and gating).
.. [2] EBU Tech 3341, "Loudness metering: EBU mode", §2.2: short-term loudness, a window of 3 s.
.. [3] C. Steinmetz, J. Reiss, "pyloudnorm: A simple yet flexible loudness meter in Python", AES 150, 2021: the two
   filters at any rate, by the formulas of R. Bristow-Johnson's "Audio EQ cookbook".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..mixing import refuse_many
from .peaks import ClipMeter, Clipped, PeakMeter

HOPS_PER_S = 10
GATING_HOPS = 4
"""Blocks of 0.4 s that begin every 0.1 s."""
SHORT_TERM_S = 3
OFFSET_LU = -0.691
"""So that a sine of 997 Hz at full scale in one channel is at -3.01 LUFS [1]_."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
SHELF_HZ, SHELF_DB, SHELF_Q = 1500.0, 4.0, math.sqrt(0.5)
LOW_CUT_HZ, LOW_CUT_Q = 38.0, 0.5
SILENT = 1e-10
"""Mean square of what counts as silence when phases are compared: -100 dB."""


@dataclass(frozen=True)
class Loudness:
    """What a `Meter` found.

    Attributes
    ----------
    integrated_lufs : float or None
        Gated loudness of the whole [1]_; None for silence and for what is shorter than one block of 0.4 s.
    short_term_s, short_term_lufs : ndarray, float64, (k,)
        Middles of windows of 3 s, one a second from 1.5 s on, and the loudness there [2]_, -inf in silence. Empty for
        less than 3 s.
    true_peak_db, sample_peak_db : float or None
        Re full scale, between the samples and of the samples themselves; None for silence.
    clipped_runs : int
        How often three frames or more in a row are cut off at full scale.
    clipped : tuple of Clipped
        The 20 longest of them, in order of time.
    correlation : ndarray, float64, (seconds,)
        Of left and right in each second, 1 in phase (and mono, and silent), -1 out of phase, 0 where one is silent.
    """

    integrated_lufs: float | None
    short_term_s: NDArray[Any]
    short_term_lufs: NDArray[Any]
    true_peak_db: float | None
    sample_peak_db: float | None
    clipped_runs: int
    clipped: tuple[Clipped, ...]
    correlation: NDArray[Any]


class Meter:
    """Measures a song block by block; the result does not depend on where the blocks end.

    Parameters
    ----------
    rate_hz : int
    channels : int
        1 or 2.

    Raises
    ------
    SoundError
        More channels.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        refuse_many(channels)
        self._rate_hz = rate_hz
        self._coefficients = k_weighting(rate_hz)
        self._state = np.zeros(8)
        self._sums = np.zeros(4)
        self._count = 0
        self._hops: list[NDArray[Any]] = [np.zeros((0, 4))]
        self._peaks = PeakMeter(rate_hz, channels)
        self._clips = ClipMeter(rate_hz, channels)

    def add(self, block: NDArray[np.float32]) -> None:
        """Measure what follows, float32, (n, channels)."""
        hops = np.empty((len(block) * HOPS_PER_S // self._rate_hz + 2, 4))
        done = _weigh(block, self._rate_hz, self._count, self._coefficients, self._state, self._sums, hops)
        self._hops.append(hops[:done])
        self._count += len(block)
        self._clips.add(block, self._peaks.add(block))

    def tapped(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same blocks, each measured as it passes."""
        for block in blocks:
            self.add(block)
            yield block

    def result(self) -> Loudness:
        """What was found so far."""
        hops = np.concatenate(self._hops)
        rest = self._count - len(hops) * self._rate_hz // HOPS_PER_S
        hop = self._rate_hz / HOPS_PER_S
        heard = hops[:, 0]
        if rest >= hop / 2:  # as pyloudnorm counts: the last block may want up to half a hop
            heard = np.append(heard, self._sums[0])
        short = np.convolve(hops[:, 0], np.ones(SHORT_TERM_S * HOPS_PER_S), "valid") if len(hops) >= 30 else np.zeros(0)
        short = short[::HOPS_PER_S] / (SHORT_TERM_S * self._rate_hz)
        sample_peak, true_peak = self._peaks.result()
        runs, clipped = self._clips.result()
        return Loudness(
            integrated_lufs=_gated(heard, hop),
            short_term_s=np.arange(len(short)) + SHORT_TERM_S / 2,
            short_term_lufs=_lufs(short),
            true_peak_db=_db(true_peak),
            sample_peak_db=_db(sample_peak),
            clipped_runs=runs,
            clipped=clipped,
            correlation=_correlation(np.vstack([hops, self._sums]), self._rate_hz, self._count),
        )


def k_weighting(rate_hz: int) -> NDArray[Any]:
    """The two filters of K-weighting at a rate: b0 b1 b2 a1 a2 of each, (2, 5), a0 = 1 [3]_.

    H(z) = (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²): a shelf of 4 dB above 1.5 kHz, then a low-cut at 38 Hz. At
    rates that do not carry the shelf (below some 3.3 kHz) there is none.
    """
    w, a = 2 * math.pi * SHELF_HZ / rate_hz, 10 ** (SHELF_DB / 40)
    c, alpha = math.cos(w), math.sin(w) / (2 * SHELF_Q)
    root = 2 * math.sqrt(a) * alpha
    shelf = np.array([
        a * (a + 1 + (a - 1) * c + root), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - root),
        2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - root,
    ]) / (a + 1 - (a - 1) * c + root)  # fmt: skip
    if 0.45 * rate_hz < SHELF_HZ:
        shelf = np.array([1.0, 0, 0, 0, 0])
    w = 2 * math.pi * LOW_CUT_HZ / rate_hz
    c, alpha = math.cos(w), math.sin(w) / (2 * LOW_CUT_Q)
    low_cut = np.array([(1 + c) / 2, -1 - c, (1 + c) / 2, -2 * c, 1 - alpha]) / (1 + alpha)
    return np.stack([shelf, low_cut])


def _gated(hops: NDArray[Any], hop: float) -> float | None:
    """Integrated loudness of energies per hop, [1]_ (5)-(7); None where nothing passes the gates."""
    if len(hops) < GATING_HOPS:
        return None
    blocks = np.convolve(hops, np.ones(GATING_HOPS), "valid") / (GATING_HOPS * hop)
    loud = _lufs(blocks)
    heard = blocks[loud >= ABSOLUTE_GATE_LUFS]
    if len(heard) == 0:
        return None
    gate = max(_lufs(heard.mean()) + RELATIVE_GATE_LU, ABSOLUTE_GATE_LUFS)
    return float(_lufs(blocks[loud > gate].mean()))


def _lufs(power: Any) -> Any:
    with np.errstate(divide="ignore"):
        return OFFSET_LU + 10 * np.log10(np.maximum(power, 0.0))


def _db(peak: float) -> float | None:
    return 20 * math.log10(peak) if peak > 0 else None


def _correlation(hops: NDArray[Any], rate_hz: int, count: int) -> NDArray[Any]:
    """Σlr/√(Σl²·Σr²) of each second; the last may be a shorter one."""
    seconds = -(-count // rate_hz)
    sums = np.zeros((seconds * HOPS_PER_S, 3))
    sums[: len(hops)] = hops[: len(sums), 1:]
    left, right, both = sums.reshape(seconds, HOPS_PER_S, 3).sum(axis=1).T
    frames = np.minimum(rate_hz, count - np.arange(seconds) * rate_hz)
    quiet = (left < SILENT * frames).astype(int) + (right < SILENT * frames)
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.clip(both / np.sqrt(left * right), -1, 1)
    return np.asarray(np.where(quiet > 0, quiet == 2, alike), np.float64)


@kernel
def _stage(x: float, k: Any, s0: float, s1: float) -> tuple[float, float, float]:
    """One sample through one filter (transposed direct form II): what comes out, and its state after it."""
    y = k[0] * x + s0
    return y, k[1] * x - k[3] * y + s1, k[2] * x - k[4] * y


@kernel
def _weigh(block: Any, rate_hz: int, count: int, coefficients: Any, state: Any, sums: Any, hops: Any) -> int:
    """Sums over the hops that end in a block: K-weighted energy of all channels, left², right², left·right.

    Of one channel, left and right are the same, and its energy counts once. `state` and `sums` go on from block to
    block; `count` frames came before.
    """
    channels = block.shape[1]
    shelf, low_cut = coefficients[0], coefficients[1]
    more = 1.0 if channels == 2 else 0.0
    a0, a1, a2, a3, b0, b1, b2, b3 = state
    energy, left, right, both = sums
    hop = count * HOPS_PER_S // rate_hz
    while (hop + 1) * rate_hz // HOPS_PER_S <= count:
        hop += 1
    done, at = 0, 0
    while at < len(block):
        end = (hop + 1) * rate_hz // HOPS_PER_S - count
        for i in range(at, min(end, len(block))):
            x, z = np.float64(block[i, 0]), np.float64(block[i, channels - 1])
            left += x * x
            right += z * z
            both += x * z
            u, a0, a1 = _stage(x, shelf, a0, a1)
            u, a2, a3 = _stage(u, low_cut, a2, a3)
            v, b0, b1 = _stage(z, shelf, b0, b1)
            v, b2, b3 = _stage(v, low_cut, b2, b3)
            energy += u * u + more * v * v
        at = min(end, len(block))
        if at == end:
            hops[done] = (energy, left, right, both)
            energy, left, right, both = 0.0, 0.0, 0.0, 0.0
            hop, done = hop + 1, done + 1
            if abs(a0) + abs(a1) + abs(a2) + abs(a3) + abs(b0) + abs(b1) + abs(b2) + abs(b3) < 1e-30:
                # numbers that fade to nothing are very slow to reckon with
                a0, a1, a2, a3, b0, b1, b2, b3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    state[:] = (a0, a1, a2, a3, b0, b1, b2, b3)
    sums[:] = (energy, left, right, both)
    return done
