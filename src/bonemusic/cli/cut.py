"""`bonemusic cut`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import PLANNING, FileName, given_all, recipe_of, refuse_streams, settings, shown, told_all


@click.command(short_help="Cut a song onto a disc.")
@click.argument("songs", metavar="SONG...", type=FileName(), nargs=-1, required=True)
@click.option(
    "-o",
    "out",
    metavar="OUT",
    required=True,
    type=FileName(),
    help="What to write: disc.svg, .pdf, .dxf, .gcode or .plt (drawings), disc.png (a picture), side.wav (tracks for a "
    "lathe); - is stdout.",
)
@settings(*PLANNING, "sheet-width", "place", "view", "dpi", "from-turn", "format")
def cut(songs: tuple[Path, ...], out: Path, json: bool, quiet: bool, **wishes: Any) -> None:
    """Cut songs onto a disc, in order: WAV, FLAC, OGG, MP3; M4A, AAC and video sound tracks; - is stdin.

    \b
      bonemusic cut song.mp3 -o disc.svg
      bonemusic cut song.flac -o disc.svg --disc 7in-45 --level -3dB
      bonemusic cut song.wav -o disc.png --sheet xray.jpg --dpi 600
      bonemusic cut one.wav two.wav three.wav -o album.svg --disc 12in-33 --sides auto
      bonemusic cut song.wav -o disc.gcode --machine grbl-laser
      bonemusic cut song.wav -o side.wav --disc 12in-33 --machine lathe --master auto

    Where the machine takes no file of that size, numbered parts are written (disc-01.svg, disc-02.svg …), each of which
    begins where the last one ended. If it stalls, --from-turn writes what is left. From a part's first turn on these
    are that part and those after it again; from a turn within a part they go to another folder, as the rest of a part
    does not take the part's place:

    \b
      bonemusic cut song.wav -o disc.svg --machine laser-1200-stall --from-turn 40
      bonemusic cut song.wav -o rest/disc.svg --machine laser-1200-stall --from-turn 47
    """
    refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import cut as work
    from ..workshop.output import refuse
    from . import words

    refuse(out)
    with shown(quiet) as progress, given_all(songs) as files:
        reports = work.cut_album(files, recipe, out, progress)
    told_all(reports, [words.of_cut(report) for report in reports], json, quiet)
