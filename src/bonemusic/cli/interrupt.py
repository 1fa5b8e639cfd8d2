"""Ctrl-C, `kill` and a closed terminal: one way out for all, which leaves nothing half-made."""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

SAME_WISH_S = 1.0
_heard: list[float] = []


class Interrupted(BaseException):
    """A signal asks to stop. (Click would answer a `KeyboardInterrupt` with an empty line of its own.)"""


def listen() -> None:
    """Turn the signals that ask a program to stop into `Interrupted`."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a shell's background
            signal.signal(number, _stop)
    # what is raised inside a library's call back is printed there, with its traceback, and lost; see `check`
    sys.unraisablehook = lambda _: None


def heard() -> bool:
    """Whether a signal came."""
    return bool(_heard)


def check() -> None:
    """Stop here, if a signal came and what it raised was lost on the way."""
    if _heard:
        raise Interrupted


def _stop(*_: Any) -> None:
    """One interrupt for all signals of a moment: more of them would only hit the cleaning up."""
    now = time.monotonic()
    if not _heard or now - _heard[-1] > SAME_WISH_S:
        _heard.append(now)
        raise Interrupted
