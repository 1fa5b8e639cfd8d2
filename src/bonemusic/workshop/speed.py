"""A groove that was read at a speed that nobody knew, and is set right by what is known of it."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np

from ..errors import FitError
from ..groove import Groove
from ..scanning.speed import Speed, hum_speed, tuned_speed
from ..units import rpm_text
from .scanwish import ScanWish

NEAR_HZ = 8
"""A rate of samples may be so far from the exact one (0.15 cents) if it is made of small factors, as filters want."""
SLOWEST, FASTEST = 8, 200
LEAST_CERTAINTY = 0.2
"""Below it what was found is told, and not followed (assumed)."""


def at_speed(groove: Groove, factor: float) -> Groove:
    """The same groove, so many times as fast: sample k stays at its angle, exactly.

    The speed is the nearest of those that a good rate of samples allows: within 0.01 %.
    """
    wanted = groove.rate_hz * factor
    rates = range(max(1, round(wanted) - NEAR_HZ), round(wanted) + NEAR_HZ + 1)
    rate = min(rates, key=lambda each: (_largest_factor(each), abs(each - wanted)))
    return dataclasses.replace(groove, rate_hz=rate, rpm=groove.rpm * Fraction(rate, groove.rate_hz))


def _largest_factor(number: int) -> int:
    largest, trial = 1, 2
    while trial * trial <= number:
        while number % trial == 0:
            largest, number = trial, number // trial
        trial += 1
    return max(largest, number)


def told(groove: Groove, wish: ScanWish) -> tuple[float, str, tuple[str, ...]]:
    """How much faster a groove must turn than it was read, what says so, and what is to be noted.

    Raises
    ------
    FitError
        The time given makes a speed that no record has.
    """
    if wish.seconds is not None:
        band = groove.band("groove")
        samples = len(groove) if band is None else band.last - band.first
        factor = samples / groove.rate_hz / wish.seconds
        speed = groove.rpm * Fraction(factor)
        if not SLOWEST <= speed <= FASTEST:
            turns = samples * groove.turns_per_sample
            raise FitError(
                f"{turns:.1f} turns in {wish.seconds:g} s would be {float(speed):.1f} rpm, which no record has; "
                "give how long all that is on the scan plays"
            )
        return factor, "--seconds", ()
    if wish.hum_hz is not None:
        return _followed(hum_speed(groove.lateral_m, groove.rate_hz, wish.hum_hz), "--hum", "mains hum", groove)
    if wish.tuned_hz is not None:
        moved = np.diff(groove.lateral_m)
        return _followed(tuned_speed(moved, groove.rate_hz, wish.tuned_hz), "--tuned", "tuning", groove)
    return 1.0, "", ()


def _followed(found: Speed, option: str, what: str, groove: Groove) -> tuple[float, str, tuple[str, ...]]:
    if found.certainty >= LEAST_CERTAINTY:
        return found.factor, f"{option}, {100 * found.certainty:.0f} % sure", ()
    near = groove.rpm * Fraction(found.factor)
    return (
        1.0,
        "",
        (
            f"{option}: the recording's {what} does not tell the speed ({rpm_text(near.limit_denominator(1000))} rpm, "
            f"{100 * found.certainty:.0f} % sure): it stays at {rpm_text(groove.rpm)} rpm; give --rpm",
        ),
    )
