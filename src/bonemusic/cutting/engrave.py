"""A programme laid along its side: the groove."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groove import Groove, Profile
from ..presets import Disc
from .plan import Side
from .programme import Programme


def engrave(
    side: Side, programme: Programme, factor: float, disc: Disc, rpm: Fraction, meta: Mapping[str, str]
) -> Groove:
    """Lay a programme, times a factor, along its side. **The programme is used up**: its samples become the groove's.

    Parameters
    ----------
    side : Side
    programme : Programme
    factor : float
    disc : Disc
    rpm : Fraction
    meta : mapping of text to text
    """
    before, last = side.music.first - programme.ring, side.bands[-1].last
    lateral = _laid(programme.lateral_m, programme.reserve, before, last, factor)
    vertical = None
    if programme.vertical_m is not None:
        vertical = _laid(programme.vertical_m, programme.reserve, before, last, factor)
    return Groove(
        spiral=side.spiral,
        depth=side.depth(disc),
        rpm=rpm,
        rate_hz=programme.rate_hz,
        lateral_m=lateral,
        vertical_m=vertical,
        profile=Profile(disc.groove_width_m, disc.bottom_radius_m, disc.angle_rad),
        bands=side.bands,
        meta=meta,
    )


def _laid(unit_m: NDArray[Any], reserve: tuple[int, int], before: int, last: int, factor: float) -> NDArray[Any]:
    """`unit_m` times the factor, `before` samples from the beginning, in silence; in its own memory where it can be."""
    if factor != 1.0:
        np.multiply(unit_m, np.float32(factor), out=unit_m)
    after = last - before - len(unit_m)
    base = unit_m.base
    if base is not None and 0 <= before <= reserve[0] and 0 <= after <= reserve[1]:
        return np.asarray(base[reserve[0] - before : reserve[0] - before + last])
    out = np.zeros(last, np.float32)
    a, b = max(before, 0), min(before + len(unit_m), last)
    out[a:b] = unit_m[a - before : b - before]
    return out
