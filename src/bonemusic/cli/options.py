"""Options that have one spelling everywhere, and what every command does around its work."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..progress import Progress
from . import interrupt

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
    "sheet-width": ("LENGTH", "Width of the sheet on the picture, where its file does not tell: 356mm, 14in."),
    "place": (
        "PLACE",
        "Where on the picture the disc lies: best (most of it under the groove; the default), x,y,angle from its "
        "middle (10mm,-5mm,90), or contact: a sheet of several places to choose from.",
    ),
    "view": (
        "light-box|plain|machine",
        "How a picture shows the disc: on a light box, as print, or what the machine does. PNG: light-box if not "
        "given; PDF: machine, the others make a print with the sheet's picture under the groove.",
    ),
    "outline": (
        "SHAPE|DRAWING",
        "round, square, card, or an SVG or DXF that holds a closed line; the disc's own if not given.",
    ),
    "hole": ("LENGTH", "Diameter of the hole, and how far off the centre it lies: 38.2mm, or 7.24mm,0.6mm,0."),
    "label": ("auto|off", "Words engraved around the hole; auto if not given."),
    "title": ("TEXT", "Title on the label; the song's own if not given."),
    "artist": ("TEXT", "Artist on the label; the song's own if not given."),
    "number": ("TEXT", "Number of the edition on the label."),
    "side": ("TEXT", "Side on the label; A, B … if not given."),
    "qr": ("TEXT", "A QR code on the label, such as a link."),
    "font": ("FILE", "Font of the label (TTF, OTF), for scripts that the own one lacks."),
    "turntable": ("NAME", "Player (see `list turntables`); ideal if not given."),
    "level": ("LEVEL", "auto (the highest that fits), or -6dB, 7cm/s, 60um. 0 dB is 5 cm/s peak."),
    "pitch": ("PITCH", "auto (variable, fills the side), variable or fixed (the tightest of their kind), or 250um."),
    "room": ("TIME", "Keep room for a side of that length: the songs take no more than their share of it."),
    "sides": ("N", "Split songs over N sides, in order, evenly; auto takes as few as hold them well. 1 if not given."),
    "compensate": (
        "STYLUS",
        "Cut so that this tip traces what was meant (see `list styli`); others hear more distortion.",
    ),
    "master": (
        "auto|off",
        "All mastering steps below at once; auto touches only what passes a limit. off if not given.",
    ),
    "high-pass": ("HZ", "Zero-phase high-pass: off, auto or a corner."),
    "mono-below": ("HZ", "Bass to mono (elliptical equaliser): off, auto or a corner. Stereo only."),
    "treble": (
        "VELOCITY",
        "De-esser, the band above 2 kHz: off, auto (turned down first where a limit is hit) or a peak such as 6cm/s.",
    ),
    "vertical": ("LENGTH", "Limit what moves up and down: off, auto (what the sheet holds) or a length. Stereo only."),
    "swing": ("LENGTH", "Limit displacement: off, auto (what the stylus tracks) or a peak such as 80um."),
    "velocity": ("VELOCITY", "Limit velocity: off, auto (slope and what the stylus tracks) or a peak such as 25cm/s."),
    "acceleration": ("G", "Limit acceleration: off, auto (what keeps the needle in) or a peak such as 1000g."),
    "curvature": ("LENGTH", "Limit curvature: off, auto (what the stylus follows) or a least radius such as 18um."),
    "start": ("TIME", "Where in the song to begin: 90s, 1:30."),
    "end": ("TIME", "Where in the song to end."),
    "from-turn": (
        "N",
        "Draw the rest only, from that turn on (41.5: counted from the drawing's beginning), after a machine stalled.",
    ),
    "dpi": ("DPI", "Resolution of pictures; 600 if not given. Of a scan: its own, where its file tells none."),
    "seconds": ("TIME", "How long the record plays, where that is known and its speed is not."),
    "mirror": ("", "The scan is mirrored: its record was scanned through, or from behind."),
    "perspective": ("", "The picture is a photograph taken at an angle; straighten it first."),
    "track": ("auto|lateral|density", "How sound was written: by a groove's swing, or a track's brightness."),
    "regions": ("TURNS", "Only these turns, one stretch after another: 10-12,100-102."),
    "hum": ("HZ", "Take the speed from mains hum on the recording: 50 or 60."),
    "tuned": ("HZ", "Take the speed from the music's tuning: 440, 435."),
    "noise": ("WAY", "The picture's noise in equalised sound: reduce (if not given) or keep."),
    "rate": ("HZ", "Rate of the sound written: 96000, 48000, 44100."),
    "seed": ("N", "Seed of noise and clicks; 0 if not given."),
    "format": ("NAME", "Format of what is written; told by the suffix if not given."),
}


MASTERING = ("high-pass", "mono-below", "treble", "vertical", "swing", "velocity", "acceleration", "curvature")
PLANNING = (
    "disc", "rpm", "curve", "machine", "stylus", "sheet", "level", "pitch", "room", "sides", "start", "end",
    "compensate", "master", *MASTERING, "outline", "hole", "label", "title", "artist", "number", "side", "qr", "font",
)  # fmt: skip
"""What decides how a side lies, alike for cutting and checking."""
SCANNING = ("seconds", "mirror", "perspective", "track", "regions", "hum", "tuned", "dpi", "noise", "rate")
"""What is said of a scan that is read."""


def settings(*names: str) -> Decorator:
    """The named settings as options, and `--config`, `--json`, `--quiet`."""

    def add(command: Any) -> Any:
        for flag, text in (("--quiet", "Say nothing but errors."), ("--json", "Print one JSON object on stdout.")):
            command = click.option(flag, is_flag=True, help=text)(command)
        command = click.option(
            "--config",
            metavar="FILE",
            type=FileName(),
            help="Settings from a TOML file; options given here outrank it.",
        )(command)
        for name in reversed(names):
            metavar, text = SETTINGS[name]
            if metavar:
                command = click.option(f"--{name}", metavar=metavar, help=text)(command)
            else:
                command = click.option(f"--{name}", is_flag=True, flag_value="on", default=None, help=text)(command)
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
    bar = None
    if not quiet:
        from ..jit import on_first_compile

        on_first_compile(lambda: say("preparing for the first run, some seconds …"))
        if sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            bar = _Bar(colour=not os.environ.get("NO_COLOR"))

    def tell(step: str, done: float) -> None:
        interrupt.check()
        if bar is not None:
            bar.tell(step, done)

    try:
        yield tell
        interrupt.check()
    finally:
        if bar is not None:
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
        say(f"\r\x1b[K{bar} {done:4.0%} {step}", end="")

    def clear(self) -> None:
        say("\r\x1b[K", end="")


def say(text: str, end: str = "\n") -> None:
    """Say it on stderr, if anybody listens: a full or closed one stops no work."""
    with suppress(OSError, ValueError):
        click.echo(text + end, err=True, nl=False)


def note(text: str) -> None:
    """Say what is to be known, in one line: a file's name may hold anything."""
    say("note: " + "".join(c if c.isprintable() else "?" for c in text))


