"""A disc back to sound: read, trace, play, write, and tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from .. import presets
from ..audio import Audio
from ..formats import discs
from ..formats.sound import spelling, write_sound
from ..playing.player import play as play_groove
from ..presets import Curve, Stylus, Turntable
from ..progress import Progress, silent
from .output import refuse_inputs, whole
from .recipe import Recipe
from .reports import PlayReport

REFERENCE_DBFS = -18.0
"""Where 5 cm/s at 1 kHz lies in the file: EBU R 68's alignment level."""
CEILING_DBFS = -1.0


def play(sources: Sequence[Path], recipe: Recipe, out: Path, progress: Progress = silent) -> PlayReport:
    """Play a drawing of a disc into a sound file.

    Speed and curve are the recipe's; what it leaves open is taken from what the file says of itself, else from the
    recipe's disc, else RIAA.

    Parameters
    ----------
    sources : sequence of Path
        The disc's file; or its parts, in any order; or a folder that holds them.
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
    files, told = discs.found(sources)
    refuse_inputs(out, files)
    turntable = presets.turntable(recipe.turntable)
    tip = recipe.stylus or turntable.stylus
    stylus = presets.stylus(tip) if tip else None
    progress("reading the disc", 0.0)
    groove, notes = discs.read(files, recipe.rpm, presets.disc(recipe.disc).rpm, progress)
    curve = presets.curve(recipe.curve or _said_curve(groove.meta.get("curve")) or "riaa")
    played = play_groove(groove, turntable, stylus, curve, seed=recipe.seed, progress=progress)
    peak = float(np.abs(played.samples).max(initial=0.0))
    gain_db = REFERENCE_DBFS
    if peak > 0:
        gain_db = min(gain_db, CEILING_DBFS - 20 * math.log10(peak))
    audio = Audio(played.samples * np.float32(10 ** (gain_db / 20)), played.rate_hz)
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
        wow_percent=round(played.wow_percent, 4),
        clicks_made=played.clicks,
        clicks_mended=0,
        confidence=None if groove.confidence is None else float(np.mean(groove.confidence)),
        warnings=(*told, *notes),
    )


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
