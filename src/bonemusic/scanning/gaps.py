"""Mending a groove that was followed in a picture: only what dust, scratches and crossings hid is invented.

Where the picture shows nothing (low confidence), the samples are taken as unknown and filled by an autoregressive model
of the music on both sides. A followed groove is oversampled: music to some kHz, above it only the picture's white
noise, of which nothing can be foretold. So the model is one of the means of a few samples each, `MEANS_HZ` of them to
the second; what it fills in comes back to full rate by a band-limited reading. What is hidden for longer than
`LONGEST_S` is not invented: from both ends the music dies away, and between them runs the unmodulated spiral.

Nothing else is changed, to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import Progress, silent
from .autoregressive import burg, fill, foretell

MEANS_HZ = 24_000.0
ORDER = 64
"""Innovations look back 2.7 ms, and tell two tones 375 Hz apart at once, nearer ones by what they did before."""
CONTEXT_S = 0.04
"""Sound on either side from which the model is made."""
LONGEST_S = 0.015
"""The longest gap that is invented. Voices and strings hold their waveform for so long, little does for longer."""
DYING_S = 0.004
"""In which music dies away at both ends of what is missing."""
WEAK, SURE = 0.5, 0.8
"""A gap is where the confidence is below `WEAK`; it reaches as far as the confidence is below `SURE`."""
MARGIN_S, FARTHEST_S = 40e-6, 0.5e-3
"""A gap is wider than the samples of low confidence by so much at once, and by no more while it is below `SURE`."""
TAPS = 12
"""Means to either side from which a sample is read."""


@dataclass(frozen=True)
class Mended:
    """A groove with its gaps filled.

    Attributes
    ----------
    lateral_m : ndarray, float32, (n,)
    invented : ndarray, int64, (k, 2)
        First sample, and one past the last, of each stretch that was foretold from its surroundings; in order.
    missing : ndarray, int64, (m, 2)
        The same of what was too long, or had nothing around it: there is silence.
    rate_hz : float
    """

    lateral_m: NDArray[Any]
    invented: NDArray[Any]
    missing: NDArray[Any]
    rate_hz: float

    @property
    def count(self) -> int:
        """Gaps, of either kind."""
        return len(self.invented) + len(self.missing)

    @property
    def invented_seconds(self) -> float:
        """How much sound was made up."""
        return float(np.diff(self.invented, axis=1).sum() / self.rate_hz)

    @property
    def missing_seconds(self) -> float:
        """How much sound is lost."""
        return float(np.diff(self.missing, axis=1).sum() / self.rate_hz)


def mended(lateral_m: NDArray[Any], confidence: NDArray[Any], rate_hz: float, progress: Progress = silent) -> Mended:
    """Fill the gaps of a groove, and leave all else as it is.

    Parameters
    ----------
    lateral_m : ndarray, float32, (n,)
        Displacement about the smooth spiral; in gaps it counts for nothing.
    confidence : ndarray, float32, (n,)
        0 (hidden) to 1 (seen).
    rate_hz : float
        Samples per second, 8 kHz or more.
    progress : callable

    Raises
    ------
    ValueError
        The two differ in length, or the rate is too low.
    """
    if np.shape(lateral_m) != np.shape(confidence) or np.ndim(lateral_m) != 1:
        raise ValueError(
            f"{np.shape(lateral_m)} samples and {np.shape(confidence)} confidences: one for each is needed"
        )
    if not rate_hz >= 8_000:
        raise ValueError(f"{rate_hz:g} samples per second are too few to mend")
    out = np.array(lateral_m, np.float32)
    every = max(1, round(rate_hz / MEANS_HZ))
    gaps = _gaps(
        np.asarray(confidence, np.float32), WEAK, SURE, math.ceil(MARGIN_S * rate_hz), int(FARTHEST_S * rate_hz)
    )
    long = gaps[:, 1] - gaps[:, 0] > LONGEST_S * rate_hz
    groups = list(_groups(gaps, long, 2 * ORDER * every))
    reader = _reader(every)
    context = round(CONTEXT_S * rate_hz / every)
    dying = round(DYING_S * rate_hz / every)
    gone = np.zeros(len(gaps), bool)

    def work(first: int, last: int) -> None:
        for k in range(first, last):
            a, b = groups[k]
            before = gaps[a - 1, 1] if a else 0
            after = gaps[b, 0] if b < len(gaps) else len(out)
            room = (max(before, 0), after)
            gone[a:b] = _mend(out, gaps[a:b], room[0], room[1], bool(long[a]), every, context, dying, ORDER, reader)

    _in_two(work, len(groups), progress)
    return Mended(out, gaps[~gone], gaps[gone], float(rate_hz))


def _in_two(work: Any, count: int, progress: Progress) -> None:
    """Stretches of gaps on two threads; each looks at what was seen only, so that their order tells nothing."""
    step = 64
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(work, first, min(first + step, count)) for first in range(0, count, step)]
        try:
            for done, job in enumerate(jobs, 1):
                job.result()
                progress("mending", done / len(jobs))
        finally:
            pool.shutdown(cancel_futures=True)


def _groups(gaps: NDArray[Any], long: NDArray[Any], apart: int) -> Iterator[tuple[int, int]]:
    """Gaps that are so near that neither could be filled without the other, as slices; a long one is by itself."""
    first = 0
    for k in range(1, len(gaps) + 1):
        if k == len(gaps) or long[k] or long[k - 1] or gaps[k, 0] - gaps[k - 1, 1] >= apart:
            yield first, k
            first = k


@kernel
def _gaps(confidence: NDArray[Any], weak: float, sure: float, margin: int, farthest: int) -> NDArray[Any]:
    """Stretches of low confidence and what is doubtful beside them, apart from each other, (k, 2)."""
    n = len(confidence)
    found = np.empty((16, 2), np.int64)
    count, k = 0, 0
    while k < n:
        if confidence[k] >= weak:
            k += 1
            continue
        first = k
        while first > 0 and k - first < farthest and not confidence[first - 1] >= sure:
            first -= 1
        while k < n and not confidence[k] >= weak:
            k += 1
        last = k
        while last < n and last - k < farthest and not confidence[last] >= sure:
            last += 1
        first, last = max(0, first - margin), min(n, last + margin)
        if count and first <= found[count - 1, 1] + 2 * margin:
            found[count - 1, 1] = last
        else:
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = first, last
            count += 1
        k = max(k, last)
    return found[:count].copy()


@kernel
def _mend(
    out: NDArray[Any],
    gaps: NDArray[Any],
    floor: int,
    ceiling: int,
    long: bool,
    every: int,
    context: int,
    dying: int,
    order: int,
    reader: NDArray[Any],
) -> bool:
    """Fill a group of gaps of `out` from what lies around them, within floor … ceiling; True where nothing could be.

    The means are counted from the first gap's begin, so that the music is known up to its very edge.
    """
    first, last = gaps[0, 0], gaps[-1, 1]
    before = min(context, (first - floor) // every)
    inner = -(-(last - first) // every)
    after = max(0, min(context, (ceiling - first) // every - inner))
    origin = first - before * every
    x = np.zeros(before + inner + after)
    unknown = np.zeros(len(x), np.bool_)
    for gap in gaps:
        unknown[(gap[0] - origin) // every : -(-(gap[1] - origin) // every)] = True
    for k in range(len(x)):
        if not unknown[k]:
            total = 0.0
            for i in range(origin + k * every, origin + (k + 1) * every):
                total += out[i]
            x[k] = total / every
    order = min(order, max(before, after) // 3)
    a = burg(x[:before].copy(), x[before + inner :].copy(), order)
    gone = long or before <= order or after <= order
    if gone:
        _fade(x, before, inner, a, dying)
    else:
        fill(x, unknown, a)
    for gap in gaps:
        for i in range(gap[0], gap[1]):
            out[i] = _read(x, i - origin, every, reader)
    return gone


@kernel
def _fade(x: NDArray[Any], before: int, inner: int, a: NDArray[Any], dying: int) -> None:
    """From both ends of a gap the music goes on as foretold, and dies away."""
    order = len(a) - 1
    if before >= order:
        for k, value in enumerate(foretell(x[:before], a, min(dying, inner))):
            x[before + k] += value * (0.5 + 0.5 * math.cos(math.pi * (k + 0.5) / dying))
    if len(x) - before - inner >= order:
        for k, value in enumerate(foretell(x[before + inner :][::-1].copy(), a, min(dying, inner))):
            x[before + inner - 1 - k] += value * (0.5 + 0.5 * math.cos(math.pi * (k + 0.5) / dying))


@kernel
def _read(x: NDArray[Any], at: int, every: int, reader: NDArray[Any]) -> float:
    """The sound at a sample, from the means around it; beyond the ends they go on as they end."""
    mean, phase = at // every, at % every
    total = 0.0
    for k in range(reader.shape[1]):
        total += reader[phase, k] * x[min(max(mean + k - TAPS, 0), len(x) - 1)]
    return total


def _reader(every: int) -> NDArray[Any]:
    """Weights that read a sound between its means of `every` samples, (every, 2·`TAPS` + 1).

    What the mean takes off (sin(πf)/πf, f against the means' rate) is put on again up to 0.42 of that rate, and a
    raised cosine ends it; the response's inverse transform is held within the taps by a Kaiser window.
    """
    if every == 1:
        return np.eye(1, 2 * TAPS + 1, TAPS)
    f = (np.arange(2048) + 0.5) / 2048
    mean = np.sin(np.pi * f) / (every * np.sin(np.pi * f / every))
    wanted = (0.5 + 0.5 * np.cos(np.pi * np.clip((f - 0.42) / 0.16, 0, 1))) / np.maximum(mean, 0.5)
    places = (np.arange(every)[:, None] + 0.5) / every - 0.5 - (np.arange(-TAPS, TAPS + 1))[None, :]
    weights = 2 * np.mean(wanted * np.cos(2 * np.pi * f * places[..., None]), axis=-1)
    weights *= np.i0(6.0 * np.sqrt(np.clip(1 - (places / (TAPS + 1)) ** 2, 0, 1))) / np.i0(6.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
