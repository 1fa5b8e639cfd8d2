"""Sound as an autoregressive process: each sample is foretold from those before it, and gaps from both sides.

    x[n] = -a[1]·x[n-1] - … - a[p]·x[n-p] + e[n],   a[0] = 1

What cannot be foretold, e, is the innovation. A gap is filled with the samples for which the sum of e² over all
samples that the gap touches is least [1]_; that is a positive definite system whose band is p wide.

References
----------
.. [1] A. J. E. M. Janssen, R. N. J. Veldhuis, L. B. Vries: Adaptive interpolation of discrete-time signals that can be
   modeled as autoregressive processes, IEEE Trans. ASSP 34 (1986), 317-330.
.. [2] J. P. Burg: Maximum entropy spectral analysis, 37th meeting of the Society of Exploration Geophysicists, 1967.
.. [3] S. V. Vaseghi: Advanced Digital Signal Processing and Noise Reduction, 2nd ed., 2000, ch. 10 and 12.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel

FLOOR = 1e-9
"""White noise that is taken to lie under all sound, as a part of its power: it keeps the equations soluble."""


@kernel
def burg(before: NDArray[Any], after: NDArray[Any], order: int) -> NDArray[Any]:
    """The model of two stretches of one sound, by least forward and backward innovation [2]_.

    Parameters
    ----------
    before, after : ndarray, float64, (n,) and (m,)
        Either may be empty; no more than what is longer than `order` counts.
    order : int

    Returns
    -------
    ndarray, float64, (order + 1,)
        a, from a[0] = 1. All else 0 for silence.
    """
    a, old = np.zeros(order + 1), np.zeros(order + 1)
    a[0] = 1.0
    n = len(before) + len(after)
    forward = np.concatenate((before, after))
    backward = forward.copy()
    power = 0.0
    for k in range(n):
        power += forward[k] * forward[k]
    least = FLOOR * power
    # a backward innovation stays where its stretch of sound begins, so that both are changed where they lie
    for m in range(1, order + 1):
        both, each = 0.0, least
        for first, last in ((0, len(before)), (len(before), n)):
            if last - first > m:
                product, square = _products(forward[first + m : last], backward[first : last - m])
                both += product
                each += square
        if each <= 0.0:
            break
        reflected = -2.0 * both / each
        old[:m] = a[:m]
        for k in range(1, m + 1):
            a[k] += reflected * old[m - k]
        for first, last in ((0, len(before)), (len(before), n)):
            if last - first > m:
                _reflect(forward[first + m : last], backward[first : last - m], reflected)
    return a


@kernel
def _products(x: NDArray[Any], y: NDArray[Any]) -> tuple[float, float]:
    """The sums of x·y and of x² + y², each by four at a time: a processor adds these side by side."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    e, f, g, h = 0.0, 0.0, 0.0, 0.0
    whole = len(x) // 4 * 4
    for k in range(0, whole, 4):
        a += x[k] * y[k]
        b += x[k + 1] * y[k + 1]
        c += x[k + 2] * y[k + 2]
        d += x[k + 3] * y[k + 3]
        e += x[k] * x[k] + y[k] * y[k]
        f += x[k + 1] * x[k + 1] + y[k + 1] * y[k + 1]
        g += x[k + 2] * x[k + 2] + y[k + 2] * y[k + 2]
        h += x[k + 3] * x[k + 3] + y[k + 3] * y[k + 3]
    for k in range(whole, len(x)):
        a += x[k] * y[k]
        e += x[k] * x[k] + y[k] * y[k]
    return (a + b) + (c + d), (e + f) + (g + h)


@kernel
def _reflect(forward: NDArray[Any], backward: NDArray[Any], reflected: float) -> None:
    """Take from each what the other foretells of it, in place."""
    for k in range(len(forward)):
        ahead = forward[k]
        forward[k] = ahead + reflected * backward[k]
        backward[k] += reflected * ahead


@kernel
def fill(x: NDArray[Any], unknown: NDArray[Any], a: NDArray[Any]) -> None:
    """Fill what is unknown of a stretch, by least innovation [1]_.

    Parameters
    ----------
    x : ndarray, float64, (n,)
        Filled in place; what stood in the gaps does not count, and beyond the ends nothing is known or wanted.
    unknown : ndarray, bool, (n,)
    a : ndarray, float64, (p + 1,)
        The model.
    """
    order = len(a) - 1
    alike = np.zeros(order + 1)
    for lag in range(order + 1):
        for k in range(order + 1 - lag):
            alike[lag] += a[k] * a[k + lag]
    alike[0] *= 1.0 + FLOOR
    places = np.flatnonzero(unknown)
    count = len(places)
    band = np.zeros((count, order + 1))  # band[i, k]: row i, column i - k
    wanted = np.zeros(count)
    for i in range(count):
        at = places[i]
        for k in range(min(i, order) + 1):
            apart = at - places[i - k]
            if apart <= order:
                band[i, k] = alike[apart]
        for k in range(max(0, at - order), min(len(x), at + order + 1)):
            if not unknown[k]:
                wanted[i] -= alike[abs(at - k)] * x[k]
    solve(band, wanted)
    for i in range(count):
        x[places[i]] = wanted[i]


@kernel
def solve(band: NDArray[Any], wanted: NDArray[Any]) -> None:
    """Solve a positive definite system whose band is narrow, by Cholesky; both are overwritten, the result in `wanted`.

    Parameters
    ----------
    band : ndarray, float64, (n, p + 1)
        band[i, k] is the element of row i and column i - k.
    wanted : ndarray, float64, (n,)
    """
    count, order = band.shape[0], band.shape[1] - 1
    for i in range(count):
        for k in range(min(i, order), -1, -1):
            total = band[i, k]
            j = i - k
            for m in range(1, min(j, order - k) + 1):
                total -= band[i, k + m] * band[j, m]
            if k == 0:
                band[i, 0] = math.sqrt(max(total, 1e-300))
            else:
                band[i, k] = total / band[j, 0]
        for k in range(1, min(i, order) + 1):
            wanted[i] -= band[i, k] * wanted[i - k]
        wanted[i] /= band[i, 0]
    for i in range(count - 1, -1, -1):
        wanted[i] /= band[i, 0]
        for k in range(1, min(i, order) + 1):
            wanted[i - k] -= band[i, k] * wanted[i]


@kernel
def foretell(before: NDArray[Any], a: NDArray[Any], count: int) -> NDArray[Any]:
    """What follows a stretch if nothing new happens: (count,) samples from those before them, (n,), n at least p."""
    order, n = len(a) - 1, len(before)
    x = np.zeros(order + count)
    x[:order] = before[n - order :]
    for k in range(order, order + count):
        for i in range(1, order + 1):
            x[k] -= a[i] * x[k - i]
    return x[order:]


@kernel
def levinson(alike: NDArray[Any]) -> NDArray[Any]:
    """The model whose autocorrelation is given, (p + 1,), by Levinson's recursion; for silence [1, 0, 0 …]."""
    order = len(alike) - 1
    a, old = np.zeros(order + 1), np.zeros(order + 1)
    a[0] = 1.0
    left = alike[0] * (1.0 + FLOOR)
    for m in range(1, order + 1):
        if left <= 0.0:
            break
        total = 0.0
        for k in range(m):
            total += a[k] * alike[m - k]
        reflected = -total / left
        old[:m] = a[:m]
        for k in range(1, m + 1):
            a[k] += reflected * old[m - k]
        left *= 1.0 - reflected * reflected
    return a
