"""Work shared among forked processes that have no threads, so that each may fork its calls."""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_NUMBER = 4


def shared(work: Callable[[Any], Any], items: Sequence[Any], jobs: int) -> Iterator[Any]:
    """Yield the result of each item as it comes; the next item goes to the process that is free.

    Raises:
        RuntimeError: an item failed in the campaign itself.
    """
    queue, fill = os.pipe()
    os.write(fill, b"".join(i.to_bytes(_NUMBER, "big") for i in range(len(items))))
    os.close(fill)
    parent = os.getpid()
    readers, pids = selectors.DefaultSelector(), []
    for _ in range(max(1, min(jobs, len(items)))):
        answers, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            _serve(work, items, queue, tell, parent)
        os.close(tell)
        pids.append(pid)
        readers.register(os.fdopen(answers, "rb"), selectors.EVENT_READ)
    os.close(queue)
    try:
        while readers.get_map():
            for key, _ in readers.select():
                stream: Any = key.fileobj
                size = stream.read(_NUMBER)
                if len(size) < _NUMBER:
                    readers.unregister(stream)
                    continue
                found = pickle.loads(stream.read(int.from_bytes(size, "big")))
                if isinstance(found, BaseException):
                    raise RuntimeError(str(found))
                yield found
        pids, ended = [], [os.waitpid(pid, 0)[1] for pid in pids]
        if any(ended):
            raise RuntimeError("a process of the campaign died")
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _serve(
    work: Callable[[Any], Any], items: Sequence[Any], queue: int, tell: int, parent: int
) -> None:
    try:
        with os.fdopen(tell, "wb") as stream:
            while os.getppid() == parent and (number := os.read(queue, _NUMBER)):
                item = items[int.from_bytes(number, "big")]
                try:
                    found = work(item)
                except Exception:  # noqa: BLE001 - told to the parent
                    found = RuntimeError(f"{item}: {traceback.format_exc()}")
                data = pickle.dumps(found)
                stream.write(len(data).to_bytes(_NUMBER, "big") + data)
                stream.flush()
    finally:
        os._exit(0)
