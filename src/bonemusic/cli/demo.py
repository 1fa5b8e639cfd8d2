"""`bonemusic demo`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from .options import FileName, given, say, shown


@click.command(short_help="Make a record of nothing but code, and hear it.")
@click.argument("song", required=False, type=FileName())
@click.option(
    "-o",
    "out",
    metavar="FOLDER",
    default="bonemusic-demo",
    type=FileName(),
    show_default=True,
    help="Where to put the record, its picture, the sounds and the page.",
)
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def demo(song: Path | None, out: Path, quiet: bool) -> None:
    """Make a boogie-woogie and an X-ray by code, cut the one into the other, and play the disc.

    With SONG, that song is cut instead of the boogie-woogie (at most what the side holds).
    """
    from ..report.demo_page import page
    from ..workshop import demo as work
    from ..workshop.output import whole
    from . import words

    with shown(quiet) as progress, nullcontext() if song is None else given(song) as file:
        report = work.demo(file, out, progress)
    index = out / "index.html"
    with whole(index) as html:
        html.write(page(report).encode())
    if not quiet:
        say(words.of_cut(report.cut))
        say(f"done: open {index} in a browser")
