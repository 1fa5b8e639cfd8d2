"""What to change, in words: one sentence each, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..cutting.heat import Heat
from ..cutting.needle import Needle
from ..mastering.loudness import Loudness
from .checked import Place, Spot
from .limits import LimitedBy
from .mastered import SHARE, Mastered
from .wish import Wish

CLIPPED_RUNS = 10
MUCH_THD_PERCENT = 10.0
QUIET_DB = -6.0
WORTH_DB = 1.0


def advice(
    made: Mastered, wish: Wish, limited_by: LimitedBy, needle: Needle, heat: Heat | None, places: Sequence[Place],
    spots: Sequence[Spot], heard: Sequence[Loudness], won_db: float,
) -> tuple[str, ...]:  # fmt: skip
    """Advice for a side that fits; `won_db` is what limiting would win."""
    said = [*_level(made, wish, limited_by, won_db), *_sound(wish, places, spots, heard)]
    if not needle.stays:
        said.insert(0, _sentence(needle.said))
    if heat is not None and heat.spare_db is not None and heat.spare_db < 0:
        said.insert(0, f"The cutter head runs {-heat.spare_db:.1f} dB too hot: lower the level by as much, or limit "
                       "the treble (--acceleration).")  # fmt: skip
    return tuple(dict.fromkeys(said)) or ("Nothing needs to be changed: cut it.",)


def _level(made: Mastered, wish: Wish, limited_by: LimitedBy, won_db: float) -> Iterator[str]:
    level = made.fit.level_db
    if level is None:
        return
    mastering = wish.mastering.limits
    if limited_by == "time" and level < QUIET_DB:
        yield "The side is full: a shorter side, a bigger disc, a slower speed or less bass (--high-pass) gains level."
    elif limited_by in ("bass", "treble", "pickup") and not mastering and won_db >= WORTH_DB:
        yield (
            f"Few moments hold the level down: --master auto turns these down, in less than {SHARE:.0%} of the time, "
            f"and all else is {won_db:.1f} dB louder."
        )
    elif limited_by == "phase":
        yield "Bass out of phase holds the level down: bring it to the middle (--mono-below 150Hz, or --master auto)."
    elif limited_by == "sheet":
        yield "The sheet is too thin for more depth: take a thicker one, or a disc with a narrower groove."
    if mastering and made.limited is not None and made.limited.touched_share > 0.02:
        yield (
            f"Limiters touch {made.limited.touched_share:.1%} of the time: ask for less level, or listen to the hot "
            "spots."
        )


def _sound(wish: Wish, places: Sequence[Place], spots: Sequence[Spot], heard: Sequence[Loudness]) -> Iterator[str]:
    worst = max((percent for place in places for _, percent in place.distortion), default=0.0)
    if worst > MUCH_THD_PERCENT and wish.compensate is None:
        yield (
            f"Tracing distorts loud treble by up to {worst:.0f} % near the label: put the quieter song last, lower the "
            f"level, or compensate for the stylus that will play it (--compensate {wish.stylus.name})."
        )
    free = wish.mastering.curvature == "off" and wish.mastering.treble == "off"
    if free and any(spot.kind in ("sibilance", "curvature") and spot.amount_db > -1 for spot in spots):
        yield "Sibilants come to what the tip follows: de-ess the voice, or let --curvature auto do it."
    clipped = sum(measured.clipped_runs for measured in heard)
    if clipped > CLIPPED_RUNS:
        yield f"The songs are cut off at full scale in {clipped} places: ask for a master that is not."
    noisy = [place for place in places if place.snr_db is not None and place.snr_db < 20]
    if noisy:
        yield (
            f"The grid of {wish.machine.name} leaves {min(p.snr_db or 0.0 for p in noisy):.0f} dB between sound and "
            "noise: a faster speed, a shorter side or a finer machine gains some."
        )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
