"""`bonemusic cut`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import recipe_of, refuse_json_to_pipe, settings, shown, told


@click.command(short_help="Cut a song onto a disc.")
@click.argument("song", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "out",
    metavar="OUT",
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help="What to write: disc.svg (a drawing), disc.png (a picture); - is stdout.",
)
@settings("disc", "rpm", "curve", "machine", "stylus", "sheet", "level", "pitch", "start", "end", "dpi", "format")
def cut(song: Path, out: Path, json: bool, quiet: bool, **given: Any) -> None:
    """Cut SONG onto a disc: WAV, FLAC, OGG, MP3; M4A, AAC and video sound tracks.

    \b
      bonemusic cut song.mp3 -o disc.svg
      bonemusic cut song.flac -o disc.svg --disc 7in-45 --level -3dB
      bonemusic cut song.wav -o disc.png --sheet xray.jpg --dpi 600
    """
    refuse_json_to_pipe(json, out)
    recipe = recipe_of(given)
    from ..workshop import cut as work

    with shown(quiet) as progress:
        report = work.cut(song, recipe, out, progress)
    told(report, work.describe(report), json, quiet)
