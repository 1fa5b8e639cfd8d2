"""`bonemusic demo`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FileName, say, shown


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

    with shown(quiet) as progress:
        report = work.demo(song, out, progress)
    index = out / "index.html"
    with whole(index) as file:
        file.write(page(report).encode())
    if not quiet:
        say(f"done: open {index} in a browser")
