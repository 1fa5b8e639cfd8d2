"""Work in blocks that lie at fixed places, on two threads: the kernels run without Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .progress import Progress

BLOCK = 1 << 16
"""Samples of one block. Blocks begin at its multiples, whoever works on them, so results never depend on that."""
THREADS = 2


def over_blocks(
    work: Callable[[int, int], None], samples: int, step: str, progress: Progress, threads: int = THREADS
) -> None:
    """Call `work(first, last)` for each block of `samples`; a cancelled progress drops what has not begun."""
    blocks = [(first, min(first + BLOCK, samples)) for first in range(0, samples, BLOCK)]
    pool = ThreadPoolExecutor(threads)
    try:
        for done, future in enumerate([pool.submit(work, *block) for block in blocks], 1):
            future.result()
            progress(step, done / len(blocks))
    finally:
        pool.shutdown(cancel_futures=True)
