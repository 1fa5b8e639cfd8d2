"""`bonemusic play`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import FileName, given, recipe_of, refuse_streams, settings, shown, told


@click.command(short_help="Play a disc into a sound file.")
@click.argument("source", metavar="DISC", type=FileName())
@click.option(
    "-o",
    "out",
    metavar="OUT",
    required=True,
    type=FileName(),
    help="heard.wav (24 bit), .flac, .ogg or .mp3; - is stdout (WAV).",
)
@settings("disc", "rpm", "curve", "stylus", "turntable", "seed", "format")
def play(source: Path, out: Path, json: bool, quiet: bool, **wishes: Any) -> None:
    """Play DISC, a drawing of a record (ours or another tool's), and write what is heard; - is stdin.

    Speed and curve that are not given are the file's own, if it tells them; else 78 (or --disc's) and riaa.

    \b
      bonemusic play disc.svg -o heard.wav
      bonemusic play disc.svg -o heard.wav --turntable portable --seed 3
      bonemusic play other.svg -o heard.wav --rpm 33
    """
    refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import play as work
    from ..workshop.output import refuse
    from . import words

    refuse(out)
    with shown(quiet) as progress, given(source) as file:
        report = work.play(file, recipe, out, progress)
    told(report, words.of_play(report), json, quiet)