class FileName(click.Path):
    """The name of a file; `-` where the command says what that means."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)  # told by whoever opens it

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as a path; an empty one is a variable in a script that was not set."""
        if not str(value):
            self.fail("the name is empty; name a file", param, ctx)
        return super().convert(value, param, ctx)


def refuse_streams(json: bool, out: Path) -> None:
    """What standard output cannot be used for: two things at once, or a drawing for a person's eyes."""
    if str(out) != "-":
        return
    if json:
        raise click.UsageError("--json and -o - both want standard output; write to a file")
    if sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("-o - is meant for a pipe and standard output is a terminal; write to a file")


@contextmanager
def given(path: Path) -> Iterator[Path]:
    """The file itself; for standard input (-) and other pipes, one that holds all that came of it."""
    pipe = str(path) == "-"
    with suppress(OSError):  # what is wrong with the name is told by whoever opens it
        pipe = pipe or path.is_fifo()
    if not pipe:
        yield path
        return
    if str(path) == "-" and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("- is standard input, and nothing is piped into it; name a file")
    with tempfile.TemporaryDirectory(prefix="bonemusic-") as folder:
        held = Path(folder) / "stdin"
        with held.open("wb") as file:
            if str(path) == "-":
                shutil.copyfileobj(sys.stdin.buffer, file)
            else:
                with path.open("rb") as other:
                    shutil.copyfileobj(other, file)
        yield held


@contextmanager
def given_all(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Several of them; standard input can be one."""
    if sum(str(path) == "-" for path in paths) > 1:
        raise click.UsageError("- is standard input, and holds one file; name the others")
    with ExitStack() as stack:
        yield [stack.enter_context(given(path)) for path in paths]


def told_all(reports: Sequence[Any], texts: Sequence[str], json: bool, quiet: bool) -> None:
    """Print reports of one side or of several: in JSON several are one object, {"sides": […]}."""
    if len(reports) == 1:
        told(reports[0], texts[0], json, quiet)
        return
    if json:
        from ..workshop.reports import as_json

        sides = ", ".join(as_json(report) for report in reports)
        click.echo(f'{{"sides": [{sides}]}}'.encode("utf-8", "backslashreplace"))
    for report, text in zip(reports, texts, strict=True):
        if not json and not quiet:
            say(f"side {report.side}: {text}")
        for warning in () if quiet else report.warnings:
            note(f"side {report.side}: {warning}")


def told(report: Any, text: str, json: bool, quiet: bool) -> None:
    """Print a report: JSON on stdout, words on stderr, nothing but JSON where quiet."""
    from ..workshop.reports import as_json

    if json:
        # UTF-8, whatever the shell speaks; a name that is none is spelt as JSON can, \\udcff
        click.echo(as_json(report).encode("utf-8", "backslashreplace"))
    if quiet:
        return
    if not json:
        say(text)
    for warning in report.warnings:
        note(warning)
