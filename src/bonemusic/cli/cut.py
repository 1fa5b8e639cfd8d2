"""`bonemusic cut`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import FileName, given, recipe_of, refuse_streams, settings, shown, told

if TYPE_CHECKING:
    from ..workshop.reports import CutReport


@click.command(short_help="Cut a song onto a disc.")
@click.argument("song", type=FileName())
@click.option(
    "-o",
    "out",
    metavar="OUT",
    required=True,
    type=FileName(),
    help="What to write: disc.svg (a drawing), disc.png (a picture); - is stdout.",
)
@settings("disc", "rpm", "curve", "machine", "stylus", "sheet", "level", "pitch", "start", "end", "dpi", "format")
def cut(song: Path, out: Path, json: bool, quiet: bool, **wishes: Any) -> None:
    """Cut SONG onto a disc: WAV, FLAC, OGG, MP3; M4A, AAC and video sound tracks; - is stdin.

    \b
      bonemusic cut song.mp3 -o disc.svg
      bonemusic cut song.flac -o disc.svg --disc 7in-45 --level -3dB
      bonemusic cut song.wav -o disc.png --sheet xray.jpg --dpi 600
    """
    refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import cut as work
    from ..workshop.output import refuse
    from . import words

    refuse(out)
    with shown(quiet) as progress, given(song) as file:
        report = work.cut(file, recipe, out, progress)
    told(report, words.of_cut(report), json, quiet)


def _words(report: CutReport) -> str:
    level = "silent" if report.level_db is None else f"{report.level_db:+.1f} dB"
    near = min((row for row in report.limits if row.spare_db is not None and row.at_s is not None),
               key=lambda row: row.spare_db or 0.0, default=None)  # fmt: skip
    lines = [
        f"{report.song} on {report.disc}: {report.music_seconds:.1f} s at {report.rpm:.5g} rpm, "
        f"{report.music_turns:.0f} turns, pitch {report.pitch_um:.0f} µm",
        f"level {level} re 5 cm/s (peaks {report.peak_velocity_cm_s:.1f} cm/s, {report.peak_displacement_um:.0f} µm)"
        + (f", nearest limit: {near.name} at {near.at_s:.1f} s" if near else ""),
    ]
    if report.predicted_snr_db is not None:
        lines.append(
            f"the drawing carries {report.predicted_snr_db:.0f} dB between sound and noise, "
            f"to {report.bandwidth_hz / 1e3:.1f} kHz"
        )
    lines.append(f"{report.points:,} points, {report.bytes / 1e6:.1f} MB")
    return "\n".join(lines)
