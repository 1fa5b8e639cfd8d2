"""`bonemusic testcard`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import FileName, recipe_of, refuse_streams, settings, shown, told


@click.command(short_help="Draw a card that finds a machine's settings.")
@click.option(
    "-o",
    "out",
    metavar="OUT",
    type=FileName(),
    help="What to write; testcard-MACHINE in the machine's usual format if not given. - is stdout.",
)
@settings("machine", "format")
def testcard(out: Path | None, json: bool, quiet: bool, **wishes: Any) -> None:
    """Draw one sheet for the first hour at a machine: 30 seconds to play, and around them what to set.

    Lines at seven heights of the tool, pairs of lines from 40 µm apart, 20 patches of groove at as many powers and
    speeds, rulers, a mark and a ring for centring. What to set in the driver, how to judge the card and what to write
    down is said when it is drawn.

    \b
      bonemusic testcard --machine laser-1200
      bonemusic testcard --machine grbl-laser -o card.gcode
    """
    if out is not None:
        refuse_streams(json, out)
    recipe = recipe_of(wishes)
    from ..workshop import testcard as work
    from . import card_words

    with shown(quiet) as progress:
        report = work.cut_testcard(recipe.machine, out, recipe.format, progress)
    told(report, card_words.of_testcard(report), json, quiet)
