"""Options that have one spelling everywhere, and what every command does around its work."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..progress import Progress, silent

if TYPE_CHECKING:
    from ..workshop.recipe import Recipe

Decorator = Callable[[Any], Any]

SETTINGS: dict[str, tuple[str, str]] = {
    "disc": ("NAME", "Size of record and its groove (see `list discs`); 10in-78 if not given."),
    "rpm": ("SPEED", "78, 45, 33 (means 33 1/3), 78.26 …; the disc's own if not given."),
    "curve": ("NAME", "Recording curve (see `list curves`); riaa if not given."),
    "machine": ("NAME", "What draws or cuts it (see `list machines`); ideal if not given."),
    "stylus": ("NAME", "Playback tip (see `list styli`); the disc's or turntable's own if not given."),
    "sheet": ("NAME|PICTURE", "What it is cut into (see `list sheets`), or an X-ray to lay under the groove."),
    "turntable": ("NAME", "Player (see `list turntables`); ideal if not given."),
    "level": ("LEVEL", "auto (the highest that fits), or -6dB, 7cm/s, 60um. 0 dB is 5 cm/s peak."),
    "pitch": ("PITCH", "auto (fills the side), fixed (the tightest), or a length such as 250um."),
    "start": ("TIME", "Where in the song to begin: 90s, 1:30."),
    "end": ("TIME", "Where in the song to end."),
    "dpi": ("DPI", "Resolution of pictures; 600 if not given."),
    "seed": ("N", "Seed of noise and clicks; 0 if not given."),
    "format": ("NAME", "Format of what is written; told by the suffix if not given."),
}


def settings(*names: str) -> Decorator:
    """The named settings as options, and `--config`, `--json`, `--quiet`."""

    def add(command: Any) -> Any:
        for flag, text in (("--quiet", "Say nothing but errors."), ("--json", "Print one JSON object on stdout.")):
            command = click.option(flag, is_flag=True, help=text)(command)
        command = click.option(
            "--config",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Settings from a TOML file; options given here outrank it.",
        )(command)
        for name in reversed(names):
            metavar, text = SETTINGS[name]
            command = click.option(f"--{name}", metavar=metavar, help=text)(command)
        return command

    return add


def recipe_of(given: dict[str, Any]) -> Recipe:
    """The recipe that a command's options (and its `--config` file) ask for."""
    from ..workshop import recipe

    config = given.pop("config", None)
    base = recipe.from_file(config) if config else recipe.Recipe()
    return recipe.amended(base, given)


@contextmanager
def shown(quiet: bool) -> Iterator[Progress]:
    """A progress bar on stderr where that is a terminal; elsewhere nothing but the word that kernels are prepared."""
    if quiet:
        yield silent
        return
    from ..jit import on_first_compile

    on_first_compile(lambda: click.echo("preparing for the first run, some seconds …", err=True))
    if not sys.stderr.isatty():
        yield silent
        return
    bar = _Bar(colour="NO_COLOR" not in os.environ)
    try:
        yield bar.tell
    finally:
        bar.clear()


class _Bar:
    """One line that is drawn over itself."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour
        self.last = 0.0

    def tell(self, step: str, done: float) -> None:
        now = time.monotonic()
        if done < 1 and now - self.last < 0.1:
            return
        self.last = now
        full = round(done * 24)
        bar = "█" * full + "░" * (24 - full)
        if self.colour:
            bar = f"\x1b[36m{bar}\x1b[0m"
        click.echo(f"\r\x1b[K{bar} {done:4.0%} {step}", err=True, nl=False)

    def clear(self) -> None:
        click.echo("\r\x1b[K", err=True, nl=False)


def refuse_json_to_pipe(json: bool, out: Path) -> None:
    """Two things cannot both be on standard output."""
    if json and str(out) == "-":
        raise click.UsageError("--json and -o - both want standard output; write the disc to a file")


def told(report: Any, text: str, json: bool, quiet: bool) -> None:
    """Print a report: JSON on stdout, words on stderr, nothing but JSON where quiet."""
    from ..workshop.reports import as_json

    if json:
        click.echo(as_json(report))
    elif not quiet:
        click.echo(text, err=True)
    if not quiet:
        for warning in report.warnings:
            click.echo(f"note: {warning}", err=True)
