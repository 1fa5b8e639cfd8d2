"""What limits a side, in a word: time, bass, treble, phase, the sheet, the pickup, or the wish itself."""

from __future__ import annotations

from typing import Literal

from ..cutting.fit import Fit
from .wish import Wish

LimitedBy = Literal["time", "bass", "treble", "phase", "sheet", "pickup", "head", "wish"]
NEAR_DB = 0.3
"""A level this near to a limit is held by it."""
_WORD: dict[str, LimitedBy] = {
    "land": "time",
    "swing": "bass",
    "slope": "treble",
    "curvature": "treble",
    "velocity": "pickup",
    "needle": "pickup",
    "head": "head",
    "depth": "phase",
}


def limited_by(fit: Fit, wish: Wish) -> LimitedBy:
    """What keeps the level from being higher.

    Land is a matter of time where the pitch is free, of the wish where it is given. A level that was asked for and
    comes near no limit is limited by the wish. A groove whose depth alone leaves no more of the sheet is limited by
    that.
    """
    nearest = min(
        (row for row in fit.limits if row.spare_db is not None and (row.name != "depth" or wish.stereo)),
        key=lambda row: row.spare_db or 0.0,
        default=None,
    )
    if nearest is None or (nearest.spare_db or 0.0) > NEAR_DB:
        return "wish"
    if nearest.name == "land" and isinstance(wish.pitch, float):
        return "wish"
    if nearest.name == "depth" and wish.disc.depth_m > wish.sheet.base_m / 2:
        return "sheet"
    return _WORD[nearest.name]
