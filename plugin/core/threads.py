"""Work on many items by several threads, answers in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from .types import AlignParams

Item = TypeVar("Item")
Answer = TypeVar("Answer")
_AHEAD = 4


def threads_of(params: AlignParams) -> int:
    """Return how many processor threads to use: as asked, else all."""
    return params.threads or available()


def available() -> int:
    """Return how many processor threads this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    work: Callable[[Item], Answer], items: Iterable[Item], threads: int
) -> Iterator[Answer]:
    """Yield `work(item)` for each item, in order.

    Args:
        work: Called by several threads at once.
        items: Iterated over by the caller's thread, few items ahead of the answers, so that whoever
            stops waits for little.
        threads: 1 or more.
    """
    if threads == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Answer]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > _AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
