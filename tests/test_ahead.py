"""Working ahead: the same items in order, errors in their place, no thread left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from bonemusic.ahead import ahead


def threads() -> int:
    return sum(thread.name == "ahead" for thread in threading.enumerate())


def counted(made: list[int], upto: int) -> Iterator[int]:
    for k in range(upto):
        made.append(k)
        yield k


def settled(made: list[int]) -> int:
    """How many were made once no more are."""
    before = -1
    while before != len(made):
        before = len(made)
        time.sleep(0.03)
    return before


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_all_come_in_order(depth: int) -> None:
    assert list(ahead(range(100), depth)) == list(range(100))
    assert list(ahead([], depth)) == []
    assert list(ahead([None, (), ValueError], depth)) == [None, (), ValueError]  # whatever they are
    assert threads() == 0


@pytest.mark.parametrize("depth", [1, 3])
def test_so_many_are_ready_and_no_more(depth: int) -> None:
    made: list[int] = []
    items = ahead(counted(made, 100), depth)
    assert not made  # nothing begins before it is asked for
    assert next(items) == 0
    assert settled(made) == depth + 2  # those that are ready, the one that was taken, the one that waits for room
    assert threads() == 1
    items.close()
    assert threads() == 0
    assert len(made) <= depth + 3


def test_it_is_made_by_another_thread_while_this_one_works() -> None:
    def names() -> Iterator[str]:
        for _ in range(3):
            yield threading.current_thread().name

    assert set(ahead(names(), 2)) == {"ahead"}


@pytest.mark.parametrize("depth", [1, 5])
def test_what_goes_wrong_comes_after_what_went_well(depth: int) -> None:
    def breaks() -> Iterator[int]:
        yield from range(3)
        raise KeyError("the needle")

    items = ahead(breaks(), depth)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="the needle"):
        next(items)
    assert threads() == 0


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("taken", [0, 1, 2, 50])
def test_who_stops_early_leaves_no_thread(taken: int, depth: int) -> None:
    def interrupted() -> None:
        for k, _ in enumerate(ahead(range(50), depth)):
            if k == taken:
                raise KeyboardInterrupt

    if taken < 50:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    else:
        interrupted()
    assert threads() == 0


def test_an_error_that_nobody_asks_for_any_more_is_dropped() -> None:
    def breaks() -> Iterator[int]:
        yield 1
        raise OSError

    items = ahead(breaks(), 1)
    assert next(items) == 1
    items.close()
    assert threads() == 0
