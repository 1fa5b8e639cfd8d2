"""The command `bonemusic`: exit 0 done, 1 could not, 2 wrong usage, 130 interrupted; one line, no traceback."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import click

from .. import __version__
from ..errors import BonemusicError, PresetError, UnitError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT, no_args_is_help=True)
@click.version_option(__version__, prog_name="bonemusic", message="%(prog)s %(version)s")
def cli() -> None:
    """Any song onto any sheet, any disc back to sound.

    \b
      bonemusic demo                        a record made of nothing, to look at and hear
      bonemusic cut SONG -o disc.svg        a drawing for a laser cutter
      bonemusic cut SONG -o disc.png        a picture of the disc
      bonemusic play disc.svg -o heard.wav  what a turntable makes of it
    """


def _load() -> None:
    from . import cut, demo, listing, play

    for command in (cut.cut, play.play, listing.list_, demo.demo):
        cli.add_command(command)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _leave(code: int) -> NoReturn:
    """Leave at once: threads that still work on a cancelled job are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 1
    os._exit(code)


def _interrupted(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _interrupted)
    _load()
    try:
        cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as why:
        click.echo(why.format_message())
        _leave(0)
    except click.UsageError as why:
        _say(f"bonemusic: {_one_line(why.format_message())}; see `{_command(why)} --help`")
        _leave(2)
    except (click.Abort, KeyboardInterrupt):
        _say("bonemusic: interrupted; nothing half-made is left")
        _leave(130)
    except (UnitError, PresetError) as why:
        _say(f"bonemusic: {_one_line(why)}")
        _leave(2)
    except BonemusicError as why:
        _say(f"bonemusic: {_one_line(why)}")
        _leave(1)
    except BrokenPipeError:
        _leave(1)
    except MemoryError:
        _say("bonemusic: the machine has too little memory for this; cut a part with --start and --end")
        _leave(1)
    _leave(0)


def _command(why: click.UsageError) -> str:
    return why.ctx.command_path if why.ctx else "bonemusic"


def _one_line(why: object) -> str:
    text = " ".join(str(why).split())
    return "".join(c if c.isprintable() else "?" for c in text).rstrip(".")
