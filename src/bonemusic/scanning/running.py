"""Running means along a groove, of what is sure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel


@kernel
def mean(values: NDArray[Any], sure: NDArray[Any], length: int) -> NDArray[Any]:
    """Means over `length` samples around each, of those that are sure; shorter at the ends, 0 where none is.

    Parameters
    ----------
    values : ndarray, float, (n,)
        What is not sure counts for nothing, also where it is no number.
    sure : ndarray, bool, (n,)
    length : int
        Odd.

    Returns
    -------
    ndarray, float64, (n,)
    """
    n, half = len(values), length // 2
    out = np.empty(n)
    total, many = 0.0, 0
    for k in range(-half, n):
        ahead, behind = k + half, k - half - 1
        if ahead < n and sure[ahead]:
            total += values[ahead]
            many += 1
        if behind >= 0 and sure[behind]:
            total -= values[behind]
            many -= 1
        if many == 0:
            total = 0.0  # and no rounding goes on from here
        if k >= 0:
            out[k] = total / max(many, 1)
    return out
