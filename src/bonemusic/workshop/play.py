"""A disc back to sound: read, trace, play, write, and tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import presets
from ..audio import Audio
from ..formats import discs
from ..formats.sound import spelling, write_sound
from ..groove import Groove
from ..pictures.read import HEAD, is_picture
from ..playing.player import play as play_groove
from ..presets import Curve, Stylus, Turntable
from ..progress import Progress, silent
from ..scanning.declick import declicked
from ..scanning.grain import Grain
from .output import refuse_inputs, whole
from .quieter import quieter
from .recipe import Recipe
from .regions import cut_out, firsts, one_after_another
from .reports import PlayReport

REFERENCE_DBFS = -18.0
"""Where 5 cm/s at 1 kHz lies in the file: EBU R 68's alignment level."""
CEILING_DBFS = -1.0
SCAN_RATE_HZ = 48_000
"""Of what is heard of a scan, if nobody asks for more: all that a scanner sees is below 20 kHz."""


def play(sources: Sequence[Path], recipe: Recipe, out: Path, progress: Progress = silent) -> PlayReport:
    """Play a disc, drawn or scanned, into a sound file.

    Speed and curve are the recipe's; what it leaves open is taken from what the file says of itself, else from the
    recipe's disc, else RIAA.

    Parameters
    ----------
    sources : sequence of Path
        The disc's file; or its parts, in any order; or a folder that holds them; or a scan of it, or several.
    recipe : Recipe
    out : Path
        "-" is standard output.
    progress : Progress

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: the disc, or the output.
    """
    suffix = spelling(out, recipe.format)
    turntable = presets.turntable(recipe.turntable)
    tip = recipe.stylus or turntable.stylus
    stylus = presets.stylus(tip) if tip else None
    read = _of_scans if _are_pictures(sources) else _of_drawing
    side = read(sources, recipe, out, progress)
    groove = side.groove
    curve = presets.curve(recipe.curve or _said_curve(groove.meta.get("curve")) or "riaa")
    heard = [
        play_groove(part, turntable, stylus, curve, rate_hz=side.rate_hz, seed=recipe.seed, progress=progress)
        for part in cut_out(groove, recipe.scan.regions)
    ]
    sounds = [each.samples for each in heard]
    if side.grain is not None and side.strength is not None:
        kept = recipe.scan.noise == "keep"
        starts = firsts(groove, recipe.scan.regions)
        sounds = [
            quieter(sound, heard[0].rate_hz, groove, first, side.grain, side.strength, curve, progress, kept)
            for sound, first in zip(sounds, starts, strict=True)
        ]
    samples = one_after_another(sounds, heard[0].rate_hz)
    clicks = 0
    if side.gaps is not None:
        samples, clicks = declicked(samples, heard[0].rate_hz, progress)
    peak = float(np.abs(samples).max(initial=0.0))
    gain_db = REFERENCE_DBFS
    if peak > 0:
        gain_db = min(gain_db, CEILING_DBFS - 20 * math.log10(peak))
    audio = Audio(samples * np.float32(10 ** (gain_db / 20)), heard[0].rate_hz)
    name = _called(sources)
    with whole(out) as file:
        write_sound(
            file,
            audio,
            suffix,
            f"{name[:80]}, played by Bonemusic",
            _history(audio, groove.rpm, curve, turntable, stylus),
        )
    return PlayReport(
        disc=name,
        seconds=round(audio.seconds, 4),
        rpm=round(float(groove.rpm), 6),
        curve=curve.name,
        turntable=turntable.name,
        stylus=stylus.name if stylus else None,
        turns=round((len(groove) - 1) * groove.turns_per_sample, 4),
        peak_dbfs=round(20 * math.log10(peak) + gain_db, 3) if peak > 0 else None,
        gain_db=round(gain_db, 3),
        wow_percent=round(max(each.wow_percent for each in heard), 4),
        clicks_made=sum(each.clicks for each in heard),
        clicks_mended=clicks + (side.gaps or 0),
        confidence=None if groove.confidence is None else round(float(np.mean(groove.confidence)), 4),
        warnings=side.notes,
    )


@dataclass(frozen=True)
class _Side:
    """A groove that is to be heard; of scans how many gaps were mended, and the picture's noise; else None."""

    groove: Groove
    notes: tuple[str, ...]
    rate_hz: int | None = None
    gaps: int | None = None
    grain: Grain | None = None
    strength: NDArray[Any] | None = None


def _of_drawing(sources: Sequence[Path], recipe: Recipe, out: Path, progress: Progress) -> _Side:
    files, told = discs.found(sources)
    refuse_inputs(out, files)
    progress("reading the disc", 0.0)
    groove, notes = discs.read(files, recipe.rpm, presets.disc(recipe.disc).rpm, progress)
    return _Side(groove, (*told, *notes), recipe.scan.rate_hz)


def _of_scans(sources: Sequence[Path], recipe: Recipe, out: Path, progress: Progress) -> _Side:
    from .reading import read_scans

    refuse_inputs(out, sources)
    scanned = read_scans(sources, recipe, progress)
    notes = (*scanned.faults, *scanned.notes)
    rate_hz = recipe.scan.rate_hz or SCAN_RATE_HZ
    return _Side(
        scanned.mended, notes, rate_hz, len(scanned.invented), scanned.grain, np.asarray(scanned.track.strength)
    )


def _are_pictures(sources: Sequence[Path]) -> bool:
    """Whether the disc is shown in a picture, not drawn in a file's lines."""
    try:
        with sources[0].open("rb") as file:
            return is_picture(file.read(HEAD))
    except OSError:  # a folder, or what cannot be read: told when it is looked into
        return False


def _called(sources: Sequence[Path]) -> str:
    """What a disc is called in words: by its file, its folder, or the first of its parts."""
    name = sources[0].name or sources[0].resolve().name
    return name if len(sources) == 1 else f"{name} and {len(sources) - 1} more"


def _said_curve(name: str | None) -> str | None:
    """A curve that a file names, where it is one of ours."""
    return name if name in presets.names("curves") else None


def _history(audio: Audio, rpm: Fraction, curve: Curve, turntable: Turntable, stylus: Stylus | None) -> str:
    """The Broadcast file's CodingHistory: the player, then the file."""
    mode = "mono" if audio.channels == 1 else "stereo"
    tip = "tip of radius 0" if stylus is None else f"{stylus.name} tip"
    return (
        f"A=ANALOGUE,M={mode},T=groove; {float(rpm):.4g} rpm; {turntable.name} turntable; {tip}; "
        f"{curve.name} replay curve\n"
        f"A=PCM,F={audio.rate_hz},W=24,M={mode},T=Bonemusic"
    )
