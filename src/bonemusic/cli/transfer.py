"""`bonemusic transfer`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import SCANNING, FileName, given_all, recipe_of, settings, shown, told


@click.command(short_help="Read a record from its scan, for an archive.")
@click.argument("scans", metavar="SCAN...", type=FileName(), nargs=-1, required=True)
@click.option(
    "-o",
    "folder",
    metavar="DIR",
    required=True,
    type=FileName(),
    help="Where flat.wav, equalised.wav, track.png, transfer.html and transfer.json go; made if it is not there.",
)
@settings("disc", "rpm", "curve", "stylus", *SCANNING)
def transfer(scans: tuple[Path, ...], folder: Path, json: bool, quiet: bool, **wishes: Any) -> None:
    """Read a record from SCAN, a picture of one side, and write what an archive keeps; - is stdin.

    flat.wav is what the groove holds: nothing is mended, and no curve applied. equalised.wav is mended and played with
    the curve. Both are 24 bit, and say how they were made. track.png shows where the groove was followed and how sure
    that is; transfer.html tells all, transfer.json the same to programs.

    \b
      bonemusic transfer scan.tif -o side-a
      bonemusic transfer scan.tif -o side-a --rpm 78.26 --curve columbia-78 --stylus 78-65
      bonemusic transfer scan.tif -o taste --regions 10-12,100-102
    """
    recipe = recipe_of(wishes)
    from ..report.transfer_page import ready, transfer_page
    from ..workshop import transfer as work
    from ..workshop.reading import read_scans
    from . import words

    work.refuse_folder(folder, scans)
    ready()
    with shown(quiet) as progress, given_all(scans) as files:
        scanned = read_scans(files, recipe, progress)
        report = work.transfer(scanned, files, recipe, folder, transfer_page, progress)
    told(report, f"{words.of_transfer(report)}\n{words.of_folder(folder)}", json, quiet)
