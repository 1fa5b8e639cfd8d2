"""A scan into an archive's files: flat transfer, equalised copy, the track over the scan, a page, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np

from .. import presets
from ..audio import Audio
from ..errors import OutputError
from ..formats.sound import write_sound
from ..formats.wav import coding
from ..groove import Groove
from ..pictures.values import straight
from ..playing.player import play as play_groove
from ..presets import Curve, Stylus
from ..progress import Progress, silent
from ..scanning import enlarged, overlay
from ..scanning.declick import declicked
from .output import refuse, refuse_inputs, together
from .play import CEILING_DBFS, REFERENCE_DBFS
from .quieter import quieter
from .recipe import Recipe
from .regions import cut_out, firsts, one_after_another
from .reports import TransferReport, as_json
from .told import told
from .transferred import Heard, Scanned, Seen

RATE_HZ = 96_000
"""At least 96 kHz and 24 bit: what IASA-TC 04 recommends for transfers of analogue originals."""
FLAT, EQUALISED, TRACK, PAGE, NUMBERS = NAMES = (
    "flat.wav", "equalised.wav", "track.png", "transfer.html", "transfer.json",
)  # fmt: skip
Page = Callable[[TransferReport, Seen], str]


def transfer(
    scanned: Scanned,
    sources: Sequence[Path],
    recipe: Recipe,
    folder: Path,
    page: Page,
    progress: Progress = silent,
) -> TransferReport:
    """Write the files of a transfer into a folder: all of them or none.

    The flat transfer is the velocity of the groove as it was followed, through no curve: nothing in it is mended,
    declicked or limited. The equalised copy is played from the mended groove, with the recipe's stylus if it names one.

    Parameters
    ----------
    scanned : Scanned
    sources : sequence of Path
        The scans' files.
    recipe : Recipe
        Curve, stylus, and what `scan` says of rate and regions.
    folder : Path
        Made if it is not there.
    page : callable
        Draws the page of a report.
    progress : Progress

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: a region that is not there, or the folder.
    """
    refuse_folder(folder, sources)
    name = _called(sources)
    curve = presets.curve(recipe.curve or scanned.mended.meta.get("curve") or "riaa")
    stylus = presets.stylus(recipe.stylus) if recipe.stylus else None
    with _made(folder), together(folder / PAGE) as drafts:
        flat = _heard(scanned.flat, None, presets.curve("flat"), recipe, progress)
        heard = _heard(scanned.mended, stylus, curve, recipe, progress, mend=scanned)
        progress("writing", 0.2)
        drafts.add(lambda file: _write_flat(file, flat, scanned, name))
        drafts.add(lambda file: _write_equalised(file, heard, scanned, name, curve, stylus))
        progress("drawing the track", 0.4)
        tone = straight(scanned.grey[:: max(1, len(scanned.grey) // 1000)])
        disc = overlay.overview(scanned.grey, tone, scanned.track, scanned.rings)
        track = enlarged.drawn(disc, scanned.grey, tone, scanned.track, scanned.rings)
        drafts.add(lambda file: enlarged.write(file, track))
        progress("drawing the report", 0.8)
        report, seen = told(scanned, sources, recipe, curve, stylus, flat, heard, disc, NAMES)
        drafts.add(lambda file: file.write(page(report, seen).encode("utf-8", "backslashreplace")))
        drafts.add(lambda file: file.write(as_json(report).encode("utf-8", "backslashreplace") + b"\n"))
        drafts.names = [folder / each for each in NAMES]
    return report


def refuse_folder(folder: Path, sources: Sequence[Path]) -> None:
    """`OutputError` where it is plain before any work that the files cannot be written there."""
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{folder}: is no folder, and a transfer is five files; name a folder")
    for each in NAMES:
        refuse_inputs(folder / each, sources)
        if folder.is_dir():
            refuse(folder / each)
    if not folder.exists():
        refuse(folder)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make the folder if it is not there, and take it away again if nothing comes into it."""
    there = folder.is_dir()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as why:
        raise OutputError(f"{folder}: cannot be made ({why.strerror or why}); choose another place") from why
    try:
        yield
    except BaseException:
        if not there:
            with suppress(OSError):
                folder.rmdir()
        raise


def _heard(
    groove: Groove,
    stylus: Stylus | None,
    curve: Curve,
    recipe: Recipe,
    progress: Progress,
    mend: Scanned | None = None,
) -> Heard:
    """A groove played; as it was followed, or `mend`ed: without the picture's noise, and without clicks."""
    turntable = presets.turntable("ideal")
    rate_hz = recipe.scan.rate_hz or RATE_HZ
    sounds = []
    kept = recipe.scan.noise == "keep"
    quiet = mend is not None and mend.grain is not None and not kept
    starts = firsts(groove, recipe.scan.regions)
    for part, first in zip(cut_out(groove, recipe.scan.regions), starts, strict=True):
        sound = play_groove(part, turntable, stylus, curve, rate_hz=rate_hz, progress=progress).samples
        if mend is not None and mend.grain is not None:
            strength = np.asarray(mend.track.strength)
            sound = quieter(sound, rate_hz, groove, first, mend.grain, strength, curve, progress, kept)
        sounds.append(sound)
    samples = one_after_another(sounds, rate_hz)
    clicks = 0
    if mend is not None:
        samples, clicks = declicked(samples, rate_hz, progress)
    peak = float(np.abs(samples).max(initial=0.0))
    gain_db = REFERENCE_DBFS
    if peak > 0:
        gain_db = min(gain_db, CEILING_DBFS - 20 * math.log10(peak))
    audio = Audio(samples * np.float32(10 ** (gain_db / 20)), rate_hz)
    return Heard(audio, gain_db, 20 * math.log10(peak) + gain_db if peak > 0 else None, clicks, quiet)


def _write_flat(file: IO[bytes], heard: Heard, scanned: Scanned, name: str) -> None:
    history = _history(
        heard, scanned, name, f"velocity without a replay curve; full scale {heard.full_scale_cm_s:.4g} cm/s peak",
        "flat transfer; nothing mended; no clicks removed",
    )  # fmt: skip
    write_sound(file, heard.audio, ".wav", f"{name[:80]}, flat transfer from a scan by Bonemusic", history)


def _write_equalised(
    file: IO[bytes], heard: Heard, scanned: Scanned, name: str, curve: Curve, stylus: Stylus | None
) -> None:
    tip = "tip of radius 0" if stylus is None else f"{stylus.name} tip"
    noise = "turned down" if heard.quieter else "kept"
    history = _history(
        heard, scanned, name, f"{tip}; {curve.name} replay curve",
        f"equalised copy; the picture's noise {noise}; {len(scanned.invented)} gaps mended; "
        f"{len(scanned.missing)} left silent; {heard.clicks} clicks mended",
    )  # fmt: skip
    write_sound(file, heard.audio, ".wav", f"{name[:80]}, equalised copy from a scan by Bonemusic", history)


def _history(heard: Heard, scanned: Scanned, name: str, played: str, made: str) -> str:
    """The Broadcast file's CodingHistory: the disc and how it was read, then the file."""
    mode = "mono" if heard.audio.channels == 1 else "stereo"
    disc = f"disc; read optically from {name[:80]}; {float(scanned.flat.rpm):.6g} rpm ({scanned.speed_from}); {played}"
    return f"{coding('ANALOGUE', mode, disc)}\n{coding('PCM', mode, f'Bonemusic; {made}', heard.audio.rate_hz)}"


def _called(sources: Sequence[Path]) -> str:
    return sources[0].name if len(sources) == 1 else f"{sources[0].name} and {len(sources) - 1} more"
