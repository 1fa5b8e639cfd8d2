"""The four tracks of a lathe as a groove."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import presets
from ...errors import FormatError
from ...groove import Groove, Knots, Profile
from ...progress import Progress
from ...units import length_text, rpm_text
from .notes import notes
from .sums import Tracks, opened, summed
from .tracks import DEPTH_M, PITCH_M

Array = NDArray[Any]

KNOTS_PER_TURN = 32
"""Knots of radius and depth; a lathe's pitch and depth take a quarter of a turn or more to change."""
DISC = "12in-33"
"""Whose recorded radius and groove are taken where the file does not tell them."""
LEAST_RADIUS_M = 1e-3
DRIFT_M, DRIFT_S = 10e-6, 0.25
"""No music moves a groove so far for so long; an offset of recorded voltages, or coarse steps, do when summed up."""


def read(path: Path, rpm: Fraction | None, else_rpm: Fraction, progress: Progress) -> tuple[Groove, tuple[str, ...]]:
    """Read a lathe's tracks as `tracks` has them; the notes that ours bring along are not needed.

    Parameters
    ----------
    path : Path
    rpm, else_rpm : Fraction
        The speed asked for, if any; and the speed where neither that nor the file tells one.
    progress : Progress

    Returns
    -------
    Groove
        Begins where the groove does: a displacement there is lost, as tracks hold what moves. No bands.
    warnings : tuple of str

    Raises
    ------
    FormatError
        Damaged, cut short, too long, or four channels of something else.
    """
    known = notes(path)
    speed = rpm or known.rpm or else_rpm
    disc = presets.disc(DISC)
    radius_m = known.radius_m or disc.recorded_diameter_m / 2
    warnings = []
    if not (rpm or known.rpm):
        warnings.append(f"the file does not tell its speed; {rpm_text(speed)} rpm is taken, --rpm names another")
    if known.radius_m is None:
        warnings.append(f"the file does not tell where it begins; a radius of {length_text(radius_m)} is taken")
    with opened(path) as file:
        rate_hz = int(file.samplerate)
        turns_per_sample = float(speed / 60 / rate_hz)
        read = summed(path, file, max(1, round(1 / turns_per_sample / KNOTS_PER_TURN)), progress)
    walls = [wall for wall in (read.lateral_m, read.vertical_m) if wall is not None]
    if sum(_levelled(wall, rate_hz) for wall in walls):
        warnings.append("left and right have an offset, which would push the groove ever further; it was taken off")
    depth_m = read.depth * DEPTH_M
    if not depth_m.any():
        depth_m = np.full(len(depth_m), disc.depth_m)
        warnings.append(f"the track of the depth is empty; {length_text(disc.depth_m)} is taken")
    angle_rad = known.angle_rad or disc.angle_rad
    bottom_m = disc.bottom_radius_m if known.bottom_m is None else known.bottom_m
    turns = read.knots * turns_per_sample
    return Groove(
        spiral=_spiral(path, turns, read, radius_m, turns_per_sample),
        depth=Knots(turns, depth_m, _tamed(turns, depth_m, np.gradient(depth_m, turns))),
        rpm=speed,
        rate_hz=rate_hz,
        lateral_m=read.lateral_m,
        vertical_m=read.vertical_m,
        profile=Profile(2 * float(np.median(depth_m)) * math.tan(angle_rad / 2), bottom_m, angle_rad),
        meta={"curve": known.curve} if known.curve else {},
    ), tuple(warnings)


def _spiral(path: Path, turns: Array, read: Tracks, radius_m: float, turns_per_sample: float) -> Knots:
    """Radius over turns, never rising."""
    radii = radius_m - read.travel * (PITCH_M * turns_per_sample)
    if radii[-1] < LEAST_RADIUS_M:
        raise FormatError(
            f"{path.name}: its third track, the pitch, leads {length_text(float(radius_m - radii[-1]))} inwards, past "
            "the centre; give a lathe's tracks (left, right, pitch, depth)"
        )
    return Knots(turns, radii, _tamed(turns, radii, -PITCH_M * read.pitch))


def _tamed(turns: Array, value: Array, slope: Array) -> Array:
    """Slopes with which a cubic between knots never leaves their values (Fritsch, Carlson, SIAM J. Numer. Anal. 17
    (1980) 238: of the same sign as, and at most three times, the straight slopes on both sides)."""
    straight = np.diff(value) / np.diff(turns)
    before, after = np.append(straight[:1], straight), np.append(straight, straight[-1:])
    least = 3 * np.where((before < 0) & (after < 0), np.maximum(before, after), 0.0)
    most = 3 * np.where((before > 0) & (after > 0), np.minimum(before, after), 0.0)
    return np.clip(slope, least, most)


def _levelled(wall: Array, rate_hz: int) -> bool:
    """Take off, in place, what moves slower than music: the mean over `DRIFT_S`, straight in between."""
    size = max(1, round(DRIFT_S * rate_hz))
    firsts = np.arange(0, len(wall), size)
    sizes = np.diff(np.append(firsts, len(wall)))
    means = np.array([wall[first : first + size].mean(dtype=np.float64) for first in firsts])
    if np.abs(means).max() < DRIFT_M:
        return False
    middles = firsts + (sizes - 1) / 2
    for first in firsts:
        part = wall[first : first + size]
        part -= np.interp(np.arange(first, first + len(part)), middles, means)
    return True
