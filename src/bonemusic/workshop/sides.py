"""How few sides hold an album well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..cutting import plan
from ..cutting.fit import QUIET_DB
from ..errors import FitError
from ..progress import Progress
from .planned import planned
from .recipe import MOST_SIDES, Recipe
from .songs import opened, split
from .wish import Wish


def fewest(
    songs: Sequence[Path], seconds: Sequence[float], recipe: Recipe, progress: Progress
) -> list[tuple[int, int]]:
    """The split over the fewest sides that hold their songs, none of them too quiet to be heard over noise.

    Parameters
    ----------
    songs : sequence of Path
    seconds : sequence of float
        Length of each, with the pause after it.
    recipe : Recipe
        Where it asks for a level, a side must hold that; else at least -14 dB.

    Raises
    ------
    FitError
        Not even a side for each song would do.
    """
    wish = Wish.of(recipe, stereo=True)
    holds_s = plan.longest_s(wish.disc, wish.rpm, plan.least_pitch_m(wish.disc), 0.0)
    # what is longer than silence could be need not be tried
    count = next((n for n in range(1, len(songs) + 1) if _longest(seconds, n) <= holds_s), len(songs))
    why: FitError | None = None
    for sides in range(count, min(len(songs), MOST_SIDES) + 1):
        parts = split(seconds, sides)
        try:
            # the fullest side first: it is the one that may not do
            for a, b in sorted(parts, key=lambda p: -sum(seconds[p[0] : p[1]])):
                _refuse_quiet(songs[a:b], recipe, wish, progress)
        except FitError as refused:
            why = refused
            continue
        return parts
    assert why is not None
    raise FitError(f"not even a side for each song holds them: {why}")


def _longest(seconds: Sequence[float], sides: int) -> float:
    return max(sum(seconds[a:b]) - plan.MARKER_S for a, b in split(seconds, sides))


def _refuse_quiet(songs: Sequence[Path], recipe: Recipe, wish: Wish, progress: Progress) -> None:
    with opened(songs, recipe, wish.stereo) as flowing:
        found = planned(flowing, wish, progress).made.fit
    if wish.level is None and found.level_db is not None and found.level_db < QUIET_DB:
        raise FitError(f"only {found.level_db:.0f} dB of level would fit on a side")
