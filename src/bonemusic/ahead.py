"""Work a little ahead of the one who waits for it: a thread makes what is drawn from it next."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from queue import Empty, Queue
from typing import TypeVar

Item = TypeVar("Item")


def ahead(source: Iterable[Item], depth: int) -> Generator[Item, None, None]:
    """What `source` gives, made by a thread that keeps up to `depth` items ready.

    The thread begins with the first item that is asked for. What `source` raises is raised here, after the items before
    it. A caller who stops early closes the iterator: the thread ends with the item it is making, and is waited for.

    Parameters
    ----------
    source : iterable
        Drawn from in the thread only.
    depth : int
        At least 1.
    """
    ready: Queue[tuple[Item] | BaseException | None] = Queue(depth)
    stopped = threading.Event()

    def work() -> None:
        end: BaseException | None = None
        try:
            for item in source:
                ready.put((item,))
                if stopped.is_set():
                    return
        except BaseException as why:
            end = why
        ready.put(end)

    worker = threading.Thread(target=work, name="ahead", daemon=True)
    try:
        worker.start()
        while isinstance(got := ready.get(), tuple):
            yield got[0]
        if got is not None:
            raise got
    finally:
        stopped.set()
        while worker.is_alive():  # it may wait for room, with an item and then with its end
            _emptied(ready)
            worker.join(0.02)


def _emptied(ready: Queue[tuple[Item] | BaseException | None]) -> None:
    try:
        while True:
            ready.get_nowait()
    except Empty:
        return
