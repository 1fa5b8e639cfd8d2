"""What to expect of the sound at rim, middle and label."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

import numpy as np

from .. import presets
from ..curves import REFERENCE_VELOCITY_M_S
from ..groove import Groove
from ..paths import fidelity
from ..paths.ready import ready
from ..playing import predict
from ..presets import Turntable
from ..stylus import largest_ball_m
from .checked import Place, Remains
from .drawing import heard_power
from .listening import stretch
from .wish import Wish

DRAWN_S = 4.0
WINDOWS = 3
NAMES: tuple[Literal["rim", "middle", "label"], ...] = ("rim", "middle", "label")


def places(groove: Groove, wish: Wish, level_m_s: float, turntable: Turntable) -> tuple[Place, ...]:
    """Response, distortion and noise where the music begins, halfway and where it ends.

    Parameters
    ----------
    groove : Groove
        As cut.
    wish : Wish
    level_m_s : float
        Peak velocity of the music; 0 dB where it is silent.
    turntable : Turntable
        Gives surface noise.
    """
    music = groove.music
    heard = 0.0 if wish.stereo else heard_power(groove, wish.curve)
    found = []
    for name, sample in zip(NAMES, (music.first, (music.first + music.last) // 2, music.last), strict=True):
        radius_m = float(groove.spiral.at(np.array(sample * groove.turns_per_sample)))
        told = predict.predicted(
            radius_m, wish.rpm, wish.machine, wish.stylus, wish.curve, wish.disc, level_m_s or REFERENCE_VELOCITY_M_S,
            wish.compensate, noise_db=turntable.surface_noise_db,
            drawn_snr_db=None if wish.stereo else _drawn_snr_db(groove, wish, sample, heard),
        )  # fmt: skip
        found.append(
            Place(
                name=name,
                radius_mm=round(radius_m * 1e3, 3),
                speed_m_s=round(told.speed_m_s, 4),
                bandwidth_hz=round(told.bandwidth_hz, 1),
                snr_db=None if told.snr_db is None else round(told.snr_db, 1),
                response=tuple((hz, round(db, 2)) for hz, db in told.response),
                distortion=tuple((hz, round(percent, 4)) for hz, percent in told.distortion),
            )
        )
    return tuple(found)


def _drawn_snr_db(groove: Groove, wish: Wish, sample: int, heard: float) -> float | None:
    """Between the side's music and the error of its drawing on the machine's grid, around a sample."""
    length = round(DRAWN_S * groove.rate_hz)
    first = max(min(sample - length // 2, len(groove) - length), 0)
    part = stretch(groove, first, min(first + length, len(groove)))
    part = dataclasses.replace(part, vertical_m=None)
    line = ready(part, wish.disc, wish.machine, wish.machine.bandwidth_hz)
    starts = fidelity.windows(0.3, part.seconds - 0.3, WINDOWS)
    error = fidelity.heard_error(line, part, wish.curve, starts) if starts else 0.0
    return 10 * math.log10(heard / error) if error > 0 and heard > 0 else None


def remains(groove: Groove, wish: Wish, level_m_s: float) -> tuple[Remains, ...]:
    """What other tips will hear of a compensated groove, at the label; nothing where none is compensated."""
    if wish.compensate is None or level_m_s <= 0:
        return ()
    widest_m = largest_ball_m(wish.disc.groove_width_m, wish.disc.angle_rad)
    styli = [s for s in map(presets.stylus, presets.names("styli")) if s.radius_m <= widest_m]
    radius_m = float(groove.spiral.at(np.array(groove.music.last * groove.turns_per_sample)))
    rows = predict.remaining(styli, radius_m, wish.rpm, wish.machine, wish.curve, wish.disc, level_m_s, wish.compensate)
    return tuple(Remains(r.stylus, r.frequency_hz, round(r.plain_db, 1), round(r.compensated_db, 1)) for r in rows)
