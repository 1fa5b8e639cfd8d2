"""Places in a picture filled from what lies around them, so that nothing of what was there is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .burned import Box

FEATHER_PX = 5


def mended(grey: NDArray[Any], places: Sequence[Box]) -> NDArray[Any]:
    """A copy of the picture with these places filled.

    Inside a place no value depends on what was there. Outside, over a few pixels, the filling fades into the picture.

    Parameters
    ----------
    grey : ndarray, uint8 or uint16, (rows, columns)
    places : sequence of Box

    Returns
    -------
    ndarray, of the same kind and shape
    """
    whole = grey.copy()
    most = np.iinfo(grey.dtype).max
    for number, box in enumerate(places):
        margin = 2 * FEATHER_PX + (box.bottom - box.top) // 2
        top, left = max(0, box.top - margin), max(0, box.left - margin)
        part = np.s_[top : box.bottom + margin, left : box.right + margin]
        patch = grey[part].astype(np.float32)
        known = np.ones(patch.shape, np.float32)
        for each in places:
            known[_inside(each.top - top, each.bottom - top), _inside(each.left - left, each.right - left)] = 0
        filled = _spread(patch, known)
        filled += _grain(patch, known, number)
        fade = _faded(1 - known)[..., :]
        fade[known == 0] = 1
        only = _faded_around(box, top, left, patch.shape) * fade
        now = whole[part].astype(np.float32)
        whole[part] = np.clip(np.rint(now + only * (filled - now)), 0, most).astype(grey.dtype)
    return whole


def _inside(first: int, last: int) -> slice:
    return slice(max(0, first), max(0, last))


def _faded_around(box: Box, top: int, left: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """1 in a place and a feather's width around it, 0 elsewhere: other places in the patch have their own turn."""
    mine = np.zeros(shape, np.float32)
    wide = FEATHER_PX
    mine[
        _inside(box.top - top - wide, box.bottom - top + wide), _inside(box.left - left - wide, box.right - left + wide)
    ] = 1
    return mine


def _spread(patch: NDArray[Any], known: NDArray[Any]) -> NDArray[Any]:
    """Known values stay; unknown ones are means of what is known around them, from ever wider means inwards.

    Pull-push (S. Gortler et al., The Lumigraph, 1996, section 3.4).
    """
    if known.all() or max(patch.shape) == 1:
        return patch * known if not known.any() else patch
    rows, columns = patch.shape
    odd = ((0, rows % 2), (0, columns % 2))
    weight = np.pad(known, odd).reshape((rows + 1) // 2, 2, (columns + 1) // 2, 2)
    value = np.pad(patch * known, odd).reshape(weight.shape)
    total = weight.sum(axis=(1, 3))
    mean = value.sum(axis=(1, 3)) / np.maximum(total, 1e-6)
    coarse = _spread(mean, (total > 0).astype(np.float32))
    wide = _smoothed(_smoothed(np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)[:rows, :columns]).T).T
    return np.where(known > 0, patch, wide)


def _smoothed(values: NDArray[Any]) -> NDArray[Any]:
    """Means of three along the columns' direction; the ends repeat."""
    around = np.pad(values, ((1, 1), (0, 0)), "edge")
    mean: NDArray[Any] = (around[:-2] + 2 * around[1:-1] + around[2:]) / 4
    return mean


def _grain(patch: NDArray[Any], known: NDArray[Any], number: int) -> NDArray[Any]:
    """The film's grain, as strong as around: without it a filling looks like a smear."""
    fine = patch - _smoothed(_smoothed(patch).T).T
    sure = (_smoothed(_smoothed(known).T).T > 0.999) & (known > 0)
    strength = 1.48 * float(np.median(np.abs(fine[sure]))) if sure.any() else 0.0
    noise = np.random.default_rng(number).standard_normal(patch.shape, np.float32)
    return np.asarray(1.2 * strength * noise * (known == 0))


def _faded(places: NDArray[Any]) -> NDArray[Any]:
    """Places that fade away around them."""
    for _ in range(FEATHER_PX):
        places = np.maximum(places, 0.98 * _smoothed(_smoothed(places).T).T)
    return places
