"""Filtering by a frequency response, exact in magnitude and phase, over sound of any length.

The response is applied to blocks that overlap by far more than it rings (overlap-save), so that no block is heard,
memory stays small and two threads share the work. The blocks lie where the sound's own samples say, never where a
caller's stretch happens to begin or a decoder's blocks end: any stretch comes out as it does in one go, bit for bit.
A change of rate comes for free: the spectrum is cut or padded.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .progress import Progress, silent

Array = NDArray[Any]
Response = Callable[[Array], Array]
BLOCK_S = 6.0
PIECE = 1 << 18
RING_S = 0.6
"""Longest time over which a response may ring, to either side. A 20 Hz low-cut has fallen by 150 dB by then."""
THREADS = min(os.cpu_count() or 1, 8)


def flow(
    source: Iterable[Array],
    rate_hz: int,
    response: Response | Sequence[Response],
    rate_out_hz: int | None = None,
    pad_s: float = 0.0,
    mix: Callable[[Array], Array] = np.transpose,
) -> Iterator[Array]:
    """Apply a frequency response to sound that flows by, and change the rate if asked.

    It works some blocks of `BLOCK_S` ahead of its caller, in threads; `source` is drawn from in the caller's.

    Parameters
    ----------
    source : iterable of ndarray, float32 or float64, (n, channels)
        The sound in pieces of any lengths. Silence is taken to surround it.
    rate_hz : int
        Its rate.
    response : callable, or one for each channel that comes out
        As for `filtered`.
    rate_out_hz : int, optional
        Rate of what comes out; the same if not given.
    pad_s : float
        How much of the response's ringing to keep before the first sample and after the last, seconds.
    mix : callable
        Makes channels (channels_out, n) of those that are heard, (n, channels), before the filter, sample by sample.

    Yields
    ------
    ndarray, float32, (channels_out, m)
        Together as long as `filtered` makes them, and each channel the same, bit for bit. Nothing for no source.
    """
    shape = _Shape.of(rate_hz, rate_out_hz or rate_hz, pad_s)
    gains: list[Array] = []

    def one(window: Array, keep: slice) -> Array:
        rows = mix(window)
        out = np.empty((len(rows), keep.stop - keep.start), np.float32)
        for row, gain, to in zip(rows, gains * len(rows) if len(gains) == 1 else gains, out, strict=True):
            spectrum = np.fft.rfft(row.astype(np.float64))[: len(gain)]
            spectrum *= gain
            to[:] = np.fft.irfft(spectrum, shape.n_out)[keep]
        return out

    _keep_what_is_freed()
    pool = ThreadPoolExecutor(THREADS)
    under_way: deque[Future[Array]] = deque()
    try:
        gains += [shape.gain(each) for each in ([response] if callable(response) else response)]
        for window, keep in _windows(source, shape):
            under_way.append(pool.submit(one, window, keep))
            if len(under_way) > THREADS + 1:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def filtered(
    samples: Array,
    rate_hz: int,
    response: Response,
    rate_out_hz: int | None = None,
    pad_s: float = 0.0,
    progress: Progress = silent,
    step: str = "filtering",
) -> Array:
    """Apply a frequency response, and change the rate if asked.

    Parameters
    ----------
    samples : ndarray, float32 or float64, (n,)
        Silence is taken to surround them.
    rate_hz : int
        Their rate.
    response : callable
        Takes frequencies in Hz, (m,), from 0; gives the gain there, real (zero-phase) or complex. It must not ring
        longer than `RING_S`, and be negligible where the lower of the two rates ends.
    rate_out_hz : int, optional
        Rate of what comes out; the same if not given.
    pad_s : float
        How much of the response's ringing to keep before the first sample and after the last, seconds.

    Returns
    -------
    ndarray, float32, (round-up of (n / rate + 2·pad) · rate_out,)
        Its first sample is at -pad_s (rounded to whole output samples).
    """
    out = np.empty(_Shape.of(rate_hz, rate_out_hz or rate_hz, pad_s).total(len(samples)), np.float32)
    done = 0
    for (piece,) in flow(_columns(samples), rate_hz, response, rate_out_hz, pad_s):
        out[done : done + len(piece)] = piece
        done += len(piece)
        progress(step, done / len(out))
    return out


def _columns(samples: Array) -> Iterator[Array]:
    """One channel in pieces: what is worked out only where it is asked for never stands in memory whole."""
    for first in range(0, max(len(samples), 1), PIECE):
        yield np.asarray(samples[first : first + PIECE])[:, None]


@dataclass(frozen=True)
class _Shape:
    """How blocks lie over the sound. A block is `size` units, each whole samples at both rates."""

    unit_in: int
    unit_out: int
    size: int
    ring: int
    hz: float
    pad: int

    @classmethod
    def of(cls, rate_hz: int, rate_out_hz: int, pad_s: float) -> _Shape:
        """Blocks of some `BLOCK_S`."""
        common = math.gcd(rate_hz, rate_out_hz)
        size = _smooth(math.ceil(BLOCK_S * common))
        ring = min(math.ceil(RING_S * common), size // 3)
        pad = math.ceil(pad_s * rate_out_hz)
        return cls(rate_hz // common, rate_out_hz // common, size, ring, common / size, pad)

    @property
    def n_in(self) -> int:
        """Samples in a block."""
        return self.size * self.unit_in

    @property
    def n_out(self) -> int:
        """Samples out of a block, with those that are spoilt by the block's ends."""
        return self.size * self.unit_out

    @property
    def hop(self) -> int:
        """Units from one block to the next."""
        return self.size - 2 * self.ring

    @property
    def before(self) -> int:
        """Blocks before the one of sample 0, that the padding reaches into."""
        return -(-self.pad // (self.hop * self.unit_out))

    def gain(self, response: Response) -> Array:
        """A response at the frequencies of a block's spectrum, for this change of length."""
        bins = min(self.n_in, self.n_out) // 2 + 1
        return response(np.arange(bins) * self.hz) * (self.n_out / self.n_in)

    def total(self, count: int) -> int:
        """Samples out, of so many in."""
        return math.ceil(count * self.unit_out / self.unit_in) + 2 * self.pad

    def begins(self, block: int) -> int:
        """Which sample of all that comes out a block's unspoilt output begins with; blocks count from the first."""
        return (block - self.before) * self.hop * self.unit_out + self.pad

    def keep(self, block: int, total: float = math.inf) -> slice:
        """What of a block's output comes out, where so many samples are all."""
        at, spoilt = self.begins(block), self.ring * self.unit_out
        return slice(spoilt + max(0, -at), spoilt + int(min(self.hop * self.unit_out, total - at)))


def _windows(source: Iterable[Array], shape: _Shape) -> Iterator[tuple[Array, slice]]:
    """The sound in overlapping blocks, (n_in, channels), each with what of its output to keep."""
    pieces = iter(source)
    first = next(pieces, None)
    if first is None:
        return
    lead = np.zeros(((shape.before * shape.hop + shape.ring) * shape.unit_in, first.shape[1]), first.dtype)
    overlap = 2 * shape.ring * shape.unit_in
    window = np.empty((shape.n_in, first.shape[1]), first.dtype)
    block, filled, count = 0, 0, -len(lead)
    for piece in chain([lead, first], pieces):
        count += len(piece)
        used = 0
        while used < len(piece):
            take = min(len(window) - filled, len(piece) - used)
            window[filled : filled + take] = piece[used : used + take]
            used, filled = used + take, filled + take
            if filled == len(window):
                yield window, shape.keep(block)
                block, filled, follower = block + 1, overlap, np.empty_like(window)
                follower[:overlap] = window[-overlap:]
                window = follower
    total = shape.total(count)
    while shape.begins(block) < total:
        window[filled:] = 0
        yield window, shape.keep(block, total)
        block, filled, window = block + 1, overlap, np.concatenate([window[-overlap:], np.zeros_like(window[overlap:])])


def _keep_what_is_freed() -> None:
    """Have glibc keep freed memory for the next block, which wants as much.

    Given back to the system and fetched anew for every transform, it costs a fifth of all time. The largest piece under
    32 MB that was ever freed is the bound from which that is done (mallopt(3), M_MMAP_THRESHOLD), so one is taken and
    let go; it is never touched, and nothing happens elsewhere.
    """
    np.empty(31 << 20, np.uint8)


def low_cut(frequency_hz: Array, corner_hz: float, order: int = 4) -> Array:
    """Zero-phase Butterworth magnitude, 3 dB down at the corner: 1/sqrt(1 + (fc/f)^(2·order)); 0 at 0 Hz."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.sqrt(1 + (corner_hz / frequency_hz) ** (2 * order)))


def high_cut(frequency_hz: Array, pass_hz: float, stop_hz: float) -> Array:
    """Zero-phase high-cut: 1 up to `pass_hz`, 0 from `stop_hz`, a raised cosine between them."""
    fall = np.clip((frequency_hz - pass_hz) / (stop_hz - pass_hz), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * fall))


def _smooth(least: int) -> int:
    """The least 2ᵃ3ᵇ5ᶜ that is at least so large: lengths whose transforms are fast."""
    best = 1 << max(0, least - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            two = three << max(0, -(-least // three) - 1).bit_length()
            best = min(best, two)
            three *= 3
        five *= 5
    return best
