"""A side read from a scan, of which everything is known: 10.4 turns at 78 rpm, a gap mended and one left."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.scanning.rings import Circle, Rings
from bonemusic.scanning.track import Geometry, Track
from bonemusic.workshop.transferred import Scanned

RATE_HZ = 48_000
COUNT = 8 * RATE_HZ
PER_TURN = RATE_HZ * 60 / 78
INVENTED = ((96_000, 96_240), (200_000, 200_048))
MISSING = ((300_000, 302_400),)


def scanned(**changes: object) -> Scanned:
    """The side; its mended groove is silent in its gaps, which its flat one is not."""
    turns = COUNT / PER_TURN
    t = np.arange(COUNT) / RATE_HZ
    noise = np.random.default_rng(5).standard_normal(COUNT)
    tone = 8e-6 * np.sin(2 * np.pi * 1000 * t) + 1e-8 * noise
    sure = np.full(COUNT, 0.98, np.float32)
    filled = tone.copy()
    for first, last in (*INVENTED, *MISSING):
        sure[first:last] = 0.1
        tone[first:last] = 30e-6
        filled[first:last] = 0
    spiral = Knots(np.array([0.0, turns]), np.array([0.04, 0.03]), np.full(2, -0.01 / turns))
    groove = Groove(
        spiral, constant(28e-6), Fraction(78), RATE_HZ, tone, Profile(56e-6, 6e-6, np.pi / 2), confidence=sure
    )
    mended = Groove(spiral, groove.depth, groove.rpm, RATE_HZ, filled, groove.profile, confidence=sure)
    radius = spiral.at(np.arange(COUNT) / PER_TURN) + tone
    track = Track(
        Geometry(400.2, 395.5, 9_500.0, 9_490.5),
        0.4,
        PER_TURN,
        radius,
        np.full(COUNT, 90, np.float32),
        sure,
        np.full(COUNT, 450, np.float32),
    )
    given: dict[str, object] = {
        "grey": np.random.default_rng(3).integers(40, 70, (800, 800)).astype(np.uint8),
        "flat": groove,
        "mended": mended,
        "track": track,
        "invented": np.array(INVENTED),
        "missing": np.array(MISSING),
        "speed_from": "--rpm",
        "rings": Rings(hole=Circle(400.2 + 4.75, 395.5, 3.6e-3), label=Circle(400.2, 395.5, 12e-3)),
        "locked": False,
        "direction": "counter-clockwise inwards",
        "mirrored": False,
        "way": "lateral",
        "wow_before_percent": 0.4,
        "wow_after_percent": 0.003,
        "grain": None,
        "faults": ("clipped",),
        "notes": ("noted",),
    }
    return Scanned(**(given | changes))  # type: ignore[arg-type]
