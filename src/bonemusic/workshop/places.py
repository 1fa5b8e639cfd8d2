"""What to expect of the sound at rim, middle and label."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from .. import presets
from ..curves import REFERENCE_VELOCITY_M_S
from ..groove import Groove
from ..paths import fidelity
from ..paths.line import Line
from ..playing import predict
from ..presets import Curve, Turntable
from ..stylus import largest_ball_m
from .checked import Place, Remains
from .drawing import Heard, heard_of
from .wish import Wish

DRAWN_S = 4.0
WINDOWS = 3
NAMES: tuple[Literal["rim", "middle", "label"], ...] = ("rim", "middle", "label")


def places(groove: Groove, wish: Wish, level_m_s: float, turntable: Turntable, line: Line | None) -> tuple[Place, ...]:
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
    line : Line or None
        The groove as the machine draws it; None where none is drawn.
    """
    music = groove.music
    heard = heard_of(groove, wish.curve) if line else Heard()
    found = []
    for name, sample in zip(NAMES, (music.first, (music.first + music.last) // 2, music.last), strict=True):
        radius_m = float(groove.spiral.at(np.array(sample * groove.turns_per_sample)))
        told = predict.predicted(
            radius_m, wish.rpm, wish.machine, wish.stylus, wish.curve, wish.disc, level_m_s or REFERENCE_VELOCITY_M_S,
            wish.compensate, noise_db=turntable.surface_noise_db,
            drawn_snr_db=_drawn_snr_db(line, groove, wish.curve, sample, heard.power) if line else None,
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


def _drawn_snr_db(line: Line, groove: Groove, curve: Curve, sample: int, heard: float) -> float | None:
    """Between the side's music and the error of its drawing on the machine's grid, around a sample."""
    about_s, most_s = sample / groove.rate_hz, groove.seconds - fidelity.WINDOW_S
    first_s = max(min(about_s - DRAWN_S / 2, most_s - DRAWN_S), 0.0)
    starts = fidelity.windows(first_s, min(first_s + DRAWN_S, most_s), WINDOWS)
    error = fidelity.heard_error(line, groove, curve, starts) if starts else 0.0
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
