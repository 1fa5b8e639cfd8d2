"""How long work tells of itself and is stopped: one callable, passed down from the door to the kernel's loop."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with the name of the step and the fraction done (0 to 1). It may raise `errors.Cancelled` to stop the work."""


def silent(step: str, done: float) -> None:
    """Tell nobody."""
