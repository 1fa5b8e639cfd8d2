"""`bonemusic check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import PLANNING, FileName, given_all, note, recipe_of, refuse_streams, settings, shown


@click.command(short_help="Check songs before they are cut.")
@click.argument("songs", metavar="SONG...", type=FileName(), nargs=-1, required=True)
@click.option(
    "-o",
    "out",
    metavar="REPORT.html",
    type=FileName(),
    help="A page to read and hear: the side drawn, hot spots before and after, what to change.",
)
@settings(*PLANNING, "turntable")
def check(songs: tuple[Path, ...], out: Path | None, json: bool, quiet: bool, **wishes: Any) -> None:
    """Check whether songs fit on a disc, how loud, what limits them, and where it will be heard.

    \b
      bonemusic check song.wav
      bonemusic check one.wav two.wav -o report.html --disc 12in-33 --machine lathe --master auto
      bonemusic check *.flac --disc 12in-33 --sides auto --json

    Ends with 1 where a side does not fit, after telling why.
    """
    if out is not None:
        refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import check as work
    from ..workshop.output import refuse, refuse_inputs, whole
    from ..workshop.reports import as_json
    from . import words

    if out is not None:
        refuse(out)
        refuse_inputs(out, songs)
        if str(out) != "-" and out.suffix.lower() not in (".html", ".htm"):
            raise click.UsageError(f"a report is a page: give it a name that ends in .html, such as {out.stem}.html")
        from ..report.check_page import check_page
    with shown(quiet) as progress, given_all(songs) as files:
        found = work.check(files, recipe, progress, listen=out is not None)
        if out is not None:
            progress("drawing the report", 0.9)
            page = check_page(found.report, found.pictures).encode("utf-8", "backslashreplace")
            with whole(out) as file:
                file.write(page)
    if json:
        click.echo(as_json(found.report).encode("utf-8", "backslashreplace"))
    elif not quiet and str(out) != "-":
        click.echo(words.of_check(found.report))
    if not quiet:
        for side in found.report.sides:
            for warning in side.warnings:
                note(warning)
        for warning in found.report.warnings:
            note(warning)
    if not all(side.fits for side in found.report.sides):
        click.get_current_context().exit(1)
