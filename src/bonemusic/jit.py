"""The one place that knows numba: how kernels are compiled, and who is told when that takes a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core import event

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile a function over arrays at its first call, keep the result on disk, and run it without the lock.

    The plain function stays reachable as `function.py_func`; tests hold the two against each other.
    """
    return cast(Kernel, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


class _Told(event.Listener):
    def __init__(self, tell: Callable[[], None]) -> None:
        self.tell: Callable[[], None] | None = tell

    def on_start(self, event: Any) -> None:
        if self.tell is not None:
            tell, self.tell = self.tell, None
            tell()

    def on_end(self, event: Any) -> None:
        """Nothing to say: the work goes on."""


def on_first_compile(tell: Callable[[], None]) -> None:
    """Call `tell` once, when the first kernel that is not on disk yet is about to be compiled."""
    event.register("numba:compile", _Told(tell))  # type: ignore[no-untyped-call]


@kernel
def _nothing(x: float) -> float:
    return x


def wake() -> None:
    """Let numba load what its first call of all loads (some 0.2 s), while something else is waited for."""
    _nothing(0.0)
