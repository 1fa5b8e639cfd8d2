"""`bonemusic play`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import SCANNING, FileName, given_all, recipe_of, refuse_streams, settings, shown, told


@click.command(short_help="Play a disc into a sound file.")
@click.argument("sources", metavar="DISC...", type=FileName(), nargs=-1, required=True)
@click.option(
    "-o",
    "out",
    metavar="OUT",
    required=True,
    type=FileName(),
    help="heard.wav (24 bit), .flac, .ogg or .mp3; - is stdout (WAV).",
)
@settings("disc", "rpm", "curve", "stylus", "turntable", "seed", "format", *SCANNING)
def play(sources: tuple[Path, ...], out: Path, json: bool, quiet: bool, **wishes: Any) -> None:
    """Play DISC, a drawing of a record (ours or another tool's) or a scan of one, and write what is heard; - is stdin.

    Several files, in any order, or a folder are read as the parts of one disc; several scans as the same side, turned
    another way each time. Speed and curve that are not given are the file's own, if it tells them; else 78 (or
    --disc's) and riaa. --seconds to --rate are for scans.

    \b
      bonemusic play disc.svg -o heard.wav
      bonemusic play disc.svg -o heard.wav --turntable portable --seed 3
      bonemusic play other.svg -o heard.wav --rpm 33
      bonemusic play side-01.svg side-02.svg side-03.svg -o heard.wav
      bonemusic play folder-of-parts -o heard.wav
      bonemusic play scan.tif -o heard.wav
    """
    refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import play as work
    from ..workshop.output import refuse
    from . import words

    refuse(out)
    with shown(quiet) as progress, given_all(sources) as files:
        report = work.play(files, recipe, out, progress)
    told(report, words.of_play(report), json, quiet)
