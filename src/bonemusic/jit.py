"""The one place that knows numba: how kernels are compiled, and who is told when that takes a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import cgutils, event, types
from numba.extending import intrinsic, overload

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile a function over arrays at its first call, keep the result on disk, and run it without the lock.

    The plain function stays reachable as `function.py_func`; tests hold the two against each other.
    """
    return cast(Kernel, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


def soon(array: Any, row: int, column: int) -> None:
    """Let a place of a 2-d array be fetched from memory while others are worked on; does nothing but save time.

    For kernels that walk through a large array their own way. No place is asked whether it lies inside.
    """


@overload(soon, strict=False)
def _soon(array: Any, row: Any, column: Any) -> Any:
    return lambda array, row, column: _prefetched(array, row, column)  # type: ignore[call-arg]  # numba gives the context


@intrinsic
def _prefetched(context: Any, array: Any, row: Any, column: Any) -> Any:
    """LLVM's prefetch: for reading, and into all caches."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        tools: Any = cgutils  # nothing of it has types
        array = context.make_array(signature.args[0])(context, builder, given[0])
        place = tools.get_item_pointer(context, builder, signature.args[0], array, list(given[1:]), wraparound=False)
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        fetch = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        reading, everywhere, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(fetch, [builder.bitcast(place, pointer), reading, everywhere, data])
        return context.get_dummy_value()

    return types.none(array, row, column), code


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
