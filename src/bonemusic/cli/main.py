"""The command `bonemusic`: exit 0 done, 1 could not, 2 wrong usage, 130 interrupted; one line, no traceback.

With BONEMUSIC_DEBUG set, an error that nobody foresaw shows where it came from.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from .. import __version__
from ..errors import BonemusicError, Cancelled, PresetError, UnitError
from . import interrupt
from .options import say

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT, invoke_without_command=True)
@click.version_option(__version__, prog_name="bonemusic", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Any song onto any sheet, any disc back to sound.

    \b
      bonemusic demo                        a record made of nothing, to look at and hear
      bonemusic cut SONG -o disc.svg        a drawing for a laser cutter
      bonemusic cut SONG -o disc.png        a picture of the disc
      bonemusic check SONG -o report.html   does it fit, how loud, where will it distort
      bonemusic testcard --machine cnc      a sheet that finds a machine's settings
      bonemusic play disc.svg -o heard.wav  what a turntable makes of it
      bonemusic transfer scan.tif -o side   a record read from its scan, for an archive
    """
    if ctx.invoked_subcommand is None:
        say(ctx.get_help())
        ctx.exit(2)


def _load() -> None:
    from . import check, cut, demo, listing, play, sheet, testcard, transfer

    for command in (
        cut.cut, check.check, play.play, transfer.transfer, listing.list_, testcard.testcard, sheet.sheet, demo.demo,
    ):  # fmt: skip
        cli.add_command(command)


def _leave(code: int) -> NoReturn:
    """Leave at once: threads that still work on a cancelled job are not waited for."""
    output = sys.modules.get("bonemusic.workshop.output")
    if code and output is not None:
        output.tidy()
    with suppress(OSError, ValueError):  # nobody listens, and no work was lost by that
        if sys.stderr is not None:
            sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Run the command line, and leave."""
    interrupt.listen()
    _make_streams_safe()
    _leave(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run one command. What ends it early is told in one line on stderr.

    Returns
    -------
    int
        The exit code.
    """
    try:
        _load()
        code = cli.main(args, "bonemusic", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as why:
        code, text = _verdict(why, args)
        if text:
            say(f"bonemusic: {text}")
    return code or 0


def _make_streams_safe() -> None:
    """A shell can start us without standard streams (`2>&-`), where the next file opened would pass for one, or with
    ones that cannot spell what we say."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stderr, io.TextIOWrapper):  # what `audio` mutes while it reads an MP3 are libraries, not us
        sys.stderr = os.fdopen(os.dup(2), "w", 1, encoding=sys.stderr.encoding, errors="backslashreplace")


def _verdict(why: BaseException, args: list[str]) -> tuple[int, str]:
    """Exit code and the one line for whatever ended the run."""
    if interrupt.heard() or isinstance(why, click.Abort | KeyboardInterrupt | interrupt.Interrupted | Cancelled):
        return 130, "interrupted; nothing half-made is left"
    if isinstance(why, click.UsageError):
        return 2, _usage(why, args)
    if isinstance(why, UnitError | PresetError):
        return 2, _one_line(why)
    if isinstance(why, BonemusicError):
        return 1, _one_line(why)
    if isinstance(why, BrokenPipeError | SystemExit):  # `| head`: whoever reads has enough (Click's way to say so)
        return 1, ""
    if isinstance(why, MemoryError):
        return 1, "the machine has too little memory for this; cut a part with --start and --end"
    if isinstance(why, OSError) and why.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        where = why.filename or "standard output, temporary files or compiled parts"
        return 1, f"{where}: the disk is full; free some space or write elsewhere"
    if os.environ.get("BONEMUSIC_DEBUG"):
        raise why
    return 1, (
        f"this should not have happened: {_one_line(f'{type(why).__name__}: {why}')[:200]}; "
        "please report it, with what BONEMUSIC_DEBUG=1 shows"
    )


def _usage(why: click.UsageError, args: list[str]) -> str:
    text = _one_line(why.format_message())
    text = text[:1].lower() + text[1:]
    if "extra argument" in text:
        text += "; put names with spaces in quotes"
    elif isinstance(why, click.NoSuchOption) and any(a.startswith("-") and Path(a).is_file() for a in args):
        text += "; write a name that begins with - as ./-name"
    see = f"see `{why.ctx.command_path if why.ctx else 'bonemusic'} --help`"
    return f"{text} {see[0].upper()}{see[1:]}" if text.endswith("?") else f"{text}; {see}"


def _one_line(why: object) -> str:
    text = " ".join(str(why).split())
    return "".join(c if c.isprintable() else "?" for c in text).rstrip(".")
