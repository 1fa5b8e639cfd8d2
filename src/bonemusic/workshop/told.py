"""What a transfer tells: its report, and what its page draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curves import replay
from ..presets import Curve, Stylus
from ..scanning import overlay
from ..scanning.rings import Circle
from .likely import Suggested, suggested
from .recipe import Recipe
from .regions import silences
from .reports import GapReport, TransferReport
from .spectrum import Spectrum, spectrum
from .transferred import Heard, Scanned, Seen, over_the_side

NOISE_HZ = (100.0, 4500.0)
MOST_GAPS = 20
MOST_EMBEDDED_S = 60.0
"""Longer sounds are files beside the page."""
PEAK_DB = 10 * math.log10(2)
"""How much a sine's peak lies above its root mean square."""


def told(
    scanned: Scanned,
    sources: Sequence[Path],
    recipe: Recipe,
    curve: Curve,
    stylus: Stylus | None,
    flat: Heard,
    heard: Heard,
    disc: NDArray[Any],
    files: Sequence[str],
) -> tuple[TransferReport, Seen]:
    """The report of a transfer, and what is drawn of it."""
    silent_s = silences(scanned.flat, recipe.scan.regions, scanned.missing)
    spectra = _spectrum(flat, silent_s), _spectrum(heard, silent_s)
    advice = suggested(spectra[0], float(scanned.flat.rpm))
    seen = _seen(scanned, flat, heard, spectra, _under(curve, spectra[0]), advice, disc)
    return _report(scanned, sources, recipe, curve, stylus, flat, heard, seen, files), seen


