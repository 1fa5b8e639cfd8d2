"""Means along a groove, of what is sure: running ones, and one for each of many short stretches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..jit import kernel
from ..progress import silent
from ..threads import over_blocks


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
    out = np.empty(len(values))

    def part(first: int, last: int) -> None:
        out[first:last] = mean_of(values, sure, length, first, last)

    over_blocks(part, len(values), "taking means", silent)
    return out


@kernel
def mean_of(values: NDArray[Any], sure: NDArray[Any], length: int, first: int, last: int) -> NDArray[Any]:
    """The part of `mean` from sample `first` up to `last`, (last - first,)."""
    half = length // 2
    begin = max(0, first - half)
    out = np.empty(last - first)
    total, many = 0.0, 0
    for ahead in range(begin, last + half):
        middle = ahead - half
        behind = middle - half - 1
        if ahead < len(values) and sure[ahead]:
            total += values[ahead]
            many += 1
        if behind >= begin and sure[behind]:
            total -= values[behind]
            many -= 1
        if many == 0:
            total = 0.0  # and no rounding goes on from here
        if middle >= first:
            out[middle - first] = total / max(many, 1)
    return out


@kernel
def stretches(values: NDArray[Any], weight: NDArray[Any], length: int) -> NDArray[Any]:
    """Of each stretch of `length` samples the sums of weights, of weighted values, and of weighted places in it.

    Parameters
    ----------
    values : ndarray, float, (n,)
    weight : ndarray, float or bool, (n,)
    length : int
        1 or more. What is left at the end counts for nothing.

    Returns
    -------
    ndarray, float64, (3, n // length)
    """
    out = np.zeros((3, len(values) // length))
    for stretch in range(out.shape[1]):
        first = stretch * length
        for k in range(first, first + length):
            out[0, stretch] += weight[k]
            out[1, stretch] += weight[k] * values[k]
            out[2, stretch] += weight[k] * (k - first)
    return out
