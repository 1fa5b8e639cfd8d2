"""`bonemusic cut`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import FileName, given, recipe_of, refuse_streams, settings, shown, told


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