def _report(
    scanned: Scanned,
    sources: Sequence[Path],
    recipe: Recipe,
    curve: Curve,
    stylus: Stylus | None,
    flat: Heard,
    heard: Heard,
    seen: Seen,
    files: Sequence[str],
) -> TransferReport:
    groove, at, rings, levels = scanned.flat, scanned.track.geometry, scanned.rings, seen.heard
    turns = (len(groove) - 1) * groove.turns_per_sample
    outer, inner = (float(r) for r in groove.spiral.at(np.array([0.0, turns])))
    sure = np.asarray(scanned.track.confidence)
    return TransferReport(
        scans=tuple(path.name for path in sources),
        files=tuple(files),
        seconds=round(heard.audio.seconds, 4),
        rate_hz=heard.audio.rate_hz,
        rpm=round(float(groove.rpm), 6),
        rpm_from=scanned.speed_from,
        curve=curve.name,
        curve_from="--curve" if recipe.curve else "assumed",
        stylus=stylus.name if stylus else None,
        track=scanned.way,
        direction=scanned.direction,
        mirrored=scanned.mirrored,
        locked_groove=scanned.locked,
        turns=round(turns, 4),
        outer_radius_mm=round(outer * 1e3, 4),
        inner_radius_mm=round(inner * 1e3, 4),
        pitch_um=round((outer - inner) / max(turns, 1e-9) * 1e6, 2),
        dpi=round(at.dots_per_m * 0.0254, 2),
        centre_px=(round(at.x_px, 3), round(at.y_px, 3)),
        disc_diameter_mm=_diameter_mm(rings.rim),
        label_diameter_mm=_diameter_mm(rings.label),
        hole_diameter_mm=_diameter_mm(rings.hole),
        hole_off_mm=None if rings.hole is None else round(1e3 * rings.hole.off_m(at), 3),
        axis_stretch_percent=round(100 * at.stretch, 4) + 0.0,  # never -0.0
        wow_before_percent=_rounded(scanned.wow_before_percent, 4),
        wow_after_percent=_rounded(scanned.wow_after_percent, 5),
        confidence=round(float(sure.mean(dtype=np.float64)), 4) if len(sure) else 0.0,
        unsure_percent=round(100 * float((sure < overlay.UNSURE).mean()), 4) if len(sure) else 0.0,
        gaps=len(scanned.invented) + len(scanned.missing),
        mended_seconds=round(_seconds(scanned, scanned.invented), 4),
        missing_seconds=round(_seconds(scanned, scanned.missing), 4),
        largest_gaps=_largest(scanned),
        clicks_mended=heard.clicks,
        flat_peak_dbfs=_rounded(flat.peak_dbfs, 3),
        flat_full_scale_cm_s=round(flat.full_scale_cm_s, 4),
        peak_dbfs=_rounded(heard.peak_dbfs, 3),
        gain_db=round(heard.gain_db, 3),
        level_db=_rounded(_in_band(levels, levels.mean_db), 2),
        noise_db=_rounded(_in_band(levels, levels.quiet_db), 2),
        noise_scanned_db=_rounded(_in_band(seen.flat, seen.scanned_db), 2),
        noise_turned_down=heard.quieter,
        suggested_curve=seen.suggested.name,
        suggested_why=seen.suggested.why,
        faults=scanned.faults,
        warnings=scanned.notes,
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def _diameter_mm(ring: Circle | None) -> float | None:
    return None if ring is None else round(2e3 * ring.radius_m, 2)


def _seconds(scanned: Scanned, runs: NDArray[Any]) -> float:
    return float(np.diff(np.asarray(runs).reshape(-1, 2), axis=1).sum() / scanned.flat.rate_hz)


def _largest(scanned: Scanned) -> tuple[GapReport, ...]:
    """The longest gaps, longest first."""
    groove = scanned.flat
    every = [(int(b - a), int(a), mended) for runs, mended in ((scanned.invented, True), (scanned.missing, False))
             for a, b in np.asarray(runs).reshape(-1, 2)]  # fmt: skip
    rows = []
    for length, first, mended in sorted(every, key=lambda row: (-row[0], row[1]))[:MOST_GAPS]:
        turn = first * groove.turns_per_sample
        rows.append(
            GapReport(
                at_s=round(first / groove.rate_hz, 4),
                turn=round(turn, 3),
                radius_mm=round(float(groove.spiral.at(np.array(turn))) * 1e3, 3),
                milliseconds=round(1e3 * length / groove.rate_hz, 3),
                mended=mended,
            )
        )
    return tuple(rows)


def _spectrum(heard: Heard, silent_s: NDArray[Any]) -> Spectrum:
    """Of the first channel; 0 dB is a tone of 5 cm/s peak."""
    made = spectrum(heard.audio.samples[:, 0], heard.audio.rate_hz, silent_s)
    over_db = PEAK_DB - heard.gain_db
    return Spectrum(made.centre_hz, made.mean_db + over_db, made.quiet_db + over_db)


def _under(curve: Curve, flat: Spectrum) -> NDArray[Any]:
    """A flat transfer's quietest moments as they would be under a curve: a percentile of levels moves with them."""
    return np.asarray(flat.quiet_db + 20 * np.log10(np.abs(replay(curve, flat.centre_hz))))


def _in_band(levels: Spectrum, decibels: NDArray[Any]) -> float | None:
    """All bands of speech and music together."""
    inside = (levels.centre_hz >= NOISE_HZ[0] * 0.99) & (levels.centre_hz <= NOISE_HZ[1])
    return float(10 * np.log10((10 ** (decibels[inside] / 10)).sum())) if inside.any() else None


def _seen(
    scanned: Scanned,
    flat: Heard,
    heard: Heard,
    spectra: tuple[Spectrum, Spectrum],
    scanned_db: NDArray[Any],
    advice: Suggested,
    disc: NDArray[Any],
) -> Seen:
    turns, mean, least = over_the_side(scanned)
    runs = np.concatenate([np.asarray(r).reshape(-1, 2) for r in (scanned.invented, scanned.missing)])
    per, rate = scanned.flat.turns_per_sample, scanned.flat.rate_hz
    gaps = np.stack([runs[:, 0] * per, (runs[:, 1] - runs[:, 0]) / rate], 1) if len(runs) else np.zeros((0, 2))
    short = heard.audio.seconds <= MOST_EMBEDDED_S
    sounds = (("flat transfer", flat.audio), ("equalised copy", heard.audio)) if short else ()
    return Seen(
        disc=overlay.as_jpeg(disc),
        turns=turns,
        confidence=mean,
        least=least,
        gaps=gaps,
        flat=spectra[0],
        heard=spectra[1],
        scanned_db=scanned_db,
        suggested=advice,
        sounds=tuple((name, audio.samples, audio.rate_hz) for name, audio in sounds),
    )
